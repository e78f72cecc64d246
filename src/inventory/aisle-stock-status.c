/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-stock-status.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* Safety stock and reorder point for periodic review, Silver, Pyke and Thomas, "Inventory and
 * Production Management in Supply Chains", 4th ed. 2017, chapter 6 (R, S systems, cycle service
 * P1): safety stock = k * sd of demand over lead time + review,  k = normal quantile of the service
 * level, order-up-to level = mean demand over lead time + review + safety stock. The sd is that of
 * the sum over the whole period, straight from the forecast's paths; it is never put together here
 * from days, which would leave out that days go together. */

#define MILLI 1000.0
#define MIN_SERVICE_LEVEL 0.5
#define MAX_SERVICE_LEVEL 0.9999

static const char *const status_names[AISLE_N_STOCK_STATUSES] = { "out",  "low",  "ok",
                                                                  "over", "slow", "not_selling",
                                                                  "check" };

const char *
aisle_stock_status_to_text (AisleStockStatus status)
{
  return (int) status >= 0 && status < AISLE_N_STOCK_STATUSES ? status_names[status] : NULL;
}

gboolean
aisle_stock_status_from_text (const char *text, AisleStockStatus *status)
{
  for (int i = 0; i < AISLE_N_STOCK_STATUSES; i++)
    if (g_strcmp0 (status_names[i], text) == 0)
      {
        *status = (AisleStockStatus) i;
        return TRUE;
      }
  return FALSE;
}

static int
period_days (const AisleStockSituation *situation)
{
  int days = MAX (situation->lead_time_days, 0) + MAX (situation->review_days, 0);
  return MAX (days, 1);
}

static gboolean
has_forecast (const AisleStockSituation *situation)
{
  return isfinite (situation->demand_mean);
}

static double
demand_mean (const AisleStockSituation *situation)
{
  return MAX (situation->demand_mean, 0);
}

static double
demand_sd (const AisleStockSituation *situation)
{
  return isfinite (situation->demand_sd) ? MAX (situation->demand_sd, 0) : 0;
}

/* The day on which cumulative demand, mean d t and standard deviation s sqrt(t), shifted by z of
 * them, reaches the stock: d t + z s sqrt(t) = stock, a quadratic in sqrt(t). */
static double
day_reached (double stock, double daily_mean, double daily_sd, double z)
{
  if (stock <= 0)
    return 0;
  if (daily_mean <= 0)
    return INFINITY;
  double shift = z * daily_sd;
  double root = (-shift + sqrt (shift * shift + 4 * daily_mean * stock)) / (2 * daily_mean);
  return root * root;
}

static void
find_run_out (const AisleStockSituation *situation, double level, AisleStockResult *result)
{
  result->cover_days = result->run_out_days = NAN;
  result->run_out_lower = result->run_out_upper = NAN;
  if (!has_forecast (situation) || situation->on_hand_milli == AISLE_QUANTITY_UNKNOWN)
    return;
  double stock = MAX ((double) situation->on_hand_milli / MILLI, 0);
  double daily_mean = demand_mean (situation) / period_days (situation);
  double daily_sd = demand_sd (situation) / sqrt (period_days (situation));
  double z = gsl_cdf_ugaussian_Pinv (0.5 + CLAMP (level, 0.01, 0.999) / 2);
  result->run_out_days = day_reached (stock, daily_mean, daily_sd, 0);
  result->cover_days = result->run_out_days;
  result->run_out_lower = day_reached (stock, daily_mean, daily_sd, z);
  result->run_out_upper = day_reached (stock, daily_mean, daily_sd, -z);
}

static gint64
to_milli_up (double units)
{
  /* Beyond this a double no longer holds thousandths exactly, and no shop orders that much. The
   * small step down keeps 12 units at 12000 where the sum came out as 12.000000000000002. */
  double milli = ceil (units * MILLI - 1e-6);
  return (gint64) CLAMP (milli, 0, 9e15);
}

static void
find_reorder_point (const AisleStockSituation *situation, AisleStockResult *result)
{
  result->safety_stock = result->reorder_point = NAN;
  result->reorder_point_milli = AISLE_QUANTITY_UNKNOWN;
  if (!has_forecast (situation))
    return;
  double level = isfinite (situation->service_level) ? situation->service_level : MIN_SERVICE_LEVEL;
  double k = gsl_cdf_ugaussian_Pinv (CLAMP (level, MIN_SERVICE_LEVEL, MAX_SERVICE_LEVEL));
  result->safety_stock = k * demand_sd (situation);
  result->reorder_point = demand_mean (situation) + result->safety_stock;
  result->reorder_point_milli = to_milli_up (result->reorder_point);
}

static gint64
round_up_to (gint64 quantity, gint64 step)
{
  if (step <= 0)
    return quantity;
  gint64 rest = quantity % step;
  if (rest == 0 || quantity > G_MAXINT64 - (step - rest))
    return quantity - rest;
  return quantity + (step - rest);
}

/* Stock that counts against the reorder point: here and on its way. */
static gint64
position_milli (const AisleStockSituation *situation)
{
  gint64 on_order = MAX (situation->on_order_milli, 0);
  if (situation->on_hand_milli > G_MAXINT64 - on_order)
    return G_MAXINT64;
  return situation->on_hand_milli + on_order;
}

static gboolean
is_short (const AisleStockSituation *situation, const AisleStockResult *result)
{
  if (!has_forecast (situation))
    return FALSE;
  if (position_milli (situation) < result->reorder_point_milli)
    return TRUE;
  /* What is on its way comes too late where the shelf does not last until a delivery could come. */
  return demand_mean (situation) > 0
         && result->cover_days < (double) MAX (situation->lead_time_days, 0);
}

static gint64
find_order_quantity (const AisleStockSituation *situation, const AisleStockResult *result)
{
  /* What has stood still for weeks is not bought again by itself, whatever its safety stock would
   * be. */
  if (!situation->is_ranged || !has_forecast (situation) || result->status == AISLE_STOCK_CHECK
      || result->status == AISLE_STOCK_SLOW || result->status == AISLE_STOCK_NOT_SELLING)
    return 0;
  gint64 position = position_milli (situation);
  if (position >= result->reorder_point_milli)
    return 0;
  gint64 quantity = MAX (result->reorder_point_milli - position, situation->minimum_order_milli);
  return round_up_to (quantity, situation->case_pack_milli);
}

static gboolean
is_new (const AisleStockSituation *situation, const AisleStockThresholds *thresholds)
{
  return situation->age_days >= 0 && situation->age_days < thresholds->new_days;
}

static AisleStockStatus
find_status (const AisleStockSituation *situation,
             const AisleStockThresholds *thresholds,
             const AisleStockResult *result)
{
  if (situation->on_hand_milli == AISLE_QUANTITY_UNKNOWN || situation->on_hand_milli < 0
      || situation->on_hand_milli > thresholds->implausible_milli)
    return AISLE_STOCK_CHECK;
  if (situation->on_hand_milli == 0)
    return situation->is_ranged ? AISLE_STOCK_OUT : AISLE_STOCK_OK;
  if (!is_new (situation, thresholds))
    {
      int quiet_days = situation->days_since_last_sale >= 0 ? situation->days_since_last_sale
                       : situation->age_days >= 0           ? situation->age_days
                                                            : G_MAXINT;
      if (quiet_days >= thresholds->not_selling_days)
        return AISLE_STOCK_NOT_SELLING;
      if (quiet_days >= thresholds->slow_days)
        return AISLE_STOCK_SLOW;
    }
  if (situation->is_ranged && is_short (situation, result))
    return AISLE_STOCK_LOW;
  /* A product too new to have demand is not "over" for that. */
  if (result->cover_days > thresholds->over_cover_days
      && (isfinite (result->cover_days) || !is_new (situation, thresholds)))
    return AISLE_STOCK_OVER;
  return AISLE_STOCK_OK;
}

AisleStockResult
aisle_stock_status (const AisleStockSituation *situation, const AisleStockThresholds *thresholds)
{
  static const AisleStockThresholds defaults = { .over_cover_days = 91,
                                                 .slow_days = 28,
                                                 .not_selling_days = 91,
                                                 .new_days = 28,
                                                 .implausible_milli = 1000000000,
                                                 .interval_level = 0.8 };
  if (!thresholds)
    thresholds = &defaults;

  AisleStockResult result = { 0 };
  find_run_out (situation, thresholds->interval_level, &result);
  find_reorder_point (situation, &result);
  result.status = find_status (situation, thresholds, &result);
  result.order_quantity_milli = find_order_quantity (situation, &result);
  return result;
}
