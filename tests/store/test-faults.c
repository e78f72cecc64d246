/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-process.h"

#include <string.h>

/* Each fault of the store system against each call of the connector. */

typedef gboolean (*Call) (AisleStoreSystem *system, GCancellable *cancellable, GError **error);

static gboolean
call_write (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  const AisleStorePriceWrite items[] = { { "P0", 777, AISLE_STORE_PRICE_ANY },
                                         { "P1", 777, AISLE_STORE_PRICE_ANY } };
  AisleStoreItemResult results[2];
  return aisle_store_system_write_prices (system, "UK", "GBP", items, 2, NULL, results, cancellable,
                                          error);
}

static gboolean
call_read (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  const char *skus[] = { "P0", "P1" };
  AisleStorePrice prices[2];
  return aisle_store_system_read_prices (system, "UK", "GBP", skus, 2, prices, cancellable, error);
}

static gboolean
call_effective (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  const char *skus[] = { "P0", "P1" };
  AisleStoreEffectivePrice prices[2];
  return aisle_store_system_read_effective_prices (system, "UK", "GBP", skus, 2, 0, prices,
                                                   cancellable, error);
}

static gboolean
call_find (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  g_autoptr (AisleStorePromotion) promotion = NULL;
  return aisle_store_system_find_promotion (system, "aisle:1:1", &promotion, cancellable, error);
}

static gboolean
call_create (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  char *skus[] = { (char *) "P0", NULL };
  char *stores[] = { (char *) "UK", NULL };
  const AisleStorePromotion promotion = { (char *) "aisle:1:1", 200000, 1000,
                                          4000000000,           skus,   stores };
  return aisle_store_system_create_promotion (system, &promotion, NULL, cancellable, error);
}

static gboolean
call_end (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  return aisle_store_system_end_promotion (system, "aisle:1:1", 4100000000, NULL, cancellable,
                                           error);
}

static gboolean
call_delete (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  return aisle_store_system_delete_promotion (system, "aisle:1:1", NULL, cancellable, error);
}

static gboolean
call_pull (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  g_autoptr (AisleStorePage) page =
      aisle_store_system_pull (system, AISLE_STORE_TABLE_PRODUCTS, NULL, NULL, cancellable, error);
  return page != NULL;
}

static gboolean
call_fill (AisleStoreSystem *system, GCancellable *cancellable, GError **error)
{
  const AisleStoreRecord stock = { .store = "UK", .sku = "P0", .quantity = 1000, .at = 1000 };
  AisleStoreItemResult result;
  return aisle_store_system_fill (system, AISLE_STORE_TABLE_STOCK, &stock, 1, &result, cancellable,
                                  error);
}

/* In an order in which each can succeed. */
static const struct
{
  const char *name;
  Call call;
  gboolean is_reading;
} calls[] = {
  { "write", call_write, FALSE },        { "read", call_read, TRUE },
  { "effective", call_effective, TRUE }, { "create", call_create, FALSE },
  { "find", call_find, TRUE },           { "end", call_end, FALSE },
  { "delete", call_delete, FALSE },      { "pull", call_pull, TRUE },
  { "fill", call_fill, FALSE },
};

static const struct
{
  const char *spec;
  int code; /* -1: the call succeeds */
  gint64 retry_after;
} faults[] = {
  { "drop", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "lost", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "truncate", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "garbage", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "html", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "partial", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "partial:cut=1", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "500", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "502", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "408", AISLE_STORE_ERROR_UNKNOWN, 0 },
  { "429:after=7", AISLE_STORE_ERROR_RETRY_LATER, 7 },
  { "429", AISLE_STORE_ERROR_RETRY_LATER, 0 },
  { "503:after=2", AISLE_STORE_ERROR_RETRY_LATER, 2 },
  { "401", AISLE_STORE_ERROR_AUTH, 0 },
  { "403", AISLE_STORE_ERROR_AUTH, 0 },
  { "400", AISLE_STORE_ERROR_REFUSED, 0 },
  { "422", AISLE_STORE_ERROR_REFUSED, 0 },
  { "delay:ms=20", -1, 0 },
  { "duplicate", -1, 0 },
};

typedef struct
{
  StoreProcess *store;
  AisleStoreSystem *system;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = store_process_new (NULL, NULL);
  fixture->system = store_process_connect (fixture->store);
  store_process_fill (fixture->system, 4);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  aisle_store_system_free (fixture->system);
  store_process_free (fixture->store);
}

static void
check_fault (Fixture *fixture, gsize f, gsize c)
{
  g_autoptr (GError) error = NULL;
  store_process_set_faults (fixture->store, faults[f].spec);
  gboolean is_done = calls[c].call (fixture->system, NULL, &error);
  g_test_message ("%s x %s: %s", faults[f].spec, calls[c].name, error ? error->message : "done");
  if (faults[f].code < 0)
    {
      g_assert_no_error (error);
      g_assert_true (is_done);
      return;
    }
  g_assert_false (is_done);
  g_assert_error (error, AISLE_STORE_ERROR, faults[f].code);
  g_assert_cmpint (aisle_store_error_get_retry_after (error), ==, faults[f].retry_after);
  g_assert_null (strstr (error->message, STORE_PROCESS_TOKEN));
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
}

static void
test_matrix (Fixture *fixture, gconstpointer data)
{
  for (gsize f = 0; f < G_N_ELEMENTS (faults); f++)
    {
      store_process_set_faults (fixture->store, "");
      call_create (fixture->system, NULL, NULL);
      for (gsize c = 0; c < G_N_ELEMENTS (calls); c++)
        if (faults[f].code >= 0)
          check_fault (fixture, f, c);
      /* After a failure the connection works again. */
      store_process_set_faults (fixture->store, faults[f].code < 0 ? faults[f].spec : "");
      call_delete (fixture->system, NULL, NULL);
      for (gsize c = 0; c < G_N_ELEMENTS (calls); c++)
        {
          g_autoptr (GError) error = NULL;
          gboolean is_done = calls[c].call (fixture->system, NULL, &error);
          g_assert_no_error (error);
          g_assert_true (is_done);
        }
    }
}

/* Whatever becomes of it, a call is one request. */
static void
test_sent_once (Fixture *fixture, gconstpointer data)
{
  for (gsize f = 0; f < G_N_ELEMENTS (faults); f++)
    for (gsize c = 0; c < G_N_ELEMENTS (calls); c++)
      {
        g_assert_true (call_read (fixture->system, NULL, NULL));
        store_process_set_faults (fixture->store, faults[f].spec);
        calls[c].call (fixture->system, NULL, NULL);
        g_assert_cmpint (store_process_count_requests (fixture->store), ==, 1);
        store_process_set_faults (fixture->store, "");
      }
}

/* What the store holds after a fault: all, nothing, or the half that was done. */
static void
test_what_was_done (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *spec;
    gboolean first, second;
  } cases[] = {
    { "drop", FALSE, FALSE },  { "html", FALSE, FALSE },   { "500", FALSE, FALSE },
    { "429", FALSE, FALSE },   { "lost", TRUE, TRUE },     { "truncate", TRUE, TRUE },
    { "garbage", TRUE, TRUE }, { "partial", TRUE, FALSE }, { "partial:cut=1", TRUE, FALSE },
  };
  const char *skus[] = { "P0", "P1" };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const AisleStorePriceWrite before[] = { { "P0", 100, AISLE_STORE_PRICE_ANY },
                                              { "P1", 100, AISLE_STORE_PRICE_ANY } };
      AisleStoreItemResult results[2];
      AisleStorePrice prices[2];
      g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", before, 2, NULL,
                                                      results, NULL, &error));
      store_process_set_faults (fixture->store, cases[i].spec);
      g_assert_false (call_write (fixture->system, NULL, NULL));
      store_process_set_faults (fixture->store, "");
      g_assert_true (aisle_store_system_read_prices (fixture->system, "UK", "GBP", skus, 2, prices,
                                                     NULL, &error));
      g_assert_cmpint (prices[0].minor, ==, cases[i].first ? 777 : 100);
      g_assert_cmpint (prices[1].minor, ==, cases[i].second ? 777 : 100);
    }
}

/* Later than the time-out, and a reply that comes a byte at a time: the deadline ends both. */
static void
test_slow (Fixture *fixture, gconstpointer data)
{
  const char *specs[] = { "delay:ms=60000", "drip:ms=400" };
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 begin = g_get_monotonic_time ();
      store_process_set_faults (fixture->store, specs[i]);
      g_assert_false (call_write (fixture->system, NULL, &error));
      g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_UNKNOWN);
      g_assert_nonnull (strstr (error->message, "too long"));
      g_assert_cmpint (g_get_monotonic_time () - begin, <, 10 * G_USEC_PER_SEC);
    }
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (50000);
  g_cancellable_cancel (data);
  return NULL;
}

/* Cancelled before: nothing was done. Cancelled on the way: only a read may say so. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  for (gsize c = 0; c < G_N_ELEMENTS (calls); c++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GCancellable) before = g_cancellable_new ();
      g_cancellable_cancel (before);
      g_assert_false (calls[c].call (fixture->system, before, &error));
      g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_CANCELLED);
      g_clear_error (&error);

      g_autoptr (GCancellable) during = g_cancellable_new ();
      store_process_set_faults (fixture->store, "delay:ms=60000");
      GThread *thread = g_thread_new ("cancel", cancel_soon, during);
      g_assert_false (calls[c].call (fixture->system, during, &error));
      g_thread_join (thread);
      int code = calls[c].is_reading ? AISLE_STORE_ERROR_CANCELLED : AISLE_STORE_ERROR_UNKNOWN;
      g_assert_error (error, AISLE_STORE_ERROR, code);
      store_process_set_faults (fixture->store, "");
    }
}

/* The caller has gone, the store does it all the same, later: why silence is not failure. */
static void
test_done_late (Fixture *fixture, gconstpointer data)
{
  const char *sku = "P0";
  AisleStorePrice price = { .minor = AISLE_STORE_PRICE_NONE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  store_process_set_faults (fixture->store, "delay:ms=400");
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_assert_false (call_write (fixture->system, cancellable, &error));
  g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_UNKNOWN);
  g_clear_error (&error);
  g_thread_join (thread);
  store_process_set_faults (fixture->store, "");
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  while (price.minor != 777 && g_get_monotonic_time () < deadline)
    {
      aisle_store_system_read_prices (fixture->system, "UK", "GBP", &sku, 1, &price, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (price.minor, ==, 777);
}

static gpointer
write_in_thread (gpointer data)
{
  GError *error = NULL;
  g_assert_true (call_write (data, NULL, &error));
  g_assert_no_error (error);
  return NULL;
}

/* A system may move from thread to thread, as jobs do. */
static void
test_threads (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 4; i++)
    {
      g_thread_join (g_thread_new ("job", write_in_thread, fixture->system));
      g_assert_true (call_read (fixture->system, NULL, NULL));
    }
}

/* SIGKILL in the middle of a batch: nothing of it is there; after the commit: all of it. */
static void
test_crash (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *spec;
    gint64 after;
  } cases[] = {
    { "crash:when=before", AISLE_STORE_PRICE_NONE },
    { "crash:when=during", AISLE_STORE_PRICE_NONE },
    { "crash:when=after", 777 },
  };
  const char *skus[] = { "P0", "P1" };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      AisleStorePrice prices[2];
      store_process_set_faults (fixture->store, cases[i].spec);
      g_assert_false (call_write (fixture->system, NULL, &error));
      g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_UNKNOWN);
      g_clear_error (&error);
      store_process_kill (fixture->store);
      store_process_start_again (fixture->store);
      g_assert_true (aisle_store_system_read_prices (fixture->system, "UK", "GBP", skus, 2, prices,
                                                     NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (prices[0].minor, ==, cases[i].after);
      g_assert_cmpint (prices[1].minor, ==, cases[i].after);
    }
}

/* The answer of a request that was executed is lost; the same key brings it back without a second
 * execution. */
static void
test_key_after_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const AisleStorePriceWrite item = { "P0", 5, AISLE_STORE_PRICE_ANY };
  AisleStoreItemResult result;
  store_process_set_faults (fixture->store, "lost");
  g_assert_false (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &item, 1, "k",
                                                   &result, NULL, NULL));
  store_process_kill (fixture->store);
  store_process_start_again (fixture->store);
  g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &item, 1, "k",
                                                  &result, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (result.revision, ==, 1);

  /* A half-done batch is not remembered as an answer. */
  store_process_set_faults (fixture->store, "partial");
  g_assert_false (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &item, 1, "k2",
                                                   &result, NULL, NULL));
  store_process_set_faults (fixture->store, "");
  g_assert_true (aisle_store_system_write_prices (fixture->system, "UK", "GBP", &item, 1, "k2",
                                                  &result, NULL, &error));
  g_assert_cmpint (result.revision, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/store/faults/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("matrix", test_matrix);
  ADD ("sent-once", test_sent_once);
  ADD ("what-was-done", test_what_was_done);
  ADD ("slow", test_slow);
  ADD ("cancelled", test_cancelled);
  ADD ("done-late", test_done_late);
  ADD ("threads", test_threads);
  ADD ("crash", test_crash);
  ADD ("key-after-lost", test_key_after_lost);
  return g_test_run ();
}
