/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-progress.h"
#include "aisle-workspace.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* The frame of aislectl: what all commands share. A command is a constant of its own file, listed
 * in aisle-cli-commands.c; it parses its own options with GOption, runs jobs, prints, and returns
 * one of the exit statuses. */

typedef enum
{
  AISLE_EXIT_DONE = 0,
  AISLE_EXIT_FAILED = 1,
  AISLE_EXIT_USAGE = 2,
  AISLE_EXIT_REJECTED_ROWS = 3,
  AISLE_EXIT_REFUSED = 4,
  AISLE_EXIT_INTERRUPTED = 130,
} AisleExit;

/* The options that hold for every command, wherever they stand on the line. */
typedef struct
{
  const char *command;       /* the name that was called */
  char *workspace_path;      /* -w, NULL where not given */
  char *person;              /* --as, NULL: automatic */
  char *secret_file;         /* --secret-file, NULL: ask on the terminal */
  char *output;              /* --output FILE, NULL: standard output */
  AisleDate as_of;           /* --as-of, AISLE_DATE_NONE where not given */
  guint threads;             /* --threads, 0: all cores */
  gboolean json;             /* --json */
  gboolean quiet;            /* --quiet */
  GCancellable *cancellable; /* cancelled by Ctrl+C and TERM */
} AisleCli;

typedef struct
{
  const char *name;
  const char *summary; /* one line, for the list */
  const char *usage;   /* whole text of "help NAME", beginning with the synopsis */
  /* What "help NAME TOPIC" says; NULL: no such topic. May be NULL. Free with g_free(). */
  char *(*topic) (const char *topic);
  /* argv[0] is the command's name. */
  AisleExit (*run) (AisleCli *cli, int argc, char **argv);
} AisleCliCommand;

/* NULL-terminated. */
extern const AisleCliCommand *const aisle_cli_commands[];

/* Parses the options of a command from its arguments; what is left are positionals. On a mistake
 * prints it with the usage and returns FALSE: return AISLE_EXIT_USAGE. `positionals` (or NULL) gets
 * a NULL-terminated list to be freed with g_strfreev(); with NULL, any positional is a mistake. */
gboolean aisle_cli_parse (AisleCli *cli,
                          int argc,
                          char **argv,
                          const GOptionEntry *entries,
                          char ***positionals);

/* Opens the workspace of -w (or of AISLE_WORKSPACE) with --as-of applied; NULL after having printed
 * why. */
AisleWorkspace *aisle_cli_open_workspace (AisleCli *cli, AisleExit *status);

/* One line "aislectl: MESSAGE" on standard error. Returns the exit status that fits the error:
 * wrong usage, refused, interrupted or failed. */
AisleExit aisle_cli_fail (AisleCli *cli, const GError *error);

/* One line "aislectl: MESSAGE" on standard error, for a wrong use. Returns AISLE_EXIT_USAGE. */
AisleExit aisle_cli_wrong_usage (AisleCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A message to the person, on standard error; not with --quiet. */
void aisle_cli_say (AisleCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Progress on a terminal, one line that is overwritten; give it to engines and jobs. It also tells
 * them to stop when the person interrupted. */
AisleProgress aisle_cli_progress (AisleCli *cli);
/* Wipes the progress line before other text. */
void aisle_cli_end_progress (AisleCli *cli);

/* Writes a JSON document to --output or standard output. Takes `root`. */
AisleExit aisle_cli_print_json (AisleCli *cli, JsonNode *root);

/* Writes text to --output (complete or not at all) or standard output. */
AisleExit aisle_cli_print_text (AisleCli *cli, const char *text);

/* The secret of --as: from --secret-file (its first line), else asked for on the terminal without
 * echo. NULL after having printed why. Free with aisle_cli_free_secret(). */
char *aisle_cli_read_secret (AisleCli *cli, const char *prompt);
void aisle_cli_free_secret (char *secret);
