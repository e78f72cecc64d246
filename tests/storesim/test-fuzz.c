/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-random.h"
#include "store-process.h"

#include <libsoup/soup.h>
#include <string.h>

/* Good bodies, bitten and mixed at random: the store answers each with a status below 500 and
 * lives. */

static const struct
{
  const char *path, *body;
} requests[] = {
  { "/v1/prices/batch",
    "{\"store\":\"UK\",\"currency\":\"GBP\",\"items\":[{\"sku\":\"P0\",\"price_minor\":100,"
    "\"expected_before\":null},{\"sku\":\"P1\",\"price_minor\":5,\"expected_before\":7}]}" },
  { "/v1/prices/query", "{\"store\":\"UK\",\"currency\":\"GBP\",\"skus\":[\"P0\",\"P1\"]}" },
  { "/v1/effective-prices",
    "{\"store\":\"UK\",\"at\":\"2026-01-31T08:00:00Z\",\"skus\":[\"P0\",\"P1\"]}" },
  { "/v1/promotions",
    "{\"name\":\"aisle:1:1\",\"off_ppm\":200000,\"starts_at\":\"2026-01-31T08:00:00Z\","
    "\"ends_at\":\"2026-02-28T08:00:00Z\",\"skus\":[\"P0\"],\"stores\":[\"UK\"]}" },
  { "/v1/stores/batch", "{\"items\":[{\"code\":\"FR\",\"name\":\"\xc3\xa9\",\"currency\":\"EUR\","
                        "\"time_zone\":\"X\"}]}" },
  { "/v1/products/batch",
    "{\"items\":[{\"sku\":\"P9\",\"name\":\"n\",\"barcode\":null,\"active\":false}]}" },
  { "/v1/stock/batch", "{\"items\":[{\"store\":\"UK\",\"sku\":\"P0\",\"quantity_thousandths\":-5,"
                       "\"updated_at\":\"2026-01-31T08:00:00Z\"}]}" },
  { "/v1/sales/batch",
    "{\"items\":[{\"id\":\"1\",\"store\":\"UK\",\"sku\":\"P0\",\"quantity_thousandths\":1000,"
    "\"paid_minor\":5,\"currency\":\"GBP\",\"sold_at\":\"2026-01-31T08:00:00Z\"}]}" },
  { "/v1/orders",
    "{\"name\":\"o\",\"store\":\"UK\",\"lines\":[{\"sku\":\"P0\",\"quantity_thousandths\":1}]}" },
  { "/v1/adjustments", "{\"name\":\"a\",\"store\":\"UK\",\"sku\":\"P0\",\"quantity_thousandths\":1,"
                       "\"reason\":\"x\"}" },
};

/* Pieces that hurt parsers and arithmetic. */
static const char *const pieces[] = {
  "null",
  "true",
  "[]",
  "{}",
  "\"\"",
  "-1",
  "0",
  "1e999",
  "9223372036854775807",
  "999999999999999999",
  "-999999999999999999",
  "0.5",
  "\\u0000",
  "\\ud800",
  "\xff",
  "\xf0\x9f\x98\x80",
  "[[[[",
  "}}",
  "\\",
  "\"",
  ",",
  ":",
  "'; DROP TABLE price; --",
  "%s%n",
  "9999-12-31T23:59:59Z",
  "0000-00-00T00:00:00Z",
};

static GString *
bite (const char *body, AisleRandom *random)
{
  GString *text = g_string_new (body);
  for (guint64 n = 1 + aisle_random_below (random, 4); n > 0; n--)
    {
      gssize at = (gssize) aisle_random_below (random, text->len + 1);
      gssize length = (gssize) aisle_random_below (random, 12);
      const char *piece = pieces[aisle_random_below (random, G_N_ELEMENTS (pieces))];
      switch (aisle_random_below (random, 4))
        {
        case 0:
          g_string_insert (text, at, piece);
          break;
        case 1:
          g_string_erase (text, at, MIN (length, (gssize) text->len - at));
          break;
        case 2:
          g_string_erase (text, at, MIN (length, (gssize) text->len - at));
          g_string_insert (text, at, piece);
          break;
        default:
          if (at < (gssize) text->len)
            text->str[at] = (char) (1 + aisle_random_below (random, 255));
          break;
        }
    }
  return text;
}

static void
test_bodies (void)
{
  g_autoptr (StoreProcess) store = store_process_new (NULL, NULL);
  g_autoptr (AisleStoreSystem) system = store_process_connect (store);
  g_autoptr (SoupSession) session = soup_session_new ();
  AisleRandom random;
  guint n_good = 0;
  aisle_random_init (&random, 2026);
  store_process_fill (system, 3);
  for (guint i = 0; i < 3000; i++)
    {
      gsize r = i % G_N_ELEMENTS (requests);
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) body = bite (requests[r].body, &random);
      g_autofree char *url = g_strconcat (store->url, requests[r].path, NULL);
      g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
      g_autoptr (GBytes) bytes = g_bytes_new (body->str, body->len);
      soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                    "Bearer " STORE_PROCESS_TOKEN);
      soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
      g_autoptr (GBytes) answer = soup_session_send_and_read (session, message, NULL, &error);
      if (error || soup_message_get_status (message) >= 500)
        g_test_message ("%s %s", requests[r].path, body->str);
      g_assert_no_error (error);
      g_assert_cmpuint (soup_message_get_status (message), >=, 200);
      g_assert_cmpuint (soup_message_get_status (message), <, 500);
      g_assert_true (g_utf8_validate (g_bytes_get_data (answer, NULL),
                                      (gssize) g_bytes_get_size (answer), NULL));
      n_good += soup_message_get_status (message) < 300;
    }
  /* the bites leave something to chew on */
  g_assert_cmpuint (n_good, >, 100);
  g_autoptr (GPtrArray) checks = aisle_store_system_test (system, NULL, NULL);
  g_assert_cmpuint (checks->len, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storesim/fuzz/bodies", test_bodies);
  return g_test_run ();
}
