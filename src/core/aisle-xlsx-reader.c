/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-xlsx-reader-private.h"

#include "aisle-core-error.h"
#include "aisle-date.h"
#include "aisle-xlsx-book-private.h"
#include "aisle-xml-feed-private.h"

#include <math.h>
#include <string.h>

#define COLUMNS_MAX 16384 /* of the format */
#define ROWS_MAX 1048576
#define FIELD_MAX (1024 * 1024)
#define SIGNIFICANT_DIGITS 15 /* what a spreadsheet shows; behind them is binary noise */

typedef enum
{
  CELL_NUMBER,
  CELL_SHARED,
  CELL_INLINE,
  CELL_TEXT, /* the result of a formula, a date in ISO form, an error such as #N/A */
  CELL_BOOLEAN,
} CellType;

/* A field in the reader's text. */
typedef struct
{
  gsize offset;
  gsize length;
} Field;

/* A row whose fields stand in the reader's arrays. */
typedef struct
{
  guint64 line;
  guint first_field;
  guint n_fields;
  const char *problem;
} Row;

struct _AisleXlsxReader
{
  AisleXlsxBook *book;
  AisleZipSource *zip;
  AisleXmlFeed *feed;
  char *path;
  AisleTextFormat date_format; /* for serial days */
  guint least_fields;

  /* The cell in work. */
  guint64 row_number;
  gint64 column; /* of the last cell; -1 before the first */
  CellType type;
  guint64 style;
  gboolean is_in_value;
  guint phonetic_depth;
  GString *value;

  /* The rows that the last piece of XML completed. */
  GArray *rows; /* of Row */
  guint next_row;
  Row row; /* in work; its fields are already among the others */
  gboolean is_in_row;
  GString *text;
  GArray *fields; /* of Field */
  gboolean is_at_end;

  /* What next() gave last. */
  GArray *row_fields;  /* of const char * */
  GArray *row_lengths; /* of gsize */
};

static const char problem_long_field[] = "a cell is longer than 1 MiB and was cut";
static const char problem_no_string[] = "a cell names a text that the workbook does not have";

static CellType
read_type (const char *type)
{
  if (!type || strcmp (type, "n") == 0)
    return CELL_NUMBER;
  if (strcmp (type, "s") == 0)
    return CELL_SHARED;
  if (strcmp (type, "inlineStr") == 0)
    return CELL_INLINE;
  return strcmp (type, "b") == 0 ? CELL_BOOLEAN : CELL_TEXT;
}

/* The column of "BC12", from 0; -1 where there is none. */
static gint64
read_column (const char *reference)
{
  gint64 column = 0;
  const char *p = reference;
  for (; g_ascii_isalpha (*p) && column <= COLUMNS_MAX; p++)
    column = column * 26 + (g_ascii_toupper (*p) - 'A' + 1);
  return p == reference ? -1 : column - 1;
}

static void
set_content_error (GError **error, const char *message)
{
  g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, message);
}

static void
begin_row (AisleXlsxReader *reader, const char *number, GError **error)
{
  reader->row_number = number ? g_ascii_strtoull (number, NULL, 10) : reader->row_number + 1;
  if (reader->row_number < 1 || reader->row_number > ROWS_MAX)
    set_content_error (error, "a row has an impossible number");
  reader->column = -1;
  reader->is_in_row = TRUE;
  reader->row = (Row){ .line = reader->row_number, .first_field = reader->fields->len };
}

static void
begin_cell (AisleXlsxReader *reader, const char **names, const char **values, GError **error)
{
  const char *reference = aisle_xml_attribute (names, values, "r");
  const char *style = aisle_xml_attribute (names, values, "s");
  gint64 column = reference ? read_column (reference) : reader->column + 1;
  if (column <= reader->column || column >= COLUMNS_MAX)
    {
      set_content_error (error, "a cell stands in an impossible column");
      return;
    }
  reader->column = column;
  reader->type = read_type (aisle_xml_attribute (names, values, "t"));
  reader->style = style ? g_ascii_strtoull (style, NULL, 10) : 0;
  g_string_truncate (reader->value, 0);
}

static void
start_element_cb (GMarkupParseContext *context,
                  const char *name,
                  const char **names,
                  const char **values,
                  gpointer data,
                  GError **error)
{
  AisleXlsxReader *reader = data;
  if (strcmp (name, "row") == 0)
    begin_row (reader, aisle_xml_attribute (names, values, "r"), error);
  else if (strcmp (name, "c") == 0)
    begin_cell (reader, names, values, error);
  else if (strcmp (name, "rPh") == 0)
    reader->phonetic_depth++;
  else if (strcmp (name, "v") == 0)
    reader->is_in_value = reader->type != CELL_INLINE;
  else if (strcmp (name, "t") == 0)
    reader->is_in_value = reader->type == CELL_INLINE && reader->phonetic_depth == 0;
}

static void
text_cb (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer data,
         GError **error)
{
  AisleXlsxReader *reader = data;
  if (!reader->is_in_value)
    return;
  if (reader->value->len + length > FIELD_MAX)
    {
      length = FIELD_MAX - reader->value->len;
      while (length > 0 && ((guint8) text[length] & 0xc0) == 0x80)
        length--;
      reader->row.problem = problem_long_field;
    }
  g_string_append_len (reader->value, text, (gssize) length);
}

/* 3.4900000000000002 is what a workbook keeps of 3.49. */
static void
tidy_number (GString *value)
{
  if (value->len <= SIGNIFICANT_DIGITS && !strpbrk (value->str, "eE"))
    return;
  char *end;
  double number = g_ascii_strtod (value->str, &end);
  if (*end != '\0' || !isfinite (number))
    return;
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean is_whole = floor (number) == number && fabs (number) < 1e15;
  g_ascii_formatd (text, sizeof text, is_whole ? "%.0f" : "%.15g", number);
  g_string_assign (value, text);
}

static void
show_number (AisleXlsxReader *reader)
{
  GString *value = reader->value;
  AisleXlsxStyle style = aisle_xlsx_book_get_style (reader->book, reader->style);
  gint32 date;
  int second = -1;
  tidy_number (value);
  if (style.min_digits > value->len && strspn (value->str, "0123456789") == value->len)
    while (value->len < style.min_digits)
      g_string_prepend_c (value, '0');
  if (style.kind == AISLE_XLSX_NUMBER)
    return;

  double serial = g_ascii_strtod (value->str, NULL);
  char day[AISLE_DATE_TEXT_SIZE] = "";
  if (serial >= 0 && serial < 1 && style.kind == AISLE_XLSX_TIME)
    second = MIN ((int) (serial * 86400 + 0.5), 86399);
  else if (aisle_text_format_parse_date (&reader->date_format, value->str, &date, &second, NULL))
    aisle_date_format_iso (date, day);
  else
    return; /* before 1900 or no number: as it is */
  g_string_assign (value, day);
  if (second >= 0)
    g_string_append_printf (value, "%s%02d:%02d:%02d", day[0] ? " " : "", second / 3600,
                            second / 60 % 60, second % 60);
}

static void
add_field (AisleXlsxReader *reader, const char *text, gsize length)
{
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  while (length > 0 && g_ascii_isspace (*text))
    {
      text++;
      length--;
    }
  Field field = { reader->text->len, length };
  g_array_append_val (reader->fields, field);
  g_string_append_len (reader->text, text, (gssize) length);
  g_string_append_c (reader->text, '\0');
}

static guint
count_fields (const AisleXlsxReader *reader)
{
  return reader->fields->len - reader->row.first_field;
}

static void
end_cell (AisleXlsxReader *reader)
{
  const char *text = reader->value->str;
  gsize length = reader->value->len;
  if (length == 0 || reader->column < 0)
    return;
  if (reader->type == CELL_SHARED)
    {
      text = aisle_xlsx_book_get_string (reader->book, g_ascii_strtoull (text, NULL, 10));
      if (!text)
        reader->row.problem = problem_no_string;
      text = text ? text : "";
      length = strlen (text);
    }
  else if (reader->type == CELL_BOOLEAN)
    {
      text = strcmp (text, "1") == 0 ? "TRUE" : "FALSE";
      length = strlen (text);
    }
  else if (reader->type == CELL_NUMBER)
    {
      show_number (reader);
      text = reader->value->str;
      length = reader->value->len;
    }
  if (length == 0)
    return;
  while (count_fields (reader) < reader->column)
    add_field (reader, "", 0);
  add_field (reader, text, length);
}

/* Forgets the rows that were given, but keeps the fields of the row in work. */
static void
drop_done_rows (AisleXlsxReader *reader)
{
  guint n_done = reader->is_in_row ? reader->row.first_field : reader->fields->len;
  gsize n_text = n_done < reader->fields->len ? g_array_index (reader->fields, Field, n_done).offset
                                              : reader->text->len;
  g_array_remove_range (reader->fields, 0, n_done);
  g_string_erase (reader->text, 0, (gssize) n_text);
  for (guint i = 0; i < reader->fields->len; i++)
    g_array_index (reader->fields, Field, i).offset -= n_text;
  g_array_set_size (reader->rows, 0);
  reader->next_row = 0;
  reader->row.first_field = 0;
}

static void
end_row (AisleXlsxReader *reader)
{
  reader->is_in_row = FALSE;
  if (count_fields (reader) == 0 && !reader->row.problem)
    return;
  reader->row.n_fields = count_fields (reader);
  g_array_append_val (reader->rows, reader->row);
}

static void
end_element_cb (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  AisleXlsxReader *reader = data;
  if (strcmp (name, "row") == 0)
    end_row (reader);
  else if (strcmp (name, "c") == 0)
    end_cell (reader);
  else if (strcmp (name, "rPh") == 0 && reader->phonetic_depth > 0)
    reader->phonetic_depth--;
  else if (strcmp (name, "v") == 0 || strcmp (name, "t") == 0)
    reader->is_in_value = FALSE;
}

static const GMarkupParser sheet_parser = { .start_element = start_element_cb,
                                            .end_element = end_element_cb,
                                            .text = text_cb };

static gboolean
open_sheet (AisleXlsxReader *reader, GError **error)
{
  const char *wanted = aisle_xlsx_book_get_sheet_entry (reader->book);
  g_autoptr (GError) cause = NULL;
  const char *entry;
  reader->zip = aisle_zip_source_open (reader->path, error);
  if (!reader->zip)
    return FALSE;
  while ((entry = aisle_zip_source_next (reader->zip, &cause)))
    if (g_ascii_strcasecmp (entry, wanted) == 0)
      {
        reader->feed = aisle_xml_feed_new (reader->zip, reader->path, &sheet_parser, reader);
        return TRUE;
      }
  if (cause)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                 "%s: the workbook is damaged (the cells of sheet “%s” are missing); save it again",
                 reader->path, aisle_xlsx_book_get_sheet_name (reader->book));
  return FALSE;
}

AisleXlsxReader *
aisle_xlsx_reader_open (const char *path, const char *sheet, GError **error)
{
  g_autoptr (AisleXlsxReader) reader = g_new0 (AisleXlsxReader, 1);
  reader->path = g_strdup (path);
  reader->column = -1;
  reader->value = g_string_new (NULL);
  reader->text = g_string_new (NULL);
  reader->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  reader->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  reader->row_fields = g_array_new (FALSE, FALSE, sizeof (const char *));
  reader->row_lengths = g_array_new (FALSE, FALSE, sizeof (gsize));
  reader->book = aisle_xlsx_book_open (path, sheet, error);
  if (!reader->book || !open_sheet (reader, error))
    return NULL;
  reader->date_format.is_xlsx = TRUE;
  reader->date_format.is_date_1904 = aisle_xlsx_book_is_date_1904 (reader->book);
  return g_steal_pointer (&reader);
}

void
aisle_xlsx_reader_free (AisleXlsxReader *reader)
{
  if (!reader)
    return;
  aisle_xml_feed_free (reader->feed);
  aisle_zip_source_close (reader->zip);
  aisle_xlsx_book_free (reader->book);
  g_string_free (reader->value, TRUE);
  g_string_free (reader->text, TRUE);
  g_array_unref (reader->rows);
  g_array_unref (reader->fields);
  g_array_unref (reader->row_fields);
  g_array_unref (reader->row_lengths);
  g_free (reader->path);
  g_free (reader);
}

const char *
aisle_xlsx_reader_get_sheet_name (AisleXlsxReader *reader)
{
  return aisle_xlsx_book_get_sheet_name (reader->book);
}

gboolean
aisle_xlsx_reader_is_date_1904 (AisleXlsxReader *reader)
{
  return aisle_xlsx_book_is_date_1904 (reader->book);
}

double
aisle_xlsx_reader_get_share_read (AisleXlsxReader *reader)
{
  return aisle_zip_source_get_share_read (reader->zip);
}

void
aisle_xlsx_reader_set_least_fields (AisleXlsxReader *reader, guint n_fields)
{
  reader->least_fields = n_fields;
}

/* Parses until a row is complete or the sheet at its end. The row in work, if any, stays. */
static gboolean
parse_rows (AisleXlsxReader *reader, GError **error)
{
  g_autoptr (GError) cause = NULL;
  while (reader->next_row == reader->rows->len)
    {
      if (reader->rows->len > 0)
        drop_done_rows (reader);
      if (!aisle_xml_feed_step (reader->feed, &cause))
        {
          if (cause)
            g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
aisle_xlsx_reader_next (AisleXlsxReader *reader, AisleRecord *record, GError **error)
{
  if (reader->is_at_end)
    return FALSE;
  if (!parse_rows (reader, error))
    {
      reader->is_at_end = TRUE;
      return FALSE;
    }
  const Row *row = &g_array_index (reader->rows, Row, reader->next_row++);
  g_array_set_size (reader->row_fields, 0);
  g_array_set_size (reader->row_lengths, 0);
  for (guint i = 0; i < MAX (row->n_fields, reader->least_fields); i++)
    {
      const char *field = "";
      gsize length = 0;
      if (i < row->n_fields)
        {
          Field place = g_array_index (reader->fields, Field, row->first_field + i);
          field = reader->text->str + place.offset;
          length = place.length;
        }
      g_array_append_val (reader->row_fields, field);
      g_array_append_val (reader->row_lengths, length);
    }
  record->fields = (const char *const *) reader->row_fields->data;
  record->lengths = (const gsize *) reader->row_lengths->data;
  record->n_fields = reader->row_fields->len;
  record->line = row->line;
  record->problem = row->problem;
  return TRUE;
}
