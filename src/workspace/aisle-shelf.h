/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* The facts about a product in a store that pricing and stock decisions start from, read together
 * in one pass. */

#define AISLE_SHELF_UNKNOWN G_MININT64

typedef struct
{
  gint64 store_id;
  gint64 product_id;
  char *sku;
  char *name;
  char *store;          /* code */
  const char *currency; /* of the store; interned */
  gint64 price_minor;   /* shelf price in force, or AISLE_SHELF_UNKNOWN */
  gboolean price_includes_tax;
  AisleDate last_price_change; /* day the regular price took the place of another one, in the
                                * store's zone; AISLE_DATE_NONE: never, as far as is known */
  gint64 tax_rate_ppm;         /* AISLE_SHELF_UNKNOWN: no tax class or rate known */
  gint64 net_cost_minor;       /* of a unit, in the store's currency, landed before invoice; or
                                * AISLE_SHELF_UNKNOWN */
  gint64 on_hand_milli;        /* last known, or AISLE_SHELF_UNKNOWN */
  gint64 on_order_milli;       /* 0 where unknown */
  AisleDate stock_day;         /* of on hand, or AISLE_DATE_NONE */
  int lead_time_days;          /* of the cheapest supplier today, or -1 */
  int case_pack;               /* 1 where unknown */
  gint64 minimum_order_milli;  /* 0 where unknown */
  char *supplier;              /* name, or NULL */
  AisleDate first_sale;        /* AISLE_DATE_NONE: never sold */
  AisleDate last_sale;
  gboolean is_ranged;       /* listed today; TRUE where a store has no listings at all */
  gboolean has_open_change; /* a price or promotion is submitted, approved, being pushed, or
                             * a promotion is running */
} AisleShelfRow;

/* The rows of goods (no services) that a store ranges, sold or has stock of, by store code and SKU.
 * `store_id`, `product_id`, `category_id` (with all below it) 0: all. Elements belong to the array.
 */
GPtrArray *aisle_shelf_list (AisleWorkspace *workspace,
                             gint64 store_id,
                             gint64 product_id,
                             gint64 category_id,
                             GError **error);

/* A shelf price that came into force on a day (in the store's zone). */
typedef struct
{
  AisleDate from;
  gint64 price_minor;
} AisleShelfPrice;

/* All shelf prices of a product in a store, promotions included, from the one in force on `since`
 * on: when a promotion ends, the regular price is an entry again. In order of time. Free with
 * g_array_unref(). */
GArray *aisle_shelf_list_prices (AisleWorkspace *workspace,
                                 gint64 store_id,
                                 gint64 product_id,
                                 AisleDate since,
                                 GError **error);
