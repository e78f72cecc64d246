/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-workspace.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("aisle-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "shop.aisle", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
test_create_and_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AisleWorkspace *made = aisle_workspace_create (fixture->path, "EUR", &error);
  g_assert_no_error (error);
  aisle_workspace_close (made);
  g_autoptr (AisleWorkspace) opened = aisle_workspace_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (aisle_workspace_get_currency (opened), ==, "EUR");
  g_assert_null (aisle_workspace_create (fixture->path, "EUR", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
}

static void
test_not_ours (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (aisle_workspace_open (fixture->path, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (aisle_workspace_open (fixture->folder, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (fixture->path,
                                      "this is text, not a database, and long enough", -1, NULL));
  g_assert_null (aisle_workspace_open (fixture->path, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_null (aisle_workspace_open (fixture->path, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS);
}

static void
test_lock_excludes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleWorkspace) workspace = aisle_workspace_create (fixture->path, "GBP", &error);
  g_assert_no_error (error);
  int lock = aisle_workspace_lock (workspace, "push", &error);
  g_assert_cmpint (lock, >=, 0);
  g_assert_cmpint (aisle_workspace_lock (workspace, "push", &error), ==, -1);
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_BUSY);
  aisle_workspace_unlock (lock);
  g_clear_error (&error);
  lock = aisle_workspace_lock (workspace, "push", &error);
  g_assert_no_error (error);
  aisle_workspace_unlock (lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/workspace/workspace/create-and-open", Fixture, NULL, set_up, test_create_and_open,
              tear_down);
  g_test_add ("/workspace/workspace/not-ours", Fixture, NULL, set_up, test_not_ours, tear_down);
  g_test_add ("/workspace/workspace/lock-excludes", Fixture, NULL, set_up, test_lock_excludes,
              tear_down);
  return g_test_run ();
}
