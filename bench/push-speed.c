/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-system.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* bench-push-speed AISLE-STORE [UPDATES]: writes so many price updates (100,000) to the given
 * program on loopback, reads each back and compares it, and prints updates a second and the memory
 * of both sides along the way. Exit status 1 where a price was not read back as written. */

#define BATCH 500
#define TOKEN "bench-token"

typedef struct
{
  AisleStoreSystem *system;
  GPtrArray *skus;
  const char *store_pid;
} Bench;

static void
stop_on (GError *error)
{
  if (!error)
    return;
  fprintf (stderr, "bench-push-speed: %s\n", error->message);
  exit (1);
}

static gint64
read_resident_kib (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", pid);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  const char *line = strstr (text, "VmRSS:");
  return line ? g_ascii_strtoll (line + 6, NULL, 10) : 0;
}

static void
fill (Bench *bench)
{
  AisleStoreItemResult results[BATCH];
  AisleStoreRecord rows[BATCH] = {
    { .store = "S", .name = "Store", .currency = "GBP", .time_zone = "Europe/London" }
  };
  GError *error = NULL;
  aisle_store_system_fill (bench->system, AISLE_STORE_TABLE_STORES, rows, 1, results, NULL, &error);
  stop_on (error);
  for (guint i = 0; i < bench->skus->len; i += BATCH)
    {
      guint n = MIN (BATCH, bench->skus->len - i);
      for (guint j = 0; j < n; j++)
        rows[j] = (AisleStoreRecord){ .sku = g_ptr_array_index (bench->skus, i + j),
                                      .name = "Product",
                                      .is_active = TRUE };
      aisle_store_system_fill (bench->system, AISLE_STORE_TABLE_PRODUCTS, rows, n, results, NULL,
                               &error);
      stop_on (error);
    }
}

/* Writes and reads back one batch; the number of prices that are as they should be. */
static guint
push_batch (Bench *bench, guint first, guint n, gint64 before, gint64 after)
{
  const char *const *skus = (const char *const *) bench->skus->pdata + first;
  AisleStorePriceWrite items[BATCH];
  AisleStoreItemResult results[BATCH];
  AisleStorePrice prices[BATCH];
  GError *error = NULL;
  g_autofree char *key = g_strdup_printf ("%u-%" G_GINT64_FORMAT, first, after);
  for (guint i = 0; i < n; i++)
    items[i] = (AisleStorePriceWrite){ skus[i], after + i, before < 0 ? before : before + i };
  aisle_store_system_write_prices (bench->system, "S", "GBP", items, n, key, results, NULL, &error);
  stop_on (error);
  aisle_store_system_read_prices (bench->system, "S", "GBP", skus, n, prices, NULL, &error);
  stop_on (error);
  guint n_verified = 0;
  for (guint i = 0; i < n; i++)
    n_verified += results[i].status == AISLE_STORE_ITEM_ACCEPTED && prices[i].minor == after + i;
  return n_verified;
}

static gboolean
push_all (Bench *bench, const char *title, gint64 before, gint64 after)
{
  guint n = bench->skus->len;
  guint n_verified = 0;
  gint64 begin = g_get_monotonic_time ();
  for (guint i = 0; i < n; i += BATCH)
    n_verified += push_batch (bench, i, MIN (BATCH, n - i), before, after);
  double seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  printf ("%-8s %u of %u verified in %.2f s: %.0f a second; resident: this %" G_GINT64_FORMAT
          " KiB, store %" G_GINT64_FORMAT " KiB\n",
          title, n_verified, n, seconds, n / seconds, read_resident_kib ("self"),
          read_resident_kib (bench->store_pid));
  return n_verified == n;
}

static GSubprocess *
start_store (const char *program, const char *directory, char **url)
{
  GError *error = NULL;
  g_autofree char *token = g_build_filename (directory, "token", NULL);
  g_autofree char *data = g_build_filename (directory, "store.db", NULL);
  g_file_set_contents (token, TOKEN, -1, &error);
  stop_on (error);
  GSubprocess *process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--port", "0",
                        "--token-file", token, "--data", data, NULL);
  stop_on (error);
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  if (!line || !strstr (line, "http://"))
    stop_on (g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "the store did not start"));
  *url = g_strdup (strstr (line, "http://"));
  return process;
}

static void
remove_directory (const char *directory)
{
  const char *names[] = { "token", "store.db", "store.db-wal", "store.db-shm" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);
      g_unlink (path);
    }
  g_rmdir (directory);
}

int
main (int argc, char **argv)
{
  GError *error = NULL;
  guint64 n = 100000;
  if (argc < 2 || (argc > 2 && !g_ascii_string_to_unsigned (argv[2], 10, 1, 10000000, &n, NULL)))
    {
      fputs ("usage: bench-push-speed AISLE-STORE [UPDATES]\n", stderr);
      return 2;
    }
  g_autofree char *directory = g_dir_make_tmp ("aisle-bench-XXXXXX", &error);
  stop_on (error);
  g_autofree char *url = NULL;
  g_autoptr (GSubprocess) process = start_store (argv[1], directory, &url);
  Bench bench = { .skus = g_ptr_array_new_with_free_func (g_free) };
  bench.store_pid = g_subprocess_get_identifier (process);
  bench.system = aisle_store_system_new ("aisle", url, TOKEN, 30, &error);
  stop_on (error);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (bench.skus, g_strdup_printf ("SKU-%06u", i));

  fill (&bench);
  gboolean is_good = push_all (&bench, "new:", AISLE_STORE_PRICE_NONE, 1000);
  is_good = push_all (&bench, "changed:", 1000, 2000) && is_good;
  is_good = push_all (&bench, "again:", 2000, 3000) && is_good;

  aisle_store_system_free (bench.system);
  g_ptr_array_unref (bench.skus);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  remove_directory (directory);
  return is_good ? 0 : 1;
}
