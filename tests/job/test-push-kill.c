/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "push-world.h"

#include "aisle-random.h"

#include <signal.h>

/* Kills the push, and the store system, in the middle of whatever they do, with faults on; in the
 * end everything must be in the stores once, and never was anything claimed that was not so. The
 * moments are seeded. AISLE_PUSH_KILLS says how many kills of each (default: few, for a quick run).
 */

#define N_PRODUCTS 300
#define N_STORES 2
#define LINES_OF_ROUND 60
#define LONGEST_LIFE_MS 350

static const char faults_format[] =
    "lost:rate=0.05:seed=%u,drop:rate=0.05:seed=%u,500:rate=0.04:seed=%u,garbage:rate=0.04:seed=%u,"
    "partial:cut=1:rate=0.05:seed=%u,truncate:rate=0.03:seed=%u,429:rate=0.02:seed=%u,"
    "delay:ms=15:rate=0.3:seed=%u";

static guint
n_kills (void)
{
  const char *text = g_getenv ("AISLE_PUSH_KILLS");
  return text ? (guint) g_ascii_strtoull (text, NULL, 10) : 6;
}

static char *
faults_of (guint seed)
{
  return g_strdup_printf (faults_format, seed, seed + 1, seed + 2, seed + 3, seed + 4, seed + 5,
                          seed + 6, seed + 7);
}

static GSubprocess *
start_push (PushWorld *world)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *push =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                        &error, AISLECTL_PROGRAM, "-w", world->path, "--quiet", "push", NULL);
  g_assert_no_error (error);
  return push;
}

static void
let_live (AisleRandom *random)
{
  g_usleep ((gulong) (aisle_random_uniform (random) * LONGEST_LIFE_MS * 1000));
}

/* A price change each round; each fifth round a promotion too, of products of its own. */
static void
approve_something (PushWorld *world, AisleRandom *random, guint round)
{
  guint half = N_PRODUCTS / 2;
  guint first = 1 + (guint) aisle_random_below (random, half - LINES_OF_ROUND);
  push_world_approve_prices (world, first, LINES_OF_ROUND,
                             (int) aisle_random_below (random, 19) - 9);
  AisleDate day = aisle_workspace_get_business_date (world->workspace, NULL);
  if (round % 5 == 0 && round / 5 < 14)
    push_world_approve_promotion (world, half + 1 + 10 * (round / 5), 10, 100000, day - 1,
                                  day + 30);
}

static void
check_end (PushWorld *world)
{
  push_world_execute (world,
                      "UPDATE store_update SET retry_at = 0; UPDATE system SET open_until_at = 0");
  push_world_set_faults (world, NULL);
  g_autoptr (AislePushResult) result = push_world_push (world, FALSE);
  g_assert_cmpuint (result->problems->len, ==, 0);
  g_assert_cmpint (result->n_waiting, ==, 0);
  g_assert_cmpint (
      push_world_count (world, 0, "queued"), ==,
      push_world_query (world, "SELECT count (*) FROM store_update WHERE step = 'end'"));
  g_assert_cmpint (push_world_count (world, 0, "sending") + push_world_count (world, 0, "unknown")
                       + push_world_count (world, 0, "accepted"),
                   ==, 0);
  push_world_check_truth (world);
  /* Each promotion is there, once. */
  g_assert_cmpint (push_world_query_store (world, "SELECT count (*) FROM promotion"), ==,
                   push_world_query (world, "SELECT count (DISTINCT name) FROM store_update"
                                            " WHERE kind = 'promotion'"));
  g_test_message ("verified %" G_GINT64_FORMAT ", superseded %" G_GINT64_FORMAT
                  ", refused %" G_GINT64_FORMAT ", most attempts %" G_GINT64_FORMAT,
                  push_world_count (world, 0, "verified"),
                  push_world_count (world, 0, "superseded"), push_world_count (world, 0, "refused"),
                  push_world_query (world, "SELECT max (attempts) FROM store_update"));
  /* Nobody but us touches this store: stale is only what was approved while an older change of the
   * same price was under way, which then arrived. */
  g_assert_cmpint (push_world_query (world,
                                     "SELECT count (*) FROM store_update WHERE state = 'refused'"
                                     " AND message NOT LIKE 'stale:%%'"),
                   ==, 0);
}

static void
test_kill_push (void)
{
  g_autoptr (PushWorld) world = push_world_new (N_PRODUCTS, N_STORES);
  AisleRandom random;
  guint n_in_time = 0;
  gint64 n_under_way = 0;
  aisle_random_init (&random, 7);
  push_world_execute (world, "UPDATE system SET batch_size = 20");
  g_autofree char *faults = faults_of (100);
  push_world_set_faults (world, faults);
  /* Only kills that met a running push count. */
  for (guint round = 0; n_in_time < n_kills () && round < 4 * n_kills (); round++)
    {
      if (round % 2 == 0)
        approve_something (world, &random, round);
      g_autoptr (GSubprocess) push = start_push (world);
      let_live (&random);
      n_in_time += g_subprocess_get_identifier (push) != NULL;
      g_subprocess_send_signal (push, SIGKILL);
      g_subprocess_wait (push, NULL, NULL);
      n_under_way += push_world_query (world, "SELECT count (*) FROM store_update"
                                              " WHERE state IN ('sending', 'unknown', 'accepted')");
      push_world_check_truth (world);
    }
  g_test_message ("%u kills met a running push, with %" G_GINT64_FORMAT " updates under way",
                  n_in_time, n_under_way);
  check_end (world);
}

static void
test_kill_store (void)
{
  g_autoptr (PushWorld) world = push_world_new (N_PRODUCTS, N_STORES);
  AisleRandom random;
  aisle_random_init (&random, 11);
  push_world_execute (world, "UPDATE system SET batch_size = 20");
  for (guint round = 0; round < n_kills (); round++)
    {
      g_autofree char *faults = faults_of (200 + 10 * round);
      push_world_set_faults (world, faults);
      approve_something (world, &random, round);
      g_autoptr (GSubprocess) push = start_push (world);
      let_live (&random);
      push_world_set_faults (world, faults); /* kills it, and starts it again */
      g_subprocess_wait (push, NULL, NULL);
      push_world_check_truth (world);
    }
  check_end (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("AISLE_TEST_RETRY_SECONDS", "0.02", TRUE);
  g_test_add_func ("/job/push/kill-push", test_kill_push);
  g_test_add_func ("/job/push/kill-store", test_kill_store);
  return g_test_run ();
}
