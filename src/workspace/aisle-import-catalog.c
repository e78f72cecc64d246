/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include <string.h>

#define MAX_CATEGORY_DEPTH 12

enum
{
  SKU,
  NAME,
  CATEGORY,
  CATEGORY_NAME,
  BRAND,
  OWN_BRAND,
  STYLE,
  SIZE,
  COLOR,
  SEASON,
  STATUS,
  LAUNCHED,
  ENDS,
  TAX_CLASS,
  BASE_UNIT,
  WEIGHED,
  CONTENT,
  CONTENT_UNIT,
  SHELF_LIFE,
  IMAGE,
  BARCODE,
  N_FIELDS,
};

static const AisleImportFieldInfo fields[N_FIELDS] = {
  [SKU] = { "sku", TRUE, "text", "85123A", "the product's number, as receipts and stock name it",
            AISLE_SYNONYMS ("MATNR",
                            "material",
                            "item",
                            "item number",
                            "item id",
                            "StockCode",
                            "article",
                            "article number",
                            "Artikelnummer",
                            "Artikel",
                            "ArtNr",
                            "product code",
                            "product id",
                            "référence",
                            "code article",
                            "artículo",
                            "codice articolo",
                            "artikelcode",
                            "artikelnr",
                            "variant sku") },
  [NAME] = { "name", FALSE, "text", "White hanging heart", "what people call it",
             AISLE_SYNONYMS ("MAKTX",
                             "description",
                             "item desc",
                             "product name",
                             "title",
                             "Bezeichnung",
                             "Artikelbezeichnung",
                             "désignation",
                             "libellé",
                             "descripción",
                             "nombre",
                             "descrizione",
                             "omschrijving",
                             "naam") },
  [CATEGORY] = { "category", FALSE, "text", "Home > Candles",
                 "its category: a code, or a path with “>” between the levels; made where it is "
                 "new",
                 AISLE_SYNONYMS ("MATKL",
                                 "DEPT",
                                 "department",
                                 "class",
                                 "product group",
                                 "Warengruppe",
                                 "Kategorie",
                                 "catégorie",
                                 "rayon",
                                 "categoría",
                                 "familia",
                                 "categoria",
                                 "reparto",
                                 "categorie",
                                 "artikelgroep") },
  [CATEGORY_NAME] = { "category_name", FALSE, "text", "Candles", "the name of that category",
                      AISLE_SYNONYMS ("WGBEZ",
                                      "dept name",
                                      "class name",
                                      "Warengruppenbezeichnung") },
  [BRAND] = { "brand", FALSE, "text", "Lumen", "the brand on it",
              AISLE_SYNONYMS ("BRAND_ID", "Marke", "marque", "marca", "merk", "vendor") },
  [OWN_BRAND] = { "own_brand", FALSE, "yes/no", "no", "whether the brand is the retailer's own",
                  AISLE_SYNONYMS ("private label", "Eigenmarke", "marque propre", "huismerk") },
  [STYLE] = { "style", FALSE, "text", "HEART", "what its sizes and colors have in common",
              AISLE_SYNONYMS ("SATNR",
                              "parent sku",
                              "style number",
                              "item parent",
                              "Modell",
                              "modèle",
                              "modelo",
                              "modello") },
  [SIZE] = { "size", FALSE, "text", "M", "its size",
             AISLE_SYNONYMS ("Größe", "taille", "talla", "taglia", "maat", "DIFF_1") },
  [COLOR] = { "color", FALSE, "text", "red", "its color",
              AISLE_SYNONYMS ("colour", "Farbe", "couleur", "colore", "kleur", "DIFF_2") },
  [SEASON] = { "season", FALSE, "text", "AW26", "the season it belongs to",
               AISLE_SYNONYMS ("SAISO", "Saison", "temporada", "stagione", "seizoen") },
  [STATUS] = { "status", FALSE, "one of active, delisted, planned, service", "active",
               "service: postage, fees, vouchers; never forecast or priced",
               AISLE_SYNONYMS ("MMSTA", "item status", "estado", "stato") },
  [LAUNCHED] = { "launched", FALSE, "date", "2026-03-01", "first day in the range",
                 AISLE_SYNONYMS ("launch date", "ERSDA", "Einführung") },
  [ENDS] = { "ends", FALSE, "date", "2026-12-31", "last day in the range",
             AISLE_SYNONYMS ("end date", "discontinued", "Auslauf") },
  [TAX_CLASS] = { "tax_class", FALSE, "text", "standard",
                  "its class of sales tax; empty is “standard”",
                  AISLE_SYNONYMS ("TAXKM",
                                  "TAXM1",
                                  "tax code",
                                  "vat class",
                                  "MwSt-Klasse",
                                  "Steuerklasse",
                                  "taux tva",
                                  "tipo iva",
                                  "btw-klasse") },
  [BASE_UNIT] = { "base_unit", FALSE, "text", "each", "what one is: each, kg, m",
                  AISLE_SYNONYMS ("MEINS",
                                  "uom",
                                  "standard uom",
                                  "unit of measure",
                                  "Einheit",
                                  "Basismengeneinheit",
                                  "unité",
                                  "unidad",
                                  "unità",
                                  "eenheid") },
  [WEIGHED] = { "weighed", FALSE, "yes/no", "no", "sold by weight",
                AISLE_SYNONYMS ("catch weight", "Waage", "Wiegeartikel") },
  [CONTENT] = { "content", FALSE, "quantity", "0.75",
                "how much is in one, for the price per kg or litre",
                AISLE_SYNONYMS ("INHAL",
                                "net content",
                                "Inhalt",
                                "contenu",
                                "contenido",
                                "contenuto",
                                "inhoud") },
  [CONTENT_UNIT] = { "content_unit", FALSE, "text", "l", "the unit of content",
                     AISLE_SYNONYMS ("INHME", "content uom", "Inhaltseinheit") },
  [SHELF_LIFE] = { "shelf_life_days", FALSE, "number", "21", "days from goods-in to expiry",
                   AISLE_SYNONYMS ("MHDHB", "shelf life", "Haltbarkeit", "Resthaltbarkeit") },
  [IMAGE] = { "image", FALSE, "text", "https://…/85123A.jpg", "where its picture is",
              AISLE_SYNONYMS ("image url", "image src", "Bild") },
  [BARCODE] = { "barcode", FALSE, "barcode", "5012345678900", "its barcode with the check digit",
                AISLE_SYNONYMS ("EAN11",
                                "EAN",
                                "GTIN",
                                "UPC",
                                "Strichcode",
                                "code barre",
                                "código de barras",
                                "codice a barre") },
};

static const char *const statuses[] = { "active|aktiv|actif|activo|attivo|actief|a",
                                        "delisted|inactive|discontinued|ausgelistet|i|d",
                                        "planned|geplant|p", "service", NULL };

/* The columns of table product, keys first. */
enum
{
  COLUMN_SKU,
  COLUMN_NAME,
  COLUMN_CATEGORY,
  COLUMN_BRAND,
  COLUMN_OWN_BRAND,
  COLUMN_STYLE,
  COLUMN_SIZE,
  COLUMN_COLOR,
  COLUMN_SEASON,
  COLUMN_STATUS,
  COLUMN_LAUNCHED,
  COLUMN_ENDS,
  COLUMN_TAX_CLASS,
  COLUMN_BASE_UNIT,
  COLUMN_WEIGHED,
  COLUMN_CONTENT,
  COLUMN_CONTENT_UNIT,
  COLUMN_SHELF_LIFE,
  COLUMN_IMAGE,
};

typedef struct
{
  AisleImportTable *product;
  AisleImportTable *attribute;
  AisleImportTable *barcode;
  GHashTable *categories; /* code -> id */
} Catalog;

static gboolean
begin_catalog (AisleImport *import, GError **error)
{
  Catalog *catalog = import->state = g_new0 (Catalog, 1);
  catalog->product = aisle_import_table_new (
      import, "product", "sku",
      "name,category_id,brand,own_brand,style,size,color,season,status,launched_day,ends_day,tax_"
      "class,"
      "base_unit,is_weighed,content_milli,content_unit,shelf_life_days,image");
  catalog->attribute =
      aisle_import_table_new (import, "product_attribute", "product_id,name", "value,is_protected");
  catalog->barcode = aisle_import_table_new (import, "barcode", "code", "product_id,is_generated");
  catalog->categories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  AisleStatement *statement =
      aisle_statement (import->workspace, "SELECT id, code FROM category", error);
  int row = -1;
  while (statement && (row = aisle_step (statement, error)) == 1)
    g_hash_table_insert (catalog->categories, g_strdup (aisle_column_text (statement, 1)),
                         GSIZE_TO_POINTER ((gsize) aisle_column_int64 (statement, 0)));
  return row == 0;
}

static void
end_catalog (AisleImport *import)
{
  Catalog *catalog = import->state;
  if (!catalog)
    return;
  aisle_import_table_free (catalog->product);
  aisle_import_table_free (catalog->attribute);
  aisle_import_table_free (catalog->barcode);
  g_clear_pointer (&catalog->categories, g_hash_table_unref);
  g_free (catalog);
}

/* The category of that code, made where it is new. */
static gint64
get_category (AisleImport *import,
              const char *code,
              const char *name,
              gint64 parent,
              GError **error)
{
  Catalog *catalog = import->state;
  gpointer known;
  if (g_hash_table_lookup_extended (catalog->categories, code, NULL, &known))
    return (gint64) GPOINTER_TO_SIZE (known);
  AisleStatement *statement = aisle_statement (
      import->workspace, "INSERT INTO category (code, name, parent_id) VALUES (?1, ?2, ?3)", error);
  if (!statement)
    return -1;
  aisle_bind_text (statement, 1, code);
  aisle_bind_text (statement, 2, name);
  aisle_bind_int64_or_null (statement, 3, parent, 0);
  if (!aisle_run (statement, error))
    return -1;
  gint64 id = sqlite3_last_insert_rowid (aisle_workspace_get_db (import->workspace));
  g_hash_table_insert (catalog->categories, g_strdup (code), GSIZE_TO_POINTER ((gsize) id));
  return id;
}

/* "Home > Candles": a path's levels have the whole path as their code. 0: none, -1: an error. */
static gint64
read_category (AisleImport *import, GError **error)
{
  const char *text = aisle_import_get_text (import, CATEGORY);
  if (!text)
    return 0;
  const char *name = aisle_import_get_text (import, CATEGORY_NAME);
  if (!strchr (text, '>'))
    return get_category (import, text, name ? name : text, 0, error);
  g_auto (GStrv) levels = g_strsplit (text, ">", MAX_CATEGORY_DEPTH);
  g_autoptr (GString) code = g_string_new (NULL);
  gint64 id = 0;
  for (guint i = 0; levels[i] && id >= 0; i++)
    {
      const char *level = g_strstrip (levels[i]);
      if (!*level)
        continue;
      g_string_append_printf (code, "%s%s", code->len > 0 ? " > " : "", level);
      id = get_category (import, code->str, level, id, error);
    }
  return id;
}

static gint64
find_product_id (AisleImport *import, const char *sku, GError **error)
{
  AisleStatement *statement =
      aisle_statement (import->workspace, "SELECT id FROM product WHERE sku = ?1", error);
  if (!statement)
    return -1;
  aisle_bind_text (statement, 1, sku);
  if (aisle_step (statement, error) != 1)
    return -1;
  gint64 id = aisle_column_int64 (statement, 0);
  aisle_statement_reset (statement);
  return id;
}

static AislePut
put_attributes (AisleImport *import, gint64 product_id, GError **error)
{
  Catalog *catalog = import->state;
  AislePut most = AISLE_PUT_UNCHANGED;
  for (guint i = 0; i < import->attributes->len; i++)
    {
      const AisleImportAttribute *attribute =
          &g_array_index (import->attributes, AisleImportAttribute, i);
      const char *value = import->record.fields[attribute->column];
      if (!*value)
        continue;
      aisle_import_table_set_int64 (catalog->attribute, 0, product_id);
      aisle_import_table_set_text (catalog->attribute, 1, attribute->name);
      aisle_import_table_set_text (catalog->attribute, 2, value);
      aisle_import_table_set_int64 (catalog->attribute, 3, attribute->is_protected);
      AislePut put = aisle_import_table_put (catalog->attribute, error);
      if (put == AISLE_PUT_ERROR)
        return put;
      most = MAX (most, put);
    }
  return most;
}

/* Fields that are text and nothing else. */
static const struct
{
  guint field, column;
} plain_texts[] = {
  { NAME, COLUMN_NAME },
  { BRAND, COLUMN_BRAND },
  { STYLE, COLUMN_STYLE },
  { SIZE, COLUMN_SIZE },
  { COLOR, COLUMN_COLOR },
  { SEASON, COLUMN_SEASON },
  { TAX_CLASS, COLUMN_TAX_CLASS },
  { BASE_UNIT, COLUMN_BASE_UNIT },
  { CONTENT_UNIT, COLUMN_CONTENT_UNIT },
  { IMAGE, COLUMN_IMAGE },
};

static gboolean
set_numbers (AisleImport *import, AisleImportTable *table)
{
  AisleDate launched = AISLE_DATE_NONE, ends = AISLE_DATE_NONE;
  gint64 own_brand = -1, weighed = -1, status = -1, content = 0, shelf_life = 0;
  if (!aisle_import_get_date (import, LAUNCHED, &launched, NULL)
      || !aisle_import_get_date (import, ENDS, &ends, NULL)
      || !aisle_import_get_flag (import, OWN_BRAND, &own_brand)
      || !aisle_import_get_flag (import, WEIGHED, &weighed)
      || !aisle_import_get_choice (import, STATUS, statuses, &status)
      || !aisle_import_get_decimal (import, CONTENT, 3, 0, G_GINT64_CONSTANT (1000000000), &content)
      || !aisle_import_get_decimal (import, SHELF_LIFE, 0, 0, 36500, &shelf_life))
    return FALSE;
  static const char *const names[] = { "active", "delisted", "planned", "service" };
  if (launched != AISLE_DATE_NONE)
    aisle_import_table_set_int64 (table, COLUMN_LAUNCHED, launched);
  if (ends != AISLE_DATE_NONE)
    aisle_import_table_set_int64 (table, COLUMN_ENDS, ends);
  if (own_brand >= 0)
    aisle_import_table_set_int64 (table, COLUMN_OWN_BRAND, own_brand);
  if (weighed >= 0)
    aisle_import_table_set_int64 (table, COLUMN_WEIGHED, weighed);
  if (status >= 0)
    aisle_import_table_set_text (table, COLUMN_STATUS, names[status]);
  if (content > 0)
    aisle_import_table_set_int64 (table, COLUMN_CONTENT, content);
  if (shelf_life > 0)
    aisle_import_table_set_int64 (table, COLUMN_SHELF_LIFE, shelf_life);
  return TRUE;
}

static gboolean
check_sku (AisleImport *import, const char *sku)
{
  if (g_utf8_strlen (sku, -1) > 100)
    return aisle_import_reject (import, SKU, "the SKU is longer than 100 characters");
  if (!aisle_import_claim_key (import, SKU, sku, NULL))
    return FALSE;
  const char *other = aisle_import_find_case_variant (import, sku);
  if (other)
    aisle_import_find (import, "case_variant", sku,
                       "differs from “%s” by case only; import with --fold-sku where they are one",
                       other);
  return TRUE;
}

static gboolean
take_product (AisleImport *import, GError **error)
{
  Catalog *catalog = import->state;
  const char *sku = aisle_import_get_sku (import, SKU);
  g_autofree char *code = NULL;
  if (!check_sku (import, sku) || !set_numbers (import, catalog->product))
    return TRUE;
  aisle_import_take_barcode (import, BARCODE, &code);
  gint64 category = read_category (import, error);
  if (category < 0)
    return FALSE;
  aisle_import_table_set_text (catalog->product, COLUMN_SKU, sku);
  if (category > 0)
    aisle_import_table_set_int64 (catalog->product, COLUMN_CATEGORY, category);
  for (gsize i = 0; i < G_N_ELEMENTS (plain_texts); i++)
    {
      const char *text = aisle_import_get_text (import, plain_texts[i].field);
      if (text)
        aisle_import_table_set_text (catalog->product, plain_texts[i].column, text);
    }
  AislePut put = aisle_import_table_put (catalog->product, error);
  if (put == AISLE_PUT_ERROR)
    return FALSE;
  if (import->attributes->len == 0 && !code)
    return aisle_import_count (import, put);
  gint64 id = find_product_id (import, sku, error);
  AislePut attributes = id < 0 ? AISLE_PUT_ERROR : put_attributes (import, id, error);
  AislePut barcode = AISLE_PUT_UNCHANGED;
  if (code && attributes != AISLE_PUT_ERROR)
    {
      aisle_import_table_set_text (catalog->barcode, 0, code);
      aisle_import_table_set_int64 (catalog->barcode, 1, id);
      if (import->options->is_generated)
        aisle_import_table_set_int64 (catalog->barcode, 2, 1);
      barcode = aisle_import_table_put (catalog->barcode, error);
    }
  if (attributes == AISLE_PUT_ERROR || barcode == AISLE_PUT_ERROR)
    return FALSE;
  if (put == AISLE_PUT_UNCHANGED && (attributes > put || barcode > put))
    put = AISLE_PUT_UPDATED;
  return aisle_import_count (import, put);
}

const AisleImportHandler aisle_import_catalog = {
  .fields = fields,
  .n_fields = N_FIELDS,
  .takes_attributes = TRUE,
  .begin = begin_catalog,
  .take_row = take_product,
  .end = end_catalog,
};
