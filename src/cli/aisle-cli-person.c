/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-person.h"

AislePerson *
aisle_cli_sign_in_if_named (AisleCli *cli, AisleWorkspace *workspace, AisleExit *status)
{
  *status = AISLE_EXIT_DONE;
  if (!cli->person)
    return NULL;
  g_autofree char *prompt = g_strdup_printf ("Secret of %s", cli->person);
  char *secret = aisle_cli_read_secret (cli, prompt);
  if (!secret)
    {
      *status = AISLE_EXIT_REFUSED;
      return NULL;
    }
  g_autoptr (GError) error = NULL;
  AislePerson *person = aisle_staff_sign_in (workspace, cli->person, secret, &error);
  aisle_cli_free_secret (secret);
  if (!person)
    *status = aisle_cli_fail (cli, error);
  return person;
}

AislePerson *
aisle_cli_sign_in (AisleCli *cli, AisleWorkspace *workspace, AisleExit *status)
{
  if (!cli->person)
    {
      aisle_cli_wrong_usage (cli, "%s is something that a person does; say who with --as NAME",
                             cli->command);
      *status = AISLE_EXIT_REFUSED;
      return NULL;
    }
  return aisle_cli_sign_in_if_named (cli, workspace, status);
}
