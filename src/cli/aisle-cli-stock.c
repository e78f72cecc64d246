/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"
#include "aisle-cli-generated.h"

#include "aisle-generated.h"
#include "aisle-range.h"
#include "aisle-stock-job.h"

#include <math.h>

#define MILLI 1000.0
#define N_COVER_DECIMALS 10.0

/* Which statuses to show; all where nobody asked. */
static gboolean
parse_statuses (AisleCli *cli, const char *text, guint *statuses)
{
  *statuses = ~0u;
  if (!text)
    return TRUE;
  *statuses = 0;
  g_auto (GStrv) names = g_strsplit (text, ",", -1);
  for (char **name = names; *name; name++)
    {
      AisleStockStatus status;
      if (!aisle_stock_status_from_text (g_strstrip (*name), &status))
        {
          aisle_cli_wrong_usage (
              cli, "--status: “%s” is none of out, low, ok, over, slow, not_selling, check", *name);
          return FALSE;
        }
      *statuses |= 1u << status;
    }
  return TRUE;
}

static void
add_quantity (JsonBuilder *builder, const char *name, gint64 milli, gint64 none)
{
  json_builder_set_member_name (builder, name);
  if (milli == none)
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, (double) milli / MILLI);
}

static void
add_row (JsonBuilder *builder, const AisleStockRow *row)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "sku");
  json_builder_add_string_value (builder, row->facts->sku);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, row->facts->name);
  add_quantity (builder, "on_hand", row->facts->on_hand_milli, AISLE_SHELF_UNKNOWN);
  add_quantity (builder, "on_order", row->facts->on_order_milli, AISLE_SHELF_UNKNOWN);
  json_builder_set_member_name (builder, "cover_days");
  /* Stock without demand covers for ever: null, with the status to say why. */
  if (isnan (row->result.cover_days) || isinf (row->result.cover_days))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, round (row->result.cover_days * N_COVER_DECIMALS)
                                                / N_COVER_DECIMALS);
  add_quantity (builder, "reorder_point", row->result.reorder_point_milli, AISLE_QUANTITY_UNKNOWN);
  add_quantity (builder, "order_quantity", row->result.order_quantity_milli,
                AISLE_QUANTITY_UNKNOWN);
  json_builder_set_member_name (builder, "status");
  json_builder_add_string_value (builder, aisle_stock_status_to_text (row->result.status));
  json_builder_end_object (builder);
}

static AisleExit
print_json (AisleCli *cli, const AisleStockList *list, guint statuses, char **generated)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint i = 0; i < list->rows->len; i++)
    {
      const AisleStockRow *row = &g_array_index (list->rows, AisleStockRow, i);
      if (statuses & (1u << row->result.status))
        add_row (builder, row);
    }
  json_builder_end_array (builder);
  aisle_cli_add_generated (builder, generated);
  json_builder_end_object (builder);
  return aisle_cli_print_json (cli, json_builder_get_root (builder));
}

/* Up to a tenth: nobody counts in thousandths. */
static gint64
round_up (gint64 milli)
{
  return milli == AISLE_QUANTITY_UNKNOWN || milli <= 0 ? milli : (milli + 99) / 100 * 100;
}

static void
append_quantity (GString *text, gint64 milli, gint64 none)
{
  g_autofree char *number = milli == none ? g_strdup ("?") : aisle_decimal_format_short (milli, 3);
  g_string_append_printf (text, " %8s", number);
}

static AisleExit
print_text (AisleCli *cli,
            AisleWorkspace *workspace,
            const AisleStockList *list,
            guint statuses,
            char **generated)
{
  guint counts[AISLE_N_STOCK_STATUSES] = { 0 };
  gboolean is_calendar;
  char today[AISLE_DATE_TEXT_SIZE];
  aisle_date_format_iso (aisle_workspace_get_business_date (workspace, &is_calendar), today);
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "Stock on %s%s, in units.\n", today,
                          is_calendar ? "" : " (the business date, not the calendar's)");
  aisle_cli_append_generated (text, generated);
  g_string_append_printf (text, "%-12s %-11s %8s %8s %8s %8s  %s\n", "SKU", "status", "on hand",
                          "on order", "reorder", "order", "name");
  for (guint i = 0; i < list->rows->len; i++)
    {
      const AisleStockRow *row = &g_array_index (list->rows, AisleStockRow, i);
      counts[row->result.status]++;
      if (!(statuses & (1u << row->result.status)))
        continue;
      g_string_append_printf (text, "%-12s %-11s", row->facts->sku,
                              aisle_stock_status_to_text (row->result.status));
      append_quantity (text, row->facts->on_hand_milli, AISLE_SHELF_UNKNOWN);
      append_quantity (text, row->facts->on_order_milli, AISLE_SHELF_UNKNOWN);
      append_quantity (text, round_up (row->result.reorder_point_milli), AISLE_QUANTITY_UNKNOWN);
      append_quantity (text, row->result.order_quantity_milli, AISLE_QUANTITY_UNKNOWN);
      g_string_append_printf (text, "  %s\n", row->facts->name);
    }
  for (int s = 0; s < AISLE_N_STOCK_STATUSES; s++)
    g_string_append_printf (text, "%s%u %s", s ? ", " : "", counts[s],
                            aisle_stock_status_to_text ((AisleStockStatus) s));
  g_string_append_c (text, '\n');
  return aisle_cli_print_text (cli, text->str);
}

static AisleExit
run_stock (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *store = NULL, *status_text = NULL, *category = NULL;
  const GOptionEntry entries[] = {
    { "store", 0, 0, G_OPTION_ARG_STRING, &store, NULL, NULL },
    { "status", 0, 0, G_OPTION_ARG_STRING, &status_text, NULL, NULL },
    { "category", 0, 0, G_OPTION_ARG_STRING, &category, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  guint statuses;
  if (!aisle_cli_parse (cli, argc, argv, entries, NULL)
      || !parse_statuses (cli, status_text, &statuses))
    return AISLE_EXIT_USAGE;
  if (!store)
    return aisle_cli_wrong_usage (cli, "stock needs --store CODE");
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (GError) error = NULL;
  gint64 store_id = aisle_range_find_store (workspace, store, &error);
  gint64 category_id =
      store_id && category ? aisle_range_find_category (workspace, category, &error) : 0;
  g_autoptr (AisleStockList) list = NULL;
  if (!error)
    list = aisle_stock_job_list (workspace, store_id, category_id, &error);
  g_auto (GStrv) generated = NULL;
  if (list)
    generated = aisle_generated_list (
        workspace, AISLE_GENERATED_STOCK | AISLE_GENERATED_SUPPLY | AISLE_GENERATED_SALES, store_id,
        &error);
  if (!generated)
    return aisle_cli_fail (cli, error);
  AisleDate today = aisle_workspace_get_business_date (workspace, NULL);
  if (list->run_id == 0)
    aisle_cli_say (cli,
                   "There is no forecast yet: reorder points are not known. Run “aislectl forecast "
                   "run”.");
  else if (list->run_day != today)
    aisle_cli_say (cli, "The forecast is from another day; run “aislectl forecast run” again.");
  return cli->json ? print_json (cli, list, statuses, generated)
                   : print_text (cli, workspace, list, statuses, generated);
}

const AisleCliCommand aisle_cli_stock_command = {
  .name = "stock",
  .summary = "what is out, low, too much or slow in a store",
  .usage =
      "aislectl -w FILE stock --store CODE [--status out,low,ok,over,slow,not_selling,check]\n"
      "                       [--category NAME]\n"
      "\n"
      "Judges every product of the store from what is on hand, what is on order and the last "
      "forecast over\n"
      "the supplier's lead time and a week. The suggested order is rounded up to whole cases.\n",
  .run = run_stock,
};
