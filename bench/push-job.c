/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "push-world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole push: approved price updates in a workspace's outbox (100,000 by default) go through
 * `aislectl push` into an aisle-store on loopback and are read back. Prints updates a second and
 * the push's resident memory when a tenth and a half are done and at the end. Exit status 1 where
 * not all are verified. */

#define N_STORES 4
#define POLL_US 100000

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

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 100000;
  g_autoptr (GError) error = NULL;
  g_autoptr (PushWorld) world = push_world_new (MAX (n / N_STORES, 1), N_STORES);
  gint64 n_updates = (gint64) world->n_products * N_STORES;
  push_world_approve_prices (world, 1, world->n_products, 7);

  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GSubprocess) push =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, AISLECTL_PROGRAM, "-w", world->path,
                        "--quiet", "push", NULL);
  g_assert_no_error (error);
  g_autofree char *pid = g_strdup (g_subprocess_get_identifier (push));
  gint64 early_kib = 0, middle_kib = 0, late_kib = 0;
  while (TRUE)
    {
      gint64 kib = pid ? read_resident_kib (pid) : 0;
      if (kib == 0)
        break;
      late_kib = kib;
      if (early_kib == 0 && push_world_count (world, 0, "verified") * 10 >= n_updates)
        early_kib = kib;
      if (middle_kib == 0 && push_world_count (world, 0, "verified") * 2 >= n_updates)
        middle_kib = kib;
      g_usleep (POLL_US);
    }
  g_subprocess_wait (push, NULL, NULL);
  double seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  gint64 n_verified = push_world_count (world, 0, "verified");
  push_world_check_truth (world);
  printf ("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " verified in %.1f s: %.0f a second\n",
          n_verified, n_updates, seconds, (double) n_updates / seconds);
  printf ("resident: %" G_GINT64_FORMAT " KiB at a tenth, %" G_GINT64_FORMAT
          " KiB half-way, %" G_GINT64_FORMAT " KiB at the end\n",
          early_kib, middle_kib, late_kib);
  return n_verified == n_updates ? 0 : 1;
}
