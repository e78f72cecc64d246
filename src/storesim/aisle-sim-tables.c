/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-routes.h"

#define DEFAULT_PAGE 200

typedef enum
{
  COLUMN_TEXT,
  COLUMN_NULLABLE_TEXT,
  COLUMN_INTEGER,
  COLUMN_NULLABLE_INTEGER,
  COLUMN_BOOLEAN,
  COLUMN_TIME,
  COLUMN_JSON,
} ColumnType;

typedef struct
{
  const char *name; /* in the answer; NULL ends the list */
  ColumnType type;
} Column;

/* A table that is given by page. `page`: rows after id ?1, of store ?2 (or of all where NULL), at
 * most ?3, the id first and then the columns. `count`: all rows of store ?1 (or all). */
typedef struct
{
  const char *page;
  const char *count;
  gboolean has_store;
  Column columns[9];
} Table;

static const Table stores = {
  .page = "SELECT id, code, name, currency, time_zone FROM store WHERE id > ?1 AND ?2 IS NULL"
          " ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM store WHERE ?1 IS NULL",
  .columns = { { "code", COLUMN_TEXT },
               { "name", COLUMN_TEXT },
               { "currency", COLUMN_TEXT },
               { "time_zone", COLUMN_TEXT } },
};

static const Table products = {
  .page = "SELECT id, sku, name, barcode, active FROM product WHERE id > ?1 AND ?2 IS NULL"
          " ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM product WHERE ?1 IS NULL",
  .columns = { { "sku", COLUMN_TEXT },
               { "name", COLUMN_TEXT },
               { "barcode", COLUMN_NULLABLE_TEXT },
               { "active", COLUMN_BOOLEAN } },
};

static const Table stock = {
  .page = "SELECT id, store, sku, quantity, updated_at FROM stock"
          " WHERE id > ?1 AND (?2 IS NULL OR store = ?2) ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM stock WHERE ?1 IS NULL OR store = ?1",
  .has_store = TRUE,
  .columns = { { "store", COLUMN_TEXT },
               { "sku", COLUMN_TEXT },
               { "quantity_thousandths", COLUMN_INTEGER },
               { "updated_at", COLUMN_TIME } },
};

static const Table sales = {
  .page = "SELECT id, code, store, sku, quantity, paid_minor, currency, sold_at FROM sale"
          " WHERE id > ?1 AND (?2 IS NULL OR store = ?2) ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM sale WHERE ?1 IS NULL OR store = ?1",
  .has_store = TRUE,
  .columns = { { "id", COLUMN_TEXT },
               { "store", COLUMN_TEXT },
               { "sku", COLUMN_TEXT },
               { "quantity_thousandths", COLUMN_INTEGER },
               { "paid_minor", COLUMN_INTEGER },
               { "currency", COLUMN_TEXT },
               { "sold_at", COLUMN_TIME } },
};

static const Table prices = {
  .page = "SELECT id, store, sku, currency, minor, updated_at, revision FROM price"
          " WHERE id > ?1 AND (?2 IS NULL OR store = ?2) ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM price WHERE ?1 IS NULL OR store = ?1",
  .has_store = TRUE,
  .columns = { { "store", COLUMN_TEXT },
               { "sku", COLUMN_TEXT },
               { "currency", COLUMN_TEXT },
               { "price_minor", COLUMN_INTEGER },
               { "updated_at", COLUMN_TIME },
               { "revision", COLUMN_INTEGER } },
};

static const Table promotions = {
  .page = "SELECT id, name, off_ppm, starts_at, ends_at,"
          " (SELECT json_group_array(sku) FROM promotion_product x WHERE x.promotion = p.id),"
          " (SELECT json_group_array(store) FROM promotion_store y WHERE y.promotion = p.id)"
          " FROM promotion p WHERE id > ?1 AND (?2 IS NULL OR EXISTS (SELECT 1"
          " FROM promotion_store s WHERE s.promotion = p.id AND s.store = ?2))"
          " ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM promotion p WHERE ?1 IS NULL OR EXISTS (SELECT 1"
           " FROM promotion_store s WHERE s.promotion = p.id AND s.store = ?1)",
  .has_store = TRUE,
  .columns = { { "name", COLUMN_TEXT },
               { "off_ppm", COLUMN_INTEGER },
               { "starts_at", COLUMN_TIME },
               { "ends_at", COLUMN_TIME },
               { "skus", COLUMN_JSON },
               { "stores", COLUMN_JSON } },
};

static const Table orders = {
  .page = "SELECT id, name, store, created_at, (SELECT json_group_array(json_object("
          "'sku', sku, 'quantity_thousandths', quantity)) FROM purchase_order_line l"
          " WHERE l.purchase_order = o.id) FROM purchase_order o"
          " WHERE id > ?1 AND (?2 IS NULL OR store = ?2) ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM purchase_order WHERE ?1 IS NULL OR store = ?1",
  .has_store = TRUE,
  .columns = { { "name", COLUMN_TEXT },
               { "store", COLUMN_TEXT },
               { "created_at", COLUMN_TIME },
               { "lines", COLUMN_JSON } },
};

static const Table adjustments = {
  .page = "SELECT id, name, store, sku, quantity, before, reason, created_at FROM adjustment"
          " WHERE id > ?1 AND (?2 IS NULL OR store = ?2) ORDER BY id LIMIT ?3",
  .count = "SELECT count(*) FROM adjustment WHERE ?1 IS NULL OR store = ?1",
  .has_store = TRUE,
  .columns = { { "name", COLUMN_TEXT },
               { "store", COLUMN_TEXT },
               { "sku", COLUMN_TEXT },
               { "quantity_thousandths", COLUMN_INTEGER },
               { "before_thousandths", COLUMN_NULLABLE_INTEGER },
               { "reason", COLUMN_TEXT },
               { "created_at", COLUMN_TIME } },
};

static void
put_row (GString *out, sqlite3_stmt *statement, const Column *columns)
{
  aisle_sim_put_open (out, '{');
  for (int i = 0; columns[i].name; i++)
    {
      const char *name = columns[i].name;
      int c = i + 1;
      switch (columns[i].type)
        {
        case COLUMN_NULLABLE_INTEGER:
        case COLUMN_INTEGER:
          if (sqlite3_column_type (statement, c) == SQLITE_NULL)
            aisle_sim_put_null (out, name);
          else
            aisle_sim_put_integer (out, name, sqlite3_column_int64 (statement, c));
          break;
        case COLUMN_BOOLEAN:
          aisle_sim_put_boolean (out, name, sqlite3_column_int64 (statement, c) != 0);
          break;
        case COLUMN_TIME:
          aisle_sim_put_time (out, name, sqlite3_column_int64 (statement, c));
          break;
        case COLUMN_JSON:
          aisle_sim_put_name (out, name);
          g_string_append (out, aisle_sim_column_text (statement, c));
          break;
        case COLUMN_TEXT:
        case COLUMN_NULLABLE_TEXT:
          if (sqlite3_column_type (statement, c) == SQLITE_NULL)
            aisle_sim_put_null (out, name);
          else
            aisle_sim_put_text (out, name, aisle_sim_column_text (statement, c));
          break;
        }
    }
  g_string_append_c (out, '}');
}

static gboolean
read_number (AisleSimRequest *request, const char *name, gint64 min, gint64 max, gint64 *value)
{
  const char *text = aisle_sim_request_get_parameter (request, name);
  if (!text || g_ascii_string_to_signed (text, 10, min, max, value, NULL))
    return TRUE;
  return aisle_sim_request_fail (request, 400, "bad_parameter",
                                 "\"%s\" must be a whole number from %" G_GINT64_FORMAT
                                 " to %" G_GINT64_FORMAT,
                                 name, min, max);
}

static gboolean
count_rows (AisleSimRequest *request, const Table *table, const char *store, gint64 *total)
{
  GError *error = NULL;
  sqlite3_stmt *statement = aisle_sim_database_prepare (request->database, table->count, &error);
  if (!statement)
    return aisle_sim_request_fail_storage (request, error);
  aisle_sim_bind_text (statement, 1, store);
  if (aisle_sim_database_step (request->database, statement, &error) < 0)
    return aisle_sim_request_fail_storage (request, error);
  *total = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return TRUE;
}

static gboolean
list_table (AisleSimRequest *request, const Table *table)
{
  gint64 limit = DEFAULT_PAGE;
  gint64 after = 0;
  gint64 total = 0;
  const char *store = aisle_sim_request_get_parameter (request, "store");
  if (store && !table->has_store)
    return aisle_sim_request_fail (request, 400, "bad_parameter",
                                   "this table is not divided by store; leave \"store\" out");
  if (!read_number (request, "limit", 1, AISLE_SIM_MAX_PAGE, &limit)
      || !read_number (request, "cursor", 0, G_MAXINT64, &after)
      || !count_rows (request, table, store, &total))
    return FALSE;

  GError *error = NULL;
  sqlite3_stmt *statement = aisle_sim_database_prepare (request->database, table->page, &error);
  if (!statement)
    return aisle_sim_request_fail_storage (request, error);
  sqlite3_bind_int64 (statement, 1, after);
  aisle_sim_bind_text (statement, 2, store);
  sqlite3_bind_int64 (statement, 3, limit + 1);

  gint64 n_rows = 0;
  gint64 last_id = after;
  gboolean has_more = FALSE;
  int row;
  aisle_sim_put_open (request->out, '{');
  aisle_sim_put_name (request->out, "items");
  aisle_sim_put_open (request->out, '[');
  while ((row = aisle_sim_database_step (request->database, statement, &error)) == 1)
    {
      if (n_rows++ == limit)
        {
          has_more = TRUE;
          sqlite3_reset (statement);
          break;
        }
      last_id = sqlite3_column_int64 (statement, 0);
      put_row (request->out, statement, table->columns);
    }
  if (row < 0)
    return aisle_sim_request_fail_storage (request, error);
  g_string_append_c (request->out, ']');
  aisle_sim_put_integer (request->out, "total", total);
  if (has_more)
    {
      g_autofree char *cursor = g_strdup_printf ("%" G_GINT64_FORMAT, last_id);
      aisle_sim_put_text (request->out, "next_cursor", cursor);
    }
  else
    aisle_sim_put_null (request->out, "next_cursor");
  g_string_append_c (request->out, '}');
  return TRUE;
}

gboolean
aisle_sim_list_stores (AisleSimRequest *request)
{
  return list_table (request, &stores);
}

gboolean
aisle_sim_list_products (AisleSimRequest *request)
{
  return list_table (request, &products);
}

gboolean
aisle_sim_list_stock (AisleSimRequest *request)
{
  return list_table (request, &stock);
}

gboolean
aisle_sim_list_sales (AisleSimRequest *request)
{
  return list_table (request, &sales);
}

gboolean
aisle_sim_list_prices (AisleSimRequest *request)
{
  return list_table (request, &prices);
}

gboolean
aisle_sim_list_promotions (AisleSimRequest *request)
{
  return list_table (request, &promotions);
}

gboolean
aisle_sim_list_orders (AisleSimRequest *request)
{
  return list_table (request, &orders);
}

gboolean
aisle_sim_list_adjustments (AisleSimRequest *request)
{
  return list_table (request, &adjustments);
}
