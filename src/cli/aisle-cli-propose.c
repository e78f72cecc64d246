/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"
#include "aisle-cli-generated.h"
#include "aisle-cli-person.h"

#include "aisle-generated.h"
#include "aisle-propose-job.h"
#include "aisle-range.h"

#include <math.h>
#include <string.h>

static void
add_money (JsonBuilder *builder, const char *name, double minor)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) round (minor));
}

static AisleExit
print_json (AisleCli *cli, const AisleProposeResult *result, char **generated)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "changes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < result->change_ids->len; i++)
    json_builder_add_int_value (builder, g_array_index (result->change_ids, gint64, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "lines");
  json_builder_add_int_value (builder, (gint64) result->n_lines);
  json_builder_set_member_name (builder, "left_out");
  json_builder_add_int_value (builder, (gint64) result->n_left_out);
  json_builder_set_member_name (builder, "clashes");
  json_builder_add_int_value (builder, (gint64) result->n_clashes);
  json_builder_set_member_name (builder, "days");
  json_builder_add_int_value (builder, result->horizon_days);
  json_builder_set_member_name (builder, "expected");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "units");
  json_builder_add_double_value (builder, round (result->units * 10) / 10);
  add_money (builder, "revenue", result->revenue);
  add_money (builder, "margin", result->margin);
  json_builder_end_object (builder);
  aisle_cli_add_generated (builder, generated);
  json_builder_end_object (builder);
  return aisle_cli_print_json (cli, json_builder_get_root (builder));
}

static AisleExit
print_text (AisleCli *cli,
            AisleWorkspace *workspace,
            const AisleProposeResult *result,
            char **generated)
{
  const char *currency = aisle_workspace_get_currency (workspace);
  g_autofree char *revenue = aisle_money_format ((gint64) round (result->revenue), currency);
  g_autofree char *margin = aisle_money_format ((gint64) round (result->margin), currency);
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (
      text, "%" G_GSIZE_FORMAT " prices looked at; %" G_GSIZE_FORMAT " proposed in %u %s:",
      result->n_looked_at, result->n_lines, result->change_ids->len,
      result->change_ids->len == 1 ? "draft" : "drafts");
  for (guint i = 0; i < result->change_ids->len; i++)
    g_string_append_printf (text, " %" G_GINT64_FORMAT,
                            g_array_index (result->change_ids, gint64, i));
  g_string_append_printf (
      text,
      "\nexpected change over %d days: units %+.0f, net revenue %s, net margin %s\n"
      "(with an assumed elasticity: an association, not a test)\n",
      result->horizon_days, result->units, revenue, margin);
  aisle_cli_append_generated (text, generated);
  if (result->n_left_out > 0)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT " smaller ones left out; see --max-lines\n",
                            result->n_left_out);
  if (result->n_clashes > 0)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT " prices stay because rules clash\n",
                            result->n_clashes);
  return aisle_cli_print_text (cli, text->str);
}

static AisleExit
run_propose (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *store = NULL, *category = NULL, *objective = NULL;
  int max_lines = G_MININT; /* not given */
  gboolean rounds = FALSE;
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_STRING, &store, NULL, NULL },
    { "category", 0, 0, G_OPTION_ARG_STRING, &category, NULL, NULL },
    { "objective", 0, 0, G_OPTION_ARG_STRING, &objective, NULL, NULL },
    { "max-lines", 0, 0, G_OPTION_ARG_INT, &max_lines, NULL, NULL },
    { "round", 0, 0, G_OPTION_ARG_NONE, &rounds, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  if (words[0] && (strcmp (words[0], "promotions") == 0 || strcmp (words[0], "orders") == 0))
    return aisle_cli_wrong_usage (
        cli, "this version proposes prices only; write promotions with “change "
             "new promotion”");
  if (!words[0] || strcmp (words[0], "prices") != 0 || words[1])
    return aisle_cli_wrong_usage (cli, "propose what? Write “propose prices”");
  if (max_lines != G_MININT && max_lines <= 0)
    return aisle_cli_wrong_usage (cli, "--max-lines is a number above 0");
  AisleProposeOptions options = { .objective = AISLE_OBJECTIVE_MARGIN,
                                  .max_lines = (gsize) MAX (max_lines, 0),
                                  .rounds = rounds };
  if (objective && !aisle_objective_from_text (objective, &options.objective))
    return aisle_cli_wrong_usage (cli, "--objective: “%s” is none of margin, revenue, units, clear",
                                  objective);
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (GError) error = NULL;
  if (store && !(options.store_id = aisle_range_find_store (workspace, store, &error)))
    return aisle_cli_fail (cli, error);
  if (category && !(options.category_id = aisle_range_find_category (workspace, category, &error)))
    return aisle_cli_fail (cli, error);
  g_autoptr (AislePerson) person = aisle_cli_sign_in (cli, workspace, &status);
  if (!person)
    return status;
  AisleProgress progress = aisle_cli_progress (cli);
  g_auto (AisleProposeResult) result = { 0 };
  if (!aisle_propose_prices_job (workspace, person, &options, &progress, &result, &error))
    return aisle_cli_fail (cli, error);
  g_auto (GStrv) generated = aisle_generated_list (
      workspace, AISLE_GENERATED_STOCK | AISLE_GENERATED_COST | AISLE_GENERATED_SALES,
      options.store_id, &error);
  if (!generated)
    return aisle_cli_fail (cli, error);
  return cli->json ? print_json (cli, &result, generated)
                   : print_text (cli, workspace, &result, generated);
}

const AisleCliCommand aisle_cli_propose_command = {
  .name = "propose",
  .summary = "propose prices by rule, as drafts",
  .usage = "aislectl -w FILE propose prices [--store CODE] [--category NAME]\n"
           "    [--objective margin|revenue|units|clear] [--max-lines N] [--round] --as NAME\n"
           "\n"
           "Looks at every price of the stores that count in the totals (or of one store): too "
           "much stock is\n"
           "cleared by stock cover, a margin below the floor is protected, and a new price gets an "
           "allowed\n"
           "ending; every proposal passes the guardrails. One draft a store. --round also moves "
           "prices that\n"
           "only miss an allowed ending. The 200 most telling lines are kept unless --max-lines "
           "says more.\n",
  .run = run_propose,
};
