/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-source-private.h"

#include <string.h>

/* Codes: ISO 3166-1 alpha-2 where the market is a country. "XC" and "ZZ" are from the ranges that
 * the standard leaves to its users, "EU" is reserved by it for the European Union. EIRE is Ireland
 * and RSA (which this cut of the data does not have) the Republic of South Africa. */
static const AisleSampleStore stores[] = {
  { "Australia", "AU", "AU", "Australia" },
  { "Austria", "AT", "AT", "Austria" },
  { "Bahrain", "BH", "BH", "Bahrain" },
  { "Belgium", "BE", "BE", "Belgium" },
  { "Brazil", "BR", "BR", "Brazil" },
  { "Canada", "CA", "CA", "Canada" },
  { "Channel Islands", "XC", "XC", "Channel Islands" },
  { "Cyprus", "CY", "CY", "Cyprus" },
  { "Czech Republic", "CZ", "CZ", "Czech Republic" },
  { "Denmark", "DK", "DK", "Denmark" },
  { "EIRE", "IE", "IE", "Ireland" },
  { "European Community", "EU", "EU", "European Community" },
  { "Finland", "FI", "FI", "Finland" },
  { "France", "FR", "FR", "France" },
  { "Germany", "DE", "DE", "Germany" },
  { "Greece", "GR", "GR", "Greece" },
  { "Hong Kong", "HK", "HK", "Hong Kong" },
  { "Iceland", "IS", "IS", "Iceland" },
  { "Israel", "IL", "IL", "Israel" },
  { "Italy", "IT", "IT", "Italy" },
  { "Japan", "JP", "JP", "Japan" },
  { "Lebanon", "LB", "LB", "Lebanon" },
  { "Lithuania", "LT", "LT", "Lithuania" },
  { "Malta", "MT", "MT", "Malta" },
  { "Netherlands", "NL", "NL", "Netherlands" },
  { "Norway", "NO", "NO", "Norway" },
  { "Poland", "PL", "PL", "Poland" },
  { "Portugal", "PT", "PT", "Portugal" },
  { "RSA", "ZA", "ZA", "South Africa" },
  { "Saudi Arabia", "SA", "SA", "Saudi Arabia" },
  { "Singapore", "SG", "SG", "Singapore" },
  { "Spain", "ES", "ES", "Spain" },
  { "Sweden", "SE", "SE", "Sweden" },
  { "Switzerland", "CH", "CH", "Switzerland" },
  { "USA", "US", "US", "United States" },
  { "United Arab Emirates", "AE", "AE", "United Arab Emirates" },
  { "United Kingdom", "GB", "GB", "United Kingdom" },
  { "Unspecified", "ZZ", "ZZ", "Unspecified" },
  { NULL, NULL, NULL, NULL },
};

static const AisleSampleStore market_hall = { NULL, "MARKET", "GB", "Market Hall" };

/* Five digits like any product, but no goods: "Next Day Carriage", a gift voucher of 100 pounds and
 * "PACKING CHARGE". */
static const char *const disguised_services[] = { "23444", "22016", "23574", NULL };

/* Upper case like real names, but notes all the same. */
static const char *const short_notes[] = { "FOUND", "DAMAGED", "DAMAGES", "FBA",  "MIA",
                                           "CHECK", "LOST",    "MISSING", "EBAY", NULL };

/* What stands in the notes that people of the warehouse wrote where a description belongs. */
static const char *const note_words[] = {
  "damage",     "thrown",    "throw away", "rusty",   "mouldy",      "wrong",      "found",
  "missing",    "lost",      "adjust",     "sold as", "sold in",     "sold set",   "sold sets",
  "amazon",     "ebay",      "dotcom",     "check",   "return",      "credit",     "crush",
  "crack",      "smash",     "broken",     "faulty",  "sample",      "showroom",   "display",
  "barcode",    "mix up",    "came coded", "counted", "mailout",     "given away", "mystery",
  "rcvd",       "quick fix", "on cargo",   "mamage",  "incorrectly", "reverse",    "push order",
  "unsaleable", "water",     "smudges",    "test",    NULL,
};

const AisleSampleStore *
aisle_sample_get_stores (guint *n)
{
  if (n)
    *n = G_N_ELEMENTS (stores) - 1;
  return stores;
}

const AisleSampleStore *
aisle_sample_get_market_hall (void)
{
  return &market_hall;
}

gboolean
aisle_sample_is_service (const char *sku)
{
  gsize digits = strspn (sku, "0123456789");
  return digits < 5 || g_strv_contains (disguised_services, sku);
}

gboolean
aisle_sample_is_sensible_name (const char *text)
{
  guint letters = 0, lower = 0;
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      letters += g_unichar_isalpha (c) != 0;
      lower += g_unichar_islower (c) != 0;
    }
  if (letters < 3 || g_strv_contains (short_notes, text))
    return FALSE;
  if (lower == 0)
    return TRUE;
  g_autofree char *folded = g_utf8_strdown (text, -1);
  for (gsize i = 0; note_words[i]; i++)
    if (strstr (folded, note_words[i]))
      return FALSE;
  return TRUE;
}

char *
aisle_sample_clean_name (const char *text)
{
  GString *clean = g_string_new (NULL);
  gboolean wants_blank = FALSE;
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (g_unichar_isspace (c))
        {
          wants_blank = clean->len > 0;
          continue;
        }
      if (wants_blank)
        g_string_append_c (clean, ' ');
      wants_blank = FALSE;
      g_string_append_unichar (clean, c);
    }
  return g_string_free (clean, FALSE);
}
