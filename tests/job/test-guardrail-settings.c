/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shop-fixture.h"

#include "aisle-guardrail-settings.h"
#include "aisle-price-effect-json.h"
#include "aisle-pricing-error.h"

#include <math.h>
#include <string.h>

static void
set (Shop *shop, const char *name, const char *value)
{
  shop_sql (shop, "INSERT OR REPLACE INTO setting VALUES ('%s', '%s')", name, value);
}

static void
test_defaults (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  AisleGuardrailSettings settings;
  g_assert_true (aisle_guardrail_settings_load (shop->workspace, "GBP", &settings, &error));
  g_assert_no_error (error);
  g_assert_cmpint (settings.min_margin_ppm, ==, 100000);
  g_assert_cmpint (settings.cooling_off_days, ==, 7);
  g_assert_cmpstr (settings.currency, ==, "GBP");
}

static void
test_own (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  AisleGuardrailSettings settings;
  set (shop, "guardrail.min_margin_ppm", "250000");
  set (shop, "guardrail.largest_step_ppm", "-1");
  set (shop, "guardrail.cooling_off_days", "0");
  g_assert_true (aisle_guardrail_settings_load (shop->workspace, "GBP", &settings, &error));
  g_assert_cmpint (settings.min_margin_ppm, ==, 250000);
  g_assert_cmpint (settings.largest_step_ppm, ==, -1);
  g_assert_cmpint (settings.cooling_off_days, ==, 0);
}

/* A setting that makes no sense is named, not taken. */
static void
test_wrong (void)
{
  static const struct
  {
    const char *name, *value, *words;
  } cases[] = {
    { "guardrail.min_margin_ppm", "much", "guardrail.min_margin_ppm" },
    { "guardrail.largest_step_ppm", "0.3", "guardrail.largest_step_ppm" },
    { "guardrail.cooling_off_days", "-7", "guardrail.cooling_off_days" },
    { "guardrail.cooling_off_days", "1e9", "guardrail.cooling_off_days" },
    { "guardrail.min_margin_ppm", "1000000", "margin" },
    { "guardrail.endings", "nine", "nine" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Shop) shop = shop_new ();
      g_autoptr (GError) error = NULL;
      AisleGuardrailSettings settings;
      set (shop, cases[i].name, cases[i].value);
      g_assert_false (aisle_guardrail_settings_load (shop->workspace, "GBP", &settings, &error));
      shop_assert_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING, cases[i].words);
    }
}

/* What cannot be estimated is null, and does not spoil a total. */
static void
test_effects (void)
{
  AislePriceMove move = { .before_minor = 1200,
                          .after_minor = 1000,
                          .tax_rate_ppm = 200000,
                          .net_cost_minor = AISLE_AMOUNT_UNKNOWN,
                          .elasticity = -2,
                          .elasticity_se = 0,
                          .baseline_units = 10,
                          .baseline_sd = 0,
                          .stock_units = INFINITY,
                          .level = 0.8 };
  AislePriceEffect known = aisle_price_effect (&move);
  move.baseline_units = NAN;
  AislePriceEffect unknown = aisle_price_effect (&move);
  g_autofree char *text = aisle_price_effect_to_json (&known, 28);
  g_autofree char *none = aisle_price_effect_to_json (&unknown, 28);
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  JsonObject *object = json_node_get_object (node);
  g_assert_cmpint (json_object_get_int_member (object, "days"), ==, 28);
  /* 10 x (10 / 12)^-2 = 14.4 units, at 8.33 net: 120.00 where it was 100.00 */
  JsonObject *units = json_object_get_object_member (object, "units");
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (units, "mean"), 14.4, 0.001);
  JsonObject *revenue = json_object_get_object_member (object, "revenue_change");
  g_assert_cmpint (ABS (json_object_get_int_member (revenue, "mean") - 2000), <=, 5);
  g_assert_true (
      json_object_get_null_member (json_object_get_object_member (object, "margin"), "mean"));
  g_assert_nonnull (strstr (none, "\"units\":{\"mean\":null,\"lower\":null,\"upper\":null}"));

  AislePriceEffectTotal total = { 0 };
  aisle_price_effect_total_add (&total, &known);
  aisle_price_effect_total_add (&total, &unknown);
  aisle_price_effect_total_add (&total, &known);
  g_assert_cmpuint (total.n_lines, ==, 3);
  g_assert_cmpuint (total.n_not_estimable, ==, 1);
  g_assert_cmpfloat_with_epsilon (total.units_change.mean, 8.8, 0.001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/guardrail-settings/defaults", test_defaults);
  g_test_add_func ("/job/guardrail-settings/own", test_own);
  g_test_add_func ("/job/guardrail-settings/wrong", test_wrong);
  g_test_add_func ("/job/price-effect-json/nulls-and-totals", test_effects);
  return g_test_run ();
}
