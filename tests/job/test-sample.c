/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-types.h"
#include "aisle-job-error.h"
#include "aisle-log.h"
#include "aisle-record-reader.h"
#include "aisle-sample-job.h"
#include "aisle-staff.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* The sample is made once; the tests look at it from outside, with SQLite. */
static char *folder;

static char *
make_sample (const char *name)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);
  AisleSampleOptions options = { .seed = AISLE_SAMPLE_SEED };
  AisleWorkspace *workspace = aisle_sample_job_run (path, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (workspace);
  aisle_workspace_close (workspace);
  return path;
}

static const char *
sample_path (void)
{
  static char *path;
  if (!path)
    path = make_sample ("sample.aisle");
  return path;
}

static sqlite3 *
sample_db (void)
{
  static sqlite3 *db;
  if (!db)
    g_assert_cmpint (sqlite3_open_v2 (sample_path (), &db, SQLITE_OPEN_READONLY, NULL), ==,
                     SQLITE_OK);
  return db;
}

static gint64
query (const char *sql)
{
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2 (sample_db (), sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (sample_db ()));
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

static void
test_every_line (void)
{
  g_assert_cmpint (query ("SELECT count (*) FROM sale_line"), ==, 320705);
  g_assert_cmpint (query ("SELECT sum (net_minor) FROM sale_line"), ==, 576193138);
  g_assert_cmpint (query ("SELECT count (*) FROM receipt"), ==, 16459);
  g_assert_cmpint (query ("SELECT count (*) FROM customer"), ==, 3360);
  g_assert_cmpint (query ("SELECT count (*) FROM store WHERE channel = 'web'"), ==, 37);
  g_assert_cmpint (query ("SELECT sum (rejected) FROM import_run"), ==, 0);
  g_assert_cmpint (
      query ("SELECT count (*) FROM sale_line AS l JOIN receipt AS r ON r.id = l.receipt_id "
             "WHERE r.customer_id IS NULL"),
      ==, 88652);
}

static void
test_services (void)
{
  g_assert_cmpint (query ("SELECT count (*) FROM product WHERE status = 'service'"), ==, 35);
  g_assert_cmpint (query ("SELECT count (*) FROM product WHERE status <> 'service' "
                          "AND sku NOT GLOB '[0-9][0-9][0-9][0-9][0-9]*'"),
                   ==, 0);
  static const char *const tables[] = { "price_ledger", "listing", "cost", "stock_day", "barcode" };
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s AS t JOIN product AS p "
                                              "ON p.id = t.product_id WHERE p.status = 'service'",
                                              tables[i]);
      g_assert_cmpint (query (sql), ==, 0);
    }
  g_assert_cmpint (
      query ("SELECT count (*) FROM sale_line AS l JOIN product AS p ON p.id = l.product_id "
             "WHERE p.sku = 'POST'"),
      ==, 750);
}

/* 2,483 lines of the file equal an earlier one; folding the case of codes makes one more equal. All
 * are kept, flagged. */
static void
test_duplicates (void)
{
  g_autofree char *path = aisle_sample_job_find_lines (NULL);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  AisleRecord record;
  guint n_equal = 0;
  while (aisle_record_reader_next (reader, &record, NULL))
    {
      g_autoptr (GString) line = g_string_new (NULL);
      for (guint i = 0; i < record.n_fields; i++)
        g_string_append_printf (line, "%s\n", record.fields[i]);
      n_equal += !g_hash_table_add (seen, g_strdup (line->str));
    }
  g_assert_cmpuint (n_equal, ==, 2483);
  g_assert_cmpint (query ("SELECT count (*) FROM sale_line WHERE flags & 1"), ==, 2484);
}

static void
test_case_variants (void)
{
  g_assert_cmpint (query ("SELECT count (*) - count (DISTINCT upper (sku)) FROM product"), ==, 0);
  g_assert_cmpint (query ("SELECT count (*) FROM product WHERE sku <> upper (sku)"), ==, 0);
  g_assert_cmpint (query ("SELECT count (*) FROM data_finding WHERE rule = 'case_variant'"), >, 90);
  g_assert_cmpint (
      query ("SELECT count (*) FROM product WHERE name IN ('?', 'damaged', 'found', 'FBA', "
             "'wrong barcode (22467)', 'thrown away')"),
      ==, 0);
}

/* 1,797 lines at 0, two at 0.001, two at minus 11,062.06. */
static void
test_odd_prices (void)
{
  g_assert_cmpint (query ("SELECT sum (count) FROM data_finding WHERE rule = 'zero_price'"), ==,
                   1797);
  g_assert_cmpint (query ("SELECT count (*) FROM sale_line WHERE flags & 4"), ==, 2);
  g_assert_cmpint (query ("SELECT sum (net_minor) FROM sale_line AS l JOIN product AS p "
                          "ON p.id = l.product_id WHERE p.sku = 'B'"),
                   ==, -1106206);
  g_assert_cmpint (query ("SELECT min (net_minor) FROM price_ledger"), >=, 1);
  /* What the warehouse booked without price and customer is no demand. */
  g_assert_cmpint (query ("SELECT count (*) FROM sale_line WHERE kind = 2"), ==, 925 + 851 + 3);
  g_assert_cmpint (
      query ("SELECT ifnull (sum (demand_milli), 0) FROM sale_day AS d JOIN product AS p "
             "ON p.id = d.product_id WHERE p.sku = '37413' AND d.day = 14978"),
      <, 5568000);
}

static void
test_cancellation (void)
{
  const char *where =
      "FROM sale_day AS d JOIN product AS p ON p.id = d.product_id JOIN store AS s ON "
      "s.id = d.store_id WHERE p.sku = '23166' AND s.code = 'GB' AND d.day = 14992";
  g_autofree char *units = g_strconcat ("SELECT units_milli ", where, NULL);
  g_autofree char *returns = g_strconcat ("SELECT returns_milli ", where, NULL);
  g_autofree char *demand = g_strconcat ("SELECT demand_milli ", where, NULL);
  g_assert_cmpint (query (units), ==, 74215000);
  g_assert_cmpint (query (returns), ==, 74215000);
  g_assert_cmpint (query (demand), ==, 0);
  g_assert_cmpint (query ("SELECT max (demand_milli) FROM sale_day"), <, 10000000);
  g_assert_cmpint (query ("SELECT count (*) FROM sale_line WHERE kind = 1 AND flags & 2"), >, 700);
}

/* Against an independent way to count: SQL over the lines as they were imported. */
static void
test_shelf_prices (void)
{
  static const char *const skus[] = { "85123A", "22423", "20725", "84879", "47566" };
  for (gsize i = 0; i < G_N_ELEMENTS (skus); i++)
    {
      g_autofree char *mode = g_strdup_printf (
          "SELECT max (n) FROM (SELECT count (*) AS n FROM sale_line AS l JOIN receipt AS r "
          "ON r.id = l.receipt_id JOIN product AS p ON p.id = l.product_id JOIN store AS s "
          "ON s.id = r.store_id WHERE p.sku = '%s' AND s.code = 'GB' AND r.day > 15217 - 56 "
          "AND l.kind = 0 AND l.unit_net_micro > 0 GROUP BY l.unit_net_micro)",
          skus[i]);
      g_autofree char *ours = g_strdup_printf (
          "SELECT count (*) FROM sale_line AS l JOIN receipt AS r ON r.id = l.receipt_id "
          "JOIN product AS p ON p.id = l.product_id JOIN store AS s ON s.id = r.store_id "
          "JOIN price_ledger AS k ON k.product_id = p.id AND k.store_id = s.id "
          "WHERE p.sku = '%s' AND s.code = 'GB' AND r.day > 15217 - 56 AND l.kind = 0 "
          "AND l.unit_net_micro = k.net_minor * 10000",
          skus[i]);
      g_assert_cmpint (query (mode), >, 0);
      g_assert_cmpint (query (ours), ==, query (mode));
    }
  g_assert_cmpint (query ("SELECT count (*) FROM price_ledger WHERE source = 'inferred' "
                          "AND (is_generated OR tax_rate_ppm <> 200000)"),
                   ==, 0);
  g_assert_cmpint (query ("SELECT count (*) FROM price_ledger WHERE source <> 'inferred' "
                          "AND store_id <> (SELECT id FROM store WHERE code = 'MARKET')"),
                   ==, 0);
}

static void
test_marks (void)
{
  static const char *const wholly[] = {
    "stock_day",        "cost",    "barcode", "supplier",
    "product_supplier", "listing", "area",    "customer_attribute"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wholly); i++)
    {
      g_autofree char *all = g_strdup_printf ("SELECT count (*) FROM %s", wholly[i]);
      g_autofree char *unmarked = g_strdup_printf ("%s WHERE is_generated = 0", all);
      g_assert_cmpint (query (all), >, 0);
      g_assert_cmpint (query (unmarked), ==, 0);
    }
  g_assert_cmpint (query ("SELECT count (*) FROM sale_day WHERE is_generated <> "
                          "(store_id = (SELECT id FROM store WHERE code = 'MARKET'))"),
                   ==, 0);
  g_assert_cmpint (query ("SELECT count (*) FROM generated_field WHERE table_name = 'product'"), ==,
                   2);
  g_assert_cmpint (query ("SELECT count (*) FROM store WHERE is_generated"), ==, 1);
}

static void
test_market_hall (void)
{
  g_assert_cmpint (query ("SELECT in_totals FROM store WHERE code = 'MARKET'"), ==, 0);
  g_assert_cmpint (query ("SELECT opening_days FROM store WHERE code = 'MARKET'"), ==, 63);
  g_assert_cmpint (query ("SELECT count (DISTINCT opening_days) FROM store WHERE channel = 'web'"),
                   ==, 1);
  g_assert_cmpint (query ("SELECT opening_days FROM store WHERE code = 'GB'"), ==, 95);
  g_assert_cmpint (query ("SELECT count (*) FROM receipt AS r JOIN store AS s ON s.id = r.store_id "
                          "WHERE s.code = 'MARKET'"),
                   ==, 0);
  g_assert_cmpint (query ("SELECT count (DISTINCT product_id) FROM sale_day AS d JOIN store AS s "
                          "ON s.id = d.store_id WHERE s.code = 'MARKET'"),
                   ==, 300);
  g_assert_cmpint (
      query ("SELECT count (*) FROM sale_day AS d JOIN store AS s ON s.id = d.store_id "
             "WHERE s.code = 'MARKET' AND d.is_available = 0"),
      >, 500);
  g_assert_cmpint (
      query ("SELECT count (*) FROM sale_day AS d JOIN store AS s ON s.id = d.store_id "
             "WHERE s.code = 'MARKET' AND d.is_promotion = 1"),
      >, 500);
}

/* Something to say for every status: out, low, about right, too much. */
static void
test_stock (void)
{
  const char *last = "SELECT count (*) FROM stock_day AS k JOIN store AS s ON s.id = k.store_id "
                     "JOIN listing AS l ON l.store_id = k.store_id AND l.product_id = k.product_id "
                     "WHERE k.day = 15217 AND s.code = 'GB' AND l.to_day IS NULL";
  g_autofree char *out = g_strconcat (last, " AND k.on_hand_milli = 0", NULL);
  g_autofree char *ordered = g_strconcat (last, " AND k.on_order_milli > 0", NULL);
  gint64 n = query (last);
  g_assert_cmpint (n, >, 2500);
  g_assert_cmpint (query (out), >, n / 100);
  g_assert_cmpint (query (out), <, n / 8);
  g_assert_cmpint (query (ordered), >, n / 10);
  /* A few that somebody should count. */
  g_assert_cmpint (query ("SELECT count (*) FROM stock_day WHERE on_hand_milli < 0"), >, 3);
  g_assert_cmpint (query ("SELECT count (*) FROM stock_day WHERE on_hand_milli < 0"), <, n / 100);
  g_assert_cmpint (query ("SELECT sum (count) FROM data_finding WHERE rule = 'negative_on_hand'"),
                   >, 3);
  g_assert_cmpint (query ("SELECT count (*) FROM stock_day AS k JOIN product_supplier AS u "
                          "ON u.product_id = k.product_id "
                          "WHERE k.on_order_milli % (1000 * u.case_pack) <> 0"),
                   ==, 0);
  g_assert_cmpint (
      query ("SELECT count (*) FROM product_supplier WHERE minimum_milli <> 1000 * case_pack"), ==,
      0);
}

static void
test_people (void)
{
  static const struct
  {
    const char *name, *secret;
    guint roles;
  } people[] = {
    { "Ana", "ana", AISLE_ROLE_MERCHANDISER },
    { "Ben", "ben", AISLE_ROLE_APPROVER },
    { "Mia", "mia", AISLE_ROLE_STORE_MANAGER },
    { "Noor", "noor", AISLE_ROLE_PRIVACY_OFFICER },
    { "Eva", "eva", AISLE_ROLE_ADMIN | AISLE_ROLE_ACCOUNTABLE_MANAGER },
  };
  g_autoptr (AisleWorkspace) workspace = aisle_workspace_open (sample_path (), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AislePerson) person =
          aisle_staff_sign_in (workspace, people[i].name, people[i].secret, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (person->roles, ==, people[i].roles);
      gboolean is_mia = strcmp (people[i].name, "Mia") == 0;
      g_assert_true (aisle_person_covers_store (person, "MARKET"));
      g_assert_true (aisle_person_covers_store (person, "GB") == !is_mia);
    }
  g_assert_cmpint (query ("SELECT count (*) FROM person WHERE id > 2 AND confirmed_by IS NULL"), ==,
                   0);
}

static void
test_log_and_date (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleWorkspace) workspace = aisle_workspace_open (sample_path (), &error);
  g_auto (AisleLogVerdict) verdict = { 0 };
  g_assert_true (aisle_log_verify (workspace, &verdict, &error));
  g_assert_true (verdict.ok);
  gboolean is_calendar;
  g_assert_cmpint (aisle_workspace_get_business_date (workspace, &is_calendar), ==,
                   aisle_date_from_ymd (2011, 9, 1));
  g_assert_false (is_calendar);
}

/* What hangs on keys, on the clock or on salts, and so differs between two runs. */
static const char *const varying_columns[] = { "pseudonym",    "hash",      "key_id",
                                               "secret_hash",  "added_at",  "requested_at",
                                               "confirmed_at", "closed_at", "started_at",
                                               "content_hash", NULL };
static const char *const varying_tables[] = { "setting",  "log_entry",       "log_payload",
                                              "log_head", "sqlite_sequence", NULL };

static char *
list_columns (sqlite3 *db, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA table_info (%s)", table);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement;
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      const char *name = (const char *) sqlite3_column_text (statement, 1);
      if (!g_strv_contains (varying_columns, name))
        g_ptr_array_add (names, g_strdup (name));
    }
  sqlite3_finalize (statement);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (",", (char **) names->pdata);
}

static char *
digest_table (sqlite3 *db, const char *table)
{
  g_autofree char *columns = list_columns (db, table);
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM %s ORDER BY %s", columns, table, columns);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  sqlite3_stmt *statement;
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count (statement); i++)
      {
        const guchar *text = sqlite3_column_text (statement, i);
        g_checksum_update (checksum, text ? text : (const guchar *) "\001", text ? -1 : 1);
        g_checksum_update (checksum, (const guchar *) "\n", 1);
      }
  sqlite3_finalize (statement);
  return g_strdup (g_checksum_get_string (checksum));
}

static void
test_same_seed_same_content (void)
{
  g_autofree char *path = make_sample ("again.aisle");
  sqlite3 *again;
  g_assert_cmpint (sqlite3_open_v2 (path, &again, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  sqlite3_stmt *tables;
  guint n = 0;
  g_assert_cmpint (sqlite3_prepare_v2 (again, "SELECT name FROM sqlite_schema WHERE type = 'table'",
                                       -1, &tables, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (tables) == SQLITE_ROW)
    {
      const char *table = (const char *) sqlite3_column_text (tables, 0);
      if (g_strv_contains (varying_tables, table))
        continue;
      g_autofree char *one = digest_table (sample_db (), table);
      g_autofree char *other = digest_table (again, table);
      if (strcmp (one, other) != 0)
        g_test_message ("table %s differs", table);
      g_assert_cmpstr (one, ==, other);
      n++;
    }
  sqlite3_finalize (tables);
  sqlite3_close (again);
  g_unlink (path);
  g_assert_cmpuint (n, >, 30);
}

static void
test_exists_already (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "taken", NULL);
  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  AisleSampleOptions options = { .seed = 1 };
  g_assert_null (aisle_sample_job_run (path, &options, NULL, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir))
    n++;
  return n;
}

static gboolean
stop_at_cb (double share_done, gpointer data)
{
  return share_done < *(const double *) data;
}

static void
test_interrupted (void)
{
  static const double stops[] = { 0, 0.1, 0.3 };
  g_autofree char *place = g_build_filename (folder, "interrupted", NULL);
  g_autofree char *path = g_build_filename (place, "sample.aisle", NULL);
  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      g_autoptr (GError) error = NULL;
      AisleSampleOptions options = { .seed = AISLE_SAMPLE_SEED };
      AisleProgress progress = { stop_at_cb, (gpointer) &stops[i] };
      g_assert_null (aisle_sample_job_run (path, &options, &progress, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (count_files (place), ==, 0);
    }
}

static void
test_lines_not_there (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = g_strdup (g_getenv ("AISLE_DATADIR"));
  g_setenv ("AISLE_DATADIR", folder, TRUE);
  g_assert_null (aisle_sample_job_find_lines (&error));
  g_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, folder));
  if (before)
    g_setenv ("AISLE_DATADIR", before, TRUE);
  else
    g_unsetenv ("AISLE_DATADIR");
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

int
main (int argc, char **argv)
{
  folder = g_dir_make_tmp ("aisle-sample-test-XXXXXX", NULL);
  g_setenv ("AISLE_KEYS", "file", TRUE);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_setenv ("XDG_STATE_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/workspace/every-line", test_every_line);
  g_test_add_func ("/sample/workspace/services", test_services);
  g_test_add_func ("/sample/workspace/duplicates", test_duplicates);
  g_test_add_func ("/sample/workspace/case-variants", test_case_variants);
  g_test_add_func ("/sample/workspace/odd-prices", test_odd_prices);
  g_test_add_func ("/sample/workspace/cancellation", test_cancellation);
  g_test_add_func ("/sample/workspace/shelf-prices", test_shelf_prices);
  g_test_add_func ("/sample/workspace/marks", test_marks);
  g_test_add_func ("/sample/workspace/market-hall", test_market_hall);
  g_test_add_func ("/sample/workspace/stock", test_stock);
  g_test_add_func ("/sample/workspace/people", test_people);
  g_test_add_func ("/sample/workspace/log-and-date", test_log_and_date);
  g_test_add_func ("/sample/workspace/same-seed", test_same_seed_same_content);
  g_test_add_func ("/sample/workspace/exists-already", test_exists_already);
  g_test_add_func ("/sample/workspace/interrupted", test_interrupted);
  g_test_add_func ("/sample/workspace/lines-not-there", test_lines_not_there);
  int failed = g_test_run ();
  sqlite3_close (sample_db ());
  remove_tree (folder);
  return failed;
}
