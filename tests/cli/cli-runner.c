/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-runner.h"

#include <glib/gstdio.h>
#include <sys/wait.h>

CliRunner *
cli_runner_new (void)
{
  g_autoptr (GError) error = NULL;
  CliRunner *runner = g_new0 (CliRunner, 1);
  runner->folder = g_dir_make_tmp ("aisle-cli-XXXXXX", &error);
  g_assert_no_error (error);
  return runner;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);
      if (g_file_test (below, G_FILE_TEST_IS_DIR) && !g_file_test (below, G_FILE_TEST_IS_SYMLINK))
        remove_folder (below);
      else
        g_unlink (below);
    }
  g_rmdir (path);
}

void
cli_runner_free (CliRunner *runner)
{
  remove_folder (runner->folder);
  g_free (runner->folder);
  g_free (runner->out);
  g_free (runner->err);
  g_free (runner);
}

void
cli_runner_write (CliRunner *runner, const char *name, const char *content, gssize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (runner->folder, name, NULL);
  g_file_set_contents (path, content, length, &error);
  g_assert_no_error (error);
}

char *
cli_runner_read (CliRunner *runner, const char *name)
{
  g_autofree char *path = g_build_filename (runner->folder, name, NULL);
  char *content = NULL;
  g_file_get_contents (path, &content, NULL, NULL);
  return content;
}

int
cli_runner_run (CliRunner *runner, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, (char *) g_getenv ("AISLECTL"));
  g_assert_nonnull (argv->pdata[0]);
  va_list arguments;
  va_start (arguments, runner);
  for (const char *argument; (argument = va_arg (arguments, const char *));)
    g_ptr_array_add (argv, (char *) argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);

  g_clear_pointer (&runner->out, g_free);
  g_clear_pointer (&runner->err, g_free);
  g_autoptr (GError) error = NULL;
  int wait_status;
  g_spawn_sync (runner->folder, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                &runner->out, &runner->err, &wait_status, &error);
  g_assert_no_error (error);
  if (!WIFEXITED (wait_status))
    g_error ("aislectl was killed: %s", runner->err);
  return runner->status = WEXITSTATUS (wait_status);
}
