/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-push-job.h"

#include "aisle-change.h"
#include "aisle-log.h"
#include "aisle-push-private.h"
#include "aisle-secret.h"

#include <string.h>

#define MAX_FAILURES 8
#define LONGEST_WAIT_SECONDS 3600.0

typedef struct
{
  AisleWorkspace *workspace;
  const AislePushOptions *options;
  const AisleProgress *progress;
  GCancellable *cancellable;
  GPtrArray *lanes;
  gint64 n_due; /* at the start */
} Run;

/* --- lanes -------------------------------------------------------------------------------------
 */

static void
lane_free_cb (gpointer data)
{
  AislePushLane *lane = data;
  aisle_system_free (lane->record);
  aisle_store_system_free (lane->system);
  g_array_unref (lane->updates);
  g_hash_table_unref (lane->changes);
  g_free (lane->problem);
  g_free (lane);
}

static void
connect_lane (AislePushLane *lane)
{
  g_autoptr (GError) error = NULL;
  const AisleSystem *record = lane->record;
  char *token = record->secret_name ? aisle_secret_look_up (record->secret_name, &error) : NULL;
  if (!error && record->secret_name && !token)
    lane->problem =
        g_strdup_printf ("the token of store system “%s” is not on this computer; add it with "
                         "“aislectl system add”",
                         record->name);
  else if (!error)
    lane->system = aisle_store_system_new (record->kind, record->url, token, 0, &error);
  aisle_secret_free (token);
  if (error)
    lane->problem = g_strdup (error->message);
  lane->is_stopped = lane->system == NULL;
  if (!lane->system)
    return;
  const AisleStoreInfo *info = aisle_store_system_get_info (lane->system);
  lane->capabilities = info->capabilities;
  lane->batch_size =
      record->batch_size > 0 ? MIN (record->batch_size, info->batch_size) : info->batch_size;
}

/* Takes `record`. */
static AislePushLane *
lane_new (const Run *run, AisleSystem *record)
{
  AislePushLane *lane = g_new0 (AislePushLane, 1);
  lane->workspace = run->workspace;
  lane->record = record;
  lane->policy = AISLE_STORE_RETRY_DEFAULT;
  lane->breaker = AISLE_STORE_BREAKER_DEFAULT;
  if (run->options->retry_seconds > 0)
    {
      lane->policy.base_seconds = run->options->retry_seconds;
      lane->breaker.open_seconds = run->options->retry_seconds * 30;
    }
  lane->max_failures = run->options->max_failures > 0 ? run->options->max_failures : MAX_FAILURES;
  lane->breaker.n_failures = record->failures;
  lane->breaker.is_open = record->failures >= lane->breaker.threshold;
  lane->breaker.open_until = (double) record->open_until_at;
  lane->is_noted_failing = record->failures > 0;
  lane->change_id = run->options->change_id;
  lane->cancellable = run->cancellable;
  lane->updates = g_array_new (FALSE, FALSE, sizeof (gint64));
  lane->changes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  /* Jitter only spreads callers apart; two runs need not wait alike. */
  aisle_random_init (&lane->random, (guint64) g_get_real_time () ^ (guint64) record->id);
  connect_lane (lane);
  return lane;
}

static AisleOutboxClaim
claim_of (const AislePushLane *lane, AisleOutboxStage stage)
{
  return (AisleOutboxClaim){ .system_id = lane->record->id,
                             .change_id = lane->change_id,
                             .stage = stage,
                             .business_now = lane->business_now,
                             .real_now = g_get_real_time () / G_USEC_PER_SEC,
                             .limit = lane->batch_size };
}

static gboolean
work_on (AislePushLane *lane, AisleOutboxStage stage, AisleOutboxBatch *batch, GError **error)
{
  gboolean is_promotion = strcmp (batch->rows[0].kind, "promotion") == 0;
  if (stage == AISLE_OUTBOX_TO_SETTLE)
    return is_promotion ? aisle_push_settle_promotion (lane, batch, error)
                        : aisle_push_settle_prices (lane, batch, error);
  return is_promotion ? aisle_push_send_promotion (lane, batch, error)
                      : aisle_push_send_prices (lane, batch, error);
}

/* Rows that a roll-back or a newer change overtook while they were under way are not sent again. */
static gboolean
drop_overtaken (AislePushLane *lane, GError **error)
{
  if (!lane->has_fallen_back)
    return TRUE;
  lane->has_fallen_back = FALSE;
  return aisle_outbox_drop_overtaken (lane->workspace, error);
}

/* One batch, what is unsettled first. */
static gboolean
step_lane (AislePushLane *lane, gboolean *has_worked, GError **error)
{
  gboolean is_calendar;
  double wait;
  *has_worked = FALSE;
  if (lane->is_stopped || lane->paused_until > aisle_push_real_now ())
    return TRUE;
  if (!aisle_store_breaker_allows (&lane->breaker, aisle_push_real_now (), &wait))
    {
      lane->paused_until = aisle_push_real_now () + MAX (wait, 0.01);
      return TRUE;
    }
  aisle_workspace_get_business_date (lane->workspace, &is_calendar);
  lane->is_calendar = is_calendar;
  lane->business_now = aisle_workspace_get_business_time (lane->workspace);
  for (int stage = AISLE_OUTBOX_TO_SETTLE; stage <= AISLE_OUTBOX_TO_SEND; stage++)
    {
      AisleOutboxClaim claim = claim_of (lane, (AisleOutboxStage) stage);
      g_autoptr (AisleOutboxBatch) batch = aisle_outbox_take (lane->workspace, &claim, error);
      if (!batch)
        return FALSE;
      if (batch->n_rows == 0)
        continue;
      *has_worked = TRUE;
      return work_on (lane, (AisleOutboxStage) stage, batch, error) && drop_overtaken (lane, error);
    }
  lane->breaker.is_trying = FALSE;
  return TRUE;
}

/* --- what became of the changes ------------------------------------------------------------------
 */

/* The states that a change has to go through now; n of them. */
static guint
decide_change (const AisleOutboxTally *tally, AisleChangeState path[3])
{
  guint n = 0;
  gboolean has_restores = tally->n_open[AISLE_OUTBOX_RESTORE]
                              + tally->n_refused[AISLE_OUTBOX_RESTORE]
                              + tally->n_verified[AISLE_OUTBOX_RESTORE]
                          > 0;
  gboolean is_restored =
      tally->n_open[AISLE_OUTBOX_RESTORE] == 0 && tally->n_refused[AISLE_OUTBOX_RESTORE] == 0;
  gboolean is_set = tally->n_open[AISLE_OUTBOX_SET] == 0;
  switch (tally->state)
    {
    case AISLE_CHANGE_APPROVED:
    case AISLE_CHANGE_SCHEDULED:
    case AISLE_CHANGE_PUSHING:
      if (tally->n_refused[AISLE_OUTBOX_SET] == 0 && !is_set)
        return 0;
      if (tally->n_refused[AISLE_OUTBOX_SET] + tally->n_verified[AISLE_OUTBOX_SET]
              + tally->n_others[AISLE_OUTBOX_SET]
          == 0)
        return 0;
      if (tally->state != AISLE_CHANGE_PUSHING)
        path[n++] = AISLE_CHANGE_PUSHING;
      path[n++] =
          tally->n_refused[AISLE_OUTBOX_SET] > 0 ? AISLE_CHANGE_NEEDS_ATTENTION : AISLE_CHANGE_LIVE;
      if (path[n - 1] == AISLE_CHANGE_LIVE && has_restores && is_restored)
        path[n++] = AISLE_CHANGE_ROLLED_BACK; /* at the second try */
      else if (path[n - 1] == AISLE_CHANGE_LIVE && tally->n_verified[AISLE_OUTBOX_SET] == 0)
        path[n++] = AISLE_CHANGE_ENDED; /* newer changes took its place before it began */
      return n;
    case AISLE_CHANGE_LIVE:
    case AISLE_CHANGE_NEEDS_ATTENTION:
      if (has_restores && is_restored)
        path[n++] = AISLE_CHANGE_ROLLED_BACK;
      else if (tally->state == AISLE_CHANGE_LIVE
               && tally->n_refused[AISLE_OUTBOX_END] + tally->n_refused[AISLE_OUTBOX_RESTORE] > 0)
        path[n++] = AISLE_CHANGE_NEEDS_ATTENTION;
      else if (tally->state == AISLE_CHANGE_LIVE && tally->n_verified[AISLE_OUTBOX_END] > 0
               && tally->n_open[AISLE_OUTBOX_END] == 0)
        path[n++] = AISLE_CHANGE_ENDED;
      return n;
    case AISLE_CHANGE_ROLLED_BACK:
      if (tally->n_refused[AISLE_OUTBOX_RESTORE] > 0)
        path[n++] = AISLE_CHANGE_NEEDS_ATTENTION;
      return n;
    default:
      return 0;
    }
}

static gboolean
move_change (AisleWorkspace *workspace, gint64 id, gint64 person_id, GError **error)
{
  AisleOutboxTally tally;
  AisleChangeState path[3];
  if (!aisle_outbox_tally (workspace, id, &tally, error))
    return FALSE;
  guint n = decide_change (&tally, path);
  if (n == 0)
    return TRUE;
  AisleChangeState state = tally.state;
  for (guint i = 0; i < n; i++)
    {
      if (!aisle_change_set_state (workspace, id, state, path[i], error))
        return FALSE;
      state = path[i];
    }
  g_autofree char *action = g_strdup_printf ("change.%s", aisle_change_state_to_text (state));
  g_autofree char *object = g_strdup_printf ("change %" G_GINT64_FORMAT, id);
  gint64 verified = 0, refused = 0, open = 0;
  for (int step = AISLE_OUTBOX_SET; step <= AISLE_OUTBOX_RESTORE; step++)
    {
      verified += tally.n_verified[step];
      refused += tally.n_refused[step];
      open += tally.n_open[step];
    }
  g_autofree char *payload =
      g_strdup_printf ("{\"before\":\"%s\",\"after\":\"%s\",\"verified\":%" G_GINT64_FORMAT
                       ",\"refused\":%" G_GINT64_FORMAT ",\"open\":%" G_GINT64_FORMAT "}",
                       aisle_change_state_to_text (tally.state), aisle_change_state_to_text (state),
                       verified, refused, open);
  return aisle_log_append (workspace, person_id, action, object, payload, error);
}

static gboolean
move_changes (const Run *run, GError **error)
{
  g_autoptr (GArray) ids = aisle_outbox_list_changes (run->workspace, error);
  if (!ids)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      if (!aisle_workspace_begin (run->workspace, error))
        return FALSE;
      if (!move_change (run->workspace, g_array_index (ids, gint64, i), run->options->person_id,
                        error))
        {
          aisle_workspace_rollback (run->workspace);
          return FALSE;
        }
      if (!aisle_workspace_commit (run->workspace, error))
        return FALSE;
    }
  return TRUE;
}

/* One entry for each system that something moved in. */
static gboolean
log_round (const Run *run, const AislePushLane *lane, GError **error)
{
  if (lane->updates->len == 0)
    return TRUE;
  g_autofree char *object = g_strdup_printf ("system %s", lane->record->name);
  g_autofree char *payload = g_strdup_printf (
      "{\"verified\":%" G_GINT64_FORMAT ",\"refused\":%" G_GINT64_FORMAT ",\"was_reached\":%s}",
      lane->n_verified, lane->n_refused, lane->problem ? "false" : "true");
  if (!aisle_workspace_begin (run->workspace, error))
    return FALSE;
  return aisle_workspace_end (
      run->workspace,
      aisle_log_append (run->workspace, run->options->person_id, "push", object, payload, error),
      error);
}

/* --- the run
 * -------------------------------------------------------------------------------------- */

void
aisle_push_result_free (AislePushResult *result)
{
  if (!result)
    return;
  g_clear_pointer (&result->updates, g_array_unref);
  g_clear_pointer (&result->problems, g_ptr_array_unref);
  g_free (result);
}

/* What a killed run left as "sending" may have arrived or not. */
static gboolean
recover (const Run *run, GError **error)
{
  AisleStoreUpdateState next = AISLE_STORE_UPDATE_UNKNOWN;
  if (!aisle_store_update_next (AISLE_STORE_UPDATE_SENDING, AISLE_STORE_EVENT_NO_ANSWER, &next)
      || !aisle_workspace_begin (run->workspace, error))
    return FALSE;
  if (aisle_outbox_move_all (run->workspace, "sending", aisle_store_update_state_to_string (next),
                             "the push was interrupted while it was sent; it is read back", NULL,
                             error)
      && aisle_outbox_drop_overtaken (run->workspace, error))
    return aisle_workspace_commit (run->workspace, error);
  aisle_workspace_rollback (run->workspace);
  return FALSE;
}

static gboolean
open_lanes (Run *run, GError **error)
{
  g_autoptr (GPtrArray) systems = aisle_system_list (run->workspace, error);
  if (!systems)
    return FALSE;
  g_ptr_array_set_free_func (systems, NULL);
  for (guint i = 0; i < systems->len; i++)
    g_ptr_array_add (run->lanes, lane_new (run, systems->pdata[i]));
  return TRUE;
}

/* When the earliest lane can go on; -1: none has anything left. */
static gboolean
find_next_time (const Run *run, double *next, GError **error)
{
  *next = -1;
  for (guint i = 0; i < run->lanes->len; i++)
    {
      AislePushLane *lane = run->lanes->pdata[i];
      gint64 retry_at;
      AisleOutboxClaim claim = claim_of (lane, AISLE_OUTBOX_TO_SEND);
      if (lane->is_stopped)
        continue;
      if (!aisle_outbox_next_retry (run->workspace, &claim, &retry_at, error))
        return FALSE;
      double at = MAX ((double) retry_at, lane->paused_until);
      if (retry_at >= 0 && (*next < 0 || at < *next))
        *next = at;
    }
  return TRUE;
}

static void
wait_until (double when, GCancellable *cancellable)
{
  double seconds = CLAMP (when - aisle_push_real_now (), 0.005, LONGEST_WAIT_SECONDS);
  GPollFD fd;
  if (cancellable && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, (int) (seconds * 1000) + 1);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) (seconds * G_USEC_PER_SEC));
}

static gboolean
report (const Run *run)
{
  gint64 n_done = 0;
  for (guint i = 0; i < run->lanes->len; i++)
    {
      const AislePushLane *lane = run->lanes->pdata[i];
      n_done += lane->n_verified + lane->n_refused;
    }
  return aisle_progress_report (
      run->progress, run->n_due > 0 ? MIN (1.0, (double) n_done / (double) run->n_due) : 1.0);
}

static gboolean
push_all (const Run *run, GError **error)
{
  while (TRUE)
    {
      gboolean has_worked = FALSE;
      for (guint i = 0; i < run->lanes->len; i++)
        {
          gboolean lane_worked;
          if (!step_lane (run->lanes->pdata[i], &lane_worked, error))
            return FALSE;
          has_worked |= lane_worked;
          if (!report (run) || g_cancellable_is_cancelled (run->cancellable))
            {
              g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
              return FALSE;
            }
        }
      if (has_worked)
        continue;
      double next;
      if (run->options->is_once)
        return TRUE;
      if (!find_next_time (run, &next, error))
        return FALSE;
      if (next < 0)
        return TRUE;
      wait_until (next, run->cancellable);
    }
}

static int
compare_ids_cb (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return (x > y) - (x < y);
}

static gboolean
count_due (const Run *run, gint64 *n_due, GError **error)
{
  AisleOutboxClaim claim = { .change_id = run->options->change_id,
                             .business_now = aisle_workspace_get_business_time (run->workspace) };
  return aisle_outbox_count_due (run->workspace, &claim, n_due, error);
}

static AislePushResult *
gather (const Run *run, gint64 n_waiting)
{
  AislePushResult *result = g_new0 (AislePushResult, 1);
  result->n_waiting = n_waiting;
  result->problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < run->lanes->len; i++)
    {
      const AislePushLane *lane = run->lanes->pdata[i];
      result->n_verified += lane->n_verified;
      result->n_refused += lane->n_refused;
      if (lane->problem)
        g_ptr_array_add (result->problems, g_strdup_printf ("store system “%s”: %s",
                                                            lane->record->name, lane->problem));
      if (lane->updates->len > 0)
        g_array_append_vals (all, lane->updates->data, lane->updates->len);
    }
  g_array_sort (all, compare_ids_cb);
  result->updates = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < all->len; i++)
    if (i == 0 || g_array_index (all, gint64, i) != g_array_index (all, gint64, i - 1))
      g_array_append_val (result->updates, g_array_index (all, gint64, i));
  return result;
}

/* Whatever ended the run, what was done is told: to the changes, the log and the caller. */
static gboolean
finish (const Run *run, gboolean is_good, AislePushResult **result, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  gint64 n_waiting = 0;
  gboolean is_told = move_changes (run, &own_error);
  for (guint i = 0; i < run->lanes->len && is_told; i++)
    is_told = log_round (run, run->lanes->pdata[i], &own_error);
  is_told = is_told && count_due (run, &n_waiting, &own_error);
  *result = gather (run, n_waiting);
  if (!is_told && is_good)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return is_good && is_told;
}

gboolean
aisle_push_job_run (AisleWorkspace *workspace,
                    const AislePushOptions *options,
                    const AisleProgress *progress,
                    GCancellable *cancellable,
                    AislePushResult **result,
                    GError **error)
{
  g_autoptr (GPtrArray) lanes = g_ptr_array_new_with_free_func (lane_free_cb);
  Run run = { .workspace = workspace,
              .options = options,
              .progress = progress,
              .cancellable = cancellable,
              .lanes = lanes };
  *result = NULL;
  if (options->change_id != 0 && aisle_change_count_lines (workspace, options->change_id) <= 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                   "there is no change %" G_GINT64_FORMAT "; “aislectl change list” shows them",
                   options->change_id);
      return FALSE;
    }
  int lock = aisle_workspace_lock (workspace, "push", error);
  if (lock < 0)
    return FALSE;
  gboolean is_good = aisle_outbox_limit_memory (workspace, error) && recover (&run, error)
                     && count_due (&run, &run.n_due, error)
                     && (run.n_due == 0 || open_lanes (&run, error)) && push_all (&run, error);
  is_good = finish (&run, is_good, result, error);
  aisle_workspace_unlock (lock);
  return is_good;
}
