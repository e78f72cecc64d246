/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-statement-private.h"

#include "aisle-workspace-private.h"

#include <math.h>
#include <string.h>

struct _AisleStatement
{
  AisleWorkspace *workspace; /* not owned: it owns us */
  sqlite3_stmt *handle;
};

static void
statement_free_cb (gpointer data)
{
  AisleStatement *statement = data;
  sqlite3_finalize (statement->handle);
  g_free (statement);
}

GHashTable *
aisle_statement_cache_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, statement_free_cb);
}

AisleStatement *
aisle_statement (AisleWorkspace *workspace, const char *sql, GError **error)
{
  GHashTable *cache = aisle_workspace_get_statements (workspace);
  AisleStatement *statement = g_hash_table_lookup (cache, sql);
  if (statement)
    {
      aisle_statement_reset (statement);
      return statement;
    }
  sqlite3_stmt *handle = NULL;
  int code = sqlite3_prepare_v3 (aisle_workspace_get_db (workspace), sql, -1,
                                 SQLITE_PREPARE_PERSISTENT, &handle, NULL);
  if (code != SQLITE_OK)
    {
      aisle_workspace_set_error (workspace, code, error);
      return NULL;
    }
  statement = g_new0 (AisleStatement, 1);
  statement->workspace = workspace;
  statement->handle = handle;
  g_hash_table_insert (cache, g_strdup (sql), statement);
  return statement;
}

void
aisle_statement_reset (AisleStatement *statement)
{
  sqlite3_reset (statement->handle);
  sqlite3_clear_bindings (statement->handle);
}

void
aisle_bind_int64 (AisleStatement *statement, int index, gint64 value)
{
  sqlite3_bind_int64 (statement->handle, index, value);
}

void
aisle_bind_double (AisleStatement *statement, int index, double value)
{
  if (isnan (value))
    sqlite3_bind_null (statement->handle, index);
  else
    sqlite3_bind_double (statement->handle, index, value);
}

void
aisle_bind_text (AisleStatement *statement, int index, const char *value)
{
  if (value)
    sqlite3_bind_text (statement->handle, index, value, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement->handle, index);
}

void
aisle_bind_blob (AisleStatement *statement, int index, gconstpointer data, gsize size)
{
  if (data)
    sqlite3_bind_blob64 (statement->handle, index, data, size, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement->handle, index);
}

void
aisle_bind_int64_or_null (AisleStatement *statement, int index, gint64 value, gint64 none)
{
  if (value == none)
    sqlite3_bind_null (statement->handle, index);
  else
    sqlite3_bind_int64 (statement->handle, index, value);
}

int
aisle_step (AisleStatement *statement, GError **error)
{
  int code = sqlite3_step (statement->handle);
  if (code == SQLITE_ROW)
    return 1;
  int result = 0;
  if (code != SQLITE_DONE)
    {
      aisle_workspace_set_error (statement->workspace, code, error);
      result = -1;
    }
  aisle_statement_reset (statement);
  return result;
}

gboolean
aisle_run (AisleStatement *statement, GError **error)
{
  int code = aisle_step (statement, error);
  if (code == 1)
    aisle_statement_reset (statement);
  return code >= 0;
}

gint64
aisle_column_int64 (AisleStatement *statement, int column)
{
  return sqlite3_column_int64 (statement->handle, column);
}

double
aisle_column_double (AisleStatement *statement, int column)
{
  if (sqlite3_column_type (statement->handle, column) == SQLITE_NULL)
    return NAN;
  return sqlite3_column_double (statement->handle, column);
}

const char *
aisle_column_text (AisleStatement *statement, int column)
{
  return (const char *) sqlite3_column_text (statement->handle, column);
}

gconstpointer
aisle_column_blob (AisleStatement *statement, int column, gsize *size)
{
  gconstpointer data = sqlite3_column_blob (statement->handle, column);
  if (size)
    *size = (gsize) sqlite3_column_bytes (statement->handle, column);
  return data;
}

gboolean
aisle_column_is_null (AisleStatement *statement, int column)
{
  return sqlite3_column_type (statement->handle, column) == SQLITE_NULL;
}

gboolean
aisle_execute (AisleWorkspace *workspace, const char *sql, GError **error)
{
  int code = sqlite3_exec (aisle_workspace_get_db (workspace), sql, NULL, NULL, NULL);
  if (code == SQLITE_OK)
    return TRUE;
  aisle_workspace_set_error (workspace, code, error);
  return FALSE;
}
