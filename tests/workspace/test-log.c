/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workspace-fixture.h"

#include "aisle-log.h"

#include <glib/gstdio.h>

#define DROP_RULES                                                                                 \
  "DROP TRIGGER log_entry_is_final; DROP TRIGGER log_entry_stays; DROP TRIGGER "                   \
  "log_payload_is_final;"                                                                          \
  "DROP TRIGGER log_payload_stays; DROP TRIGGER log_head_stays; DROP TRIGGER log_head_grows;"      \
  "DROP TRIGGER log_entry_follows;"

static void
append (WorkspaceFixture *fixture, int n)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_workspace_begin (fixture->workspace, &error));
  for (int i = 0; i < n; i++)
    {
      g_autofree char *payload = g_strdup_printf ("{\"before\":%d,\"after\":%d}", i, i + 1);
      aisle_log_append (fixture->workspace, 0, "test.step", "thing 7", payload, &error);
      g_assert_no_error (error);
    }
  g_assert_true (aisle_workspace_commit (fixture->workspace, &error));
}

static void
assert_broken (WorkspaceFixture *fixture, gint64 seq, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_auto (AisleLogVerdict) verdict;
  g_assert_true (aisle_log_verify (fixture->workspace, &verdict, &error));
  g_assert_no_error (error);
  g_assert_false (verdict.ok);
  if (!g_strstr_len (verdict.sentence, -1, words))
    g_error ("“%s” does not say “%s”", verdict.sentence, words);
  g_assert_cmpint (verdict.first_broken, ==, seq);
}

static void
assert_sound (WorkspaceFixture *fixture, gint64 entries, gint64 anchored)
{
  g_autoptr (GError) error = NULL;
  g_auto (AisleLogVerdict) verdict;
  g_assert_true (aisle_log_verify (fixture->workspace, &verdict, &error));
  g_assert_no_error (error);
  if (!verdict.ok)
    g_error ("%s", verdict.sentence);
  g_assert_cmpint (verdict.entries, ==, entries);
  g_assert_cmpint (verdict.anchored_up_to, ==, anchored);
  g_assert_cmpint (verdict.first_broken, ==, 0);
}

static void
test_empty (WorkspaceFixture *fixture, gconstpointer data)
{
  assert_sound (fixture, 0, 0);
}

static void
test_sound (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 3);
  append (fixture, 2);
  assert_sound (fixture, 5, 5);
}

static void
test_rolled_back (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  append (fixture, 1);
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_true (aisle_log_append (fixture->workspace, 0, "never", "nothing", NULL, &error));
  aisle_workspace_rollback (fixture->workspace);
  assert_sound (fixture, 1, 1);
  append (fixture, 1);
  assert_sound (fixture, 2, 2);
}

static void
test_first_rolled_back (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_true (aisle_log_append (fixture->workspace, 0, "never", "nothing", NULL, &error));
  aisle_workspace_rollback (fixture->workspace);
  append (fixture, 2);
  assert_sound (fixture, 2, 2);
}

static void
test_rules (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 3);
  workspace_fixture_refused (fixture, "UPDATE log_entry SET at = 1 WHERE seq = 2",
                             "cannot be changed");
  workspace_fixture_refused (fixture, "DELETE FROM log_entry WHERE seq = 3", "cannot be removed");
  workspace_fixture_refused (fixture, "UPDATE log_payload SET payload = '{}'", "cannot be changed");
  workspace_fixture_refused (fixture, "DELETE FROM log_payload WHERE seq = 1", "with a note");
  workspace_fixture_refused (fixture, "DELETE FROM log_head", "keeps its end");
  workspace_fixture_refused (fixture, "UPDATE log_head SET seq = 2", "keeps its end");
  workspace_fixture_refused (
      fixture,
      "INSERT INTO log_entry (seq, at, action, object, payload_digest, chain)"
      " VALUES (9, 1, 'a', 'b', zeroblob (32), zeroblob (32))",
      "in order");
  assert_sound (fixture, 3, 3);
}

static void
test_changed (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 6);
  workspace_fixture_raw (fixture,
                         DROP_RULES "UPDATE log_entry SET object = 'thing 8' WHERE seq = 4");
  assert_broken (fixture, 4, "entry 4");
}

static void
test_payload_changed (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 6);
  workspace_fixture_raw (fixture, DROP_RULES "UPDATE log_payload SET payload = '{}' WHERE seq = 2");
  assert_broken (fixture, 2, "what entry 2 says was changed");
}

static void
test_payload_removed (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 3);
  workspace_fixture_raw (fixture, DROP_RULES "DELETE FROM log_payload WHERE seq = 2");
  assert_broken (fixture, 2, "without a note");
}

static void
test_missing (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 6);
  workspace_fixture_raw (fixture, DROP_RULES
                         "PRAGMA foreign_keys = OFF; DELETE FROM log_entry WHERE seq = 3");
  assert_broken (fixture, 3, "entry 3 is missing");
}

static void
test_cut_off (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 6);
  workspace_fixture_raw (fixture, DROP_RULES "DELETE FROM log_payload WHERE seq > 4;"
                                             "DELETE FROM log_entry WHERE seq > 4");
  assert_broken (fixture, 5, "cut off after entry 4");
}

/* Entries and head as they once were, every byte genuine: only the note elsewhere tells. */
static void
test_older_copy (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 4);
  workspace_fixture_raw (fixture, "CREATE TEMP TABLE old AS SELECT * FROM log_head");
  append (fixture, 3);
  workspace_fixture_raw (fixture,
                         DROP_RULES "DELETE FROM log_payload WHERE seq > 4;"
                                    "DELETE FROM log_entry WHERE seq > 4; DELETE FROM log_head;"
                                    "INSERT INTO log_head (id, seq, branch, chain, mac) "
                                    "SELECT id, seq, branch, chain, mac FROM old");
  assert_broken (fixture, 5, "older copy");
  /* And going on from there does not paint over it, not even past the note. */
  append (fixture, 2);
  assert_broken (fixture, 7, "older copy");
  append (fixture, 6);
  assert_broken (fixture, 1, "written anew");
}

/* A chain computed anew by somebody without the key. */
static void
test_forged_head (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 4);
  workspace_fixture_raw (fixture, DROP_RULES "UPDATE log_head SET mac = zeroblob (32)");
  assert_broken (fixture, 5, "not authentic");
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_false (aisle_log_append (fixture->workspace, 0, "next", "thing", NULL, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED);
  aisle_workspace_rollback (fixture->workspace);
}

static void
test_appended_by_other (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 2);
  workspace_fixture_raw (fixture,
                         "INSERT INTO log_entry (seq, at, action, object, payload_digest, chain)"
                         " VALUES (3, 1, 'a', 'b', zeroblob (32), zeroblob (32))");
  assert_broken (fixture, 3, "entry 3");
}

static void
test_erase (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  append (fixture, 3);
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_true (
      aisle_log_erase_payload (fixture->workspace, 2, 0, "a person asked for it", &error));
  g_assert_no_error (error);
  g_assert_true (aisle_workspace_commit (fixture->workspace, NULL));
  assert_sound (fixture, 4, 4);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count (*) FROM log_payload"), ==, 3);
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_false (aisle_log_erase_payload (fixture->workspace, 2, 0, "again", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND);
  aisle_workspace_rollback (fixture->workspace);
}

static void
test_anchor_changed (WorkspaceFixture *fixture, gconstpointer data)
{
  append (fixture, 3);
  g_autofree char *id = aisle_workspace_get_setting (fixture->workspace, "workspace_id");
  g_autofree char *folder =
      g_build_filename (g_get_user_state_dir (), "aisle", "anchors", id, NULL);
  g_autoptr (GDir) places = g_dir_open (folder, 0, NULL);
  g_autofree char *place = g_build_filename (folder, g_dir_read_name (places), NULL);
  g_autoptr (GDir) dir = g_dir_open (place, 0, NULL);
  g_autofree char *path = g_build_filename (place, g_dir_read_name (dir), NULL);
  g_assert_true (g_file_set_contents (path, "2 5 abc def\n", -1, NULL));
  assert_broken (fixture, 0, "was changed");
}

/* A plain copy elsewhere goes on without making either look cut off. */
static void
test_plain_copy (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  append (fixture, 3);
  workspace_fixture_raw (fixture, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_autofree char *path = g_build_filename (fixture->folder, "copy.aisle", NULL);
  g_autofree char *content = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (fixture->path, &content, &length, NULL));
  g_assert_true (g_file_set_contents (path, content, (gssize) length, NULL));
  WorkspaceFixture copy = { .workspace = aisle_workspace_open (path, &error) };
  g_assert_no_error (error);
  append (&copy, 5);
  append (fixture, 1);
  assert_sound (&copy, 8, 8);
  assert_sound (fixture, 4, 4);
  aisle_workspace_close (copy.workspace);
}

/* Moved by hand: there is no note yet, and the first check makes one. */
static void
test_moved (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  append (fixture, 3);
  g_autofree char *path = g_build_filename (fixture->folder, "moved.aisle", NULL);
  sqlite3_close (fixture->raw);
  fixture->raw = NULL;
  aisle_workspace_close (fixture->workspace);
  g_assert_cmpint (g_rename (fixture->path, path), ==, 0);
  fixture->workspace = aisle_workspace_open (path, &error);
  g_assert_no_error (error);
  assert_sound (fixture, 3, 0);
  assert_sound (fixture, 3, 3);
}

static void
test_key_missing (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  append (fixture, 2);
  aisle_workspace_close (fixture->workspace);
  g_autofree char *keys = g_build_filename (g_get_user_config_dir (), "aisle", NULL);
  workspace_fixture_remove_folder (keys);
  fixture->workspace = aisle_workspace_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_false (aisle_log_append (fixture->workspace, 0, "next", "thing", NULL, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY);
  g_assert_nonnull (g_strstr_len (error->message, -1, "key restore"));
  aisle_workspace_rollback (fixture->workspace);
  assert_broken (fixture, 0, "cannot be told");
}

static void
test_bad_payload (WorkspaceFixture *fixture, gconstpointer data)
{
  const char *const payloads[] = { "", "[1]", "{", "no", "\xff" };
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (aisle_log_append (fixture->workspace, 0, "a", "b", payloads[i], &error));
      g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID);
    }
  aisle_workspace_rollback (fixture->workspace);
}

static gboolean
count_cb (const AisleLogEntry *entry, gpointer data)
{
  int *count = data;
  g_assert_cmpstr (entry->person, ==, "automatic");
  g_assert_cmpint (entry->seq, ==, *count + 1);
  return ++*count < 4;
}

static void
test_each (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int count = 0;
  append (fixture, 6);
  g_assert_true (aisle_log_each (fixture->workspace, G_MININT64, count_cb, &count, &error));
  g_assert_cmpint (count, ==, 4);
  count = 0;
  g_assert_true (aisle_log_each (fixture->workspace, G_MAXINT64, count_cb, &count, &error));
  g_assert_cmpint (count, ==, 0);
}

static void
test_fast (WorkspaceFixture *fixture, gconstpointer data)
{
  int n = g_test_slow () ? 100000 : 10000;
  gint64 start = g_get_monotonic_time ();
  append (fixture, n);
  gint64 middle = g_get_monotonic_time ();
  assert_sound (fixture, n, n);
  g_test_message ("%d entries: written in %.2f s, verified in %.2f s", n, (middle - start) / 1e6,
                  (g_get_monotonic_time () - middle) / 1e6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/workspace/log/" name, WorkspaceFixture, NULL, workspace_fixture_set_up, function,  \
              workspace_fixture_tear_down)
  ADD ("empty", test_empty);
  ADD ("sound", test_sound);
  ADD ("rolled-back", test_rolled_back);
  ADD ("first-rolled-back", test_first_rolled_back);
  ADD ("rules", test_rules);
  ADD ("changed", test_changed);
  ADD ("payload-changed", test_payload_changed);
  ADD ("payload-removed", test_payload_removed);
  ADD ("missing", test_missing);
  ADD ("cut-off", test_cut_off);
  ADD ("older-copy", test_older_copy);
  ADD ("forged-head", test_forged_head);
  ADD ("appended-by-other", test_appended_by_other);
  ADD ("erase", test_erase);
  ADD ("anchor-changed", test_anchor_changed);
  ADD ("plain-copy", test_plain_copy);
  ADD ("moved", test_moved);
  ADD ("key-missing", test_key_missing);
  ADD ("bad-payload", test_bad_payload);
  ADD ("each", test_each);
  ADD ("fast", test_fast);
  return workspace_fixture_run_tests ();
}
