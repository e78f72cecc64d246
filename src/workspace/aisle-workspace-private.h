/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

#define AISLE_WORKSPACE_APPLICATION_ID 0x4169736C /* "Aisl" */

/* Prepared statements by their text; owned by the workspace. */
GHashTable *aisle_statement_cache_new (void);
GHashTable *aisle_workspace_get_statements (AisleWorkspace *workspace);

/* Where aisle-keys.c keeps a connection's keys: cleared with `clear` when it closes. */
gpointer aisle_workspace_get_keys (AisleWorkspace *workspace);
void aisle_workspace_set_keys (AisleWorkspace *workspace, gpointer keys, GDestroyNotify clear);

/* TRUE from an entry of the log on until the transaction ends: then an anchor is due. */
void aisle_workspace_set_logged (AisleWorkspace *workspace);

/* The folder of a new file is there and on this computer, not on the network. */
gboolean aisle_workspace_check_folder (const char *path, GError **error);
/* Neither the file is there nor what SQLite left beside one that is gone: a stale log would be
 * replayed into the new file. AISLE_WORKSPACE_ERROR_EXISTS. */
gboolean aisle_workspace_check_place (const char *path, GError **error);
