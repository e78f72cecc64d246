/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* The program from outside: its options, its file, its end. */

static int
run_program (const char *const *arguments, char **messages)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_ptr_array_add (all, (gpointer) g_getenv ("AISLE_STORE_PROGRAM"));
  for (; *arguments; arguments++)
    g_ptr_array_add (all, (gpointer) *arguments);
  g_ptr_array_add (all, NULL);
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      (const char *const *) all->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, messages, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

static void
check_run (const char *const *arguments, int status, const char *part)
{
  g_autofree char *messages = NULL;
  g_assert_cmpint (run_program (arguments, &messages), ==, status);
  g_test_message ("%s", messages);
  if (part)
    g_assert_nonnull (strstr (messages, part));
}

static void
test_options (void)
{
  g_autoptr (StoreProcess) store = store_process_new (NULL, NULL);
  g_autofree char *token = g_build_filename (store->directory, "token", NULL);
  g_autofree char *blank = g_build_filename (store->directory, "blank", NULL);
  g_autofree char *junk = g_build_filename (store->directory, "junk", NULL);
  g_autofree char *port = g_strdup_printf ("%u", store->port);
  g_assert_true (g_file_set_contents (blank, " \n", -1, NULL));
  g_assert_true (g_file_set_contents (junk, "this is no database, not at all, no, no", -1, NULL));
#define RUN(status, part, ...) check_run ((const char *const[]){ __VA_ARGS__, NULL }, status, part)
  RUN (0, NULL, "--help");
  RUN (0, NULL, "--version");
  RUN (2, "--token-file", "--port", "0");
  RUN (2, "--port", "--token-file", token);
  RUN (2, "--port", "--port", "65536", "--token-file", token);
  RUN (2, "see --help", "--port", "x", "--token-file", token);
  RUN (2, "see --help", "--port", "0", "--token-file", token, "--nonsense");
  RUN (2, "see --help", "--port", "0", "--token-file", token, "stray");
  RUN (2, "2026-13-01", "--port", "0", "--token-file", token, "--as-of", "2026-13-01");
  RUN (2, "bogus", "--port", "0", "--token-file", token, "--faults", "bogus");
  RUN (1, "No such file", "--port", "0", "--token-file", "/nonexistent/token");
  RUN (1, "must hold a token", "--port", "0", "--token-file", blank);
  RUN (1, "another --port", "--port", port, "--token-file", token);
  RUN (1, junk, "--port", "0", "--token-file", token, "--data", junk);
  RUN (1, "/nonexistent", "--port", "0", "--token-file", token, "--data", "/nonexistent/a.db");
  RUN (1, store->directory, "--port", "0", "--token-file", token, "--data", store->directory);
}

/* SIGTERM and SIGINT: a clean end, status 0, with a request still held up by a fault. */
static void
test_signals (void)
{
  const int signals[] = { SIGTERM, SIGINT };
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (StoreProcess) store = store_process_new (NULL, "delay:ms=60000:nth=2");
      g_autoptr (AisleStoreSystem) system = store_process_connect (store);
      g_autoptr (GPtrArray) checks = aisle_store_system_test (system, NULL, NULL);
      g_autoptr (GPtrArray) late = aisle_store_system_test (system, NULL, NULL);
      g_subprocess_send_signal (store->process, signals[i]);
      g_assert_true (g_subprocess_wait (store->process, NULL, NULL));
      g_assert_true (g_subprocess_get_if_exited (store->process));
      g_assert_cmpint (g_subprocess_get_exit_status (store->process), ==, 0);
    }
}

/* Every acknowledged write outlives SIGKILL, at whatever moment it comes. */
static void
test_kill (void)
{
  g_autoptr (StoreProcess) store = store_process_new (NULL, NULL);
  g_autoptr (AisleStoreSystem) system = store_process_connect (store);
  const char *sku = "P0";
  store_process_fill (system, 1);
  for (gint64 i = 1; i <= 10; i++)
    {
      g_autoptr (GError) error = NULL;
      const AisleStorePriceWrite item = { "P0", i, AISLE_STORE_PRICE_ANY };
      AisleStoreItemResult result;
      AisleStorePrice price;
      g_assert_true (aisle_store_system_write_prices (system, "UK", "GBP", &item, 1, NULL, &result,
                                                      NULL, &error));
      store_process_kill (store);
      store_process_start_again (store);
      g_assert_true (
          aisle_store_system_read_prices (system, "UK", "GBP", &sku, 1, &price, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (price.minor, ==, i);
      g_assert_cmpint (price.revision, ==, i);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storesim/program/options", test_options);
  g_test_add_func ("/storesim/program/signals", test_signals);
  g_test_add_func ("/storesim/program/kill", test_kill);
  return g_test_run ();
}
