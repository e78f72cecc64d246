/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-forecast-run.h"

#include "aisle-cli-person.h"
#include "aisle-forecast-job.h"
#include "aisle-range.h"

#include <math.h>

static void
add_models (JsonBuilder *builder, const AisleForecastJobResult *result)
{
  json_builder_set_member_name (builder, "models");
  json_builder_begin_object (builder);
  for (int m = 0; m < AISLE_FORECAST_N_MODELS; m++)
    if (result->n_models[m] > 0)
      {
        json_builder_set_member_name (builder, aisle_forecast_model_get_name ((AisleForecastModel) m));
        json_builder_add_int_value (builder, (gint64) result->n_models[m]);
      }
  json_builder_end_object (builder);
}

static AisleExit
print_result (AisleCli *cli, const AisleForecastJobResult *result)
{
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "run");
      json_builder_add_int_value (builder, result->run_id);
      json_builder_set_member_name (builder, "series");
      json_builder_add_int_value (builder, (gint64) result->n_series);
      add_models (builder, result);
      json_builder_set_member_name (builder, "seconds");
      json_builder_add_double_value (builder, result->seconds);
      json_builder_end_object (builder);
      return aisle_cli_print_json (cli, json_builder_get_root (builder));
    }
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "Run %" G_GINT64_FORMAT ": %" G_GSIZE_FORMAT
                                " product-store series in %.1f s (%.0f a second)\n",
                          result->run_id, result->n_series, result->seconds,
                          (double) result->n_series / MAX (result->seconds, 1e-3));
  for (int m = 0; m < AISLE_FORECAST_N_MODELS; m++)
    if (result->n_models[m] > 0)
      g_string_append_printf (text, "  %-10s %" G_GSIZE_FORMAT "\n",
                              aisle_forecast_model_get_name ((AisleForecastModel) m),
                              result->n_models[m]);
  return aisle_cli_print_text (cli, text->str);
}

AisleExit
aisle_cli_forecast_run (AisleCli *cli, int argc, char **argv)
{
  int horizon = 0;
  const GOptionEntry entries[] = {
    { "horizon", 0, 0, G_OPTION_ARG_INT, &horizon, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  if (words[0] && words[1])
    return aisle_cli_wrong_usage (cli, "“%s” is not expected here", words[1]);
  if (horizon < 0 || horizon > 366)
    return aisle_cli_wrong_usage (cli, "--horizon is a number of days from 1 to 366");
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (AislePerson) person = aisle_cli_sign_in_if_named (cli, workspace, &status);
  if (status != AISLE_EXIT_DONE)
    return status;
  AisleForecastJobOptions options = { .horizon = horizon,
                                      .n_threads = cli->threads,
                                      .person_id = person ? person->id : 0 };
  AisleProgress progress = aisle_cli_progress (cli);
  AisleForecastJobResult result;
  g_autoptr (GError) error = NULL;
  if (!aisle_forecast_job_run (workspace, &options, &progress, &result, &error))
    return aisle_cli_fail (cli, error);
  return print_result (cli, &result);
}

/* The forecasts of one product, a store each. */
typedef struct
{
  AisleCli *cli;
  JsonBuilder *builder;
  GString *text;
  GHashTable *store_codes; /* gint64 id -> code */
  gsize n_rows;
} Show;

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isnan (value))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, value);
}

static void
show_row_cb (const AisleForecastRow *row, gpointer data)
{
  Show *show = data;
  const char *store = g_hash_table_lookup (show->store_codes, &row->store_id);
  g_string_append_printf (show->text, "%s  model %s (%s), error %.2f units a day\n", store, row->model,
                          row->reason ? row->reason : "", row->error);
  for (int h = 0; h < row->horizon; h++)
    {
      char day[AISLE_DATE_TEXT_SIZE];
      aisle_date_format_iso (row->first_day + h, day);
      g_string_append_printf (show->text, "  %s  %8.2f  (%.2f … %.2f)\n", day, row->mean[h],
                              row->lower80[h], row->upper80[h]);
      json_builder_begin_object (show->builder);
      json_builder_set_member_name (show->builder, "day");
      json_builder_add_string_value (show->builder, day);
      json_builder_set_member_name (show->builder, "store");
      json_builder_add_string_value (show->builder, store);
      add_number (show->builder, "mean", row->mean[h]);
      add_number (show->builder, "lower80", row->lower80[h]);
      add_number (show->builder, "upper80", row->upper80[h]);
      add_number (show->builder, "lower95", row->lower95[h]);
      add_number (show->builder, "upper95", row->upper95[h]);
      json_builder_end_object (show->builder);
    }
  show->n_rows++;
}

static GHashTable *
load_store_codes (AisleWorkspace *workspace, GError **error)
{
  g_autoptr (GPtrArray) stores = aisle_range_list_stores (workspace, error);
  if (!stores)
    return NULL;
  GHashTable *codes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  for (guint i = 0; i < stores->len; i++)
    {
      const AisleRangeStore *store = stores->pdata[i];
      g_hash_table_insert (codes, g_memdup2 (&store->id, sizeof store->id), g_strdup (store->code));
    }
  return codes;
}

static AisleExit
show_forecast (AisleCli *cli,
               AisleWorkspace *workspace,
               const char *product,
               const char *store,
               GError **error)
{
  gint64 product_id = aisle_range_find_product (workspace, product, error);
  gint64 store_id = product_id && store ? aisle_range_find_store (workspace, store, error) : 0;
  gint64 run_id = aisle_run_latest (workspace, "forecast", NULL);
  if (product_id == 0 || (store && store_id == 0))
    return AISLE_EXIT_FAILED;
  if (run_id == 0)
    {
      g_set_error_literal (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                           "there is no forecast yet; run “aislectl forecast run” first");
      return AISLE_EXIT_FAILED;
    }
  g_autoptr (GHashTable) codes = load_store_codes (workspace, error);
  if (!codes)
    return AISLE_EXIT_FAILED;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  Show show = { .cli = cli, .builder = builder, .text = text, .store_codes = codes };
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "run");
  json_builder_add_int_value (builder, run_id);
  json_builder_set_member_name (builder, "days");
  json_builder_begin_array (builder);
  if (!aisle_forecast_row_foreach (workspace, run_id, store_id, product_id, show_row_cb, &show, error))
    return AISLE_EXIT_FAILED;
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (show.n_rows == 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                   "the last forecast has nothing for %s%s%s: it had no sales", product,
                   store ? " in " : "", store ? store : "");
      return AISLE_EXIT_FAILED;
    }
  if (cli->json)
    return aisle_cli_print_json (cli, json_builder_get_root (builder));
  return aisle_cli_print_text (cli, text->str);
}

AisleExit
aisle_cli_forecast_show (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *product = NULL, *store = NULL;
  const GOptionEntry entries[] = {
    { "product", 0, 0, G_OPTION_ARG_STRING, &product, NULL, NULL },
    { "store", 0, 0, G_OPTION_ARG_STRING, &store, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  if (!product)
    return aisle_cli_wrong_usage (cli, "forecast show needs --product SKU");
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (GError) error = NULL;
  status = show_forecast (cli, workspace, product, store, &error);
  return error ? aisle_cli_fail (cli, error) : status;
}
