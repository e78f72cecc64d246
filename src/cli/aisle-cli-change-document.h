/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"

/* A change as `change show` and all decisions on it print it. */

/* {"id","kind","state","author","lines":[..],"guardrails":[..],"evidence":[..],"updates":[..]} and
 * more; NULL with an error. */
JsonNode *aisle_cli_change_to_json (AisleWorkspace *workspace, gint64 id, GError **error);

/* The same in plain words, to be freed with g_free(). */
char *aisle_cli_change_to_text (AisleWorkspace *workspace, gint64 id, GError **error);
