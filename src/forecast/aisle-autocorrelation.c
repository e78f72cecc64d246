/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Box, Jenkins and Reinsel, Time Series Analysis, sections 2.1 and 3.2: Durbin's recursion for the
 * partial autocorrelations. */
#include "aisle-autocorrelation.h"

#include <math.h>

static void
fill_partial (const double *acf, gsize n_lags, double *pacf)
{
  g_autofree double *phi = g_new0 (double, n_lags);
  g_autofree double *before = g_new0 (double, n_lags);
  for (gsize k = 0; k < n_lags; k++)
    {
      double above = acf[k], below = 1;
      for (gsize j = 0; j < k; j++)
        {
          before[j] = phi[j];
          above -= phi[j] * acf[k - 1 - j];
          below -= phi[j] * acf[j];
        }
      phi[k] = above / below;
      for (gsize j = 0; j < k; j++)
        phi[j] = before[j] - phi[k] * before[k - 1 - j];
      pacf[k] = phi[k];
    }
}

gboolean
aisle_autocorrelation (const double *y, gsize n, gsize n_lags, double *acf, double *pacf)
{
  double mean = 0, variance = 0;
  for (gsize i = 0; i < n; i++)
    mean += y[i] / (double) n;
  for (gsize i = 0; i < n; i++)
    variance += (y[i] - mean) * (y[i] - mean);
  gboolean is_good = n > n_lags && variance > 0 && isfinite (variance);
  for (gsize lag = 1; lag <= n_lags; lag++)
    {
      double sum = 0;
      for (gsize i = lag; is_good && i < n; i++)
        sum += (y[i] - mean) * (y[i - lag] - mean);
      acf[lag - 1] = is_good ? sum / variance : NAN;
      if (pacf)
        pacf[lag - 1] = NAN;
    }
  if (is_good && pacf)
    fill_partial (acf, n_lags, pacf);
  return is_good;
}
