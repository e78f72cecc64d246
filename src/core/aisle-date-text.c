/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-date-text-private.h"

#include "aisle-core-error.h"
#include "aisle-date.h"
#include "aisle-record-reader.h"

#include <string.h>

#define SECONDS_PER_DAY 86400
#define SERIAL_EPOCH_1900 (-25569) /* 1899-12-30, so that serial 61 is 1900-03-01 */
#define SERIAL_EPOCH_1904 (-24107) /* 1904-01-01 */

static const char month_names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static int
read_number (const char **text, int max_digits, guint8 *n_digits)
{
  int value = 0;
  guint8 n = 0;
  while (n < max_digits && g_ascii_isdigit (**text))
    {
      value = value * 10 + (**text - '0');
      (*text)++;
      n++;
    }
  *n_digits = n;
  return value;
}

/* "Aug", "AUG", "August"; 0 where it is none. */
static int
read_month_name (const char **text)
{
  char name[3];
  gsize n = 0;
  while (g_ascii_isalpha ((*text)[n]))
    {
      if (n < 3)
        name[n] = g_ascii_tolower ((*text)[n]);
      n++;
    }
  if (n < 3)
    return 0;
  for (int month = 0; month < 12; month++)
    if (memcmp (month_names + month * 3, name, 3) == 0)
      {
        *text += n;
        return month + 1;
      }
  return 0;
}

static const char *
skip_blanks (const char *text)
{
  while (*text == ' ' || *text == '\t')
    text++;
  return text;
}

/* "Z", "+02:00", "-0500", "+02" behind a time: tolerated and left out, the clock's time counts. */
static const char *
skip_zone (const char *text)
{
  if (*text == 'Z' || *text == 'z')
    return text + 1;
  if (*text != '+' && *text != '-')
    return text;
  const char *begin = text++;
  guint8 n;
  read_number (&text, 4, &n);
  if (n == 2 && *text == ':')
    {
      text++;
      read_number (&text, 2, &n);
      return n == 2 ? text : begin;
    }
  return n == 2 || n == 4 ? text : begin;
}

/* A clock time up to the end of the text, in seconds; -1 where it is none. */
static int
read_time (const char *text)
{
  guint8 n;
  int second = 0;
  int hour = read_number (&text, 2, &n);
  if (n == 0 || *text != ':')
    return -1;
  text++;
  int minute = read_number (&text, 2, &n);
  if (n != 2)
    return -1;
  if (*text == ':')
    {
      text++;
      second = read_number (&text, 2, &n);
      if (n != 2)
        return -1;
      if (*text == '.' || *text == ',')
        for (text++; g_ascii_isdigit (*text);)
          text++;
    }
  text = skip_blanks (text);
  if ((text[0] | 0x20) == 'a' || (text[0] | 0x20) == 'p')
    {
      if ((text[1] | 0x20) != 'm' || hour < 1 || hour > 12)
        return -1;
      hour = hour % 12 + ((text[0] | 0x20) == 'p' ? 12 : 0);
      text += 2;
    }
  text = skip_blanks (skip_zone (text));
  if (*text != '\0' || hour > 23 || minute > 59 || second > 60)
    return -1;
  return MIN (hour * 3600 + minute * 60 + second, SECONDS_PER_DAY - 1);
}

/* Eight digits, or fourteen with the time, as SAP writes. */
static gboolean
read_packed (const char *text, gsize n_digits, AisleDateParts *parts)
{
  guint8 n;
  parts->separator = 0;
  parts->value[0] = read_number (&text, 4, &parts->n_digits[0]);
  parts->value[1] = read_number (&text, 2, &parts->n_digits[1]);
  parts->value[2] = read_number (&text, 2, &parts->n_digits[2]);
  if (n_digits == 8)
    return TRUE;
  int hour = read_number (&text, 2, &n);
  int minute = read_number (&text, 2, &n);
  int second = read_number (&text, 2, &n);
  parts->second_of_day = hour * 3600 + minute * 60 + second;
  return hour < 24 && minute < 60 && second < 60;
}

gboolean
aisle_date_parts_read (const char *text, AisleDateParts *parts)
{
  parts->has_month_name = FALSE;
  parts->second_of_day = -1;
  text = skip_blanks (text);

  gsize n_digits = 0;
  while (n_digits < 15 && g_ascii_isdigit (text[n_digits]))
    n_digits++;
  if (n_digits == 8 || n_digits == 14)
    {
      if (!read_packed (text, n_digits, parts))
        return FALSE;
      text += n_digits;
    }
  else
    {
      parts->value[0] = read_number (&text, 4, &parts->n_digits[0]);
      parts->separator = *text;
      if (parts->n_digits[0] == 0 || !*text || !strchr ("-/. ", *text))
        return FALSE;
      text++;
      parts->value[1] = read_number (&text, 2, &parts->n_digits[1]);
      if (parts->n_digits[1] == 0)
        {
          parts->value[1] = read_month_name (&text);
          parts->has_month_name = parts->value[1] > 0;
        }
      if (parts->value[1] == 0 && parts->n_digits[1] == 0)
        return FALSE;
      if (*text != parts->separator || (*text == ' ' && !parts->has_month_name))
        return FALSE;
      text++;
      parts->value[2] = read_number (&text, 4, &parts->n_digits[2]);
      if (parts->n_digits[2] == 0)
        return FALSE;
    }
  if (*text == '\0')
    return TRUE;
  if (*text != ' ' && *text != 'T' && *text != 't' && *text != '\t')
    return FALSE;
  text = skip_blanks (text + 1);
  if (*text == '\0')
    return TRUE;
  if (parts->second_of_day >= 0)
    return FALSE;
  parts->second_of_day = read_time (text);
  return parts->second_of_day >= 0;
}

/* POSIX: 69..99 are 1969..1999, 0..68 are 2000..2068. */
static int
whole_year (int year, int n_digits)
{
  if (n_digits > 2)
    return year;
  return year + (year < 69 ? 2000 : 1900);
}

static AisleDateOrder
choose_order (const AisleDateParts *parts, AisleDateOrder wanted)
{
  if (parts->separator == 0 || parts->n_digits[0] >= 3)
    return AISLE_DATE_ORDER_YMD;
  if (parts->has_month_name)
    return wanted == AISLE_DATE_ORDER_YMD && parts->n_digits[2] <= 2 ? wanted
                                                                     : AISLE_DATE_ORDER_DMY;
  if (wanted == AISLE_DATE_ORDER_YMD && parts->n_digits[2] <= 2)
    return wanted;
  if (wanted == AISLE_DATE_ORDER_DMY || wanted == AISLE_DATE_ORDER_MDY)
    return wanted;
  if (parts->separator == '.' || parts->value[0] > 12)
    return AISLE_DATE_ORDER_DMY;
  return parts->value[1] > 12 ? AISLE_DATE_ORDER_MDY : AISLE_DATE_ORDER_UNKNOWN;
}

static AisleDate
put_together (const AisleDateParts *parts, AisleDateOrder order)
{
  const int *v = parts->value;
  switch (order)
    {
    case AISLE_DATE_ORDER_YMD:
      return aisle_date_from_ymd (whole_year (v[0], parts->n_digits[0]), v[1], v[2]);
    case AISLE_DATE_ORDER_DMY:
      return aisle_date_from_ymd (whole_year (v[2], parts->n_digits[2]), v[1], v[0]);
    case AISLE_DATE_ORDER_MDY:
      return aisle_date_from_ymd (whole_year (v[2], parts->n_digits[2]), v[0], v[1]);
    case AISLE_DATE_ORDER_UNKNOWN:
    default:
      return AISLE_DATE_NONE;
    }
}

/* A day's number in a workbook, with the time as its fraction. */
static gboolean
read_serial (const AisleTextFormat *format, const char *text, gint32 *date, int *second_of_day)
{
  char *end;
  double serial = g_ascii_strtod (text, &end);
  if (end == text || *skip_blanks (end) != '\0' || !(serial >= 1 && serial < 2958466))
    return FALSE;
  int day = (int) serial;
  double seconds = (serial - day) * SECONDS_PER_DAY;
  /* 1900-02-29, which never was, is 60: the days before it lie one further. */
  int shift = !format->is_date_1904 && day < 60 ? 1 : 0;
  *date = day + (format->is_date_1904 ? SERIAL_EPOCH_1904 : SERIAL_EPOCH_1900) + shift;
  *second_of_day = seconds < 0.5 ? -1 : MIN ((int) (seconds + 0.5), SECONDS_PER_DAY - 1);
  return aisle_date_is_valid (*date);
}

static gboolean
set_date_error (GError **error, AisleCoreError code, const char *template, const char *text)
{
  g_autofree char *start = g_strndup (text, 60);
  g_autofree char *shown = g_utf8_make_valid (start, -1);
  g_autofree char *message = g_strconcat ("“", shown, "” ", template, NULL);
  g_set_error_literal (error, AISLE_CORE_ERROR, (gint) code, message);
  return FALSE;
}

gboolean
aisle_text_format_parse_date (const AisleTextFormat *format,
                              const char *text,
                              gint32 *date,
                              int *second_of_day,
                              GError **error)
{
  g_return_val_if_fail (format && text && date, FALSE);

  AisleDateParts parts;
  int second = -1;
  text = skip_blanks (text);
  if (*text == '\0')
    {
      g_set_error_literal (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY, "no date is given");
      return FALSE;
    }
  if (!aisle_date_parts_read (text, &parts))
    {
      if (!format->is_xlsx || !read_serial (format, text, date, &second))
        return set_date_error (error, AISLE_CORE_ERROR_INVALID, "is not a date", text);
    }
  else if (parts.value[0] == 0 && parts.value[1] == 0 && parts.value[2] == 0)
    return set_date_error (error, AISLE_CORE_ERROR_EMPTY, "means that no date is given", text);
  else
    {
      AisleDateOrder order = choose_order (&parts, format->date_order);
      if (order == AISLE_DATE_ORDER_UNKNOWN)
        return set_date_error (error, AISLE_CORE_ERROR_INVALID,
                               "can be read day first or month first; say which the file means",
                               text);
      *date = put_together (&parts, order);
      second = parts.second_of_day;
      if (!aisle_date_is_valid (*date))
        return set_date_error (error, AISLE_CORE_ERROR_RANGE, "is a day that does not exist", text);
    }
  if (second_of_day)
    *second_of_day = second;
  return TRUE;
}
