/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-job-error.h"
#include "aisle-sample-job-people-private.h"
#include "aisle-sample-job-range-private.h"
#include "aisle-sample-job.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEADER "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

static AisleSampleSource *
read_text (const char *rows, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("aisle-sample-XXXXXX.csv", &path, NULL);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_autofree char *text = g_strconcat (HEADER, rows, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  AisleSampleSource *source = aisle_sample_source_read (path, NULL, error);
  g_unlink (path);
  return source;
}

/* The shipped lines, read once. */
static const AisleSampleSource *
real_source (void)
{
  static AisleSampleSource *source;
  if (!source)
    {
      g_autofree char *path = aisle_sample_job_find_lines (NULL);
      source = aisle_sample_source_read (path, NULL, NULL);
      g_assert_nonnull (source);
    }
  return source;
}

static const AisleSampleProduct *
find_product (const AisleSampleSource *source, const char *sku, guint *number)
{
  gpointer found;
  g_assert_true (g_hash_table_lookup_extended (source->sku_to_product, sku, NULL, &found));
  if (number)
    *number = GPOINTER_TO_UINT (found);
  return aisle_sample_product (source, GPOINTER_TO_UINT (found));
}

static void
test_sensible_names (void)
{
  static const char *const good[] = {
    "WHITE HANGING HEART T-LIGHT HOLDER", "BAG 125g SWIRLY MARBLES",
    "Dr. Jam's Arouzer Stress Ball",      "FLOWERS HANDBAG blue and orange",
    "3 TRADITIONAl BISCUIT CUTTERS  SET", "SOMBRERO"
  };
  static const char *const bad[] = { "",
                                     "?",
                                     "??",
                                     "damaged",
                                     "Damaged",
                                     "DAMAGED",
                                     "wrong barcode (22467)",
                                     "Thrown away-rusty",
                                     "sold as set on dotcom",
                                     "FBA",
                                     "found",
                                     "FOUND",
                                     "alan hodge cant mamage this section",
                                     "20713" };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (aisle_sample_is_sensible_name (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (aisle_sample_is_sensible_name (bad[i]));
  g_autofree char *clean = aisle_sample_clean_name ("  3 BISCUIT CUTTERS   SET ");
  g_assert_cmpstr (clean, ==, "3 BISCUIT CUTTERS SET");
}

static void
test_services (void)
{
  static const char *const services[] = { "POST",     "DOT",          "M",         "D",
                                          "C2",       "BANK CHARGES", "AMAZONFEE", "S",
                                          "CRUK",     "PADS",         "B",         "GIFT_0001_20",
                                          "DCGSSBOY", "DCGS0066P",    "23444",     "22016",
                                          "23574" };
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    g_assert_true (aisle_sample_is_service (services[i]));
  g_assert_false (aisle_sample_is_service ("85123A"));
  g_assert_false (aisle_sample_is_service ("10002"));
  g_assert_false (aisle_sample_is_service ("15056BL"));
}

static void
test_stores (void)
{
  guint n;
  const AisleSampleStore *stores = aisle_sample_get_stores (&n);
  g_autoptr (GHashTable) codes = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (strlen (stores[i].code), ==, 2);
      g_assert_true (g_hash_table_add (codes, (gpointer) stores[i].code));
      if (strcmp (stores[i].market, "EIRE") == 0)
        g_assert_cmpstr (stores[i].code, ==, "IE");
      if (strcmp (stores[i].market, "RSA") == 0)
        g_assert_cmpstr (stores[i].code, ==, "ZA");
    }
  g_assert_false (g_hash_table_contains (codes, aisle_sample_get_market_hall ()->code));
}

static void
test_case_variants_are_one (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleSampleSource) source =
      read_text ("1,85123a,?,6,2011-08-01 08:00:00,2.55,7,EIRE\n"
                 "2,85123A,WHITE HEART,6,2011-08-02 08:00:00,2.55,,United Kingdom\n"
                 "3,gift_0001_20,Dotcomgiftshop Gift Voucher £20.00,1,2011-08-02 "
                 "08:00:00,16.67,,United Kingdom\n",
                 &error);
  g_assert_no_error (error);
  g_assert_cmpuint (source->products->len, ==, 2);
  g_assert_cmpstr (find_product (source, "85123A", NULL)->name, ==, "WHITE HEART");
  g_assert_true (find_product (source, "GIFT_0001_20", NULL)->is_service);
  g_assert_cmpstr (aisle_sample_line (source, 0)->code, ==, "85123a");
}

static void
test_kinds (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleSampleSource) source =
      read_text ("1,20001,A LAMP,6,2011-08-01 08:00:00,2.55,7,France\n"
                 "C2,20001,A LAMP,-6,2011-08-01 08:16:00,2.55,7,France\n"
                 "3,20001,damaged,-40,2011-08-01 09:00:00,0.0,,France\n"
                 "4,20001,,1300,2011-08-01 09:00:00,0.0,,France\n"
                 "5,20001,A LAMP,1,2011-08-01 09:00:00,0.0,7,France\n"
                 "A6,B,Adjust bad debt,1,2011-08-01 09:00:00,-11062.06,,France\n"
                 "7,PADS,PADS TO MATCH ALL CUSHIONS,1,2011-08-01 09:00:00,0.001,7,France\n",
                 &error);
  g_assert_no_error (error);
  static const AisleSampleKind wanted[] = { AISLE_SAMPLE_SALE, AISLE_SAMPLE_RETURN,
                                            AISLE_SAMPLE_VOID, AISLE_SAMPLE_VOID,
                                            AISLE_SAMPLE_SALE, AISLE_SAMPLE_VOID,
                                            AISLE_SAMPLE_SALE };
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpint (aisle_sample_line (source, i)->kind, ==, wanted[i]);
}

/* Most frequent in the last 8 weeks; else over all; of equal ones the last; neither 0 nor 0.001 nor
 * returns. */
static void
test_inferred_prices (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleSampleSource) source =
      read_text ("1,20001,A LAMP,1,2011-01-03 08:00:00,2.55,7,France\n"
                 "2,20001,A LAMP,1,2011-01-04 08:00:00,2.55,7,France\n"
                 "3,20001,A LAMP,1,2011-01-05 08:00:00,2.55,7,France\n"
                 "4,20001,A LAMP,1,2011-08-29 08:00:00,2.95,7,France\n"
                 "C5,20001,A LAMP,-1,2011-08-30 08:00:00,1.11,7,France\n"
                 "C6,20001,A LAMP,-1,2011-08-30 08:00:00,1.11,7,France\n"
                 "7,20002,A BOX,1,2011-01-03 08:00:00,5.00,7,France\n"
                 "8,20002,A BOX,1,2011-01-04 08:00:00,4.00,7,France\n"
                 "9,20003,A PEN,1,2011-08-31 08:00:00,0.001,7,France\n",
                 &error);
  g_assert_no_error (error);
  const AisleSampleSeries *lamp = aisle_sample_series (source, 0);
  const AisleSampleSeries *box = aisle_sample_series (source, 1);
  g_assert_cmpint (lamp->net_minor, ==, 295);
  g_assert_true (lamp->is_price_recent);
  g_assert_cmpint (box->net_minor, ==, 400);
  g_assert_false (box->is_price_recent);
  g_assert_cmpint (aisle_sample_series (source, 2)->net_minor, ==, 0);
}

static void
test_bad_files (void)
{
  static const char *const rows[] = {
    "",
    "1,20001,A LAMP,six,2011-08-01 08:00:00,2.55,7,France\n",
    "1,20001,A LAMP,6,2011-02-31 08:00:00,2.55,7,France\n",
    "1,20001,A LAMP,6,2011-08-01 08:00:00,1e999,7,France\n",
    "1,20001,A LAMP,6,2011-08-01 08:00:00,2.55,7,Atlantis\n",
    "1,20001,A LAMP,6\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (read_text (rows[i], &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, "aisle-sample-"));
    }
}

static void
test_real_counts (void)
{
  const AisleSampleSource *source = real_source ();
  g_assert_cmpuint (source->lines->len, ==, 320705);
  g_assert_cmpuint (source->products->len, ==, 3680);
  guint n_stores = 0, n_void = 0;
  for (guint i = 0; i < source->n_stores; i++)
    n_stores += source->has_lines[i] != 0;
  for (guint i = 0; i < source->lines->len; i++)
    n_void += aisle_sample_line (source, i)->kind == AISLE_SAMPLE_VOID;
  g_assert_cmpuint (n_stores, ==, 37);
  g_assert_cmpuint (n_void, ==, 925 + 851 + 3);
  for (AisleDate day = source->first_day; day <= source->last_day; day++)
    if (aisle_date_weekday (day) == 6)
      g_assert_false (source->sold_on[day - source->first_day]);
  g_assert_true (aisle_sample_source_is_closed (source, aisle_date_from_ymd (2011, 4, 29)));
  g_assert_false (aisle_sample_source_is_closed (source, aisle_date_from_ymd (2011, 4, 28)));
}

static void
test_categories (void)
{
  guint n;
  const AisleSampleCategory *categories = aisle_sample_get_categories (&n);
  g_assert_cmpstr (categories[aisle_sample_find_category ("CHRISTMAS T-LIGHT HOLDER")].name, ==,
                   "Christmas");
  g_assert_cmpstr (categories[aisle_sample_find_category ("SCOTTIE DOG HOT WATER BOTTLE")].name, ==,
                   "Cushions, throws and mats");
  g_assert_cmpstr (categories[aisle_sample_find_category ("SINGLE ZINC THING")].name, ==,
                   "Decorations");
  g_assert_cmpuint (aisle_sample_find_category (NULL), ==, n - 1);
  g_assert_cmpuint (aisle_sample_find_category ("???"), ==, n - 1);
  guint n_other = 0, n_goods = 0;
  for (guint i = 0; i < real_source ()->products->len; i++)
    {
      const AisleSampleProduct *product = aisle_sample_product (real_source (), i);
      if (product->is_service || !product->name)
        continue;
      n_goods++;
      n_other += aisle_sample_find_category (product->name) == n - 1;
    }
  g_test_message ("%u of %u goods with a name are in no category", n_other, n_goods);
  g_assert_cmpfloat ((double) n_other / n_goods, <, 0.02);
}

static void
check_barcode (const char *code)
{
  guint sum = 0;
  g_assert_cmpuint (strlen (code), ==, 13);
  g_assert_true (g_str_has_prefix (code, "29"));
  for (guint i = 0; i < 13; i++)
    sum += (guint) (code[i] - '0') * (i % 2 ? 3 : 1);
  g_assert_cmpuint (sum % 10, ==, 0);
}

static void
test_range (void)
{
  const AisleSampleSource *source = real_source ();
  g_autoptr (AisleSampleRange) range = aisle_sample_range_new (source, AISLE_SAMPLE_SEED);
  guint n_listed = 0, n_thin = 0;
  for (guint i = 0; i < source->products->len; i++)
    {
      const AisleSampleItem *item = &range->items[i];
      if (aisle_sample_product (source, i)->is_service)
        {
          g_assert_cmpint (item->cost_minor, ==, 0);
          g_assert_false (item->is_listed);
          continue;
        }
      check_barcode (item->barcode);
      g_assert_cmpuint (item->case_pack, >, 0);
      g_assert_true (item->net_minor > 0 || item->cost_minor == 0);
      if (item->net_minor > 2)
        g_assert_cmpint (item->cost_minor, <, item->net_minor);
      n_listed += item->is_listed != 0;
      n_thin += item->net_minor > 0 && item->cost_minor * 100 > item->net_minor * 80;
    }
  g_assert_cmpuint (n_listed, >, 2000);
  g_assert_cmpuint (n_thin, >, 20);
  g_assert_cmpuint (n_thin, <, 400);
}

static void
test_stock_book (void)
{
  gint32 units[60], on_hand[60], on_order[60], sold[60];
  for (guint i = 0; i < 60; i++)
    units[i] = i % 7 < 5 ? 4 : 0;
  units[40] = 500;
  AisleSampleStockTask task = {
    .n_days = 60, .units = units, .case_pack = 6, .lead_time_days = 5, .cover_share = 0.3
  };
  aisle_sample_stock_simulate (&task, on_hand, on_order, NULL);
  for (guint i = 0; i < 60; i++)
    {
      g_assert_cmpint (on_hand[i], >=, 0);
      g_assert_cmpint (on_order[i] % 6, ==, 0);
    }
  task.is_binding = TRUE;
  aisle_sample_stock_simulate (&task, on_hand, on_order, sold);
  gint32 shelf = on_hand[0] + sold[0], lost = 0;
  g_assert_cmpint (shelf % 6, ==, 0);
  for (guint i = 0; i < 60; i++)
    {
      g_assert_cmpint (sold[i], <=, units[i]);
      g_assert_cmpint (on_hand[i], >=, 0);
      lost += units[i] - sold[i];
    }
  g_assert_cmpint (lost, >, 0);

  memset (units, 0, sizeof units);
  task.cover_share = 1;
  aisle_sample_stock_simulate (&task, on_hand, on_order, sold);
  g_assert_cmpint (on_hand[59], ==, 0);
  task.n_days = 0;
  aisle_sample_stock_simulate (&task, on_hand, on_order, sold);
}

static void
test_market (void)
{
  const AisleSampleSource *source = real_source ();
  g_autoptr (AisleSampleRange) range = aisle_sample_range_new (source, AISLE_SAMPLE_SEED);
  g_autoptr (AisleSampleMarket) market = aisle_sample_market_new (source, range, AISLE_SAMPLE_SEED);
  g_assert_cmpuint (market->items->len, ==, 300);
  gint64 by_weekday[8] = { 0 }, in_promotion = 0, wanted = 0, sold = 0;
  for (guint i = 0; i < market->items->len; i++)
    {
      const AisleSampleMarketItem *item = &g_array_index (market->items, AisleSampleMarketItem, i);
      g_assert_cmpint (item->gross_minor, >, range->items[item->product].cost_minor * 12 / 10);
      for (guint day = 0; day < market->n_days; day++)
        {
          g_assert_cmpint (item->units[day], <=, item->wanted[day]);
          by_weekday[aisle_date_weekday (source->first_day + (gint32) day)] += item->units[day];
          in_promotion += item->percent_off[day] > 0;
          wanted += item->wanted[day];
          sold += item->units[day];
        }
    }
  g_assert_cmpint (by_weekday[7], ==, 0);
  g_assert_cmpint (by_weekday[6], >, by_weekday[1] * 3 / 2);
  g_assert_cmpint (in_promotion, >, 500);
  g_assert_cmpint (sold, <, wanted);
  g_assert_cmpint (sold, >, wanted * 8 / 10);
}

/* The one disparity that was planted is there, about as large as the document says, and there is no
 * other. */
static void
test_planted_disparity (void)
{
  g_autoptr (GArray) customers = aisle_sample_customers_new (real_source (), AISLE_SAMPLE_SEED);
  g_assert_cmpuint (customers->len, ==, 3360);
  guint n_there = 0, n_else = 0, reduced_there = 0, reduced_else = 0, n_old = 0, reduced_old = 0;
  for (guint i = 0; i < customers->len; i++)
    {
      const AisleSampleCustomer *customer = &g_array_index (customers, AisleSampleCustomer, i);
      if (strcmp (real_source ()->stores[customer->store].code, "GB") != 0)
        continue;
      gboolean is_there = strcmp (customer->region, AISLE_SAMPLE_PLANTED_REGION) == 0;
      gboolean is_old = strcmp (customer->age_band, "60 and over") == 0;
      *(is_there ? &n_there : &n_else) += 1;
      *(is_there ? &reduced_there : &reduced_else) += customer->was_reduced != 0;
      n_old += is_old;
      reduced_old += is_old && customer->was_reduced;
    }
  double there = (double) reduced_there / n_there, others = (double) reduced_else / n_else;
  double old = (double) reduced_old / n_old;
  g_test_message ("reduced: %.3f of %u there, %.3f of %u elsewhere, %.3f of %u who are 60 and over",
                  there, n_there, others, n_else, old, n_old);
  g_assert_cmpuint (n_there, >, 120);
  g_assert_cmpfloat (there / others, <, 0.7);
  g_assert_cmpfloat (there / others, >, 0.45);
  g_assert_cmpfloat (old / others, >, 0.9);
  g_assert_cmpfloat (old / others, <, 1.1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/names", test_sensible_names);
  g_test_add_func ("/sample/services", test_services);
  g_test_add_func ("/sample/stores", test_stores);
  g_test_add_func ("/sample/case-variants", test_case_variants_are_one);
  g_test_add_func ("/sample/kinds", test_kinds);
  g_test_add_func ("/sample/inferred-prices", test_inferred_prices);
  g_test_add_func ("/sample/bad-files", test_bad_files);
  g_test_add_func ("/sample/real-counts", test_real_counts);
  g_test_add_func ("/sample/categories", test_categories);
  g_test_add_func ("/sample/range", test_range);
  g_test_add_func ("/sample/stock-book", test_stock_book);
  g_test_add_func ("/sample/market", test_market);
  g_test_add_func ("/sample/planted-disparity", test_planted_disparity);
  return g_test_run ();
}
