/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-store-http.h"
#include "aisle-store-system-private.h"

/* The connector for `aisle-store`, in two files: prices and promotions, and whole tables. */

typedef struct
{
  AisleStoreSystem base;
  AisleStoreHttp *http;
} AisleStoreAisle;

/* Always FALSE, with AISLE_STORE_ERROR_UNKNOWN: the answer is JSON, but not the one that was due.
 */
gboolean aisle_store_aisle_fail_shape (AisleStoreAisle *aisle, const char *what, GError **error);

/* "results" of a batch into `results`; `keys[i]` must be what each result is about. */
gboolean aisle_store_aisle_read_results (AisleStoreAisle *aisle,
                                         JsonObject *body,
                                         const char *const *keys,
                                         gsize n_items,
                                         AisleStoreItemResult *results,
                                         GError **error);

/* ,"name":"2026-01-31T08:00:00Z" */
void aisle_store_aisle_append_time (GString *out, const char *name, gint64 seconds);

/* 0 where there is no such member or it is no time. */
gint64 aisle_store_aisle_get_time (JsonObject *object, const char *name);

/* aisle-store-aisle-tables.c */
AisleStorePage *aisle_store_aisle_pull (AisleStoreSystem *system,
                                        AisleStoreTable table,
                                        const char *store,
                                        const char *cursor,
                                        GCancellable *cancellable,
                                        GError **error);
gboolean aisle_store_aisle_fill (AisleStoreSystem *system,
                                 AisleStoreTable table,
                                 const AisleStoreRecord *records,
                                 gsize n_records,
                                 AisleStoreItemResult *results,
                                 GCancellable *cancellable,
                                 GError **error);
