/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-generated.h"

#include "aisle-statement-private.h"

static const struct
{
  AisleGeneratedKinds kind;
  const char *table;
  const char *words;
} columns[] = {
  { AISLE_GENERATED_STOCK, "stock_day", "stock" },
  { AISLE_GENERATED_SUPPLY, "product_supplier", "lead times and case packs" },
  { AISLE_GENERATED_COST, "cost", "costs" },
  { AISLE_GENERATED_CATALOG, "product", "categories and tax classes" },
  { AISLE_GENERATED_CUSTOMERS, "customer_attribute", "customers' attributes" },
  { AISLE_GENERATED_BARCODES, "barcode", "barcodes" },
  { AISLE_GENERATED_LISTINGS, "listing", "ranging" },
  { AISLE_GENERATED_TAXES, "tax_rate", "tax rates" },
};

/* 1, 0, or -1 with an error: whether the statement, with one value bound, has a row. */
static int
has_row (AisleStatement *statement, GError **error)
{
  int row = aisle_step (statement, error);
  if (row == 1)
    aisle_statement_reset (statement);
  return row;
}

static int
has_generated_column (AisleWorkspace *workspace, const char *table, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace, "SELECT 1 FROM generated_field WHERE table_name = ?1 LIMIT 1", error);
  if (!s)
    return -1;
  aisle_bind_text (s, 1, table);
  return has_row (s, error);
}

static int
is_generated_store (AisleWorkspace *workspace, gint64 store_id, GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace, "SELECT 1 FROM store WHERE id = ?1 AND is_generated = 1", error);
  if (!s)
    return -1;
  aisle_bind_int64 (s, 1, store_id);
  return has_row (s, error);
}

char **
aisle_generated_list (AisleWorkspace *workspace,
                      AisleGeneratedKinds kinds,
                      gint64 store_id,
                      GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  if (kinds & AISLE_GENERATED_SALES)
    {
      int found = is_generated_store (workspace, store_id, error);
      if (found < 0)
        return NULL;
      if (found)
        g_strv_builder_add (builder, "sales");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      if (!(kinds & columns[i].kind))
        continue;
      int found = has_generated_column (workspace, columns[i].table, error);
      if (found < 0)
        return NULL;
      if (found)
        g_strv_builder_add (builder, columns[i].words);
    }
  return g_strv_builder_end (builder);
}
