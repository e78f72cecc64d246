/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-batch.h"
#include "aisle-sim-routes.h"

#include "aisle-date.h"
#include "aisle-money.h"

/* Larger than any stock or sale; keeps sums within 64 bits. */
#define MAX_QUANTITY G_GINT64_CONSTANT (1000000000000)

/* Puts one item in: accepts or refuses it. FALSE only where the file failed. */
typedef gboolean (*PutItem) (AisleSimBatch *batch, JsonObject *item, GError **error);

static gboolean
put_items (AisleSimRequest *request, PutItem put)
{
  JsonArray *items = aisle_sim_request_get_batch (request, "items");
  if (!items)
    return FALSE;
  AisleSimBatch batch;
  guint n_items = json_array_get_length (items);
  aisle_sim_batch_begin (&batch, request);
  for (guint i = 0; i < n_items && aisle_sim_request_continues (request, i, n_items); i++)
    {
      GError *error = NULL;
      JsonObject *item = aisle_json_get_object_element (items, i);
      if (!item)
        aisle_sim_batch_refuse (&batch, NULL, "this item is not an object");
      else if (!put (&batch, item, &error))
        return aisle_sim_request_fail_storage (request, error);
    }
  return aisle_sim_batch_end (&batch);
}

static gboolean
put_store (AisleSimBatch *batch, JsonObject *item, GError **error)
{
  AisleSimRequest *request = batch->request;
  const char *code = aisle_json_get_text (item, "code");
  const char *name = aisle_json_get_text (item, "name");
  const char *currency = aisle_json_get_text (item, "currency");
  const char *time_zone = aisle_json_get_text (item, "time_zone");
  const char *wrong = aisle_sim_check_text (code);
  char old_currency[4];

  if (wrong)
    return aisle_sim_batch_refuse (batch, NULL, "the code %s", wrong);
  wrong = aisle_sim_check_text (name);
  if (wrong)
    return aisle_sim_batch_refuse (batch, code, "the name %s", wrong);
  if (!currency || aisle_currency_digits (currency) < 0)
    return aisle_sim_batch_refuse (batch, code, "the currency is not a code such as GBP");
  int found = aisle_sim_find_store (request, code, old_currency, error);
  if (found < 0)
    return FALSE;
  if (found == 1 && !g_str_equal (old_currency, currency))
    return aisle_sim_batch_refuse (batch, code, "store %s sells in %s, that cannot change", code,
                                   old_currency);

  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO store (code, name, currency, time_zone) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT (code) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, code);
  aisle_sim_bind_text (statement, 2, name);
  aisle_sim_bind_text (statement, 3, currency);
  aisle_sim_bind_text (statement, 4, time_zone && *time_zone ? time_zone : "UTC");
  return aisle_sim_database_run (request->database, statement, error)
         && aisle_sim_batch_accept (batch, code, 0);
}

static gboolean
put_product (AisleSimBatch *batch, JsonObject *item, GError **error)
{
  AisleSimRequest *request = batch->request;
  const char *sku = aisle_json_get_text (item, "sku");
  const char *name = aisle_json_get_text (item, "name");
  const char *barcode = aisle_json_get_text (item, "barcode");
  gboolean is_active = TRUE;
  const char *wrong = aisle_sim_check_text (sku);

  if (wrong)
    return aisle_sim_batch_refuse (batch, NULL, "the sku %s", wrong);
  if (!name)
    return aisle_sim_batch_refuse (batch, sku, "the name is missing or not a text");
  if (json_object_has_member (item, "active")
      && !aisle_json_get_boolean (item, "active", &is_active))
    return aisle_sim_batch_refuse (batch, sku, "active must be true or false");

  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO product (sku, name, barcode, active) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT (sku) DO UPDATE SET name = excluded.name, barcode = excluded.barcode,"
      " active = excluded.active",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, sku);
  aisle_sim_bind_text (statement, 2, name);
  aisle_sim_bind_text (statement, 3, barcode && *barcode ? barcode : NULL);
  sqlite3_bind_int64 (statement, 4, is_active);
  return aisle_sim_database_run (request->database, statement, error)
         && aisle_sim_batch_accept (batch, sku, 0);
}

/* What stock and sales share: a store, a product, a quantity, a time. On FALSE, `is_refused` tells
 * whether the item was refused (else the file failed). */
typedef struct
{
  const char *store;
  const char *sku;
  gint64 quantity;
  gint64 at;
  char currency[4];
} Movement;

static gboolean
refuse_movement (AisleSimBatch *batch, const char *key, gboolean *is_refused, char *reason)
{
  *is_refused = TRUE;
  aisle_sim_batch_refuse (batch, key, "%s", reason);
  g_free (reason);
  return FALSE;
}

static gboolean
read_movement (AisleSimBatch *batch,
               JsonObject *item,
               const char *key,
               const char *time_name,
               Movement *movement,
               gboolean *is_refused,
               GError **error)
{
  const char *at = aisle_json_get_text (item, time_name);
  movement->store = aisle_json_get_text (item, "store");
  movement->sku = aisle_json_get_text (item, "sku");
  movement->at = batch->request->now;
  *is_refused = FALSE;
  const char *wrong = aisle_sim_check_text (movement->store);
  if (wrong)
    return refuse_movement (batch, key, is_refused, g_strconcat ("the store ", wrong, NULL));
  wrong = aisle_sim_check_text (movement->sku);
  if (wrong)
    return refuse_movement (batch, key, is_refused, g_strconcat ("the sku ", wrong, NULL));
  if (!aisle_json_get_integer (item, "quantity_thousandths", &movement->quantity)
      || ABS (movement->quantity) > MAX_QUANTITY)
    return refuse_movement (
        batch, key, is_refused,
        g_strdup ("quantity_thousandths must be a whole number below 1000000000000"));
  if (at && !aisle_instant_parse_iso (at, NULL, &movement->at))
    return refuse_movement (batch, key, is_refused,
                            g_strconcat (time_name, " is not a time in UTC", NULL));

  int found = aisle_sim_find_store (batch->request, movement->store, movement->currency, error);
  if (found == 0)
    return refuse_movement (batch, key, is_refused,
                            g_strconcat ("there is no store ", movement->store, NULL));
  int known = found < 0 ? -1 : aisle_sim_find_product (batch->request, movement->sku, error);
  if (known == 0)
    return refuse_movement (batch, key, is_refused,
                            g_strconcat ("there is no product ", movement->sku, NULL));
  return known == 1;
}

static gboolean
put_stock_item (AisleSimBatch *batch, JsonObject *item, GError **error)
{
  AisleSimRequest *request = batch->request;
  Movement movement;
  gboolean is_refused = FALSE;
  const char *key = aisle_json_get_text (item, "sku");
  if (!read_movement (batch, item, key, "updated_at", &movement, &is_refused, error))
    return is_refused;

  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO stock (store, sku, quantity, updated_at) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT (store, sku) DO UPDATE SET quantity = excluded.quantity,"
      " updated_at = excluded.updated_at",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, movement.store);
  aisle_sim_bind_text (statement, 2, movement.sku);
  sqlite3_bind_int64 (statement, 3, movement.quantity);
  sqlite3_bind_int64 (statement, 4, movement.at);
  return aisle_sim_database_run (request->database, statement, error)
         && aisle_sim_batch_accept (batch, key, 0);
}

static gboolean
put_sale (AisleSimBatch *batch, JsonObject *item, GError **error)
{
  AisleSimRequest *request = batch->request;
  Movement movement;
  gint64 paid_minor = 0;
  gboolean is_refused = FALSE;
  const char *id = aisle_json_get_text (item, "id");
  const char *currency = aisle_json_get_text (item, "currency");
  const char *wrong = aisle_sim_check_text (id);
  if (wrong)
    return aisle_sim_batch_refuse (batch, NULL, "the id %s", wrong);
  if (!read_movement (batch, item, id, "sold_at", &movement, &is_refused, error))
    return is_refused;
  if (!aisle_json_get_integer (item, "paid_minor", &paid_minor) || ABS (paid_minor) > MAX_QUANTITY)
    return aisle_sim_batch_refuse (batch, id, "paid_minor must be a whole number");
  if (g_strcmp0 (currency, movement.currency) != 0)
    return aisle_sim_batch_refuse (batch, id, "store %s sells in %s, not in %s", movement.store,
                                   movement.currency, currency ? currency : "no currency");

  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO sale (code, store, sku, quantity, paid_minor, currency, sold_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (code) DO UPDATE SET"
      " store = excluded.store, sku = excluded.sku, quantity = excluded.quantity,"
      " paid_minor = excluded.paid_minor, currency = excluded.currency,"
      " sold_at = excluded.sold_at",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, id);
  aisle_sim_bind_text (statement, 2, movement.store);
  aisle_sim_bind_text (statement, 3, movement.sku);
  sqlite3_bind_int64 (statement, 4, movement.quantity);
  sqlite3_bind_int64 (statement, 5, paid_minor);
  aisle_sim_bind_text (statement, 6, currency);
  sqlite3_bind_int64 (statement, 7, movement.at);
  return aisle_sim_database_run (request->database, statement, error)
         && aisle_sim_batch_accept (batch, id, 0);
}

gboolean
aisle_sim_put_stores (AisleSimRequest *request)
{
  return put_items (request, put_store);
}

gboolean
aisle_sim_put_products (AisleSimRequest *request)
{
  return put_items (request, put_product);
}

gboolean
aisle_sim_put_stock (AisleSimRequest *request)
{
  return put_items (request, put_stock_item);
}

gboolean
aisle_sim_put_sales (AisleSimRequest *request)
{
  return put_items (request, put_sale);
}
