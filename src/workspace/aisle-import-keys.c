/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include <string.h>

typedef struct
{
  AisleDate from_day;
  gint64 ppm;
} Rate;

struct _AisleImportKeys
{
  GHashTable *products; /* SKU -> AisleImportProduct */
  GHashTable *variants; /* case-folded SKU -> SKU, made when first asked for */
  GHashTable *stores;   /* code -> AisleImportStore */
  GHashTable *names;    /* name -> AisleImportStore, NULL where two stores have it */
  GPtrArray *in_order;  /* of AisleImportStore, owned */
  GHashTable *classes;  /* tax class -> its number + 1 */
  GPtrArray *class_names;
  GHashTable *rates; /* "country/class" -> GArray of Rate, by day */
  AisleImportStore *last_store;
  char *folded; /* the last SKU that was folded */
};

static void
free_store_cb (gpointer data)
{
  AisleImportStore *store = data;
  g_free (store->code);
  g_free (store->country);
  g_time_zone_unref (store->zone);
  g_free (store);
}

static guint
number_of_class (AisleImportKeys *keys, const char *name)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (keys->classes, name));
  if (number > 0)
    return number - 1;
  char *copy = g_strdup (name);
  g_ptr_array_add (keys->class_names, copy);
  g_hash_table_insert (keys->classes, copy, GUINT_TO_POINTER (keys->class_names->len));
  return keys->class_names->len - 1;
}

static gboolean
load_products (AisleImport *import, AisleImportKeys *keys, GError **error)
{
  AisleStatement *statement =
      aisle_statement (import->workspace, "SELECT id, sku, tax_class FROM product", error);
  if (!statement)
    return FALSE;
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    {
      AisleImportProduct *product = g_new (AisleImportProduct, 1);
      const char *class = aisle_column_text (statement, 2);
      product->id = aisle_column_int64 (statement, 0);
      product->tax_class = number_of_class (keys, class ? class : "standard");
      g_hash_table_insert (keys->products, g_strdup (aisle_column_text (statement, 1)), product);
    }
  return row == 0;
}

static AisleImportStore *
read_store (AisleStatement *statement)
{
  AisleImportStore *store = g_new0 (AisleImportStore, 1);
  store->id = aisle_column_int64 (statement, 0);
  store->code = g_strdup (aisle_column_text (statement, 1));
  g_strlcpy (store->currency, aisle_column_text (statement, 3), sizeof store->currency);
  store->country = g_strdup (aisle_column_text (statement, 4));
  store->zone = g_time_zone_new_identifier (aisle_column_text (statement, 5));
  if (!store->zone)
    store->zone = g_time_zone_new_utc ();
  store->has_daily_totals = aisle_column_int64 (statement, 6) != 0;
  store->minor_micro = 1000000;
  for (int digits = aisle_currency_digits (store->currency); digits > 0; digits--)
    store->minor_micro /= 10;
  return store;
}

static gboolean
load_stores (AisleImport *import, AisleImportKeys *keys, GError **error)
{
  AisleStatement *statement = aisle_statement (
      import->workspace,
      "SELECT id, code, name, currency, country, zone, "
      "?1 AND EXISTS (SELECT 1 FROM sale_day WHERE store_id = store.id AND source = 1) "
      "FROM store ORDER BY code",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, import->kind == AISLE_IMPORT_SALES);
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    {
      AisleImportStore *store = read_store (statement);
      g_ptr_array_add (keys->in_order, store);
      g_hash_table_insert (keys->stores, store->code, store);
      const char *name = aisle_column_text (statement, 2);
      if (*name)
        {
          gboolean is_taken = g_hash_table_contains (keys->names, name);
          g_hash_table_insert (keys->names, g_strdup (name), is_taken ? NULL : store);
        }
    }
  return row == 0;
}

static gboolean
load_rates (AisleImport *import, AisleImportKeys *keys, GError **error)
{
  AisleStatement *statement =
      aisle_statement (import->workspace,
                       "SELECT country, tax_class, from_day, rate_ppm FROM tax_rate "
                       "ORDER BY country, tax_class, from_day",
                       error);
  if (!statement)
    return FALSE;
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    {
      g_autofree char *key = g_strdup_printf ("%s/%s", aisle_column_text (statement, 0),
                                              aisle_column_text (statement, 1));
      GArray *rates = g_hash_table_lookup (keys->rates, key);
      if (!rates)
        {
          rates = g_array_new (FALSE, FALSE, sizeof (Rate));
          g_hash_table_insert (keys->rates, g_strdup (key), rates);
        }
      Rate rate = { (AisleDate) aisle_column_int64 (statement, 2),
                    aisle_column_int64 (statement, 3) };
      g_array_append_val (rates, rate);
    }
  return row == 0;
}

static void
free_rates_cb (gpointer data)
{
  g_array_unref (data);
}

AisleImportKeys *
aisle_import_keys_new (AisleImport *import, GError **error)
{
  AisleImportKeys *keys = g_new0 (AisleImportKeys, 1);
  keys->products = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  keys->stores = g_hash_table_new (g_str_hash, g_str_equal);
  keys->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  keys->in_order = g_ptr_array_new_with_free_func (free_store_cb);
  keys->classes = g_hash_table_new (g_str_hash, g_str_equal);
  keys->class_names = g_ptr_array_new_with_free_func (g_free);
  keys->rates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_rates_cb);
  if (load_products (import, keys, error) && load_stores (import, keys, error)
      && load_rates (import, keys, error))
    return keys;
  aisle_import_keys_free (keys);
  return NULL;
}

void
aisle_import_keys_free (AisleImportKeys *keys)
{
  if (!keys)
    return;
  g_hash_table_unref (keys->products);
  g_clear_pointer (&keys->variants, g_hash_table_unref);
  g_hash_table_unref (keys->stores);
  g_hash_table_unref (keys->names);
  g_ptr_array_unref (keys->in_order);
  g_hash_table_unref (keys->classes);
  g_ptr_array_unref (keys->class_names);
  g_hash_table_unref (keys->rates);
  g_free (keys->folded);
  g_free (keys);
}

const char *
aisle_import_get_sku (AisleImport *import, guint field)
{
  const char *sku = aisle_import_get_text (import, field);
  if (!sku || !import->options->fold_sku)
    return sku;
  g_free (import->keys->folded);
  import->keys->folded = g_utf8_strup (sku, -1);
  if (strcmp (import->keys->folded, sku) != 0)
    aisle_import_find (import, "case_variant", import->keys->folded, "written as “%s” and folded",
                       sku);
  return import->keys->folded;
}

static AisleImportProduct *
find_product (AisleImport *import, const char *sku)
{
  return g_hash_table_lookup (import->keys->products, sku);
}

const char *
aisle_import_find_case_variant (AisleImport *import, const char *sku)
{
  AisleImportKeys *keys = import->keys;
  if (!keys->variants)
    {
      keys->variants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      GHashTableIter iter;
      gpointer known;
      g_hash_table_iter_init (&iter, keys->products);
      while (g_hash_table_iter_next (&iter, &known, NULL))
        g_hash_table_insert (keys->variants, g_utf8_casefold (known, -1), g_strdup (known));
    }
  g_autofree char *folded = g_utf8_casefold (sku, -1);
  const char *other = g_hash_table_lookup (keys->variants, folded);
  if (!other)
    g_hash_table_insert (keys->variants, g_steal_pointer (&folded), g_strdup (sku));
  return other && strcmp (other, sku) != 0 ? other : NULL;
}

AisleImportProduct *
aisle_import_get_product (AisleImport *import, guint field)
{
  const char *sku = aisle_import_get_sku (import, field);
  AisleImportProduct *product = sku ? find_product (import, sku) : NULL;
  if (product)
    return product;
  const char *other = sku ? aisle_import_find_case_variant (import, sku) : NULL;
  if (other && find_product (import, other))
    aisle_import_reject (
        import, field,
        "there is no product “%s”, but “%s”; import with --fold-sku where they are one", sku,
        other);
  else
    aisle_import_reject (import, field, "there is no product “%s”; import the catalog first",
                         sku ? sku : "");
  return NULL;
}

AisleImportStore *
aisle_import_find_store (AisleImport *import, const char *code)
{
  AisleImportKeys *keys = import->keys;
  if (keys->last_store && strcmp (keys->last_store->code, code) == 0)
    return keys->last_store;
  AisleImportStore *store = g_hash_table_lookup (keys->stores, code);
  if (!store)
    store = g_hash_table_lookup (keys->names, code);
  if (store)
    keys->last_store = store;
  return store;
}

AisleImportStore *
aisle_import_get_store (AisleImport *import, guint field)
{
  const char *code = aisle_import_get_text (import, field);
  AisleImportStore *store = code ? aisle_import_find_store (import, code) : NULL;
  if (!store)
    aisle_import_reject (import, field, "there is no store “%s”; import the stores first",
                         code ? code : "");
  return store;
}

const GPtrArray *
aisle_import_all_stores (AisleImport *import)
{
  return import->keys->in_order;
}

gboolean
aisle_import_check_currency (AisleImport *import, guint field, const AisleImportStore *store)
{
  const char *text = aisle_import_get_text (import, field);
  if (!text || g_ascii_strcasecmp (text, store->currency) == 0)
    return TRUE;
  return aisle_import_reject (import, field, "“%s” is not the currency of store %s, which is %s",
                              text, store->code, store->currency);
}

gint64
aisle_import_find_tax_rate (AisleImport *import,
                            const AisleImportStore *store,
                            const AisleImportProduct *product,
                            AisleDate day)
{
  const char *class = g_ptr_array_index (import->keys->class_names, product->tax_class);
  char key[160];
  g_snprintf (key, sizeof key, "%s/%s", store->country ? store->country : "", class);
  const GArray *rates = g_hash_table_lookup (import->keys->rates, key);
  gint64 ppm = -1;
  for (guint i = 0; rates && i < rates->len; i++)
    if (g_array_index (rates, Rate, i).from_day <= day)
      ppm = g_array_index (rates, Rate, i).ppm;
  return ppm;
}

gboolean
aisle_import_has_tax_rates (AisleImport *import)
{
  return g_hash_table_size (import->keys->rates) > 0;
}
