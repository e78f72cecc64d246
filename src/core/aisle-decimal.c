/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-decimal.h"

#include "aisle-core-error.h"

#include <string.h>

#define MAX_SCALE 9
#define MAX_EXPONENT 9999 /* beyond this the number is out of range anyway */

__extension__ typedef __int128 Wide;

/* The digits of a number and where its decimal point stands, taken apart but not yet valued. */
typedef struct
{
  gint64 mantissa;      /* the digits that fit */
  int exponent;         /* value = mantissa * 10^exponent, before the dropped part */
  gboolean is_negative; /* by sign, trailing sign or parentheses */
  gboolean has_dropped; /* digits other than 0 followed those that fit */
} Parts;

static void
set_invalid (GError **error, const char *text, gsize length)
{
  g_autofree char *shown = g_utf8_make_valid (text, (gssize) MIN (length, 60));
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID, "“%s” is not a number", shown);
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
  gboolean is_full = FALSE;
  int digits_since_group = 0;
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
          if (!is_full && parts->mantissa > (G_MAXINT64 - digit) / 10)
            is_full = TRUE;
          if (is_full)
            parts->has_dropped |= digit != 0;
          else
            parts->mantissa = parts->mantissa * 10 + digit;
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
  gboolean away = twice > denominator
                  || (twice == denominator
                      && (rounding == AISLE_ROUND_HALF_UP || quotient % 2 != 0));
  if (away)
    quotient += numerator < 0 ? -1 : 1;
  return quotient;
}

/* mantissa * 10^exponent in units of 10^-scale. FALSE for an overflow; *is_exact tells whether
 * something was cut off. */
static gboolean
scale_parts (const Parts *parts, int scale, AisleRounding rounding, gint64 *value, gboolean *is_exact)
{
  int shift = parts->exponent + scale;
  Wide wide = parts->mantissa;
  *is_exact = !parts->has_dropped;
  if (wide == 0)
    shift = 0;
  if (shift >= 0)
    {
      for (; shift > 0; shift--)
        {
          wide *= 10;
          if (wide > G_MAXINT64)
            return FALSE;
        }
    }
  else if (shift < -19)
    {
      *is_exact = *is_exact && wide == 0;
      wide = 0;
    }
  else
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
  *value = parts->is_negative ? -(gint64) wide : (gint64) wide;
  return TRUE;
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
  gsize whole_length = given_length < 0 ? strlen (text) : (gsize) given_length;
  const char *t = text;
  gsize length = whole_length;
  trim (&t, &length);
  if (length == 0)
    {
      g_set_error_literal (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY, "no number is given");
      return FALSE;
    }

  Parts parts = { 0 };
  if (!take_sign (&t, &length, &parts.is_negative) || !read_digits (t, length, format, &parts))
    {
      set_invalid (error, text, whole_length);
      return FALSE;
    }
  gboolean is_exact;
  if (!scale_parts (&parts, scale, rounding, value, &is_exact))
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_RANGE, "“%.*s” is too large",
                   (int) MIN (whole_length, 60), text);
      return FALSE;
    }
  if (must_be_exact && !is_exact)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_PRECISION,
                   "“%.*s” has more than %d decimals", (int) MIN (whole_length, 60), text, scale);
      return FALSE;
    }
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
