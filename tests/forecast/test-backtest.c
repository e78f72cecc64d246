/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-backtest.h"
#include "aisle-random.h"

#include <math.h>

static AisleForecastBacktest *
run_backtest (const double *values,
              const gsize *offsets,
              gsize n_series,
              const AisleForecastModel *models,
              gsize n_models,
              guint n_threads)
{
  g_autoptr (GError) error = NULL;
  AisleForecastSeries series = { values, offsets, n_series };
  AisleForecastOptions options = {
    .season = 4, .horizon = 4, .n_folds = 2, .n_threads = n_threads
  };
  AisleForecastBacktest *backtest =
      aisle_forecast_backtest_new (&series, &options, models, n_models, NULL, NULL, &error);
  g_assert_no_error (error);
  return backtest;
}

/* A season that repeats exactly: seasonal naive makes no error, the average a known one. */
static void
test_known_errors (void)
{
  const AisleForecastModel models[] = { AISLE_FORECAST_MEAN, AISLE_FORECAST_SNAIVE };
  const double season[] = { 1, 3, 5, 7 };
  const gsize offsets[] = { 0, 40 };
  double values[40];
  for (int i = 0; i < 40; i++)
    values[i] = season[i % 4];
  g_autoptr (AisleForecastBacktest) backtest = run_backtest (values, offsets, 1, models, 2, 1);
  const AisleForecastScore *mean = &backtest->scores[0], *snaive = &backtest->scores[1];
  g_assert_cmpuint (mean->n_series, ==, 1);
  g_assert_cmpfloat (snaive->wape, ==, 0);
  g_assert_cmpfloat (snaive->rmsse, ==, 0);
  g_assert_cmpfloat (snaive->coverage80, ==, 1);
  /* Errors 3, 1, -1, -3; one-step differences 2, 2, 2, -6, of which the first 31 steps hold 24
   * and 7. */
  g_assert_cmpfloat_with_epsilon (mean->wape, 8.0 / 16, 1e-12);
  g_assert_cmpfloat_with_epsilon (mean->bias, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (mean->rmsse, sqrt (5 / ((24 * 4 + 7 * 36) / 31.0)), 1e-12);
  g_assert_true (isnan (mean->mase));
  g_assert_true (isnan (mean->cpu_seconds));
  g_assert_cmpuint (backtest->n_chosen[0], ==, 0);
  g_assert_cmpuint (backtest->n_chosen[1], ==, 1);
}

static void
test_short_and_empty (void)
{
  const AisleForecastModel models[] = { AISLE_FORECAST_MEAN, AISLE_FORECAST_AUTO };
  const double values[] = { 1, 2, 3 };
  const gsize offsets[] = { 0, 3, 3 };
  g_autoptr (AisleForecastBacktest) backtest = run_backtest (values, offsets, 2, models, 2, 2);
  g_assert_cmpuint (backtest->n_short, ==, 2);
  g_assert_true (isnan (backtest->scores[1].rmsse));
  g_autoptr (AisleForecastBacktest) none = run_backtest (NULL, offsets, 0, models, 2, 2);
  g_assert_cmpuint (none->scores[0].n_series, ==, 0);
}

static void
test_threads_and_coverage (void)
{
  enum
  {
    SERIES = 60,
    LENGTH = 80
  };
  const AisleForecastModel models[] = { AISLE_FORECAST_SES, AISLE_FORECAST_TSB,
                                        AISLE_FORECAST_AUTO };
  g_autofree double *values = g_new (double, SERIES *LENGTH);
  gsize offsets[SERIES + 1];
  AisleRandom random;
  aisle_random_init (&random, 11);
  for (gsize i = 0; i <= SERIES; i++)
    offsets[i] = i * LENGTH;
  for (gsize i = 0; i < SERIES * LENGTH; i++)
    values[i] = 100 + 10 * aisle_random_normal (&random);
  g_autoptr (AisleForecastBacktest) one = run_backtest (values, offsets, SERIES, models, 3, 1);
  g_autoptr (AisleForecastBacktest) many = run_backtest (values, offsets, SERIES, models, 3, 4);
  gsize n_chosen = 0;
  for (int m = 0; m < 3; m++)
    {
      g_assert_cmpfloat (one->scores[m].rmsse, ==, many->scores[m].rmsse);
      g_assert_cmpfloat (one->scores[m].pinball, ==, many->scores[m].pinball);
      /* 480 independent normal values: three standard errors. */
      g_assert_cmpfloat (fabs (one->scores[m].coverage80 - 0.8), <, 0.055);
      g_assert_cmpfloat (fabs (one->scores[m].coverage95 - 0.95), <, 0.03);
      g_assert_cmpfloat (fabs (one->scores[m].bias), <, 0.02);
      n_chosen += one->n_chosen[m];
    }
  g_assert_cmpuint (n_chosen, ==, SERIES);
}

static void
test_needs_a_model (void)
{
  g_autoptr (GError) error = NULL;
  const gsize offsets[] = { 0 };
  AisleForecastSeries series = { NULL, offsets, 0 };
  AisleForecastOptions options = { .season = 4, .horizon = 4 };
  g_assert_null (aisle_forecast_backtest_new (&series, &options, NULL, 0, NULL, NULL, &error));
  g_assert_error (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/backtest/known-errors", test_known_errors);
  g_test_add_func ("/forecast/backtest/short-and-empty", test_short_and_empty);
  g_test_add_func ("/forecast/backtest/threads-and-coverage", test_threads_and_coverage);
  g_test_add_func ("/forecast/backtest/needs-a-model", test_needs_a_model);
  return g_test_run ();
}
