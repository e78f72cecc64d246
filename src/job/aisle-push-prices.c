/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-push-private.h"

#include <string.h>

/* What was found in the store for a row. */
typedef struct
{
  gboolean is_known;
  gint64 minor;           /* AISLE_STORE_PRICE_NONE: no price */
  gint64 effective_minor; /* what shoppers pay, where that contradicts the price; else _NONE */
} Finding;

/* Reads the rows' prices, and what shoppers pay where the price is the wanted one. */
static gboolean
look (AislePushLane *lane, const AisleOutboxBatch *batch, Finding *findings, GError **store_error)
{
  g_autofree AisleStorePrice *prices = g_new0 (AisleStorePrice, batch->n_rows);
  if (!aisle_push_read_prices (lane, batch->rows, batch->n_rows, prices, store_error))
    return FALSE;
  g_autofree AisleOutboxRow *equal = g_new (AisleOutboxRow, batch->n_rows);
  g_autofree gsize *places = g_new (gsize, batch->n_rows);
  gsize n_equal = 0;
  for (gsize i = 0; i < batch->n_rows; i++)
    {
      findings[i] =
          (Finding){ .is_known = prices[i].is_known,
                     .minor = prices[i].is_known ? prices[i].minor : AISLE_STORE_PRICE_NONE,
                     .effective_minor = AISLE_STORE_PRICE_NONE };
      if (findings[i].minor != batch->rows[i].expected_minor)
        continue;
      equal[n_equal] = batch->rows[i];
      places[n_equal++] = i;
    }
  if (n_equal == 0 || !(lane->capabilities & AISLE_STORE_CAN_EFFECTIVE))
    return TRUE;
  g_autofree AisleStoreEffectivePrice *effective = g_new0 (AisleStoreEffectivePrice, n_equal);
  if (!aisle_push_read_effective (lane, equal, n_equal, effective, store_error))
    return FALSE;
  for (gsize i = 0; i < n_equal; i++)
    {
      gint64 wanted = equal[i].expected_minor;
      gboolean is_right = effective[i].regular_minor == wanted
                          && (effective[i].promotion[0] || effective[i].minor == wanted);
      if (!is_right)
        findings[places[i]].effective_minor = effective[i].minor;
    }
  return TRUE;
}

static char *
say_price (gint64 minor, const char *currency)
{
  return minor > 0 ? aisle_money_format (minor, currency) : g_strdup ("no price");
}

/* Read back after something was sent. `row->message` need not outlive the call. */
static gboolean
settle_row (AislePushLane *lane, AisleOutboxRow *row, const Finding *finding, GError **error)
{
  gboolean was_accepted = strcmp (row->state, "accepted") == 0;
  gboolean is_contradicted = finding->effective_minor != AISLE_STORE_PRICE_NONE;
  AisleStoreEvent event =
      is_contradicted ? AISLE_STORE_EVENT_READ_BACK_OTHER
                      : aisle_store_event_from_read_back (row->prior_minor, row->expected_minor,
                                                          finding->minor);
  row->found_minor = is_contradicted ? finding->effective_minor : finding->minor;
  row->retry_at = 0;
  if (event == AISLE_STORE_EVENT_READ_BACK_EQUAL)
    return aisle_push_move (lane, row, event, NULL, error)
           && aisle_push_keep_verified (lane, row, AISLE_PRICE_OPEN_END, error);

  gboolean is_prior = event == AISLE_STORE_EVENT_READ_BACK_PRIOR;
  if (was_accepted || !is_prior)
    row->retry_at = aisle_push_later (lane, ++row->denials);
  gboolean is_over = row->denials >= AISLE_PUSH_MAX_DENIALS;
  g_autofree char *wanted = say_price (row->expected_minor, row->currency);
  g_autofree char *found = say_price (row->found_minor, row->currency);
  g_autofree char *message =
      is_contradicted ? g_strdup_printf (
          "the price is %s, but shoppers pay %s; look at the store's promotions", wanted, found)
      : !is_prior
          ? g_strdup_printf ("the store shows %s, neither the price before nor %s; somebody "
                             "else is changing it",
                             found, wanted)
      : was_accepted ? g_strdup_printf ("the store said yes %" G_GINT64_FORMAT
                                        " times and still shows %s instead of %s",
                                        row->denials, found, wanted)
                     : g_strdup_printf ("not in the store yet; it is sent again");
  if (is_prior)
    return aisle_push_move (lane, row, event, message, error)
           && (!is_over || aisle_push_move (lane, row, AISLE_STORE_EVENT_GAVE_UP, message, error));
  return aisle_push_move (lane, row, is_over ? event : AISLE_STORE_EVENT_NO_ANSWER, message, error);
}

gboolean
aisle_push_settle_prices (AislePushLane *lane, AisleOutboxBatch *batch, GError **error)
{
  g_autoptr (GError) store_error = NULL;
  g_autofree Finding *findings = g_new0 (Finding, batch->n_rows);
  if (!look (lane, batch, findings, &store_error))
    return aisle_push_postpone (lane, batch, store_error, error);
  if (!aisle_push_lane_answered (lane, error) || !aisle_workspace_begin (lane->workspace, error))
    return FALSE;
  for (gsize i = 0; i < batch->n_rows; i++)
    if (!settle_row (lane, &batch->rows[i], &findings[i], error))
      {
        aisle_workspace_rollback (lane->workspace);
        return FALSE;
      }
  return aisle_workspace_commit (lane->workspace, error);
}

/* Before sending: what is there already is verified, what nobody looked at is stale, the rest
 * becomes "sending". */
static gboolean
prepare_row (AislePushLane *lane, AisleOutboxRow *row, const Finding *finding, GError **error)
{
  row->found_minor = finding->minor;
  row->retry_at = 0;
  if (finding->effective_minor != AISLE_STORE_PRICE_NONE)
    return settle_row (lane, row, finding, error);
  if (finding->minor == row->expected_minor)
    {
      if (row->attempts == 0)
        row->prior_minor = finding->minor;
      return aisle_push_move (lane, row, AISLE_STORE_EVENT_READ_BACK_EQUAL,
                              row->attempts == 0 ? "it was in the store already" : NULL, error)
             && aisle_push_keep_verified (lane, row, AISLE_PRICE_OPEN_END, error);
    }
  if (finding->is_known && finding->minor == row->seen_minor)
    {
      row->prior_minor = finding->minor;
      row->attempts++;
      return aisle_push_move (lane, row, AISLE_STORE_EVENT_SEND, NULL, error);
    }
  g_autofree char *seen = say_price (row->seen_minor, row->currency);
  g_autofree char *found = say_price (finding->minor, row->currency);
  g_autofree char *message =
      !finding->is_known ? g_strdup_printf (
          "the store system does not know the product %s in store %s", row->sku, row->store)
      : strcmp (row->step, "restore") == 0
          ? g_strdup_printf ("not rolled back: the store shows %s, not our %s", found, seen)
          : g_strdup_printf (
              "stale: the store shows %s, but %s was approved against; pull prices and "
              "propose again",
              found, seen);
  return aisle_push_move (lane, row, AISLE_STORE_EVENT_READ_BACK_OTHER, message, error);
}

/* The rows that are "sending" now, in the order of the batch. */
static AisleOutboxBatch *
pick (const AisleOutboxBatch *batch, const char *state)
{
  AisleOutboxBatch *picked = g_new0 (AisleOutboxBatch, 1);
  picked->rows = g_new (AisleOutboxRow, MAX (batch->n_rows, 1));
  for (gsize i = 0; i < batch->n_rows; i++)
    if (strcmp (batch->rows[i].state, state) == 0)
      picked->rows[picked->n_rows++] = batch->rows[i];
  return picked;
}

static gboolean
prepare (AislePushLane *lane, AisleOutboxBatch *batch, const Finding *findings, GError **error)
{
  if (!aisle_workspace_begin (lane->workspace, error))
    return FALSE;
  gboolean is_good = aisle_push_begin_changes (lane, batch, error);
  for (gsize i = 0; i < batch->n_rows && is_good; i++)
    is_good = prepare_row (lane, &batch->rows[i], &findings[i], error);
  return aisle_workspace_end (lane->workspace, is_good, error);
}

static gboolean
note_result (AislePushLane *lane,
             AisleOutboxRow *row,
             const AisleStoreItemResult *result,
             GError **error)
{
  switch (result->status)
    {
    case AISLE_STORE_ITEM_ACCEPTED:
      return aisle_push_move (lane, row, AISLE_STORE_EVENT_ANSWERED_ACCEPTED, NULL, error);
    case AISLE_STORE_ITEM_CONFLICT:
      /* A request of ours that was thought lost may have arrived late. */
      if (result->found_minor == row->expected_minor)
        return aisle_push_move (lane, row, AISLE_STORE_EVENT_ANSWERED_ACCEPTED, NULL, error);
      row->found_minor = result->found_minor;
      return aisle_push_move (
          lane, row, AISLE_STORE_EVENT_ANSWERED_CONFLICT,
          "stale: the price was changed in the store in the same moment; pull prices "
          "and propose again",
          error);
    case AISLE_STORE_ITEM_REFUSED:
      break;
    }
  return aisle_push_move (
      lane, row, AISLE_STORE_EVENT_ANSWERED_REFUSED,
      result->reason[0] ? result->reason : "the store refused it and gave no reason", error);
}

static gboolean
note_answer (AislePushLane *lane,
             AisleOutboxBatch *sent,
             const AisleStoreItemResult *results,
             const GError *store_error,
             GError **error)
{
  if (store_error ? !aisle_push_lane_failed (lane, store_error, error)
                  : !aisle_push_lane_answered (lane, error))
    return FALSE;
  if (!aisle_workspace_begin (lane->workspace, error))
    return FALSE;
  gboolean is_good = TRUE;
  for (gsize i = 0; i < sent->n_rows && is_good; i++)
    {
      AisleOutboxRow *row = &sent->rows[i];
      row->retry_at = store_error ? (gint64) lane->paused_until : 0;
      is_good = store_error
                    ? aisle_push_move (lane, row, aisle_store_event_from_error (store_error),
                                       store_error->message, error)
                    : note_result (lane, row, &results[i], error);
    }
  return aisle_workspace_end (lane->workspace, is_good, error);
}

gboolean
aisle_push_send_prices (AislePushLane *lane, AisleOutboxBatch *batch, GError **error)
{
  g_autoptr (GError) store_error = NULL;
  g_autofree Finding *findings = g_new0 (Finding, batch->n_rows);
  if (!look (lane, batch, findings, &store_error))
    return aisle_push_postpone (lane, batch, store_error, error);
  if (!aisle_push_lane_answered (lane, error) || !prepare (lane, batch, findings, error))
    return FALSE;

  g_autoptr (AisleOutboxBatch) sent = pick (batch, "sending");
  if (sent->n_rows == 0)
    return TRUE;
  g_autofree AisleStorePriceWrite *items = g_new (AisleStorePriceWrite, sent->n_rows);
  g_autofree AisleStoreItemResult *results = g_new0 (AisleStoreItemResult, sent->n_rows);
  for (gsize i = 0; i < sent->n_rows; i++)
    items[i] = (AisleStorePriceWrite){ .sku = sent->rows[i].sku,
                                       .minor = sent->rows[i].expected_minor,
                                       .expected_minor = sent->rows[i].prior_minor };
  /* A key of its own for each attempt: what is sent was read back before. */
  g_autofree char *key = g_uuid_string_random ();
  aisle_store_system_write_prices (lane->system, sent->rows[0].system_code, sent->rows[0].currency,
                                   items, sent->n_rows, key, results, lane->cancellable,
                                   &store_error);
  if (!note_answer (lane, sent, results, store_error, error))
    return FALSE;
  g_autoptr (AisleOutboxBatch) accepted = pick (sent, "accepted");
  return accepted->n_rows == 0 || aisle_push_settle_prices (lane, accepted, error);
}
