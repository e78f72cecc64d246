/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-feed-private.h"

#include <string.h>

/* A virtual table that can be read once, from beginning to end: https://sqlite.org/vtab.html */

typedef struct
{
  AisleFeedFunc func;
  gpointer data;
  GError *error;
} Feed;

typedef struct
{
  sqlite3_vtab base;
  Feed *feed;
} Table;

typedef struct
{
  sqlite3_vtab_cursor base;
  AisleFeedValue row[AISLE_FEED_COLUMNS];
  sqlite3_int64 n_rows;
  gboolean is_at_end;
} Cursor;

static int
connect_cb (sqlite3 *db,
            void *data,
            int n_arguments,
            const char *const *arguments,
            sqlite3_vtab **table,
            char **message)
{
  g_autoptr (GString) sql = g_string_new ("CREATE TABLE x (");
  for (int i = 0; i < AISLE_FEED_COLUMNS; i++)
    g_string_append_printf (sql, "%sc%d", i > 0 ? ", " : "", i);
  g_string_append_c (sql, ')');
  int code = sqlite3_declare_vtab (db, sql->str);
  if (code != SQLITE_OK)
    return code;
  Table *own = g_new0 (Table, 1);
  own->feed = data;
  *table = &own->base;
  return SQLITE_OK;
}

static int
disconnect_cb (sqlite3_vtab *table)
{
  g_free (table);
  return SQLITE_OK;
}

static int
best_index_cb (sqlite3_vtab *table, sqlite3_index_info *info)
{
  info->estimatedCost = 1e6;
  return SQLITE_OK;
}

static int
open_cb (sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
  Cursor *own = g_new0 (Cursor, 1);
  *cursor = &own->base;
  return SQLITE_OK;
}

static int
close_cb (sqlite3_vtab_cursor *cursor)
{
  g_free (cursor);
  return SQLITE_OK;
}

static int
next_cb (sqlite3_vtab_cursor *cursor)
{
  Cursor *own = (Cursor *) cursor;
  Feed *feed = ((Table *) cursor->pVtab)->feed;
  memset (own->row, 0, sizeof own->row);
  int code = feed->func (own->row, feed->data, &feed->error);
  own->is_at_end = code == 0;
  own->n_rows++;
  return code < 0 ? SQLITE_ABORT : SQLITE_OK;
}

static int
filter_cb (sqlite3_vtab_cursor *cursor,
           int index,
           const char *name,
           int n_arguments,
           sqlite3_value **arguments)
{
  return next_cb (cursor);
}

static int
eof_cb (sqlite3_vtab_cursor *cursor)
{
  return ((Cursor *) cursor)->is_at_end;
}

static int
column_cb (sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
  const AisleFeedValue *value = &((Cursor *) cursor)->row[column];
  if (value->type == AISLE_FEED_INT64)
    sqlite3_result_int64 (context, value->number);
  else if (value->type == AISLE_FEED_TEXT)
    sqlite3_result_text (context, value->text, -1, SQLITE_TRANSIENT);
  return SQLITE_OK;
}

static int
rowid_cb (sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
  *rowid = ((Cursor *) cursor)->n_rows;
  return SQLITE_OK;
}

/* Without xCreate: the table exists by itself, in every connection that has the module. */
static const sqlite3_module module = {
  .xConnect = connect_cb,
  .xBestIndex = best_index_cb,
  .xDisconnect = disconnect_cb,
  .xOpen = open_cb,
  .xClose = close_cb,
  .xFilter = filter_cb,
  .xNext = next_cb,
  .xEof = eof_cb,
  .xColumn = column_cb,
  .xRowid = rowid_cb,
};

gboolean
aisle_feed_run (AisleWorkspace *workspace,
                const char *sql,
                AisleFeedFunc func,
                gpointer data,
                GError **error)
{
  sqlite3 *db = aisle_workspace_get_db (workspace);
  Feed feed = { func, data, NULL };
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_create_module_v2 (db, "aisle_feed", &module, &feed, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement);
  gboolean is_done = code == SQLITE_DONE;
  if (feed.error)
    g_propagate_error (error, feed.error);
  else if (!is_done)
    aisle_workspace_set_error (workspace, code, error);
  sqlite3_finalize (statement);
  sqlite3_create_module_v2 (db, "aisle_feed", NULL, NULL, NULL);
  return is_done;
}
