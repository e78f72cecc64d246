/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-forecast-model.h"
#include "aisle-progress.h"
#include "aisle-run.h"
#include "aisle-workspace.h"

/* Forecasts every product in every store from its daily demand, and keeps the result with the
 * record of the run that made it. */

#define AISLE_FORECAST_JOB_HORIZON 28
#define AISLE_FORECAST_JOB_SEASON 7

typedef struct
{
  int horizon;      /* days ahead; 0: AISLE_FORECAST_JOB_HORIZON */
  guint n_threads;  /* 0: all cores */
  gint64 person_id; /* who asked; 0: automatic */
} AisleForecastJobOptions;

typedef struct
{
  gint64 run_id;
  gsize n_series;
  gsize n_models[AISLE_FORECAST_N_MODELS]; /* series by the model they got */
  double seconds;
} AisleForecastJobResult;

/* Reads, fits and writes; nothing is kept of a run that is stopped or fails.
 * AISLE_JOB_ERROR_NOTHING_TO_DO where there are no sales; AISLE_WORKSPACE_ERROR_BUSY where another
 * forecast is running. */
gboolean aisle_forecast_job_run (AisleWorkspace *workspace,
                                 const AisleForecastJobOptions *options,
                                 const AisleProgress *progress,
                                 AisleForecastJobResult *result,
                                 GError **error);
