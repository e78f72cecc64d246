/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-promotion-outlook.h"

#include "aisle-percent-text-private.h"
#include "aisle-pricing-error.h"

#include <math.h>

gboolean
aisle_promotion_outlook (const AislePromotionPlan *plan,
                         AislePromotionOutlook *outlook,
                         GError **error)
{
  if (plan->percent_off_ppm <= 0 || plan->percent_off_ppm >= AISLE_RATE_ONE)
    {
      g_autofree char *percent = aisle_percent_text (plan->percent_off_ppm);
      g_set_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_PERCENT,
                   "%s off is no discount; give more than 0 %% and less than 100 %%", percent);
      return FALSE;
    }
  if (plan->price_minor <= 0)
    {
      g_set_error_literal (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_PRICE,
                           "there is no shelf price to take a discount from; set a price first");
      return FALSE;
    }
  gint64 price =
      aisle_money_less_percent (plan->price_minor, plan->percent_off_ppm, AISLE_ROUND_HALF_UP);
  if (price <= 0 || price >= plan->price_minor)
    {
      g_autofree char *percent = aisle_percent_text (plan->percent_off_ppm);
      g_set_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_PRICE,
                   "%s off a price of %" G_GINT64_FORMAT " minor units rounds to %" G_GINT64_FORMAT
                   "; choose another percentage",
                   percent, plan->price_minor, price);
      return FALSE;
    }

  AislePriceMove move = {
    .before_minor = plan->price_minor,
    .after_minor = price,
    .tax_rate_ppm = plan->tax_rate_ppm,
    .net_cost_minor = plan->net_cost_minor,
    .elasticity = plan->elasticity,
    .elasticity_se = plan->elasticity_se,
    .baseline_units = plan->daily_units * MAX (plan->days, 1),
    .baseline_sd = plan->period_sd,
    .stock_units = plan->stock_units,
    .level = plan->level,
  };
  gint64 tax = MAX (plan->tax_rate_ppm, 0);
  gint64 discount =
      aisle_money_net_from_gross (plan->price_minor, tax) - aisle_money_net_from_gross (price, tax);
  double baseline = MAX (move.baseline_units, 0);
  outlook->price_minor = price;
  outlook->effect = aisle_price_effect (&move);
  /* NaN demand stays NaN: MAX and MIN would hide it. */
  if (isnan (move.baseline_units))
    outlook->subsidy_minor = NAN;
  else if (isnan (plan->stock_units))
    outlook->subsidy_minor = (double) discount * baseline;
  else
    outlook->subsidy_minor = (double) discount * MIN (baseline, MAX (plan->stock_units, 0));
  return TRUE;
}
