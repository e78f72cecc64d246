/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include "aisle-barcode.h"
#include "aisle-core-error.h"

#include <stdio.h>
#include <string.h>

static const char *const yes_no[] = { "0|no|n|false|nein|non|nee|falsch|f",
                                      "1|yes|y|true|ja|j|oui|o|si|sí|s|wahr|x|t", NULL };

const char *
aisle_import_get_text (AisleImport *import, guint field)
{
  int column = import->columns[field];
  if (column < 0 || (guint) column >= import->record.n_fields)
    return NULL;
  const char *text = import->record.fields[column];
  return *text ? text : NULL;
}

/* What can be said about an error without the file's name, which the rejects file does not need. */
static gboolean
reject_for (AisleImport *import, guint field, const GError *error)
{
  return aisle_import_reject (import, field, "%s", error->message);
}

gboolean
aisle_import_get_date (AisleImport *import, guint field, AisleDate *date, int *second)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return TRUE;
  if (!import->last_date_text || strcmp (import->last_date_text, text) != 0)
    {
      g_autoptr (GError) error = NULL;
      g_clear_pointer (&import->last_date_text, g_free);
      if (!aisle_text_format_parse_date (import->format, text, &import->last_date,
                                         &import->last_second, &error))
        {
          /* "00000000" is how SAP writes no date. */
          if (g_error_matches (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY)
              && !import->handler->fields[field].is_required)
            return TRUE;
          return reject_for (import, field, error);
        }
      import->last_date_text = g_strdup (text);
    }
  *date = import->last_date;
  if (second)
    *second = import->last_second;
  return TRUE;
}

/* "8:26", "08:26:00", "082600", "0826". */
gboolean
aisle_import_get_time (AisleImport *import, guint field, int *second)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return TRUE;
  int parts[3] = { 0, 0, 0 };
  gsize n_digits = strspn (text, "0123456789");
  gboolean is_valid = FALSE;
  if (text[n_digits] == '\0' && (n_digits == 6 || n_digits == 4))
    {
      for (gsize i = 0; i < n_digits; i++)
        parts[i / 2] = parts[i / 2] * 10 + (text[i] - '0');
      is_valid = TRUE;
    }
  else
    {
      char rest = '\0';
      int n = sscanf (text, "%2d:%2d:%2d%c", &parts[0], &parts[1], &parts[2], &rest);
      is_valid = n == 2 || n == 3 || (n == 4 && rest == '.');
    }
  if (!is_valid || parts[0] < 0 || parts[0] > 23 || parts[1] < 0 || parts[1] > 59 || parts[2] < 0
      || parts[2] > 60)
    return aisle_import_reject (import, field, "“%s” is not a time of day; write it as 08:26:00",
                                text);
  *second = MIN (parts[0] * 3600 + parts[1] * 60 + parts[2], 86399);
  return TRUE;
}

/* The plain form that nearly every number has: digits and perhaps one decimal point. */
static gboolean
read_plain (const char *text, gsize length, char decimal, int scale, gint64 *value)
{
  if (length == 0 || length > 12)
    return FALSE;
  gint64 result = 0;
  gsize i = text[0] == '-' ? 1 : 0;
  int left = -1; /* decimals still to come, -1 before the point */
  gboolean has_digit = FALSE;
  for (; i < length; i++)
    {
      char c = text[i];
      if (c >= '0' && c <= '9')
        {
          if (left == 0)
            return FALSE;
          result = result * 10 + (c - '0');
          left -= left > 0 ? 1 : 0;
          has_digit = TRUE;
        }
      else if (c == decimal && left < 0 && scale > 0)
        left = scale;
      else
        return FALSE;
    }
  if (!has_digit)
    return FALSE;
  for (int k = left < 0 ? scale : left; k > 0; k--)
    result *= 10;
  *value = text[0] == '-' ? -result : result;
  return TRUE;
}

gboolean
aisle_import_get_decimal (AisleImport *import,
                          guint field,
                          int scale,
                          gint64 minimum,
                          gint64 maximum,
                          gint64 *value)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return TRUE;
  gint64 number;
  if (!read_plain (text, import->record.lengths[import->columns[field]],
                   import->format->number.decimal, MIN (scale, 3), &number))
    {
      g_autoptr (GError) error = NULL;
      if (!aisle_decimal_parse (text, -1, import->format->number, scale, &number, &error))
        return reject_for (import, field, error);
    }
  else
    for (int i = 3; i < scale; i++)
      number *= 10;
  if (number < minimum && minimum == 0)
    return aisle_import_reject (import, field, "%s must not be negative; correct it in the source",
                                import->handler->fields[field].name);
  if (number < minimum || number > maximum)
    {
      g_autofree char *low = aisle_decimal_format_short (minimum, scale);
      g_autofree char *high = aisle_decimal_format_short (maximum, scale);
      return aisle_import_reject (import, field, "%s must lie between %s and %s",
                                  import->handler->fields[field].name, low, high);
    }
  *value = number;
  return TRUE;
}

gboolean
aisle_import_get_rate (AisleImport *import, guint field, gint64 *ppm)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return TRUE;
  g_autofree char *bare = g_strdelimit (g_strdup (text), "%", ' ');
  g_autoptr (GError) error = NULL;
  gint64 number;
  if (!aisle_decimal_parse (bare, -1, import->format->number, 6, &number, &error))
    return reject_for (import, field, error);
  /* Nobody has a sales tax of less than 1 %, so a number below 1 is a share unless it says per
   * cent. */
  gboolean is_share = number < 1000000 && !strchr (text, '%');
  gint64 rate = is_share ? number : number / 100;
  if (number < 0 || rate > AISLE_RATE_ONE)
    return aisle_import_reject (import, field, "“%s” is not a tax rate; write 20 or 20 %%", text);
  *ppm = rate;
  return TRUE;
}

static gboolean
is_one_of (const char *words, const char *text)
{
  gsize length = strlen (text);
  for (const char *p = words; p;)
    {
      const char *end = strchr (p, '|');
      gsize n = end ? (gsize) (end - p) : strlen (p);
      if (n == length && strncmp (p, text, n) == 0)
        return TRUE;
      p = end ? end + 1 : NULL;
    }
  return FALSE;
}

gboolean
aisle_import_get_choice (AisleImport *import,
                         guint field,
                         const char *const *choices,
                         gint64 *value)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return TRUE;
  g_autofree char *lower = g_utf8_strdown (text, -1);
  g_autoptr (GString) known = g_string_new (NULL);
  for (gint64 i = 0; choices[i]; i++)
    {
      if (is_one_of (choices[i], lower))
        {
          *value = i;
          return TRUE;
        }
      g_string_append_printf (known, "%s%.*s", i > 0 ? ", " : "", (int) strcspn (choices[i], "|"),
                              choices[i]);
    }
  return aisle_import_reject (import, field, "“%s” is not known here; write one of %s", text,
                              known->str);
}

gboolean
aisle_import_get_flag (AisleImport *import, guint field, gint64 *value)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return TRUE;
  g_autofree char *lower = g_utf8_strdown (text, -1);
  for (gint64 i = 0; yes_no[i]; i++)
    if (is_one_of (yes_no[i], lower))
      {
        *value = i;
        return TRUE;
      }
  return aisle_import_reject (import, field, "“%s” is neither yes nor no; write yes or no", text);
}

gboolean
aisle_import_get_currency (AisleImport *import, guint field, char currency[AISLE_CURRENCY_SIZE])
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return TRUE;
  g_autofree char *upper = g_ascii_strup (text, -1);
  if (aisle_currency_digits (upper) < 0)
    return aisle_import_reject (import, field,
                                "“%s” is not a currency of ISO 4217 such as GBP or EUR", text);
  g_strlcpy (currency, upper, AISLE_CURRENCY_SIZE);
  return TRUE;
}

/* GS1 General Specifications, 7.9: weights 3 and 1 from the right. */
gboolean
aisle_import_is_barcode (const char *text)
{
  AisleBarcode barcode;
  aisle_barcode_read (text, -1, &barcode);
  return barcode.verdict == AISLE_BARCODE_VALID;
}

/* NULL and the code where the field is a barcode or empty, else what is wrong with it, to be freed
 * with g_free(). */
static char *
judge_barcode (AisleImport *import, guint field, char **code)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text)
    return NULL;
  g_auto (GStrv) parts = g_strsplit (text, "-", -1);
  g_autofree char *bare = g_strjoinv ("", parts);
  AisleBarcode barcode;
  aisle_barcode_read (bare, -1, &barcode);
  if (barcode.verdict == AISLE_BARCODE_NUMBER_FORM)
    {
      aisle_import_find (import, "barcode_exponent", text,
                         "“%s” was a barcode before a spreadsheet rounded it", text);
      return g_strdup_printf (
          "“%s” is a barcode that a spreadsheet rounded; export the column as text", text);
    }
  if (barcode.verdict != AISLE_BARCODE_VALID)
    return g_strdup_printf (
        "“%s” is not a barcode: it needs 8, 12, 13 or 14 digits of which the last "
        "is the check digit",
        text);
  *code = g_strdup (barcode.code);
  return NULL;
}

gboolean
aisle_import_get_barcode (AisleImport *import, guint field, char **code)
{
  g_autofree char *wrong = judge_barcode (import, field, code);
  return !wrong || aisle_import_reject (import, field, "%s", wrong);
}

void
aisle_import_take_barcode (AisleImport *import, guint field, char **code)
{
  g_autofree char *wrong = judge_barcode (import, field, code);
  if (wrong)
    aisle_import_find (import, "barcode_left_out", aisle_import_get_text (import, field), "%s",
                       wrong);
}
