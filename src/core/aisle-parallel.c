/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-parallel.h"

#define PROGRESS_INTERVAL_US 50000

/* One loop in flight; the threads take the next chunk until there is none. */
typedef struct
{
  gsize n_items;
  gsize chunk_size;
  gsize n_chunks;
  AisleParallelFunc func;
  gpointer data;
  GMutex mutex;
  GCond changed;
  gsize next_chunk; /* guarded by mutex, like all below */
  gsize done_chunks;
  guint busy_workers;
  gboolean is_stopped;
} Loop;

guint
aisle_parallel_all_threads (void)
{
  return MAX (1, g_get_num_processors ());
}

static void
run_chunk (const Loop *loop, gsize chunk, guint worker)
{
  gsize begin = chunk * loop->chunk_size;
  gsize end = MIN (begin + loop->chunk_size, loop->n_items);
  loop->func (begin, end, worker, loop->data);
}

static void
work_cb (gpointer item, gpointer user_data)
{
  Loop *loop = user_data;
  guint worker = GPOINTER_TO_UINT (item) - 1;

  g_mutex_lock (&loop->mutex);
  while (!loop->is_stopped && loop->next_chunk < loop->n_chunks)
    {
      gsize chunk = loop->next_chunk++;
      g_mutex_unlock (&loop->mutex);
      run_chunk (loop, chunk, worker);
      g_mutex_lock (&loop->mutex);
      loop->done_chunks++;
    }
  loop->busy_workers--;
  g_cond_signal (&loop->changed);
  g_mutex_unlock (&loop->mutex);
}

static gboolean
run_alone (const Loop *loop, const AisleProgress *progress)
{
  for (gsize chunk = 0; chunk < loop->n_chunks; chunk++)
    {
      if (!aisle_progress_report (progress, (double) chunk / (double) loop->n_chunks))
        return FALSE;
      run_chunk (loop, chunk, 0);
    }
  return aisle_progress_report (progress, 1);
}

/* Waits for the workers, reporting now and then from this thread, outside the lock. */
static gboolean
wait_for_workers (Loop *loop, const AisleProgress *progress)
{
  gboolean go_on = TRUE;
  g_mutex_lock (&loop->mutex);
  while (loop->busy_workers > 0)
    {
      gint64 until = g_get_monotonic_time () + PROGRESS_INTERVAL_US;
      while (loop->busy_workers > 0 && g_cond_wait_until (&loop->changed, &loop->mutex, until))
        ;
      double share = (double) loop->done_chunks / (double) loop->n_chunks;
      g_mutex_unlock (&loop->mutex);
      go_on = go_on && aisle_progress_report (progress, share);
      g_mutex_lock (&loop->mutex);
      if (!go_on)
        loop->is_stopped = TRUE;
    }
  g_mutex_unlock (&loop->mutex);
  /* The workers may have been quicker than the first look at them. */
  return go_on && aisle_progress_report (progress, 1);
}

gboolean
aisle_parallel_for (gsize n_items,
                    gsize chunk_size,
                    guint n_threads,
                    AisleParallelFunc func,
                    gpointer data,
                    const AisleProgress *progress)
{
  g_return_val_if_fail (func != NULL && chunk_size > 0, FALSE);

  if (n_items == 0)
    return aisle_progress_report (progress, 1);
  Loop loop = { .n_items = n_items,
                .chunk_size = chunk_size,
                .n_chunks = (n_items - 1) / chunk_size + 1,
                .func = func,
                .data = data };
  if (n_threads == 0)
    n_threads = aisle_parallel_all_threads ();
  n_threads = (guint) MIN (n_threads, loop.n_chunks);
  if (n_threads == 1)
    return run_alone (&loop, progress);

  g_autoptr (GError) error = NULL;
  GThreadPool *pool = g_thread_pool_new (work_cb, &loop, (int) n_threads, FALSE, &error);
  if (!pool)
    return run_alone (&loop, progress);
  g_mutex_init (&loop.mutex);
  g_cond_init (&loop.changed);
  loop.busy_workers = n_threads;
  for (guint worker = 0; worker < n_threads; worker++)
    g_thread_pool_push (pool, GUINT_TO_POINTER (worker + 1), NULL);
  gboolean go_on = wait_for_workers (&loop, progress);
  g_thread_pool_free (pool, FALSE, TRUE);
  g_mutex_clear (&loop.mutex);
  g_cond_clear (&loop.changed);
  return go_on;
}
