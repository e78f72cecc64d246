/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

/* Suppliers and what they deliver, costs, barcodes, stock. */

#define MAX_MINOR G_GINT64_CONSTANT (100000000000000)
#define MAX_MILLI G_GINT64_CONSTANT (1000000000000)

static void
end_table (AisleImport *import)
{
  aisle_import_table_free (import->state);
}

/* An amount in a currency; digits beyond the minor unit are rounded half up. */
static gboolean
get_amount (AisleImport *import, guint field, const char *currency, gint64 *minor)
{
  gint64 micro = -1;
  if (!aisle_import_get_decimal (import, field, 6, 0, G_MAXINT64, &micro))
    return FALSE;
  if (micro < 0)
    return TRUE;
  gint64 unit = 1000000;
  for (int digits = aisle_currency_digits (currency); digits > 0; digits--)
    unit /= 10;
  gint64 amount = micro / unit + (micro % unit * 2 >= unit ? 1 : 0);
  if (amount > MAX_MINOR)
    return aisle_import_reject (import, field, "the amount is too large");
  *minor = amount;
  return TRUE;
}

/* 1: `*id` is set; 0: none of that code; -1: an error. */
static int
find_supplier (AisleImport *import, const char *code, gint64 *id, GError **error)
{
  AisleStatement *statement =
      aisle_statement (import->workspace, "SELECT id FROM supplier WHERE code = ?1", error);
  if (!statement)
    return -1;
  aisle_bind_text (statement, 1, code);
  int row = aisle_step (statement, error);
  if (row == 1)
    {
      *id = aisle_column_int64 (statement, 0);
      aisle_statement_reset (statement);
    }
  return row;
}

/* ---------------------------------------------------------------- suppliers */

enum
{
  SUPPLIER_CODE,
  SUPPLIER_NAME,
  SUPPLIER_COUNTRY,
  SUPPLIER_SKU,
  SUPPLIER_OWN_SKU,
  SUPPLIER_FROM,
  SUPPLIER_CASE,
  SUPPLIER_INNER,
  SUPPLIER_MINIMUM,
  SUPPLIER_COST,
  SUPPLIER_CURRENCY,
  SUPPLIER_LEAD_TIME,
  SUPPLIER_N_FIELDS,
};

static const AisleImportFieldInfo supplier_fields[SUPPLIER_N_FIELDS] = {
  [SUPPLIER_CODE] = { "code", TRUE, "text", "S100", "the supplier's number",
                      AISLE_SYNONYMS ("supplier",
                                      "LIFNR",
                                      "vendor",
                                      "supplier id",
                                      "supplier code",
                                      "Lieferant",
                                      "fournisseur",
                                      "proveedor",
                                      "fornitore",
                                      "leverancier") },
  [SUPPLIER_NAME] = { "name", FALSE, "text", "Lumen Ltd", "what people call it",
                      AISLE_SYNONYMS ("NAME1", "sup name", "supplier name", "Lieferantenname") },
  [SUPPLIER_COUNTRY] = { "country", FALSE, "text", "PL", "ISO 3166 letters",
                         AISLE_SYNONYMS ("LAND1", "Land") },
  [SUPPLIER_SKU] = { "sku", FALSE, "sku", "85123A", "a product that it delivers: one row for each",
                     AISLE_SYNONYMS (AISLE_SKU_WORDS) },
  [SUPPLIER_OWN_SKU] = { "supplier_sku", FALSE, "text", "L-17", "the supplier's own number for it",
                         AISLE_SYNONYMS ("IDNLF",
                                         "vpn",
                                         "supplier item",
                                         "Lieferantenartikelnummer") },
  [SUPPLIER_FROM] = { "from", FALSE, "date", "2026-01-01",
                      "first day of these terms; empty: always were",
                      AISLE_SYNONYMS ("DATAB", "valid from", "gültig ab") },
  [SUPPLIER_CASE] = { "case_pack", FALSE, "number", "12", "base units in a case",
                      AISLE_SYNONYMS ("case size",
                                      "supp pack size",
                                      "pack size",
                                      "Karton",
                                      "UMREZ",
                                      "colis") },
  [SUPPLIER_INNER] = { "inner_pack", FALSE, "number", "6", "base units in an inner pack",
                       AISLE_SYNONYMS ("inner pack size", "inner size") },
  [SUPPLIER_MINIMUM] = { "minimum", FALSE, "quantity", "24", "least order, in base units",
                         AISLE_SYNONYMS ("MINBM", "moq", "min order qty", "Mindestbestellmenge") },
  [SUPPLIER_COST] = { "cost", FALSE, "money", "1.15", "net cost of a base unit",
                      AISLE_SYNONYMS ("NETPR",
                                      "unit cost",
                                      "supplier cost",
                                      "Einkaufspreis",
                                      "EK",
                                      "prix d'achat",
                                      "coste",
                                      "costo",
                                      "inkoopprijs") },
  [SUPPLIER_CURRENCY] = { "currency", FALSE, "currency", "EUR", "of cost; empty: the workspace's",
                          AISLE_SYNONYMS ("WAERS", "currency code", "Währung") },
  [SUPPLIER_LEAD_TIME] = { "lead_time_days", FALSE, "number", "14", "days from order to goods-in",
                           AISLE_SYNONYMS ("PLIFZ",
                                           "lead time",
                                           "Lieferzeit",
                                           "délai",
                                           "plazo",
                                           "levertijd") },
};

typedef struct
{
  AisleImportTable *supplier;
  AisleImportTable *terms;
} Suppliers;

static gboolean
begin_suppliers (AisleImport *import, GError **error)
{
  Suppliers *suppliers = import->state = g_new0 (Suppliers, 1);
  suppliers->supplier =
      aisle_import_table_new (import, "supplier", "code", "name,country,is_generated");
  suppliers->terms =
      aisle_import_table_new (import, "product_supplier", "product_id,supplier_id,from_day",
                              "supplier_sku,case_pack,inner_pack,minimum_milli,cost_minor,currency,"
                              "lead_time_days,is_generated");
  return TRUE;
}

static void
end_suppliers (AisleImport *import)
{
  Suppliers *suppliers = import->state;
  if (!suppliers)
    return;
  aisle_import_table_free (suppliers->supplier);
  aisle_import_table_free (suppliers->terms);
  g_free (suppliers);
}

static gboolean
set_terms (AisleImport *import, AisleImportTable *terms, gint64 product_id, AisleDate *from)
{
  char currency[AISLE_CURRENCY_SIZE];
  gint64 numbers[4] = { -1, -1, -1, -1 }, cost = -1;
  g_strlcpy (currency, aisle_workspace_get_currency (import->workspace), sizeof currency);
  if (!aisle_import_get_date (import, SUPPLIER_FROM, from, NULL)
      || !aisle_import_get_decimal (import, SUPPLIER_CASE, 0, 1, 1000000, &numbers[0])
      || !aisle_import_get_decimal (import, SUPPLIER_INNER, 0, 1, 1000000, &numbers[1])
      || !aisle_import_get_decimal (import, SUPPLIER_MINIMUM, 3, 0, MAX_MILLI, &numbers[2])
      || !aisle_import_get_decimal (import, SUPPLIER_LEAD_TIME, 0, 0, 3650, &numbers[3])
      || !aisle_import_get_currency (import, SUPPLIER_CURRENCY, currency)
      || !get_amount (import, SUPPLIER_COST, currency, &cost))
    return FALSE;
  static const guint columns[] = { 4, 5, 6, 9 };
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    if (numbers[i] >= 0)
      aisle_import_table_set_int64 (terms, columns[i], numbers[i]);
  if (aisle_import_get_text (import, SUPPLIER_OWN_SKU))
    aisle_import_table_set_text (terms, 3, aisle_import_get_text (import, SUPPLIER_OWN_SKU));
  if (cost >= 0)
    {
      aisle_import_table_set_int64 (terms, 7, cost);
      aisle_import_table_set_text (terms, 8, g_intern_string (currency));
    }
  aisle_import_table_set_int64 (terms, 0, product_id);
  aisle_import_table_set_int64 (terms, 2, *from);
  if (import->options->is_generated)
    aisle_import_table_set_int64 (terms, 10, 1);
  return TRUE;
}

static gboolean
take_supplier (AisleImport *import, GError **error)
{
  Suppliers *suppliers = import->state;
  const char *code = aisle_import_get_text (import, SUPPLIER_CODE);
  const char *sku = aisle_import_get_text (import, SUPPLIER_SKU);
  AisleDate from = 0;
  AisleImportProduct *product = NULL;
  if (sku)
    {
      product = aisle_import_get_product (import, SUPPLIER_SKU);
      if (!product)
        return TRUE;
    }
  const char *from_text = aisle_import_get_text (import, SUPPLIER_FROM);
  if (!aisle_import_claim_key (import, SUPPLIER_CODE, code, sku ? sku : "",
                               from_text ? from_text : "", NULL)
      || (product && !set_terms (import, suppliers->terms, product->id, &from)))
    return TRUE;
  aisle_import_table_set_text (suppliers->supplier, 0, code);
  if (aisle_import_get_text (import, SUPPLIER_NAME))
    aisle_import_table_set_text (suppliers->supplier, 1,
                                 aisle_import_get_text (import, SUPPLIER_NAME));
  if (aisle_import_get_text (import, SUPPLIER_COUNTRY))
    aisle_import_table_set_text (suppliers->supplier, 2,
                                 aisle_import_get_text (import, SUPPLIER_COUNTRY));
  if (import->options->is_generated)
    aisle_import_table_set_int64 (suppliers->supplier, 3, 1);
  AislePut put = aisle_import_table_put (suppliers->supplier, error);
  if (put == AISLE_PUT_ERROR)
    return FALSE;
  if (!product)
    return aisle_import_count (import, put);
  gint64 supplier_id = 0;
  if (find_supplier (import, code, &supplier_id, error) != 1)
    return FALSE;
  aisle_import_table_set_int64 (suppliers->terms, 1, supplier_id);
  AislePut terms = aisle_import_table_put (suppliers->terms, error);
  if (terms == AISLE_PUT_UNCHANGED && put != AISLE_PUT_UNCHANGED)
    terms = AISLE_PUT_UPDATED;
  return aisle_import_count (import, terms);
}

const AisleImportHandler aisle_import_suppliers = {
  .fields = supplier_fields,
  .n_fields = SUPPLIER_N_FIELDS,
  .begin = begin_suppliers,
  .take_row = take_supplier,
  .end = end_suppliers,
};

/* ---------------------------------------------------------------- costs */

enum
{
  COST_SKU,
  COST_NET,
  COST_KIND,
  COST_FROM,
  COST_SUPPLIER,
  COST_CURRENCY,
  COST_N_FIELDS,
};

static const AisleImportFieldInfo cost_fields[COST_N_FIELDS] = {
  [COST_SKU] = { "sku", TRUE, "sku", "85123A", "the product", AISLE_SYNONYMS (AISLE_SKU_WORDS) },
  [COST_NET] = { "net", TRUE, "money", "1.15", "net cost of a base unit",
                 AISLE_SYNONYMS ("cost",
                                 "VERPR",
                                 "STPRS",
                                 "net cost",
                                 "unit cost",
                                 "Einstandspreis",
                                 "EK",
                                 "Einkaufspreis",
                                 "prix d'achat",
                                 "coste",
                                 "costo",
                                 "kostprijs",
                                 "inkoopprijs",
                                 "purchase price") },
  [COST_KIND] = { "kind", FALSE, "one of invoice, landed, funded", "invoice", "empty is invoice",
                  AISLE_SYNONYMS ("cost type", "Kostenart") },
  [COST_FROM] = { "from", FALSE, "date", "2026-01-01", "first day of this cost; empty: always was",
                  AISLE_SYNONYMS ("DATAB",
                                  "valid from",
                                  "active date",
                                  "gültig ab",
                                  "effective date") },
  [COST_SUPPLIER] = { "supplier", FALSE, "text", "S100", "who charges it",
                      AISLE_SYNONYMS ("LIFNR",
                                      "vendor",
                                      "Lieferant",
                                      "fournisseur",
                                      "proveedor",
                                      "fornitore",
                                      "leverancier") },
  [COST_CURRENCY] = { "currency", FALSE, "currency", "EUR", "empty: the workspace's",
                      AISLE_SYNONYMS ("WAERS", "currency code", "Währung") },
};

static const char *const cost_kinds[] = { "invoice|rechnung", "landed|einstand", "funded", NULL };

static gboolean
begin_costs (AisleImport *import, GError **error)
{
  import->state = aisle_import_table_new (import, "cost", "product_id,kind,from_day",
                                          "supplier_id,net_minor,currency,is_generated");
  return TRUE;
}

static gboolean
take_cost (AisleImport *import, GError **error)
{
  static const char *const names[] = { "invoice", "landed", "funded" };
  AisleImportTable *table = import->state;
  char currency[AISLE_CURRENCY_SIZE];
  gint64 kind = 0, net = -1, supplier_id = 0;
  AisleDate from = 0;
  const char *supplier = aisle_import_get_text (import, COST_SUPPLIER);
  g_strlcpy (currency, aisle_workspace_get_currency (import->workspace), sizeof currency);
  const AisleImportProduct *product = aisle_import_get_product (import, COST_SKU);
  if (!product || !aisle_import_get_currency (import, COST_CURRENCY, currency)
      || !get_amount (import, COST_NET, currency, &net)
      || !aisle_import_get_choice (import, COST_KIND, cost_kinds, &kind)
      || !aisle_import_get_date (import, COST_FROM, &from, NULL))
    return TRUE;
  int found = supplier ? find_supplier (import, supplier, &supplier_id, error) : 1;
  if (found < 0)
    return FALSE;
  if (found == 0)
    {
      aisle_import_reject (import, COST_SUPPLIER,
                           "there is no supplier “%s”; import the suppliers first", supplier);
      return TRUE;
    }
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT "/%d", product->id, from);
  if (!aisle_import_claim_key (import, COST_SKU, key, names[kind], NULL))
    return TRUE;
  aisle_import_table_set_int64 (table, 0, product->id);
  aisle_import_table_set_text (table, 1, names[kind]);
  aisle_import_table_set_int64 (table, 2, from);
  if (supplier)
    aisle_import_table_set_int64 (table, 3, supplier_id);
  aisle_import_table_set_int64 (table, 4, net);
  aisle_import_table_set_text (table, 5, currency);
  if (import->options->is_generated)
    aisle_import_table_set_int64 (table, 6, 1);
  return aisle_import_count (import, aisle_import_table_put (table, error));
}

const AisleImportHandler aisle_import_costs = {
  .fields = cost_fields,
  .n_fields = COST_N_FIELDS,
  .begin = begin_costs,
  .take_row = take_cost,
  .end = end_table,
};

/* ---------------------------------------------------------------- barcodes */

enum
{
  BARCODE_CODE,
  BARCODE_SKU,
  BARCODE_UNITS,
  BARCODE_N_FIELDS,
};

static const AisleImportFieldInfo barcode_fields[BARCODE_N_FIELDS] = {
  [BARCODE_CODE] = { "code", TRUE, "barcode", "5012345678900",
                     "8, 12, 13 or 14 digits with the check digit",
                     AISLE_SYNONYMS ("barcode",
                                     "EAN11",
                                     "EAN",
                                     "GTIN",
                                     "UPC",
                                     "Strichcode",
                                     "code barre",
                                     "código de barras",
                                     "codice a barre",
                                     "streepjescode") },
  [BARCODE_SKU] = { "sku", TRUE, "sku", "85123A", "what it is on",
                    AISLE_SYNONYMS (AISLE_SKU_WORDS) },
  [BARCODE_UNITS] = { "units_per_scan", FALSE, "number", "1",
                      "base units in what it is on: a case code counts the case",
                      AISLE_SYNONYMS ("UMREZ", "units", "pack qty", "Einheiten") },
};

static gboolean
begin_barcodes (AisleImport *import, GError **error)
{
  import->state =
      aisle_import_table_new (import, "barcode", "code", "product_id,units_per_scan,is_generated");
  return TRUE;
}

static gboolean
take_barcode (AisleImport *import, GError **error)
{
  AisleImportTable *table = import->state;
  g_autofree char *code = NULL;
  gint64 units = 1;
  if (!aisle_import_get_barcode (import, BARCODE_CODE, &code))
    return TRUE;
  const AisleImportProduct *product = aisle_import_get_product (import, BARCODE_SKU);
  if (!product || !aisle_import_get_decimal (import, BARCODE_UNITS, 0, 1, 100000, &units)
      || !aisle_import_claim_key (import, BARCODE_CODE, code, NULL))
    return TRUE;
  aisle_import_table_set_text (table, 0, code);
  aisle_import_table_set_int64 (table, 1, product->id);
  if (aisle_import_has (import, BARCODE_UNITS))
    aisle_import_table_set_int64 (table, 2, units);
  if (import->options->is_generated)
    aisle_import_table_set_int64 (table, 3, 1);
  return aisle_import_count (import, aisle_import_table_put (table, error));
}

const AisleImportHandler aisle_import_barcodes = {
  .fields = barcode_fields,
  .n_fields = BARCODE_N_FIELDS,
  .begin = begin_barcodes,
  .take_row = take_barcode,
  .end = end_table,
};

/* ---------------------------------------------------------------- stock */

enum
{
  STOCK_STORE,
  STOCK_SKU,
  STOCK_ON_HAND,
  STOCK_DAY,
  STOCK_RESERVED,
  STOCK_ON_ORDER,
  STOCK_N_FIELDS,
};

static const AisleImportFieldInfo stock_fields[STOCK_N_FIELDS] = {
  [STOCK_STORE] = { "store", TRUE, "store", "DE01", "where", AISLE_SYNONYMS (AISLE_STORE_WORDS) },
  [STOCK_SKU] = { "sku", TRUE, "sku", "85123A", "what", AISLE_SYNONYMS (AISLE_SKU_WORDS) },
  [STOCK_ON_HAND] = { "on_hand", TRUE, "quantity", "17",
                      "base units on hand; a negative one is kept with a finding",
                      AISLE_SYNONYMS ("LABST",
                                      "stock on hand",
                                      "stock",
                                      "quantity",
                                      "soh",
                                      "Bestand",
                                      "Lagerbestand",
                                      "quantité",
                                      "existencias",
                                      "giacenza",
                                      "voorraad") },
  [STOCK_DAY] = { "day", FALSE, "date", "2026-11-20", "end of which day; empty: today",
                  AISLE_SYNONYMS ("date",
                                  "Datum",
                                  "Stichtag",
                                  "jour",
                                  "fecha",
                                  "data",
                                  "giorno",
                                  "dag") },
  [STOCK_RESERVED] = { "reserved", FALSE, "quantity", "2", "promised to somebody",
                       AISLE_SYNONYMS ("reserved qty", "reserviert", "réservé", "gereserveerd") },
  [STOCK_ON_ORDER] = { "on_order", FALSE, "quantity", "24", "ordered or in transit",
                       AISLE_SYNONYMS ("in transit",
                                       "TRAME",
                                       "in_transit_qty",
                                       "bestellt",
                                       "en commande",
                                       "in bestelling") },
};

static gboolean
begin_stock (AisleImport *import, GError **error)
{
  import->state =
      aisle_import_table_new (import, "stock_day", "store_id,product_id,day",
                              "on_hand_milli,reserved_milli,on_order_milli,is_generated");
  return TRUE;
}

static gboolean
take_stock (AisleImport *import, GError **error)
{
  AisleImportTable *table = import->state;
  AisleDate day = AISLE_DATE_NONE;
  gint64 on_hand = 0, reserved = -1, on_order = -1;
  const AisleImportStore *store = aisle_import_get_store (import, STOCK_STORE);
  const AisleImportProduct *product = store ? aisle_import_get_product (import, STOCK_SKU) : NULL;
  if (!product || !aisle_import_get_date (import, STOCK_DAY, &day, NULL)
      || !aisle_import_get_decimal (import, STOCK_ON_HAND, 3, -MAX_MILLI, MAX_MILLI, &on_hand)
      || !aisle_import_get_decimal (import, STOCK_RESERVED, 3, 0, MAX_MILLI, &reserved)
      || !aisle_import_get_decimal (import, STOCK_ON_ORDER, 3, 0, MAX_MILLI, &on_order))
    return TRUE;
  if (day == AISLE_DATE_NONE)
    day = aisle_workspace_get_business_date (import->workspace, NULL);
  g_autofree char *key =
      g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%d", store->id, product->id, day);
  if (!aisle_import_claim_key (import, STOCK_SKU, key, NULL))
    return TRUE;
  if (on_hand < 0)
    aisle_import_find (import, "negative_on_hand", aisle_import_get_text (import, STOCK_SKU),
                       "store %s has less than nothing on hand; count it", store->code);
  aisle_import_table_set_int64 (table, 0, store->id);
  aisle_import_table_set_int64 (table, 1, product->id);
  aisle_import_table_set_int64 (table, 2, day);
  aisle_import_table_set_int64 (table, 3, on_hand);
  if (reserved >= 0)
    aisle_import_table_set_int64 (table, 4, reserved);
  if (on_order >= 0)
    aisle_import_table_set_int64 (table, 5, on_order);
  if (import->options->is_generated)
    aisle_import_table_set_int64 (table, 6, 1);
  return aisle_import_count (import, aisle_import_table_put (table, error));
}

const AisleImportHandler aisle_import_stock = {
  .fields = stock_fields,
  .n_fields = STOCK_N_FIELDS,
  .begin = begin_stock,
  .take_row = take_stock,
  .end = end_table,
};
