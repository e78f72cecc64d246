/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Croston, Operational Research Quarterly 23 (1972); Syntetos and Boylan, Int. J. Forecasting 21
 * (2005); Teunter, Syntetos and Babai, European J. Operational Research 214 (2011); Nikolopoulos et
 * al., J. Operational Research Society 62 (2011) for ADIDA; Petropoulos and Kourentzes, the same 66
 * (2015) for IMAPA. */
#include "aisle-intermittent.h"

#include "aisle-smoothing.h"

#include <math.h>

#define BLOCK_ALPHA_MIN 0.1
#define BLOCK_ALPHA_MAX 0.3

static void
fill_flat (AisleForecastFit *fit,
           AisleForecastModel model,
           double value,
           int horizon,
           double sum_squares,
           gsize n_errors)
{
  fit->model = model;
  for (int h = 0; h < horizon; h++)
    fit->mean[h] = value;
  fit->sum_squares = sum_squares;
  fit->spread = (AisleForecastSpread){ .season = 1 };
  fit->spread.sigma2 = n_errors > 0 ? sum_squares / (double) n_errors : NAN;
  fit->loglik = NAN;
  fit->aicc = NAN;
}

gboolean
aisle_croston_fit (const double *observed,
                   gsize n,
                   double alpha,
                   double factor,
                   int horizon,
                   AisleForecastFit *fit)
{
  if (n == 0)
    return FALSE;
  double size = 0, interval = 0, forecast = 0, sum_squares = 0;
  gsize since = 0, n_errors = 0;
  gboolean has_demand = FALSE;
  for (gsize i = 0; i < n; i++)
    {
      if (has_demand)
        {
          double e = observed[i] - forecast;
          sum_squares += e * e;
          n_errors++;
        }
      since++;
      if (observed[i] == 0)
        continue;
      if (has_demand)
        {
          size += alpha * (observed[i] - size);
          interval += alpha * ((double) since - interval);
        }
      else
        {
          size = observed[i];
          interval = (double) since;
          has_demand = TRUE;
        }
      forecast = factor * size / interval;
      since = 0;
    }
  fill_flat (fit, factor == 1 ? AISLE_FORECAST_CROSTON : AISLE_FORECAST_SBA, forecast, horizon,
             sum_squares, n_errors);
  return TRUE;
}

gboolean
aisle_tsb_fit (const double *observed,
               gsize n,
               double alpha_demand,
               double alpha_probability,
               int horizon,
               AisleForecastFit *fit)
{
  if (n == 0)
    return FALSE;
  double size = 0, probability = observed[0] != 0, sum_squares = 0;
  gboolean has_demand = FALSE;
  for (gsize i = 0; i < n; i++)
    {
      gboolean is_demand = observed[i] != 0;
      if (i > 0)
        {
          double e = observed[i] - size * probability;
          sum_squares += e * e;
        }
      probability += alpha_probability * ((double) is_demand - probability);
      if (is_demand)
        size = has_demand ? size + alpha_demand * (observed[i] - size) : observed[i];
      has_demand = has_demand || is_demand;
    }
  fill_flat (fit, AISLE_FORECAST_TSB, size * probability, horizon, sum_squares, n - 1);
  return TRUE;
}

/* The mean distance between demands, the first counted from the start; 0 for no demand. */
static gsize
find_block_length (const double *observed, gsize n)
{
  gsize n_demands = 0, last = 0;
  for (gsize i = 0; i < n; i++)
    if (observed[i] != 0)
      {
        n_demands++;
        last = i + 1;
      }
  return n_demands == 0 ? 0 : (gsize) MAX (1, rint ((double) last / (double) n_demands));
}

/* The forecast per step from sums over blocks of `length` steps; blocks end at the series' end. */
static double
forecast_blocks (const double *observed, gsize n, gsize length, double *blocks)
{
  gsize n_blocks = n / length, skip = n % length;
  if (n_blocks == 0)
    return NAN;
  for (gsize b = 0; b < n_blocks; b++)
    {
      blocks[b] = 0;
      for (gsize i = 0; i < length; i++)
        blocks[b] += observed[skip + b * length + i];
    }
  double alpha, level, sum;
  aisle_ses_fit_from (blocks, n_blocks, blocks[0], BLOCK_ALPHA_MIN, BLOCK_ALPHA_MAX, &alpha, &level,
                      &sum);
  return level / (double) length;
}

/* Around the final forecast: these models have no one-step errors of their own. */
static double
sum_squares_around (const double *observed, gsize n, double value)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += (observed[i] - value) * (observed[i] - value);
  return sum;
}

gboolean
aisle_adida_fit (const double *observed,
                 gsize n,
                 int horizon,
                 double *blocks,
                 AisleForecastFit *fit)
{
  if (n == 0)
    return FALSE;
  gsize length = find_block_length (observed, n);
  double value = length == 0 ? 0 : forecast_blocks (observed, n, length, blocks);
  fill_flat (fit, AISLE_FORECAST_ADIDA, value, horizon, sum_squares_around (observed, n, value), n);
  return TRUE;
}

gboolean
aisle_imapa_fit (const double *observed,
                 gsize n,
                 int horizon,
                 double *blocks,
                 AisleForecastFit *fit)
{
  if (n == 0)
    return FALSE;
  gsize longest = find_block_length (observed, n);
  double value = 0;
  for (gsize length = 1; length <= longest; length++)
    value += forecast_blocks (observed, n, length, blocks) / (double) longest;
  fill_flat (fit, AISLE_FORECAST_IMAPA, value, horizon, sum_squares_around (observed, n, value), n);
  return TRUE;
}
