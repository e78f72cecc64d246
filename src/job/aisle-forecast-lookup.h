/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-run.h"

/* The last forecast in memory, for jobs that ask it about many products: sums of demand over the
 * days from its first one on. */
typedef struct _AisleForecastLookup AisleForecastLookup;

/* `store_id` and `product_id` 0: all. An empty look-up (run id 0) where no forecast was made yet.
 */
AisleForecastLookup *aisle_forecast_lookup_new (AisleWorkspace *workspace,
                                                gint64 store_id,
                                                gint64 product_id,
                                                GError **error);
void aisle_forecast_lookup_free (AisleForecastLookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleForecastLookup, aisle_forecast_lookup_free)

gint64 aisle_forecast_lookup_get_run (AisleForecastLookup *lookup);
AisleDate aisle_forecast_lookup_get_day (AisleForecastLookup *lookup);

/* Mean and standard deviation of the demand on the days `first` .. `first` + n_days - 1 together,
 * in units. Days beyond the horizon take the mean of the last week of the forecast; days before its
 * first are left out. FALSE, and NaN in both, where there is no forecast of this product in this
 * store. */
gboolean aisle_forecast_lookup_sum (AisleForecastLookup *lookup,
                                    gint64 store_id,
                                    gint64 product_id,
                                    AisleDate first,
                                    int n_days,
                                    double *mean,
                                    double *sd);
