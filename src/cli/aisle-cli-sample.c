/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"
#include "aisle-cli-info.h"
#include "aisle-sample-job.h"

static AisleExit
run_sample (AisleCli *cli, int argc, char **argv)
{
  gint64 seed = AISLE_SAMPLE_SEED;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "of the generator", "N" },
    { NULL },
  };
  if (!aisle_cli_parse (cli, argc, argv, entries, NULL))
    return AISLE_EXIT_USAGE;
  const char *path = cli->workspace_path ? cli->workspace_path : g_getenv ("AISLE_WORKSPACE");
  if (!path || !*path)
    return aisle_cli_wrong_usage (cli, "sample makes a workspace; say where with -w FILE");
  g_autoptr (GError) error = NULL;
  AisleSampleOptions options = { .seed = (guint64) seed };
  AisleProgress progress = aisle_cli_progress (cli);
  g_autoptr (AisleWorkspace) workspace = aisle_sample_job_run (path, &options, &progress, &error);
  aisle_cli_end_progress (cli);
  if (!workspace)
    return aisle_cli_fail (cli, error);
  aisle_workspace_set_as_of (workspace, cli->as_of);
  aisle_cli_say (cli,
                 "People: Ana merchandiser, Ben approver, Mia store manager of Market Hall, Noor "
                 "privacy officer, Eva admin; their secrets are their names in lower case.");
  return aisle_cli_print_info (cli, workspace);
}

const AisleCliCommand aisle_cli_sample_command = {
  .name = "sample",
  .summary = "make the sample workspace",
  .usage = "aislectl -w FILE sample [--seed N] [--json]\n"
           "\n"
           "Makes a new workspace from nine months of real invoice lines of a British online\n"
           "wholesaler. What these lack (stock, costs, suppliers, categories, customers'\n"
           "attributes, one store with a till) is generated and marked as generated. The same\n"
           "seed makes the same content. FILE must not exist yet.\n",
  .run = run_sample,
};
