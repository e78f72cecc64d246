/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* Prepared statements by their text; owned by the workspace. */
GHashTable *aisle_statement_cache_new (void);
GHashTable *aisle_workspace_get_statements (AisleWorkspace *workspace);

/* Where aisle-keys.c keeps a connection's keys: cleared with `clear` when it closes. */
gpointer aisle_workspace_get_keys (AisleWorkspace *workspace);
void aisle_workspace_set_keys (AisleWorkspace *workspace, gpointer keys, GDestroyNotify clear);

/* TRUE from an entry of the log on until the transaction ends: then an anchor is due. */
void aisle_workspace_set_logged (AisleWorkspace *workspace);
