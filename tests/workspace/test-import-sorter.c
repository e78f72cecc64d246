/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-sorter-private.h"
#include "aisle-random.h"

#include <string.h>

/* Adds n records with keys below `n_keys` and checks that they come back in order, equal ones in
 * the order of adding. */
static void
check_sort (guint n, guint n_keys, gsize memory, gsize padding)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleImportSorter) sorter = aisle_import_sorter_new (g_get_tmp_dir (), memory);
  g_autofree char *more = g_malloc0 (padding + 1);
  AisleRandom random;
  aisle_random_init (&random, n);
  for (guint i = 0; i < n; i++)
    {
      char key[16];
      guint number = (guint) aisle_random_below (&random, n_keys);
      g_snprintf (key, sizeof key, "%08u", number);
      AisleImportRecord record = { .prefix = number / 10,
                                   .key = key,
                                   .key_size = 8,
                                   .data = &i,
                                   .data_size = sizeof i,
                                   .more = more,
                                   .more_size = padding };
      g_assert_true (aisle_import_sorter_add (sorter, &record, &error));
    }
  g_assert_true (aisle_import_sorter_finish (sorter, &error));
  char last_key[9] = "";
  guint last = 0, count = 0;
  AisleImportRecord record;
  while (aisle_import_sorter_next (sorter, &record, &error))
    {
      guint index;
      memcpy (&index, record.data, sizeof index);
      g_assert_cmpuint (record.data_size, ==, sizeof index + padding);
      int order = count > 0 ? memcmp (last_key, record.key, 8) : -1;
      g_assert_cmpint (order, <=, 0);
      if (order == 0)
        g_assert_cmpuint (index, >, last);
      memcpy (last_key, record.key, 8);
      last = index;
      count++;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, n);
}

static void
test_in_memory (void)
{
  check_sort (0, 1, 4096, 0);
  check_sort (1, 1, 4096, 0);
  check_sort (1000, 100, 1 << 20, 3);
}

static void
test_on_disk (void)
{
  check_sort (20000, 3000, 64 * 1024, 5);
  check_sort (20000, 1, 64 * 1024, 0);
  check_sort (20, 5, 4096, 300 * 1024); /* records larger than the memory and the buffers */
}

static void
test_no_room (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleImportSorter) sorter = aisle_import_sorter_new ("/nonexistent/folder", 128);
  AisleImportRecord record = { .key = "k", .key_size = 1, .data = "data", .data_size = 4 };
  while (!error && aisle_import_sorter_add (sorter, &record, &error))
    ;
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workspace/import-sorter/in-memory", test_in_memory);
  g_test_add_func ("/workspace/import-sorter/on-disk", test_on_disk);
  g_test_add_func ("/workspace/import-sorter/no-room", test_no_room);
  return g_test_run ();
}
