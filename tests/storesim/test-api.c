/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-json.h"
#include "store-process.h"

#include <libsoup/soup.h>
#include <string.h>

typedef struct
{
  StoreProcess *store;
  SoupSession *session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = store_process_new ("2026-01-01", NULL);
  fixture->session = soup_session_new ();
  g_autoptr (AisleStoreSystem) system = store_process_connect (fixture->store);
  store_process_fill (system, 10);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->session);
  store_process_free (fixture->store);
}

static SoupMessage *
make_message (Fixture *fixture,
              const char *authorization,
              const char *method,
              const char *path,
              const char *body)
{
  g_autofree char *url = g_strconcat (fixture->store->url, path, NULL);
  SoupMessage *message = soup_message_new (method, url);
  g_assert_nonnull (message);
  if (authorization)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                  authorization);
  if (body)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  return message;
}

/* The answer, an object; to be freed with json_node_unref(). */
static JsonNode *
ask_as (Fixture *fixture,
        const char *authorization,
        const char *method,
        const char *path,
        const char *body,
        guint *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupMessage) message = make_message (fixture, authorization, method, path, body);
  g_autoptr (GBytes) bytes = soup_session_send_and_read (fixture->session, message, NULL, &error);
  g_assert_no_error (error);
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  JsonNode *node = aisle_json_parse (text, (gssize) size, 32, &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  *status = soup_message_get_status (message);
  return node;
}

#define BEARER "Bearer " STORE_PROCESS_TOKEN

static void
check_error (Fixture *fixture,
             const char *method,
             const char *path,
             const char *body,
             guint wanted,
             const char *code)
{
  guint status;
  g_autoptr (JsonNode) node = ask_as (fixture, BEARER, method, path, body, &status);
  JsonObject *error = aisle_json_get_object (json_node_get_object (node), "error");
  g_test_message ("%s %s: %u %s", method, path, status, aisle_json_get_text (error, "message"));
  g_assert_cmpuint (status, ==, wanted);
  g_assert_cmpstr (aisle_json_get_text (error, "code"), ==, code);
  g_assert_cmpstr (aisle_json_get_text (error, "message"), !=, "");
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  const char *wrong[] = { NULL,
                          "",
                          "Bearer",
                          "Bearer ",
                          "Bearer sesame-open-123",
                          "Bearer sesame-open-12345",
                          "Basic " STORE_PROCESS_TOKEN,
                          STORE_PROCESS_TOKEN };
  const char *paths[] = { "/v1/health", "/v1/prices", "/__faults", "/nowhere" };
  guint status;
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (paths); j++)
      {
        g_autoptr (JsonNode) node = ask_as (fixture, wrong[i], "GET", paths[j], NULL, &status);
        g_assert_cmpuint (status, ==, 401);
      }
  g_autoptr (JsonNode) node =
      ask_as (fixture, "bearer " STORE_PROCESS_TOKEN, "GET", "/v1/health", NULL, &status);
  g_assert_cmpuint (status, ==, 200);
}

static void
test_bad_requests (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *method, *path, *body;
    guint status;
    const char *code;
  } cases[] = {
    { "GET", "/", NULL, 404, "no_such_path" },
    { "GET", "/v2/health", NULL, 404, "no_such_path" },
    { "GET", "/v1/promotions/a/b", NULL, 404, "no_such_path" },
    { "GET", "/v1/promotions/", NULL, 404, "no_such_path" },
    { "PUT", "/v1/prices", "{}", 405, "bad_method" },
    { "GET", "/v1/prices/batch", NULL, 405, "bad_method" },
    { "GET", "/v1/prices?limit=0", NULL, 400, "bad_parameter" },
    { "GET", "/v1/prices?limit=1001", NULL, 400, "bad_parameter" },
    { "GET", "/v1/prices?limit=1e3", NULL, 400, "bad_parameter" },
    { "GET", "/v1/prices?cursor=-1", NULL, 400, "bad_parameter" },
    { "GET", "/v1/prices?cursor=99999999999999999999", NULL, 400, "bad_parameter" },
    { "GET", "/v1/products?store=UK", NULL, 400, "bad_parameter" },
    { "GET", "/v1/prices?store=%ff", NULL, 400, "bad_parameter" },
    { "GET", "/v1/promotions/%ff", NULL, 400, "bad_parameter" },
    { "GET", "/v1/promotions/none", NULL, 404, "unknown_promotion" },
    { "PATCH", "/v1/promotions/none", "{\"ends_at\":\"now\"}", 404, "unknown_promotion" },
    { "PATCH", "/v1/promotions/none", "{\"ends_at\":7}", 400, "bad_body" },
    { "POST", "/v1/prices/batch", NULL, 400, "bad_body" },
    { "POST", "/v1/prices/batch", "", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "null", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "[]", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "{", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "\xff\xfe", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "<html>", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "{\"items\":{}}", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "{\"items\":[]}", 400, "bad_body" },
    { "POST", "/v1/prices/batch", "{\"items\":[99999999999999999999]}", 400, "bad_body" },
    { "POST", "/v1/prices/query", "{\"store\":\"UK\"}", 400, "bad_body" },
    { "POST", "/v1/prices/query", "{\"store\":\"UK\",\"skus\":[7]}", 400, "bad_body" },
    { "POST", "/v1/prices/query", "{\"store\":7,\"skus\":[\"P0\"]}", 400, "bad_body" },
    { "POST", "/v1/prices/query", "{\"store\":\"FR\",\"skus\":[\"P0\"]}", 422, "unknown_store" },
    { "POST", "/v1/prices/query", "{\"store\":\"UK\",\"currency\":\"EUR\",\"skus\":[\"P0\"]}", 422,
      "wrong_currency" },
    { "GET", "/v1/effective-prices", NULL, 400, "bad_parameter" },
    { "GET", "/v1/effective-prices?store=UK&sku=P0&at=yesterday", NULL, 400, "bad_parameter" },
    { "POST", "/v1/promotions", "{\"name\":\"\"}", 400, "bad_body" },
    { "POST", "/v1/promotions", "{\"name\":\"a\",\"off_ppm\":1000001}", 400, "bad_body" },
    { "POST", "/v1/promotions", "{\"name\":\"a\",\"off_ppm\":0.5}", 400, "bad_body" },
    { "POST", "/v1/promotions",
      "{\"name\":\"a\",\"off_ppm\":5,\"starts_at\":\"2026-02-30T00:00:00Z\"}", 400, "bad_body" },
    { "POST", "/v1/promotions",
      "{\"name\":\"a\",\"off_ppm\":5,\"starts_at\":\"2026-02-03T00:00:00Z\","
      "\"ends_at\":\"2026-02-03T00:00:00Z\",\"skus\":[\"P0\"],\"stores\":[\"UK\"]}",
      400, "bad_body" },
    { "POST", "/v1/promotions",
      "{\"name\":\"a\",\"off_ppm\":5,\"starts_at\":\"2026-02-03T00:00:00Z\","
      "\"ends_at\":\"2026-02-04T00:00:00Z\",\"skus\":[\"P0\",\"Q\"],\"stores\":[\"UK\"]}",
      422, "unknown_member" },
    { "POST", "/v1/orders", "{\"name\":\"o\",\"store\":\"UK\"}", 400, "bad_body" },
    { "POST", "/v1/orders",
      "{\"name\":\"o\",\"store\":\"UK\",\"lines\":[{\"sku\":\"P0\",\"quantity_thousandths\":1},"
      "{\"sku\":\"Q\",\"quantity_thousandths\":1}]}",
      422, "unknown_product" },
    { "POST", "/v1/adjustments",
      "{\"name\":\"x\",\"store\":\"UK\",\"sku\":\"P0\",\"quantity_thousandths\":-1}", 400,
      "bad_body" },
    { "POST", "/__faults", "{\"spec\":\"bogus\"}", 400, "bad_body" },
    { "POST", "/__faults", "{}", 400, "bad_body" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_error (fixture, cases[i].method, cases[i].path, cases[i].body, cases[i].status,
                 cases[i].code);
  /* nothing of a refused order stayed behind */
  guint status;
  g_autoptr (JsonNode) orders = ask_as (fixture, BEARER, "GET", "/v1/orders", NULL, &status);
  gint64 total = -1;
  g_assert_true (aisle_json_get_integer (json_node_get_object (orders), "total", &total));
  g_assert_cmpint (total, ==, 0);
}

static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new ("{\"items\":[0");
  for (guint i = 0; i < 500; i++)
    g_string_append (many, ",0");
  g_string_append (many, "]}");
  check_error (fixture, "POST", "/v1/prices/batch", many->str, 413, "batch_too_large");
  g_autofree char *deep = g_strnfill (1000000, '[');
  check_error (fixture, "POST", "/v1/prices/batch", deep, 400, "bad_body");
  g_autofree char *huge = g_strnfill (9 << 20, ' ');
  check_error (fixture, "POST", "/v1/prices/batch", huge, 413, "body_too_large");
  g_autofree char *name = g_strnfill (201, 'n');
  g_autofree char *path = g_strconcat ("/v1/promotions/", name, NULL);
  check_error (fixture, "GET", path, NULL, 400, "bad_parameter");
}

/* Each bad item is answered by itself, and the good one among them is done. */
static void
test_items (Fixture *fixture, gconstpointer data)
{
  const char *body = "{\"store\":\"UK\",\"currency\":\"GBP\",\"items\":["
                     "{\"sku\":\"P0\",\"price_minor\":100},"
                     "{\"sku\":\"P0\",\"price_minor\":200},"
                     "{\"sku\":\"P1\",\"price_minor\":0},"
                     "{\"sku\":\"P1\",\"price_minor\":-1},"
                     "{\"sku\":\"P1\",\"price_minor\":1.5},"
                     "{\"sku\":\"P1\",\"price_minor\":\"5\"},"
                     "{\"sku\":\"P1\",\"price_minor\":999999999999999999},"
                     "{\"sku\":\"P1\",\"price_minor\":5,\"expected_before\":\"none\"},"
                     "{\"sku\":\"P1\",\"price_minor\":5,\"currency\":\"EUR\"},"
                     "{\"sku\":\"P1\",\"price_minor\":5,\"store\":\"FR\"},"
                     "{\"sku\":\"\",\"price_minor\":5},{\"price_minor\":5},7,null,[],"
                     "{\"sku\":\"P1\",\"price_minor\":5,\"expected_before\":4},"
                     "{\"sku\":\"Q\",\"price_minor\":5}]}";
  guint status;
  gint64 n_accepted, n_refused, n_conflicts;
  g_autoptr (JsonNode) node = ask_as (fixture, BEARER, "POST", "/v1/prices/batch", body, &status);
  JsonObject *answer = json_node_get_object (node);
  g_assert_cmpuint (status, ==, 200);
  g_assert_true (aisle_json_get_integer (answer, "accepted", &n_accepted));
  g_assert_true (aisle_json_get_integer (answer, "refused", &n_refused));
  g_assert_true (aisle_json_get_integer (answer, "conflicts", &n_conflicts));
  g_assert_cmpint (n_accepted, ==, 1);
  g_assert_cmpint (n_refused, ==, 15);
  g_assert_cmpint (n_conflicts, ==, 1);
  g_assert_cmpuint (json_array_get_length (aisle_json_get_array (answer, "results")), ==, 17);
}

/* Every path and method of the document is answered; every other method on them is not. */
static void
test_openapi (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *method, *member;
  } methods[] = {
    { "GET", "get" },     { "POST", "post" },     { "PUT", "put" },
    { "PATCH", "patch" }, { "DELETE", "delete" },
  };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  g_file_get_contents (g_getenv ("AISLE_OPENAPI"), &text, &length, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) node = aisle_json_parse (text, (gssize) length, 64, &error);
  g_assert_no_error (error);
  JsonObject *paths = aisle_json_get_object (json_node_get_object (node), "paths");
  g_autoptr (GList) names = json_object_get_members (paths);
  guint n_operations = 0;
  for (GList *name = names; name; name = name->next)
    for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
      {
        guint status;
        g_auto (GStrv) parts = g_strsplit (name->data, "{name}", -1);
        g_autofree char *path = g_strjoinv ("aisle%3A1%3A1", parts);
        gboolean is_documented =
            json_object_has_member (aisle_json_get_object (paths, name->data), methods[i].member);
        gboolean has_body = i >= 1 && i <= 3;
        g_autoptr (JsonNode) answer =
            ask_as (fixture, BEARER, methods[i].method, path, has_body ? "{}" : NULL, &status);
        const char *code = aisle_json_get_text (
            aisle_json_get_object (json_node_get_object (answer), "error"), "code");
        g_assert_cmpstr (code, !=, "no_such_path");
        g_assert_cmpint (is_documented, ==, g_strcmp0 (code, "bad_method") != 0);
        g_assert_cmpuint (status, <, 500);
        n_operations += is_documented;
      }
  g_assert_cmpuint (n_operations, ==, 23);
}

/* Pages stay in order and complete while rows are added behind them. */
static void
test_pages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AisleStoreSystem) system = store_process_connect (fixture->store);
  g_autofree char *cursor = NULL;
  guint n_rows = 0, n_pages = 0;
  for (;;)
    {
      guint status;
      g_autofree char *path = g_strdup_printf ("/v1/products?limit=3%s%s", cursor ? "&cursor=" : "",
                                               cursor ? cursor : "");
      g_autoptr (JsonNode) node = ask_as (fixture, BEARER, "GET", path, NULL, &status);
      JsonObject *page = json_node_get_object (node);
      JsonArray *items = aisle_json_get_array (page, "items");
      for (guint i = 0; i < json_array_get_length (items); i++, n_rows++)
        {
          g_autofree char *sku = g_strdup_printf ("P%u", n_rows);
          g_assert_cmpstr (aisle_json_get_text (aisle_json_get_object_element (items, i), "sku"),
                           ==, sku);
        }
      if (n_pages++ == 1)
        store_process_fill (system, 14);
      g_free (cursor);
      cursor = g_strdup (aisle_json_get_text (page, "next_cursor"));
      if (!cursor)
        break;
    }
  g_assert_cmpuint (n_rows, ==, 14);
  g_assert_cmpuint (n_pages, ==, 5);
}

typedef struct
{
  guint n_left;
  guint status[2];
  SoupMessage *messages[2];
} Race;

static void
race_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Race *race = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    if (race->messages[i] == message)
      race->status[i] = soup_message_get_status (message);
  race->n_left--;
}

/* A second request with the key of one that is under way is turned away, and the first one counts.
 */
static void
test_in_flight (Fixture *fixture, gconstpointer data)
{
  const char *body = "{\"store\":\"UK\",\"currency\":\"GBP\",\"items\":"
                     "[{\"sku\":\"P0\",\"price_minor\":100}]}";
  Race race = { .n_left = 2 };
  store_process_set_faults (fixture->store, "delay:ms=300:nth=1");
  for (guint i = 0; i < 2; i++)
    {
      race.messages[i] = make_message (fixture, BEARER, "POST", "/v1/prices/batch", body);
      soup_message_headers_replace (soup_message_get_request_headers (race.messages[i]),
                                    "Idempotency-Key", "same");
      soup_session_send_and_read_async (fixture->session, race.messages[i], G_PRIORITY_DEFAULT,
                                        NULL, race_cb, &race);
    }
  while (race.n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (race.status[0] + race.status[1], ==, 200 + 409);
  for (guint i = 0; i < 2; i++)
    g_object_unref (race.messages[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/storesim/api/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("token", test_token);
  ADD ("bad-requests", test_bad_requests);
  ADD ("sizes", test_sizes);
  ADD ("items", test_items);
  ADD ("openapi", test_openapi);
  ADD ("pages", test_pages);
  ADD ("in-flight", test_in_flight);
  return g_test_run ();
}
