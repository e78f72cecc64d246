/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A calendar day as the number of days since 1970-01-01, in the proleptic Gregorian calendar,
 * without a time zone. Valid days lie between 0001-01-01 and 9999-12-31. */

typedef gint32 AisleDate;

#define AISLE_DATE_NONE G_MININT32
#define AISLE_DATE_MIN (-719162) /* 0001-01-01 */
#define AISLE_DATE_MAX 2932896   /* 9999-12-31 */
#define AISLE_DATE_TEXT_SIZE 11  /* "YYYY-MM-DD" and the NUL */

static inline gboolean
aisle_date_is_valid (AisleDate date)
{
  return date >= AISLE_DATE_MIN && date <= AISLE_DATE_MAX;
}

/* AISLE_DATE_NONE where there is no such day: month 13, 31 February, year 0. */
AisleDate aisle_date_from_ymd (int year, int month, int day);

/* `date` must be valid; each of `year`, `month` (1..12) and `day` (1..31) may be NULL. */
void aisle_date_to_ymd (AisleDate date, int *year, int *month, int *day);

/* 1 = Monday .. 7 = Sunday, for a valid date. */
int aisle_date_weekday (AisleDate date);

/* The ISO 8601 week (1..53) of a valid date, and the year it belongs to. */
void aisle_date_iso_week (AisleDate date, int *year, int *week);

/* Reads exactly "YYYY-MM-DD"; AISLE_DATE_NONE for anything else. `length` may be -1. */
AisleDate aisle_date_parse_iso (const char *text, gssize length);

/* Writes "YYYY-MM-DD" into `text` and returns it; "" for a date that is not valid. */
const char *aisle_date_format_iso (AisleDate date, char text[AISLE_DATE_TEXT_SIZE]);

/* The day that an instant (seconds since 1970-01-01T00:00:00Z) falls on, in UTC. */
AisleDate aisle_date_from_utc_seconds (gint64 seconds);

/* The day that an instant falls on in a zone. */
AisleDate aisle_date_from_instant (gint64 seconds, GTimeZone *zone);

/* The instant at which `date`, `second_of_day` after midnight, comes in a zone; where the clocks
 * jump over that minute, the instant that GLib's rules for local times give. */
gint64 aisle_date_to_instant (AisleDate date, int second_of_day, GTimeZone *zone);

/* "2026-11-20T06:00:00Z", to be freed with g_free(). */
char *aisle_instant_format_iso (gint64 seconds);

/* Reads an ISO 8601 instant; text without an offset is taken in `zone` (NULL: UTC). */
gboolean aisle_instant_parse_iso (const char *text, GTimeZone *zone, gint64 *seconds);

/* What "today" is for a business: `as_of` where it is valid (somebody said so), else the day after
 * the last sales where the data are a sample, else the calendar's day. `last_sales_day` may be
 * AISLE_DATE_NONE. Everything that depends on today asks here. */
AisleDate aisle_business_date (AisleDate calendar_day,
                               AisleDate last_sales_day,
                               gboolean is_sample,
                               AisleDate as_of);
