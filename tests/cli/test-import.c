/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-runner.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define W "-w", "shop.aisle"

static CliRunner *
new_shop (void)
{
  CliRunner *runner = cli_runner_new ();
  g_assert_cmpint (cli_runner_run (runner, W, "init", "--currency", "GBP", NULL), ==, 0);
  cli_runner_write (runner, "stores.csv", "code\nS1\n", -1);
  cli_runner_write (runner, "catalog.csv", "sku,name\nA,Apple\nB,Bread\n", -1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stores", "stores.csv", NULL), ==, 0);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "catalog", "catalog.csv", NULL), ==, 0);
  return runner;
}

static gint64
member (CliRunner *runner, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (runner->out, &error);
  g_assert_no_error (error);
  return json_object_get_int_member (json_node_get_object (root), name);
}

static void
test_init_and_info (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  g_assert_cmpint (cli_runner_run (runner, W, "info", "--json", NULL), ==, 0);
  g_assert_cmpint (member (runner, "products"), ==, 2);
  g_assert_cmpint (member (runner, "stores"), ==, 1);
  g_assert_cmpint (member (runner, "sales_lines"), ==, 0);
  g_assert_nonnull (strstr (runner->out, "\"first_day\" : null"));
  g_assert_cmpint (cli_runner_run (runner, W, "init", "--currency", "GBP", NULL), ==, 1);
  g_assert_cmpint (cli_runner_run (runner, "-w", "x.aisle", "init", NULL), ==, 2);
  g_assert_cmpint (cli_runner_run (runner, "-w", "x.aisle", "init", "--currency", "XYZ", NULL), ==,
                   2);
  g_assert_cmpint (cli_runner_run (runner, "-w", "none.aisle", "info", NULL), ==, 1);
}

static void
test_statuses (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  cli_runner_write (runner, "stock.csv", "store,sku,on_hand\nS1,A,5\nS1,Z,1\n", -1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "stock.csv", "--json", NULL), ==,
                   3);
  g_assert_cmpint (member (runner, "rows"), ==, 2);
  g_assert_cmpint (member (runner, "accepted"), ==, 1);
  g_assert_cmpint (member (runner, "rejected"), ==, 1);
  g_assert_cmpint (member (runner, "inserted"), ==, 1);
  g_autofree char *rejects = cli_runner_read (runner, "stock.csv.rejects.csv");
  g_assert_true (
      g_str_has_prefix (rejects, "line,column,value,reason,store,sku,on_hand\n3,sku,Z,"));
  g_assert_nonnull (strstr (runner->err, "stock.csv:3: column \"sku\":"));
  g_assert_cmpint (
      cli_runner_run (runner, W, "import", "stock", "stock.csv", "--all-or-nothing", NULL), ==, 1);
  cli_runner_write (runner, "empty.csv", "", -1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "empty.csv", NULL), ==, 1);
  cli_runner_write (runner, "header.csv", "store,sku,on_hand\n", -1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "header.csv", NULL), ==, 1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", ".", NULL), ==, 1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "nowhere.csv", NULL), ==, 1);
  cli_runner_write (runner, "binary.csv",
                    "\x7f"
                    "ELF\0\0\0\1\2\3\0\0\0\0\0\0",
                    17);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "binary.csv", NULL), ==, 1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "plans", "stock.csv", NULL), ==, 2);
  g_assert_nonnull (strstr (runner->err, "this version does not import plans yet"));
  g_assert_cmpint (cli_runner_run (runner, W, "import", "nonsense", "stock.csv", NULL), ==, 2);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", NULL), ==, 2);
  g_assert_cmpint (
      cli_runner_run (runner, W, "import", "stock", "stock.csv", "--map", "sku=None", NULL), ==, 2);
}

static void
test_export (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  g_assert_cmpint (cli_runner_run (runner, W, "export", "catalog", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (runner->out, "sku,name,category,"));
  g_assert_cmpint (cli_runner_run (runner, W, "export", "catalog", "--output", "c.xlsx", NULL), ==,
                   0);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "catalog", "c.xlsx", "--json", NULL), ==,
                   0);
  g_assert_cmpint (member (runner, "unchanged"), ==, 2);
  g_assert_cmpint (cli_runner_run (runner, W, "export", "catalog", "--for", "spreadsheet", NULL),
                   ==, 0);
  g_assert_true (g_str_has_prefix (runner->out, "\xef\xbb\xbf"));
  g_assert_cmpint (cli_runner_run (runner, W, "export", "nonsense", NULL), ==, 2);
}

static void
test_help (void)
{
  g_autoptr (CliRunner) runner = cli_runner_new ();
  g_assert_cmpint (cli_runner_run (runner, "help", "import", "stock", NULL), ==, 0);
  g_assert_nonnull (strstr (runner->out, "* sku "));
  g_assert_nonnull (strstr (runner->out, "  reserved "));
  g_assert_cmpint (cli_runner_run (runner, "help", "import", "nonsense", NULL), ==, 2);
}

static void
test_rejects_file (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  const char *bad = "store,sku,on_hand\nS1,Z,1\n";
  cli_runner_write (runner, "bad.csv", bad, -1);
  g_assert_cmpint (
      cli_runner_run (runner, W, "import", "stock", "bad.csv", "--rejects", "./bad.csv", NULL), ==,
      2);
  g_assert_nonnull (strstr (runner->err, "the file to import"));
  g_assert_cmpint (
      cli_runner_run (runner, W, "import", "stock", "bad.csv", "--rejects", "shop.aisle", NULL), ==,
      1);
  g_assert_cmpint (cli_runner_run (runner, W, "info", NULL), ==, 0);
  g_autofree char *kept = cli_runner_read (runner, "bad.csv");
  g_assert_cmpstr (kept, ==, bad);

  g_assert_cmpint (
      cli_runner_run (runner, W, "import", "stock", "bad.csv", "--rejects", "r.csv", NULL), ==, 3);
  cli_runner_write (runner, "good.csv", "store,sku,on_hand\nS1,A,1\n", -1);
  g_assert_cmpint (
      cli_runner_run (runner, W, "import", "stock", "good.csv", "--rejects", "r.csv", NULL), ==, 0);
  g_autofree char *rejects = cli_runner_read (runner, "r.csv");
  g_assert_cmpstr (rejects, ==, "line,column,value,reason,store,sku,on_hand\n");
}

/* A slip with --map is not remembered where no row fitted. */
static void
test_map_slip (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  cli_runner_write (runner, "stock.csv", "store,sku,on_hand,bin\nS1,A,5,Z9\n", -1);
  g_assert_cmpint (
      cli_runner_run (runner, W, "import", "stock", "stock.csv", "--map", "sku=bin", NULL), ==, 3);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "stock.csv", NULL), ==, 0);
}

static void
test_future (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  cli_runner_write (
      runner, "lines.csv",
      "receipt,date,store,sku,quantity,net_price\nr1,2011-01-01,S1,A,1,2\nr2,9999-12-31,S1,A,1,2\n",
      -1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "sales", "lines.csv", NULL), ==, 0);
  g_assert_nonnull (strstr (runner->err, "future_date: 1 in 1"));
}

/* What is wrong with a whole row has no column. */
static void
test_ragged (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  cli_runner_write (runner, "stock.csv", "store,sku,on_hand\nS1,A\n", -1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "stock.csv", NULL), ==, 3);
  g_assert_nonnull (strstr (runner->err, "stock.csv:2: the row has"));
}

/* The log is JSON and names the file, whose name may be any bytes. */
static void
test_file_name_of_bytes (void)
{
  g_autoptr (CliRunner) runner = new_shop ();
  cli_runner_write (runner, "st\xff.csv", "store,sku,on_hand\nS1,A,5\n", -1);
  g_assert_cmpint (cli_runner_run (runner, W, "import", "stock", "st\xff.csv", NULL), ==, 0);
  g_assert_cmpint (cli_runner_run (runner, W, "log", "verify", NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/import/init-and-info", test_init_and_info);
  g_test_add_func ("/cli/import/statuses", test_statuses);
  g_test_add_func ("/cli/import/export", test_export);
  g_test_add_func ("/cli/import/help", test_help);
  g_test_add_func ("/cli/import/rejects-file", test_rejects_file);
  g_test_add_func ("/cli/import/map-slip", test_map_slip);
  g_test_add_func ("/cli/import/future", test_future);
  g_test_add_func ("/cli/import/ragged", test_ragged);
  g_test_add_func ("/cli/import/file-name-of-bytes", test_file_name_of_bytes);
  return g_test_run ();
}
