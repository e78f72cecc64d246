/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-files-private.h"

#include "aisle-money.h"

#include <string.h>

#define GB "GB"
#define HISTORY_DAYS 28    /* of stock, daily in the British shop and Market Hall */
#define COUNT_EVERY_DAYS 7 /* elsewhere */
#define LEFT_OVER_SHARE                                                                            \
  0.3 /* of the products that the British shop ranges no more: something is left */
#define MISCOUNTED_SHARE 0.005 /* of its other products: the book says less than nothing */

static const char *const kind_words[] = { "sale", "return", "void" };

void
aisle_sample_write_receipts (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  const AisleSampleSource *source = content->source;
  aisle_sample_write_header (writer, "receipt", "date", "store", "sku", "quantity", "price",
                             "customer", "kind", NULL);
  for (guint i = 0; i < source->lines->len; i++)
    {
      const AisleSampleLine *line = aisle_sample_line (source, i);
      char day[AISLE_DATE_TEXT_SIZE], time[32], customer[16] = "";
      g_snprintf (time, sizeof time, "%s %02d:%02d:%02d", aisle_date_format_iso (line->day, day),
                  line->second / 3600, line->second / 60 % 60, line->second % 60);
      if (line->customer != AISLE_SAMPLE_NO_CUSTOMER)
        g_snprintf (customer, sizeof customer, "%u", line->customer);
      aisle_record_writer_add_text (writer, line->invoice);
      aisle_record_writer_add_text (writer, time);
      aisle_record_writer_add_text (writer, source->stores[line->store].code);
      aisle_record_writer_add_text (writer, line->code);
      /* "Adjust bad debt" is one at a negative price: minus one at the price says the same. */
      gint64 sign = line->price_milli < 0 ? -1 : 1;
      aisle_record_writer_add_integer (writer, sign * line->quantity);
      aisle_record_writer_add_decimal (writer, sign * line->price_milli, 3);
      aisle_record_writer_add_text (writer, customer);
      aisle_record_writer_add_text (writer, kind_words[line->kind]);
      aisle_record_writer_end_row (writer);
    }
}

static void
write_market_day (const AisleSampleContent *content,
                  AisleRecordWriter *writer,
                  const AisleSampleMarketItem *item,
                  guint day)
{
  gint64 gross = aisle_money_less_percent (item->gross_minor, item->percent_off[day] * 10000,
                                           AISLE_ROUND_HALF_UP);
  aisle_record_writer_add_date (writer, content->source->first_day + (gint32) day);
  aisle_record_writer_add_text (writer, aisle_sample_get_market_hall ()->code);
  aisle_record_writer_add_text (writer, aisle_sample_product (content->source, item->product)->sku);
  aisle_record_writer_add_integer (writer, item->units[day]);
  aisle_record_writer_add_decimal (writer, gross * item->units[day], 2);
  aisle_record_writer_add_text (writer, item->percent_off[day] ? "yes" : NULL);
  aisle_record_writer_add_text (writer, item->units[day] < item->wanted[day] ? "no" : "yes");
  aisle_record_writer_end_row (writer);
}

/* Zeros are left out, but for days on which somebody asked and the shelf was empty. */
void
aisle_sample_write_market_days (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  const AisleSampleMarket *market = content->market;
  aisle_sample_write_header (writer, "date", "store", "sku", "units", "gross_value", "promotion",
                             "available", NULL);
  for (guint i = 0; i < market->items->len; i++)
    {
      const AisleSampleMarketItem *item = &g_array_index (market->items, AisleSampleMarketItem, i);
      for (guint day = 0; day < market->n_days; day++)
        if (item->wanted[day] > 0)
          write_market_day (content, writer, item, day);
    }
}

static void
write_price (const AisleSampleContent *content,
             AisleRecordWriter *writer,
             const AisleSampleMarketItem *item,
             const char *kind,
             gint64 gross_minor,
             AisleDate from,
             AisleDate to)
{
  aisle_record_writer_add_text (writer, aisle_sample_get_market_hall ()->code);
  aisle_record_writer_add_text (writer, aisle_sample_product (content->source, item->product)->sku);
  aisle_record_writer_add_text (writer, kind);
  aisle_record_writer_add_decimal (writer, gross_minor, 2);
  aisle_record_writer_add_date (writer, from);
  if (aisle_date_is_valid (to))
    aisle_record_writer_add_date (writer, to);
  else
    aisle_record_writer_add_text (writer, NULL);
  aisle_record_writer_end_row (writer);
}

/* The shelf price of all the months, and each promotion as a price of its own. */
void
aisle_sample_write_market_prices (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  const AisleSampleMarket *market = content->market;
  AisleDate first = content->source->first_day;
  aisle_sample_write_header (writer, "store", "sku", "kind", "gross", "from", "to", NULL);
  for (guint i = 0; i < market->items->len; i++)
    {
      const AisleSampleMarketItem *item = &g_array_index (market->items, AisleSampleMarketItem, i);
      write_price (content, writer, item, "regular", item->gross_minor, first, AISLE_DATE_NONE);
      for (guint day = 0; day < market->n_days; day++)
        {
          guint8 percent = item->percent_off[day];
          guint end = day;
          while (percent > 0 && end + 1 < market->n_days && item->percent_off[end + 1] == percent)
            end++;
          if (percent > 0)
            write_price (
                content, writer, item, "promotion",
                aisle_money_less_percent (item->gross_minor, percent * 10000, AISLE_ROUND_HALF_UP),
                first + (gint32) day, first + (gint32) end);
          day = end;
        }
    }
}

static void
write_stock_row (AisleRecordWriter *writer,
                 AisleDate day,
                 const char *store,
                 const char *sku,
                 gint32 on_hand,
                 gint32 on_order)
{
  aisle_record_writer_add_date (writer, day);
  aisle_record_writer_add_text (writer, store);
  aisle_record_writer_add_text (writer, sku);
  aisle_record_writer_add_integer (writer, on_hand);
  aisle_record_writer_add_integer (writer, on_order);
  aisle_record_writer_end_row (writer);
}

typedef struct
{
  guint n_days;
  gint32 *units, *on_hand, *on_order, *sold; /* scratch, by day */
} Book;

static AisleSampleStockTask
make_task (const AisleSampleContent *content, const Book *book, guint product, const char *store)
{
  const AisleSampleItem *item = &content->range->items[product];
  return (AisleSampleStockTask){
    .n_days = book->n_days,
    .units = book->units,
    .case_pack = item->case_pack,
    .lead_time_days = aisle_sample_get_suppliers (NULL)[item->supplier].lead_time_days,
    .cover_share = aisle_sample_stock_cover (content->seed, store,
                                             aisle_sample_product (content->source, product)->sku),
  };
}

/* Units by day from the first sale on: before, the product was not there. */
static guint
fill_units (const AisleSampleContent *content, const AisleSampleSeries *series, Book *book)
{
  const AisleSampleSource *source = content->source;
  memset (book->units, 0, book->n_days * sizeof *book->units);
  for (guint i = series->begin; i < series->end; i++)
    {
      const AisleSampleLine *line =
          aisle_sample_line (source, g_array_index (source->by_series, guint, i));
      if (line->kind != AISLE_SAMPLE_VOID && line->day >= series->first_day)
        book->units[line->day - series->first_day] += line->quantity;
    }
  return (guint) (source->last_day - series->first_day) + 1;
}

static void
write_web_stock (const AisleSampleContent *content,
                 guint number,
                 Book *book,
                 AisleRecordWriter *writer)
{
  const AisleSampleSource *source = content->source;
  const AisleSampleSeries *series = aisle_sample_series (source, number);
  const AisleSampleListing *listing = &content->range->listings[number];
  const char *store = source->stores[series->store].code;
  const char *sku = aisle_sample_product (source, series->product)->sku;
  if (!aisle_date_is_valid (listing->from))
    return;
  AisleSampleStockTask task = make_task (content, book, series->product, store);
  task.n_days = fill_units (content, series, book);
  aisle_sample_stock_simulate (&task, book->on_hand, book->on_order, NULL);

  guint last = task.n_days - 1;
  gboolean is_british = strcmp (store, GB) == 0;
  AisleRandom random = aisle_sample_stream (content->seed, "count", sku);
  double chance = aisle_random_uniform (&random);
  if (!aisle_sample_listing_is_open (listing))
    {
      gboolean is_left = is_british && chance < LEFT_OVER_SHARE;
      write_stock_row (writer, source->last_day, store, sku, is_left ? book->on_hand[last] : 0, 0);
      return;
    }
  if (is_british && chance < MISCOUNTED_SHARE)
    book->on_hand[last] = -1 - (gint32) aisle_random_below (&random, 6);
  for (guint age = MIN (HISTORY_DAYS, task.n_days); age-- > 0;)
    if (is_british || age % COUNT_EVERY_DAYS == 0)
      write_stock_row (writer, source->last_day - (gint32) age, store, sku,
                       book->on_hand[last - age], book->on_order[last - age]);
}

static void
write_market_stock (const AisleSampleContent *content,
                    const AisleSampleMarketItem *item,
                    Book *book,
                    AisleRecordWriter *writer)
{
  const char *store = aisle_sample_get_market_hall ()->code;
  memcpy (book->units, item->wanted, book->n_days * sizeof *book->units);
  AisleSampleStockTask task = make_task (content, book, item->product, store);
  task.is_binding = TRUE;
  aisle_sample_stock_simulate (&task, book->on_hand, book->on_order, book->sold);
  for (guint age = MIN (HISTORY_DAYS, book->n_days); age-- > 0;)
    {
      guint day = book->n_days - 1 - age;
      write_stock_row (writer, content->source->last_day - (gint32) age, store,
                       aisle_sample_product (content->source, item->product)->sku,
                       book->on_hand[day], book->on_order[day]);
    }
}

void
aisle_sample_write_stock (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  guint n = content->market->n_days;
  g_autofree gint32 *scratch = g_new0 (gint32, 4 * n);
  Book book = { n, scratch, scratch + n, scratch + 2 * n, scratch + 3 * n };
  aisle_sample_write_header (writer, "day", "store", "sku", "on_hand", "on_order", NULL);
  for (guint i = 0; i < content->source->series->len; i++)
    write_web_stock (content, i, &book, writer);
  for (guint i = 0; i < content->market->items->len; i++)
    write_market_stock (content, &g_array_index (content->market->items, AisleSampleMarketItem, i),
                        &book, writer);
}
