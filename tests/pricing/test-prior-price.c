/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-prior-price.h"

#include "aisle-random.h"

#include <string.h>

#define START 20000 /* the day of the reduction in every case */

static AislePriorPrice
ask (const AislePriceEntry *history, gsize n, gint64 new_price)
{
  return aisle_prior_price (history, n, START, new_price, NULL);
}

static void
test_flat (void)
{
  const AislePriceEntry history[] = { { START - 100, 1000 } };
  AislePriorPrice prior = ask (history, 1, 800);
  g_assert_true (prior.is_known && prior.is_genuine_reduction);
  g_assert_cmpint (prior.prior_minor, ==, 1000);
  g_assert_cmpint (prior.percent_shown_ppm, ==, 200000);
  g_assert_cmpint (prior.window_from, ==, START - 30);
  g_assert_cmpint (prior.window_to, ==, START - 1);
  g_assert_cmpint (prior.days_covered, ==, 30);
}

static void
test_raised_then_cut (void)
{
  const AislePriceEntry history[] = { { START - 100, 1000 }, { START - 10, 1400 } };
  AislePriorPrice prior = ask (history, 2, 1100);
  g_assert_cmpint (prior.prior_minor, ==, 1000);
  g_assert_false (prior.is_genuine_reduction);
  g_assert_cmpint (prior.percent_shown_ppm, ==, 0);
}

static void
test_flash_sale_inside_window (void)
{
  const AislePriceEntry history[] = { { START - 100, 1000 },
                                      { START - 20, 600 },
                                      { START - 18, 1000 } };
  AislePriorPrice prior = ask (history, 3, 800);
  g_assert_cmpint (prior.prior_minor, ==, 600);
  g_assert_cmpint (prior.applied_on, ==, START - 20);
  g_assert_false (prior.is_genuine_reduction);
}

/* The last day of the low price is the 31st before, then the 30th before. */
static void
test_window_edge (void)
{
  AislePriceEntry history[] = { { START - 100, 1000 }, { START - 40, 600 }, { START - 30, 1000 } };
  g_assert_cmpint (ask (history, 3, 800).prior_minor, ==, 1000);
  history[2].from = START - 29;
  AislePriorPrice prior = ask (history, 3, 800);
  g_assert_cmpint (prior.prior_minor, ==, 600);
  g_assert_cmpint (prior.applied_on, ==, START - 30);
}

/* Once the sale runs, the last 30 days up to today hold the sale's own price; the prior price does
 * not care. */
static void
test_frozen_at_the_start (void)
{
  const AislePriceEntry before[] = { { START - 100, 1000 } };
  const AislePriceEntry running[] = {
    { START - 100, 1000 }, { START, 800 }, { START + 5, 1200 }, { START + 9, 100 }
  };
  AislePriorPrice first = ask (before, 1, 800), later = ask (running, 4, 800);
  g_assert_cmpmem (&first, sizeof first, &later, sizeof later);
}

static void
test_equal_price_is_no_reduction (void)
{
  const AislePriceEntry history[] = { { START - 100, 1000 } };
  g_assert_false (ask (history, 1, 1000).is_genuine_reduction);
  g_assert_true (ask (history, 1, 999).is_genuine_reduction);
}

static void
test_order_does_not_matter (void)
{
  AislePriceEntry history[] = { { START - 60, 900 },
                                { START - 25, 700 },
                                { START - 12, 1100 },
                                { START - 3, 800 },
                                { START + 2, 100 } };
  AislePriorPrice wanted = ask (history, 5, 650);
  g_assert_cmpint (wanted.prior_minor, ==, 700);
  for (int turn = 0; turn < 5; turn++)
    {
      AislePriceEntry first = history[0];
      memmove (history, history + 1, 4 * sizeof first);
      history[4] = first;
      AislePriorPrice got = ask (history, 5, 650);
      g_assert_cmpmem (&got, sizeof got, &wanted, sizeof wanted);
    }
}

static void
test_new_on_the_market (void)
{
  const AislePriceEntry history[] = { { START - 7, 500 } };
  AislePriorPrice prior = ask (history, 1, 400);
  g_assert_true (prior.is_genuine_reduction);
  g_assert_cmpint (prior.days_covered, ==, 7);
  g_assert_cmpint (prior.applied_on, ==, START - 7);
}

static void
test_nothing_known (void)
{
  const AislePriceEntry later[] = { { START, 500 }, { START + 1, 400 } };
  const AislePriceEntry no_prices[] = { { START - 50, 0 },
                                        { START - 9, -300 },
                                        { AISLE_DATE_NONE, 9 } };
  g_assert_false (ask (NULL, 0, 400).is_known);
  g_assert_false (ask (later, 2, 300).is_known);
  g_assert_false (ask (no_prices, 3, 300).is_known);
  g_assert_false (ask (later, 2, 300).is_genuine_reduction);
  g_assert_false (aisle_prior_price (later, 2, AISLE_DATE_NONE, 300, NULL).is_known);
}

static void
test_no_price_is_no_reduction (void)
{
  const AislePriceEntry history[] = { { START - 100, 1000 } };
  g_assert_false (ask (history, 1, 0).is_genuine_reduction);
  g_assert_false (ask (history, 1, -5).is_genuine_reduction);
}

static void
test_two_prices_of_one_day (void)
{
  const AislePriceEntry history[] = { { START - 100, 1000 },
                                      { START - 5, 700 },
                                      { START - 5, 1000 } };
  g_assert_cmpint (ask (history, 3, 800).prior_minor, ==, 700);
}

static AislePriorPriceOptions
campaign_from (AisleDate day)
{
  AislePriorPriceOptions options = AISLE_PRIOR_PRICE_OPTIONS_DEFAULT;
  options.campaign_start = day;
  return options;
}

static void
test_progressive (void)
{
  AislePriceEntry history[] = { { START - 90, 10000 }, { START - 19, 8000 }, { START - 10, 7000 } };
  AislePriorPriceOptions options = campaign_from (START - 19);
  AislePriorPrice prior = aisle_prior_price (history, 3, START, 5000, &options);
  g_assert_true (prior.is_progressive);
  g_assert_cmpint (prior.prior_minor, ==, 10000);
  g_assert_cmpint (prior.percent_shown_ppm, ==, 500000);

  /* Interrupted: the price went up in between. The plain rule holds. */
  history[2].price_minor = 9000;
  prior = aisle_prior_price (history, 3, START, 5000, &options);
  g_assert_false (prior.is_progressive);
  g_assert_cmpint (prior.prior_minor, ==, 8000);

  /* Not growing: the new price is no further cut. */
  history[2].price_minor = 7000;
  g_assert_cmpint (aisle_prior_price (history, 3, START, 7000, &options).prior_minor, ==, 7000);

  /* No cut on the day that the campaign is said to have begun. */
  options = campaign_from (START - 21);
  g_assert_cmpint (aisle_prior_price (history, 3, START, 5000, &options).prior_minor, ==, 7000);
}

/* The campaign's prior price is itself the lowest of 30 days, not the last price before it. */
static void
test_progressive_after_a_raise (void)
{
  const AislePriceEntry history[] = { { START - 90, 6000 },
                                      { START - 25, 10000 },
                                      { START - 19, 8000 } };
  AislePriorPriceOptions options = campaign_from (START - 19);
  AislePriorPrice prior = aisle_prior_price (history, 3, START, 7000, &options);
  g_assert_cmpint (prior.prior_minor, ==, 6000);
  g_assert_false (prior.is_genuine_reduction);
}

/* The lowest price day by day, as a person with a calendar would find it; 0: none. */
static gint64
lowest_by_calendar (const AislePriceEntry *history, gsize n)
{
  gint64 lowest = 0;
  for (AisleDate day = START - 30; day < START; day++)
    {
      const AislePriceEntry *latest = NULL;
      for (gsize i = 0; i < n; i++)
        if (history[i].from <= day && (!latest || history[i].from > latest->from))
          latest = &history[i];
      if (latest && (lowest == 0 || latest->price_minor < lowest))
        lowest = latest->price_minor;
    }
  return lowest;
}

static void
test_against_the_calendar (void)
{
  AisleRandom random;
  aisle_random_init (&random, 986);
  for (int turn = 0; turn < 2000; turn++)
    {
      AislePriceEntry entries[8];
      gsize n = 0;
      /* One entry a day at most, in no order. */
      for (int i = 0; i < 8; i++)
        {
          AislePriceEntry entry = { START - 45 + (AisleDate) aisle_random_below (&random, 60),
                                    1 + (gint64) aisle_random_below (&random, 2000) };
          gboolean is_taken = FALSE;
          for (gsize k = 0; k < n; k++)
            is_taken |= entries[k].from == entry.from;
          if (!is_taken)
            entries[n++] = entry;
        }
      gint64 new_price = 1 + (gint64) aisle_random_below (&random, 2000);
      AislePriorPrice prior = ask (entries, n, new_price);
      gint64 wanted = lowest_by_calendar (entries, n);
      g_assert_cmpint (prior.prior_minor, ==, wanted);
      g_assert_cmpint (prior.is_known, ==, wanted != 0);
      g_assert_cmpint (prior.is_genuine_reduction, ==, wanted != 0 && new_price < wanted);
    }
}

static void
test_huge_prices (void)
{
  const AislePriceEntry history[] = { { START - 100, G_MAXINT64 } };
  AislePriorPrice prior = ask (history, 1, G_MAXINT64 / 2);
  g_assert_true (prior.is_genuine_reduction);
  g_assert_cmpint (prior.percent_shown_ppm, ==, 500000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pricing/prior-price/flat", test_flat);
  g_test_add_func ("/pricing/prior-price/raised-then-cut", test_raised_then_cut);
  g_test_add_func ("/pricing/prior-price/flash-sale-inside-window", test_flash_sale_inside_window);
  g_test_add_func ("/pricing/prior-price/window-edge", test_window_edge);
  g_test_add_func ("/pricing/prior-price/frozen-at-the-start", test_frozen_at_the_start);
  g_test_add_func ("/pricing/prior-price/equal-price", test_equal_price_is_no_reduction);
  g_test_add_func ("/pricing/prior-price/order-does-not-matter", test_order_does_not_matter);
  g_test_add_func ("/pricing/prior-price/new-on-the-market", test_new_on_the_market);
  g_test_add_func ("/pricing/prior-price/nothing-known", test_nothing_known);
  g_test_add_func ("/pricing/prior-price/no-price", test_no_price_is_no_reduction);
  g_test_add_func ("/pricing/prior-price/two-prices-of-one-day", test_two_prices_of_one_day);
  g_test_add_func ("/pricing/prior-price/progressive", test_progressive);
  g_test_add_func ("/pricing/prior-price/progressive-after-a-raise",
                   test_progressive_after_a_raise);
  g_test_add_func ("/pricing/prior-price/against-the-calendar", test_against_the_calendar);
  g_test_add_func ("/pricing/prior-price/huge-prices", test_huge_prices);
  return g_test_run ();
}
