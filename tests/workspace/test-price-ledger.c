/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-ledger.h"
#include "aisle-statement-private.h"

#include <stdio.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  AisleWorkspace *workspace;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("aisle-ledger-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "shop.aisle", NULL);
  fixture->workspace = aisle_workspace_create (path, "GBP", &error);
  g_assert_no_error (error);
  aisle_execute (
      fixture->workspace,
      "INSERT INTO store (id, code, currency, country, prices_include_tax)"
      " VALUES (1, 'GROSS', 'GBP', 'GB', 1), (2, 'NET', 'GBP', 'GB', 0);"
      "INSERT INTO product (id, sku, tax_class) VALUES (1, 'A', 'standard'), (2, 'B', NULL);"
      "INSERT INTO tax_rate VALUES ('GB', 'standard', 0, 200000), ('GB', 'standard', 100, 100000)",
      &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "shop.aisle", "shop.aisle-wal", "shop.aisle-shm" };
  aisle_workspace_close (fixture->workspace);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);
      remove (path);
    }
  rmdir (fixture->folder);
  g_free (fixture->folder);
}

/* TRUE where something was written. */
static gboolean
add (Fixture *fixture,
     gint64 store,
     gint64 product,
     AislePriceKind kind,
     gint64 shelf,
     gint64 from,
     gint64 to)
{
  g_autoptr (GError) error = NULL;
  gboolean is_changed = FALSE;
  AislePriceLedgerEntry entry = { .store_id = store,
                                  .product_id = product,
                                  .kind = kind,
                                  .from_at = from,
                                  .to_at = to,
                                  .source = AISLE_PRICE_FROM_IMPORT };
  aisle_price_ledger_add_shelf (fixture->workspace, &entry, shelf, &is_changed, &error);
  g_assert_no_error (error);
  g_assert_cmpint (entry.id, >, 0);
  return is_changed;
}

static gint64
gross_at (Fixture *fixture, gint64 store, gint64 product, AislePriceKind kind, gint64 at)
{
  g_autoptr (GError) error = NULL;
  AislePriceLedgerEntry entry;
  aisle_price_ledger_get (fixture->workspace, store, product, kind, at, &entry, &error);
  g_assert_no_error (error);
  return entry.id ? entry.gross_minor : -1;
}

static void
test_one_after_the_other (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 1000), ==, -1);
  g_assert_true (add (fixture, 1, 1, AISLE_PRICE_REGULAR, 500, 1000, AISLE_PRICE_OPEN_END));
  g_assert_false (add (fixture, 1, 1, AISLE_PRICE_REGULAR, 500, 2000, AISLE_PRICE_OPEN_END));
  g_assert_true (add (fixture, 1, 1, AISLE_PRICE_REGULAR, 450, 3000, AISLE_PRICE_OPEN_END));
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 999), ==, -1);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 2999), ==, 500);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 3000), ==, 450);
  /* The same instant again replaces, an earlier one ends where the later begins. */
  g_assert_true (add (fixture, 1, 1, AISLE_PRICE_REGULAR, 460, 3000, AISLE_PRICE_OPEN_END));
  g_assert_true (add (fixture, 1, 1, AISLE_PRICE_REGULAR, 480, 2500, AISLE_PRICE_OPEN_END));
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 2499), ==, 500);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 2999), ==, 480);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 9999), ==, 460);
  g_autoptr (GArray) all = aisle_price_ledger_list (fixture->workspace, 1, 1, 2000, 3000, NULL);
  g_assert_cmpuint (all->len, ==, 2);
}

static void
test_net_and_gross (Fixture *fixture, gconstpointer data)
{
  AislePriceLedgerEntry entry;
  add (fixture, 1, 1, AISLE_PRICE_REGULAR, 600, 1000, AISLE_PRICE_OPEN_END);
  add (fixture, 2, 1, AISLE_PRICE_REGULAR, 500, 1000, AISLE_PRICE_OPEN_END);
  add (fixture, 2, 2, AISLE_PRICE_REGULAR, 500, 1000, AISLE_PRICE_OPEN_END);
  aisle_price_ledger_get (fixture->workspace, 1, 1, AISLE_PRICE_REGULAR, 1000, &entry, NULL);
  g_assert_cmpint (entry.net_minor, ==, 500);
  aisle_price_ledger_get (fixture->workspace, 2, 1, AISLE_PRICE_REGULAR, 1000, &entry, NULL);
  g_assert_cmpint (entry.gross_minor, ==, 600);
  aisle_price_ledger_get (fixture->workspace, 2, 2, AISLE_PRICE_REGULAR, 1000, &entry, NULL);
  g_assert_cmpint (entry.gross_minor, ==, 500); /* no rate is known */
  /* A change of the tax rate writes a row of its own though the shelf price stays. */
  g_assert_true (add (fixture, 1, 1, AISLE_PRICE_REGULAR, 600, 100 * 86400, AISLE_PRICE_OPEN_END));
}

static void
test_promotion (Fixture *fixture, gconstpointer data)
{
  add (fixture, 1, 1, AISLE_PRICE_REGULAR, 600, 1000, AISLE_PRICE_OPEN_END);
  add (fixture, 1, 1, AISLE_PRICE_PROMOTION, 480, 2000, 3000);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_PROMOTION, 2500), ==, 480);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_PROMOTION, 3000), ==, -1);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_REGULAR, 2500), ==, 600);
  g_assert_true (
      aisle_price_ledger_close (fixture->workspace, 1, 1, AISLE_PRICE_PROMOTION, 2500, NULL));
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_PROMOTION, 2500), ==, -1);
  g_assert_cmpint (gross_at (fixture, 1, 1, AISLE_PRICE_PROMOTION, 2499), ==, 480);
}

static void
test_bad_input (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AislePriceLedgerEntry entry = { .store_id = 1, .product_id = 1, .from_at = 10, .to_at = 10 };
  g_assert_false (aisle_price_ledger_add_shelf (fixture->workspace, &entry, 5, NULL, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID);
  g_clear_error (&error);
  entry.to_at = AISLE_PRICE_OPEN_END;
  entry.store_id = 77;
  g_assert_false (aisle_price_ledger_add_shelf (fixture->workspace, &entry, 5, NULL, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  entry.store_id = 1;
  g_assert_false (aisle_price_ledger_add_shelf (fixture->workspace, &entry, -5, NULL, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/workspace/price-ledger/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("one-after-the-other", test_one_after_the_other);
  ADD ("net-and-gross", test_net_and_gross);
  ADD ("promotion", test_promotion);
  ADD ("bad-input", test_bad_input);
  return g_test_run ();
}
