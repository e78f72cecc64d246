/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-sales-private.h"

#include <string.h>

#define MAX_MILLI G_GINT64_CONSTANT (1000000000000)
#define MAX_MICRO G_GINT64_CONSTANT (1000000000000000) /* a thousand million in major units */

enum
{
  RECEIPT,
  DATE,
  TIME,
  STORE,
  SKU,
  QUANTITY,
  PRICE,
  NET_PRICE,
  VALUE,
  NET_VALUE,
  GROSS_VALUE,
  TAX,
  TAX_RATE,
  LIST_PRICE,
  DISCOUNT,
  CUSTOMER,
  CARD,
  PSEUDONYM,
  KIND,
  CURRENCY,
  COST,
  TILL,
  CASHIER,
  TENDER,
  FULFILMENT,
  PROMOTION,
  ORIGINAL,
  REASON,
  RETURNS,
  AVAILABLE,
  N_FIELDS,
};

static const AisleImportFieldInfo fields[N_FIELDS] = {
  [RECEIPT] = { "receipt", FALSE, "text", "536365",
                "the receipt's number within its store; with it rows are receipt lines, without "
                "daily totals",
                AISLE_SYNONYMS ("InvoiceNo",
                                "invoice",
                                "VBELN",
                                "BON",
                                "TRANSNUM",
                                "tran seq no",
                                "receipt number",
                                "transaction",
                                "transaction id",
                                "order number",
                                "order id",
                                "Belegnummer",
                                "Beleg",
                                "Bonnummer",
                                "Rechnung",
                                "ticket",
                                "facture",
                                "factura",
                                "scontrino",
                                "bonnummer",
                                "kassabon") },
  [DATE] = { "date", TRUE, "date and time", "2010-12-01 08:26:00", "when, in the store's time",
             AISLE_SYNONYMS ("InvoiceDate",
                             "day",
                             "BUDAT",
                             "FKDAT",
                             "business date",
                             "tran date",
                             "tran datetime",
                             "sold at",
                             "timestamp",
                             "Datum",
                             "Belegdatum",
                             "fecha",
                             "data",
                             "jour") },
  [TIME] = { "time", FALSE, "time", "08:26:00", "the time, where it has a column of its own",
             AISLE_SYNONYMS ("ERZET", "Uhrzeit", "Zeit", "heure", "hora", "ora", "tijd") },
  [STORE] = { "store", TRUE, "store", "DE01", "its code, or its name",
              AISLE_SYNONYMS (AISLE_STORE_WORDS) },
  [SKU] = { "sku", TRUE, "sku", "85123A", "the product", AISLE_SYNONYMS (AISLE_SKU_WORDS) },
  [QUANTITY] = { "quantity", TRUE, "quantity", "6", "base units; negative for what came back",
                 AISLE_SYNONYMS ("units",
                                 "qty",
                                 "FKIMG",
                                 "MENGE",
                                 "sales units",
                                 "units sold",
                                 "Menge",
                                 "Anzahl",
                                 "Stück",
                                 "quantité",
                                 "qté",
                                 "cantidad",
                                 "unidades",
                                 "quantità",
                                 "aantal") },
  [PRICE] = { "price", FALSE, "money", "2.55", "paid for a base unit, after discounts",
              AISLE_SYNONYMS ("UnitPrice",
                              "unit price",
                              "UNIT_RETAIL",
                              "price paid",
                              "VKP",
                              "Preis",
                              "Einzelpreis",
                              "prix",
                              "prix unitaire",
                              "precio",
                              "prezzo",
                              "prijs") },
  [NET_PRICE] = { "net_price", FALSE, "money", "2.55",
                  "paid for a base unit, without the sales tax",
                  AISLE_SYNONYMS ("net unit price", "Nettopreis", "prix ht") },
  [VALUE] = { "value", FALSE, "money", "15.30", "paid for the line, after discounts",
              AISLE_SYNONYMS ("revenue",
                              "amount",
                              "sales value",
                              "total",
                              "NETWR",
                              "sales",
                              "Umsatz",
                              "Betrag",
                              "montant",
                              "importe",
                              "importo",
                              "bedrag",
                              "omzet",
                              "chiffre d'affaires",
                              "net sales",
                              "gross sales",
                              "paid") },
  [NET_VALUE] = { "net_value", FALSE, "money", "15.30", "paid for the line, without the sales tax",
                  AISLE_SYNONYMS ("net", "net amount", "Nettobetrag", "Netto", "montant ht") },
  [GROSS_VALUE] = { "gross_value", FALSE, "money", "18.36", "paid for the line, with the sales tax",
                    AISLE_SYNONYMS ("gross",
                                    "gross amount",
                                    "Bruttobetrag",
                                    "Brutto",
                                    "montant ttc") },
  [TAX] = { "tax", FALSE, "money", "3.06", "sales tax in the line",
            AISLE_SYNONYMS ("MWSBP",
                            "tax amount",
                            "vat amount",
                            "MwSt-Betrag",
                            "Steuer",
                            "montant tva") },
  [TAX_RATE] = { "tax_rate", FALSE, "rate", "20 %", "of the line; empty: by class and country",
                 AISLE_SYNONYMS ("vat rate", "vat", "MwSt", "TVA", "IVA", "BTW") },
  [LIST_PRICE] = { "list_price", FALSE, "money", "2.95", "shelf price of a base unit that day",
                   AISLE_SYNONYMS ("list", "regular price", "Listenpreis", "shelf price") },
  [DISCOUNT] = { "discount", FALSE, "money", "2.40", "taken off the line",
                 AISLE_SYNONYMS ("discount amount",
                                 "Rabatt",
                                 "remise",
                                 "descuento",
                                 "sconto",
                                 "korting") },
  [CUSTOMER] = { "customer", FALSE, AISLE_IMPORT_PERSONAL, "17850", "kept as a keyed hash",
                 AISLE_SYNONYMS ("CustomerID",
                                 "KUNNR",
                                 "customer number",
                                 "customer no",
                                 "Kundennummer",
                                 "Kunde",
                                 "client",
                                 "numéro client",
                                 "cliente",
                                 "klant",
                                 "klantnummer") },
  [CARD] = { "card", FALSE, AISLE_IMPORT_PERSONAL, "6331…", "loyalty card; kept as a keyed hash",
             AISLE_SYNONYMS ("loyalty card",
                             "card number",
                             "Kundenkarte",
                             "carte de fidélité",
                             "klantenkaart") },
  [PSEUDONYM] = { "pseudonym", FALSE, "32 hexadecimal digits", "0f3a…",
                  "a customer as this workspace exports them", NULL },
  [KIND] = { "kind", FALSE, "one of sale, return, void", "sale",
             "empty: a negative quantity is a return",
             AISLE_SYNONYMS ("line type", "tran type", "Vorgangsart") },
  [CURRENCY] = { "currency", FALSE, "currency", "GBP", "must be the store's",
                 AISLE_SYNONYMS ("WAERK",
                                 "WAERS",
                                 "currency code",
                                 "Währung",
                                 "devise",
                                 "moneda",
                                 "valuta") },
  [COST] = { "cost", FALSE, "money", "6.90", "net cost of the line at sale",
             AISLE_SYNONYMS ("WAVWR", "cogs", "Wareneinsatz", "coût") },
  [TILL] = { "till", FALSE, "text", "3", "which till",
             AISLE_SYNONYMS ("register", "pos", "Kasse", "caisse", "caja", "cassa", "kassa") },
  [CASHIER] = { "cashier", FALSE, AISLE_IMPORT_PERSONAL, "204", "kept as a keyed hash",
                AISLE_SYNONYMS ("operator",
                                "Kassierer",
                                "Bediener",
                                "caissier",
                                "cajero",
                                "cassiere",
                                "kassier") },
  [TENDER] = { "tender", FALSE, "text", "cash", "how it was paid",
               AISLE_SYNONYMS ("payment",
                               "Zahlart",
                               "paiement",
                               "pago",
                               "pagamento",
                               "betaalwijze") },
  [FULFILMENT] = { "fulfilment", FALSE, "text", "delivery", "how it reached the customer",
                   AISLE_SYNONYMS ("fulfillment", "delivery", "Lieferart") },
  [PROMOTION] = { "promotion", FALSE, "text", "SUMMER",
                  "the promotion it was sold under; daily totals: empty where there was none",
                  AISLE_SYNONYMS ("promo", "promotion code", "Aktion") },
  [ORIGINAL] = { "original_receipt", FALSE, "text", "536365",
                 "of a return: the receipt it was bought with",
                 AISLE_SYNONYMS ("original invoice", "VGBEL", "Ursprungsbeleg") },
  [REASON] = { "reason", FALSE, "text", "damaged", "of a return",
               AISLE_SYNONYMS ("return reason", "AUGRU", "Grund", "motif", "motivo") },
  [RETURNS] = { "returns", FALSE, "quantity", "1", "daily totals: what came back",
                AISLE_SYNONYMS ("returned units", "Retouren", "retours", "devoluciones", "resi") },
  [AVAILABLE] = { "available", FALSE, "yes/no", "yes", "daily totals: could it be bought that day",
                  AISLE_SYNONYMS ("in stock", "verfügbar", "disponible") },
};

static const char *const kinds[] = {
  "sale|s|verkauf|vente|venta|vendita|verkoop",
  "return|r|refund|cancellation|retoure|retour|storno|devolución|reso",
  "void|v|annulled|annulliert", NULL
};

typedef struct
{
  gboolean is_daily;
  gboolean has_money;
  AisleReceipts *receipts;  /* lines */
  AisleImportTable *totals; /* daily */
  AisleDate last_day;
  AisleDate latest;          /* today by the computer's clock, and a day for zones ahead of it */
  AisleImportPeople *people; /* NULL: no column has people */
  AislePseudonymizer *cashiers;
  gboolean has_rates;
  gboolean has_extra;
  /* The last instant and tax rate that were looked up: rows come in runs. */
  const AisleImportStore *last_store;
  AisleDate last_date;
  int last_second;
  gint64 last_at;
} Sales;

static gboolean
check_money (AisleImport *import, Sales *sales, GError **error)
{
  static const guint money[] = { PRICE, VALUE, LIST_PRICE };
  gboolean has_paid = aisle_import_has (import, PRICE) || aisle_import_has (import, VALUE)
                      || aisle_import_has (import, NET_PRICE)
                      || aisle_import_has (import, NET_VALUE)
                      || aisle_import_has (import, GROSS_VALUE);
  sales->has_money = has_paid || aisle_import_has (import, LIST_PRICE);
  if (!sales->has_money && !sales->is_daily)
    {
      g_set_error (
          error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS,
          "%s:1: no column says what was paid; say which with --map price=COLUMN (of a unit) or "
          "--map value=COLUMN (of the line)",
          aisle_record_reader_get_path (import->reader));
      return FALSE;
    }
  /* What was paid can be worked out of list price and discount; else the list price stays as it is.
   */
  return aisle_import_decide_prices (import, money, has_paid ? 2 : 3, error);
}

static gboolean
begin_sales (AisleImport *import, GError **error)
{
  static const guint extras[] = { LIST_PRICE, DISCOUNT,   COST,      TILL,     CASHIER,
                                  TENDER,     FULFILMENT, PROMOTION, ORIGINAL, REASON };
  Sales *sales = import->state = g_new0 (Sales, 1);
  sales->is_daily = !aisle_import_has (import, RECEIPT);
  sales->last_day = AISLE_DATE_NONE;
  sales->latest = aisle_date_from_utc_seconds (g_get_real_time () / G_USEC_PER_SEC) + 1;
  sales->last_date = AISLE_DATE_NONE;
  sales->has_rates = aisle_import_has_tax_rates (import);
  for (gsize i = 0; i < G_N_ELEMENTS (extras); i++)
    sales->has_extra = sales->has_extra || aisle_import_has (import, extras[i]);
  if (!check_money (import, sales, error))
    return FALSE;
  if (sales->is_daily)
    {
      sales->totals = aisle_import_table_new (import, "sale_day", "store_id,product_id,day",
                                              "units_milli,returns_milli,demand_milli,net_minor,"
                                              "tax_minor,is_available,source,is_generated,"
                                              "is_promotion");
      return TRUE;
    }
  if (aisle_import_has (import, CUSTOMER) || aisle_import_has (import, CARD)
      || aisle_import_has (import, PSEUDONYM))
    {
      sales->people = aisle_import_people_new (import, error);
      if (!sales->people)
        return FALSE;
    }
  if (aisle_import_has (import, CASHIER))
    {
      sales->cashiers = aisle_pseudonymizer_new (import->workspace, AISLE_KEY_PSEUDONYM, error);
      if (!sales->cashiers)
        return FALSE;
    }
  sales->receipts = aisle_receipts_new (import, error);
  return sales->receipts != NULL;
}

static void
end_sales (AisleImport *import)
{
  Sales *sales = import->state;
  if (!sales)
    return;
  aisle_receipts_free (sales->receipts);
  aisle_import_table_free (sales->totals);
  aisle_import_people_free (sales->people);
  g_clear_pointer (&sales->cashiers, aisle_pseudonymizer_free);
  g_free (sales);
}

/* Rounds half away from zero. */
static gint64
round_minor (gint64 micro, const AisleImportStore *store)
{
  gint64 half = store->minor_micro / 2;
  return micro >= 0 ? (micro + half) / store->minor_micro : -((-micro + half) / store->minor_micro);
}

/* What the row says was paid, before taxes are taken apart: -1 where it says nothing. */
typedef struct
{
  gint64 unit_micro; /* of a unit */
  gint64 line_micro; /* of the line, 0 or more */
  gboolean is_gross;
} Paid;

static gboolean
get_micro (AisleImport *import, guint field, gint64 *micro)
{
  return !aisle_import_has (import, field)
         || aisle_import_get_decimal (import, field, 6, 0, MAX_MICRO, micro);
}

/* Returns carry their amounts with or without a minus. */
static gboolean
get_line_micro (AisleImport *import, guint field, gboolean is_return, gint64 *micro)
{
  gint64 amount = -1;
  if (!aisle_import_has (import, field))
    return TRUE;
  if (!aisle_import_get_decimal (import, field, 6, is_return ? -MAX_MICRO : 0, MAX_MICRO, &amount))
    return FALSE;
  if (aisle_import_get_text (import, field))
    *micro = ABS (amount);
  return TRUE;
}

static gboolean
get_paid (AisleImport *import, gint64 quantity, Paid *paid)
{
  gint64 value = -1, net = -1, gross = -1, price = -1, net_price = -1, list = -1, discount = 0;
  gboolean is_return = quantity < 0;
  paid->is_gross = import->prices == AISLE_IMPORT_PRICES_GROSS;
  if (!get_micro (import, PRICE, &price) || !get_micro (import, NET_PRICE, &net_price)
      || !get_line_micro (import, VALUE, is_return, &value)
      || !get_line_micro (import, NET_VALUE, is_return, &net)
      || !get_line_micro (import, GROSS_VALUE, is_return, &gross))
    return FALSE;
  if (net >= 0 || gross >= 0)
    {
      if (paid->is_gross != (net < 0))
        price = -1; /* of the other basis than the value */
      paid->is_gross = net < 0;
      value = net >= 0 ? net : gross;
    }
  else if (price < 0 && value < 0 && net_price < 0)
    {
      if (!get_micro (import, LIST_PRICE, &list)
          || !get_line_micro (import, DISCOUNT, is_return, &discount))
        return FALSE;
      gint64 whole;
      if (list >= 0
          && aisle_decimal_multiply_divide (list, ABS (quantity), 1000, AISLE_ROUND_HALF_UP,
                                            &whole))
        value = MAX (whole - discount, 0);
    }
  if (net_price >= 0 && (value < 0 || !paid->is_gross))
    {
      price = net_price;
      paid->is_gross = FALSE;
    }
  gint64 *target = value >= 0 ? &paid->unit_micro : &paid->line_micro;
  gboolean fits = value >= 0 ? aisle_decimal_multiply_divide (value, 1000, ABS (quantity),
                                                              AISLE_ROUND_HALF_UP, target)
                             : aisle_decimal_multiply_divide (MAX (price, 0), ABS (quantity), 1000,
                                                              AISLE_ROUND_HALF_UP, target);
  if (!fits || *target > MAX_MICRO * 1000)
    return aisle_import_reject (import, QUANTITY, "quantity and price together are too large");
  if (value >= 0)
    paid->line_micro = value;
  if (price >= 0)
    paid->unit_micro = price;
  if (value < 0 && price < 0)
    return aisle_import_reject (import, PRICE, "the row does not say what was paid");
  return TRUE;
}

/* Takes net and tax apart; `line` has its quantity, product is known. */
static gboolean
set_amounts (AisleImport *import,
             const AisleImportStore *store,
             const AisleImportProduct *product,
             AisleLine *line)
{
  Sales *sales = import->state;
  Paid paid = { -1, -1, FALSE };
  gint64 tax = -1, rate = -1;
  gboolean is_return = line->quantity_milli < 0;
  if (!get_paid (import, line->quantity_milli, &paid)
      || !get_line_micro (import, TAX, is_return, &tax)
      || (aisle_import_has (import, TAX_RATE) && !aisle_import_get_rate (import, TAX_RATE, &rate)))
    return FALSE;
  if (rate < 0 && sales->has_rates)
    rate = aisle_import_find_tax_rate (import, store, product, line->day);
  gint64 minor = round_minor (paid.line_micro, store);
  gint64 tax_minor = tax >= 0 ? round_minor (tax, store) : 0;
  line->unit_net_micro = paid.unit_micro;
  if (paid.is_gross)
    {
      if (tax < 0 && rate < 0)
        return aisle_import_reject (
            import, TAX_RATE,
            "no sales tax is known for this product in store %s, so net cannot be "
            "told from gross; import taxes first, or add a column tax or tax_rate",
            store->code);
      gint64 net = tax >= 0 ? minor - tax_minor : aisle_money_net_from_gross (minor, rate);
      if (net < 0)
        return aisle_import_reject (import, TAX, "the tax is more than was paid");
      tax_minor = minor - net;
      if (rate >= 0)
        line->unit_net_micro = aisle_money_net_from_gross (paid.unit_micro, rate);
      else if (minor > 0)
        aisle_decimal_multiply_divide (paid.unit_micro, net, minor, AISLE_ROUND_HALF_UP,
                                       &line->unit_net_micro);
      minor = net;
    }
  else if (tax < 0 && rate > 0)
    tax_minor = aisle_money_gross_from_net (minor, rate) - minor;
  line->net_minor = is_return ? -minor : minor;
  line->tax_minor = is_return ? -tax_minor : tax_minor;
  return TRUE;
}

static gboolean
get_instant (AisleImport *import, const AisleImportStore *store, AisleLine *line)
{
  Sales *sales = import->state;
  AisleDate day = AISLE_DATE_NONE;
  int second = -1;
  if (!aisle_import_get_date (import, DATE, &day, &second)
      || (aisle_import_has (import, TIME) && !aisle_import_get_time (import, TIME, &second)))
    return FALSE;
  if (day != sales->last_date || second != sales->last_second || store != sales->last_store)
    {
      sales->last_at = aisle_date_to_instant (day, MAX (second, 0), store->zone);
      sales->last_date = day;
      sales->last_second = second;
      sales->last_store = store;
    }
  line->day = day;
  line->at = sales->last_at;
  return TRUE;
}

static gboolean
get_customer (AisleImport *import, AisleLine *line, GError **error)
{
  Sales *sales = import->state;
  const char *number = sales->people && aisle_import_has (import, CUSTOMER)
                           ? aisle_import_get_text (import, CUSTOMER)
                           : NULL;
  const char *card = sales->people && aisle_import_has (import, CARD)
                         ? aisle_import_get_text (import, CARD)
                         : NULL;
  gint64 id = 0;
  if (number && !aisle_import_people_find (sales->people, "number", number, &id, error))
    return FALSE;
  if (!number && card && !aisle_import_people_find (sales->people, "card", card, &id, error))
    return FALSE;
  if (id == 0 && !number && !card && !aisle_import_people_get (import, PSEUDONYM, &id, error))
    return import->is_rejected;
  line->customer = (guint32) id;
  return TRUE;
}

/* Sale, return or void, and with it the sign of the quantity. */
static gboolean
get_kind (AisleImport *import, AisleLine *line)
{
  gint64 kind = line->quantity_milli < 0 ? AISLE_LINE_RETURN : AISLE_LINE_SALE;
  if (aisle_import_has (import, KIND) && !aisle_import_get_choice (import, KIND, kinds, &kind))
    return FALSE;
  if (kind == AISLE_LINE_RETURN && line->quantity_milli > 0)
    line->quantity_milli = -line->quantity_milli;
  if (kind == AISLE_LINE_SALE && line->quantity_milli < 0)
    kind = AISLE_LINE_RETURN;
  line->kind = (guint8) kind;
  return TRUE;
}

static void
flag_line (AisleImport *import, const AisleImportStore *store, AisleLine *line)
{
  const char *sku = import->record.fields[import->columns[SKU]];
  if (line->kind == AISLE_LINE_RETURN && line->unit_net_micro == 0 && line->customer == 0)
    {
      /* Nobody brings back for nothing: this is how stock corrections look in sales files. */
      line->kind = AISLE_LINE_VOID;
      aisle_import_find (
          import, "stock_correction", sku,
          "less than nothing sold, without a price and a customer: kept, not counted");
    }
  if (line->unit_net_micro == 0)
    aisle_import_find (import, "zero_price", sku, "sold for nothing");
  else if (line->unit_net_micro < store->minor_micro)
    {
      line->flags |= AISLE_LINE_IMPLAUSIBLE;
      aisle_import_find (import, "implausible_price", sku, "sold for less than the smallest coin");
    }
}

static void
flag_day (AisleImport *import, AisleDate day)
{
  const Sales *sales = import->state;
  if (day > sales->latest)
    aisle_import_find (import, "future_date", import->record.fields[import->columns[DATE]],
                       "sold on a day that is still to come; correct the date in the source");
}

static gboolean
has_daily_total (AisleImport *import, gint64 store_id, gint64 product_id, AisleDate day, int wanted)
{
  AisleStatement *s = aisle_statement (
      import->workspace,
      "SELECT source FROM sale_day WHERE store_id = ?1 AND product_id = ?2 AND day = ?3", NULL);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, product_id);
  aisle_bind_int64 (s, 3, day);
  if (aisle_step (s, NULL) != 1)
    return FALSE;
  gboolean answer = aisle_column_int64 (s, 0) == wanted;
  aisle_statement_reset (s);
  return answer;
}

/* Packs what few lines have behind the line. */
static gboolean
pack_extra (AisleImport *import, const AisleImportStore *store, GByteArray *bytes)
{
  static const guint texts[AISLE_LINE_N_TEXTS] = { TILL,      TENDER,   FULFILMENT,
                                                   PROMOTION, ORIGINAL, REASON };
  Sales *sales = import->state;
  AisleLineExtra extra = { .list_minor = AISLE_NO_AMOUNT, .cost_minor = AISLE_NO_AMOUNT };
  gint64 list = -1, cost = -1, discount = -1;
  if (!get_micro (import, LIST_PRICE, &list) || !get_line_micro (import, COST, TRUE, &cost)
      || !get_line_micro (import, DISCOUNT, TRUE, &discount))
    return FALSE;
  if (list >= 0)
    extra.list_minor = round_minor (list, store);
  if (cost >= 0)
    extra.cost_minor = round_minor (cost, store);
  if (discount > 0)
    extra.discount_minor = round_minor (discount, store);
  const char *cashier = sales->cashiers ? aisle_import_get_text (import, CASHIER) : NULL;
  if (cashier)
    {
      aisle_pseudonym (sales->cashiers, "number", cashier, strlen (cashier), extra.cashier);
      extra.has_cashier = 1;
    }
  g_byte_array_append (bytes, (const guint8 *) &extra, sizeof extra);
  for (gsize i = 0; i < AISLE_LINE_N_TEXTS; i++)
    {
      const char *text =
          aisle_import_has (import, texts[i]) ? aisle_import_get_text (import, texts[i]) : "";
      text = text ? text : "";
      g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text) + 1);
    }
  return TRUE;
}

static gboolean
take_line (AisleImport *import, GError **error)
{
  Sales *sales = import->state;
  AisleLine line = { 0 };
  const char *number = aisle_import_get_text (import, RECEIPT);
  if (!number)
    {
      aisle_import_reject (import, RECEIPT, "is empty; a receipt line needs its receipt's number");
      return TRUE;
    }
  const AisleImportStore *store = aisle_import_get_store (import, STORE);
  const AisleImportProduct *product = store ? aisle_import_get_product (import, SKU) : NULL;
  if (!product || !get_instant (import, store, &line)
      || !aisle_import_get_decimal (import, QUANTITY, 3, -MAX_MILLI, MAX_MILLI,
                                    &line.quantity_milli))
    return TRUE;
  if (line.quantity_milli == 0)
    {
      aisle_import_reject (import, QUANTITY, "the quantity is zero");
      return TRUE;
    }
  if (!get_kind (import, &line) || !set_amounts (import, store, product, &line)
      || !aisle_import_check_currency (import, CURRENCY, store))
    return TRUE;
  line.product = (guint32) product->id;
  if (store->has_daily_totals && has_daily_total (import, store->id, product->id, line.day, 1))
    {
      aisle_import_reject (
          import, DATE,
          "this product's day came as a daily total already; lines would count it twice");
      return TRUE;
    }
  g_autoptr (GByteArray) extra = sales->has_extra ? g_byte_array_sized_new (128) : NULL;
  if (extra && !pack_extra (import, store, extra))
    return TRUE;
  if (!get_customer (import, &line, error))
    return FALSE;
  if (import->is_rejected)
    return TRUE;
  flag_day (import, line.day);
  if (line.unit_net_micro < store->minor_micro)
    flag_line (import, store, &line);
  line.has_extra = extra != NULL;
  return aisle_receipts_stage (sales->receipts, store->id, number, &line,
                               extra ? extra->data : NULL, extra ? extra->len : 0, error);
}

/* What the day was worth, net and tax. */
static gboolean
get_day_value (AisleImport *import,
               const AisleImportStore *store,
               const AisleImportProduct *product,
               AisleDate day,
               gint64 units,
               AisleLine *sum)
{
  *sum = (AisleLine){ .quantity_milli = units < 0 ? units : MAX (units, 1), .day = day };
  gboolean has_value =
      aisle_import_get_text (import, VALUE) || aisle_import_get_text (import, NET_VALUE)
      || aisle_import_get_text (import, GROSS_VALUE) || aisle_import_get_text (import, PRICE)
      || aisle_import_get_text (import, NET_PRICE);
  return !has_value || set_amounts (import, store, product, sum);
}

static gboolean
take_total (AisleImport *import, GError **error)
{
  Sales *sales = import->state;
  AisleImportTable *table = sales->totals;
  AisleDate day = AISLE_DATE_NONE;
  gint64 units = 0, returns = 0, available = -1;
  AisleLine sum;
  const AisleImportStore *store = aisle_import_get_store (import, STORE);
  const AisleImportProduct *product = store ? aisle_import_get_product (import, SKU) : NULL;
  if (!product || !aisle_import_get_date (import, DATE, &day, NULL)
      || !aisle_import_get_decimal (import, QUANTITY, 3, -MAX_MILLI, MAX_MILLI, &units)
      || !aisle_import_get_decimal (import, RETURNS, 3, 0, MAX_MILLI, &returns)
      || !aisle_import_get_flag (import, AVAILABLE, &available)
      || !aisle_import_check_currency (import, CURRENCY, store)
      || !get_day_value (import, store, product, day, units, &sum))
    return TRUE;
  char key[64];
  g_snprintf (key, sizeof key, "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%d", store->id,
              product->id, day);
  if (!aisle_import_claim_key (import, SKU, key, NULL))
    return TRUE;
  if (has_daily_total (import, store->id, product->id, day, 0))
    {
      aisle_import_reject (
          import, DATE,
          "this product's day has receipt lines already; a total would count it twice");
      return TRUE;
    }
  flag_day (import, day);
  if (units < 0) /* more came back than was sold */
    {
      returns -= units;
      units = 0;
    }
  const gint64 values[] = { store->id, product->id, day,           units,
                            returns,   units,       sum.net_minor, sum.tax_minor };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    aisle_import_table_set_int64 (table, i, values[i]);
  if (available >= 0)
    aisle_import_table_set_int64 (table, 8, available);
  aisle_import_table_set_int64 (table, 9, 1);
  if (import->options->is_generated)
    aisle_import_table_set_int64 (table, 10, 1);
  if (aisle_import_has (import, PROMOTION))
    aisle_import_table_set_int64 (table, 11, aisle_import_get_text (import, PROMOTION) != NULL);
  sales->last_day = MAX (sales->last_day, day);
  return aisle_import_count (import, aisle_import_table_put (table, error));
}

static gboolean
take_sale (AisleImport *import, GError **error)
{
  return ((Sales *) import->state)->is_daily ? take_total (import, error)
                                             : take_line (import, error);
}

static gboolean
finish_sales (AisleImport *import, GError **error)
{
  Sales *sales = import->state;
  AisleDate last = sales->last_day;
  if (sales->receipts)
    {
      if (!aisle_receipts_finish (sales->receipts, &last, error))
        return FALSE;
    }
  if (last == AISLE_DATE_NONE)
    return TRUE;
  g_autofree char *before = aisle_workspace_get_setting (import->workspace, "last_sales_day");
  if (before && g_ascii_strtoll (before, NULL, 10) >= last)
    return TRUE;
  g_autofree char *text = g_strdup_printf ("%d", last);
  return aisle_workspace_set_setting (import->workspace, "last_sales_day", text, error);
}

const AisleImportHandler aisle_import_sales = {
  .fields = fields,
  .n_fields = N_FIELDS,
  .begin = begin_sales,
  .take_row = take_sale,
  .finish = finish_sales,
  .end = end_sales,
};
