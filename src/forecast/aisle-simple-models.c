/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, sections 5.2
 * and 5.5. */
#include "aisle-simple-models.h"

#include <math.h>

static void
fill_flat (AisleForecastFit *fit, AisleForecastModel model, double value, int horizon)
{
  fit->model = model;
  for (int h = 0; h < horizon; h++)
    fit->mean[h] = value;
  fit->spread = (AisleForecastSpread){ .sigma2 = NAN, .season = 1 };
  fit->sum_squares = 0;
  fit->loglik = NAN;
  fit->aicc = NAN;
}

static double
average (const double *values, gsize n)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += values[i] / (double) n;
  /* A second pass takes out what rounding left in the first. */
  double rest = 0;
  for (gsize i = 0; i < n; i++)
    rest += values[i] - sum;
  return sum + rest / (double) n;
}

gboolean
aisle_mean_fit (const double *observed, gsize n, int horizon, AisleForecastFit *fit)
{
  if (n == 0)
    return FALSE;
  double mean = average (observed, n);
  fill_flat (fit, AISLE_FORECAST_MEAN, mean, horizon);
  for (gsize i = 0; i < n; i++)
    fit->sum_squares += (observed[i] - mean) * (observed[i] - mean);
  if (n > 1)
    {
      fit->spread.sigma2 = fit->sum_squares / (double) (n - 1);
      fit->spread.degrees = (int) MIN (n - 1, 1000000);
    }
  fit->spread.level_share = 1.0 / (double) n;
  return TRUE;
}

gboolean
aisle_naive_fit (const double *observed, gsize n, int horizon, AisleForecastFit *fit)
{
  if (n == 0)
    return FALSE;
  fill_flat (fit, AISLE_FORECAST_NAIVE, observed[n - 1], horizon);
  for (gsize i = 1; i < n; i++)
    fit->sum_squares += (observed[i] - observed[i - 1]) * (observed[i] - observed[i - 1]);
  if (n > 1)
    fit->spread.sigma2 = fit->sum_squares / (double) (n - 1);
  fit->spread.alpha = 1;
  return TRUE;
}

gboolean
aisle_drift_fit (const double *observed, gsize n, int horizon, AisleForecastFit *fit)
{
  if (n < 3)
    return FALSE;
  double drift = (observed[n - 1] - observed[0]) / (double) (n - 1);
  fill_flat (fit, AISLE_FORECAST_DRIFT, observed[n - 1], horizon);
  for (int h = 0; h < horizon; h++)
    fit->mean[h] += drift * (h + 1);
  for (gsize i = 1; i < n; i++)
    {
      double e = observed[i] - observed[i - 1] - drift;
      fit->sum_squares += e * e;
    }
  fit->spread.sigma2 = fit->sum_squares / (double) (n - 2);
  fit->spread.alpha = 1;
  fit->spread.trend_share = 1.0 / (double) (n - 1);
  return TRUE;
}

gboolean
aisle_window_fit (const double *observed, gsize n, gsize window, int horizon, AisleForecastFit *fit)
{
  if (n == 0)
    return FALSE;
  gsize width = MIN (window, n);
  fill_flat (fit, AISLE_FORECAST_WINDOW, average (observed + n - width, width), horizon);
  double sum = 0;
  gsize n_errors = 0;
  for (gsize i = 0; i < n; i++)
    {
      gsize before = MIN (i, width);
      if (before > 0)
        {
          double e = observed[i] - sum / (double) before;
          fit->sum_squares += e * e;
          n_errors++;
        }
      sum += observed[i];
      if (i >= width)
        sum -= observed[i - width];
    }
  if (n_errors > 0)
    fit->spread.sigma2 = fit->sum_squares / (double) n_errors;
  /* The one-step errors above hold the error of the average already. */
  return TRUE;
}

gboolean
aisle_snaive_fit (const double *y,
                  gsize n,
                  int season,
                  int horizon,
                  double *last,
                  AisleForecastFit *fit)
{
  if (n <= (gsize) season)
    return FALSE;
  fill_flat (fit, AISLE_FORECAST_SNAIVE, 0, horizon);
  for (int s = 0; s < season; s++)
    last[s] = NAN;
  gsize n_errors = 0;
  for (gsize i = 0; i < n; i++)
    {
      gsize slot = i % (gsize) season;
      if (isnan (y[i]))
        continue;
      if (!isnan (last[slot]))
        {
          fit->sum_squares += (y[i] - last[slot]) * (y[i] - last[slot]);
          n_errors++;
        }
      last[slot] = y[i];
    }
  if (n_errors == 0)
    return FALSE;
  double sum = 0;
  int n_known = 0;
  for (int s = 0; s < season; s++)
    if (!isnan (last[s]))
      {
        sum += last[s];
        n_known++;
      }
  for (int h = 0; h < horizon; h++)
    {
      double value = last[(n + (gsize) h) % (gsize) season];
      fit->mean[h] = isnan (value) ? sum / n_known : value;
    }
  fit->spread.sigma2 = fit->sum_squares / (double) n_errors;
  fit->spread.gamma = 1;
  fit->spread.season = season;
  return TRUE;
}
