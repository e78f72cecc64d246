/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

#include "aisle-cli-model.h"
#include "aisle-cli-series.h"
#include "aisle-forecast-backtest.h"
#include "aisle-record-writer.h"

#include <math.h>
#include <time.h>

static const AisleForecastModel default_models[] = {
  AISLE_FORECAST_SNAIVE, AISLE_FORECAST_MEAN, AISLE_FORECAST_SES,  AISLE_FORECAST_ETS,
  AISLE_FORECAST_SBA,    AISLE_FORECAST_TSB,  AISLE_FORECAST_AUTO,
};

typedef struct
{
  char *input;
  char *season;
  char *horizon;
  char *folds;
  char *models;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->input);
  g_free (options->season);
  g_free (options->horizon);
  g_free (options->folds);
  g_free (options->models);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static double
read_thread_clock (void)
{
  struct timespec time;
  if (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time) != 0)
    return NAN;
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

/* The models of --models, each once; NULL after having printed what is wrong. */
static GArray *
read_models (AisleCli *cli, const char *text)
{
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (AisleForecastModel));
  if (!text)
    {
      g_array_append_vals (models, default_models, G_N_ELEMENTS (default_models));
      return g_steal_pointer (&models);
    }
  guint seen = 0;
  g_auto (GStrv) names = g_strsplit (text, ",", -1);
  for (char **name = names; *name; name++)
    {
      AisleForecastModel model = aisle_cli_read_model (cli, g_strstrip (*name));
      if (model == AISLE_FORECAST_NONE)
        return NULL;
      if (!(seen & AISLE_FORECAST_BIT (model)))
        g_array_append_val (models, model);
      seen |= AISLE_FORECAST_BIT (model);
    }
  if (models->len > 0)
    return g_steal_pointer (&models);
  aisle_cli_wrong_usage (cli, "--models: name at least one");
  return NULL;
}

/* The measures of a score, in the order of the columns. */
#define N_MEASURES 8
static const char *const measure_names[N_MEASURES] = { "rmsse",   "mase",       "wape",
                                                       "bias",    "coverage80", "coverage95",
                                                       "pinball", "cpu_seconds" };

static void
list_measures (const AisleForecastScore *score, double values[N_MEASURES])
{
  const double all[N_MEASURES] = { score->rmsse,   score->mase,       score->wape,
                                   score->bias,    score->coverage80, score->coverage95,
                                   score->pinball, score->cpu_seconds };
  for (int i = 0; i < N_MEASURES; i++)
    values[i] = all[i];
}

static AisleExit
print_document (AisleCli *cli, const AisleForecastBacktest *backtest)
{
  JsonObject *document = json_object_new ();
  JsonArray *rows = json_array_new ();
  JsonObject *chosen = json_object_new ();
  for (gsize m = 0; m < backtest->n_models; m++)
    {
      const AisleForecastScore *score = &backtest->scores[m];
      const char *name = aisle_forecast_model_get_name (score->model);
      JsonObject *row = json_object_new ();
      double values[N_MEASURES];
      list_measures (score, values);
      json_object_set_string_member (row, "model", name);
      json_object_set_int_member (row, "series", (gint64) score->n_series);
      for (int i = 0; i < N_MEASURES; i++)
        if (isfinite (values[i]))
          json_object_set_double_member (row, measure_names[i], values[i]);
        else
          json_object_set_null_member (row, measure_names[i]);
      json_array_add_object_element (rows, row);
      if (score->model != AISLE_FORECAST_AUTO)
        json_object_set_int_member (chosen, name, (gint64) backtest->n_chosen[m]);
    }
  json_object_set_int_member (document, "folds", backtest->n_folds);
  json_object_set_array_member (document, "models", rows);
  json_object_set_object_member (document, "chosen", chosen);
  JsonNode *root = json_node_alloc ();
  return aisle_cli_print_json (cli, json_node_init_object (root, document));
}

static gboolean
write_table (AisleCli *cli, const AisleForecastBacktest *backtest, GError **error)
{
  AisleRecordKind kind = cli->output ? aisle_record_kind_for_path (cli->output) : AISLE_RECORD_CSV;
  g_autoptr (AisleRecordWriter) writer =
      aisle_record_writer_open (cli->output, kind, ',', '.', error);
  if (!writer)
    return FALSE;
  aisle_record_writer_add_text (writer, "model");
  aisle_record_writer_add_text (writer, "series");
  for (int i = 0; i < N_MEASURES; i++)
    aisle_record_writer_add_text (writer, measure_names[i]);
  aisle_record_writer_add_text (writer, "chosen");
  aisle_record_writer_end_row (writer);
  for (gsize m = 0; m < backtest->n_models; m++)
    {
      double values[N_MEASURES];
      list_measures (&backtest->scores[m], values);
      aisle_record_writer_add_text (writer,
                                    aisle_forecast_model_get_name (backtest->scores[m].model));
      aisle_record_writer_add_integer (writer, (gint64) backtest->scores[m].n_series);
      for (int i = 0; i < N_MEASURES; i++)
        aisle_record_writer_add_double (writer, values[i]);
      if (backtest->scores[m].model == AISLE_FORECAST_AUTO)
        aisle_record_writer_add_text (writer, NULL);
      else
        aisle_record_writer_add_integer (writer, (gint64) backtest->n_chosen[m]);
      aisle_record_writer_end_row (writer);
    }
  return aisle_record_writer_finish (g_steal_pointer (&writer), error);
}

static AisleExit
test_file (AisleCli *cli, const Options *options)
{
  AisleForecastOptions engine = { .skips_leading_zeros = TRUE, .n_threads = cli->threads };
  if (!options->input)
    return aisle_cli_wrong_usage (cli, "--input is missing; see “aislectl help backtest”");
  if (!aisle_cli_read_season (cli, options->season, &engine.season)
      || !aisle_cli_read_count (cli, "--horizon", options->horizon, AISLE_FORECAST_MAX_HORIZON,
                                &engine.horizon)
      || !aisle_cli_read_count (cli, "--folds", options->folds, AISLE_FORECAST_MAX_FOLDS,
                                &engine.n_folds))
    return AISLE_EXIT_USAGE;
  g_autoptr (GArray) models = read_models (cli, options->models);
  if (!models)
    return AISLE_EXIT_USAGE;
  AisleExit status;
  g_autoptr (AisleCliSeries) series = aisle_cli_series_read (cli, options->input, NULL, &status);
  if (!series)
    return status;
  AisleForecastSeries arrays = aisle_cli_series_get_arrays (series);
  AisleProgress progress = aisle_cli_progress (cli);
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleForecastBacktest) backtest = aisle_forecast_backtest_new (
      &arrays, &engine, (const AisleForecastModel *) (const void *) models->data, models->len,
      read_thread_clock, &progress, &error);
  if (!backtest && !g_cancellable_is_cancelled (cli->cancellable))
    return aisle_cli_fail (cli, error);
  g_clear_error (&error);
  if (g_cancellable_set_error_if_cancelled (cli->cancellable, &error))
    return aisle_cli_fail (cli, error);
  aisle_cli_end_progress (cli);
  if (backtest->n_short > 0)
    aisle_cli_say (cli,
                   "%" G_GSIZE_FORMAT
                   " series are too short for any fold (two seasons and at least "
                   "10 values, then %d more)",
                   backtest->n_short, engine.horizon);
  if (cli->json)
    return print_document (cli, backtest);
  return write_table (cli, backtest, &error) ? AISLE_EXIT_DONE : aisle_cli_fail (cli, error);
}

static AisleExit
run_backtest (AisleCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "input", 0, 0, G_OPTION_ARG_FILENAME, &options.input, NULL, NULL },
    { "season", 0, 0, G_OPTION_ARG_STRING, &options.season, NULL, NULL },
    { "horizon", 0, 0, G_OPTION_ARG_STRING, &options.horizon, NULL, NULL },
    { "folds", 0, 0, G_OPTION_ARG_STRING, &options.folds, NULL, NULL },
    { "models", 0, 0, G_OPTION_ARG_STRING, &options.models, NULL, NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  if (!aisle_cli_parse (cli, argc, argv, entries, NULL))
    return AISLE_EXIT_USAGE;
  return test_file (cli, &options);
}

const AisleCliCommand aisle_cli_backtest_command = {
  .name = "backtest",
  .summary = "how good forecasts of a plain file would have been",
  .usage =
      "aislectl backtest --input FILE --season M --horizon H --folds K [--models a,b,c]\n"
      "    [--threads N] [--output FILE] [--json]\n"
      "\n"
      "Reads the file as “aislectl forecast” does and forecasts, for each of the last K windows\n"
      "of H steps, from what lies before it. For each model: rmsse and mase (means over\n"
      "series), wape and bias (over all series together; above zero is too high), the share of\n"
      "values inside the 80 % and 95 % interval, the pinball loss of the intervals' bounds, and\n"
      "CPU seconds. “chosen” counts the series on which a model had the smallest squared error;\n"
      "“auto” is the choice itself, made before each window from what was known then.\n",
  .run = run_backtest,
};
