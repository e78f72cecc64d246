/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-process.h"

#include "aisle-json.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

static void
start (StoreProcess *store, const char *as_of, const char *faults)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *port = g_strdup_printf ("%u", store->port);
  g_autofree char *token_file = g_build_filename (store->directory, "token", NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *program = g_getenv ("AISLE_STORE_PROGRAM");
  g_assert_nonnull (program);
  g_assert_true (g_file_set_contents (token_file, STORE_PROCESS_TOKEN "\n", -1, &error));
  const char *const always[] = { program,    "--port", port,       "--token-file",
                                 token_file, "--data", store->data };
  for (gsize i = 0; i < G_N_ELEMENTS (always); i++)
    g_ptr_array_add (arguments, (gpointer) always[i]);
  if (as_of)
    {
      g_ptr_array_add (arguments, (gpointer) "--as-of");
      g_ptr_array_add (arguments, (gpointer) as_of);
    }
  if (faults)
    {
      g_ptr_array_add (arguments, (gpointer) "--faults");
      g_ptr_array_add (arguments, (gpointer) faults);
    }
  g_ptr_array_add (arguments, NULL);

  store->process = g_subprocess_newv ((const char *const *) arguments->pdata,
                                      G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (store->process));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "aisle-store listening on http://127.0.0.1:"));
  g_free (store->url);
  store->url = g_strdup (strstr (line, "http://"));
  store->port = (guint) g_ascii_strtoull (strrchr (store->url, ':') + 1, NULL, 10);
}

StoreProcess *
store_process_new (const char *as_of, const char *faults)
{
  g_autoptr (GError) error = NULL;
  StoreProcess *store = g_new0 (StoreProcess, 1);
  store->directory = g_dir_make_tmp ("aisle-test-XXXXXX", &error);
  g_assert_no_error (error);
  store->data = g_build_filename (store->directory, "store.db", NULL);
  start (store, as_of, faults);
  return store;
}

void
store_process_kill (StoreProcess *store)
{
  g_subprocess_force_exit (store->process);
  g_subprocess_wait (store->process, NULL, NULL);
  g_clear_object (&store->process);
}

void
store_process_start_again (StoreProcess *store)
{
  start (store, NULL, NULL);
}

void
store_process_free (StoreProcess *store)
{
  if (!store)
    return;
  if (store->process)
    store_process_kill (store);
  g_autoptr (GDir) directory = g_dir_open (store->directory, 0, NULL);
  for (const char *name = directory ? g_dir_read_name (directory) : NULL; name;
       name = g_dir_read_name (directory))
    {
      g_autofree char *path = g_build_filename (store->directory, name, NULL);
      g_unlink (path);
    }
  g_rmdir (store->directory);
  g_free (store->directory);
  g_free (store->data);
  g_free (store->url);
  g_free (store);
}

AisleStoreSystem *
store_process_connect (StoreProcess *store)
{
  g_autoptr (GError) error = NULL;
  AisleStoreSystem *system =
      aisle_store_system_new ("aisle", store->url, STORE_PROCESS_TOKEN, 1, &error);
  g_assert_no_error (error);
  return system;
}

static void
fill (AisleStoreSystem *system,
      AisleStoreTable table,
      const AisleStoreRecord *records,
      gsize n_records)
{
  g_autoptr (GError) error = NULL;
  g_autofree AisleStoreItemResult *results = g_new (AisleStoreItemResult, n_records);
  aisle_store_system_fill (system, table, records, n_records, results, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n_records; i++)
    g_assert_cmpint (results[i].status, ==, AISLE_STORE_ITEM_ACCEPTED);
}

void
store_process_fill (AisleStoreSystem *system, guint n_products)
{
  const AisleStoreRecord stores[] = {
    { .store = "UK", .name = "Web UK", .currency = "GBP", .time_zone = "Europe/London" },
    { .store = "DE", .name = "Web DE", .currency = "EUR", .time_zone = "Europe/Berlin" },
  };
  g_autoptr (GStringChunk) texts = g_string_chunk_new (4096);
  g_autofree AisleStoreRecord *products = g_new0 (AisleStoreRecord, n_products);
  for (guint i = 0; i < n_products; i++)
    {
      g_autofree char *sku = g_strdup_printf ("P%u", i);
      products[i].sku = g_string_chunk_insert (texts, sku);
      products[i].name = "A product, \"quoted\"";
      products[i].is_active = TRUE;
    }
  fill (system, AISLE_STORE_TABLE_STORES, stores, G_N_ELEMENTS (stores));
  fill (system, AISLE_STORE_TABLE_PRODUCTS, products, n_products);
}

/* Asks /__faults; `body` NULL: only looks. The answer is to be freed with json_node_unref(). */
static JsonNode *
ask_faults (StoreProcess *store, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (store->url, "/__faults", NULL);
  g_autoptr (SoupMessage) message = soup_message_new (text ? "POST" : "GET", url);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                "Bearer " STORE_PROCESS_TOKEN);
  if (text)
    {
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
      soup_message_set_request_body_from_bytes (message, "application/json", body);
    }
  g_autoptr (GBytes) answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  gsize size;
  const char *answered = g_bytes_get_data (answer, &size);
  JsonNode *node = aisle_json_parse (answered, (gssize) size, 8, &error);
  g_assert_no_error (error);
  return node;
}

void
store_process_set_faults (StoreProcess *store, const char *spec)
{
  g_autofree char *text = g_strdup_printf ("{\"spec\":\"%s\"}", spec);
  g_autoptr (JsonNode) node = ask_faults (store, text);
}

gint64
store_process_count_requests (StoreProcess *store)
{
  gint64 n_seen = -1;
  g_autoptr (JsonNode) node = ask_faults (store, NULL);
  JsonArray *rules = aisle_json_get_array (json_node_get_object (node), "rules");
  g_assert_true (
      aisle_json_get_integer (aisle_json_get_object_element (rules, 0), "seen", &n_seen));
  return n_seen;
}
