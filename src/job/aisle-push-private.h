/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-outbox.h"
#include "aisle-price-ledger.h"
#include "aisle-push-job.h"
#include "aisle-random.h"
#include "aisle-store-retry.h"
#include "aisle-store-system.h"
#include "aisle-store-update.h"
#include "aisle-system.h"

/* A lane: one store system during a run of the push job. Functions that return gboolean fail only
 * where the workspace fails; what goes wrong in the store system is noted in the lane. */

/* A store that says yes and then shows something else gets so many chances. */
#define AISLE_PUSH_MAX_DENIALS 3

typedef struct
{
  AisleWorkspace *workspace; /* borrowed */
  AisleSystem *record;
  AisleStoreSystem *system; /* NULL: could not be opened */
  guint batch_size;
  AisleStoreCapabilities capabilities;

  AisleStoreBreaker breaker;
  AisleStoreRetryPolicy policy;
  AisleRandom random;
  guint n_failures; /* in a row, in this run */
  guint max_failures;
  double paused_until;       /* seconds of the real clock */
  gboolean is_stopped;       /* for this run */
  gboolean is_noted_failing; /* the workspace says so */
  char *problem;             /* the last one, NULL: none */

  gint64 change_id; /* 0: all */
  gint64 business_now;
  gboolean is_calendar; /* business time is the real clock */
  GCancellable *cancellable;

  GArray *updates;     /* ids, as they moved */
  GHashTable *changes; /* ids of changes that were looked at for pushing */
  gint64 n_verified;
  gint64 n_refused;
  gboolean has_fallen_back; /* something went from the road back to queued */
} AislePushLane;

double aisle_push_real_now (void);

/* After a call to the store system: notes that it answered, or how it failed (`error` is of
 * AISLE_STORE_ERROR), pausing or stopping the lane. */
gboolean aisle_push_lane_answered (AislePushLane *lane, GError **error);
gboolean aisle_push_lane_failed (AislePushLane *lane, const GError *store_error, GError **error);

/* Moves a row by the state machine, in the caller's transaction. `message` is kept with the row
 * (NULL: nothing to say); verified and refused are counted. */
gboolean aisle_push_move (AislePushLane *lane,
                          AisleOutboxRow *row,
                          AisleStoreEvent event,
                          const char *message,
                          GError **error);

/* When a row that the store denied may be looked at again. */
gint64 aisle_push_later (AislePushLane *lane, gint64 n_times);

/* The changes of these rows are being pushed from now on; in the caller's transaction. */
gboolean
aisle_push_begin_changes (AislePushLane *lane, const AisleOutboxBatch *batch, GError **error);

/* A row was verified: the price ledger, and for a roll-back the row that it undoes. In the caller's
 * transaction. `ends_at`: of a promotion; else AISLE_PRICE_OPEN_END. */
gboolean aisle_push_keep_verified (AislePushLane *lane,
                                   const AisleOutboxRow *row,
                                   gint64 ends_at,
                                   GError **error);

/* A failed call of a store system for rows that nothing was sent for, or whose read back failed:
 * notes the failure and when to come back, in a transaction of its own. */
gboolean aisle_push_postpone (AislePushLane *lane,
                              AisleOutboxBatch *batch,
                              const GError *store_error,
                              GError **error);

/* What shoppers pay, for rows of one store; `prices` has room for n_rows. Store errors are set in
 * `store_error`. */
gboolean aisle_push_read_effective (AislePushLane *lane,
                                    const AisleOutboxRow *rows,
                                    gsize n_rows,
                                    AisleStoreEffectivePrice *prices,
                                    GError **store_error);
gboolean aisle_push_read_prices (AislePushLane *lane,
                                 const AisleOutboxRow *rows,
                                 gsize n_rows,
                                 AisleStorePrice *prices,
                                 GError **store_error);

/* One batch of prices: of one store and currency. */
gboolean aisle_push_settle_prices (AislePushLane *lane, AisleOutboxBatch *batch, GError **error);
gboolean aisle_push_send_prices (AislePushLane *lane, AisleOutboxBatch *batch, GError **error);

/* One promotion: rows of one name and step. */
gboolean aisle_push_settle_promotion (AislePushLane *lane, AisleOutboxBatch *batch, GError **error);
gboolean aisle_push_send_promotion (AislePushLane *lane, AisleOutboxBatch *batch, GError **error);
