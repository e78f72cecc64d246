/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-routes.h"

#include <string.h>

#define NAME "/{name}"

static gboolean
answer_health (AisleSimRequest *request)
{
  GError *error = NULL;
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database, "SELECT code, currency FROM store ORDER BY id", &error);
  if (!statement)
    return aisle_sim_request_fail_storage (request, error);

  aisle_sim_put_open (request->out, '{');
  aisle_sim_put_text (request->out, "name", "aisle-store");
  aisle_sim_put_text (request->out, "version", AISLE_VERSION);
  aisle_sim_put_text (request->out, "api", "v1");
  aisle_sim_put_time (request->out, "time", request->now);
  aisle_sim_put_integer (request->out, "max_batch", AISLE_SIM_MAX_BATCH);
  aisle_sim_put_integer (request->out, "max_page", AISLE_SIM_MAX_PAGE);
  aisle_sim_put_name (request->out, "stores");
  aisle_sim_put_open (request->out, '[');
  int row;
  while ((row = aisle_sim_database_step (request->database, statement, &error)) == 1)
    {
      aisle_sim_put_open (request->out, '{');
      aisle_sim_put_text (request->out, "code", aisle_sim_column_text (statement, 0));
      aisle_sim_put_text (request->out, "currency", aisle_sim_column_text (statement, 1));
      g_string_append_c (request->out, '}');
    }
  if (row < 0)
    return aisle_sim_request_fail_storage (request, error);
  g_string_append (request->out, "]}");
  return TRUE;
}

static const AisleSimRoute routes[] = {
  { "GET", "/v1/health", FALSE, answer_health },
  { "GET", "/v1/stores", FALSE, aisle_sim_list_stores },
  { "POST", "/v1/stores/batch", TRUE, aisle_sim_put_stores },
  { "GET", "/v1/products", FALSE, aisle_sim_list_products },
  { "POST", "/v1/products/batch", TRUE, aisle_sim_put_products },
  { "GET", "/v1/stock", FALSE, aisle_sim_list_stock },
  { "POST", "/v1/stock/batch", TRUE, aisle_sim_put_stock },
  { "GET", "/v1/sales", FALSE, aisle_sim_list_sales },
  { "POST", "/v1/sales/batch", TRUE, aisle_sim_put_sales },
  { "GET", "/v1/prices", FALSE, aisle_sim_list_prices },
  { "POST", "/v1/prices/batch", TRUE, aisle_sim_write_prices },
  { "POST", "/v1/prices/query", FALSE, aisle_sim_query_prices },
  { "GET", "/v1/effective-prices", FALSE, aisle_sim_get_effective_price },
  { "POST", "/v1/effective-prices", FALSE, aisle_sim_query_effective_prices },
  { "GET", "/v1/promotions", FALSE, aisle_sim_list_promotions },
  { "POST", "/v1/promotions", TRUE, aisle_sim_create_promotion },
  { "GET", "/v1/promotions" NAME, FALSE, aisle_sim_get_promotion },
  { "PATCH", "/v1/promotions" NAME, TRUE, aisle_sim_end_promotion },
  { "DELETE", "/v1/promotions" NAME, TRUE, aisle_sim_delete_promotion },
  { "GET", "/v1/orders", FALSE, aisle_sim_list_orders },
  { "POST", "/v1/orders", TRUE, aisle_sim_create_order },
  { "GET", "/v1/adjustments", FALSE, aisle_sim_list_adjustments },
  { "POST", "/v1/adjustments", TRUE, aisle_sim_create_adjustment },
};

static gboolean
match_path (const AisleSimRoute *route, const char *path, const char **name)
{
  *name = NULL;
  if (!g_str_has_suffix (route->path, NAME))
    return g_str_equal (route->path, path);
  gsize length = strlen (route->path) - strlen ("{name}");
  if (strncmp (path, route->path, length) != 0 || !path[length] || strchr (path + length, '/'))
    return FALSE;
  *name = path + length;
  return TRUE;
}

const AisleSimRoute *
aisle_sim_routes_find (const char *method,
                       const char *path,
                       const char **name,
                       gboolean *is_known_path)
{
  *is_known_path = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    if (match_path (&routes[i], path, name))
      {
        *is_known_path = TRUE;
        if (g_str_equal (routes[i].method, method))
          return &routes[i];
      }
  return NULL;
}
