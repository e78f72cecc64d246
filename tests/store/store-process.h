/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-store-system.h"

/* A running aisle-store of a test's own, with a private directory. */

#define STORE_PROCESS_TOKEN "sesame-open-1234"

typedef struct
{
  GSubprocess *process;
  char *directory;
  char *data; /* path of its file */
  char *url;
  guint port;
} StoreProcess;

/* Starts the program that AISLE_STORE_PROGRAM names, on a free port, with the clock at `as_of`
 * (NULL: the real one) and `faults` (or NULL). Waits until it listens. */
StoreProcess *store_process_new (const char *as_of, const char *faults);

/* SIGKILL, then the same file again (at the same port). */
void store_process_kill (StoreProcess *store);
void store_process_start_again (StoreProcess *store);

void store_process_free (StoreProcess *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreProcess, store_process_free)

/* A connection to it, with a short time-out. */
AisleStoreSystem *store_process_connect (StoreProcess *store);

/* Stores "UK" (GBP) and "DE" (EUR) and products P0 .. P<n-1>, at most 500. */
void store_process_fill (AisleStoreSystem *system, guint n_products);

/* Changes the rules of what goes wrong. */
void store_process_set_faults (StoreProcess *store, const char *spec);

/* How many requests the first rule has looked at since it was set. */
gint64 store_process_count_requests (StoreProcess *store);
