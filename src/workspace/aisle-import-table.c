/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include <string.h>

#define MAX_COLUMNS 32

typedef enum
{
  CELL_UNSET,
  CELL_INTEGER,
  CELL_TEXT,
} CellType;

typedef struct
{
  CellType type;
  gint64 number;
  gconstpointer data;
  gboolean is_for_new;
} Cell;

struct _AisleImportTable
{
  AisleWorkspace *workspace;
  char *name;
  char **columns; /* keys first */
  guint n_keys;
  guint n_columns;
  Cell cells[MAX_COLUMNS];
  GHashTable *inserts; /* which columns are set, as bits -> SQL */
  GHashTable *updates;
};

AisleImportTable *
aisle_import_table_new (AisleImport *import,
                        const char *table,
                        const char *keys,
                        const char *values)
{
  AisleImportTable *writer = g_new0 (AisleImportTable, 1);
  writer->workspace = import->workspace;
  writer->name = g_strdup (table);
  g_auto (GStrv) key_columns = g_strsplit (keys, ",", -1);
  writer->n_keys = g_strv_length (key_columns);
  g_autofree char *all =
      values && *values ? g_strconcat (keys, ",", values, NULL) : g_strdup (keys);
  writer->columns = g_strsplit (all, ",", -1);
  writer->n_columns = g_strv_length (writer->columns);
  g_assert (writer->n_columns <= MAX_COLUMNS);
  writer->inserts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  writer->updates = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return writer;
}

void
aisle_import_table_free (AisleImportTable *table)
{
  if (!table)
    return;
  g_free (table->name);
  g_strfreev (table->columns);
  g_hash_table_unref (table->inserts);
  g_hash_table_unref (table->updates);
  g_free (table);
}

void
aisle_import_table_set_int64 (AisleImportTable *table, guint column, gint64 value)
{
  table->cells[column] = (Cell){ .type = CELL_INTEGER, .number = value };
}

void
aisle_import_table_set_text (AisleImportTable *table, guint column, const char *value)
{
  table->cells[column] = (Cell){ .type = value ? CELL_TEXT : CELL_UNSET, .data = value };
}

void
aisle_import_table_set_text_if_new (AisleImportTable *table, guint column, const char *value)
{
  table->cells[column] = (Cell){ .type = CELL_TEXT, .data = value, .is_for_new = TRUE };
}

/* Parameter numbers are column positions, so that both statements bind alike. */
static char *
make_insert (AisleImportTable *table)
{
  GString *names = g_string_new (NULL);
  g_autoptr (GString) marks = g_string_new (NULL);
  for (guint i = 0; i < table->n_columns; i++)
    if (table->cells[i].type != CELL_UNSET)
      {
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", table->columns[i]);
        g_string_append_printf (marks, "%s?%u", marks->len > 0 ? ", " : "", i + 1);
      }
  char *sql = g_strdup_printf ("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT DO NOTHING",
                               table->name, names->str, marks->str);
  g_string_free (names, TRUE);
  return sql;
}

static char *
make_update (AisleImportTable *table)
{
  g_autoptr (GString) set = g_string_new (NULL);
  g_autoptr (GString) differs = g_string_new (NULL);
  g_autoptr (GString) where = g_string_new (NULL);
  for (guint i = 0; i < table->n_columns; i++)
    if (i < table->n_keys)
      g_string_append_printf (where, "%s%s IS ?%u", i > 0 ? " AND " : "", table->columns[i], i + 1);
    else if (table->cells[i].type != CELL_UNSET && !table->cells[i].is_for_new)
      {
        g_string_append_printf (set, "%s%s = ?%u", set->len > 0 ? ", " : "", table->columns[i],
                                i + 1);
        g_string_append_printf (differs, "%s%s IS NOT ?%u", differs->len > 0 ? " OR " : "",
                                table->columns[i], i + 1);
      }
  if (set->len == 0)
    return g_strdup ("");
  return g_strdup_printf ("UPDATE %s SET %s WHERE %s AND (%s)", table->name, set->str, where->str,
                          differs->str);
}

static const char *
find_sql (AisleImportTable *table, GHashTable *cache, char *(*make) (AisleImportTable *) )
{
  guint set = 0;
  for (guint i = 0; i < table->n_columns; i++)
    set |= table->cells[i].type != CELL_UNSET ? 1u << i : 0;
  char *sql = g_hash_table_lookup (cache, GUINT_TO_POINTER (set));
  if (!sql)
    {
      sql = make (table);
      g_hash_table_insert (cache, GUINT_TO_POINTER (set), sql);
    }
  return sql;
}

static gboolean
run_sql (AisleImportTable *table, const char *sql, GError **error)
{
  AisleStatement *statement = aisle_statement (table->workspace, sql, error);
  if (!statement)
    return FALSE;
  for (guint i = 0; i < table->n_columns; i++)
    {
      const Cell *cell = &table->cells[i];
      int index = (int) i + 1;
      if (cell->type == CELL_INTEGER)
        aisle_bind_int64 (statement, index, cell->number);
      else if (cell->type == CELL_TEXT)
        aisle_bind_text (statement, index, cell->data);
    }
  return aisle_run (statement, error);
}

AislePut
aisle_import_table_put (AisleImportTable *table, GError **error)
{
  sqlite3 *db = aisle_workspace_get_db (table->workspace);
  AislePut put = AISLE_PUT_UNCHANGED;
  const char *insert = find_sql (table, table->inserts, make_insert);
  if (!run_sql (table, insert, error))
    put = AISLE_PUT_ERROR;
  else if (sqlite3_changes (db) > 0)
    put = AISLE_PUT_INSERTED;
  else
    {
      const char *update = find_sql (table, table->updates, make_update);
      if (*update && !run_sql (table, update, error))
        put = AISLE_PUT_ERROR;
      else if (*update && sqlite3_changes (db) > 0)
        put = AISLE_PUT_UPDATED;
    }
  memset (table->cells, 0, sizeof table->cells);
  return put;
}

gboolean
aisle_import_count (AisleImport *import, AislePut put)
{
  import->result->inserted += put == AISLE_PUT_INSERTED ? 1 : 0;
  import->result->updated += put == AISLE_PUT_UPDATED ? 1 : 0;
  import->result->unchanged += put == AISLE_PUT_UNCHANGED ? 1 : 0;
  return put != AISLE_PUT_ERROR;
}
