/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shop-fixture.h"

#include "aisle-demand.h"

#include <math.h>
#include <string.h>

static AisleDemand *
load (Shop *shop)
{
  g_autoptr (GError) error = NULL;
  AisleDemand *demand = aisle_demand_load (shop->workspace, SHOP_TODAY, 0, 0, &error);
  g_assert_no_error (error);
  return demand;
}

static void
sell (Shop *shop, int store, int product, AisleDate day, int units, int demand)
{
  shop_sql (shop,
            "INSERT INTO sale_day (store_id, product_id, day, units_milli, demand_milli) VALUES"
            " (%d, %d, %d, %d, %d)",
            store, product, day, units * 1000, demand * 1000);
}

static void
test_empty (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (AisleDemand) demand = load (shop);
  g_assert_cmpuint (demand->n_series, ==, 0);
  g_assert_cmpuint (demand->offsets[0], ==, 0);
}

/* Zeros between sales and up to yesterday; today and services and delisted products are not in. */
static void
test_days (void)
{
  g_autoptr (Shop) shop = shop_new ();
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 10, 3, 3);
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 7, 5, 4);
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY, 9, 9);
  sell (shop, SHOP_SOUTH, SHOP_POST, SHOP_TODAY - 7, 5, 5);
  sell (shop, SHOP_SOUTH, SHOP_OLD, SHOP_TODAY - 7, 5, 5);
  g_autoptr (AisleDemand) demand = load (shop);
  g_assert_cmpuint (demand->n_series, ==, 1);
  g_assert_cmpint (demand->store_ids[0], ==, SHOP_SOUTH);
  g_assert_cmpint (demand->product_ids[0], ==, SHOP_MUG);
  g_assert_cmpint (demand->first_days[0], ==, SHOP_TODAY - 10);
  g_assert_cmpuint (demand->offsets[1], ==, 10);
  const double wanted[] = { 3, 0, 0, 4, 0, 0, 0, 0, 0, 0 };
  for (gsize i = 0; i < 10; i++)
    g_assert_cmpfloat (demand->values[i], ==, wanted[i]);
}

/* What came back before the first sale is no demand; more cancelled than sold is none either. */
static void
test_returns (void)
{
  g_autoptr (Shop) shop = shop_new ();
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 6, 0, -2);
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 5, 0, 0);
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 4, 2, 2);
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 3, 1, -5);
  sell (shop, SHOP_SOUTH, SHOP_JAR, SHOP_TODAY - 3, 0, -5);
  g_autoptr (AisleDemand) demand = load (shop);
  g_assert_cmpuint (demand->n_series, ==, 1);
  g_assert_cmpint (demand->first_days[0], ==, SHOP_TODAY - 4);
  g_assert_cmpfloat (demand->values[0], ==, 2);
  g_assert_cmpfloat (demand->values[1], ==, 0);
}

/* Sundays in North, a holiday of the country, the days before a store opened: missing, not zero.
 * Sales on such a day did happen. */
static void
test_closed (void)
{
  g_autoptr (Shop) shop = shop_new ();
  /* Yesterday was a Sunday. */
  sell (shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 9, 1, 1);
  sell (shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 8, 7, 7);
  shop_sql (
      shop,
      "INSERT INTO calendar_day (day, country, is_closed) VALUES (%d, 'GB', 1), (%d, 'FR', 1)",
      SHOP_TODAY - 4, SHOP_TODAY - 5);
  g_autoptr (AisleDemand) demand = load (shop);
  g_assert_cmpuint (demand->offsets[1], ==, 9);
  g_assert_cmpfloat (demand->values[1], ==, 7);
  g_assert_true (isnan (demand->values[8]));
  g_assert_true (isnan (demand->values[5]));
  g_assert_cmpfloat (demand->values[4], ==, 0);
  g_assert_cmpfloat (demand->values[7], ==, 0);

  shop_sql (shop, "UPDATE store SET closed_day = %d, opened_day = %d WHERE id = 1", SHOP_TODAY + 3,
            SHOP_TODAY + 1);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *is_closed =
      aisle_demand_closed_days (shop->workspace, SHOP_NORTH, SHOP_TODAY, 7, &error);
  g_assert_no_error (error);
  const guint8 wanted[] = { 1, 0, 0, 1, 1, 1, 1 };
  g_assert_cmpmem (is_closed, 7, wanted, 7);
}

static void
test_unavailable (void)
{
  g_autoptr (Shop) shop = shop_new ();
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 4, 2, 2);
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 3, 0, 0);
  sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 2, 0, 0);
  shop_sql (shop, "UPDATE sale_day SET is_available = 0 WHERE day = %d", SHOP_TODAY - 3);
  shop_sql (shop, "UPDATE sale_day SET is_available = 1 WHERE day = %d", SHOP_TODAY - 2);
  g_autoptr (AisleDemand) demand = load (shop);
  g_assert_true (isnan (demand->values[1]));
  g_assert_cmpfloat (demand->values[2], ==, 0);
}

/* Equal data, equal hash; one unit more, another one. */
static void
test_hash (void)
{
  g_autoptr (Shop) shop = shop_new ();
  shop_sell (shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 30, 2);
  shop_sell (shop, SHOP_SOUTH, SHOP_JAR, SHOP_TODAY - 20, 2);
  g_autoptr (AisleDemand) one = load (shop);
  g_autoptr (AisleDemand) two = load (shop);
  g_assert_cmpmem (one->input_hash, 32, two->input_hash, 32);
  shop_sql (
      shop,
      "UPDATE sale_day SET demand_milli = demand_milli + 1000 WHERE day = %d AND store_id = 2",
      SHOP_TODAY - 5);
  g_autoptr (AisleDemand) three = load (shop);
  g_assert_cmpint (memcmp (one->input_hash, three->input_hash, 32), !=, 0);
}

static void
test_narrowed (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  shop_sell (shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 30, 2);
  shop_sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 20, 2);
  shop_sell (shop, SHOP_SOUTH, SHOP_JAR, SHOP_TODAY - 20, 2);
  g_autoptr (AisleDemand) south =
      aisle_demand_load (shop->workspace, SHOP_TODAY, SHOP_SOUTH, 0, &error);
  g_assert_cmpuint (south->n_series, ==, 2);
  g_autoptr (AisleDemand) mug =
      aisle_demand_load (shop->workspace, SHOP_TODAY, 0, SHOP_MUG, &error);
  g_assert_cmpuint (mug->n_series, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/demand/empty", test_empty);
  g_test_add_func ("/job/demand/days", test_days);
  g_test_add_func ("/job/demand/returns", test_returns);
  g_test_add_func ("/job/demand/closed", test_closed);
  g_test_add_func ("/job/demand/unavailable", test_unavailable);
  g_test_add_func ("/job/demand/hash", test_hash);
  g_test_add_func ("/job/demand/narrowed", test_narrowed);
  return g_test_run ();
}
