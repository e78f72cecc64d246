/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-aisle-private.h"

static const char *const table_paths[] = {
  [AISLE_STORE_TABLE_STORES] = "/v1/stores", [AISLE_STORE_TABLE_PRODUCTS] = "/v1/products",
  [AISLE_STORE_TABLE_STOCK] = "/v1/stock",   [AISLE_STORE_TABLE_SALES] = "/v1/sales",
  [AISLE_STORE_TABLE_PRICES] = "/v1/prices",
};

/* --- pull --- */

/* The member as a text that belongs to the page; NULL where there is none. Codes and currencies
 * come again and again, so each is kept once. */
static const char *
keep_text (AisleStorePage *page, JsonObject *item, const char *name)
{
  const char *text = aisle_json_get_text (item, name);
  return text ? g_string_chunk_insert_const (page->strings, text) : NULL;
}

static gboolean
read_record (AisleStorePage *page,
             AisleStoreTable table,
             JsonObject *item,
             AisleStoreRecord *record)
{
  record->sku = keep_text (page, item, "sku");
  record->store = keep_text (page, item, "store");
  record->currency = keep_text (page, item, "currency");
  switch (table)
    {
    case AISLE_STORE_TABLE_STORES:
      record->store = keep_text (page, item, "code");
      record->name = keep_text (page, item, "name");
      record->time_zone = keep_text (page, item, "time_zone");
      return record->store && record->name && record->currency && record->time_zone;
    case AISLE_STORE_TABLE_PRODUCTS:
      record->name = keep_text (page, item, "name");
      record->barcode = keep_text (page, item, "barcode");
      if (!record->barcode)
        record->barcode = "";
      return record->sku && record->name
             && aisle_json_get_boolean (item, "active", &record->is_active);
    case AISLE_STORE_TABLE_STOCK:
      record->at = aisle_store_aisle_get_time (item, "updated_at");
      return record->store && record->sku
             && aisle_json_get_integer (item, "quantity_thousandths", &record->quantity);
    case AISLE_STORE_TABLE_SALES:
      record->id = keep_text (page, item, "id");
      record->at = aisle_store_aisle_get_time (item, "sold_at");
      return record->id && record->store && record->sku && record->currency
             && aisle_json_get_integer (item, "paid_minor", &record->minor)
             && aisle_json_get_integer (item, "quantity_thousandths", &record->quantity);
    case AISLE_STORE_TABLE_PRICES:
      record->at = aisle_store_aisle_get_time (item, "updated_at");
      return record->store && record->sku && record->currency
             && aisle_json_get_integer (item, "price_minor", &record->minor) && record->minor > 0
             && aisle_json_get_integer (item, "revision", &record->revision);
    }
  return FALSE;
}

static AisleStorePage *
read_page (AisleStoreAisle *aisle, AisleStoreTable table, JsonObject *body, GError **error)
{
  g_autoptr (AisleStorePage) page = g_new0 (AisleStorePage, 1);
  JsonArray *items = aisle_json_get_array (body, "items");
  page->strings = g_string_chunk_new (4096);
  page->n_records = items ? json_array_get_length (items) : 0;
  page->records = g_new0 (AisleStoreRecord, page->n_records);
  page->next_cursor = g_strdup (aisle_json_get_text (body, "next_cursor"));
  gboolean is_right = items && aisle_json_get_integer (body, "total", &page->total);
  for (gsize i = 0; is_right && i < page->n_records; i++)
    is_right = read_record (page, table, aisle_json_get_object_element (items, (guint) i),
                            &page->records[i]);
  if (is_right)
    return g_steal_pointer (&page);
  aisle_store_aisle_fail_shape (aisle, "a page of rows", error);
  return NULL;
}

AisleStorePage *
aisle_store_aisle_pull (AisleStoreSystem *system,
                        AisleStoreTable table,
                        const char *store,
                        const char *cursor,
                        GCancellable *cancellable,
                        GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_autoptr (GString) path = g_string_new (table_paths[table]);
  g_string_append_printf (path, "?limit=%u", system->connector->info.page_size);
  if (store)
    {
      g_string_append (path, "&store=");
      g_string_append_uri_escaped (path, store, NULL, FALSE);
    }
  if (cursor)
    {
      g_string_append (path, "&cursor=");
      g_string_append_uri_escaped (path, cursor, NULL, FALSE);
    }
  const AisleStoreHttpRequest request = { .method = "GET", .path = path->str, .is_reading = TRUE };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  if (!aisle_store_http_send (aisle->http, &request, &reply, cancellable, error))
    return NULL;
  return read_page (aisle, table, json_node_get_object (reply.node), error);
}

/* --- fill --- */

static void
append_text (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, "%s\"%s\":", out->str[out->len - 1] == '{' ? "" : ",", name);
  aisle_json_append_text (out, value);
}

static void
append_integer (GString *out, const char *name, gint64 value)
{
  g_string_append_printf (out, ",\"%s\":%" G_GINT64_FORMAT, name, value);
}

/* Appends the row as JSON; returns what names it in the answer. */
static const char *
append_record (GString *out, AisleStoreTable table, const AisleStoreRecord *record)
{
  const char *key = record->sku;
  g_string_append_c (out, '{');
  switch (table)
    {
    case AISLE_STORE_TABLE_STORES:
      key = record->store;
      append_text (out, "code", record->store);
      append_text (out, "name", record->name);
      append_text (out, "currency", record->currency);
      append_text (out, "time_zone", record->time_zone);
      break;
    case AISLE_STORE_TABLE_PRODUCTS:
      append_text (out, "sku", record->sku);
      append_text (out, "name", record->name);
      append_text (out, "barcode", record->barcode);
      g_string_append (out, record->is_active ? ",\"active\":true" : ",\"active\":false");
      break;
    case AISLE_STORE_TABLE_STOCK:
      append_text (out, "store", record->store);
      append_text (out, "sku", record->sku);
      append_integer (out, "quantity_thousandths", record->quantity);
      aisle_store_aisle_append_time (out, "updated_at", record->at);
      break;
    case AISLE_STORE_TABLE_SALES:
      key = record->id;
      append_text (out, "id", record->id);
      append_text (out, "store", record->store);
      append_text (out, "sku", record->sku);
      append_text (out, "currency", record->currency);
      append_integer (out, "quantity_thousandths", record->quantity);
      append_integer (out, "paid_minor", record->minor);
      aisle_store_aisle_append_time (out, "sold_at", record->at);
      break;
    case AISLE_STORE_TABLE_PRICES:
      append_text (out, "store", record->store);
      append_text (out, "sku", record->sku);
      append_text (out, "currency", record->currency);
      append_integer (out, "price_minor", record->minor);
      break;
    }
  g_string_append_c (out, '}');
  return key;
}

gboolean
aisle_store_aisle_fill (AisleStoreSystem *system,
                        AisleStoreTable table,
                        const AisleStoreRecord *records,
                        gsize n_records,
                        AisleStoreItemResult *results,
                        GCancellable *cancellable,
                        GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_autofree const char **keys = g_new (const char *, n_records);
  g_autofree char *path = g_strconcat (table_paths[table], "/batch", NULL);
  g_autoptr (GString) body = g_string_new ("{\"items\":[");
  for (gsize i = 0; i < n_records; i++)
    {
      if (i > 0)
        g_string_append_c (body, ',');
      keys[i] = append_record (body, table, &records[i]);
    }
  g_string_append (body, "]}");

  const AisleStoreHttpRequest request = { .method = "POST", .path = path, .body = body->str };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  return aisle_store_http_send (aisle->http, &request, &reply, cancellable, error)
         && aisle_store_aisle_read_results (aisle, json_node_get_object (reply.node), keys,
                                            n_records, results, error);
}
