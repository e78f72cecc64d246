/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* Daily demand of every product in every store where it sold, as the forecast engine takes it: one
 * contiguous array, series by series, from the first sale to the day before `until`. A day without
 * sales is 0; a day on which the store is closed (by its opening days, the
 * calendar, before it opened or from its closing day on) or on which
 * the product was known not to be available is NaN. Services and delisted products are left out. */
typedef struct
{
  gsize n_series;
  gint64 *store_ids;     /* [n_series] */
  gint64 *product_ids;   /* [n_series] */
  AisleDate *first_days; /* [n_series] the day of the first value */
  gsize *offsets;        /* [n_series + 1] into values */
  double *values;        /* units a day */
  guint8 input_hash[32]; /* SHA-256 of all of the above */
} AisleDemand;

/* `until`: the first day that is not in (the business date). `store_id` and `product_id` 0: all. */
AisleDemand *aisle_demand_load (AisleWorkspace *workspace,
                                AisleDate until,
                                gint64 store_id,
                                gint64 product_id,
                                GError **error);
void aisle_demand_free (AisleDemand *demand);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleDemand, aisle_demand_free)

/* The days of `n_days` from `first_day` on which a store is closed: is_closed[i] is 1 then. Free
 * with g_free(). */
guint8 *aisle_demand_closed_days (AisleWorkspace *workspace,
                                  gint64 store_id,
                                  AisleDate first_day,
                                  gsize n_days,
                                  GError **error);
