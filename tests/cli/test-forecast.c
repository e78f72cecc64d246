/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-runner.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Two daily series of ten weeks, one row of them missing. */
static char *
make_sales (void)
{
  const int week[] = { 2, 3, 4, 6, 12, 20, 0 };
  GString *text = g_string_new ("unique_id,ds,y\n");
  g_autoptr (GDateTime) first = g_date_time_new_utc (2026, 1, 5, 0, 0, 0);
  for (int i = 0; i < 70; i++)
    {
      g_autoptr (GDateTime) day = g_date_time_add_days (first, i);
      g_autofree char *ds = g_date_time_format (day, "%Y-%m-%d");
      if (i != 20)
        g_string_append_printf (text, "tea,%s,%d\n", ds, week[i % 7] + i % 3);
      g_string_append_printf (text, "jam,%s,%d\n", ds, i % 5 == 0);
    }
  return g_string_free (text, FALSE);
}

static CliRunner *
new_runner (const char *content)
{
  CliRunner *runner = cli_runner_new ();
  g_autofree char *sales = content ? NULL : make_sales ();
  cli_runner_write (runner, "in.csv", content ? content : sales, -1);
  return runner;
}

#define FORECAST(runner, ...)                                                                      \
  cli_runner_run (runner, "forecast", "--input", "in.csv", "--season", "7", __VA_ARGS__, NULL)

static gsize
count_lines (const char *text)
{
  gsize n = 0;
  for (; *text; text++)
    n += *text == '\n';
  return n;
}

static void
assert_contains (const char *text, const char *part)
{
  if (!strstr (text, part))
    g_error ("“%s” is not in: %s", part, text);
}

static void
test_table (void)
{
  g_autoptr (CliRunner) runner = new_runner (NULL);
  g_assert_cmpint (FORECAST (runner, "--horizon", "14"), ==, 0);
  g_assert_true (g_str_has_prefix (
      runner->out, "unique_id,ds,mean,lo-80,hi-80,lo-95,hi-95,model\ntea,2026-03-16,"));
  g_assert_cmpuint (count_lines (runner->out), ==, 1 + 2 * 14);
  assert_contains (runner->out, "\njam,2026-03-29,");
  g_autofree char *printed = g_strdup (runner->out);
  g_assert_cmpint (FORECAST (runner, "--horizon", "14", "--output", "out.csv"), ==, 0);
  g_autofree char *written = cli_runner_read (runner, "out.csv");
  g_assert_cmpstr (written, ==, printed);
  g_assert_cmpstr (runner->out, ==, "");
}

static void
test_threads_give_the_same_bytes (void)
{
  g_autoptr (CliRunner) runner = new_runner (NULL);
  g_assert_cmpint (FORECAST (runner, "--horizon", "28", "--threads", "1"), ==, 0);
  g_autofree char *one = g_strdup (runner->out);
  g_assert_cmpint (FORECAST (runner, "--horizon", "28", "--threads", "5"), ==, 0);
  g_assert_cmpstr (runner->out, ==, one);
}

static void
test_order_of_rows_does_not_matter (void)
{
  g_autoptr (CliRunner) runner = new_runner ("unique_id,ds,y\na,1,5\na,2,\na,3,9\na,4,1\n");
  g_assert_cmpint (FORECAST (runner, "--horizon", "2", "--model", "mean"), ==, 0);
  assert_contains (runner->out, "\na,5,5,");
  g_autofree char *sorted = g_strdup (runner->out);
  /* The missing row may as well be absent. */
  cli_runner_write (runner, "in.csv", "y;ds;unique_id\n1;4;a\n9;3;a\n5;1;a\n", -1);
  g_assert_cmpint (FORECAST (runner, "--horizon", "2", "--model", "mean"), ==, 0);
  g_assert_cmpstr (runner->out, ==, sorted);
}

static void
test_not_available_is_missing (void)
{
  g_autoptr (CliRunner) runner =
      new_runner ("unique_id,ds,y,available\na,1,5,1\na,2,0,0\na,3,9,1\na,4,1,\n");
  g_assert_cmpint (FORECAST (runner, "--horizon", "1", "--model", "mean"), ==, 0);
  assert_contains (runner->out, "\na,5,5,");
}

static void
test_months_and_weeks (void)
{
  g_autoptr (CliRunner) runner = new_runner (
      "unique_id,ds,y\na,2026-01-31,5\na,2026-02-28,6\na,2026-03-31,7\na,2026-04-30,9\n");
  g_assert_cmpint (FORECAST (runner, "--horizon", "2", "--model", "naive"), ==, 0);
  assert_contains (runner->out, "\na,2026-05-31,9,");
  assert_contains (runner->out, "\na,2026-06-30,9,");
  cli_runner_write (runner, "in.csv",
                    "unique_id,ds,y\na,2026-01-05,5\na,2026-01-12,6\na,2026-01-26,7\n", -1);
  g_assert_cmpint (FORECAST (runner, "--horizon", "1", "--model", "naive"), ==, 0);
  assert_contains (runner->out, "\na,2026-02-02,7,");
}

static JsonObject *
parse_document (CliRunner *runner)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (runner->out, &error);
  g_assert_no_error (error);
  return json_node_dup_object (root);
}

static void
test_document (void)
{
  g_autoptr (CliRunner) runner =
      new_runner ("unique_id,ds,y\n\"a\"\"b\",1,5\n\"a\"\"b\",2,5\nc,1,\nd,1,3\n");
  g_assert_cmpint (FORECAST (runner, "--horizon", "3", "--levels", "50,90", "--json"), ==, 0);
  g_autoptr (JsonObject) document = parse_document (runner);
  g_assert_cmpint (json_object_get_int_member (document, "series"), ==, 3);
  g_assert_cmpfloat (json_object_get_double_member (document, "cpu_seconds"), >=, 0);
  JsonObject *models = json_object_get_object_member (document, "models");
  g_assert_cmpint (json_object_get_int_member (models, "none"), ==, 1);
  JsonArray *forecasts = json_object_get_array_member (document, "forecasts");
  g_assert_cmpuint (json_array_get_length (forecasts), ==, 9);
  JsonObject *first = json_array_get_object_element (forecasts, 0);
  g_assert_cmpstr (json_object_get_string_member (first, "unique_id"), ==, "a\"b");
  g_assert_cmpint (json_object_get_int_member (first, "ds"), ==, 3);
  g_assert_cmpfloat (json_object_get_double_member (first, "hi-90"), ==, 5);
  JsonObject *empty = json_array_get_object_element (forecasts, 3);
  g_assert_true (json_object_get_null_member (empty, "mean"));
  g_assert_cmpstr (json_object_get_string_member (empty, "model"), ==, "none");
}

static void
test_wrong_use (void)
{
  g_autoptr (CliRunner) runner = new_runner (NULL);
  g_assert_cmpint (FORECAST (runner, "--horizon", "7", "--model", "crystal-ball"), ==, 2);
  assert_contains (runner->err, "crystal-ball");
  assert_contains (runner->err, "snaive");
  g_assert_cmpint (FORECAST (runner, "--horizon", "7", "--model", "theta"), ==, 2);
  assert_contains (runner->err, "not built in yet");
  g_assert_cmpint (FORECAST (runner, "--horizon", "7", "--model", "ets:ANA"), ==, 0);
  g_assert_cmpint (FORECAST (runner, "--horizon", "0"), ==, 2);
  g_assert_cmpint (FORECAST (runner, "--horizon", "7", "--levels", "80,105"), ==, 2);
  g_assert_cmpint (FORECAST (runner, "--horizon", "7", "surplus"), ==, 2);
  g_assert_cmpint (cli_runner_run (runner, "forecast", "--season", "7", "--horizon", "7", NULL), ==,
                   2);
  g_assert_cmpint (cli_runner_run (runner, "forecast", "--input", "in.csv", "--horizon", "7", NULL),
                   ==, 2);
  g_assert_cmpint (cli_runner_run (runner, "forecast", "--input", "in.csv", "--season", "7,365",
                                   "--horizon", "7", "--regressors", "price", NULL),
                   ==, 1);
  assert_contains (runner->err, "\"price\"");
}

static void
test_bad_files (void)
{
  const struct
  {
    const char *content;
    const char *message;
  } cases[] = {
    { "unique_id,ds,y\n", "no row" },
    { "", "empty" },
    { "unique_id,ds\na,1\n", "\"y\"" },
    { "unique_id,ds,y\na,1,5\na,1,6\n", "in.csv:3: column \"ds\"" },
    { "unique_id,ds,y\na,1,5\na,x,6\n", "in.csv:3: column \"ds\"" },
    { "unique_id,ds,y\na,2026-02-31,5\n", "in.csv:2: column \"ds\"" },
    { "unique_id,ds,y\na,1,5\na,2026-02-01,6\n", "in.csv:3: column \"ds\"" },
    { "unique_id,ds,y\na,1,5\na,2,1e999\n", "in.csv:3: column \"y\"" },
    { "unique_id,ds,y\na,1,5\na,2,-1e300\n", "in.csv:3: column \"y\"" },
    { "unique_id,ds,y\na,1,nan\n", "in.csv:2: column \"y\"" },
    { "unique_id,ds,y\na,1,five\n", "in.csv:2: column \"y\"" },
    { "unique_id,ds,y\na,1\n", "in.csv:2: column \"y\"" },
    { "unique_id,ds,y\n,1,5\n", "in.csv:2: column \"unique_id\"" },
    { "unique_id,ds,y,available\na,1,5,2\n", "in.csv:2: column \"available\"" },
    { "unique_id,ds,y\na,1,5\na,900000000000,6\n", "steps" },
  };
  g_autoptr (CliRunner) runner = new_runner (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      cli_runner_write (runner, "in.csv", cases[i].content, -1);
      g_assert_cmpint (FORECAST (runner, "--horizon", "7", "--output", "out.csv"), ==, 1);
      g_assert_true (g_str_has_prefix (runner->err, "aislectl: "));
      assert_contains (runner->err, cases[i].message);
      g_autofree char *written = cli_runner_read (runner, "out.csv");
      g_assert_null (written);
    }
  cli_runner_write (runner, "in.csv", "\0\1\2\377\376", 5);
  g_assert_cmpint (FORECAST (runner, "--horizon", "7"), ==, 1);
  g_assert_cmpint (cli_runner_run (runner, "forecast", "--input", "/nowhere/at.all", "--season",
                                   "7", "--horizon", "7", NULL),
                   ==, 1);
}

static void
test_extreme_values (void)
{
  g_autoptr (CliRunner) runner = new_runner (
      "unique_id,ds,y,remark\nbig,1,1e12\nbig,2,2e12\nbig,3,1e-300\nlow,1,-5\nlow,2,-7.5\n");
  g_assert_cmpint (FORECAST (runner, "--horizon", "2"), ==, 0);
  cli_runner_write (runner, "in.csv",
                    "unique_id,ds,y,remark\nbig,1,1e12,\nbig,2,2e12,\nlow,1,-5,x\nlow,2,-7.5,\n",
                    -1);
  g_assert_cmpint (FORECAST (runner, "--horizon", "2"), ==, 0);
  assert_contains (runner->err, "\"remark\" is not used");
  assert_contains (runner->out, "\nlow,3,-6.25,");
}

static void
test_backtest (void)
{
  g_autoptr (CliRunner) runner = new_runner (NULL);
  g_assert_cmpint (cli_runner_run (runner, "backtest", "--input", "in.csv", "--season", "7",
                                   "--horizon", "7", "--folds", "3", "--models",
                                   "snaive,mean,ets,auto", "--json", NULL),
                   ==, 0);
  g_autoptr (JsonObject) document = parse_document (runner);
  g_assert_cmpint (json_object_get_int_member (document, "folds"), ==, 3);
  JsonArray *models = json_object_get_array_member (document, "models");
  g_assert_cmpuint (json_array_get_length (models), ==, 4);
  double rmsse[4];
  for (guint i = 0; i < 4; i++)
    {
      JsonObject *row = json_array_get_object_element (models, i);
      g_assert_cmpint (json_object_get_int_member (row, "series"), ==, 2);
      rmsse[i] = json_object_get_double_member (row, "rmsse");
      g_assert_cmpfloat (json_object_get_double_member (row, "coverage95"), >=,
                         json_object_get_double_member (row, "coverage80"));
      g_assert_cmpfloat (json_object_get_double_member (row, "cpu_seconds"), >=, 0);
    }
  g_assert_cmpfloat (rmsse[2], <, rmsse[1]);
  JsonObject *chosen = json_object_get_object_member (document, "chosen");
  g_assert_false (json_object_has_member (chosen, "auto"));
  g_assert_cmpint (json_object_get_int_member (chosen, "snaive")
                       + json_object_get_int_member (chosen, "mean")
                       + json_object_get_int_member (chosen, "ets"),
                   ==, 2);
}

static void
test_backtest_of_short_series (void)
{
  g_autoptr (CliRunner) runner = new_runner ("unique_id,ds,y\na,1,5\na,2,6\n");
  g_assert_cmpint (cli_runner_run (runner, "backtest", "--input", "in.csv", "--season", "7",
                                   "--horizon", "7", "--folds", "3", "--json", NULL),
                   ==, 0);
  assert_contains (runner->err, "1 series are too short");
  g_autoptr (JsonObject) document = parse_document (runner);
  JsonArray *models = json_object_get_array_member (document, "models");
  JsonObject *row = json_array_get_object_element (models, 0);
  g_assert_true (json_object_get_null_member (row, "rmsse"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/forecast/table", test_table);
  g_test_add_func ("/cli/forecast/threads", test_threads_give_the_same_bytes);
  g_test_add_func ("/cli/forecast/order-of-rows", test_order_of_rows_does_not_matter);
  g_test_add_func ("/cli/forecast/not-available", test_not_available_is_missing);
  g_test_add_func ("/cli/forecast/months-and-weeks", test_months_and_weeks);
  g_test_add_func ("/cli/forecast/document", test_document);
  g_test_add_func ("/cli/forecast/wrong-use", test_wrong_use);
  g_test_add_func ("/cli/forecast/bad-files", test_bad_files);
  g_test_add_func ("/cli/forecast/extreme-values", test_extreme_values);
  g_test_add_func ("/cli/backtest/measures", test_backtest);
  g_test_add_func ("/cli/backtest/short-series", test_backtest_of_short_series);
  return g_test_run ();
}
