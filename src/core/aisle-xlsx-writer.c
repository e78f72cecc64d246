/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-xlsx-writer-private.h"

#include "aisle-core-error.h"
#include "aisle-decimal.h"
#include "aisle-xlsx-reader-private.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <xlsxwriter.h>

#define SCALES 10
#define WHOLE_MAX (G_GINT64_CONSTANT (1) << 53) /* beyond it a double skips whole numbers */
#define SERIAL_OF_1970 25569
#define FIRST_SAFE_DATE (-25508) /* 1900-03-01; before it serial days disagree between programs */

struct _AisleXlsxWriter
{
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *date_format;
  lxw_format *scale_formats[SCALES];
  char *path;
  char *shown_path;
  char *folder;
  lxw_row_t row;
  guint column;
  gboolean is_row_filled;
  guint64 n_filled_rows;
  locale_t c_locale; /* libxlsxwriter prints numbers by the locale, and a decimal comma is no XML
                        number */
  locale_t callers_locale;
  GError *error;
};

AisleXlsxWriter *
aisle_xlsx_writer_new (const char *path, const char *shown_path, GError **error)
{
  g_autoptr (AisleXlsxWriter) writer = g_new0 (AisleXlsxWriter, 1);
  writer->c_locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  writer->path = g_strdup (path);
  writer->shown_path = g_strdup (shown_path);
  writer->folder = g_path_get_dirname (path);
  lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = writer->folder };
  writer->book = workbook_new_opt (path, &options);
  writer->sheet = writer->book ? workbook_add_worksheet (writer->book, NULL) : NULL;
  if (!writer->sheet)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO, "%s: cannot be written: %s",
                   shown_path, g_strerror (errno));
      return NULL;
    }
  writer->date_format = workbook_add_format (writer->book);
  format_set_num_format (writer->date_format, "yyyy\\-mm\\-dd");
  return g_steal_pointer (&writer);
}

static lxw_format *
scale_format (AisleXlsxWriter *writer, int scale)
{
  if (!writer->scale_formats[scale])
    {
      g_autofree char *code = g_strnfill ((gsize) scale + 2, '0');
      code[1] = '.';
      lxw_format *format = workbook_add_format (writer->book);
      format_set_num_format (format, scale == 0 ? "0" : code);
      writer->scale_formats[scale] = format;
    }
  return writer->scale_formats[scale];
}

/* Whether there is a cell to write to; then end_cell() must follow, on the same thread. */
static gboolean
begin_cell (AisleXlsxWriter *writer)
{
  if (writer->error)
    return FALSE;
  if (writer->row < LXW_ROW_MAX && writer->column < LXW_COL_MAX)
    {
      writer->callers_locale = uselocale (writer->c_locale);
      return TRUE;
    }
  g_set_error (
      &writer->error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG,
      "%s: an .xlsx sheet holds 1,048,576 rows of 16,384 columns, and this is more; write CSV "
      "instead",
      writer->shown_path);
  return FALSE;
}

static void
end_cell (AisleXlsxWriter *writer, lxw_error status)
{
  uselocale (writer->callers_locale);
  if (status == LXW_NO_ERROR)
    writer->is_row_filled = TRUE;
  else
    g_set_error (&writer->error, AISLE_CORE_ERROR,
                 status == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? AISLE_CORE_ERROR_TOO_LONG
                                                                : AISLE_CORE_ERROR_IO,
                 "%s: row %u, column %u cannot be written: %s", writer->shown_path, writer->row + 1,
                 writer->column + 1, lxw_strerror (status));
}

static void
add_number (AisleXlsxWriter *writer, double value, lxw_format *format)
{
  if (begin_cell (writer))
    end_cell (writer, worksheet_write_number (writer->sheet, writer->row,
                                              (lxw_col_t) writer->column, value, format));
  writer->column++;
}

void
aisle_xlsx_writer_add_text (AisleXlsxWriter *writer, const char *text)
{
  if (text && *text && begin_cell (writer))
    end_cell (writer, worksheet_write_string (writer->sheet, writer->row,
                                              (lxw_col_t) writer->column, text, NULL));
  writer->column++;
}

void
aisle_xlsx_writer_add_integer (AisleXlsxWriter *writer, gint64 value)
{
  aisle_xlsx_writer_add_decimal (writer, value, 0);
}

void
aisle_xlsx_writer_add_decimal (AisleXlsxWriter *writer, gint64 value, int scale)
{
  g_return_if_fail (scale >= 0 && scale < SCALES);

  if (value > WHOLE_MAX || value < -WHOLE_MAX)
    {
      g_autofree char *text = aisle_decimal_format (value, scale);
      aisle_xlsx_writer_add_text (writer, text);
      return;
    }
  double divisor = 1;
  for (int i = 0; i < scale; i++)
    divisor *= 10;
  add_number (writer, (double) value / divisor, scale_format (writer, scale));
}

void
aisle_xlsx_writer_add_double (AisleXlsxWriter *writer, double value)
{
  if (isfinite (value))
    add_number (writer, value, NULL);
  else
    aisle_xlsx_writer_add_text (writer, isnan (value) ? NULL : value > 0 ? "inf" : "-inf");
}

void
aisle_xlsx_writer_add_date (AisleXlsxWriter *writer, AisleDate date)
{
  char text[AISLE_DATE_TEXT_SIZE];
  if (aisle_date_is_valid (date) && date >= FIRST_SAFE_DATE)
    add_number (writer, date + SERIAL_OF_1970, writer->date_format);
  else
    aisle_xlsx_writer_add_text (writer, aisle_date_format_iso (date, text));
}

void
aisle_xlsx_writer_end_row (AisleXlsxWriter *writer)
{
  writer->n_filled_rows += writer->is_row_filled;
  writer->is_row_filled = FALSE;
  writer->column = 0;
  writer->row++;
}

/* libxlsxwriter does not look at what its writes return: a full disk shows only in what is missing.
 */
static gboolean
check_written (AisleXlsxWriter *writer)
{
  g_autoptr (AisleXlsxReader) reader = aisle_xlsx_reader_open (writer->path, NULL, NULL);
  g_autoptr (GError) error = NULL;
  AisleRecord record;
  guint64 n_rows = 0;
  while (reader && aisle_xlsx_reader_next (reader, &record, &error))
    n_rows++;
  return reader && !error && n_rows == writer->n_filled_rows;
}

gboolean
aisle_xlsx_writer_finish (AisleXlsxWriter *given, GError **error)
{
  g_autoptr (AisleXlsxWriter) writer = given;
  if (writer->error)
    {
      g_propagate_error (error, g_steal_pointer (&writer->error));
      return FALSE;
    }
  locale_t callers_locale = uselocale (writer->c_locale);
  lxw_error status = workbook_close (g_steal_pointer (&writer->book));
  uselocale (callers_locale);
  if (status == LXW_NO_ERROR && check_written (writer))
    return TRUE;
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO,
               "%s: cannot be written whole (%s); is the disk full? Free some space and try again",
               writer->shown_path,
               status == LXW_NO_ERROR ? "something is missing in it" : lxw_strerror (status));
  return FALSE;
}

void
aisle_xlsx_writer_discard (AisleXlsxWriter *writer)
{
  if (!writer)
    return;
  if (writer->book)
    lxw_workbook_free (writer->book);
  freelocale (writer->c_locale);
  g_free (writer->path);
  g_free (writer->shown_path);
  g_free (writer->folder);
  g_clear_error (&writer->error);
  g_free (writer);
}
