/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-date.h"

static AisleDate
ymd (int year, int month, int day)
{
  AisleDate date = aisle_date_from_ymd (year, month, day);
  g_assert_true (aisle_date_is_valid (date));
  return date;
}

static void
test_known_days (void)
{
  g_assert_cmpint (ymd (1970, 1, 1), ==, 0);
  g_assert_cmpint (ymd (1969, 12, 31), ==, -1);
  g_assert_cmpint (ymd (2000, 1, 1), ==, 10957);
  g_assert_cmpint (ymd (2000, 3, 1), ==, 11017);
  g_assert_cmpint (ymd (2011, 8, 31), ==, 15217);
  g_assert_cmpint (ymd (1, 1, 1), ==, AISLE_DATE_MIN);
  g_assert_cmpint (ymd (9999, 12, 31), ==, AISLE_DATE_MAX);
}

static void
test_no_such_day (void)
{
  static const int none[][3] = { { 2011, 2, 29 }, { 1900, 2, 29 }, { 2100, 2, 29 }, { 2011, 4, 31 },
                                 { 2011, 0, 1 },  { 2011, 13, 1 }, { 2011, 1, 0 },  { 2011, 1, 32 },
                                 { 0, 1, 1 },     { 10000, 1, 1 }, { -1, 1, 1 },    { 2011, 2, 31 },
                                 { 2011, 1, -1 }, { 2011, -1, 1 } };
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_cmpint (aisle_date_from_ymd (none[i][0], none[i][1], none[i][2]), ==, AISLE_DATE_NONE);
  ymd (2000, 2, 29);
  ymd (2012, 2, 29);
}

/* All days of all years, against GLib's calendar. */
static void
test_every_day (void)
{
  for (AisleDate date = AISLE_DATE_MIN; date <= AISLE_DATE_MAX; date++)
    {
      int year, month, day;
      aisle_date_to_ymd (date, &year, &month, &day);
      g_assert_cmpint (aisle_date_from_ymd (year, month, day), ==, date);
      if (date % 37 != 0)
        continue;
      GDate peer;
      g_date_clear (&peer, 1);
      g_date_set_julian (&peer, (guint32) (date - AISLE_DATE_MIN + 1));
      g_assert_cmpint (g_date_get_year (&peer), ==, year);
      g_assert_cmpint (g_date_get_month (&peer), ==, month);
      g_assert_cmpint (g_date_get_day (&peer), ==, day);
      g_assert_cmpint ((int) g_date_get_weekday (&peer), ==, aisle_date_weekday (date));
      int week;
      aisle_date_iso_week (date, NULL, &week);
      if (year < 9999)
        g_assert_cmpint ((int) g_date_get_iso8601_week_of_year (&peer), ==, week);
    }
}

static void
test_weeks (void)
{
  static const int known[][5] = {
    /* the examples of ISO 8601 and years with 53 weeks */
    { 1995, 1, 1, 1994, 52 },   { 1996, 12, 31, 1997, 1 },  { 2004, 12, 31, 2004, 53 },
    { 2005, 1, 1, 2004, 53 },   { 2005, 1, 2, 2004, 53 },   { 2005, 1, 3, 2005, 1 },
    { 2008, 12, 29, 2009, 1 },  { 2010, 1, 3, 2009, 53 },   { 2015, 12, 31, 2015, 53 },
    { 2020, 12, 31, 2020, 53 }, { 2021, 1, 3, 2020, 53 },   { 2021, 1, 4, 2021, 1 },
    { 1970, 1, 1, 1970, 1 },    { 9999, 12, 31, 9999, 52 }, { 1, 1, 1, 1, 1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      int year, week;
      aisle_date_iso_week (ymd (known[i][0], known[i][1], known[i][2]), &year, &week);
      g_assert_cmpint (year, ==, known[i][3]);
      g_assert_cmpint (week, ==, known[i][4]);
    }
  g_assert_cmpint (aisle_date_weekday (0), ==, 4);
  g_assert_cmpint (aisle_date_weekday (-1), ==, 3);
}

static void
test_iso_text (void)
{
  char text[AISLE_DATE_TEXT_SIZE];
  g_assert_cmpstr (aisle_date_format_iso (ymd (2011, 8, 31), text), ==, "2011-08-31");
  g_assert_cmpstr (aisle_date_format_iso (ymd (1, 1, 1), text), ==, "0001-01-01");
  g_assert_cmpstr (aisle_date_format_iso (AISLE_DATE_NONE, text), ==, "");
  g_assert_cmpint (aisle_date_parse_iso ("2011-08-31", -1), ==, ymd (2011, 8, 31));
  g_assert_cmpint (aisle_date_parse_iso ("2011-08-31T10:00", 10), ==, ymd (2011, 8, 31));
  static const char *const wrong[] = { "",           "2011-8-31",   "2011-08-3",  "2011-02-31",
                                       "2011/08/31", "2011-08-31 ", "+011-08-31", "2011-0a-31",
                                       "-011-08-31", "2011-08--1" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpint (aisle_date_parse_iso (wrong[i], -1), ==, AISLE_DATE_NONE);
}

static void
test_instants (void)
{
  g_assert_cmpint (aisle_date_from_utc_seconds (0), ==, 0);
  g_assert_cmpint (aisle_date_from_utc_seconds (-1), ==, -1);
  g_assert_cmpint (aisle_date_from_utc_seconds (-86400), ==, -1);
  g_assert_cmpint (aisle_date_from_utc_seconds (-86401), ==, -2);
  g_assert_cmpint (aisle_date_from_utc_seconds (86399), ==, 0);
  g_assert_cmpint (aisle_date_from_utc_seconds (G_MAXINT64), ==, AISLE_DATE_NONE);
  g_assert_cmpint (aisle_date_from_utc_seconds (G_MININT64), ==, AISLE_DATE_NONE);

  gint64 seconds = 0;
  g_assert_true (aisle_instant_parse_iso ("2026-11-20T06:00:00Z", NULL, &seconds));
  g_assert_cmpint (seconds, ==, 1795154400);
  g_autofree char *text = aisle_instant_format_iso (seconds);
  g_assert_cmpstr (text, ==, "2026-11-20T06:00:00Z");
  g_assert_true (aisle_instant_parse_iso ("2026-11-20T07:00:00+01:00", NULL, &seconds));
  g_assert_cmpint (seconds, ==, 1795154400);
  g_assert_false (aisle_instant_parse_iso ("tomorrow", NULL, &seconds));
  g_autofree char *none = aisle_instant_format_iso (G_MAXINT64);
  g_assert_cmpstr (none, ==, "");
}

static void
test_zones (void)
{
  g_autoptr (GTimeZone) plus = g_time_zone_new_identifier ("+05:30");
  g_autoptr (GTimeZone) minus = g_time_zone_new_identifier ("-08:00");
  AisleDate day = ymd (2026, 11, 20);
  g_assert_cmpint (aisle_date_to_instant (day, 0, plus), ==, (gint64) day * 86400 - 19800);
  g_assert_cmpint (aisle_date_from_instant ((gint64) day * 86400 - 19800, plus), ==, day);
  g_assert_cmpint (aisle_date_from_instant ((gint64) day * 86400 - 19801, plus), ==, day - 1);
  g_assert_cmpint (aisle_date_from_instant ((gint64) day * 86400 + 28799, minus), ==, day - 1);
  g_assert_cmpint (aisle_date_from_instant (G_MAXINT64, plus), ==, AISLE_DATE_NONE);
  g_assert_cmpint (aisle_date_from_instant (G_MININT64, minus), ==, AISLE_DATE_NONE);

  g_autoptr (GTimeZone) london = g_time_zone_new_identifier ("Europe/London");
  if (!london)
    return;
  /* Summer time: midnight of 1 July is 23:00 UTC of the day before. */
  AisleDate july = ymd (2026, 7, 1);
  g_assert_cmpint (aisle_date_to_instant (july, 0, london), ==, (gint64) july * 86400 - 3600);
  g_assert_cmpint (aisle_date_from_instant ((gint64) july * 86400 - 3600, london), ==, july);
  for (AisleDate date = ymd (2026, 1, 1); date <= ymd (2026, 12, 31); date++)
    g_assert_cmpint (aisle_date_from_instant (aisle_date_to_instant (date, 43200, london), london),
                     ==, date);
}

static void
test_business_date (void)
{
  AisleDate calendar = ymd (2026, 11, 20), sales = ymd (2011, 8, 31), asked = ymd (2011, 1, 1);
  g_assert_cmpint (aisle_business_date (calendar, sales, FALSE, AISLE_DATE_NONE), ==, calendar);
  g_assert_cmpint (aisle_business_date (calendar, sales, TRUE, AISLE_DATE_NONE), ==, sales + 1);
  g_assert_cmpint (aisle_business_date (calendar, AISLE_DATE_NONE, TRUE, AISLE_DATE_NONE), ==,
                   calendar);
  g_assert_cmpint (aisle_business_date (calendar, sales, TRUE, asked), ==, asked);
  g_assert_cmpint (aisle_business_date (calendar, AISLE_DATE_MAX, TRUE, AISLE_DATE_NONE), ==,
                   calendar);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/date/known-days", test_known_days);
  g_test_add_func ("/core/date/no-such-day", test_no_such_day);
  g_test_add_func ("/core/date/every-day", test_every_day);
  g_test_add_func ("/core/date/weeks", test_weeks);
  g_test_add_func ("/core/date/iso-text", test_iso_text);
  g_test_add_func ("/core/date/instants", test_instants);
  g_test_add_func ("/core/date/zones", test_zones);
  g_test_add_func ("/core/date/business-date", test_business_date);
  return g_test_run ();
}
