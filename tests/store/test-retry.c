/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-random.h"
#include "aisle-store-retry.h"

static void
test_delay (void)
{
  const AisleStoreRetryPolicy policy = { .base_seconds = 2, .cap_seconds = 60 };
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, 1, 0, 0), ==, 1);
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, 2, 0, 0), ==, 2);
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, 3, 0, 0.5), ==, 8 * 0.75);
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, 6, 0, 0), ==, 30);
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, G_MAXUINT, 0, 0), ==, 30);
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, 0, 0, 0), ==, 1);
  /* what the system asks for is the least, above the cap too */
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, 1, 90, 0.9), ==, 90);
  g_assert_cmpfloat (aisle_store_retry_delay (&policy, 6, 5, 0), ==, 30);
}

static void
test_delay_bounds (void)
{
  const AisleStoreRetryPolicy policy = AISLE_STORE_RETRY_DEFAULT;
  AisleRandom random;
  aisle_random_init (&random, 7);
  for (guint i = 1; i < 2000; i++)
    {
      double wait = aisle_store_retry_delay (&policy, i % 40, 0, aisle_random_uniform (&random));
      g_assert_cmpfloat (wait, >=, policy.base_seconds / 2);
      g_assert_cmpfloat (wait, <=, policy.cap_seconds);
    }
}

static void
test_breaker (void)
{
  AisleStoreBreaker breaker = AISLE_STORE_BREAKER_DEFAULT;
  double wait = -1;
  for (guint i = 0; i < 4; i++)
    aisle_store_breaker_failed (&breaker, 100, 0);
  g_assert_true (aisle_store_breaker_allows (&breaker, 100, &wait));
  g_assert_cmpfloat (wait, ==, 0);
  aisle_store_breaker_failed (&breaker, 100, 0);
  g_assert_false (aisle_store_breaker_allows (&breaker, 110, &wait));
  g_assert_cmpfloat (wait, ==, 20);

  /* one trial call only */
  g_assert_true (aisle_store_breaker_allows (&breaker, 130, NULL));
  g_assert_false (aisle_store_breaker_allows (&breaker, 131, &wait));
  aisle_store_breaker_failed (&breaker, 131, 0);
  g_assert_false (aisle_store_breaker_allows (&breaker, 160, &wait));
  g_assert_cmpfloat (wait, ==, 1);
  g_assert_true (aisle_store_breaker_allows (&breaker, 161, NULL));
  aisle_store_breaker_succeeded (&breaker);
  g_assert_true (aisle_store_breaker_allows (&breaker, 161, NULL));
  g_assert_cmpuint (breaker.n_failures, ==, 0);
}

static void
test_breaker_success_between (void)
{
  AisleStoreBreaker breaker = AISLE_STORE_BREAKER_DEFAULT;
  for (guint i = 0; i < 100; i++)
    {
      aisle_store_breaker_failed (&breaker, i, 0);
      if (i % 4 == 3)
        aisle_store_breaker_succeeded (&breaker);
      g_assert_true (aisle_store_breaker_allows (&breaker, i, NULL));
    }
}

static void
test_breaker_retry_after (void)
{
  AisleStoreBreaker breaker = { .threshold = 1, .open_seconds = 30 };
  double wait;
  aisle_store_breaker_failed (&breaker, 0, 120);
  g_assert_false (aisle_store_breaker_allows (&breaker, 60, &wait));
  g_assert_cmpfloat (wait, ==, 60);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/retry/delay", test_delay);
  g_test_add_func ("/store/retry/delay-bounds", test_delay_bounds);
  g_test_add_func ("/store/breaker/opens-and-closes", test_breaker);
  g_test_add_func ("/store/breaker/success-between", test_breaker_success_between);
  g_test_add_func ("/store/breaker/retry-after", test_breaker_retry_after);
  return g_test_run ();
}
