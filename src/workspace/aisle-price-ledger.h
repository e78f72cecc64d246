/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-money.h"
#include "aisle-workspace.h"

/* The price ledger: every price that was, is or will be in force for a product in a store, by kind,
 * without overlap within a kind and currency. Money in minor units, times in UTC seconds (business
 * time), an end is exclusive. */

#define AISLE_PRICE_OPEN_END G_MAXINT64

typedef enum
{
  AISLE_PRICE_REGULAR,
  AISLE_PRICE_PROMOTION,
  AISLE_PRICE_CLEARANCE,
  AISLE_PRICE_MEMBER,
  AISLE_PRICE_N_KINDS
} AislePriceKind;

typedef enum
{
  AISLE_PRICE_FROM_PUSH,      /* we wrote it, and read it back */
  AISLE_PRICE_FROM_PULL,      /* a store system told it */
  AISLE_PRICE_FROM_IMPORT,    /* a file told it */
  AISLE_PRICE_FROM_INFERENCE, /* guessed from prices paid */
  AISLE_PRICE_N_SOURCES
} AislePriceSource;

typedef struct
{
  gint64 id; /* 0: none */
  gint64 store_id;
  gint64 product_id;
  char currency[AISLE_CURRENCY_SIZE];
  AislePriceKind kind;
  gint64 gross_minor;
  gint64 net_minor;
  gint64 tax_rate_ppm;
  gint64 from_at;
  gint64 to_at; /* AISLE_PRICE_OPEN_END: until the next */
  AislePriceSource source;
  gint64 change_line_id; /* 0: none */
  gboolean is_generated;
} AislePriceLedgerEntry;

/* Writes `entry` (its id is set) in the caller's transaction: the price before it ends where this
 * one begins, and this one ends where a later one begins. The same price as is in force already
 * writes nothing; one that begins at the same instant is replaced. `is_changed` (or NULL) tells. */
gboolean aisle_price_ledger_add (AisleWorkspace *workspace,
                                 AislePriceLedgerEntry *entry,
                                 gboolean *is_changed,
                                 GError **error);

/* The same from the price as the shelf shows it, `shelf_minor`: gross where the store's prices
 * include tax, else net. Currency, tax rate and the other of gross and net are worked out: the rate
 * of the store's country and the product's tax class on that day, else the one of its last price,
 * else 0. gross, net, tax rate and currency of `entry` are set. */
gboolean aisle_price_ledger_add_shelf (AisleWorkspace *workspace,
                                       AislePriceLedgerEntry *entry,
                                       gint64 shelf_minor,
                                       gboolean *is_changed,
                                       GError **error);

/* Ends the price of `kind` that is in force at `at`, there and then; none is fine. */
gboolean aisle_price_ledger_close (AisleWorkspace *workspace,
                                   gint64 store_id,
                                   gint64 product_id,
                                   AislePriceKind kind,
                                   gint64 at,
                                   GError **error);

/* The price of `kind` in force at the instant `at`, in the store's currency; entry->id 0 where
 * there is none. */
gboolean aisle_price_ledger_get (AisleWorkspace *workspace,
                                 gint64 store_id,
                                 gint64 product_id,
                                 AislePriceKind kind,
                                 gint64 at,
                                 AislePriceLedgerEntry *entry,
                                 GError **error);

/* What was in force at some time in [from_at, to_at), of all kinds, in the store's currency, in
 * order of time: AislePriceLedgerEntry elements, to be freed with g_array_unref(). For the
 * prior-price rule, ask for the days of its window. */
GArray *aisle_price_ledger_list (AisleWorkspace *workspace,
                                 gint64 store_id,
                                 gint64 product_id,
                                 gint64 from_at,
                                 gint64 to_at,
                                 GError **error);
