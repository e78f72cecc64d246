/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workspace-fixture.h"

#include "aisle-change-types.h"
#include "aisle-log.h"

static const char *const all_stores[] = { NULL };

/* Adds; returns whether it waits. */
static gboolean
add (WorkspaceFixture *fixture, const char *name, guint roles, gint64 by)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = g_strdup_printf ("secret of %s", name);
  AislePersonWish wish = { name, roles, NULL, secret };
  gboolean waits = FALSE;
  aisle_staff_add (fixture->workspace, &wish, by, &waits, &error);
  g_assert_no_error (error);
  return waits;
}

static gint64
id_of (WorkspaceFixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) person = aisle_staff_find (fixture->workspace, name, &error);
  g_assert_no_error (error);
  return person->id;
}

static void
confirm (WorkspaceFixture *fixture, const char *name, gint64 by)
{
  g_autoptr (GError) error = NULL;
  aisle_staff_confirm (fixture->workspace, name, by, &error);
  g_assert_no_error (error);
}

static void
test_first_three (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean waits;
  g_assert_false (add (fixture, "Ana", AISLE_ROLE_MERCHANDISER, 0));
  g_autoptr (AislePerson) ana = aisle_staff_find (fixture->workspace, "Ana", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ana->roles, ==, AISLE_ROLE_MERCHANDISER | AISLE_ROLE_ADMIN);
  g_assert_null (ana->stores);

  AislePersonWish ben = { "Ben", AISLE_ROLE_APPROVER, NULL, "long enough" };
  g_assert_false (aisle_staff_add (fixture->workspace, &ben, 0, &waits, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (add (fixture, "Ben", AISLE_ROLE_APPROVER, ana->id));

  g_assert_true (add (fixture, "Cid", AISLE_ROLE_STORE_MANAGER, ana->id));
  g_assert_null (aisle_staff_find (fixture->workspace, "Cid", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (aisle_staff_confirm (fixture->workspace, "Cid", ana->id, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_autoptr (GPtrArray) requests = aisle_staff_list_requests (fixture->workspace, &error);
  g_assert_cmpuint (requests->len, ==, 1);
  confirm (fixture, "Cid", id_of (fixture, "Ben"));
  g_assert_cmpint (id_of (fixture, "Cid"), >, 0);
  g_autoptr (GPtrArray) people = aisle_staff_list (fixture->workspace, &error);
  g_assert_cmpuint (people->len, ==, 3);
  g_assert_false (aisle_staff_confirm (fixture->workspace, "Cid", 2, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND);
}

static void
test_change (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean waits = FALSE;
  workspace_fixture_raw (fixture,
                         "INSERT INTO store (code, currency) VALUES ('S1', 'GBP'), ('S2', 'GBP')");
  add (fixture, "Ana", AISLE_ROLE_ADMIN, 0);
  add (fixture, "Ben", AISLE_ROLE_APPROVER, 1);
  const char *const stores[] = { "S1", NULL };
  AislePersonWish wish = { "Ben", AISLE_ROLE_APPROVER | AISLE_ROLE_ADMIN, stores, "new secret" };
  g_assert_true (aisle_staff_change (fixture->workspace, &wish, 1, &waits, &error));
  g_assert_no_error (error);
  g_assert_true (waits);
  confirm (fixture, "Ben", 2);
  g_autoptr (AislePerson) ben =
      aisle_staff_sign_in (fixture->workspace, "Ben", "new secret", &error);
  g_assert_no_error (error);
  g_assert_true (ben->roles & AISLE_ROLE_ADMIN);
  g_assert_true (aisle_person_covers_store (ben, "S1"));
  g_assert_false (aisle_person_covers_store (ben, "S2"));
  AislePersonWish wide = { "Ben", 0, all_stores, NULL };
  g_assert_true (aisle_staff_change (fixture->workspace, &wide, 2, &waits, &error));
  confirm (fixture, "Ben", 1);
  g_autoptr (AislePerson) again = aisle_staff_find (fixture->workspace, "Ben", &error);
  g_assert_null (again->stores);
  const char *const nowhere[] = { "S9", NULL };
  AislePersonWish bad = { "Ben", 0, nowhere, NULL };
  g_assert_false (aisle_staff_change (fixture->workspace, &bad, 1, &waits, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND);
}

static void
test_own_secret (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean waits = FALSE;
  add (fixture, "Ana", AISLE_ROLE_ADMIN, 0);
  add (fixture, "Ben", AISLE_ROLE_APPROVER, 1);
  AislePersonWish secret = { "Ben", 0, NULL, "another one" };
  g_assert_true (aisle_staff_change (fixture->workspace, &secret, 2, &waits, &error));
  g_assert_true (waits);
  g_assert_false (aisle_staff_confirm (fixture->workspace, "Ben", 2, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (aisle_staff_check_secret (fixture->workspace, 2, "another one", &error));
  g_clear_error (&error);
  confirm (fixture, "Ben", 1);
  g_assert_true (aisle_staff_check_secret (fixture->workspace, 2, "another one", &error));
  AislePersonWish roles = { "Ben", AISLE_ROLE_ADMIN, NULL, NULL };
  g_assert_false (aisle_staff_change (fixture->workspace, &roles, 2, &waits, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
}

static void
test_lock (WorkspaceFixture *fixture, gconstpointer data)
{
  add (fixture, "Ana", AISLE_ROLE_ADMIN, 0);
  g_autoptr (GError) error = NULL;
  for (int i = 0; i < 4; i++)
    {
      g_clear_error (&error);
      g_assert_null (aisle_staff_sign_in (fixture->workspace, "Ana", "wrong", &error));
      g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_WRONG_SECRET);
    }
  g_clear_error (&error);
  g_autoptr (AislePerson) ana =
      aisle_staff_sign_in (fixture->workspace, "Ana", "secret of Ana", &error);
  g_assert_no_error (error);
  /* The right one began the count anew; another connection counts on. */
  g_autoptr (AisleWorkspace) other = aisle_workspace_open_again (fixture->workspace, &error);
  for (int i = 0; i < 5; i++)
    {
      g_assert_null (
          aisle_staff_sign_in (i % 2 ? other : fixture->workspace, "Ana", "wrong", &error));
      g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_WRONG_SECRET);
      g_clear_error (&error);
    }
  g_assert_null (aisle_staff_sign_in (other, "Ana", "secret of Ana", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_LOCKED);
  g_clear_error (&error);
  workspace_fixture_raw (fixture, "UPDATE person SET locked_until_at = unixepoch () - 1");
  g_assert_true (aisle_staff_check_secret (other, ana->id, "secret of Ana", &error));
  g_assert_no_error (error);
  g_assert_cmpint (workspace_fixture_number (
                       fixture, "SELECT count (*) FROM log_entry WHERE action = 'staff.lock'"),
                   ==, 1);
}

static void
test_unknown_takes_as_long (WorkspaceFixture *fixture, gconstpointer data)
{
  add (fixture, "Ana", AISLE_ROLE_ADMIN, 0);
  gint64 best[2] = { G_MAXINT64, G_MAXINT64 };
  const char *const names[] = { "Ana", "Nobody" };
  for (int i = 0; i < 6; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();
      g_assert_null (aisle_staff_sign_in (fixture->workspace, names[i % 2], "wrong", &error));
      g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_WRONG_SECRET);
      best[i % 2] = MIN (best[i % 2], g_get_monotonic_time () - start);
    }
  g_test_message ("known %.1f ms, unknown %.1f ms", best[0] / 1e3, best[1] / 1e3);
  g_assert_cmpint (best[1], >, best[0] / 3);
  g_assert_cmpint (best[0], >, best[1] / 3);
}

static void
test_bad_wishes (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (81, 'x');
  g_autofree char *long_secret = g_strnfill (600, 'x');
  const AislePersonWish wishes[] = {
    { "", AISLE_ROLE_ADMIN, NULL, "secret" },
    { NULL, AISLE_ROLE_ADMIN, NULL, "secret" },
    { " Ana", AISLE_ROLE_ADMIN, NULL, "secret" },
    { "A,na", AISLE_ROLE_ADMIN, NULL, "secret" },
    { "A\nna", AISLE_ROLE_ADMIN, NULL, "secret" },
    { "A\xff", AISLE_ROLE_ADMIN, NULL, "secret" },
    { long_name, AISLE_ROLE_ADMIN, NULL, "secret" },
    { "Ana", AISLE_ROLE_ADMIN, NULL, "ab" },
    { "Ana", AISLE_ROLE_ADMIN, NULL, "" },
    { "Ana", AISLE_ROLE_ADMIN, NULL, "\xff\xfe\xfd\xfc\xfb" },
    { "Ana", AISLE_ROLE_ADMIN, NULL, long_secret },
    { "Ana", AISLE_ROLE_ADMIN, NULL, NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wishes); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean waits;
      g_assert_false (aisle_staff_add (fixture->workspace, &wishes[i], 0, &waits, &error));
      g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID);
    }
  g_autoptr (GError) error = NULL;
  g_assert_null (aisle_staff_sign_in (fixture->workspace, "\xff", "\xff", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_WRONG_SECRET);
}

static void
test_deactivate (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  add (fixture, "Ana", AISLE_ROLE_ADMIN, 0);
  add (fixture, "Ben", AISLE_ROLE_APPROVER, 1);
  g_assert_false (aisle_staff_deactivate (fixture->workspace, "Ana", 1, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (aisle_staff_deactivate (fixture->workspace, "Ben", 2, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  add (fixture, "Cid", AISLE_ROLE_APPROVER, 1);
  confirm (fixture, "Cid", 2);
  g_assert_true (aisle_staff_deactivate (fixture->workspace, "Ben", 1, &error));
  g_assert_no_error (error);
  g_assert_null (aisle_staff_sign_in (fixture->workspace, "Ben", "secret of Ben", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_WRONG_SECRET);
  g_clear_error (&error);
  /* Who comes back is confirmed like somebody new, and keeps the place in the log. */
  g_assert_true (add (fixture, "Ben", AISLE_ROLE_MERCHANDISER, 1));
  confirm (fixture, "Ben", 3);
  g_autoptr (AislePerson) ben =
      aisle_staff_sign_in (fixture->workspace, "Ben", "secret of Ben", &error);
  g_assert_no_error (error);
  g_assert_cmpint (ben->id, ==, 2);
  g_assert_cmpuint (ben->roles, ==, AISLE_ROLE_MERCHANDISER);
}

static gboolean
no_secret_cb (const AisleLogEntry *entry, gpointer data)
{
  g_assert_null (g_strstr_len (entry->payload, -1, "secret of"));
  g_assert_null (g_strstr_len (entry->payload, -1, "$y$"));
  return TRUE;
}

static void
test_log_has_no_secret (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  add (fixture, "Ana", AISLE_ROLE_ADMIN, 0);
  add (fixture, "Ben", AISLE_ROLE_APPROVER, 1);
  add (fixture, "Cid", AISLE_ROLE_APPROVER, 1);
  confirm (fixture, "Cid", 2);
  g_assert_true (aisle_log_each (fixture->workspace, G_MININT64, no_secret_cb, NULL, &error));
  g_auto (AisleLogVerdict) verdict;
  g_assert_true (aisle_log_verify (fixture->workspace, &verdict, &error));
  g_assert_true (verdict.ok);
  g_assert_cmpint (verdict.entries, ==, 4);
  g_assert_cmpint (workspace_fixture_number (
                       fixture, "SELECT count (*) FROM person WHERE secret_hash LIKE '$y$%'"),
                   ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/workspace/staff/" name, WorkspaceFixture, NULL, workspace_fixture_set_up,          \
              function, workspace_fixture_tear_down)
  ADD ("first-three", test_first_three);
  ADD ("change", test_change);
  ADD ("own-secret", test_own_secret);
  ADD ("lock", test_lock);
  ADD ("unknown-takes-as-long", test_unknown_takes_as_long);
  ADD ("bad-wishes", test_bad_wishes);
  ADD ("deactivate", test_deactivate);
  ADD ("log-has-no-secret", test_log_has_no_secret);
  return workspace_fixture_run_tests ();
}
