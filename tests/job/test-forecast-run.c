/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shop-fixture.h"

#include "aisle-change-draft.h"
#include "aisle-change-job.h"
#include "aisle-forecast-job.h"
#include "aisle-forecast-lookup.h"
#include "aisle-job-error.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static Shop *
selling_shop (void)
{
  Shop *shop = shop_new ();
  shop_sell (shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 120, 4);
  shop_sell (shop, SHOP_NORTH, SHOP_JAR, SHOP_TODAY - 90, 1);
  shop_sell (shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 100, 6);
  shop_sell (shop, SHOP_EXTRA, SHOP_TIN, SHOP_TODAY - 3, 1);
  return shop;
}

static gint64
run (Shop *shop, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  AisleForecastJobOptions options = { .n_threads = n_threads };
  AisleForecastJobResult result;
  gboolean ok = aisle_forecast_job_run (shop->workspace, &options, NULL, &result, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (result.n_series, ==, 4);
  gsize n = 0;
  for (int m = 0; m < AISLE_FORECAST_N_MODELS; m++)
    n += result.n_models[m];
  g_assert_cmpuint (n, ==, 4);
  return result.run_id;
}

static void
test_record (void)
{
  g_autoptr (Shop) shop = selling_shop ();
  int id = (int) run (shop, 1);
  g_assert_cmpint (shop_number (shop,
                                "SELECT count (*) FROM forecast_series WHERE run_id = %d AND"
                                " horizon = 28 AND first_day = %d",
                                id, SHOP_TODAY),
                   ==, 4);
  g_assert_cmpint (shop_number (shop,
                                "SELECT business_day FROM run WHERE id = %d AND kind = 'forecast'"
                                " AND finished_at IS NOT NULL AND length (input_hash) = 32"
                                " AND json_extract (summary, '$.series') = 4"
                                " AND json_extract (parameters, '$.season') = 7",
                                id),
                   ==, SHOP_TODAY);
  g_assert_cmpint (shop_number (shop,
                                "SELECT count (*) FROM log_entry WHERE action = 'forecast.run' AND"
                                " object = 'run %d' AND person_id IS NULL",
                                id),
                   ==, 1);
}

static void
test_threads (void)
{
  g_autoptr (Shop) shop = selling_shop ();
  int one = (int) run (shop, 1), four = (int) run (shop, 4);
  g_assert_cmpint (
      shop_number (shop,
                   "SELECT count (*) FROM forecast_series AS a JOIN forecast_series AS b"
                   " USING (store_id, product_id, model, days, sigma) WHERE a.run_id = %d AND"
                   " b.run_id = %d AND a.error IS b.error",
                   one, four),
      ==, 4);
}

static void
check_sundays_cb (const AisleForecastRow *row, gpointer data)
{
  gsize *n = data;
  for (int h = 0; h < row->horizon; h++)
    {
      gboolean is_closed =
          row->store_id == SHOP_NORTH
          && (aisle_date_weekday (row->first_day + h) == 7 || row->first_day + h == SHOP_TODAY + 1);
      if (is_closed)
        g_assert_cmpfloat (row->mean[h] + row->upper95[h], ==, 0);
      else
        g_assert_cmpfloat (row->mean[h], >, 0);
      g_assert_cmpfloat (row->lower95[h], <=, row->lower80[h]);
      g_assert_cmpfloat (row->lower80[h], <=, row->mean[h]);
      g_assert_cmpfloat (row->mean[h], <=, row->upper80[h]);
      g_assert_cmpfloat (row->lower95[h], >=, 0);
      if (h > 0)
        g_assert_cmpfloat (row->sum_sd[h], >=, row->sum_sd[h - 1]);
      /* A closed day adds nothing to the spread. */
      if (is_closed && h > 0)
        g_assert_cmpfloat (row->sum_sd[h], ==, row->sum_sd[h - 1]);
    }
  ++*n;
}

static void
test_closed_days (void)
{
  g_autoptr (Shop) shop = selling_shop ();
  g_autoptr (GError) error = NULL;
  shop_sql (shop,
            "DELETE FROM sale_day WHERE store_id = 1 AND (day + 3) %% 7 = 6;"
            "INSERT INTO calendar_day (day, country, is_closed) VALUES (%d, 'GB', 1)",
            SHOP_TODAY + 1);
  shop_sql (shop, "UPDATE store SET country = 'IE' WHERE id <> 1");
  gint64 id = run (shop, 1);
  gsize n = 0;
  g_assert_true (
      aisle_forecast_row_foreach (shop->workspace, id, 0, 0, check_sundays_cb, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 4);
}

static gboolean
stop_cb (double share, gpointer data)
{
  const double *limit = data;
  return share < *limit;
}

/* Stopped while fitting, and while writing: nothing is left. */
static void
test_cancel (void)
{
  g_autoptr (Shop) shop = selling_shop ();
  double limits[] = { 0.01, 0.5, 0.95 };
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (GError) error = NULL;
      AisleProgress progress = { stop_cb, &limits[i] };
      AisleForecastJobOptions options = { 0 };
      AisleForecastJobResult result;
      g_assert_false (
          aisle_forecast_job_run (shop->workspace, &options, &progress, &result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (shop_number (shop,
                                    "SELECT (SELECT count (*) FROM run) + (SELECT count (*) FROM"
                                    " forecast_series) + (SELECT count (*) FROM log_entry WHERE"
                                    " action = 'forecast.run')"),
                       ==, 0);
      g_assert_false (aisle_workspace_in_transaction (shop->workspace));
    }
  run (shop, 1);
}

static void
test_no_sales (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  AisleForecastJobOptions options = { 0 };
  AisleForecastJobResult result;
  g_assert_false (aisle_forecast_job_run (shop->workspace, &options, NULL, &result, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_NOTHING_TO_DO, "import sales first");
}

static void
test_busy (void)
{
  g_autoptr (Shop) shop = selling_shop ();
  g_autoptr (GError) error = NULL;
  AisleForecastJobOptions options = { 0 };
  AisleForecastJobResult result;
  g_autoptr (AisleWorkspace) other = aisle_workspace_open_again (shop->workspace, &error);
  int lock = aisle_workspace_lock (other, "forecast", &error);
  g_assert_no_error (error);
  g_assert_false (aisle_forecast_job_run (shop->workspace, &options, NULL, &result, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_BUSY);
  aisle_workspace_unlock (lock);
}

/* Three runs are kept, and of older ones the series that stand behind evidence. */
static void
test_old_runs (void)
{
  g_autoptr (Shop) shop = selling_shop ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  int first = (int) run (shop, 1);
  AislePriceWish wish = { "MUG", "S", "5.49" };
  gint64 change = 0;
  g_assert_true (aisle_change_draft_prices (shop->workspace, ana, &wish, 1, AISLE_DATE_NONE,
                                            AISLE_DATE_NONE, NULL, &change, &error));
  g_assert_true (aisle_change_submit (shop->workspace, ana, change, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (shop_number (shop, "SELECT run_id FROM change_evidence WHERE kind = 'forecast'"),
                   ==, first);
  int second = (int) run (shop, 1);
  for (int i = 0; i < 3; i++)
    run (shop, 1);
  g_assert_cmpint (shop_number (shop, "SELECT count (DISTINCT run_id) FROM forecast_series"), ==,
                   4);
  g_assert_cmpint (
      shop_number (shop, "SELECT count (*) FROM forecast_series WHERE run_id = %d", first), ==, 1);
  g_assert_cmpint (
      shop_number (shop, "SELECT count (*) FROM forecast_series WHERE run_id = %d", second), ==, 0);
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM run"), ==, 5);
}

/* --- sums ------------------------------------------------------------------------------------ */

static void
plant (Shop *shop, int horizon, const double *mean, const double *sum_sd)
{
  g_autoptr (GError) error = NULL;
  guint8 hash[32] = { 0 };
  AisleRunRecord record = { .kind = "forecast",
                            .engine = "test",
                            .version = "1",
                            .parameters = "{}",
                            .input_hash = hash,
                            .business_day = SHOP_TODAY };
  g_assert_true (aisle_workspace_begin (shop->workspace, &error));
  g_assert_true (aisle_run_begin (shop->workspace, &record, &error));
  AisleForecastRow row = { .run_id = record.id,
                           .store_id = SHOP_NORTH,
                           .product_id = SHOP_MUG,
                           .model = "mean",
                           .first_day = SHOP_TODAY,
                           .horizon = horizon,
                           .mean = (double *) mean,
                           .lower80 = (double *) mean,
                           .upper80 = (double *) mean,
                           .lower95 = (double *) mean,
                           .upper95 = (double *) mean,
                           .sum_sd = (double *) sum_sd };
  g_assert_true (aisle_forecast_row_save (shop->workspace, &row, &error));
  g_assert_true (aisle_run_finish (shop->workspace, record.id, "{}", &error));
  g_assert_true (aisle_workspace_commit (shop->workspace, &error));
  g_assert_no_error (error);
}

static void
test_sums (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  const double mean[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  const double sum_sd[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  plant (shop, 8, mean, sum_sd);
  g_autoptr (AisleForecastLookup) lookup =
      aisle_forecast_lookup_new (shop->workspace, 0, 0, &error);
  g_assert_no_error (error);
  const struct
  {
    int first, days;
    double mean, sd;
  } cases[] = {
    { 0, 1, 1, 1 },        { 0, 8, 36, 8 }, { 3, 2, 9, 4 }, /* 4 + 5; sqrt (25 - 9) */
    { -2, 3, 1, 1 },                                        /* days before the first are left out */
    { 0, 10, 46, 8.9443 }, /* two more of the last week's mean, 5; sd 8 sqrt (10 / 8) */
    { 9, 2, 10, 4 },       /* beyond: sqrt (64 (11 / 8 - 9 / 8)) */
    { -9, 3, 0, 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double found, sd;
      g_assert_true (aisle_forecast_lookup_sum (
          lookup, SHOP_NORTH, SHOP_MUG, SHOP_TODAY + cases[i].first, cases[i].days, &found, &sd));
      g_assert_cmpfloat_with_epsilon (found, cases[i].mean, 1e-6);
      g_assert_cmpfloat_with_epsilon (sd, cases[i].sd, 1e-3);
    }
  double found, sd;
  g_assert_false (
      aisle_forecast_lookup_sum (lookup, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY, 7, &found, &sd));
  g_assert_true (isnan (found) && isnan (sd));
  g_assert_false (
      aisle_forecast_lookup_sum (lookup, SHOP_NORTH, SHOP_MUG, SHOP_TODAY, 0, &found, &sd));
}

static void
test_no_run (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleForecastLookup) lookup =
      aisle_forecast_lookup_new (shop->workspace, 0, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (aisle_forecast_lookup_get_run (lookup), ==, 0);
}

static void
test_damaged (void)
{
  g_autoptr (Shop) shop = selling_shop ();
  g_autoptr (GError) error = NULL;
  run (shop, 1);
  shop_sql (shop, "UPDATE forecast_series SET days = x'00' WHERE store_id = 2");
  g_assert_null (aisle_forecast_lookup_new (shop->workspace, 0, 0, &error));
  shop_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
                     "run the forecast again");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/forecast/record", test_record);
  g_test_add_func ("/job/forecast/threads", test_threads);
  g_test_add_func ("/job/forecast/closed-days", test_closed_days);
  g_test_add_func ("/job/forecast/cancel", test_cancel);
  g_test_add_func ("/job/forecast/no-sales", test_no_sales);
  g_test_add_func ("/job/forecast/busy", test_busy);
  g_test_add_func ("/job/forecast/old-runs", test_old_runs);
  g_test_add_func ("/job/forecast-lookup/sums", test_sums);
  g_test_add_func ("/job/forecast-lookup/no-run", test_no_run);
  g_test_add_func ("/job/forecast-lookup/damaged", test_damaged);
  return g_test_run ();
}
