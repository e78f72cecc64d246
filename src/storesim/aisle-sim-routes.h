/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-sim-request.h"

/* Which handler answers which method and path, and the handlers, one file a family. */

typedef struct
{
  const char *method;
  const char *path;  /* exact; one that ends in "/{name}" takes any last part */
  gboolean is_write; /* runs in a transaction and honours Idempotency-Key */
  AisleSimHandler handler;
} AisleSimRoute;

/* NULL where nothing answers; `is_known_path` then tells 405 from 404. `name` gets the (still
 * escaped) last part of the path for a route with {name}, else NULL; it points into `path`. */
const AisleSimRoute *aisle_sim_routes_find (const char *method,
                                            const char *path,
                                            const char **name,
                                            gboolean *is_known_path);

/* aisle-sim-tables.c: whole tables by page, and rows put in */
gboolean aisle_sim_list_stores (AisleSimRequest *request);
gboolean aisle_sim_list_products (AisleSimRequest *request);
gboolean aisle_sim_list_stock (AisleSimRequest *request);
gboolean aisle_sim_list_sales (AisleSimRequest *request);
gboolean aisle_sim_list_prices (AisleSimRequest *request);
gboolean aisle_sim_list_promotions (AisleSimRequest *request);
gboolean aisle_sim_list_orders (AisleSimRequest *request);
gboolean aisle_sim_list_adjustments (AisleSimRequest *request);

/* aisle-sim-upserts.c */
gboolean aisle_sim_put_stores (AisleSimRequest *request);
gboolean aisle_sim_put_products (AisleSimRequest *request);
gboolean aisle_sim_put_stock (AisleSimRequest *request);
gboolean aisle_sim_put_sales (AisleSimRequest *request);

/* aisle-sim-prices.c */
gboolean aisle_sim_write_prices (AisleSimRequest *request);
gboolean aisle_sim_query_prices (AisleSimRequest *request);
gboolean aisle_sim_get_effective_price (AisleSimRequest *request);
gboolean aisle_sim_query_effective_prices (AisleSimRequest *request);

/* aisle-sim-promotions.c */
gboolean aisle_sim_create_promotion (AisleSimRequest *request);
gboolean aisle_sim_get_promotion (AisleSimRequest *request);
gboolean aisle_sim_end_promotion (AisleSimRequest *request);
gboolean aisle_sim_delete_promotion (AisleSimRequest *request);

/* aisle-sim-orders.c */
gboolean aisle_sim_create_order (AisleSimRequest *request);
gboolean aisle_sim_create_adjustment (AisleSimRequest *request);

/* aisle-sim-lookup.c: what handlers ask the file. 1 there, 0 not, -1 failed with `error`. */
int
aisle_sim_find_store (AisleSimRequest *request, const char *code, char currency[4], GError **error);
int aisle_sim_find_product (AisleSimRequest *request, const char *sku, GError **error);

/* The regular price of a product in a store and currency. */
int aisle_sim_find_price (AisleSimRequest *request,
                          const char *store,
                          const char *sku,
                          const char *currency,
                          gint64 *minor,
                          gint64 *revision,
                          gint64 *updated_at,
                          GError **error);

/* NULL, or why `text` cannot be a code or name: absent, empty or longer than 200 bytes. */
const char *aisle_sim_check_text (const char *text);
