/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-panel.h"

struct _AisleForecastScratch
{
  gsize max_length;
  int max_season;
  gboolean begins_with_demand; /* zeros before the first value were left out */
  double *observed;            /* [max_length] values that are not missing */
  int *slots;                  /* [max_length] their seasons */
  double *values;              /* [max_length] blocks, fitted values */
  double *seasonal;            /* [max_season] */
  double *start;               /* [max_season] */
  double *lanes;               /* [season + 1] rows of lanes for the level and each season */
  double *products;            /* [lanes * lanes] */
  double *solution;            /* [lanes] */
};

/* One series' answer, in arrays of the caller's: `mean` [horizon], `lower` and `upper`
 * [n_levels * horizon] (NULL for none). */
typedef struct
{
  AisleForecastModel model;
  AisleForecastReason reason;
  double error;
  AisleForecastSpread spread;
  gboolean is_count;
  gboolean is_nonnegative;
  double *mean;
  double *lower;
  double *upper;
} AisleForecastAnswer;

/* What a worker needs for one series after the other. */
typedef struct
{
  AisleForecastScratch *scratch;
  double *values; /* [max_length] the series, infinite values made missing */
  double *trial;  /* [horizon] a fold's forecast */
} AisleForecastWorker;

/* Options with the defaults filled in and checked against the series; FALSE with an error. */
gboolean aisle_forecast_options_check (const AisleForecastSeries *series,
                                       AisleForecastOptions *options,
                                       GError **error);

/* One worker for each thread; `n_workers` is set. */
AisleForecastWorker *aisle_forecast_workers_new (const AisleForecastSeries *series,
                                                 const AisleForecastOptions *options,
                                                 guint *n_workers);
void aisle_forecast_workers_free (AisleForecastWorker *workers, guint n_workers);

/* Copies series i to the worker's `values`: infinite values become NaN, what lies before its first
 * value (other than zero, if so asked) is left out. Returns its length. */
gsize aisle_forecast_worker_load (AisleForecastWorker *worker,
                                  const AisleForecastSeries *series,
                                  gsize i,
                                  gboolean skips_leading_zeros);

/* The last value of folds' training parts, and how many folds count: fold k (1-based, newest first)
 * trains on y[0 .. n - k*horizon - 1]. TRUE where it counts. */
gboolean aisle_forecast_fold_counts (const double *y, gsize n, int season, int horizon, int fold);

/* Forecasts y[0 .. n-1] with `models` (set) and fills the answer. */
void aisle_forecast_answer_series (const double *y,
                                   gsize n,
                                   guint models,
                                   const AisleForecastOptions *options,
                                   AisleForecastWorker *worker,
                                   AisleForecastAnswer *answer);
