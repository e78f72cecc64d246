/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-progress.h"

/* Loops over independent items on several threads. Items are cut into chunks whose bounds depend on
 * the number of items and the chunk's size only, so that work which writes each item's result to
 * its own place gives the same bits on one thread and on many. Sums are for the caller to form
 * afterwards, in the items' order. */

/* Works on items begin .. end-1. `worker` (0 .. threads-1) tells which scratch memory is free to
 * use: no two calls with the same worker run at the same time. */
typedef void (*AisleParallelFunc) (gsize begin, gsize end, guint worker, gpointer data);

/* The number of threads that "all cores" means. */
guint aisle_parallel_all_threads (void);

/* Runs `func` over 0 .. n_items-1 in chunks of `chunk_size` (at least 1) on `n_threads` threads
 * (0: all cores), and waits. `progress` (or NULL) is called on the calling thread. FALSE where the
 * progress callback said to stop: then some chunks have not run. */
gboolean aisle_parallel_for (gsize n_items,
                             gsize chunk_size,
                             guint n_threads,
                             AisleParallelFunc func,
                             gpointer data,
                             const AisleProgress *progress);
