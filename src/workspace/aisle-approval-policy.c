/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-approval-policy.h"

#include "aisle-log.h"
#include "aisle-staff.h"
#include "aisle-statement-private.h"

static gint64
column_or_no_limit (AisleStatement *statement, int column)
{
  return aisle_column_is_null (statement, column) ? AISLE_POLICY_NO_LIMIT
                                                  : aisle_column_int64 (statement, column);
}

gboolean
aisle_approval_policy_read (AisleWorkspace *workspace,
                            AisleChangeKind kind,
                            gint64 store_id,
                            AisleApprovalPolicy *policy,
                            GError **error)
{
  *policy = (AisleApprovalPolicy){ TRUE, AISLE_POLICY_NO_LIMIT, AISLE_POLICY_NO_LIMIT };
  AisleStatement *statement = aisle_statement (
      workspace,
      "SELECT needs_second, free_up_to_minor, free_within_share_ppm FROM approval_policy "
      "WHERE kind = ?1 AND (store_id = ?2 OR store_id IS NULL) ORDER BY store_id IS NULL LIMIT 1",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, aisle_change_kind_to_text (kind));
  aisle_bind_int64_or_null (statement, 2, store_id, 0);
  int row = aisle_step (statement, error);
  if (row != 1)
    return row == 0;
  policy->needs_second = aisle_column_int64 (statement, 0) != 0;
  policy->free_up_to_minor = column_or_no_limit (statement, 1);
  policy->free_within_share_ppm = column_or_no_limit (statement, 2);
  aisle_statement_reset (statement);
  return TRUE;
}

gboolean
aisle_approval_policy_needs_second (const AisleApprovalPolicy *policy,
                                    gint64 amount_minor,
                                    gint64 share_ppm)
{
  if (!policy->needs_second)
    return FALSE;
  if (policy->free_up_to_minor < 0 && policy->free_within_share_ppm < 0)
    return TRUE;
  return (policy->free_up_to_minor >= 0 && amount_minor > policy->free_up_to_minor)
         || (policy->free_within_share_ppm >= 0 && share_ppm > policy->free_within_share_ppm);
}

static gboolean
write_row (AisleWorkspace *workspace,
           AisleChangeKind kind,
           gint64 store_id,
           const AisleApprovalPolicy *policy,
           GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "INSERT INTO approval_policy (kind, store_id, needs_second, free_up_to_minor, "
      "free_within_share_ppm) VALUES (?1, ?2, ?3, ?4, ?5) "
      "ON CONFLICT (kind, ifnull (store_id, -1)) DO UPDATE SET needs_second = "
      "excluded.needs_second, "
      "free_up_to_minor = excluded.free_up_to_minor, "
      "free_within_share_ppm = excluded.free_within_share_ppm",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, aisle_change_kind_to_text (kind));
  aisle_bind_int64_or_null (statement, 2, store_id, 0);
  aisle_bind_int64 (statement, 3, policy->needs_second);
  aisle_bind_int64_or_null (statement, 4, policy->free_up_to_minor, AISLE_POLICY_NO_LIMIT);
  aisle_bind_int64_or_null (statement, 5, policy->free_within_share_ppm, AISLE_POLICY_NO_LIMIT);
  return aisle_run (statement, error);
}

static gboolean
set_in_transaction (AisleWorkspace *workspace,
                    AisleChangeKind kind,
                    gint64 store_id,
                    const AisleApprovalPolicy *policy,
                    gint64 by,
                    GError **error)
{
  g_autoptr (AislePerson) person = aisle_staff_get (workspace, by, error);
  if (!person)
    return FALSE;
  if (!person->is_active || !(person->roles & AISLE_ROLE_ADMIN))
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED,
                   "only an admin changes which changes need a second person");
      return FALSE;
    }
  AisleApprovalPolicy before;
  if (!aisle_approval_policy_read (workspace, kind, store_id, &before, error)
      || !write_row (workspace, kind, store_id, policy, error))
    return FALSE;
  g_autofree char *object = g_strdup_printf ("policy %s", aisle_change_kind_to_text (kind));
  g_autofree char *payload = g_strdup_printf (
      "{\"store\":%" G_GINT64_FORMAT ",\"before\":[%d,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
      "],\"after\":[%d,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "]}",
      store_id, before.needs_second, before.free_up_to_minor, before.free_within_share_ppm,
      policy->needs_second, policy->free_up_to_minor, policy->free_within_share_ppm);
  return aisle_log_append (workspace, by, "policy.change", object, payload, error);
}

gboolean
aisle_approval_policy_set (AisleWorkspace *workspace,
                           AisleChangeKind kind,
                           gint64 store_id,
                           const AisleApprovalPolicy *policy,
                           gint64 by,
                           GError **error)
{
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  return aisle_workspace_end (
      workspace, set_in_transaction (workspace, kind, store_id, policy, by, error), error);
}
