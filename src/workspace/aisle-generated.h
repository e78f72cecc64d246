/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* What the sample's generator made up, so that whoever shows a number can say so. */

typedef enum
{
  AISLE_GENERATED_STOCK = 1 << 0,  /* on hand, on order */
  AISLE_GENERATED_SUPPLY = 1 << 1, /* lead times, case packs */
  AISLE_GENERATED_COST = 1 << 2,
  AISLE_GENERATED_SALES = 1 << 3,     /* of the store that is asked about */
  AISLE_GENERATED_CATALOG = 1 << 4,   /* categories, tax classes */
  AISLE_GENERATED_CUSTOMERS = 1 << 5, /* attributes */
  AISLE_GENERATED_BARCODES = 1 << 6,
  AISLE_GENERATED_LISTINGS = 1 << 7,
  AISLE_GENERATED_TAXES = 1 << 8,
} AisleGeneratedKinds;

/* Those of `kinds` that are generated in this workspace, in words for people ("stock", "costs");
 * empty where all is real. `store_id` 0: no store in particular, so nothing about its sales. NULL
 * with an error where the workspace cannot be read. Free with g_strfreev(). */
char **aisle_generated_list (AisleWorkspace *workspace,
                             AisleGeneratedKinds kinds,
                             gint64 store_id,
                             GError **error);
