/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change-types.h"
#include "aisle-money.h"
#include "aisle-workspace.h"

/* The outbox: one store update per change revision, store, product, currency and step, written in
 * the transaction of the approval and carried to the stores by the push job. States have the names
 * of aisle-store-update.h, whose table alone says what may follow what; this file keeps rows.
 *
 * Steps: "set" brings the approved value, "end" (promotions) sees that it is gone again when its
 * time is over, "restore" is a roll-back. Money in minor units; not_before_at counts on business
 * time, retry_at on the real clock; both in UTC seconds. */

#define AISLE_OUTBOX_NO_PRICE ((gint64) -1)

/* --- written by decisions: all of these in the caller's write transaction -----------------------
 */

/* The codes of the stores of a change's ticked lines that no store system serves, to be freed with
 * g_strfreev(); an empty list where there are none, NULL on failure. Ask before approving, so that
 * their lines can be left out and listed. */
char **aisle_outbox_find_stores_without_system (AisleWorkspace *workspace,
                                                gint64 change_id,
                                                GError **error);

/* Writes the store updates of a change's current revision: for each ticked line a "set", and for
 * promotions an "end". The change must be approved already (a trigger looks). "set" is due at the
 * later of the change's schedule_at and its from_day's midnight in the store's zone, or at once;
 * "end" at the midnight after to_day in the store's zone. Queued updates of older changes for the
 * same price that are not due later become superseded. AISLE_WORKSPACE_ERROR_REFUSED, with the
 * stores named, where a store has no system; AISLE_WORKSPACE_ERROR_INVALID for other kinds than
 * price and promotion. `n_queued` (or NULL): rows written. Calling it twice writes nothing new. */
gboolean aisle_outbox_queue_change (AisleWorkspace *workspace,
                                    gint64 change_id,
                                    gint64 *n_queued,
                                    GError **error);

/* After the change's schedule_at was changed: the due times of what is still queued. */
gboolean
aisle_outbox_reschedule_change (AisleWorkspace *workspace, gint64 change_id, GError **error);

typedef struct
{
  gint64 n_restores;  /* "restore" rows: the push job brings the value before back, where ours still
                         stands */
  gint64 n_withdrawn; /* were never sent, and will not be: rolled_back at once */
  gint64 n_left;      /* refused before, or the store had no price before ours: left alone */
} AisleOutboxRollback;

/* Rolls a change back, or takes back what of it was never sent (a withdrawal). The next push does
 * the restores; then the "set" rows become rolled_back. The caller moves the change itself to
 * rolled_back; the push job moves it to needs_attention where a restore fails. `rollback` may be
 * NULL. */
gboolean aisle_outbox_queue_rollback (AisleWorkspace *workspace,
                                      gint64 change_id,
                                      AisleOutboxRollback *rollback,
                                      GError **error);

/* Has another try at what was refused, when a person asked for it: those rows are queued again. */
gboolean aisle_outbox_retry_change (AisleWorkspace *workspace, gint64 change_id, GError **error);

/* --- rows --------------------------------------------------------------------------------------
 */

typedef struct
{
  gint64 id;
  gint64 change_id;
  gint64 revision;
  gint64 change_line_id;
  gint64 system_id;
  gint64 store_id;
  gint64 product_id;
  const char *store;       /* the store's code here */
  const char *system_code; /* the store's code in its system */
  const char *sku;
  const char *kind;  /* "price" or "promotion" */
  const char *step;  /* "set", "end", "restore" */
  const char *state; /* "queued", ... "rolled_back" */
  const char *name;  /* what a created thing is called in the store system */
  char currency[AISLE_CURRENCY_SIZE];
  gint64 expected_minor; /* above 0 */
  gint64 seen_minor;     /* what the approver saw; these three may be AISLE_OUTBOX_NO_PRICE */
  gint64 prior_minor;    /* what the store had when we began */
  gint64 found_minor;    /* what was last read back */
  gint64 attempts;       /* times sent */
  gint64 denials;        /* times the store said yes and the read-back said no */
  gint64 not_before_at;
  gint64 retry_at;
  gint64 updated_at;
  const char *message; /* why it stands where it stands; NULL */
} AisleOutboxRow;

/* Rows with their strings. */
typedef struct
{
  AisleOutboxRow *rows;
  gsize n_rows;
  GStringChunk *strings;
} AisleOutboxBatch;

void aisle_outbox_batch_free (AisleOutboxBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleOutboxBatch, aisle_outbox_batch_free)

/* Which rows; 0 and NULL: all. */
typedef struct
{
  gint64 change_id;
  gint64 system_id;
  gint64 store_id;
  const char *state;
  gint64 id_above; /* rows above this id, to go on where the last page ended */
  gsize limit;     /* 0: all */
} AisleOutboxFilter;

/* In the order of their ids. NULL on failure. */
AisleOutboxBatch *
aisle_outbox_list (AisleWorkspace *workspace, const AisleOutboxFilter *filter, GError **error);

/* --- for the push job, which holds the lock "push" -----------------------------------------------
 */

typedef enum
{
  AISLE_OUTBOX_TO_SETTLE, /* unknown and accepted: to be read back */
  AISLE_OUTBOX_TO_SEND,   /* queued and due */
} AisleOutboxStage;

typedef struct
{
  gint64 system_id;
  gint64 change_id; /* 0: of all changes */
  AisleOutboxStage stage;
  gint64 business_now;
  gint64 real_now;
  gsize limit; /* for prices; a promotion always comes whole */
} AisleOutboxClaim;

/* The next rows of one store, kind, step and currency (of one created thing, for promotions, in all
 * its stores, ordered by store) whose time has come: not before not_before_at and retry_at, only of
 * changes that are still wanted, none whose price has an older update under way or due, other
 * stores than the trial store only after that is verified. Empty where nothing is left for now;
 * NULL on failure. Changes nothing. */
AisleOutboxBatch *
aisle_outbox_take (AisleWorkspace *workspace, const AisleOutboxClaim *claim, GError **error);

/* When, by the real clock, the next row that aisle_outbox_take() could give can be tried (again);
 * its time may have come already. -1: there is none. */
gboolean aisle_outbox_next_retry (AisleWorkspace *workspace,
                                  const AisleOutboxClaim *claim,
                                  gint64 *retry_at,
                                  GError **error);

/* A run touches each row of a large outbox once, in order: this connection need not remember them
 * all. */
gboolean aisle_outbox_limit_memory (AisleWorkspace *workspace, GError **error);

/* How many rows are open and due, whatever they wait for, over all systems. */
gboolean aisle_outbox_count_due (AisleWorkspace *workspace,
                                 const AisleOutboxClaim *claim,
                                 gint64 *n_due,
                                 GError **error);

/* Writes a row as it stands in `row` (state, prior, found, attempts, denials, retry_at, message,
 * expected for "end"), in the caller's transaction. `old_state` guards against another writer:
 * AISLE_WORKSPACE_ERROR_STALE. */
gboolean aisle_outbox_update (AisleWorkspace *workspace,
                              const AisleOutboxRow *row,
                              const char *old_state,
                              GError **error);

/* Moves every row in state `from` to `to`, with `message`: what a killed run left behind. `n` or
 * NULL. */
gboolean aisle_outbox_move_all (AisleWorkspace *workspace,
                                const char *from,
                                const char *to,
                                const char *message,
                                gint64 *n,
                                GError **error);

/* Rows that were under way when a roll-back or a newer change overtook them, and that then proved
 * not to be in the store (queued again): rolled_back and superseded. In the caller's transaction or
 * its own. */
gboolean aisle_outbox_drop_overtaken (AisleWorkspace *workspace, GError **error);

/* When a restore was verified: its "set" row (and, for a promotion, the "end" row) is rolled_back.
 * In the caller's transaction. */
gboolean aisle_outbox_mark_rolled_back (AisleWorkspace *workspace,
                                        const AisleOutboxRow *restore,
                                        GError **error);

/* A promotion's own facts, with the row's name, percentage and times. */
typedef struct
{
  gint64 off_ppm;
  gint64 starts_at;
  gint64 ends_at;
  char **skus;   /* NULL-terminated */
  char **stores; /* codes in the system; NULL-terminated */
} AisleOutboxPromotion;

void aisle_outbox_promotion_clear (AisleOutboxPromotion *promotion);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleOutboxPromotion, aisle_outbox_promotion_clear)

/* The promotion that the "set" rows named `name` describe. */
gboolean aisle_outbox_read_promotion (AisleWorkspace *workspace,
                                      const char *name,
                                      AisleOutboxPromotion *promotion,
                                      GError **error);

/* --- what became of a change --------------------------------------------------------------------
 */

typedef struct
{
  gint64 change_id;
  AisleChangeState state;
  gint64 n_open[3]; /* by step: set, end, restore */
  gint64 n_verified[3];
  gint64 n_refused[3];
  gint64 n_others[3]; /* superseded, rolled_back */
} AisleOutboxTally;

typedef enum
{
  AISLE_OUTBOX_SET,
  AISLE_OUTBOX_END,
  AISLE_OUTBOX_RESTORE,
} AisleOutboxStepIndex;

gboolean aisle_outbox_tally (AisleWorkspace *workspace,
                             gint64 change_id,
                             AisleOutboxTally *tally,
                             GError **error);

/* Changes in a state that the push job moves on (approved to live, needs_attention, rolled_back)
 * whose rows are not all settled or whose state does not yet say so: gint64 elements; free with
 * g_array_unref(). */
GArray *aisle_outbox_list_changes (AisleWorkspace *workspace, GError **error);
