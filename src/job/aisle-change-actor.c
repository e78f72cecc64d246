/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-actor-private.h"

#include "aisle-approval-policy.h"
#include "aisle-job-error.h"
#include "aisle-log.h"

#include <json-glib/json-glib.h>

static gboolean
covers_stores (const AislePerson *actor, const AisleChange *change)
{
  for (guint i = 0; i < change->lines->len; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      if (!aisle_person_covers_store (actor, line->store))
        return FALSE;
    }
  return TRUE;
}

/* Everybody who edited or submitted a revision: like its author, they may not approve it. The
 * trigger of four eyes says the same. */
static GArray *
find_writers (AisleWorkspace *workspace, const AisleChange *change, GError **error)
{
  g_autoptr (GPtrArray) decisions = aisle_change_list_decisions (workspace, change->id, error);
  if (!decisions)
    return NULL;
  GArray *writers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < decisions->len; i++)
    {
      const AisleChangeDecision *decision = decisions->pdata[i];
      AisleChangeAction action;
      if (!aisle_change_action_from_text (decision->action, &action)
          || (action != AISLE_ACTION_EDIT && action != AISLE_ACTION_SUBMIT))
        continue;
      g_autoptr (AislePerson) writer = aisle_staff_find (workspace, decision->person, NULL);
      if (writer)
        g_array_append_val (writers, writer->id);
    }
  return writers;
}

/* The policy's word for the stores of the change: one that wants a second person is enough. Its
 * limits by amount and share are for orders, transfers and counts, which have them. */
static gboolean
read_policy (AisleWorkspace *workspace,
             const AisleChange *change,
             gboolean *needs_second,
             GError **error)
{
  gint64 last_store = 0;
  AisleApprovalPolicy policy;
  if (!aisle_approval_policy_read (workspace, change->kind, 0, &policy, error))
    return FALSE;
  *needs_second = policy.needs_second;
  for (guint i = 0; i < change->lines->len && !*needs_second; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      if (line->store_id == last_store)
        continue;
      last_store = line->store_id;
      if (!aisle_approval_policy_read (workspace, change->kind, last_store, &policy, error))
        return FALSE;
      *needs_second = policy.needs_second;
    }
  return TRUE;
}

gboolean
aisle_change_may_act (AisleWorkspace *workspace,
                      const AislePerson *actor,
                      const AisleChange *change,
                      AisleChangeAction action,
                      const AisleChangeCircumstances *circumstances,
                      GError **error)
{
  g_autoptr (GArray) writers = NULL;
  gboolean needs_second;
  if (!read_policy (workspace, change, &needs_second, error))
    return FALSE;
  if (!circumstances->is_new)
    {
      writers = find_writers (workspace, change, error);
      if (!writers)
        return FALSE;
    }
  AislePermissionRequest request = { .action = action,
                                     .kind = change->kind,
                                     .state = change->state,
                                     .actor_id = actor ? actor->id : AISLE_ACTOR_AUTOMATIC,
                                     .actor_name = actor ? actor->name : NULL,
                                     .actor_roles = actor ? actor->roles : 0,
                                     .covers_stores = actor ? covers_stores (actor, change) : TRUE,
                                     .author_id = change->author_id,
                                     .author_name = change->author,
                                     .writer_ids = writers ? (const gint64 *) writers->data : NULL,
                                     .n_writers = writers ? writers->len : 0,
                                     .needs_second_person = needs_second,
                                     .n_blocking = circumstances->n_blocking,
                                     .n_unexplained = circumstances->n_unexplained,
                                     .audit = AISLE_AUDIT_NONE };
  g_autofree char *sentence = NULL;
  if (aisle_change_check_permission (&request, &sentence) == AISLE_DENIAL_NONE)
    return TRUE;
  g_set_error_literal (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, sentence);
  return FALSE;
}

gboolean
aisle_change_note (AisleWorkspace *workspace,
                   const AislePerson *actor,
                   const AisleChange *change,
                   AisleChangeAction action,
                   const char *reason,
                   GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "kind");
  json_builder_add_string_value (builder, aisle_change_kind_to_text (change->kind));
  json_builder_set_member_name (builder, "state_before");
  json_builder_add_string_value (builder, aisle_change_state_to_text (change->state));
  json_builder_set_member_name (builder, "revision");
  json_builder_add_int_value (builder, change->revision);
  json_builder_set_member_name (builder, "lines");
  json_builder_add_int_value (builder, change->lines->len);
  if (reason)
    {
      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, reason);
    }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *payload = json_to_string (root, FALSE);
  g_autofree char *object = g_strdup_printf ("change %" G_GINT64_FORMAT, change->id);
  g_autofree char *name = g_strconcat ("change.", aisle_change_action_to_text (action), NULL);
  return aisle_log_append (workspace, actor ? actor->id : 0, name, object, payload, error);
}
