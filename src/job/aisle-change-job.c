/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-job.h"

#include "aisle-change-actor-private.h"
#include "aisle-change-check-private.h"
#include "aisle-change-state.h"
#include "aisle-job-error.h"
#include "aisle-outbox.h"

/* Moves the change by the table, with its decision and its log entry, in the caller's transaction.
 */
static gboolean
move_on (AisleWorkspace *workspace,
         const AislePerson *actor,
         const AisleChange *change,
         AisleChangeAction action,
         const char *reason,
         GError **error)
{
  AisleChangeState next;
  if (!aisle_change_next_state (change->state, action, &next))
    {
      g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED,
                   "change %" G_GINT64_FORMAT " is %s; it cannot be changed so", change->id,
                   aisle_change_state_to_text (change->state));
      return FALSE;
    }
  return aisle_change_add_decision (workspace, change->id, action, actor->id, reason, error)
         && aisle_change_set_state (workspace, change->id, change->state, next, error)
         && aisle_change_note (workspace, actor, change, action, reason, error);
}

/* Keeps what was found and what is expected with the draft. */
static gboolean
save_check (AisleWorkspace *workspace,
            AisleChange *change,
            const AisleChangeCheck *check,
            GError **error)
{
  for (guint i = 0; i < change->lines->len; i++)
    {
      AisleChangeLine *line = change->lines->pdata[i];
      g_free (line->expected);
      line->expected = g_strdup (check->expected->pdata[i]);
    }
  return aisle_change_update_expected (workspace, change, error)
         && aisle_change_set_findings (workspace, change->id, check->findings, error);
}

static gboolean
freeze_evidence (AisleWorkspace *workspace,
                 const AisleChange *change,
                 const AisleChangeCheck *check,
                 GError **error)
{
  gint64 id = change->id;
  return aisle_change_add_evidence (workspace, id, "forecast", check->run_id,
                                    check->forecast_document, error)
         && aisle_change_add_evidence (workspace, id, "guardrails", 0, check->guardrail_document,
                                       error)
         && (!check->prior_document
             || aisle_change_add_evidence (workspace, id, "prior_price", 0, check->prior_document,
                                           error));
}

static char *
format_amount (gint64 minor, const char *currency)
{
  return minor == AISLE_CHANGE_AMOUNT_NONE ? g_strdup ("none")
                                           : aisle_money_format (minor, currency);
}

/* Author and approver looked at prices that may have moved since. */
static gboolean
check_prices_stand (const AisleChangeCheck *check, const char *advice, GError **error)
{
  const AisleChangeLine *line = check->moved;
  if (!line)
    return TRUE;
  g_autofree char *before = format_amount (line->before_minor, line->currency);
  g_autofree char *now = format_amount (check->moved_minor, line->currency);
  g_set_error (
      error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_STALE,
      "line %d: the shelf price of %s in %s was %s when this change was written and is %s now; %s",
      line->line, line->sku, line->store, before, now, advice);
  return FALSE;
}

/* Approval's answer, and where a guardrail blocks, what the first one says. */
static gboolean
may_act_on (AisleWorkspace *workspace,
            const AislePerson *actor,
            const AisleChange *change,
            AisleChangeAction action,
            const AisleChangeCheck *check,
            gboolean is_explained,
            GError **error)
{
  AisleChangeCircumstances found = { .n_blocking = check->n_blocking,
                                     .n_unexplained = is_explained ? 0 : check->n_warnings };
  g_autoptr (GError) refusal = NULL;
  if (aisle_change_may_act (workspace, actor, change, action, &found, &refusal))
    return TRUE;
  AisleGuardrailLevel level = found.n_blocking > 0 ? AISLE_GUARDRAIL_BLOCK : AISLE_GUARDRAIL_WARN;
  for (guint i = 0; i < check->findings->len; i++)
    {
      const AisleChangeFinding *finding = check->findings->pdata[i];
      if (finding->level != level)
        continue;
      g_set_error (error, refusal->domain, refusal->code, "%s (line %d, %s: %s)", refusal->message,
                   finding->line, finding->rule, finding->message);
      return FALSE;
    }
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

gboolean
aisle_change_submit (AisleWorkspace *workspace,
                     const AislePerson *actor,
                     gint64 id,
                     const char *reason,
                     GError **error)
{
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  g_autoptr (AisleChange) change = aisle_change_load (workspace, id, error);
  AisleChangeCircumstances nothing = { 0 };
  if (!change
      || !aisle_change_may_act (workspace, actor, change, AISLE_ACTION_SUBMIT, &nothing, error))
    return aisle_workspace_end (workspace, FALSE, error);
  if (reason)
    {
      g_free (change->reason);
      change->reason = g_strdup (reason);
    }
  g_autoptr (AisleChangeCheck) check = aisle_change_check_new (workspace, change, error);
  if (!check || !save_check (workspace, change, check, error))
    return aisle_workspace_end (workspace, FALSE, error);

  gboolean is_explained = change->reason && *change->reason;
  g_autoptr (GError) refusal = NULL;
  if (!check_prices_stand (check, "look at it again and renew it with “change edit”", &refusal)
      || !may_act_on (workspace, actor, change, AISLE_ACTION_SUBMIT, check, is_explained, &refusal))
    {
      /* The findings stay with the draft: the author must see what to mend. */
      if (!aisle_workspace_commit (workspace, error))
        return FALSE;
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  return aisle_workspace_end (
      workspace,
      freeze_evidence (workspace, change, check, error)
          && move_on (workspace, actor, change, AISLE_ACTION_SUBMIT, change->reason, error),
      error);
}

/* Only the lines that will be pushed are judged again. */
static void
drop_unticked (AisleChange *change)
{
  for (guint i = change->lines->len; i-- > 0;)
    if (!((AisleChangeLine *) change->lines->pdata[i])->is_approved)
      g_ptr_array_remove_index (change->lines, i);
}

static gboolean
check_stores_have_systems (AisleWorkspace *workspace, gint64 id, GError **error)
{
  g_auto (GStrv) without = aisle_outbox_find_stores_without_system (workspace, id, error);
  if (!without)
    return FALSE;
  if (!without[0])
    return TRUE;
  g_autofree char *codes = g_strjoinv (", ", without);
  g_set_error (
      error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED,
      "no store system serves %s; add one with “system add”, or approve only the other lines",
      codes);
  return FALSE;
}

gboolean
aisle_change_approve (AisleWorkspace *workspace,
                      const AislePerson *actor,
                      gint64 id,
                      const int *lines,
                      gsize n_lines,
                      const char *reason,
                      gint64 *n_queued,
                      GError **error)
{
  AisleChangeAction action = n_lines > 0 ? AISLE_ACTION_APPROVE_LINES : AISLE_ACTION_APPROVE;
  AisleChangeCircumstances nothing = { 0 };
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  g_autoptr (AisleChange) seen = aisle_change_load (workspace, id, error);
  g_autoptr (AisleChange) change = NULL;
  g_autoptr (AisleChangeCheck) check = NULL;
  if (!seen || !aisle_change_may_act (workspace, actor, seen, action, &nothing, error)
      || (n_lines > 0 && !aisle_change_tick_lines (workspace, id, lines, n_lines, error))
      || !(change = aisle_change_load (workspace, id, error)))
    return aisle_workspace_end (workspace, FALSE, error);
  drop_unticked (change);
  if (change->lines->len == 0)
    {
      g_set_error_literal (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                           "no line is ticked; reject the change instead");
      return aisle_workspace_end (workspace, FALSE, error);
    }
  if (!check_stores_have_systems (workspace, id, error)
      || !(check = aisle_change_check_new (workspace, change, error)))
    return aisle_workspace_end (workspace, FALSE, error);
  /* The author explained the warnings; the approver saw both. */
  return aisle_workspace_end (
      workspace,
      check_prices_stand (check, "send it back to its author", error)
          && may_act_on (workspace, actor, change, action, check, TRUE, error)
          /* The trigger of four eyes looks for this word. */
          && move_on (workspace, actor, change, AISLE_ACTION_APPROVE, reason, error)
          && aisle_outbox_queue_change (workspace, id, n_queued, error),
      error);
}

/* What reject, send back, withdraw and retry have in common. `then` (or NULL) runs in the
 * transaction. */
static gboolean
decide (AisleWorkspace *workspace,
        const AislePerson *actor,
        gint64 id,
        AisleChangeAction action,
        const char *reason,
        gboolean needs_reason,
        gboolean (*then) (AisleWorkspace *workspace, gint64 id, GError **error),
        GError **error)
{
  if (needs_reason && (!reason || !*reason))
    {
      g_set_error_literal (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                           "a reason is needed; give it with --reason TEXT");
      return FALSE;
    }
  AisleChangeCircumstances nothing = { 0 };
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  g_autoptr (AisleChange) change = aisle_change_load (workspace, id, error);
  return aisle_workspace_end (
      workspace,
      change && aisle_change_may_act (workspace, actor, change, action, &nothing, error)
          && move_on (workspace, actor, change, action, reason, error)
          && (!then || then (workspace, id, error)),
      error);
}

gboolean
aisle_change_reject (AisleWorkspace *workspace,
                     const AislePerson *actor,
                     gint64 id,
                     const char *reason,
                     GError **error)
{
  return decide (workspace, actor, id, AISLE_ACTION_REJECT, reason, TRUE, NULL, error);
}

gboolean
aisle_change_send_back (AisleWorkspace *workspace,
                        const AislePerson *actor,
                        gint64 id,
                        const char *reason,
                        GError **error)
{
  return decide (workspace, actor, id, AISLE_ACTION_SEND_BACK, reason, TRUE, NULL, error);
}

static gboolean
take_updates_back (AisleWorkspace *workspace, gint64 id, GError **error)
{
  return aisle_outbox_queue_rollback (workspace, id, NULL, error);
}

gboolean
aisle_change_withdraw (AisleWorkspace *workspace,
                       const AislePerson *actor,
                       gint64 id,
                       const char *reason,
                       GError **error)
{
  return decide (workspace, actor, id, AISLE_ACTION_WITHDRAW, reason, FALSE, take_updates_back,
                 error);
}

gboolean
aisle_change_roll_back (AisleWorkspace *workspace,
                        const AislePerson *actor,
                        gint64 id,
                        const char *reason,
                        GError **error)
{
  return decide (workspace, actor, id, AISLE_ACTION_ROLL_BACK, reason, TRUE, take_updates_back,
                 error);
}

gboolean
aisle_change_retry (AisleWorkspace *workspace, const AislePerson *actor, gint64 id, GError **error)
{
  return decide (workspace, actor, id, AISLE_ACTION_RETRY_PUSH, NULL, FALSE,
                 aisle_outbox_retry_change, error);
}

gboolean
aisle_change_schedule (AisleWorkspace *workspace,
                       const AislePerson *actor,
                       gint64 id,
                       gint64 at,
                       GError **error)
{
  AisleChangeCircumstances nothing = { 0 };
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  g_autoptr (AisleChange) change = aisle_change_load (workspace, id, error);
  if (!change
      || !aisle_change_may_act (workspace, actor, change, AISLE_ACTION_SCHEDULE, &nothing, error))
    return aisle_workspace_end (workspace, FALSE, error);
  /* On another day other changes and other prices may stand in the way. */
  change->schedule_at = at;
  drop_unticked (change);
  g_autoptr (AisleChangeCheck) check = aisle_change_check_new (workspace, change, error);
  return aisle_workspace_end (
      workspace,
      check && may_act_on (workspace, actor, change, AISLE_ACTION_SCHEDULE, check, TRUE, error)
          && aisle_change_set_schedule (workspace, id, at, error)
          && move_on (workspace, actor, change, AISLE_ACTION_SCHEDULE, NULL, error)
          && aisle_outbox_reschedule_change (workspace, id, error),
      error);
}
