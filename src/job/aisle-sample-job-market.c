/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-range-private.h"

#include "aisle-money.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_ITEMS 300
#define SUNDAY 7
#define LOWEST_NET_MINOR 40
#define HIGHEST_NET_MINOR 2500
#define PROMOTED_SHARE 0.35
#define ELASTICITY (-2.2) /* planted: how promotions lift sales */

/* Monday to Saturday; the mean over the week is 1. */
static const double weekday_factors[] = { 0.74, 0.78, 0.86, 0.98, 1.16, 1.48 };

typedef struct
{
  guint product;
  guint n_sales;
} Candidate;

/* FALSE on Sundays and on days on which the source has no sales. */
static gboolean
is_open (const AisleSampleSource *source, AisleDate day)
{
  if (aisle_date_weekday (day) == SUNDAY || aisle_sample_source_is_closed (source, day))
    return FALSE;
  /* The source has no Saturdays, so holidays that fall on one show in their neighbours. */
  return !(aisle_sample_source_is_closed (source, day - 1)
           && (day + 1 > source->last_day || aisle_sample_source_is_closed (source, day + 1)));
}

static int
compare_candidate_cb (gconstpointer a, gconstpointer b)
{
  const Candidate *one = a, *other = b;
  if (one->n_sales != other->n_sales)
    return one->n_sales > other->n_sales ? -1 : 1;
  return one->product < other->product ? -1 : one->product > other->product;
}

/* What the web shops sell most often and still have, of everyday prices. */
static GArray *
choose_products (const AisleSampleSource *source, const AisleSampleRange *range)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  for (guint i = 0; i < source->products->len; i++)
    {
      const AisleSampleItem *item = &range->items[i];
      Candidate candidate = { i, aisle_sample_product (source, i)->n_sales };
      if (item->is_listed && item->net_minor >= LOWEST_NET_MINOR
          && item->net_minor <= HIGHEST_NET_MINOR)
        g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, compare_candidate_cb);
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < candidates->len && i < N_ITEMS; i++)
    g_array_append_val (chosen, g_array_index (candidates, Candidate, i).product);
  return chosen;
}

/* The web shop's price with tax, a little dearer, on an ending that a shop would choose; never
 * below cost and a fifth. */
static gint64
choose_price (const AisleSampleItem *item, AisleRandom *random)
{
  double gross = (double) aisle_money_gross_from_net (item->net_minor, AISLE_SAMPLE_TAX_PPM);
  double floor_gross =
      1.2 * (double) aisle_money_gross_from_net (item->cost_minor, AISLE_SAMPLE_TAX_PPM);
  double wanted = MAX (gross * aisle_sample_between (random, 0.98, 1.15), floor_gross);
  gint64 minor = (gint64) ceil (wanted);
  if (minor < 200)
    return (minor + 4) / 5 * 5;
  return (minor + 9) / 10 * 10 - 1 < minor ? (minor + 9) / 10 * 10 + 9 : (minor + 9) / 10 * 10 - 1;
}

static double
season_factor (AisleSampleSeason season, AisleDate day)
{
  int month, day_of_month;
  aisle_date_to_ymd (day, NULL, &month, &day_of_month);
  double year = month == 12 ? (day_of_month < 24 ? 1.9 : 0.9) : month <= 2 ? 0.75 : 1;
  double days_to_easter = aisle_date_from_ymd (2011, 4, 24) - day;
  switch (season)
    {
    case AISLE_SAMPLE_CHRISTMAS:
      return month == 12 && day_of_month < 25 ? 2.5 : month == 1 ? 0.3 : month >= 8 ? 0.35 : 0.08;
    case AISLE_SAMPLE_EASTER:
      return days_to_easter > 0 && days_to_easter < 50 ? 2.5 - 0.03 * days_to_easter : 0.15;
    case AISLE_SAMPLE_SUMMER:
      return year * (month >= 5 && month <= 8 ? 1.5 : 0.75);
    default:
      return year;
    }
}

static void
plan_promotions (AisleSampleMarketItem *item, guint n_days, AisleRandom *random)
{
  static const guint8 percents[] = { 10, 15, 20, 25, 30 };
  if (aisle_random_uniform (random) >= PROMOTED_SHARE || n_days < 60)
    return;
  guint n = 1 + (guint) aisle_random_below (random, 3);
  for (guint i = 0; i < n; i++)
    {
      /* The last week is free of them, so that shelf prices today are regular ones. */
      guint length = 7 + 7 * (guint) aisle_random_below (random, 2);
      guint begin = (guint) aisle_random_below (random, n_days - length - 7);
      guint8 percent = percents[aisle_random_below (random, G_N_ELEMENTS (percents))];
      for (guint day = begin; day < begin + length; day++)
        item->percent_off[day] = percent;
    }
}

/* Poisson around a rate that itself varies from day to day, so that counts are wider than
 * Poisson's. */
static gint32
draw_units (AisleRandom *random, double rate)
{
  double mean = rate * exp (0.35 * aisle_random_normal (random) - 0.06125);
  return (gint32) aisle_random_poisson (random, MIN (mean, 500));
}

static AisleSampleMarketItem
make_item (const AisleSampleSource *source,
           const AisleSampleRange *range,
           guint product,
           guint n_days,
           guint64 seed)
{
  const AisleSampleItem *base = &range->items[product];
  const char *sku = aisle_sample_product (source, product)->sku;
  const AisleSampleCategory *category = &aisle_sample_get_categories (NULL)[base->category];
  AisleRandom random = aisle_sample_stream (seed, "market", sku);
  AisleSampleMarketItem item = {
    .product = product,
    .gross_minor = choose_price (base, &random),
    .units = g_new0 (gint32, n_days),
    .wanted = g_new0 (gint32, n_days),
    .percent_off = g_new0 (guint8, n_days),
  };
  plan_promotions (&item, n_days, &random);
  double rate =
      exp (0.2 + 0.8 * aisle_random_normal (&random)) / sqrt ((double) base->net_minor / 200);
  double trend = aisle_sample_between (&random, -0.3, 0.3);
  for (guint day = 0; day < n_days; day++)
    {
      AisleDate date = source->first_day + (gint32) day;
      if (!is_open (source, date))
        {
          item.percent_off[day] = 0;
          continue;
        }
      double today = rate * weekday_factors[aisle_date_weekday (date) - 1]
                     * season_factor (category->season, date) * (1 + trend * day / n_days)
                     * pow (1 - item.percent_off[day] / 100.0, ELASTICITY);
      item.wanted[day] = draw_units (&random, today);
    }
  return item;
}

/* What was on hand decides what could be sold. The same book is kept again for the stock file. */
static void
sell (const AisleSampleSource *source,
      const AisleSampleRange *range,
      AisleSampleMarketItem *item,
      guint n_days,
      guint64 seed)
{
  const AisleSampleItem *base = &range->items[item->product];
  AisleSampleStockTask task = {
    .n_days = n_days,
    .units = item->wanted,
    .case_pack = base->case_pack,
    .lead_time_days = aisle_sample_get_suppliers (NULL)[base->supplier].lead_time_days,
    .is_binding = TRUE,
    .cover_share = aisle_sample_stock_cover (seed, aisle_sample_get_market_hall ()->code,
                                             aisle_sample_product (source, item->product)->sku),
  };
  g_autofree gint32 *on_hand = g_new (gint32, n_days);
  g_autofree gint32 *on_order = g_new (gint32, n_days);
  aisle_sample_stock_simulate (&task, on_hand, on_order, item->units);
}

AisleSampleMarket *
aisle_sample_market_new (const AisleSampleSource *source,
                         const AisleSampleRange *range,
                         guint64 seed)
{
  AisleSampleMarket *market = g_new0 (AisleSampleMarket, 1);
  market->items = g_array_new (FALSE, FALSE, sizeof (AisleSampleMarketItem));
  market->n_days = (guint) (source->last_day - source->first_day) + 1;
  g_autoptr (GArray) products = choose_products (source, range);
  for (guint i = 0; i < products->len; i++)
    {
      AisleSampleMarketItem item =
          make_item (source, range, g_array_index (products, guint, i), market->n_days, seed);
      sell (source, range, &item, market->n_days, seed);
      g_array_append_val (market->items, item);
    }
  return market;
}

void
aisle_sample_market_free (AisleSampleMarket *market)
{
  if (!market)
    return;
  for (guint i = 0; i < market->items->len; i++)
    {
      AisleSampleMarketItem *item = &g_array_index (market->items, AisleSampleMarketItem, i);
      g_free (item->units);
      g_free (item->wanted);
      g_free (item->percent_off);
    }
  g_array_unref (market->items);
  g_free (market);
}
