/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-runner.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
test_makes_workspace (void)
{
  g_autoptr (CliRunner) runner = cli_runner_new ();
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "sample", "--json", NULL), ==, 0);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, runner->out, -1, &error));
  JsonObject *info = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (info, "sales_lines"), ==, 320705);
  g_assert_cmpint (json_object_get_int_member (info, "stores"), ==, 38);
  g_assert_cmpstr (json_object_get_string_member (info, "last_day"), ==, "2011-08-31");

  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "info", NULL), ==, 0);
  g_assert_nonnull (strstr (runner->out, "2011-09-01"));
  g_assert_nonnull (strstr (runner->out, "no last year"));
  g_assert_nonnull (strstr (runner->out, "Saturdays"));

  /* What rests on generated data says so, wherever it shows. */
  /* Its log is vouched for outside from the start. */
  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "log", "verify", NULL), ==, 0);
  g_assert_nonnull (strstr (runner->out, "a note outside the workspace says so too"));
  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "stock", "--store", "MARKET", NULL), ==,
                   0);
  g_assert_nonnull (strstr (runner->out, "Generated, not real: sales, stock, lead times"));
  g_assert_nonnull (strstr (runner->out, "2011-09-01 (the business date, not the calendar's)"));
  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "stock", "--store", "GB", NULL), ==, 0);
  g_assert_nonnull (strstr (runner->out, "Generated, not real: stock, lead times"));
  g_assert_cmpint (
      cli_runner_run (runner, "-w", "s.aisle", "stock", "--store", "GB", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (runner->out, "\"generated\""));
  g_assert_cmpint (
      cli_runner_run (runner, "-w", "s.aisle", "export", "costs", "--output", "c.csv", NULL), ==,
      0);
  g_assert_nonnull (strstr (runner->err, "generated, not real: costs"));

  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "sample", NULL), ==, 1);
  g_assert_nonnull (strstr (runner->err, "exists already"));
}

static void
test_wrong_usage (void)
{
  g_autoptr (CliRunner) runner = cli_runner_new ();
  g_assert_cmpint (cli_runner_run (runner, "sample", NULL), ==, 2);
  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "sample", "surplus", NULL), ==, 2);
  g_assert_cmpint (cli_runner_run (runner, "-w", "s.aisle", "sample", "--seed", "x", NULL), ==, 2);
  g_assert_cmpint (cli_runner_run (runner, "-w", "nowhere/s.aisle", "sample", NULL), ==, 1);
  g_assert_null (cli_runner_read (runner, "s.aisle"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/sample/makes-workspace", test_makes_workspace);
  g_test_add_func ("/cli/sample/wrong-usage", test_wrong_usage);
  return g_test_run ();
}
