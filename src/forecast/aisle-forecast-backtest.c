/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RMSSE and the scaled pinball loss as in the M5 competition (Makridakis, Spiliotis and
 * Assimakopoulos, Int. J. Forecasting 38, 2022); MASE: Hyndman and Koehler, Int. J. Forecasting 22
 * (2006). */
#include "aisle-forecast-backtest.h"

#include "aisle-forecast-private.h"
#include "aisle-parallel.h"

#include <math.h>

#define N_LEVELS 2
#define CHUNK 8

static const double backtest_levels[N_LEVELS] = { 0.80, 0.95 };

/* What one model did on one series, all folds together. */
typedef struct
{
  gsize n;
  double squares;
  double absolutes;
  double errors; /* forecast - value */
  double values; /* absolute */
  double pinball;
  gsize n_inside[N_LEVELS];
  double cpu_seconds;
} Sums;

/* Mean differences in the part of a series before its oldest fold. */
typedef struct
{
  double square_step;
  double step;
  double season;
} Scales;

typedef struct
{
  const AisleForecastSeries *series;
  const AisleForecastOptions *options;
  const AisleForecastModel *models;
  gsize n_models;
  double (*cpu_clock) (void);
  AisleForecastWorker *workers;
  double **bounds; /* each worker's mean and bounds */
  Sums *sums;      /* [series * n_models + model] */
  Scales *scales;  /* [series] */
} Run;

static Scales
find_scales (const double *y, gsize n, gsize season)
{
  gsize begin = 0, n_steps = 0, n_seasons = 0;
  Scales scales = { 0 };
  while (begin < n && (isnan (y[begin]) || y[begin] == 0))
    begin++;
  for (gsize i = begin + 1; i < n; i++)
    {
      double step = y[i] - y[i - 1];
      if (!isnan (step))
        {
          scales.square_step += step * step;
          scales.step += fabs (step);
          n_steps++;
        }
      double change = i >= begin + season ? y[i] - y[i - season] : NAN;
      if (!isnan (change))
        {
          scales.season += fabs (change);
          n_seasons++;
        }
    }
  scales.square_step /= (double) n_steps;
  scales.step /= (double) n_steps;
  scales.season /= (double) n_seasons;
  return scales;
}

static double
measure_pinball (double value, double quantile, double share)
{
  return value >= quantile ? share * (value - quantile) : (1 - share) * (quantile - value);
}

static void
add_step (Sums *sums, double value, const AisleForecastAnswer *answer, gsize h, gsize horizon)
{
  double e = answer->mean[h] - value;
  sums->n++;
  sums->squares += e * e;
  sums->absolutes += fabs (e);
  sums->errors += e;
  sums->values += fabs (value);
  for (int level = 0; level < N_LEVELS; level++)
    {
      double lower = answer->lower[(gsize) level * horizon + h];
      double upper = answer->upper[(gsize) level * horizon + h];
      double tail = (1 - backtest_levels[level]) / 2;
      sums->n_inside[level] += value >= lower && value <= upper;
      sums->pinball += measure_pinball (value, lower, tail) / (2 * N_LEVELS);
      sums->pinball += measure_pinball (value, upper, 1 - tail) / (2 * N_LEVELS);
    }
}

static void
test_fold (const Run *run,
           const double *y,
           gsize n_before,
           AisleForecastModel model,
           guint worker,
           Sums *sums)
{
  gsize horizon = (gsize) run->options->horizon;
  double *memory = run->bounds[worker];
  AisleForecastAnswer answer = { .mean = memory,
                                 .lower = memory + horizon,
                                 .upper = memory + (1 + N_LEVELS) * horizon };
  guint models = model == AISLE_FORECAST_AUTO ? run->options->models : AISLE_FORECAST_BIT (model);
  double begin = run->cpu_clock ? run->cpu_clock () : NAN;
  aisle_forecast_answer_series (y, n_before, models, run->options, &run->workers[worker], &answer);
  sums->cpu_seconds += run->cpu_clock ? run->cpu_clock () - begin : NAN;
  for (gsize h = 0; h < horizon; h++)
    if (!isnan (y[n_before + h]))
      add_step (sums, y[n_before + h], &answer, h, horizon);
}

static void
test_chunk_cb (gsize begin, gsize end, guint worker, gpointer data)
{
  const Run *run = data;
  const AisleForecastOptions *options = run->options;
  for (gsize i = begin; i < end; i++)
    {
      AisleForecastWorker *own = &run->workers[worker];
      gsize n = aisle_forecast_worker_load (own, run->series, i, options->skips_leading_zeros);
      gboolean is_first = TRUE;
      for (int fold = options->n_folds; fold >= 1; fold--)
        {
          if (!aisle_forecast_fold_counts (own->values, n, options->season, options->horizon, fold))
            continue;
          gsize n_before = n - (gsize) fold * (gsize) options->horizon;
          if (is_first)
            run->scales[i] = find_scales (own->values, n_before, (gsize) options->season);
          is_first = FALSE;
          for (gsize m = 0; m < run->n_models; m++)
            test_fold (run, own->values, n_before, run->models[m], worker,
                       &run->sums[i * run->n_models + m]);
        }
    }
}

/* A mean over series, of those for which it is defined. */
typedef struct
{
  double sum;
  gsize n;
} Mean;

static void
add_ratio (Mean *mean, double value, double scale)
{
  double ratio = value / scale;
  if (!(scale > 0) || !isfinite (ratio))
    return;
  mean->sum += ratio;
  mean->n++;
}

static double
take_mean (const Mean *mean)
{
  return mean->n > 0 ? mean->sum / (double) mean->n : NAN;
}

static void
score_model (const Run *run, gsize m, AisleForecastScore *score)
{
  Sums all = { 0 };
  Mean rmsse = { 0 }, mase = { 0 }, pinball = { 0 };
  for (gsize i = 0; i < run->series->n_series; i++)
    {
      const Sums *sums = &run->sums[i * run->n_models + m];
      if (sums->n == 0)
        continue;
      double n = (double) sums->n;
      const Scales *scales = &run->scales[i];
      score->n_series++;
      add_ratio (&rmsse, sqrt (sums->squares / n), sqrt (scales->square_step));
      add_ratio (&mase, sums->absolutes / n, scales->season);
      add_ratio (&pinball, sums->pinball / n, scales->step);
      all.n += sums->n;
      all.absolutes += sums->absolutes;
      all.errors += sums->errors;
      all.values += sums->values;
      all.cpu_seconds += sums->cpu_seconds;
      for (int level = 0; level < N_LEVELS; level++)
        all.n_inside[level] += sums->n_inside[level];
    }
  score->model = run->models[m];
  score->rmsse = take_mean (&rmsse);
  score->mase = take_mean (&mase);
  score->pinball = take_mean (&pinball);
  score->wape = all.values > 0 ? all.absolutes / all.values : NAN;
  score->bias = all.values > 0 ? all.errors / all.values : NAN;
  score->coverage80 = all.n > 0 ? (double) all.n_inside[0] / (double) all.n : NAN;
  score->coverage95 = all.n > 0 ? (double) all.n_inside[1] / (double) all.n : NAN;
  score->cpu_seconds = run->cpu_clock ? all.cpu_seconds : NAN;
}

static AisleForecastBacktest *
summarize (const Run *run)
{
  AisleForecastBacktest *backtest = g_new0 (AisleForecastBacktest, 1);
  backtest->n_folds = run->options->n_folds;
  backtest->n_models = run->n_models;
  backtest->scores = g_new0 (AisleForecastScore, run->n_models);
  backtest->n_chosen = g_new0 (gsize, run->n_models);
  for (gsize m = 0; m < run->n_models; m++)
    score_model (run, m, &backtest->scores[m]);
  for (gsize i = 0; i < run->series->n_series; i++)
    {
      const Sums *sums = &run->sums[i * run->n_models];
      gssize best = -1;
      for (gsize m = 0; m < run->n_models; m++)
        if (run->models[m] != AISLE_FORECAST_AUTO && sums[m].n > 0
            && (best < 0 || sums[m].squares < sums[best].squares))
          best = (gssize) m;
      if (best >= 0)
        backtest->n_chosen[best]++;
      else if (sums[0].n == 0)
        backtest->n_short++;
    }
  return backtest;
}

static gboolean
check_models (const AisleForecastModel *models, gsize n_models, GError **error)
{
  gboolean is_good = n_models > 0;
  for (gsize m = 0; m < n_models; m++)
    is_good = is_good && models[m] > AISLE_FORECAST_NONE && models[m] < AISLE_FORECAST_N_MODELS;
  if (!is_good)
    g_set_error_literal (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_INVALID,
                         "name at least one model to test");
  return is_good;
}

AisleForecastBacktest *
aisle_forecast_backtest_new (const AisleForecastSeries *series,
                             const AisleForecastOptions *options,
                             const AisleForecastModel *models,
                             gsize n_models,
                             double (*cpu_clock) (void),
                             const AisleProgress *progress,
                             GError **error)
{
  AisleForecastOptions checked = *options;
  checked.levels = backtest_levels;
  checked.n_levels = N_LEVELS;
  if (!check_models (models, n_models, error)
      || !aisle_forecast_options_check (series, &checked, error))
    return NULL;
  guint n_workers;
  Run run = { .series = series,
              .options = &checked,
              .models = models,
              .n_models = n_models,
              .cpu_clock = cpu_clock };
  gsize n = MAX (1, series->n_series);
  g_autofree Sums *sums = run.sums = g_new0 (Sums, n * n_models);
  g_autofree Scales *scales = run.scales = g_new0 (Scales, n);
  run.workers = aisle_forecast_workers_new (series, &checked, &n_workers);
  run.bounds = g_new0 (double *, n_workers);
  for (guint i = 0; i < n_workers; i++)
    run.bounds[i] = g_new (double, (1 + 2 * N_LEVELS) * checked.horizon);
  gboolean is_done =
      aisle_parallel_for (series->n_series, CHUNK, n_workers, test_chunk_cb, &run, progress);
  for (guint i = 0; i < n_workers; i++)
    g_free (run.bounds[i]);
  g_free (run.bounds);
  aisle_forecast_workers_free (run.workers, n_workers);
  if (is_done)
    return summarize (&run);
  g_set_error_literal (error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_CANCELLED,
                       "the backtest was stopped before it was done");
  return NULL;
}

void
aisle_forecast_backtest_free (AisleForecastBacktest *backtest)
{
  if (!backtest)
    return;
  g_free (backtest->scores);
  g_free (backtest->n_chosen);
  g_free (backtest);
}
