/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli.h"

#include "aisle-core-error.h"
#include "aisle-job-error.h"
#include "aisle-new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_LIMIT 1024
#define PROGRESS_INTERVAL_US 100000

static void
print_message (const char *message)
{
  fprintf (stderr, "aislectl: %s\n", message);
}

AisleExit
aisle_cli_wrong_usage (AisleCli *cli, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  aisle_cli_end_progress (cli);
  print_message (message);
  return AISLE_EXIT_USAGE;
}

void
aisle_cli_say (AisleCli *cli, const char *format, ...)
{
  if (cli->quiet)
    return;
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  aisle_cli_end_progress (cli);
  fprintf (stderr, "%s\n", message);
}

static AisleExit
status_for (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return AISLE_EXIT_INTERRUPTED;
  if (error->domain == G_OPTION_ERROR)
    return AISLE_EXIT_USAGE;
  if (g_error_matches (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED))
    return AISLE_EXIT_REFUSED;
  if (g_error_matches (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID))
    return AISLE_EXIT_USAGE;
  if (error->domain == AISLE_WORKSPACE_ERROR)
    switch ((AisleWorkspaceError) error->code)
      {
      case AISLE_WORKSPACE_ERROR_REFUSED:
      case AISLE_WORKSPACE_ERROR_WRONG_SECRET:
      case AISLE_WORKSPACE_ERROR_LOCKED:
      case AISLE_WORKSPACE_ERROR_STALE:
        return AISLE_EXIT_REFUSED;
      default:
        return AISLE_EXIT_FAILED;
      }
  return AISLE_EXIT_FAILED;
}

AisleExit
aisle_cli_fail (AisleCli *cli, const GError *error)
{
  aisle_cli_end_progress (cli);
  if (!error)
    {
      print_message ("failed, and nobody said why; please report this");
      return AISLE_EXIT_FAILED;
    }
  /* Whoever read the standard output has had enough, as head does: nothing to complain about. */
  if (!cli->output && g_error_matches (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_CLOSED))
    return AISLE_EXIT_FAILED;
  AisleExit status = status_for (error);
  print_message (status == AISLE_EXIT_INTERRUPTED ? "interrupted; nothing was changed half-way"
                                                  : error->message);
  return status;
}

gboolean
aisle_cli_parse (AisleCli *cli,
                 int argc,
                 char **argv,
                 const GOptionEntry *entries,
                 char ***positionals)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_help_enabled (context, FALSE);
  if (entries)
    g_option_context_add_main_entries (context, entries, NULL);
  g_autoptr (GPtrArray) copy = g_ptr_array_new ();
  for (int i = 0; i < argc; i++)
    g_ptr_array_add (copy, argv[i]);
  g_ptr_array_add (copy, NULL);
  int n_left = argc;
  char **left = (char **) copy->pdata;
  g_autoptr (GError) error = NULL;
  if (!g_option_context_parse (context, &n_left, &left, &error))
    {
      aisle_cli_wrong_usage (cli, "%s; see “aislectl help %s”", error->message, cli->command);
      return FALSE;
    }
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (int i = 1; i < n_left; i++)
    if (g_strcmp0 (left[i], "--") != 0)
      g_strv_builder_add (builder, left[i]);
  if (!positionals && n_left > 1)
    {
      aisle_cli_wrong_usage (cli, "“%s” is not expected here; see “aislectl help %s”", left[1],
                             cli->command);
      return FALSE;
    }
  if (positionals)
    *positionals = g_strv_builder_end (builder);
  return TRUE;
}

AisleWorkspace *
aisle_cli_open_workspace (AisleCli *cli, AisleExit *status)
{
  const char *path = cli->workspace_path ? cli->workspace_path : g_getenv ("AISLE_WORKSPACE");
  if (!path || !*path)
    {
      *status = aisle_cli_wrong_usage (cli, "%s works on a workspace; name it with -w FILE",
                                       cli->command);
      return NULL;
    }
  g_autoptr (GError) error = NULL;
  AisleWorkspace *workspace = aisle_workspace_open (path, &error);
  if (!workspace)
    {
      *status = aisle_cli_fail (cli, error);
      return NULL;
    }
  aisle_workspace_set_as_of (workspace, cli->as_of);
  *status = AISLE_EXIT_DONE;
  return workspace;
}

/* Only one progress line can be on the terminal, so its state is the process's. */
static struct
{
  gboolean is_shown;
  gint64 last_us;
} progress_line;

static gboolean
report_cb (double share_done, gpointer data)
{
  AisleCli *cli = data;
  gint64 now = g_get_monotonic_time ();
  if (!cli->quiet && isatty (STDERR_FILENO) && now - progress_line.last_us > PROGRESS_INTERVAL_US)
    {
      fprintf (stderr, "\r%s: %3.0f %%", cli->command, share_done * 100);
      fflush (stderr);
      progress_line.is_shown = TRUE;
      progress_line.last_us = now;
    }
  return !g_cancellable_is_cancelled (cli->cancellable);
}

AisleProgress
aisle_cli_progress (AisleCli *cli)
{
  return (AisleProgress){ .report = report_cb, .data = cli };
}

void
aisle_cli_end_progress (AisleCli *cli)
{
  if (progress_line.is_shown)
    fputs ("\r\033[K", stderr);
  progress_line.is_shown = FALSE;
}

AisleExit
aisle_cli_print_text (AisleCli *cli, const char *text)
{
  aisle_cli_end_progress (cli);
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleNewFile) file = aisle_new_file_open (cli->output, &error);
  if (!file || !aisle_new_file_write (file, text, strlen (text), &error)
      || !aisle_new_file_finish (g_steal_pointer (&file), &error))
    return aisle_cli_fail (cli, error);
  return AISLE_EXIT_DONE;
}

AisleExit
aisle_cli_print_json (AisleCli *cli, JsonNode *root)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  json_generator_set_pretty (generator, TRUE);
  json_generator_set_root (generator, root);
  g_autofree char *text = json_generator_to_data (generator, NULL);
  json_node_unref (root);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  return aisle_cli_print_text (cli, line);
}

/* Reads into `secret` until a line ends, the input ends or the buffer is full. FALSE: interrupted,
 * or an error that is in errno. */
static gboolean
read_line (AisleCli *cli, int fd, char secret[SECRET_LIMIT])
{
  GPollFD polled[2] = { { .fd = fd, .events = G_IO_IN } };
  gboolean can_interrupt = g_cancellable_make_pollfd (cli->cancellable, &polled[1]);
  gsize length = 0;
  gboolean is_whole = FALSE;
  while (!is_whole && length + 1 < SECRET_LIMIT)
    {
      if (g_poll (polled, can_interrupt ? 2 : 1, -1) < 0 && errno != EINTR)
        break;
      if (g_cancellable_is_cancelled (cli->cancellable))
        break;
      gssize n = polled[0].revents ? read (fd, secret + length, 1) : 0;
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        break;
      is_whole = polled[0].revents && (n == 0 || (n == 1 && secret[length] == '\n'));
      length += n == 1 && !is_whole;
    }
  secret[length] = '\0';
  if (can_interrupt)
    g_cancellable_release_fd (cli->cancellable);
  return is_whole || length + 1 >= SECRET_LIMIT;
}

/* Asks without echo; the terminal gets its echo back also where the person interrupts. */
static gboolean
ask_secret (AisleCli *cli, const char *prompt, char secret[SECRET_LIMIT])
{
  int terminal = open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0)
    {
      print_message ("there is no terminal to ask for the secret; give it with --secret-file FILE");
      return FALSE;
    }
  struct termios before, silent;
  gboolean has_echo = tcgetattr (terminal, &before) == 0;
  if (has_echo)
    {
      silent = before;
      silent.c_lflag &= ~(tcflag_t) ECHO;
      tcsetattr (terminal, TCSAFLUSH, &silent);
    }
  dprintf (terminal, "%s: ", prompt);
  gboolean was_read = read_line (cli, terminal, secret);
  if (has_echo)
    tcsetattr (terminal, TCSAFLUSH, &before);
  dprintf (terminal, "\n");
  close (terminal);
  if (!was_read)
    print_message (g_cancellable_is_cancelled (cli->cancellable)
                       ? "interrupted; nothing was changed"
                       : "the secret could not be read");
  return was_read;
}

static gboolean
load_secret (AisleCli *cli, const char *path, char secret[SECRET_LIMIT])
{
  int fd = open (path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
  gboolean was_read = fd >= 0 && read_line (cli, fd, secret);
  int saved = errno;
  if (fd >= 0)
    close (fd);
  if (was_read)
    return TRUE;
  g_autofree char *message =
      g_cancellable_is_cancelled (cli->cancellable)
          ? g_strdup ("interrupted; nothing was changed")
          : g_strdup_printf ("%s: the secret cannot be read: %s", path, g_strerror (saved));
  print_message (message);
  return FALSE;
}

char *
aisle_cli_read_secret (AisleCli *cli, const char *prompt)
{
  char *secret = g_malloc0 (SECRET_LIMIT);
  aisle_cli_end_progress (cli);
  gboolean was_read = cli->secret_file ? load_secret (cli, cli->secret_file, secret)
                                       : ask_secret (cli, prompt, secret);
  secret[strcspn (secret, "\r\n")] = '\0';
  const char *wrong = strlen (secret) + 1 >= SECRET_LIMIT ? "the secret is too long"
                      : !*secret                          ? "the secret is empty"
                                                          : NULL;
  if (was_read && wrong)
    print_message (wrong);
  if (was_read && !wrong)
    return secret;
  aisle_cli_free_secret (secret);
  return NULL;
}

void
aisle_cli_free_secret (char *secret)
{
  if (secret)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
