/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-panel.h"

#include "aisle-forecast-interval.h"
#include "aisle-forecast-private.h"
#include "aisle-parallel.h"

#include <math.h>

#define DEFAULT_FOLDS 3
#define CHUNK 8 /* series taken at once: few enough that slow ones do not pile up on one thread */

typedef struct
{
  const AisleForecastSeries *series;
  const AisleForecastOptions *options;
  AisleForecastPanel *panel;
  AisleForecastWorker *workers;
} Run;

const char *
aisle_forecast_reason_get_text (AisleForecastReason reason)
{
  static const char *const texts[] = {
    [AISLE_FORECAST_REASON_FOLDS] = "smallest error on the series' own past",
    [AISLE_FORECAST_REASON_FIXED] = "the only model asked for",
    [AISLE_FORECAST_REASON_SHORT] = "too few values for anything but an average",
    [AISLE_FORECAST_REASON_FEW] = "too few sales yet for anything but a careful average",
    [AISLE_FORECAST_REASON_CONSTANT] = "all values are equal",
    [AISLE_FORECAST_REASON_ZERO] = "all values are zero",
    [AISLE_FORECAST_REASON_EMPTY] = "there is no value to forecast from",
  };
  return (guint) reason < G_N_ELEMENTS (texts) ? texts[reason] : "";
}

static gboolean complain (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
complain (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_INVALID, message);
  return FALSE;
}

static gboolean
check_levels (const AisleForecastOptions *options, GError **error)
{
  if (options->n_levels > AISLE_FORECAST_MAX_LEVELS)
    return complain (error, "there are %" G_GSIZE_FORMAT " levels; at most %d can be given",
                     options->n_levels, AISLE_FORECAST_MAX_LEVELS);
  for (gsize i = 0; i < options->n_levels; i++)
    if (!(options->levels[i] > 0 && options->levels[i] < 1))
      return complain (error, "level %g is not between 0 and 1", options->levels[i]);
  return TRUE;
}

gboolean
aisle_forecast_options_check (const AisleForecastSeries *series,
                              AisleForecastOptions *options,
                              GError **error)
{
  if (options->season < 1 || options->season > AISLE_FORECAST_MAX_SEASON)
    return complain (error, "a season of %d steps is not between 1 and %d", options->season,
                     AISLE_FORECAST_MAX_SEASON);
  if (options->horizon < 1 || options->horizon > AISLE_FORECAST_MAX_HORIZON)
    return complain (error, "a horizon of %d steps is not between 1 and %d", options->horizon,
                     AISLE_FORECAST_MAX_HORIZON);
  if (options->n_folds < 0 || options->n_folds > AISLE_FORECAST_MAX_FOLDS)
    return complain (error, "%d folds is not between 1 and %d", options->n_folds,
                     AISLE_FORECAST_MAX_FOLDS);
  for (gsize i = 0; i < series->n_series; i++)
    if (series->offsets[i] > series->offsets[i + 1])
      return complain (error, "series %" G_GSIZE_FORMAT " ends before it begins", i);
  if (options->n_folds == 0)
    options->n_folds = DEFAULT_FOLDS;
  guint known =
      AISLE_FORECAST_BIT (AISLE_FORECAST_N_MODELS) - AISLE_FORECAST_BIT (AISLE_FORECAST_MEAN);
  if ((options->models & known) == 0)
    options->models = AISLE_FORECAST_DEFAULT_MODELS;
  options->models &= known;
  return check_levels (options, error);
}

AisleForecastWorker *
aisle_forecast_workers_new (const AisleForecastSeries *series,
                            const AisleForecastOptions *options,
                            guint *n_workers)
{
  gsize longest = 0;
  for (gsize i = 0; i < series->n_series; i++)
    longest = MAX (longest, series->offsets[i + 1] - series->offsets[i]);
  *n_workers = options->n_threads > 0 ? options->n_threads : aisle_parallel_all_threads ();
  /* No more workers than chunks: threads beyond that do not run. */
  *n_workers = (guint) MIN (*n_workers, series->n_series / CHUNK + 1);
  AisleForecastWorker *workers = g_new0 (AisleForecastWorker, *n_workers);
  for (guint i = 0; i < *n_workers; i++)
    {
      workers[i].scratch = aisle_forecast_scratch_new (longest, options->season);
      workers[i].values = g_new (double, MAX (1, longest));
      workers[i].trial = g_new (double, options->horizon);
    }
  return workers;
}

void
aisle_forecast_workers_free (AisleForecastWorker *workers, guint n_workers)
{
  for (guint i = 0; i < n_workers; i++)
    {
      aisle_forecast_scratch_free (workers[i].scratch);
      g_free (workers[i].values);
      g_free (workers[i].trial);
    }
  g_free (workers);
}

gsize
aisle_forecast_worker_load (AisleForecastWorker *worker,
                            const AisleForecastSeries *series,
                            gsize i,
                            gboolean skips_leading_zeros)
{
  gsize n = 0;
  gboolean has_begun = FALSE, has_value = FALSE;
  worker->scratch->begins_with_demand = skips_leading_zeros;
  for (gsize at = series->offsets[i]; at < series->offsets[i + 1]; at++)
    {
      double value = isfinite (series->values[at]) ? series->values[at] : NAN;
      has_value = has_value || !isnan (value);
      has_begun = has_begun || (!isnan (value) && (!skips_leading_zeros || value != 0));
      if (has_begun)
        worker->values[n++] = value;
    }
  if (!has_begun && has_value)
    worker->values[n++] = 0;
  return n;
}

static void
forecast_chunk_cb (gsize begin, gsize end, guint worker, gpointer data)
{
  const Run *run = data;
  AisleForecastPanel *panel = run->panel;
  gsize horizon = (gsize) panel->horizon;
  for (gsize i = begin; i < end; i++)
    {
      AisleForecastWorker *own = &run->workers[worker];
      gsize n = aisle_forecast_worker_load (own, run->series, i, run->options->skips_leading_zeros);
      AisleForecastAnswer answer = { .mean = panel->mean + i * horizon,
                                     .lower = panel->lower + i * panel->n_levels * horizon,
                                     .upper = panel->upper + i * panel->n_levels * horizon };
      aisle_forecast_answer_series (own->values, n, run->options->models, run->options, own,
                                    &answer);
      panel->model[i] = answer.model;
      panel->reason[i] = answer.reason;
      panel->error[i] = answer.error;
      panel->spread[i] = answer.spread;
      panel->sigma[i] = sqrt (answer.spread.sigma2);
      panel->is_count[i] = answer.is_count;
      panel->is_nonnegative[i] = answer.is_nonnegative;
    }
}

static AisleForecastPanel *
allocate_panel (gsize n_series, const AisleForecastOptions *options)
{
  AisleForecastPanel *panel = g_new0 (AisleForecastPanel, 1);
  gsize n = MAX (1, n_series), horizon = (gsize) options->horizon;
  gsize n_bounds = MAX (1, options->n_levels) * horizon;
  panel->n_series = n_series;
  panel->horizon = options->horizon;
  panel->season = options->season;
  panel->n_levels = options->n_levels;
  panel->levels = g_new0 (double, MAX (1, options->n_levels));
  for (gsize i = 0; i < options->n_levels; i++)
    panel->levels[i] = options->levels[i];
  panel->model = g_new0 (AisleForecastModel, n);
  panel->reason = g_new0 (AisleForecastReason, n);
  panel->error = g_new0 (double, n);
  panel->sigma = g_new0 (double, n);
  panel->spread = g_new0 (AisleForecastSpread, n);
  panel->is_count = g_new0 (gboolean, n);
  panel->is_nonnegative = g_new0 (gboolean, n);
  panel->mean = g_try_new0 (double, n *horizon);
  panel->lower = g_try_new0 (double, n *n_bounds);
  panel->upper = g_try_new0 (double, n *n_bounds);
  return panel;
}

AisleForecastPanel *
aisle_forecast_panel_new (const AisleForecastSeries *series,
                          const AisleForecastOptions *options,
                          const AisleProgress *progress,
                          GError **error)
{
  AisleForecastOptions checked = *options;
  if (!aisle_forecast_options_check (series, &checked, error))
    return NULL;
  g_autoptr (AisleForecastPanel) panel = allocate_panel (series->n_series, &checked);
  if (!panel->mean || !panel->lower || !panel->upper)
    {
      g_set_error (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_TOO_LARGE,
                   "%" G_GSIZE_FORMAT " series with %d steps each do not fit in memory; "
                   "forecast fewer series at once",
                   series->n_series, checked.horizon);
      return NULL;
    }
  guint n_workers;
  Run run = { .series = series, .options = &checked, .panel = panel };
  run.workers = aisle_forecast_workers_new (series, &checked, &n_workers);
  gboolean is_done =
      aisle_parallel_for (series->n_series, CHUNK, n_workers, forecast_chunk_cb, &run, progress);
  aisle_forecast_workers_free (run.workers, n_workers);
  if (!is_done)
    {
      g_set_error_literal (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_CANCELLED,
                           "the forecast was stopped before it was done");
      return NULL;
    }
  return g_steal_pointer (&panel);
}

void
aisle_forecast_panel_free (AisleForecastPanel *panel)
{
  if (!panel)
    return;
  g_free (panel->levels);
  g_free (panel->model);
  g_free (panel->reason);
  g_free (panel->error);
  g_free (panel->sigma);
  g_free (panel->spread);
  g_free (panel->is_count);
  g_free (panel->is_nonnegative);
  g_free (panel->mean);
  g_free (panel->lower);
  g_free (panel->upper);
  g_free (panel);
}

void
aisle_forecast_panel_get_sum (const AisleForecastPanel *panel,
                              gsize series,
                              int n_steps,
                              double *mean,
                              double *variance)
{
  g_return_if_fail (series < panel->n_series && n_steps > 0);

  const double *steps = panel->mean + series * (gsize) panel->horizon;
  int cycle = MIN (panel->season, panel->horizon), first = panel->horizon - cycle;
  *mean = 0;
  for (int h = 0; h < n_steps; h++)
    *mean += steps[h < panel->horizon ? h : first + (h - panel->horizon) % cycle];
  *variance = aisle_forecast_spread_sum_variance (&panel->spread[series], n_steps);
}

double
aisle_forecast_panel_get_sum_quantile (const AisleForecastPanel *panel,
                                       gsize series,
                                       int n_steps,
                                       double share)
{
  double mean, variance, quantile = NAN;
  aisle_forecast_panel_get_sum (panel, series, n_steps, &mean, &variance);
  AisleForecastValues values = panel->is_count[series]         ? AISLE_FORECAST_VALUES_COUNT
                               : panel->is_nonnegative[series] ? AISLE_FORECAST_VALUES_POSITIVE
                                                               : AISLE_FORECAST_VALUES_ANY;
  aisle_forecast_quantiles (values, mean, variance, panel->spread[series].degrees, &share, 1,
                            &quantile);
  return quantile;
}
