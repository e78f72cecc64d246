/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-server.h"

#include "aisle-sim-faults.h"
#include "aisle-sim-reply.h"
#include "aisle-sim-routes.h"

#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

#define MAX_BODY (8 * 1024 * 1024)
#define MAX_DEPTH 32
#define MAX_KEY 200
#define KEYS_KEPT 1000
#define KEYS_KEPT_SECONDS (24 * 3600)
#define TOO_LARGE "aisle-body-is-too-large"

struct _AisleSimServer
{
  SoupServer *soup;
  AisleSimDatabase *database;
  AisleSimFaults *faults;
  char *token_digest;
  gint64 clock_offset;
  GHashTable *in_flight; /* idempotency keys of requests that a fault holds up */
  GHashTable *waiting;   /* Exchange that a delay holds up */
};

/* One request and its connection, from the first look to the answer. */
typedef struct
{
  AisleSimServer *server;
  SoupServerMessage *message;
  GHashTable *query;
  GBytes *bytes;
  const char *method;
  const char *path;
  const char *key; /* Idempotency-Key or NULL */
  AisleSimFault fault;
  guint source;
  guint status;
  GString *out;
} Exchange;

static void
free_exchange (gpointer data)
{
  Exchange *exchange = data;
  if (exchange->source)
    g_source_remove (exchange->source);
  g_clear_object (&exchange->message);
  g_clear_pointer (&exchange->query, g_hash_table_unref);
  g_clear_pointer (&exchange->bytes, g_bytes_unref);
  g_string_free (exchange->out, TRUE);
  g_free (exchange);
}

static gint64
read_clock (AisleSimServer *server)
{
  return g_get_real_time () / G_USEC_PER_SEC + server->clock_offset;
}

static gboolean
fail (Exchange *exchange, guint status, const char *code, const char *message)
{
  AisleSimRequest request = { .out = exchange->out };
  aisle_sim_request_fail (&request, status, code, "%s", message);
  exchange->status = status;
  return FALSE;
}

/* --- token --- */

/* Digests have the same length whatever was sent, and all of both is looked at, so that the time
 * taken tells nothing about the token. */
static gboolean
is_authorized (AisleSimServer *server, SoupServerMessage *message)
{
  const char *header = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");
  if (!header || g_ascii_strncasecmp (header, "Bearer ", 7) != 0)
    return FALSE;
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, header + 7, -1);
  guint difference = 0;
  for (gsize i = 0; server->token_digest[i]; i++)
    difference |= (guint) (digest[i] ^ server->token_digest[i]);
  return difference == 0;
}

/* --- idempotency keys --- */

static char *
compute_digest (Exchange *exchange)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (exchange->bytes, &size);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) exchange->method, -1);
  g_checksum_update (checksum, (const guchar *) " ", 1);
  g_checksum_update (checksum, (const guchar *) exchange->path, -1);
  g_checksum_update (checksum, (const guchar *) "\n", 1);
  g_checksum_update (checksum, data, (gssize) size);
  return g_strdup (g_checksum_get_string (checksum));
}

/* TRUE: the answer of an earlier request with this key (or the complaint that it was another
 * request) stands in the exchange. */
static gboolean
recall_answer (Exchange *exchange, const char *digest, GError **error)
{
  AisleSimDatabase *database = exchange->server->database;
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      database, "SELECT digest, status, body FROM answer WHERE key = ?1", error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, exchange->key);
  if (aisle_sim_database_step (database, statement, error) != 1)
    return FALSE;
  if (g_str_equal (aisle_sim_column_text (statement, 0), digest))
    {
      exchange->status = (guint) sqlite3_column_int64 (statement, 1);
      g_string_assign (exchange->out, aisle_sim_column_text (statement, 2));
    }
  else
    fail (exchange, 422, "key_reused", "this Idempotency-Key was used for another request");
  sqlite3_reset (statement);
  return TRUE;
}

/* Kept in the transaction of what it answers, for a day and for the last 1000 keys. */
static gboolean
keep_answer (Exchange *exchange, const char *digest, GError **error)
{
  AisleSimDatabase *database = exchange->server->database;
  gint64 now = read_clock (exchange->server);
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      database,
      "INSERT INTO answer (key, digest, status, body, made_at) VALUES (?1, ?2, ?3, ?4, ?5)"
      " RETURNING id",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, exchange->key);
  aisle_sim_bind_text (statement, 2, digest);
  sqlite3_bind_int64 (statement, 3, exchange->status);
  aisle_sim_bind_text (statement, 4, exchange->out->str);
  sqlite3_bind_int64 (statement, 5, now);
  if (aisle_sim_database_step (database, statement, error) < 0)
    return FALSE;
  gint64 id = sqlite3_column_int64 (statement, 0);
  if (!aisle_sim_database_run (database, statement, error))
    return FALSE;

  statement = aisle_sim_database_prepare (
      database,
      "DELETE FROM answer WHERE id <= ?1 OR id IN"
      " (SELECT id FROM (SELECT id, made_at FROM answer ORDER BY id LIMIT 10)"
      " WHERE made_at < ?2)",
      error);
  if (!statement)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id - KEYS_KEPT);
  sqlite3_bind_int64 (statement, 2, now - KEYS_KEPT_SECONDS);
  return aisle_sim_database_run (database, statement, error);
}

/* --- doing what was asked --- */

/* The query's texts must be UTF-8: they go into the file and into answers. */
static gboolean
check_query (Exchange *exchange)
{
  GHashTableIter iter;
  gpointer name, value;
  if (!exchange->query)
    return TRUE;
  g_hash_table_iter_init (&iter, exchange->query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!g_utf8_validate (value, -1, NULL))
      return fail (exchange, 400, "bad_parameter", "a parameter of the address is not UTF-8");
  return TRUE;
}

/* The body of a POST or PATCH as an object; FALSE after answering. */
static gboolean
read_body (Exchange *exchange, JsonNode **node)
{
  gsize size;
  const char *text = g_bytes_get_data (exchange->bytes, &size);
  g_autoptr (GError) error = NULL;
  if (!g_str_equal (exchange->method, "POST") && !g_str_equal (exchange->method, "PATCH"))
    return TRUE;
  *node = aisle_json_parse (text ? text : "", (gssize) size, MAX_DEPTH, &error);
  if (!*node)
    return fail (exchange, 400, "bad_body", error->message);
  if (!JSON_NODE_HOLDS_OBJECT (*node))
    return fail (exchange, 400, "bad_body", "the body must be a JSON object");
  return TRUE;
}

static void
set_batch_faults (Exchange *exchange, AisleSimRequest *request)
{
  request->stop_after = G_MAXUINT;
  if (exchange->fault.kind == AISLE_SIM_FAULT_PARTIAL)
    {
      JsonArray *items = aisle_json_get_array (request->body, "items");
      request->stop_after = items ? json_array_get_length (items) / 2 : 0;
    }
  request->is_to_crash = exchange->fault.kind == AISLE_SIM_FAULT_CRASH
                         && exchange->fault.moment == AISLE_SIM_CRASH_DURING;
}

static gboolean
run_write (Exchange *exchange, const AisleSimRoute *route, AisleSimRequest *request)
{
  AisleSimDatabase *database = exchange->server->database;
  GError *error = NULL;
  g_autofree char *digest = exchange->key ? compute_digest (exchange) : NULL;

  if (exchange->key && recall_answer (exchange, digest, &error))
    return TRUE;
  if (error || !aisle_sim_database_begin (database, &error))
    return aisle_sim_request_fail_storage (request, error);
  if (!route->handler (request))
    {
      aisle_sim_database_roll_back (database);
      return FALSE;
    }
  exchange->status = request->status;
  if (request->is_to_crash)
    raise (SIGKILL);
  gboolean is_to_keep = exchange->key && exchange->fault.kind != AISLE_SIM_FAULT_PARTIAL;
  if ((is_to_keep && !keep_answer (exchange, digest, &error))
      || !aisle_sim_database_commit (database, &error))
    {
      aisle_sim_database_roll_back (database);
      return aisle_sim_request_fail_storage (request, error);
    }
  return TRUE;
}

/* Fills the exchange's status and body. */
static void
execute (Exchange *exchange)
{
  const char *escaped = NULL;
  gboolean is_known_path = FALSE;
  g_string_truncate (exchange->out, 0);
  const AisleSimRoute *route =
      aisle_sim_routes_find (exchange->method, exchange->path, &escaped, &is_known_path);
  if (!route)
    {
      if (is_known_path)
        fail (exchange, 405, "bad_method", "this path does not take that method");
      else
        fail (exchange, 404, "no_such_path", "there is nothing at this path; see openapi.json");
      return;
    }

  g_autoptr (JsonNode) node = NULL;
  g_autofree char *name = escaped ? g_uri_unescape_string (escaped, NULL) : NULL;
  if (escaped && (!name || aisle_sim_check_text (name) || !g_utf8_validate (name, -1, NULL)))
    {
      fail (exchange, 400, "bad_parameter", "the name in the path is empty, too long or not UTF-8");
      return;
    }
  if (!check_query (exchange) || !read_body (exchange, &node))
    return;

  AisleSimRequest request = {
    .database = exchange->server->database,
    .now = read_clock (exchange->server),
    .query = exchange->query,
    .name = name,
    .body = node ? json_node_get_object (node) : NULL,
    .status = 200,
    .out = exchange->out,
  };
  set_batch_faults (exchange, &request);
  exchange->status = 0;
  if (route->is_write)
    run_write (exchange, route, &request);
  else
    {
      request.is_to_crash = FALSE;
      route->handler (&request);
    }
  if (exchange->status == 0)
    exchange->status = request.status;
}

static void
execute_faults_path (Exchange *exchange)
{
  if (g_str_equal (exchange->method, "POST"))
    {
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (GError) error = NULL;
      if (!read_body (exchange, &node))
        return;
      const char *spec = aisle_json_get_text (json_node_get_object (node), "spec");
      AisleSimFaults *faults = spec ? aisle_sim_faults_new (spec, &error) : NULL;
      if (!faults)
        {
          fail (exchange, 400, "bad_body", error ? error->message : "\"spec\" must be a text");
          return;
        }
      aisle_sim_faults_free (exchange->server->faults);
      exchange->server->faults = faults;
    }
  exchange->status = 200;
  aisle_sim_faults_append_json (exchange->server->faults, exchange->out);
}

/* --- answering, rightly or wrongly --- */

static void
send_answer (Exchange *exchange)
{
  guint retry_after =
      exchange->fault.kind == AISLE_SIM_FAULT_STATUS ? exchange->fault.retry_after_seconds : 0;
  switch (exchange->fault.kind)
    {
    case AISLE_SIM_FAULT_DROP:
    case AISLE_SIM_FAULT_LOST:
      aisle_sim_reply_cut (exchange->message);
      return;
    case AISLE_SIM_FAULT_PARTIAL:
      if (exchange->fault.is_cut)
        {
          aisle_sim_reply_cut (exchange->message);
          return;
        }
      g_string_truncate (exchange->out, 0);
      fail (exchange, 500, "internal", "something went wrong half-way");
      break;
    case AISLE_SIM_FAULT_TRUNCATE:
      aisle_sim_reply_truncated (exchange->message, exchange->status, exchange->out);
      return;
    case AISLE_SIM_FAULT_DRIP:
      aisle_sim_reply_dripping (exchange->message, exchange->status, exchange->out,
                                exchange->fault.milliseconds);
      return;
    case AISLE_SIM_FAULT_GARBAGE:
      exchange->status = 200;
      g_string_assign (exchange->out, "{\"results\":[{\"key\":\"\\u00");
      break;
    case AISLE_SIM_FAULT_HTML:
      aisle_sim_reply_html (exchange->message);
      return;
    case AISLE_SIM_FAULT_NONE:
    case AISLE_SIM_FAULT_DELAY:
    case AISLE_SIM_FAULT_DUPLICATE:
    case AISLE_SIM_FAULT_STATUS:
    case AISLE_SIM_FAULT_CRASH:
      break;
    }
  aisle_sim_reply_json (exchange->message, exchange->status, exchange->out, retry_after);
}

/* Faults after which nothing is done are answered here; TRUE: the request is to be executed. */
static gboolean
survives_faults (Exchange *exchange)
{
  switch (exchange->fault.kind)
    {
    case AISLE_SIM_FAULT_STATUS:
      return fail (exchange, exchange->fault.status, "fault", "this failure was asked for");
    case AISLE_SIM_FAULT_DROP:
    case AISLE_SIM_FAULT_HTML:
      return FALSE;
    case AISLE_SIM_FAULT_CRASH:
      if (exchange->fault.moment == AISLE_SIM_CRASH_BEFORE)
        raise (SIGKILL);
      return TRUE;
    default:
      return TRUE;
    }
}

static void
finish_exchange (Exchange *exchange)
{
  if (survives_faults (exchange))
    {
      execute (exchange);
      if (exchange->fault.kind == AISLE_SIM_FAULT_DUPLICATE)
        execute (exchange);
      if (exchange->fault.kind == AISLE_SIM_FAULT_CRASH)
        raise (SIGKILL);
    }
  send_answer (exchange);
}

static gboolean
delay_over_cb (gpointer data)
{
  Exchange *exchange = data;
  AisleSimServer *server = exchange->server;
  exchange->source = 0;
  soup_server_message_unpause (exchange->message);
  finish_exchange (exchange);
  if (exchange->key)
    g_hash_table_remove (server->in_flight, exchange->key);
  g_hash_table_remove (server->waiting, exchange);
  return G_SOURCE_REMOVE;
}

static void
hold_exchange (Exchange *exchange)
{
  if (exchange->key)
    g_hash_table_add (exchange->server->in_flight, g_strdup (exchange->key));
  g_hash_table_add (exchange->server->waiting, exchange);
  soup_server_message_pause (exchange->message);
  exchange->source = g_timeout_add (exchange->fault.milliseconds, delay_over_cb, exchange);
}

/* Everything that ends a request before its fault and its handler; TRUE: go on. */
static gboolean
check_request (Exchange *exchange)
{
  AisleSimServer *server = exchange->server;
  if (!is_authorized (server, exchange->message))
    return fail (exchange, 401, "unauthorized",
                 "this store system wants a bearer token, and this is not it");
  if (g_object_get_data (G_OBJECT (exchange->message), TOO_LARGE))
    return fail (exchange, 413, "body_too_large",
                 "the body is larger than 8 MiB, nothing was done");
  if (exchange->key && (!*exchange->key || strlen (exchange->key) > MAX_KEY))
    return fail (exchange, 400, "bad_key", "Idempotency-Key must have 1 to 200 characters");
  if (exchange->key && !g_utf8_validate (exchange->key, -1, NULL))
    return fail (exchange, 400, "bad_key", "Idempotency-Key is not UTF-8");
  if (exchange->key && g_hash_table_contains (server->in_flight, exchange->key))
    return fail (exchange, 409, "in_flight", "a request with this Idempotency-Key is under way");
  return TRUE;
}

static Exchange *
make_exchange (AisleSimServer *server, SoupServerMessage *message, GHashTable *query)
{
  Exchange *exchange = g_new0 (Exchange, 1);
  exchange->server = server;
  exchange->message = g_object_ref (message);
  exchange->query = query ? g_hash_table_ref (query) : NULL;
  if (g_object_get_data (G_OBJECT (message), TOO_LARGE))
    exchange->bytes = g_bytes_new (NULL, 0);
  else
    exchange->bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));
  exchange->method = soup_server_message_get_method (message);
  exchange->path = g_uri_get_path (soup_server_message_get_uri (message));
  exchange->key = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                "Idempotency-Key");
  exchange->out = g_string_new (NULL);
  return exchange;
}

static void
handle_cb (SoupServer *soup,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer data)
{
  AisleSimServer *server = data;
  Exchange *exchange = make_exchange (server, message, query);

  if (!check_request (exchange))
    send_answer (exchange);
  else if (g_str_equal (exchange->path, "/__faults"))
    {
      execute_faults_path (exchange);
      send_answer (exchange);
    }
  else
    {
      gsize size;
      const char *body = g_bytes_get_data (exchange->bytes, &size);
      exchange->fault =
          aisle_sim_faults_next (server->faults, exchange->method, exchange->path, body, size);
      if (exchange->fault.kind == AISLE_SIM_FAULT_DELAY)
        {
          hold_exchange (exchange);
          return;
        }
      finish_exchange (exchange);
    }
  free_exchange (exchange);
}

/* --- limits while the body comes in --- */

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  if (body->length > MAX_BODY && !g_object_get_data (G_OBJECT (message), TOO_LARGE))
    {
      g_object_set_data (G_OBJECT (message), TOO_LARGE, GINT_TO_POINTER (TRUE));
      soup_message_body_set_accumulate (body, FALSE);
      soup_message_body_truncate (body);
    }
}

static void
early_cb (SoupServer *soup,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer data)
{
  goffset length =
      soup_message_headers_get_content_length (soup_server_message_get_request_headers (message));
  if (length > MAX_BODY)
    {
      g_object_set_data (G_OBJECT (message), TOO_LARGE, GINT_TO_POINTER (TRUE));
      soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
    }
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), NULL);
}

/* --- public --- */

AisleSimServer *
aisle_sim_server_new (const AisleSimServerOptions *options, GError **error)
{
  g_autoptr (AisleSimServer) server = g_new0 (AisleSimServer, 1);
  g_autoptr (GError) wrong = NULL;
  server->in_flight = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  server->waiting = g_hash_table_new_full (NULL, NULL, free_exchange, NULL);
  server->token_digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, options->token, -1);
  if (options->as_of >= 0)
    server->clock_offset = options->as_of - g_get_real_time () / G_USEC_PER_SEC;

  server->faults = aisle_sim_faults_new (options->faults, error);
  if (!server->faults)
    return NULL;
  server->database = aisle_sim_database_open (options->data, error);
  if (!server->database)
    return NULL;

  server->soup = soup_server_new ("server-header", "aisle-store/" AISLE_VERSION, NULL);
  soup_server_add_early_handler (server->soup, NULL, early_cb, server, NULL);
  soup_server_add_handler (server->soup, NULL, handle_cb, server, NULL);
  if (!soup_server_listen_local (server->soup, options->port, SOUP_SERVER_LISTEN_IPV4_ONLY, &wrong))
    {
      g_set_error (
          error, AISLE_SIM_ERROR, AISLE_SIM_ERROR_NETWORK,
          "cannot listen on 127.0.0.1 port %u: %s; give another --port, or 0 for a free one",
          options->port, wrong->message);
      return NULL;
    }
  return g_steal_pointer (&server);
}

void
aisle_sim_server_free (AisleSimServer *server)
{
  if (!server)
    return;
  g_clear_pointer (&server->waiting, g_hash_table_unref);
  if (server->soup)
    soup_server_disconnect (server->soup);
  g_clear_object (&server->soup);
  g_clear_pointer (&server->in_flight, g_hash_table_unref);
  g_clear_pointer (&server->faults, aisle_sim_faults_free);
  g_clear_pointer (&server->database, aisle_sim_database_close);
  g_free (server->token_digest);
  g_free (server);
}

guint
aisle_sim_server_get_port (AisleSimServer *server)
{
  GSList *uris = soup_server_get_uris (server->soup);
  guint port = uris ? (guint) g_uri_get_port (uris->data) : 0;
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}
