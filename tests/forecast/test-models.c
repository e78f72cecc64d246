/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-autocorrelation.h"
#include "aisle-intermittent.h"
#include "aisle-simple-models.h"
#include "aisle-smoothing.h"

#include <math.h>

static void
test_croston_by_hand (void)
{
  const double y[] = { 0, 4, 0, 0, 2 };
  double mean[2];
  AisleForecastFit fit = { .mean = mean };
  g_assert_true (aisle_croston_fit (y, 5, 0.5, 1, 2, &fit));
  /* Size 4 then 3, interval 2 then 2.5. */
  g_assert_cmpfloat_with_epsilon (mean[1], 3 / 2.5, 1e-15);
  g_assert_true (aisle_croston_fit (y, 5, 0.5, 0.75, 1, &fit));
  g_assert_cmpfloat_with_epsilon (mean[0], 0.75 * 3 / 2.5, 1e-15);
  g_assert_cmpint (fit.model, ==, AISLE_FORECAST_SBA);
}

static void
test_tsb_fades_without_demand (void)
{
  double y[60] = { 5, 5, 5, 5 }, mean[1];
  AisleForecastFit fit = { .mean = mean };
  g_assert_true (aisle_tsb_fit (y, 60, 0.1, 0.1, 1, &fit));
  g_assert_cmpfloat_with_epsilon (mean[0], 5 * pow (0.9, 56), 1e-12);
  g_assert_true (aisle_croston_fit (y, 60, 0.1, 1, 1, &fit));
  g_assert_cmpfloat (mean[0], ==, 5);
}

static void
test_no_demand_is_zero (void)
{
  const double zeros[12] = { 0 };
  double mean[1], blocks[12];
  AisleForecastFit fit = { .mean = mean };
  g_assert_true (aisle_croston_fit (zeros, 12, 0.1, 1, 1, &fit) && mean[0] == 0);
  g_assert_true (aisle_tsb_fit (zeros, 12, 0.1, 0.1, 1, &fit) && mean[0] == 0);
  g_assert_true (aisle_adida_fit (zeros, 12, 1, blocks, &fit) && mean[0] == 0);
  g_assert_true (aisle_imapa_fit (zeros, 12, 1, blocks, &fit) && mean[0] == 0);
  g_assert_false (aisle_croston_fit (zeros, 0, 0.1, 1, 1, &fit));
}

static void
test_snaive_over_gaps (void)
{
  const double y[] = { 1, 2, NAN, 4, NAN, NAN, 7 };
  double mean[3], last[3];
  AisleForecastFit fit = { .mean = mean };
  g_assert_true (aisle_snaive_fit (y, 7, 3, 3, last, &fit));
  /* Slots: 1,4,7; 2; never: the average of 7 and 2. The next step is slot 1. */
  g_assert_cmpfloat (mean[0], ==, 2);
  g_assert_cmpfloat (mean[1], ==, 4.5);
  g_assert_cmpfloat (mean[2], ==, 7);
  g_assert_cmpfloat (fit.spread.sigma2, ==, 9);
  g_assert_false (aisle_snaive_fit (y, 3, 3, 3, last, &fit));
}

static void
test_missing_values_are_skipped (void)
{
  const double with[] = { 3, NAN, 5, NAN, NAN, 4, 6, 1, 8 }, without[] = { 3, 5, 4, 6, 1, 8 };
  const AisleForecastModel models[] = { AISLE_FORECAST_MEAN,  AISLE_FORECAST_NAIVE,
                                        AISLE_FORECAST_DRIFT, AISLE_FORECAST_WINDOW,
                                        AISLE_FORECAST_SES,   AISLE_FORECAST_CROSTON,
                                        AISLE_FORECAST_TSB,   AISLE_FORECAST_ADIDA };
  g_autoptr (AisleForecastScratch) scratch = aisle_forecast_scratch_new (9, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    {
      double a[2], b[2];
      AisleForecastFit fit_a = { .mean = a }, fit_b = { .mean = b };
      g_assert_true (aisle_forecast_fit (models[i], with, 9, 1, 2, scratch, &fit_a));
      g_assert_true (aisle_forecast_fit (models[i], without, 6, 1, 2, scratch, &fit_b));
      g_assert_cmpfloat (a[1], ==, b[1]);
      g_assert_cmpfloat (fit_a.spread.sigma2, ==, fit_b.spread.sigma2);
    }
}

static void
test_ses_fit_stays_in_its_range (void)
{
  const double y[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  double alpha, level, sum_squares;
  g_assert_true (aisle_ses_fit_from (y, 8, 1, 0.1, 0.3, &alpha, &level, &sum_squares));
  g_assert_cmpfloat_with_epsilon (alpha, 0.3, 1e-9);
  g_assert_true (aisle_ses_fit_from (y, 8, 1, 0, 1, &alpha, &level, &sum_squares));
  g_assert_cmpfloat_with_epsilon (level, 8, 1e-6);
  g_assert_false (aisle_ses_fit_from (y, 0, 1, 0, 1, &alpha, &level, &sum_squares));
}

static void
test_autocorrelation_degenerate (void)
{
  const double constant[] = { 2, 2, 2, 2 };
  double acf[3], pacf[3];
  g_assert_false (aisle_autocorrelation (constant, 4, 3, acf, pacf));
  g_assert_true (isnan (acf[0]) && isnan (pacf[2]));
  g_assert_false (aisle_autocorrelation (constant, 2, 3, acf, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/models/croston-by-hand", test_croston_by_hand);
  g_test_add_func ("/forecast/models/tsb-fades", test_tsb_fades_without_demand);
  g_test_add_func ("/forecast/models/no-demand", test_no_demand_is_zero);
  g_test_add_func ("/forecast/models/snaive-over-gaps", test_snaive_over_gaps);
  g_test_add_func ("/forecast/models/missing-values", test_missing_values_are_skipped);
  g_test_add_func ("/forecast/models/ses-range", test_ses_fit_stays_in_its_range);
  g_test_add_func ("/forecast/models/autocorrelation-degenerate", test_autocorrelation_degenerate);
  return g_test_run ();
}
