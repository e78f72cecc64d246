/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-staff.h"
#include "aisle-workspace.h"

#include <gio/gio.h>
#include <sqlite3.h>

/* A new workspace in a folder of its own, and a second connection that knows no rules but the
 * file's: for tests that try to break them. */
typedef struct
{
  char *folder;
  char *path;
  AisleWorkspace *workspace;
  sqlite3 *raw;
} WorkspaceFixture;

static inline void
workspace_fixture_set_up (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("aisle-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "shop.aisle", NULL);
  fixture->workspace = aisle_workspace_create (fixture->path, "GBP", &error);
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_open (fixture->path, &fixture->raw), ==, SQLITE_OK);
  sqlite3_busy_timeout (fixture->raw, 5000);
}

static inline void
workspace_fixture_remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        workspace_fixture_remove_folder (path);
      else
        {
          g_autoptr (GFile) file = g_file_new_for_path (path);
          g_file_delete (file, NULL, NULL);
        }
    }
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_file_delete (file, NULL, NULL);
}

/* g_test_run() with keys in files and with folders for keys and notes of the program's own. Not
 * G_TEST_OPTION_ISOLATE_DIRS, in which GLib leaks, so that real leaks would be hard to see. */
static inline int
workspace_fixture_run_tests (void)
{
  g_autofree char *home = g_dir_make_tmp ("aisle-home-XXXXXX", NULL);
  g_autofree char *config = g_build_filename (home, "config", NULL);
  g_autofree char *state = g_build_filename (home, "state", NULL);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_setenv ("AISLE_KEYS", "file", TRUE);
  int result = g_test_run ();
  workspace_fixture_remove_folder (home);
  return result;
}

static inline void
workspace_fixture_tear_down (WorkspaceFixture *fixture, gconstpointer data)
{
  sqlite3_close (fixture->raw);
  aisle_workspace_close (fixture->workspace);
  workspace_fixture_remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* SQL that must work on the second connection. */
static inline void
workspace_fixture_raw (WorkspaceFixture *fixture, const char *sql)
{
  char *message = NULL;
  if (sqlite3_exec (fixture->raw, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

/* SQL that a rule must refuse, with `words` in what it says. */
static inline void
workspace_fixture_refused (WorkspaceFixture *fixture, const char *sql, const char *words)
{
  g_autofree char *ours = NULL;
  char *message = NULL;
  int code = sqlite3_exec (fixture->raw, sql, NULL, NULL, &message);
  if (code == SQLITE_OK)
    g_error ("nothing refused: %s", sql);
  if (!g_strstr_len (message, -1, words))
    g_error ("%s: “%s” does not say “%s”", sql, message, words);
  sqlite3_free (message);
}

static inline gint64
workspace_fixture_number (WorkspaceFixture *fixture, const char *sql)
{
  sqlite3_stmt *statement;
  g_assert_cmpint (sqlite3_prepare_v2 (fixture->raw, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return number;
}
