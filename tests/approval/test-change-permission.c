/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-permission.h"

#include "aisle-change-state.h"

#include <string.h>

#define ANA 1
#define BEN 2
#define MIA 3

static AislePermissionRequest
request_for (AisleChangeAction action, AisleChangeState state)
{
  return (AislePermissionRequest){
    .action = action,
    .kind = AISLE_CHANGE_PRICE,
    .state = state,
    .actor_id = BEN,
    .actor_name = "Ben",
    .actor_roles = AISLE_ROLE_APPROVER,
    .covers_stores = TRUE,
    .author_id = ANA,
    .author_name = "Ana",
    .needs_second_person = TRUE,
  };
}

static AisleDenial
check (const AislePermissionRequest *request)
{
  g_autofree char *sentence = NULL;
  AisleDenial denial = aisle_change_check_permission (request, &sentence);
  g_assert_cmpint (aisle_change_check_permission (request, NULL), ==, denial);
  if (denial == AISLE_DENIAL_NONE)
    g_assert_null (sentence);
  else
    g_assert_true (g_str_has_suffix (sentence, "."));
  return denial;
}

/* A state in which the action is possible. */
static AisleChangeState
state_for (AisleChangeAction action)
{
  for (int s = 0; s < AISLE_CHANGE_N_STATES; s++)
    if (aisle_change_next_state ((AisleChangeState) s, action, NULL))
      return (AisleChangeState) s;
  g_assert_not_reached ();
}

/* What each role may do with a price change: m the author's own, M also another's; the same for a
 * (approver). No letter: no. */
static const struct
{
  AisleChangeAction action;
  const char *who;
} price_rights[] = {
  { AISLE_ACTION_EDIT, "mM" },         { AISLE_ACTION_SUBMIT, "mM" },
  { AISLE_ACTION_WITHDRAW, "maA" },    { AISLE_ACTION_APPROVE, "A" },
  { AISLE_ACTION_APPROVE_LINES, "A" }, { AISLE_ACTION_REJECT, "aA" },
  { AISLE_ACTION_SEND_BACK, "aA" },    { AISLE_ACTION_SCHEDULE, "aA" },
  { AISLE_ACTION_START_PUSH, "mMaA" }, { AISLE_ACTION_FINISH_PUSH, "mMaA" },
  { AISLE_ACTION_FAIL_PUSH, "mMaA" },  { AISLE_ACTION_RETRY_PUSH, "mMaA" },
  { AISLE_ACTION_ROLL_BACK, "aA" },    { AISLE_ACTION_END, "aA" },
};

static void
test_price_by_role_action_and_author (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (price_rights), ==, AISLE_N_ACTIONS);
  for (gsize i = 0; i < G_N_ELEMENTS (price_rights); i++)
    for (int r = 0; r < AISLE_N_ROLES; r++)
      for (int is_own = 0; is_own <= 1; is_own++)
        for (int policy = 0; policy <= 1; policy++)
          {
            AislePermissionRequest request =
                request_for (price_rights[i].action, state_for (price_rights[i].action));
            request.actor_roles = 1u << r;
            request.author_id = is_own ? BEN : ANA;
            request.needs_second_person = policy; /* prices need one whatever the policy says */
            char letter = r == 0 ? 'm' : r == 1 ? 'a' : '-';
            if (!is_own)
              letter = g_ascii_toupper (letter);
            gboolean is_allowed = strchr (price_rights[i].who, letter) != NULL;
            if ((check (&request) == AISLE_DENIAL_NONE) != is_allowed)
              g_error ("%s by %s, own %d: should be %s",
                       aisle_change_action_to_text (price_rights[i].action), aisle_role_names ()[r],
                       is_own, is_allowed ? "allowed" : "refused");
          }
}

static void
test_store_manager_signs_alone (void)
{
  static const AisleChangeKind kinds[] = { AISLE_CHANGE_ORDER, AISLE_CHANGE_TRANSFER,
                                           AISLE_CHANGE_STOCK_ADJUSTMENT };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      AislePermissionRequest request = request_for (AISLE_ACTION_APPROVE, AISLE_CHANGE_SUBMITTED);
      request.kind = kinds[i];
      request.actor_id = request.author_id = MIA;
      request.actor_roles = AISLE_ROLE_STORE_MANAGER;
      request.needs_second_person = FALSE;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);
      request.action = AISLE_ACTION_SUBMIT;
      request.state = AISLE_CHANGE_DRAFT;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);

      /* Above the policy's amount an approver decides. */
      request.action = AISLE_ACTION_APPROVE;
      request.state = AISLE_CHANGE_SUBMITTED;
      request.needs_second_person = TRUE;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_ROLE);
      request.actor_id = BEN;
      request.actor_roles = AISLE_ROLE_APPROVER;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);
    }
}

static void
test_store_manager_keeps_off_prices (void)
{
  for (int a = 0; a < AISLE_N_ACTIONS; a++)
    {
      AislePermissionRequest request =
          request_for ((AisleChangeAction) a, state_for ((AisleChangeAction) a));
      request.actor_roles = AISLE_ROLE_STORE_MANAGER;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_ROLE);
    }
  g_assert_false (aisle_roles_may_write (AISLE_ROLE_STORE_MANAGER, AISLE_CHANGE_PRICE));
  g_assert_false (aisle_roles_may_write (AISLE_ROLE_STORE_MANAGER, AISLE_CHANGE_PROMOTION));
  g_assert_true (aisle_roles_may_write (AISLE_ROLE_STORE_MANAGER, AISLE_CHANGE_ORDER));
  g_assert_false (aisle_roles_may_write (AISLE_ROLE_ADMIN | AISLE_ROLE_PRIVACY_OFFICER
                                             | AISLE_ROLE_ACCOUNTABLE_MANAGER | AISLE_ROLE_APPROVER,
                                         AISLE_CHANGE_PRICE));
}

/* Four eyes are two people, however many roles one of them has. */
static void
test_all_roles_one_person (void)
{
  AislePermissionRequest request = request_for (AISLE_ACTION_APPROVE, AISLE_CHANGE_SUBMITTED);
  request.actor_roles = (1u << AISLE_N_ROLES) - 1;
  request.author_id = BEN;
  request.author_name = "Ben";
  g_autofree char *sentence = NULL;
  g_assert_cmpint (aisle_change_check_permission (&request, &sentence), ==,
                   AISLE_DENIAL_OWN_CHANGE);
  g_assert_cmpstr (sentence, ==, "Ben wrote this change; somebody else must approve it.");
}

static void
test_second_writer_cannot_approve (void)
{
  const gint64 writers[] = { MIA, BEN };
  AislePermissionRequest request = request_for (AISLE_ACTION_APPROVE, AISLE_CHANGE_SUBMITTED);
  request.writer_ids = writers;
  request.n_writers = 2;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_OWN_CHANGE);
  request.n_writers = 1;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);
}

static void
test_scope (void)
{
  AislePermissionRequest request = request_for (AISLE_ACTION_APPROVE, AISLE_CHANGE_SUBMITTED);
  request.covers_stores = FALSE;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_SCOPE);
}

static void
test_nobody_signed_in (void)
{
  for (int a = 0; a < AISLE_N_ACTIONS; a++)
    {
      AislePermissionRequest request =
          request_for ((AisleChangeAction) a, state_for ((AisleChangeAction) a));
      request.actor_id = AISLE_ACTOR_AUTOMATIC;
      request.actor_roles = (1u << AISLE_N_ROLES) - 1; /* roles of nobody count for nothing */
      gboolean runs_alone = a == AISLE_ACTION_START_PUSH || a == AISLE_ACTION_FINISH_PUSH
                            || a == AISLE_ACTION_FAIL_PUSH || a == AISLE_ACTION_END;
      g_assert_cmpint (check (&request), ==,
                       runs_alone ? AISLE_DENIAL_NONE : AISLE_DENIAL_PERSON_NEEDED);
    }
}

static void
test_findings (void)
{
  AislePermissionRequest request = request_for (AISLE_ACTION_APPROVE, AISLE_CHANGE_SUBMITTED);
  request.n_unexplained = 2;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_REASON_NEEDED);
  request.n_blocking = 1;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_BLOCKED);
  request.action = AISLE_ACTION_REJECT;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);

  request = request_for (AISLE_ACTION_SUBMIT, AISLE_CHANGE_DRAFT);
  request.actor_roles = AISLE_ROLE_MERCHANDISER;
  request.n_blocking = 1;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_BLOCKED);

  /* A price that turned out wrong can always be taken back. */
  request = request_for (AISLE_ACTION_ROLL_BACK, AISLE_CHANGE_LIVE);
  request.n_blocking = 3;
  request.audit = AISLE_AUDIT_FAIL;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);
}

static void
test_failed_audit (void)
{
  static const AisleChangeAction held[] = { AISLE_ACTION_APPROVE, AISLE_ACTION_APPROVE_LINES,
                                            AISLE_ACTION_SCHEDULE, AISLE_ACTION_START_PUSH,
                                            AISLE_ACTION_RETRY_PUSH };
  for (gsize i = 0; i < G_N_ELEMENTS (held); i++)
    {
      AislePermissionRequest request = request_for (held[i], state_for (held[i]));
      request.audit = AISLE_AUDIT_FAIL;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_AUDIT_FAILED);
      request.is_released = TRUE;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);
      request.is_released = FALSE;
      request.audit = AISLE_AUDIT_NO_DISPARITY;
      g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);
    }
  /* It may be submitted: then the privacy officer sees it. */
  AislePermissionRequest request = request_for (AISLE_ACTION_SUBMIT, AISLE_CHANGE_DRAFT);
  request.actor_roles = AISLE_ROLE_MERCHANDISER;
  request.audit = AISLE_AUDIT_FAIL;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NONE);
}

static void
test_wrong_state (void)
{
  AislePermissionRequest request = request_for (AISLE_ACTION_APPROVE, AISLE_CHANGE_LIVE);
  g_autofree char *sentence = NULL;
  g_assert_cmpint (aisle_change_check_permission (&request, &sentence), ==, AISLE_DENIAL_STATE);
  g_assert_nonnull (strstr (sentence, "live"));
}

static void
test_withdraw_by_another_merchandiser (void)
{
  AislePermissionRequest request = request_for (AISLE_ACTION_WITHDRAW, AISLE_CHANGE_DRAFT);
  request.actor_roles = AISLE_ROLE_MERCHANDISER;
  g_assert_cmpint (check (&request), ==, AISLE_DENIAL_NOT_AUTHOR);
}

static void
test_denial_names (void)
{
  for (int d = 0; d < AISLE_N_DENIALS; d++)
    g_assert_nonnull (aisle_denial_to_text ((AisleDenial) d));
  g_assert_null (aisle_denial_to_text (AISLE_N_DENIALS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/approval/permission/price-by-role-action-and-author",
                   test_price_by_role_action_and_author);
  g_test_add_func ("/approval/permission/store-manager-signs-alone",
                   test_store_manager_signs_alone);
  g_test_add_func ("/approval/permission/store-manager-keeps-off-prices",
                   test_store_manager_keeps_off_prices);
  g_test_add_func ("/approval/permission/all-roles-one-person", test_all_roles_one_person);
  g_test_add_func ("/approval/permission/second-writer-cannot-approve",
                   test_second_writer_cannot_approve);
  g_test_add_func ("/approval/permission/scope", test_scope);
  g_test_add_func ("/approval/permission/nobody-signed-in", test_nobody_signed_in);
  g_test_add_func ("/approval/permission/findings", test_findings);
  g_test_add_func ("/approval/permission/failed-audit", test_failed_audit);
  g_test_add_func ("/approval/permission/wrong-state", test_wrong_state);
  g_test_add_func ("/approval/permission/withdraw-by-another-merchandiser",
                   test_withdraw_by_another_merchandiser);
  g_test_add_func ("/approval/permission/denial-names", test_denial_names);
  return g_test_run ();
}
