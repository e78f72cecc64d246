/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-search.h"

#include "aisle-optimal-price.h"

#include <math.h>

static AislePriceSearch
search_between (gint64 lower, gint64 upper, const AislePriceEndings *endings)
{
  AislePriceSearch search = {
    .bounds = aisle_price_bounds_open (),
    .endings = endings,
    .objective = AISLE_OBJECTIVE_MARGIN,
    .before_minor = 2000,
    .net_cost_minor = 1000,
    .elasticity = -2.5,
    .baseline_units = 10,
    .stock_units = INFINITY,
  };
  aisle_price_bounds_at_least (&search.bounds, lower, "lower");
  aisle_price_bounds_at_most (&search.bounds, upper, "upper");
  return search;
}

static gint64
best (const AislePriceSearch *search)
{
  gint64 price = -1;
  return aisle_price_search (search, &price, NULL) ? price : -1;
}

/* Without guardrails the best penny is beside the closed form: 1000 x -2.5 / -1.5 = 1666.67. */
static void
test_meets_the_closed_form (void)
{
  AislePriceEndings any = { .modulus = 100 };
  AislePriceSearch search = search_between (1, 10000, &any);
  g_assert_cmpfloat (fabs ((double) best (&search) - aisle_optimal_price_isoelastic (1000, -2.5)),
                     <, 1);
  /* Too many to try each: the coarse walk and the fine one find the same. */
  search = search_between (1, 100000000, &any);
  g_assert_cmpfloat (fabs ((double) best (&search) - aisle_optimal_price_isoelastic (1000, -2.5)),
                     <, 1);
}

static void
test_objectives (void)
{
  AislePriceEndings endings = { .modulus = 100, .endings = { 99, 49 }, .n_endings = 2 };
  AislePriceSearch search = search_between (1500, 2500, &endings);
  g_assert_cmpint (best (&search), ==, 1649);
  search.objective = AISLE_OBJECTIVE_UNITS;
  g_assert_cmpint (best (&search), ==, 1549);
  search.objective = AISLE_OBJECTIVE_REVENUE;
  g_assert_cmpint (best (&search), ==, 1549);
  search.elasticity = -0.5;
  g_assert_cmpint (best (&search), ==, 2499);
  /* Everything sells at each price: then the one that brings the most revenue. */
  search.objective = AISLE_OBJECTIVE_CLEAR;
  search.stock_units = 1;
  g_assert_cmpint (best (&search), ==, 2499);
}

static void
test_ties_take_the_lower_price (void)
{
  AislePriceEndings endings = { .modulus = 100, .endings = { 99 }, .n_endings = 1 };
  AislePriceSearch search = search_between (1000, 3000, &endings);
  search.baseline_units = 0;
  g_assert_cmpint (best (&search), ==, 1099);
}

static void
test_nothing_between (void)
{
  AislePriceEndings endings = { .modulus = 100, .endings = { 99 }, .n_endings = 1 };
  AislePriceSearch search = search_between (1500, 1598, &endings);
  g_assert_cmpint (best (&search), ==, -1);
  search = search_between (1700, 1600, &endings);
  g_assert_cmpint (best (&search), ==, -1);
  search = search_between (1500, 1599, &endings);
  g_assert_cmpint (best (&search), ==, 1599);
}

/* The answer lies within the bounds, has an ending, and no other candidate is better. */
static void
test_is_the_best (void)
{
  AislePriceEndings endings = { .modulus = 100, .endings = { 99, 49, 95 }, .n_endings = 3 };
  for (gint64 lower = 300; lower < 3000; lower += 113)
    for (int objective = 0; objective < AISLE_N_OBJECTIVES; objective++)
      {
        AislePriceSearch search = search_between (lower, lower + 700, &endings);
        search.objective = (AisleObjective) objective;
        search.tax_rate_ppm = 200000;
        gint64 price = 0;
        double value = NAN;
        g_assert_true (aisle_price_search (&search, &price, &value));
        g_assert_true (price >= lower && price <= lower + 700);
        g_assert_true (aisle_price_has_ending (price, &endings));
        for (gint64 other = lower; other <= lower + 700; other++)
          if (aisle_price_has_ending (other, &endings))
            {
              AislePriceSearch one = search;
              one.bounds.lower_minor = one.bounds.upper_minor = other;
              double other_value = NAN;
              gint64 same = 0;
              g_assert_true (aisle_price_search (&one, &same, &other_value));
              g_assert_cmpfloat (other_value, <=, value);
            }
      }
}

static void
test_bounds_name_their_rule (void)
{
  AislePriceBounds bounds = aisle_price_bounds_open ();
  aisle_price_bounds_step (&bounds, 999, 100000);
  g_assert_cmpint (bounds.lower_minor, ==, 900);  /* 899.1 rounded up */
  g_assert_cmpint (bounds.upper_minor, ==, 1098); /* 1098.9 rounded down */
  aisle_price_bounds_at_least (&bounds, 900, "no narrower");
  g_assert_cmpstr (bounds.lower_rule, ==, "largest_step");
  aisle_price_bounds_at_least (&bounds, 2000, "margin_floor");
  g_assert_cmpstr (bounds.lower_rule, ==, "margin_floor");
  g_assert_cmpstr (bounds.upper_rule, ==, "largest_step");
}

static void
test_objective_names (void)
{
  AisleObjective objective = AISLE_OBJECTIVE_MARGIN;
  g_assert_true (aisle_objective_from_text ("clear", &objective));
  g_assert_cmpint (objective, ==, AISLE_OBJECTIVE_CLEAR);
  g_assert_false (aisle_objective_from_text ("profit", &objective));
  g_assert_cmpstr (aisle_objective_to_text (AISLE_OBJECTIVE_UNITS), ==, "units");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pricing/search/meets-the-closed-form", test_meets_the_closed_form);
  g_test_add_func ("/pricing/search/objectives", test_objectives);
  g_test_add_func ("/pricing/search/ties", test_ties_take_the_lower_price);
  g_test_add_func ("/pricing/search/nothing-between", test_nothing_between);
  g_test_add_func ("/pricing/search/is-the-best", test_is_the_best);
  g_test_add_func ("/pricing/search/bounds-name-their-rule", test_bounds_name_their_rule);
  g_test_add_func ("/pricing/search/objective-names", test_objective_names);
  return g_test_run ();
}
