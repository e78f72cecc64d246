/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-effect-json.h"

#include <math.h>

static void
add_number (JsonBuilder *builder, const char *name, double value, gboolean is_money)
{
  json_builder_set_member_name (builder, name);
  if (isnan (value) || isinf (value))
    json_builder_add_null_value (builder);
  else if (is_money)
    json_builder_add_int_value (builder, (gint64) round (value));
  else
    json_builder_add_double_value (builder, round (value * 1000) / 1000);
}

static void
add_estimate (JsonBuilder *builder,
              const char *name,
              const AisleEstimate *estimate,
              gboolean is_money)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_number (builder, "mean", estimate->mean, is_money);
  add_number (builder, "lower", estimate->lower, is_money);
  add_number (builder, "upper", estimate->upper, is_money);
  json_builder_end_object (builder);
}

void
aisle_price_effect_add_members (JsonBuilder *builder, const AislePriceEffect *effect)
{
  add_estimate (builder, "units", &effect->units, FALSE);
  add_estimate (builder, "revenue", &effect->revenue, TRUE);
  add_estimate (builder, "margin", &effect->margin, TRUE);
  add_estimate (builder, "units_change", &effect->units_change, FALSE);
  add_estimate (builder, "revenue_change", &effect->revenue_change, TRUE);
  add_estimate (builder, "margin_change", &effect->margin_change, TRUE);
}

char *
aisle_price_effect_to_json (const AislePriceEffect *effect, int days)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "days");
  json_builder_add_int_value (builder, days);
  aisle_price_effect_add_members (builder, effect);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static void
add_up (AisleEstimate *sum, const AisleEstimate *part)
{
  if (isnan (part->mean))
    return;
  sum->mean += part->mean;
  sum->lower += part->lower;
  sum->upper += part->upper;
}

void
aisle_price_effect_total_add (AislePriceEffectTotal *total, const AislePriceEffect *effect)
{
  total->n_lines++;
  if (isnan (effect->units_change.mean))
    total->n_not_estimable++;
  add_up (&total->units_change, &effect->units_change);
  add_up (&total->revenue_change, &effect->revenue_change);
  add_up (&total->margin_change, &effect->margin_change);
}

void
aisle_price_effect_total_add_object (JsonBuilder *builder, const AislePriceEffectTotal *total)
{
  json_builder_begin_object (builder);
  add_estimate (builder, "units_change", &total->units_change, FALSE);
  add_estimate (builder, "revenue_change", &total->revenue_change, TRUE);
  add_estimate (builder, "margin_change", &total->margin_change, TRUE);
  json_builder_set_member_name (builder, "not_estimable");
  json_builder_add_int_value (builder, (gint64) total->n_not_estimable);
  json_builder_end_object (builder);
}
