/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import.h"
#include "aisle-random.h"
#include "workspace-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define HEAD "receipt,date,store,sku,quantity,net_price,customer\n"

static void
set_up (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_set_up (fixture, data);
  workspace_fixture_raw (fixture,
                         "INSERT INTO store (code, currency, country) VALUES ('S1', 'GBP', 'GB'), "
                         "('S2', 'GBP', 'GB')");
  workspace_fixture_raw (fixture, "INSERT INTO product (sku) VALUES ('A'), ('B'), ('C')");
}

static AisleImportResult
import_with (WorkspaceFixture *fixture, const char *content, AisleImportOptions options)
{
  AisleImportResult result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, "in.csv", NULL);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  aisle_import_file (fixture->workspace, AISLE_IMPORT_SALES, path, &options, NULL, &result, &error);
  g_assert_no_error (error);
  return result;
}

static void
import_ok (WorkspaceFixture *fixture,
           const char *content,
           guint inserted,
           guint updated,
           guint unchanged)
{
  g_auto (AisleImportResult) result = import_with (fixture, content, (AisleImportOptions){ 0 });
  if (result.rejected > 0)
    g_error ("%s", result.first_reject);
  g_assert_cmpuint (result.inserted, ==, inserted);
  g_assert_cmpuint (result.updated, ==, updated);
  g_assert_cmpuint (result.unchanged, ==, unchanged);
}

static void
import_rejected (WorkspaceFixture *fixture, const char *content, const char *words)
{
  g_auto (AisleImportResult) result = import_with (fixture, content, (AisleImportOptions){ 0 });
  g_assert_cmpuint (result.accepted, ==, 0);
  if (!result.first_reject || !strstr (result.first_reject, words))
    g_error ("“%s” does not say “%s”", result.first_reject, words);
}

#define number workspace_fixture_number

static void
test_lines (WorkspaceFixture *fixture, gconstpointer data)
{
  const char *file = HEAD "1,2026-01-05 09:00,S1,A,2,1.50,77\n1,2026-01-05 09:00,S1,B,1,0.001,77\n"
                          "2,2026-01-06 10:00,S1,A,3,1.50,\n";
  import_ok (fixture, file, 3, 0, 0);
  import_ok (fixture, file, 0, 0, 3);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM receipt"), ==, 2);
  g_assert_cmpint (number (fixture, "SELECT sum (net_minor) FROM sale_line"), ==, 750);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_day"), ==, 3);
  g_assert_cmpint (number (fixture, "SELECT sum (demand_milli) FROM sale_day"), ==, 6000);
  g_assert_cmpint (number (fixture, "SELECT flags FROM sale_line WHERE unit_net_micro = 1000"), ==,
                   4);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sqlite_schema WHERE name IN "
                                    "('receipt_by_day', 'receipt_by_customer')"),
                   ==, 2);
}

static void
test_replacement (WorkspaceFixture *fixture, gconstpointer data)
{
  import_ok (fixture,
             HEAD "1,2026-01-05 09:00,S1,A,2,1.50,\n1,2026-01-05 09:00,S1,B,1,1.00,\n"
                  "2,2026-01-05 09:30,S1,A,1,1.50,\n",
             3, 0, 0);
  /* B leaves receipt 1, which moves to another day; receipt 2 is not in the file and stays. */
  import_ok (fixture, HEAD "1,2026-01-07 09:00,S1,A,5,1.50,\n", 0, 1, 0);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_line"), ==, 2);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_day"), ==, 2);
  g_assert_cmpint (number (fixture, "SELECT sum (units_milli) FROM sale_day"), ==, 6000);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_day JOIN product ON id = product_id "
                                    "WHERE sku = 'B'"),
                   ==, 0);
}

static void
test_cancellations (WorkspaceFixture *fixture, gconstpointer data)
{
  import_ok (fixture,
             HEAD "1,2026-01-05 09:00,S1,A,6,1.50,77\n" /* cancelled after 16 minutes */
                  "C1,2026-01-05 09:16,S1,A,-6,1.50,77\n"
                  "2,2026-01-05 09:00,S1,B,6,1.50,77\n" /* another quantity: a return */
                  "C2,2026-01-05 09:16,S1,B,-5,1.50,77\n"
                  "3,2026-01-05 09:00,S1,C,6,1.50,77\n" /* too late: a return */
                  "C3,2026-01-13 09:00,S1,C,-6,1.50,77\n",
             6, 0, 0);
  g_assert_cmpint (number (fixture, "SELECT sum (units_milli) FROM sale_day"), ==, 18000);
  g_assert_cmpint (number (fixture, "SELECT sum (demand_milli) FROM sale_day"), ==, 12000);
  g_assert_cmpint (number (fixture, "SELECT sum (returns_milli) FROM sale_day"), ==, 17000);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_line WHERE flags = 2"), ==, 2);
  /* A cancellation that comes with a later file finds its purchase, */
  import_ok (fixture, HEAD "C4,2026-01-10 09:00,S1,C,-6,1.50,77\n", 1, 0, 0);
  g_assert_cmpint (number (fixture, "SELECT sum (demand_milli) FROM sale_day"), ==, 6000);
  /* and gives it back when it is corrected. */
  import_ok (fixture, HEAD "C4,2026-01-10 09:00,S1,C,-2,1.50,77\n", 0, 1, 0);
  g_assert_cmpint (number (fixture, "SELECT sum (demand_milli) FROM sale_day"), ==, 12000);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_line WHERE flags = 2"), ==, 2);
}

static void
test_duplicates (WorkspaceFixture *fixture, gconstpointer data)
{
  const char *file = HEAD "1,2026-01-05 09:00,S1,A,1,1.50,\n1,2026-01-05 09:00,S1,A,1,1.50,\n";
  g_auto (AisleImportResult) dry = import_with (
      fixture, file, (AisleImportOptions){ .drop_duplicates = TRUE, .is_dry_run = TRUE });
  g_assert_cmpuint (dry.inserted, ==, 1);
  g_assert_cmpuint (dry.unchanged, ==, 1);
  import_ok (fixture, file, 2, 0, 0);
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_line WHERE flags = 1"), ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count FROM data_finding WHERE rule = 'duplicate_line'"),
                   ==, 1);
}

static void
test_bad_rows (WorkspaceFixture *fixture, gconstpointer data)
{
  import_rejected (fixture, HEAD "1,2026-01-05,S1,A,1,-1.50,\n", "must not be negative");
  import_rejected (fixture, HEAD "1,2026-02-31,S1,A,1,1.50,\n", "2026-02-31");
  import_rejected (fixture, HEAD "1,2026-01-05,S1,A,1e999,1.50,\n", "1e999");
  import_rejected (fixture, HEAD "1,2026-01-05,S1,A,0,1.50,\n", "zero");
  import_rejected (fixture, HEAD "1,2026-01-05,S1,a,1,1.50,\n", "import with --fold-sku");
  import_rejected (fixture, HEAD ",2026-01-05,S1,A,1,1.50,\n", "receipt's number");
  import_rejected (
      fixture, "receipt,date,store,sku,quantity,net_price,currency\n1,2026-01-05,S1,A,1,1.50,EUR\n",
      "not the currency");
  import_rejected (fixture,
                   "receipt,date,store,sku,quantity,gross_value\n1,2026-01-05,S1,A,1,1.50\n",
                   "no sales tax is known");
  g_assert_cmpint (number (fixture, "SELECT count(*) FROM sale_line"), ==, 0);
  g_auto (AisleImportResult) folded = import_with (fixture, HEAD "1,2026-01-05,S1,a,1,1.50,\n",
                                                   (AisleImportOptions){ .fold_sku = TRUE });
  g_assert_cmpuint (folded.inserted, ==, 1);
}

static void
test_net_and_gross (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (fixture, "INSERT INTO tax_rate VALUES ('GB', 'standard', 0, 200000)");
  import_ok (fixture, "receipt,date,store,sku,quantity,gross_value\n1,2026-01-05,S1,A,2,2.40\n", 1,
             0, 0);
  import_ok (fixture, "receipt,date,store,sku,quantity,net_value\n2,2026-01-05,S1,A,2,2.00\n", 1, 0,
             0);
  import_ok (fixture,
             "receipt,date,store,sku,quantity,gross_value,tax\n3,2026-01-05,S1,A,-2,2.40,0.40\n", 1,
             0, 0);
  g_assert_cmpint (number (fixture,
                           "SELECT count(*) FROM sale_line WHERE abs (net_minor) = 200 AND "
                           "abs (tax_minor) = 40 AND unit_net_micro = 1000000"),
                   ==, 3);
}

static void
test_daily (WorkspaceFixture *fixture, gconstpointer data)
{
  const char *file = "date,store,sku,units,net\n2026-01-05,S1,A,3,4.50\n2026-01-05,S1,B,-1,-1.00\n";
  import_ok (fixture, file, 2, 0, 0);
  import_ok (fixture, file, 0, 0, 2);
  g_assert_cmpint (number (fixture, "SELECT sum (returns_milli) FROM sale_day"), ==, 1000);
  g_assert_cmpint (number (fixture, "SELECT sum (net_minor) FROM sale_day"), ==, 350);
  /* Totals and lines of the same day never mix. */
  import_rejected (fixture, HEAD "1,2026-01-05 09:00,S1,A,2,1.50,\n", "count it twice");
  import_ok (fixture, HEAD "1,2026-01-06 09:00,S1,A,2,1.50,\n", 1, 0, 0);
  import_rejected (fixture, "date,store,sku,units\n2026-01-06,S1,A,3\n", "count it twice");
  g_assert_cmpint (number (fixture, "SELECT sum (units_milli) FROM sale_day"), ==, 5000);
  import_rejected (fixture, "date,store,sku,units\n2026-01-06,S1,Z,3\n",
                   "import the catalog first");
}

static void
test_extras (WorkspaceFixture *fixture, gconstpointer data)
{
  const char *file = "receipt,date,store,sku,quantity,net_value,till,cashier,promotion,cost,kind\n"
                     "1,2026-01-05,S1,A,2,3.00,7,Anne,SUMMER,1.10,sale\n1,2026-01-05,S1,B,1,1.00,7,"
                     "Anne,,0.30,return\n";
  import_ok (fixture, file, 2, 0, 0);
  import_ok (fixture, file, 0, 0, 2);
  g_assert_cmpint (
      number (fixture, "SELECT count(*) FROM receipt WHERE till = '7' AND length (cashier) = 16"),
      ==, 1);
  g_assert_cmpint (
      number (fixture,
              "SELECT is_promotion FROM sale_day JOIN product ON id = product_id WHERE sku = 'A'"),
      ==, 1);
  g_assert_cmpint (number (fixture, "SELECT quantity_milli FROM sale_line WHERE kind = 1"), ==,
                   -1000);
  g_assert_cmpint (number (fixture, "SELECT sum (cost_minor) FROM sale_day"), ==, 80);
}

/* Everything that the tables say about sales, as one text. */
static char *
dump (WorkspaceFixture *fixture)
{
  sqlite3_stmt *statement;
  GString *text = g_string_new (NULL);
  sqlite3_prepare_v2 (
      fixture->raw,
      "SELECT r.number || '/' || r.day || '/' || sku || '/' || quantity_milli || '/' || net_minor "
      "|| '/' || flags FROM sale_line JOIN receipt AS r ON r.id = receipt_id JOIN product AS p "
      "ON p.id = product_id UNION ALL SELECT store_id || '/' || product_id || '/' || day || '/' || "
      "units_milli || '/' || returns_milli || '/' || demand_milli || '/' || net_minor FROM "
      "sale_day "
      "ORDER BY 1",
      -1, &statement, NULL);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_string_append_printf (text, "%s\n", (const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return g_string_free (text, FALSE);
}

/* Random receipts with returns, as text of one line each. */
static GPtrArray *
make_rows (guint64 seed)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_free);
  AisleRandom random;
  aisle_random_init (&random, seed);
  for (int i = 0; i < 400; i++)
    {
      gboolean is_return = aisle_random_uniform (&random) < 0.4;
      int quantity = 1 + (int) aisle_random_below (&random, 2);
      g_ptr_array_add (rows, g_strdup_printf ("R%d,2026-01-%02d %02d:00,S%d,%c,%d,1.50,%d\n", i,
                                              1 + (int) aisle_random_below (&random, 28),
                                              (int) aisle_random_below (&random, 24),
                                              1 + (int) aisle_random_below (&random, 2),
                                              "ABC"[aisle_random_below (&random, 3)],
                                              is_return ? -quantity : quantity,
                                              (int) aisle_random_below (&random, 3)));
    }
  return rows;
}

static void
shuffle (GPtrArray *rows, guint64 seed)
{
  AisleRandom random;
  aisle_random_init (&random, seed);
  for (guint i = rows->len; i-- > 1;)
    {
      guint k = (guint) aisle_random_below (&random, i + 1);
      gpointer swap = rows->pdata[i];
      rows->pdata[i] = rows->pdata[k];
      rows->pdata[k] = swap;
    }
}

/* In whatever order and in however many files receipts come, the workspace is the same. */
static void
test_order_does_not_matter (WorkspaceFixture *fixture, gconstpointer data)
{
  for (guint64 seed = 1; seed <= 4; seed++)
    {
      g_autoptr (GPtrArray) rows = make_rows (seed);
      g_autofree char *first = NULL;
      for (guint n_files = 1; n_files <= 4; n_files++)
        {
          workspace_fixture_raw (
              fixture, "DELETE FROM sale_day; DELETE FROM sale_line; DELETE FROM receipt");
          shuffle (rows, n_files);
          for (guint file = 0; file < n_files; file++)
            {
              g_autoptr (GString) text = g_string_new (HEAD);
              for (guint i = file; i < rows->len; i += n_files)
                g_string_append (text, rows->pdata[i]);
              g_auto (AisleImportResult) result =
                  import_with (fixture, text->str, (AisleImportOptions){ 0 });
              g_assert_cmpuint (result.rejected, ==, 0);
            }
          g_autofree char *now = dump (fixture);
          if (!first)
            first = g_steal_pointer (&now);
          else
            g_assert_true (g_str_equal (now, first)); /* too long to print */
        }
    }
}

static void
test_gzip (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "in.csv.gz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) plain = g_file_replace (file, NULL, FALSE, 0, NULL, NULL);
  g_autoptr (GZlibCompressor) zip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GOutputStream) stream =
      g_converter_output_stream_new (G_OUTPUT_STREAM (plain), G_CONVERTER (zip));
  const char *text = HEAD "1,2026-01-05 09:00,S1,A,2,1.50,\n";
  g_assert_true (g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_auto (AisleImportResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  aisle_import_file (fixture->workspace, AISLE_IMPORT_SALES, path, NULL, NULL, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.inserted, ==, 1);
}

/* A file system that is full leaves the workspace as it was. */
static void
test_full_disk (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  for (int i = 0; i < 60000; i++)
    g_string_append_printf (text, "R%d,2026-01-%02d 09:00,S1,%c,1,1.50,\n", i, 1 + i % 28,
                            "ABC"[i % 3]);
  g_autofree char *path = g_build_filename (fixture->folder, "in.csv", NULL);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  import_ok (fixture, HEAD "1,2026-01-05 09:00,S1,A,2,1.50,\n", 1, 0, 0);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_autofree char *before = dump (fixture);
  struct rlimit old, small;
  getrlimit (RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = 1024 * 1024;
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &small);
  AisleImportResult result;
  g_autoptr (GError) error = NULL;
  gboolean is_done =
      aisle_import_file (fixture->workspace, AISLE_IMPORT_SALES, path, NULL, NULL, &result, &error);
  setrlimit (RLIMIT_FSIZE, &old);
  g_assert_false (is_done);
  g_assert_nonnull (error);
  g_autofree char *after = dump (fixture);
  g_assert_true (g_str_equal (after, before));
  /* With room again, it works. */
  g_auto (AisleImportResult) again = { 0 };
  g_clear_error (&error);
  aisle_import_file (fixture->workspace, AISLE_IMPORT_SALES, path, NULL, NULL, &again, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again.inserted, ==, 60000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/workspace/import-sales/" name, WorkspaceFixture, NULL, set_up, func,               \
              workspace_fixture_tear_down)
  ADD ("lines", test_lines);
  ADD ("replacement", test_replacement);
  ADD ("cancellations", test_cancellations);
  ADD ("duplicates", test_duplicates);
  ADD ("bad-rows", test_bad_rows);
  ADD ("net-and-gross", test_net_and_gross);
  ADD ("daily", test_daily);
  ADD ("extras", test_extras);
  ADD ("order-does-not-matter", test_order_does_not_matter);
  ADD ("gzip", test_gzip);
  ADD ("full-disk", test_full_disk);
  return g_test_run ();
}
