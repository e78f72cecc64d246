/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-guardrail.h"
#include "aisle-price-effect.h"

/* What a promotion by percent would cost and bring in one store. */

typedef struct
{
  gint64 price_minor;     /* gross shelf price, > 0 */
  gint64 percent_off_ppm; /* above 0, below 1000000 */
  gint64 tax_rate_ppm;
  gint64 net_cost_minor; /* or AISLE_AMOUNT_UNKNOWN */
  double daily_units;    /* forecast at the shelf price; NaN: unknown */
  double period_sd;      /* standard deviation of the whole period's demand; NaN: unknown */
  int days;              /* first to last day, both included, >= 1 */
  double stock_units;    /* INFINITY: no limit */
  double elasticity;     /* NaN: the default */
  double elasticity_se;
  double level;
} AislePromotionPlan;

typedef struct
{
  gint64 price_minor;      /* gross promotion price: percent off, rounded half up */
  AislePriceEffect effect; /* over the promotion's days; changes are the uplift */
  double subsidy_minor; /* net discount given on units that would have sold anyway; NaN: unknown */
} AislePromotionOutlook;

/* Errors: AISLE_PRICING_ERROR_PERCENT, _PRICE. Units drawn from other products or from the weeks
 * after are not counted here. */
gboolean aisle_promotion_outlook (const AislePromotionPlan *plan,
                                  AislePromotionOutlook *outlook,
                                  GError **error);
