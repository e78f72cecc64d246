/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-decimal.h"

#include "aisle-core-error.h"

#include <math.h>
#include <string.h>

#define MAX_SCALE 9
#define MAX_EXPONENT 9999 /* beyond this the number is out of range anyway */

__extension__ typedef __int128 Wide;

#define WIDE_DIGITS 37 /* so many always fit, with room for one more step */

/* The digits of a number and where its decimal point stands, taken apart but not yet valued. */
typedef struct
{
  Wide mantissa;        /* the first digits, up to WIDE_DIGITS of them */
  int exponent;         /* value = mantissa * 10^exponent, before the dropped part */
  gboolean is_negative; /* by sign, trailing sign or parentheses */
  gboolean has_dropped; /* digits other than 0 followed those that fit */
} Parts;

static void
set_error (GError **error, AisleCoreError code, const char *text, gsize length, const char *what)
{
  g_autofree char *shown = g_utf8_make_valid (text, (gssize) MIN (length, 60));
  g_set_error (error, AISLE_CORE_ERROR, (gint) code, "“%s” %s", shown, what);
}

/* Blanks around numbers: ASCII white space and the two no-break spaces. Returns the bytes taken. */
static gsize
blank_at (const char *text, gsize length)
{
  if (length >= 1 && g_ascii_isspace (text[0]))
    return 1;
  if (length >= 2 && memcmp (text, "\xc2\xa0", 2) == 0)
    return 2;
  if (length >= 3 && memcmp (text, "\xe2\x80\xaf", 3) == 0)
    return 3;
  return 0;
}

static void
trim (const char **text, gsize *length)
{
  gsize n;
  while ((n = blank_at (*text, *length)) > 0)
    {
      *text += n;
      *length -= n;
    }
  for (;;)
    {
      if (*length >= 1 && g_ascii_isspace ((*text)[*length - 1]))
        *length -= 1;
      else if (*length >= 2 && memcmp (*text + *length - 2, "\xc2\xa0", 2) == 0)
        *length -= 2;
      else if (*length >= 3 && memcmp (*text + *length - 3, "\xe2\x80\xaf", 3) == 0)
        *length -= 3;
      else
        return;
    }
}

/* Takes the sign or the parentheses off; FALSE where there are two of them. */
static gboolean
take_sign (const char **text, gsize *length, gboolean *is_negative)
{
  const char *t = *text;
  gsize n = *length;
  *is_negative = FALSE;
  if (n == 0)
    return FALSE;
  if (t[0] == '(' && t[n - 1] == ')')
    {
      *is_negative = TRUE;
      t++;
      n -= 2;
    }
  else if (t[0] == '-' || t[0] == '+')
    {
      *is_negative = t[0] == '-';
      t++;
      n--;
    }
  else if (n >= 3 && memcmp (t, "\xe2\x88\x92", 3) == 0) /* U+2212, the typographic minus */
    {
      *is_negative = TRUE;
      t += 3;
      n -= 3;
    }
  else if (t[n - 1] == '-' || t[n - 1] == '+')
    {
      *is_negative = t[n - 1] == '-';
      n--;
    }
  trim (&t, &n);
  *text = t;
  *length = n;
  return n > 0;
}

/* The bytes of a group separator at `text`, 0 where there is none. */
static gsize
group_at (const char *text, gsize length, char group)
{
  if (group == 0 || length == 0)
    return 0;
  if (text[0] == group)
    return 1;
  if (group == ' ')
    return blank_at (text, length);
  if (group == '\'' && length >= 3 && memcmp (text, "\xe2\x80\x99", 3) == 0) /* U+2019 */
    return 3;
  return 0;
}

static gboolean
read_exponent (const char *text, gsize length, int *exponent)
{
  gboolean is_negative = FALSE;
  if (length > 0 && (text[0] == '-' || text[0] == '+'))
    {
      is_negative = text[0] == '-';
      text++;
      length--;
    }
  if (length == 0)
    return FALSE;
  int value = 0;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      value = MIN (value * 10 + (text[i] - '0'), MAX_EXPONENT);
    }
  *exponent = is_negative ? -value : value;
  return TRUE;
}

/* Takes digits, groups of three and the decimal point apart. A group separator must be followed by
 * exactly three digits, so that "1,50" is not read as 150 under an English format. */
static gboolean
read_digits (const char *text, gsize length, AisleNumberFormat format, Parts *parts)
{
  gboolean seen_point = FALSE, seen_digit = FALSE, seen_group = FALSE;
  int digits_since_group = 0, n_digits = 0;
  gsize i = 0;

  while (i < length)
    {
      char c = text[i];
      gsize n;
      if (g_ascii_isdigit (c))
        {
          int digit = c - '0';
          seen_digit = TRUE;
          digits_since_group++;
          gboolean is_full = n_digits == WIDE_DIGITS;
          if (is_full)
            parts->has_dropped |= digit != 0;
          else
            parts->mantissa = parts->mantissa * 10 + digit;
          n_digits += !is_full && parts->mantissa > 0;
          parts->exponent = CLAMP (parts->exponent + (is_full ? 1 : 0) - (seen_point ? 1 : 0),
                                   -4 * MAX_EXPONENT, 4 * MAX_EXPONENT);
          i++;
        }
      else if (c == format.decimal && !seen_point)
        {
          if (seen_group && digits_since_group != 3)
            return FALSE;
          seen_point = TRUE;
          i++;
        }
      else if (!seen_point && seen_digit && (n = group_at (text + i, length - i, format.group)) > 0)
        {
          if (digits_since_group > 3 || (seen_group && digits_since_group != 3))
            return FALSE;
          seen_group = TRUE;
          digits_since_group = 0;
          i += n;
        }
      else if ((c == 'e' || c == 'E') && seen_digit)
        {
          int exponent;
          if (!read_exponent (text + i + 1, length - i - 1, &exponent))
            return FALSE;
          parts->exponent += exponent;
          i = length;
        }
      else
        return FALSE;
    }
  return seen_digit && !(seen_group && !seen_point && digits_since_group != 3);
}

static Wide
round_divide (Wide numerator, Wide denominator, AisleRounding rounding)
{
  Wide quotient = numerator / denominator;
  Wide rest = numerator % denominator;
  if (rest < 0)
    rest = -rest;
  Wide twice = rest * 2;
  gboolean away =
      twice > denominator
      || (twice == denominator && (rounding == AISLE_ROUND_HALF_UP || quotient % 2 != 0));
  if (away)
    quotient += numerator < 0 ? -1 : 1;
  return quotient;
}

/* mantissa * 10^exponent in units of 10^-scale. FALSE for an overflow; *is_exact tells whether
 * something was cut off. */
static gboolean
scale_parts (const Parts *parts,
             int scale,
             AisleRounding rounding,
             gint64 *value,
             gboolean *is_exact)
{
  const Wide limit = (Wide) G_MAXINT64 + (parts->is_negative ? 1 : 0);
  int shift = parts->mantissa == 0 ? 0 : parts->exponent + scale;
  Wide wide = parts->mantissa;
  *is_exact = !parts->has_dropped;
  for (; shift > 0 && wide <= limit; shift--)
    wide *= 10;
  if (shift < -WIDE_DIGITS)
    {
      *is_exact = FALSE;
      wide = 0;
    }
  else if (shift < 0)
    {
      Wide divisor = 1;
      for (; shift < 0; shift++)
        divisor *= 10;
      *is_exact = *is_exact && wide % divisor == 0;
      /* Dropped digits other than 0 lift an exact half above it. */
      if (parts->has_dropped && (wide % divisor) * 2 == divisor)
        wide += 1;
      wide = round_divide (wide, divisor, rounding);
    }
  if (wide > limit)
    return FALSE;
  *value = parts->is_negative ? (gint64) -wide : (gint64) wide;
  return TRUE;
}

/* Takes `text` apart. FALSE with an error: nothing there, or no number. */
static gboolean
take_apart (const char *text, gsize length, AisleNumberFormat format, Parts *parts, GError **error)
{
  const char *t = text;
  gsize n = length;
  trim (&t, &n);
  if (n == 0)
    {
      g_set_error_literal (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY, "no number is given");
      return FALSE;
    }
  if (take_sign (&t, &n, &parts->is_negative) && read_digits (t, n, format, parts))
    return TRUE;
  set_error (error, AISLE_CORE_ERROR_INVALID, text, length, "is not a number");
  return FALSE;
}

static gboolean
parse (const char *text,
       gssize given_length,
       AisleNumberFormat format,
       int scale,
       gboolean must_be_exact,
       AisleRounding rounding,
       gint64 *value,
       GError **error)
{
  gsize length = given_length < 0 ? strlen (text) : (gsize) given_length;
  Parts parts = { 0 };
  gint64 result;
  gboolean is_exact;
  if (!take_apart (text, length, format, &parts, error))
    return FALSE;
  if (!scale_parts (&parts, scale, rounding, &result, &is_exact))
    {
      set_error (error, AISLE_CORE_ERROR_RANGE, text, length, "is too large");
      return FALSE;
    }
  if (must_be_exact && !is_exact)
    {
      char what[40];
      g_snprintf (what, sizeof what, "has more than %d decimals", scale);
      set_error (error, AISLE_CORE_ERROR_PRECISION, text, length, what);
      return FALSE;
    }
  *value = result;
  return TRUE;
}

gboolean
aisle_decimal_parse (const char *text,
                     gssize length,
                     AisleNumberFormat format,
                     int scale,
                     gint64 *value,
                     GError **error)
{
  g_return_val_if_fail (text != NULL && value != NULL, FALSE);
  g_return_val_if_fail (scale >= 0 && scale <= MAX_SCALE, FALSE);
  return parse (text, length, format, scale, TRUE, AISLE_ROUND_HALF_UP, value, error);
}

gboolean
aisle_decimal_parse_rounded (const char *text,
                             gssize length,
                             AisleNumberFormat format,
                             int scale,
                             AisleRounding rounding,
                             gint64 *value,
                             GError **error)
{
  g_return_val_if_fail (text != NULL && value != NULL, FALSE);
  g_return_val_if_fail (scale >= 0 && scale <= MAX_SCALE, FALSE);
  return parse (text, length, format, scale, FALSE, rounding, value, error);
}

/* Exact where both the digits and the power of ten are doubles: W. D. Clinger, "How to read
 * floating point numbers accurately", 1990. Else the C library rounds. */
static double
parts_to_double (const Parts *parts)
{
  static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  const int last = (int) G_N_ELEMENTS (powers) - 1;
  if (parts->mantissa <= (Wide) 1 << 53 && ABS (parts->exponent) <= last)
    {
      double mantissa = (double) parts->mantissa;
      return parts->exponent < 0 ? mantissa / powers[-parts->exponent]
                                 : mantissa * powers[parts->exponent];
    }
  /* Eighteen digits each, which fit into 64 bits. */
  const Wide half = (Wide) 1000000000 * 1000000000;
  char text[64];
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT "%018" G_GUINT64_FORMAT "e%d",
              (guint64) (parts->mantissa / half), (guint64) (parts->mantissa % half),
              parts->exponent);
  return g_ascii_strtod (text, NULL);
}

gboolean
aisle_decimal_parse_double (const char *text,
                            gssize given_length,
                            AisleNumberFormat format,
                            double *value,
                            GError **error)
{
  g_return_val_if_fail (text != NULL && value != NULL, FALSE);

  gsize length = given_length < 0 ? strlen (text) : (gsize) given_length;
  Parts parts = { 0 };
  if (!take_apart (text, length, format, &parts, error))
    return FALSE;
  double magnitude = parts_to_double (&parts);
  if (!isfinite (magnitude))
    {
      set_error (error, AISLE_CORE_ERROR_RANGE, text, length, "is too large");
      return FALSE;
    }
  *value = parts.is_negative ? -magnitude : magnitude;
  return TRUE;
}

char *
aisle_decimal_format (gint64 value, int scale)
{
  g_return_val_if_fail (scale >= 0 && scale <= MAX_SCALE, NULL);

  guint64 magnitude = value < 0 ? (guint64) - (value + 1) + 1 : (guint64) value;
  guint64 divisor = 1;
  for (int i = 0; i < scale; i++)
    divisor *= 10;
  const char *sign = value < 0 ? "-" : "";
  if (scale == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT, sign, magnitude);
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, sign, magnitude / divisor,
                          scale, magnitude % divisor);
}

char *
aisle_decimal_format_short (gint64 value, int scale)
{
  char *text = aisle_decimal_format (value, scale);
  if (scale > 0)
    {
      gsize length = strlen (text);
      while (text[length - 1] == '0')
        length--;
      if (text[length - 1] == '.')
        length--;
      text[length] = '\0';
    }
  return text;
}

gboolean
aisle_decimal_multiply_divide (gint64 numerator,
                               gint64 factor,
                               gint64 denominator,
                               AisleRounding rounding,
                               gint64 *result)
{
  g_return_val_if_fail (denominator > 0 && result != NULL, FALSE);

  Wide wide = round_divide ((Wide) numerator * factor, denominator, rounding);
  if (wide > G_MAXINT64 || wide < G_MININT64)
    return FALSE;
  *result = (gint64) wide;
  return TRUE;
}
