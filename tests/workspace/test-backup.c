/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workspace-fixture.h"

#include "aisle-backup.h"
#include "aisle-log.h"
#include "aisle-migrate-private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char *
beside (WorkspaceFixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
append (AisleWorkspace *workspace, int n)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_workspace_begin (workspace, &error));
  for (int i = 0; i < n; i++)
    aisle_log_append (workspace, 0, "test.step", "thing", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (aisle_workspace_commit (workspace, &error));
}

static gboolean
is_sound (AisleWorkspace *workspace)
{
  g_autoptr (GError) error = NULL;
  g_auto (AisleLogVerdict) verdict;
  g_assert_true (aisle_log_verify (workspace, &verdict, &error));
  g_test_message ("%s", verdict.sentence);
  return verdict.ok;
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
test_round_trip (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = beside (fixture, "copy.backup"), *path = beside (fixture, "again.aisle");
  append (fixture->workspace, 3);
  workspace_fixture_raw (fixture, "INSERT INTO product (sku) VALUES ('A')");
  g_assert_true (aisle_workspace_backup (fixture->workspace, file, 0, &error));
  g_assert_no_error (error);
  g_autofree char *wal = g_strconcat (file, "-wal", NULL);
  g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
  append (fixture->workspace, 2);

  g_autoptr (AisleWorkspace) restored = aisle_workspace_restore (file, path, 0, &error);
  g_assert_no_error (error);
  /* Both are sound: the restored one goes its own way from here. */
  append (restored, 4);
  g_assert_true (is_sound (restored));
  append (fixture->workspace, 1);
  g_assert_true (is_sound (fixture->workspace));
  g_autofree char *id = aisle_workspace_get_setting (restored, "workspace_id");
  g_autofree char *original = aisle_workspace_get_setting (fixture->workspace, "workspace_id");
  g_assert_cmpstr (id, ==, original);
}

static void
test_never_over_a_file (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = beside (fixture, "copy.backup");
  g_assert_true (aisle_workspace_backup (fixture->workspace, file, 0, &error));
  g_assert_false (aisle_workspace_backup (fixture->workspace, file, 0, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (aisle_workspace_restore (file, fixture->path, 0, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
  g_clear_error (&error);
  /* What SQLite left beside a file that is gone would be replayed into the new one. */
  g_autofree char *path = beside (fixture, "new.aisle"), *wal = beside (fixture, "new.aisle-wal");
  g_assert_true (g_file_set_contents (wal, "x", 1, NULL));
  g_assert_null (aisle_workspace_restore (file, path, 0, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (aisle_workspace_create (path, "GBP", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
}

static void
assert_restore_refused (WorkspaceFixture *fixture, const char *file, AisleWorkspaceError code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = beside (fixture, "again.aisle");
  guint before = count_files (fixture->folder);
  g_assert_null (aisle_workspace_restore (file, path, 0, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, (int) code);
  g_assert_cmpuint (count_files (fixture->folder), ==, before);
}

static void
test_restore_of_rubbish (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = beside (fixture, "copy.backup");
  g_autofree char *content = NULL;
  gsize length;
  assert_restore_refused (fixture, file, AISLE_WORKSPACE_ERROR_NOT_FOUND);
  assert_restore_refused (fixture, fixture->folder, AISLE_WORKSPACE_ERROR_NOT_FOUND);
  g_assert_true (g_file_set_contents (file, "no database at all, but long enough", -1, NULL));
  assert_restore_refused (fixture, file, AISLE_WORKSPACE_ERROR_NOT_OURS);
  g_unlink (file);
  sqlite3 *other;
  g_assert_cmpint (sqlite3_open (file, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "CREATE TABLE t (a)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  assert_restore_refused (fixture, file, AISLE_WORKSPACE_ERROR_NOT_OURS);
  g_unlink (file);
  g_assert_true (aisle_workspace_backup (fixture->workspace, file, 0, &error));
  g_assert_cmpint (sqlite3_open (file, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "PRAGMA user_version = 99", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (other);
  assert_restore_refused (fixture, file, AISLE_WORKSPACE_ERROR_NEWER);
  g_unlink (file);
  g_assert_true (aisle_workspace_backup (fixture->workspace, file, 0, &error));
  g_assert_true (g_file_get_contents (file, &content, &length, NULL));
  memset (content + length / 2, 0x5a, length / 4);
  g_assert_true (g_file_set_contents (file, content, (gssize) length, NULL));
  assert_restore_refused (fixture, file, AISLE_WORKSPACE_ERROR_DAMAGED);
}

static void
test_damaged (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;
  workspace_fixture_raw (fixture, "PRAGMA wal_checkpoint (TRUNCATE)");
  sqlite3_close (fixture->raw);
  fixture->raw = NULL;
  g_clear_pointer (&fixture->workspace, aisle_workspace_close);
  g_assert_true (g_file_get_contents (fixture->path, &content, &length, NULL));
  memset (content + 100, 0xff, length - 100);
  g_assert_true (g_file_set_contents (fixture->path, content, (gssize) length, NULL));
  fixture->workspace = aisle_workspace_open (fixture->path, &error);
  g_assert_null (fixture->workspace);
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED);
}

static const AisleMigration steps[] = {
  { AISLE_WORKSPACE_SCHEMA, "ALTER TABLE product ADD COLUMN colour_code TEXT" },
  { AISLE_WORKSPACE_SCHEMA + 1, "CREATE TABLE shelf (id INTEGER PRIMARY KEY) STRICT;"
                                "INSERT INTO shelf (id) VALUES (1), (2)" },
};

static void
test_migrate (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *backup =
      g_strdup_printf ("%s.schema-%d.backup", fixture->path, AISLE_WORKSPACE_SCHEMA);
  append (fixture->workspace, 1);
  g_assert_true (aisle_migrate (fixture->workspace, steps, 2, AISLE_WORKSPACE_SCHEMA + 2, &error));
  g_assert_no_error (error);
  g_assert_cmpint (workspace_fixture_number (fixture, "PRAGMA user_version"), ==,
                   AISLE_WORKSPACE_SCHEMA + 2);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count (*) FROM shelf"), ==, 2);
  g_assert_cmpint (
      workspace_fixture_number (
          fixture, "SELECT count (*) FROM log_entry WHERE action = 'workspace.migrate'"),
      ==, 1);
  g_assert_true (g_file_test (backup, G_FILE_TEST_EXISTS));
  g_assert_true (is_sound (fixture->workspace));
  /* Again is nothing; and this Aisle does not open what is newer than itself. */
  g_assert_true (aisle_migrate (fixture->workspace, steps, 2, AISLE_WORKSPACE_SCHEMA + 2, &error));
  g_assert_null (aisle_workspace_open (fixture->path, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NEWER);
}

static void
test_migrate_fails_whole (WorkspaceFixture *fixture, gconstpointer data)
{
  const AisleMigration broken[] = {
    steps[0], { AISLE_WORKSPACE_SCHEMA + 1, "CREATE TABLE x (a); NONSENSE" }
  };
  const AisleMigration loose[] = {
    { AISLE_WORKSPACE_SCHEMA, "INSERT INTO barcode (code, product_id) VALUES ('1', 77)" },
  };
  g_autoptr (GError) error = NULL;
  g_assert_false (
      aisle_migrate (fixture->workspace, broken, 2, AISLE_WORKSPACE_SCHEMA + 2, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (aisle_migrate (fixture->workspace, loose, 1, AISLE_WORKSPACE_SCHEMA + 1, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_false (aisle_migrate (fixture->workspace, steps, 1, AISLE_WORKSPACE_SCHEMA + 2, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS);
  g_clear_error (&error);
  int lock = aisle_workspace_lock (fixture->workspace, "migration", &error);
  g_assert_false (aisle_migrate (fixture->workspace, steps, 1, AISLE_WORKSPACE_SCHEMA + 1, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_BUSY);
  aisle_workspace_unlock (lock);
  g_assert_cmpint (workspace_fixture_number (fixture, "PRAGMA user_version"), ==,
                   AISLE_WORKSPACE_SCHEMA);
  g_assert_cmpint (workspace_fixture_number (fixture,
                                             "SELECT count (*) FROM pragma_table_info ('product') "
                                             "WHERE name = 'colour_code'"),
                   ==, 0);
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count (*) FROM barcode"), ==, 0);
}

static void
test_too_old (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  workspace_fixture_raw (fixture, "PRAGMA user_version = 0");
  g_assert_null (aisle_workspace_open (fixture->path, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS);
}

static void
test_network_folder (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_setenv ("AISLE_TEST_NETWORK_FOLDER", fixture->folder, TRUE);
  g_assert_null (aisle_workspace_open (fixture->path, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NETWORK);
  g_clear_error (&error);
  g_autofree char *path = beside (fixture, "new.aisle");
  g_assert_null (aisle_workspace_create (path, "GBP", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NETWORK);
  g_clear_error (&error);

  /* A link from here does not make it local. */
  g_autofree char *here = g_dir_make_tmp ("aisle-link-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (here, "link.aisle", NULL);
  g_assert_cmpint (symlink (fixture->path, link), ==, 0);
  g_assert_null (aisle_workspace_open (link, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NETWORK);
  g_unlink (link);
  g_rmdir (here);
  g_unsetenv ("AISLE_TEST_NETWORK_FOLDER");
}

/* In a child, because the limit holds for the whole process. */
static void
test_full_disk (WorkspaceFixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GError) error = NULL;
      struct rlimit limit = { 2000000, 2000000 };
      signal (SIGXFSZ, SIG_IGN);
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      g_assert_true (aisle_workspace_begin (fixture->workspace, &error));
      g_autofree char *name = g_strnfill (90000, 'x');
      gboolean is_done = TRUE;
      for (int i = 0; i < 200 && is_done; i++)
        {
          g_autofree char *key = g_strdup_printf ("filler %d", i);
          is_done = aisle_workspace_set_setting (fixture->workspace, key, name, &error);
        }
      if (is_done)
        is_done = aisle_workspace_commit (fixture->workspace, &error);
      g_assert_false (is_done);
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      aisle_workspace_rollback (fixture->workspace);
      /* Nothing half done, and small things still fit. */
      g_assert_cmpint (workspace_fixture_number (
                           fixture, "SELECT count (*) FROM setting WHERE name LIKE 'filler%'"),
                       ==, 0);
      append (fixture->workspace, 1);
      g_assert_true (is_sound (fixture->workspace));
      g_autofree char *file = beside (fixture, "copy.backup");
      struct rlimit small = { 40000, 2000000 };
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
      g_clear_error (&error);
      guint before = count_files (fixture->folder);
      g_assert_false (aisle_workspace_backup (fixture->workspace, file, 0, &error));
      g_assert_nonnull (error);
      g_assert_cmpuint (count_files (fixture->folder), ==, before);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_read_only (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  append (fixture->workspace, 2);
  sqlite3_close (fixture->raw);
  fixture->raw = NULL;
  g_clear_pointer (&fixture->workspace, aisle_workspace_close);
  g_autofree char *file = beside (fixture, "ro");
  g_assert_cmpint (g_mkdir (file, 0700), ==, 0);
  if (mount (fixture->folder, file, NULL, MS_BIND, NULL) != 0
      || mount (NULL, file, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0)
    {
      umount (file);
      g_test_skip ("a folder can be made read-only here by root only");
      return;
    }
  g_autofree char *path = g_build_filename (file, "shop.aisle", NULL);
  AisleWorkspace *workspace = aisle_workspace_open (path, &error);
  gboolean is_read_only = workspace && aisle_workspace_is_read_only (workspace);
  gboolean is_good = workspace && is_sound (workspace);
  gboolean begins = workspace && aisle_workspace_begin (workspace, NULL);
  g_autoptr (GError) refusal = NULL;
  gboolean writes = begins && aisle_workspace_set_setting (workspace, "x", "y", &refusal);
  if (begins)
    aisle_workspace_rollback (workspace);
  aisle_workspace_close (workspace);
  umount2 (file, MNT_DETACH);
  g_assert_no_error (error);
  g_assert_true (is_read_only);
  g_assert_true (is_good);
  g_assert_false (writes);
}

/* Two processes write to one log at once: every entry is there, none twice. */
static void
test_two_writers (WorkspaceFixture *fixture, gconstpointer data)
{
  enum
  {
    ENTRIES = 40
  };
  pid_t children[2];
  append (fixture->workspace, 1);
  for (int k = 0; k < 2; k++)
    {
      children[k] = fork ();
      if (children[k] == 0)
        {
          g_autoptr (AisleWorkspace) own = aisle_workspace_open (fixture->path, NULL);
          for (int i = 0; own && i < ENTRIES; i++)
            {
              g_autoptr (GError) error = NULL;
              if (!aisle_workspace_begin (own, &error)
                  || !aisle_log_append (own, 0, "test.step", k ? "one" : "two", NULL, &error)
                  || !aisle_workspace_commit (own, &error))
                _exit (1);
            }
          _exit (own ? 0 : 1);
        }
    }
  for (int k = 0; k < 2; k++)
    {
      int status;
      g_assert_cmpint (waitpid (children[k], &status, 0), ==, children[k]);
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    }
  g_assert_cmpint (workspace_fixture_number (fixture, "SELECT count (*) FROM log_entry"), ==,
                   2 * ENTRIES + 1);
  g_assert_true (is_sound (fixture->workspace));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/workspace/backup/" name, WorkspaceFixture, NULL, workspace_fixture_set_up,         \
              function, workspace_fixture_tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("never-over-a-file", test_never_over_a_file);
  ADD ("restore-of-rubbish", test_restore_of_rubbish);
  ADD ("damaged", test_damaged);
  ADD ("migrate", test_migrate);
  ADD ("migrate-fails-whole", test_migrate_fails_whole);
  ADD ("too-old", test_too_old);
  ADD ("network-folder", test_network_folder);
  ADD ("full-disk", test_full_disk);
  ADD ("read-only", test_read_only);
  ADD ("two-writers", test_two_writers);
  return workspace_fixture_run_tests ();
}
