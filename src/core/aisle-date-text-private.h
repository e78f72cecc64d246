/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A date as somebody wrote it, taken apart but not yet understood. */
typedef struct
{
  int value[3];            /* in the order written; a month's name has become its number */
  guint8 n_digits[3];      /* 0 for a month's name */
  char separator;          /* '-', '/', '.' or ' '; 0: YYYYMMDD in a row */
  gboolean has_month_name; /* value[1] is certainly the month */
  int second_of_day;       /* -1: no time given */
} AisleDateParts;

/* FALSE where `text` (blanks around it taken off) does not look like a date with or without a time.
 */
gboolean aisle_date_parts_read (const char *text, AisleDateParts *parts);
