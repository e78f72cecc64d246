/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-panel.h"

/* How good each model would have been on windows of the past.
 *
 * Fold k of K forecasts the window of `horizon` steps that ends k windows before the end of the
 * series, from what lies before it, with intervals. A series takes part in a fold where at least
 * max (2 seasons, 10) values lie before it and one value in it, so that all models are compared on
 * the same values. A model that cannot be fitted on a part of a series is replaced by the average
 * there. */

/* One model over all series and folds; NaN where nothing could be measured. */
typedef struct
{
  AisleForecastModel model;
  gsize n_series; /* series with at least one fold */
  double rmsse;   /* mean over series: root of the squared error over the mean squared one-step
                   * difference before the first fold, counted from the first value not zero */
  double mase;    /* mean over series: absolute error over the mean absolute seasonal difference */
  double wape;    /* sum of absolute errors over the sum of absolute values, all series together */
  double bias;    /* sum of (forecast - value) over the sum of absolute values; > 0: too high */
  double coverage80; /* share of values inside the 80 % interval */
  double coverage95;
  double pinball; /* mean over series: pinball loss of the bounds of both intervals, averaged, over
                   * the mean absolute one-step difference */
  double cpu_seconds; /* spent on this model, all threads together; NaN without a clock */
} AisleForecastScore;

typedef struct
{
  int n_folds;
  gsize n_models;
  AisleForecastScore *scores; /* [n_models] in the order asked for */
  gsize *n_chosen; /* [n_models] series on which this model had the smallest squared error;
                    * 0 for AUTO, which is not chosen but chooses */
  gsize n_short;   /* series that took part in no fold */
} AisleForecastBacktest;

/* `options->models` is not used but for AUTO, which chooses from it; `levels` are not used.
 * `cpu_clock` (or NULL) gives the CPU seconds used so far by the calling thread, whichever that is.
 * NULL with an AISLE_FORECAST_ERROR as for aisle_forecast_panel_new(). */
AisleForecastBacktest *aisle_forecast_backtest_new (const AisleForecastSeries *series,
                                                    const AisleForecastOptions *options,
                                                    const AisleForecastModel *models,
                                                    gsize n_models,
                                                    double (*cpu_clock) (void),
                                                    const AisleProgress *progress,
                                                    GError **error);
void aisle_forecast_backtest_free (AisleForecastBacktest *backtest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleForecastBacktest, aisle_forecast_backtest_free)
