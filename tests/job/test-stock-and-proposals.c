/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shop-fixture.h"

#include "aisle-change-draft.h"
#include "aisle-change-job.h"
#include "aisle-change.h"
#include "aisle-forecast-job.h"
#include "aisle-job-error.h"
#include "aisle-propose-job.h"
#include "aisle-shelf.h"
#include "aisle-stock-job.h"

#include <math.h>
#include <string.h>

/* The facts of the shelf, and the two jobs that start from them. */

static GPtrArray *
shelf (Shop *shop, gint64 store, gint64 product, gint64 category)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = aisle_shelf_list (shop->workspace, store, product, category, &error);
  g_assert_no_error (error);
  return rows;
}

static void
test_facts (void)
{
  g_autoptr (Shop) shop = shop_new ();
  shop_sell (shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 20, 1);
  g_autoptr (GPtrArray) rows = shelf (shop, SHOP_NORTH, SHOP_MUG, 0);
  g_assert_cmpuint (rows->len, ==, 1);
  const AisleShelfRow *row = rows->pdata[0];
  g_assert_cmpstr (row->sku, ==, "MUG");
  g_assert_cmpstr (row->store, ==, "N");
  g_assert_cmpint (row->price_minor, ==, 599);
  g_assert_true (row->price_includes_tax);
  g_assert_cmpint (row->tax_rate_ppm, ==, 200000);
  g_assert_cmpint (row->net_cost_minor, ==, 200);
  g_assert_cmpint (row->on_hand_milli, ==, 50000);
  g_assert_cmpint (row->stock_day, ==, SHOP_TODAY - 1);
  g_assert_cmpint (row->lead_time_days, ==, -1);
  g_assert_cmpint (row->first_sale, ==, SHOP_TODAY - 20);
  g_assert_cmpint (row->last_sale, ==, SHOP_TODAY - 1);
  g_assert_true (row->is_ranged);
  g_assert_false (row->has_open_change);
  /* The first price that is known is no change of price. */
  g_assert_cmpint (row->last_price_change, ==, AISLE_DATE_NONE);
}

static void
test_narrowing (void)
{
  g_autoptr (Shop) shop = shop_new ();
  const struct
  {
    int store, product, category;
    guint n;
  } cases[] = { { 0, 0, 0, 20 }, { 1, 0, 0, 4 }, { 0, 1, 0, 5 }, { 1, 1, 0, 1 },
                { 1, 0, 1, 3 },  { 1, 0, 2, 2 }, { 0, 0, 3, 5 }, { 1, SHOP_POST, 0, 0 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) rows =
          shelf (shop, cases[i].store, cases[i].product, cases[i].category);
      g_assert_cmpuint (rows->len, ==, cases[i].n);
    }
}

static void
add_price (Shop *shop, const char *kind, int gross, int from, int to)
{
  shop_sql (
      shop,
      "INSERT INTO price_ledger (product_id, store_id, currency, kind, gross_minor, net_minor,"
      " tax_rate_ppm, from_at, to_at, source) VALUES (1, 1, 'GBP', '%s', %d, %d, 200000,"
      " (%d) * 86400, nullif ((%d) * 86400, 0), 'import')",
      kind, gross, gross * 10 / 12, SHOP_TODAY + from, to ? SHOP_TODAY + to : 0);
}

/* A change of price, a promotion under way, a price of tomorrow. */
static void
test_price_in_force (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  shop_sql (shop,
            "UPDATE price_ledger SET to_at = (%d) * 86400 WHERE store_id = 1 AND product_id = 1",
            SHOP_TODAY - 40);
  add_price (shop, "regular", 649, -40, 1);
  add_price (shop, "regular", 699, 1, 0);
  add_price (shop, "promotion", 499, -20, -10);
  g_autoptr (GPtrArray) rows = shelf (shop, SHOP_NORTH, SHOP_MUG, 0);
  const AisleShelfRow *row = rows->pdata[0];
  g_assert_cmpint (row->price_minor, ==, 649);
  g_assert_cmpint (row->last_price_change, ==, SHOP_TODAY - 40);
  aisle_workspace_set_as_of (shop->workspace, SHOP_TODAY + 1);
  g_autoptr (GPtrArray) tomorrow = shelf (shop, SHOP_NORTH, SHOP_MUG, 0);
  g_assert_cmpint (((AisleShelfRow *) tomorrow->pdata[0])->price_minor, ==, 699);

  /* With the promotion, and back to the regular price after it. */
  g_autoptr (GArray) prices =
      aisle_shelf_list_prices (shop->workspace, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 30, &error);
  g_assert_no_error (error);
  const AisleShelfPrice wanted[] = { { SHOP_TODAY - 40, 649 },
                                     { SHOP_TODAY - 20, 499 },
                                     { SHOP_TODAY - 10, 649 },
                                     { SHOP_TODAY + 1, 699 } };
  g_assert_cmpuint (prices->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      const AisleShelfPrice *price = &g_array_index (prices, AisleShelfPrice, i);
      g_assert_cmpint (price->from, ==, wanted[i].from);
      g_assert_cmpint (price->price_minor, ==, wanted[i].price_minor);
    }
}

/* The cheapest supplier of today, by the terms in force; the newest row does not make a supplier
 * cheap. */
static void
test_supplier (void)
{
  g_autoptr (Shop) shop = shop_new ();
  shop_sql (shop,
            "INSERT INTO supplier (id, code, name) VALUES (1, 'A', 'Cheap'), (2, 'B', 'Dear');"
            "INSERT INTO product_supplier (product_id, supplier_id, from_day, cost_minor, currency,"
            " lead_time_days, case_pack, minimum_milli) VALUES (1, 1, 19000, 300, 'GBP', 9, 6, 0),"
            " (1, 1, 20000, 150, 'GBP', 4, 12, 24000), (1, 1, 20600, 100, 'GBP', 1, 1, 0),"
            " (1, 2, 20400, 190, 'GBP', 2, 1, 0)");
  g_autoptr (GPtrArray) rows = shelf (shop, SHOP_NORTH, SHOP_MUG, 0);
  const AisleShelfRow *row = rows->pdata[0];
  g_assert_cmpstr (row->supplier, ==, "Cheap");
  g_assert_cmpint (row->lead_time_days, ==, 4);
  g_assert_cmpint (row->case_pack, ==, 12);
  g_assert_cmpint (row->minimum_order_milli, ==, 24000);
}

/* Landed before invoice; what a supplier pays towards a promotion is no cost. */
static void
test_cost (void)
{
  g_autoptr (Shop) shop = shop_new ();
  shop_sql (shop, "INSERT INTO cost (product_id, kind, from_day, net_minor, currency) VALUES"
                  " (1, 'funded', 20000, 50, 'GBP')");
  g_autoptr (GPtrArray) rows = shelf (shop, SHOP_NORTH, SHOP_MUG, 0);
  g_assert_cmpint (((AisleShelfRow *) rows->pdata[0])->net_cost_minor, ==, 200);
  shop_sql (shop, "INSERT INTO cost (product_id, kind, from_day, net_minor, currency) VALUES"
                  " (1, 'landed', 17000, 230, 'GBP')");
  g_autoptr (GPtrArray) again = shelf (shop, SHOP_NORTH, SHOP_MUG, 0);
  g_assert_cmpint (((AisleShelfRow *) again->pdata[0])->net_cost_minor, ==, 230);
  g_autoptr (GPtrArray) paris = shelf (shop, SHOP_PARIS, SHOP_MUG, 0);
  g_assert_cmpint (((AisleShelfRow *) paris->pdata[0])->net_cost_minor, ==, AISLE_SHELF_UNKNOWN);
}

static void
test_ranged (void)
{
  g_autoptr (Shop) shop = shop_new ();
  shop_sql (shop,
            "UPDATE listing SET to_day = %d WHERE store_id = 1 AND product_id = 1;"
            "UPDATE listing SET from_day = %d WHERE store_id = 1 AND product_id = 2;"
            "DELETE FROM listing WHERE store_id = 2",
            SHOP_TODAY - 1, SHOP_TODAY + 1);
  g_autoptr (GPtrArray) rows = shelf (shop, SHOP_NORTH, 0, 0);
  for (guint i = 0; i < rows->len; i++)
    {
      const AisleShelfRow *row = rows->pdata[i];
      g_assert_cmpint (row->is_ranged, ==,
                       row->product_id != SHOP_MUG && row->product_id != SHOP_JAR);
    }
  g_autoptr (GPtrArray) south = shelf (shop, SHOP_SOUTH, SHOP_MUG, 0);
  g_assert_true (((AisleShelfRow *) south->pdata[0])->is_ranged);
}

/* --- stock ---------------------------------------------------------------------------------------
 */

static void
forecast (Shop *shop)
{
  g_autoptr (GError) error = NULL;
  AisleForecastJobOptions options = { 0 };
  AisleForecastJobResult result;
  aisle_forecast_job_run (shop->workspace, &options, NULL, &result, &error);
  g_assert_no_error (error);
}

static const AisleStockRow *
find_stock (const AisleStockList *list, const char *sku)
{
  for (guint i = 0; i < list->rows->len; i++)
    {
      const AisleStockRow *row = &g_array_index (list->rows, AisleStockRow, i);
      if (strcmp (row->facts->sku, sku) == 0)
        return row;
    }
  g_error ("%s is not in the list", sku);
}

static void
test_stock_without_forecast (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleStockList) list = aisle_stock_job_list (shop->workspace, SHOP_SOUTH, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (list->run_id, ==, 0);
  g_assert_cmpuint (list->rows->len, ==, 4);
  const AisleStockRow *mug = find_stock (list, "MUG");
  g_assert_true (isnan (mug->daily_demand));
  g_assert_cmpint (mug->result.order_quantity_milli, ==, 0);
}

/* What a store gave up and has sold out is no row; while some is left, it is one. */
static void
test_stock_given_up (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  shop_sql (shop,
            "UPDATE listing SET to_day = %d WHERE store_id = 2 AND product_id IN (1, 2);"
            "UPDATE stock_day SET on_hand_milli = 0, on_order_milli = 0"
            " WHERE store_id = 2 AND product_id IN (1, 3)",
            SHOP_TODAY - 10);
  g_autoptr (AisleStockList) list = aisle_stock_job_list (shop->workspace, SHOP_SOUTH, 0, &error);
  g_assert_no_error (error);
  gboolean has_jar = FALSE, has_tin = FALSE;
  for (guint i = 0; i < list->rows->len; i++)
    {
      const AisleStockRow *row = &g_array_index (list->rows, AisleStockRow, i);
      g_assert_cmpint (row->facts->product_id, !=, SHOP_MUG);
      has_jar |= row->facts->product_id == SHOP_JAR;
      has_tin |= row->facts->product_id == SHOP_TIN && row->result.status == AISLE_STOCK_OUT;
    }
  g_assert_true (has_jar && has_tin);
}

static void
test_stock (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  shop_sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 100, 7); /* 8 a day: 50 last six days */
  shop_sell (shop, SHOP_SOUTH, SHOP_JAR, SHOP_TODAY - 100, 1);
  shop_sell (shop, SHOP_SOUTH, SHOP_TIN, SHOP_TODAY - 100, 2);
  shop_sql (shop,
            "DELETE FROM sale_day WHERE product_id = 3 AND day > %d;"
            "UPDATE stock_day SET on_hand_milli = 0 WHERE store_id = 2 AND product_id = 2;"
            "UPDATE stock_day SET on_hand_milli = -3000 WHERE store_id = 2 AND product_id = 4;"
            "INSERT INTO supplier (id, code, name) VALUES (1, 'A', 'Cheap');"
            "INSERT INTO product_supplier (product_id, supplier_id, from_day, cost_minor, currency,"
            " lead_time_days, case_pack) SELECT id, 1, 0, 150, 'GBP', 7, 12 FROM product",
            SHOP_TODAY - 40);
  forecast (shop);
  g_autoptr (AisleStockList) list = aisle_stock_job_list (shop->workspace, SHOP_SOUTH, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (list->run_day, ==, SHOP_TODAY);
  const AisleStockRow *mug = find_stock (list, "MUG"), *jar = find_stock (list, "JAR"),
                      *tin = find_stock (list, "TIN"), *pen = find_stock (list, "PEN");
  g_assert_cmpint (mug->result.status, ==, AISLE_STOCK_LOW);
  g_assert_cmpfloat_with_epsilon (mug->daily_demand, 8, 1.5);
  /* Two weeks of 8 a day less the 50, in whole cases. */
  g_assert_cmpint (mug->result.order_quantity_milli % 12000, ==, 0);
  g_assert_cmpint (mug->result.order_quantity_milli, >=, 48000);
  g_assert_cmpint (mug->result.order_quantity_milli, <=, 120000);
  g_assert_cmpint (jar->result.status, ==, AISLE_STOCK_OUT);
  g_assert_cmpint (jar->result.order_quantity_milli, >, 0);
  g_assert_cmpint (tin->result.status, ==, AISLE_STOCK_SLOW);
  g_assert_cmpint (tin->result.order_quantity_milli, ==, 0);
  g_assert_cmpint (pen->result.status, ==, AISLE_STOCK_CHECK);
  g_assert_cmpint (pen->result.order_quantity_milli, ==, 0);
}

/* --- proposals
 * -------------------------------------------------------------------------------------- */

static gboolean
propose (Shop *shop,
         const char *name,
         AisleProposeOptions options,
         AisleProposeResult *result,
         GError **error)
{
  g_autoptr (AislePerson) person = shop_person (shop, name);
  return aisle_propose_prices_job (shop->workspace, person, &options, NULL, result, error);
}

/* 50 mugs at one a week in North, at most; a pen below its margin everywhere. */
static Shop *
overstocked_shop (void)
{
  Shop *shop = shop_new ();
  for (int store = SHOP_NORTH; store <= SHOP_EXTRA; store++)
    {
      shop_sell (shop, store, SHOP_MUG, SHOP_TODAY - 120, 2);
      shop_sell (shop, store, SHOP_PEN, SHOP_TODAY - 120, 2);
      shop_sell (shop, store, SHOP_JAR, SHOP_TODAY - 120, 2);
    }
  shop_sql (shop,
            "UPDATE stock_day SET on_hand_milli = 500000 WHERE store_id = 1 AND product_id = 1;"
            "UPDATE stock_day SET on_hand_milli = 20000 WHERE product_id IN (2, 4)");
  forecast (shop);
  return shop;
}

static void
test_propose (void)
{
  g_autoptr (Shop) shop = overstocked_shop ();
  g_autoptr (GError) error = NULL;
  g_auto (AisleProposeResult) result = { 0 };
  g_assert_true (propose (shop, "ana", (AisleProposeOptions){ 0 }, &result, &error));
  g_assert_no_error (error);
  /* North (mug and pen), South and Lone (pen); Extra is not in the totals, Paris has no costs. */
  g_assert_cmpuint (result.change_ids->len, ==, 3);
  g_assert_cmpuint (result.n_lines, ==, 4);
  g_assert_cmpuint (result.n_left_out, ==, 0);
  g_assert_cmpint (result.horizon_days, ==, 28);
  int first = (int) g_array_index (result.change_ids, gint64, 0);
  g_autoptr (AisleChange) change = NULL;
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (AisleChange) found =
          aisle_change_load (shop->workspace, g_array_index (result.change_ids, gint64, i), &error);
      g_assert_cmpint (found->state, ==, AISLE_CHANGE_DRAFT);
      g_assert_cmpstr (found->author, ==, "ana");
      g_assert_cmpstr (found->objective, ==, "margin");
      for (guint k = 0; k < found->lines->len; k++)
        g_assert_cmpstr (((AisleChangeLine *) found->lines->pdata[k])->store, ==,
                         ((AisleChangeLine *) found->lines->pdata[0])->store);
      if (strcmp (((AisleChangeLine *) found->lines->pdata[0])->store, "N") == 0)
        change = g_steal_pointer (&found);
    }
  g_assert_nonnull (change);
  g_assert_cmpuint (change->lines->len, ==, 2);
  const AisleChangeLine *mug = change->lines->pdata[0], *pen = change->lines->pdata[1];
  g_assert_cmpstr (mug->sku, ==, "MUG");
  g_assert_cmpint (mug->after_minor, <, 599);
  g_assert_nonnull (strstr (mug->reason, "Clear overstock: The stock covers"));
  g_assert_nonnull (strstr (mug->reason, "of stock, at cost, then sells within 28 days"));
  g_assert_nonnull (mug->expected);
  g_assert_cmpint (pen->after_minor, >, 249);
  g_assert_nonnull (strstr (pen->reason, "Protect margin"));
  /* What is proposed passes its own guardrails. */
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  g_assert_true (aisle_change_submit (shop->workspace, ana, change->id, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (
      shop_number (shop, "SELECT count (*) FROM change_finding WHERE change_id >= %d", first), ==,
      0);
}

/* A second proposal leaves alone what is under way, and what a running promotion claims. */
static void
test_propose_locked (void)
{
  g_autoptr (Shop) shop = overstocked_shop ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  g_auto (AisleProposeResult) first = { 0 };
  AisleProposeOptions north = { .store_id = SHOP_NORTH };
  g_assert_true (propose (shop, "ana", north, &first, &error));
  g_assert_cmpuint (first.n_lines, ==, 2);
  g_assert_true (aisle_change_submit (shop->workspace, ana,
                                      g_array_index (first.change_ids, gint64, 0), NULL, &error));
  g_assert_no_error (error);
  g_auto (AisleProposeResult) second = { 0 };
  g_assert_false (propose (shop, "ana", north, &second, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_NOTHING_TO_DO, "none should change");
}

static void
test_propose_most_telling (void)
{
  g_autoptr (Shop) shop = overstocked_shop ();
  g_autoptr (GError) error = NULL;
  g_auto (AisleProposeResult) result = { 0 };
  g_assert_true (propose (shop, "ana", (AisleProposeOptions){ .max_lines = 1 }, &result, &error));
  g_assert_cmpuint (result.n_lines, ==, 1);
  g_assert_cmpuint (result.n_left_out, ==, 3);
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM change_line"), ==, 1);
}

static gint64
price_of_mug (Shop *shop, const AisleProposeResult *result)
{
  return shop_number (shop,
                      "SELECT after_minor FROM change_line WHERE product_id = 1 AND change_id = %d",
                      (int) g_array_index (result->change_ids, gint64, 0));
}

static void
test_propose_objective (void)
{
  g_autoptr (Shop) shop = overstocked_shop ();
  g_autoptr (GError) error = NULL;
  g_auto (AisleProposeResult) margin = { 0 };
  g_auto (AisleProposeResult) clear = { 0 };
  AisleProposeOptions options = { .store_id = SHOP_NORTH, .objective = AISLE_OBJECTIVE_MARGIN };
  g_assert_true (propose (shop, "ana", options, &margin, &error));
  options.objective = AISLE_OBJECTIVE_CLEAR;
  g_assert_true (propose (shop, "ana", options, &clear, &error));
  gint64 by_margin = price_of_mug (shop, &margin), by_clear = price_of_mug (shop, &clear);
  g_assert_cmpint (by_clear, <=, by_margin);
}

/* Proposals are for the stores that one is for. */
static void
test_propose_scope (void)
{
  g_autoptr (Shop) shop = overstocked_shop ();
  g_autoptr (GError) error = NULL;
  g_auto (AisleProposeResult) result = { 0 };
  g_assert_true (propose (shop, "tom", (AisleProposeOptions){ 0 }, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (
      shop_number (shop, "SELECT min (store_id) = 2 AND max (store_id) = 2 FROM change_line"), ==,
      1);
  aisle_propose_result_clear (&result);
  g_assert_false (
      propose (shop, "tom", (AisleProposeOptions){ .store_id = SHOP_NORTH }, &result, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "not among tom's stores");
}

static void
test_propose_refused (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_auto (AisleProposeResult) result = { 0 };
  g_assert_false (propose (shop, "ana", (AisleProposeOptions){ 0 }, &result, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_NOTHING_TO_DO, "forecast run");
  aisle_propose_result_clear (&result);
  g_assert_false (propose (shop, "ben", (AisleProposeOptions){ 0 }, &result, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "merchandiser");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/shelf/facts", test_facts);
  g_test_add_func ("/job/shelf/narrowing", test_narrowing);
  g_test_add_func ("/job/shelf/price-in-force", test_price_in_force);
  g_test_add_func ("/job/shelf/supplier", test_supplier);
  g_test_add_func ("/job/shelf/cost", test_cost);
  g_test_add_func ("/job/shelf/ranged", test_ranged);
  g_test_add_func ("/job/stock/without-forecast", test_stock_without_forecast);
  g_test_add_func ("/job/stock/statuses", test_stock);
  g_test_add_func ("/job/stock/statuses-given-up", test_stock_given_up);
  g_test_add_func ("/job/propose/drafts", test_propose);
  g_test_add_func ("/job/propose/locked", test_propose_locked);
  g_test_add_func ("/job/propose/most-telling", test_propose_most_telling);
  g_test_add_func ("/job/propose/objective", test_propose_objective);
  g_test_add_func ("/job/propose/scope", test_propose_scope);
  g_test_add_func ("/job/propose/refused", test_propose_refused);
  return g_test_run ();
}
