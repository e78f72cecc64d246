/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

/* Stores, what they range, and their calendar. */

/* ---------------------------------------------------------------- stores */

enum
{
  STORE_CODE,
  STORE_NAME,
  STORE_CHANNEL,
  STORE_CURRENCY,
  STORE_COUNTRY,
  STORE_REGION,
  STORE_ZONE,
  STORE_INCLUDE_TAX,
  STORE_FORMAT,
  STORE_OPENING_DAYS,
  STORE_OPENED,
  STORE_CLOSED,
  STORE_IN_TOTALS,
  STORE_SYSTEM_CODE,
  STORE_N_FIELDS,
};

static const AisleImportFieldInfo store_fields[STORE_N_FIELDS] = {
  [STORE_CODE] = { "code", TRUE, "text", "DE01", "the store's number",
                   AISLE_SYNONYMS ("store", AISLE_STORE_WORDS) },
  [STORE_NAME] = { "name", FALSE, "text", "Berlin Mitte", "what people call it",
                   AISLE_SYNONYMS ("NAME1",
                                   "store name",
                                   "loc desc",
                                   "Bezeichnung",
                                   "nom",
                                   "nombre",
                                   "nome",
                                   "naam") },
  [STORE_CHANNEL] = { "channel", FALSE, "one of shop, web, app, kiosk, warehouse", "shop",
                      "what it is",
                      AISLE_SYNONYMS ("VLFKZ",
                                      "type",
                                      "loc type",
                                      "Vertriebsweg",
                                      "canal",
                                      "kanaal") },
  [STORE_CURRENCY] = { "currency", FALSE, "currency", "EUR",
                       "what it sells in; empty in a new store: the workspace's",
                       AISLE_SYNONYMS ("WAERS",
                                       "currency code",
                                       "Währung",
                                       "devise",
                                       "moneda",
                                       "valuta") },
  [STORE_COUNTRY] = { "country", FALSE, "text", "DE", "ISO 3166 letters; tax rates go by it",
                      AISLE_SYNONYMS ("LAND1", "country id", "Land", "pays", "país", "paese") },
  [STORE_REGION] = { "region", FALSE, "text", "BE", "state or region",
                     AISLE_SYNONYMS ("REGIO",
                                     "state",
                                     "Bundesland",
                                     "région",
                                     "región",
                                     "regione",
                                     "regio") },
  [STORE_ZONE] = { "zone", FALSE, "time zone", "Europe/Berlin",
                   "its clock; empty in a new store: UTC",
                   AISLE_SYNONYMS ("time zone",
                                   "timezone",
                                   "Zeitzone",
                                   "fuseau horaire",
                                   "tijdzone") },
  [STORE_INCLUDE_TAX] = { "prices_include_tax", FALSE, "yes/no", "yes",
                          "whether its shelf prices have the sales tax in them",
                          AISLE_SYNONYMS ("tax included", "inklusive Steuer") },
  [STORE_FORMAT] = { "format", FALSE, "text", "city", "its format",
                     AISLE_SYNONYMS ("store format") },
  [STORE_OPENING_DAYS] = { "opening_days", FALSE, "seven of 0 and 1, Monday first", "1111110",
                           "on which weekdays it is open", NULL },
  [STORE_OPENED] = { "opened", FALSE, "date", "2019-05-02", "first day",
                     AISLE_SYNONYMS ("open date", "EROED") },
  [STORE_CLOSED] = { "closed", FALSE, "date", "2027-01-31", "last day",
                     AISLE_SYNONYMS ("close date", "SCHLD") },
  [STORE_IN_TOTALS] = { "in_totals", FALSE, "yes/no", "yes",
                        "whether totals over all stores count it", NULL },
  [STORE_SYSTEM_CODE] = { "system_code", FALSE, "text", "17",
                          "its code in its store system, where another", NULL },
};

static const char *const channels[] = { "shop|store|filiale|a",
                                        "web|online|webshop|e-commerce",
                                        "app",
                                        "kiosk",
                                        "warehouse|dc|lager|entrepôt|magazijn|b",
                                        NULL };

static gboolean
begin_stores (AisleImport *import, GError **error)
{
  import->state = aisle_import_table_new (
      import, "store", "code",
      "name,channel,currency,country,region,zone,prices_include_tax,format,opening_days,opened_day,"
      "closed_day,in_totals,system_code,is_generated");
  return TRUE;
}

static void
end_table (AisleImport *import)
{
  aisle_import_table_free (import->state);
}

static gboolean
get_opening_days (AisleImport *import, gint64 *days)
{
  const char *text = aisle_import_get_text (import, STORE_OPENING_DAYS);
  if (!text)
    return TRUE;
  gint64 bits = 0;
  gsize i;
  for (i = 0; text[i] == '0' || text[i] == '1'; i++)
    bits |= text[i] == '1' && i < 7 ? 1 << i : 0;
  if (i != 7 || text[7])
    return aisle_import_reject (import, STORE_OPENING_DAYS,
                                "“%s” is not seven of 0 and 1, Monday first, such as 1111110",
                                text);
  *days = bits;
  return TRUE;
}

static gboolean
check_zone (AisleImport *import)
{
  const char *text = aisle_import_get_text (import, STORE_ZONE);
  g_autoptr (GTimeZone) zone = text ? g_time_zone_new_identifier (text) : NULL;
  if (!text || zone)
    return TRUE;
  return aisle_import_reject (import, STORE_ZONE, "“%s” is not a time zone such as Europe/Berlin",
                              text);
}

static gboolean
set_store (AisleImport *import, AisleImportTable *table, gboolean is_new)
{
  char currency[AISLE_CURRENCY_SIZE] = "";
  gint64 channel = -1, include_tax = -1, in_totals = -1, days = -1;
  AisleDate opened = AISLE_DATE_NONE, closed = AISLE_DATE_NONE;
  if (!aisle_import_get_currency (import, STORE_CURRENCY, currency)
      || !aisle_import_get_choice (import, STORE_CHANNEL, channels, &channel)
      || !aisle_import_get_flag (import, STORE_INCLUDE_TAX, &include_tax)
      || !aisle_import_get_flag (import, STORE_IN_TOTALS, &in_totals)
      || !get_opening_days (import, &days) || !check_zone (import)
      || !aisle_import_get_date (import, STORE_OPENED, &opened, NULL)
      || !aisle_import_get_date (import, STORE_CLOSED, &closed, NULL))
    return FALSE;
  static const char *const names[] = { "shop", "web", "app", "kiosk", "warehouse" };
  static const guint texts[] = { STORE_NAME, STORE_COUNTRY, STORE_REGION,
                                 STORE_ZONE, STORE_FORMAT,  STORE_SYSTEM_CODE };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (aisle_import_get_text (import, texts[i]))
      aisle_import_table_set_text (table, texts[i], aisle_import_get_text (import, texts[i]));
  if (channel >= 0)
    aisle_import_table_set_text (table, STORE_CHANNEL, names[channel]);
  if (include_tax >= 0)
    aisle_import_table_set_int64 (table, STORE_INCLUDE_TAX, include_tax);
  if (in_totals >= 0)
    aisle_import_table_set_int64 (table, STORE_IN_TOTALS, in_totals);
  if (days >= 0)
    aisle_import_table_set_int64 (table, STORE_OPENING_DAYS, days);
  if (opened != AISLE_DATE_NONE)
    aisle_import_table_set_int64 (table, STORE_OPENED, opened);
  if (closed != AISLE_DATE_NONE)
    aisle_import_table_set_int64 (table, STORE_CLOSED, closed);
  if (import->options->is_generated)
    aisle_import_table_set_int64 (table, STORE_N_FIELDS, 1);
  const char *money = *currency ? g_intern_string (currency)
                      : is_new  ? aisle_workspace_get_currency (import->workspace)
                                : NULL;
  if (money)
    aisle_import_table_set_text (table, STORE_CURRENCY, money);
  return TRUE;
}

static gboolean
take_store (AisleImport *import, GError **error)
{
  const char *code = aisle_import_get_text (import, STORE_CODE);
  if (g_utf8_strlen (code, -1) > 60)
    {
      aisle_import_reject (import, STORE_CODE, "the code is longer than 60 characters");
      return TRUE;
    }
  const AisleImportStore *known = aisle_import_find_store (import, code);
  gboolean is_new = !known || g_strcmp0 (known->code, code) != 0;
  if (!aisle_import_claim_key (import, STORE_CODE, code, NULL))
    return TRUE;
  const char *currency = aisle_import_get_text (import, STORE_CURRENCY);
  if (!is_new && currency && g_ascii_strcasecmp (currency, known->currency) != 0)
    {
      aisle_import_reject (import, STORE_CURRENCY,
                           "store %s sells in %s already; a store keeps its currency", code,
                           known->currency);
      return TRUE;
    }
  if (!set_store (import, import->state, is_new))
    return TRUE;
  aisle_import_table_set_text (import->state, STORE_CODE, code);
  return aisle_import_count (import, aisle_import_table_put (import->state, error));
}

const AisleImportHandler aisle_import_stores = {
  .fields = store_fields,
  .n_fields = STORE_N_FIELDS,
  .begin = begin_stores,
  .take_row = take_store,
  .end = end_table,
};

/* ---------------------------------------------------------------- listings */

enum
{
  LISTING_STORE,
  LISTING_SKU,
  LISTING_FROM,
  LISTING_TO,
  LISTING_SHELF,
  LISTING_N_FIELDS,
};

static const AisleImportFieldInfo listing_fields[LISTING_N_FIELDS] = {
  [LISTING_STORE] = { "store", TRUE, "store", "DE01", "where it is ranged",
                      AISLE_SYNONYMS (AISLE_STORE_WORDS) },
  [LISTING_SKU] = { "sku", TRUE, "sku", "85123A", "what is ranged",
                    AISLE_SYNONYMS (AISLE_SKU_WORDS) },
  [LISTING_FROM] = { "from", FALSE, "date", "2026-03-01", "first day; empty: always was",
                     AISLE_SYNONYMS ("DATAB",
                                     "start",
                                     "listed from",
                                     "gelistet ab",
                                     "valid from") },
  [LISTING_TO] = { "to", FALSE, "date", "2026-12-31", "last day; empty: until further notice",
                   AISLE_SYNONYMS ("DATBI", "end", "listed to", "gelistet bis", "valid to") },
  [LISTING_SHELF] = { "shelf", FALSE, "text", "A-12-3", "where it stands",
                      AISLE_SYNONYMS ("shelf place", "bin", "LGPBE", "Regalplatz", "emplacement") },
};

static gboolean
begin_listings (AisleImport *import, GError **error)
{
  import->state = aisle_import_table_new (import, "listing", "store_id,product_id,from_day",
                                          "to_day,shelf,is_generated");
  return TRUE;
}

static gboolean
take_listing (AisleImport *import, GError **error)
{
  AisleImportTable *table = import->state;
  const AisleImportStore *store = aisle_import_get_store (import, LISTING_STORE);
  const AisleImportProduct *product = store ? aisle_import_get_product (import, LISTING_SKU) : NULL;
  AisleDate from = 0, to = AISLE_DATE_NONE;
  if (!product || !aisle_import_get_date (import, LISTING_FROM, &from, NULL)
      || !aisle_import_get_date (import, LISTING_TO, &to, NULL))
    return TRUE;
  if (to != AISLE_DATE_NONE && to < from)
    {
      aisle_import_reject (import, LISTING_TO, "the last day comes before the first");
      return TRUE;
    }
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%d", store->id,
                                          product->id, from);
  if (!aisle_import_claim_key (import, LISTING_SKU, key, NULL))
    return TRUE;
  aisle_import_table_set_int64 (table, 0, store->id);
  aisle_import_table_set_int64 (table, 1, product->id);
  aisle_import_table_set_int64 (table, 2, from);
  if (to != AISLE_DATE_NONE)
    aisle_import_table_set_int64 (table, 3, to);
  if (aisle_import_get_text (import, LISTING_SHELF))
    aisle_import_table_set_text (table, 4, aisle_import_get_text (import, LISTING_SHELF));
  if (import->options->is_generated)
    aisle_import_table_set_int64 (table, 5, 1);
  return aisle_import_count (import, aisle_import_table_put (table, error));
}

const AisleImportHandler aisle_import_listings = {
  .fields = listing_fields,
  .n_fields = LISTING_N_FIELDS,
  .begin = begin_listings,
  .take_row = take_listing,
  .end = end_table,
};

/* ---------------------------------------------------------------- calendar */

enum
{
  CALENDAR_DAY,
  CALENDAR_COUNTRY,
  CALENDAR_REGION,
  CALENDAR_YEAR,
  CALENDAR_WEEK,
  CALENDAR_HOLIDAY,
  CALENDAR_EVENT,
  CALENDAR_CLOSED,
  CALENDAR_N_FIELDS,
};

static const AisleImportFieldInfo calendar_fields[CALENDAR_N_FIELDS] = {
  [CALENDAR_DAY] = { "day", TRUE, "date", "2026-12-25", "the day",
                     AISLE_SYNONYMS ("date",
                                     "Datum",
                                     "Tag",
                                     "jour",
                                     "fecha",
                                     "data",
                                     "giorno",
                                     "dag") },
  [CALENDAR_COUNTRY] = { "country", FALSE, "text", "DE", "where it holds; empty: everywhere",
                         AISLE_SYNONYMS ("Land", "pays", "país", "paese") },
  [CALENDAR_REGION] = { "region", FALSE, "text", "BY", "where in the country; empty: in all of it",
                        AISLE_SYNONYMS ("state", "Bundesland", "région", "región", "regione") },
  [CALENDAR_YEAR] = { "fiscal_year", FALSE, "number", "2026", "of the retailer's own calendar",
                      AISLE_SYNONYMS ("year", "GJAHR", "Geschäftsjahr") },
  [CALENDAR_WEEK] = { "fiscal_week", FALSE, "number 1..53", "52", "of the retailer's own calendar",
                      AISLE_SYNONYMS ("week", "wm_yr_wk", "Woche") },
  [CALENDAR_HOLIDAY] = { "holiday", FALSE, "text", "Christmas Day", "its name, where it is one",
                         AISLE_SYNONYMS ("Feiertag",
                                         "jour férié",
                                         "festivo",
                                         "festività",
                                         "feestdag") },
  [CALENDAR_EVENT] = { "event", FALSE, "text", "Marathon", "what happens that day",
                       AISLE_SYNONYMS ("event_name_1", "Ereignis", "événement", "evento") },
  [CALENDAR_CLOSED] = { "closed", FALSE, "yes/no", "yes", "whether stores are closed",
                        AISLE_SYNONYMS ("is_closed",
                                        "geschlossen",
                                        "fermé",
                                        "cerrado",
                                        "chiuso",
                                        "gesloten") },
};

static gboolean
begin_calendar (AisleImport *import, GError **error)
{
  import->state = aisle_import_table_new (import, "calendar_day", "day,country,region",
                                          "fiscal_year,fiscal_week,holiday,event,is_closed");
  return TRUE;
}

static gboolean
take_day (AisleImport *import, GError **error)
{
  AisleImportTable *table = import->state;
  const char *country = aisle_import_get_text (import, CALENDAR_COUNTRY);
  const char *region = aisle_import_get_text (import, CALENDAR_REGION);
  AisleDate day = AISLE_DATE_NONE;
  gint64 year = -1, week = -1, closed = -1;
  country = country ? country : "";
  region = region ? region : "";
  if (!aisle_import_get_date (import, CALENDAR_DAY, &day, NULL)
      || !aisle_import_get_decimal (import, CALENDAR_YEAR, 0, 1900, 9999, &year)
      || !aisle_import_get_decimal (import, CALENDAR_WEEK, 0, 1, 53, &week)
      || !aisle_import_get_flag (import, CALENDAR_CLOSED, &closed)
      || !aisle_import_claim_key (import, CALENDAR_DAY,
                                  aisle_import_get_text (import, CALENDAR_DAY), country, region,
                                  NULL))
    return TRUE;
  aisle_import_table_set_int64 (table, 0, day);
  aisle_import_table_set_text (table, 1, country);
  aisle_import_table_set_text (table, 2, region);
  if (year >= 0)
    aisle_import_table_set_int64 (table, 3, year);
  if (week >= 0)
    aisle_import_table_set_int64 (table, 4, week);
  if (aisle_import_get_text (import, CALENDAR_HOLIDAY))
    aisle_import_table_set_text (table, 5, aisle_import_get_text (import, CALENDAR_HOLIDAY));
  if (aisle_import_get_text (import, CALENDAR_EVENT))
    aisle_import_table_set_text (table, 6, aisle_import_get_text (import, CALENDAR_EVENT));
  if (closed >= 0)
    aisle_import_table_set_int64 (table, 7, closed);
  return aisle_import_count (import, aisle_import_table_put (table, error));
}

const AisleImportHandler aisle_import_calendar = {
  .fields = calendar_fields,
  .n_fields = CALENDAR_N_FIELDS,
  .begin = begin_calendar,
  .take_row = take_day,
  .end = end_table,
};
