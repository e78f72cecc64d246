/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

/* Ways to answer a request: as it should be, and as faults want it. */

/* Takes what is in `out` and leaves it empty. `retry_after_seconds` 0: no such header. */
void aisle_sim_reply_json (SoupServerMessage *message,
                           guint status,
                           GString *out,
                           guint retry_after_seconds);

/* 200 and a web page. */
void aisle_sim_reply_html (SoupServerMessage *message);

/* Closes the connection without a word. */
void aisle_sim_reply_cut (SoupServerMessage *message);

/* Tells the whole length, sends half, closes. */
void aisle_sim_reply_truncated (SoupServerMessage *message, guint status, const GString *out);

/* Sends a byte every `milliseconds`. */
void aisle_sim_reply_dripping (SoupServerMessage *message,
                               guint status,
                               const GString *out,
                               guint milliseconds);
