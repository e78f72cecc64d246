/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

#include <string.h>

static void
append_overview (GString *text)
{
  g_string_append (text, "aislectl [-w WORKSPACE] COMMAND [options]\n"
                         "\n"
                         "Everything that Aisle does, without a display. Commands:\n");
  for (gsize i = 0; aisle_cli_commands[i]; i++)
    g_string_append_printf (text, "  %-12s %s\n", aisle_cli_commands[i]->name,
                            aisle_cli_commands[i]->summary);
  g_string_append (text,
                   "\n"
                   "Options for every command:\n"
                   "  -w, --workspace FILE  the workspace (or set AISLE_WORKSPACE)\n"
                   "  --as PERSON           who is acting; proves it with a secret\n"
                   "  --secret-file FILE    read the secret from FILE instead of asking\n"
                   "  --as-of DATE          the business date, YYYY-MM-DD\n"
                   "  --json                one JSON document on standard output\n"
                   "  --output FILE         write the result there\n"
                   "  --threads N           how many threads (default: all cores)\n"
                   "  --quiet               no progress and no remarks\n"
                   "  --version             print the version\n"
                   "\n"
                   "Exit status: 0 done, 1 failed, 2 wrong usage, 3 done but rows were rejected,\n"
                   "4 refused, 130 interrupted. “aislectl help COMMAND” tells more.\n");
}

static AisleExit
run_help (AisleCli *cli, int argc, char **argv)
{
  g_autoptr (GString) text = g_string_new (NULL);
  if (argc < 2)
    append_overview (text);
  else
    {
      const AisleCliCommand *found = NULL;
      for (gsize i = 0; aisle_cli_commands[i]; i++)
        if (strcmp (aisle_cli_commands[i]->name, argv[1]) == 0)
          found = aisle_cli_commands[i];
      if (!found)
        return aisle_cli_wrong_usage (cli, "there is no command “%s”; “aislectl help” lists them",
                                      argv[1]);
      g_autofree char *topic = argc > 2 && found->topic ? found->topic (argv[2]) : NULL;
      if (argc > 2 && !topic)
        return aisle_cli_wrong_usage (cli, "there is no help on “%s %s”", argv[1], argv[2]);
      g_string_append (text, topic ? topic : found->usage);
    }
  return aisle_cli_print_text (cli, text->str);
}

const AisleCliCommand aisle_cli_help_command = {
  .name = "help",
  .summary = "this list, or more on one command",
  .usage = "aislectl help [COMMAND [TOPIC]]\n",
  .run = run_help,
};
