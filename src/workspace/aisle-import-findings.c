/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include <stdarg.h>
#include <string.h>

#define MAX_PER_RULE 10000
#define MASK "***"

typedef struct
{
  const char *rule; /* a literal */
  char *object;
  char *message;
  guint64 line;
  guint64 count;
} Finding;

static void
free_finding_cb (gpointer data)
{
  Finding *finding = data;
  g_free (finding->object);
  g_free (finding->message);
  g_free (finding);
}

GHashTable *
aisle_import_findings_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_finding_cb);
}

/* NULL where the object is new and the rule has named enough of them: then one line counts the
 * rest. */
static Finding *
find_or_add (AisleImport *import, const char *rule, const char *object)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", rule, object);
  Finding *finding = g_hash_table_lookup (import->findings, key);
  if (finding)
    return finding;
  finding = g_new0 (Finding, 1);
  finding->rule = rule;
  finding->object = g_strdup (object);
  finding->line = import->record.line;
  g_hash_table_insert (import->findings, g_steal_pointer (&key), finding);
  return finding;
}

void
aisle_import_find_many (AisleImport *import,
                        const char *rule,
                        const char *object,
                        guint64 count,
                        const char *message)
{
  import->result->findings += count;
  if (g_hash_table_size (import->findings) >= MAX_PER_RULE)
    {
      object = "(more)";
      message = "and more of the same kind; only the first are listed";
    }
  Finding *finding = find_or_add (import, rule, object);
  if (!finding->message)
    finding->message = g_strdup (message);
  finding->count += count;
}

void
aisle_import_find (AisleImport *import,
                   const char *rule,
                   const char *object,
                   const char *format,
                   ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  aisle_import_find_many (import, rule, object, 1, message);
}

static gboolean
replace_finding (AisleImport *import, const Finding *finding, gint64 run_id, GError **error)
{
  AisleStatement *statement = aisle_statement (
      import->workspace, "DELETE FROM data_finding WHERE rule = ?1 AND object = ?2", error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, finding->rule);
  aisle_bind_text (statement, 2, finding->object);
  if (!aisle_run (statement, error))
    return FALSE;
  statement = aisle_statement (
      import->workspace,
      "INSERT INTO data_finding (import_run_id, rule, object, line, message, count) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, run_id);
  aisle_bind_text (statement, 2, finding->rule);
  aisle_bind_text (statement, 3, finding->object);
  aisle_bind_int64_or_null (statement, 4, (gint64) finding->line, 0);
  aisle_bind_text (statement, 5, finding->message);
  aisle_bind_int64 (statement, 6, (gint64) finding->count);
  return aisle_run (statement, error);
}

static int
compare_findings_cb (gconstpointer a, gconstpointer b)
{
  const Finding *x = *(const Finding *const *) a, *y = *(const Finding *const *) b;
  int by_rule = strcmp (x->rule, y->rule);
  return by_rule ? by_rule : strcmp (x->object, y->object);
}

gboolean
aisle_import_save_findings (AisleImport *import, gint64 run_id, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, import->findings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (list, value);
  g_ptr_array_sort (list, compare_findings_cb);
  for (guint i = 0; i < list->len;)
    {
      const Finding *first = g_ptr_array_index (list, i);
      guint64 count = 0;
      guint n_objects = 0;
      for (; i < list->len && strcmp (((Finding *) list->pdata[i])->rule, first->rule) == 0; i++)
        {
          if (!replace_finding (import, list->pdata[i], run_id, error))
            return FALSE;
          count += ((Finding *) list->pdata[i])->count;
          n_objects++;
        }
      g_ptr_array_add (import->result->notices,
                       g_strdup_printf ("%s: %" G_GUINT64_FORMAT " in %u objects, such as %s (%s)",
                                        first->rule, count, n_objects, first->object,
                                        first->message));
    }
  return TRUE;
}

static void
write_header (AisleImport *import)
{
  static const char *const own[] = { "line", "column", "value", "reason" };
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    aisle_record_writer_add_text (import->rejects, own[i]);
  for (guint i = 0; i < aisle_record_reader_get_n_columns (import->reader); i++)
    aisle_record_writer_add_text (import->rejects,
                                  aisle_record_reader_get_column_name (import->reader, i));
  aisle_record_writer_end_row (import->rejects);
}

static void
write_reject (AisleImport *import, int column, const char *reason)
{
  const char *path = import->options->rejects_path;
  if (!path || import->rejects_error)
    return;
  if (!import->rejects)
    {
      import->rejects = aisle_record_writer_open (path, aisle_record_kind_for_path (path), ',', '.',
                                                  &import->rejects_error);
      if (!import->rejects)
        return;
      write_header (import);
    }
  gboolean has_value = column >= 0 && (guint) column < import->record.n_fields;
  aisle_record_writer_add_integer (import->rejects, (gint64) import->record.line);
  aisle_record_writer_add_text (
      import->rejects,
      column >= 0 ? aisle_record_reader_get_column_name (import->reader, (guint) column) : NULL);
  const char *value = has_value ? import->record.fields[column] : NULL;
  aisle_record_writer_add_text (import->rejects,
                                value && *value && import->is_masked[column] ? MASK : value);
  aisle_record_writer_add_text (import->rejects, reason);
  guint n_columns = aisle_record_reader_get_n_columns (import->reader);
  for (guint i = 0; i < import->record.n_fields; i++)
    {
      /* In a ragged row nobody knows which field a value belongs to. */
      gboolean is_masked =
          import->record.n_fields == n_columns
              ? import->is_masked[i]
              : memchr (import->is_masked, TRUE, n_columns * sizeof (gboolean)) != NULL;
      gboolean is_filled = *import->record.fields[i] != '\0';
      aisle_record_writer_add_text (import->rejects,
                                    is_masked && is_filled ? MASK : import->record.fields[i]);
    }
  aisle_record_writer_end_row (import->rejects);
}

gboolean
aisle_import_reject (AisleImport *import, guint field, const char *format, ...)
{
  if (import->is_rejected)
    return FALSE;
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  import->is_rejected = TRUE;
  import->result->rejected++;
  aisle_import_release_key (import);
  int column = field < import->handler->n_fields ? import->columns[field] : -1;
  if (column >= 0 && (guint) column < import->record.n_fields && import->is_masked[column]
      && *import->record.fields[column])
    {
      g_autoptr (GString) masked = g_string_new (reason);
      g_string_replace (masked, import->record.fields[column], MASK, 0);
      g_free (reason);
      reason = g_string_free (g_steal_pointer (&masked), FALSE);
    }
  write_reject (import, column, reason);
  if (!import->first_reject)
    {
      const char *name =
          column >= 0 ? aisle_record_reader_get_column_name (import->reader, (guint) column) : NULL;
      g_autofree char *where = name ? g_strdup_printf ("column \"%s\": ", name) : g_strdup ("");
      import->first_reject = g_strdup_printf ("%s:%" G_GUINT64_FORMAT ": %s%s",
                                              aisle_record_reader_get_path (import->reader),
                                              import->record.line, where, reason);
    }
  return FALSE;
}

gboolean
aisle_import_finish_rejects (AisleImport *import, GError **error)
{
  if (import->rejects_error)
    {
      g_propagate_error (error, g_steal_pointer (&import->rejects_error));
      return FALSE;
    }
  /* What an earlier run left under this name would be taken for this run's. */
  const char *path = import->options->rejects_path;
  if (!import->rejects && path && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      import->rejects =
          aisle_record_writer_open (path, aisle_record_kind_for_path (path), ',', '.', error);
      if (!import->rejects)
        return FALSE;
      write_header (import);
    }
  AisleRecordWriter *rejects = g_steal_pointer (&import->rejects);
  return !rejects || aisle_record_writer_finish (rejects, error);
}

void
aisle_import_discard_rejects (AisleImport *import)
{
  g_clear_pointer (&import->rejects, aisle_record_writer_discard);
  g_clear_error (&import->rejects_error);
}
