/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How a long engine call says how far it is and learns that nobody wants the answer any more. Owned
 * by the caller; the callback comes on the thread that called the engine, and only there. */
typedef struct
{
  gboolean (*report) (double share_done, gpointer data); /* 0..1; FALSE: stop as soon as you can */
  gpointer data;
} AisleProgress;

/* TRUE: go on. `progress` may be NULL. */
static inline gboolean
aisle_progress_report (const AisleProgress *progress, double share_done)
{
  return !progress || !progress->report || progress->report (share_done, progress->data);
}
