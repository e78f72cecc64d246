/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-effect.h"

#include <math.h>

/* 12.00 gross at 20 % is 10.00 net; cost 6.00; 100 units. */
static AislePriceMove
move_to (gint64 after)
{
  return (AislePriceMove){
    .before_minor = 1200,
    .after_minor = after,
    .tax_rate_ppm = 200000,
    .net_cost_minor = 600,
    .elasticity = -2,
    .elasticity_se = 0.3,
    .baseline_units = 100,
    .baseline_sd = 10,
    .stock_units = INFINITY,
    .level = 0.8,
  };
}

static void
assert_near (double got, double want, double slack)
{
  if (!(fabs (got - want) <= slack))
    g_error ("got %.17g, wanted %.17g", got, want);
}

/* Half the price at elasticity -2: four times the units. */
static void
test_means (void)
{
  AislePriceMove move = move_to (600);
  AislePriceEffect effect = aisle_price_effect (&move);
  assert_near (effect.units.mean, 400, 1e-9);
  assert_near (effect.revenue.mean, 400 * 500, 1e-6);
  assert_near (effect.margin.mean, 400 * -100, 1e-6);
  assert_near (effect.units_change.mean, 300, 1e-9);
  assert_near (effect.revenue_change.mean, 400 * 500 - 100 * 1000, 1e-6);
  assert_near (effect.margin_change.mean, 400 * -100 - 100 * 400, 1e-6);
}

static void
assert_ordered (const AisleEstimate *estimate)
{
  g_assert_true (isfinite (estimate->mean));
  g_assert_cmpfloat (estimate->lower, <=, estimate->mean);
  g_assert_cmpfloat (estimate->mean, <=, estimate->upper);
}

static void
test_intervals_are_ordered (void)
{
  static const double elasticities[] = { -6, -2, -0.5, 0 };
  static const double errors[] = { 0, 0.4, 3 };
  static const double sds[] = { 0, 20, 500 };
  static const double stocks[] = { 0, 50, 150, INFINITY };
  for (gint64 after = 100; after < 3000; after += 317)
    for (gsize e = 0; e < 4; e++)
      for (gsize s = 0; s < 3; s++)
        for (gsize b = 0; b < 3; b++)
          for (gsize k = 0; k < 4; k++)
            {
              AislePriceMove move = move_to (after);
              move.elasticity = elasticities[e];
              move.elasticity_se = errors[s];
              move.baseline_sd = sds[b];
              move.stock_units = stocks[k];
              AislePriceEffect effect = aisle_price_effect (&move);
              const AisleEstimate *all[] = { &effect.units,          &effect.revenue,
                                             &effect.margin,         &effect.units_change,
                                             &effect.revenue_change, &effect.margin_change };
              for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
                assert_ordered (all[i]);
              g_assert_cmpfloat (effect.units.lower, >=, 0);
              g_assert_cmpfloat (effect.units.upper, <=, stocks[k]);
            }
}

/* Only the elasticity is unsure: units = 100 r^e is monotone in e, so that its quantiles are those
 * of e, -2 -+ 1.2816 x 0.3, put through. */
static void
test_interval_of_elasticity (void)
{
  AislePriceMove move = move_to (960);
  move.baseline_sd = 0;
  AislePriceEffect effect = aisle_price_effect (&move);
  assert_near (effect.units.lower, 100 * pow (0.8, -2 + 1.2815516 * 0.3), 1);
  assert_near (effect.units.upper, 100 * pow (0.8, -2 - 1.2815516 * 0.3), 1);
}

static void
test_interval_of_forecast (void)
{
  AislePriceMove move = move_to (1200);
  AislePriceEffect kept = aisle_price_effect (&move);
  assert_near (kept.units.lower, 100 - 12.815516, 1e-5);
  assert_near (kept.units.upper, 100 + 12.815516, 1e-5);
  move.elasticity_se = 0;
  move.after_minor = 1201;
  move.elasticity = 0;
  AislePriceEffect moved = aisle_price_effect (&move);
  assert_near (moved.units.lower, kept.units.lower, 0.3);
  assert_near (moved.units.upper, kept.units.upper, 0.3);
}

static void
test_no_move_no_change (void)
{
  AislePriceMove move = move_to (1200);
  AislePriceEffect effect = aisle_price_effect (&move);
  g_assert_cmpfloat (effect.units.mean, ==, 100);
  g_assert_cmpfloat (effect.units_change.lower, ==, 0);
  g_assert_cmpfloat (effect.units_change.upper, ==, 0);
  g_assert_cmpfloat (effect.margin_change.upper, ==, 0);
}

/* More uncertainty never makes a narrower interval. */
static void
test_wider_with_doubt (void)
{
  double last = -1;
  for (int i = 0; i <= 8; i++)
    {
      AislePriceMove move = move_to (960);
      move.elasticity_se = 0.25 * i;
      AislePriceEffect effect = aisle_price_effect (&move);
      double width = effect.margin_change.upper - effect.margin_change.lower;
      g_assert_cmpfloat (width, >=, last);
      last = width;
    }
}

static void
test_scale_of_units (void)
{
  AislePriceMove small = move_to (900), large = move_to (900);
  large.baseline_units *= 1000;
  large.baseline_sd *= 1000;
  AislePriceEffect a = aisle_price_effect (&small), b = aisle_price_effect (&large);
  assert_near (b.margin_change.lower, 1000 * a.margin_change.lower, 1e-4);
  assert_near (b.units.upper, 1000 * a.units.upper, 1e-4);
}

static void
test_defaults (void)
{
  AislePriceMove move = move_to (600), same = move_to (600);
  move.elasticity = move.elasticity_se = NAN;
  same.elasticity = AISLE_ELASTICITY_DEFAULT;
  same.elasticity_se = AISLE_ELASTICITY_DEFAULT_SE;
  AislePriceEffect a = aisle_price_effect (&move), b = aisle_price_effect (&same);
  g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
}

static void
test_stock_limits (void)
{
  AislePriceMove move = move_to (600);
  move.stock_units = 120;
  AislePriceEffect effect = aisle_price_effect (&move);
  assert_near (effect.units.mean, 120, 1e-9);
  assert_near (effect.units_change.mean, 20, 1e-9);
}

static void
test_not_estimable (void)
{
  AislePriceMove move = move_to (600);
  move.baseline_units = NAN;
  g_assert_true (isnan (aisle_price_effect (&move).units.mean));
  move = move_to (0);
  g_assert_true (isnan (aisle_price_effect (&move).units.mean));
  move = move_to (600);
  move.net_cost_minor = AISLE_AMOUNT_UNKNOWN;
  g_assert_true (isnan (aisle_price_effect (&move).margin.mean));
  g_assert_true (isnan (aisle_price_effect (&move).margin_change.lower));
  g_assert_true (isfinite (aisle_price_effect (&move).revenue_change.mean));
  move.after_minor = 1200;
  g_assert_true (isnan (aisle_price_effect (&move).margin_change.lower));
}

static void
test_extremes_stay_finite (void)
{
  AislePriceMove move = move_to (1);
  move.before_minor = G_MAXINT64 / 2;
  move.elasticity = -50;
  move.baseline_units = 1e12;
  AislePriceEffect effect = aisle_price_effect (&move);
  g_assert_true (isfinite (effect.units.mean) && isfinite (effect.margin_change.lower));
  move = move_to (600);
  move.baseline_units = 0;
  move.baseline_sd = 0;
  effect = aisle_price_effect (&move);
  g_assert_cmpfloat (effect.units.upper, ==, 0);
  move.baseline_units = -5;
  g_assert_cmpfloat (aisle_price_effect (&move).units.mean, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pricing/effect/means", test_means);
  g_test_add_func ("/pricing/effect/intervals-are-ordered", test_intervals_are_ordered);
  g_test_add_func ("/pricing/effect/interval-of-elasticity", test_interval_of_elasticity);
  g_test_add_func ("/pricing/effect/interval-of-forecast", test_interval_of_forecast);
  g_test_add_func ("/pricing/effect/no-move-no-change", test_no_move_no_change);
  g_test_add_func ("/pricing/effect/wider-with-doubt", test_wider_with_doubt);
  g_test_add_func ("/pricing/effect/scale-of-units", test_scale_of_units);
  g_test_add_func ("/pricing/effect/defaults", test_defaults);
  g_test_add_func ("/pricing/effect/stock-limits", test_stock_limits);
  g_test_add_func ("/pricing/effect/not-estimable", test_not_estimable);
  g_test_add_func ("/pricing/effect/extremes-stay-finite", test_extremes_stay_finite);
  return g_test_run ();
}
