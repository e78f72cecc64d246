/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "aisle-table.h"
#include "record-fixture.h"

#include <math.h>
#include <string.h>

static const AisleColumnWish wishes[] = {
  { "sku", AISLE_COLUMN_TEXT, 0, FALSE, FALSE },
  { "units", AISLE_COLUMN_INTEGER, 3, FALSE, TRUE },
  { "price", AISLE_COLUMN_DOUBLE, 0, FALSE, TRUE },
  { "date", AISLE_COLUMN_DATE, 0, FALSE, TRUE },
  { "note", AISLE_COLUMN_TEXT, 0, TRUE, TRUE },
};

enum
{
  SKU,
  UNITS,
  PRICE,
  DATE,
  NOTE,
};

static AisleTable *
read_table (const char *data, GError **error)
{
  g_autofree char *path = fixture_write ("table.csv", data, -1);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, error);
  if (!reader)
    return NULL;
  return aisle_table_read (reader, wishes, G_N_ELEMENTS (wishes), error);
}

static void
test_types (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleTable) table = read_table ("Date;SKU;Units;Price;Extra;;\n"
                                             "31.08.2011;b;1.234,5;2,50;x\n"
                                             "00000000;a;;NA;y\n"
                                             ";b;-1;1e3;z\n",
                                             &error);
  g_assert_no_error (error);
  g_assert_cmpuint (aisle_table_get_n_rows (table), ==, 3);
  const guint32 *ids = aisle_table_get_text_ids (table, SKU);
  g_assert_cmpuint (ids[0], ==, 0);
  g_assert_cmpuint (ids[1], ==, 1);
  g_assert_cmpuint (ids[2], ==, 0);
  g_assert_cmpuint (aisle_table_get_n_texts (table, SKU), ==, 2);
  g_assert_cmpstr (aisle_table_get_text (table, SKU, 0), ==, "b");
  const gint64 *units = aisle_table_get_integers (table, UNITS);
  g_assert_cmpint (units[0], ==, 1234500);
  g_assert_cmpint (units[1], ==, G_MININT64);
  g_assert_cmpint (units[2], ==, -1000);
  const double *prices = aisle_table_get_doubles (table, PRICE);
  g_assert_cmpfloat (prices[0], ==, 2.5);
  g_assert_true (isnan (prices[1]));
  g_assert_cmpfloat (prices[2], ==, 1000);
  const AisleDate *dates = aisle_table_get_dates (table, DATE);
  g_assert_cmpint (dates[0], ==, aisle_date_from_ymd (2011, 8, 31));
  g_assert_cmpint (dates[1], ==, AISLE_DATE_NONE);
  g_assert_cmpint (dates[2], ==, AISLE_DATE_NONE);
  g_assert_cmpuint (aisle_table_get_line (table, 2), ==, 4);
  g_assert_true (aisle_table_has_column (table, SKU));
  g_assert_false (aisle_table_has_column (table, NOTE));
  g_assert_cmpstr (aisle_table_get_text (table, NOTE, aisle_table_get_text_ids (table, NOTE)[1]),
                   ==, "");
  const char *const *ignored = aisle_table_get_ignored_columns (table);
  g_assert_cmpstr (ignored[0], ==, "Extra");
  g_assert_null (ignored[1]);
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleTable) table = read_table ("sku,units,price,date\n", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (aisle_table_get_n_rows (table), ==, 0);
  g_assert_cmpuint (aisle_table_get_n_texts (table, SKU), ==, 0);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *row;
    int code;
    const char *part;
  } cases[] = {
    { ",1,2,2011-08-31", AISLE_CORE_ERROR_EMPTY, ":3: column \"sku\": no text is given" },
    { "a,x,2,2011-08-31", AISLE_CORE_ERROR_INVALID, ":3: column \"units\": “x” is not a number" },
    { "a,1.2345,2,2011-08-31", AISLE_CORE_ERROR_PRECISION, ":3: column \"units\"" },
    { "a,1,1e999,2011-08-31", AISLE_CORE_ERROR_RANGE, ":3: column \"price\": “1e999”" },
    { "a,1,0x10,2011-08-31", AISLE_CORE_ERROR_INVALID, ":3: column \"price\"" },
    { "a,1,2,2011-02-31", AISLE_CORE_ERROR_RANGE, ":3: column \"date\": “2011-02-31”" },
    { "a,1,2,\"2011", AISLE_CORE_ERROR_INVALID, ":3: a quoted field" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *data =
          g_strconcat ("sku,units,price,date\na,1,2.5,2011-08-31\n", cases[i].row, "\n", NULL);
      g_assert_null (read_table (data, &error));
      g_assert_error (error, AISLE_CORE_ERROR, cases[i].code);
      if (!strstr (error->message, cases[i].part))
        g_error ("“%s” does not say “%s”", error->message, cases[i].part);
    }
}

static void
test_missing_column (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (read_table ("sku,price,date\na,1,2011-08-31\n", &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
  g_assert_nonnull (
      strstr (error->message, "column \"units\" is missing; the file has: sku, price"));
}

static void
test_short_row (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleTable) table = read_table ("sku,units,price,date\na\n", &error);
  g_assert_no_error (error);
  g_assert_cmpint (aisle_table_get_integers (table, UNITS)[0], ==, G_MININT64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/table/types", test_types);
  g_test_add_func ("/core/table/empty", test_empty);
  g_test_add_func ("/core/table/errors", test_errors);
  g_test_add_func ("/core/table/missing-column", test_missing_column);
  g_test_add_func ("/core/table/short-row", test_short_row);
  int status = g_test_run ();
  fixture_remove_all ();
  return status;
}
