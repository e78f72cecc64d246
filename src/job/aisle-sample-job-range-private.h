/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-random.h"
#include "aisle-sample-job-source-private.h"

/* What the sample's generator makes up: the range, its costs, Market Hall, stock. Everything hangs
 * on the seed and the thing's own code, never on the order in which things are made. */

/* A stream of random numbers for one purpose and one thing. */
AisleRandom aisle_sample_stream (guint64 seed, const char *purpose, const char *key);
/* Uniform between the two. */
double aisle_sample_between (AisleRandom *random, double low, double high);

/* ---- aisle-sample-job-categories.c */

typedef enum
{
  AISLE_SAMPLE_ALL_YEAR,
  AISLE_SAMPLE_CHRISTMAS,
  AISLE_SAMPLE_EASTER,
  AISLE_SAMPLE_SUMMER,
} AisleSampleSeason;

typedef struct
{
  const char *department;
  const char *name;
  double margin_share; /* usual margin on the net price, 0..1 */
  AisleSampleSeason season;
  const char *keywords; /* between '|', in upper case; each is the beginning of a word, or with a
                           blank behind it a whole one */
} AisleSampleCategory;

const AisleSampleCategory *aisle_sample_get_categories (guint *n);
/* The first category that has a keyword in the name; the last ("Other") where none has or `name` is
 * NULL. */
guint aisle_sample_find_category (const char *name);

/* ---- aisle-sample-job-range.c */

typedef struct
{
  const char *code;
  const char *name;
  const char *country;
  guint lead_time_days;
  const char *departments; /* names between '|'; "" all */
} AisleSampleSupplier;

const AisleSampleSupplier *aisle_sample_get_suppliers (guint *n);

/* What is made up about a product. */
typedef struct
{
  guint category;
  guint supplier;
  guint case_pack;
  gint64 net_minor; /* usual net price over the stores: real, the base of the cost; 0: never sold */
  gint64 cost_minor;  /* 0: none */
  gboolean is_listed; /* somewhere */
  char barcode[14];
} AisleSampleItem;

/* Where a product is sold, web shops and Market Hall alike. */
typedef struct
{
  AisleDate from;
  AisleDate to; /* AISLE_DATE_NONE: open */
} AisleSampleListing;

typedef struct
{
  AisleSampleItem *items;       /* by product */
  AisleSampleListing *listings; /* by series; `from` AISLE_DATE_NONE: not listed */
} AisleSampleRange;

AisleSampleRange *aisle_sample_range_new (const AisleSampleSource *source, guint64 seed);
void aisle_sample_range_free (AisleSampleRange *range);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleSampleRange, aisle_sample_range_free)

/* TRUE where the listing is open on the last day. */
static inline gboolean
aisle_sample_listing_is_open (const AisleSampleListing *listing)
{
  return aisle_date_is_valid (listing->from) && !aisle_date_is_valid (listing->to);
}

/* ---- aisle-sample-job-market.c: the store Market Hall, made up from the range */

typedef struct
{
  guint product;
  gint64 gross_minor;  /* shelf price */
  gint32 *units;       /* by day from the source's first day; 0 on closed days */
  gint32 *wanted;      /* what shoppers asked for; more than units where the shelf was empty */
  guint8 *percent_off; /* by day; 0: no promotion */
} AisleSampleMarketItem;

typedef struct
{
  GArray *items; /* of AisleSampleMarketItem, by product; the market owns the arrays in it */
  guint n_days;
} AisleSampleMarket;

AisleSampleMarket *aisle_sample_market_new (const AisleSampleSource *source,
                                            const AisleSampleRange *range,
                                            guint64 seed);
void aisle_sample_market_free (AisleSampleMarket *market);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleSampleMarket, aisle_sample_market_free)

/* ---- aisle-sample-job-stock.c: a stock book that fits the sales */

typedef struct
{
  guint n_days;
  const gint32
      *units; /* sold less brought back by day, may be negative; of a market item: wanted */
  guint case_pack;
  guint lead_time_days;
  gboolean
      is_binding; /* TRUE: what is not on hand is not sold. FALSE: sales are facts, so goods came */
  double cover_share; /* 1: orders for lead time and review; below: tight; above: too much */
} AisleSampleStockTask;

/* Fills on_hand and on_order at the end of each day, in units, and for binding tasks sold. Each
 * array has n_days entries; `sold` may be NULL where the task is not binding. */
void aisle_sample_stock_simulate (const AisleSampleStockTask *task,
                                  gint32 *on_hand,
                                  gint32 *on_order,
                                  gint32 *sold);
/* How generously a product is stocked in a store: mostly about right, some tight, some far too
 * much. */
double aisle_sample_stock_cover (guint64 seed, const char *store, const char *sku);
