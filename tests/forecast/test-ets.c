/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-ets.h"
#include "aisle-random.h"

#include <math.h>

#define N 200
#define SEASON 7

static void
fill_series (double *y, guint64 seed)
{
  const double week[SEASON] = { 5, 1, 0, 2, 6, 14, 9 };
  AisleRandom random;
  aisle_random_init (&random, seed);
  double level = 20;
  for (int i = 0; i < N; i++)
    {
      level += 0.4 * aisle_random_normal (&random);
      y[i] = level + week[i % SEASON] + 2 * aisle_random_normal (&random);
    }
}

static AisleForecastFit
fit_ana (const double *y, gsize n, AisleEtsState *state, double *mean, int horizon)
{
  g_autoptr (AisleForecastScratch) scratch = aisle_forecast_scratch_new (n, SEASON);
  AisleForecastFit fit = { .mean = mean };
  g_assert_true (
      aisle_ets_fit (AISLE_FORECAST_ETS_ANA, y, n, SEASON, horizon, scratch, &fit, state));
  return fit;
}

static double
run_from (const double *y, gsize n, const AisleEtsState *state)
{
  double seasonal[SEASON];
  AisleEtsState copy = *state;
  for (int i = 0; i < SEASON; i++)
    seasonal[i] = state->seasonal[i];
  copy.seasonal = seasonal;
  return aisle_ets_run (y, n, SEASON, &copy, NULL);
}

/* Nothing near the fit is better: neither other states nor other parameters. */
static void
test_fit_is_a_minimum (void)
{
  double y[N], seasonal[SEASON], mean[1];
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      fill_series (y, seed);
      AisleEtsState state = { .seasonal = seasonal };
      AisleForecastFit fit = fit_ana (y, N, &state, mean, 1);
      g_assert_cmpfloat_with_epsilon (run_from (y, N, &state), fit.sum_squares,
                                      1e-9 * fit.sum_squares);
      double sum = 0;
      for (int i = 0; i < SEASON; i++)
        sum += seasonal[i];
      g_assert_cmpfloat (fabs (sum), <, 1e-9);
      double slack = 1e-6 * fit.sum_squares;
      for (int sign = -1; sign <= 1; sign += 2)
        {
          AisleEtsState other = state;
          other.level += sign * 0.01;
          g_assert_cmpfloat (run_from (y, N, &other), >, fit.sum_squares - 1e-9);
          other = state;
          seasonal[2] += sign * 0.01;
          seasonal[5] -= sign * 0.01;
          g_assert_cmpfloat (run_from (y, N, &other), >, fit.sum_squares - 1e-9);
          seasonal[2] -= sign * 0.01;
          seasonal[5] += sign * 0.01;
          other.alpha = CLAMP (state.alpha + sign * 0.003, 1e-4, 0.9999);
          g_assert_cmpfloat (run_from (y, N, &other), >, fit.sum_squares - slack);
          other = state;
          other.gamma = CLAMP (state.gamma + sign * 0.003, 1e-4, 1 - state.alpha);
          g_assert_cmpfloat (run_from (y, N, &other), >, fit.sum_squares - slack);
        }
    }
}

static void
test_shift_and_scale (void)
{
  double y[N], other[N], mean[14], other_mean[14];
  fill_series (y, 3);
  AisleForecastFit fit = fit_ana (y, N, NULL, mean, 14);
  for (int i = 0; i < N; i++)
    other[i] = 1e6 + 1000 * y[i];
  AisleForecastFit moved = fit_ana (other, N, NULL, other_mean, 14);
  g_assert_cmpfloat_with_epsilon (moved.sum_squares / fit.sum_squares, 1e6, 10);
  for (int h = 0; h < 14; h++)
    g_assert_cmpfloat_with_epsilon (other_mean[h], 1e6 + 1000 * mean[h], 5);
}

static void
test_missing_values_carry_on (void)
{
  double y[N + 10], mean[14], later[4];
  fill_series (y, 4);
  AisleForecastFit fit = fit_ana (y, N, NULL, mean, 14);
  for (int i = N; i < N + 10; i++)
    y[i] = NAN;
  AisleForecastFit same = fit_ana (y, N + 10, NULL, later, 4);
  g_assert_cmpfloat (same.sum_squares, ==, fit.sum_squares);
  for (int h = 0; h < 4; h++)
    g_assert_cmpfloat_with_epsilon (later[h], mean[10 + h], 1e-9);
  y[50] = y[51] = NAN;
  fit_ana (y, N, NULL, mean, 14);
}

/* A season that never had a value does not break the normal equations. */
static void
test_season_without_value (void)
{
  double y[N], mean[14];
  fill_series (y, 5);
  for (int i = 2; i < N; i += SEASON)
    y[i] = NAN;
  AisleForecastFit fit = fit_ana (y, N, NULL, mean, 14);
  g_assert_true (isfinite (fit.loglik));
  for (int h = 0; h < 14; h++)
    g_assert_true (isfinite (mean[h]));
}

static void
test_other_seasons (void)
{
  const int seasons[] = { 2, 3, 12, 24, AISLE_ETS_MAX_SEASON };
  double y[N], mean[5];
  fill_series (y, 6);
  for (gsize i = 0; i < G_N_ELEMENTS (seasons); i++)
    {
      g_autoptr (AisleForecastScratch) scratch = aisle_forecast_scratch_new (N, seasons[i]);
      AisleForecastFit fit = { .mean = mean };
      g_assert_true (
          aisle_ets_fit (AISLE_FORECAST_ETS_ANA, y, N, seasons[i], 5, scratch, &fit, NULL));
      g_assert_true (isfinite (fit.aicc));
    }
}

static void
test_choice_by_aicc (void)
{
  double y[N], mean[1];
  g_autoptr (AisleForecastScratch) scratch = aisle_forecast_scratch_new (N, SEASON);
  AisleForecastFit fit = { .mean = mean };
  fill_series (y, 7);
  g_assert_true (aisle_ets_fit (AISLE_FORECAST_ETS, y, N, SEASON, 1, scratch, &fit, NULL));
  g_assert_cmpint (fit.model, ==, AISLE_FORECAST_ETS_ANA);
  AisleRandom random;
  aisle_random_init (&random, 8);
  for (int i = 0; i < N; i++)
    y[i] = aisle_random_normal (&random);
  g_assert_true (aisle_ets_fit (AISLE_FORECAST_ETS, y, N, SEASON, 1, scratch, &fit, NULL));
  g_assert_cmpint (fit.model, ==, AISLE_FORECAST_ETS_ANN);
  g_assert_cmpfloat (fabs (mean[0]), <, 0.5);
}

static void
test_refuses (void)
{
  double y[N], mean[1];
  fill_series (y, 9);
  g_autoptr (AisleForecastScratch) scratch = aisle_forecast_scratch_new (N, 100);
  AisleForecastFit fit = { .mean = mean };
  g_assert_false (aisle_ets_fit (AISLE_FORECAST_ETS_ANA, y, 11, SEASON, 1, scratch, &fit, NULL));
  g_assert_false (aisle_ets_fit (AISLE_FORECAST_ETS_ANA, y, N, 1, 1, scratch, &fit, NULL));
  g_assert_false (aisle_ets_fit (AISLE_FORECAST_ETS_ANA, y, N, 61, 1, scratch, &fit, NULL));
  g_assert_false (aisle_ets_fit (AISLE_FORECAST_ETS_ANN, y, 4, SEASON, 1, scratch, &fit, NULL));
  g_assert_false (aisle_ets_fit (AISLE_FORECAST_ETS, y, 0, SEASON, 1, scratch, &fit, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/ets/fit-is-a-minimum", test_fit_is_a_minimum);
  g_test_add_func ("/forecast/ets/shift-and-scale", test_shift_and_scale);
  g_test_add_func ("/forecast/ets/missing-values", test_missing_values_carry_on);
  g_test_add_func ("/forecast/ets/season-without-value", test_season_without_value);
  g_test_add_func ("/forecast/ets/other-seasons", test_other_seasons);
  g_test_add_func ("/forecast/ets/choice-by-aicc", test_choice_by_aicc);
  g_test_add_func ("/forecast/ets/refuses", test_refuses);
  return g_test_run ();
}
