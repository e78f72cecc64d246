/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "aisle-decimal.h"
#include "aisle-random.h"

#include <math.h>
#include <string.h>

#define PLAIN                                                                                      \
  {                                                                                                \
    '.', 0                                                                                         \
  }
#define ENGLISH                                                                                    \
  {                                                                                                \
    '.', ','                                                                                       \
  }
#define GERMAN                                                                                     \
  {                                                                                                \
    ',', '.'                                                                                       \
  }
#define FRENCH                                                                                     \
  {                                                                                                \
    ',', ' '                                                                                       \
  }
#define SWISS                                                                                      \
  {                                                                                                \
    '.', '\''                                                                                      \
  }
#define OK (-1)

static const struct
{
  const char *text;
  AisleNumberFormat format;
  int scale;
  int code; /* OK or an error */
  gint64 value;
} cases[] = {
  { "0", PLAIN, 2, OK, 0 },
  { "-0", PLAIN, 2, OK, 0 },
  { "12.50", PLAIN, 2, OK, 1250 },
  { " 12.5\t", PLAIN, 2, OK, 1250 },
  { "\302\24012.5\342\200\257", PLAIN, 2, OK, 1250 },
  { ".5", PLAIN, 2, OK, 50 },
  { "5.", PLAIN, 2, OK, 500 },
  { "+5", PLAIN, 0, OK, 5 },
  { "12.50-", PLAIN, 2, OK, -1250 },
  { "12.50 -", PLAIN, 2, OK, -1250 },
  { "12.50+", PLAIN, 2, OK, 1250 },
  { "(12.50)", PLAIN, 2, OK, -1250 },
  { "( 12.50 )", PLAIN, 2, OK, -1250 },
  { "\342\210\2225", PLAIN, 0, OK, -5 },
  { "007", PLAIN, 0, OK, 7 },
  { "1.5E3", PLAIN, 0, OK, 1500 },
  { "1.5e-1", PLAIN, 2, OK, 15 },
  { "1E+2", PLAIN, 0, OK, 100 },
  { "0e999999999", PLAIN, 0, OK, 0 },
  { "1,234.50", ENGLISH, 2, OK, 123450 },
  { "1,234,567", ENGLISH, 0, OK, 1234567 },
  { "1.234,50", GERMAN, 2, OK, 123450 },
  { "1.234,50-", GERMAN, 2, OK, -123450 },
  { "1 234,50", FRENCH, 2, OK, 123450 },
  { "1\302\240234,50", FRENCH, 2, OK, 123450 },
  { "1\342\200\257234\342\200\257567,50", FRENCH, 2, OK, 123456750 },
  { "1'234.50", SWISS, 2, OK, 123450 },
  { "1\342\200\231234.50", SWISS, 2, OK, 123450 },
  { "9223372036854775807", PLAIN, 0, OK, G_MAXINT64 },
  { "-9223372036854775808", PLAIN, 0, OK, G_MININT64 },
  { "92233720368547758.07", PLAIN, 2, OK, G_MAXINT64 },
  { "1.50000000000000000000000000000000000000000000000000", PLAIN, 1, OK, 15 },
  { "000000000000000000000000000000000000000000000000000000000000001", PLAIN, 0, OK, 1 },
  { "9223372036854775808", PLAIN, 0, AISLE_CORE_ERROR_RANGE, 0 },
  { "-9223372036854775809", PLAIN, 0, AISLE_CORE_ERROR_RANGE, 0 },
  { "92233720368547758.08", PLAIN, 2, AISLE_CORE_ERROR_RANGE, 0 },
  { "99999999999999999999999999999999999999999999999999", PLAIN, 0, AISLE_CORE_ERROR_RANGE, 0 },
  { "1e999", PLAIN, 2, AISLE_CORE_ERROR_RANGE, 0 },
  { "-1e999", PLAIN, 2, AISLE_CORE_ERROR_RANGE, 0 },
  { "1e99999999999999999999", PLAIN, 2, AISLE_CORE_ERROR_RANGE, 0 },
  { "1e-999", PLAIN, 2, AISLE_CORE_ERROR_PRECISION, 0 },
  { "12.505", PLAIN, 2, AISLE_CORE_ERROR_PRECISION, 0 },
  { "0.00000000000000000000000000000000000000000000000001", PLAIN, 2, AISLE_CORE_ERROR_PRECISION,
    0 },
  { "", PLAIN, 2, AISLE_CORE_ERROR_EMPTY, 0 },
  { " \302\240 ", PLAIN, 2, AISLE_CORE_ERROR_EMPTY, 0 },
  { "x", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "-", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { ".", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "()", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "(5", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "--5", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "-5-", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "(-5)", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1.2.3", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1e", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1e5x", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "e5", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "0x10", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "nan", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "inf", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1 2", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1,50", ENGLISH, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1,2345", ENGLISH, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1234,567", ENGLISH, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1,23,456", ENGLISH, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { ",234", ENGLISH, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1,234", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "1.50", GERMAN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "\302\24350", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
  { "\377", PLAIN, 2, AISLE_CORE_ERROR_INVALID, 0 },
};

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 value = 0;
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (cases[i].text, NULL);
      g_test_message ("%s", shown);
      gboolean is_read =
          aisle_decimal_parse (cases[i].text, -1, cases[i].format, cases[i].scale, &value, &error);
      g_assert_cmpint (is_read, ==, cases[i].code == OK);
      if (is_read)
        g_assert_cmpint (value, ==, cases[i].value);
      else
        {
          g_assert_error (error, AISLE_CORE_ERROR, cases[i].code);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
        }
    }
}

static void
test_length (void)
{
  gint64 value;
  g_assert_true (aisle_decimal_parse ("12.5xyz", 4, AISLE_NUMBER_FORMAT_PLAIN, 1, &value, NULL));
  g_assert_cmpint (value, ==, 125);
  g_assert_false (aisle_decimal_parse ("12.5", 0, AISLE_NUMBER_FORMAT_PLAIN, 1, &value, NULL));
}

static gint64
rounded (const char *text, int scale, AisleRounding rounding)
{
  gint64 value = 0;
  g_assert_true (aisle_decimal_parse_rounded (text, -1, AISLE_NUMBER_FORMAT_PLAIN, scale, rounding,
                                              &value, NULL));
  return value;
}

static void
test_rounding (void)
{
  g_assert_cmpint (rounded ("0.125", 2, AISLE_ROUND_HALF_UP), ==, 13);
  g_assert_cmpint (rounded ("-0.125", 2, AISLE_ROUND_HALF_UP), ==, -13);
  g_assert_cmpint (rounded ("0.125", 2, AISLE_ROUND_HALF_EVEN), ==, 12);
  g_assert_cmpint (rounded ("0.135", 2, AISLE_ROUND_HALF_EVEN), ==, 14);
  g_assert_cmpint (rounded ("-0.135", 2, AISLE_ROUND_HALF_EVEN), ==, -14);
  g_assert_cmpint (
      rounded ("0.12500000000000000000000000000000000000001", 2, AISLE_ROUND_HALF_EVEN), ==, 13);
  g_assert_cmpint (
      rounded ("0.1249999999999999999999999999999999999999999", 2, AISLE_ROUND_HALF_UP), ==, 12);
  /* The digits end exactly where 64 bits do. */
  g_assert_cmpint (rounded ("1234567890123456789.9", 0, AISLE_ROUND_HALF_UP), ==,
                   G_GINT64_CONSTANT (1234567890123456790));
  g_assert_cmpint (rounded ("1e-40", 2, AISLE_ROUND_HALF_UP), ==, 0);
  g_assert_cmpint (rounded ("3.49", 2, AISLE_ROUND_HALF_UP), ==, 349);
}

static void
test_format (void)
{
  static const struct
  {
    gint64 value;
    int scale;
    const char *whole;
    const char *brief;
  } formats[] = {
    { 0, 0, "0", "0" },
    { 0, 2, "0.00", "0" },
    { -5, 2, "-0.05", "-0.05" },
    { -1250, 2, "-12.50", "-12.5" },
    { 500, 3, "0.500", "0.5" },
    { 100, 0, "100", "100" },
    { 100000, 3, "100.000", "100" },
    { G_MAXINT64, 9, "9223372036.854775807", "9223372036.854775807" },
    { G_MININT64, 0, "-9223372036854775808", "-9223372036854775808" },
    { G_MININT64, 2, "-92233720368547758.08", "-92233720368547758.08" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *whole = aisle_decimal_format (formats[i].value, formats[i].scale);
      g_autofree char *brief = aisle_decimal_format_short (formats[i].value, formats[i].scale);
      g_assert_cmpstr (whole, ==, formats[i].whole);
      g_assert_cmpstr (brief, ==, formats[i].brief);
    }
}

static void
test_round_trip (void)
{
  AisleRandom random;
  aisle_random_init (&random, 1);
  for (int i = 0; i < 20000; i++)
    {
      gint64 value = (gint64) (aisle_random_next (&random) >> aisle_random_below (&random, 64));
      int scale = (int) aisle_random_below (&random, 10);
      gint64 back;
      if (i % 2 == 0)
        value = -(value / 2) - 1;
      g_autofree char *text = aisle_decimal_format (value, scale);
      g_assert_true (aisle_decimal_parse (text, -1, AISLE_NUMBER_FORMAT_PLAIN, scale, &back, NULL));
      g_assert_cmpint (back, ==, value);
    }
}

static void
test_multiply_divide (void)
{
  gint64 result = 0;
  g_assert_true (aisle_decimal_multiply_divide (10, 1, 4, AISLE_ROUND_HALF_UP, &result));
  g_assert_cmpint (result, ==, 3);
  g_assert_true (aisle_decimal_multiply_divide (10, 1, 4, AISLE_ROUND_HALF_EVEN, &result));
  g_assert_cmpint (result, ==, 2);
  g_assert_true (aisle_decimal_multiply_divide (-10, 1, 4, AISLE_ROUND_HALF_UP, &result));
  g_assert_cmpint (result, ==, -3);
  g_assert_true (
      aisle_decimal_multiply_divide (G_MAXINT64, 1000000, 1000000, AISLE_ROUND_HALF_UP, &result));
  g_assert_cmpint (result, ==, G_MAXINT64);
  g_assert_true (aisle_decimal_multiply_divide (G_MININT64, 1, 1, AISLE_ROUND_HALF_UP, &result));
  g_assert_cmpint (result, ==, G_MININT64);
  g_assert_false (aisle_decimal_multiply_divide (G_MAXINT64, 2, 1, AISLE_ROUND_HALF_UP, &result));
}

static void
test_double (void)
{
  static const struct
  {
    const char *text;
    AisleNumberFormat format;
    double value;
  } doubles[] = {
    { "0.1", PLAIN, 0.1 },
    { "1.234,5", GERMAN, 1234.5 },
    { "(12.50)", PLAIN, -12.5 },
    { "12.50-", PLAIN, -12.5 },
    { "1e22", PLAIN, 1e22 },
    { "1e23", PLAIN, 1e23 },
    { "1e300", PLAIN, 1e300 },
    { "4.9e-324", PLAIN, 4.9e-324 },
    { "1e-999", PLAIN, 0 },
    { "9007199254740993", PLAIN, 9007199254740992.0 },
    { "3.14159265358979323846264338327950288419716939937510", PLAIN, 3.14159265358979323846 },
    { "123456789012345678901234567890", PLAIN, 123456789012345678901234567890.0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (doubles); i++)
    {
      double value = NAN;
      g_test_message ("%s", doubles[i].text);
      g_assert_true (
          aisle_decimal_parse_double (doubles[i].text, -1, doubles[i].format, &value, NULL));
      g_assert_cmpfloat (value, ==, doubles[i].value);
    }
  double value;
  g_autoptr (GError) error = NULL;
  g_assert_false (aisle_decimal_parse_double ("1e999", -1, doubles[0].format, &value, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_RANGE);
  g_assert_false (aisle_decimal_parse_double ("nan", -1, doubles[0].format, &value, NULL));
  g_assert_false (aisle_decimal_parse_double ("0x1p3", -1, doubles[0].format, &value, NULL));
}

/* Against the C library, which rounds correctly. */
static void
test_double_random (void)
{
  AisleRandom random;
  aisle_random_init (&random, 2);
  for (int i = 0; i < 50000; i++)
    {
      union
      {
        guint64 bits;
        double number;
      } u = { .bits = aisle_random_next (&random) };
      if (!isfinite (u.number))
        continue;
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      double back;
      g_ascii_formatd (text, sizeof text, i % 2 ? "%.17g" : "%.6g", u.number);
      g_assert_true (aisle_decimal_parse_double (text, -1, AISLE_NUMBER_FORMAT_PLAIN, &back, NULL));
      g_assert_cmpfloat (back, ==, g_ascii_strtod (text, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/decimal/parse", test_parse);
  g_test_add_func ("/core/decimal/length", test_length);
  g_test_add_func ("/core/decimal/rounding", test_rounding);
  g_test_add_func ("/core/decimal/format", test_format);
  g_test_add_func ("/core/decimal/round-trip", test_round_trip);
  g_test_add_func ("/core/decimal/multiply-divide", test_multiply_divide);
  g_test_add_func ("/core/decimal/double", test_double);
  g_test_add_func ("/core/decimal/double-random", test_double_random);
  return g_test_run ();
}
