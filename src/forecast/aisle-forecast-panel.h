/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-error.h"
#include "aisle-forecast-model.h"
#include "aisle-progress.h"

/* Forecasts for many series at once, each with the model that did best on that series' own past.
 *
 * The choice, per series: the last `n_folds` windows of `horizon` steps are forecast from what lay
 * before each; the model with the smallest squared error over all of them wins, a tie goes to the
 * simpler one. Models that repeat single values (naive, snaive, drift) are left out where most
 * values are zero and there are others to choose from. A window counts where at least
 * max (2 seasons, 10) values lie before it and one value in it. Where no window counts the average
 * is taken, with one value only that value; a series of zeros is 0 with an interval of no width, a
 * constant one likewise that constant; one without any value has model NONE and NaN everywhere.
 *
 * Forecasts and bounds are never negative where the series has no negative value, and a forecast
 * never exceeds AISLE_FORECAST_CEILING times the largest absolute value of its series. */

#define AISLE_FORECAST_CEILING 2.0
#define AISLE_FORECAST_MAX_HORIZON 10000
#define AISLE_FORECAST_MAX_SEASON 10000
#define AISLE_FORECAST_MAX_LEVELS 32
#define AISLE_FORECAST_MAX_FOLDS 100

/* The series, one behind the other. Owned by the caller, only read. */
typedef struct
{
  const double *values; /* NaN = missing; infinite values count as missing */
  const gsize
      *offsets; /* n_series + 1 entries: series i is values[offsets[i]] .. values[offsets[i+1]-1] */
  gsize n_series;
} AisleForecastSeries;

typedef struct
{
  int season;           /* steps in a season; 1 = none */
  int horizon;          /* steps ahead, 1 or more */
  const double *levels; /* coverage of each interval, 0 < level < 1, such as 0.80 and 0.95 */
  gsize n_levels;       /* may be 0 */
  guint models;         /* set of models to choose from; 0: AISLE_FORECAST_DEFAULT_MODELS */
  int n_folds;          /* 0: 3 */
  gboolean skips_leading_zeros; /* begin each series at its first value other than zero */
  gboolean begins_with_demand;  /* each series was cut at its first demand: how long the wait for it
                                 * was is not known, see AISLE_FORECAST_REASON_FEW */
  guint n_threads;              /* 0: all cores; the result does not depend on it */
} AisleForecastOptions;

/* Why a series got its model. */
typedef enum
{
  AISLE_FORECAST_REASON_FOLDS,    /* smallest error over the folds */
  AISLE_FORECAST_REASON_FIXED,    /* the only model asked for */
  AISLE_FORECAST_REASON_SHORT,    /* too short to compare models, or for the model asked for */
  AISLE_FORECAST_REASON_FEW,      /* cut at its first demand, and too short or few demands since: an
                                   * average that does not take that demand for the rule */
  AISLE_FORECAST_REASON_CONSTANT, /* all values are equal */
  AISLE_FORECAST_REASON_ZERO,     /* all values are zero */
  AISLE_FORECAST_REASON_EMPTY,    /* there is no value */
} AisleForecastReason;

/* A sentence for people; static, English. */
const char *aisle_forecast_reason_get_text (AisleForecastReason reason);

/* The results, series by series in the order of the input; all arrays belong to the struct. */
typedef struct
{
  gsize n_series;
  int horizon;
  int season;
  gsize n_levels;
  double *levels;              /* [n_levels], as asked for */
  AisleForecastModel *model;   /* [n_series] ETS shows as ANN or ANA */
  AisleForecastReason *reason; /* [n_series] */
  double *error;               /* [n_series] root mean squared error over the folds, in units of y;
                                * NaN where there was none */
  double *sigma; /* [n_series] standard deviation of the one-step errors, in units of y */
  AisleForecastSpread *spread; /* [n_series] how it grows with the step */
  gboolean *is_count;          /* [n_series] intervals are those of a count distribution */
  gboolean *is_nonnegative;    /* [n_series] the series has no negative value */
  double *mean;                /* [series * horizon + h], h = 0 is the step after the last value */
  double *lower;               /* [(series * n_levels + level) * horizon + h] */
  double *upper;               /* the same; lower <= mean <= upper */
} AisleForecastPanel;

/* Forecasts all series on all cores. `progress` may be NULL. NULL with an AISLE_FORECAST_ERROR
 * where an option makes no sense or the work was cancelled. Free with aisle_forecast_panel_free().
 */
AisleForecastPanel *aisle_forecast_panel_new (const AisleForecastSeries *series,
                                              const AisleForecastOptions *options,
                                              const AisleProgress *progress,
                                              GError **error);
void aisle_forecast_panel_free (AisleForecastPanel *panel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleForecastPanel, aisle_forecast_panel_free)

/* Demand over the steps 1 .. n_steps together (a lead time), n_steps 1 or more: its mean in units
 * of y and its variance in units of y squared, NaN where the model is NONE. Steps beyond the
 * horizon repeat the forecast's last season (`season` as in the options). */
void aisle_forecast_panel_get_sum (const AisleForecastPanel *panel,
                                   gsize series,
                                   int n_steps,
                                   double *mean,
                                   double *variance);

/* The demand over the steps 1 .. n_steps that is not exceeded with probability `share` (0..1), from
 * the same mean and variance and the distribution of the intervals; NaN where the model is NONE. */
double aisle_forecast_panel_get_sum_quantile (const AisleForecastPanel *panel,
                                              gsize series,
                                              int n_steps,
                                              double share);
