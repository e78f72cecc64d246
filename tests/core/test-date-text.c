/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "aisle-date.h"
#include "aisle-record-reader.h"

#define U AISLE_DATE_ORDER_UNKNOWN
#define YMD AISLE_DATE_ORDER_YMD
#define DMY AISLE_DATE_ORDER_DMY
#define MDY AISLE_DATE_ORDER_MDY

/* `wanted` is an ISO date, or "empty", "range", "invalid". */
static const struct
{
  AisleDateOrder order;
  const char *text;
  const char *wanted;
  int second_of_day;
} cases[] = {
  { U, "2011-08-31", "2011-08-31", -1 },
  { DMY, "2011-08-31", "2011-08-31", -1 },
  { MDY, "2011/8/1", "2011-08-01", -1 },
  { U, "20110831", "2011-08-31", -1 },
  { MDY, "20110831", "2011-08-31", -1 },
  { U, "20110831235959", "2011-08-31", 86399 },
  { U, " 2011-08-31 ", "2011-08-31", -1 },
  { U, "2011-08-31 08:26:00", "2011-08-31", 8 * 3600 + 26 * 60 },
  { U, "2011-08-31 08:26", "2011-08-31", 8 * 3600 + 26 * 60 },
  { U, "2011-08-31T08:26:01Z", "2011-08-31", 8 * 3600 + 26 * 60 + 1 },
  { U, "2011-08-31T08:26:01.123456+02:00", "2011-08-31", 8 * 3600 + 26 * 60 + 1 },
  { U, "2011-08-31T08:26:01-0500", "2011-08-31", 8 * 3600 + 26 * 60 + 1 },
  { MDY, "12/1/2010 8:26", "2010-12-01", 8 * 3600 + 26 * 60 },
  { DMY, "12/1/2010 8:26", "2010-01-12", 8 * 3600 + 26 * 60 },
  { U, "12/1/2010", "invalid", 0 },
  { U, "13/1/2010", "2010-01-13", -1 },
  { U, "1/13/2010", "2010-01-13", -1 },
  { U, "31.08.2011", "2011-08-31", -1 },
  { U, "1.2.2011", "2011-02-01", -1 },
  { DMY, "31-08-11", "2011-08-31", -1 },
  { DMY, "31.08.69", "1969-08-31", -1 },
  { DMY, "31.08.68", "2068-08-31", -1 },
  { YMD, "11-08-31", "2011-08-31", -1 },
  { U, "31-AUG-11", "2011-08-31", -1 },
  { MDY, "31 August 2011", "2011-08-31", -1 },
  { MDY, "8/31/2011 12:05 AM", "2011-08-31", 300 },
  { MDY, "8/31/2011 12:05:00 pm", "2011-08-31", 12 * 3600 + 300 },
  { MDY, "8/31/2011 13:05 PM", "invalid", 0 },
  { U, "2011-08-31 24:00", "invalid", 0 },
  { U, "2011-08-31 8", "invalid", 0 },
  { U, "00000000", "empty", 0 },
  { U, "0000-00-00", "empty", 0 },
  { DMY, "00.00.0000", "empty", 0 },
  { U, "", "empty", 0 },
  { U, "  ", "empty", 0 },
  { DMY, "31.02.2011", "range", 0 },
  { U, "2011-02-29", "range", 0 },
  { U, "2012-02-29", "2012-02-29", -1 },
  { U, "1900-02-29", "range", 0 },
  { U, "2000-02-29", "2000-02-29", -1 },
  { U, "2011-13-01", "range", 0 },
  { MDY, "31/08/2011", "range", 0 },
  { U, "99999999", "range", 0 },
  { U, "2011-08", "invalid", 0 },
  { U, "2011-08-31x", "invalid", 0 },
  { U, "2011-08/31", "invalid", 0 },
  { U, "yesterday", "invalid", 0 },
  { U, "40786", "invalid", 0 },
  { U, "-", "invalid", 0 },
  { U, "1e999", "invalid", 0 },
  { U, "201108311", "invalid", 0 },
  { U, "31-FOO-2011", "invalid", 0 },
  { U, "\377\376", "invalid", 0 },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AisleTextFormat format = { .date_order = cases[i].order };
      gint32 date = 0;
      int second = -2;
      char text[AISLE_DATE_TEXT_SIZE];
      g_autoptr (GError) error = NULL;
      gboolean is_read =
          aisle_text_format_parse_date (&format, cases[i].text, &date, &second, &error);
      const char *got =
          is_read ? aisle_date_format_iso (date, text)
          : g_error_matches (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY) ? "empty"
          : g_error_matches (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_RANGE) ? "range"
                                                                              : "invalid";
      g_autofree char *shown = g_strescape (cases[i].text, NULL);
      g_test_message ("%s under order %d", shown, (int) cases[i].order);
      g_assert_cmpstr (got, ==, cases[i].wanted);
      if (is_read)
        g_assert_cmpint (second, ==, cases[i].second_of_day);
    }
}

static void
test_serial (void)
{
  AisleTextFormat format = { .is_xlsx = TRUE };
  gint32 date;
  int second;
  g_assert_true (aisle_text_format_parse_date (&format, "40786", &date, &second, NULL));
  g_assert_cmpint (date, ==, aisle_date_from_ymd (2011, 8, 31));
  g_assert_cmpint (second, ==, -1);
  g_assert_true (aisle_text_format_parse_date (&format, "40786.5", &date, &second, NULL));
  g_assert_cmpint (second, ==, 43200);
  g_assert_true (aisle_text_format_parse_date (&format, "1", &date, NULL, NULL));
  g_assert_cmpint (date, ==, aisle_date_from_ymd (1900, 1, 1));
  format.is_date_1904 = TRUE;
  g_assert_true (aisle_text_format_parse_date (&format, "39324", &date, NULL, NULL));
  g_assert_cmpint (date, ==, aisle_date_from_ymd (2011, 8, 31));
  static const char *const wrong[] = { "0", "-1", "1e999", "nan", "inf", "4078x", "9999999" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (aisle_text_format_parse_date (&format, wrong[i], &date, NULL, NULL));
}

/* Every day of some years in every order. */
static void
test_round_trip (void)
{
  AisleDate last = aisle_date_from_ymd (2030, 12, 31);
  for (AisleDate day = aisle_date_from_ymd (1999, 1, 1); day <= last; day += 3)
    for (AisleDateOrder order = YMD; order <= MDY; order++)
      {
        int y, m, d;
        gint32 back;
        char text[40];
        aisle_date_to_ymd (day, &y, &m, &d);
        int a = order == YMD ? y : order == DMY ? d : m;
        int b = order == DMY || order == YMD ? m : d;
        int c = order == YMD ? d : y;
        g_snprintf (text, sizeof text, "%d/%d/%d", a, b, c);
        AisleTextFormat format = { .date_order = order };
        g_assert_true (aisle_text_format_parse_date (&format, text, &back, NULL, NULL));
        g_assert_cmpint (back, ==, day);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/date-text/cases", test_cases);
  g_test_add_func ("/core/date-text/serial", test_serial);
  g_test_add_func ("/core/date-text/round-trip", test_round_trip);
  return g_test_run ();
}
