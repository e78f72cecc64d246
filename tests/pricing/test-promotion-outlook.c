/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-promotion-outlook.h"

#include "aisle-pricing-error.h"

#include <math.h>

static AislePromotionPlan
plan_default (void)
{
  return (AislePromotionPlan){
    .price_minor = 1200,
    .percent_off_ppm = 200000,
    .tax_rate_ppm = 200000,
    .net_cost_minor = 600,
    .daily_units = 10,
    .period_sd = 7,
    .days = 7,
    .stock_units = INFINITY,
    .elasticity = -2,
    .elasticity_se = 0.3,
    .level = 0.8,
  };
}

static void
test_uplift_and_subsidy (void)
{
  AislePromotionPlan plan = plan_default ();
  AislePromotionOutlook outlook;
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_promotion_outlook (&plan, &outlook, &error));
  g_assert_no_error (error);
  g_assert_cmpint (outlook.price_minor, ==, 960);
  g_assert_cmpfloat (fabs (outlook.effect.units.mean - 70 * 1.5625), <, 1e-9);
  g_assert_cmpfloat (fabs (outlook.effect.units_change.mean - 70 * 0.5625), <, 1e-9);
  /* 109.375 at 2.00 a unit against 70 at 4.00. */
  g_assert_cmpfloat (fabs (outlook.effect.margin_change.mean - (109.375 * 200 - 70 * 400)), <,
                     1e-6);
  g_assert_cmpfloat (outlook.subsidy_minor, ==, 70 * 200);
  g_assert_cmpfloat (outlook.effect.units_change.lower, <, outlook.effect.units_change.mean);
}

/* 0.25 less 10 % is 0.225: half up 0.23. */
static void
test_rounds_half_up (void)
{
  AislePromotionPlan plan = plan_default ();
  AislePromotionOutlook outlook;
  plan.price_minor = 25;
  plan.percent_off_ppm = 100000;
  g_assert_true (aisle_promotion_outlook (&plan, &outlook, NULL));
  g_assert_cmpint (outlook.price_minor, ==, 23);
}

static void
test_deeper_is_cheaper_and_sells_more (void)
{
  gint64 last_price = 1200;
  double last_units = 70;
  for (gint64 percent = 10000; percent < 1000000; percent += 90000)
    {
      AislePromotionPlan plan = plan_default ();
      AislePromotionOutlook outlook;
      plan.percent_off_ppm = percent;
      g_assert_true (aisle_promotion_outlook (&plan, &outlook, NULL));
      g_assert_cmpint (outlook.price_minor, <, last_price);
      g_assert_cmpfloat (outlook.effect.units.mean, >, last_units);
      last_price = outlook.price_minor;
      last_units = outlook.effect.units.mean;
    }
}

static void
test_refused (void)
{
  static const struct
  {
    gint64 price, percent;
    int code;
  } wrong[] = {
    { 1200, 0, AISLE_PRICING_ERROR_PERCENT },
    { 1200, -50000, AISLE_PRICING_ERROR_PERCENT },
    { 1200, 1000000, AISLE_PRICING_ERROR_PERCENT },
    { 1200, 1500000, AISLE_PRICING_ERROR_PERCENT },
    { 0, 200000, AISLE_PRICING_ERROR_PRICE },
    { AISLE_AMOUNT_UNKNOWN, 200000, AISLE_PRICING_ERROR_PRICE },
    { 1, 900000, AISLE_PRICING_ERROR_PRICE },
    { 10, 10000, AISLE_PRICING_ERROR_PRICE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      AislePromotionPlan plan = plan_default ();
      AislePromotionOutlook outlook;
      g_autoptr (GError) error = NULL;
      plan.price_minor = wrong[i].price;
      plan.percent_off_ppm = wrong[i].percent;
      g_assert_false (aisle_promotion_outlook (&plan, &outlook, &error));
      g_assert_error (error, AISLE_PRICING_ERROR, wrong[i].code);
    }
}

static void
test_unknown_demand (void)
{
  AislePromotionPlan plan = plan_default ();
  AislePromotionOutlook outlook;
  plan.daily_units = NAN;
  g_assert_true (aisle_promotion_outlook (&plan, &outlook, NULL));
  g_assert_cmpint (outlook.price_minor, ==, 960);
  g_assert_true (isnan (outlook.effect.units.mean) && isnan (outlook.subsidy_minor));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pricing/promotion/uplift-and-subsidy", test_uplift_and_subsidy);
  g_test_add_func ("/pricing/promotion/rounds-half-up", test_rounds_half_up);
  g_test_add_func ("/pricing/promotion/deeper-sells-more", test_deeper_is_cheaper_and_sells_more);
  g_test_add_func ("/pricing/promotion/refused", test_refused);
  g_test_add_func ("/pricing/promotion/unknown-demand", test_unknown_demand);
  return g_test_run ();
}
