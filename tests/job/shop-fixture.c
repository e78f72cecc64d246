/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shop-fixture.h"

#include "aisle-change-types.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define SECRET "a secret"
/* Long enough ago for the 30 days before any promotion. */
#define LONG_AGO "(20514 - 200) * 86400"

static const char range[] =
    "INSERT INTO system (id, name, kind, url) VALUES (1, 'till', 'aisle', 'http://127.0.0.1:1'),"
    " (2, 'caisse', 'aisle', 'http://127.0.0.1:2');"
    "INSERT INTO store (id, code, name, currency, country, zone, opening_days, in_totals, "
    "system_id)"
    " VALUES (1, 'N', 'North', 'GBP', 'GB', 'Europe/London', 63, 1, 1),"
    " (2, 'S', 'South', 'GBP', 'GB', 'Europe/London', 127, 1, 1),"
    " (3, 'L', 'Lone', 'GBP', 'GB', 'Europe/London', 127, 1, NULL),"
    " (4, 'P', 'Paris', 'EUR', 'FR', 'Europe/Paris', 127, 1, 2),"
    " (5, 'X', 'Extra', 'GBP', 'GB', 'Europe/London', 127, 0, 1);"
    "INSERT INTO category (id, code, name, parent_id) VALUES (1, 'HOME', 'Home', NULL),"
    " (2, 'KITCHEN', 'Kitchen', 1), (3, 'DESK', 'Desk', NULL);"
    "INSERT INTO product (id, sku, name, status, category_id, tax_class) VALUES"
    " (1, 'MUG', 'Mug', 'active', 2, 'std'), (2, 'JAR', 'Jar', 'active', 2, 'std'),"
    " (3, 'TIN', 'Tin', 'active', 1, 'std'), (4, 'PEN', 'Pen', 'active', 3, 'std'),"
    " (5, 'POST', 'Postage', 'service', NULL, 'std'), (6, 'OLD', 'Old', 'delisted', 3, 'std');"
    "INSERT INTO barcode (code, product_id) VALUES ('4006381333931', 1);"
    "INSERT INTO tax_rate VALUES ('GB', 'std', 0, 200000), ('FR', 'std', 0, 200000);"
    "INSERT INTO cost (product_id, kind, from_day, net_minor, currency)"
    " SELECT id, 'invoice', 18000, 200, 'GBP' FROM product WHERE id <= 4;"
    "INSERT INTO listing (store_id, product_id, from_day) SELECT s.id, p.id, 18000 FROM store AS s"
    " JOIN product AS p WHERE p.id <= 4;"
    "INSERT INTO stock_day (store_id, product_id, day, on_hand_milli) SELECT s.id, p.id, 20513, "
    "50000"
    " FROM store AS s JOIN product AS p WHERE p.id <= 4;"
    "INSERT INTO price_ledger (product_id, store_id, currency, gross_minor, net_minor, "
    "tax_rate_ppm,"
    " from_at, source) SELECT p.id, s.id, s.currency, v.column2, (v.column2 * 10 + 6) / 12, 200000,"
    " " LONG_AGO ", 'import' FROM store AS s JOIN product AS p JOIN"
    " (VALUES ('MUG', 599), ('JAR', 499), ('TIN', 999), ('PEN', 249)) AS v ON v.column1 = p.sku;";

static void
add_person (AisleWorkspace *workspace, const char *name, guint roles, const char *store)
{
  g_autoptr (GError) error = NULL;
  const char *stores[] = { store, NULL };
  AislePersonWish wish = {
    .name = name, .roles = roles, .stores = store ? stores : NULL, .secret = SECRET
  };
  gboolean waits = FALSE;
  g_autoptr (AislePerson) eva = aisle_staff_find (workspace, "eva", NULL);
  g_autoptr (AislePerson) ben = aisle_staff_find (workspace, "ben", NULL);
  gboolean ok = aisle_staff_add (workspace, &wish, eva ? eva->id : 0, &waits, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  if (!waits)
    return;
  ok = aisle_staff_confirm (workspace, name, ben->id, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
run_sql (sqlite3 *raw, const char *sql)
{
  char *message = NULL;
  if (sqlite3_exec (raw, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static sqlite3 *
open_raw (const char *path)
{
  sqlite3 *raw;
  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  sqlite3_busy_timeout (raw, 5000);
  return raw;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);
      g_unlink (below);
    }
  g_rmdir (path);
}

/* Secrets take their time to hash: the shop is built once a program, and copied for each test. */
static GBytes *
build_once (void)
{
  static GBytes *built;
  if (built)
    return built;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("aisle-shop-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "shop.aisle", NULL);
  AisleWorkspace *workspace = aisle_workspace_create (path, "GBP", &error);
  g_assert_no_error (error);
  sqlite3 *raw = open_raw (path);
  run_sql (raw, range);
  add_person (workspace, "eva", AISLE_ROLE_ADMIN, NULL);
  add_person (workspace, "ben", AISLE_ROLE_APPROVER, NULL);
  add_person (workspace, "ana", AISLE_ROLE_MERCHANDISER, NULL);
  add_person (workspace, "max", AISLE_ROLE_MERCHANDISER | AISLE_ROLE_APPROVER, NULL);
  add_person (workspace, "tom", AISLE_ROLE_MERCHANDISER, "S");
  add_person (workspace, "sue", AISLE_ROLE_APPROVER, "S");
  add_person (workspace, "mia", AISLE_ROLE_STORE_MANAGER, "S");
  add_person (workspace, "noor", AISLE_ROLE_PRIVACY_OFFICER, NULL);
  run_sql (raw, "PRAGMA wal_checkpoint (TRUNCATE)");
  sqlite3_close (raw);
  aisle_workspace_close (workspace);
  char *content;
  gsize length;
  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  remove_folder (folder);
  return built = g_bytes_new_take (content, length);
}

Shop *
shop_new (void)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = build_once ();
  Shop *shop = g_new0 (Shop, 1);
  shop->folder = g_dir_make_tmp ("aisle-shop-XXXXXX", NULL);
  shop->path = g_build_filename (shop->folder, "shop.aisle", NULL);
  g_file_set_contents (shop->path, g_bytes_get_data (bytes, NULL),
                       (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  shop->workspace = aisle_workspace_open (shop->path, &error);
  g_assert_no_error (error);
  aisle_workspace_set_as_of (shop->workspace, SHOP_TODAY);
  shop->raw = open_raw (shop->path);
  return shop;
}

void
shop_free (Shop *shop)
{
  sqlite3_close (shop->raw);
  aisle_workspace_close (shop->workspace);
  remove_folder (shop->folder);
  g_free (shop->folder);
  g_free (shop->path);
  g_free (shop);
}

void
shop_sql (Shop *shop, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *sql = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  run_sql (shop->raw, sql);
}

static sqlite3_stmt *
query (Shop *shop, const char *format, va_list arguments)
{
  g_autofree char *sql = g_strdup_vprintf (format, arguments);
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2 (shop->raw, sql, -1, &statement, NULL) != SQLITE_OK
      || sqlite3_step (statement) != SQLITE_ROW)
    g_error ("%s: %s", sql, sqlite3_errmsg (shop->raw));
  return statement;
}

gint64
shop_number (Shop *shop, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  sqlite3_stmt *statement = query (shop, format, arguments);
  va_end (arguments);
  gint64 number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return number;
}

char *
shop_text (Shop *shop, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  sqlite3_stmt *statement = query (shop, format, arguments);
  va_end (arguments);
  char *text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return text;
}

AislePerson *
shop_person (Shop *shop, const char *name)
{
  g_autoptr (GError) error = NULL;
  AislePerson *person = aisle_staff_find (shop->workspace, name, &error);
  g_assert_no_error (error);
  return person;
}

void
shop_sell (Shop *shop, int store, int product, AisleDate first, int units)
{
  shop_sql (
      shop,
      "WITH RECURSIVE d (day) AS (SELECT %d UNION ALL SELECT day + 1 FROM d WHERE day < %d)"
      " INSERT INTO sale_day (store_id, product_id, day, units_milli, demand_milli)"
      " SELECT %d, %d, day, n, n FROM (SELECT day, %d * 1000 * (1 + (day %% 7 = 0)) AS n FROM d)",
      first, SHOP_TODAY - 1, store, product, units);
}
