/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-money.h"
#include "aisle-workspace.h"

/* Store systems as the workspace knows them: where each one is, which stores it serves, how it
 * fared, and what of the workspace belongs into it. A token is never here, only the name under
 * which the key store has it. */

typedef struct
{
  gint64 id;
  char *name;
  char *kind; /* "aisle", ... */
  char *url;
  char *secret_name;     /* or NULL: no token */
  guint batch_size;      /* 0: the connector's own */
  gint64 trial_store_id; /* 0: none */
  guint failures;        /* in a row */
  gint64 open_until_at;  /* real clock; nothing is sent before */
  gint64 last_ok_at;     /* 0: never */
  char *last_error;      /* or NULL */
  char **stores;         /* codes here, NULL-terminated */
  char **system_codes;   /* the same stores' codes in the system */
} AisleSystem;

void aisle_system_free (AisleSystem *system);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleSystem, aisle_system_free)

/* All, by name; elements belong to the array. */
GPtrArray *aisle_system_list (AisleWorkspace *workspace, GError **error);
/* AISLE_WORKSPACE_ERROR_NOT_FOUND. */
AisleSystem *aisle_system_load (AisleWorkspace *workspace, const char *name, GError **error);

/* Adds a system that serves `stores` (codes, at least one; "CODE=CODE-THERE" where the system calls
 * it otherwise), in the caller's transaction. Stores that another system serves are
 * AISLE_WORKSPACE_ERROR_REFUSED, a name in use AISLE_WORKSPACE_ERROR_EXISTS. `id` (or NULL) gets
 * the new number. */
gboolean aisle_system_add (AisleWorkspace *workspace,
                           const char *name,
                           const char *kind,
                           const char *url,
                           const char *const *stores,
                           const char *secret_name,
                           gint64 *id,
                           GError **error);

/* The system moved: a new address and, where `secret_name` is not NULL, a token kept under that
 * name. Its health is forgotten. AISLE_WORKSPACE_ERROR_NOT_FOUND. In the caller's transaction. */
gboolean aisle_system_move (AisleWorkspace *workspace,
                            const char *name,
                            const char *url,
                            const char *secret_name,
                            GError **error);

/* The store that gets each change first; NULL: none. It must be one of the system's. */
gboolean aisle_system_set_trial_store (AisleWorkspace *workspace,
                                       const char *name,
                                       const char *store,
                                       GError **error);

/* Notes how the system fared: failures in a row, until when its breaker is open, and its last error
 * (NULL: it answered). One short transaction of its own where there is none. */
gboolean aisle_system_set_health (AisleWorkspace *workspace,
                                  gint64 id,
                                  guint failures,
                                  gint64 open_until_at,
                                  const char *last_error,
                                  GError **error);

/* --- what belongs into a system -----------------------------------------------------------------
 */

typedef enum
{
  AISLE_SYSTEM_STORES,   /* store, name, currency, zone */
  AISLE_SYSTEM_PRODUCTS, /* sku, name, barcode, is_active: those that one of its stores lists,
                            prices or has stock of; no services */
  AISLE_SYSTEM_PRICES,   /* store, sku, currency, minor: the shelf price in force, by store */
  AISLE_SYSTEM_STOCK,    /* store, sku, quantity_milli: the last known */
} AisleSystemTable;

/* Members that a table does not name are NULL or 0. */
typedef struct
{
  const char *store; /* the system's code of it */
  const char *sku;
  const char *name;
  const char *barcode;
  const char *currency;
  const char *zone;
  gboolean is_active;
  gint64 minor;
  gint64 quantity_milli;
  gint64 at; /* since when, UTC seconds of business time */
} AisleSystemRow;

typedef gboolean (*AisleSystemRowFunc) (const AisleSystemRow *row, gpointer data, GError **error);

/* Calls `each` for every row; its strings live until it returns. FALSE from `each` ends with its
 * error. */
gboolean aisle_system_each (AisleWorkspace *workspace,
                            gint64 system_id,
                            AisleSystemTable table,
                            gint64 business_now,
                            AisleSystemRowFunc each,
                            gpointer data,
                            GError **error);

/* --- what a system tells ------------------------------------------------------------------------
 */

typedef enum
{
  AISLE_SYSTEM_UNCHANGED,
  AISLE_SYSTEM_CHANGED,
  AISLE_SYSTEM_UNKNOWN /* a store or product that the workspace does not know, or another currency
                        */
} AisleSystemOutcome;

/* A shelf price as the system has it now: into the price ledger where it differs from the one in
 * force. Caller's transaction, as below. */
gboolean aisle_system_put_price (AisleWorkspace *workspace,
                                 gint64 system_id,
                                 const AisleSystemRow *row,
                                 gint64 business_now,
                                 AisleSystemOutcome *outcome,
                                 GError **error);

/* What is on hand now: the business day's stock, as pulled. */
gboolean aisle_system_put_stock (AisleWorkspace *workspace,
                                 gint64 system_id,
                                 const AisleSystemRow *row,
                                 AisleDate day,
                                 AisleSystemOutcome *outcome,
                                 GError **error);
