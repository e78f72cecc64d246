/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-state.h"

#include <string.h>

/* The table once more, written by hand from the design: anything the code allows beyond it fails.
 */
static const char *const allowed[] = {
  "draft edit draft",
  "draft submit submitted",
  "draft withdraw withdrawn",
  "submitted approve approved",
  "submitted approve_lines approved",
  "submitted reject rejected",
  "submitted send_back sent_back",
  "submitted withdraw withdrawn",
  "sent_back edit draft",
  "sent_back withdraw withdrawn",
  "approved schedule scheduled",
  "approved start_push pushing",
  "approved withdraw withdrawn",
  "scheduled schedule scheduled",
  "scheduled start_push pushing",
  "scheduled withdraw withdrawn",
  "pushing finish_push live",
  "pushing fail_push needs_attention",
  "live end ended",
  "live roll_back rolled_back",
  "live fail_push needs_attention",
  "needs_attention retry_push pushing",
  "needs_attention roll_back rolled_back",
  "rolled_back fail_push needs_attention",
};

static void
test_exactly_the_design (void)
{
  gsize n_allowed = 0;
  for (int s = 0; s < AISLE_CHANGE_N_STATES; s++)
    for (int a = 0; a < AISLE_N_ACTIONS; a++)
      {
        AisleChangeState next = AISLE_CHANGE_N_STATES;
        if (!aisle_change_next_state ((AisleChangeState) s, (AisleChangeAction) a, &next))
          {
            g_assert_cmpint (next, ==, AISLE_CHANGE_N_STATES);
            continue;
          }
        g_autofree char *line = g_strjoin (" ", aisle_change_state_to_text ((AisleChangeState) s),
                                           aisle_change_action_to_text ((AisleChangeAction) a),
                                           aisle_change_state_to_text (next), NULL);
        gboolean is_listed = FALSE;
        for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
          is_listed |= g_str_equal (allowed[i], line);
        if (!is_listed)
          g_error ("allowed, but not in the design: %s", line);
        n_allowed++;
      }
  g_assert_cmpuint (n_allowed, ==, G_N_ELEMENTS (allowed));

  gsize n_transitions;
  aisle_change_transitions (&n_transitions);
  g_assert_cmpuint (n_transitions, ==, n_allowed); /* no row twice */
}

/* docs/approval.md prints the table: every row of it, and no other. */
static void
test_document_agrees (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "approval.md", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_no_error (error);
  gsize n;
  const AisleChangeTransition *rows = aisle_change_transitions (&n);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *row = g_strdup_printf (
          "\n| `%s` | `%s` | `%s` |\n", aisle_change_state_to_text (rows[i].state),
          aisle_change_action_to_text (rows[i].action), aisle_change_state_to_text (rows[i].next));
      if (!strstr (text, row))
        g_error ("not in docs/approval.md: %s", row);
    }
  gsize n_rows = 0;
  for (const char *at = strstr (text, "\n| `"); at; at = strstr (at + 1, "\n| `"))
    n_rows++;
  g_assert_cmpuint (n_rows, ==, n);
}

/* Nothing becomes live that was not approved: without approve, pushing cannot be reached. */
static void
test_no_way_around_approval (void)
{
  gboolean reached[AISLE_CHANGE_N_STATES] = { [AISLE_CHANGE_DRAFT] = TRUE };
  gsize n;
  const AisleChangeTransition *rows = aisle_change_transitions (&n);
  for (int pass = 0; pass < AISLE_CHANGE_N_STATES; pass++)
    for (gsize i = 0; i < n; i++)
      if (reached[rows[i].state] && rows[i].action != AISLE_ACTION_APPROVE
          && rows[i].action != AISLE_ACTION_APPROVE_LINES)
        reached[rows[i].next] = TRUE;
  g_assert_false (reached[AISLE_CHANGE_APPROVED]);
  g_assert_false (reached[AISLE_CHANGE_SCHEDULED]);
  g_assert_false (reached[AISLE_CHANGE_PUSHING]);
  g_assert_false (reached[AISLE_CHANGE_LIVE]);
  g_assert_true (reached[AISLE_CHANGE_SENT_BACK]);
}

/* What was approved is not edited any more. */
static void
test_no_edit_after_submit (void)
{
  for (int s = 0; s < AISLE_CHANGE_N_STATES; s++)
    g_assert_cmpint (aisle_change_next_state ((AisleChangeState) s, AISLE_ACTION_EDIT, NULL), ==,
                     s == AISLE_CHANGE_DRAFT || s == AISLE_CHANGE_SENT_BACK);
}

static void
test_final_states (void)
{
  for (int s = 0; s < AISLE_CHANGE_N_STATES; s++)
    g_assert_cmpint (aisle_change_state_is_final ((AisleChangeState) s), ==,
                     s == AISLE_CHANGE_ENDED || s == AISLE_CHANGE_WITHDRAWN
                         || s == AISLE_CHANGE_REJECTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/approval/state/exactly-the-design", test_exactly_the_design);
  g_test_add_func ("/approval/state/document-agrees", test_document_agrees);
  g_test_add_func ("/approval/state/no-way-around-approval", test_no_way_around_approval);
  g_test_add_func ("/approval/state/no-edit-after-submit", test_no_edit_after_submit);
  g_test_add_func ("/approval/state/final-states", test_final_states);
  return g_test_run ();
}
