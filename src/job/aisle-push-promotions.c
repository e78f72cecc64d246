/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-push-private.h"

#include <string.h>

/* A promotion is one thing in the store system for all the rows of its name, so its rows are sent
 * together and verified one by one, by what shoppers pay. "set" creates it with start and end,
 * "end" sees to it that it is over, "restore" deletes it. */

typedef enum
{
  THING_RIGHT, /* the promotion is in the state that the step wants */
  THING_PRIOR, /* in the state before */
  THING_OTHER, /* there is one of our name that says something else */
} Thing;

typedef struct
{
  Thing thing;
  AisleStoreEffectivePrice *prices; /* one a row; NULL where the system cannot show them */
} View;

static gboolean
is_step (const AisleOutboxBatch *batch, const char *step)
{
  return strcmp (batch->rows[0].step, step) == 0;
}

static AisleStorePromotion
describe (const AisleOutboxBatch *batch, const AisleOutboxPromotion *facts)
{
  return (AisleStorePromotion){ .name = (char *) batch->rows[0].name,
                                .off_ppm = facts->off_ppm,
                                .starts_at = facts->starts_at,
                                .ends_at = facts->ends_at,
                                .skus = facts->skus,
                                .stores = facts->stores };
}

/* What of the promotion is in the store system, against what the step wants. */
static gboolean
look (AislePushLane *lane,
      const AisleOutboxBatch *batch,
      const AisleOutboxPromotion *facts,
      View *view,
      GError **store_error)
{
  AisleStorePromotion wanted = describe (batch, facts);
  g_autoptr (AisleStorePromotion) found = NULL;
  if (!aisle_store_system_find_promotion (lane->system, wanted.name, &found, lane->cancellable,
                                          store_error))
    return FALSE;
  if (is_step (batch, "set"))
    view->thing = !found                                         ? THING_PRIOR
                  : aisle_store_promotion_equal (found, &wanted) ? THING_RIGHT
                                                                 : THING_OTHER;
  else if (is_step (batch, "end"))
    view->thing = !found || found->ends_at <= lane->business_now ? THING_RIGHT : THING_PRIOR;
  else
    view->thing = found ? THING_PRIOR : THING_RIGHT;
  if (view->thing != THING_RIGHT || !(lane->capabilities & AISLE_STORE_CAN_EFFECTIVE))
    return TRUE;
  view->prices = g_new0 (AisleStoreEffectivePrice, batch->n_rows);
  return aisle_push_read_effective (lane, batch->rows, batch->n_rows, view->prices, store_error);
}

/* After its end the regular price counts, and that may have changed meanwhile by a change of its
 * own. */
static gboolean
expect_regular (AislePushLane *lane, AisleOutboxRow *row, gint64 regular_minor, GError **error)
{
  AislePriceLedgerEntry entry;
  if (row->expected_minor == regular_minor)
    return TRUE;
  if (!aisle_price_ledger_get (lane->workspace, row->store_id, row->product_id, AISLE_PRICE_REGULAR,
                               lane->business_now, &entry, error))
    return FALSE;
  if (entry.id != 0 && (entry.gross_minor == regular_minor || entry.net_minor == regular_minor))
    row->expected_minor = regular_minor;
  return TRUE;
}

/* Is the price of this row what it should be, the promotion being as wanted? */
static gboolean
check_price (AislePushLane *lane,
             AisleOutboxRow *row,
             const AisleStoreEffectivePrice *price,
             gboolean *is_right,
             GError **error)
{
  gboolean is_set = strcmp (row->step, "set") == 0;
  if (!price) /* nothing more can be seen than that the promotion is there, or gone */
    {
      row->found_minor = row->expected_minor;
      *is_right = TRUE;
      return TRUE;
    }
  gboolean is_ours = strcmp (price->promotion, row->name) == 0;
  if (!is_set && !is_ours && price->is_known)
    {
      if (!expect_regular (lane, row, price->regular_minor, error))
        return FALSE;
      row->found_minor = price->regular_minor;
    }
  else
    row->found_minor = price->is_known ? price->minor : AISLE_OUTBOX_NO_PRICE;
  *is_right = is_ours == is_set && row->found_minor == row->expected_minor;
  return TRUE;
}

static gboolean
settle_row (AislePushLane *lane,
            AisleOutboxRow *row,
            const View *view,
            gsize index,
            gint64 ends_at,
            GError **error)
{
  gboolean is_right = FALSE;
  gboolean was_accepted = strcmp (row->state, "accepted") == 0;
  row->retry_at = 0;
  if (view->thing == THING_RIGHT
      && !check_price (lane, row, view->prices ? &view->prices[index] : NULL, &is_right, error))
    return FALSE;
  if (is_right)
    return aisle_push_move (lane, row, AISLE_STORE_EVENT_READ_BACK_EQUAL, NULL, error)
           && aisle_push_keep_verified (
               lane, row, strcmp (row->step, "set") == 0 ? ends_at : AISLE_PRICE_OPEN_END, error);
  gboolean is_prior = view->thing == THING_PRIOR;
  if (was_accepted || !is_prior)
    row->retry_at = aisle_push_later (lane, ++row->denials);
  gboolean is_over = row->denials >= AISLE_PUSH_MAX_DENIALS || view->thing == THING_OTHER;
  g_autofree char *found = row->found_minor > 0
                               ? aisle_money_format (row->found_minor, row->currency)
                               : g_strdup ("no price");
  g_autofree char *wanted = aisle_money_format (row->expected_minor, row->currency);
  g_autofree char *message =
      view->thing == THING_OTHER
          ? g_strdup_printf ("the store has a promotion “%s” that says something else", row->name)
      : is_prior ? g_strdup ("the store does not show it yet; it is sent again")
                 : g_strdup_printf (
                     "the promotion is as it should be, but shoppers pay %s instead of "
                     "%s%s%s",
                     found, wanted,
                     view->prices && view->prices[index].promotion[0] ? " by promotion " : "",
                     view->prices ? view->prices[index].promotion : "");
  if (is_prior)
    return aisle_push_move (lane, row, AISLE_STORE_EVENT_READ_BACK_PRIOR, message, error)
           && (!is_over
               || aisle_push_move (lane, row, AISLE_STORE_EVENT_GAVE_UP,
                                   "the store said yes again and again and still does not show it",
                                   error));
  return aisle_push_move (lane, row,
                          is_over ? AISLE_STORE_EVENT_READ_BACK_OTHER : AISLE_STORE_EVENT_NO_ANSWER,
                          message, error);
}

static gboolean
settle (AislePushLane *lane,
        AisleOutboxBatch *batch,
        const View *view,
        const AisleOutboxPromotion *facts,
        GError **error)
{
  if (!aisle_workspace_begin (lane->workspace, error))
    return FALSE;
  gboolean is_good = aisle_push_begin_changes (lane, batch, error);
  for (gsize i = 0; i < batch->n_rows && is_good; i++)
    is_good = settle_row (lane, &batch->rows[i], view, i, facts->ends_at, error);
  return aisle_workspace_end (lane->workspace, is_good, error);
}

static gboolean
look_and_settle (AislePushLane *lane,
                 AisleOutboxBatch *batch,
                 const AisleOutboxPromotion *facts,
                 gboolean *is_prior,
                 GError **error)
{
  g_autoptr (GError) store_error = NULL;
  View view = { .thing = THING_PRIOR };
  gboolean was_seen = look (lane, batch, facts, &view, &store_error);
  g_autofree AisleStoreEffectivePrice *prices = view.prices;
  if (!was_seen)
    return aisle_push_postpone (lane, batch, store_error, error);
  if (!aisle_push_lane_answered (lane, error))
    return FALSE;
  if (is_prior && view.thing == THING_PRIOR)
    {
      *is_prior = TRUE;
      return TRUE;
    }
  return settle (lane, batch, &view, facts, error);
}

gboolean
aisle_push_settle_promotion (AislePushLane *lane, AisleOutboxBatch *batch, GError **error)
{
  g_auto (AisleOutboxPromotion) facts = { 0 };
  return aisle_outbox_read_promotion (lane->workspace, batch->rows[0].name, &facts, error)
         && look_and_settle (lane, batch, &facts, NULL, error);
}

/* Moves all rows by one event, in one transaction. */
static gboolean
move_all (AislePushLane *lane,
          AisleOutboxBatch *batch,
          AisleStoreEvent event,
          const char *message,
          gint64 retry_at,
          GError **error)
{
  if (!aisle_workspace_begin (lane->workspace, error))
    return FALSE;
  gboolean is_good = aisle_push_begin_changes (lane, batch, error);
  for (gsize i = 0; i < batch->n_rows && is_good; i++)
    {
      AisleOutboxRow *row = &batch->rows[i];
      row->retry_at = retry_at;
      row->attempts += event == AISLE_STORE_EVENT_SEND;
      if (event == AISLE_STORE_EVENT_SEND && row->prior_minor == AISLE_OUTBOX_NO_PRICE)
        row->prior_minor = row->seen_minor;
      is_good = aisle_push_move (lane, row, event, message, error);
    }
  return aisle_workspace_end (lane->workspace, is_good, error);
}

/* Before a promotion is created: the shelf prices must be those that people approved against. It is
 * one thing, so one stale price holds all of it back. */
static gboolean
check_shelf_prices (AislePushLane *lane,
                    AisleOutboxBatch *batch,
                    gboolean *is_fresh,
                    GError **error)
{
  g_autoptr (GError) store_error = NULL;
  g_autofree AisleStorePrice *prices = g_new0 (AisleStorePrice, batch->n_rows);
  *is_fresh = FALSE;
  if (!aisle_push_read_prices (lane, batch->rows, batch->n_rows, prices, &store_error))
    return aisle_push_postpone (lane, batch, store_error, error);
  const AisleOutboxRow *stale = NULL;
  for (gsize i = 0; i < batch->n_rows; i++)
    {
      AisleOutboxRow *row = &batch->rows[i];
      row->found_minor = prices[i].is_known ? prices[i].minor : AISLE_OUTBOX_NO_PRICE;
      if (row->found_minor != row->seen_minor && !stale)
        stale = row;
    }
  *is_fresh = stale == NULL;
  if (!stale)
    return aisle_push_lane_answered (lane, error);
  g_autofree char *seen = aisle_money_format (stale->seen_minor, stale->currency);
  g_autofree char *found = stale->found_minor > 0
                               ? aisle_money_format (stale->found_minor, stale->currency)
                               : g_strdup ("no price");
  g_autofree char *message = g_strdup_printf ("stale: %s in store %s costs %s there, but %s was "
                                              "approved against; the promotion was not started",
                                              stale->sku, stale->store, found, seen);
  return move_all (lane, batch, AISLE_STORE_EVENT_GAVE_UP, message, 0, error);
}

static void
send_thing (AislePushLane *lane,
            AisleOutboxBatch *batch,
            const AisleOutboxPromotion *facts,
            GError **store_error)
{
  g_autofree char *key = g_uuid_string_random ();
  AisleStorePromotion wanted = describe (batch, facts);
  if (is_step (batch, "set"))
    aisle_store_system_create_promotion (lane->system, &wanted, key, lane->cancellable,
                                         store_error);
  else if (is_step (batch, "end"))
    {
      g_autoptr (GError) own_error = NULL;
      aisle_store_system_end_promotion (lane->system, wanted.name, 0, key, lane->cancellable,
                                        &own_error);
      /* "No" may mean that it is over already: the read back tells. */
      if (own_error && !g_error_matches (own_error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_REFUSED))
        g_propagate_error (store_error, g_steal_pointer (&own_error));
    }
  else
    aisle_store_system_delete_promotion (lane->system, wanted.name, key, lane->cancellable,
                                         store_error);
}

gboolean
aisle_push_send_promotion (AislePushLane *lane, AisleOutboxBatch *batch, GError **error)
{
  g_auto (AisleOutboxPromotion) facts = { 0 };
  g_autoptr (GError) store_error = NULL;
  gboolean is_prior = FALSE, is_fresh = TRUE;
  if (!(lane->capabilities & AISLE_STORE_CAN_PROMOTE))
    return move_all (lane, batch, AISLE_STORE_EVENT_GAVE_UP,
                     "this kind of store system cannot run promotions", 0, error);
  if (!aisle_outbox_read_promotion (lane->workspace, batch->rows[0].name, &facts, error))
    return FALSE;
  gboolean is_set = is_step (batch, "set");
  if (is_set && facts.ends_at <= lane->business_now)
    return move_all (lane, batch, AISLE_STORE_EVENT_GAVE_UP,
                     "its time was over before the store could be reached", 0, error);
  /* What an earlier attempt made is found by its name, and never made twice. */
  if (!look_and_settle (lane, batch, &facts, &is_prior, error))
    return FALSE;
  if (!is_prior)
    return TRUE;
  if (is_set && !check_shelf_prices (lane, batch, &is_fresh, error))
    return FALSE;
  if (!is_fresh)
    return TRUE;
  if (!move_all (lane, batch, AISLE_STORE_EVENT_SEND, NULL, 0, error))
    return FALSE;
  send_thing (lane, batch, &facts, &store_error);
  if (store_error)
    return aisle_push_lane_failed (lane, store_error, error)
           && move_all (lane, batch, aisle_store_event_from_error (store_error),
                        store_error->message, (gint64) lane->paused_until, error);
  return aisle_push_lane_answered (lane, error)
         && move_all (lane, batch, AISLE_STORE_EVENT_ANSWERED_ACCEPTED, NULL, 0, error)
         && look_and_settle (lane, batch, &facts, NULL, error);
}
