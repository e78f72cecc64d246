/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-faults.h"
#include "aisle-sim-server.h"

#include "aisle-date.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#define EXIT_USAGE 2

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* A day ("2026-11-20": its midnight) or an instant, in UTC. */
static gboolean
read_as_of (const char *text, gint64 *seconds)
{
  *seconds = -1;
  if (!text)
    return TRUE;
  AisleDate day = aisle_date_parse_iso (text, -1);
  if (day != AISLE_DATE_NONE)
    *seconds = (gint64) day * 86400;
  else if (!aisle_instant_parse_iso (text, NULL, seconds))
    return FALSE;
  return *seconds >= 0;
}

static char *
read_token (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  g_strstrip (text);
  gboolean is_good = *text && length < 4096 && g_str_is_ascii (text);
  for (const char *c = text; is_good && *c; c++)
    is_good = g_ascii_isgraph (*c);
  if (is_good)
    return g_steal_pointer (&text);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s must hold a token: one line of letters, digits and signs without blanks", path);
  return NULL;
}

static int
run (const AisleSimServerOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleSimServer) server = aisle_sim_server_new (options, &error);
  if (!server)
    {
      fprintf (stderr, "aisle-store: %s\n", error->message);
      return error->domain == G_OPTION_ERROR ? EXIT_USAGE : 1;
    }
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint on_term = g_unix_signal_add (SIGTERM, quit_cb, loop);
  guint on_int = g_unix_signal_add (SIGINT, quit_cb, loop);
  printf ("aisle-store listening on http://127.0.0.1:%u\n", aisle_sim_server_get_port (server));
  fflush (stdout);
  g_main_loop_run (loop);
  g_source_remove (on_term);
  g_source_remove (on_int);
  return 0;
}

int
main (int argc, char **argv)
{
  int port = -1;
  gboolean is_version = FALSE;
  g_autofree char *token_file = NULL, *data = NULL, *as_of = NULL, *faults = NULL, *token = NULL;
  AisleSimServerOptions options = { .as_of = -1 };
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &port, "Port on 127.0.0.1; 0: a free one", "P" },
    { "token-file", 't', 0, G_OPTION_ARG_FILENAME, &token_file, "The bearer token to ask for",
      "F" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &data, "SQLite file; without it: in memory", "FILE" },
    { "as-of", 0, 0, G_OPTION_ARG_STRING, &as_of, "Where the store's clock starts (UTC)", "TIME" },
    { "faults", 0, 0, G_OPTION_ARG_STRING, &faults, "What shall go wrong, see below", "SPEC" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &is_version, "Print the version", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- Aisle's reference store system");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context,
                                "Runs a small store system on this computer: products, stock, "
                                "sales, prices and promotions\nbehind an HTTP interface that "
                                "docs/store-api.md and openapi.json describe.");
  g_option_context_set_description (context, aisle_sim_faults_help ());
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "aisle-store: %s; see --help\n", error->message);
      return EXIT_USAGE;
    }
  if (is_version)
    {
      puts ("aisle-store " AISLE_VERSION);
      return 0;
    }
  if (argc > 1 || port < 0 || port > 65535 || !token_file)
    {
      fputs ("aisle-store: give --port P (0 to 65535) and --token-file F, nothing else is needed; "
             "see --help\n",
             stderr);
      return EXIT_USAGE;
    }
  if (!read_as_of (as_of, &options.as_of))
    {
      fprintf (stderr,
               "aisle-store: --as-of %s is not a day or a time such as 2026-01-31T08:00:00Z\n",
               as_of);
      return EXIT_USAGE;
    }
  token = read_token (token_file, &error);
  if (!token)
    {
      fprintf (stderr, "aisle-store: %s\n", error->message);
      return 1;
    }
  options.port = (guint) port;
  options.token = token;
  options.data = data;
  options.faults = faults;
  return run (&options);
}
