/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import.h"

#include "aisle-import-private.h"
#include "aisle-log.h"

#include <json-glib/json-glib.h>
#include <stdarg.h>
#include <string.h>

#define ROWS_PER_REPORT 4096
#define SHARE_OF_READING 0.6 /* of the progress; the rest is for the handler's finish */

typedef struct
{
  const char *name;
  const AisleImportHandler *handler;
} Kind;

static const Kind kinds[AISLE_IMPORT_N_KINDS] = {
  [AISLE_IMPORT_CATALOG] = { "catalog", &aisle_import_catalog },
  [AISLE_IMPORT_STORES] = { "stores", &aisle_import_stores },
  [AISLE_IMPORT_STOCK] = { "stock", &aisle_import_stock },
  [AISLE_IMPORT_SALES] = { "sales", &aisle_import_sales },
  [AISLE_IMPORT_CUSTOMERS] = { "customers", &aisle_import_customers },
  [AISLE_IMPORT_PRICES] = { "prices", &aisle_import_prices },
  [AISLE_IMPORT_COSTS] = { "costs", &aisle_import_costs },
  [AISLE_IMPORT_SUPPLIERS] = { "suppliers", &aisle_import_suppliers },
  [AISLE_IMPORT_BARCODES] = { "barcodes", &aisle_import_barcodes },
  [AISLE_IMPORT_LISTINGS] = { "listings", &aisle_import_listings },
  [AISLE_IMPORT_CALENDAR] = { "calendar", &aisle_import_calendar },
  [AISLE_IMPORT_TAXES] = { "taxes", &aisle_import_taxes },
};

static const char *const later_kinds[] = { "competitors",  "promotions",  "plans",
                                           "interactions", "experiments", NULL };

G_DEFINE_QUARK (aisle_import_error_quark, aisle_import_error)

const char *
aisle_import_kind_get_name (AisleImportKind kind)
{
  return kinds[kind].name;
}

AisleImportKindAnswer
aisle_import_kind_from_name (const char *name, AisleImportKind *kind)
{
  for (guint i = 0; i < AISLE_IMPORT_N_KINDS; i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      {
        *kind = i;
        return AISLE_IMPORT_KIND_KNOWN;
      }
  return name && g_strv_contains (later_kinds, name) ? AISLE_IMPORT_KIND_LATER
                                                     : AISLE_IMPORT_KIND_UNKNOWN;
}

guint
aisle_import_get_n_fields (AisleImportKind kind)
{
  return kinds[kind].handler->n_fields;
}

const AisleImportFieldInfo *
aisle_import_get_field (AisleImportKind kind, guint index)
{
  return &kinds[kind].handler->fields[index];
}

void
aisle_import_result_clear (AisleImportResult *result)
{
  g_clear_pointer (&result->mapping, g_free);
  g_clear_pointer (&result->format, g_free);
  g_clear_pointer (&result->first_reject, g_free);
  g_clear_pointer (&result->notices, g_ptr_array_unref);
}

static void
clear_attribute_cb (gpointer data)
{
  g_free (((AisleImportAttribute *) data)->name);
}

static void
free_import (AisleImport *import)
{
  if (import->handler->end)
    import->handler->end (import);
  aisle_import_discard_rejects (import);
  g_clear_pointer (&import->reader, aisle_record_reader_close);
  g_clear_pointer (&import->keys, aisle_import_keys_free);
  g_clear_pointer (&import->seen, aisle_import_seen_free);
  g_clear_pointer (&import->findings, g_hash_table_unref);
  g_clear_pointer (&import->attributes, g_array_unref);
  g_free (import->columns);
  g_free (import->is_masked);
  g_free (import->last_date_text);
  g_free (import->first_reject);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleImport, free_import)

static const char *
name_of_encoding (AisleEncoding encoding)
{
  switch (encoding)
    {
    case AISLE_ENCODING_UTF16LE:
    case AISLE_ENCODING_UTF16BE:
      return "UTF-16";
    case AISLE_ENCODING_WINDOWS_1252:
      return "Windows-1252";
    default:
      return "UTF-8";
    }
}

static const char *
name_of_order (AisleDateOrder order)
{
  switch (order)
    {
    case AISLE_DATE_ORDER_DMY:
      return "day-month-year";
    case AISLE_DATE_ORDER_MDY:
      return "month-day-year";
    default:
      return "year-month-day";
    }
}

static char *
describe_format (const AisleTextFormat *format)
{
  g_autofree char *separator =
      format->separator == '\t' ? g_strdup ("tab") : g_strdup_printf ("“%c”", format->separator);
  if (format->is_xlsx)
    return g_strdup_printf ("workbook, dates %s", name_of_order (format->date_order));
  return g_strdup_printf ("%s%s, separator %s, decimal sign “%c”, dates %s",
                          name_of_encoding (format->encoding), format->is_gzip ? ", gzip" : "",
                          separator, format->number.decimal, name_of_order (format->date_order));
}

static gboolean
has_date_field (AisleImport *import)
{
  for (guint i = 0; i < import->handler->n_fields; i++)
    if (import->columns[i] >= 0 && g_str_has_prefix (import->handler->fields[i].type, "date"))
      return TRUE;
  return FALSE;
}

/* A file whose dates can be read two ways is asked about: guessing would put sales on wrong days.
 */
static gboolean
check_dates (AisleImport *import, GError **error)
{
  if (!import->format->is_date_order_ambiguous || !has_date_field (import)
      || (import->options->format
          && import->options->format->date_order != AISLE_DATE_ORDER_UNKNOWN))
    return TRUE;
  g_set_error (
      error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_ASK,
      "%s:1: its dates can be read as day-month-year and as month-day-year; say --dates dmy or "
      "--dates mdy",
      aisle_record_reader_get_path (import->reader));
  return FALSE;
}

/* Whether the row can be looked at by its fields. */
static gboolean
check_shape (AisleImport *import)
{
  guint n_columns = aisle_record_reader_get_n_columns (import->reader);
  const AisleRecord *record = &import->record;
  if (record->problem)
    return aisle_import_reject (import, G_MAXUINT, "%s", record->problem);
  for (guint i = n_columns; i < record->n_fields; i++)
    if (*record->fields[i])
      return aisle_import_reject (import, G_MAXUINT,
                                  "the row has %u fields where the header has %u", record->n_fields,
                                  n_columns);
  if (record->n_fields < n_columns)
    return aisle_import_reject (import, G_MAXUINT, "the row has %u fields where the header has %u",
                                record->n_fields, n_columns);
  for (guint i = 0; i < import->handler->n_fields; i++)
    if (import->handler->fields[i].is_required && !*record->fields[import->columns[i]])
      return aisle_import_reject (import, i, "is empty, but %s is required",
                                  import->handler->fields[i].name);
  return TRUE;
}

static gboolean
take_row (AisleImport *import, GError **error)
{
  import->result->rows++;
  import->is_rejected = FALSE;
  if (!check_shape (import))
    return TRUE;
  g_autoptr (GError) local = NULL;
  if (import->handler->take_row (import, &local))
    {
      import->result->accepted += import->is_rejected ? 0 : 1;
      return TRUE;
    }
  /* A constraint of the schema that the handler did not foresee: the row's fault, not the file's.
   */
  if (g_error_matches (local, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID))
    {
      aisle_import_reject (import, G_MAXUINT, "the workspace does not take this row: %s",
                           local->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
aisle_import_report (AisleImport *import, double share_done, GError **error)
{
  if (aisle_progress_report (import->progress, share_done))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the import was stopped");
  return FALSE;
}

static gboolean
take_rows (AisleImport *import, GError **error)
{
  g_autoptr (GError) local = NULL;
  double share = import->handler->finish ? SHARE_OF_READING : 1.0;
  while (aisle_record_reader_next (import->reader, &import->record, &local))
    {
      if (!take_row (import, error))
        return FALSE;
      if (import->result->rows % ROWS_PER_REPORT == 1
          && !aisle_import_report (
              import, share * aisle_record_reader_get_share_read (import->reader), error))
        return FALSE;
    }
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  import->record.line = 0; /* findings from now on are not of a line */
  if (import->result->rows > 0)
    return TRUE;
  g_set_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_NO_ROWS,
               "%s: the file has a header and no rows; nothing was imported",
               aisle_record_reader_get_path (import->reader));
  return FALSE;
}

static char *
format_to_json (const AisleTextFormat *format)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  char separator[2] = { format->separator, '\0' }, decimal[2] = { format->number.decimal, '\0' };
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "encoding");
  json_builder_add_string_value (builder,
                                 format->is_xlsx ? "xlsx" : name_of_encoding (format->encoding));
  json_builder_set_member_name (builder, "gzip");
  json_builder_add_boolean_value (builder, format->is_gzip);
  json_builder_set_member_name (builder, "separator");
  json_builder_add_string_value (builder, separator);
  json_builder_set_member_name (builder, "decimal");
  json_builder_add_string_value (builder, decimal);
  json_builder_set_member_name (builder, "dates");
  json_builder_add_string_value (builder, name_of_order (format->date_order));
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static gboolean
insert_run (AisleImport *import, gint64 started_at, GError **error)
{
  const AisleImportResult *result = import->result;
  AisleStatement *s = aisle_statement (import->workspace,
                                       "INSERT INTO import_run (kind, source, format, mapping, "
                                       "person_id, started_at, rows, accepted, "
                                       "rejected, inserted, updated, unchanged) VALUES (?1, ?2, "
                                       "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                                       error);
  if (!s)
    return FALSE;
  g_autofree char *source =
      g_filename_display_basename (aisle_record_reader_get_path (import->reader));
  g_autofree char *format = format_to_json (import->format);
  g_autofree char *mapping = aisle_import_mapping_to_json (import);
  aisle_bind_text (s, 1, kinds[import->kind].name);
  aisle_bind_text (s, 2, source);
  aisle_bind_text (s, 3, format);
  aisle_bind_text (s, 4, mapping);
  aisle_bind_int64_or_null (s, 5, import->options->person_id, 0);
  aisle_bind_int64 (s, 6, started_at);
  const guint64 counts[] = { result->rows,     result->accepted, result->rejected,
                             result->inserted, result->updated,  result->unchanged };
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    aisle_bind_int64 (s, 7 + (int) i, (gint64) counts[i]);
  if (!aisle_run (s, error))
    return FALSE;
  import->result->run_id = sqlite3_last_insert_rowid (aisle_workspace_get_db (import->workspace));
  return TRUE;
}

static gboolean
append_log (AisleImport *import, GError **error)
{
  const AisleImportResult *result = import->result;
  g_autofree char *source =
      g_filename_display_basename (aisle_record_reader_get_path (import->reader));
  g_autofree char *object = g_strdup_printf ("import %" G_GINT64_FORMAT " of %s", result->run_id,
                                             kinds[import->kind].name);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, source);
  const char *const names[] = {
    "rows", "accepted", "rejected", "inserted", "updated", "unchanged"
  };
  const guint64 counts[] = { result->rows,     result->accepted, result->rejected,
                             result->inserted, result->updated,  result->unchanged };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      json_builder_set_member_name (builder, names[i]);
      json_builder_add_int_value (builder, (gint64) counts[i]);
    }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *payload = json_to_string (root, FALSE);
  return aisle_log_append (import->workspace, import->options->person_id, "import", object, payload,
                           error);
}

/* Everything between BEGIN and COMMIT. */
static gboolean
fill_transaction (AisleImport *import, gint64 started_at, GError **error)
{
  import->keys = aisle_import_keys_new (import, error);
  if (!import->keys || (import->handler->begin && !import->handler->begin (import, error))
      || !take_rows (import, error))
    return FALSE;
  AisleImportResult *result = import->result;
  if (import->options->is_all_or_nothing && result->rejected > 0)
    {
      g_set_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_REJECTED,
                   "%s; %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                   " rows are bad, so nothing was imported",
                   import->first_reject, result->rejected, result->rows);
      return FALSE;
    }
  if (import->handler->finish && !import->handler->finish (import, error))
    return FALSE;
  return insert_run (import, started_at, error)
         && aisle_import_save_findings (import, result->run_id, error)
         && aisle_import_save_mapping (import, error) && append_log (import, error);
}

static gboolean
run_transaction (AisleImport *import, gint64 started_at, GError **error)
{
  if (!aisle_workspace_begin (import->workspace, error))
    return FALSE;
  gboolean is_done = fill_transaction (import, started_at, error);
  gboolean is_refused =
      error && g_error_matches (*error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_REJECTED);
  if (is_refused && !aisle_import_finish_rejects (import, NULL))
    aisle_import_discard_rejects (import);
  if (!is_done || !aisle_import_finish_rejects (import, error))
    {
      aisle_workspace_rollback (import->workspace);
      return FALSE;
    }
  if (!import->options->is_dry_run)
    return aisle_workspace_commit (import->workspace, error);
  aisle_workspace_rollback (import->workspace);
  import->result->run_id = 0;
  return TRUE;
}

/* What can be said outside a transaction only. An index over millions of lines is sorted on disk.
 * Foreign keys of sales are not looked up row by row: every id stems from the look-up tables of the
 * same transaction, and nothing that others refer to is deleted. */
static gboolean
begin_bulk (AisleImport *import, GError **error)
{
  if (import->kind != AISLE_IMPORT_SALES)
    return TRUE;
  return aisle_execute (import->workspace, "PRAGMA temp_store = FILE; PRAGMA foreign_keys = OFF",
                        error);
}

static void
end_bulk (AisleImport *import)
{
  if (import->kind == AISLE_IMPORT_SALES)
    aisle_execute (import->workspace, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY", NULL);
}

gboolean
aisle_import_file (AisleWorkspace *workspace,
                   AisleImportKind kind,
                   const char *path,
                   const AisleImportOptions *options,
                   const AisleProgress *progress,
                   AisleImportResult *result,
                   GError **error)
{
  g_return_val_if_fail (workspace != NULL && kind < AISLE_IMPORT_N_KINDS, FALSE);
  g_return_val_if_fail (path != NULL && result != NULL, FALSE);
  g_return_val_if_fail (!aisle_workspace_in_transaction (workspace), FALSE);

  static const AisleImportOptions plain = { 0 };
  gint64 started = g_get_monotonic_time ();
  gint64 started_at = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GError) local = NULL;
  g_auto (AisleImport) import = {
    .workspace = workspace,
    .kind = kind,
    .handler = kinds[kind].handler,
    .options = options ? options : &plain,
    .progress = progress,
    .result = result,
    .attributes = g_array_new (FALSE, FALSE, sizeof (AisleImportAttribute)),
    .findings = aisle_import_findings_new (),
    .seen = aisle_import_seen_new (),
  };
  g_array_set_clear_func (import.attributes, clear_attribute_cb);
  *result = (AisleImportResult){ .notices = g_ptr_array_new_with_free_func (g_free) };
  import.reader = aisle_record_reader_open (path, import.options->format, &local);
  if (import.reader)
    {
      import.format = aisle_record_reader_get_format (import.reader);
      result->format = describe_format (import.format);
    }
  gboolean is_done = import.reader && aisle_import_map_columns (&import, &local)
                     && check_dates (&import, &local) && begin_bulk (&import, &local)
                     && run_transaction (&import, started_at, &local);
  end_bulk (&import);
  result->seconds = (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC;
  result->first_reject = g_steal_pointer (&import.first_reject);
  if (is_done)
    return TRUE;
  aisle_import_result_clear (result);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
