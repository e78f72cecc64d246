/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-files-private.h"

#include <stdarg.h>

#define ZONE "Europe/London" /* the retailer's own clock: the source's times have no zone */
#define CURRENCY "GBP"
#define MONDAY_TO_SATURDAY "1111110"
#define WITHOUT_SATURDAY "1111101"

/* What everybody in Britain could know beforehand. */
static const struct
{
  const char *day;
  const char *holiday;
  const char *event;
} british_days[] = {
  { "2010-12-25", "Christmas Day", NULL },
  { "2010-12-27", "Boxing Day (substitute day)", NULL },
  { "2010-12-28", "Christmas Day (substitute day)", NULL },
  { "2011-01-03", "New Year's Day (substitute day)", NULL },
  { "2011-02-14", NULL, "Valentine's Day" },
  { "2011-04-03", NULL, "Mothering Sunday" },
  { "2011-04-22", "Good Friday", NULL },
  { "2011-04-24", NULL, "Easter Sunday" },
  { "2011-04-25", "Easter Monday", NULL },
  { "2011-04-29", "Royal wedding", NULL },
  { "2011-05-02", "Early May bank holiday", NULL },
  { "2011-05-30", "Spring bank holiday", NULL },
  { "2011-06-19", NULL, "Father's Day" },
  { "2011-08-29", "Summer bank holiday", NULL },
  { "2011-10-31", NULL, "Halloween" },
  { "2011-12-26", "Boxing Day", NULL },
  { "2011-12-27", "Christmas Day (substitute day)", NULL },
  { "2012-01-02", "New Year's Day (substitute day)", NULL },
};

void
aisle_sample_write_header (AisleRecordWriter *writer, const char *first, ...)
{
  va_list args;
  va_start (args, first);
  for (const char *name = first; name; name = va_arg (args, const char *))
    aisle_record_writer_add_text (writer, name);
  va_end (args);
  aisle_record_writer_end_row (writer);
}

static void
write_store_header (AisleRecordWriter *writer)
{
  aisle_sample_write_header (writer, "code", "name", "channel", "currency", "country", "zone",
                             "prices_include_tax", "opening_days", "in_totals", NULL);
}

static void
write_web_shops (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  write_store_header (writer);
  for (guint i = 0; i < content->source->n_stores; i++)
    {
      const AisleSampleStore *store = &content->source->stores[i];
      if (!content->source->has_lines[i])
        continue;
      g_autofree char *name = g_strconcat ("Web shop ", store->place, NULL);
      aisle_record_writer_add_text (writer, store->code);
      aisle_record_writer_add_text (writer, name);
      aisle_record_writer_add_text (writer, "web");
      aisle_record_writer_add_text (writer, CURRENCY);
      aisle_record_writer_add_text (writer, store->country);
      aisle_record_writer_add_text (writer, ZONE);
      aisle_record_writer_add_text (writer, "yes");
      aisle_record_writer_add_text (writer, WITHOUT_SATURDAY);
      aisle_record_writer_add_text (writer, "yes");
      aisle_record_writer_end_row (writer);
    }
}

static void
write_market_hall (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  const AisleSampleStore *store = aisle_sample_get_market_hall ();
  write_store_header (writer);
  aisle_record_writer_add_text (writer, store->code);
  aisle_record_writer_add_text (writer, store->place);
  aisle_record_writer_add_text (writer, "shop");
  aisle_record_writer_add_text (writer, CURRENCY);
  aisle_record_writer_add_text (writer, store->country);
  aisle_record_writer_add_text (writer, ZONE);
  aisle_record_writer_add_text (writer, "yes");
  aisle_record_writer_add_text (writer, MONDAY_TO_SATURDAY);
  aisle_record_writer_add_text (writer, "no");
  aisle_record_writer_end_row (writer);
}

static void
write_catalog (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  aisle_sample_write_header (writer, "sku", "name", "category", "status", "tax_class", NULL);
  for (guint i = 0; i < content->source->products->len; i++)
    {
      const AisleSampleProduct *product = aisle_sample_product (content->source, i);
      const AisleSampleItem *item = &content->range->items[i];
      const AisleSampleCategory *category = &aisle_sample_get_categories (NULL)[item->category];
      g_autofree char *path = g_strconcat (category->department, " > ", category->name, NULL);
      aisle_record_writer_add_text (writer, product->sku);
      aisle_record_writer_add_text (writer, product->name);
      aisle_record_writer_add_text (writer, product->is_service ? NULL : path);
      aisle_record_writer_add_text (writer, product->is_service ? "service"
                                            : item->is_listed   ? "active"
                                                                : "delisted");
      aisle_record_writer_add_text (writer, "standard");
      aisle_record_writer_end_row (writer);
    }
}

static void
write_suppliers (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  aisle_sample_write_header (writer, "code", "name", "country", "sku", "supplier_sku", "case_pack",
                             "minimum", "cost", "currency", "lead_time_days", "from", NULL);
  const AisleSampleSupplier *suppliers = aisle_sample_get_suppliers (NULL);
  for (guint i = 0; i < content->source->products->len; i++)
    {
      const AisleSampleItem *item = &content->range->items[i];
      const AisleSampleSupplier *supplier = &suppliers[item->supplier];
      if (item->cost_minor == 0)
        continue;
      g_autofree char *number = g_strdup_printf ("%s-%05u", supplier->code, i + 1);
      aisle_record_writer_add_text (writer, supplier->code);
      aisle_record_writer_add_text (writer, supplier->name);
      aisle_record_writer_add_text (writer, supplier->country);
      aisle_record_writer_add_text (writer, aisle_sample_product (content->source, i)->sku);
      aisle_record_writer_add_text (writer, number);
      aisle_record_writer_add_integer (writer, item->case_pack);
      aisle_record_writer_add_integer (writer, item->case_pack);
      aisle_record_writer_add_decimal (writer, item->cost_minor, 2);
      aisle_record_writer_add_text (writer, CURRENCY);
      aisle_record_writer_add_integer (writer, supplier->lead_time_days);
      aisle_record_writer_add_date (writer, content->source->first_day);
      aisle_record_writer_end_row (writer);
    }
}

static void
write_costs (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  aisle_sample_write_header (writer, "sku", "kind", "from", "supplier", "net", "currency", NULL);
  const AisleSampleSupplier *suppliers = aisle_sample_get_suppliers (NULL);
  for (guint i = 0; i < content->source->products->len; i++)
    {
      const AisleSampleItem *item = &content->range->items[i];
      if (item->cost_minor == 0)
        continue;
      aisle_record_writer_add_text (writer, aisle_sample_product (content->source, i)->sku);
      aisle_record_writer_add_text (writer, "landed");
      aisle_record_writer_add_date (writer, content->source->first_day);
      aisle_record_writer_add_text (writer, suppliers[item->supplier].code);
      aisle_record_writer_add_decimal (writer, item->cost_minor, 2);
      aisle_record_writer_add_text (writer, CURRENCY);
      aisle_record_writer_end_row (writer);
    }
}

static void
write_barcodes (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  aisle_sample_write_header (writer, "code", "sku", "units_per_scan", NULL);
  for (guint i = 0; i < content->source->products->len; i++)
    {
      const AisleSampleItem *item = &content->range->items[i];
      if (!*item->barcode)
        continue;
      aisle_record_writer_add_text (writer, item->barcode);
      aisle_record_writer_add_text (writer, aisle_sample_product (content->source, i)->sku);
      aisle_record_writer_add_integer (writer, 1);
      aisle_record_writer_end_row (writer);
    }
}

static void
write_listing (AisleRecordWriter *writer,
               const char *store,
               const char *sku,
               AisleDate from,
               AisleDate to)
{
  aisle_record_writer_add_text (writer, store);
  aisle_record_writer_add_text (writer, sku);
  aisle_record_writer_add_date (writer, from);
  if (aisle_date_is_valid (to))
    aisle_record_writer_add_date (writer, to);
  else
    aisle_record_writer_add_text (writer, NULL);
  aisle_record_writer_end_row (writer);
}

static void
write_listings (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  const AisleSampleSource *source = content->source;
  aisle_sample_write_header (writer, "store", "sku", "from", "to", NULL);
  for (guint i = 0; i < source->series->len; i++)
    {
      const AisleSampleSeries *series = aisle_sample_series (source, i);
      const AisleSampleListing *listing = &content->range->listings[i];
      if (aisle_date_is_valid (listing->from))
        write_listing (writer, source->stores[series->store].code,
                       aisle_sample_product (source, series->product)->sku, listing->from,
                       listing->to);
    }
  for (guint i = 0; i < content->market->items->len; i++)
    {
      guint product = g_array_index (content->market->items, AisleSampleMarketItem, i).product;
      write_listing (writer, aisle_sample_get_market_hall ()->code,
                     aisle_sample_product (source, product)->sku, source->first_day,
                     AISLE_DATE_NONE);
    }
}

/* Days without any sale are closed days, not days of zero demand; Saturdays are no opening days. */
static void
write_calendar (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  aisle_sample_write_header (writer, "day", "country", "holiday", "event", "closed", NULL);
  for (AisleDate day = content->source->first_day; day <= content->source->last_day; day++)
    if (aisle_sample_source_is_closed (content->source, day))
      {
        aisle_record_writer_add_date (writer, day);
        aisle_record_writer_add_text (writer, NULL);
        aisle_record_writer_add_text (writer, NULL);
        aisle_record_writer_add_text (writer, NULL);
        aisle_record_writer_add_text (writer, "yes");
        aisle_record_writer_end_row (writer);
      }
  for (gsize i = 0; i < G_N_ELEMENTS (british_days); i++)
    {
      AisleDate day = aisle_date_parse_iso (british_days[i].day, -1);
      gboolean is_closed = aisle_sample_source_is_closed (content->source, day);
      aisle_record_writer_add_date (writer, day);
      aisle_record_writer_add_text (writer, "GB");
      aisle_record_writer_add_text (writer, british_days[i].holiday);
      aisle_record_writer_add_text (writer, british_days[i].event);
      aisle_record_writer_add_text (writer, is_closed ? "yes" : "no");
      aisle_record_writer_end_row (writer);
    }
}

static void
write_customers (const AisleSampleContent *content, AisleRecordWriter *writer)
{
  aisle_sample_write_header (writer, "customer", "country", "protected:region",
                             "protected:age_band", "attribute:settlement", NULL);
  for (guint i = 0; i < content->customers->len; i++)
    {
      const AisleSampleCustomer *customer =
          &g_array_index (content->customers, AisleSampleCustomer, i);
      aisle_record_writer_add_integer (writer, customer->number);
      aisle_record_writer_add_text (writer, content->source->stores[customer->store].country);
      aisle_record_writer_add_text (writer, customer->region);
      aisle_record_writer_add_text (writer, customer->age_band);
      aisle_record_writer_add_text (writer, customer->settlement);
      aisle_record_writer_end_row (writer);
    }
}

#define ASK AISLE_IMPORT_PRICES_ASK
#define NET AISLE_IMPORT_PRICES_NET
#define GROSS AISLE_IMPORT_PRICES_GROSS

const AisleSampleFile aisle_sample_files[] = {
  { "web-shops", AISLE_IMPORT_STORES, ASK, FALSE, 0.005, write_web_shops },
  { "market-hall", AISLE_IMPORT_STORES, ASK, TRUE, 0.005, write_market_hall },
  { "catalog", AISLE_IMPORT_CATALOG, ASK, FALSE, 0.02, write_catalog },
  { "suppliers", AISLE_IMPORT_SUPPLIERS, NET, TRUE, 0.02, write_suppliers },
  { "costs", AISLE_IMPORT_COSTS, NET, TRUE, 0.02, write_costs },
  { "barcodes", AISLE_IMPORT_BARCODES, ASK, TRUE, 0.01, write_barcodes },
  { "listings", AISLE_IMPORT_LISTINGS, ASK, TRUE, 0.05, write_listings },
  { "calendar", AISLE_IMPORT_CALENDAR, ASK, FALSE, 0.01, write_calendar },
  { "customers", AISLE_IMPORT_CUSTOMERS, ASK, TRUE, 0.03, write_customers },
  { "receipts", AISLE_IMPORT_SALES, NET, FALSE, 0.5, aisle_sample_write_receipts },
  { "market-hall-days", AISLE_IMPORT_SALES, GROSS, TRUE, 0.1, aisle_sample_write_market_days },
  { "market-hall-prices", AISLE_IMPORT_PRICES, GROSS, TRUE, 0.01,
    aisle_sample_write_market_prices },
  { "stock", AISLE_IMPORT_STOCK, ASK, TRUE, 0.2, aisle_sample_write_stock },
  { NULL, 0, 0, FALSE, 0, NULL },
};
