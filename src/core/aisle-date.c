/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-date.h"

#include <string.h>

/* Both directions count days in eras of 400 years that begin on 1 March, so that the leap day is
 * the last of its year: Howard Hinnant, "chrono-compatible low-level date algorithms". */

#define DAYS_PER_ERA 146097
#define EPOCH_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */

static const int month_lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

static gboolean
is_leap_year (int year)
{
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

AisleDate
aisle_date_from_ymd (int year, int month, int day)
{
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
    return AISLE_DATE_NONE;
  int length = month_lengths[month - 1] + (month == 2 && is_leap_year (year) ? 1 : 0);
  if (day > length)
    return AISLE_DATE_NONE;

  int shifted = month <= 2 ? year - 1 : year;
  int era = shifted / 400;
  int year_of_era = shifted - era * 400;
  int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

void
aisle_date_to_ymd (AisleDate date, int *year, int *month, int *day)
{
  g_return_if_fail (aisle_date_is_valid (date));

  int shifted = date + EPOCH_SHIFT;
  int era = shifted / DAYS_PER_ERA;
  int day_of_era = shifted - era * DAYS_PER_ERA;
  int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int month_from_march = (5 * day_of_year + 2) / 153;
  int m = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  if (year)
    *year = era * 400 + year_of_era + (m <= 2 ? 1 : 0);
  if (month)
    *month = m;
  if (day)
    *day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
}

int
aisle_date_weekday (AisleDate date)
{
  g_return_val_if_fail (aisle_date_is_valid (date), 0);
  /* 1970-01-01 was a Thursday; 0001-01-01 a Monday. */
  return (date - AISLE_DATE_MIN) % 7 + 1;
}

void
aisle_date_iso_week (AisleDate date, int *year, int *week)
{
  g_return_if_fail (aisle_date_is_valid (date));

  /* A week belongs to the year of its Thursday. */
  AisleDate thursday = date - aisle_date_weekday (date) + 4;
  int y;
  if (thursday > AISLE_DATE_MAX)
    y = 9999;
  else
    aisle_date_to_ymd (thursday, &y, NULL, NULL);
  if (year)
    *year = y;
  if (week)
    *week = (thursday - aisle_date_from_ymd (y, 1, 1)) / 7 + 1;
}

static int
read_digits (const char *text, int count)
{
  int value = 0;
  for (int i = 0; i < count; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return -1;
      value = value * 10 + (text[i] - '0');
    }
  return value;
}

AisleDate
aisle_date_parse_iso (const char *text, gssize length)
{
  g_return_val_if_fail (text != NULL, AISLE_DATE_NONE);

  if (length < 0)
    length = (gssize) strlen (text);
  if (length != 10 || text[4] != '-' || text[7] != '-')
    return AISLE_DATE_NONE;
  int year = read_digits (text, 4);
  int month = read_digits (text + 5, 2);
  int day = read_digits (text + 8, 2);
  return year < 0 ? AISLE_DATE_NONE : aisle_date_from_ymd (year, month, day);
}

const char *
aisle_date_format_iso (AisleDate date, char text[AISLE_DATE_TEXT_SIZE])
{
  text[0] = '\0';
  if (!aisle_date_is_valid (date))
    return text;
  int year, month, day;
  aisle_date_to_ymd (date, &year, &month, &day);
  text[0] = (char) ('0' + year / 1000);
  text[1] = (char) ('0' + year / 100 % 10);
  text[2] = (char) ('0' + year / 10 % 10);
  text[3] = (char) ('0' + year % 10);
  text[4] = '-';
  text[5] = (char) ('0' + month / 10);
  text[6] = (char) ('0' + month % 10);
  text[7] = '-';
  text[8] = (char) ('0' + day / 10);
  text[9] = (char) ('0' + day % 10);
  text[10] = '\0';
  return text;
}

AisleDate
aisle_date_from_utc_seconds (gint64 seconds)
{
  gint64 day = seconds / 86400 - (seconds % 86400 < 0 ? 1 : 0);
  return day < AISLE_DATE_MIN || day > AISLE_DATE_MAX ? AISLE_DATE_NONE : (AisleDate) day;
}

AisleDate
aisle_date_from_instant (gint64 seconds, GTimeZone *zone)
{
  g_return_val_if_fail (zone != NULL, AISLE_DATE_NONE);
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds);
  gint64 offset = interval < 0 ? 0 : g_time_zone_get_offset (zone, interval);
  gint64 local;
  if (__builtin_add_overflow (seconds, offset, &local))
    return AISLE_DATE_NONE;
  return aisle_date_from_utc_seconds (local);
}

gint64
aisle_date_to_instant (AisleDate date, int second_of_day, GTimeZone *zone)
{
  g_return_val_if_fail (aisle_date_is_valid (date), 0);
  g_return_val_if_fail (zone != NULL, 0);

  gint64 local = (gint64) date * 86400 + second_of_day;
  gint64 adjusted = local;
  int interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_STANDARD, &adjusted);
  gint64 offset = interval < 0 ? 0 : g_time_zone_get_offset (zone, interval);
  return adjusted - offset;
}

char *
aisle_instant_format_iso (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  return time ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}

gboolean
aisle_instant_parse_iso (const char *text, GTimeZone *zone, gint64 *seconds)
{
  g_return_val_if_fail (text != NULL && seconds != NULL, FALSE);

  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, zone ? zone : utc);
  if (!time)
    return FALSE;
  *seconds = g_date_time_to_unix (time);
  return TRUE;
}

AisleDate
aisle_business_date (AisleDate calendar_day,
                     AisleDate last_sales_day,
                     gboolean is_sample,
                     AisleDate as_of)
{
  if (aisle_date_is_valid (as_of))
    return as_of;
  if (is_sample && aisle_date_is_valid (last_sales_day) && last_sales_day < AISLE_DATE_MAX)
    return last_sales_day + 1;
  return calendar_day;
}
