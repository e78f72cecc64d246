/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-info.h"

#include "aisle-cli-commands.h"
#include "aisle-workspace-info.h"

static JsonNode *
info_to_json (AisleWorkspace *workspace, const AisleWorkspaceInfo *info)
{
  char first[AISLE_DATE_TEXT_SIZE], last[AISLE_DATE_TEXT_SIZE];
  const struct
  {
    const char *name;
    gint64 value;
  } counts[] = {
    { "products", info->products },       { "stores", info->stores },
    { "customers", info->customers },     { "sales_lines", info->sales_lines },
    { "sales_days", info->sales_days },   { "stock_rows", info->stock_rows },
  };
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "path", aisle_workspace_get_path (workspace));
  json_object_set_int_member (object, "schema", AISLE_WORKSPACE_SCHEMA);
  json_object_set_string_member (object, "currency", aisle_workspace_get_currency (workspace));
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    json_object_set_int_member (object, counts[i].name, counts[i].value);
  if (aisle_date_is_valid (info->first_day))
    {
      json_object_set_string_member (object, "first_day", aisle_date_format_iso (info->first_day, first));
      json_object_set_string_member (object, "last_day", aisle_date_format_iso (info->last_day, last));
    }
  else
    {
      json_object_set_null_member (object, "first_day");
      json_object_set_null_member (object, "last_day");
    }
  json_object_set_int_member (object, "changes", info->changes);
  json_object_set_int_member (object, "size_bytes", info->size_bytes);
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, object);
  return root;
}

static void
append_days (GString *text, AisleWorkspace *workspace, const AisleWorkspaceInfo *info)
{
  char first[AISLE_DATE_TEXT_SIZE], last[AISLE_DATE_TEXT_SIZE], today[AISLE_DATE_TEXT_SIZE];
  gboolean is_calendar;
  AisleDate business = aisle_workspace_get_business_date (workspace, &is_calendar);
  if (aisle_date_is_valid (info->first_day))
    g_string_append_printf (text, "  %-24s %s to %s\n", "Sales", aisle_date_format_iso (info->first_day, first),
                            aisle_date_format_iso (info->last_day, last));
  else
    g_string_append_printf (text, "  %-24s none yet\n", "Sales");
  g_string_append_printf (text, "  %-24s %s%s\n", "Business date", aisle_date_format_iso (business, today),
                          is_calendar ? "" : " (not the calendar's day)");
}

static char *
info_to_text (AisleWorkspace *workspace, const AisleWorkspaceInfo *info)
{
  const struct
  {
    const char *name;
    gint64 value;
  } counts[] = {
    { "Products", info->products },          { "Stores", info->stores },
    { "Customers (pseudonyms)", info->customers }, { "Receipt lines", info->sales_lines },
    { "Daily totals", info->sales_days },    { "Stock rows", info->stock_rows },
    { "Changes", info->changes },
  };
  GString *text = g_string_new (aisle_workspace_get_path (workspace));
  g_string_append_c (text, '\n');
  g_string_append_printf (text, "  %-24s %s\n", "Reporting currency",
                          aisle_workspace_get_currency (workspace));
  append_days (text, workspace, info);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (text, "  %-24s %" G_GINT64_FORMAT "\n", counts[i].name, counts[i].value);
  g_string_append_printf (text, "  %-24s %.1f MB\n", "Size", (double) info->size_bytes / 1e6);
  if (info->is_sample)
    g_string_append (text,
                     "This is the sample. Receipts, prices paid and customers of the web shops are real;\n"
                     "stock, costs, suppliers, categories, customers' attributes and the store Market Hall\n"
                     "are generated and marked so. There is no last year to compare with, and the web\n"
                     "shops sold nothing on Saturdays: nothing is invented for either.\n");
  return g_string_free (text, FALSE);
}

AisleExit
aisle_cli_print_info (AisleCli *cli, AisleWorkspace *workspace)
{
  AisleWorkspaceInfo info;
  g_autoptr (GError) error = NULL;
  if (!aisle_workspace_read_info (workspace, &info, &error))
    return aisle_cli_fail (cli, error);
  if (cli->json)
    return aisle_cli_print_json (cli, info_to_json (workspace, &info));
  g_autofree char *text = info_to_text (workspace, &info);
  return aisle_cli_print_text (cli, text);
}

static AisleExit
run_info (AisleCli *cli, int argc, char **argv)
{
  if (!aisle_cli_parse (cli, argc, argv, NULL, NULL))
    return AISLE_EXIT_USAGE;
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  return workspace ? aisle_cli_print_info (cli, workspace) : status;
}

const AisleCliCommand aisle_cli_info_command = {
  .name = "info",
  .summary = "what is in a workspace",
  .usage = "aislectl -w FILE info [--json]\n"
           "\n"
           "Counts of products, stores, customers, sales and stock, the days they span, and what\n"
           "“today” is for this workspace.\n",
  .run = run_info,
};
