/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record-fixture.h"

/* What is found, as "SEPARATOR DECIMAL GROUP ORDER", with '?' behind an ambiguous order. */
static const struct
{
  const char *name;
  const char *data;
  const char *wanted;
} cases[] = {
  { "nothing", "a,b\nx,y\n", ", . , -" },
  { "english", "a,b\n\"1,234.50\",x\n", ", . , -" },
  { "german", "a;b\n1.234,50;x\n", "; , . -" },
  { "comma-decimals", "a;b\n12,5;x\n0,25;y\n", "; , . -" },
  { "point-decimals", "a;b\n12.5;x\n", "; . , -" },
  { "quoted-comma-decimals", "a,b\n\"12,5\",x\n\"3,75\",y\n", ", , . -" },
  { "groups-only", "a,b\n\"1,234,567\",x\n", ", . , -" },
  { "german-groups-only", "a,b\n1.234.567,x\n", ", , . -" },
  { "french", "a;b\n1 234,50;x\n", "; ,   -" },
  { "no-break-groups", "a;b\n1\302\240234,50;x\n2\342\200\257000,00;y\n", "; ,   -" },
  { "swiss", "a;b\n1'234.50;x\n", "; . ' -" },
  { "sap-trailing-minus", "a;b\n1.234,50-;x\n12,00-;y\n", "; , . -" },
  { "parentheses", "a,b\n(12.50),x\n", ", . , -" },
  /* three digits behind the sign could be groups or decimals */
  { "three-beside-short", "a;b\n1.234;x\n950;y\n12.345;z\n", "; , . -" },
  { "three-beside-long", "a;b\n1.234;x\n95012;y\n", "; . , -" },
  { "three-with-zero", "a;b\n0.250;x\n1.000;y\n", "; . , -" },
  { "three-comma-semicolon", "a;b\n1,000;x\n2,000;y\n", "; , . -" },
  { "three-comma-comma", "a,b\n\"1,000\",x\n\"2,000\",y\n", ", . , -" },
  { "three-of-both-semicolon", "a;b\n1.234;1,500\n2.345;2,250\n", "; , . -" },
  { "three-of-both-comma", "a,b\n\"1,234\",1.500\n\"2,345\",2.250\n", ", . , -" },
  { "three-point-alone", "a,b\n1.000,x\n2.500,y\n", ", . , -" },
  { "two-columns-outvote-one", "a;b;c\n1,5;2,25;1.5\n3,5;4,75;2.5\n", "; , . -" },
  { "text-does-not-vote", "a;b\n12,5;v 1.2\n13,5;1.2.3\n", "; , . -" },
  { "dates-do-not-vote", "a;b\n31.08.2011;1,5\n", "; , . DMY" },
  { "iso", "d,b\n2011-08-31,1.5\n", ", . , YMD" },
  { "packed", "d,b\n20110831,1.5\n00000000,2\n", ", . , YMD" },
  { "not-packed", "d,b\n50123456,1\n40123457,2\n", ", . , -" },
  { "day-first", "d,b\n01/02/2011,1\n31/02/2011,2\n", ", . , DMY" },
  { "month-first", "d,b\n01/02/2011,1\n02/13/2011 8:26,2\n", ", . , MDY" },
  { "ambiguous", "d,b\n01/02/2011,1\n03/04/2011,2\n", ", . , MDY?" },
  { "ambiguous-comma", "d;b\n01/02/2011;1,5\n", "; , . DMY?" },
  { "dots", "d;b\n01.02.2011;1\n", "; . , DMY" },
  { "month-name", "d,b\n01-FEB-11,1\n", ", . , DMY" },
  { "no-date", "d,b\n99/99/2011,1\n", ", . , -" },
  { "mostly-dates", "d,b\n13/01/2011,1\nunknown,2\n", ", . , -" },
  { "tab", "a\tb\n1,5\tx\n", "T , . -" },
  { "pipe", "a|b\n1;5|x,y\n", "| . , -" },
  { "header-only", "a;b;c", "; . , -" },
  { "quoted-separators", "a,b\n\"x;y;z\",1\n\"u;v;w\",2\n", ", . , -" },
};

static char *
describe (const AisleTextFormat *format)
{
  static const char *const orders[] = { "-", "YMD", "DMY", "MDY" };
  return g_strdup_printf ("%c %c %c %s%s", format->separator == '\t' ? 'T' : format->separator,
                          format->number.decimal, format->number.group, orders[format->date_order],
                          format->is_date_order_ambiguous ? "?" : "");
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *path = fixture_write ("detect.csv", cases[i].data, -1);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  g_assert_nonnull (reader);
  g_autofree char *got = describe (aisle_record_reader_get_format (reader));
  g_assert_cmpstr (got, ==, cases[i].wanted);
}

static void
test_overrides (void)
{
  g_autofree char *path = fixture_write ("over.csv", "d;b\n01/02/2011;1,5\n", -1);
  AisleTextFormat overrides = { .separator = ',',
                                .number = { .decimal = '.', .group = ' ' },
                                .date_order = AISLE_DATE_ORDER_YMD,
                                .encoding = AISLE_ENCODING_WINDOWS_1252,
                                .is_gzip = TRUE,
                                .is_xlsx = TRUE };
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, &overrides, NULL);
  const AisleTextFormat *format = aisle_record_reader_get_format (reader);
  g_autofree char *got = describe (format);
  g_assert_cmpstr (got, ==, ", .   YMD");
  g_assert_cmpint (format->encoding, ==, AISLE_ENCODING_WINDOWS_1252);
  g_assert_false (format->is_gzip);
  g_assert_false (format->is_xlsx);
  g_assert_cmpuint (aisle_record_reader_get_n_columns (reader), ==, 1);
}

/* What tells stands far from the file's beginning, but within what is looked at. */
static void
test_late_evidence (void)
{
  GString *data = g_string_new ("d,b\n");
  for (int i = 0; i < 30000; i++)
    g_string_append (data, "01/02/2011,x\n");
  g_string_append (data, "31/12/2011,x\n");
  g_autofree char *path = fixture_write ("late.csv", data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  g_autofree char *got = describe (aisle_record_reader_get_format (reader));
  g_assert_cmpstr (got, ==, ", . , DMY");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/core/format-detect/", cases[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/core/format-detect/overrides", test_overrides);
  g_test_add_func ("/core/format-detect/late-evidence", test_late_evidence);
  int status = g_test_run ();
  fixture_remove_all ();
  return status;
}
