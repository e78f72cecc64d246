/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-format-detect-private.h"

#include "aisle-date-text-private.h"

#include <csv.h>
#include <string.h>

#define SEPARATOR_LOOK (128 * 1024) /* bytes looked at to find the separator */
#define COLUMNS_MAX 256 /* columns looked at to find how numbers and dates are written */
#define VALUE_MAX 40    /* longer text is neither a number nor a date */
#define GROUPS_MAX 8

static const char separators[] = { ',', ';', '\t', '|' };

/* What the values of one column say. */
typedef struct
{
  guint n_filled;
  guint n_numbers;
  guint n_dates;
  guint dot_is_decimal;   /* "12.5", "1,234.50", "1,234,567" */
  guint comma_is_decimal; /* "12,5", "1.234,50", "1.234.567" */
  guint dot_and_three;    /* "1.234": could be either */
  guint comma_and_three;
  guint n_short;        /* whole numbers of up to three digits */
  guint n_long;         /* of four and more, without groups */
  guint n_blank_groups; /* "1 234" */
  guint n_quote_groups; /* "1'234" */
  guint n_year_first;
  guint n_dots; /* dates with dots */
  guint first_over_12;
  guint second_over_12;
} Column;

/* One pass over the sample with a given separator. */
typedef struct
{
  guint n_fields;    /* of the row in work */
  gboolean is_blank; /* of the row in work */
  guint n_rows;      /* whole rows, blank ones left out */
  guint header_fields;
  guint n_same;    /* rows with as many fields as the header */
  Column *columns; /* NULL: not wanted */
} Pass;

/* The separators of a number and the digits between them. */
typedef struct
{
  guint before;
  guint n;
  char kind[GROUPS_MAX];
  guint after[GROUPS_MAX];
} Shape;

static gboolean
read_shape (const char *text, gsize length, Shape *shape)
{
  guint *digits = &shape->before;
  shape->before = shape->n = 0;
  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_isdigit (text[i]))
        {
          (*digits)++;
          continue;
        }
      char kind = text[i];
      if (length - i > 2 && memcmp (text + i, "\xc2\xa0", 2) == 0)
        {
          kind = ' ';
          i += 1;
        }
      else if (length - i > 3 && memcmp (text + i, "\xe2\x80\xaf", 3) == 0)
        {
          kind = ' ';
          i += 2;
        }
      else if (length - i > 3 && memcmp (text + i, "\xe2\x80\x99", 3) == 0)
        {
          kind = '\'';
          i += 2;
        }
      if (!strchr (".,' ", kind) || shape->n == GROUPS_MAX)
        return FALSE;
      shape->kind[shape->n] = kind;
      digits = &shape->after[shape->n++];
      *digits = 0;
    }
  return shape->before > 0 || (shape->n == 1 && shape->after[0] > 0);
}

/* Whether the first `n` separators are of one kind and set groups of three apart. */
static gboolean
are_groups (const Shape *shape, guint n)
{
  if (n == 0 || shape->before < 1 || shape->before > 3)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (shape->after[i] != 3 || shape->kind[i] != shape->kind[0])
      return FALSE;
  return TRUE;
}

static void
note_decimal (Column *column, char kind)
{
  if (kind == '.')
    column->dot_is_decimal++;
  else
    column->comma_is_decimal++;
}

static gboolean
look_at_number (Column *column, const char *text, gsize length)
{
  if (length > 1 && strchr ("-+(", text[0]))
    {
      text++;
      length--;
    }
  if (length > 1 && strchr ("-+)", text[length - 1]))
    length--;
  Shape shape;
  if (!read_shape (text, length, &shape))
    return FALSE;
  if (shape.n == 0)
    {
      if (shape.before <= 3)
        column->n_short++;
      else
        column->n_long++;
      return TRUE;
    }

  char last = shape.kind[shape.n - 1];
  gboolean is_point = last == '.' || last == ',';
  if (shape.n > 1 && is_point && last != shape.kind[0])
    {
      if (!are_groups (&shape, shape.n - 1))
        return FALSE;
      note_decimal (column, last);
    }
  else if (shape.n == 1 && is_point)
    {
      if (shape.after[0] != 3 || shape.before > 3 || shape.before == 0 || text[0] == '0')
        note_decimal (column, last);
      else if (last == '.')
        column->dot_and_three++;
      else
        column->comma_and_three++;
      return TRUE;
    }
  else if (!are_groups (&shape, shape.n))
    return FALSE;
  else if (is_point)
    note_decimal (column, last == '.' ? ',' : '.');
  column->n_blank_groups += shape.kind[0] == ' ';
  column->n_quote_groups += shape.kind[0] == '\'';
  return TRUE;
}

static gboolean
look_at_date (Column *column, const char *text)
{
  AisleDateParts parts;
  if (!aisle_date_parts_read (text, &parts))
    return FALSE;
  const int *v = parts.value;
  if (parts.separator == 0 || parts.n_digits[0] == 4)
    {
      gboolean is_nothing = v[0] == 0 && v[1] == 0 && v[2] == 0;
      if (!is_nothing
          && (v[0] < 1900 || v[0] > 2200 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31))
        return FALSE;
      column->n_year_first++;
      return TRUE;
    }
  if (v[0] < 1 || v[0] > 31 || v[1] < 1 || v[1] > 31 || (v[0] > 12 && v[1] > 12))
    return FALSE;
  column->n_dots += parts.separator == '.' || parts.has_month_name;
  column->first_over_12 += v[0] > 12;
  column->second_over_12 += v[1] > 12;
  return TRUE;
}

static void
look_at_field (Column *column, const char *field, gsize length)
{
  char text[VALUE_MAX + 1];
  if (length == 0)
    return;
  column->n_filled++;
  if (length > VALUE_MAX)
    return;
  memcpy (text, field, length);
  text[length] = '\0';
  if (look_at_date (column, text))
    column->n_dates++;
  else if (look_at_number (column, text, length))
    column->n_numbers++;
}

static void
field_cb (void *field, size_t length, void *data)
{
  Pass *pass = data;
  if (length > 0)
    pass->is_blank = FALSE;
  if (pass->columns && pass->n_rows > 0 && pass->n_fields < COLUMNS_MAX)
    look_at_field (&pass->columns[pass->n_fields], field, length);
  pass->n_fields++;
}

static void
row_cb (int terminator, void *data)
{
  Pass *pass = data;
  if (!pass->is_blank)
    {
      if (pass->n_rows++ == 0)
        pass->header_fields = pass->n_fields;
      pass->n_same += pass->n_fields == pass->header_fields;
    }
  pass->n_fields = 0;
  pass->is_blank = TRUE;
}

static void
run_pass (Pass *pass, const char *text, gsize length, gboolean is_whole, char separator)
{
  struct csv_parser parser;
  pass->is_blank = TRUE;
  if (csv_init (&parser, 0) != 0)
    return;
  csv_set_delim (&parser, (unsigned char) separator);
  csv_set_blk_size (&parser, 64 * 1024);
  csv_parse (&parser, text, length, field_cb, row_cb, pass);
  if (is_whole)
    csv_fini (&parser, field_cb, row_cb, pass);
  csv_free (&parser);
}

/* The separator under which most rows have as many fields as the header; among equals the one that
 * gives more fields. */
static char
detect_separator (const char *text, gsize length, gboolean is_whole)
{
  char best = ',';
  double best_score = 0;
  gboolean is_part = length > SEPARATOR_LOOK;
  for (gsize i = 0; i < G_N_ELEMENTS (separators); i++)
    {
      Pass pass = { 0 };
      run_pass (&pass, text, MIN (length, SEPARATOR_LOOK), is_whole && !is_part, separators[i]);
      if (pass.n_rows == 0)
        pass.header_fields = pass.n_fields;
      if (pass.header_fields < 2)
        continue;
      double share = pass.n_rows == 0 ? 1 : (double) pass.n_same / pass.n_rows;
      double score = share + 0.1 * (1 - 1.0 / pass.header_fields);
      if (score > best_score)
        {
          best = separators[i];
          best_score = score;
        }
    }
  return best;
}

/* What one column says of the decimal sign: > 0 '.', < 0 ',', 0 nothing. */
static int
vote_on_decimal (const Column *column)
{
  if (column->n_numbers == 0 || column->n_numbers * 10 < column->n_filled * 9)
    return 0;
  if (column->dot_is_decimal != column->comma_is_decimal)
    return column->dot_is_decimal > column->comma_is_decimal ? 1 : -1;
  /* "1,234" beside "950": groups, as decimals would show three digits everywhere. Beside "12345":
   * not groups, as that would have been "12,345". */
  gboolean has_dot = column->dot_and_three > 0, has_comma = column->comma_and_three > 0;
  if (has_dot == has_comma || (column->n_short == 0) == (column->n_long == 0))
    return 0;
  gboolean is_group = column->n_long == 0;
  return has_dot == is_group ? -1 : 1;
}

static void
detect_number_format (const Column *columns, AisleTextFormat *format)
{
  int votes = 0;
  gint64 weight = 0;
  guint n_blank = 0, n_quote = 0, commas_and_three = 0;
  for (guint i = 0; i < COLUMNS_MAX; i++)
    {
      const Column *column = &columns[i];
      if (column->n_numbers == 0 || column->n_numbers * 10 < column->n_filled * 9)
        continue;
      votes += vote_on_decimal (column);
      weight += (gint64) column->dot_is_decimal - column->comma_is_decimal;
      n_blank += column->n_blank_groups;
      n_quote += column->n_quote_groups;
      commas_and_three += column->comma_and_three;
    }
  gboolean is_comma = votes < 0 || (votes == 0 && weight < 0);
  /* Only "1,234" and its like: a file that separates by ';' does so for its decimal commas. */
  if (votes == 0 && weight == 0 && commas_and_three > 0)
    is_comma = format->separator == ';';

  if (format->number.decimal == 0)
    format->number.decimal = is_comma ? ',' : '.';
  if (format->number.group == 0)
    format->number.group = n_blank > 0 && n_blank >= n_quote ? ' '
                           : n_quote > 0                     ? '\''
                           : format->number.decimal == ','   ? '.'
                                                             : ',';
}

static void
detect_date_order (const Column *columns, AisleTextFormat *format)
{
  guint n_year_first = 0, n_other = 0, n_dots = 0, first_over_12 = 0, second_over_12 = 0;
  for (guint i = 0; i < COLUMNS_MAX; i++)
    {
      const Column *column = &columns[i];
      if (column->n_dates == 0 || column->n_dates * 10 < column->n_filled * 9)
        continue;
      n_year_first += column->n_year_first;
      n_other += column->n_dates - column->n_year_first;
      n_dots += column->n_dots;
      first_over_12 += column->first_over_12;
      second_over_12 += column->second_over_12;
    }
  if (n_year_first == 0 && n_other == 0)
    return;
  if (n_other == 0)
    format->date_order = AISLE_DATE_ORDER_YMD;
  else if (first_over_12 != second_over_12)
    format->date_order =
        first_over_12 > second_over_12 ? AISLE_DATE_ORDER_DMY : AISLE_DATE_ORDER_MDY;
  else
    {
      gboolean is_day_first = n_dots > 0 || format->number.decimal == ',';
      format->date_order = is_day_first ? AISLE_DATE_ORDER_DMY : AISLE_DATE_ORDER_MDY;
      format->is_date_order_ambiguous = n_dots == 0 || first_over_12 > 0;
    }
}

gsize
aisle_format_separator_line (const char *text, gsize length, char *separator)
{
  if (length < 6 || g_ascii_strncasecmp (text, "sep=", 4) != 0
      || (text[5] != '\r' && text[5] != '\n'))
    return 0;
  *separator = text[4];
  return text[5] == '\r' && length > 6 && text[6] == '\n' ? 7 : 6;
}

void
aisle_format_detect (const char *text, gsize length, gboolean is_whole, AisleTextFormat *format)
{
  if (format->separator == 0)
    format->separator = detect_separator (text, length, is_whole);

  g_autofree Column *columns = g_new0 (Column, COLUMNS_MAX);
  Pass pass = { .columns = columns };
  run_pass (&pass, text, length, is_whole, format->separator);
  detect_number_format (columns, format);
  if (format->date_order == AISLE_DATE_ORDER_UNKNOWN)
    detect_date_order (columns, format);
}
