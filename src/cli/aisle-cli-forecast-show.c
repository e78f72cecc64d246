/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-forecast-run.h"

#include "aisle-cli-generated.h"
#include "aisle-generated.h"
#include "aisle-range.h"
#include "aisle-run.h"

#include <math.h>

#define SHOWN_DIGITS 1e4 /* of a unit: more than anybody can use, less than what is kept */

enum
{
  LOWER80,
  UPPER80,
  LOWER95,
  UPPER95,
  N_BOUNDS,
};

static const char *const bound_names[N_BOUNDS] = { "lower80", "upper80", "lower95", "upper95" };

/* The forecast that is shown: of one store, or the sum over stores. */
typedef struct
{
  GHashTable *stores; /* the ids of the stores to count, or NULL: whichever comes */
  guint n_series;
  char **generated; /* what of it is not real */
  char *model;      /* of a single series */
  char *reason;
  double error;
  AisleDate first_day;
  GArray *mean;             /* of double, a day each */
  GArray *bounds[N_BOUNDS]; /* of double: squared distances from the mean */
} Show;

static void
show_clear (Show *show)
{
  g_clear_pointer (&show->stores, g_hash_table_unref);
  g_clear_pointer (&show->mean, g_array_unref);
  for (int b = 0; b < N_BOUNDS; b++)
    g_clear_pointer (&show->bounds[b], g_array_unref);
  g_strfreev (show->generated);
  g_free (show->model);
  g_free (show->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Show, show_clear)

static void
show_init (Show *show)
{
  *show = (Show){ .mean = g_array_new (FALSE, TRUE, sizeof (double)) };
  for (int b = 0; b < N_BOUNDS; b++)
    show->bounds[b] = g_array_new (FALSE, TRUE, sizeof (double));
}

/* Adds a series: means add up, and so do squared distances, for the errors of two stores are taken
 * as independent. */
static void
add_row_cb (const AisleForecastRow *row, gpointer data)
{
  Show *show = data;
  if (show->stores && !g_hash_table_contains (show->stores, &row->store_id))
    return;
  const double *values[N_BOUNDS] = { row->lower80, row->upper80, row->lower95, row->upper95 };
  if (show->n_series++ == 0)
    {
      show->first_day = row->first_day;
      show->model = g_strdup (row->model);
      show->reason = g_strdup (row->reason);
      show->error = row->error;
      g_array_set_size (show->mean, (guint) row->horizon);
      for (int b = 0; b < N_BOUNDS; b++)
        g_array_set_size (show->bounds[b], (guint) row->horizon);
    }
  /* All series of a run begin on the same day and go as far. */
  for (guint h = 0; h < MIN (show->mean->len, (guint) row->horizon); h++)
    {
      g_array_index (show->mean, double, h) += row->mean[h];
      for (int b = 0; b < N_BOUNDS; b++)
        {
          double distance = values[b][h] - row->mean[h];
          g_array_index (show->bounds[b], double, h) += distance * distance;
        }
    }
}

static double
get_bound (const Show *show, int bound, guint h)
{
  double mean = g_array_index (show->mean, double, h);
  double distance = sqrt (g_array_index (show->bounds[bound], double, h));
  return bound == LOWER80 || bound == LOWER95 ? MAX (mean - distance, 0) : mean + distance;
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isnan (value))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, round (value * SHOWN_DIGITS) / SHOWN_DIGITS);
}

static AisleExit
print_json (AisleCli *cli, const Show *show, gint64 run_id)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "run");
  json_builder_add_int_value (builder, run_id);
  json_builder_set_member_name (builder, "stores");
  json_builder_add_int_value (builder, show->n_series);
  json_builder_set_member_name (builder, "model");
  if (show->n_series == 1)
    json_builder_add_string_value (builder, show->model);
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "days");
  json_builder_begin_array (builder);
  for (guint h = 0; h < show->mean->len; h++)
    {
      char day[AISLE_DATE_TEXT_SIZE];
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "day");
      json_builder_add_string_value (builder,
                                     aisle_date_format_iso (show->first_day + (AisleDate) h, day));
      add_number (builder, "mean", g_array_index (show->mean, double, h));
      for (int b = 0; b < N_BOUNDS; b++)
        add_number (builder, bound_names[b], get_bound (show, b, h));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  aisle_cli_add_generated (builder, show->generated);
  json_builder_end_object (builder);
  return aisle_cli_print_json (cli, json_builder_get_root (builder));
}

static AisleExit
print_text (AisleCli *cli, const Show *show, const char *product, const char *store)
{
  g_autoptr (GString) text = g_string_new (product);
  if (show->n_series > 1)
    g_string_append_printf (text, " in %u stores together (errors taken as independent)\n",
                            show->n_series);
  else
    {
      g_string_append_printf (text, " in %s: model %s (%s)", store ? store : "one store",
                              show->model, show->reason ? show->reason : "");
      if (!isnan (show->error))
        g_string_append_printf (text, ", error %.2f units a day", show->error);
      g_string_append_c (text, '\n');
    }
  aisle_cli_append_generated (text, show->generated);
  for (guint h = 0; h < show->mean->len; h++)
    {
      char day[AISLE_DATE_TEXT_SIZE];
      g_string_append_printf (text, "  %s  %8.2f  (80 %%: %.2f … %.2f)\n",
                              aisle_date_format_iso (show->first_day + (AisleDate) h, day),
                              g_array_index (show->mean, double, h), get_bound (show, LOWER80, h),
                              get_bound (show, UPPER80, h));
    }
  return aisle_cli_print_text (cli, text->str);
}

static GHashTable *
load_stores_in_totals (AisleWorkspace *workspace, GError **error)
{
  g_autoptr (GPtrArray) stores = aisle_range_list_stores (workspace, error);
  if (!stores)
    return NULL;
  GHashTable *ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < stores->len; i++)
    {
      const AisleRangeStore *store = stores->pdata[i];
      if (store->in_totals)
        g_hash_table_add (ids, g_memdup2 (&store->id, sizeof store->id));
    }
  return ids;
}

/* Reads the forecast into `show`. */
static gboolean
load (AisleWorkspace *workspace,
      const char *product,
      const char *store,
      Show *show,
      gint64 *run_id,
      GError **error)
{
  gint64 product_id = aisle_range_find_product (workspace, product, error);
  gint64 store_id = product_id && store ? aisle_range_find_store (workspace, store, error) : 0;
  if (product_id == 0 || (store && store_id == 0))
    return FALSE;
  show->generated = aisle_generated_list (workspace, AISLE_GENERATED_SALES, store_id, error);
  if (!show->generated)
    return FALSE;
  *run_id = aisle_run_latest (workspace, "forecast", NULL);
  if (*run_id == 0)
    {
      g_set_error_literal (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                           "there is no forecast yet; run “aislectl forecast run” first");
      return FALSE;
    }
  if (!store && !(show->stores = load_stores_in_totals (workspace, error)))
    return FALSE;
  if (!aisle_forecast_row_foreach (workspace, *run_id, store_id, product_id, add_row_cb, show,
                                   error))
    return FALSE;
  if (show->n_series > 0)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
               "the last forecast has nothing for %s in %s: it had not sold there", product,
               store ? store : "the stores that count in the totals");
  return FALSE;
}

AisleExit
aisle_cli_forecast_show (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *product = NULL, *store = NULL;
  const GOptionEntry entries[] = {
    { "product", 0, 0, G_OPTION_ARG_STRING, &product, NULL, NULL },
    { "store", 0, 0, G_OPTION_ARG_STRING, &store, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  if (words[0] && words[1])
    return aisle_cli_wrong_usage (cli, "“%s” is not expected here", words[1]);
  if (!product)
    return aisle_cli_wrong_usage (cli, "forecast show needs --product SKU");
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (GError) error = NULL;
  g_auto (Show) show = { 0 };
  gint64 run_id;
  show_init (&show);
  if (!load (workspace, product, store, &show, &run_id, &error))
    return aisle_cli_fail (cli, error);
  return cli->json ? print_json (cli, &show, run_id) : print_text (cli, &show, product, store);
}
