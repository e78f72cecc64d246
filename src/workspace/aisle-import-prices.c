/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

/* Shelf prices into the price ledger. Both net and gross are kept, so that a tax rate must be
 * known: from the file, or by the product's class and the store's country. */

#define MAX_MINOR G_GINT64_CONSTANT (100000000000000)

enum
{
  SKU,
  STORE,
  PRICE,
  GROSS,
  NET,
  TAX_RATE,
  KIND,
  FROM,
  TO,
  CURRENCY,
  N_FIELDS,
};

static const AisleImportFieldInfo fields[N_FIELDS] = {
  [SKU] = { "sku", TRUE, "sku", "85123A", "the product", AISLE_SYNONYMS (AISLE_SKU_WORDS) },
  [STORE] = { "store", FALSE, "store", "DE01",
              "where it holds; empty: in all stores of the currency",
              AISLE_SYNONYMS (AISLE_STORE_WORDS, "zone") },
  [PRICE] = { "price", FALSE, "money", "2.55",
              "of a base unit, net or gross as --prices or the column's name says",
              AISLE_SYNONYMS ("UNIT_RETAIL",
                              "KBETR",
                              "VKP",
                              "VKP0",
                              "selling_retail",
                              "UnitPrice",
                              "retail",
                              "unit price",
                              "selling price",
                              "list price",
                              "Preis",
                              "Verkaufspreis",
                              "VK",
                              "prix",
                              "prix de vente",
                              "precio",
                              "prezzo",
                              "prijs",
                              "verkoopprijs") },
  [GROSS] = { "gross", FALSE, "money", "3.06", "of a base unit, with the sales tax",
              AISLE_SYNONYMS ("gross price",
                              "Bruttopreis",
                              "Brutto",
                              "VK brutto",
                              "prix ttc",
                              "prijs incl btw",
                              "price incl vat",
                              "price incl tax",
                              "prezzo ivato") },
  [NET] = { "net", FALSE, "money", "2.55", "of a base unit, without the sales tax",
            AISLE_SYNONYMS ("net price",
                            "Nettopreis",
                            "Netto",
                            "VK netto",
                            "prix ht",
                            "prijs excl btw",
                            "price excl vat",
                            "price excl tax") },
  [TAX_RATE] = { "tax_rate", FALSE, "rate", "20 %", "the sales tax; empty: by class and country",
                 AISLE_SYNONYMS ("vat",
                                 "vat rate",
                                 "tax",
                                 "MwSt",
                                 "USt",
                                 "MWSKZ",
                                 "TVA",
                                 "IVA",
                                 "BTW") },
  [KIND] = { "kind", FALSE, "one of regular, promotion, clearance, member", "regular",
             "empty is regular", AISLE_SYNONYMS ("KSCHL", "price type", "Preisart") },
  [FROM] = { "from", FALSE, "date", "2026-11-01", "first day, in the store's time; empty: today",
             AISLE_SYNONYMS ("DATAB",
                             "valid from",
                             "effective date",
                             "gültig ab",
                             "active date",
                             "start") },
  [TO] = { "to", FALSE, "date", "2026-11-30", "last day; empty: until the next price",
           AISLE_SYNONYMS ("DATBI", "valid to", "gültig bis", "end") },
  [CURRENCY] = { "currency", FALSE, "currency", "GBP", "must be the store's",
                 AISLE_SYNONYMS ("WAERS",
                                 "KONWA",
                                 "currency code",
                                 "Währung",
                                 "devise",
                                 "moneda",
                                 "valuta") },
};

static const char *const kind_choices[] = { "regular|normal|vkp0|permanent",
                                            "promotion|aktion|promo|vka0",
                                            "clearance|abverkauf|markdown", "member|loyalty",
                                            NULL };
static const char *const kind_names[] = { "regular", "promotion", "clearance", "member" };

typedef struct
{
  AisleImportTable *ledger;
  AisleDate today;
} Prices;

static gboolean
begin_prices (AisleImport *import, GError **error)
{
  static const guint money[] = { PRICE };
  if (!aisle_import_has (import, PRICE) && !aisle_import_has (import, GROSS)
      && !aisle_import_has (import, NET))
    {
      g_set_error (
          error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS,
          "%s:1: no column has prices; say which with --map gross=COLUMN or --map net=COLUMN",
          aisle_record_reader_get_path (import->reader));
      return FALSE;
    }
  if (aisle_import_has (import, PRICE) && !aisle_import_decide_prices (import, money, 1, error))
    return FALSE;
  Prices *prices = import->state = g_new0 (Prices, 1);
  prices->today = aisle_workspace_get_business_date (import->workspace, NULL);
  prices->ledger =
      aisle_import_table_new (import, "price_ledger", "store_id,product_id,kind,currency,from_at",
                              "gross_minor,net_minor,tax_rate_ppm,to_at,source,is_generated");
  return TRUE;
}

static void
end_prices (AisleImport *import)
{
  Prices *prices = import->state;
  if (!prices)
    return;
  aisle_import_table_free (prices->ledger);
  g_free (prices);
}

static gboolean
get_amount (AisleImport *import, guint field, const AisleImportStore *store, gint64 *minor)
{
  gint64 micro = -1;
  if (!aisle_import_get_decimal (import, field, 6, 0, G_MAXINT64, &micro))
    return FALSE;
  if (micro < 0)
    return TRUE;
  if (micro % store->minor_micro != 0)
    return aisle_import_reject (import, field, "a shelf price in %s cannot have so many decimals",
                                store->currency);
  if (micro / store->minor_micro > MAX_MINOR)
    return aisle_import_reject (import, field, "the price is too large");
  *minor = micro / store->minor_micro;
  return TRUE;
}

typedef struct
{
  gint64 gross, net, rate; /* minor units, ppm; -1: not known */
} Price;

static gboolean
get_price (AisleImport *import,
           const AisleImportStore *store,
           const AisleImportProduct *product,
           AisleDate day,
           Price *price)
{
  gint64 either = -1;
  if (!get_amount (import, GROSS, store, &price->gross)
      || !get_amount (import, NET, store, &price->net)
      || !get_amount (import, PRICE, store, &either)
      || !aisle_import_get_rate (import, TAX_RATE, &price->rate))
    return FALSE;
  if (either >= 0 && import->prices == AISLE_IMPORT_PRICES_GROSS && price->gross < 0)
    price->gross = either;
  if (either >= 0 && import->prices == AISLE_IMPORT_PRICES_NET && price->net < 0)
    price->net = either;
  if (price->gross < 0 && price->net < 0)
    return aisle_import_reject (import, PRICE, "the row has no price");
  if (price->rate < 0)
    price->rate = aisle_import_find_tax_rate (import, store, product, day);
  if (price->rate < 0 && price->gross >= 0 && price->net > 0)
    {
      if (price->gross < price->net)
        return aisle_import_reject (import, GROSS, "gross is less than net");
      price->rate =
          ((price->gross - price->net) * 2 * AISLE_RATE_ONE + price->net) / (2 * price->net);
    }
  if (price->rate < 0)
    return aisle_import_reject (import, TAX_RATE,
                                "no sales tax is known for this product in store %s; import taxes "
                                "first, or add a column tax_rate",
                                store->code);
  if (price->gross < 0)
    price->gross = aisle_money_gross_from_net (price->net, price->rate);
  if (price->net < 0)
    price->net = aisle_money_net_from_gross (price->gross, price->rate);
  return TRUE;
}

/* Does this price stand already, from whatever day? Then a file without days says nothing new. */
static int
is_in_force (AisleImport *import,
             const AisleImportStore *store,
             const AisleImportProduct *product,
             gint64 kind,
             const Price *price,
             gint64 at,
             GError **error)
{
  AisleStatement *s = aisle_statement (
      import->workspace,
      "SELECT gross_minor = ?5 AND net_minor = ?6 AND tax_rate_ppm = ?7 AND to_at IS NULL "
      "FROM price_ledger WHERE store_id = ?1 AND product_id = ?2 AND kind = ?3 AND currency = ?4 "
      "AND from_at <= ?8 ORDER BY from_at DESC LIMIT 1",
      error);
  if (!s)
    return -1;
  aisle_bind_int64 (s, 1, store->id);
  aisle_bind_int64 (s, 2, product->id);
  aisle_bind_text (s, 3, kind_names[kind]);
  aisle_bind_text (s, 4, store->currency);
  aisle_bind_int64 (s, 5, price->gross);
  aisle_bind_int64 (s, 6, price->net);
  aisle_bind_int64 (s, 7, price->rate);
  aisle_bind_int64 (s, 8, at);
  int row = aisle_step (s, error);
  if (row != 1)
    return row;
  int answer = aisle_column_int64 (s, 0) != 0;
  aisle_statement_reset (s);
  return answer;
}

/* From when to when: days, and seconds of them where the file has times (-1: none). An end without
 * a time is the whole day, one with a time is that instant. */
typedef struct
{
  AisleDate from, to;
  int from_second, to_second;
} Span;

/* One row in one store. */
static AislePut
put_price (AisleImport *import,
           const AisleImportStore *store,
           const AisleImportProduct *product,
           const Span *span,
           gint64 kind,
           GError **error)
{
  AisleDate from = span->from;
  Prices *prices = import->state;
  AisleDate day = from == AISLE_DATE_NONE ? prices->today : from;
  Price price = { -1, -1, -1 };
  if (!get_price (import, store, product, day, &price))
    return AISLE_PUT_UNCHANGED;
  gint64 from_at = aisle_date_to_instant (day, MAX (span->from_second, 0), store->zone);
  if (from == AISLE_DATE_NONE)
    {
      int stands = is_in_force (import, store, product, kind, &price, from_at, error);
      if (stands != 0)
        return stands > 0 ? AISLE_PUT_UNCHANGED : AISLE_PUT_ERROR;
    }
  aisle_import_table_set_int64 (prices->ledger, 0, store->id);
  aisle_import_table_set_int64 (prices->ledger, 1, product->id);
  aisle_import_table_set_text (prices->ledger, 2, kind_names[kind]);
  aisle_import_table_set_text (prices->ledger, 3, store->currency);
  aisle_import_table_set_int64 (prices->ledger, 4, from_at);
  aisle_import_table_set_int64 (prices->ledger, 5, price.gross);
  aisle_import_table_set_int64 (prices->ledger, 6, price.net);
  aisle_import_table_set_int64 (prices->ledger, 7, price.rate);
  if (span->to != AISLE_DATE_NONE)
    aisle_import_table_set_int64 (
        prices->ledger, 8,
        span->to_second > 0 ? aisle_date_to_instant (span->to, span->to_second, store->zone)
                            : aisle_date_to_instant (span->to + 1, 0, store->zone));
  aisle_import_table_set_text_if_new (prices->ledger, 9, "import");
  if (import->options->is_generated)
    aisle_import_table_set_int64 (prices->ledger, 10, 1);
  return aisle_import_table_put (prices->ledger, error);
}

static gboolean
is_meant (AisleImport *import, const AisleImportStore *store)
{
  const char *currency = aisle_import_get_text (import, CURRENCY);
  return g_ascii_strcasecmp (currency ? currency : aisle_workspace_get_currency (import->workspace),
                             store->currency)
         == 0;
}

static gboolean
put_everywhere (AisleImport *import,
                const AisleImportProduct *product,
                const Span *span,
                gint64 kind,
                GError **error)
{
  const GPtrArray *stores = aisle_import_all_stores (import);
  AislePut most = AISLE_PUT_UNCHANGED;
  guint n = 0;
  for (guint i = 0; i < stores->len && !import->is_rejected; i++)
    if (is_meant (import, stores->pdata[i]))
      {
        AislePut put = put_price (import, stores->pdata[i], product, span, kind, error);
        if (put == AISLE_PUT_ERROR)
          return FALSE;
        most = MAX (most, put);
        n++;
      }
  if (n == 0)
    aisle_import_reject (import, CURRENCY,
                         "no store sells in this currency; import the stores first");
  return import->is_rejected || aisle_import_count (import, most);
}

static gboolean
take_price (AisleImport *import, GError **error)
{
  Span span = { AISLE_DATE_NONE, AISLE_DATE_NONE, -1, -1 };
  gint64 kind = 0;
  const char *store_text = aisle_import_get_text (import, STORE);
  const AisleImportStore *store = store_text ? aisle_import_get_store (import, STORE) : NULL;
  if (store_text && (!store || !aisle_import_check_currency (import, CURRENCY, store)))
    return TRUE;
  const AisleImportProduct *product = aisle_import_get_product (import, SKU);
  if (!product || !aisle_import_get_date (import, FROM, &span.from, &span.from_second)
      || !aisle_import_get_date (import, TO, &span.to, &span.to_second)
      || !aisle_import_get_choice (import, KIND, kind_choices, &kind))
    return TRUE;
  /* SAP's "for ever". */
  if (span.to != AISLE_DATE_NONE && span.to >= aisle_date_from_ymd (9999, 12, 30))
    span.to = AISLE_DATE_NONE;
  AisleDate first = span.from == AISLE_DATE_NONE ? ((Prices *) import->state)->today : span.from;
  if (span.to != AISLE_DATE_NONE && span.to < first)
    {
      aisle_import_reject (import, TO, "the last day comes before the first");
      return TRUE;
    }
  const char *currency = aisle_import_get_text (import, CURRENCY);
  g_autofree char *key =
      g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%d/%d", store ? store->id : 0,
                       product->id, span.from, span.from_second);
  if (!aisle_import_claim_key (import, SKU, key, kind_names[kind], currency ? currency : "", NULL))
    return TRUE;
  if (!store)
    return put_everywhere (import, product, &span, kind, error);
  AislePut put = put_price (import, store, product, &span, kind, error);
  return import->is_rejected || aisle_import_count (import, put);
}

const AisleImportHandler aisle_import_prices = {
  .fields = fields,
  .n_fields = N_FIELDS,
  .begin = begin_prices,
  .take_row = take_price,
  .end = end_prices,
};
