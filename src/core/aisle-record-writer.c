/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-record-writer.h"

#include "aisle-core-error.h"
#include "aisle-decimal.h"
#include "aisle-new-file.h"
#include "aisle-xlsx-writer-private.h"

#include <math.h>
#include <string.h>

#define FLUSH_SIZE (128 * 1024)

struct _AisleRecordWriter
{
  AisleNewFile *file;
  AisleXlsxWriter *xlsx; /* NULL for CSV */
  GString *text;         /* CSV not yet written */
  char separator;
  char decimal;
  gboolean is_row_begun;
  GError *error; /* the first one; nothing is written after it */
};

/* "-12.50", "+3": a number that came as text. A spreadsheet takes it for a number, not a formula.
 */
static gboolean
is_signed_number (const char *text)
{
  return (text[0] == '-' || text[0] == '+') && text[1] != '\0'
         && strspn (text + 1, "0123456789.,") == strlen (text + 1);
}

static gboolean
runs_as_formula (const char *text)
{
  return text[0] != '\0' && strchr ("=+-@\t\r", text[0]) && !is_signed_number (text);
}

static void
begin_field (AisleRecordWriter *writer)
{
  if (writer->is_row_begun)
    g_string_append_c (writer->text, writer->separator);
  writer->is_row_begun = TRUE;
}

/* Fields that are their own CSV, unless the separator occurs in them ("12,5"). */
static void
add_plain (AisleRecordWriter *writer, const char *text)
{
  begin_field (writer);
  if (strchr (text, writer->separator))
    g_string_append_printf (writer->text, "\"%s\"", text);
  else
    g_string_append (writer->text, text);
}

static void
use_decimal_sign (const AisleRecordWriter *writer, char *number)
{
  char *point = writer->decimal == '.' ? NULL : strchr (number, '.');
  if (point)
    *point = writer->decimal;
}

AisleRecordWriter *
aisle_record_writer_open (const char *path,
                          AisleRecordKind kind,
                          char separator,
                          char decimal,
                          GError **error)
{
  gboolean is_spreadsheet = kind == AISLE_RECORD_CSV_SPREADSHEET;
  g_autoptr (AisleRecordWriter) writer = g_new0 (AisleRecordWriter, 1);
  writer->separator = is_spreadsheet && separator ? separator : ',';
  writer->decimal = is_spreadsheet && decimal ? decimal : '.';
  writer->text = g_string_sized_new (FLUSH_SIZE + 4096);
  writer->file = aisle_new_file_open (path, error);
  if (!writer->file)
    return NULL;
  const char *temporary = aisle_new_file_get_temporary_path (writer->file);
  if (kind == AISLE_RECORD_XLSX && !temporary)
    {
      g_set_error_literal (
          error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO,
          "an .xlsx workbook can only be written to a file; name one, or ask for CSV");
      return NULL;
    }
  if (kind == AISLE_RECORD_XLSX && !(writer->xlsx = aisle_xlsx_writer_new (temporary, path, error)))
    return NULL;
  if (is_spreadsheet)
    g_string_append (writer->text, "\xef\xbb\xbf");
  return g_steal_pointer (&writer);
}

AisleRecordKind
aisle_record_kind_for_path (const char *path)
{
  gsize length = path ? strlen (path) : 0;
  if (length >= 5 && g_ascii_strcasecmp (path + length - 5, ".xlsx") == 0)
    return AISLE_RECORD_XLSX;
  return AISLE_RECORD_CSV;
}

static void
add_text (AisleRecordWriter *writer, const char *text, gboolean is_formula)
{
  if (writer->xlsx)
    {
      aisle_xlsx_writer_add_text (writer->xlsx, text);
      return;
    }
  begin_field (writer);
  if (!text)
    return;
  gsize length = strcspn (text, "\"\r\n");
  gboolean is_quoted = text[length] != '\0' || strchr (text, writer->separator)
                       || g_ascii_isspace (text[0])
                       || (length > 0 && g_ascii_isspace (text[length - 1]));
  if (!is_quoted)
    {
      if (is_formula)
        g_string_append_c (writer->text, '\'');
      g_string_append (writer->text, text);
      return;
    }
  g_string_append_c (writer->text, '"');
  if (is_formula)
    g_string_append_c (writer->text, '\'');
  for (const char *quote; (quote = strchr (text, '"')); text = quote + 1)
    {
      g_string_append_len (writer->text, text, quote - text);
      g_string_append (writer->text, "\"\"");
    }
  g_string_append (writer->text, text);
  g_string_append_c (writer->text, '"');
}

void
aisle_record_writer_add_text (AisleRecordWriter *writer, const char *text)
{
  add_text (writer, text, text && runs_as_formula (text));
}

void
aisle_record_writer_add_key (AisleRecordWriter *writer, const char *text)
{
  add_text (writer, text, FALSE);
}

void
aisle_record_writer_add_integer (AisleRecordWriter *writer, gint64 value)
{
  if (writer->xlsx)
    {
      aisle_xlsx_writer_add_integer (writer->xlsx, value);
      return;
    }
  begin_field (writer);
  g_string_append_printf (writer->text, "%" G_GINT64_FORMAT, value);
}

void
aisle_record_writer_add_decimal (AisleRecordWriter *writer, gint64 value, int scale)
{
  if (writer->xlsx)
    {
      aisle_xlsx_writer_add_decimal (writer->xlsx, value, scale);
      return;
    }
  g_autofree char *number = aisle_decimal_format (value, scale);
  use_decimal_sign (writer, number);
  add_plain (writer, number);
}

/* The fewest of 15 to 17 digits that give the same double again. */
static void
format_double (double value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  for (int digits = 15; digits <= 17; digits++)
    {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        return;
    }
}

void
aisle_record_writer_add_double (AisleRecordWriter *writer, double value)
{
  if (writer->xlsx)
    {
      aisle_xlsx_writer_add_double (writer->xlsx, value);
      return;
    }
  char number[G_ASCII_DTOSTR_BUF_SIZE] = "";
  if (!isnan (value))
    format_double (value, number);
  use_decimal_sign (writer, number);
  add_plain (writer, number);
}

void
aisle_record_writer_add_date (AisleRecordWriter *writer, AisleDate date)
{
  if (writer->xlsx)
    {
      aisle_xlsx_writer_add_date (writer->xlsx, date);
      return;
    }
  char text[AISLE_DATE_TEXT_SIZE];
  begin_field (writer);
  g_string_append (writer->text, aisle_date_format_iso (date, text));
}

static void
flush (AisleRecordWriter *writer)
{
  if (!writer->error)
    aisle_new_file_write (writer->file, writer->text->str, writer->text->len, &writer->error);
  g_string_truncate (writer->text, 0);
}

void
aisle_record_writer_end_row (AisleRecordWriter *writer)
{
  if (writer->xlsx)
    {
      aisle_xlsx_writer_end_row (writer->xlsx);
      return;
    }
  g_string_append_c (writer->text, '\n');
  writer->is_row_begun = FALSE;
  if (writer->text->len >= FLUSH_SIZE)
    flush (writer);
}

gboolean
aisle_record_writer_finish (AisleRecordWriter *given, GError **error)
{
  g_autoptr (AisleRecordWriter) writer = given;
  if (writer->xlsx)
    aisle_xlsx_writer_finish (g_steal_pointer (&writer->xlsx), &writer->error);
  else
    flush (writer);
  if (writer->error)
    {
      g_propagate_error (error, g_steal_pointer (&writer->error));
      return FALSE;
    }
  return aisle_new_file_finish (g_steal_pointer (&writer->file), error);
}

void
aisle_record_writer_discard (AisleRecordWriter *writer)
{
  if (!writer)
    return;
  aisle_xlsx_writer_discard (writer->xlsx);
  aisle_new_file_discard (writer->file);
  g_string_free (writer->text, TRUE);
  g_clear_error (&writer->error);
  g_free (writer);
}
