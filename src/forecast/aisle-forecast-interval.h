/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-model.h"

/* Turns a mean and a variance into quantiles. */

/* What the values are like, which decides the distribution. */
typedef enum
{
  AISLE_FORECAST_VALUES_ANY,      /* normal (Student where the spread says so) */
  AISLE_FORECAST_VALUES_POSITIVE, /* the same, cut at zero */
  AISLE_FORECAST_VALUES_COUNT,    /* negative binomial, Poisson where the variance is no larger than
                                   * the    mean; from means of 100 on as POSITIVE */
} AisleForecastValues;

/* The quantiles for shares[0 .. n-1] (ascending, between 0 and 1) of a variable with this mean and
 * variance (NaN or negative: NaN quantiles). `degrees`: as in AisleForecastSpread. */
void aisle_forecast_quantiles (AisleForecastValues values,
                               double mean,
                               double variance,
                               int degrees,
                               const double *shares,
                               gsize n,
                               double *quantiles);
