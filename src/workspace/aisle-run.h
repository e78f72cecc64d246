/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* Runs: behind every derived result stands the record of what made it, and the results themselves.
 */

typedef struct
{
  gint64 id;
  const char *kind;   /* "forecast" */
  const char *engine; /* what computed it */
  const char *version;
  const char *parameters; /* JSON */
  gint64 seed;
  const guint8 *input_hash; /* 32 bytes */
  AisleDate business_day;
} AisleRunRecord;

/* Writes the record of a run that begins, inside the caller's transaction; sets `record->id`. */
gboolean aisle_run_begin (AisleWorkspace *workspace, AisleRunRecord *record, GError **error);
/* Makes the run's results the ones in use. `summary`: JSON. */
gboolean
aisle_run_finish (AisleWorkspace *workspace, gint64 run_id, const char *summary, GError **error);
/* The last finished run of a kind; 0: none (no error). `business_day` (or NULL) gets its day. */
gint64 aisle_run_latest (AisleWorkspace *workspace, const char *kind, AisleDate *business_day);

/* Drops the series of all but the last `n_kept` runs of a kind, inside the caller's transaction;
 * the records stay, and so do the series that stand behind the evidence of a change. */
gboolean
aisle_run_drop_old (AisleWorkspace *workspace, const char *kind, int n_kept, GError **error);

/* The forecast of one product in one store. Arrays of `horizon` values, units a day, kept to seven
 * digits. */
typedef struct
{
  gint64 run_id;
  gint64 store_id;
  gint64 product_id;
  const char *model;
  const char *reason; /* why this model; or NULL */
  AisleDate first_day;
  int horizon;
  gint64 n_observed;
  double error; /* root mean squared error over the folds, units a day; NaN: not estimable */
  double sigma; /* of the one-step errors, units a day */
  double *mean;
  double *lower80;
  double *upper80;
  double *lower95;
  double *upper95;
  double *sum_sd; /* standard deviation of the demand from the first day to this one together */
} AisleForecastRow;

gboolean
aisle_forecast_row_save (AisleWorkspace *workspace, const AisleForecastRow *row, GError **error);

/* Calls `func` for the forecasts of a run in key order; `store_id`, `product_id` 0: all. The row
 * and its arrays are valid during the call. */
typedef void (*AisleForecastRowFunc) (const AisleForecastRow *row, gpointer data);
gboolean aisle_forecast_row_foreach (AisleWorkspace *workspace,
                                     gint64 run_id,
                                     gint64 store_id,
                                     gint64 product_id,
                                     AisleForecastRowFunc func,
                                     gpointer data,
                                     GError **error);
