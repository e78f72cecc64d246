/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* Backups: one plain file, checked before it gets its name. Keys are not in it: they are exported
 * with aisle_keys_export(). */

/* Copies the workspace as it stands, also while others work on it, into the new file `path`; an
 * existing file is never touched (AISLE_WORKSPACE_ERROR_EXISTS). Either the whole, checked backup
 * is there afterwards or nothing. Noted in the log where the log can be written. */
gboolean aisle_workspace_backup (AisleWorkspace *workspace,
                                 const char *path,
                                 gint64 person_id,
                                 GError **error);

/* Makes the new workspace `path` from a backup, after having checked that it is a sound workspace;
 * an existing file is never touched: move it away first. The restored file goes its own way in the
 * log from there, which is noted where the log's key is on this computer. `person_id` is somebody
 * in the backup, 0: automatic. Returns the opened workspace. */
AisleWorkspace *aisle_workspace_restore (const char *backup_path,
                                         const char *path,
                                         gint64 person_id,
                                         GError **error);
