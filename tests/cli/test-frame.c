/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-runner.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static CliRunner *
new_workspace (void)
{
  CliRunner *runner = cli_runner_new ();
  g_autofree char *config = g_build_filename (runner->folder, "config", NULL);
  g_autofree char *state = g_build_filename (runner->folder, "state", NULL);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_setenv ("AISLE_KEYS", "file", TRUE);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "init", "--currency", "GBP", NULL), ==,
                   0);
  return runner;
}

static void
link_to (CliRunner *runner, const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (runner->folder, name, NULL);
  g_assert_cmpint (symlink (target, path), ==, 0);
}

static gboolean
is_link (CliRunner *runner, const char *name)
{
  g_autofree char *path = g_build_filename (runner->folder, name, NULL);
  return g_file_test (path, G_FILE_TEST_IS_SYMLINK);
}

static void
test_output_through_link (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  cli_runner_write (runner, "target", "old\n", -1);
  link_to (runner, "link", "target");
  g_assert_cmpint (
      cli_runner_run (runner, "-w", "w.aisle", "info", "--json", "--output", "link", NULL), ==, 0);
  g_autofree char *text = cli_runner_read (runner, "target");
  g_assert_nonnull (strstr (text, "\"schema\""));
  g_assert_true (is_link (runner, "link"));
}

/* A device is written to and stays one; by a link, so that a failing test breaks nothing. */
static void
test_output_to_device (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  link_to (runner, "device", "/dev/full");
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "info", "--output", "device", NULL), ==,
                   1);
  g_assert_true (is_link (runner, "device"));
}

static void
test_output_is_workspace (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "info", "--output", "w.aisle", NULL),
                   ==, 1);
  g_assert_nonnull (strstr (runner->err, "left alone"));
  g_assert_cmpint (
      cli_runner_run (runner, "-w", "w.aisle", "export", "stores", "--output", "w.aisle", NULL), ==,
      1);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "info", NULL), ==, 0);
}

static void
test_secret_file (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--role",
                                   "admin", "--secret-file", "/dev/zero", NULL),
                   !=, 0);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--role",
                                   "admin", "--secret-file", "nowhere", NULL),
                   !=, 0);
  g_assert_nonnull (strstr (runner->err, "nowhere"));
  cli_runner_write (runner, "long", "", 0);
  g_autofree char *text = g_strnfill (5000, 'x');
  cli_runner_write (runner, "long", text, -1);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--role",
                                   "admin", "--secret-file", "long", NULL),
                   !=, 0);
  g_assert_nonnull (strstr (runner->err, "too long"));
}

/* Ctrl+C where the secret is asked for: once is enough, and the terminal gets its echo back. */
static void
test_interrupt_at_secret (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  g_autoptr (GString) seen = g_string_new (NULL);
  int terminal;
  pid_t child = forkpty (&terminal, NULL, NULL, NULL);
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      if (g_chdir (runner->folder) == 0)
        execl (g_getenv ("AISLECTL"), "aislectl", "-w", "w.aisle", "backup", "b.aisle", "--as",
               "Ana", NULL);
      _exit (99);
    }
  /* Stops the test where the program does not. */
  alarm (60);
  char piece[256];
  gboolean was_sent = FALSE;
  struct termios after = { 0 };
  for (gssize n; (n = read (terminal, piece, sizeof piece)) > 0;)
    {
      g_string_append_len (seen, piece, n);
      if (!was_sent && strstr (seen->str, "Secret of Ana"))
        {
          was_sent = TRUE;
          g_assert_cmpint (write (terminal, "\003", 1), ==, 1);
        }
      if (strstr (seen->str, "interrupted"))
        tcgetattr (terminal, &after);
    }
  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  alarm (0);
  close (terminal);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 130);
  g_assert_cmpuint (after.c_lflag & ECHO, ==, ECHO);
}

/* "aislectl ... | head": the reader has had enough, and there is nothing to complain about. */
static void
test_reader_has_gone (void)
{
  int out[2], err[2];
  g_assert_true (g_unix_open_pipe (out, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (err, FD_CLOEXEC, NULL));
  close (out[0]);
  const char *const argv[] = { g_getenv ("AISLECTL"), "help", NULL };
  GPid child;
  g_autoptr (GError) error = NULL;
  g_spawn_async_with_fds (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child,
                          -1, out[1], err[1], &error);
  g_assert_no_error (error);
  close (out[1]);
  close (err[1]);
  char said[256];
  g_assert_cmpint (read (err[0], said, sizeof said), ==, 0);
  close (err[0]);
  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/frame/output-through-link", test_output_through_link);
  g_test_add_func ("/cli/frame/output-to-device", test_output_to_device);
  g_test_add_func ("/cli/frame/output-is-workspace", test_output_is_workspace);
  g_test_add_func ("/cli/frame/secret-file", test_secret_file);
  g_test_add_func ("/cli/frame/interrupt-at-secret", test_interrupt_at_secret);
  g_test_add_func ("/cli/frame/reader-has-gone", test_reader_has_gone);
  return g_test_run ();
}
