/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

#include "aisle-backup.h"
#include "aisle-cli-info.h"
#include "aisle-cli-person.h"
#include "aisle-keys.h"

#include <string.h>

/* The one FILE of a command; NULL after having said what is wrong. */
static char *
take_file (AisleCli *cli, int argc, char **argv)
{
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, NULL, &words))
    return NULL;
  if (words[0] && !words[1])
    return g_strdup (words[0]);
  aisle_cli_wrong_usage (cli, "%s needs one FILE; see “aislectl help %s”", cli->command,
                         cli->command);
  return NULL;
}

static AisleExit
run_backup (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *file = take_file (cli, argc, argv);
  if (!file)
    return AISLE_EXIT_USAGE;
  AisleExit status;
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (AislePerson) person = aisle_cli_sign_in_if_named (cli, workspace, &status);
  if (status != AISLE_EXIT_DONE)
    return status;
  if (!aisle_workspace_backup (workspace, file, person ? person->id : 0, &error))
    return aisle_cli_fail (cli, error);
  aisle_cli_say (
      cli, "%s is a checked copy. The keys are not in it: keep “aislectl key export” with it.",
      file);
  return aisle_cli_print_info (cli, workspace);
}

static AisleExit
run_restore (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *file = take_file (cli, argc, argv);
  if (!file)
    return AISLE_EXIT_USAGE;
  const char *path = cli->workspace_path ? cli->workspace_path : g_getenv ("AISLE_WORKSPACE");
  if (!path || !*path)
    return aisle_cli_wrong_usage (cli, "name the new workspace with -w FILE");
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleWorkspace) workspace = aisle_workspace_restore (file, path, 0, &error);
  if (!workspace)
    return aisle_cli_fail (cli, error);
  aisle_workspace_set_as_of (workspace, cli->as_of);
  return aisle_cli_print_info (cli, workspace);
}

static AisleExit
run_key (AisleCli *cli, int argc, char **argv)
{
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, NULL, &words))
    return AISLE_EXIT_USAGE;
  const char *verb = words[0] ? words[0] : "";
  gboolean is_export = strcmp (verb, "export") == 0;
  if ((!is_export && strcmp (verb, "restore") != 0) || !words[1] || words[2])
    return aisle_cli_wrong_usage (cli, "say “key export FILE” or “key restore FILE”");
  AisleExit status;
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  char *passphrase = aisle_cli_read_secret (cli, "Passphrase of the key file");
  if (!passphrase)
    return AISLE_EXIT_REFUSED;
  gboolean is_done = is_export ? aisle_keys_export (workspace, words[1], passphrase, &error)
                               : aisle_keys_restore (workspace, words[1], passphrase, &error);
  aisle_cli_free_secret (passphrase);
  if (!is_done)
    return aisle_cli_fail (cli, error);
  aisle_cli_say (cli,
                 is_export
                     ? "the keys are in %s, under the passphrase; without it nobody can read them"
                     : "the keys of %s are on this computer now",
                 words[1]);
  return AISLE_EXIT_DONE;
}

const AisleCliCommand aisle_cli_backup_command = {
  .name = "backup",
  .summary = "copy the workspace into a new file, checked",
  .usage =
      "aislectl -w FILE backup NEW [--as PERSON] [--json]\n"
      "\n"
      "Works while others use the workspace. NEW must not exist; it appears whole or not at all.\n"
      "The keys (of pseudonyms and of the log) are not in it: see “aislectl help key”.\n",
  .run = run_backup,
};

const AisleCliCommand aisle_cli_restore_command = {
  .name = "restore",
  .summary = "make a workspace from a backup",
  .usage = "aislectl -w NEW restore BACKUP [--json]\n"
           "\n"
           "BACKUP is checked first; NEW must not exist: move the old workspace away yourself.\n"
           "On another computer bring the keys too, with “aislectl -w NEW key restore FILE”.\n",
  .run = run_restore,
};

const AisleCliCommand aisle_cli_key_command = {
  .name = "key",
  .summary = "take the workspace's keys along, under a passphrase",
  .usage =
      "aislectl -w FILE key export NEW [--secret-file F]\n"
      "aislectl -w FILE key restore KEYS [--secret-file F]\n"
      "\n"
      "The keys lie in the keyring, or with AISLE_KEYS=file in files, and never in the workspace.\n"
      "“export” writes them, sealed under a passphrase of at least 8 characters, into a new file;\n"
      "“restore” brings them to this computer. The passphrase is the first line of F, or asked "
      "for.\n",
  .run = run_key,
};
