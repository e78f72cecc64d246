/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-date.h"
#include "aisle-progress.h"

/* The published invoice lines in memory, with what follows from them alone: stores, products,
 * series (a product in a store) and inferred shelf prices. Nothing here is made up. */

#define AISLE_SAMPLE_NO_CUSTOMER G_MAXUINT32
/* 20 %, the British standard rate from 2011-01-04, used throughout. */
#define AISLE_SAMPLE_TAX_PPM 200000

typedef enum
{
  AISLE_SAMPLE_SALE,
  AISLE_SAMPLE_RETURN, /* invoice C...: a cancellation or return */
  AISLE_SAMPLE_VOID,   /* price 0 and no customer, or bad debt: a booking of the warehouse or the
                          books */
} AisleSampleKind;

typedef struct
{
  const char *invoice; /* as published; owned by the source */
  const char *code;    /* as published */
  guint32 product;
  guint32 store;
  guint32 customer; /* the published number, or AISLE_SAMPLE_NO_CUSTOMER */
  AisleDate day;
  gint32 second;      /* after midnight, local time of the retailer */
  gint32 quantity;    /* as published: negative for cancellations */
  gint32 price_milli; /* net price paid for one unit, thousandths of a pound, as published */
  AisleSampleKind kind;
} AisleSampleLine;

typedef struct
{
  char *sku;           /* in upper case */
  char *name;          /* the most frequent sensible description; NULL: there is none */
  gboolean is_service; /* postage, fees, vouchers: no goods */
  AisleDate last_day;  /* of a sale; AISLE_DATE_NONE: never sold */
  guint n_sales;       /* lines */
} AisleSampleProduct;

/* One store of the sample: a market of the source, or Market Hall. All strings are static. */
typedef struct
{
  const char *market; /* the column Country; NULL for Market Hall */
  const char *code;
  const char *country; /* ISO 3166 where the market is a country */
  const char *place;   /* as in "Web shop Germany" */
} AisleSampleStore;

/* A product in a web shop, by store and then product. */
typedef struct
{
  guint store;
  guint product;
  guint begin; /* into by_series */
  guint end;
  AisleDate first_day; /* of sales; AISLE_DATE_NONE: no sale with a price */
  AisleDate last_day;
  guint n_sales;
  gint64 net_minor;         /* inferred net price, pence; 0: no price was ever paid */
  gboolean is_price_recent; /* of the last 8 weeks, else over all */
} AisleSampleSeries;

typedef struct
{
  GArray *lines;                  /* of AisleSampleLine, in the file's order */
  GArray *products;               /* of AisleSampleProduct, in order of SKU */
  GArray *series;                 /* of AisleSampleSeries */
  GArray *by_series;              /* of guint: numbers of lines */
  const AisleSampleStore *stores; /* markets only */
  guint n_stores;
  gboolean *has_lines; /* by store: whether the file has any of it */
  AisleDate first_day;
  AisleDate last_day;
  gboolean *sold_on; /* by day from first_day: whether any shop sold anything */
  GStringChunk *strings;
  GHashTable *sku_to_product;
} AisleSampleSource;

/* Reads `path`. Errors name the file and its line. */
AisleSampleSource *
aisle_sample_source_read (const char *path, const AisleProgress *progress, GError **error);
void aisle_sample_source_free (AisleSampleSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleSampleSource, aisle_sample_source_free)

#define aisle_sample_line(source, i) (&g_array_index ((source)->lines, AisleSampleLine, (i)))
#define aisle_sample_product(source, i)                                                            \
  (&g_array_index ((source)->products, AisleSampleProduct, (i)))
#define aisle_sample_series(source, i) (&g_array_index ((source)->series, AisleSampleSeries, (i)))

/* TRUE on days on which no shop sold anything although it was not a Saturday. */
gboolean aisle_sample_source_is_closed (const AisleSampleSource *source, AisleDate day);

/* ---- aisle-sample-job-prices.c */

/* Fills net_minor and is_price_recent of each series: the net price that most lines of the last 8
 * weeks paid in the store, else over all; of equally frequent ones, the one paid last. Prices of 0,
 * below a penny, returns and voids do not count. */
void aisle_sample_source_infer_prices (AisleSampleSource *source);

/* ---- aisle-sample-job-names.c: what the texts of the source mean */

/* NULL-terminated by `market` = NULL; `*n` (or NULL) gets the count. */
const AisleSampleStore *aisle_sample_get_stores (guint *n);
const AisleSampleStore *aisle_sample_get_market_hall (void);

/* `sku` in upper case. */
gboolean aisle_sample_is_service (const char *sku);
/* FALSE for notes of the warehouse ("?", "damaged", "wrong barcode", "thrown away-rusty"). */
gboolean aisle_sample_is_sensible_name (const char *text);
/* Blanks at the ends removed and runs of them made one. Free with g_free(). */
char *aisle_sample_clean_name (const char *text);
