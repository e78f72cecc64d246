/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-types.h"

static void
test_names_round_trip (void)
{
  for (int i = 0; i < AISLE_CHANGE_N_KINDS; i++)
    {
      AisleChangeKind kind = AISLE_CHANGE_N_KINDS;
      g_assert_true (
          aisle_change_kind_from_text (aisle_change_kind_to_text ((AisleChangeKind) i), &kind));
      g_assert_cmpint (kind, ==, i);
    }
  for (int i = 0; i < AISLE_CHANGE_N_STATES; i++)
    {
      AisleChangeState state = AISLE_CHANGE_N_STATES;
      g_assert_true (
          aisle_change_state_from_text (aisle_change_state_to_text ((AisleChangeState) i), &state));
      g_assert_cmpint (state, ==, i);
    }
  for (int i = 0; i < AISLE_N_ACTIONS; i++)
    {
      AisleChangeAction action = AISLE_N_ACTIONS;
      g_assert_true (aisle_change_action_from_text (
          aisle_change_action_to_text ((AisleChangeAction) i), &action));
      g_assert_cmpint (action, ==, i);
    }
  for (int i = 0; i < AISLE_N_AUDIT_VERDICTS; i++)
    {
      AisleAuditVerdict verdict = AISLE_N_AUDIT_VERDICTS;
      g_assert_true (aisle_audit_verdict_from_text (
          aisle_audit_verdict_to_text ((AisleAuditVerdict) i), &verdict));
      g_assert_cmpint (verdict, ==, i);
    }
  AisleGuardrailLevel level = AISLE_N_GUARDRAIL_LEVELS;
  g_assert_true (aisle_guardrail_level_from_text ("block", &level));
  g_assert_cmpint (level, ==, AISLE_GUARDRAIL_BLOCK);
}

/* What the command line's contract and the workspace write. */
static void
test_names_are_the_contract (void)
{
  g_assert_cmpstr (aisle_change_state_to_text (AISLE_CHANGE_SENT_BACK), ==, "sent_back");
  g_assert_cmpstr (aisle_change_state_to_text (AISLE_CHANGE_NEEDS_ATTENTION), ==,
                   "needs_attention");
  g_assert_cmpstr (aisle_change_kind_to_text (AISLE_CHANGE_STOCK_ADJUSTMENT), ==,
                   "stock_adjustment");
  g_assert_cmpstr (aisle_audit_verdict_to_text (AISLE_AUDIT_NO_DISPARITY), ==,
                   "no_disparity_shown");
}

static void
test_unknown_names (void)
{
  AisleChangeState state = AISLE_CHANGE_LIVE;
  g_assert_false (aisle_change_state_from_text ("gone", &state));
  g_assert_false (aisle_change_state_from_text ("", &state));
  g_assert_false (aisle_change_state_from_text (NULL, &state));
  g_assert_cmpint (state, ==, AISLE_CHANGE_LIVE);
  g_assert_null (aisle_change_state_to_text (AISLE_CHANGE_N_STATES));
  g_assert_null (aisle_change_kind_to_text ((AisleChangeKind) -1));
}

static void
test_roles (void)
{
  guint roles = 99;
  g_assert_true (aisle_roles_from_text ("admin, accountable_manager", &roles));
  g_assert_cmpuint (roles, ==, AISLE_ROLE_ADMIN | AISLE_ROLE_ACCOUNTABLE_MANAGER);
  g_autofree char *text = aisle_roles_to_text (roles);
  g_assert_cmpstr (text, ==, "accountable_manager,admin");
  g_autofree char *none = aisle_roles_to_text (0);
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (aisle_role_to_text (AISLE_ROLE_STORE_MANAGER), ==, "store_manager");
  g_assert_null (aisle_role_to_text (AISLE_ROLE_NONE));

  roles = 99;
  g_assert_false (aisle_roles_from_text ("", &roles));
  g_assert_false (aisle_roles_from_text (NULL, &roles));
  g_assert_false (aisle_roles_from_text ("admin,", &roles));
  g_assert_false (aisle_roles_from_text ("admin,king", &roles));
  g_assert_cmpuint (roles, ==, 99);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/approval/types/names-round-trip", test_names_round_trip);
  g_test_add_func ("/approval/types/names-are-the-contract", test_names_are_the_contract);
  g_test_add_func ("/approval/types/unknown-names", test_unknown_names);
  g_test_add_func ("/approval/types/roles", test_roles);
  return g_test_run ();
}
