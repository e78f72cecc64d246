/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

/* Sales tax by country and class, dated: what turns a gross price into a net one where a file has
 * no rate of its own. */

enum
{
  TAX_COUNTRY,
  TAX_CLASS,
  TAX_RATE,
  TAX_FROM,
  TAX_N_FIELDS,
};

static const AisleImportFieldInfo tax_fields[TAX_N_FIELDS] = {
  [TAX_COUNTRY] = { "country", TRUE, "text", "DE", "ISO 3166 letters, as the stores have them",
                    AISLE_SYNONYMS ("LAND1", "country id", "Land", "pays", "país", "paese") },
  [TAX_CLASS] = { "tax_class", TRUE, "text", "standard", "as the catalog has it",
                  AISLE_SYNONYMS ("TAXKM",
                                  "tax code",
                                  "Steuerklasse",
                                  "Steuerschlüssel",
                                  "classe de taxe",
                                  "btw code") },
  [TAX_RATE] = { "tax_rate", TRUE, "rate", "19", "the sales tax",
                 AISLE_SYNONYMS ("rate",
                                 "vat",
                                 "KBETR",
                                 "Steuersatz",
                                 "MwSt",
                                 "TVA",
                                 "IVA",
                                 "btw") },
  [TAX_FROM] = { "from", FALSE, "date", "2026-01-01", "first day; empty: always was",
                 AISLE_SYNONYMS ("valid from",
                                 "DATAB",
                                 "gültig ab",
                                 "depuis",
                                 "desde",
                                 "dal",
                                 "vanaf") },
};

static gboolean
begin_taxes (AisleImport *import, GError **error)
{
  import->state =
      aisle_import_table_new (import, "tax_rate", "country,tax_class,from_day", "rate_ppm");
  return TRUE;
}

static void
end_taxes (AisleImport *import)
{
  aisle_import_table_free (import->state);
}

static gboolean
take_rate (AisleImport *import, GError **error)
{
  AisleImportTable *table = import->state;
  const char *country = aisle_import_get_text (import, TAX_COUNTRY);
  const char *tax_class = aisle_import_get_text (import, TAX_CLASS);
  const char *from_text = aisle_import_get_text (import, TAX_FROM);
  AisleDate from = 0; /* always was */
  gint64 rate = -1;
  if (!aisle_import_get_rate (import, TAX_RATE, &rate)
      || !aisle_import_get_date (import, TAX_FROM, &from, NULL)
      || !aisle_import_claim_key (import, TAX_COUNTRY, country, tax_class,
                                  from_text ? from_text : "", NULL))
    return TRUE;
  aisle_import_table_set_text (table, 0, country);
  aisle_import_table_set_text (table, 1, tax_class);
  aisle_import_table_set_int64 (table, 2, from);
  aisle_import_table_set_int64 (table, 3, rate);
  return aisle_import_count (import, aisle_import_table_put (table, error));
}

const AisleImportHandler aisle_import_taxes = {
  .fields = tax_fields,
  .n_fields = TAX_N_FIELDS,
  .begin = begin_taxes,
  .take_row = take_rate,
  .end = end_taxes,
};
