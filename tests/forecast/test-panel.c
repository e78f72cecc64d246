/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-panel.h"
#include "aisle-random.h"

#include <math.h>
#include <string.h>

static const double levels[] = { 0.80, 0.95 };

static AisleForecastOptions
week_options (int horizon)
{
  return (AisleForecastOptions){ .season = 7, .horizon = horizon, .levels = levels, .n_levels = 2 };
}

static AisleForecastPanel *
forecast_one (const double *values, gsize n, const AisleForecastOptions *options)
{
  g_autoptr (GError) error = NULL;
  const gsize offsets[] = { 0, n };
  AisleForecastSeries series = { values, offsets, 1 };
  AisleForecastPanel *panel = aisle_forecast_panel_new (&series, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (panel);
  return panel;
}

/* What holds for every forecast of a series with values. */
static void
check_bounds (const AisleForecastPanel *panel, gboolean is_nonnegative, double max_abs)
{
  gsize horizon = (gsize) panel->horizon;
  for (gsize i = 0; i < panel->n_series * horizon; i++)
    {
      double mean = panel->mean[i];
      g_assert_true (isfinite (mean));
      g_assert_cmpfloat (fabs (mean), <=, AISLE_FORECAST_CEILING * max_abs);
      if (is_nonnegative)
        g_assert_cmpfloat (mean, >=, 0);
      for (gsize level = 0; level < panel->n_levels; level++)
        {
          gsize at = (i / horizon * panel->n_levels + level) * horizon + i % horizon;
          g_assert_cmpfloat (panel->lower[at], <=, mean);
          g_assert_cmpfloat (panel->upper[at], >=, mean);
          if (is_nonnegative)
            g_assert_cmpfloat (panel->lower[at], >=, 0);
        }
    }
}

static void
test_empty (void)
{
  AisleForecastOptions options = week_options (3);
  g_autoptr (AisleForecastPanel) panel = forecast_one (NULL, 0, &options);
  g_assert_cmpint (panel->model[0], ==, AISLE_FORECAST_NONE);
  g_assert_cmpint (panel->reason[0], ==, AISLE_FORECAST_REASON_EMPTY);
  g_assert_true (isnan (panel->mean[0]) && isnan (panel->upper[0]) && isnan (panel->sigma[0]));

  const double missing[] = { NAN, INFINITY, -INFINITY };
  g_autoptr (AisleForecastPanel) other = forecast_one (missing, 3, &options);
  g_assert_cmpint (other->model[0], ==, AISLE_FORECAST_NONE);
}

static void
test_zero_and_constant (void)
{
  double values[60] = { 0 };
  AisleForecastOptions options = week_options (5);
  options.skips_leading_zeros = TRUE;
  g_autoptr (AisleForecastPanel) zero = forecast_one (values, 60, &options);
  g_assert_cmpint (zero->reason[0], ==, AISLE_FORECAST_REASON_ZERO);
  g_assert_cmpfloat (zero->mean[4], ==, 0);
  g_assert_cmpfloat (zero->upper[9], ==, 0);

  for (int i = 0; i < 60; i++)
    values[i] = 4.5;
  g_autoptr (AisleForecastPanel) constant = forecast_one (values, 60, &options);
  g_assert_cmpint (constant->reason[0], ==, AISLE_FORECAST_REASON_CONSTANT);
  g_assert_cmpfloat (constant->mean[0], ==, 4.5);
  g_assert_cmpfloat (constant->lower[0], ==, 4.5);
  g_assert_cmpfloat (constant->sigma[0], ==, 0);
}

static void
test_short (void)
{
  const double values[] = { 4, NAN, 8 };
  AisleForecastOptions options = week_options (2);
  g_autoptr (AisleForecastPanel) two = forecast_one (values, 3, &options);
  g_assert_cmpint (two->reason[0], ==, AISLE_FORECAST_REASON_SHORT);
  g_assert_cmpint (two->model[0], ==, AISLE_FORECAST_MEAN);
  g_assert_cmpfloat (two->mean[1], ==, 6);
  check_bounds (two, TRUE, 8);

  g_autoptr (AisleForecastPanel) one = forecast_one (values, 1, &options);
  g_assert_cmpint (one->model[0], ==, AISLE_FORECAST_NAIVE);
  g_assert_cmpfloat (one->sigma[0], ==, 2);
  check_bounds (one, TRUE, 4);
}

static void
test_weekly_pattern (void)
{
  const double week[] = { 2, 3, 4, 6, 12, 20, 0 };
  double values[140];
  AisleRandom random;
  aisle_random_init (&random, 1);
  for (int i = 0; i < 140; i++)
    values[i] = (double) aisle_random_poisson (&random, week[i % 7]);
  AisleForecastOptions options = week_options (14);
  g_autoptr (AisleForecastPanel) panel = forecast_one (values, 140, &options);
  g_assert_cmpint (panel->model[0], ==, AISLE_FORECAST_ETS_ANA);
  g_assert_cmpint (panel->reason[0], ==, AISLE_FORECAST_REASON_FOLDS);
  g_assert_true (panel->is_count[0]);
  check_bounds (panel, TRUE, 40);
  for (int h = 0; h < 14; h++)
    g_assert_cmpfloat (fabs (panel->mean[h] - week[h % 7]), <, 4);
}

/* One unit every tenth step; the last windows are empty where `ends_early`. */
static void
fill_rare (double *values, gsize n, gboolean ends_early)
{
  for (gsize i = 0; i < n; i++)
    values[i] = i % 10 == 0 && (!ends_early || i < n / 2) ? 6 : 0;
}

/* A zero that repeats a zero makes no error in an empty window, and is no forecast of demand. */
static void
test_rare_demand_is_not_repeated (void)
{
  double values[200];
  AisleForecastOptions options = week_options (7);
  fill_rare (values, 200, TRUE);
  g_autoptr (AisleForecastPanel) panel = forecast_one (values, 200, &options);
  g_assert_cmpint (panel->model[0], !=, AISLE_FORECAST_SNAIVE);
  g_assert_cmpfloat (panel->mean[0], >, 0);
  options.models = AISLE_FORECAST_BIT (AISLE_FORECAST_SNAIVE);
  g_autoptr (AisleForecastPanel) fixed = forecast_one (values, 200, &options);
  g_assert_cmpint (fixed->model[0], ==, AISLE_FORECAST_SNAIVE);
}

/* Cut to its first demand, a series has lost the interval before it. */
static void
test_croston_of_a_cut_series (void)
{
  double values[100];
  AisleForecastOptions options = week_options (7);
  options.models = AISLE_FORECAST_BIT (AISLE_FORECAST_CROSTON);
  fill_rare (values, 100, FALSE);
  g_autoptr (AisleForecastPanel) whole = forecast_one (values, 100, &options);
  g_assert_cmpfloat (whole->mean[0], >, 0.65);
  options.skips_leading_zeros = TRUE;
  g_autoptr (AisleForecastPanel) cut = forecast_one (values, 100, &options);
  g_assert_cmpfloat_with_epsilon (cut->mean[0], 0.6, 1e-12);

  double once[50] = { 9 };
  g_autoptr (AisleForecastPanel) single = forecast_one (once, 50, &options);
  g_assert_cmpint (single->model[0], ==, AISLE_FORECAST_MEAN);
  g_assert_cmpint (single->reason[0], ==, AISLE_FORECAST_REASON_SHORT);
}

static void
test_every_model_on_every_shape (void)
{
  enum
  {
    N = 120
  };
  double values[N];
  for (int shape = 0; shape < 8; shape++)
    {
      AisleRandom random;
      aisle_random_init (&random, 7);
      double max_abs = 0;
      for (int i = 0; i < N; i++)
        {
          double u = aisle_random_uniform (&random);
          const double shapes[] = {
            u,       u < 0.9 ? 0 : floor (10 * u),  1e12 * u,           1e-12 * u, i,
            u - 0.5, u < 0.3 ? NAN : floor (5 * u), i < N - 1 ? 0 : 1e6
          };
          values[i] = shapes[shape];
          if (!isnan (values[i]))
            max_abs = MAX (max_abs, fabs (values[i]));
        }
      for (int model = AISLE_FORECAST_MEAN; model < AISLE_FORECAST_N_MODELS; model++)
        {
          AisleForecastOptions options = week_options (30);
          options.models = AISLE_FORECAST_BIT (model);
          g_autoptr (AisleForecastPanel) panel = forecast_one (values, N, &options);
          check_bounds (panel, shape != 5, max_abs);
          g_assert_true (panel->sigma[0] >= 0);
        }
      AisleForecastOptions options = week_options (30);
      g_autoptr (AisleForecastPanel) panel = forecast_one (values, N, &options);
      check_bounds (panel, shape != 5, max_abs);
    }
}

/* 200 series of several lengths, some of them degenerate. */
static double *
make_panel (gsize *offsets)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));
  AisleRandom random;
  aisle_random_init (&random, 3);
  for (gsize i = 0; i < 200; i++)
    {
      offsets[i] = values->len;
      gsize n = aisle_random_below (&random, 200);
      double mean = i % 10 == 0 ? 0 : 8 * aisle_random_uniform (&random);
      for (gsize t = 0; t < n; t++)
        {
          double value = (double) aisle_random_poisson (&random, t % 7 == 5 ? 2 * mean : mean);
          if (i % 7 == 0 && t % 5 == 0)
            value = NAN;
          g_array_append_val (values, value);
        }
    }
  offsets[200] = values->len;
  return (double *) (void *) g_array_free (values, FALSE);
}

static void
test_threads_do_not_matter (void)
{
  gsize offsets[201];
  g_autofree double *values = make_panel (offsets);
  AisleForecastSeries series = { values, offsets, 200 };
  AisleForecastOptions options = week_options (14);
  AisleForecastPanel *panels[3];
  const guint threads[] = { 1, 2, 7 };
  for (int i = 0; i < 3; i++)
    {
      options.n_threads = threads[i];
      panels[i] = aisle_forecast_panel_new (&series, &options, NULL, NULL);
    }
  for (int i = 1; i < 3; i++)
    {
      g_assert_cmpmem (panels[0]->mean, 200 * 14 * sizeof (double), panels[i]->mean,
                       200 * 14 * sizeof (double));
      g_assert_cmpmem (panels[0]->upper, 200 * 28 * sizeof (double), panels[i]->upper,
                       200 * 28 * sizeof (double));
      g_assert_cmpmem (panels[0]->model, 200 * sizeof (AisleForecastModel), panels[i]->model,
                       200 * sizeof (AisleForecastModel));
    }
  for (int i = 0; i < 3; i++)
    aisle_forecast_panel_free (panels[i]);
}

static void
test_sum_over_lead_time (void)
{
  double values[70];
  AisleRandom random;
  aisle_random_init (&random, 5);
  for (int i = 0; i < 70; i++)
    values[i] = (double) aisle_random_poisson (&random, 3);
  AisleForecastOptions options = week_options (14);
  options.models = AISLE_FORECAST_BIT (AISLE_FORECAST_SES);
  g_autoptr (AisleForecastPanel) panel = forecast_one (values, 70, &options);
  double mean, variance, sum = 0;
  for (int n = 1; n <= 14; n++)
    {
      aisle_forecast_panel_get_sum (panel, 0, n, &mean, &variance);
      sum += panel->mean[n - 1];
      g_assert_cmpfloat_with_epsilon (mean, sum, 1e-9);
      g_assert_cmpfloat (variance, >=, n * panel->spread[0].sigma2 * (1 - 1e-12));
    }
  g_assert_cmpfloat_with_epsilon (panel->sigma[0] * panel->sigma[0], panel->spread[0].sigma2,
                                  1e-12);
  double longer;
  aisle_forecast_panel_get_sum (panel, 0, 28, &longer, &variance);
  g_assert_cmpfloat_with_epsilon (longer, 2 * mean, 1e-9);
  double median = aisle_forecast_panel_get_sum_quantile (panel, 0, 7, 0.5);
  double high = aisle_forecast_panel_get_sum_quantile (panel, 0, 7, 0.98);
  g_assert_cmpfloat (median, <, high);
  g_assert_cmpfloat (fabs (median - 21), <, 8);
}

/* The spread's variances against the recursion itself: errors put through the states. */
static void
test_spread_matches_recursion (void)
{
  AisleForecastSpread spread = { .sigma2 = 2, .alpha = 0.3, .gamma = 0.2, .season = 3 };
  double sum_weights[12] = { 0 };
  for (int h = 1; h <= 12; h++)
    {
      /* An error at step i moves the level and one season of the steps after it. */
      double variance = 0, sum_variance = 0;
      for (int i = 1; i <= h; i++)
        {
          double weight = i == h ? 1 : 0.3 + ((h - i) % 3 == 0 ? 0.2 : 0);
          variance += 2 * weight * weight;
          sum_weights[i - 1] += weight;
          sum_variance += 2 * sum_weights[i - 1] * sum_weights[i - 1];
        }
      g_assert_cmpfloat_with_epsilon (aisle_forecast_spread_variance (&spread, h), variance, 1e-12);
      g_assert_cmpfloat_with_epsilon (aisle_forecast_spread_sum_variance (&spread, h), sum_variance,
                                      1e-11);
    }
}

static gboolean
stop_cb (double share, gpointer data)
{
  return FALSE;
}

static void
test_bad_options_and_cancel (void)
{
  gsize offsets[201];
  g_autofree double *values = make_panel (offsets);
  AisleForecastSeries series = { values, offsets, 200 };
  const double bad_level = 1.5;
  AisleForecastOptions bad[] = { week_options (0), week_options (5), week_options (5) };
  bad[1].season = 0;
  bad[2].levels = &bad_level;
  bad[2].n_levels = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (aisle_forecast_panel_new (&series, &bad[i], NULL, &error));
      g_assert_error (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_INVALID);
    }
  g_autoptr (GError) error = NULL;
  AisleForecastOptions options = week_options (5);
  AisleProgress progress = { stop_cb, NULL };
  g_assert_null (aisle_forecast_panel_new (&series, &options, &progress, &error));
  g_assert_error (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_CANCELLED);
}

static void
test_names (void)
{
  for (int model = AISLE_FORECAST_AUTO; model < AISLE_FORECAST_N_MODELS; model++)
    g_assert_cmpint (aisle_forecast_model_from_name (aisle_forecast_model_get_name (model)), ==,
                     model);
  g_assert_cmpint (aisle_forecast_model_from_name ("none"), ==, AISLE_FORECAST_NONE);
  g_assert_cmpint (aisle_forecast_model_from_name ("ets:XYZ"), ==, AISLE_FORECAST_NONE);
}

/* Series that were cut at the first demand: that demand is there because of the cut, and is no
 * rate. */
static void
test_few_demands (void)
{
  AisleForecastOptions options = week_options (28);
  options.skips_leading_zeros = options.begins_with_demand = TRUE;
  const double bulk[] = { 588, 0, 12, 0 };
  g_autoptr (AisleForecastPanel) panel = forecast_one (bulk, 4, &options);
  check_bounds (panel, TRUE, 588);
  g_assert_cmpint (panel->reason[0], ==, AISLE_FORECAST_REASON_FEW);
  double mean, variance;
  aisle_forecast_panel_get_sum (panel, 0, 28, &mean, &variance);
  g_assert_cmpfloat (mean, >, 60);
  g_assert_cmpfloat (mean, <, 1200); /* the plain average says 4,200 */
  g_assert_cmpfloat (sqrt (variance), <, 1500);

  double once[60] = { 12 };
  g_autoptr (AisleForecastPanel) old = forecast_one (once, 60, &options);
  g_assert_cmpint (old->reason[0], ==, AISLE_FORECAST_REASON_FEW);
  g_assert_cmpfloat (old->mean[0], >, 0);
  g_assert_cmpfloat (old->mean[0] * 28, <, 3);
  g_autoptr (AisleForecastPanel) yesterday = forecast_one (once, 1, &options);
  g_assert_cmpfloat (yesterday->mean[0] * 28, <, 12);
  g_assert_cmpfloat (yesterday->mean[0], >, old->mean[0]);

  /* A new product that sells every day keeps its average. */
  const double quick[] = { 9, 11, 10, 12, 8, 10 };
  g_autoptr (AisleForecastPanel) new_one = forecast_one (quick, 6, &options);
  g_assert_cmpfloat_with_epsilon (new_one->mean[0], 10, 1e-9);

  /* Without the cut, nothing of this. */
  options.begins_with_demand = FALSE;
  g_autoptr (AisleForecastPanel) plain = forecast_one (bulk, 4, &options);
  g_assert_cmpfloat (plain->mean[0], ==, 150);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/panel/empty", test_empty);
  g_test_add_func ("/forecast/panel/few-demands", test_few_demands);
  g_test_add_func ("/forecast/panel/zero-and-constant", test_zero_and_constant);
  g_test_add_func ("/forecast/panel/short", test_short);
  g_test_add_func ("/forecast/panel/weekly-pattern", test_weekly_pattern);
  g_test_add_func ("/forecast/panel/rare-demand", test_rare_demand_is_not_repeated);
  g_test_add_func ("/forecast/panel/croston-of-a-cut-series", test_croston_of_a_cut_series);
  g_test_add_func ("/forecast/panel/every-model-on-every-shape", test_every_model_on_every_shape);
  g_test_add_func ("/forecast/panel/threads-do-not-matter", test_threads_do_not_matter);
  g_test_add_func ("/forecast/panel/sum-over-lead-time", test_sum_over_lead_time);
  g_test_add_func ("/forecast/panel/spread-matches-recursion", test_spread_matches_recursion);
  g_test_add_func ("/forecast/panel/bad-options-and-cancel", test_bad_options_and_cancel);
  g_test_add_func ("/forecast/panel/names", test_names);
  return g_test_run ();
}
