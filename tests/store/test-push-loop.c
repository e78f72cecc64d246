/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-update.h"
#include "store-process.h"

/* The rules of a store update, the connector and a store that fails at random, together: whatever
 * goes wrong, every update ends verified, nothing is verified that is not there, and one promotion
 * is one. */

enum
{
  N = 120,
  BATCH = 40,
};

typedef struct
{
  char sku[16];
  gint64 before;
  gint64 after;
  AisleStoreUpdateState state;
  guint n_sent;
} Update;

typedef struct
{
  StoreProcess *store;
  AisleStoreSystem *system;
  AisleStoreSystem *witness; /* its reads are spared by the faults */
  Update updates[N];
  guint n_attempts;
} Push;

static void
move (Update *update, AisleStoreEvent event)
{
  g_assert_true (aisle_store_update_next (update->state, event, &update->state));
}

/* Reads the chosen updates back and lets what was found decide. */
static void
read_back (Push *push, Update **chosen, guint n)
{
  const char *skus[BATCH];
  AisleStorePrice prices[BATCH];
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < n; i++)
    skus[i] = chosen[i]->sku;
  gboolean is_read =
      aisle_store_system_read_prices (push->system, "UK", "GBP", skus, n, prices, NULL, &error);
  for (guint i = 0; i < n; i++)
    move (chosen[i], is_read ? aisle_store_event_from_read_back (chosen[i]->before,
                                                                 chosen[i]->after, prices[i].minor)
                             : aisle_store_event_from_error (error));
}

static void
send_batch (Push *push, Update **chosen, guint n)
{
  AisleStorePriceWrite items[BATCH];
  AisleStoreItemResult results[BATCH];
  g_autoptr (GError) error = NULL;
  g_autofree char *key = g_strdup_printf ("attempt-%u", ++push->n_attempts);
  for (guint i = 0; i < n; i++)
    {
      items[i] = (AisleStorePriceWrite){ chosen[i]->sku, chosen[i]->after, chosen[i]->before };
      move (chosen[i], AISLE_STORE_EVENT_SEND);
      chosen[i]->n_sent++;
    }
  gboolean is_answered = aisle_store_system_write_prices (push->system, "UK", "GBP", items, n, key,
                                                          results, NULL, &error);
  for (guint i = 0; i < n; i++)
    {
      AisleStoreEvent event = aisle_store_event_from_error (error);
      if (is_answered)
        event = results[i].status == AISLE_STORE_ITEM_ACCEPTED ? AISLE_STORE_EVENT_ANSWERED_ACCEPTED
                : results[i].status == AISLE_STORE_ITEM_REFUSED
                    ? AISLE_STORE_EVENT_ANSWERED_REFUSED
                    : AISLE_STORE_EVENT_ANSWERED_CONFLICT;
      move (chosen[i], event);
    }
}

static guint
choose (Push *push, gboolean is_queued, Update **chosen)
{
  guint n = 0;
  for (guint i = 0; i < N && n < BATCH; i++)
    if (!aisle_store_update_is_settled (push->updates[i].state)
        && (push->updates[i].state == AISLE_STORE_UPDATE_QUEUED) == is_queued)
      chosen[n++] = &push->updates[i];
  return n;
}

/* What is verified is there; what is queued is not. */
static void
check_truth (Push *push)
{
  for (guint begin = 0; begin < N; begin += BATCH)
    {
      const char *skus[BATCH];
      AisleStorePrice prices[BATCH];
      g_autoptr (GError) error = NULL;
      for (guint i = 0; i < BATCH; i++)
        skus[i] = push->updates[begin + i].sku;
      g_assert_true (aisle_store_system_read_prices (push->witness, "UK", "GBP", skus, BATCH,
                                                     prices, NULL, &error));
      for (guint i = 0; i < BATCH; i++)
        {
          const Update *update = &push->updates[begin + i];
          if (update->state == AISLE_STORE_UPDATE_VERIFIED)
            g_assert_cmpint (prices[i].minor, ==, update->after);
          if (update->state == AISLE_STORE_UPDATE_QUEUED)
            g_assert_cmpint (prices[i].minor, ==, update->before);
        }
    }
}

static void
start_push (Push *push)
{
  push->store = store_process_new (NULL, NULL);
  push->system = store_process_connect (push->store);
  push->witness = store_process_connect (push->store);
  store_process_fill (push->system, N);
  for (guint begin = 0; begin < N; begin += BATCH)
    {
      AisleStorePriceWrite items[BATCH];
      AisleStoreItemResult results[BATCH];
      for (guint i = 0; i < BATCH; i++)
        {
          Update *update = &push->updates[begin + i];
          g_snprintf (update->sku, sizeof update->sku, "P%u", begin + i);
          update->before = 1000 + begin + i;
          update->after = 2000 + begin + i;
          update->state = AISLE_STORE_UPDATE_QUEUED;
          items[i] = (AisleStorePriceWrite){ update->sku, update->before, AISLE_STORE_PRICE_NONE };
        }
      g_assert_true (aisle_store_system_write_prices (push->system, "UK", "GBP", items, BATCH, NULL,
                                                      results, NULL, NULL));
    }
}

static void
run_push (const char *faults)
{
  Push push = { .n_attempts = 0 };
  Update *chosen[BATCH];
  guint n;
  start_push (&push);
  store_process_set_faults (push.store, faults);
  for (guint round = 0; round < 400; round++)
    {
      n = choose (&push, TRUE, chosen);
      if (n > 0)
        send_batch (&push, chosen, n);
      n = choose (&push, FALSE, chosen);
      if (n > 0)
        read_back (&push, chosen, n);
      if (choose (&push, TRUE, chosen) + choose (&push, FALSE, chosen) == 0)
        break;
    }
  store_process_set_faults (push.store, "");
  check_truth (&push);
  for (guint i = 0; i < N; i++)
    g_assert_cmpint (push.updates[i].state, ==, AISLE_STORE_UPDATE_VERIFIED);
  g_test_message ("%s: %u attempts", faults, push.n_attempts);
  g_assert_cmpuint (push.n_attempts, >=, N / BATCH);
  aisle_store_system_free (push.system);
  aisle_store_system_free (push.witness);
  store_process_free (push.store);
}

static void
test_prices (void)
{
  const char *mixes[] = {
    "lost:rate=0.5:seed=1",
    "drop:rate=0.5:seed=2",
    "partial:rate=0.5:seed=3:match=POST /v1/prices/batch",
    "partial:cut=1:rate=0.5:seed=4:match=POST /v1/prices/batch",
    "garbage:rate=0.5:seed=5,html:rate=0.5:seed=6",
    "429:rate=0.3:seed=7,503:rate=0.3:seed=8,500:rate=0.3:seed=9,401:rate=0.2:seed=10",
    "lost:rate=0.2:seed=11,truncate:rate=0.2:seed=12,duplicate:rate=0.5:seed=13,drop:rate=0.2:seed="
    "14",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (mixes); i++)
    run_push (mixes[i]);
}

/* Search, create, search again: one promotion comes of it, however often the answer is lost. */
static void
test_promotion (void)
{
  g_autoptr (StoreProcess) store = store_process_new (NULL, NULL);
  g_autoptr (AisleStoreSystem) system = store_process_connect (store);
  char *skus[] = { (char *) "P0", NULL };
  char *stores[] = { (char *) "UK", NULL };
  store_process_fill (system, 1);
  store_process_set_faults (store,
                            "lost:rate=0.4:seed=1,drop:rate=0.3:seed=2,duplicate:rate=0.3:seed=3");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("aisle:%u:1", i);
      const AisleStorePromotion promotion = { name, 200000, 1000, 4000000000, skus, stores };
      g_autoptr (AisleStorePromotion) found = NULL;
      for (guint attempt = 0; attempt < 100 && !found; attempt++)
        if (aisle_store_system_find_promotion (system, name, &found, NULL, NULL) && !found)
          aisle_store_system_create_promotion (system, &promotion, NULL, NULL, NULL);
      g_assert_nonnull (found);
      g_assert_true (aisle_store_promotion_equal (found, &promotion));
    }
  store_process_set_faults (store, "");
  AisleStoreEffectivePrice price;
  const char *sku = "P0";
  g_assert_true (aisle_store_system_read_effective_prices (system, "UK", "GBP", &sku, 1, 0, &price,
                                                           NULL, NULL));
  g_assert_cmpint (price.minor, ==, AISLE_STORE_PRICE_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/push-loop/prices", test_prices);
  g_test_add_func ("/store/push-loop/promotion", test_promotion);
  return g_test_run ();
}
