/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-forecast-run.h"

#include "aisle-cli-person.h"
#include "aisle-forecast-job.h"

static void
add_models (JsonBuilder *builder, const AisleForecastJobResult *result)
{
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
  g_string_append_printf (text,
                          "Run %" G_GINT64_FORMAT ": %" G_GSIZE_FORMAT
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
  int horizon = AISLE_FORECAST_JOB_HORIZON;
  const GOptionEntry entries[] = {
    { "horizon", 0, 0, G_OPTION_ARG_INT, &horizon, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  if (words[0] && words[1])
    return aisle_cli_wrong_usage (cli, "“%s” is not expected here", words[1]);
  if (horizon < 1 || horizon > 366)
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
