/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-reply.h"

#include <string.h>

static const char page[] = "<!DOCTYPE html><html><head><title>Sign in</title></head>"
                           "<body><h1>Please sign in</h1></body></html>\n";

void
aisle_sim_reply_json (SoupServerMessage *message,
                      guint status,
                      GString *out,
                      guint retry_after_seconds)
{
  gsize length = out->len;
  char *text = g_strdup (out->str);
  g_string_truncate (out, 0);
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text, length);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  if (retry_after_seconds > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", retry_after_seconds);
      soup_message_headers_replace (headers, "Retry-After", seconds);
    }
  if (status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer realm=\"aisle-store\"");
}

void
aisle_sim_reply_html (SoupServerMessage *message)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_STATIC, page,
                                    strlen (page));
}

void
aisle_sim_reply_cut (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  if (stream)
    g_io_stream_close (stream, NULL, NULL);
}

static GString *
make_raw (guint status, const GString *out)
{
  GString *raw = g_string_new (NULL);
  g_string_append_printf (raw,
                          "HTTP/1.1 %u %s\r\nContent-Type: application/json\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                          status, soup_status_get_phrase (status), out->len);
  g_string_append_len (raw, out->str, (gssize) out->len);
  return raw;
}

void
aisle_sim_reply_truncated (SoupServerMessage *message, guint status, const GString *out)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  if (!stream)
    return;
  GString *raw = make_raw (status, out);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), raw->str,
                             raw->len - (out->len + 1) / 2, NULL, NULL, NULL);
  g_string_free (raw, TRUE);
  g_io_stream_close (stream, NULL, NULL);
}

typedef struct
{
  GIOStream *stream;
  GString *raw;
  gsize sent;
} Drip;

static void
free_drip (gpointer data)
{
  Drip *drip = data;
  g_io_stream_close (drip->stream, NULL, NULL);
  g_object_unref (drip->stream);
  g_string_free (drip->raw, TRUE);
  g_free (drip);
}

static gboolean
drip_cb (gpointer data)
{
  Drip *drip = data;
  gssize n = g_output_stream_write (g_io_stream_get_output_stream (drip->stream),
                                    drip->raw->str + drip->sent, 1, NULL, NULL);
  if (n <= 0)
    return G_SOURCE_REMOVE;
  drip->sent += (gsize) n;
  return drip->sent < drip->raw->len ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
aisle_sim_reply_dripping (SoupServerMessage *message,
                          guint status,
                          const GString *out,
                          guint milliseconds)
{
  GIOStream *stream = soup_server_message_steal_connection (message);
  if (!stream)
    return;
  Drip *drip = g_new0 (Drip, 1);
  drip->stream = stream;
  drip->raw = make_raw (status, out);
  g_timeout_add_full (G_PRIORITY_DEFAULT, MAX (milliseconds, 1), drip_cb, drip, free_drip);
}
