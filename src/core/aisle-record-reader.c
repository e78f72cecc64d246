/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-record-reader.h"

#include "aisle-byte-source-private.h"
#include "aisle-core-error.h"
#include "aisle-csv-reader-private.h"
#include "aisle-format-detect-private.h"
#include "aisle-xlsx-reader-private.h"

#include <string.h>

#define SAMPLE_SIZE (1024 * 1024) /* text looked at to detect the dialect */

struct _AisleRecordReader
{
  char *path;
  AisleTextFormat format;
  char *sheet;
  AisleCsvReader *csv; /* one of these two */
  AisleXlsxReader *xlsx;
  char **columns;
  char **column_keys; /* names as find_column() compares them */
  guint n_columns;
};

/* Upper and lower case, blanks, '_' and '-' make no difference between names of columns. */
static char *
column_key (const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  GString *key = g_string_new (NULL);
  for (const char *p = folded; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c != '_' && c != '-' && !g_unichar_isspace (c))
        g_string_append_unichar (key, c);
    }
  return g_string_free (key, FALSE);
}

static gboolean
fill_sample (AisleTextStream *stream, GError **error)
{
  gsize length;
  aisle_text_stream_peek (stream, &length);
  while (length < SAMPLE_SIZE && !aisle_text_stream_is_at_end (stream))
    {
      g_autoptr (GError) cause = NULL;
      if (!aisle_text_stream_more (stream, &cause) && cause)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      aisle_text_stream_peek (stream, &length);
    }
  return TRUE;
}

static gboolean
open_csv (AisleRecordReader *reader, AisleByteSource *source, GError **error)
{
  AisleTextFormat *format = &reader->format;
  format->is_gzip = aisle_byte_source_get_kind (source) == AISLE_BYTES_GZIP;
  AisleTextStream *stream = aisle_text_stream_new (source, reader->path, format->encoding, error);
  if (!stream)
    return FALSE;
  reader->csv = aisle_csv_reader_new (stream);
  if (!fill_sample (stream, error))
    return FALSE;

  gsize length;
  const char *text = aisle_text_stream_peek (stream, &length);
  char separator = 0;
  gsize skipped = aisle_format_separator_line (text, length, &separator);
  if (format->separator == 0)
    format->separator = separator;
  aisle_format_detect (text + skipped, length - skipped, aisle_text_stream_is_at_end (stream),
                       format);
  format->encoding = aisle_text_stream_get_encoding (stream);
  aisle_text_stream_drop (stream, skipped);
  aisle_csv_reader_begin (reader->csv, format->separator, skipped > 0 ? 2 : 1);
  return TRUE;
}

static gboolean
open_xlsx (AisleRecordReader *reader, GError **error)
{
  AisleTextFormat *format = &reader->format;
  reader->xlsx = aisle_xlsx_reader_open (reader->path, format->sheet, error);
  if (!reader->xlsx)
    return FALSE;
  g_free (reader->sheet);
  reader->sheet = g_strdup (aisle_xlsx_reader_get_sheet_name (reader->xlsx));
  format->sheet = reader->sheet;
  format->is_xlsx = TRUE;
  format->is_date_1904 = aisle_xlsx_reader_is_date_1904 (reader->xlsx);
  format->encoding = AISLE_ENCODING_UTF8;
  format->separator = 0;
  if (format->number.decimal == 0)
    format->number.decimal = '.';
  if (format->number.group == 0)
    format->number.group = format->number.decimal == ',' ? '.' : ',';
  return TRUE;
}

static gboolean
open_any (AisleRecordReader *reader, GError **error)
{
  g_autoptr (AisleByteSource) source = aisle_byte_source_open (reader->path, error);
  if (!source)
    return FALSE;
  if (aisle_byte_source_get_kind (source) == AISLE_BYTES_ZIP)
    return open_xlsx (reader, error);
  return open_csv (reader, g_steal_pointer (&source), error);
}

static gboolean
read_header (AisleRecordReader *reader, GError **error)
{
  AisleRecord record;
  g_autoptr (GError) cause = NULL;
  if (!aisle_record_reader_next (reader, &record, &cause))
    {
      if (cause)
        g_propagate_error (error, g_steal_pointer (&cause));
      else
        g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY,
                     "%s: the file has no row; the first one should name the columns",
                     reader->path);
      return FALSE;
    }
  if (record.problem)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                   "%s:%" G_GUINT64_FORMAT
                   ": the row that should name the columns is not usable: %s",
                   reader->path, record.line, record.problem);
      return FALSE;
    }
  reader->n_columns = record.n_fields;
  reader->columns = g_new0 (char *, record.n_fields + 1);
  reader->column_keys = g_new0 (char *, record.n_fields + 1);
  for (guint i = 0; i < record.n_fields; i++)
    {
      const char *name = record.fields[i];
      if (g_str_has_prefix (name, "\xef\xbb\xbf")) /* a second byte-order mark, by joined files */
        name += 3;
      reader->columns[i] = g_strdup (name);
      reader->column_keys[i] = column_key (name);
    }
  return TRUE;
}

AisleRecordReader *
aisle_record_reader_open (const char *path, const AisleTextFormat *overrides, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  g_autoptr (AisleRecordReader) reader = g_new0 (AisleRecordReader, 1);
  reader->path = g_strdup (path);
  if (overrides)
    reader->format = *overrides;
  reader->sheet = g_strdup (reader->format.sheet);
  reader->format.sheet = reader->sheet;
  reader->format.is_gzip = reader->format.is_xlsx = FALSE;
  reader->format.is_date_order_ambiguous = FALSE;
  reader->format.is_date_1904 = FALSE;

  if (!open_any (reader, error) || !read_header (reader, error))
    return NULL;
  if (reader->xlsx)
    aisle_xlsx_reader_set_least_fields (reader->xlsx, reader->n_columns);
  return g_steal_pointer (&reader);
}

void
aisle_record_reader_close (AisleRecordReader *reader)
{
  if (!reader)
    return;
  aisle_csv_reader_free (reader->csv);
  aisle_xlsx_reader_free (reader->xlsx);
  g_strfreev (reader->columns);
  g_strfreev (reader->column_keys);
  g_free (reader->sheet);
  g_free (reader->path);
  g_free (reader);
}

const char *
aisle_record_reader_get_path (AisleRecordReader *reader)
{
  return reader->path;
}

const AisleTextFormat *
aisle_record_reader_get_format (AisleRecordReader *reader)
{
  return &reader->format;
}

guint
aisle_record_reader_get_n_columns (AisleRecordReader *reader)
{
  return reader->n_columns;
}

const char *
aisle_record_reader_get_column_name (AisleRecordReader *reader, guint column)
{
  g_return_val_if_fail (column < reader->n_columns, NULL);
  return reader->columns[column];
}

int
aisle_record_reader_find_column (AisleRecordReader *reader, const char *name)
{
  g_return_val_if_fail (name != NULL, -1);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *key = column_key (valid);
  for (guint i = 0; i < reader->n_columns; i++)
    if (strcmp (reader->column_keys[i], key) == 0)
      return (int) i;
  return -1;
}

double
aisle_record_reader_get_share_read (AisleRecordReader *reader)
{
  return reader->xlsx ? aisle_xlsx_reader_get_share_read (reader->xlsx)
                      : aisle_csv_reader_get_share_read (reader->csv);
}

gboolean
aisle_record_reader_next (AisleRecordReader *reader, AisleRecord *record, GError **error)
{
  return reader->xlsx ? aisle_xlsx_reader_next (reader->xlsx, record, error)
                      : aisle_csv_reader_next (reader->csv, record, error);
}
