/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-barcode.h"

#include <string.h>

/* Valid numbers: the examples of the GS1 General Specifications and of Wikipedia's articles on
 * EAN-8, EAN-13, UPC-A and ITF-14. */
static const struct
{
  const char *text;
  AisleBarcodeVerdict verdict;
  const char *code;
  gboolean may_embed_measure;
} cases[] = {
  { "4006381333931", AISLE_BARCODE_VALID, "4006381333931", FALSE },
  { " 4 006381 333931 ", AISLE_BARCODE_VALID, "4006381333931", FALSE },
  { "'4006381333931", AISLE_BARCODE_VALID, "4006381333931", FALSE },
  { "4006381\302\240333931", AISLE_BARCODE_VALID, "4006381333931", FALSE },
  { "73513537", AISLE_BARCODE_VALID, "73513537", FALSE },
  { "96385074", AISLE_BARCODE_VALID, "96385074", FALSE },
  { "036000291452", AISLE_BARCODE_VALID, "036000291452", FALSE },
  { "0036000291452", AISLE_BARCODE_VALID, "0036000291452", FALSE },
  { "15400141288763", AISLE_BARCODE_VALID, "15400141288763", FALSE },
  { "4006381333932", AISLE_BARCODE_WRONG_CHECK_DIGIT, "4006381333932", FALSE },
  { "4006381333913", AISLE_BARCODE_WRONG_CHECK_DIGIT, "4006381333913", FALSE },
  { "2012345000002", AISLE_BARCODE_WRONG_CHECK_DIGIT, "2012345000002", TRUE },
  { "0000000000000", AISLE_BARCODE_VALID, "0000000000000", FALSE },
  { "36000291452", AISLE_BARCODE_WRONG_LENGTH, "", FALSE },
  { "1", AISLE_BARCODE_WRONG_LENGTH, "", FALSE },
  { "123456789012345", AISLE_BARCODE_WRONG_LENGTH, "", FALSE },
  { "5.01E+12", AISLE_BARCODE_NUMBER_FORM, "", FALSE },
  { "5,01E+12", AISLE_BARCODE_NUMBER_FORM, "", FALSE },
  { "5e12", AISLE_BARCODE_NUMBER_FORM, "", FALSE },
  { "4006381333931.0", AISLE_BARCODE_NUMBER_FORM, "", FALSE },
  { "", AISLE_BARCODE_EMPTY, "", FALSE },
  { "  ", AISLE_BARCODE_EMPTY, "", FALSE },
  { "400638133393X", AISLE_BARCODE_NO_BARCODE, "", FALSE },
  { "-4006381333931", AISLE_BARCODE_NO_BARCODE, "", FALSE },
  { "e", AISLE_BARCODE_NO_BARCODE, "", FALSE },
  { "\377\376", AISLE_BARCODE_NO_BARCODE, "", FALSE },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AisleBarcode barcode;
      g_autofree char *shown = g_strescape (cases[i].text, NULL);
      g_test_message ("%s", shown);
      aisle_barcode_read (cases[i].text, -1, &barcode);
      g_assert_cmpint (barcode.verdict, ==, cases[i].verdict);
      g_assert_cmpstr (barcode.code, ==, cases[i].code);
      g_assert_cmpint (barcode.may_embed_measure, ==, cases[i].may_embed_measure);
      g_assert_cmpint (aisle_barcode_verdict_text (barcode.verdict) == NULL, ==,
                       barcode.verdict == AISLE_BARCODE_VALID);
    }
}

static void
test_key (void)
{
  AisleBarcode upc, ean, gtin8;
  aisle_barcode_read ("036000291452", -1, &upc);
  aisle_barcode_read ("0036000291452", -1, &ean);
  aisle_barcode_read ("73513537xyz", 8, &gtin8);
  g_assert_cmpstr (upc.key, ==, "00036000291452");
  g_assert_cmpstr (upc.key, ==, ean.key);
  g_assert_cmpstr (gtin8.key, ==, "00000073513537");
}

/* The check digit finds every single wrong digit. */
static void
test_single_errors (void)
{
  const char right[] = "4006381333931";
  for (gsize i = 0; i < 13; i++)
    for (char digit = '0'; digit <= '9'; digit++)
      {
        char wrong[] = "4006381333931";
        AisleBarcode barcode;
        wrong[i] = digit;
        aisle_barcode_read (wrong, -1, &barcode);
        g_assert_cmpint (barcode.verdict == AISLE_BARCODE_VALID, ==, strcmp (wrong, right) == 0);
      }
}

static void
test_embedded (void)
{
  for (int prefix = 0; prefix < 100; prefix++)
    {
      char text[14];
      AisleBarcode barcode;
      g_snprintf (text, sizeof text, "%02d1234500123", prefix);
      text[13] = '\0';
      text[12] = aisle_barcode_check_digit (text, 12);
      aisle_barcode_read (text, -1, &barcode);
      g_assert_cmpint (barcode.verdict, ==, AISLE_BARCODE_VALID);
      g_assert_cmpint (barcode.may_embed_measure, ==,
                       prefix == 2 || (prefix >= 20 && prefix <= 29));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/barcode/cases", test_cases);
  g_test_add_func ("/core/barcode/key", test_key);
  g_test_add_func ("/core/barcode/single-errors", test_single_errors);
  g_test_add_func ("/core/barcode/embedded", test_embedded);
  return g_test_run ();
}
