/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

#include <sqlite3.h>

/* SQL for the files of this folder. A statement is prepared once a connection and kept by its text,
 * so that calling aisle_statement() again with the same literal costs a look-up.
 *
 *   AisleStatement *s = aisle_statement (workspace, "SELECT id FROM store WHERE code = ?1", error);
 *   if (!s)
 *     return FALSE;
 *   aisle_bind_text (s, 1, code);
 *   int row = aisle_step (s, error);   // 1 a row, 0 none (and the statement is reset), -1 an error
 *   gint64 id = aisle_column_int64 (s, 0);
 *   aisle_statement_reset (s);
 */
typedef struct _AisleStatement AisleStatement;

AisleStatement *aisle_statement (AisleWorkspace *workspace, const char *sql, GError **error);
void aisle_statement_reset (AisleStatement *statement);

void aisle_bind_int64 (AisleStatement *statement, int index, gint64 value);
void aisle_bind_double (AisleStatement *statement, int index, double value); /* NaN binds NULL */
/* Text and blobs must live until the statement is reset. NULL binds NULL. */
void aisle_bind_text (AisleStatement *statement, int index, const char *value);
void aisle_bind_blob (AisleStatement *statement, int index, gconstpointer data, gsize size);
/* A date or number that may be missing: NULL where `value` == `none`. */
void aisle_bind_int64_or_null (AisleStatement *statement, int index, gint64 value, gint64 none);

/* 1: a row; 0: done; -1: an error. After 0 and -1 the statement is reset and its bindings cleared.
 */
int aisle_step (AisleStatement *statement, GError **error);
/* For statements without rows: steps once and resets. */
gboolean aisle_run (AisleStatement *statement, GError **error);

gint64 aisle_column_int64 (AisleStatement *statement, int column);
double aisle_column_double (AisleStatement *statement, int column); /* NULL gives NaN */
const char *aisle_column_text (AisleStatement *statement,
                               int column); /* NULL gives NULL; until the next step */
gconstpointer aisle_column_blob (AisleStatement *statement, int column, gsize *size);
gboolean aisle_column_is_null (AisleStatement *statement, int column);

/* Runs SQL without parameters, one or many statements. */
gboolean aisle_execute (AisleWorkspace *workspace, const char *sql, GError **error);

sqlite3 *aisle_workspace_get_db (AisleWorkspace *workspace);

/* Turns SQLite's last error into ours: what a rule's trigger said becomes
 * AISLE_WORKSPACE_ERROR_REFUSED with the trigger's words. */
void aisle_workspace_set_error (AisleWorkspace *workspace, int code, GError **error);
