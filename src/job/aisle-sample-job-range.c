/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-range-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GB "GB"
/* A product that a web shop has not sold for so long is not ranged any more. */
#define LISTED_DAYS_GB 91
#define LISTED_DAYS_ABROAD 182
#define LISTING_RUN_OUT_DAYS 14
/* EAN-13 of the range 20-29, which GS1 leaves to a company's own use: 29, ten digits, check digit.
 */
#define BARCODE_PREFIX "29"
#define THIN_MARGIN_SHARE 0.04

/* All names are invented. */
static const AisleSampleSupplier suppliers[] = {
  { "S01", "Ashdown Homewares Ltd", "GB", 5, "Home|Kitchen and dining" },
  { "S02", "Brightwater Candle Works", "GB", 7, "Home" },
  { "S03", "Calder Paper and Card", "GB", 4, "Paper and party" },
  { "S04", "Dovedale Textiles", "GB", 7, "Home|Kitchen and dining|Accessories" },
  { "S05", "Eastgate Toys", "GB", 5, "Toys and craft" },
  { "S06", "Fernhill Garden Supply", "GB", 6, "Garden and outdoor" },
  { "S07", "Gulden en Zoon BV", "NL", 10, "Garden and outdoor|Home" },
  { "S08", "Hagenbach Keramik", "DE", 12, "Kitchen and dining" },
  { "S09", "Irmscher Weihnacht", "DE", 14, "Seasonal" },
  { "S10", "Jolivet Decoration", "FR", 10, "Home|Kitchen and dining" },
  { "S11", "Kadikoy Glass", "TR", 21, "Kitchen and dining|Home" },
  { "S12", "Lakshmi Handicrafts", "IN", 28, "Home|Accessories|Seasonal" },
  { "S13", "Meera Exports", "IN", 28, "Accessories" },
  { "S14", "Ningbo Evergood", "CN", 35, "Kitchen and dining|Home|Seasonal" },
  { "S15", "Ouyang Gift Trading", "CN", 35, "Toys and craft|Paper and party|Seasonal" },
  { "S16", "Pearl Delta Accessories", "CN", 35, "Accessories" },
  { "S17", "Quanzhou Lantern Factory", "CN", 42, "Home|Garden and outdoor" },
  { "S18", "Ridgeway Wholesale", "GB", 3, "" },
};

static const guint case_packs_cheap[] = { 12, 24, 24, 36, 48 };
static const guint case_packs_low[] = { 6, 12, 12, 24 };
static const guint case_packs_middle[] = { 4, 6, 6, 8, 12 };
static const guint case_packs_high[] = { 1, 2, 2, 4 };

AisleRandom
aisle_sample_stream (guint64 seed, const char *purpose, const char *key)
{
  /* FNV-1a, 64 bits, over both texts. */
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);
  const char *const texts[] = { purpose, key };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      for (const char *p = texts[i]; *p; p++)
        hash = (hash ^ (guchar) *p) * G_GUINT64_CONSTANT (1099511628211);
      hash = (hash ^ 0xff) * G_GUINT64_CONSTANT (1099511628211);
    }
  AisleRandom random;
  aisle_random_init (&random, seed ^ hash);
  return random;
}

double
aisle_sample_between (AisleRandom *random, double low, double high)
{
  return low + (high - low) * aisle_random_uniform (random);
}

const AisleSampleSupplier *
aisle_sample_get_suppliers (guint *n)
{
  if (n)
    *n = G_N_ELEMENTS (suppliers);
  return suppliers;
}

static gboolean
supplies (const AisleSampleSupplier *supplier, const char *department)
{
  if (!*supplier->departments)
    return TRUE;
  g_auto (GStrv) departments = g_strsplit (supplier->departments, "|", -1);
  return g_strv_contains ((const char *const *) departments, department);
}

static guint
choose_supplier (AisleRandom *random, const char *department)
{
  guint fitting[G_N_ELEMENTS (suppliers)], n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (suppliers); i++)
    if (supplies (&suppliers[i], department))
      fitting[n++] = i;
  return fitting[aisle_random_below (random, n)];
}

static guint
choose_case_pack (AisleRandom *random, gint64 net_minor)
{
  if (net_minor < 60)
    return case_packs_cheap[aisle_random_below (random, G_N_ELEMENTS (case_packs_cheap))];
  if (net_minor < 200)
    return case_packs_low[aisle_random_below (random, G_N_ELEMENTS (case_packs_low))];
  if (net_minor < 800)
    return case_packs_middle[aisle_random_below (random, G_N_ELEMENTS (case_packs_middle))];
  return case_packs_high[aisle_random_below (random, G_N_ELEMENTS (case_packs_high))];
}

/* The price in the British shop, else the middle one of the others. */
static gint64
usual_price (GArray *prices, gint64 british)
{
  if (british > 0 || prices->len == 0)
    return british;
  for (guint i = 1; i < prices->len; i++)
    for (guint k = i; k > 0; k--)
      {
        gint64 *here = &g_array_index (prices, gint64, k);
        if (here[-1] <= here[0])
          break;
        gint64 swap = here[-1];
        here[-1] = here[0];
        here[0] = swap;
      }
  return g_array_index (prices, gint64, prices->len / 2);
}

/* Below the lowest price of any shop, so that ordinary selling earns something; a shop that sells
 * at less than half the usual price clears out, and does not pull the cost down. A few products
 * have thin margins. */
static gint64
make_cost (AisleRandom *random, double margin_share, gint64 usual, const GArray *prices)
{
  gint64 lowest = usual;
  for (guint i = 0; i < prices->len; i++)
    {
      gint64 price = g_array_index (prices, gint64, i);
      if (2 * price >= usual)
        lowest = MIN (lowest, price);
    }
  double margin = CLAMP (margin_share + 0.06 * aisle_random_normal (random), 0.25, 0.75);
  double most = 0.95;
  if (aisle_random_uniform (random) < THIN_MARGIN_SHARE)
    {
      margin = aisle_sample_between (random, 0.01, 0.12);
      most = 0.99;
    }
  double cost = MIN ((1 - margin) * (double) usual, most * (double) lowest);
  return MAX (1, (gint64) floor (cost));
}

static void
make_barcode (guint number, char barcode[14])
{
  g_snprintf (barcode, 14, BARCODE_PREFIX "%010u", 1000 + number * 7);
  guint sum = 0;
  for (guint i = 0; i < 12; i++)
    sum += (guint) (barcode[i] - '0') * (i % 2 ? 3 : 1);
  barcode[12] = (char) ('0' + (10 - sum % 10) % 10);
  barcode[13] = '\0';
}

static void
make_listing (const AisleSampleSource *source,
              const AisleSampleSeries *series,
              AisleSampleListing *listing)
{
  listing->from = listing->to = AISLE_DATE_NONE;
  if (aisle_sample_product (source, series->product)->is_service || series->net_minor == 0)
    return;
  gboolean is_british = strcmp (source->stores[series->store].code, GB) == 0;
  AisleDate since = source->last_day - (is_british ? LISTED_DAYS_GB : LISTED_DAYS_ABROAD);
  listing->from = series->first_day;
  if (series->last_day < since)
    listing->to = series->last_day + LISTING_RUN_OUT_DAYS;
}

static void
make_item (const AisleSampleSource *source,
           guint number,
           gint64 british,
           GArray *prices,
           guint64 seed,
           AisleSampleItem *item)
{
  const AisleSampleProduct *product = aisle_sample_product (source, number);
  const AisleSampleCategory *category = &aisle_sample_get_categories (
      NULL)[item->category = aisle_sample_find_category (product->name)];
  AisleRandom random = aisle_sample_stream (seed, "range", product->sku);
  item->net_minor = usual_price (prices, british);
  item->supplier = choose_supplier (&random, category->department);
  item->case_pack = choose_case_pack (&random, item->net_minor);
  if (item->net_minor > 0)
    item->cost_minor = make_cost (&random, category->margin_share, item->net_minor, prices);
  make_barcode (number, item->barcode);
}

AisleSampleRange *
aisle_sample_range_new (const AisleSampleSource *source, guint64 seed)
{
  guint n = source->products->len;
  AisleSampleRange *range = g_new0 (AisleSampleRange, 1);
  range->items = g_new0 (AisleSampleItem, n);
  range->listings = g_new0 (AisleSampleListing, source->series->len);
  g_autofree gint64 *british = g_new0 (gint64, n);
  g_autoptr (GPtrArray) prices = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (prices, g_array_new (FALSE, FALSE, sizeof (gint64)));

  for (guint i = 0; i < source->series->len; i++)
    {
      const AisleSampleSeries *series = aisle_sample_series (source, i);
      make_listing (source, series, &range->listings[i]);
      range->items[series->product].is_listed |= aisle_sample_listing_is_open (&range->listings[i]);
      if (series->net_minor <= 0)
        continue;
      g_array_append_val (g_ptr_array_index (prices, series->product), series->net_minor);
      if (strcmp (source->stores[series->store].code, GB) == 0)
        british[series->product] = series->net_minor;
    }
  for (guint i = 0; i < n; i++)
    if (!aisle_sample_product (source, i)->is_service)
      make_item (source, i, british[i], g_ptr_array_index (prices, i), seed, &range->items[i]);
  return range;
}

void
aisle_sample_range_free (AisleSampleRange *range)
{
  if (!range)
    return;
  g_free (range->items);
  g_free (range->listings);
  g_free (range);
}
