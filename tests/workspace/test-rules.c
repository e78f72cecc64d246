/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workspace-fixture.h"

#include "aisle-approval-policy.h"
#include "aisle-change-state.h"

/* Ana (1) admin, Ben (2) approver, Cid (3) merchandiser, Dot (4) store manager of S1; change 1 is
 * Cid's, a draft with a line in S1; change 2 the same, by Ben, who may approve. */
#define SEED                                                                                       \
  "INSERT INTO person (id, name, roles, secret_hash, added_at) VALUES (1, 'Ana', "                 \
  "'merchandiser,admin', "                                                                         \
  "'x', 0);"                                                                                       \
  "INSERT INTO person (id, name, roles, secret_hash, added_at, added_by) VALUES (2, 'Ben', "       \
  "'approver', "                                                                                   \
  "'x', 0, 1);"                                                                                    \
  "INSERT INTO person_request (name, roles, secret_hash, requested_by, requested_at) VALUES "      \
  "('Cid', 'merchandiser', 'x', 1, 0), ('Dot', 'store_manager', 'x', 1, 0), ('Eve', 'approver', "  \
  "'x', 1, 0);"                                                                                    \
  "UPDATE person_request SET confirmed_by = 2, confirmed_at = 0;"                                  \
  "INSERT INTO person (id, name, roles, secret_hash, added_at, added_by, confirmed_by) VALUES "    \
  "(3, 'Cid', 'merchandiser', 'x', 0, 1, 2), (4, 'Dot', 'store_manager', 'x', 0, 1, 2), "          \
  "(5, 'Eve', 'approver', 'x', 0, 1, 2);"                                                          \
  "UPDATE person_request SET closed_at = 0;"                                                       \
  "INSERT INTO system (id, name, kind, url) VALUES (1, 'till', 'aisle', 'http://localhost/');"     \
  "INSERT INTO store (id, code, currency, system_id) VALUES (1, 'S1', 'GBP', 1), (2, 'S2', "       \
  "'GBP', 1);"                                                                                     \
  "INSERT INTO product (id, sku) VALUES (1, 'A'), (2, 'B');"                                       \
  "INSERT INTO change (id, kind, author_id, created_at) VALUES (1, 'price', 3, 0), (2, 'price', "  \
  "2, 0), "                                                                                        \
  "(3, 'order', 4, 0);"                                                                            \
  "INSERT INTO change_line (id, change_id, line, product_id, store_id, currency, before_minor, "   \
  "after_minor) VALUES (1, 1, 1, 1, 1, 'GBP', 500, 400), (2, 1, 2, 2, 1, 'GBP', 500, 450), "       \
  "(3, 2, 1, 1, 1, 'GBP', 500, 300), (4, 3, 1, 1, 1, 'GBP', NULL, 100);"
#define SUBMIT(id) "UPDATE change SET state = 'submitted', submitted_at = 1 WHERE id = " #id ";"
#define DECIDE(change, person, action)                                                             \
  "INSERT INTO change_decision (change_id, revision, action, person_id, at) VALUES (" #change      \
  ", 1, '" action "', " #person ", 2);"
#define APPROVE(change, person)                                                                    \
  DECIDE (change, person, "approve") "UPDATE change SET state = 'approved' WHERE id = " #change ";"
#define QUEUE(change, line, product, expected)                                                     \
  "INSERT INTO store_update (id, change_id, revision, change_line_id, system_id, store_id, "       \
  "product_id, "                                                                                   \
  "currency, kind, name, expected_minor, updated_at) VALUES (" #line ", " #change ", 1, " #line    \
  ", 1, 1, " #product ", 'GBP', 'price', 'n', " #expected ", 3);"

static void
set_up (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_set_up (fixture, data);
  workspace_fixture_raw (fixture, "PRAGMA foreign_keys = ON;" SEED);
}

static void
test_states_agree (WorkspaceFixture *fixture, gconstpointer data)
{
  gsize n;
  const AisleChangeTransition *transitions = aisle_change_transitions (&n);
  g_autoptr (GHashTable) pairs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < n; i++)
    {
      if (transitions[i].state == transitions[i].next)
        continue;
      const char *from = aisle_change_state_to_text (transitions[i].state);
      const char *to = aisle_change_state_to_text (transitions[i].next);
      g_autofree char *sql = g_strdup_printf (
          "SELECT count (*) FROM change_transition WHERE from_state = '%s' AND to_state = '%s'",
          from, to);
      if (workspace_fixture_number (fixture, sql) != 1)
        g_error ("the workspace does not know the step from %s to %s", from, to);
      g_hash_table_add (pairs, g_strdup_printf ("%s %s", from, to));
    }
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count (*) FROM change_transition"),
                   ==, g_hash_table_size (pairs));
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count (*) FROM change_state"), ==,
                   AISLE_CHANGE_N_STATES);
  workspace_fixture_refused (fixture, "INSERT INTO change_transition VALUES ('draft', 'live')",
                             "are fixed");
  workspace_fixture_refused (fixture, "DELETE FROM change_transition", "are fixed");
  workspace_fixture_refused (fixture, "UPDATE change_state SET name = 'x' WHERE name = 'ended'",
                             "are fixed");
}

static void
test_good_way (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (fixture,
                         SUBMIT (1) APPROVE (1, 2) QUEUE (1, 1, 1, 400) QUEUE (1, 2, 2, 450));
  workspace_fixture_raw (fixture, "UPDATE change SET state = 'pushing' WHERE id = 1");
  workspace_fixture_raw (
      fixture, "UPDATE store_update SET state = 'verified', found_minor = expected_minor");
  workspace_fixture_raw (fixture, "UPDATE change SET state = 'live' WHERE id = 1");
}

static void
test_states_by_hand (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_refused (fixture, "UPDATE change SET state = 'approved' WHERE id = 1", "");
  workspace_fixture_refused (fixture, "UPDATE change SET state = 'live' WHERE id = 1", "");
  workspace_fixture_raw (fixture, SUBMIT (1));
  workspace_fixture_refused (fixture, "UPDATE change SET state = 'approved' WHERE id = 1",
                             "second person");
  workspace_fixture_refused (fixture, "UPDATE change SET state = 'nonsense' WHERE id = 1",
                             "cannot go from");
  workspace_fixture_refused (
      fixture,
      "INSERT INTO change (kind, state, author_id, created_at) VALUES ('price', 'approved', 3, 0)",
      "begins as a draft");
  workspace_fixture_refused (fixture,
                             "INSERT OR REPLACE INTO change (id, kind, author_id, created_at) "
                             "VALUES (1, 'price', 2, 0)",
                             "there already");
  workspace_fixture_refused (fixture, "DELETE FROM change WHERE id = 1", "is kept");
  workspace_fixture_refused (fixture, "UPDATE change SET author_id = 4 WHERE id = 1",
                             "author and kind");
  workspace_fixture_refused (fixture, "UPDATE change SET kind = 'order' WHERE id = 1",
                             "author and kind");
}

static void
test_four_eyes (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_refused (fixture, DECIDE (1, 2, "approve"), "only what is submitted");
  workspace_fixture_raw (fixture, SUBMIT (1) SUBMIT (2) DECIDE (1, 5, "submit"));
  workspace_fixture_refused (fixture, DECIDE (2, 2, "approve"), "not one who wrote it");
  workspace_fixture_refused (fixture, DECIDE (2, 2, "approve_lines"), "not one who wrote it");
  workspace_fixture_refused (fixture, DECIDE (1, 5, "approve"), "not one who wrote it");
  workspace_fixture_refused (fixture, DECIDE (1, 3, "approve"), "");
  workspace_fixture_refused (fixture, DECIDE (1, 1, "approve"), "only an approver");
  workspace_fixture_refused (fixture, DECIDE (1, 4, "approve"), "only an approver");
  workspace_fixture_refused (
      fixture,
      "INSERT INTO change_decision (change_id, revision, action, person_id, at) "
      "VALUES (1, 2, 'approve', 2, 2)",
      "lies before us");
  workspace_fixture_raw (fixture, "UPDATE person SET is_active = 0 WHERE id = 5");
  workspace_fixture_refused (fixture, DECIDE (2, 5, "approve"), "active");
  workspace_fixture_raw (fixture, APPROVE (1, 2));
  workspace_fixture_refused (fixture, "UPDATE change_decision SET person_id = 4",
                             "cannot be changed");
  workspace_fixture_refused (fixture, "DELETE FROM change_decision", "cannot be removed");
  workspace_fixture_refused (
      fixture,
      "INSERT OR REPLACE INTO change_decision (id, change_id, revision, action, "
      "person_id, at) SELECT min (id), 1, 1, 'reject', 2, 2 FROM change_decision",
      "cannot be changed");
}

static void
test_scope (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (
      fixture, "INSERT INTO person_request (name, scope, requested_by, requested_at) VALUES "
               "('Ben', 'S2', 1, 0);"
               "UPDATE person_request SET confirmed_by = 5, confirmed_at = 1 WHERE name = 'Ben';"
               "INSERT INTO person_scope (person_id, store_id) VALUES (2, 2);"
               "UPDATE person_request SET closed_at = 1 WHERE name = 'Ben';" SUBMIT (1));
  workspace_fixture_refused (fixture, DECIDE (1, 2, "approve"), "a store of this change");
  workspace_fixture_raw (fixture, APPROVE (1, 5));
}

/* What was approved of one draft does not count for the next. */
static void
test_old_approval (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (
      fixture,
      SUBMIT (1) DECIDE (1, 2, "approve") "UPDATE change SET state = 'sent_back' WHERE id = 1;"
                                          "UPDATE change SET state = 'draft' WHERE id = 1;"
                                          "UPDATE change_line SET after_minor = 1 WHERE id = 1;");
  workspace_fixture_refused (fixture, SUBMIT (1), "begin a new one");
  workspace_fixture_refused (fixture, "UPDATE change SET revision = 5 WHERE id = 1",
                             "count up by one");
  workspace_fixture_raw (fixture, "UPDATE change SET revision = 2 WHERE id = 1;" SUBMIT (1));
  workspace_fixture_refused (fixture, "UPDATE change SET state = 'approved' WHERE id = 1",
                             "second person");
}

static void
test_lines (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (fixture, SUBMIT (1));
  workspace_fixture_refused (fixture, "UPDATE change_line SET after_minor = 1 WHERE id = 1",
                             "only drafts");
  workspace_fixture_refused (fixture, "UPDATE change_line SET change_id = 1, line = 9 WHERE id = 3",
                             "only drafts");
  workspace_fixture_refused (fixture, "UPDATE OR REPLACE change_line SET id = 1 WHERE id = 3",
                             "only drafts");
  workspace_fixture_refused (fixture, "DELETE FROM change_line WHERE id = 1", "only drafts");
  workspace_fixture_refused (
      fixture,
      "INSERT INTO change_line (change_id, line, product_id, store_id, currency, "
      "after_minor) VALUES (1, 3, 1, 2, 'GBP', 100)",
      "only drafts");
  workspace_fixture_refused (
      fixture,
      "INSERT OR REPLACE INTO change_line (id, change_id, line, product_id, store_id, "
      "currency, after_minor) VALUES (1, 2, 3, 1, 2, 'GBP', 100)",
      "only drafts");
  workspace_fixture_refused (fixture, "UPDATE change SET percent_off_ppm = 5 WHERE id = 1",
                             "only drafts");
  workspace_fixture_refused (fixture, "UPDATE change SET to_day = 5 WHERE id = 1", "only drafts");
  workspace_fixture_refused (fixture, "UPDATE change SET revision = 2 WHERE id = 1", "count up");
  workspace_fixture_raw (fixture,
                         "UPDATE change_line SET is_approved = 0 WHERE id = 2;" APPROVE (1, 2));
  workspace_fixture_refused (fixture, "UPDATE change_line SET is_approved = 1 WHERE id = 2",
                             "ticked before");
  workspace_fixture_refused (fixture, "UPDATE change_line SET after_minor = 1 WHERE id = 1",
                             "only drafts");
  workspace_fixture_raw (fixture, "DELETE FROM change_line WHERE id = 3");
  workspace_fixture_refused (fixture, SUBMIT (2), "without lines");
  workspace_fixture_raw (fixture, "DELETE FROM change WHERE id = 2");
}

static void
test_findings (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (
      fixture,
      SUBMIT (1) "INSERT INTO change_finding VALUES "
                 "(1, 1, 1, 'margin', 'block', 'm'), (1, 1, 2, 'step', 'warn', 'm');" DECIDE (
                     1, 2, "approve"));
  workspace_fixture_refused (fixture, "UPDATE change SET state = 'approved' WHERE id = 1",
                             "guardrail");
  /* A line that is not ticked does not block the others. */
  workspace_fixture_raw (fixture, "UPDATE change_line SET is_approved = 0 WHERE id = 1;"
                                  "UPDATE change SET state = 'approved' WHERE id = 1");
  workspace_fixture_refused (fixture, "DELETE FROM change_finding", "kept with its decision");
  workspace_fixture_refused (fixture, "UPDATE change_finding SET level = 'warn'",
                             "kept with its decision");
  workspace_fixture_refused (fixture,
                             "INSERT INTO change_finding VALUES (1, 1, 0, 'x', 'warn', 'm')",
                             "kept with its decision");
}

static void
test_evidence (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (fixture,
                         "INSERT INTO change_evidence (change_id, revision, kind, at, document) "
                         "VALUES (1, 1, 'forecast', 0, '{}');" SUBMIT (1));
  workspace_fixture_refused (fixture, "UPDATE change_evidence SET document = '[]'", "frozen");
  workspace_fixture_refused (fixture, "DELETE FROM change_evidence", "frozen");
  workspace_fixture_refused (
      fixture,
      "INSERT OR REPLACE INTO change_evidence (change_id, revision, kind, at, document) "
      "VALUES (1, 1, 'forecast', 0, '[]')",
      "frozen");
  workspace_fixture_raw (fixture, APPROVE (1, 2));
  workspace_fixture_refused (
      fixture,
      "INSERT INTO change_evidence (change_id, revision, kind, at, document) "
      "VALUES (1, 1, 'later', 0, '[]')",
      "frozen");
}

static void
test_outbox (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_refused (fixture, QUEUE (1, 1, 1, 400), "without an approval");
  workspace_fixture_raw (fixture, SUBMIT (1));
  workspace_fixture_refused (fixture, QUEUE (1, 1, 1, 400), "without an approval");
  workspace_fixture_raw (fixture,
                         "UPDATE change_line SET is_approved = 0 WHERE id = 2;" APPROVE (1, 2));
  workspace_fixture_refused (fixture, QUEUE (1, 2, 2, 450), "without an approval");
  workspace_fixture_refused (fixture, QUEUE (1, 1, 2, 400), "without an approval");
  workspace_fixture_refused (fixture, QUEUE (1, 3, 1, 300), "without an approval");
  workspace_fixture_refused (fixture, QUEUE (1, 1, 1, 399), "nothing else");
  workspace_fixture_raw (fixture, QUEUE (1, 1, 1, 400));
  workspace_fixture_refused (fixture, "UPDATE store_update SET expected_minor = 1", "nothing else");
  workspace_fixture_refused (fixture, "UPDATE store_update SET product_id = 2", "nothing else");
  workspace_fixture_refused (fixture, "UPDATE store_update SET state = 'verified'",
                             "read back and equal");
  workspace_fixture_refused (fixture,
                             "UPDATE store_update SET state = 'verified', found_minor = 399",
                             "read back and equal");
  workspace_fixture_raw (fixture, "UPDATE store_update SET state = 'verified', found_minor = 400");
  workspace_fixture_refused (fixture, "UPDATE store_update SET found_minor = 399",
                             "read back and equal");
  workspace_fixture_refused (fixture, "DELETE FROM store_update", "are kept");
}

static void
test_policy (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AisleApprovalPolicy policy;
  g_assert_true (
      aisle_approval_policy_read (fixture->workspace, AISLE_CHANGE_PRICE, 1, &policy, &error));
  g_assert_true (aisle_approval_policy_needs_second (&policy, 0, 0));
  g_assert_true (
      aisle_approval_policy_read (fixture->workspace, AISLE_CHANGE_ORDER, 1, &policy, &error));
  g_assert_cmpint (policy.free_up_to_minor, ==, 50000);
  g_assert_false (aisle_approval_policy_needs_second (&policy, 50000, 200000));
  g_assert_true (aisle_approval_policy_needs_second (&policy, 50001, 0));
  g_assert_true (aisle_approval_policy_needs_second (&policy, 1, 200001));

  AisleApprovalPolicy strict = { TRUE, AISLE_POLICY_NO_LIMIT, AISLE_POLICY_NO_LIMIT };
  AisleApprovalPolicy lax = { FALSE, AISLE_POLICY_NO_LIMIT, AISLE_POLICY_NO_LIMIT };
  g_assert_true (
      aisle_approval_policy_set (fixture->workspace, AISLE_CHANGE_ORDER, 1, &strict, 1, &error));
  g_assert_no_error (error);
  g_assert_true (
      aisle_approval_policy_read (fixture->workspace, AISLE_CHANGE_ORDER, 1, &policy, &error));
  g_assert_true (aisle_approval_policy_needs_second (&policy, 0, 0));
  g_assert_true (
      aisle_approval_policy_read (fixture->workspace, AISLE_CHANGE_ORDER, 2, &policy, &error));
  g_assert_false (aisle_approval_policy_needs_second (&policy, 0, 0));
  g_assert_false (
      aisle_approval_policy_set (fixture->workspace, AISLE_CHANGE_ORDER, 1, &lax, 2, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (
      aisle_approval_policy_set (fixture->workspace, AISLE_CHANGE_PRICE, 0, &lax, 1, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  workspace_fixture_refused (fixture,
                             "UPDATE approval_policy SET needs_second = 0 WHERE kind = 'promotion'",
                             "always need");
  workspace_fixture_refused (
      fixture,
      "INSERT INTO approval_policy (kind, store_id, needs_second, free_up_to_minor) "
      "VALUES ('price', 1, 1, 5)",
      "always need");
  workspace_fixture_refused (fixture,
                             "UPDATE approval_policy SET kind = 'price' WHERE kind = 'order'", "");
}

/* Orders: the store manager's own sign-off where the policy leaves it, a second person where not.
 */
static void
test_own_sign_off (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_raw (fixture, "INSERT INTO approval_policy (kind, store_id, needs_second) "
                                  "VALUES ('order', 1, 1);" SUBMIT (3));
  workspace_fixture_refused (fixture, DECIDE (3, 4, "approve"), "");
  workspace_fixture_raw (fixture, "DELETE FROM approval_policy WHERE kind = 'order'");
  workspace_fixture_refused (fixture, DECIDE (3, 4, "approve"), "");
  workspace_fixture_raw (fixture,
                         "INSERT INTO approval_policy (kind, needs_second) VALUES ('order', 0);");
  workspace_fixture_refused (fixture, DECIDE (3, 3, "approve"), "only an approver");
  workspace_fixture_raw (fixture, APPROVE (3, 4));
}

static void
test_people (WorkspaceFixture *fixture, gconstpointer data)
{
  workspace_fixture_refused (fixture, "UPDATE person SET roles = 'approver,admin' WHERE id = 3",
                             "confirmed");
  workspace_fixture_refused (fixture, "UPDATE person SET secret_hash = 'y' WHERE id = 2",
                             "confirmed");
  workspace_fixture_refused (fixture, "UPDATE person SET name = 'Bob' WHERE id = 2", "keeps name");
  workspace_fixture_refused (fixture, "DELETE FROM person WHERE id = 2", "nobody is deleted");
  workspace_fixture_refused (fixture, "UPDATE person SET is_active = 0 WHERE id = 1", "last admin");
  workspace_fixture_refused (
      fixture,
      "INSERT INTO person (name, roles, secret_hash, added_at, added_by, confirmed_by) "
      "VALUES ('Max', 'approver', 'x', 0, 1, 2)",
      "confirmed by somebody else");
  workspace_fixture_refused (
      fixture,
      "INSERT OR REPLACE INTO person (id, name, roles, secret_hash, added_at, added_by, "
      "confirmed_by) VALUES (3, 'Cid', 'approver', 'x', 0, 1, 2)",
      "");
  workspace_fixture_refused (
      fixture, "INSERT INTO person_scope (person_id, store_id) VALUES (4, 2)", "confirmed");
  workspace_fixture_refused (
      fixture, "UPDATE person_request SET roles = 'admin' WHERE name = 'Cid'", "stays as");
  workspace_fixture_refused (fixture, "UPDATE person_request SET closed_at = NULL", "stays as");
  workspace_fixture_refused (fixture, "DELETE FROM person_request", "are kept");
  workspace_fixture_refused (fixture,
                             "INSERT INTO person_request (name, roles, requested_by, requested_at) "
                             "VALUES ('Cid', 'approver', 3, 0)",
                             "only an admin");
  workspace_fixture_raw (fixture,
                         "INSERT INTO person_request (name, roles, requested_by, requested_at) "
                         "VALUES ('Cid', 'approver', 1, 0)");
  workspace_fixture_refused (
      fixture, "UPDATE person_request SET confirmed_by = 1 WHERE closed_at IS NULL", "");
  workspace_fixture_refused (fixture,
                             "UPDATE person_request SET confirmed_by = 3 WHERE closed_at IS NULL",
                             "another admin");
  workspace_fixture_refused (fixture, "UPDATE person SET roles = 'approver' WHERE id = 3",
                             "confirmed");
  workspace_fixture_raw (fixture,
                         "UPDATE person_request SET confirmed_by = 2 WHERE closed_at IS NULL;");
  workspace_fixture_refused (fixture, "UPDATE person SET roles = 'approver,admin' WHERE id = 3",
                             "confirmed");
  workspace_fixture_raw (fixture,
                         "UPDATE person SET roles = 'approver' WHERE id = 3;"
                         "UPDATE person_request SET closed_at = 5 WHERE closed_at IS NULL;");
  workspace_fixture_refused (fixture, "UPDATE person SET roles = 'merchandiser' WHERE id = 3",
                             "confirmed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/workspace/rules/" name, WorkspaceFixture, NULL, set_up, function,                  \
              workspace_fixture_tear_down)
  ADD ("states-agree", test_states_agree);
  ADD ("good-way", test_good_way);
  ADD ("states-by-hand", test_states_by_hand);
  ADD ("four-eyes", test_four_eyes);
  ADD ("scope", test_scope);
  ADD ("old-approval", test_old_approval);
  ADD ("lines", test_lines);
  ADD ("findings", test_findings);
  ADD ("evidence", test_evidence);
  ADD ("outbox", test_outbox);
  ADD ("policy", test_policy);
  ADD ("own-sign-off", test_own_sign_off);
  ADD ("people", test_people);
  return workspace_fixture_run_tests ();
}
