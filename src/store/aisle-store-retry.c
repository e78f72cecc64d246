/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-retry.h"

/* max (Retry-After, min (cap, base * 2^n) * (0.5 + random / 2)): capped exponential back-off with
 * equal jitter, as M. Brooker, "Exponential Backoff And Jitter" (2015), compares them. */
double
aisle_store_retry_delay (const AisleStoreRetryPolicy *policy,
                         guint n_failures,
                         gint64 retry_after_seconds,
                         double random)
{
  double wait = policy->base_seconds;
  for (guint i = 1; i < n_failures && wait < policy->cap_seconds; i++)
    wait *= 2;
  wait = MIN (wait, policy->cap_seconds) * (0.5 + random / 2);
  return MAX (wait, (double) retry_after_seconds);
}

gboolean
aisle_store_breaker_allows (AisleStoreBreaker *breaker, double now, double *wait_seconds)
{
  if (wait_seconds)
    *wait_seconds = 0;
  if (!breaker->is_open)
    return TRUE;
  if (now < breaker->open_until || breaker->is_trying)
    {
      if (wait_seconds)
        *wait_seconds = MAX (breaker->open_until - now, 0);
      return FALSE;
    }
  breaker->is_trying = TRUE;
  return TRUE;
}

void
aisle_store_breaker_succeeded (AisleStoreBreaker *breaker)
{
  breaker->n_failures = 0;
  breaker->is_open = FALSE;
  breaker->is_trying = FALSE;
}

void
aisle_store_breaker_failed (AisleStoreBreaker *breaker, double now, gint64 retry_after_seconds)
{
  if (breaker->n_failures < G_MAXUINT)
    breaker->n_failures++;
  breaker->is_trying = FALSE;
  if (breaker->n_failures >= breaker->threshold)
    {
      breaker->is_open = TRUE;
      breaker->open_until = now + MAX (breaker->open_seconds, (double) retry_after_seconds);
    }
}
