/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-percent-text-private.h"

#include "aisle-decimal.h"

char *
aisle_percent_text (gint64 ppm)
{
  gint64 hundredths = 0;
  aisle_decimal_multiply_divide (ppm, 1, 100, AISLE_ROUND_HALF_UP, &hundredths);
  g_autofree char *number = aisle_decimal_format_short (hundredths, 2);
  return g_strconcat (number, " %", NULL);
}
