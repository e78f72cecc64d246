/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-export.h"
#include "aisle-import.h"
#include "aisle-keys.h"
#include "workspace-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define STORES                                                                                     \
  "code,name,currency,country,zone\nS1,One,GBP,GB,Europe/London\nS2,Two,EUR,DE,Europe/Berlin\n"
#define CATALOG "sku,name,tax_class\nA,Apple,standard\nB,Bread,standard\n007,Zero,standard\n"
#define SALES "receipt,date,store,sku,quantity,net_price,customer\n"

static char *
path_of (WorkspaceFixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static char *
write_file (WorkspaceFixture *fixture, const char *name, const char *content)
{
  char *path = path_of (fixture, name);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
  return path;
}

/* Imports text; NULL `error` means that it must work. */
static AisleImportResult
import_with (WorkspaceFixture *fixture,
             AisleImportKind kind,
             const char *content,
             AisleImportOptions options,
             GError **error)
{
  AisleImportResult result = { 0 };
  g_autoptr (GError) local = NULL;
  g_autofree char *path = write_file (fixture, "in.csv", content);
  g_autofree char *rejects = path_of (fixture, "rejects.csv");
  g_unlink (rejects);
  options.rejects_path = rejects;
  aisle_import_file (fixture->workspace, kind, path, &options, NULL, &result,
                     error ? error : &local);
  g_assert_no_error (local);
  g_assert_false (aisle_workspace_in_transaction (fixture->workspace));
  return result;
}

static void
import_ok (WorkspaceFixture *fixture,
           AisleImportKind kind,
           const char *content,
           guint inserted,
           guint updated,
           guint unchanged)
{
  g_auto (AisleImportResult) result =
      import_with (fixture, kind, content, (AisleImportOptions){ 0 }, NULL);
  if (result.rejected > 0)
    g_error ("%s", result.first_reject);
  g_assert_cmpuint (result.inserted, ==, inserted);
  g_assert_cmpuint (result.updated, ==, updated);
  g_assert_cmpuint (result.unchanged, ==, unchanged);
}

/* Every row must be rejected, for a reason with these words. */
static void
import_rejected (WorkspaceFixture *fixture,
                 AisleImportKind kind,
                 const char *content,
                 const char *words)
{
  g_auto (AisleImportResult) result =
      import_with (fixture, kind, content, (AisleImportOptions){ 0 }, NULL);
  g_assert_cmpuint (result.accepted, ==, 0);
  g_assert_cmpuint (result.rejected, ==, result.rows);
  g_autofree char *rejects = path_of (fixture, "rejects.csv");
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (rejects, &text, NULL, NULL));
  if (!strstr (text, words))
    g_error ("“%s” does not say “%s”", text, words);
}

static void
fill (WorkspaceFixture *fixture)
{
  import_ok (fixture, AISLE_IMPORT_STORES, STORES, 2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_CATALOG, CATALOG, 3, 0, 0);
}

static void
test_stores_and_catalog (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  import_ok (fixture, AISLE_IMPORT_STORES, STORES, 0, 0, 2);
  import_ok (fixture, AISLE_IMPORT_CATALOG, CATALOG, 0, 0, 3);
  import_ok (fixture, AISLE_IMPORT_CATALOG, "sku,name\nA,Apples\nB,Bread\n", 0, 1, 1);
  g_assert_cmpint (
      workspace_fixture_number (fixture, "SELECT count(*) FROM product WHERE sku = '007'"), ==, 1);
  /* An empty cell leaves what is known. */
  import_ok (fixture, AISLE_IMPORT_CATALOG, "sku,name,tax_class\nA,,\n", 0, 0, 1);
  import_rejected (fixture, AISLE_IMPORT_STORES, "code,currency\nS1,EUR\n", "keeps its currency");
  import_rejected (fixture, AISLE_IMPORT_STORES, "code,currency\nS9,XYZ\n", "not a currency");
}

static void
test_categories (WorkspaceFixture *fixture, gconstpointer data)
{
  import_ok (fixture, AISLE_IMPORT_CATALOG,
             "sku,category,attribute:fabric\nA,Home > Candles,\nB,Home > Lamps,linen\n", 2, 0, 0);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM category"), ==, 3);
  g_assert_cmpint (
      workspace_fixture_number (fixture, "SELECT count(*) FROM category WHERE parent_id IS NULL"),
      ==, 1);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM product_attribute"), ==,
                   1);
}

static void
test_sap_and_oracle_headers (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  import_ok (fixture, AISLE_IMPORT_CATALOG,
             "MATNR;MAKTX;MATKL;MEINS;EAN11\n000000000000004711;Lampe;0100;ST;4006381333931\n", 1,
             0, 0);
  import_ok (fixture, AISLE_IMPORT_CATALOG, "ITEM|ITEM_DESC|DEPT\nX1|Vase|10\n", 1, 0, 0);
  import_ok (fixture, AISLE_IMPORT_STOCK, "WERKS;MATNR;LABST\nS2;000000000000004711;12,000-\n", 1,
             0, 0);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT on_hand_milli FROM stock_day"), ==,
                   -12000);
  g_assert_cmpint (
      workspace_fixture_number (
          fixture, "SELECT count(*) FROM data_finding WHERE rule = 'negative_on_hand'"),
      ==, 1);
  workspace_fixture_raw (fixture, "INSERT INTO tax_rate VALUES ('GB', 'standard', 0, 200000)");
  import_ok (fixture, AISLE_IMPORT_PRICES,
             "ITEM,LOC,VKP,DATAB,DATBI\nX1,S1,12.00,20260101,99991231\n", 1, 0, 0);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT net_minor FROM price_ledger"), ==,
                   1000);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT gross_minor FROM price_ledger"), ==,
                   1200);
}

static void
test_prices (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  g_autoptr (GError) error = NULL;
  import_with (fixture, AISLE_IMPORT_PRICES, "sku,store,price\nA,S1,1.20\n",
               (AisleImportOptions){ 0 }, &error);
  g_assert_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_ASK);
  import_rejected (fixture, AISLE_IMPORT_PRICES, "sku,store,gross\nA,S1,1.20\n",
                   "no sales tax is known");
  import_rejected (fixture, AISLE_IMPORT_PRICES, "sku,store,gross,tax_rate\nA,S1,-1.20,20 %\n",
                   "negative");
  import_rejected (fixture, AISLE_IMPORT_PRICES, "sku,store,gross,tax_rate\nA,S1,1e999,20 %\n",
                   "1e999");
  import_rejected (fixture, AISLE_IMPORT_PRICES,
                   "sku,store,gross,tax_rate,currency\nA,S1,1.20,20,EUR\n",
                   "not the currency of store S1");
  const char *good =
      "sku,store,gross,tax_rate,from\nA,S1,1.20,20 %,2026-01-01\nA,S2,1.19,19 %,2026-01-01\n";
  import_ok (fixture, AISLE_IMPORT_PRICES, good, 2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_PRICES, good, 0, 0, 2);
  /* The answer is remembered for files with these columns. */
  g_auto (AisleImportResult) told =
      import_with (fixture, AISLE_IMPORT_PRICES, "sku,store,price,tax_rate\nB,S1,1.00,20\n",
                   (AisleImportOptions){ .prices = AISLE_IMPORT_PRICES_NET }, NULL);
  g_assert_cmpuint (told.inserted, ==, 1);
  import_ok (fixture, AISLE_IMPORT_PRICES, "sku,store,price,tax_rate\n007,S1,1.00,20\n", 1, 0, 0);
  /* Without a day, a price that stands says nothing new. */
  import_ok (fixture, AISLE_IMPORT_PRICES, "sku,store,price,tax_rate\n007,S1,1.00,20\n", 0, 0, 1);
}

static void
test_bad_rows (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  import_rejected (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand,day\nS1,Z,1,2026-01-01\n",
                   "there is no product");
  import_rejected (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand,day\nS9,A,1,2026-01-01\n",
                   "there is no store");
  import_rejected (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand,day\nS1,A,1,2026-02-31\n",
                   "2026-02-31");
  import_rejected (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand,day\nS1,A,,2026-01-01\n",
                   "is empty");
  import_rejected (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand\nS1,A,many\n", "not a number");
  import_rejected (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand\nS1,A\n",
                   "2 fields where the header has 3");
  import_rejected (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand\nS1,A,1,2,3\n",
                   "5 fields where the header has 3");
  import_rejected (fixture, AISLE_IMPORT_BARCODES, "code,sku\n4006381333932,A\n", "check digit");
  import_rejected (fixture, AISLE_IMPORT_BARCODES, "code,sku\n5.01E+12,A\n",
                   "a spreadsheet rounded");
  import_ok (fixture, AISLE_IMPORT_BARCODES, "code,sku\n4006381333931,A\n", 1, 0, 0);
  g_assert_cmpint (
      workspace_fixture_number (
          fixture, "SELECT count(*) FROM data_finding WHERE rule = 'barcode_exponent'"),
      ==, 1);
  /* A product is worth having without its barcode. */
  import_ok (fixture, AISLE_IMPORT_CATALOG, "sku,barcode\nC1,5.01E+12\nC2,4006381333932\n", 2, 0,
             0);
  g_assert_cmpint (
      workspace_fixture_number (
          fixture, "SELECT count(*) FROM data_finding WHERE rule = 'barcode_left_out'"),
      ==, 2);
}

static void
test_duplicate_keys (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  g_auto (AisleImportResult) result = import_with (
      fixture, AISLE_IMPORT_STOCK,
      "store,sku,on_hand,day\nS1,A,1,2026-01-01\nS1,A,1,2026-01-01\nS1,A,2,2026-01-01\n",
      (AisleImportOptions){ 0 }, NULL);
  g_assert_cmpuint (result.inserted, ==, 1);
  g_assert_cmpuint (result.unchanged, ==, 1);
  g_assert_cmpuint (result.rejected, ==, 1);
  g_assert_nonnull (strstr (result.first_reject, "line 2 has the same key"));
}

/* A rejected row does not stand in the way of a good one, nor is its double counted as unchanged.
 */
static void
test_duplicate_of_rejected (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  g_auto (AisleImportResult) result = import_with (
      fixture, AISLE_IMPORT_SUPPLIERS, "code,sku,case_pack\nV,A,0\nV,A,0\nV,A,6\nV,A,7\n",
      (AisleImportOptions){ 0 }, NULL);
  g_assert_cmpuint (result.rejected, ==, 3);
  g_assert_cmpuint (result.accepted, ==, 1);
  g_assert_cmpuint (result.unchanged, ==, 0);
}

static void
test_refused_files (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fill (fixture);
  gint64 runs = workspace_fixture_number (fixture, "SELECT count(*) FROM import_run");
  import_with (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand\n", (AisleImportOptions){ 0 },
               &error);
  g_assert_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_NO_ROWS);
  g_clear_error (&error);
  import_with (fixture, AISLE_IMPORT_STOCK, "store,sku\nS1,A\n", (AisleImportOptions){ 0 }, &error);
  g_assert_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS);
  g_assert_nonnull (strstr (error->message, "on_hand"));
  g_clear_error (&error);
  const char *const map[] = { "on_hand=Nothing", NULL };
  import_with (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand\nS1,A,1\n",
               (AisleImportOptions){ .map = map }, &error);
  g_assert_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS);
  g_clear_error (&error);
  import_with (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand\nS1,A,1\nS1,Z,1\n",
               (AisleImportOptions){ .is_all_or_nothing = TRUE }, &error);
  g_assert_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_REJECTED);
  g_clear_error (&error);
  import_with (fixture, AISLE_IMPORT_STOCK, "store,sku,on_hand,day\nS1,A,1,01/02/2026\n",
               (AisleImportOptions){ 0 }, &error);
  g_assert_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_ASK);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM stock_day"), ==, 0);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM import_run"), ==, runs);
}

static void
test_dry_run (WorkspaceFixture *fixture, gconstpointer data)
{
  g_auto (AisleImportResult) result = import_with (
      fixture, AISLE_IMPORT_CATALOG, CATALOG, (AisleImportOptions){ .is_dry_run = TRUE }, NULL);
  g_assert_cmpuint (result.inserted, ==, 3);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM product"), ==, 0);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM import_run"), ==, 0);
}

static gboolean
stop_cb (double share, gpointer data)
{
  return share < GPOINTER_TO_INT (data) / 100.0;
}

static void
test_cancel (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("sku,name\n,no sku\n");
  for (int i = 0; i < 20000; i++)
    g_string_append_printf (text, "P%d,Product %d\n", i, i);
  g_autofree char *path = write_file (fixture, "in.csv", text->str);
  g_autofree char *rejects = path_of (fixture, "rejects.csv");
  for (int percent = 0; percent < 100; percent += 30)
    {
      AisleImportOptions options = { .rejects_path = rejects };
      AisleProgress progress = { stop_cb, GINT_TO_POINTER (percent) };
      AisleImportResult result;
      g_autoptr (GError) error = NULL;
      g_assert_false (aisle_import_file (fixture->workspace, AISLE_IMPORT_CATALOG, path, &options,
                                         &progress, &result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM product"), ==, 0);
      g_assert_false (g_file_test (rejects, G_FILE_TEST_EXISTS));
    }
}

static void
test_customers (WorkspaceFixture *fixture, gconstpointer data)
{
  const char *file = "CustomerID,e-mail,Surname,country,protected:age_band\n"
                     "17850,ann@example.org,Secretname,GB,30-39\n17851,,Othername,GB,\n";
  import_ok (fixture, AISLE_IMPORT_CUSTOMERS, file, 2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_CUSTOMERS, file, 0, 0, 2);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM customer_alias"), ==,
                   3);
  g_assert_cmpint (workspace_fixture_number (
                       fixture, "SELECT count(*) FROM customer_attribute WHERE is_protected = 1"),
                   ==, 1);
  /* Raw values are neither in the workspace nor in the rejects. */
  g_auto (AisleImportResult) result = import_with (
      fixture, AISLE_IMPORT_CUSTOMERS, "CustomerID,Surname\n99999,Secretname\n99999,Otherone\n",
      (AisleImportOptions){ 0 }, NULL);
  g_assert_cmpuint (result.rejected, ==, 1);
  workspace_fixture_raw (fixture, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_autofree char *rejects = path_of (fixture, "rejects.csv");
  const char *const files[] = { fixture->path, rejects };
  const char *const words[] = { "17850", "99999", "Secretname", "Otherone", "ann@example.org" };
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (files[i], &text, &length, NULL));
      for (gsize k = 0; k < G_N_ELEMENTS (words); k++)
        g_assert_null (memmem (text, length, words[k], strlen (words[k])));
    }
}

/* Somebody who was erased does not come back with the next file; the receipt stays, without them.
 */
static void
test_suppression (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  g_autoptr (GError) error = NULL;
  guint8 hash[AISLE_PSEUDONYM_SIZE];
  g_autoptr (AislePseudonymizer) erased =
      aisle_pseudonymizer_new (fixture->workspace, AISLE_KEY_SUPPRESSION, &error);
  g_assert_no_error (error);
  aisle_pseudonym (erased, "number", "4711", 4, hash);
  g_autoptr (GString) sql = g_string_new ("INSERT INTO suppression VALUES (x'");
  for (gsize i = 0; i < sizeof hash; i++)
    g_string_append_printf (sql, "%02x", hash[i]);
  g_string_append (sql, "', 0)");
  workspace_fixture_raw (fixture, sql->str);
  import_rejected (fixture, AISLE_IMPORT_CUSTOMERS, "customer\n4711\n", "erased on request");
  import_ok (fixture, AISLE_IMPORT_SALES,
             SALES "1,2026-01-01 09:00,S1,A,2,1.50,4711\n2,2026-01-01 09:00,S1,A,2,1.50,4712\n", 2,
             0, 0);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count(*) FROM customer"), ==, 1);
  g_assert_cmpint (
      workspace_fixture_number (fixture, "SELECT count(*) FROM receipt WHERE customer_id IS NULL"),
      ==, 1);
}

static void
test_content_and_map (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  /* The only column of dates is the date, whatever its name. */
  import_ok (fixture, AISLE_IMPORT_CALENDAR,
             "when,holiday\n2026-12-25,Christmas\n2026-12-26,Boxing Day\n", 2, 0, 0);
  const char *const map[] = { "on_hand=Wert", "sku=Nummer", NULL };
  g_auto (AisleImportResult) told =
      import_with (fixture, AISLE_IMPORT_STOCK, "Filiale;Nummer;Wert\nS1;A;1,5\n",
                   (AisleImportOptions){ .map = map }, NULL);
  g_assert_cmpuint (told.inserted, ==, 1);
  /* The mapping is known again by the header. */
  import_ok (fixture, AISLE_IMPORT_STOCK, "Filiale;Nummer;Wert\nS1;B;2,5\n", 1, 0, 0);
}

static void
test_encodings (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "in.csv");
  const char text[] = "sku;Bezeichnung\nA;T\xfcrgriff\nB;Caf\xe9\n";
  g_assert_true (g_file_set_contents (path, text, sizeof text - 1, NULL));
  g_auto (AisleImportResult) latin = { 0 };
  g_autoptr (GError) error = NULL;
  aisle_import_file (fixture->workspace, AISLE_IMPORT_CATALOG, path, NULL, NULL, &latin, &error);
  g_assert_no_error (error);
  gsize length;
  g_autofree char *wide = g_convert ("\xef\xbb\xbfsku\tname\nA\tTürgriff\nB\tCafé\n", -1,
                                     "UTF-16LE", "UTF-8", NULL, &length, NULL);
  g_assert_true (g_file_set_contents (path, wide, (gssize) length, NULL));
  g_auto (AisleImportResult) utf16 = { 0 };
  aisle_import_file (fixture->workspace, AISLE_IMPORT_CATALOG, path, NULL, NULL, &utf16, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (utf16.unchanged, ==, 2);
}

/* What is exported imports again and changes nothing, also as a workbook. */
static void
test_round_trip (WorkspaceFixture *fixture, gconstpointer data)
{
  fill (fixture);
  import_ok (fixture, AISLE_IMPORT_CATALOG,
             "sku,category,content,own_brand,attribute:x\nA,Home > Candles,0.75,yes,1\n", 0, 1, 0);
  import_ok (fixture, AISLE_IMPORT_STOCK,
             "store,sku,on_hand,day\nS1,A,1.5,2026-01-01\nS2,B,-2,2026-01-02\n", 2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_CUSTOMERS, "customer,protected:age\n1,30\n2,\n", 2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_PRICES,
             "sku,store,gross,tax_rate,from,to\nA,S1,1.20,20,2026-01-01,2026-01-31\nA,S1,1.25,20,"
             "2026-07-01,\n",
             2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_SUPPLIERS,
             "code,sku,cost,lead_time_days,case_pack\nV1,A,0.55,14,6\nV2,,,,\n", 2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_COSTS, "sku,net,from,supplier\nA,0.55,2026-01-01,V1\nB,0.10,,\n",
             2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_BARCODES, "code,sku,units_per_scan\n4006381333931,A,6\n", 1, 0,
             0);
  import_ok (fixture, AISLE_IMPORT_LISTINGS,
             "store,sku,from,to,shelf\nS1,A,2026-01-01,,A-1\nS1,B,,2026-02-01,\n", 2, 0, 0);
  import_ok (fixture, AISLE_IMPORT_CALENDAR,
             "day,country,holiday,closed\n2026-12-25,GB,Christmas,yes\n", 1, 0, 0);
  import_ok (fixture, AISLE_IMPORT_TAXES,
             "country,tax_class,tax_rate,from\nGB,standard,20,\nGB,reduced,5 %,2021-10-01\n", 2, 0,
             0);
  import_ok (fixture, AISLE_IMPORT_SALES,
             SALES
             "1,2026-01-01 09:00:00,S1,A,2,1.255,1\n1,2026-01-01 09:00:00,S1,A,2,1.255,1\n"
             "C1,2026-01-03 10:00:00,S1,A,-2,1.255,1\n2,2026-07-02 23:30:00,S2,B,0.25,0.001,\n",
             4, 0, 0);
  for (guint kind = 0; kind < AISLE_IMPORT_N_KINDS; kind++)
    for (guint workbook = 0; workbook < 2; workbook++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *path = path_of (fixture, workbook ? "out.xlsx" : "out.csv");
        AisleExportOptions options = { .path = path, .style = aisle_record_kind_for_path (path) };
        guint64 n_rows = 0;
        aisle_export_file (fixture->workspace, kind, &options, NULL, &n_rows, &error);
        g_assert_no_error (error);
        g_auto (AisleImportResult) result = { 0 };
        aisle_import_file (fixture->workspace, kind, path, NULL, NULL, &result, &error);
        g_assert_no_error (error);
        g_test_message ("%s %s", aisle_import_kind_get_name (kind), path);
        if (result.rejected > 0)
          g_error ("%s", result.first_reject);
        g_assert_cmpuint (result.rows, ==, n_rows);
        g_assert_cmpuint (result.unchanged, ==, n_rows);
      }
}

/* docs/data-formats.md names every field of every kind. */
static void
test_documented (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "docs", "data-formats.md", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (guint kind = 0; kind < AISLE_IMPORT_N_KINDS; kind++)
    {
      g_autofree char *title = g_strdup_printf ("\n### %s\n", aisle_import_kind_get_name (kind));
      const char *section = strstr (text, title);
      g_assert_nonnull (section);
      for (guint i = 0; i < aisle_import_get_n_fields (kind); i++)
        {
          const AisleImportFieldInfo *field = aisle_import_get_field (kind, i);
          g_autofree char *cell =
              g_strdup_printf ("| `%s` | %s |", field->name, field->is_required ? "yes" : "");
          const char *found = strstr (section, cell);
          const char *next = strstr (section + 1, "\n### ");
          if (!found || (next && found > next))
            g_error ("%s: %s is not in docs/data-formats.md", title, field->name);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/workspace/import/" name, WorkspaceFixture, NULL, workspace_fixture_set_up, func,   \
              workspace_fixture_tear_down)
  ADD ("stores-and-catalog", test_stores_and_catalog);
  ADD ("categories", test_categories);
  ADD ("sap-and-oracle-headers", test_sap_and_oracle_headers);
  ADD ("prices", test_prices);
  ADD ("bad-rows", test_bad_rows);
  ADD ("duplicate-keys", test_duplicate_keys);
  ADD ("duplicate-of-rejected", test_duplicate_of_rejected);
  ADD ("refused-files", test_refused_files);
  ADD ("dry-run", test_dry_run);
  ADD ("cancel", test_cancel);
  ADD ("customers", test_customers);
  ADD ("suppression", test_suppression);
  ADD ("content-and-map", test_content_and_map);
  ADD ("encodings", test_encodings);
  ADD ("round-trip", test_round_trip);
  ADD ("documented", test_documented);
  return g_test_run ();
}
