/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, chapter 8. */
#include "aisle-smoothing.h"

#include <math.h>

#define N_GRID 10
#define N_GOLDEN 40

double
aisle_ses_run (const double *observed,
               gsize n,
               double alpha,
               double first_level,
               double *sum_squares)
{
  double level = first_level, sum = 0;
  for (gsize i = 0; i < n; i++)
    {
      double e = observed[i] - level;
      level += alpha * e;
      sum += e * e;
    }
  if (sum_squares)
    *sum_squares = sum;
  return level;
}

static double
sum_squares_at (const double *observed, gsize n, double first_level, double alpha)
{
  double sum;
  aisle_ses_run (observed, n, alpha, first_level, &sum);
  return sum;
}

gboolean
aisle_ses_fit_from (const double *observed,
                    gsize n,
                    double first_level,
                    double lowest,
                    double highest,
                    double *alpha,
                    double *level,
                    double *sum_squares)
{
  if (n == 0)
    return FALSE;
  /* A grid finds the valley, golden section its bottom; the grid's ends are candidates themselves.
   */
  double best = lowest, best_sum = INFINITY;
  double step = (highest - lowest) / N_GRID;
  for (int i = 0; i <= N_GRID; i++)
    {
      double a = i == N_GRID ? highest : lowest + i * step;
      double sum = sum_squares_at (observed, n, first_level, a);
      if (sum < best_sum)
        {
          best = a;
          best_sum = sum;
        }
    }
  const double ratio = 0.6180339887498949;
  double left = MAX (lowest, best - step), right = MIN (highest, best + step);
  double a = right - ratio * (right - left), b = left + ratio * (right - left);
  double at_a = sum_squares_at (observed, n, first_level, a);
  double at_b = sum_squares_at (observed, n, first_level, b);
  for (int i = 0; i < N_GOLDEN; i++)
    if (at_a <= at_b)
      {
        right = b, b = a, at_b = at_a;
        a = right - ratio * (right - left);
        at_a = sum_squares_at (observed, n, first_level, a);
      }
    else
      {
        left = a, a = b, at_a = at_b;
        b = left + ratio * (right - left);
        at_b = sum_squares_at (observed, n, first_level, b);
      }
  double middle = at_a <= at_b ? a : b;
  if (MIN (at_a, at_b) < best_sum)
    best = middle;
  *alpha = best;
  *level = aisle_ses_run (observed, n, best, first_level, sum_squares);
  return TRUE;
}

gboolean
aisle_seasonal_ses_fit (const double *y,
                        gsize n,
                        int season,
                        double alpha,
                        int horizon,
                        double *levels,
                        AisleForecastFit *fit)
{
  if (n < (gsize) season)
    return FALSE;
  for (int s = 0; s < season; s++)
    levels[s] = NAN;
  gsize skip = n % (gsize) season, n_errors = 0, n_known = 0;
  fit->sum_squares = 0;
  for (gsize i = skip; i < n; i++)
    {
      double *level = &levels[(i - skip) % (gsize) season];
      if (isnan (y[i]))
        continue;
      if (isnan (*level))
        {
          *level = y[i];
          continue;
        }
      double e = y[i] - *level;
      *level += alpha * e;
      fit->sum_squares += e * e;
      n_errors++;
    }
  double sum = 0;
  for (int s = 0; s < season; s++)
    if (!isnan (levels[s]))
      {
        sum += levels[s];
        n_known++;
      }
  if (n_known == 0)
    return FALSE;
  for (int h = 0; h < horizon; h++)
    {
      double level = levels[h % season];
      fit->mean[h] = isnan (level) ? sum / (double) n_known : level;
    }
  fit->model = AISLE_FORECAST_SEASONAL_SES;
  fit->spread = (AisleForecastSpread){ .gamma = alpha, .season = season };
  fit->spread.sigma2 = n_errors > 0 ? fit->sum_squares / (double) n_errors : NAN;
  fit->loglik = NAN;
  fit->aicc = NAN;
  return TRUE;
}

double
aisle_holt_winters_run (const double *y,
                        gsize n,
                        int season,
                        double alpha,
                        double beta,
                        double gamma,
                        double level,
                        double trend,
                        double *seasonal,
                        int horizon,
                        double *mean)
{
  double sum_squares = 0;
  gsize m = (gsize) season;
  for (gsize i = 0; i < n; i++)
    {
      /* The oldest state, at the end of the list, meets the first value; then leftwards, round. */
      double *s = &seasonal[m - 1 - i % m];
      if (isnan (y[i]))
        {
          level += trend;
          continue;
        }
      double expected = level + trend;
      double e = y[i] - expected - *s;
      sum_squares += e * e;
      *s = gamma * (y[i] - expected) + (1 - gamma) * *s;
      trend = beta * (expected + alpha * e - level) + (1 - beta) * trend;
      level = expected + alpha * e;
    }
  for (int h = 0; h < horizon; h++)
    mean[h] = level + (h + 1) * trend + seasonal[m - 1 - (n + (gsize) h) % m];
  return sum_squares;
}
