/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-record-reader.h"

/* Finds out, from the beginning of a CSV text, what `format` leaves open: the separator, how
 * numbers are written and the order of dates. `is_whole`: the text is all there is. Never fails:
 * what the text does not tell gets the usual value. */
void
aisle_format_detect (const char *text, gsize length, gboolean is_whole, AisleTextFormat *format);

/* The length of a first line such as "sep=;", which spreadsheets write to name the separator, and
 * the separator in it; 0 where there is none. */
gsize aisle_format_separator_line (const char *text, gsize length, char *separator);
