/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-price-effect.h"

#include <json-glib/json-glib.h>

/* Effects of prices as JSON, the same in evidence, on change lines and in aislectl: units as
 * numbers, money in net minor units rounded to whole ones, null where not estimable. */

/* {"days", "units_change": {"mean","lower","upper"}, "revenue_change", "margin_change", "units",
 * ...} */
char *aisle_price_effect_to_json (const AislePriceEffect *effect, int days);

/* The same members, without "days", into the object that is open. */
void aisle_price_effect_add_members (JsonBuilder *builder, const AislePriceEffect *effect);

/* Sums over lines. The interval of a sum takes the lines' errors as fully dependent (they share the
 * assumed elasticity), so bounds add up; what is not estimable is left out and counted. */
typedef struct
{
  AisleEstimate units_change;
  AisleEstimate revenue_change;
  AisleEstimate margin_change;
  gsize n_lines;
  gsize n_not_estimable;
} AislePriceEffectTotal;

void aisle_price_effect_total_add (AislePriceEffectTotal *total, const AislePriceEffect *effect);
void aisle_price_effect_total_add_object (JsonBuilder *builder, const AislePriceEffectTotal *total);
