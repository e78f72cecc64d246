/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-system.h"

#include <gio/gio.h>
#include <string.h>

/* Answers that no decent store system gives, from a socket that says anything it is told to. */

typedef struct
{
  GSocketListener *listener;
  GCancellable *stop;
  GThread *thread;
  guint16 port;
  const char *head; /* status line and headers, without the blank line */
  const char *body;
  guint64 n_repeats; /* of the body; the length is not told */
} Talker;

static void
read_request (GInputStream *stream)
{
  char buffer[65536];
  gsize n = 0;
  while (n < sizeof buffer - 1)
    {
      gssize got = g_input_stream_read (stream, buffer + n, sizeof buffer - 1 - n, NULL, NULL);
      if (got <= 0)
        return;
      n += (gsize) got;
      buffer[n] = '\0';
      const char *end = strstr (buffer, "\r\n\r\n");
      const char *length = strstr (buffer, "Content-Length: ");
      if (end && (!length || n >= (gsize) (end + 4 - buffer) + strtoul (length + 16, NULL, 10)))
        return;
    }
}

static gpointer
talk (gpointer data)
{
  Talker *talker = data;
  for (;;)
    {
      g_autoptr (GSocketConnection) connection =
          g_socket_listener_accept (talker->listener, NULL, talker->stop, NULL);
      if (!connection)
        return NULL;
      GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
      read_request (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
      gboolean goes_on =
          g_output_stream_write_all (out, talker->head, strlen (talker->head), NULL, NULL, NULL);
      for (guint64 i = 0; goes_on && i < talker->n_repeats; i++)
        goes_on = g_output_stream_write_all (out, talker->body, strlen (talker->body), NULL,
                                             talker->stop, NULL);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
    }
}

static void
start_talking (Talker *talker)
{
  g_autoptr (GError) error = NULL;
  talker->stop = g_cancellable_new ();
  talker->listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_socket_listener_add_address (talker->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  talker->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  talker->thread = g_thread_new ("talker", talk, talker);
}

static void
stop_talking (Talker *talker)
{
  g_cancellable_cancel (talker->stop);
  g_thread_join (talker->thread);
  g_clear_object (&talker->listener);
  g_clear_object (&talker->stop);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"

/* One write and one read against the answer; both must fail with `code` and mention `part`. */
static void
check_reply (Talker *talker, int code, const char *part)
{
  start_talking (talker);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", talker->port);
  g_autoptr (AisleStoreSystem) system = aisle_store_system_new ("aisle", url, "token-x", 2, NULL);
  const AisleStorePriceWrite item = { "P0", 5, AISLE_STORE_PRICE_ANY };
  const char *sku = "P0";
  AisleStoreItemResult result;
  AisleStorePrice price;
  g_autoptr (GError) of_write = NULL;
  g_autoptr (GError) of_read = NULL;
  g_assert_false (aisle_store_system_write_prices (system, "UK", "GBP", &item, 1, NULL, &result,
                                                   NULL, &of_write));
  g_assert_false (
      aisle_store_system_read_prices (system, "UK", "GBP", &sku, 1, &price, NULL, &of_read));
  g_test_message ("%s", of_write->message);
  g_assert_error (of_write, AISLE_STORE_ERROR, code);
  g_assert_error (of_read, AISLE_STORE_ERROR, code);
  g_assert_nonnull (strstr (of_write->message, part));
  g_assert_null (strstr (of_write->message, "token-x"));
  stop_talking (talker);
}

static void
test_bodies (void)
{
  static const struct
  {
    const char *body, *part;
  } cases[] = {
    { "", "cannot be read" },
    { "   ", "cannot be read" },
    { "null", "not an object" },
    { "[]", "not an object" },
    { "{}", "not what was asked for" },
    { "{\"results\":5,\"items\":5}", "not what was asked for" },
    { "{\"results\":[],\"items\":[]}", "not what was asked for" },
    { "{\"results\":[7],\"items\":[7]}", "not what was asked for" },
    { "{\"results\":[null],\"items\":[null]}", "not what was asked for" },
    { "{\"results\":[{}],\"items\":[{}]}", "not what was asked for" },
    { "{\"results\":[{\"key\":\"P1\",\"status\":\"accepted\"}],"
      "\"items\":[{\"sku\":\"P1\",\"known\":true,\"price_minor\":5}]}",
      "not what was asked for" },
    { "{\"results\":[{\"key\":\"P0\",\"status\":\"maybe\"}],"
      "\"items\":[{\"sku\":\"P0\",\"known\":true,\"price_minor\":5.5}]}",
      "not what was asked for" },
    { "{\"results\":[{\"key\":\"P0\",\"status\":\"conflict\"}],"
      "\"items\":[{\"sku\":\"P0\",\"known\":true,\"price_minor\":500,\"currency\":\"EUR\"}]}",
      "not what was asked for" },
    { "{\"results\":[{\"key\":\"P0\",\"status\":\"conflict\",\"found\":0}],"
      "\"items\":[{\"sku\":\"P0\",\"known\":true,\"price_minor\":-5,\"currency\":\"GBP\"}]}",
      "not what was asked for" },
    { "{\"results\":[{\"key\":\"P0\",\"status\":\"accepted\"}", "cannot be read" },
    { "{\"x\":99999999999999999999999999}", "digits" },
    { "\xff\xfe{\"results\":[]}", "UTF-8" },
    { "<html><body>Welcome</body></html>", "web page" },
    { "\n <!DOCTYPE html>", "web page" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Talker talker = { .head = OK_HEAD, .body = cases[i].body, .n_repeats = 1 };
      check_reply (&talker, AISLE_STORE_ERROR_UNKNOWN, cases[i].part);
    }
}

static void
test_heads (void)
{
  static const struct
  {
    const char *head;
    int code;
    const char *part;
  } cases[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", AISLE_STORE_ERROR_UNKNOWN, "" },
    { "HTTP/1.1 200 OK\r\nContent-Le", AISLE_STORE_ERROR_UNKNOWN, "" },
    { "SSH-2.0-OpenSSH\r\n", AISLE_STORE_ERROR_UNKNOWN, "" },
    { "\r\n\r\n\r\n", AISLE_STORE_ERROR_UNKNOWN, "" },
    { "HTTP/1.1 302 Found\r\nLocation: http://10.1.2.3/\r\nContent-Length: 0\r\n\r\n",
      AISLE_STORE_ERROR_SETTINGS, "another address" },
    { "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
      AISLE_STORE_ERROR_AUTH, "token" },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", AISLE_STORE_ERROR_REFUSED, "kind" },
    { "HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
      AISLE_STORE_ERROR_RETRY_LATER, "busy" },
    { "HTTP/1.1 204 Nothing\r\n\r\n", AISLE_STORE_ERROR_UNKNOWN, "cannot be read" },
    { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n\x1f\x8b",
      AISLE_STORE_ERROR_UNKNOWN, "" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Talker talker = { .head = cases[i].head, .body = "", .n_repeats = 0 };
      check_reply (&talker, cases[i].code, cases[i].part);
    }
}

/* Without an end, and nested without one. */
static void
test_huge (void)
{
  g_autofree char *megabyte = g_strnfill (1 << 20, '[');
  Talker deep = { .head = OK_HEAD, .body = megabyte, .n_repeats = 1 };
  check_reply (&deep, AISLE_STORE_ERROR_UNKNOWN, "nested");
  memset (megabyte, ' ', 1 << 20);
  Talker endless = { .head = OK_HEAD, .body = megabyte, .n_repeats = G_MAXUINT64 };
  check_reply (&endless, AISLE_STORE_ERROR_UNKNOWN, "larger than 16 MiB");
}

/* Whatever Retry-After says, it is seconds from 0 to a day. */
static void
test_retry_after (void)
{
  static const struct
  {
    const char *value;
    gint64 least, most;
  } cases[] = {
    { "5", 5, 5 },
    { "999999999", 86400, 86400 },
    { "-3", 0, 0 },
    { "Thu, 01 Jan 1970 00:00:00 GMT", 0, 0 },
    { "Fri, 31 Dec 2999 23:59:59 GMT", 86400, 86400 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *head = g_strdup_printf (
          "HTTP/1.1 429 Slow\r\nRetry-After: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
          cases[i].value);
      Talker talker = { .head = head, .body = "", .n_repeats = 0 };
      start_talking (&talker);
      g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", talker.port);
      g_autoptr (AisleStoreSystem) system = aisle_store_system_new ("aisle", url, "t", 2, NULL);
      g_autoptr (GError) error = NULL;
      AisleStorePrice price;
      const char *sku = "P0";
      g_assert_false (
          aisle_store_system_read_prices (system, "UK", "GBP", &sku, 1, &price, NULL, &error));
      g_assert_error (error, AISLE_STORE_ERROR, AISLE_STORE_ERROR_RETRY_LATER);
      g_assert_cmpint (aisle_store_error_get_retry_after (error), >=, cases[i].least);
      g_assert_cmpint (aisle_store_error_get_retry_after (error), <=, cases[i].most);
      stop_talking (&talker);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/replies/bodies", test_bodies);
  g_test_add_func ("/store/replies/heads", test_heads);
  g_test_add_func ("/store/replies/huge", test_huge);
  g_test_add_func ("/store/replies/retry-after", test_retry_after);
  return g_test_run ();
}
