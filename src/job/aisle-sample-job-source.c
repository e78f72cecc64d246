/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-source-private.h"

#include "aisle-job-error.h"
#include "aisle-record-reader.h"
#include "aisle-sample-job.h"

#include <stdlib.h>
#include <string.h>

#define LINES_NAME "online-retail.csv.gz"
#define REPORT_EVERY 8192
#define SATURDAY 6

typedef enum
{
  INVOICE,
  CODE,
  DESCRIPTION,
  QUANTITY,
  TIME,
  PRICE,
  CUSTOMER,
  COUNTRY,
  N_COLUMNS,
} Column;

static const char *const column_names[N_COLUMNS] = { "InvoiceNo",  "StockCode",   "Description",
                                                     "Quantity",   "InvoiceDate", "UnitPrice",
                                                     "CustomerID", "Country" };

/* How often a code went by a name. */
typedef struct
{
  const char *text; /* interned */
  guint count;
} NameCount;

typedef struct
{
  AisleSampleSource *source;
  AisleRecordReader *reader;
  int columns[N_COLUMNS];
  GPtrArray *names; /* by product: GArray of NameCount */
} Reading;

static gboolean
fail_at (Reading *reading, const AisleRecord *record, Column column, GError **error)
{
  g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED,
               "%s:%" G_GUINT64_FORMAT
               ": column \"%s\": “%s” is not what the sample's file has here; "
               "install Aisle's data anew",
               aisle_record_reader_get_path (reading->reader), record->line, column_names[column],
               record->fields[reading->columns[column]]);
  return FALSE;
}

static gboolean
find_columns (Reading *reading, GError **error)
{
  for (Column i = 0; i < N_COLUMNS; i++)
    {
      reading->columns[i] = aisle_record_reader_find_column (reading->reader, column_names[i]);
      if (reading->columns[i] >= 0)
        continue;
      g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED,
                   "%s: column \"%s\" is missing; install Aisle's data anew",
                   aisle_record_reader_get_path (reading->reader), column_names[i]);
      return FALSE;
    }
  return TRUE;
}

static guint
intern_product (Reading *reading, const char *code)
{
  AisleSampleSource *source = reading->source;
  /* A code is one product in whatever case it was typed: 85123A and 85123a. */
  g_autofree char *sku = g_ascii_strup (code, -1);
  gpointer found;
  if (g_hash_table_lookup_extended (source->sku_to_product, sku, NULL, &found))
    return GPOINTER_TO_UINT (found);
  AisleSampleProduct product = {
    .sku = g_string_chunk_insert (source->strings, sku),
    .is_service = aisle_sample_is_service (sku),
    .last_day = AISLE_DATE_NONE,
  };
  g_array_append_val (source->products, product);
  g_ptr_array_add (reading->names, g_array_new (FALSE, FALSE, sizeof (NameCount)));
  guint number = source->products->len - 1;
  g_hash_table_insert (source->sku_to_product, product.sku, GUINT_TO_POINTER (number));
  return number;
}

static void
count_name (Reading *reading, guint product, const char *text)
{
  if (!*text)
    return;
  const char *name = g_string_chunk_insert_const (reading->source->strings, text);
  GArray *counts = g_ptr_array_index (reading->names, product);
  for (guint i = 0; i < counts->len; i++)
    {
      NameCount *count = &g_array_index (counts, NameCount, i);
      if (count->text == name)
        {
          count->count++;
          return;
        }
    }
  NameCount first = { name, 1 };
  g_array_append_val (counts, first);
}

static int
find_store (const AisleSampleSource *source, const char *market)
{
  for (guint i = 0; i < source->n_stores; i++)
    if (strcmp (source->stores[i].market, market) == 0)
      return (int) i;
  return -1;
}

static AisleSampleKind
tell_kind (const AisleSampleLine *line)
{
  if (line->invoice[0] == 'C')
    return AISLE_SAMPLE_RETURN;
  if (line->invoice[0] == 'A' || line->price_milli < 0
      || (line->price_milli == 0 && line->customer == AISLE_SAMPLE_NO_CUSTOMER))
    return AISLE_SAMPLE_VOID;
  return AISLE_SAMPLE_SALE;
}

static gboolean
take_record (Reading *reading, const AisleRecord *record, GError **error)
{
  AisleSampleSource *source = reading->source;
  const char *fields[N_COLUMNS];
  for (Column i = 0; i < N_COLUMNS; i++)
    {
      if ((guint) reading->columns[i] >= record->n_fields)
        {
          g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED,
                       "%s:%" G_GUINT64_FORMAT ": the line is cut short; install Aisle's data anew",
                       aisle_record_reader_get_path (reading->reader), record->line);
          return FALSE;
        }
      fields[i] = record->fields[reading->columns[i]];
    }
  AisleSampleLine line = { 0 };
  gint64 quantity, price;
  guint64 customer = AISLE_SAMPLE_NO_CUSTOMER;
  int second = -1, store = find_store (source, fields[COUNTRY]);
  if (store < 0)
    return fail_at (reading, record, COUNTRY, error);
  if (!aisle_decimal_parse (fields[QUANTITY], -1, AISLE_NUMBER_FORMAT_PLAIN, 0, &quantity, NULL)
      || ABS (quantity) > G_MAXINT32)
    return fail_at (reading, record, QUANTITY, error);
  if (!aisle_decimal_parse (fields[PRICE], -1, AISLE_NUMBER_FORMAT_PLAIN, 3, &price, NULL)
      || ABS (price) > G_MAXINT32)
    return fail_at (reading, record, PRICE, error);
  if (*fields[CUSTOMER]
      && !g_ascii_string_to_unsigned (fields[CUSTOMER], 10, 0, AISLE_SAMPLE_NO_CUSTOMER - 1,
                                      &customer, NULL))
    return fail_at (reading, record, CUSTOMER, error);
  if (!aisle_text_format_parse_date (aisle_record_reader_get_format (reading->reader), fields[TIME],
                                     &line.day, &second, NULL)
      || second < 0)
    return fail_at (reading, record, TIME, error);
  if (!*fields[INVOICE] || !*fields[CODE])
    return fail_at (reading, record, *fields[INVOICE] ? CODE : INVOICE, error);
  line.invoice = g_string_chunk_insert_const (source->strings, fields[INVOICE]);
  line.code = g_string_chunk_insert_const (source->strings, fields[CODE]);
  line.product = intern_product (reading, fields[CODE]);
  line.store = (guint) store;
  source->has_lines[store] = TRUE;
  line.customer = (guint32) customer;
  line.second = second;
  line.quantity = (gint32) quantity;
  line.price_milli = (gint32) price;
  line.kind = tell_kind (&line);
  count_name (reading, line.product, fields[DESCRIPTION]);
  g_array_append_val (source->lines, line);
  return TRUE;
}

static void
choose_names (Reading *reading)
{
  for (guint i = 0; i < reading->names->len; i++)
    {
      AisleSampleProduct *product = aisle_sample_product (reading->source, i);
      const GArray *counts = g_ptr_array_index (reading->names, i);
      const NameCount *best = NULL;
      for (guint k = 0; k < counts->len; k++)
        {
          const NameCount *count = &g_array_index (counts, NameCount, k);
          if ((!best || count->count > best->count)
              && (product->is_service || aisle_sample_is_sensible_name (count->text)))
            best = count;
        }
      if (!best)
        continue;
      g_autofree char *clean = aisle_sample_clean_name (best->text);
      product->name = g_string_chunk_insert (reading->source->strings, clean);
    }
}

static int
compare_sku_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const AisleSampleSource *source = data;
  return strcmp (aisle_sample_product (source, *(const guint *) a)->sku,
                 aisle_sample_product (source, *(const guint *) b)->sku);
}

/* Products in order of SKU, so that numbers do not depend on the file's order. */
static void
sort_products (AisleSampleSource *source)
{
  guint n = source->products->len;
  g_autofree guint *order = g_new (guint, n);
  g_autofree guint *place = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) n, sizeof *order, compare_sku_cb, source);
  GArray *sorted = g_array_sized_new (FALSE, FALSE, sizeof (AisleSampleProduct), n);
  for (guint i = 0; i < n; i++)
    {
      place[order[i]] = i;
      g_array_append_val (sorted, *aisle_sample_product (source, order[i]));
    }
  g_array_unref (source->products);
  source->products = sorted;
  for (guint i = 0; i < source->lines->len; i++)
    aisle_sample_line (source, i)->product = place[aisle_sample_line (source, i)->product];
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (source->sku_to_product, aisle_sample_product (source, i)->sku,
                         GUINT_TO_POINTER (i));
}

static int
compare_series_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const AisleSampleSource *source = data;
  guint i = *(const guint *) a, k = *(const guint *) b;
  const AisleSampleLine *one = aisle_sample_line (source, i);
  const AisleSampleLine *other = aisle_sample_line (source, k);
  if (one->store != other->store)
    return one->store < other->store ? -1 : 1;
  if (one->product != other->product)
    return one->product < other->product ? -1 : 1;
  return i < k ? -1 : i > k;
}

static void
take_sale (AisleSampleSource *source, AisleSampleSeries *series, const AisleSampleLine *line)
{
  AisleSampleProduct *product = aisle_sample_product (source, line->product);
  if (line->kind != AISLE_SAMPLE_SALE)
    return;
  if (!aisle_date_is_valid (series->first_day) || line->day < series->first_day)
    series->first_day = line->day;
  series->last_day = MAX (series->last_day, line->day);
  product->last_day = MAX (product->last_day, line->day);
  series->n_sales++;
  product->n_sales++;
}

static void
build_series (AisleSampleSource *source)
{
  source->by_series = g_array_sized_new (FALSE, FALSE, sizeof (guint), source->lines->len);
  for (guint i = 0; i < source->lines->len; i++)
    g_array_append_val (source->by_series, i);
  g_qsort_with_data (source->by_series->data, (int) source->by_series->len, sizeof (guint),
                     compare_series_cb, source);
  AisleSampleSeries *series = NULL;
  for (guint i = 0; i < source->by_series->len; i++)
    {
      const AisleSampleLine *line =
          aisle_sample_line (source, g_array_index (source->by_series, guint, i));
      if (!series || series->store != line->store || series->product != line->product)
        {
          AisleSampleSeries next = {
            .store = line->store,
            .product = line->product,
            .begin = i,
            .first_day = AISLE_DATE_NONE,
            .last_day = AISLE_DATE_NONE,
          };
          g_array_append_val (source->series, next);
          series = aisle_sample_series (source, source->series->len - 1);
        }
      series->end = i + 1;
      take_sale (source, series, line);
    }
}

static void
find_days (AisleSampleSource *source)
{
  source->first_day = AISLE_DATE_MAX;
  source->last_day = AISLE_DATE_MIN;
  for (guint i = 0; i < source->lines->len; i++)
    {
      AisleDate day = aisle_sample_line (source, i)->day;
      source->first_day = MIN (source->first_day, day);
      source->last_day = MAX (source->last_day, day);
    }
  source->sold_on = g_new0 (gboolean, (gsize) (source->last_day - source->first_day) + 1);
  for (guint i = 0; i < source->lines->len; i++)
    {
      const AisleSampleLine *line = aisle_sample_line (source, i);
      if (line->kind == AISLE_SAMPLE_SALE)
        source->sold_on[line->day - source->first_day] = TRUE;
    }
}

static gboolean
read_lines (Reading *reading, const AisleProgress *progress, GError **error)
{
  AisleRecord record;
  g_autoptr (GError) inner = NULL;
  while (aisle_record_reader_next (reading->reader, &record, &inner))
    {
      if (!take_record (reading, &record, error))
        return FALSE;
      if (reading->source->lines->len % REPORT_EVERY == 0
          && !aisle_progress_report (progress,
                                     aisle_record_reader_get_share_read (reading->reader)))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
          return FALSE;
        }
    }
  if (inner)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (reading->source->lines->len > 0)
    return TRUE;
  g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED,
               "%s: there are no lines in it; install Aisle's data anew",
               aisle_record_reader_get_path (reading->reader));
  return FALSE;
}

char *
aisle_sample_job_find_lines (GError **error)
{
  const char *wanted = g_getenv ("AISLE_DATADIR");
  g_autofree char *folder = wanted && *wanted ? g_build_filename (wanted, "sample", NULL) : NULL;
  const char *const folders[] = { folder ? folder : AISLE_SAMPLE_DIR,
                                  folder ? NULL : AISLE_SAMPLE_SOURCE_DIR };
  for (gsize i = 0; i < G_N_ELEMENTS (folders) && folders[i]; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], LINES_NAME, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  g_set_error (
      error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED,
      "%s: the sample's lines are not there; install Aisle with its data, or set AISLE_DATADIR "
      "to the folder that has “sample/%s”",
      folders[0], LINES_NAME);
  return NULL;
}

AisleSampleSource *
aisle_sample_source_read (const char *path, const AisleProgress *progress, GError **error)
{
  g_autoptr (AisleSampleSource) source = g_new0 (AisleSampleSource, 1);
  source->lines = g_array_new (FALSE, FALSE, sizeof (AisleSampleLine));
  source->products = g_array_new (FALSE, FALSE, sizeof (AisleSampleProduct));
  source->series = g_array_new (FALSE, FALSE, sizeof (AisleSampleSeries));
  source->strings = g_string_chunk_new (65536);
  source->sku_to_product = g_hash_table_new (g_str_hash, g_str_equal);
  source->stores = aisle_sample_get_stores (&source->n_stores);
  source->has_lines = g_new0 (gboolean, source->n_stores);

  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, error);
  if (!reader)
    return NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  Reading reading = { .source = source, .reader = reader, .names = names };
  if (!find_columns (&reading, error) || !read_lines (&reading, progress, error))
    return NULL;
  choose_names (&reading);
  sort_products (source);
  build_series (source);
  find_days (source);
  aisle_sample_source_infer_prices (source);
  return g_steal_pointer (&source);
}

gboolean
aisle_sample_source_is_closed (const AisleSampleSource *source, AisleDate day)
{
  return aisle_date_weekday (day) != SATURDAY && day >= source->first_day && day <= source->last_day
         && !source->sold_on[day - source->first_day];
}

void
aisle_sample_source_free (AisleSampleSource *source)
{
  if (!source)
    return;
  g_array_unref (source->lines);
  g_array_unref (source->products);
  g_array_unref (source->series);
  g_clear_pointer (&source->by_series, g_array_unref);
  g_hash_table_unref (source->sku_to_product);
  g_string_chunk_free (source->strings);
  g_free (source->sold_on);
  g_free (source->has_lines);
  g_free (source);
}
