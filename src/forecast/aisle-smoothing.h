/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-model.h"

/* Exponential smoothing recursions from given starts. `observed` must not hold NaN (missing values
 * left out: the state is carried on over them). */

/* Runs l += alpha * (y - l) from the level before the first value; gives the level after the last
 * one and the sum of squared one-step errors (may be NULL). */
double aisle_ses_run (const double *observed,
                      gsize n,
                      double alpha,
                      double first_level,
                      double *sum_squares);

/* Simple exponential smoothing with alpha fitted in `lowest` .. `highest` (0..1) by least squares,
 * the level before the first value given. FALSE for no value. */
gboolean aisle_ses_fit_from (const double *observed,
                             gsize n,
                             double first_level,
                             double lowest,
                             double highest,
                             double *alpha,
                             double *level,
                             double *sum_squares);

/* Smoothing season by season with fixed alpha, each begun at its first value; the first n mod
 * season values are left out. y may hold NaN. `levels` is working memory for `season` values. */
gboolean aisle_seasonal_ses_fit (const double *y,
                                 gsize n,
                                 int season,
                                 double alpha,
                                 int horizon,
                                 double *levels,
                                 AisleForecastFit *fit);

/* Additive Holt-Winters from given states, none fitted. `seasonal` holds `season` states, the
 * newest before the first value first, and is changed: working memory. beta and gamma are those of
 * the classic form, where beta weighs the change of the level. Fills `mean` and returns the sum of
 * squared one-step errors. */
double aisle_holt_winters_run (const double *y,
                               gsize n,
                               int season,
                               double alpha,
                               double beta,
                               double gamma,
                               double level,
                               double trend,
                               double *seasonal,
                               int horizon,
                               double *mean);
