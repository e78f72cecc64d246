/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-model.h"

/* The benchmarks: averages and last values. As aisle_forecast_fit(); where a function takes
 * `observed`, its values must not be NaN (missing ones left out). */

gboolean aisle_mean_fit (const double *observed, gsize n, int horizon, AisleForecastFit *fit);

gboolean aisle_naive_fit (const double *observed, gsize n, int horizon, AisleForecastFit *fit);

gboolean aisle_drift_fit (const double *observed, gsize n, int horizon, AisleForecastFit *fit);

/* The average of the last `window` (1 or more) values, or of all where there are fewer. */
gboolean aisle_window_fit (const double *observed,
                           gsize n,
                           gsize window,
                           int horizon,
                           AisleForecastFit *fit);

/* `last` is working memory for `season` values. A season that was never observed gets the average
 * of the others. */
gboolean aisle_snaive_fit (const double *y,
                           gsize n,
                           int season,
                           int horizon,
                           double *last,
                           AisleForecastFit *fit);
