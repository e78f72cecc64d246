/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli.h"

#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define ECHO_US 500000

/* Ctrl+C and TERM: a thread of its own waits for them, because the command occupies this one. */
static gpointer
watch_signals_cb (gpointer data)
{
  GCancellable *cancellable = data;
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  int number;
  if (sigwait (&set, &number) == 0)
    g_cancellable_cancel (cancellable);
  gint64 first_us = g_get_monotonic_time ();
  /* A second one ends at once: SQLite and the renames keep what is on disk whole. What comes right
   * behind the first is the same wish, sent to the process and to its group; it must not cut the
   * cleaning up. */
  while (sigwait (&set, &number) == 0)
    if (g_get_monotonic_time () - first_us > ECHO_US)
      _exit (AISLE_EXIT_INTERRUPTED);
  return NULL;
}

static void
start_signal_watch (GCancellable *cancellable)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  signal (SIGPIPE, SIG_IGN);
  /* Writing past a file-size limit is an error to report like a full disk, not a reason to die. */
  signal (SIGXFSZ, SIG_IGN);
  g_thread_unref (g_thread_new ("signals", watch_signals_cb, cancellable));
}

typedef struct
{
  char *as_of;
  int threads;
  gboolean show_version;
} Raw;

/* One of the options that every command takes; exactly one of the three places is set. */
typedef struct
{
  const char *name;
  char **text;
  int *number;
  gboolean *flag;
} Global;

/* The global option that an argument is; NULL for none. `*value` points behind the "=" of
 * "--name=VALUE", else it is NULL. */
static const Global *
find_global (const Global *globals, gsize n_globals, const char *argument, const char **value)
{
  *value = NULL;
  for (gsize i = 0; i < n_globals; i++)
    {
      gsize length = strlen (globals[i].name);
      if (strcmp (argument, globals[i].name) == 0)
        return &globals[i];
      if (!globals[i].flag && g_str_has_prefix (globals[i].name, "--")
          && strncmp (argument, globals[i].name, length) == 0 && argument[length] == '=')
        {
          *value = argument + length + 1;
          return &globals[i];
        }
    }
  return NULL;
}

static gboolean
set_global (AisleCli *cli, const Global *global, const char *value)
{
  if (global->text)
    {
      g_free (*global->text);
      *global->text = g_strdup (value);
      return TRUE;
    }
  gint64 number;
  if (!g_ascii_string_to_signed (value, 10, 1, 1024, &number, NULL))
    {
      aisle_cli_wrong_usage (cli, "%s: “%s” is not a whole number from 1 to 1024", global->name,
                             value);
      return FALSE;
    }
  *global->number = (int) number;
  return TRUE;
}

/* Takes the global options off the line; what is not global stays for the command. */
static gboolean
take_globals (AisleCli *cli, int *argc, char **argv, Raw *raw)
{
  const Global globals[] = {
    { "-w", &cli->workspace_path, NULL, NULL }, { "--workspace", &cli->workspace_path, NULL, NULL },
    { "--as", &cli->person, NULL, NULL },       { "--secret-file", &cli->secret_file, NULL, NULL },
    { "--output", &cli->output, NULL, NULL },   { "--as-of", &raw->as_of, NULL, NULL },
    { "--threads", NULL, &raw->threads, NULL }, { "--json", NULL, NULL, &cli->json },
    { "--quiet", NULL, NULL, &cli->quiet },     { "--version", NULL, NULL, &raw->show_version },
  };
  int kept = 1;
  for (int i = 1; i < *argc; i++)
    {
      if (strcmp (argv[i], "--") == 0)
        {
          while (i < *argc)
            argv[kept++] = argv[i++];
          break;
        }
      const char *value;
      const Global *global = find_global (globals, G_N_ELEMENTS (globals), argv[i], &value);
      if (!global)
        argv[kept++] = argv[i];
      else if (global->flag)
        *global->flag = TRUE;
      else if (!value && i + 1 >= *argc)
        {
          aisle_cli_wrong_usage (cli, "%s needs a value", argv[i]);
          return FALSE;
        }
      else if (!set_global (cli, global, value ? value : argv[++i]))
        return FALSE;
    }
  *argc = kept;
  argv[kept] = NULL;
  return TRUE;
}

static gboolean
apply_globals (AisleCli *cli, const Raw *raw)
{
  cli->threads = (guint) raw->threads;
  cli->as_of = AISLE_DATE_NONE;
  if (!raw->as_of)
    return TRUE;
  cli->as_of = aisle_date_parse_iso (raw->as_of, -1);
  if (cli->as_of != AISLE_DATE_NONE)
    return TRUE;
  aisle_cli_wrong_usage (cli, "--as-of: “%s” is not a day; write YYYY-MM-DD", raw->as_of);
  return FALSE;
}

static AisleExit
run_command (AisleCli *cli, int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "help";
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0)
    name = "help";
  cli->command = name;
  /* "COMMAND --help" is "help COMMAND". */
  for (int i = 2; i < argc; i++)
    if (strcmp (argv[i], "--help") == 0 || strcmp (argv[i], "-h") == 0)
      {
        char *help_argv[] = { (char *) "help", (char *) name, NULL };
        for (gsize k = 0; aisle_cli_commands[k]; k++)
          if (strcmp (aisle_cli_commands[k]->name, "help") == 0)
            return aisle_cli_commands[k]->run (cli, 2, help_argv);
      }
  for (gsize i = 0; aisle_cli_commands[i]; i++)
    if (strcmp (aisle_cli_commands[i]->name, name) == 0)
      return aisle_cli_commands[i]->run (cli, MAX (argc - 1, 1), argc > 1 ? argv + 1 : argv);
  return aisle_cli_wrong_usage (cli, "there is no command “%s”; “aislectl help” lists them", name);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  /* Numbers in and out are the C locale's; only messages follow the person's. */
  setlocale (LC_NUMERIC, "C");

  AisleCli cli = { .command = "aislectl", .cancellable = g_cancellable_new () };
  Raw raw = { 0 };
  AisleExit status = AISLE_EXIT_USAGE;
  start_signal_watch (cli.cancellable);
  if (take_globals (&cli, &argc, argv, &raw) && apply_globals (&cli, &raw))
    {
      if (raw.show_version)
        status = aisle_cli_print_text (&cli, "aislectl " AISLE_VERSION "\n");
      else
        status = run_command (&cli, argc, argv);
    }
  /* Whatever a command made of being stopped, such as a secret that was not given. */
  if (g_cancellable_is_cancelled (cli.cancellable)
      && (status == AISLE_EXIT_FAILED || status == AISLE_EXIT_REFUSED))
    status = AISLE_EXIT_INTERRUPTED;
  g_free (cli.workspace_path);
  g_free (cli.person);
  g_free (cli.secret_file);
  g_free (cli.output);
  g_free (raw.as_of);
  /* The thread that watches for signals still holds the cancellable; the process ends anyway. */
  return (int) status;
}
