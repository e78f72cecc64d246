/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-model.h"

/* Models of demand that is zero in most steps: size and frequency apart, or summed over blocks of
 * time. `observed` must not hold NaN (missing values left out). FALSE where there is no value at
 * all. */

/* Croston with fixed alpha (0..1) on sizes and intervals; `factor` scales the forecast: 1 for
 * Croston itself, 1 - alpha/2 for the Syntetos-Boylan approximation. */
gboolean aisle_croston_fit (const double *observed,
                            gsize n,
                            double alpha,
                            double factor,
                            int horizon,
                            AisleForecastFit *fit);

/* Teunter-Syntetos-Babai with fixed smoothing of sizes and of the probability of demand. */
gboolean aisle_tsb_fit (const double *observed,
                        gsize n,
                        double alpha_demand,
                        double alpha_probability,
                        int horizon,
                        AisleForecastFit *fit);

/* ADIDA: sums over blocks as long as the mean interval between demands, smoothed. IMAPA: the
 * average of that over all block lengths up to it. `blocks` is working memory for n values. */
gboolean aisle_adida_fit (const double *observed,
                          gsize n,
                          int horizon,
                          double *blocks,
                          AisleForecastFit *fit);
gboolean aisle_imapa_fit (const double *observed,
                          gsize n,
                          int horizon,
                          double *blocks,
                          AisleForecastFit *fit);
