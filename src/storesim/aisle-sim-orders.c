/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-routes.h"

#define MAX_LINES 5000
#define MAX_QUANTITY G_GINT64_CONSTANT (1000000000000)

/* "name" and "store" of the body, both good; FALSE after answering. */
static gboolean
read_head (AisleSimRequest *request, const char **name, const char **store)
{
  GError *error = NULL;
  char currency[4];
  *name = aisle_json_get_text (request->body, "name");
  *store = aisle_json_get_text (request->body, "store");
  const char *wrong = aisle_sim_check_text (*name);
  if (wrong)
    return aisle_sim_request_fail (request, 400, "bad_body", "\"name\" %s", wrong);
  wrong = aisle_sim_check_text (*store);
  if (wrong)
    return aisle_sim_request_fail (request, 400, "bad_body", "\"store\" %s", wrong);
  int found = aisle_sim_find_store (request, *store, currency, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 0)
    return aisle_sim_request_fail (request, 422, "unknown_store", "there is no store %s here",
                                   *store);
  return TRUE;
}

/* A product and a quantity of at least `min`; FALSE after answering. */
static gboolean
read_line (AisleSimRequest *request,
           JsonObject *line,
           gint64 min,
           const char **sku,
           gint64 *quantity)
{
  GError *error = NULL;
  *sku = aisle_json_get_text (line, "sku");
  const char *wrong = aisle_sim_check_text (*sku);
  if (wrong)
    return aisle_sim_request_fail (request, 400, "bad_body", "a \"sku\" %s", wrong);
  if (!aisle_json_get_integer (line, "quantity_thousandths", quantity) || *quantity < min
      || *quantity > MAX_QUANTITY)
    return aisle_sim_request_fail (request, 400, "bad_body",
                                   "\"quantity_thousandths\" of %s must be a whole number from "
                                   "%" G_GINT64_FORMAT,
                                   *sku, min);
  int found = aisle_sim_find_product (request, *sku, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 0)
    return aisle_sim_request_fail (request, 422, "unknown_product", "there is no product %s here",
                                   *sku);
  return TRUE;
}

/* 1: a row of that name is there. */
static int
find_name (AisleSimRequest *request, const char *sql, const char *name, GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (request->database, sql, error);
  if (!statement)
    return -1;
  aisle_sim_bind_text (statement, 1, name);
  int row = aisle_sim_database_step (request->database, statement, error);
  sqlite3_reset (statement);
  return row;
}

static gboolean
answer_name (AisleSimRequest *request, const char *name, gboolean is_new)
{
  request->status = is_new ? 201 : 200;
  aisle_sim_put_open (request->out, '{');
  aisle_sim_put_text (request->out, "name", name);
  aisle_sim_put_boolean (request->out, "created", is_new);
  g_string_append_c (request->out, '}');
  return TRUE;
}

static gboolean
insert_order (AisleSimRequest *request,
              const char *name,
              const char *store,
              gint64 *id,
              GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO purchase_order (name, store, created_at) VALUES (?1, ?2, ?3) RETURNING id",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, name);
  aisle_sim_bind_text (statement, 2, store);
  sqlite3_bind_int64 (statement, 3, request->now);
  if (aisle_sim_database_step (request->database, statement, error) < 0)
    return FALSE;
  *id = sqlite3_column_int64 (statement, 0);
  return aisle_sim_database_run (request->database, statement, error);
}

static gboolean
insert_line (AisleSimRequest *request,
             gint64 order,
             const char *sku,
             gint64 quantity,
             GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO purchase_order_line (purchase_order, sku, quantity) VALUES (?1, ?2, ?3)"
      " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
      error);
  if (!statement)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, order);
  aisle_sim_bind_text (statement, 2, sku);
  sqlite3_bind_int64 (statement, 3, quantity);
  return aisle_sim_database_run (request->database, statement, error);
}

gboolean
aisle_sim_create_order (AisleSimRequest *request)
{
  const char *name, *store;
  gint64 id = 0;
  GError *error = NULL;
  if (!read_head (request, &name, &store))
    return FALSE;
  JsonArray *lines = aisle_json_get_array (request->body, "lines");
  guint n_lines = lines ? json_array_get_length (lines) : 0;
  if (n_lines == 0 || n_lines > MAX_LINES)
    return aisle_sim_request_fail (request, 400, "bad_body",
                                   "\"lines\" must be an array of 1 to %d lines", MAX_LINES);
  int found = find_name (request, "SELECT 1 FROM purchase_order WHERE name = ?1", name, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 1)
    return answer_name (request, name, FALSE);
  if (!insert_order (request, name, store, &id, &error))
    return aisle_sim_request_fail_storage (request, error);
  for (guint i = 0; i < n_lines; i++)
    {
      const char *sku;
      gint64 quantity;
      if (!read_line (request, aisle_json_get_object_element (lines, i), 1, &sku, &quantity))
        return FALSE;
      if (!insert_line (request, id, sku, quantity, &error))
        return aisle_sim_request_fail_storage (request, error);
    }
  return answer_name (request, name, TRUE);
}

static gboolean
insert_adjustment (AisleSimRequest *request,
                   const char *name,
                   const char *store,
                   const char *sku,
                   gint64 quantity,
                   const char *reason,
                   GError **error)
{
  static const char *const sql[] = {
    "INSERT INTO adjustment (name, store, sku, quantity, before, reason, created_at) VALUES"
    " (?1, ?2, ?3, ?4, (SELECT quantity FROM stock WHERE store = ?2 AND sku = ?3), ?5, ?6)",
    "INSERT INTO stock (store, sku, quantity, updated_at) VALUES (?2, ?3, ?4, ?6)"
    " ON CONFLICT (store, sku) DO UPDATE SET quantity = excluded.quantity,"
    " updated_at = excluded.updated_at",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (sql); i++)
    {
      sqlite3_stmt *statement = aisle_sim_database_prepare (request->database, sql[i], error);
      if (!statement)
        return FALSE;
      if (i == 0)
        {
          aisle_sim_bind_text (statement, 1, name);
          aisle_sim_bind_text (statement, 5, reason);
        }
      aisle_sim_bind_text (statement, 2, store);
      aisle_sim_bind_text (statement, 3, sku);
      sqlite3_bind_int64 (statement, 4, quantity);
      sqlite3_bind_int64 (statement, 6, request->now);
      if (!aisle_sim_database_run (request->database, statement, error))
        return FALSE;
    }
  return TRUE;
}

/* The quantity is what was counted, not a difference: sent twice it is still right. */
gboolean
aisle_sim_create_adjustment (AisleSimRequest *request)
{
  const char *name, *store, *sku;
  gint64 quantity;
  GError *error = NULL;
  const char *reason = aisle_json_get_text (request->body, "reason");
  if (!read_head (request, &name, &store)
      || !read_line (request, request->body, 0, &sku, &quantity))
    return FALSE;
  int found = find_name (request, "SELECT 1 FROM adjustment WHERE name = ?1", name, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 1)
    return answer_name (request, name, FALSE);
  if (!insert_adjustment (request, name, store, sku, quantity, reason ? reason : "count", &error))
    return aisle_sim_request_fail_storage (request, error);
  return answer_name (request, name, TRUE);
}
