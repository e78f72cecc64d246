/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"
#include "aisle-cli-forecast-run.h"

#include "aisle-cli-model.h"
#include "aisle-cli-series.h"
#include "aisle-record-reader.h"
#include "aisle-record-writer.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* The filter: a plain file of series in, forecasts out. */
typedef struct
{
  char *input;
  char *season;
  char *horizon;
  char *model;
  char *levels;
  char *regressors;
  char *future;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->input);
  g_free (options->season);
  g_free (options->horizon);
  g_free (options->model);
  g_free (options->levels);
  g_free (options->regressors);
  g_free (options->future);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What the options ask for, read. */
typedef struct
{
  AisleForecastOptions engine;
  double levels[AISLE_FORECAST_MAX_LEVELS];
  char *level_names[AISLE_FORECAST_MAX_LEVELS]; /* "80", as it was written */
  char **regressors;
} Request;

static void
request_clear (Request *request)
{
  for (gsize i = 0; i < request->engine.n_levels; i++)
    g_free (request->level_names[i]);
  g_strfreev (request->regressors);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static gboolean
read_levels (AisleCli *cli, const char *text, Request *request)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  for (gsize i = 0; parts[i]; i++)
    {
      char *end;
      const char *part = g_strstrip (parts[i]);
      double level = g_ascii_strtod (part, &end);
      if (end == part || *end || !(level > 0 && level < 100))
        {
          aisle_cli_wrong_usage (cli, "--levels: “%s” is not a percentage between 0 and 100", part);
          return FALSE;
        }
      if (i >= AISLE_FORECAST_MAX_LEVELS)
        {
          aisle_cli_wrong_usage (cli, "--levels: there are more than %d",
                                 AISLE_FORECAST_MAX_LEVELS);
          return FALSE;
        }
      request->levels[i] = level / 100;
      request->level_names[i] = g_strdup (part);
      request->engine.n_levels = i + 1;
    }
  return TRUE;
}

static gboolean
read_request (AisleCli *cli, const Options *options, Request *request)
{
  AisleForecastOptions *engine = &request->engine;
  if (!options->input)
    {
      aisle_cli_wrong_usage (cli, "--input is missing; see “aislectl help forecast”");
      return FALSE;
    }
  if (!aisle_cli_read_season (cli, options->season, &engine->season)
      || !aisle_cli_read_count (cli, "--horizon", options->horizon, AISLE_FORECAST_MAX_HORIZON,
                                &engine->horizon)
      || !read_levels (cli, options->levels ? options->levels : "80,95", request))
    return FALSE;
  AisleForecastModel model = aisle_cli_read_model (cli, options->model ? options->model : "auto");
  if (model == AISLE_FORECAST_NONE)
    return FALSE;
  gboolean is_auto = model == AISLE_FORECAST_AUTO;
  engine->models = is_auto ? 0 : AISLE_FORECAST_BIT (model);
  engine->skips_leading_zeros = is_auto;
  engine->levels = request->levels;
  engine->n_threads = cli->threads;
  if (options->regressors)
    {
      request->regressors = g_strsplit (options->regressors, ",", -1);
      aisle_cli_say (cli, "no model uses regressors yet; %s: checked and left out",
                     options->regressors);
    }
  return TRUE;
}

/* The file of future regressors must have the columns; nothing uses what is in them yet. */
static gboolean
check_future (AisleCli *cli, const char *path, char **regressors, GError **error)
{
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, error);
  if (!reader)
    return FALSE;
  const char *const keys[] = { "unique_id", "ds", NULL };
  const char *const *lists[] = { keys, (const char *const *) regressors };
  for (gsize list = 0; list < G_N_ELEMENTS (lists); list++)
    for (const char *const *name = lists[list]; name && *name; name++)
      if (aisle_record_reader_find_column (reader, *name) < 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "%s:1: column \"%s\": is missing; name one column of the first row so", path,
                       *name);
          return FALSE;
        }
  return TRUE;
}

static void
add_level_name (AisleRecordWriter *writer, const char *side, const char *level)
{
  g_autofree char *name = g_strdup_printf ("%s-%s", side, level);
  aisle_record_writer_add_text (writer, name);
}

static gboolean
write_table (AisleCli *cli,
             const Request *request,
             const AisleCliSeries *series,
             const AisleForecastPanel *panel,
             GError **error)
{
  AisleRecordKind kind = cli->output ? aisle_record_kind_for_path (cli->output) : AISLE_RECORD_CSV;
  g_autoptr (AisleRecordWriter) writer =
      aisle_record_writer_open (cli->output, kind, ',', '.', error);
  if (!writer)
    return FALSE;
  aisle_record_writer_add_text (writer, "unique_id");
  aisle_record_writer_add_text (writer, "ds");
  aisle_record_writer_add_text (writer, "mean");
  for (gsize level = 0; level < panel->n_levels; level++)
    {
      add_level_name (writer, "lo", request->level_names[level]);
      add_level_name (writer, "hi", request->level_names[level]);
    }
  aisle_record_writer_add_text (writer, "model");
  aisle_record_writer_end_row (writer);
  gsize horizon = (gsize) panel->horizon;
  for (gsize i = 0; i < panel->n_series; i++)
    for (gsize h = 0; h < horizon; h++)
      {
        g_autofree char *ds = aisle_cli_series_format_ahead (series, i, (int) h + 1);
        aisle_record_writer_add_key (writer, series->ids->pdata[i]);
        aisle_record_writer_add_text (writer, ds);
        aisle_record_writer_add_double (writer, panel->mean[i * horizon + h]);
        for (gsize level = 0; level < panel->n_levels; level++)
          {
            gsize at = (i * panel->n_levels + level) * horizon + h;
            aisle_record_writer_add_double (writer, panel->lower[at]);
            aisle_record_writer_add_double (writer, panel->upper[at]);
          }
        aisle_record_writer_add_text (writer, aisle_forecast_model_get_name (panel->model[i]));
        aisle_record_writer_end_row (writer);
      }
  return aisle_record_writer_finish (g_steal_pointer (&writer), error);
}

static void
append_json_text (GString *text, const char *value)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), value);
  g_autofree char *quoted = json_to_string (node, FALSE);
  g_string_append (text, quoted);
}

static void
append_json_number (GString *text, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite (value))
    {
      g_string_append (text, "null");
      return;
    }
  g_ascii_formatd (number, sizeof number, "%.15g", value);
  if (g_ascii_strtod (number, NULL) != value)
    g_ascii_formatd (number, sizeof number, "%.17g", value);
  g_string_append (text, number);
}

static void
append_json_forecast (GString *text,
                      const Request *request,
                      const AisleCliSeries *series,
                      const AisleForecastPanel *panel,
                      gsize i,
                      gsize h)
{
  gsize horizon = (gsize) panel->horizon;
  g_autofree char *ds = aisle_cli_series_format_ahead (series, i, (int) h + 1);
  g_string_append (text, "{\"unique_id\":");
  append_json_text (text, series->ids->pdata[i]);
  g_string_append (text, ",\"ds\":");
  if (series->unit == AISLE_STEP_NUMBER)
    g_string_append (text, ds);
  else
    append_json_text (text, ds);
  g_string_append (text, ",\"mean\":");
  append_json_number (text, panel->mean[i * horizon + h]);
  for (gsize level = 0; level < panel->n_levels; level++)
    {
      gsize at = (i * panel->n_levels + level) * horizon + h;
      g_string_append_printf (text, ",\"lo-%s\":", request->level_names[level]);
      append_json_number (text, panel->lower[at]);
      g_string_append_printf (text, ",\"hi-%s\":", request->level_names[level]);
      append_json_number (text, panel->upper[at]);
    }
  g_string_append (text, ",\"model\":");
  append_json_text (text, aisle_forecast_model_get_name (panel->model[i]));
  g_string_append_c (text, '}');
}

/* Written piece by piece: as a tree of nodes a large answer would take ten times the memory. */
static AisleExit
print_document (AisleCli *cli,
                const Request *request,
                const AisleCliSeries *series,
                const AisleForecastPanel *panel,
                double cpu_seconds)
{
  gsize counts[AISLE_FORECAST_N_MODELS] = { 0 };
  for (gsize i = 0; i < panel->n_series; i++)
    counts[panel->model[i]]++;
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text,
                          "{\"series\":%" G_GSIZE_FORMAT ",\"cpu_seconds\":", panel->n_series);
  append_json_number (text, cpu_seconds);
  g_string_append (text, ",\"models\":{");
  const char *comma = "";
  for (int model = 0; model < AISLE_FORECAST_N_MODELS; model++)
    if (counts[model] > 0)
      {
        g_string_append_printf (text, "%s\"%s\":%" G_GSIZE_FORMAT, comma,
                                aisle_forecast_model_get_name (model), counts[model]);
        comma = ",";
      }
  g_string_append (text, "},\"forecasts\":[");
  for (gsize i = 0; i < panel->n_series; i++)
    for (gsize h = 0; h < (gsize) panel->horizon; h++)
      {
        g_string_append (text, i + h > 0 ? ",\n" : "\n");
        append_json_forecast (text, request, series, panel, i, h);
      }
  g_string_append (text, "]}\n");
  return aisle_cli_print_text (cli, text->str);
}

static double
read_process_clock (void)
{
  struct timespec time;
  if (clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time) != 0)
    return NAN;
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static void
tell_empty (AisleCli *cli, const AisleForecastPanel *panel)
{
  gsize n_empty = 0;
  for (gsize i = 0; i < panel->n_series; i++)
    n_empty += panel->model[i] == AISLE_FORECAST_NONE;
  if (n_empty > 0)
    aisle_cli_say (cli, "%" G_GSIZE_FORMAT " series without any value got no forecast (model none)",
                   n_empty);
}

static AisleExit
forecast_file (AisleCli *cli, const Options *options)
{
  g_auto (Request) request = { 0 };
  if (!read_request (cli, options, &request))
    return AISLE_EXIT_USAGE;
  g_autoptr (GError) error = NULL;
  if (options->future && !check_future (cli, options->future, request.regressors, &error))
    return aisle_cli_fail (cli, error);
  AisleExit status;
  g_autoptr (AisleCliSeries) series =
      aisle_cli_series_read (cli, options->input, request.regressors, &status);
  if (!series)
    return status;
  AisleForecastSeries arrays = aisle_cli_series_get_arrays (series);
  AisleProgress progress = aisle_cli_progress (cli);
  double begin = read_process_clock ();
  g_autoptr (AisleForecastPanel) panel =
      aisle_forecast_panel_new (&arrays, &request.engine, &progress, &error);
  double cpu_seconds = read_process_clock () - begin;
  if (!panel && !g_cancellable_is_cancelled (cli->cancellable))
    return aisle_cli_fail (cli, error);
  g_clear_error (&error);
  if (g_cancellable_set_error_if_cancelled (cli->cancellable, &error))
    return aisle_cli_fail (cli, error);
  aisle_cli_end_progress (cli);
  tell_empty (cli, panel);
  if (cli->json)
    return print_document (cli, &request, series, panel, cpu_seconds);
  return write_table (cli, &request, series, panel, &error) ? AISLE_EXIT_DONE
                                                            : aisle_cli_fail (cli, error);
}

static AisleExit
run_forecast (AisleCli *cli, int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "run") == 0)
    return aisle_cli_forecast_run (cli, argc, argv);
  if (argc > 1 && strcmp (argv[1], "show") == 0)
    return aisle_cli_forecast_show (cli, argc, argv);
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "input", 0, 0, G_OPTION_ARG_FILENAME, &options.input, NULL, NULL },
    { "season", 0, 0, G_OPTION_ARG_STRING, &options.season, NULL, NULL },
    { "horizon", 0, 0, G_OPTION_ARG_STRING, &options.horizon, NULL, NULL },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, NULL, NULL },
    { "levels", 0, 0, G_OPTION_ARG_STRING, &options.levels, NULL, NULL },
    { "regressors", 0, 0, G_OPTION_ARG_STRING, &options.regressors, NULL, NULL },
    { "future", 0, 0, G_OPTION_ARG_FILENAME, &options.future, NULL, NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  if (!aisle_cli_parse (cli, argc, argv, entries, NULL))
    return AISLE_EXIT_USAGE;
  return forecast_file (cli, &options);
}

const AisleCliCommand aisle_cli_forecast_command = {
  .name = "forecast",
  .summary = "forecast demand, of a workspace or of a plain file",
  .usage =
      "aislectl -w FILE forecast run [--horizon DAYS]\n"
      "aislectl -w FILE forecast show --product SKU [--store CODE]\n"
      "aislectl forecast --input FILE --season M[,M2] --horizon H [--model NAME]\n"
      "    [--levels 80,95] [--regressors COL,..] [--future FILE] [--threads N]\n"
      "    [--output FILE] [--json]\n"
      "\n"
      "Reads the columns unique_id, ds (YYYY-MM-DD or a whole number) and y, in any order of\n"
      "rows. An empty y is missing, not zero; so is a step without a row between the first and\n"
      "the last of its series, and a row whose column “available” is 0. A step is a\n"
      "day or a number, or weeks or months where all rows are so far apart.\n"
      "\n"
      "Writes unique_id, ds, mean, lo-80, hi-80, lo-95, hi-95, model: H steps behind the end\n"
      "of each series. With --json one document with counts of models and the CPU seconds of\n"
      "the forecasting itself.\n"
      "\n"
      "  --season M       steps in a season: 7 for days, 12 for months, 1 for none\n"
      "  --horizon H      steps ahead\n"
      "  --model NAME     auto (default): the one of snaive, mean, ses, ets, sba, tsb with the\n"
      "                   smallest error on the last three windows of H steps; it begins each\n"
      "                   series at its first value other than zero. Or one of naive drift\n"
      "                   snaive mean window ses seasonal_ses ets ets:ANN ets:ANA croston sba\n"
      "                   tsb adida imapa for all series; a series too short for it gets its\n"
      "                   average\n"
      "  --levels A,B     coverage of the intervals, in percent\n"
      "  --regressors, --future   are checked; no model uses them yet\n",
  .run = run_forecast,
};
