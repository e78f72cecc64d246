/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-series.h"

#include "aisle-core-error.h"
#include "aisle-record-reader.h"

#include <math.h>
#include <string.h>

#define MAX_STEPS 1000000 /* of one series, gaps included */
#define MAX_VALUES ((gsize) 1 << 31)
#define MAX_WEEKS 8
#define MAX_NUMBER 1e100 /* so that no sum of squares overflows */
#define ROWS_BETWEEN_LOOKS 8192

/* Kept for every row: no larger than it must be. */
typedef struct
{
  double y;
  gint64 ds;
  guint32 series;
  guint32 line; /* G_MAXUINT32 where it is beyond that */
} Row;

/* The first and last ds of a series. */
typedef struct
{
  gint64 first;
  gint64 last;
} Range;

/* A file being read. */
typedef struct
{
  AisleCli *cli;
  AisleRecordReader *reader;
  int id_column;
  int ds_column;
  int y_column;
  int available_column;
  gboolean knows_unit;
  AisleStepUnit unit;
  GArray *rows;      /* of Row */
  GArray *ranges;    /* of Range, for each series */
  GHashTable *index; /* id -> series + 1 */
  GPtrArray *ids;
} Reading;

static gboolean complain (Reading *reading,
                          guint64 line,
                          const char *column,
                          GError **error,
                          const char *format,
                          ...) G_GNUC_PRINTF (5, 6);

static gboolean
complain (Reading *reading,
          guint64 line,
          const char *column,
          GError **error,
          const char *format,
          ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
               "%s:%" G_GUINT64_FORMAT ": column \"%s\": %s",
               aisle_record_reader_get_path (reading->reader), line, column, what);
  return FALSE;
}

/* Reads a number in the file's way of writing; what no model could reckon with is refused. */
static gboolean
parse_number (const char *text, AisleNumberFormat format, double *value)
{
  g_autofree char *plain = g_malloc (strlen (text) + 1);
  gsize n = 0;
  for (const char *c = text; *c; c++)
    if (format.group == 0 || *c != format.group)
      plain[n++] = *c == format.decimal ? '.' : *c == '.' && format.decimal != '.' ? '?' : *c;
  plain[n] = '\0';
  if (n == 0 || plain[strspn (plain, "0123456789+-.eE")] != '\0')
    return FALSE;
  char *end;
  *value = g_ascii_strtod (plain, &end);
  return *end == '\0' && end != plain && fabs (*value) <= MAX_NUMBER;
}

static gboolean
parse_ds (Reading *reading, const AisleRecord *record, const char *text, gint64 *ds, GError **error)
{
  AisleDate date = aisle_date_parse_iso (text, -1);
  gboolean is_date = date != AISLE_DATE_NONE;
  if (is_date)
    *ds = date;
  else if (!g_ascii_string_to_signed (text, 10, -G_MAXINT64 / 4, G_MAXINT64 / 4, ds, NULL))
    return complain (reading, record->line, "ds", error,
                     "“%s” is neither a day nor a whole number; write YYYY-MM-DD or a number",
                     text);
  AisleStepUnit unit = is_date ? AISLE_STEP_DAYS : AISLE_STEP_NUMBER;
  if (reading->knows_unit && unit != reading->unit)
    return complain (reading, record->line, "ds", error,
                     "“%s” is %s, but the rows before have %s; use one form in all rows", text,
                     is_date ? "a day" : "a number", is_date ? "numbers" : "days");
  reading->unit = unit;
  reading->knows_unit = TRUE;
  return TRUE;
}

static gboolean
parse_row (Reading *reading, const AisleRecord *record, Row *row, GError **error)
{
  int last = MAX (MAX (reading->id_column, reading->ds_column),
                  MAX (reading->y_column, reading->available_column));
  if (record->problem)
    return complain (reading, record->line, "unique_id", error, "%s; mend this row",
                     record->problem);
  if ((int) record->n_fields <= last)
    return complain (reading, record->line,
                     aisle_record_reader_get_column_name (reading->reader, record->n_fields), error,
                     "the row ends after %u fields; fill it up", record->n_fields);
  const char *id = record->fields[reading->id_column];
  const char *y = record->fields[reading->y_column];
  if (!*id)
    return complain (reading, record->line, "unique_id", error, "is empty; name the series");
  if (!parse_ds (reading, record, record->fields[reading->ds_column], &row->ds, error))
    return FALSE;
  row->y = NAN;
  const AisleTextFormat *format = aisle_record_reader_get_format (reading->reader);
  if (*y && !parse_number (y, format->number, &row->y))
    return complain (
        reading, record->line, "y", error,
        "“%s” is no number that can be used; write one, or nothing where it is missing", y);
  if (reading->available_column >= 0)
    {
      const char *available = record->fields[reading->available_column];
      if (strcmp (available, "0") == 0)
        row->y = NAN;
      else if (*available && strcmp (available, "1") != 0)
        return complain (reading, record->line, "available", error, "“%s” is neither 0 nor 1",
                         available);
    }
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (reading->index, id));
  if (known == 0)
    {
      char *copy = g_strdup (id);
      Range range = { row->ds, row->ds };
      g_ptr_array_add (reading->ids, copy);
      g_array_append_val (reading->ranges, range);
      known = reading->ids->len;
      g_hash_table_insert (reading->index, copy, GUINT_TO_POINTER (known));
    }
  row->series = known - 1;
  row->line = (guint32) MIN (record->line, G_MAXUINT32);
  Range *range = &g_array_index (reading->ranges, Range, row->series);
  range->first = MIN (range->first, row->ds);
  range->last = MAX (range->last, row->ds);
  return TRUE;
}

static int
find_required (Reading *reading, const char *name, GError **error)
{
  int column = aisle_record_reader_find_column (reading->reader, name);
  if (column < 0 && error && !*error)
    g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                 "%s:1: column \"%s\": is missing; name one column of the first row so",
                 aisle_record_reader_get_path (reading->reader), name);
  return column;
}

static gboolean
find_columns (Reading *reading, char **regressors, GError **error)
{
  GError *missing = NULL;
  reading->id_column = find_required (reading, "unique_id", &missing);
  reading->ds_column = find_required (reading, "ds", &missing);
  reading->y_column = find_required (reading, "y", &missing);
  reading->available_column = aisle_record_reader_find_column (reading->reader, "available");
  guint n = aisle_record_reader_get_n_columns (reading->reader);
  g_autofree gboolean *is_known = g_new0 (gboolean, MAX (1, n));
  for (char **name = regressors; name && *name; name++)
    {
      int column = find_required (reading, *name, &missing);
      if (column >= 0)
        is_known[column] = TRUE;
    }
  if (missing)
    {
      g_propagate_error (error, missing);
      return FALSE;
    }
  for (int i = 0; i < (int) n; i++)
    if (!is_known[i] && i != reading->id_column && i != reading->ds_column && i != reading->y_column
        && i != reading->available_column)
      aisle_cli_say (reading->cli, "%s: column \"%s\" is not used",
                     aisle_record_reader_get_path (reading->reader),
                     aisle_record_reader_get_column_name (reading->reader, (guint) i));
  return TRUE;
}

static gboolean
read_rows (Reading *reading, GError **error)
{
  AisleRecord record;
  GError *failure = NULL;
  while (aisle_record_reader_next (reading->reader, &record, &failure))
    {
      Row row;
      if (!parse_row (reading, &record, &row, error))
        return FALSE;
      g_array_append_val (reading->rows, row);
      if (reading->rows->len % ROWS_BETWEEN_LOOKS == 0
          && g_cancellable_set_error_if_cancelled (reading->cli->cancellable, error))
        return FALSE;
    }
  if (failure)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (reading->rows->len > 0)
    return TRUE;
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY,
               "%s: there is no row below the names of the columns",
               aisle_record_reader_get_path (reading->reader));
  return FALSE;
}

static gboolean
is_month_end (AisleDate date)
{
  int day = 1;
  if (date < AISLE_DATE_MAX)
    aisle_date_to_ymd (date + 1, NULL, NULL, &day);
  return day == 1;
}

static gint64
count_months (AisleDate date)
{
  int year, month;
  aisle_date_to_ymd (date, &year, &month, NULL);
  return 12 * (gint64) year + month - 1;
}

static gint64
find_divisor (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;
      a = b;
      b = rest;
    }
  return a;
}

/* A number or a day is a step, unless all distances inside the series are multiples of a month or
 * of a few weeks: a distance of 73 days rather says that the rows between are missing. */
static void
find_step (Reading *reading, AisleCliSeries *series)
{
  const Row *rows = &g_array_index (reading->rows, Row, 0);
  gint64 step = 0, months = 0;
  gboolean same_day = reading->unit == AISLE_STEP_DAYS, month_ends = same_day;
  int first_day = 0;
  for (guint i = 0; i < reading->rows->len; i++)
    {
      if (reading->unit == AISLE_STEP_DAYS && (same_day || month_ends))
        {
          int day;
          aisle_date_to_ymd ((AisleDate) rows[i].ds, NULL, NULL, &day);
          first_day = i == 0 ? day : first_day;
          same_day = same_day && day == first_day;
          month_ends = month_ends && is_month_end ((AisleDate) rows[i].ds);
        }
      gint64 first = g_array_index (reading->ranges, Range, rows[i].series).first;
      step = find_divisor (step, rows[i].ds - first);
      if (same_day || month_ends)
        months = find_divisor (months, count_months ((AisleDate) rows[i].ds)
                                           - count_months ((AisleDate) first));
    }
  gboolean is_monthly = (same_day || month_ends) && months > 0;
  gboolean is_weekly =
      reading->unit == AISLE_STEP_DAYS && step > 0 && step % 7 == 0 && step <= MAX_WEEKS * 7;
  series->unit = is_monthly ? AISLE_STEP_MONTHS : reading->unit;
  series->step = is_monthly ? months : is_weekly ? step : 1;
  if (is_monthly)
    aisle_cli_say (reading->cli, "one step is %" G_GINT64_FORMAT " month%s", months,
                   months == 1 ? "" : "s");
  else if (is_weekly)
    aisle_cli_say (reading->cli, "one step is %" G_GINT64_FORMAT " days", step);
}

static gint64
count_steps (const AisleCliSeries *series, gint64 from, gint64 to)
{
  if (series->unit == AISLE_STEP_MONTHS)
    return (count_months ((AisleDate) to) - count_months ((AisleDate) from)) / series->step;
  return (to - from) / series->step;
}

/* Lays out the series one behind the other. */
static gboolean
lay_out (Reading *reading, AisleCliSeries *series, GError **error)
{
  gsize total = 0;
  series->offsets = g_new0 (gsize, series->n_series + 1);
  series->last_ds = g_new0 (gint64, series->n_series);
  for (gsize i = 0; i < series->n_series; i++)
    {
      const Range *range = &g_array_index (reading->ranges, Range, i);
      gint64 steps = count_steps (series, range->first, range->last) + 1;
      if (steps > MAX_STEPS)
        {
          g_set_error (
              error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_RANGE,
              "%s: column \"ds\": series “%s” spans %" G_GINT64_FORMAT
              " steps from its first to its last row, more than %d; is ds right in all rows?",
              aisle_record_reader_get_path (reading->reader), (char *) reading->ids->pdata[i],
              steps, MAX_STEPS);
          return FALSE;
        }
      series->last_ds[i] = range->last;
      total += (gsize) steps;
      series->offsets[i + 1] = total;
    }
  series->values = total > MAX_VALUES ? NULL : g_try_new (double, total);
  if (series->values)
    return TRUE;
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG,
               "%s: %" G_GSIZE_FORMAT " steps with gaps filled do not fit in memory; "
               "forecast fewer series at once",
               aisle_record_reader_get_path (reading->reader), total);
  return FALSE;
}

static gboolean
complain_twice (Reading *reading, const Row *row, GError **error)
{
  const Row *earlier = &g_array_index (reading->rows, Row, 0);
  while (earlier->series != row->series || earlier->ds != row->ds)
    earlier++;
  return complain (reading, row->line, "ds", error,
                   "series “%s” has this ds already in line %u; keep one of the two",
                   (char *) reading->ids->pdata[row->series], earlier->line);
}

/* Puts the rows where they belong, gaps as NaN. */
static gboolean
fill_values (Reading *reading, AisleCliSeries *series, GError **error)
{
  gsize total = series->offsets[series->n_series];
  g_autofree guint8 *is_there = g_malloc0 (total);
  for (gsize i = 0; i < total; i++)
    series->values[i] = NAN;
  for (guint i = 0; i < reading->rows->len; i++)
    {
      const Row *row = &g_array_index (reading->rows, Row, i);
      gint64 first = g_array_index (reading->ranges, Range, row->series).first;
      gsize at = series->offsets[row->series] + (gsize) count_steps (series, first, row->ds);
      if (is_there[at])
        return complain_twice (reading, row, error);
      is_there[at] = TRUE;
      series->values[at] = row->y;
    }
  return TRUE;
}

static AisleCliSeries *
read_series (Reading *reading, const char *path, char **regressors, GError **error)
{
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, error);
  if (!reader)
    return NULL;
  reading->reader = reader;
  if (!find_columns (reading, regressors, error) || !read_rows (reading, error))
    return NULL;
  g_autoptr (AisleCliSeries) series = g_new0 (AisleCliSeries, 1);
  series->n_series = reading->ids->len;
  series->ids = g_ptr_array_ref (reading->ids);
  find_step (reading, series);
  if (!lay_out (reading, series, error) || !fill_values (reading, series, error))
    return NULL;
  return g_steal_pointer (&series);
}

AisleCliSeries *
aisle_cli_series_read (AisleCli *cli, const char *path, char **regressors, AisleExit *status)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Reading reading = { .cli = cli, .rows = rows, .ranges = ranges, .index = index, .ids = ids };
  g_autoptr (GError) error = NULL;
  AisleCliSeries *series = read_series (&reading, path, regressors, &error);
  *status = series ? AISLE_EXIT_DONE : aisle_cli_fail (cli, error);
  return series;
}

void
aisle_cli_series_free (AisleCliSeries *series)
{
  if (!series)
    return;
  g_ptr_array_unref (series->ids);
  g_free (series->values);
  g_free (series->offsets);
  g_free (series->last_ds);
  g_free (series);
}

static AisleDate
add_months (AisleDate date, gint64 months)
{
  int day;
  aisle_date_to_ymd (date, NULL, NULL, &day);
  gint64 to = count_months (date) + months;
  int year = (int) (to / 12), month = (int) (to % 12) + 1;
  if (is_month_end (date))
    day = 31;
  AisleDate result = AISLE_DATE_NONE;
  /* The month may be shorter than the day says. */
  while (result == AISLE_DATE_NONE && day > 27)
    result = aisle_date_from_ymd (year, month, day--);
  return result != AISLE_DATE_NONE ? result : aisle_date_from_ymd (year, month, day);
}

char *
aisle_cli_series_format_ahead (const AisleCliSeries *series, gsize i, int ahead)
{
  gint64 last = series->last_ds[i], distance = ahead * series->step;
  if (series->unit == AISLE_STEP_NUMBER)
    return g_strdup_printf ("%" G_GINT64_FORMAT, last + distance);
  AisleDate date = AISLE_DATE_NONE;
  if (series->unit == AISLE_STEP_MONTHS)
    date = add_months ((AisleDate) last, distance);
  else if (last + distance <= AISLE_DATE_MAX)
    date = (AisleDate) (last + distance);
  char text[AISLE_DATE_TEXT_SIZE];
  return g_strdup (aisle_date_format_iso (date, text));
}

AisleForecastSeries
aisle_cli_series_get_arrays (const AisleCliSeries *series)
{
  return (AisleForecastSeries){ series->values, series->offsets, series->n_series };
}
