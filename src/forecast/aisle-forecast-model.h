/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The forecasting models and what each of them answers for one series.
 *
 * A series is an array of doubles in time order, one per step (day, week, ...), in any unit; NaN is
 * a missing value: it is skipped, the states are carried on. Nothing here fails on any values: a
 * model that cannot be fitted says so. */

typedef enum
{
  AISLE_FORECAST_NONE,         /* no value to forecast from */
  AISLE_FORECAST_AUTO,         /* the choice by rolling-origin error, not a model of its own */
  AISLE_FORECAST_MEAN,         /* the average of all values */
  AISLE_FORECAST_NAIVE,        /* the last value */
  AISLE_FORECAST_DRIFT,        /* the last value plus the average step */
  AISLE_FORECAST_SNAIVE,       /* the value one season ago */
  AISLE_FORECAST_WINDOW,       /* the average of the last 28 values */
  AISLE_FORECAST_SES,          /* simple exponential smoothing, alpha and first level fitted */
  AISLE_FORECAST_SEASONAL_SES, /* the same season by season, alpha 0.3 */
  AISLE_FORECAST_CROSTON,      /* intermittent demand, alpha 0.1 */
  AISLE_FORECAST_SBA,          /* Croston with the Syntetos-Boylan correction */
  AISLE_FORECAST_TSB,          /* Teunter-Syntetos-Babai, 0.1 and 0.1 */
  AISLE_FORECAST_ADIDA,        /* one temporal aggregation */
  AISLE_FORECAST_IMAPA,        /* the average over temporal aggregations */
  AISLE_FORECAST_ETS,          /* ANN or ANA, by AICc */
  AISLE_FORECAST_ETS_ANN,
  AISLE_FORECAST_ETS_ANA,
  AISLE_FORECAST_N_MODELS,
} AisleForecastModel;

/* A set of models is the sum of their bits. */
#define AISLE_FORECAST_BIT(model) (1u << (model))

/* What `auto` chooses from unless told otherwise. */
#define AISLE_FORECAST_DEFAULT_MODELS                                                              \
  (AISLE_FORECAST_BIT (AISLE_FORECAST_SNAIVE) | AISLE_FORECAST_BIT (AISLE_FORECAST_MEAN)           \
   | AISLE_FORECAST_BIT (AISLE_FORECAST_SES) | AISLE_FORECAST_BIT (AISLE_FORECAST_ETS)             \
   | AISLE_FORECAST_BIT (AISLE_FORECAST_SBA) | AISLE_FORECAST_BIT (AISLE_FORECAST_TSB))

/* "snaive", "ets", "ets:ANA", ...; static. */
const char *aisle_forecast_model_get_name (AisleForecastModel model);

/* The model of that name ("auto" included, "none" not); AISLE_FORECAST_NONE for any other text. */
AisleForecastModel aisle_forecast_model_from_name (const char *name);

/* How the uncertainty of a forecast grows with the step h (1, 2, ...):
 *   variance (h) = sigma2 * (1 + sum over j = 1 .. h-1 of c_j^2 + level_share + trend_share * h^2)
 * where c_j = alpha, plus gamma where j is a multiple of `season`: how much of an error of today is
 * still in the forecast j steps on. The shares stand for parameters that were estimated. */
typedef struct
{
  double sigma2; /* variance of the one-step errors, in units of y squared; NaN = not estimable */
  double alpha;  /* 0..1 */
  double gamma;  /* 0..1 */
  double level_share; /* 1/n for an average over n values, else 0 */
  double trend_share; /* for drift, else 0 */
  int season;         /* 1 or more */
  int degrees;        /* of freedom of the Student quantiles; 0: normal quantiles */
} AisleForecastSpread;

double aisle_forecast_spread_variance (const AisleForecastSpread *spread, int step);

/* The variance of the sum of the steps 1 .. n_steps; errors that stay in the forecast count in
 * every later step, so that this is more than the sum of the variances. */
double aisle_forecast_spread_sum_variance (const AisleForecastSpread *spread, int n_steps);

/* A fitted model. `mean` is the caller's array of `horizon` values. */
typedef struct
{
  AisleForecastModel model; /* the form that was fitted: ETS becomes ANN or ANA */
  double *mean;
  AisleForecastSpread spread;
  double sum_squares; /* of the one-step errors */
  double loglik;      /* exponential smoothing only, else NaN */
  double aicc;        /* exponential smoothing only, else NaN */
} AisleForecastFit;

/* Working memory for fitting series of up to `max_length` values, one for each thread. */
typedef struct _AisleForecastScratch AisleForecastScratch;

/* `max_season` 1 or more. */
AisleForecastScratch *aisle_forecast_scratch_new (gsize max_length, int max_season);
void aisle_forecast_scratch_free (AisleForecastScratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleForecastScratch, aisle_forecast_scratch_free)

/* Fits one model (not AUTO, not NONE) to y[0 .. n-1] and fills `fit`, its `mean` array for steps
 * 1 .. horizon with it. FALSE where the series is too short for this model or has no value; `fit`
 * is then not defined. The forecast is as the model gives it: neither cut at zero nor bounded. `n`
 * and `season` must not exceed what the scratch memory was made for. */
gboolean aisle_forecast_fit (AisleForecastModel model,
                             const double *y,
                             gsize n,
                             int season,
                             int horizon,
                             AisleForecastScratch *scratch,
                             AisleForecastFit *fit);
