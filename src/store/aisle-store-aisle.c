/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-aisle-private.h"

#include "aisle-date.h"

#include <string.h>

#define API "v1"
#define BATCH_SIZE 500
#define PAGE_SIZE 1000

/* --- the connection --- */

static AisleStoreSystem *
open_aisle (const char *url, const char *token, guint timeout_seconds, GError **error)
{
  if (!token || !*token)
    {
      aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                             "an Aisle store system needs a token; give the file that holds it");
      return NULL;
    }
  g_autoptr (AisleStoreHttp) http = aisle_store_http_new (url, token, timeout_seconds, error);
  if (!http)
    return NULL;
  AisleStoreAisle *aisle = g_new0 (AisleStoreAisle, 1);
  aisle->base.connector = &aisle_store_connector_aisle;
  aisle->http = g_steal_pointer (&http);
  return &aisle->base;
}

static void
close_aisle (AisleStoreSystem *system)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  aisle_store_http_free (aisle->http);
  g_free (aisle);
}

gboolean
aisle_store_aisle_fail_shape (AisleStoreAisle *aisle, const char *what, GError **error)
{
  aisle_store_set_error (error, AISLE_STORE_ERROR_UNKNOWN, 0,
                         "the answer of %s is not what was asked for (%s); read back what it did",
                         aisle_store_http_get_host (aisle->http), what);
  return FALSE;
}

void
aisle_store_aisle_append_time (GString *out, const char *name, gint64 seconds)
{
  g_autofree char *text = aisle_instant_format_iso (seconds);
  g_string_append_printf (out, ",\"%s\":\"%s\"", name, text);
}

gint64
aisle_store_aisle_get_time (JsonObject *object, const char *name)
{
  gint64 seconds = 0;
  const char *text = aisle_json_get_text (object, name);
  return text && aisle_instant_parse_iso (text, NULL, &seconds) ? seconds : 0;
}

/* --- testing --- */

static gboolean
check_stores (JsonObject *body, const char *const *stores, GPtrArray *checks)
{
  JsonArray *known = aisle_json_get_array (body, "stores");
  for (; stores && *stores; stores++)
    {
      const char *currency = NULL;
      for (guint i = 0; known && i < json_array_get_length (known) && !currency; i++)
        {
          JsonObject *store = aisle_json_get_object_element (known, i);
          if (g_strcmp0 (aisle_json_get_text (store, "code"), *stores) == 0)
            currency = aisle_json_get_text (store, "currency");
        }
      g_autofree char *title = g_strdup_printf ("Store %s", *stores);
      char *message =
          currency ? g_strdup_printf ("known there, prices in %s", currency)
                   : g_strdup_printf ("the store system knows no store %s; look at the code, "
                                      "or fill the system first",
                                      *stores);
      if (!aisle_store_add_check (checks, title, currency != NULL, message))
        return FALSE;
    }
  return TRUE;
}

/* Each step rests on the one before it. */
static void
test_aisle (AisleStoreSystem *system,
            const char *const *stores,
            GPtrArray *checks,
            GCancellable *cancellable)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  const char *host = aisle_store_http_get_host (aisle->http);
  const AisleStoreHttpRequest request = { "GET", "/v1/health", .is_reading = TRUE };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  g_autoptr (GError) error = NULL;

  gboolean is_answered = aisle_store_http_send (aisle->http, &request, &reply, cancellable, &error);
  if (!aisle_store_add_check (checks, "Connection", reply.was_reached,
                              reply.was_reached ? g_strdup_printf ("%s takes connections", host)
                                                : g_strdup (error->message)))
    return;
  gboolean is_token_wrong = error && error->code == AISLE_STORE_ERROR_AUTH;
  gboolean is_understood = is_answered || is_token_wrong;
  if (!aisle_store_add_check (checks, "Answer", is_understood,
                              is_understood ? g_strdup ("it answers in JSON")
                                            : g_strdup (error->message)))
    return;
  if (!aisle_store_add_check (checks, "Token", is_answered,
                              is_answered ? g_strdup ("the token is accepted")
                                          : g_strdup (error->message)))
    return;

  JsonObject *body = json_node_get_object (reply.node);
  const char *name = aisle_json_get_text (body, "name");
  const char *version = aisle_json_get_text (body, "version");
  const char *api = aisle_json_get_text (body, "api");
  gboolean is_right = g_strcmp0 (name, "aisle-store") == 0 && g_strcmp0 (api, API) == 0;
  char *message = is_right
                      ? g_strdup_printf ("%s %s, interface %s", name, version ? version : "", api)
                      : g_strdup_printf ("%s speaks interface \"%s\" of \"%s\"; this version needs "
                                         "interface " API " of aisle-store",
                                         host, api ? api : "", name ? name : "");
  if (aisle_store_add_check (checks, "Version", is_right, message))
    check_stores (body, stores, checks);
}

/* --- prices --- */

/* Asks `path` for an answer about each of `skus`; the items of it, in their order. */
static JsonArray *
query_skus (AisleStoreAisle *aisle,
            const char *path,
            const char *store,
            const char *currency,
            const char *const *skus,
            gsize n_skus,
            gint64 at,
            AisleStoreHttpReply *reply,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GString) body = g_string_new ("{\"store\":");
  aisle_json_append_text (body, store);
  g_string_append (body, ",\"currency\":");
  aisle_json_append_text (body, currency);
  if (at != 0)
    aisle_store_aisle_append_time (body, "at", at);
  for (gsize i = 0; i < n_skus; i++)
    {
      g_string_append (body, i > 0 ? "," : ",\"skus\":[");
      aisle_json_append_text (body, skus[i]);
    }
  g_string_append (body, "]}");

  const AisleStoreHttpRequest request = {
    .method = "POST", .path = path, .body = body->str, .is_reading = TRUE
  };
  if (!aisle_store_http_send (aisle->http, &request, reply, cancellable, error))
    return NULL;
  JsonArray *items = aisle_json_get_array (json_node_get_object (reply->node), "items");
  gboolean is_right = items && json_array_get_length (items) == n_skus;
  for (gsize i = 0; is_right && i < n_skus; i++)
    is_right =
        g_strcmp0 (aisle_json_get_text (aisle_json_get_object_element (items, (guint) i), "sku"),
                   skus[i])
        == 0;
  if (!is_right)
    {
      aisle_store_aisle_fail_shape (aisle, "one item for each product", error);
      return NULL;
    }
  return items;
}

/* A price member: a number above or at `least`, or null for none. */
static gboolean
read_price_member (JsonObject *item, const char *name, gint64 least, gint64 *minor)
{
  *minor = AISLE_STORE_PRICE_NONE;
  if (!json_object_has_member (item, name))
    return FALSE;
  if (json_object_get_null_member (item, name))
    return TRUE;
  return aisle_json_get_integer (item, name, minor) && *minor >= least;
}

static gboolean
read_prices (AisleStoreSystem *system,
             const char *store,
             const char *currency,
             const char *const *skus,
             gsize n_skus,
             AisleStorePrice *prices,
             GCancellable *cancellable,
             GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  JsonArray *items = query_skus (aisle, "/v1/prices/query", store, currency, skus, n_skus, 0,
                                 &reply, cancellable, error);
  if (!items)
    return FALSE;
  for (gsize i = 0; i < n_skus; i++)
    {
      JsonObject *item = aisle_json_get_object_element (items, (guint) i);
      AisleStorePrice *price = &prices[i];
      const char *found_currency = aisle_json_get_text (item, "currency");
      *price = (AisleStorePrice){ .minor = AISLE_STORE_PRICE_NONE };
      if (!aisle_json_get_boolean (item, "known", &price->is_known)
          || !read_price_member (item, "price_minor", 1, &price->minor)
          || (price->minor != AISLE_STORE_PRICE_NONE && g_strcmp0 (found_currency, currency) != 0))
        return aisle_store_aisle_fail_shape (aisle, "a price in the currency asked for", error);
      if (price->minor == AISLE_STORE_PRICE_NONE)
        continue;
      g_strlcpy (price->currency, found_currency, sizeof price->currency);
      aisle_json_get_integer (item, "revision", &price->revision);
      price->updated_at = aisle_store_aisle_get_time (item, "updated_at");
    }
  return TRUE;
}

static gboolean
read_effective_prices (AisleStoreSystem *system,
                       const char *store,
                       const char *currency,
                       const char *const *skus,
                       gsize n_skus,
                       gint64 at,
                       AisleStoreEffectivePrice *prices,
                       GCancellable *cancellable,
                       GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  JsonArray *items = query_skus (aisle, "/v1/effective-prices", store, currency, skus, n_skus, at,
                                 &reply, cancellable, error);
  if (!items)
    return FALSE;
  for (gsize i = 0; i < n_skus; i++)
    {
      JsonObject *item = aisle_json_get_object_element (items, (guint) i);
      AisleStoreEffectivePrice *price = &prices[i];
      const char *found_currency = aisle_json_get_text (item, "currency");
      const char *promotion = aisle_json_get_text (item, "promotion");
      *price = (AisleStoreEffectivePrice){ .minor = AISLE_STORE_PRICE_NONE };
      if (!aisle_json_get_boolean (item, "known", &price->is_known)
          || !read_price_member (item, "effective_minor", 0, &price->minor)
          || !read_price_member (item, "regular_minor", 1, &price->regular_minor)
          || (price->minor != AISLE_STORE_PRICE_NONE && g_strcmp0 (found_currency, currency) != 0))
        return aisle_store_aisle_fail_shape (aisle, "a price in the currency asked for", error);
      g_strlcpy (price->promotion, promotion ? promotion : "", sizeof price->promotion);
    }
  return TRUE;
}

/* A text cut to its place without cutting a letter in two. */
static void
copy_reason (AisleStoreItemResult *result, const char *reason)
{
  g_strlcpy (result->reason, reason ? reason : "no reason given", sizeof result->reason);
  const char *end = NULL;
  if (!g_utf8_validate (result->reason, -1, &end))
    result->reason[end - result->reason] = '\0';
}

static gboolean
read_result (JsonObject *item, AisleStoreItemResult *result)
{
  const char *status = aisle_json_get_text (item, "status");
  *result = (AisleStoreItemResult){ .found_minor = AISLE_STORE_PRICE_ANY };
  if (g_strcmp0 (status, "accepted") == 0)
    {
      result->status = AISLE_STORE_ITEM_ACCEPTED;
      aisle_json_get_integer (item, "revision", &result->revision);
      return TRUE;
    }
  copy_reason (result, aisle_json_get_text (item, "reason"));
  if (g_strcmp0 (status, "refused") == 0)
    {
      result->status = AISLE_STORE_ITEM_REFUSED;
      return TRUE;
    }
  result->status = AISLE_STORE_ITEM_CONFLICT;
  return g_strcmp0 (status, "conflict") == 0
         && read_price_member (item, "found", 1, &result->found_minor);
}

gboolean
aisle_store_aisle_read_results (AisleStoreAisle *aisle,
                                JsonObject *body,
                                const char *const *keys,
                                gsize n_items,
                                AisleStoreItemResult *results,
                                GError **error)
{
  JsonArray *items = aisle_json_get_array (body, "results");
  if (!items || json_array_get_length (items) != n_items)
    return aisle_store_aisle_fail_shape (aisle, "one result for each item", error);
  for (gsize i = 0; i < n_items; i++)
    {
      JsonObject *item = aisle_json_get_object_element (items, (guint) i);
      const char *key = aisle_json_get_text (item, "key");
      if (!item || (key && !g_str_equal (key, keys[i])) || !read_result (item, &results[i]))
        return aisle_store_aisle_fail_shape (aisle, "a result for each item in order", error);
    }
  return TRUE;
}

static gboolean
write_prices (AisleStoreSystem *system,
              const char *store,
              const char *currency,
              const AisleStorePriceWrite *items,
              gsize n_items,
              const char *key,
              AisleStoreItemResult *results,
              GCancellable *cancellable,
              GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_autofree const char **keys = g_new (const char *, n_items);
  g_autoptr (GString) body = g_string_new ("{\"store\":");
  aisle_json_append_text (body, store);
  g_string_append (body, ",\"currency\":");
  aisle_json_append_text (body, currency);
  g_string_append (body, ",\"items\":[");
  for (gsize i = 0; i < n_items; i++)
    {
      keys[i] = items[i].sku;
      g_string_append (body, i > 0 ? ",{\"sku\":" : "{\"sku\":");
      aisle_json_append_text (body, items[i].sku);
      g_string_append_printf (body, ",\"price_minor\":%" G_GINT64_FORMAT, items[i].minor);
      if (items[i].expected_minor == AISLE_STORE_PRICE_NONE)
        g_string_append (body, ",\"expected_before\":null");
      else if (items[i].expected_minor != AISLE_STORE_PRICE_ANY)
        g_string_append_printf (body, ",\"expected_before\":%" G_GINT64_FORMAT,
                                items[i].expected_minor);
      g_string_append_c (body, '}');
    }
  g_string_append (body, "]}");

  const AisleStoreHttpRequest request = {
    .method = "POST", .path = "/v1/prices/batch", .body = body->str, .key = key
  };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  return aisle_store_http_send (aisle->http, &request, &reply, cancellable, error)
         && aisle_store_aisle_read_results (aisle, json_node_get_object (reply.node), keys, n_items,
                                            results, error);
}

/* --- promotions --- */

static char *
make_promotion_path (const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  return g_strconcat ("/v1/promotions/", escaped, NULL);
}

static char **
read_texts (JsonObject *object, const char *name)
{
  JsonArray *array = aisle_json_get_array (object, name);
  guint n = array ? json_array_get_length (array) : 0;
  g_auto (GStrv) texts = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const char *text = aisle_json_get_text_element (array, i);
      if (!text)
        return NULL;
      texts[i] = g_strdup (text);
    }
  return n > 0 ? g_steal_pointer (&texts) : NULL;
}

static AisleStorePromotion *
read_promotion (AisleStoreAisle *aisle, JsonObject *body, const char *name, GError **error)
{
  g_autoptr (AisleStorePromotion) promotion = g_new0 (AisleStorePromotion, 1);
  promotion->name = g_strdup (aisle_json_get_text (body, "name"));
  promotion->skus = read_texts (body, "skus");
  promotion->stores = read_texts (body, "stores");
  promotion->starts_at = aisle_store_aisle_get_time (body, "starts_at");
  promotion->ends_at = aisle_store_aisle_get_time (body, "ends_at");
  if (g_strcmp0 (promotion->name, name) == 0 && promotion->skus && promotion->stores
      && promotion->ends_at > promotion->starts_at
      && aisle_json_get_integer (body, "off_ppm", &promotion->off_ppm))
    return g_steal_pointer (&promotion);
  aisle_store_aisle_fail_shape (aisle, "the promotion", error);
  return NULL;
}

static gboolean
find_promotion (AisleStoreSystem *system,
                const char *name,
                AisleStorePromotion **promotion,
                GCancellable *cancellable,
                GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_autofree char *path = make_promotion_path (name);
  const AisleStoreHttpRequest request = {
    .method = "GET", .path = path, .is_reading = TRUE, .takes_none = TRUE
  };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  if (!aisle_store_http_send (aisle->http, &request, &reply, cancellable, error))
    return FALSE;
  JsonObject *body = json_node_get_object (reply.node);
  if (reply.status != 404)
    {
      *promotion = read_promotion (aisle, body, name, error);
      return *promotion != NULL;
    }
  if (g_strcmp0 (aisle_json_get_text (aisle_json_get_object (body, "error"), "code"),
                 "unknown_promotion")
      != 0)
    return aisle_store_aisle_fail_shape (aisle, "whether the promotion is there", error);
  return TRUE;
}

static void
append_texts (GString *out, const char *name, char *const *texts)
{
  g_string_append_printf (out, ",\"%s\":[", name);
  for (gsize i = 0; texts[i]; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      aisle_json_append_text (out, texts[i]);
    }
  g_string_append_c (out, ']');
}

static gboolean
create_promotion (AisleStoreSystem *system,
                  const AisleStorePromotion *promotion,
                  const char *key,
                  GCancellable *cancellable,
                  GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_autoptr (GString) body = g_string_new ("{\"name\":");
  aisle_json_append_text (body, promotion->name);
  g_string_append_printf (body, ",\"off_ppm\":%" G_GINT64_FORMAT, promotion->off_ppm);
  aisle_store_aisle_append_time (body, "starts_at", promotion->starts_at);
  aisle_store_aisle_append_time (body, "ends_at", promotion->ends_at);
  append_texts (body, "skus", promotion->skus);
  append_texts (body, "stores", promotion->stores);
  g_string_append_c (body, '}');

  const AisleStoreHttpRequest request = {
    .method = "POST", .path = "/v1/promotions", .body = body->str, .key = key
  };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  if (!aisle_store_http_send (aisle->http, &request, &reply, cancellable, error))
    return FALSE;
  g_autoptr (AisleStorePromotion) made =
      read_promotion (aisle, json_node_get_object (reply.node), promotion->name, error);
  if (!made)
    return FALSE;
  return aisle_store_promotion_equal (made, promotion)
         || aisle_store_aisle_fail_shape (aisle, "the promotion as it was sent", error);
}

static gboolean
end_promotion (AisleStoreSystem *system,
               const char *name,
               gint64 ends_at,
               const char *key,
               GCancellable *cancellable,
               GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  g_autofree char *path = make_promotion_path (name);
  g_autofree char *time = ends_at == 0 ? g_strdup ("now") : aisle_instant_format_iso (ends_at);
  g_autofree char *body = g_strdup_printf ("{\"ends_at\":\"%s\"}", time);
  const AisleStoreHttpRequest request = {
    .method = "PATCH", .path = path, .body = body, .key = key
  };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  if (!aisle_store_http_send (aisle->http, &request, &reply, cancellable, error))
    return FALSE;
  g_autoptr (AisleStorePromotion) ended =
      read_promotion (aisle, json_node_get_object (reply.node), name, error);
  return ended != NULL;
}

static gboolean
delete_promotion (AisleStoreSystem *system,
                  const char *name,
                  const char *key,
                  GCancellable *cancellable,
                  GError **error)
{
  AisleStoreAisle *aisle = (AisleStoreAisle *) system;
  gboolean is_deleted = FALSE;
  g_autofree char *path = make_promotion_path (name);
  const AisleStoreHttpRequest request = { .method = "DELETE", .path = path, .key = key };
  g_auto (AisleStoreHttpReply) reply = { .node = NULL };
  if (!aisle_store_http_send (aisle->http, &request, &reply, cancellable, error))
    return FALSE;
  return aisle_json_get_boolean (json_node_get_object (reply.node), "deleted", &is_deleted)
         || aisle_store_aisle_fail_shape (aisle, "whether the promotion was deleted", error);
}

const AisleStoreConnector aisle_store_connector_aisle = {
  .info = {
    .kind = "aisle",
    .title = "the Aisle store system",
    .batch_size = BATCH_SIZE,
    .page_size = PAGE_SIZE,
    .capabilities = AISLE_STORE_CAN_COMPARE | AISLE_STORE_CAN_EFFECTIVE | AISLE_STORE_CAN_PROMOTE
                    | AISLE_STORE_CAN_PULL | AISLE_STORE_CAN_FILL | AISLE_STORE_BATCH_IS_ATOMIC,
  },
  .open = open_aisle,
  .close = close_aisle,
  .test = test_aisle,
  .read_prices = read_prices,
  .read_effective_prices = read_effective_prices,
  .write_prices = write_prices,
  .find_promotion = find_promotion,
  .create_promotion = create_promotion,
  .end_promotion = end_promotion,
  .delete_promotion = delete_promotion,
  .pull = aisle_store_aisle_pull,
  .fill = aisle_store_aisle_fill,
};
