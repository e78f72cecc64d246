/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-model.h"

/* Exponential smoothing state space models with additive error: ETS(A,N,N) and ETS(A,N,A).
 *
 * The one-step errors are linear in the initial states, so that for given alpha and gamma the best
 * states are found exactly, by least squares; only alpha and gamma are searched for. Bounds: alpha
 * in 1e-4 .. 0.9999, gamma in 1e-4 .. 1 - alpha. Missing values leave the states as they are. */

#define AISLE_ETS_MAX_SEASON 60 /* beyond it the season's states are too many to be estimated */

/* Parameters and states. The season of the first value is slot 0; the seasonal states sum to zero.
 */
typedef struct
{
  double alpha;
  double gamma;     /* 0 for ANN */
  double level;     /* before the first value, or after the last one */
  double *seasonal; /* [season], the caller's; NULL for ANN */
} AisleEtsState;

/* Runs the model from `state` (changed: after the last value) over y and returns the sum of squared
 * errors. `fitted` (or NULL) gets the n one-step forecasts. */
double aisle_ets_run (const double *y, gsize n, int season, AisleEtsState *state, double *fitted);

/* -0.5 * n * log (sum of squares), n the number of values that are not missing: the constants are
 * dropped, as R does. */
double aisle_ets_loglik (double sum_squares, gsize n_observed);

/* 1-based count of what is estimated, the error variance included: 3 for ANN, season + 3 for ANA.
 */
int aisle_ets_n_parameters (AisleForecastModel form, int season);

/* Fits the form (AISLE_FORECAST_ETS_ANN, .._ANA or, by AICc, AISLE_FORECAST_ETS). FALSE where the
 * series has too few values for the number of parameters (AICc needs more than their number plus
 * one), or for ANA fewer than two seasons, no season, or one longer than AISLE_ETS_MAX_SEASON.
 * `state` (or NULL) gets the parameters and initial states; its `seasonal` must be NULL or hold
 * `season` values. */
gboolean aisle_ets_fit (AisleForecastModel form,
                        const double *y,
                        gsize n,
                        int season,
                        int horizon,
                        AisleForecastScratch *scratch,
                        AisleForecastFit *fit,
                        AisleEtsState *state);
