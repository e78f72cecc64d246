/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-stock-job.h"

#include "aisle-forecast-lookup.h"

#include <math.h>

#define MILLI 1000
#define NEGLIGIBLE 0.0005 /* units: less than half of the smallest quantity there is */

void
aisle_stock_list_free (AisleStockList *list)
{
  if (!list)
    return;
  g_clear_pointer (&list->rows, g_array_unref);
  g_clear_pointer (&list->facts, g_ptr_array_unref);
  g_free (list);
}

static int
days_between (AisleDate earlier, AisleDate later)
{
  return aisle_date_is_valid (earlier) ? MAX (later - earlier, 0) : -1;
}

/* The store does not range it any more, and has nothing of it: no row for anybody. */
static gboolean
is_gone (const AisleShelfRow *facts)
{
  return !facts->is_ranged && facts->on_order_milli == 0
         && (facts->on_hand_milli == 0 || facts->on_hand_milli == AISLE_SHELF_UNKNOWN);
}

static AisleStockRow
judge (AisleShelfRow *facts, AisleForecastLookup *forecast, AisleDate today)
{
  int lead_time =
      facts->lead_time_days >= 0 ? facts->lead_time_days : AISLE_STOCK_JOB_LEAD_TIME_DAYS;
  int days = lead_time + AISLE_STOCK_JOB_REVIEW_DAYS;
  double mean, sd;
  AisleStockRow row = { .facts = facts, .daily_demand = NAN };
  if (aisle_forecast_lookup_sum (forecast, facts->store_id, facts->product_id, today, days, &mean,
                                 &sd))
    {
      /* A demand that fades away never is quite 0, and stock would last for millions of years. */
      if (mean < NEGLIGIBLE)
        mean = 0;
      row.daily_demand = mean / days;
    }
  AisleStockSituation situation = { .on_hand_milli = facts->on_hand_milli == AISLE_SHELF_UNKNOWN
                                                         ? AISLE_QUANTITY_UNKNOWN
                                                         : facts->on_hand_milli,
                                    .on_order_milli = facts->on_order_milli,
                                    .demand_mean = mean,
                                    .demand_sd = sd,
                                    .lead_time_days = lead_time,
                                    .review_days = AISLE_STOCK_JOB_REVIEW_DAYS,
                                    .case_pack_milli = (gint64) facts->case_pack * MILLI,
                                    .minimum_order_milli = facts->minimum_order_milli,
                                    .service_level = AISLE_STOCK_JOB_SERVICE_LEVEL,
                                    .days_since_last_sale = days_between (facts->last_sale, today),
                                    .age_days = days_between (facts->first_sale, today),
                                    .is_ranged = facts->is_ranged };
  row.result = aisle_stock_status (&situation, NULL);
  return row;
}

AisleStockList *
aisle_stock_job_list (AisleWorkspace *workspace,
                      gint64 store_id,
                      gint64 category_id,
                      GError **error)
{
  g_autoptr (AisleStockList) list = g_new0 (AisleStockList, 1);
  list->facts = aisle_shelf_list (workspace, store_id, 0, category_id, error);
  if (!list->facts)
    return NULL;
  g_autoptr (AisleForecastLookup) forecast =
      aisle_forecast_lookup_new (workspace, store_id, 0, error);
  if (!forecast)
    return NULL;
  list->run_id = aisle_forecast_lookup_get_run (forecast);
  list->run_day = aisle_forecast_lookup_get_day (forecast);
  list->rows = g_array_sized_new (FALSE, FALSE, sizeof (AisleStockRow), list->facts->len);
  AisleDate today = aisle_workspace_get_business_date (workspace, NULL);
  for (guint i = 0; i < list->facts->len; i++)
    {
      if (is_gone (list->facts->pdata[i]))
        continue;
      AisleStockRow row = judge (list->facts->pdata[i], forecast, today);
      g_array_append_val (list->rows, row);
    }
  return g_steal_pointer (&list);
}
