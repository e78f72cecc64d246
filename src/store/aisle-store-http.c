/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-http.h"

#include "aisle-store-system-private.h"

#include <libsoup/soup.h>
#include <string.h>

#define MAX_REPLY (16 * 1024 * 1024)
#define MAX_DEPTH 32
#define MAX_RETRY_AFTER 86400
#define READ_SIZE (64 * 1024)
/* A whole exchange may take so many times the wait for a single piece of network: a reply that
 * drips in must not hold a push for ever. */
#define DEADLINE_FACTOR 3

struct _AisleStoreHttp
{
  char *base; /* without a slash at the end */
  char *host;
  char *token;
  guint timeout_seconds;
  gboolean is_plain;
  GMainContext *context;
  SoupSession *session; /* belongs to `thread`; libsoup's sessions do not change threads */
  GThread *thread;
};

/* --- settings --- */

static gboolean
is_loopback (const char *host)
{
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  return address && g_inet_address_get_is_loopback (address);
}

static gboolean
check_token (const char *token, GError **error)
{
  for (const char *c = token; c && *c; c++)
    if (!g_ascii_isgraph (*c))
      {
        aisle_store_set_error (
            error, AISLE_STORE_ERROR_SETTINGS, 0,
            "the token holds a blank, a line end or a sign beyond ASCII; take it "
            "from the store system again");
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_address (GUri *uri, const char *url, GError **error)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);
  const char *wrong = NULL;
  if (!host || !*host || (!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http")))
    wrong = "it must begin with https:// and a name";
  else if (g_uri_get_userinfo (uri))
    wrong = "it holds a user name or password; leave them out and give a token";
  else if (g_uri_get_query (uri) || g_uri_get_fragment (uri))
    wrong = "leave out what stands after ? or #";
  else if (g_str_equal (scheme, "http") && !is_loopback (host))
    wrong = "http without encryption is for this computer only; use https";
  if (!wrong)
    return TRUE;
  /* The address is not repeated where it may hold a password. */
  aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0, "the address %s cannot be used: %s",
                         g_uri_get_userinfo (uri) ? "of the store system" : url, wrong);
  return FALSE;
}

AisleStoreHttp *
aisle_store_http_new (const char *url, const char *token, guint timeout_seconds, GError **error)
{
  g_autoptr (GUri) uri = url ? g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  if (!uri)
    {
      aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                             "\"%s\" is not an address such as https://shop.example",
                             url ? url : "");
      return NULL;
    }
  if (!check_address (uri, url, error) || !check_token (token, error))
    return NULL;

  AisleStoreHttp *http = g_new0 (AisleStoreHttp, 1);
  int port = g_uri_get_port (uri);
  http->base = g_uri_to_string (uri);
  for (gsize n = strlen (http->base); n > 0 && http->base[n - 1] == '/'; n--)
    http->base[n - 1] = '\0';
  http->host = port > 0 ? g_strdup_printf ("%s:%d", g_uri_get_host (uri), port)
                        : g_strdup (g_uri_get_host (uri));
  http->token = g_strdup (token);
  http->timeout_seconds = timeout_seconds;
  http->is_plain = g_str_equal (g_uri_get_scheme (uri), "http");
  http->context = g_main_context_new ();
  return http;
}

/* Closes what is open, in the context that it belongs to. */
static void
drop_session (AisleStoreHttp *http)
{
  if (!http->session)
    return;
  g_main_context_push_thread_default (http->context);
  soup_session_abort (http->session);
  g_clear_object (&http->session);
  while (g_main_context_iteration (http->context, FALSE))
    ;
  g_main_context_pop_thread_default (http->context);
}

void
aisle_store_http_free (AisleStoreHttp *http)
{
  if (!http)
    return;
  drop_session (http);
  g_main_context_unref (http->context);
  if (http->token)
    explicit_bzero (http->token, strlen (http->token));
  g_free (http->token);
  g_free (http->base);
  g_free (http->host);
  g_free (http);
}

const char *
aisle_store_http_get_host (AisleStoreHttp *http)
{
  return http->host;
}

void
aisle_store_http_reply_clear (AisleStoreHttpReply *reply)
{
  g_clear_pointer (&reply->node, json_node_unref);
}

/* --- one exchange on the wire --- */

typedef struct
{
  GMainContext *context;     /* of this exchange; not owned */
  GCancellable *cancellable; /* of this exchange; both the caller and the deadline cancel it */
  gboolean is_done;
  gboolean is_late;
  gboolean was_sent;
  gboolean was_reached;
  GInputStream *stream;
  GBytes *bytes;
  GError *error;
} Wait;

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;
  wait->stream = soup_session_send_finish (SOUP_SESSION (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;
  wait->bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
starting_cb (SoupMessage *message, gpointer data)
{
  Wait *wait = data;
  wait->was_sent = TRUE;
  wait->was_reached = TRUE;
}

static gboolean
late_cb (gpointer data)
{
  Wait *wait = data;
  wait->is_late = TRUE;
  g_cancellable_cancel (wait->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
cancel_cb (gpointer data)
{
  Wait *wait = data;
  g_cancellable_cancel (wait->cancellable);
  return G_SOURCE_REMOVE;
}

/* On whichever thread cancels: libsoup does not bear that from another than its own, so the
 * exchange's thread is asked to do it. Not a GCancellable source, which GLib 2.74 can leak when it
 * is destroyed while being triggered. */
static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Wait *wait = data;
  GSource *source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, cancel_cb, wait, NULL);
  g_source_attach (source, wait->context);
  g_source_unref (source);
}

static void
wait_until_done (AisleStoreHttp *http, Wait *wait)
{
  while (!wait->is_done)
    g_main_context_iteration (http->context, TRUE);
  wait->is_done = FALSE;
}

static gboolean
read_all (AisleStoreHttp *http, Wait *wait, GByteArray *text, GError **error)
{
  for (;;)
    {
      g_input_stream_read_bytes_async (wait->stream, READ_SIZE, G_PRIORITY_DEFAULT,
                                       wait->cancellable, read_cb, wait);
      wait_until_done (http, wait);
      if (!wait->bytes)
        {
          g_propagate_error (error, g_steal_pointer (&wait->error));
          return FALSE;
        }
      gsize size;
      gconstpointer data = g_bytes_get_data (wait->bytes, &size);
      if (size > 0)
        g_byte_array_append (text, data, (guint) size);
      g_clear_pointer (&wait->bytes, g_bytes_unref);
      if (size == 0)
        return TRUE;
      if (text->len > MAX_REPLY)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                               "the answer is larger than 16 MiB");
          return FALSE;
        }
    }
}

static void
prepare_session (AisleStoreHttp *http)
{
  if (http->session && http->thread == g_thread_self ())
    return;
  if (http->session)
    {
      soup_session_abort (http->session);
      g_clear_object (&http->session);
    }
  http->session =
      soup_session_new_with_options ("timeout", http->timeout_seconds, "user-agent",
                                     "aisle/" AISLE_VERSION, "max-conns-per-host", 2, NULL);
  if (http->is_plain)
    soup_session_set_proxy_resolver (http->session, NULL);
  soup_session_remove_feature_by_type (http->session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (http->session, SOUP_TYPE_CONTENT_DECODER);
  http->thread = g_thread_self ();
}

/* Each request has a connection of its own. On one that was used before, libsoup sends a request
 * again by itself where the other side has just closed it; for one that writes that must never
 * happen, and for one that reads libsoup 3.2 crashes where it happens twice. A batch a connection
 * costs little. */
static SoupMessage *
make_message (AisleStoreHttp *http, const AisleStoreHttpRequest *request)
{
  g_autofree char *url = g_strconcat (http->base, request->path, NULL);
  SoupMessage *message = soup_message_new (request->method, url);
  if (!message)
    return NULL;
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_replace (headers, "Accept", "application/json");
  if (http->token)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", http->token, NULL);
      soup_message_headers_replace (headers, "Authorization", bearer);
      explicit_bzero (bearer, strlen (bearer));
    }
  if (request->key)
    soup_message_headers_replace (headers, "Idempotency-Key", request->key);
  if (request->body)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (request->body, strlen (request->body));
      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  return message;
}

/* A source that calls `callback` with `wait`, in the context of the exchanges. */
static GSource *
attach (AisleStoreHttp *http, GSource *source, GSourceFunc callback, Wait *wait)
{
  g_source_set_callback (source, callback, wait, NULL);
  g_source_attach (source, http->context);
  return source;
}

static void
detach (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* The answer's body in `text`; FALSE with an error of GIO's where it did not come whole. */
static gboolean
exchange (AisleStoreHttp *http,
          SoupMessage *message,
          Wait *wait,
          GByteArray *text,
          GCancellable *cancellable,
          GError **error)
{
  g_main_context_push_thread_default (http->context);
  prepare_session (http);
  guint seconds = MAX (http->timeout_seconds, 1) * DEADLINE_FACTOR;
  GSource *deadline = attach (http, g_timeout_source_new_seconds (seconds), late_cb, wait);
  wait->context = http->context;
  gulong watch =
      cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), wait, NULL) : 0;
  g_signal_connect (message, "starting", G_CALLBACK (starting_cb), wait);

  soup_session_send_async (http->session, message, G_PRIORITY_DEFAULT, wait->cancellable, sent_cb,
                           wait);
  wait_until_done (http, wait);
  gboolean is_whole = FALSE;
  if (wait->stream)
    {
      is_whole = read_all (http, wait, text, error);
      if (is_whole)
        g_input_stream_close (wait->stream, NULL, NULL);
    }
  else
    g_propagate_error (error, g_steal_pointer (&wait->error));
  g_clear_object (&wait->stream);
  detach (deadline);
  /* From here on nobody asks any more; what was asked runs with what is still under way below. */
  if (watch != 0)
    g_cancellable_disconnect (cancellable, watch);
  /* Nothing of a broken exchange is left for the next one. What libsoup still has under way ends
   * before the session goes: its callbacks do not hold it. */
  if (!is_whole)
    soup_session_abort (http->session);
  while (g_main_context_iteration (http->context, FALSE))
    ;
  if (!is_whole)
    g_clear_object (&http->session);
  g_main_context_pop_thread_default (http->context);
  return is_whole;
}

/* --- what it means --- */

/* The end of a sentence about a request whose fate is open. */
static const char *
what_next (const AisleStoreHttpRequest *request)
{
  return request->is_reading ? "ask again" : "read back what it did";
}

static void
explain_not_sent (AisleStoreHttp *http, const GError *why, GError **error)
{
  AisleStoreErrorCode code = AISLE_STORE_ERROR_RETRY_LATER;
  const char *what = "cannot be reached; look at the address and the network";
  if (why->domain == G_RESOLVER_ERROR)
    what = "was not found by name; look at the spelling of the address and the network";
  else if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    what = "refuses the connection; is the store system running, and is the port right?";
  else if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    what = "does not answer in time; look at the address, the network and the firewall";
  else if (why->domain == G_TLS_ERROR)
    {
      what = "does not prove who it is; its certificate or encryption is not in order";
      code = AISLE_STORE_ERROR_SETTINGS;
    }
  aisle_store_set_error (error, code, 0, "%s %s (%s); nothing was sent", http->host, what,
                         why->message);
}

/* No answer, or not all of one. */
static void
explain_failure (AisleStoreHttp *http,
                 const AisleStoreHttpRequest *request,
                 const Wait *wait,
                 const GError *why,
                 GError **error)
{
  gboolean is_cancelled = g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !wait->is_late;
  if (is_cancelled && (request->is_reading || !wait->was_sent))
    aisle_store_set_error (error, AISLE_STORE_ERROR_CANCELLED, 0, "the request to %s was cancelled",
                           http->host);
  else if (is_cancelled)
    aisle_store_set_error (error, AISLE_STORE_ERROR_UNKNOWN, 0,
                           "cancelled while %s was at work; read back what it did", http->host);
  else if (!wait->was_sent && wait->is_late)
    aisle_store_set_error (error, AISLE_STORE_ERROR_RETRY_LATER, 0,
                           "%s does not answer in time; look at the address, the network and the "
                           "firewall; nothing was sent",
                           http->host);
  else if (!wait->was_sent)
    explain_not_sent (http, why, error);
  else if (wait->is_late || g_error_matches (why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    aisle_store_set_error (error, AISLE_STORE_ERROR_UNKNOWN, 0, "%s took too long to answer; %s",
                           http->host, what_next (request));
  else
    aisle_store_set_error (error, AISLE_STORE_ERROR_UNKNOWN, 0,
                           "the answer of %s broke off (%s); %s", http->host, why->message,
                           what_next (request));
}

static gint64
read_retry_after (SoupMessage *message)
{
  const char *text =
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint64 seconds = 0;
  if (!text)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, NULL))
    return (gint64) MIN (seconds, MAX_RETRY_AFTER);
  g_autoptr (GDateTime) then = soup_date_time_new_from_http_string (text);
  if (!then)
    return 0;
  return CLAMP (g_date_time_to_unix (then) - g_get_real_time () / G_USEC_PER_SEC, 0,
                MAX_RETRY_AFTER);
}

/* An answer with a status that is no success. */
static void
explain_status (AisleStoreHttp *http,
                const AisleStoreHttpRequest *request,
                SoupMessage *message,
                guint status,
                JsonObject *body,
                GError **error)
{
  JsonObject *wrong = aisle_json_get_object (body, "error");
  const char *said = aisle_json_get_text (wrong, "message");
  const char *named = aisle_json_get_text (wrong, "code");
  g_autofree char *own = said ? g_strdup (said) : g_strdup_printf ("status %u", status);

  if (status == 401 || status == 403)
    aisle_store_set_error (error, AISLE_STORE_ERROR_AUTH, 0,
                           "%s does not accept the token (%s); give it a new one", http->host, own);
  else if (status == 429 || status == 503)
    aisle_store_set_error (error, AISLE_STORE_ERROR_RETRY_LATER, read_retry_after (message),
                           "%s is busy (%s); nothing was done, it is tried again later", http->host,
                           own);
  else if (status >= 500 || status == 408 || g_strcmp0 (named, "in_flight") == 0)
    aisle_store_set_error (error, AISLE_STORE_ERROR_UNKNOWN, 0, "%s failed at it (%s); %s",
                           http->host, own, what_next (request));
  else if (status >= 300 && status < 400)
    aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                           "%s sends on to another address; give that one; nothing was done",
                           http->host);
  else if (status == 404 && !said)
    aisle_store_set_error (
        error, AISLE_STORE_ERROR_REFUSED, 0,
        "%s does not know this request; is it a store system of this kind, and is "
        "the address complete?",
        http->host);
  else
    aisle_store_set_error (error, AISLE_STORE_ERROR_REFUSED, 0, "%s refused: %s", http->host, own);
}

static void
explain_no_json (AisleStoreHttp *http,
                 const AisleStoreHttpRequest *request,
                 const GByteArray *text,
                 const GError *why,
                 GError **error)
{
  guint first = 0;
  while (first < text->len && g_ascii_isspace (text->data[first]))
    first++;
  if (first < text->len && text->data[first] == '<')
    aisle_store_set_error (error, AISLE_STORE_ERROR_UNKNOWN, 0,
                           "%s answered with a web page instead of JSON; a login page or proxy may "
                           "stand between, or the address is not the store system's",
                           http->host);
  else
    aisle_store_set_error (error, AISLE_STORE_ERROR_UNKNOWN, 0,
                           "the answer of %s cannot be read (%s); %s", http->host,
                           why ? why->message : "it is not an object", what_next (request));
}

static gboolean
judge_answer (AisleStoreHttp *http,
              const AisleStoreHttpRequest *request,
              SoupMessage *message,
              const GByteArray *text,
              AisleStoreHttpReply *reply,
              GError **error)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (JsonNode) node =
      aisle_json_parse ((const char *) text->data, (gssize) text->len, MAX_DEPTH, &wrong);
  JsonObject *body = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  reply->status = soup_message_get_status (message);
  gboolean is_success = reply->status >= 200 && reply->status < 300;
  gboolean is_none = reply->status == 404 && request->takes_none && body;
  if (!is_success && !is_none)
    {
      explain_status (http, request, message, reply->status, body, error);
      return FALSE;
    }
  if (!body)
    {
      explain_no_json (http, request, text, wrong, error);
      return FALSE;
    }
  reply->node = g_steal_pointer (&node);
  return TRUE;
}

gboolean
aisle_store_http_send (AisleStoreHttp *http,
                       const AisleStoreHttpRequest *request,
                       AisleStoreHttpReply *reply,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (SoupMessage) message = make_message (http, request);
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GCancellable) inner = g_cancellable_new ();
  g_autoptr (GError) why = NULL;
  Wait wait = { .cancellable = inner };
  *reply = (AisleStoreHttpReply){ .node = NULL };

  if (!message)
    {
      aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                             "%s cannot be asked for %s; look at the address", http->host,
                             request->path);
      return FALSE;
    }
  if (g_cancellable_is_cancelled (cancellable))
    {
      aisle_store_set_error (error, AISLE_STORE_ERROR_CANCELLED, 0,
                             "the request to %s was cancelled", http->host);
      return FALSE;
    }
  gboolean is_whole = exchange (http, message, &wait, text, cancellable, &why);
  reply->was_reached = wait.was_reached;
  if (!is_whole)
    {
      explain_failure (http, request, &wait, why, error);
      return FALSE;
    }
  /* The parser wants an end. */
  g_byte_array_append (text, (const guint8 *) "", 1);
  g_byte_array_set_size (text, text->len - 1);
  return judge_answer (http, request, message, text, reply, error);
}
