/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-parallel.h"

#include <math.h>
#include <string.h>

#define N_ITEMS 10007
#define THREADS_MAX 8

typedef struct
{
  double values[N_ITEMS];
  gint visits[N_ITEMS];
  gint busy[THREADS_MAX]; /* per worker; never more than one */
  guint n_threads;
} Work;

static void
work_cb (gsize begin, gsize end, guint worker, gpointer data)
{
  Work *work = data;
  g_assert_cmpuint (worker, <, work->n_threads);
  g_assert_cmpint (g_atomic_int_add (&work->busy[worker], 1), ==, 0);
  for (gsize i = begin; i < end; i++)
    {
      work->values[i] = sin ((double) i) / (double) (i + 1);
      g_atomic_int_inc (&work->visits[i]);
    }
  g_atomic_int_add (&work->busy[worker], -1);
}

static void
test_equal_results (void)
{
  g_autofree Work *one = g_new0 (Work, 1);
  one->n_threads = 1;
  g_assert_true (aisle_parallel_for (N_ITEMS, 13, 1, work_cb, one, NULL));
  for (guint threads = 2; threads <= THREADS_MAX; threads++)
    {
      g_autofree Work *many = g_new0 (Work, 1);
      many->n_threads = threads;
      g_assert_true (aisle_parallel_for (N_ITEMS, 13, threads, work_cb, many, NULL));
      g_assert_cmpmem (many->values, sizeof many->values, one->values, sizeof one->values);
      for (gsize i = 0; i < N_ITEMS; i++)
        g_assert_cmpint (many->visits[i], ==, 1);
    }
}

static void
test_sizes (void)
{
  static const gsize sizes[][2] = { { 0, 1 }, { 1, 1 }, { 1, 100 },
                                    { 7, 7 }, { 8, 7 }, { 100, G_MAXSIZE } };
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree Work *work = g_new0 (Work, 1);
      work->n_threads = 4;
      g_assert_true (aisle_parallel_for (sizes[i][0], sizes[i][1], 4, work_cb, work, NULL));
      for (gsize k = 0; k < 200; k++)
        g_assert_cmpint (work->visits[k], ==, k < sizes[i][0] ? 1 : 0);
    }
  g_assert_cmpuint (aisle_parallel_all_threads (), >=, 1);
}

typedef struct
{
  double last;
  guint n_reports;
  guint stop_at; /* 0: never */
  GThread *thread;
} Watch;

static gboolean
report_cb (double share, gpointer data)
{
  Watch *watch = data;
  g_assert_true (g_thread_self () == watch->thread);
  g_assert_cmpfloat (share, >=, watch->last);
  g_assert_cmpfloat (share, <=, 1);
  watch->last = share;
  watch->n_reports++;
  return watch->n_reports != watch->stop_at;
}

static void
test_progress (void)
{
  for (guint threads = 1; threads <= 4; threads++)
    {
      g_autofree Work *work = g_new0 (Work, 1);
      work->n_threads = threads;
      Watch watch = { .thread = g_thread_self () };
      AisleProgress progress = { report_cb, &watch };
      g_assert_true (aisle_parallel_for (N_ITEMS, 100, threads, work_cb, work, &progress));
      g_assert_cmpfloat (watch.last, ==, 1);
    }
}

static void
slow_cb (gsize begin, gsize end, guint worker, gpointer data)
{
  g_usleep (1000);
  g_atomic_int_add ((gint *) data, (gint) (end - begin));
}

static void
test_cancel (void)
{
  for (guint threads = 1; threads <= 4; threads++)
    {
      gint n_done = 0;
      Watch watch = { .thread = g_thread_self (), .stop_at = 2 };
      AisleProgress progress = { report_cb, &watch };
      g_assert_false (aisle_parallel_for (100000, 1, threads, slow_cb, &n_done, &progress));
      g_assert_cmpint (n_done, <, 100000);
      g_assert_cmpuint (watch.n_reports, ==, 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/parallel/equal-results", test_equal_results);
  g_test_add_func ("/core/parallel/sizes", test_sizes);
  g_test_add_func ("/core/parallel/progress", test_progress);
  g_test_add_func ("/core/parallel/cancel", test_cancel);
  return g_test_run ();
}
