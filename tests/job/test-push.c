/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "push-world.h"

#include "aisle-system-job.h"

#include <json-glib/json-glib.h>

static AisleDate
today (PushWorld *world)
{
  return aisle_workspace_get_business_date (world->workspace, NULL);
}

static void
test_prices (void)
{
  g_autoptr (PushWorld) world = push_world_new (30, 2);
  gint64 change = push_world_approve_prices (world, 1, 20, -100);
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpint (result->n_verified, ==, 40);
  g_assert_cmpint (result->n_refused + result->n_waiting + result->problems->len, ==, 0);
  g_assert_cmpuint (result->updates->len, ==, 40);
  g_assert_cmpint (push_world_query_store (world, "SELECT minor FROM price WHERE sku = 'P00003'"
                                                  " AND store = 'S2'"),
                   ==, 903);
  g_autofree char *state = push_world_change_state (world, change);
  g_assert_cmpstr (state, ==, "live");
  push_world_check_truth (world);
  /* Again: nothing moves. */
  g_autoptr (AislePushResult) again = push_world_push (world, FALSE);
  g_assert_cmpuint (again->updates->len, ==, 0);
}

/* The log says what was connected, and never with which token. */
static void
test_system_is_logged (void)
{
  g_autoptr (PushWorld) world = push_world_new (1, 2);
  g_assert_cmpint (
      push_world_query (world, "SELECT count (*) FROM log_entry AS e JOIN log_payload AS p"
                               " ON p.seq = e.seq WHERE e.action = 'system.add'"
                               " AND e.object = 'system shop' AND p.payload ->> 'kind' = 'aisle'"
                               " AND p.payload ->> 'url' LIKE 'http://127.0.0.1:%%'"
                               " AND p.payload ->> 'stores' = '[\"S1\",\"S2\"]'"),
      ==, 1);
  g_assert_cmpint (push_world_query (world, "SELECT count (*) FROM log_payload"
                                            " WHERE payload LIKE '%%token%%'"),
                   ==, 0);
}

static void
test_is_there_already (void)
{
  g_autoptr (PushWorld) world = push_world_new (3, 1);
  gint64 change = push_world_approve_prices (world, 1, 1, -100);
  push_world_execute_store (world, "UPDATE price SET minor = 901 WHERE sku = 'P00001'");
  g_autoptr (AislePushResult) result = push_world_push (world, TRUE);
  g_assert_cmpint (result->n_verified, ==, 1);
  g_assert_cmpint (push_world_query (world, "SELECT attempts FROM store_update"), ==, 0);
  g_assert_cmpint (push_world_count (world, change, "verified"), ==, 1);
}

static void
test_stale (void)
{
  g_autoptr (PushWorld) world = push_world_new (3, 1);
  gint64 change = push_world_approve_prices (world, 1, 3, -100);
  push_world_execute_store (world, "UPDATE price SET minor = 777 WHERE sku = 'P00002'");
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpint (result->n_verified, ==, 2);
  g_assert_cmpint (result->n_refused, ==, 1);
  g_assert_cmpint (
      push_world_query (world, "SELECT found_minor FROM store_update WHERE state = 'refused'"), ==,
      777);
  g_assert_cmpint (push_world_query_store (world, "SELECT minor FROM price WHERE sku = 'P00002'"),
                   ==, 777);
  g_autofree char *state = push_world_change_state (world, change);
  g_assert_cmpstr (state, ==, "needs_attention");
}

static void
test_unknown_product (void)
{
  g_autoptr (PushWorld) world = push_world_new (3, 1);
  push_world_approve_prices (world, 1, 2, 50);
  push_world_execute_store (world, "DELETE FROM price WHERE sku = 'P00002';"
                                   "DELETE FROM product WHERE sku = 'P00002'");
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpint (result->n_verified, ==, 1);
  g_assert_cmpint (result->n_refused, ==, 1);
}

static void
test_superseded (void)
{
  g_autoptr (PushWorld) world = push_world_new (3, 1);
  gint64 older = push_world_approve_prices (world, 1, 2, -100);
  gint64 newer = push_world_approve_prices (world, 2, 2, -200);
  g_assert_cmpint (push_world_count (world, older, "superseded"), ==, 1);
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpint (push_world_count (world, older, "verified"), ==, 1);
  g_assert_cmpint (push_world_count (world, newer, "verified"), ==, 2);
  g_assert_cmpint (push_world_query_store (world, "SELECT minor FROM price WHERE sku = 'P00002'"),
                   ==, 802);
  push_world_check_truth (world);
}

static void
test_scheduled (void)
{
  g_autoptr (PushWorld) world = push_world_new (2, 1);
  gint64 change = push_world_approve_prices (world, 1, 2, -100);
  AisleDate day = today (world);
  push_world_execute (world, "UPDATE store_update SET not_before_at = %d * 86400", day + 3);
  g_autoptr (AislePushResult) early = push_world_push (world, FALSE);
  g_assert_cmpint (early->n_verified + early->n_waiting, ==, 0);
  aisle_workspace_set_as_of (world->workspace, day + 4);
  g_autoptr (AislePushResult) due = push_world_push (world, FALSE);
  g_assert_cmpint (due->n_verified, ==, 2);
  g_assert_cmpint (push_world_count (world, change, "verified"), ==, 2);
}

static void
test_roll_back (void)
{
  g_autoptr (PushWorld) world = push_world_new (4, 1);
  gint64 change = push_world_approve_prices (world, 1, 4, -100);
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpint (result->n_verified, ==, 4);
  push_world_roll_back (world, change);
  g_autoptr (AislePushResult) back = push_world_push (world, FALSE);
  g_assert_cmpint (back->n_verified, ==, 4);
  g_assert_cmpint (push_world_count (world, change, "rolled_back"), ==, 4);
  g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM price WHERE minor > 1000"),
                   ==, 4);
  g_autofree char *state = push_world_change_state (world, change);
  g_assert_cmpstr (state, ==, "rolled_back");
}

/* Somebody changed one price after us: that one is left alone, and people are told. */
static void
test_roll_back_not_ours (void)
{
  g_autoptr (PushWorld) world = push_world_new (2, 1);
  gint64 change = push_world_approve_prices (world, 1, 2, -100);
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  push_world_execute_store (world, "UPDATE price SET minor = 555 WHERE sku = 'P00002'");
  push_world_roll_back (world, change);
  g_autoptr (AislePushResult) back = push_world_push (world, FALSE);
  g_assert_cmpint (back->n_refused, ==, 1);
  g_assert_cmpint (push_world_query_store (world, "SELECT minor FROM price WHERE sku = 'P00002'"),
                   ==, 555);
  g_assert_cmpint (push_world_query_store (world, "SELECT minor FROM price WHERE sku = 'P00001'"),
                   ==, 1001);
  g_autofree char *state = push_world_change_state (world, change);
  g_assert_cmpstr (state, ==, "needs_attention");
}

static void
test_trial_store (void)
{
  g_autoptr (PushWorld) world = push_world_new (3, 3);
  push_world_execute (world, "UPDATE system SET trial_store_id = 2");
  gint64 change = push_world_approve_prices (world, 1, 2, -100);
  push_world_execute_store (world,
                            "UPDATE price SET minor = 5 WHERE sku = 'P00001' AND store = 'S2'");
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpint (result->n_verified, ==, 1);
  g_assert_cmpint (result->n_refused, ==, 1);
  g_assert_cmpint (push_world_query (world, "SELECT count (*) FROM store_update WHERE store_id <> 2"
                                            " AND state = 'queued' AND attempts = 0"),
                   ==, 4);
  g_autofree char *state = push_world_change_state (world, change);
  g_assert_cmpstr (state, ==, "needs_attention");
  gint64 other = push_world_approve_prices (world, 3, 1, -100);
  g_autoptr (AislePushResult) good = push_world_push (world, FALSE);
  g_assert_cmpint (push_world_count (world, other, "verified"), ==, 3);
}

static void
test_promotion (void)
{
  g_autoptr (PushWorld) world = push_world_new (6, 2);
  AisleDate day = today (world);
  gint64 change = push_world_approve_promotion (world, 1, 3, 200000, day, day + 2);
  g_autoptr (AislePushResult) start = push_world_push (world, FALSE);
  g_assert_cmpint (start->n_verified, ==, 6);
  g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion"), ==, 1);
  g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion_product"), ==,
                   3);
  g_autofree char *live = push_world_change_state (world, change);
  g_assert_cmpstr (live, ==, "live");
  g_assert_cmpint (
      push_world_query (world, "SELECT count (*) FROM price_ledger WHERE kind = 'promotion'"), ==,
      6);
  /* Its end is looked at when its time has come. */
  aisle_workspace_set_as_of (world->workspace, day + 4);
  g_autoptr (AislePushResult) end = push_world_push (world, FALSE);
  g_assert_cmpint (end->n_verified, ==, 6);
  g_autofree char *ended = push_world_change_state (world, change);
  g_assert_cmpstr (ended, ==, "ended");
  push_world_check_truth (world);
}

static void
test_promotion_roll_back (void)
{
  g_autoptr (PushWorld) world = push_world_new (6, 2);
  AisleDate day = today (world);
  gint64 change = push_world_approve_promotion (world, 1, 3, 200000, day, day + 2);
  g_autoptr (AislePushResult) start = push_world_push (world, FALSE);
  push_world_roll_back (world, change);
  g_autoptr (AislePushResult) back = push_world_push (world, FALSE);
  g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion"), ==, 0);
  g_assert_cmpint (push_world_count (world, change, "rolled_back"), ==, 12);
  g_assert_cmpint (push_world_count (world, change, "verified"), ==, 6);
  g_autofree char *state = push_world_change_state (world, change);
  g_assert_cmpstr (state, ==, "rolled_back");
}

/* Stores that would discount other products get a promotion of their own. */
static void
test_promotion_groups (void)
{
  g_autoptr (PushWorld) world = push_world_new (4, 2);
  AisleDate day = today (world);
  push_world_execute (world,
                      "UPDATE price_ledger SET to_at = 5 WHERE store_id = 2 AND product_id = 2");
  push_world_approve_promotion (world, 1, 3, 100000, day, day);
  g_autoptr (AislePushResult) start = push_world_push (world, FALSE);
  g_assert_cmpint (start->n_verified, ==, 5);
  g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion"), ==, 2);
  g_assert_cmpint (push_world_query_store (
                       world,
                       "SELECT count (*) FROM promotion_product AS p JOIN promotion_store AS s"
                       " ON s.promotion = p.promotion WHERE s.store = 'S2' AND p.sku = 'P00002'"),
                   ==, 0);
}

static void
test_promotion_stale (void)
{
  g_autoptr (PushWorld) world = push_world_new (4, 1);
  AisleDate day = today (world);
  gint64 change = push_world_approve_promotion (world, 1, 3, 100000, day, day);
  push_world_execute_store (world, "UPDATE price SET minor = 5 WHERE sku = 'P00003'");
  g_autoptr (AislePushResult) start = push_world_push (world, FALSE);
  g_assert_cmpint (start->n_refused, ==, 3);
  g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion"), ==, 0);
  g_autofree char *state = push_world_change_state (world, change);
  g_assert_cmpstr (state, ==, "needs_attention");
}

/* A wrong token stops the system, sends nothing and says so. */
static void
test_wrong_token (void)
{
  g_autoptr (PushWorld) world = push_world_new (3, 1);
  push_world_approve_prices (world, 1, 3, -100);
  push_world_kill_store (world);
  g_file_set_contents (world->token_file, "another-token", -1, NULL);
  push_world_start_store (world, NULL);
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpuint (result->problems->len, ==, 1);
  g_assert_cmpint (result->n_waiting, ==, 3);
  g_assert_cmpint (push_world_count (world, 0, "queued"), ==, 3);
}

static void
test_store_is_down (void)
{
  g_autoptr (PushWorld) world = push_world_new (3, 1);
  push_world_approve_prices (world, 1, 3, -100);
  push_world_kill_store (world);
  g_autoptr (AislePushResult) once = push_world_push (world, TRUE);
  g_assert_cmpuint (once->problems->len, ==, 1);
  g_assert_cmpint (push_world_count (world, 0, "queued"), ==, 3);
  push_world_execute (world,
                      "UPDATE store_update SET retry_at = 0; UPDATE system SET open_until_at = 0");
  push_world_start_store (world, NULL);
  g_autoptr (AislePushResult) later = push_world_push (world, FALSE);
  g_assert_cmpint (later->n_verified, ==, 3);
}

/* Each fault at each call of the push, on prices and on a promotion: in the end all is verified,
 * once. */
static void
test_fault (gconstpointer data)
{
  const char *fault = data;
  static const char *const calls[] = { "POST /v1/prices/query", "POST /v1/prices/batch",
                                       "POST /v1/effective-prices" };
  static const char *const not_done[] = { "drop", "html", "429", "500", "503", NULL };
  g_autoptr (PushWorld) world = push_world_new (12, 2);
  AisleDate day = today (world);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (int nth = 1; nth <= 2; nth++)
      {
        g_autofree char *spec = g_strdup_printf ("%s:match=%s:nth=%d", fault, calls[i], nth);
        push_world_execute (world, "UPDATE store_update SET retry_at = 0");
        push_world_set_faults (world, spec);
        gint64 prices = push_world_approve_prices (world, 1, 6, -1);
        g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
        g_assert_cmpint (push_world_count (world, prices, "verified"), ==, 12);
        /* The fault did strike: where the first write was not done, it was sent a second time. */
        if (i == 1 && nth == 1 && g_strv_contains (not_done, fault))
          g_assert_cmpint (push_world_query (world, "SELECT max (attempts) FROM store_update"), ==,
                           2);
      }
  push_world_set_faults (world, NULL);
  for (int nth = 1; nth <= 6; nth++)
    {
      g_autofree char *spec = g_strdup_printf ("%s:nth=%d", fault, nth);
      push_world_set_faults (world, spec);
      gint64 promotion = push_world_approve_promotion (world, 7, 2, 100000, day, day);
      g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
      g_assert_cmpint (push_world_count (world, promotion, "verified"), ==, 4);
      push_world_roll_back (world, promotion);
      g_autoptr (AislePushResult) back = push_world_push (world, FALSE);
      g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion"), ==, 0);
    }
  push_world_check_truth (world);
}

/* The store system dies before, during and after the writing. */
static void
test_crash (gconstpointer data)
{
  static const char *const calls[] = { "POST /v1/prices/batch", "POST /v1/promotions",
                                       "DELETE /v1/promotions" };
  g_autoptr (PushWorld) world = push_world_new (12, 2);
  AisleDate day = today (world);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      gint64 prices = push_world_approve_prices (world, 1, 6, -1);
      gint64 promotion = push_world_approve_promotion (world, 7, 3, 100000, day, day);
      if (i == 2)
        {
          g_autoptr (AislePushResult) start = push_world_push (world, FALSE);
          push_world_roll_back (world, promotion);
        }
      g_autofree char *spec =
          g_strdup_printf ("crash:when=%s:match=%s:nth=1", (const char *) data, calls[i]);
      push_world_set_faults (world, spec);
      g_autoptr (AislePushResult) cut = push_world_push (world, TRUE);
      g_assert_cmpuint (cut->problems->len, ==, 1);
      push_world_execute (
          world, "UPDATE store_update SET retry_at = 0; UPDATE system SET open_until_at = 0");
      push_world_set_faults (world, NULL);
      push_world_check_truth (world);
      g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
      g_assert_cmpint (push_world_count (world, prices, "verified"), ==, 12);
      g_assert_cmpint (push_world_count (world, promotion, "verified"), ==, 6);
      if (i < 2)
        push_world_roll_back (world, promotion);
      g_autoptr (AislePushResult) back = push_world_push (world, FALSE);
      g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion"), ==, 0);
      push_world_check_truth (world);
    }
}

/* A token that is refused in the middle stops the system; what was not confirmed is read back
 * later. */
static void
test_token_expires (void)
{
  g_autoptr (PushWorld) world = push_world_new (9, 1);
  push_world_execute (world, "UPDATE system SET batch_size = 3");
  push_world_set_faults (world, "401:match=POST /v1/prices/batch:nth=2");
  gint64 change = push_world_approve_prices (world, 1, 9, -100);
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpuint (result->problems->len, ==, 1);
  g_assert_cmpint (push_world_count (world, change, "verified"), ==, 3);
  g_assert_cmpint (push_world_count (world, change, "refused"), ==, 0);
  push_world_execute (world, "UPDATE store_update SET retry_at = 0");
  g_autoptr (AislePushResult) again = push_world_push (world, FALSE);
  g_assert_cmpint (push_world_count (world, change, "verified"), ==, 9);
}

static void
test_pull (void)
{
  g_autoptr (PushWorld) world = push_world_new (5, 2);
  g_autoptr (GError) error = NULL;
  g_auto (AisleSystemCounts) counts = { 0 };
  push_world_execute_store (world,
                            "UPDATE price SET minor = 4242 WHERE sku = 'P00002' AND store = 'S1';"
                            "INSERT INTO stock (store, sku, quantity, updated_at)"
                            " VALUES ('S1', 'P00001', 7000, 0)");
  g_assert_true (aisle_system_job_pull (world->workspace, "shop", 0, NULL, NULL, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpint (counts.prices.n_rows, ==, 10);
  g_assert_cmpint (counts.prices.n_changed, ==, 1);
  g_assert_cmpint (push_world_query (world,
                                     "SELECT gross_minor FROM price_ledger WHERE to_at IS NULL"
                                     " AND product_id = 2 AND store_id = 1"),
                   ==, 4242);
  g_assert_cmpint (
      push_world_query (world, "SELECT on_hand_milli FROM stock_day WHERE source = 'pulled'"), ==,
      7000);
  g_assert_true (aisle_system_job_pull (world->workspace, "shop", 0, NULL, NULL, &counts, &error));
  g_assert_cmpint (counts.prices.n_changed + counts.stock.n_changed, ==, 0);
  g_autoptr (GPtrArray) checks = aisle_system_job_test (world->workspace, "shop", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (checks->len, >, 1);
}

/* The exit status of `aislectl push --json`, whose answer must be one JSON document. */
static int
run_aislectl (PushWorld *world, const char *option, char **out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, AISLECTL_PROGRAM,
      "-w", world->path, "--json", "push", "--once", option, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, out, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static JsonArray *
get_updates (JsonParser *parser, const char *text)
{
  g_autoptr (GError) error = NULL;
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                       "updates");
}

static void
test_command (void)
{
  g_autoptr (PushWorld) world = push_world_new (4, 1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *nothing = NULL, *good = NULL, *stale = NULL, *unreachable = NULL,
                  *unknown = NULL;
  g_assert_cmpint (run_aislectl (world, NULL, &nothing), ==, 0);
  g_assert_cmpuint (json_array_get_length (get_updates (parser, nothing)), ==, 0);

  push_world_approve_prices (world, 1, 2, -100);
  g_assert_cmpint (run_aislectl (world, NULL, &good), ==, 0);
  JsonArray *updates = get_updates (parser, good);
  g_assert_cmpuint (json_array_get_length (updates), ==, 2);
  JsonObject *first = json_array_get_object_element (updates, 0);
  g_assert_cmpstr (json_object_get_string_member (first, "state"), ==, "verified");
  g_assert_cmpstr (json_object_get_string_member (first, "sku"), ==, "P00001");
  g_assert_cmpint (json_object_get_int_member (first, "expected"), ==, 901);
  g_assert_cmpint (json_object_get_int_member (first, "found"), ==, 901);
  g_assert_cmpint (json_object_get_int_member (first, "attempts"), ==, 1);

  push_world_approve_prices (world, 3, 1, -100);
  push_world_execute_store (world, "UPDATE price SET minor = 4 WHERE sku = 'P00003'");
  g_assert_cmpint (run_aislectl (world, NULL, &stale), ==, 4);
  updates = get_updates (parser, stale);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (updates, 0), "found"),
                   ==, 4);

  push_world_approve_prices (world, 4, 1, -100);
  push_world_kill_store (world);
  g_assert_cmpint (run_aislectl (world, NULL, &unreachable), ==, 1);
  updates = get_updates (parser, unreachable);
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (updates, 0), "state"), ==,
      "queued");
  g_assert_cmpint (run_aislectl (world, "--change=99", &unknown), ==, 1);
}

int
main (int argc, char **argv)
{
  static const char *const faults[] = { "delay:ms=20",  "drop", "lost",      "truncate",
                                        "garbage",      "html", "drip:ms=1", "duplicate",
                                        "429",          "500",  "503",       "partial",
                                        "partial:cut=1" };
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/push/prices", test_prices);
  g_test_add_func ("/job/push/system-is-logged", test_system_is_logged);
  g_test_add_func ("/job/push/is-there-already", test_is_there_already);
  g_test_add_func ("/job/push/stale", test_stale);
  g_test_add_func ("/job/push/unknown-product", test_unknown_product);
  g_test_add_func ("/job/push/superseded", test_superseded);
  g_test_add_func ("/job/push/scheduled", test_scheduled);
  g_test_add_func ("/job/push/roll-back", test_roll_back);
  g_test_add_func ("/job/push/roll-back-not-ours", test_roll_back_not_ours);
  g_test_add_func ("/job/push/trial-store", test_trial_store);
  g_test_add_func ("/job/push/promotion", test_promotion);
  g_test_add_func ("/job/push/promotion-roll-back", test_promotion_roll_back);
  g_test_add_func ("/job/push/promotion-groups", test_promotion_groups);
  g_test_add_func ("/job/push/promotion-stale", test_promotion_stale);
  g_test_add_func ("/job/push/wrong-token", test_wrong_token);
  g_test_add_func ("/job/push/store-is-down", test_store_is_down);
  g_test_add_func ("/job/push/pull", test_pull);
  g_test_add_func ("/job/push/command", test_command);
  g_test_add_func ("/job/push/token-expires", test_token_expires);
  g_test_add_data_func ("/job/push/crash/before", "before", test_crash);
  g_test_add_data_func ("/job/push/crash/during", "during", test_crash);
  g_test_add_data_func ("/job/push/crash/after", "after", test_crash);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      /* A byte at a time takes ten seconds: with the slow suite only. */
      if (g_str_has_prefix (faults[i], "drip") && !g_getenv ("AISLE_PUSH_KILLS"))
        continue;
      g_autofree char *path = g_strdup_printf ("/job/push/fault/%s", faults[i]);
      g_test_add_data_func (path, faults[i], test_fault);
    }
  return g_test_run ();
}
