/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-money.h"
#include "aisle-workspace.h"

/* Looking up products and stores by what people write. */

/* The product of a SKU, or of a barcode where no SKU is called so, or of a SKU that differs only by
 * case where there is exactly one. 0 with AISLE_WORKSPACE_ERROR_NOT_FOUND. */
gint64 aisle_range_find_product (AisleWorkspace *workspace, const char *text, GError **error);

/* The store of a code, or of a name. 0 with AISLE_WORKSPACE_ERROR_NOT_FOUND. */
gint64 aisle_range_find_store (AisleWorkspace *workspace, const char *text, GError **error);

/* The category of a code, or of a name. 0 with AISLE_WORKSPACE_ERROR_NOT_FOUND. */
gint64 aisle_range_find_category (AisleWorkspace *workspace, const char *text, GError **error);

typedef struct
{
  gint64 id;
  char *code;
  char *name;
  char currency[AISLE_CURRENCY_SIZE];
  char *country; /* or NULL */
  char *zone;    /* an IANA name */
  gboolean prices_include_tax;
  guint opening_days; /* bit 0 = Monday .. bit 6 = Sunday */
  gboolean in_totals;
  gboolean is_generated;
  gint64 system_id; /* 0: none */
} AisleRangeStore;

/* All stores by code; elements are AisleRangeStore and belong to the array. */
GPtrArray *aisle_range_list_stores (AisleWorkspace *workspace, GError **error);
