/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* When to try a store system again, and when to leave it alone for a while. Pure: the caller gives
 * the time (seconds of any clock that does not jump back) and the random number. */

typedef struct
{
  double base_seconds; /* the first wait, about */
  double cap_seconds;  /* the longest wait, unless the system asks for more */
} AisleStoreRetryPolicy;

#define AISLE_STORE_RETRY_DEFAULT                                                                  \
  ((AisleStoreRetryPolicy){ .base_seconds = 1.0, .cap_seconds = 300.0 })

/* Seconds to wait after the `n_failures`-th failure in a row (1, 2, ...). `retry_after_seconds`:
 * what the system asked for, or 0. `random` in [0, 1): spreads callers apart, by half of the wait
 * either way. */
double aisle_store_retry_delay (const AisleStoreRetryPolicy *policy,
                                guint n_failures,
                                gint64 retry_after_seconds,
                                double random);

/* A circuit breaker for one store system: after `threshold` failures in a row it opens, and nothing
 * is sent until `open_seconds` have passed; then one trial call may go out, which closes it or
 * opens it anew. A plain value, zero-initialised members but the first two. */
typedef struct
{
  guint threshold;     /* 5 is usual */
  double open_seconds; /* 30 is usual */
  guint n_failures;    /* in a row */
  gboolean is_open;
  gboolean is_trying; /* the one trial call is out */
  double open_until;  /* counts while open */
} AisleStoreBreaker;

#define AISLE_STORE_BREAKER_DEFAULT ((AisleStoreBreaker){ .threshold = 5, .open_seconds = 30.0 })

/* TRUE: a call may go out now; where the breaker was open, this is the trial call, and its end must
 * be told. FALSE: `wait_seconds` (or NULL) says how long to wait before asking again. */
gboolean aisle_store_breaker_allows (AisleStoreBreaker *breaker, double now, double *wait_seconds);

/* The end of a call: an answer of any kind is a success of the connection, a refusal included.
 * Failures are AISLE_STORE_ERROR_UNKNOWN, _RETRY_LATER and _AUTH. `retry_after_seconds`: what the
 * system asked for, or 0. */
void aisle_store_breaker_succeeded (AisleStoreBreaker *breaker);
void
aisle_store_breaker_failed (AisleStoreBreaker *breaker, double now, gint64 retry_after_seconds);
