/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "aisle-money.h"

static void
test_currencies (void)
{
  static const struct
  {
    const char *code;
    int digits;
  } known[] = { { "GBP", 2 },   { "EUR", 2 }, { "USD", 2 },  { "JPY", 0 },  { "KRW", 0 },
                { "ISK", 0 },   { "KWD", 3 }, { "TND", 3 },  { "PLN", 2 },  { "XPF", 0 },
                { "AED", 2 },   { "ZWG", 2 }, { "", -1 },    { "gbp", -1 }, { "XXX", -1 },
                { "GBPX", -1 }, { "GB", -1 }, { "ED ", -1 }, { " AE", -1 }, { "DEM", -1 } };
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpint (aisle_currency_digits (known[i].code), ==, known[i].digits);
  g_assert_cmpint (aisle_currency_digits (NULL), ==, -1);
}

static void
test_parse (void)
{
  gint64 minor = 0;
  AisleNumberFormat plain = AISLE_NUMBER_FORMAT_PLAIN, german = { ',', '.' };
  g_assert_true (aisle_money_parse ("3.49", -1, plain, "GBP", &minor, NULL));
  g_assert_cmpint (minor, ==, 349);
  g_assert_true (aisle_money_parse ("1.234,50", -1, german, "EUR", &minor, NULL));
  g_assert_cmpint (minor, ==, 123450);
  g_assert_true (aisle_money_parse ("349", -1, plain, "JPY", &minor, NULL));
  g_assert_cmpint (minor, ==, 349);
  g_assert_true (aisle_money_parse ("3.495", -1, plain, "KWD", &minor, NULL));
  g_assert_cmpint (minor, ==, 3495);

  g_autoptr (GError) error = NULL;
  g_assert_false (aisle_money_parse ("3.495", -1, plain, "GBP", &minor, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_PRECISION);
  g_clear_error (&error);
  g_assert_false (aisle_money_parse ("3.5", -1, plain, "JPY", &minor, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_PRECISION);
  g_clear_error (&error);
  g_assert_false (aisle_money_parse ("3", -1, plain, "GBB", &minor, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (aisle_money_parse ("3", -1, plain, NULL, &minor, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
}

static void
test_format (void)
{
  static const struct
  {
    gint64 minor;
    const char *currency;
    const char *plain;
    const char *shown;
  } cases[] = {
    { 349, "GBP", "3.49", "£3.49" },    { -349, "GBP", "-3.49", "-£3.49" },
    { 0, "EUR", "0.00", "€0.00" },      { 349, "JPY", "349", "¥349" },
    { 349, "PLN", "3.49", "3.49 PLN" }, { 3495, "KWD", "3.495", "3.495 KWD" },
    { -5, "USD", "-0.05", "-$0.05" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *plain = aisle_money_format_plain (cases[i].minor, cases[i].currency);
      g_autofree char *shown = aisle_money_format (cases[i].minor, cases[i].currency);
      g_assert_cmpstr (plain, ==, cases[i].plain);
      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
  g_autofree char *without = aisle_money_format (349, NULL);
  g_assert_cmpstr (without, ==, "3.49");
}

static void
test_net_and_gross (void)
{
  g_assert_cmpint (aisle_money_net_from_gross (120, 200000), ==, 100);
  g_assert_cmpint (aisle_money_gross_from_net (100, 200000), ==, 120);
  g_assert_cmpint (aisle_money_net_from_gross (999, 200000), ==, 833); /* 832.5 */
  g_assert_cmpint (aisle_money_net_from_gross (-999, 200000), ==, -833);
  g_assert_cmpint (aisle_money_gross_from_net (333, 190000), ==, 396); /* 396.27 */
  g_assert_cmpint (aisle_money_net_from_gross (0, 200000), ==, 0);
  g_assert_cmpint (aisle_money_net_from_gross (349, 0), ==, 349);
  g_assert_cmpint (aisle_money_gross_from_net (G_MAXINT64, 200000), ==, G_MAXINT64);
  g_assert_cmpint (aisle_money_gross_from_net (G_MININT64, 200000), ==, G_MININT64);
  /* Net to gross and back is the same amount at every rate of sales taxes. */
  for (gint64 rate = 0; rate <= 270000; rate += 2500)
    for (gint64 net = -2000; net <= 2000; net += 7)
      g_assert_cmpint (aisle_money_net_from_gross (aisle_money_gross_from_net (net, rate), rate),
                       ==, net);
}

static void
test_less_percent (void)
{
  g_assert_cmpint (aisle_money_less_percent (1000, 99000, AISLE_ROUND_HALF_UP), ==, 901);
  g_assert_cmpint (aisle_money_less_percent (999, 500000, AISLE_ROUND_HALF_UP), ==, 500);
  g_assert_cmpint (aisle_money_less_percent (997, 500000, AISLE_ROUND_HALF_EVEN), ==, 498);
  g_assert_cmpint (aisle_money_less_percent (1000, 0, AISLE_ROUND_HALF_UP), ==, 1000);
  g_assert_cmpint (aisle_money_less_percent (1000, 1000000, AISLE_ROUND_HALF_UP), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/money/currencies", test_currencies);
  g_test_add_func ("/core/money/parse", test_parse);
  g_test_add_func ("/core/money/format", test_format);
  g_test_add_func ("/core/money/net-and-gross", test_net_and_gross);
  g_test_add_func ("/core/money/less-percent", test_less_percent);
  return g_test_run ();
}
