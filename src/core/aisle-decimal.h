/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Decimal text read exactly into an integer: "12,50" at scale 2 is 1250. No binary fraction is ever
 * involved. */

/* How a source writes numbers. `group` is the thousands separator, 0 where there is none; a group
 * separator of ' ' also takes the no-break spaces U+00A0 and U+202F. */
typedef struct
{
  char decimal; /* '.' or ',' */
  char group;   /* 0, ',', '.', ' ' or '\'' */
} AisleNumberFormat;

#define AISLE_NUMBER_FORMAT_PLAIN ((AisleNumberFormat){ .decimal = '.', .group = 0 })

typedef enum
{
  AISLE_ROUND_HALF_UP,   /* away from zero: prices that people see */
  AISLE_ROUND_HALF_EVEN, /* to the even neighbour: where a ledger asks */
} AisleRounding;

/* Reads a decimal number into units of 10^-scale (scale 0..9). Takes surrounding blanks, a sign in
 * front or behind ("12.50-", as SAP writes), parentheses for negative amounts, and an exponent
 * ("1.5E3"). Digits beyond the scale must be zero. `length` may be -1.
 * Errors: AISLE_CORE_ERROR_INVALID, _RANGE (does not fit into 64 bits), _PRECISION, _EMPTY. The
 * message quotes the text. */
gboolean aisle_decimal_parse (const char *text,
                              gssize length,
                              AisleNumberFormat format,
                              int scale,
                              gint64 *value,
                              GError **error);

/* As aisle_decimal_parse(), but digits beyond the scale are rounded. */
gboolean aisle_decimal_parse_rounded (const char *text,
                                      gssize length,
                                      AisleNumberFormat format,
                                      int scale,
                                      AisleRounding rounding,
                                      gint64 *value,
                                      GError **error);

/* As aisle_decimal_parse(), into the nearest double, for what is measured rather than counted. */
gboolean aisle_decimal_parse_double (const char *text,
                                     gssize length,
                                     AisleNumberFormat format,
                                     double *value,
                                     GError **error);

/* "-12.50" for (-1250, 2): a '.', no grouping, exactly `scale` decimals. Free with g_free(). */
char *aisle_decimal_format (gint64 value, int scale);

/* As aisle_decimal_format(), without trailing zeros: "0.5" for (500, 3). Free with g_free(). */
char *aisle_decimal_format_short (gint64 value, int scale);

/* numerator * factor / denominator with one rounding and 128 bits in between. `denominator` > 0.
 * FALSE where the result does not fit into 64 bits. */
gboolean aisle_decimal_multiply_divide (gint64 numerator,
                                        gint64 factor,
                                        gint64 denominator,
                                        AisleRounding rounding,
                                        gint64 *result);
