/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double shares[] = { 0.025, 0.1, 0.5, 0.9, 0.975 };

static void
take_quantiles (AisleForecastValues values, double mean, double variance, double *quantiles)
{
  aisle_forecast_quantiles (values, mean, variance, 0, shares, 5, quantiles);
}

static void
test_negative_binomial (void)
{
  for (double mean = 0.05; mean < 90; mean *= 1.7)
    for (double ratio = 1.05; ratio < 8; ratio *= 1.9)
      {
        double quantiles[5], variance = ratio * mean;
        take_quantiles (AISLE_FORECAST_VALUES_COUNT, mean, variance, quantiles);
        double size = mean * mean / (variance - mean), p = size / (size + mean);
        for (int i = 0; i < 5; i++)
          {
            guint q = (guint) quantiles[i];
            g_assert_cmpfloat (gsl_cdf_negative_binomial_P (q, p, size), >=, shares[i] - 1e-9);
            if (q > 0)
              g_assert_cmpfloat (gsl_cdf_negative_binomial_P (q - 1, p, size), <, shares[i]);
          }
      }
}

static void
test_poisson_for_small_variance (void)
{
  double quantiles[5];
  take_quantiles (AISLE_FORECAST_VALUES_COUNT, 3, 0.5, quantiles);
  const double expected[] = { 0, 1, 3, 5, 7 };
  for (int i = 0; i < 5; i++)
    g_assert_cmpfloat (quantiles[i], ==, expected[i]);
}

static void
test_normal (void)
{
  double any[5], positive[5], count[5];
  take_quantiles (AISLE_FORECAST_VALUES_ANY, 1, 4, any);
  g_assert_cmpfloat_with_epsilon (any[0], 1 - 2 * 1.959963984540054, 1e-9);
  g_assert_cmpfloat_with_epsilon (any[2], 1, 1e-12);
  take_quantiles (AISLE_FORECAST_VALUES_POSITIVE, 1, 4, positive);
  g_assert_cmpfloat (positive[0], ==, 0);
  g_assert_cmpfloat (positive[4], ==, any[4]);
  take_quantiles (AISLE_FORECAST_VALUES_COUNT, 1000, 4, count);
  g_assert_cmpfloat_with_epsilon (count[4], 1000 + 2 * 1.959963984540054, 1e-9);
}

static void
test_degenerate (void)
{
  double quantiles[5];
  const AisleForecastValues kinds[] = { AISLE_FORECAST_VALUES_ANY, AISLE_FORECAST_VALUES_POSITIVE,
                                        AISLE_FORECAST_VALUES_COUNT };
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      take_quantiles (kinds[k], NAN, 1, quantiles);
      g_assert_true (isnan (quantiles[0]) && isnan (quantiles[4]));
      take_quantiles (kinds[k], 1, NAN, quantiles);
      g_assert_true (isnan (quantiles[0]) && isnan (quantiles[4]));
      take_quantiles (kinds[k], 5, 0, quantiles);
      g_assert_true (quantiles[0] == 5 && quantiles[4] == 5);
      take_quantiles (kinds[k], 0, 0, quantiles);
      g_assert_true (quantiles[0] == 0 && quantiles[4] == 0);
      take_quantiles (kinds[k], 1e-9, 1e9, quantiles);
      g_assert_true (isfinite (quantiles[4]));
      for (int i = 1; i < 5; i++)
        g_assert_cmpfloat (quantiles[i], >=, quantiles[i - 1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/interval/negative-binomial", test_negative_binomial);
  g_test_add_func ("/forecast/interval/poisson", test_poisson_for_small_variance);
  g_test_add_func ("/forecast/interval/normal", test_normal);
  g_test_add_func ("/forecast/interval/degenerate", test_degenerate);
  return g_test_run ();
}
