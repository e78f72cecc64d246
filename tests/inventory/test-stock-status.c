/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-stock-status.h"

#include <math.h>

/* Two units a day, lead 7 + review 7 days: mean 28, sd 6; 95 %: safety 9.869, reorder point 37.869.
 */
static AisleStockSituation
situation_with (gint64 on_hand_units)
{
  return (AisleStockSituation){
    .on_hand_milli = on_hand_units * 1000,
    .demand_mean = 28,
    .demand_sd = 6,
    .lead_time_days = 7,
    .review_days = 7,
    .service_level = 0.95,
    .days_since_last_sale = 1,
    .age_days = 400,
    .is_ranged = TRUE,
  };
}

static AisleStockStatus
status_of (const AisleStockSituation *situation)
{
  return aisle_stock_status (situation, NULL).status;
}

static void
assert_near (double got, double want, double slack)
{
  if (!(fabs (got - want) <= slack))
    g_error ("got %.17g, wanted %.17g", got, want);
}

/* The quantile of 0.95 is 1.6448536269514722 (tables of the normal distribution). */
static void
test_safety_stock (void)
{
  AisleStockSituation situation = situation_with (50);
  AisleStockResult result = aisle_stock_status (&situation, NULL);
  assert_near (result.safety_stock, 6 * 1.6448536269514722, 1e-9);
  assert_near (result.reorder_point, 28 + 6 * 1.6448536269514722, 1e-9);
  g_assert_cmpint (result.reorder_point_milli, ==, 37870); /* 37869.12 rounded up */
  assert_near (result.cover_days, 25, 1e-9);
}

static void
test_statuses (void)
{
  AisleStockSituation situation = situation_with (0);
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_OUT);
  situation = situation_with (37);
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_LOW);
  situation = situation_with (38);
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_OK);
  situation = situation_with (182);
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_OK);
  situation = situation_with (183);
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_OVER);
  situation = situation_with (50);
  situation.days_since_last_sale = 28;
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_SLOW);
  situation.on_hand_milli = 5000; /* below the reorder point, and still not bought again */
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_SLOW);
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, ==, 0);
  situation.days_since_last_sale = 91;
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_NOT_SELLING);
  situation.days_since_last_sale = -1;
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_NOT_SELLING);
}

static void
test_implausible_is_kept_and_flagged (void)
{
  AisleStockSituation situation = situation_with (-3);
  AisleStockResult result = aisle_stock_status (&situation, NULL);
  g_assert_cmpint (result.status, ==, AISLE_STOCK_CHECK);
  g_assert_cmpint (result.order_quantity_milli, ==, 0);
  g_assert_cmpfloat (result.run_out_days, ==, 0);
  situation = situation_with (2000000);
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_CHECK);
  situation.on_hand_milli = AISLE_QUANTITY_UNKNOWN;
  result = aisle_stock_status (&situation, NULL);
  g_assert_cmpint (result.status, ==, AISLE_STOCK_CHECK);
  g_assert_true (isnan (result.cover_days));
}

static void
test_not_ranged_is_never_out (void)
{
  for (gint64 units = 0; units < 60; units += 5)
    {
      AisleStockSituation situation = situation_with (units);
      situation.is_ranged = FALSE;
      AisleStockResult result = aisle_stock_status (&situation, NULL);
      g_assert_cmpint (result.status, !=, AISLE_STOCK_OUT);
      g_assert_cmpint (result.status, !=, AISLE_STOCK_LOW);
      g_assert_cmpint (result.order_quantity_milli, ==, 0);
    }
}

static void
test_new_products_get_their_time (void)
{
  AisleStockSituation situation = situation_with (50);
  situation.days_since_last_sale = -1;
  situation.age_days = 10;
  situation.demand_mean = 0;
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_OK);
  situation.age_days = 40;
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_SLOW);
  situation.age_days = -1;
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_NOT_SELLING);
}

/* 38 wanted, 10 here: 27.87 missing. */
static void
test_order_quantity (void)
{
  AisleStockSituation situation = situation_with (10);
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, ==, 27870);
  situation.case_pack_milli = 12000;
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, ==, 36000);
  situation.minimum_order_milli = 40000;
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, ==, 48000);
  situation.on_order_milli = 27869;
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, ==, 48000);
  situation.on_order_milli = 27870;
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, ==, 0);
}

/* Ordered goods that come too late do not make a shelf of three days "ok". */
static void
test_on_its_way_but_too_late (void)
{
  AisleStockSituation situation = situation_with (6);
  situation.on_order_milli = 100000;
  AisleStockResult result = aisle_stock_status (&situation, NULL);
  g_assert_cmpint (result.status, ==, AISLE_STOCK_LOW);
  g_assert_cmpint (result.order_quantity_milli, ==, 0);
}

/* After the order the reorder point is reached, by less than a case, unless the minimum is more. */
static void
test_order_reaches_the_point (void)
{
  for (gint64 units = 0; units < 45; units++)
    for (gint64 pack = 0; pack < 30; pack += 7)
      {
        AisleStockSituation situation = situation_with (units);
        situation.case_pack_milli = pack * 1000;
        AisleStockResult result = aisle_stock_status (&situation, NULL);
        gint64 after = situation.on_hand_milli + result.order_quantity_milli;
        g_assert_cmpint (after, >=, result.reorder_point_milli);
        if (pack > 0)
          g_assert_cmpint (result.order_quantity_milli % (pack * 1000), ==, 0);
        if (result.order_quantity_milli > 0)
          g_assert_cmpint (after, <, result.reorder_point_milli + MAX (pack * 1000, 1));
      }
}

static void
test_more_service_more_stock (void)
{
  double last = -1;
  for (double level = 0.5; level < 1; level += 0.049)
    {
      AisleStockSituation situation = situation_with (50);
      situation.service_level = level;
      double safety = aisle_stock_status (&situation, NULL).safety_stock;
      g_assert_cmpfloat (safety, >, last);
      last = safety;
    }
  AisleStockSituation situation = situation_with (50);
  situation.service_level = 0.5;
  assert_near (aisle_stock_status (&situation, NULL).safety_stock, 0, 1e-12);
  situation.service_level = 1;
  g_assert_true (isfinite (aisle_stock_status (&situation, NULL).safety_stock));
  situation.service_level = NAN;
  g_assert_true (isfinite (aisle_stock_status (&situation, NULL).safety_stock));
}

/* At the interval's lower day, mean demand plus z of its deviations is exactly what is on hand. */
static void
test_run_out (void)
{
  AisleStockSituation situation = situation_with (40);
  AisleStockResult result = aisle_stock_status (&situation, NULL);
  assert_near (result.run_out_days, 20, 1e-9);
  g_assert_cmpfloat (result.run_out_lower, <, result.run_out_days);
  g_assert_cmpfloat (result.run_out_upper, >, result.run_out_days);
  double z = 1.2815515655446004, daily_sd = 6 / sqrt (14);
  assert_near (2 * result.run_out_lower + z * daily_sd * sqrt (result.run_out_lower), 40, 1e-6);
  assert_near (2 * result.run_out_upper - z * daily_sd * sqrt (result.run_out_upper), 40, 1e-6);

  situation.demand_sd = 0;
  result = aisle_stock_status (&situation, NULL);
  assert_near (result.run_out_lower, 20, 1e-9);
  assert_near (result.run_out_upper, 20, 1e-9);
}

static void
test_no_demand (void)
{
  AisleStockSituation situation = situation_with (40);
  situation.demand_mean = situation.demand_sd = 0;
  AisleStockResult result = aisle_stock_status (&situation, NULL);
  g_assert_true (isinf (result.cover_days) && isinf (result.run_out_lower));
  g_assert_cmpint (result.status, ==, AISLE_STOCK_OVER);
  g_assert_cmpint (result.order_quantity_milli, ==, 0);
  situation.on_hand_milli = 0;
  result = aisle_stock_status (&situation, NULL);
  g_assert_cmpint (result.status, ==, AISLE_STOCK_OUT);
  g_assert_cmpfloat (result.cover_days, ==, 0);
}

static void
test_no_forecast (void)
{
  AisleStockSituation situation = situation_with (40);
  situation.demand_mean = NAN;
  AisleStockResult result = aisle_stock_status (&situation, NULL);
  g_assert_cmpint (result.status, ==, AISLE_STOCK_OK);
  g_assert_true (isnan (result.reorder_point) && isnan (result.cover_days));
  g_assert_cmpint (result.reorder_point_milli, ==, AISLE_QUANTITY_UNKNOWN);
  situation.on_hand_milli = 0;
  g_assert_cmpint (status_of (&situation), ==, AISLE_STOCK_OUT);
}

static void
test_extremes (void)
{
  AisleStockSituation situation = situation_with (10);
  situation.demand_mean = 1e300;
  situation.demand_sd = 1e300;
  situation.case_pack_milli = 7;
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, >, 0);
  situation = situation_with (10);
  situation.lead_time_days = situation.review_days = -4;
  situation.demand_sd = -1;
  situation.case_pack_milli = -5;
  situation.on_order_milli = G_MAXINT64;
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, ==, 0);
  situation.minimum_order_milli = G_MAXINT64;
  situation.case_pack_milli = 12000;
  situation.on_order_milli = 0;
  g_assert_cmpint (aisle_stock_status (&situation, NULL).order_quantity_milli, >, 0);
  situation.demand_mean = INFINITY;
  g_assert_true (isnan (aisle_stock_status (&situation, NULL).reorder_point));
}

static void
test_names (void)
{
  for (int i = 0; i < AISLE_N_STOCK_STATUSES; i++)
    {
      AisleStockStatus status = AISLE_N_STOCK_STATUSES;
      g_assert_true (aisle_stock_status_from_text (
          aisle_stock_status_to_text ((AisleStockStatus) i), &status));
      g_assert_cmpint (status, ==, i);
    }
  AisleStockStatus status;
  g_assert_false (aisle_stock_status_from_text ("empty", &status));
  g_assert_cmpstr (aisle_stock_status_to_text (AISLE_STOCK_NOT_SELLING), ==, "not_selling");
  g_assert_null (aisle_stock_status_to_text (AISLE_N_STOCK_STATUSES));
}

/* The macro for callers and the engine's own defaults are the same numbers. */
static void
test_defaults (void)
{
  AisleStockThresholds thresholds = AISLE_STOCK_THRESHOLDS_DEFAULT;
  for (gint64 units = -5; units < 400; units += 9)
    for (int quiet = -1; quiet < 100; quiet += 9)
      {
        AisleStockSituation situation = situation_with (units);
        situation.days_since_last_sale = quiet;
        AisleStockResult a = aisle_stock_status (&situation, NULL);
        AisleStockResult b = aisle_stock_status (&situation, &thresholds);
        g_assert_cmpint (a.status, ==, b.status);
        g_assert_cmpfloat (a.run_out_lower, ==, b.run_out_lower);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inventory/status/safety-stock", test_safety_stock);
  g_test_add_func ("/inventory/status/statuses", test_statuses);
  g_test_add_func ("/inventory/status/implausible", test_implausible_is_kept_and_flagged);
  g_test_add_func ("/inventory/status/not-ranged", test_not_ranged_is_never_out);
  g_test_add_func ("/inventory/status/new-products", test_new_products_get_their_time);
  g_test_add_func ("/inventory/status/order-quantity", test_order_quantity);
  g_test_add_func ("/inventory/status/too-late", test_on_its_way_but_too_late);
  g_test_add_func ("/inventory/status/order-reaches-the-point", test_order_reaches_the_point);
  g_test_add_func ("/inventory/status/more-service-more-stock", test_more_service_more_stock);
  g_test_add_func ("/inventory/status/run-out", test_run_out);
  g_test_add_func ("/inventory/status/no-demand", test_no_demand);
  g_test_add_func ("/inventory/status/no-forecast", test_no_forecast);
  g_test_add_func ("/inventory/status/extremes", test_extremes);
  g_test_add_func ("/inventory/status/names", test_names);
  g_test_add_func ("/inventory/status/defaults", test_defaults);
  return g_test_run ();
}
