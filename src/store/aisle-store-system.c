/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-system.h"

#include "aisle-store-system-private.h"

#include <string.h>

static const AisleStoreConnector *const connectors[] = {
  &aisle_store_connector_aisle,
};

/* Kinds that people may ask for and that have no connector yet. */
static const char *const later_kinds[] = {
  "vendure", "medusa", "tryton", "woocommerce", "shopify", NULL,
};

/* --- errors --- */

typedef struct
{
  gint64 retry_after_seconds;
} AisleStoreErrorPrivate;

static void
aisle_store_error_private_init (AisleStoreErrorPrivate *priv)
{
  priv->retry_after_seconds = 0;
}

static void
aisle_store_error_private_copy (const AisleStoreErrorPrivate *from, AisleStoreErrorPrivate *to)
{
  *to = *from;
}

static void
aisle_store_error_private_clear (AisleStoreErrorPrivate *priv)
{
  priv->retry_after_seconds = 0;
}

G_DEFINE_EXTENDED_ERROR (AisleStoreError, aisle_store_error)

gint64
aisle_store_error_get_retry_after (const GError *error)
{
  if (!error || error->domain != AISLE_STORE_ERROR)
    return 0;
  return aisle_store_error_get_private (error)->retry_after_seconds;
}

void
aisle_store_set_error (GError **error,
                       AisleStoreErrorCode code,
                       gint64 retry_after_seconds,
                       const char *format,
                       ...)
{
  if (!error)
    return;
  va_list args;
  va_start (args, format);
  g_autoptr (GError) made = g_error_new_valist (AISLE_STORE_ERROR, code, format, args);
  va_end (args);
  aisle_store_error_get_private (made)->retry_after_seconds = retry_after_seconds;
  g_propagate_error (error, g_steal_pointer (&made));
}

/* --- the connection --- */

static char *
list_known_kinds (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (connectors); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", connectors[i]->info.kind);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

AisleStoreSystem *
aisle_store_system_new (const char *kind,
                        const char *url,
                        const char *token,
                        guint timeout_seconds,
                        GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (connectors); i++)
    if (g_strcmp0 (kind, connectors[i]->info.kind) == 0)
      return connectors[i]->open (url, token, timeout_seconds > 0 ? timeout_seconds : 30, error);

  g_autofree char *known = list_known_kinds ();
  if (kind && g_strv_contains (later_kinds, kind))
    aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                           "store systems of kind \"%s\" are not in this version; it knows: %s",
                           kind, known);
  else
    aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                           "there is no kind of store system called \"%s\"; this version knows: %s",
                           kind ? kind : "", known);
  return NULL;
}

void
aisle_store_system_free (AisleStoreSystem *system)
{
  if (system)
    system->connector->close (system);
}

const AisleStoreInfo *
aisle_store_system_get_info (AisleStoreSystem *system)
{
  return &system->connector->info;
}

static void
free_check (gpointer data)
{
  AisleStoreCheck *check = data;
  g_free (check->title);
  g_free (check->message);
  g_free (check);
}

gboolean
aisle_store_add_check (GPtrArray *checks, const char *title, gboolean is_passed, char *message)
{
  AisleStoreCheck *check = g_new0 (AisleStoreCheck, 1);
  check->title = g_strdup (title);
  check->message = message;
  check->is_passed = is_passed;
  g_ptr_array_add (checks, check);
  return is_passed;
}

GPtrArray *
aisle_store_system_test (AisleStoreSystem *system,
                         const char *const *stores,
                         GCancellable *cancellable)
{
  GPtrArray *checks = g_ptr_array_new_with_free_func (free_check);
  system->connector->test (system, stores, checks, cancellable);
  return checks;
}

/* --- what every connector may rely on --- */

static gboolean
check_can (AisleStoreSystem *system,
           AisleStoreCapabilities capability,
           const char *what,
           GError **error)
{
  if (system->connector->info.capabilities & capability)
    return TRUE;
  aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0, "%s cannot %s",
                         system->connector->info.title, what);
  return FALSE;
}

static gboolean
check_size (AisleStoreSystem *system, gsize n, GError **error)
{
  guint most = system->connector->info.batch_size;
  if (n <= most)
    return TRUE;
  aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                         "%s takes at most %u items in one call, not %" G_GSIZE_FORMAT
                         "; nothing was sent",
                         system->connector->info.title, most, n);
  return FALSE;
}

gboolean
aisle_store_system_read_prices (AisleStoreSystem *system,
                                const char *store,
                                const char *currency,
                                const char *const *skus,
                                gsize n_skus,
                                AisleStorePrice *prices,
                                GCancellable *cancellable,
                                GError **error)
{
  if (n_skus == 0)
    return TRUE;
  return check_size (system, n_skus, error)
         && system->connector->read_prices (system, store, currency, skus, n_skus, prices,
                                            cancellable, error);
}

gboolean
aisle_store_system_read_effective_prices (AisleStoreSystem *system,
                                          const char *store,
                                          const char *currency,
                                          const char *const *skus,
                                          gsize n_skus,
                                          gint64 at,
                                          AisleStoreEffectivePrice *prices,
                                          GCancellable *cancellable,
                                          GError **error)
{
  if (!check_can (system, AISLE_STORE_CAN_EFFECTIVE, "show what a shopper pays", error))
    return FALSE;
  if (n_skus == 0)
    return TRUE;
  return check_size (system, n_skus, error)
         && system->connector->read_effective_prices (system, store, currency, skus, n_skus, at,
                                                      prices, cancellable, error);
}

/* Store systems take negative and zero prices without a word, so this is the last gate. */
static gboolean
check_writes (const AisleStorePriceWrite *items, gsize n_items, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < n_items; i++)
    {
      if (items[i].minor <= 0)
        {
          aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                                 "the new price of %s is %" G_GINT64_FORMAT
                                 " minor units; only prices above zero are sent",
                                 items[i].sku, items[i].minor);
          return FALSE;
        }
      if (!g_hash_table_add (seen, (gpointer) items[i].sku))
        {
          aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                                 "product %s stands twice in one batch; nothing was sent",
                                 items[i].sku);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
aisle_store_system_write_prices (AisleStoreSystem *system,
                                 const char *store,
                                 const char *currency,
                                 const AisleStorePriceWrite *items,
                                 gsize n_items,
                                 const char *key,
                                 AisleStoreItemResult *results,
                                 GCancellable *cancellable,
                                 GError **error)
{
  if (n_items == 0)
    return TRUE;
  return check_size (system, n_items, error) && check_writes (items, n_items, error)
         && system->connector->write_prices (system, store, currency, items, n_items, key, results,
                                             cancellable, error);
}

/* --- promotions --- */

void
aisle_store_promotion_free (AisleStorePromotion *promotion)
{
  if (!promotion)
    return;
  g_free (promotion->name);
  g_strfreev (promotion->skus);
  g_strfreev (promotion->stores);
  g_free (promotion);
}

static gboolean
have_same_elements (char *const *a, char *const *b)
{
  g_autoptr (GHashTable) in_a = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) in_b = g_hash_table_new (g_str_hash, g_str_equal);
  for (; a && *a; a++)
    g_hash_table_add (in_a, *a);
  for (; b && *b; b++)
    {
      if (!g_hash_table_contains (in_a, *b))
        return FALSE;
      g_hash_table_add (in_b, *b);
    }
  return g_hash_table_size (in_a) == g_hash_table_size (in_b);
}

gboolean
aisle_store_promotion_equal (const AisleStorePromotion *a, const AisleStorePromotion *b)
{
  return g_strcmp0 (a->name, b->name) == 0 && a->off_ppm == b->off_ppm
         && a->starts_at == b->starts_at && a->ends_at == b->ends_at
         && have_same_elements (a->skus, b->skus) && have_same_elements (a->stores, b->stores);
}

gboolean
aisle_store_system_find_promotion (AisleStoreSystem *system,
                                   const char *name,
                                   AisleStorePromotion **promotion,
                                   GCancellable *cancellable,
                                   GError **error)
{
  *promotion = NULL;
  return check_can (system, AISLE_STORE_CAN_PROMOTE, "run promotions", error)
         && system->connector->find_promotion (system, name, promotion, cancellable, error);
}

gboolean
aisle_store_system_create_promotion (AisleStoreSystem *system,
                                     const AisleStorePromotion *promotion,
                                     const char *key,
                                     GCancellable *cancellable,
                                     GError **error)
{
  if (!check_can (system, AISLE_STORE_CAN_PROMOTE, "run promotions", error))
    return FALSE;
  if (promotion->off_ppm <= 0 || promotion->off_ppm > AISLE_RATE_ONE
      || promotion->ends_at <= promotion->starts_at || !promotion->skus || !promotion->skus[0]
      || !promotion->stores || !promotion->stores[0])
    {
      aisle_store_set_error (error, AISLE_STORE_ERROR_SETTINGS, 0,
                             "promotion %s needs a percentage above 0 and up to 100, an end after "
                             "its start, products and stores; nothing was sent",
                             promotion->name);
      return FALSE;
    }
  return system->connector->create_promotion (system, promotion, key, cancellable, error);
}

gboolean
aisle_store_system_end_promotion (AisleStoreSystem *system,
                                  const char *name,
                                  gint64 ends_at,
                                  const char *key,
                                  GCancellable *cancellable,
                                  GError **error)
{
  return check_can (system, AISLE_STORE_CAN_PROMOTE, "run promotions", error)
         && system->connector->end_promotion (system, name, ends_at, key, cancellable, error);
}

gboolean
aisle_store_system_delete_promotion (AisleStoreSystem *system,
                                     const char *name,
                                     const char *key,
                                     GCancellable *cancellable,
                                     GError **error)
{
  return check_can (system, AISLE_STORE_CAN_PROMOTE, "run promotions", error)
         && system->connector->delete_promotion (system, name, key, cancellable, error);
}

/* --- whole tables --- */

void
aisle_store_page_free (AisleStorePage *page)
{
  if (!page)
    return;
  g_free (page->records);
  g_free (page->next_cursor);
  g_clear_pointer (&page->strings, g_string_chunk_free);
  g_free (page);
}

AisleStorePage *
aisle_store_system_pull (AisleStoreSystem *system,
                         AisleStoreTable table,
                         const char *store,
                         const char *cursor,
                         GCancellable *cancellable,
                         GError **error)
{
  if (!check_can (system, AISLE_STORE_CAN_PULL, "give its data by page", error))
    return NULL;
  return system->connector->pull (system, table, store, cursor, cancellable, error);
}

gboolean
aisle_store_system_fill (AisleStoreSystem *system,
                         AisleStoreTable table,
                         const AisleStoreRecord *records,
                         gsize n_records,
                         AisleStoreItemResult *results,
                         GCancellable *cancellable,
                         GError **error)
{
  if (!check_can (system, AISLE_STORE_CAN_FILL, "be filled from a workspace", error))
    return FALSE;
  if (n_records == 0)
    return TRUE;
  return check_size (system, n_records, error)
         && system->connector->fill (system, table, records, n_records, results, cancellable,
                                     error);
}
