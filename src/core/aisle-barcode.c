/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-barcode.h"

#include <string.h>

#define DIGITS_MAX 14
#define TEXT_MAX 64 /* longer text is no barcode */

/* GS1 General Specifications, 7.9.1: weights 3 and 1 in turn, from the right. */
char
aisle_barcode_check_digit (const char *digits, gsize n_digits)
{
  guint sum = 0;
  for (gsize i = 0; i < n_digits; i++)
    sum += (guint) (digits[n_digits - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
  return (char) ('0' + (10 - sum % 10) % 10);
}

/* Copies without blanks; FALSE where too much is left. */
static gboolean
squeeze (const char *text, gsize length, char squeezed[TEXT_MAX + 1])
{
  gsize n = 0;
  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_isspace (text[i]) || (text[i] == '\'' && n == 0))
        continue;
      if (length - i >= 2 && memcmp (text + i, "\xc2\xa0", 2) == 0)
        {
          i++;
          continue;
        }
      if (n == TEXT_MAX)
        return FALSE;
      squeezed[n++] = text[i];
    }
  squeezed[n] = '\0';
  return TRUE;
}

/* Digits with a decimal point or an exponent. */
static gboolean
is_number_form (const char *text)
{
  gsize n = strspn (text, "0123456789.,eE+");
  return text[n] == '\0' && g_ascii_isdigit (text[0]) && strpbrk (text, ".,eE");
}

static gboolean
is_known_length (gsize length)
{
  return length == 8 || (length >= 12 && length <= DIGITS_MAX);
}

/* GS1 General Specifications, 1.4: 02 and 20..29 of thirteen digits, 2 of twelve, are for use
 * inside a company or region. */
static gboolean
may_embed (const char *key)
{
  /* The key of thirteen digits begins with one filled-up zero. */
  return key[0] == '0' && (key[1] == '2' || (key[1] == '0' && key[2] == '2'));
}

void
aisle_barcode_read (const char *text, gssize given_length, AisleBarcode *barcode)
{
  g_return_if_fail (text != NULL && barcode != NULL);

  char squeezed[TEXT_MAX + 1];
  *barcode = (AisleBarcode){ .verdict = AISLE_BARCODE_NO_BARCODE };
  if (!squeeze (text, given_length < 0 ? strlen (text) : (gsize) given_length, squeezed))
    return;
  gsize length = strlen (squeezed);
  if (length == 0)
    barcode->verdict = AISLE_BARCODE_EMPTY;
  if (length == 0 || strspn (squeezed, "0123456789") != length)
    {
      if (is_number_form (squeezed))
        barcode->verdict = AISLE_BARCODE_NUMBER_FORM;
      return;
    }
  if (!is_known_length (length))
    {
      barcode->verdict = AISLE_BARCODE_WRONG_LENGTH;
      return;
    }
  memcpy (barcode->code, squeezed, length + 1);
  memset (barcode->key, '0', DIGITS_MAX - length);
  memcpy (barcode->key + DIGITS_MAX - length, squeezed, length + 1);
  gboolean is_right = aisle_barcode_check_digit (squeezed, length - 1) == squeezed[length - 1];
  barcode->verdict = is_right ? AISLE_BARCODE_VALID : AISLE_BARCODE_WRONG_CHECK_DIGIT;
  barcode->may_embed_measure = (length == 12 || length == 13) && may_embed (barcode->key);
}

const char *
aisle_barcode_verdict_text (AisleBarcodeVerdict verdict)
{
  switch (verdict)
    {
    case AISLE_BARCODE_EMPTY:
      return "is empty";
    case AISLE_BARCODE_WRONG_CHECK_DIGIT:
      return "has a wrong last digit (the check digit); compare it with the product";
    case AISLE_BARCODE_WRONG_LENGTH:
      return "does not have 8, 12, 13 or 14 digits; zeros in front may have been lost";
    case AISLE_BARCODE_NUMBER_FORM:
      return "was turned into a number by a spreadsheet, which loses digits; export the column as "
             "text";
    case AISLE_BARCODE_NO_BARCODE:
      return "is not a barcode, which has digits only";
    case AISLE_BARCODE_VALID:
    default:
      return NULL;
    }
}
