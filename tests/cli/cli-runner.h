/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Runs aislectl from a test, in a private folder. */
typedef struct
{
  char *folder; /* made by cli_runner_new(), removed with what is in it by cli_runner_free() */
  char *out;    /* of the last run */
  char *err;
  int status;
} CliRunner;

CliRunner *cli_runner_new (void);
void cli_runner_free (CliRunner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliRunner, cli_runner_free)

/* Writes a file of the folder; `length` -1 for text. */
void cli_runner_write (CliRunner *runner, const char *name, const char *content, gssize length);

/* The content of a file of the folder, NULL where there is none; free with g_free(). */
char *cli_runner_read (CliRunner *runner, const char *name);

/* Runs aislectl in the folder with these arguments, the last one NULL, and returns its exit status;
 * out and err are kept until the next run. Ends the test where the program was killed. */
int cli_runner_run (CliRunner *runner, ...) G_GNUC_NULL_TERMINATED;
