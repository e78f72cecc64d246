/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-process.h"

#include <string.h>

#define NOON G_GINT64_CONSTANT (1767268800) /* 2026-01-01T12:00:00Z */

typedef struct
{
  StoreProcess *store;
  AisleStoreSystem *system;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = store_process_new ("2026-01-01T12:00:00Z", NULL);
  fixture->system = store_process_connect (fixture->store);
  store_process_fill (fixture->system, 20);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  aisle_store_system_free (fixture->system);
  store_process_free (fixture->store);
}

static void
test_write_and_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const AisleStorePriceWrite items[] = {
    { "P0", 299, AISLE_STORE_PRICE_NONE },
    { "P1", 1, AISLE_STORE_PRICE_ANY },
    { "nothing", 500, AISLE_STORE_PRICE_ANY },
    { "P2", 500, 499 },
  };
  AisleStoreItemResult results[4];
  g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", items, 4, "key-1",
                                                  results, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (results[0].status, ==, AISLE_STORE_ITEM_ACCEPTED);
  g_assert_cmpint (results[0].revision, ==, 1);
  g_assert_cmpstr (results[0].reason, ==, "");
  g_assert_cmpint (results[1].status, ==, AISLE_STORE_ITEM_ACCEPTED);
  g_assert_cmpint (results[2].status, ==, AISLE_STORE_ITEM_REFUSED);
  g_assert_cmpstr (results[2].reason, ==, "there is no product nothing");
  g_assert_cmpint (results[3].status, ==, AISLE_STORE_ITEM_CONFLICT);
  g_assert_cmpint (results[3].found_minor, ==, AISLE_STORE_PRICE_NONE);

  const AisleStorePriceWrite again = { "P0", 350, 300 };
  g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &again, 1, NULL,
                                                  results, NULL, &error));
  g_assert_cmpint (results[0].status, ==, AISLE_STORE_ITEM_CONFLICT);
  g_assert_cmpint (results[0].found_minor, ==, 299);

  const char *skus[] = { "P1", "nothing", "P0", "P2" };
  AisleStorePrice prices[4];
  g_assert_true (
      aisle_store_system_read_prices (fixture->system, "UK", "GBP", skus, 4, prices, NULL, &error));
  g_assert_cmpint (prices[0].minor, ==, 1);
  g_assert_false (prices[1].is_known);
  g_assert_cmpint (prices[1].minor, ==, AISLE_STORE_PRICE_NONE);
  g_assert_cmpint (prices[2].minor, ==, 299);
  g_assert_cmpstr (prices[2].currency, ==, "GBP");
  g_assert_cmpint (prices[2].updated_at, >=, NOON);
  g_assert_true (prices[3].is_known);
  g_assert_cmpint (prices[3].minor, ==, AISLE_STORE_PRICE_NONE);
}

/* The same key: executed once; the same key for something else: refused. */
static void
test_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const AisleStorePriceWrite item = { "P0", 299, AISLE_STORE_PRICE_ANY };
  const AisleStorePriceWrite other = { "P0", 300, AISLE_STORE_PRICE_ANY };
  AisleStoreItemResult result;
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &item, 1, "one",
                                                      &result, NULL, &error));
      g_assert_cmpint (result.revision, ==, 1);
    }
  g_assert_false (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &other, 1, "one",
                                                   &result, NULL, &error));
  g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_REFUSED);
}

static void
test_wrong_scope (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const AisleStorePriceWrite item = { "P0", 299, AISLE_STORE_PRICE_ANY };
  AisleStoreItemResult result;
  AisleStorePrice price;
  const char *sku = "P0";
  g_assert_true (aisle_store_system_write_prices (fixture->system, "DE", "GBP", &item, 1, NULL,
                                                  &result, NULL, &error));
  g_assert_cmpint (result.status, ==, AISLE_STORE_ITEM_REFUSED);
  g_assert_cmpstr (result.reason, ==, "store DE sells in EUR, not in GBP");
  g_assert_true (aisle_store_system_write_prices (fixture->system, "FR", "EUR", &item, 1, NULL,
                                                  &result, NULL, &error));
  g_assert_cmpint (result.status, ==, AISLE_STORE_ITEM_REFUSED);
  g_assert_false (
      aisle_store_system_read_prices (fixture->system, "FR", "EUR", &sku, 1, &price, NULL, &error));
  g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_REFUSED);
}

/* What never leaves: prices of zero or less, a product twice, too many at once. */
static void
test_guards (Fixture *fixture, gconstpointer data)
{
  static AisleStorePriceWrite many[501];
  static AisleStoreItemResult results[501];
  const AisleStorePriceWrite bad[][2] = {
    { { "P0", 0, AISLE_STORE_PRICE_ANY }, { "P1", 5, AISLE_STORE_PRICE_ANY } },
    { { "P0", -5, AISLE_STORE_PRICE_ANY }, { "P1", 5, AISLE_STORE_PRICE_ANY } },
    { { "P0", 5, AISLE_STORE_PRICE_ANY }, { "P0", 5, AISLE_STORE_PRICE_ANY } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (aisle_store_system_write_prices (fixture->system, "UK", "GBP", bad[i], 2,
                                                       NULL, results, NULL, &error));
      g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_SETTINGS);
    }
  g_autoptr (GError) error = NULL;
  g_assert_false (aisle_store_system_write_prices (fixture->system, "UK", "GBP", many, 501, NULL,
                                                   results, NULL, &error));
  g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_SETTINGS);
  g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", many, 0, NULL,
                                                  results, NULL, NULL));
}

static void
check_effective (Fixture *fixture, gint64 at, gint64 minor, const char *promotion)
{
  g_autoptr (GError) error = NULL;
  AisleStoreEffectivePrice price;
  const char *sku = "P0";
  g_assert_true (aisle_store_system_read_effective_prices (fixture->system, "UK", "GBP", &sku, 1,
                                                           at, &price, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (price.minor, ==, minor);
  g_assert_cmpint (price.regular_minor, ==, 299);
  g_assert_cmpstr (price.promotion, ==, promotion);
}

static void
test_promotion (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleStorePromotion) found = NULL;
  const AisleStorePriceWrite item = { "P0", 299, AISLE_STORE_PRICE_ANY };
  AisleStoreItemResult result;
  char *skus[] = { (char *) "P1", (char *) "P0", NULL };
  char *stores[] = { (char *) "UK", NULL };
  AisleStorePromotion promotion = { .name = (char *) "aisle:7:1",
                                    .off_ppm = 150000,
                                    .starts_at = NOON - 3600,
                                    .ends_at = NOON + 3600,
                                    .skus = skus,
                                    .stores = stores };
  AisleStoreSystem *system = fixture->system;
  g_assert_true (
      aisle_store_system_write_prices (system, "UK", "GBP", &item, 1, NULL, &result, NULL, &error));
  g_assert_true (aisle_store_system_find_promotion (system, "aisle:7:1", &found, NULL, &error));
  g_assert_null (found);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (aisle_store_system_create_promotion (system, &promotion, NULL, NULL, &error));
      g_assert_no_error (error);
    }
  g_assert_true (aisle_store_system_find_promotion (system, "aisle:7:1", &found, NULL, &error));
  g_assert_true (aisle_store_promotion_equal (found, &promotion));

  check_effective (fixture, NOON - 3601, 299, "");
  check_effective (fixture, NOON - 3600, 254, "aisle:7:1"); /* 254.15 */
  check_effective (fixture, 0, 254, "aisle:7:1");
  check_effective (fixture, NOON + 3599, 254, "aisle:7:1");
  check_effective (fixture, NOON + 3600, 299, "");

  promotion.off_ppm = 160000;
  g_assert_false (aisle_store_system_create_promotion (system, &promotion, NULL, NULL, &error));
  g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_REFUSED);
  g_clear_error (&error);

  g_assert_true (
      aisle_store_system_end_promotion (system, "aisle:7:1", NOON + 600, NULL, NULL, &error));
  check_effective (fixture, NOON + 600, 299, "");
  g_assert_true (aisle_store_system_end_promotion (system, "aisle:7:1", 0, NULL, NULL, &error));
  check_effective (fixture, 0, 299, "");
  g_assert_false (aisle_store_system_end_promotion (system, "aisle:7:1", 0, NULL, NULL, &error));
  g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_REFUSED);
  g_clear_error (&error);
  for (guint i = 0; i < 2; i++)
    g_assert_true (aisle_store_system_delete_promotion (system, "aisle:7:1", NULL, NULL, &error));
  g_clear_pointer (&found, aisle_store_promotion_free);
  g_assert_true (aisle_store_system_find_promotion (system, "aisle:7:1", &found, NULL, &error));
  g_assert_null (found);
}

static void
test_promotion_guards (Fixture *fixture, gconstpointer data)
{
  char *skus[] = { (char *) "P0", NULL };
  char *unknown[] = { (char *) "nothing", NULL };
  char *none[] = { NULL };
  char *stores[] = { (char *) "UK", NULL };
  const AisleStorePromotion bad[] = {
    { (char *) "a", 0, NOON, NOON + 1, skus, stores },
    { (char *) "a", 1000001, NOON, NOON + 1, skus, stores },
    { (char *) "a", 5, NOON, NOON, skus, stores },
    { (char *) "a", 5, NOON, NOON + 1, none, stores },
    { (char *) "a", 5, NOON, NOON + 1, skus, NULL },
    { (char *) "a", 5, NOON, NOON + 1, unknown, stores },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (
          aisle_store_system_create_promotion (fixture->system, &bad[i], NULL, NULL, &error));
      gint code = i < 5 ? AISLE_STORE_ERROR_SETTINGS : AISLE_STORE_ERROR_REFUSED;
      g_assert_error (error, AISLE_STORE_ERROR, code);
    }
}

static void
test_fill_and_pull (Fixture *fixture, gconstpointer data)
{
  enum
  {
    N = 2345
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GStringChunk) texts = g_string_chunk_new (4096);
  g_autofree AisleStoreRecord *sales = g_new0 (AisleStoreRecord, N);
  g_autofree AisleStoreItemResult *results = g_new (AisleStoreItemResult, 500);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *id = g_strdup_printf ("sale %u/ä", i);
      sales[i] = (AisleStoreRecord){ .id = g_string_chunk_insert (texts, id),
                                     .store = i % 5 == 0 ? "DE" : "UK",
                                     .sku = "P3",
                                     .currency = i % 5 == 0 ? "EUR" : "GBP",
                                     .quantity = i % 7 == 0 ? -1000 : 1500,
                                     .minor = (gint64) i - 7,
                                     .at = NOON + i };
    }
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < N; i += 500)
      g_assert_true (aisle_store_system_fill (fixture->system, AISLE_STORE_TABLE_SALES, sales + i,
                                              MIN (500, N - i), results, NULL, &error));
  guint n = 0;
  g_autofree char *cursor = NULL;
  do
    {
      g_autoptr (AisleStorePage) page = aisle_store_system_pull (
          fixture->system, AISLE_STORE_TABLE_SALES, NULL, cursor, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (page->total, ==, N);
      for (gsize i = 0; i < page->n_records; i++, n++)
        {
          g_assert_cmpstr (page->records[i].id, ==, sales[n].id);
          g_assert_cmpint (page->records[i].minor, ==, sales[n].minor);
          g_assert_cmpint (page->records[i].quantity, ==, sales[n].quantity);
          g_assert_cmpint (page->records[i].at, ==, sales[n].at);
        }
      g_free (cursor);
      cursor = g_steal_pointer (&page->next_cursor);
    }
  while (cursor);
  g_assert_cmpuint (n, ==, N);
  g_autoptr (AisleStorePage) german =
      aisle_store_system_pull (fixture->system, AISLE_STORE_TABLE_SALES, "DE", NULL, NULL, &error);
  g_assert_cmpint (german->total, ==, N / 5);
}

static void
test_pull_all_tables (Fixture *fixture, gconstpointer data)
{
  const AisleStoreRecord stock = { .store = "UK", .sku = "P0", .quantity = -500, .at = NOON };
  const AisleStoreRecord price = { .store = "UK", .sku = "P0", .currency = "GBP", .minor = 123 };
  const gint64 totals[] = { 2, 20, 1, 0, 1 };
  g_autoptr (GError) error = NULL;
  AisleStoreItemResult result;
  g_assert_true (aisle_store_system_fill (fixture->system, AISLE_STORE_TABLE_STOCK, &stock, 1,
                                          &result, NULL, &error));
  g_assert_true (aisle_store_system_fill (fixture->system, AISLE_STORE_TABLE_PRICES, &price, 1,
                                          &result, NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
    {
      g_autoptr (AisleStorePage) page =
          aisle_store_system_pull (fixture->system, (AisleStoreTable) i, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (page->total, ==, totals[i]);
      g_assert_cmpint ((gint64) page->n_records, ==, totals[i]);
      g_assert_null (page->next_cursor);
    }
}

/* The checks of a test that stops at `title`; all passed where it is NULL. */
static void
check_test (AisleStoreSystem *system,
            const char *const *stores,
            const char *title,
            const char *part)
{
  g_autoptr (GPtrArray) checks = aisle_store_system_test (system, stores, NULL);
  g_assert_cmpuint (checks->len, >, 0);
  for (guint i = 0; i < checks->len; i++)
    {
      const AisleStoreCheck *check = g_ptr_array_index (checks, i);
      gboolean is_last = i + 1 == checks->len;
      g_assert_cmpint (check->is_passed, ==, !(is_last && title));
      g_assert_null (strstr (check->message, STORE_PROCESS_TOKEN));
      if (is_last && title)
        {
          g_assert_cmpstr (check->title, ==, title);
          g_assert_nonnull (strstr (check->message, part));
        }
    }
}

static void
test_connection_test (Fixture *fixture, gconstpointer data)
{
  const char *good[] = { "UK", "DE", NULL };
  const char *bad[] = { "UK", "FR", NULL };
  check_test (fixture->system, NULL, NULL, NULL);
  check_test (fixture->system, good, NULL, NULL);
  check_test (fixture->system, bad, "Store FR", "knows no store FR");

  g_autoptr (AisleStoreSystem) stranger =
      aisle_store_system_new ("aisle", fixture->store->url, "not-the-token", 1, NULL);
  check_test (stranger, NULL, "Token", "token");
  store_process_set_faults (fixture->store, "html");
  check_test (fixture->system, NULL, "Answer", "web page");
  store_process_kill (fixture->store);
  check_test (fixture->system, NULL, "Connection", "refuses the connection");

  g_autoptr (AisleStoreSystem) nowhere =
      aisle_store_system_new ("aisle", "https://no-such-name.invalid", "abc", 1, NULL);
  check_test (nowhere, NULL, "Connection", "no-such-name.invalid");
}

/* The store comes back at the same address; the old connection is dead, the data are there. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *sku = "P0";
  AisleStorePrice price;
  AisleStoreItemResult result;
  for (gint64 i = 1; i <= 5; i++)
    {
      const AisleStorePriceWrite item = { "P0", i, AISLE_STORE_PRICE_ANY };
      g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &item, 1, NULL,
                                                      &result, NULL, &error));
      g_assert_no_error (error);
      store_process_kill (fixture->store);
      g_assert_false (aisle_store_system_read_prices (fixture->system, "UK", "GBP", &sku, 1, &price,
                                                      NULL, &error));
      g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_RETRY_LATER);
      g_clear_error (&error);
      store_process_start_again (fixture->store);
      g_assert_true (aisle_store_system_read_prices (fixture->system, "UK", "GBP", &sku, 1, &price,
                                                     NULL, &error));
      g_assert_cmpint (price.minor, ==, i);
    }
}

static void
test_settings (void)
{
  static const struct
  {
    const char *kind, *url, *token, *part;
  } cases[] = {
    { "vendure", "https://a.example", "t", "not in this version" },
    { "magento", "https://a.example", "t", "no kind of store system called \"magento\"" },
    { NULL, "https://a.example", "t", "this version knows: aisle" },
    { "aisle", "http://a.example", "t", "use https" },
    { "aisle", "http://10.0.0.1:80", "t", "use https" },
    { "aisle", "ftp://localhost", "t", "https://" },
    { "aisle", "not an address", "t", "is not an address" },
    { "aisle", "", "t", "is not an address" },
    { "aisle", NULL, "t", "is not an address" },
    { "aisle", "https://me:hunter2@a.example", "t", "user name or password" },
    { "aisle", "https://a.example/?x=1", "t", "? or #" },
    { "aisle", "https://a.example", "two words", "blank" },
    { "aisle", "https://a.example", NULL, "needs a token" },
    { "aisle", "https://a.example", "", "needs a token" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (
          aisle_store_system_new (cases[i].kind, cases[i].url, cases[i].token, 0, &error));
      g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_SETTINGS);
      g_assert_nonnull (strstr (error->message, cases[i].part));
      g_assert_null (strstr (error->message, "hunter2"));
    }
  const char *good[] = { "http://localhost:1/", "http://127.0.0.1:8080", "http://[::1]:9",
                         "https://shop.example/base/" };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AisleStoreSystem) system =
          aisle_store_system_new ("aisle", good[i], "t", 0, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (aisle_store_system_get_info (system)->batch_size, ==, 500);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/store/connector/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("write-and-read", test_write_and_read);
  ADD ("key", test_key);
  ADD ("wrong-scope", test_wrong_scope);
  ADD ("guards", test_guards);
  ADD ("promotion", test_promotion);
  ADD ("promotion-guards", test_promotion_guards);
  ADD ("fill-and-pull", test_fill_and_pull);
  ADD ("pull-all-tables", test_pull_all_tables);
  ADD ("connection-test", test_connection_test);
  ADD ("restart", test_restart);
  g_test_add_func ("/store/connector/settings", test_settings);
  return g_test_run ();
}
