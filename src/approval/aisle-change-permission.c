/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-permission.h"

#include "aisle-change-state.h"

/* Who may write and who may decide a kind of change. `signers` decide on their own where the policy
 * asks for no second person; a kind without signers always has a second person. */
static const struct
{
  const char *plural;
  guint writers;
  guint deciders;
  guint signers;
} kinds[AISLE_CHANGE_N_KINDS] = {
  [AISLE_CHANGE_PRICE] = { "price changes", AISLE_ROLE_MERCHANDISER, AISLE_ROLE_APPROVER, 0 },
  [AISLE_CHANGE_PROMOTION] = { "promotions", AISLE_ROLE_MERCHANDISER, AISLE_ROLE_APPROVER, 0 },
  [AISLE_CHANGE_RECOMMENDATION_RULES] = { "recommendation rules", AISLE_ROLE_MERCHANDISER,
                                          AISLE_ROLE_APPROVER, 0 },
  [AISLE_CHANGE_ORDER] = { "orders", AISLE_ROLE_MERCHANDISER | AISLE_ROLE_STORE_MANAGER,
                           AISLE_ROLE_APPROVER, AISLE_ROLE_STORE_MANAGER },
  [AISLE_CHANGE_TRANSFER] = { "transfers", AISLE_ROLE_MERCHANDISER | AISLE_ROLE_STORE_MANAGER,
                              AISLE_ROLE_APPROVER, AISLE_ROLE_STORE_MANAGER },
  [AISLE_CHANGE_STOCK_ADJUSTMENT] = { "stock adjustments", AISLE_ROLE_STORE_MANAGER,
                                      AISLE_ROLE_APPROVER, AISLE_ROLE_STORE_MANAGER },
};

/* Which of those groups an action belongs to, and what it looks at beside the role. */
static const struct
{
  const char *verb;
  gboolean for_writers;    /* who may write the kind */
  gboolean for_deciders;   /* who may decide it, and its signers where one person is enough */
  gboolean for_signers;    /* its signers, whatever the policy says */
  gboolean for_automatic;  /* runs without a person */
  gboolean wants_author;   /* a writer who wrote this very change; a decider need not have */
  gboolean wants_another;  /* where a second person is needed, nobody who wrote it */
  gboolean minds_blocking; /* findings that block stand in the way */
  gboolean minds_warnings; /* so do warnings without a written reason */
  gboolean minds_audit;    /* so does a failed audit that nobody released */
} actions[AISLE_N_ACTIONS] = {
  [AISLE_ACTION_EDIT] = { .verb = "edit", .for_writers = TRUE },
  [AISLE_ACTION_SUBMIT] = { .verb = "submit",
                            .for_writers = TRUE,
                            .minds_blocking = TRUE,
                            .minds_warnings = TRUE },
  [AISLE_ACTION_WITHDRAW] = { .verb = "withdraw",
                              .for_writers = TRUE,
                              .for_deciders = TRUE,
                              .wants_author = TRUE },
  [AISLE_ACTION_APPROVE] = { .verb = "approve",
                             .for_deciders = TRUE,
                             .wants_another = TRUE,
                             .minds_blocking = TRUE,
                             .minds_warnings = TRUE,
                             .minds_audit = TRUE },
  [AISLE_ACTION_APPROVE_LINES] = { .verb = "approve",
                                   .for_deciders = TRUE,
                                   .wants_another = TRUE,
                                   .minds_blocking = TRUE,
                                   .minds_warnings = TRUE,
                                   .minds_audit = TRUE },
  [AISLE_ACTION_REJECT] = { .verb = "reject", .for_deciders = TRUE },
  [AISLE_ACTION_SEND_BACK] = { .verb = "send back", .for_deciders = TRUE },
  [AISLE_ACTION_SCHEDULE] = { .verb = "schedule",
                              .for_deciders = TRUE,
                              .minds_blocking = TRUE,
                              .minds_audit = TRUE },
  [AISLE_ACTION_START_PUSH] = { .verb = "push",
                                .for_writers = TRUE,
                                .for_deciders = TRUE,
                                .for_automatic = TRUE,
                                .minds_blocking = TRUE,
                                .minds_audit = TRUE },
  [AISLE_ACTION_FINISH_PUSH] = { .verb = "push",
                                 .for_writers = TRUE,
                                 .for_deciders = TRUE,
                                 .for_automatic = TRUE },
  [AISLE_ACTION_FAIL_PUSH] = { .verb = "push",
                               .for_writers = TRUE,
                               .for_deciders = TRUE,
                               .for_automatic = TRUE },
  [AISLE_ACTION_RETRY_PUSH] = { .verb = "push again",
                                .for_writers = TRUE,
                                .for_deciders = TRUE,
                                .minds_blocking = TRUE,
                                .minds_audit = TRUE },
  [AISLE_ACTION_ROLL_BACK] = { .verb = "roll back", .for_deciders = TRUE, .for_signers = TRUE },
  [AISLE_ACTION_END] = { .verb = "end",
                         .for_deciders = TRUE,
                         .for_signers = TRUE,
                         .for_automatic = TRUE },
};

static const char *const denial_names[AISLE_N_DENIALS] = {
  [AISLE_DENIAL_NONE] = "allowed",
  [AISLE_DENIAL_STATE] = "state",
  [AISLE_DENIAL_PERSON_NEEDED] = "person_needed",
  [AISLE_DENIAL_ROLE] = "role",
  [AISLE_DENIAL_SCOPE] = "scope",
  [AISLE_DENIAL_OWN_CHANGE] = "own_change",
  [AISLE_DENIAL_NOT_AUTHOR] = "not_author",
  [AISLE_DENIAL_BLOCKED] = "blocked",
  [AISLE_DENIAL_REASON_NEEDED] = "reason_needed",
  [AISLE_DENIAL_AUDIT_FAILED] = "audit_failed",
};

static gboolean
is_single_person_enough (const AislePermissionRequest *request)
{
  return kinds[request->kind].signers != 0 && !request->needs_second_person;
}

static guint
allowed_roles (const AislePermissionRequest *request)
{
  guint roles = 0;
  if (actions[request->action].for_writers)
    roles |= kinds[request->kind].writers;
  if (actions[request->action].for_deciders)
    roles |= kinds[request->kind].deciders;
  if (actions[request->action].for_signers
      || (actions[request->action].for_deciders && is_single_person_enough (request)))
    roles |= kinds[request->kind].signers;
  return roles;
}

static gboolean
has_written (const AislePermissionRequest *request)
{
  if (request->actor_id == request->author_id)
    return TRUE;
  for (gsize i = 0; i < request->n_writers; i++)
    if (request->writer_ids[i] == request->actor_id)
      return TRUE;
  return FALSE;
}

static AisleDenial
check_person (const AislePermissionRequest *request)
{
  if (request->actor_id == AISLE_ACTOR_AUTOMATIC)
    return actions[request->action].for_automatic ? AISLE_DENIAL_NONE : AISLE_DENIAL_PERSON_NEEDED;
  if ((request->actor_roles & allowed_roles (request)) == 0)
    return AISLE_DENIAL_ROLE;
  if (!request->covers_stores)
    return AISLE_DENIAL_SCOPE;
  if (actions[request->action].wants_another && !is_single_person_enough (request)
      && has_written (request))
    return AISLE_DENIAL_OWN_CHANGE;
  if (actions[request->action].wants_author && !has_written (request)
      && (request->actor_roles & kinds[request->kind].deciders) == 0)
    return AISLE_DENIAL_NOT_AUTHOR;
  return AISLE_DENIAL_NONE;
}

static AisleDenial
check_evidence (const AislePermissionRequest *request)
{
  if (actions[request->action].minds_blocking && request->n_blocking > 0)
    return AISLE_DENIAL_BLOCKED;
  if (actions[request->action].minds_warnings && request->n_unexplained > 0)
    return AISLE_DENIAL_REASON_NEEDED;
  if (actions[request->action].minds_audit && request->audit == AISLE_AUDIT_FAIL
      && !request->is_released)
    return AISLE_DENIAL_AUDIT_FAILED;
  return AISLE_DENIAL_NONE;
}

static AisleDenial
check (const AislePermissionRequest *request)
{
  if (!aisle_change_next_state (request->state, request->action, NULL))
    return AISLE_DENIAL_STATE;
  AisleDenial denial = check_person (request);
  return denial != AISLE_DENIAL_NONE ? denial : check_evidence (request);
}

/* "merchandiser or store manager" */
static char *
describe_roles (guint roles)
{
  GString *text = g_string_new (NULL);
  for (int i = 0; i < AISLE_N_ROLES; i++)
    if (roles & (1u << i))
      {
        g_autofree char *name = g_strdelimit (g_strdup (aisle_role_names ()[i]), "_", ' ');
        g_string_append_printf (text, "%s%s", text->len ? " or " : "", name);
      }
  return g_string_free (text, FALSE);
}

static char *
describe_state (AisleChangeState state)
{
  return g_strdelimit (g_strdup (aisle_change_state_to_text (state)), "_", ' ');
}

static char *
describe (const AislePermissionRequest *request, AisleDenial denial)
{
  const char *verb = actions[request->action].verb;
  const char *actor = request->actor_name ? request->actor_name : "This person";
  const char *author = request->author_name ? request->author_name : "somebody else";
  g_autofree char *roles = describe_roles (allowed_roles (request));
  g_autofree char *state = describe_state (request->state);

  switch (denial)
    {
    case AISLE_DENIAL_STATE:
      return g_strdup_printf ("This change is in the state “%s”, which leaves nothing to %s.",
                              state, verb);
    case AISLE_DENIAL_PERSON_NEEDED:
      return g_strdup_printf ("Only a person may %s a change; say who you are.", verb);
    case AISLE_DENIAL_ROLE:
      return g_strdup_printf ("%s may not %s %s; that takes the role %s.", actor, verb,
                              kinds[request->kind].plural, roles);
    case AISLE_DENIAL_SCOPE:
      return g_strdup_printf (
          "This change touches a store that is not among %s's stores; ask somebody "
          "who is responsible for all of them.",
          actor);
    case AISLE_DENIAL_OWN_CHANGE:
      return g_strdup_printf (
          request->actor_id == request->author_id
              ? "%s wrote this change; somebody else must approve it."
              : "%s wrote a part of this change; somebody else must approve it.",
          actor);
    case AISLE_DENIAL_NOT_AUTHOR:
      return g_strdup_printf ("This change is by %s; only its author or an approver may %s it.",
                              author, verb);
    case AISLE_DENIAL_BLOCKED:
      return g_strdup_printf (
          request->n_blocking == 1
              ? "%u guardrail blocks this change; edit the lines that it names."
              : "%u guardrails block this change; edit the lines that they name.",
          request->n_blocking);
    case AISLE_DENIAL_REASON_NEEDED:
      return g_strdup_printf (
          request->n_unexplained == 1
              ? "%u warning needs a written reason before this change can go on."
              : "%u warnings need a written reason before this change can go on.",
          request->n_unexplained);
    case AISLE_DENIAL_AUDIT_FAILED:
      return g_strdup (
          "The fairness audit of this change failed; an accountable manager must release "
          "it with a written reason, or the change must be edited.");
    case AISLE_DENIAL_NONE:
    case AISLE_N_DENIALS:
      break;
    }
  return NULL;
}

AisleDenial
aisle_change_check_permission (const AislePermissionRequest *request, char **sentence)
{
  g_return_val_if_fail (request->action >= 0 && request->action < AISLE_N_ACTIONS,
                        AISLE_DENIAL_STATE);
  g_return_val_if_fail (request->kind >= 0 && request->kind < AISLE_CHANGE_N_KINDS,
                        AISLE_DENIAL_ROLE);

  AisleDenial denial = check (request);
  if (sentence)
    *sentence = describe (request, denial);
  return denial;
}

const char *
aisle_denial_to_text (AisleDenial denial)
{
  return (int) denial >= 0 && denial < AISLE_N_DENIALS ? denial_names[denial] : NULL;
}

gboolean
aisle_roles_may_write (guint roles, AisleChangeKind kind)
{
  g_return_val_if_fail (kind >= 0 && kind < AISLE_CHANGE_N_KINDS, FALSE);
  return (roles & kinds[kind].writers) != 0;
}
