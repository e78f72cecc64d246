/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The negative binomial by its first two moments: mean m, variance v > m, size r = m^2 / (v - m),
 * probability r / (r + m); its terms by recursion from p(0) (Johnson, Kemp and Kotz, Univariate
 * Discrete Distributions, chapter 5). */
#include "aisle-forecast-interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define COUNT_MEAN_MAX 100.0
#define COUNT_TERMS_MAX 4000

static gboolean
find_count_quantiles (double mean,
                      double variance,
                      const double *shares,
                      gsize n,
                      double *quantiles)
{
  gboolean is_poisson = variance <= mean * (1 + 1e-6);
  double size = is_poisson ? 0 : mean * mean / (variance - mean);
  double fail = is_poisson ? 0 : mean / (size + mean);
  double term = is_poisson ? exp (-mean) : exp (-size * log1p (mean / size));
  double sum = term;
  gsize at = 0;
  for (int k = 0; k < COUNT_TERMS_MAX; k++)
    {
      /* The slack keeps rounding in the sum from pushing a quantile one up. */
      while (at < n && sum >= shares[at] - 1e-12)
        quantiles[at++] = k;
      if (at == n)
        return TRUE;
      term *= is_poisson ? mean / (k + 1) : (k + size) / (k + 1) * fail;
      sum += term;
    }
  return FALSE;
}

void
aisle_forecast_quantiles (AisleForecastValues values,
                          double mean,
                          double variance,
                          int degrees,
                          const double *shares,
                          gsize n,
                          double *quantiles)
{
  if (isnan (mean) || !(variance >= 0))
    {
      for (gsize i = 0; i < n; i++)
        quantiles[i] = NAN;
      return;
    }
  if (values == AISLE_FORECAST_VALUES_COUNT && mean > 0 && mean < COUNT_MEAN_MAX && variance > 0
      && find_count_quantiles (mean, variance, shares, n, quantiles))
    return;
  for (gsize i = 0; i < n; i++)
    {
      double z = degrees > 0 ? gsl_cdf_tdist_Pinv (shares[i], degrees)
                             : gsl_cdf_ugaussian_Pinv (shares[i]);
      quantiles[i] = variance > 0 ? mean + z * sqrt (variance) : mean;
      if (values != AISLE_FORECAST_VALUES_ANY)
        quantiles[i] = MAX (0, quantiles[i]);
    }
}
