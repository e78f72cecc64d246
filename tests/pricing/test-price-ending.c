/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-ending.h"
#include "aisle-pricing-error.h"

static AislePriceEndings
parse (const char *text)
{
  AislePriceEndings endings;
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_price_endings_parse (text, &endings, &error));
  g_assert_no_error (error);
  return endings;
}

static gint64
round_to (gint64 price,
          const char *text,
          AisleEndingDirection direction,
          gint64 lower,
          gint64 upper)
{
  AislePriceEndings endings = parse (text);
  gint64 result = -1;
  return aisle_price_round_to_ending (price, &endings, direction, lower, upper, &result) ? result
                                                                                         : -1;
}

static void
test_parse (void)
{
  AislePriceEndings endings = parse (" 99, 49 ,95");
  g_assert_cmpint (endings.modulus, ==, 100);
  g_assert_cmpuint (endings.n_endings, ==, 3);
  endings = parse ("900,950");
  g_assert_cmpint (endings.modulus, ==, 1000);
  endings = parse ("");
  g_assert_cmpuint (endings.n_endings, ==, 0);
  endings = parse (NULL);
  g_assert_cmpuint (endings.n_endings, ==, 0);

  static const char *const wrong[] = {
    "99,",   ",99",     "99,5",
    "9x",    "-9",      "1e9",
    "99 49", "1234567", "01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,17"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (aisle_price_endings_parse (wrong[i], &endings, &error));
      g_assert_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING);
    }
}

static void
test_has_ending (void)
{
  AislePriceEndings endings = parse ("99,49");
  g_assert_true (aisle_price_has_ending (299, &endings));
  g_assert_true (aisle_price_has_ending (49, &endings));
  g_assert_false (aisle_price_has_ending (300, &endings));
  g_assert_false (aisle_price_has_ending (0, &endings));
  g_assert_false (aisle_price_has_ending (-1, &endings));
  AislePriceEndings any = parse ("");
  g_assert_true (aisle_price_has_ending (300, &any));
  g_assert_false (aisle_price_has_ending (0, &any));
}

static void
test_directions (void)
{
  g_assert_cmpint (round_to (310, "99,49", AISLE_ENDING_UP, 1, 1000), ==, 349);
  g_assert_cmpint (round_to (310, "99,49", AISLE_ENDING_DOWN, 1, 1000), ==, 299);
  g_assert_cmpint (round_to (310, "99,49", AISLE_ENDING_NEAREST, 1, 1000), ==, 299);
  g_assert_cmpint (round_to (330, "99,49", AISLE_ENDING_NEAREST, 1, 1000), ==, 349);
  g_assert_cmpint (round_to (324, "99,49", AISLE_ENDING_NEAREST, 1, 1000), ==,
                   299); /* halfway: lower */
  g_assert_cmpint (round_to (349, "99,49", AISLE_ENDING_UP, 1, 1000), ==, 349);
  g_assert_cmpint (round_to (349, "99,49", AISLE_ENDING_DOWN, 1, 1000), ==, 349);
}

static void
test_bounds (void)
{
  g_assert_cmpint (round_to (310, "99,49", AISLE_ENDING_NEAREST, 300, 1000), ==, 349);
  g_assert_cmpint (round_to (330, "99,49", AISLE_ENDING_NEAREST, 1, 340), ==, 299);
  g_assert_cmpint (round_to (330, "99,49", AISLE_ENDING_UP, 1, 340), ==, -1);
  g_assert_cmpint (round_to (310, "99,49", AISLE_ENDING_NEAREST, 300, 340), ==, -1);
  g_assert_cmpint (round_to (310, "99,49", AISLE_ENDING_NEAREST, 400, 300), ==, -1);
  g_assert_cmpint (round_to (20, "99", AISLE_ENDING_DOWN, 0, 1000), ==, -1); /* no price of 0 */
  g_assert_cmpint (round_to (20, "00", AISLE_ENDING_DOWN, 0, 1000), ==, -1);
  g_assert_cmpint (round_to (20, "00", AISLE_ENDING_NEAREST, 0, 1000), ==, 100);
}

/* Walking the numbers gives exactly the prices that have an ending, in rising order. */
static void
test_ladder_is_complete (void)
{
  static const char *const lists[] = {
    "", "99,49", "00,50", "0", "9,5", "900,950,999", "99,99,99"
  };
  for (gsize l = 0; l < G_N_ELEMENTS (lists); l++)
    {
      AislePriceEndings endings = parse (lists[l]);
      gint64 index = 0;
      for (gint64 price = 1; price < 2500; price++)
        {
          g_assert_cmpint (aisle_price_ending_index (price, &endings), ==, index);
          if (aisle_price_has_ending (price, &endings))
            g_assert_cmpint (aisle_price_ending_at (index++, &endings), ==, price);
        }
    }
}

static void
test_order_does_not_matter (void)
{
  AislePriceEndings a = parse ("95,99,49"), b = parse ("49,95,99");
  for (gint64 price = 1; price < 400; price++)
    g_assert_cmpint (aisle_price_ending_index (price, &a), ==,
                     aisle_price_ending_index (price, &b));
}

static void
test_huge (void)
{
  g_assert_cmpint (
      round_to (G_GINT64_CONSTANT (100000000000042), "99", AISLE_ENDING_UP, 1, G_MAXINT64), ==,
      G_GINT64_CONSTANT (100000000000099));
  round_to (G_MAXINT64, "99", AISLE_ENDING_NEAREST, 1, G_MAXINT64); /* no overflow */
  round_to (G_MININT64, "99", AISLE_ENDING_NEAREST, G_MININT64, G_MAXINT64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pricing/ending/parse", test_parse);
  g_test_add_func ("/pricing/ending/has-ending", test_has_ending);
  g_test_add_func ("/pricing/ending/directions", test_directions);
  g_test_add_func ("/pricing/ending/bounds", test_bounds);
  g_test_add_func ("/pricing/ending/ladder-is-complete", test_ladder_is_complete);
  g_test_add_func ("/pricing/ending/order-does-not-matter", test_order_does_not_matter);
  g_test_add_func ("/pricing/ending/huge", test_huge);
  return g_test_run ();
}
