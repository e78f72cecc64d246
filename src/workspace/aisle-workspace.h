/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-date.h"
#include "aisle-workspace-error.h"

/* One workspace: an SQLite file (*.aisle) and one connection to it. A connection belongs to one
 * thread at a time; a job that works in another thread opens its own. Everything that is kept is
 * reached through the functions of this folder, a file for each family of tables. All errors are of
 * AISLE_WORKSPACE_ERROR and name the file or the row. */

#define AISLE_WORKSPACE_SCHEMA 1

typedef struct _AisleWorkspace AisleWorkspace;

/* Makes a new, empty workspace with `currency` (ISO 4217) as its reporting currency. An existing
 * file is never touched (AISLE_WORKSPACE_ERROR_EXISTS). */
AisleWorkspace *aisle_workspace_create (const char *path, const char *currency, GError **error);

/* Opens a workspace for reading and writing. An older schema is brought up to date, after a backup
 * beside the file; a newer one, a file that is no workspace, a network folder are refused. A file
 * that may not be written opens for reading: writing then fails with
 * AISLE_WORKSPACE_ERROR_READ_ONLY. */
AisleWorkspace *aisle_workspace_open (const char *path, GError **error);

/* A further connection to the same file, for another thread. */
AisleWorkspace *aisle_workspace_open_again (AisleWorkspace *workspace, GError **error);

void aisle_workspace_close (AisleWorkspace *workspace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleWorkspace, aisle_workspace_close)

/* The absolute path of the file. */
const char *aisle_workspace_get_path (AisleWorkspace *workspace);
gboolean aisle_workspace_is_read_only (AisleWorkspace *workspace);
/* The reporting currency. */
const char *aisle_workspace_get_currency (AisleWorkspace *workspace);

/* Starts a write transaction, waiting up to some seconds for another writer. Transactions do not
 * nest. */
gboolean aisle_workspace_begin (AisleWorkspace *workspace, GError **error);
/* On an error the transaction is rolled back. */
gboolean aisle_workspace_commit (AisleWorkspace *workspace, GError **error);
void aisle_workspace_rollback (AisleWorkspace *workspace);
/* Commits where `is_done`; else rolls back and returns FALSE with `error` as it is. */
gboolean aisle_workspace_end (AisleWorkspace *workspace, gboolean is_done, GError **error);
gboolean aisle_workspace_in_transaction (AisleWorkspace *workspace);

/* Named values (table setting). NULL where there is none; free with g_free(). */
char *aisle_workspace_get_setting (AisleWorkspace *workspace, const char *name);
gboolean aisle_workspace_set_setting (AisleWorkspace *workspace,
                                      const char *name,
                                      const char *value,
                                      GError **error);

/* The business date: `as_of` (--as-of) where somebody said so, else the sample's day after its last
 * sales, else the calendar's day. The one place that decides what "today" is. `*is_calendar` (or
 * NULL) tells whether it is the calendar's day, so that a page can say so where it is not. */
void aisle_workspace_set_as_of (AisleWorkspace *workspace, AisleDate as_of);
AisleDate aisle_workspace_get_business_date (AisleWorkspace *workspace, gboolean *is_calendar);
/* The same as an instant: the business date with the clock's time of day, in UTC seconds. */
gint64 aisle_workspace_get_business_time (AisleWorkspace *workspace);

/* Held by push, forecast run and migration: one process at a time, by name ("push", "forecast"). A
 * lock of the system's on a file beside the workspace, so it dies with its holder. Returns -1 and
 * AISLE_WORKSPACE_ERROR_BUSY where somebody else has it. */
int aisle_workspace_lock (AisleWorkspace *workspace, const char *name, GError **error);
void aisle_workspace_unlock (int lock);
