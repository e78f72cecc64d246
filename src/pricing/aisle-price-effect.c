/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-effect.h"

#include "aisle-money.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* Constant elasticity: units = baseline * (after / before)^e. The interval comes from a grid of
 * equally likely elasticities and baselines, both normal and independent: the limit of what the
 * stock allows and a unit margin below 0 bend the answer, so that a formula with derivatives would
 * claim too much. */

#define N_POINTS 25
#define N_GRID (N_POINTS * N_POINTS)
#define MAX_LOG_FACTOR 30.0 /* nobody sells e^30 times as much; keeps the numbers finite */

/* A move with its gaps filled. */
typedef struct
{
  double log_ratio;
  double elasticity, elasticity_se;
  double units, units_sd;
  double stock;
  double net_before, net_after;       /* minor units */
  double margin_before, margin_after; /* a unit's; NaN without a cost */
  double level;
} Move;

static AisleEstimate
scale_estimate (AisleEstimate estimate, double factor)
{
  AisleEstimate scaled = { estimate.mean * factor, estimate.lower * factor,
                           estimate.upper * factor };
  if (factor < 0)
    {
      scaled.lower = estimate.upper * factor;
      scaled.upper = estimate.lower * factor;
    }
  return scaled;
}

/* Puts the k-th smallest value at its place, smaller ones before and larger ones behind it (Hoare's
 * selection): two quantiles of a grid need no sorted grid. */
static void
select_kth (double *values, gsize n, gsize k)
{
  gssize low = 0, high = (gssize) n - 1, place = (gssize) k;
  while (low < high)
    {
      double pivot = values[low + (high - low) / 2];
      gssize i = low, j = high;
      while (i <= j)
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i <= j)
            {
              double swapped = values[i];
              values[i++] = values[j];
              values[j--] = swapped;
            }
        }
      if (place <= j)
        high = j;
      else if (place >= i)
        low = i;
      else
        return;
    }
}

/* The quantile between two neighbouring values (type 7); changes their order. `n` > 0, none is NaN.
 */
static double
find_quantile (double *values, gsize n, double share)
{
  double place = share * (double) (n - 1);
  gsize below = (gsize) place;
  select_kth (values, n, below);
  if (below + 1 >= n)
    return values[below];
  double next = values[below + 1];
  for (gsize i = below + 2; i < n; i++)
    next = MIN (next, values[i]);
  return values[below] + (place - (double) below) * (next - values[below]);
}

/* Changes the order of `values`. */
static AisleEstimate
estimate_from_grid (double *values, double mean, double level)
{
  double lower = find_quantile (values, N_GRID, (1 - level) / 2);
  double upper = find_quantile (values, N_GRID, (1 + level) / 2);
  return (AisleEstimate){ mean, MIN (lower, mean), MAX (upper, mean) };
}

static double
units_after (const Move *move, double elasticity, double baseline)
{
  double exponent = CLAMP (elasticity * move->log_ratio, -MAX_LOG_FACTOR, MAX_LOG_FACTOR);
  return MIN (baseline * exp (exponent), move->stock);
}

static void
fill_levels (const Move *move, AisleEstimate units, AislePriceEffect *effect)
{
  effect->units = units;
  effect->revenue = scale_estimate (units, move->net_after);
  effect->margin = scale_estimate (units, move->margin_after);
}

static AislePriceEffect
keep_price (const Move *move)
{
  AislePriceEffect effect = { 0 };
  double reach = gsl_cdf_ugaussian_Pinv (0.5 + move->level / 2) * move->units_sd;
  AisleEstimate units = { MIN (move->units, move->stock),
                          MIN (MAX (move->units - reach, 0), move->stock),
                          MIN (move->units + reach, move->stock) };
  fill_levels (move, units, &effect);
  if (isnan (move->margin_after))
    effect.margin_change = (AisleEstimate){ NAN, NAN, NAN };
  return effect;
}

static AislePriceEffect
move_price (const Move *move)
{
  double units[N_GRID], units_change[N_GRID], revenue_change[N_GRID], margin_change[N_GRID];
  double quantiles[N_POINTS];
  for (int i = 0; i < N_POINTS; i++)
    quantiles[i] = gsl_cdf_ugaussian_Pinv ((i + 0.5) / N_POINTS);

  gsize n = 0;
  for (int i = 0; i < N_POINTS; i++)
    {
      double factor =
          units_after (move, move->elasticity + move->elasticity_se * quantiles[i], 1.0);
      for (int j = 0; j < N_POINTS; j++, n++)
        {
          double baseline = MAX (move->units + move->units_sd * quantiles[j], 0);
          double before = MIN (baseline, move->stock);
          units[n] = MIN (baseline * factor, move->stock);
          units_change[n] = units[n] - before;
          revenue_change[n] = units[n] * move->net_after - before * move->net_before;
          margin_change[n] = units[n] * move->margin_after - before * move->margin_before;
        }
    }

  AislePriceEffect effect = { 0 };
  double before = MIN (move->units, move->stock);
  double after = units_after (move, move->elasticity, move->units);
  fill_levels (move, estimate_from_grid (units, after, move->level), &effect);
  effect.units_change = estimate_from_grid (units_change, after - before, move->level);
  effect.revenue_change = estimate_from_grid (
      revenue_change, after * move->net_after - before * move->net_before, move->level);
  if (isnan (move->margin_after))
    effect.margin_change = (AisleEstimate){ NAN, NAN, NAN };
  else
    effect.margin_change = estimate_from_grid (
        margin_change, after * move->margin_after - before * move->margin_before, move->level);
  return effect;
}

AislePriceEffect
aisle_price_effect (const AislePriceMove *question)
{
  const AisleEstimate unknown = { NAN, NAN, NAN };
  if (question->before_minor <= 0 || question->after_minor <= 0
      || !isfinite (question->baseline_units))
    return (AislePriceEffect){ unknown, unknown, unknown, unknown, unknown, unknown };

  gint64 tax = MAX (question->tax_rate_ppm, 0);
  Move move = {
    .log_ratio = log ((double) question->after_minor / (double) question->before_minor),
    .elasticity = isfinite (question->elasticity) ? question->elasticity : AISLE_ELASTICITY_DEFAULT,
    .elasticity_se = isfinite (question->elasticity_se) ? MAX (question->elasticity_se, 0)
                                                        : AISLE_ELASTICITY_DEFAULT_SE,
    .units = MAX (question->baseline_units, 0),
    .units_sd = isfinite (question->baseline_sd) ? MAX (question->baseline_sd, 0) : 0,
    .stock = isnan (question->stock_units) ? INFINITY : MAX (question->stock_units, 0),
    .net_before = (double) aisle_money_net_from_gross (question->before_minor, tax),
    .net_after = (double) aisle_money_net_from_gross (question->after_minor, tax),
    .level = CLAMP (question->level, 0.01, 0.999),
  };
  gboolean has_cost = question->net_cost_minor != AISLE_AMOUNT_UNKNOWN;
  move.margin_before = has_cost ? move.net_before - (double) question->net_cost_minor : NAN;
  move.margin_after = has_cost ? move.net_after - (double) question->net_cost_minor : NAN;
  return question->after_minor == question->before_minor ? keep_price (&move) : move_price (&move);
}
