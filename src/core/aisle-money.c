/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-money.h"

#include "aisle-core-error.h"

#include <string.h>

/* ISO 4217:2015, active currencies of countries; those with two digits are the rule. */
static const char two_digits[] = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND "
                                 "BOB BRL BSD BTN BWP BYN BZD CAD "
                                 "CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD "
                                 "FKP GBP GEL GHS GIP GMD GTQ GYD "
                                 "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
                                 "LBP LKR LRD LSL MAD MDL MGA MKD "
                                 "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
                                 "PAB PEN PGK PHP PKR PLN QAR RON "
                                 "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
                                 "SZL THB TJS TMT TOP TRY TTD TWD "
                                 "TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ";
static const char no_digits[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ";
static const char three_digits[] = "BHD IQD JOD KWD LYD OMR TND ";

static const struct
{
  const char *code;
  const char *symbol;
} symbols[] = {
  { "GBP", "£" }, { "EUR", "€" }, { "USD", "$" }, { "JPY", "¥" }, { "INR", "₹" },
};

static gboolean
list_has (const char *list, const char *code)
{
  for (const char *p = list; *p; p += 4)
    if (memcmp (p, code, 3) == 0)
      return TRUE;
  return FALSE;
}

int
aisle_currency_digits (const char *code)
{
  if (!code || strlen (code) != 3)
    return -1;
  if (list_has (two_digits, code))
    return 2;
  if (list_has (no_digits, code))
    return 0;
  if (list_has (three_digits, code))
    return 3;
  return -1;
}

gboolean
aisle_money_parse (const char *text,
                   gssize length,
                   AisleNumberFormat format,
                   const char *currency,
                   gint64 *minor,
                   GError **error)
{
  int digits = aisle_currency_digits (currency);
  if (digits < 0)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                   "“%s” is not a currency of ISO 4217", currency ? currency : "");
      return FALSE;
    }
  return aisle_decimal_parse (text, length, format, digits, minor, error);
}

char *
aisle_money_format_plain (gint64 minor, const char *currency)
{
  int digits = aisle_currency_digits (currency);
  return aisle_decimal_format (minor, digits < 0 ? 2 : digits);
}

char *
aisle_money_format (gint64 minor, const char *currency)
{
  g_autofree char *plain = aisle_money_format_plain (minor, currency);
  if (!currency || !*currency)
    return g_steal_pointer (&plain);
  const char *sign = plain[0] == '-' ? "-" : "";
  const char *magnitude = plain + strlen (sign);
  for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++)
    if (strcmp (symbols[i].code, currency) == 0)
      return g_strconcat (sign, symbols[i].symbol, magnitude, NULL);
  return g_strconcat (plain, " ", currency, NULL);
}

/* numerator * factor / denominator; saturates where 64 bits do not hold it, which no amount of
 * money that passed aisle_money_parse() and a real tax rate reaches. */
static gint64
scale_amount (gint64 minor, gint64 factor, gint64 denominator, AisleRounding rounding)
{
  gint64 result;
  if (!aisle_decimal_multiply_divide (minor, factor, denominator, rounding, &result))
    return (minor < 0) != (factor < 0) ? G_MININT64 : G_MAXINT64;
  return result;
}

gint64
aisle_money_net_from_gross (gint64 gross_minor, gint64 tax_rate_ppm)
{
  g_return_val_if_fail (tax_rate_ppm >= 0, gross_minor);
  return scale_amount (gross_minor, AISLE_RATE_ONE, AISLE_RATE_ONE + tax_rate_ppm,
                       AISLE_ROUND_HALF_UP);
}

gint64
aisle_money_gross_from_net (gint64 net_minor, gint64 tax_rate_ppm)
{
  g_return_val_if_fail (tax_rate_ppm >= 0, net_minor);
  return scale_amount (net_minor, AISLE_RATE_ONE + tax_rate_ppm, AISLE_RATE_ONE,
                       AISLE_ROUND_HALF_UP);
}

gint64
aisle_money_less_percent (gint64 minor, gint64 off_ppm, AisleRounding rounding)
{
  return scale_amount (minor, AISLE_RATE_ONE - off_ppm, AISLE_RATE_ONE, rounding);
}
