/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-shelf.h"
#include "aisle-stock-status.h"
#include "aisle-workspace.h"

/* How every product stands in a store: facts from the workspace and the last forecast, judged by
 * the inventory engine. */

#define AISLE_STOCK_JOB_LEAD_TIME_DAYS 7 /* where no supplier says */
#define AISLE_STOCK_JOB_REVIEW_DAYS 7    /* orders once a week */
#define AISLE_STOCK_JOB_SERVICE_LEVEL 0.95

typedef struct
{
  AisleShelfRow *facts; /* owned by the list it came from */
  AisleStockResult result;
  double daily_demand; /* mean of the forecast, units a day; NaN without a forecast */
} AisleStockRow;

typedef struct
{
  GPtrArray *facts;  /* of AisleShelfRow */
  GArray *rows;      /* of AisleStockRow */
  gint64 run_id;     /* the forecast used; 0: none yet */
  AisleDate run_day; /* its business date */
} AisleStockList;

void aisle_stock_list_free (AisleStockList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleStockList, aisle_stock_list_free)

/* `store_id` and `category_id` 0: all. Without a forecast the rows say so by NaN. What a store no
 * longer ranges, has nothing of and has not ordered is no row. */
AisleStockList *aisle_stock_job_list (AisleWorkspace *workspace,
                                      gint64 store_id,
                                      gint64 category_id,
                                      GError **error);
