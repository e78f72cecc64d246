/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-store-system.h"

/* What a connector implements. The public calls have checked their arguments against the info's
 * sizes and capabilities before they come here; a connector without a capability leaves its members
 * NULL. */

typedef struct
{
  AisleStoreInfo info;

  AisleStoreSystem *(*open) (const char *url,
                             const char *token,
                             guint timeout_seconds,
                             GError **error);
  void (*close) (AisleStoreSystem *system);

  void (*test) (AisleStoreSystem *system,
                const char *const *stores,
                GPtrArray *checks,
                GCancellable *cancellable);
  gboolean (*read_prices) (AisleStoreSystem *system,
                           const char *store,
                           const char *currency,
                           const char *const *skus,
                           gsize n_skus,
                           AisleStorePrice *prices,
                           GCancellable *cancellable,
                           GError **error);
  gboolean (*read_effective_prices) (AisleStoreSystem *system,
                                     const char *store,
                                     const char *currency,
                                     const char *const *skus,
                                     gsize n_skus,
                                     gint64 at,
                                     AisleStoreEffectivePrice *prices,
                                     GCancellable *cancellable,
                                     GError **error);
  gboolean (*write_prices) (AisleStoreSystem *system,
                            const char *store,
                            const char *currency,
                            const AisleStorePriceWrite *items,
                            gsize n_items,
                            const char *key,
                            AisleStoreItemResult *results,
                            GCancellable *cancellable,
                            GError **error);

  gboolean (*find_promotion) (AisleStoreSystem *system,
                              const char *name,
                              AisleStorePromotion **promotion,
                              GCancellable *cancellable,
                              GError **error);
  gboolean (*create_promotion) (AisleStoreSystem *system,
                                const AisleStorePromotion *promotion,
                                const char *key,
                                GCancellable *cancellable,
                                GError **error);
  gboolean (*end_promotion) (AisleStoreSystem *system,
                             const char *name,
                             gint64 ends_at,
                             const char *key,
                             GCancellable *cancellable,
                             GError **error);
  gboolean (*delete_promotion) (AisleStoreSystem *system,
                                const char *name,
                                const char *key,
                                GCancellable *cancellable,
                                GError **error);

  AisleStorePage *(*pull) (AisleStoreSystem *system,
                           AisleStoreTable table,
                           const char *store,
                           const char *cursor,
                           GCancellable *cancellable,
                           GError **error);
  gboolean (*fill) (AisleStoreSystem *system,
                    AisleStoreTable table,
                    const AisleStoreRecord *records,
                    gsize n_records,
                    AisleStoreItemResult *results,
                    GCancellable *cancellable,
                    GError **error);
} AisleStoreConnector;

/* First member of every connector's own struct. */
struct _AisleStoreSystem
{
  const AisleStoreConnector *connector;
};

/* Sets an AISLE_STORE_ERROR with the seconds that the system asked to wait. */
void aisle_store_set_error (GError **error,
                            AisleStoreErrorCode code,
                            gint64 retry_after_seconds,
                            const char *format,
                            ...) G_GNUC_PRINTF (4, 5);

/* Appends an AisleStoreCheck; takes `message`. Returns `is_passed`. */
gboolean
aisle_store_add_check (GPtrArray *checks, const char *title, gboolean is_passed, char *message);

extern const AisleStoreConnector aisle_store_connector_aisle;
