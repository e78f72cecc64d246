/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-batch.h"
#include "aisle-sim-routes.h"

#include "aisle-date.h"
#include "aisle-money.h"

/* More than any price: a thousand million in a currency of two digits. */
#define MAX_PRICE_MINOR G_GINT64_CONSTANT (100000000000)

/* The store that the items of a batch name one after the other is mostly the same. */
typedef struct
{
  char code[208];
  char currency[4];
  gboolean is_known;
} StoreMemory;

static gboolean
remember_store (AisleSimRequest *request, StoreMemory *memory, const char *code, GError **error)
{
  if (memory->code[0] && g_str_equal (memory->code, code))
    return TRUE;
  int found = aisle_sim_find_store (request, code, memory->currency, error);
  g_strlcpy (memory->code, code, sizeof memory->code);
  memory->is_known = found == 1;
  return found >= 0;
}

/* expected_before: absent (any), null (no price) or a number. FALSE: of another type. */
static gboolean
read_expectation (JsonObject *item, gboolean *has, gboolean *expects_none, gint64 *minor)
{
  *has = json_object_has_member (item, "expected_before");
  *expects_none = *has && json_object_get_null_member (item, "expected_before");
  return !*has || *expects_none || aisle_json_get_integer (item, "expected_before", minor);
}

static gboolean
store_price (AisleSimRequest *request,
             const char *store,
             const char *sku,
             const char *currency,
             gint64 minor,
             gint64 *revision,
             GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO price (store, sku, currency, minor, updated_at, revision)"
      " VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT (store, sku, currency) DO UPDATE"
      " SET minor = excluded.minor, updated_at = excluded.updated_at, revision = revision + 1"
      " RETURNING revision",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, store);
  aisle_sim_bind_text (statement, 2, sku);
  aisle_sim_bind_text (statement, 3, currency);
  sqlite3_bind_int64 (statement, 4, minor);
  sqlite3_bind_int64 (statement, 5, request->now);
  if (aisle_sim_database_step (request->database, statement, error) < 0)
    return FALSE;
  *revision = sqlite3_column_int64 (statement, 0);
  return aisle_sim_database_run (request->database, statement, error);
}

/* One item: accepted, refused or in conflict. FALSE only where the file failed. */
static gboolean
write_price (AisleSimBatch *batch,
             StoreMemory *memory,
             GHashTable *seen,
             JsonObject *item,
             GError **error)
{
  AisleSimRequest *request = batch->request;
  const char *sku = aisle_json_get_text (item, "sku");
  const char *store = aisle_json_get_text (item, "store");
  const char *currency = aisle_json_get_text (item, "currency");
  gint64 minor = 0, expected = 0, found = 0, revision = 0, updated_at = 0;
  gboolean has_expectation = FALSE, expects_none = FALSE;

  store = store ? store : aisle_json_get_text (request->body, "store");
  currency = currency ? currency : aisle_json_get_text (request->body, "currency");
  const char *wrong = aisle_sim_check_text (sku);
  if (wrong)
    return aisle_sim_batch_refuse (batch, NULL, "the sku %s", wrong);
  wrong = aisle_sim_check_text (store);
  if (wrong)
    return aisle_sim_batch_refuse (batch, sku, "the store %s", wrong);
  if (!aisle_json_get_integer (item, "price_minor", &minor))
    return aisle_sim_batch_refuse (batch, sku, "price_minor must be a whole number");
  if (minor <= 0 || minor > MAX_PRICE_MINOR)
    return aisle_sim_batch_refuse (
        batch, sku, "a price of %" G_GINT64_FORMAT " minor units is not taken", minor);
  if (!read_expectation (item, &has_expectation, &expects_none, &expected))
    return aisle_sim_batch_refuse (batch, sku, "expected_before must be a whole number or null");
  if (!remember_store (request, memory, store, error))
    return FALSE;
  if (!memory->is_known)
    return aisle_sim_batch_refuse (batch, sku, "there is no store %s", store);
  if (g_strcmp0 (currency, memory->currency) != 0)
    return aisle_sim_batch_refuse (batch, sku, "store %s sells in %s, not in %s", store,
                                   memory->currency, currency ? currency : "no currency");
  g_autofree char *pair = g_strconcat (store, "\n", sku, NULL);
  if (!g_hash_table_add (seen, g_steal_pointer (&pair)))
    return aisle_sim_batch_refuse (batch, sku, "this product stands twice in the batch");

  int known = aisle_sim_find_product (request, sku, error);
  if (known == 0)
    return aisle_sim_batch_refuse (batch, sku, "there is no product %s", sku);
  int priced = known < 0 ? -1
                         : aisle_sim_find_price (request, store, sku, currency, &found, &revision,
                                                 &updated_at, error);
  if (priced < 0)
    return FALSE;
  if (has_expectation && (expects_none ? priced == 1 : priced == 0 || found != expected))
    return aisle_sim_batch_conflict (batch, sku, priced == 1 ? &found : NULL);
  if (!store_price (request, store, sku, currency, minor, &revision, error))
    return FALSE;
  return aisle_sim_batch_accept (batch, sku, revision);
}

gboolean
aisle_sim_write_prices (AisleSimRequest *request)
{
  JsonArray *items = aisle_sim_request_get_batch (request, "items");
  if (!items)
    return FALSE;

  AisleSimBatch batch;
  StoreMemory memory = { .is_known = FALSE };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_items = json_array_get_length (items);
  aisle_sim_batch_begin (&batch, request);
  for (guint i = 0; i < n_items && aisle_sim_request_continues (request, i, n_items); i++)
    {
      GError *error = NULL;
      JsonObject *item = aisle_json_get_object_element (items, i);
      if (!item)
        aisle_sim_batch_refuse (&batch, NULL, "this item is not an object");
      else if (!write_price (&batch, &memory, seen, item, &error))
        return aisle_sim_request_fail_storage (request, error);
    }
  return aisle_sim_batch_end (&batch);
}

/* --- reading --- */

/* The store and currency that a query is about; the store's own currency where none is named. */
static gboolean
read_scope (AisleSimRequest *request,
            const char *store,
            const char *currency,
            char store_currency[4])
{
  GError *error = NULL;
  const char *wrong = aisle_sim_check_text (store);
  if (wrong)
    return aisle_sim_request_fail (request, 400, "bad_body", "\"store\" %s", wrong);
  int known = aisle_sim_find_store (request, store, store_currency, &error);
  if (known < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (known == 0)
    return aisle_sim_request_fail (request, 422, "unknown_store", "there is no store %s here",
                                   store);
  if (currency && !g_str_equal (currency, store_currency))
    return aisle_sim_request_fail (request, 422, "wrong_currency",
                                   "store %s sells in %s, not in %s", store, store_currency,
                                   currency);
  return TRUE;
}

static gboolean
put_regular_price (AisleSimRequest *request,
                   const char *store,
                   const char *currency,
                   const char *sku,
                   GError **error)
{
  gint64 minor = 0, revision = 0, updated_at = 0;
  int known = aisle_sim_find_product (request, sku, error);
  int priced = known < 0 ? -1
                         : aisle_sim_find_price (request, store, sku, currency, &minor, &revision,
                                                 &updated_at, error);
  if (priced < 0)
    return FALSE;
  GString *out = request->out;
  aisle_sim_put_open (out, '{');
  aisle_sim_put_text (out, "sku", sku);
  aisle_sim_put_boolean (out, "known", known == 1);
  if (priced == 1)
    {
      aisle_sim_put_integer (out, "price_minor", minor);
      aisle_sim_put_text (out, "currency", currency);
      aisle_sim_put_integer (out, "revision", revision);
      aisle_sim_put_time (out, "updated_at", updated_at);
    }
  else
    aisle_sim_put_null (out, "price_minor");
  g_string_append_c (out, '}');
  return TRUE;
}

/* The promotion that counts is the one that takes most off; promotions are not added up. 1 there, 0
 * none, -1 failed. */
static int
find_best_promotion (AisleSimRequest *request,
                     const char *store,
                     const char *sku,
                     gint64 at,
                     gint64 *off_ppm,
                     char **name,
                     GError **error)
{
  sqlite3_stmt *statement =
      aisle_sim_database_prepare (request->database,
                                  "SELECT p.off_ppm, p.name FROM promotion_product x"
                                  " JOIN promotion p ON p.id = x.promotion"
                                  " JOIN promotion_store s ON s.promotion = p.id AND s.store = ?1"
                                  " WHERE x.sku = ?2 AND p.starts_at <= ?3 AND p.ends_at > ?3"
                                  " ORDER BY p.off_ppm DESC, p.name LIMIT 1",
                                  error);
  if (!statement)
    return -1;
  aisle_sim_bind_text (statement, 1, store);
  aisle_sim_bind_text (statement, 2, sku);
  sqlite3_bind_int64 (statement, 3, at);
  int row = aisle_sim_database_step (request->database, statement, error);
  if (row == 1)
    {
      *off_ppm = sqlite3_column_int64 (statement, 0);
      *name = g_strdup (aisle_sim_column_text (statement, 1));
    }
  sqlite3_reset (statement);
  return row;
}

static gboolean
put_effective_price (AisleSimRequest *request,
                     const char *store,
                     const char *currency,
                     const char *sku,
                     gint64 at,
                     GError **error)
{
  gint64 minor = 0, revision = 0, updated_at = 0, off_ppm = 0;
  g_autofree char *promotion = NULL;
  int known = aisle_sim_find_product (request, sku, error);
  int priced = known < 0 ? -1
                         : aisle_sim_find_price (request, store, sku, currency, &minor, &revision,
                                                 &updated_at, error);
  int promoted = priced < 1
                     ? priced
                     : find_best_promotion (request, store, sku, at, &off_ppm, &promotion, error);
  if (promoted < 0)
    return FALSE;

  GString *out = request->out;
  aisle_sim_put_open (out, '{');
  aisle_sim_put_text (out, "sku", sku);
  aisle_sim_put_boolean (out, "known", known == 1);
  if (priced == 1)
    {
      aisle_sim_put_integer (out, "effective_minor",
                             aisle_money_less_percent (minor, off_ppm, AISLE_ROUND_HALF_UP));
      aisle_sim_put_integer (out, "regular_minor", minor);
      aisle_sim_put_text (out, "currency", currency);
    }
  else
    {
      aisle_sim_put_null (out, "effective_minor");
      aisle_sim_put_null (out, "regular_minor");
    }
  aisle_sim_put_text (out, "promotion", promotion);
  g_string_append_c (out, '}');
  return TRUE;
}

/* The array "skus" of the body, each through `put`, as {"store","currency","at","items":[..]}. */
static gboolean
answer_query (AisleSimRequest *request, gboolean is_effective, gint64 at)
{
  char currency[4];
  const char *store = aisle_json_get_text (request->body, "store");
  JsonArray *skus = aisle_sim_request_get_batch (request, "skus");
  if (!skus
      || !read_scope (request, store, aisle_json_get_text (request->body, "currency"), currency))
    return FALSE;

  GError *error = NULL;
  GString *out = request->out;
  aisle_sim_put_open (out, '{');
  aisle_sim_put_text (out, "store", store);
  aisle_sim_put_time (out, "at", at);
  aisle_sim_put_name (out, "items");
  aisle_sim_put_open (out, '[');
  for (guint i = 0; i < json_array_get_length (skus); i++)
    {
      const char *sku = aisle_json_get_text_element (skus, i);
      const char *wrong = aisle_sim_check_text (sku);
      if (wrong)
        return aisle_sim_request_fail (request, 400, "bad_body", "skus[%u] %s", i, wrong);
      if (!(is_effective ? put_effective_price (request, store, currency, sku, at, &error)
                         : put_regular_price (request, store, currency, sku, &error)))
        return aisle_sim_request_fail_storage (request, error);
    }
  g_string_append (out, "]}");
  return TRUE;
}

gboolean
aisle_sim_query_prices (AisleSimRequest *request)
{
  return answer_query (request, FALSE, request->now);
}

static gboolean
read_instant (AisleSimRequest *request, const char *text, gint64 *at)
{
  *at = request->now;
  if (!text || aisle_instant_parse_iso (text, NULL, at))
    return TRUE;
  return aisle_sim_request_fail (request, 400, "bad_parameter",
                                 "\"at\" is not a time such as 2026-01-31T08:00:00Z");
}

gboolean
aisle_sim_query_effective_prices (AisleSimRequest *request)
{
  gint64 at;
  if (!read_instant (request, aisle_json_get_text (request->body, "at"), &at))
    return FALSE;
  return answer_query (request, TRUE, at);
}

gboolean
aisle_sim_get_effective_price (AisleSimRequest *request)
{
  char currency[4];
  gint64 at;
  GError *error = NULL;
  const char *store = aisle_sim_request_get_parameter (request, "store");
  const char *sku = aisle_sim_request_get_parameter (request, "sku");
  const char *wrong = aisle_sim_check_text (sku);
  if (wrong)
    return aisle_sim_request_fail (request, 400, "bad_parameter", "\"sku\" %s", wrong);
  if (!read_scope (request, store, aisle_sim_request_get_parameter (request, "currency"), currency)
      || !read_instant (request, aisle_sim_request_get_parameter (request, "at"), &at))
    return FALSE;
  if (!put_effective_price (request, store, currency, sku, at, &error))
    return aisle_sim_request_fail_storage (request, error);
  return TRUE;
}
