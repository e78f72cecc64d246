/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-job.h"

#include "aisle-demand.h"
#include "aisle-forecast-panel.h"
#include "aisle-job-error.h"
#include "aisle-log.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define N_FOLDS 3
#define N_RUNS_KEPT 3
#define N_LEVELS 2
/* Shares of the progress: reading is short, writing shorter. */
#define SHARE_READ 0.05
#define SHARE_FITTED 0.95

static const double levels[N_LEVELS] = { 0.80, 0.95 };

/* Passes the engine's 0..1 on as its part of the job's. */
typedef struct
{
  const AisleProgress *outer;
} Stage;

static gboolean
report_fit_cb (double share, gpointer data)
{
  const Stage *stage = data;
  return aisle_progress_report (stage->outer, SHARE_READ + (SHARE_FITTED - SHARE_READ) * share);
}

static char *
describe_parameters (const AisleForecastOptions *options)
{
  return g_strdup_printf ("{\"season\":%d,\"horizon\":%d,\"folds\":%d,\"levels\":[0.8,0.95],"
                          "\"models\":%u}",
                          options->season, options->horizon, options->n_folds, options->models);
}

static char *
describe_result (const AisleForecastJobResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "series");
  json_builder_add_int_value (builder, (gint64) result->n_series);
  json_builder_set_member_name (builder, "models");
  json_builder_begin_object (builder);
  for (int m = 0; m < AISLE_FORECAST_N_MODELS; m++)
    if (result->n_models[m] > 0)
      {
        json_builder_set_member_name (builder,
                                      aisle_forecast_model_get_name ((AisleForecastModel) m));
        json_builder_add_int_value (builder, (gint64) result->n_models[m]);
      }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* A closed day sells nothing, and everybody knows it beforehand. */
static void
close_days (AisleForecastRow *row, const guint8 *is_closed)
{
  double *const blocks[] = { row->mean, row->lower80, row->upper80, row->lower95, row->upper95 };
  for (int h = 0; h < row->horizon; h++)
    if (is_closed[h])
      for (gsize b = 0; b < G_N_ELEMENTS (blocks); b++)
        blocks[b][h] = 0;
}

static gint64
count_observed (const AisleDemand *demand, gsize series)
{
  gint64 n = 0;
  for (gsize i = demand->offsets[series]; i < demand->offsets[series + 1]; i++)
    n += !isnan (demand->values[i]);
  return n;
}

static gboolean
save_series (AisleWorkspace *workspace,
             const AisleDemand *demand,
             AisleForecastPanel *panel,
             gsize i,
             gint64 run_id,
             AisleDate first_day,
             const guint8 *is_closed,
             double *sum_sd,
             GError **error)
{
  gsize horizon = (gsize) panel->horizon;
  gsize bounds = i * N_LEVELS * horizon;
  /* Closed days sell nothing for certain: only the open ones add to the spread of a sum. */
  int n_open = 0;
  for (int h = 0; h < panel->horizon; h++)
    {
      double mean, variance = 0;
      n_open += !is_closed[h];
      if (n_open > 0)
        aisle_forecast_panel_get_sum (panel, i, n_open, &mean, &variance);
      sum_sd[h] = sqrt (variance);
    }
  AisleForecastRow row = { .run_id = run_id,
                           .store_id = demand->store_ids[i],
                           .product_id = demand->product_ids[i],
                           .model = aisle_forecast_model_get_name (panel->model[i]),
                           .reason = aisle_forecast_reason_get_text (panel->reason[i]),
                           .first_day = first_day,
                           .horizon = panel->horizon,
                           .n_observed = count_observed (demand, i),
                           .error = panel->error[i],
                           .sigma = panel->sigma[i],
                           .mean = panel->mean + i * horizon,
                           .lower80 = panel->lower + bounds,
                           .upper80 = panel->upper + bounds,
                           .lower95 = panel->lower + bounds + horizon,
                           .upper95 = panel->upper + bounds + horizon,
                           .sum_sd = sum_sd };
  close_days (&row, is_closed);
  return aisle_forecast_row_save (workspace, &row, error);
}

static gboolean
save_all (AisleWorkspace *workspace,
          const AisleDemand *demand,
          AisleForecastPanel *panel,
          gint64 run_id,
          AisleDate today,
          const AisleProgress *progress,
          GError **error)
{
  g_autofree double *sum_sd = g_new (double, panel->horizon);
  g_autofree guint8 *is_closed = NULL;
  for (gsize i = 0; i < panel->n_series; i++)
    {
      if (i == 0 || demand->store_ids[i] != demand->store_ids[i - 1])
        {
          g_free (is_closed);
          is_closed = aisle_demand_closed_days (workspace, demand->store_ids[i], today,
                                                (gsize) panel->horizon, error);
          if (!is_closed)
            return FALSE;
        }
      if (!save_series (workspace, demand, panel, i, run_id, today, is_closed, sum_sd, error))
        return FALSE;
      double share = (double) i / (double) panel->n_series;
      if (i % 256 == 0
          && !aisle_progress_report (progress, SHARE_FITTED + (1 - SHARE_FITTED) * share))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the forecast was stopped");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
write_run (AisleWorkspace *workspace,
           const AisleForecastJobOptions *options,
           const AisleDemand *demand,
           AisleForecastPanel *panel,
           const AisleForecastOptions *engine_options,
           AisleDate today,
           const AisleProgress *progress,
           AisleForecastJobResult *result,
           GError **error)
{
  g_autofree char *parameters = describe_parameters (engine_options);
  g_autofree char *summary = describe_result (result);
  AisleRunRecord record = { .kind = "forecast",
                            .engine = "aisle-forecast",
                            .version = AISLE_VERSION,
                            .parameters = parameters,
                            .input_hash = demand->input_hash,
                            .business_day = today };
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  g_autofree char *object = NULL;
  if (aisle_run_begin (workspace, &record, error)
      && save_all (workspace, demand, panel, record.id, today, progress, error)
      && aisle_run_finish (workspace, record.id, summary, error)
      && aisle_run_drop_old (workspace, "forecast", N_RUNS_KEPT, error)
      && (object = g_strdup_printf ("run %" G_GINT64_FORMAT, record.id))
      && aisle_log_append (workspace, options->person_id, "forecast.run", object, summary, error))
    {
      result->run_id = record.id;
      return aisle_workspace_commit (workspace, error);
    }
  aisle_workspace_rollback (workspace);
  return FALSE;
}

static gboolean
fit_and_write (AisleWorkspace *workspace,
               const AisleForecastJobOptions *options,
               const AisleProgress *progress,
               AisleForecastJobResult *result,
               GError **error)
{
  gint64 start = g_get_monotonic_time ();
  AisleDate today = aisle_workspace_get_business_date (workspace, NULL);
  g_autoptr (AisleDemand) demand = aisle_demand_load (workspace, today, 0, 0, error);
  if (!demand)
    return FALSE;
  if (demand->n_series == 0)
    {
      g_set_error_literal (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_NOTHING_TO_DO,
                           "there are no sales before today to forecast from; import sales first");
      return FALSE;
    }

  Stage stage = { .outer = progress };
  AisleProgress fit_progress = { .report = report_fit_cb, .data = &stage };
  AisleForecastSeries series = { .values = demand->values,
                                 .offsets = demand->offsets,
                                 .n_series = demand->n_series };
  AisleForecastOptions engine_options = { .season = AISLE_FORECAST_JOB_SEASON,
                                          .horizon = options->horizon > 0
                                                         ? options->horizon
                                                         : AISLE_FORECAST_JOB_HORIZON,
                                          .levels = levels,
                                          .n_levels = N_LEVELS,
                                          .models = AISLE_FORECAST_DEFAULT_MODELS,
                                          .n_folds = N_FOLDS,
                                          .skips_leading_zeros = TRUE,
                                          .begins_with_demand = TRUE,
                                          .n_threads = options->n_threads };
  g_autoptr (GError) engine_error = NULL;
  g_autoptr (AisleForecastPanel) panel =
      aisle_forecast_panel_new (&series, &engine_options, &fit_progress, &engine_error);
  if (!panel)
    {
      gboolean is_stopped =
          g_error_matches (engine_error, AISLE_FORECAST_ERROR, AISLE_FORECAST_ERROR_CANCELLED);
      if (is_stopped)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, engine_error->message);
      else
        g_set_error_literal (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                             engine_error->message);
      return FALSE;
    }
  result->n_series = panel->n_series;
  for (gsize i = 0; i < panel->n_series; i++)
    result->n_models[panel->model[i]]++;
  if (!write_run (workspace, options, demand, panel, &engine_options, today, progress, result,
                  error))
    return FALSE;
  result->seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  return TRUE;
}

gboolean
aisle_forecast_job_run (AisleWorkspace *workspace,
                        const AisleForecastJobOptions *options,
                        const AisleProgress *progress,
                        AisleForecastJobResult *result,
                        GError **error)
{
  g_return_val_if_fail (workspace != NULL && options != NULL && result != NULL, FALSE);

  *result = (AisleForecastJobResult){ 0 };
  int lock = aisle_workspace_lock (workspace, "forecast", error);
  if (lock < 0)
    return FALSE;
  gboolean ok = fit_and_write (workspace, options, progress, result, error);
  aisle_workspace_unlock (lock);
  return ok;
}
