/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-range.h"

#include "aisle-statement-private.h"

/* The first id that a query with one text parameter gives; 0 for none, -1 for an error. With
 * `must_be_single` two rows count as none. */
static gint64
look_up (AisleWorkspace *workspace,
         const char *sql,
         const char *text,
         gboolean must_be_single,
         GError **error)
{
  AisleStatement *s = aisle_statement (workspace, sql, error);
  if (!s)
    return -1;
  aisle_bind_text (s, 1, text);
  int step = aisle_step (s, error);
  if (step < 0)
    return -1;
  if (step == 0)
    return 0;
  gint64 id = aisle_column_int64 (s, 0);
  if (must_be_single && aisle_step (s, NULL) == 1)
    id = 0;
  aisle_statement_reset (s);
  return id;
}

/* Asks the queries in turn until one answers. */
static gint64
find (AisleWorkspace *workspace,
      const char *const *queries,
      gsize n_queries,
      const char *text,
      const char *noun,
      const char *advice,
      GError **error)
{
  for (gsize i = 0; i < n_queries; i++)
    {
      gint64 id = look_up (workspace, queries[i], text, i > 0, error);
      if (id < 0)
        return 0;
      if (id > 0)
        return id;
    }
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
               "there is no %s “%s”; %s", noun, text, advice);
  return 0;
}

gint64
aisle_range_find_product (AisleWorkspace *workspace, const char *text, GError **error)
{
  static const char *const queries[] = {
    "SELECT id FROM product WHERE sku = ?1",
    "SELECT product_id FROM barcode WHERE code = ?1",
    "SELECT id FROM product WHERE sku = ?1 COLLATE NOCASE",
  };
  g_return_val_if_fail (text != NULL, 0);
  return find (workspace, queries, G_N_ELEMENTS (queries), text, "product",
               "neither SKU nor barcode is called so; check it, or import the catalog", error);
}

gint64
aisle_range_find_store (AisleWorkspace *workspace, const char *text, GError **error)
{
  static const char *const queries[] = {
    "SELECT id FROM store WHERE code = ?1",
    "SELECT id FROM store WHERE name = ?1",
    "SELECT id FROM store WHERE code = ?1 COLLATE NOCASE OR name = ?1 COLLATE NOCASE",
  };
  g_return_val_if_fail (text != NULL, 0);
  return find (workspace, queries, G_N_ELEMENTS (queries), text, "store",
               "check its code, or import the stores", error);
}

gint64
aisle_range_find_category (AisleWorkspace *workspace, const char *text, GError **error)
{
  static const char *const queries[] = {
    "SELECT id FROM category WHERE code = ?1",
    "SELECT id FROM category WHERE name = ?1",
    "SELECT id FROM category WHERE code = ?1 COLLATE NOCASE OR name = ?1 COLLATE NOCASE",
  };
  g_return_val_if_fail (text != NULL, 0);
  return find (workspace, queries, G_N_ELEMENTS (queries), text, "category",
               "check its name, or import the catalog", error);
}

static void
store_free_cb (gpointer data)
{
  AisleRangeStore *store = data;
  g_free (store->code);
  g_free (store->name);
  g_free (store->country);
  g_free (store->zone);
  g_free (store);
}

GPtrArray *
aisle_range_list_stores (AisleWorkspace *workspace, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT id, code, name, currency, country, zone, prices_include_tax, opening_days, in_totals,"
      " is_generated, system_id FROM store ORDER BY code",
      error);
  if (!s)
    return NULL;
  g_autoptr (GPtrArray) stores = g_ptr_array_new_with_free_func (store_free_cb);
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      AisleRangeStore *store = g_new0 (AisleRangeStore, 1);
      store->id = aisle_column_int64 (s, 0);
      store->code = g_strdup (aisle_column_text (s, 1));
      store->name = g_strdup (aisle_column_text (s, 2));
      g_strlcpy (store->currency, aisle_column_text (s, 3), sizeof store->currency);
      store->country = g_strdup (aisle_column_text (s, 4));
      store->zone = g_strdup (aisle_column_text (s, 5));
      store->prices_include_tax = aisle_column_int64 (s, 6) != 0;
      store->opening_days = (guint) aisle_column_int64 (s, 7);
      store->in_totals = aisle_column_int64 (s, 8) != 0;
      store->is_generated = aisle_column_int64 (s, 9) != 0;
      store->system_id = aisle_column_int64 (s, 10);
      g_ptr_array_add (stores, store);
    }
  return step == 0 ? g_steal_pointer (&stores) : NULL;
}
