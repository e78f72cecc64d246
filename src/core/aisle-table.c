/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-table.h"

#include "aisle-core-error.h"

#include <math.h>
#include <string.h>

typedef struct
{
  AisleColumnWish wish;
  char *name;
  int source;       /* column of the file; -1: it has none */
  GArray *values;   /* of guint32, gint64, double or AisleDate */
  GHashTable *ids;  /* text: value -> id + 1; the keys belong to `chunk` */
  GPtrArray *texts; /* text: id -> value */
  GStringChunk *chunk;
} Column;

struct _AisleTable
{
  Column *columns;
  guint n_columns;
  gsize n_rows;
  GArray *lines; /* of guint64 */
  GPtrArray *ignored;
};

static guint
value_size (AisleColumnType type)
{
  switch (type)
    {
    case AISLE_COLUMN_INTEGER:
      return sizeof (gint64);
    case AISLE_COLUMN_DOUBLE:
      return sizeof (double);
    case AISLE_COLUMN_DATE:
      return sizeof (AisleDate);
    case AISLE_COLUMN_TEXT:
    default:
      return sizeof (guint32);
    }
}

static gboolean
set_up_column (Column *column,
               const AisleColumnWish *wish,
               AisleRecordReader *reader,
               GError **error)
{
  column->wish = *wish;
  column->name = g_strdup (wish->name);
  column->wish.name = column->name;
  column->source = aisle_record_reader_find_column (reader, wish->name);
  column->values = g_array_new (FALSE, FALSE, value_size (wish->type));
  if (wish->type == AISLE_COLUMN_TEXT)
    {
      column->ids = g_hash_table_new (g_str_hash, g_str_equal);
      column->texts = g_ptr_array_new ();
      column->chunk = g_string_chunk_new (4096);
    }
  if (column->source >= 0 || wish->is_optional)
    return TRUE;

  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < aisle_record_reader_get_n_columns (reader) && i < 20; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            aisle_record_reader_get_column_name (reader, i));
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
               "%s: column \"%s\" is missing; the file has: %s",
               aisle_record_reader_get_path (reader), wish->name, names->str);
  return FALSE;
}

static void
note_ignored (AisleTable *table, AisleRecordReader *reader)
{
  for (guint i = 0; i < aisle_record_reader_get_n_columns (reader); i++)
    {
      const char *name = aisle_record_reader_get_column_name (reader, i);
      gboolean is_used = name[0] == '\0';
      for (guint k = 0; k < table->n_columns; k++)
        is_used |= table->columns[k].source == (int) i;
      if (!is_used)
        g_ptr_array_add (table->ignored, g_strdup (name));
    }
  g_ptr_array_add (table->ignored, NULL);
}

static guint32
intern (Column *column, const char *text)
{
  guint32 id = GPOINTER_TO_UINT (g_hash_table_lookup (column->ids, text));
  if (id > 0)
    return id - 1;
  char *copy = g_string_chunk_insert (column->chunk, text);
  g_ptr_array_add (column->texts, copy);
  g_hash_table_insert (column->ids, copy, GUINT_TO_POINTER (column->texts->len));
  return column->texts->len - 1;
}

static gboolean
is_blank_double (const char *text)
{
  return g_ascii_strcasecmp (text, "NA") == 0 || g_ascii_strcasecmp (text, "NaN") == 0;
}

/* Appends a value. FALSE with AISLE_CORE_ERROR_EMPTY: it is blank, and the blank was appended. */
static gboolean
append_value (Column *column,
              const AisleTextFormat *format,
              const char *text,
              gsize length,
              GError **error)
{
  gboolean is_read = TRUE;
  switch (column->wish.type)
    {
    case AISLE_COLUMN_INTEGER:
      {
        gint64 value = G_MININT64;
        is_read = aisle_decimal_parse (text, (gssize) length, format->number, column->wish.scale,
                                       &value, error);
        g_array_append_val (column->values, value);
        return is_read;
      }
    case AISLE_COLUMN_DOUBLE:
      {
        double value = NAN;
        if (is_blank_double (text))
          text = "";
        is_read = aisle_decimal_parse_double (text, -1, format->number, &value, error);
        g_array_append_val (column->values, value);
        return is_read;
      }
    case AISLE_COLUMN_DATE:
      {
        AisleDate value = AISLE_DATE_NONE;
        is_read = aisle_text_format_parse_date (format, text, &value, NULL, error);
        g_array_append_val (column->values, value);
        return is_read;
      }
    case AISLE_COLUMN_TEXT:
    default:
      {
        guint32 id = intern (column, text);
        g_array_append_val (column->values, id);
        if (length == 0)
          g_set_error_literal (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY, "no text is given");
        return length > 0;
      }
    }
}

static gboolean
append_row (AisleTable *table, AisleRecordReader *reader, const AisleRecord *record, GError **error)
{
  const char *path = aisle_record_reader_get_path (reader);
  const AisleTextFormat *format = aisle_record_reader_get_format (reader);
  if (record->problem)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                   "%s:%" G_GUINT64_FORMAT ": %s", path, record->line, record->problem);
      return FALSE;
    }
  for (guint i = 0; i < table->n_columns; i++)
    {
      Column *column = &table->columns[i];
      gboolean is_there = column->source >= 0 && (guint) column->source < record->n_fields;
      const char *text = is_there ? record->fields[column->source] : "";
      gsize length = is_there ? record->lengths[column->source] : 0;
      g_autoptr (GError) cause = NULL;
      if (append_value (column, format, text, length, &cause))
        continue;
      if (g_error_matches (cause, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY)
          && (column->wish.may_be_blank || column->source < 0))
        continue;
      g_set_error (error, AISLE_CORE_ERROR, cause->code,
                   "%s:%" G_GUINT64_FORMAT ": column \"%s\": %s", path, record->line, column->name,
                   cause->message);
      return FALSE;
    }
  guint64 line = record->line;
  g_array_append_val (table->lines, line);
  table->n_rows++;
  return TRUE;
}

AisleTable *
aisle_table_read (AisleRecordReader *reader,
                  const AisleColumnWish *wishes,
                  guint n_columns,
                  GError **error)
{
  g_return_val_if_fail (reader != NULL, NULL);

  g_autoptr (AisleTable) table = g_new0 (AisleTable, 1);
  table->columns = g_new0 (Column, n_columns);
  table->lines = g_array_new (FALSE, FALSE, sizeof (guint64));
  table->ignored = g_ptr_array_new_with_free_func (g_free);
  for (; table->n_columns < n_columns; table->n_columns++)
    if (!set_up_column (&table->columns[table->n_columns], &wishes[table->n_columns], reader,
                        error))
      {
        table->n_columns++;
        return NULL;
      }
  note_ignored (table, reader);

  AisleRecord record;
  g_autoptr (GError) cause = NULL;
  while (aisle_record_reader_next (reader, &record, &cause))
    if (!append_row (table, reader, &record, error))
      return NULL;
  if (cause)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  return g_steal_pointer (&table);
}

void
aisle_table_free (AisleTable *table)
{
  if (!table)
    return;
  for (guint i = 0; i < table->n_columns; i++)
    {
      Column *column = &table->columns[i];
      g_free (column->name);
      g_array_unref (column->values);
      g_clear_pointer (&column->ids, g_hash_table_unref);
      g_clear_pointer (&column->texts, g_ptr_array_unref);
      g_clear_pointer (&column->chunk, g_string_chunk_free);
    }
  g_free (table->columns);
  g_array_unref (table->lines);
  g_ptr_array_unref (table->ignored);
  g_free (table);
}

gsize
aisle_table_get_n_rows (AisleTable *table)
{
  return table->n_rows;
}

guint64
aisle_table_get_line (AisleTable *table, gsize row)
{
  g_return_val_if_fail (row < table->n_rows, 0);
  return g_array_index (table->lines, guint64, row);
}

gboolean
aisle_table_has_column (AisleTable *table, guint column)
{
  g_return_val_if_fail (column < table->n_columns, FALSE);
  return table->columns[column].source >= 0;
}

const char *const *
aisle_table_get_ignored_columns (AisleTable *table)
{
  return (const char *const *) table->ignored->pdata;
}

static const void *
get_values (AisleTable *table, guint column, AisleColumnType type)
{
  g_return_val_if_fail (column < table->n_columns, NULL);
  g_return_val_if_fail (table->columns[column].wish.type == type, NULL);
  return table->columns[column].values->data;
}

const gint64 *
aisle_table_get_integers (AisleTable *table, guint column)
{
  return get_values (table, column, AISLE_COLUMN_INTEGER);
}

const double *
aisle_table_get_doubles (AisleTable *table, guint column)
{
  return get_values (table, column, AISLE_COLUMN_DOUBLE);
}

const AisleDate *
aisle_table_get_dates (AisleTable *table, guint column)
{
  return get_values (table, column, AISLE_COLUMN_DATE);
}

const guint32 *
aisle_table_get_text_ids (AisleTable *table, guint column)
{
  return get_values (table, column, AISLE_COLUMN_TEXT);
}

guint32
aisle_table_get_n_texts (AisleTable *table, guint column)
{
  g_return_val_if_fail (column < table->n_columns && table->columns[column].texts, 0);
  return table->columns[column].texts->len;
}

const char *
aisle_table_get_text (AisleTable *table, guint column, guint32 id)
{
  g_return_val_if_fail (id < aisle_table_get_n_texts (table, column), NULL);
  return g_ptr_array_index (table->columns[column].texts, id);
}
