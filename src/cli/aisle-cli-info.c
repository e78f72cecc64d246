/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-info.h"

#include "aisle-cli-commands.h"
#include "aisle-info.h"

static void
add_day (JsonBuilder *builder, const char *name, AisleDate day)
{
  char text[AISLE_DATE_TEXT_SIZE];
  json_builder_set_member_name (builder, name);
  if (day == AISLE_DATE_NONE)
    json_builder_add_null_value (builder);
  else
    json_builder_add_string_value (builder, aisle_date_format_iso (day, text));
}

static JsonNode *
make_document (AisleWorkspace *workspace, const AisleInfo *info)
{
  const struct
  {
    const char *name;
    gint64 value;
  } counts[] = { { "products", info->products },     { "stores", info->stores },
                 { "customers", info->customers },   { "sales_lines", info->sales_lines },
                 { "sales_days", info->sales_days }, { "stock_rows", info->stock_rows } };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "path");
  g_autofree char *path = g_filename_display_name (aisle_workspace_get_path (workspace));
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "schema");
  json_builder_add_int_value (builder, AISLE_WORKSPACE_SCHEMA);
  json_builder_set_member_name (builder, "currency");
  json_builder_add_string_value (builder, aisle_workspace_get_currency (workspace));
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      json_builder_set_member_name (builder, counts[i].name);
      json_builder_add_int_value (builder, counts[i].value);
    }
  add_day (builder, "first_day", info->first_day);
  add_day (builder, "last_day", info->last_day);
  json_builder_set_member_name (builder, "changes");
  json_builder_add_int_value (builder, info->changes);
  json_builder_set_member_name (builder, "size_bytes");
  json_builder_add_int_value (builder, info->size_bytes);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static const char sample_note[] = "\n"
                                  "This is the sample. The web shops' receipts, prices paid, "
                                  "returns and customers are real; stock,\n"
                                  "costs, suppliers, categories, customers' attributes and the "
                                  "store Market Hall are generated and\n"
                                  "marked so. There is no last year to compare with, and the web "
                                  "shops sold nothing on Saturdays:\n"
                                  "nothing is invented for either.\n";

static char *
make_text (AisleWorkspace *workspace, const AisleInfo *info)
{
  char first[AISLE_DATE_TEXT_SIZE], last[AISLE_DATE_TEXT_SIZE], today[AISLE_DATE_TEXT_SIZE];
  gboolean is_calendar;
  aisle_date_format_iso (aisle_workspace_get_business_date (workspace, &is_calendar), today);
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "workspace    %s (schema %d, %s)\n",
                          aisle_workspace_get_path (workspace), AISLE_WORKSPACE_SCHEMA,
                          aisle_workspace_get_currency (workspace));
  g_string_append_printf (text,
                          "products     %" G_GINT64_FORMAT "\nstores       %" G_GINT64_FORMAT
                          "\ncustomers    %" G_GINT64_FORMAT "\n",
                          info->products, info->stores, info->customers);
  g_string_append_printf (
      text, "sales        %" G_GINT64_FORMAT " lines, %" G_GINT64_FORMAT " daily totals",
      info->sales_lines, info->sales_days);
  if (info->first_day != AISLE_DATE_NONE)
    g_string_append_printf (text, ", %s to %s", aisle_date_format_iso (info->first_day, first),
                            aisle_date_format_iso (info->last_day, last));
  g_string_append_printf (
      text, "\nstock        %" G_GINT64_FORMAT " rows\nchanges      %" G_GINT64_FORMAT "\n",
      info->stock_rows, info->changes);
  g_string_append_printf (text, "today        %s%s\nsize         %.1f MB\n", today,
                          is_calendar ? "" : " (the business date, not the calendar's)",
                          (double) info->size_bytes / 1e6);
  g_autofree char *sample = aisle_workspace_get_setting (workspace, "is_sample");
  if (g_strcmp0 (sample, "1") == 0)
    g_string_append (text, sample_note);
  return g_string_free (text, FALSE);
}

AisleExit
aisle_cli_print_info (AisleCli *cli, AisleWorkspace *workspace)
{
  AisleInfo info;
  g_autoptr (GError) error = NULL;
  if (!aisle_info_read (workspace, &info, &error))
    return aisle_cli_fail (cli, error);
  if (cli->json)
    return aisle_cli_print_json (cli, make_document (workspace, &info));
  g_autofree char *text = make_text (workspace, &info);
  return aisle_cli_print_text (cli, text);
}

static AisleExit
run_info (AisleCli *cli, int argc, char **argv)
{
  AisleExit status;
  if (!aisle_cli_parse (cli, argc, argv, NULL, NULL))
    return AISLE_EXIT_USAGE;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  return workspace ? aisle_cli_print_info (cli, workspace) : status;
}

const AisleCliCommand aisle_cli_info_command = {
  .name = "info",
  .summary = "what a workspace holds",
  .usage =
      "aislectl -w WORKSPACE info [--json]\n"
      "\n"
      "Prints how many products, stores, customers and sales the workspace has, and from when.\n",
  .run = run_info,
};

static AisleExit
run_init (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *currency = NULL;
  const GOptionEntry entries[] = { { "currency", 0, 0, G_OPTION_ARG_STRING, &currency, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  if (!aisle_cli_parse (cli, argc, argv, entries, NULL))
    return AISLE_EXIT_USAGE;
  const char *path = cli->workspace_path ? cli->workspace_path : g_getenv ("AISLE_WORKSPACE");
  if (!path || !*path)
    return aisle_cli_wrong_usage (cli, "init makes a workspace; name it with -w FILE");
  if (!currency)
    return aisle_cli_wrong_usage (cli, "say which currency to report in, such as --currency GBP");
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleWorkspace) workspace = aisle_workspace_create (path, currency, &error);
  if (!workspace)
    {
      AisleExit status = aisle_cli_fail (cli, error);
      gboolean is_currency =
          g_error_matches (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID);
      return is_currency ? AISLE_EXIT_USAGE : status;
    }
  aisle_workspace_set_as_of (workspace, cli->as_of);
  aisle_cli_say (cli, "made %s; next: import stores, the catalog, then sales",
                 aisle_workspace_get_path (workspace));
  return aisle_cli_print_info (cli, workspace);
}

const AisleCliCommand aisle_cli_init_command = {
  .name = "init",
  .summary = "make a new, empty workspace",
  .usage =
      "aislectl -w WORKSPACE init --currency GBP [--json]\n"
      "\n"
      "Makes a new workspace that reports in that currency. An existing file is never touched.\n",
  .run = run_init,
};
