/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-decimal.h"

/* Money is an integer in minor units (pence, cents, fils) beside its ISO 4217 currency, and says
 * whether it is net or gross. Rates and percentages are in millionths: 20 % is 200000. */

#define AISLE_CURRENCY_SIZE 4 /* three letters and the NUL */
#define AISLE_RATE_ONE 1000000

/* Net: without the taxes on sales. Gross: what a shopper pays. */
typedef enum
{
  AISLE_TAX_NET,
  AISLE_TAX_GROSS,
} AisleTaxBasis;

/* The digits after the decimal point that ISO 4217 gives a currency (GBP 2, JPY 0, KWD 3); -1 for a
 * code that is not an active currency. */
int aisle_currency_digits (const char *code);

/* Reads an amount in major units ("3.49") into minor units of `currency`. Errors as
 * aisle_decimal_parse(), and AISLE_CORE_ERROR_INVALID for an unknown currency. */
gboolean aisle_money_parse (const char *text,
                            gssize length,
                            AisleNumberFormat format,
                            const char *currency,
                            gint64 *minor,
                            GError **error);

/* "3.49" for 349 GBP, for files and JSON: '.' and no symbol. Free with g_free(). */
char *aisle_money_format_plain (gint64 minor, const char *currency);

/* "£3.49", "-£3.49", "3.49 PLN": for messages to people. Free with g_free(). */
char *aisle_money_format (gint64 minor, const char *currency);

/* Net out of gross and gross out of net at a tax rate in millionths (0 or more), rounded half up.
 */
gint64 aisle_money_net_from_gross (gint64 gross_minor, gint64 tax_rate_ppm);
gint64 aisle_money_gross_from_net (gint64 net_minor, gint64 tax_rate_ppm);

/* An amount less a percentage in millionths of 100 % (9.9 % off is 99000). */
gint64 aisle_money_less_percent (gint64 minor, gint64 off_ppm, AisleRounding rounding);
