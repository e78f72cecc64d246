/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-push-private.h"

#include "aisle-change.h"

#include <string.h>

double
aisle_push_real_now (void)
{
  return (double) g_get_real_time () / G_USEC_PER_SEC;
}

gboolean
aisle_push_lane_answered (AislePushLane *lane, GError **error)
{
  aisle_store_breaker_succeeded (&lane->breaker);
  lane->n_failures = 0;
  lane->paused_until = 0;
  g_clear_pointer (&lane->problem, g_free);
  if (!lane->is_noted_failing)
    return TRUE;
  lane->is_noted_failing = FALSE;
  return aisle_system_set_health (lane->workspace, lane->record->id, 0, 0, NULL, error);
}

gboolean
aisle_push_lane_failed (AislePushLane *lane, const GError *store_error, GError **error)
{
  if (g_error_matches (store_error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_CANCELLED)
      || g_cancellable_is_cancelled (lane->cancellable))
    return TRUE;
  /* An answer that says no is an answer: the connection works. */
  if (g_error_matches (store_error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_REFUSED))
    return aisle_push_lane_answered (lane, error);
  double now = aisle_push_real_now ();
  gint64 retry_after = aisle_store_error_get_retry_after (store_error);
  lane->n_failures++;
  aisle_store_breaker_failed (&lane->breaker, now, retry_after);
  double wait = aisle_store_retry_delay (&lane->policy, lane->n_failures, retry_after,
                                         aisle_random_uniform (&lane->random));
  lane->paused_until = now + wait;
  if (lane->breaker.is_open)
    lane->paused_until = MAX (lane->paused_until, lane->breaker.open_until);
  g_free (lane->problem);
  lane->problem = g_strdup (store_error->message);
  if (g_error_matches (store_error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_AUTH)
      || g_error_matches (store_error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_SETTINGS)
      || lane->n_failures >= lane->max_failures)
    lane->is_stopped = TRUE;
  lane->is_noted_failing = TRUE;
  return aisle_system_set_health (lane->workspace, lane->record->id, lane->breaker.n_failures,
                                  lane->breaker.is_open ? (gint64) lane->breaker.open_until : 0,
                                  store_error->message, error);
}

gboolean
aisle_push_move (AislePushLane *lane,
                 AisleOutboxRow *row,
                 AisleStoreEvent event,
                 const char *message,
                 GError **error)
{
  AisleStoreUpdateState state, next;
  if (!aisle_store_update_state_from_string (row->state, &state)
      || !aisle_store_update_next (state, event, &next))
    {
      g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED,
                   "store update %" G_GINT64_FORMAT
                   " is %s, and event %d cannot happen there; please "
                   "report this",
                   row->id, row->state, event);
      return FALSE;
    }
  const char *old_state = row->state;
  row->state = aisle_store_update_state_to_string (next);
  row->message = message;
  gboolean is_kept = aisle_outbox_update (lane->workspace, row, old_state, error);
  row->message = NULL; /* the caller's, and kept now */
  if (!is_kept)
    return FALSE;
  if (next == AISLE_STORE_UPDATE_VERIFIED)
    lane->n_verified++;
  else if (next == AISLE_STORE_UPDATE_REFUSED)
    lane->n_refused++;
  if (next == AISLE_STORE_UPDATE_QUEUED && state != AISLE_STORE_UPDATE_QUEUED)
    lane->has_fallen_back = TRUE;
  if (state != AISLE_STORE_UPDATE_SENDING) /* noted already when it became so */
    g_array_append_val (lane->updates, row->id);
  return TRUE;
}

gint64
aisle_push_later (AislePushLane *lane, gint64 n_times)
{
  double wait = aisle_store_retry_delay (&lane->policy, (guint) MAX (n_times, 1), 0,
                                         aisle_random_uniform (&lane->random));
  return (gint64) (aisle_push_real_now () + wait + 0.5);
}

gboolean
aisle_push_begin_changes (AislePushLane *lane, const AisleOutboxBatch *batch, GError **error)
{
  gint64 last = 0;
  for (gsize i = 0; i < batch->n_rows; i++)
    {
      gint64 id = batch->rows[i].change_id;
      if (id == last || g_hash_table_contains (lane->changes, &id))
        continue;
      last = id;
      AisleOutboxTally tally;
      if (!aisle_outbox_tally (lane->workspace, id, &tally, error))
        return FALSE;
      if ((tally.state == AISLE_CHANGE_APPROVED || tally.state == AISLE_CHANGE_SCHEDULED)
          && !aisle_change_set_state (lane->workspace, id, tally.state, AISLE_CHANGE_PUSHING,
                                      error))
        return FALSE;
      g_hash_table_add (lane->changes, g_memdup2 (&id, sizeof id));
    }
  return TRUE;
}

gboolean
aisle_push_keep_verified (AislePushLane *lane,
                          const AisleOutboxRow *row,
                          gint64 ends_at,
                          GError **error)
{
  gboolean is_promotion = strcmp (row->kind, "promotion") == 0;
  gboolean is_set = strcmp (row->step, "set") == 0;
  gboolean is_restore = strcmp (row->step, "restore") == 0;
  if (is_restore && !aisle_outbox_mark_rolled_back (lane->workspace, row, error))
    return FALSE;
  if (is_promotion && !is_set)
    return aisle_price_ledger_close (lane->workspace, row->store_id, row->product_id,
                                     AISLE_PRICE_PROMOTION, lane->business_now, error);
  if (ends_at <= lane->business_now)
    return TRUE;
  AislePriceLedgerEntry entry = {
    .store_id = row->store_id,
    .product_id = row->product_id,
    .kind = is_promotion ? AISLE_PRICE_PROMOTION : AISLE_PRICE_REGULAR,
    .from_at = lane->business_now,
    .to_at = ends_at,
    .source = AISLE_PRICE_FROM_PUSH,
    .change_line_id = row->change_line_id,
  };
  return aisle_price_ledger_add_shelf (lane->workspace, &entry, row->expected_minor, NULL, error);
}

gboolean
aisle_push_postpone (AislePushLane *lane,
                     AisleOutboxBatch *batch,
                     const GError *store_error,
                     GError **error)
{
  AisleStoreEvent event = aisle_store_event_from_error (store_error);
  gboolean says_no = event == AISLE_STORE_EVENT_ANSWERED_REFUSED;
  if (!aisle_push_lane_failed (lane, store_error, error)
      || !aisle_workspace_begin (lane->workspace, error))
    return FALSE;
  gint64 retry_at = (gint64) lane->paused_until;
  for (gsize i = 0; i < batch->n_rows; i++)
    {
      AisleOutboxRow *row = &batch->rows[i];
      gboolean is_queued = strcmp (row->state, "queued") == 0;
      /* A store that does not let us read cannot be verified. One "no" may be a cut answer, though,
       * and what was sent stays unsettled whatever the store says. */
      if (says_no)
        row->denials++;
      AisleStoreEvent own = !says_no ? event
                            : is_queued && row->denials >= AISLE_PUSH_MAX_DENIALS
                                ? AISLE_STORE_EVENT_GAVE_UP
                                : AISLE_STORE_EVENT_NO_ANSWER;
      row->retry_at = says_no ? aisle_push_later (lane, row->denials) : retry_at;
      if (!aisle_push_move (lane, row, own, store_error->message, error))
        {
          aisle_workspace_rollback (lane->workspace);
          return FALSE;
        }
    }
  return aisle_workspace_commit (lane->workspace, error);
}

gboolean
aisle_push_read_prices (AislePushLane *lane,
                        const AisleOutboxRow *rows,
                        gsize n_rows,
                        AisleStorePrice *prices,
                        GError **store_error)
{
  g_autofree const char **skus = g_new (const char *, lane->batch_size);
  for (gsize at = 0; at < n_rows;)
    {
      gsize n = 0;
      while (at + n < n_rows && n < lane->batch_size && rows[at + n].store_id == rows[at].store_id)
        {
          skus[n] = rows[at + n].sku;
          n++;
        }
      if (!aisle_store_system_read_prices (lane->system, rows[at].system_code, rows[at].currency,
                                           skus, n, prices + at, lane->cancellable, store_error))
        return FALSE;
      at += n;
    }
  return TRUE;
}

gboolean
aisle_push_read_effective (AislePushLane *lane,
                           const AisleOutboxRow *rows,
                           gsize n_rows,
                           AisleStoreEffectivePrice *prices,
                           GError **store_error)
{
  /* Where the business date is not the calendar's, the store is asked about the business time. */
  gint64 when = lane->is_calendar ? 0 : lane->business_now;
  g_autofree const char **skus = g_new (const char *, lane->batch_size);
  for (gsize at = 0; at < n_rows;)
    {
      gsize n = 0;
      while (at + n < n_rows && n < lane->batch_size && rows[at + n].store_id == rows[at].store_id)
        {
          skus[n] = rows[at + n].sku;
          n++;
        }
      if (!aisle_store_system_read_effective_prices (lane->system, rows[at].system_code,
                                                     rows[at].currency, skus, n, when, prices + at,
                                                     lane->cancellable, store_error))
        return FALSE;
      at += n;
    }
  return TRUE;
}
