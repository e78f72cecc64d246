/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-money.h"

#include <gio/gio.h>

/* A connection to the system that runs one or more stores: their tills, web shop and shelf labels.
 * One interface for every kind of system; a kind is one connector file.
 *
 * All calls block and are meant for a job's thread. An AisleStoreSystem is used by one thread at a
 * time; different ones are independent of each other. Nothing is sent twice by itself: a call is at
 * most one request that writes, and whether to try again is the caller's decision
 * (aisle-store-update.h has the rules). Prices are absolute values in minor units, as shoppers read
 * them; times are UTC seconds. */

/* --- outcomes --- */

/* Why a call did not succeed. The message is one sentence for people: what happened, where, and
 * what to do; it never holds the token. */
#define AISLE_STORE_ERROR (aisle_store_error_quark ())

typedef enum
{
  AISLE_STORE_ERROR_REFUSED, /* the system said no; nothing was done */
  AISLE_STORE_ERROR_UNKNOWN, /* nobody knows whether it was done, all of it or a part: time-out, cut
                                or unreadable reply, 5xx, cancelled on the way. Read back first. */
  AISLE_STORE_ERROR_RETRY_LATER, /* nothing was done; try again, not before retry_after_seconds:
                                    429, 503, connection refused, name not resolved */
  AISLE_STORE_ERROR_AUTH,        /* nothing was done: the token is wrong or may not do this */
  AISLE_STORE_ERROR_CANCELLED, /* nothing was done: cancelled before it was sent, or a mere read */
  AISLE_STORE_ERROR_SETTINGS,  /* nothing was sent: unknown kind, bad address, plain http to another
                                  computer, or something this kind of system cannot do */
} AisleStoreErrorCode;

GQuark aisle_store_error_quark (void);

/* The seconds that the system asked to wait (Retry-After); 0 where it did not ask, for an error of
 * another domain, and for NULL. */
gint64 aisle_store_error_get_retry_after (const GError *error);

/* --- the connection --- */

typedef struct _AisleStoreSystem AisleStoreSystem;

typedef enum
{
  AISLE_STORE_CAN_COMPARE = 1 << 0,    /* write_prices honours expected_minor in one step */
  AISLE_STORE_CAN_EFFECTIVE = 1 << 1,  /* shows what a shopper pays */
  AISLE_STORE_CAN_PROMOTE = 1 << 2,    /* has percent promotions that start and end by themselves */
  AISLE_STORE_CAN_PULL = 1 << 3,       /* gives its data by page */
  AISLE_STORE_CAN_FILL = 1 << 4,       /* takes stores, products, prices, stock and sales */
  AISLE_STORE_BATCH_IS_ATOMIC = 1 << 5 /* a killed system has applied all of a batch or nothing */
} AisleStoreCapabilities;

typedef struct
{
  const char *kind;  /* "aisle", "vendure", ...: what `system add --kind` takes */
  const char *title; /* for people */
  guint batch_size;  /* most items in one write_prices, read or fill call */
  guint page_size;   /* most records in one pulled page */
  AisleStoreCapabilities capabilities;
} AisleStoreInfo;

/* `url` is the system's base address: https, or http on this computer only. `token` may be NULL for
 * the kinds that need none; it is copied and wiped when freed. `timeout_seconds` counts for each
 * wait for the network; 0: 30. Nothing is sent. Errors: AISLE_STORE_ERROR_SETTINGS. */
AisleStoreSystem *aisle_store_system_new (const char *kind,
                                          const char *url,
                                          const char *token,
                                          guint timeout_seconds,
                                          GError **error);
void aisle_store_system_free (AisleStoreSystem *system);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleStoreSystem, aisle_store_system_free)

/* Lives as long as the program. */
const AisleStoreInfo *aisle_store_system_get_info (AisleStoreSystem *system);

/* One step of a connection test: "Name", "Answer", "Token", "Store SHOP-1", ... */
typedef struct
{
  char *title;
  char *message; /* one sentence: what was found, or what is wrong and what to do */
  gboolean is_passed;
} AisleStoreCheck;

/* Tests step by step and stops at the first step that fails. `stores` (NULL-terminated, or NULL):
 * codes that the system must know. Returns AisleStoreCheck elements (free with
 * g_ptr_array_unref()); all passed: the connection works. Never fails by itself. */
GPtrArray *aisle_store_system_test (AisleStoreSystem *system,
                                    const char *const *stores,
                                    GCancellable *cancellable);

/* --- prices --- */

/* Prices are above 0; these two stand for what is no price. */
#define AISLE_STORE_PRICE_NONE ((gint64) -1) /* the store has no price for it */
#define AISLE_STORE_PRICE_ANY ((gint64) -2)  /* as an expectation: whatever it is */

typedef struct
{
  gboolean is_known;                  /* the system knows this product in this store */
  gint64 minor;                       /* the regular price; AISLE_STORE_PRICE_NONE */
  char currency[AISLE_CURRENCY_SIZE]; /* "" where there is no price */
  gint64 revision;                    /* grows with every write; 0: the system has none */
  gint64 updated_at;                  /* 0: not told */
} AisleStorePrice;

/* Reads the regular prices of `n_skus` products (at most batch_size) in one store and currency into
 * `prices`, in the order of `skus`. On failure `prices` is not to be read. */
gboolean aisle_store_system_read_prices (AisleStoreSystem *system,
                                         const char *store,
                                         const char *currency,
                                         const char *const *skus,
                                         gsize n_skus,
                                         AisleStorePrice *prices,
                                         GCancellable *cancellable,
                                         GError **error);

#define AISLE_STORE_NAME_SIZE 128

typedef struct
{
  gboolean is_known;
  gint64 minor;                          /* what a shopper pays; AISLE_STORE_PRICE_NONE */
  gint64 regular_minor;                  /* before promotions; AISLE_STORE_PRICE_NONE */
  char promotion[AISLE_STORE_NAME_SIZE]; /* the name of the promotion that makes it; "": none */
} AisleStoreEffectivePrice;

/* As aisle_store_system_read_prices(), for what a shopper pays at the instant `at`; 0: now, by the
 * system's own clock. Needs AISLE_STORE_CAN_EFFECTIVE. */
gboolean aisle_store_system_read_effective_prices (AisleStoreSystem *system,
                                                   const char *store,
                                                   const char *currency,
                                                   const char *const *skus,
                                                   gsize n_skus,
                                                   gint64 at,
                                                   AisleStoreEffectivePrice *prices,
                                                   GCancellable *cancellable,
                                                   GError **error);

typedef struct
{
  const char *sku;
  gint64 minor;          /* the new price, above 0 */
  gint64 expected_minor; /* the price that must still be there; AISLE_STORE_PRICE_NONE, _ANY.
                            Without AISLE_STORE_CAN_COMPARE nobody looks at it. */
} AisleStorePriceWrite;

typedef enum
{
  AISLE_STORE_ITEM_ACCEPTED, /* the system says it did it; only a read back proves it */
  AISLE_STORE_ITEM_REFUSED,  /* not done; `reason` says why */
  AISLE_STORE_ITEM_CONFLICT, /* not done: another price than expected_minor is there, `found_minor`
                              */
} AisleStoreItemStatus;

#define AISLE_STORE_REASON_SIZE 160

typedef struct
{
  AisleStoreItemStatus status;
  gint64 found_minor; /* for a conflict: the price there, or AISLE_STORE_PRICE_NONE; else _ANY */
  gint64 revision;    /* of the accepted price; 0: not told */
  char reason[AISLE_STORE_REASON_SIZE]; /* a sentence; "" where accepted */
} AisleStoreItemResult;

/* Writes regular prices in one store and currency: at most batch_size, no product twice. `key` (or
 * NULL) names this attempt for systems that know idempotency keys: a request that was executed is
 * not executed again under the same key, its first answer comes again. So use a new key for an
 * attempt that follows a read back. TRUE: `results` tells each item's answer, in the order of
 * `items`. FALSE: `results` is not to be read, and the error's code counts for all items alike;
 * after AISLE_STORE_ERROR_UNKNOWN any part of the batch may have been applied. */
gboolean aisle_store_system_write_prices (AisleStoreSystem *system,
                                          const char *store,
                                          const char *currency,
                                          const AisleStorePriceWrite *items,
                                          gsize n_items,
                                          const char *key,
                                          AisleStoreItemResult *results,
                                          GCancellable *cancellable,
                                          GError **error);

/* --- promotions: percent off, for products in stores, from .. to --- */

/* Made by a caller with static or borrowed strings, or by aisle_store_system_find_promotion(),
 * which owns what it gives: then free it with aisle_store_promotion_free(). */
typedef struct
{
  char *name;       /* deterministic: "aisle:<change>:<revision>"; unique in the system */
  gint64 off_ppm;   /* 20 % off is 200000; above 0, at most 1000000 */
  gint64 starts_at; /* first second on which it counts */
  gint64 ends_at;   /* first second on which it does not count any more; above starts_at */
  char **skus;      /* NULL-terminated, at least one */
  char **stores;    /* NULL-terminated, at least one */
} AisleStorePromotion;

void aisle_store_promotion_free (AisleStorePromotion *promotion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleStorePromotion, aisle_store_promotion_free)

/* TRUE with `promotion` NULL: the system has none of that name. Search before every create, and
 * after every unknown outcome. Needs AISLE_STORE_CAN_PROMOTE, as all of these. */
gboolean aisle_store_system_find_promotion (AisleStoreSystem *system,
                                            const char *name,
                                            AisleStorePromotion **promotion,
                                            GCancellable *cancellable,
                                            GError **error);

/* The same name, percentage, times, products and stores (in any order). */
gboolean aisle_store_promotion_equal (const AisleStorePromotion *a, const AisleStorePromotion *b);

/* Creates it with start and end together. One of that name that says the same is success; one that
 * says something else is AISLE_STORE_ERROR_REFUSED. */
gboolean aisle_store_system_create_promotion (AisleStoreSystem *system,
                                              const AisleStorePromotion *promotion,
                                              const char *key,
                                              GCancellable *cancellable,
                                              GError **error);

/* Lets it end at `ends_at` (0: now), which may be earlier or later than before, but not in the
 * past. AISLE_STORE_ERROR_REFUSED where there is none of that name or it is over. */
gboolean aisle_store_system_end_promotion (AisleStoreSystem *system,
                                           const char *name,
                                           gint64 ends_at,
                                           const char *key,
                                           GCancellable *cancellable,
                                           GError **error);

/* Removes it as if it had never been; success too where there is none of that name. */
gboolean aisle_store_system_delete_promotion (AisleStoreSystem *system,
                                              const char *name,
                                              const char *key,
                                              GCancellable *cancellable,
                                              GError **error);

/* --- whole tables: pull and fill --- */

typedef enum
{
  AISLE_STORE_TABLE_STORES,   /* store, name, currency, time_zone */
  AISLE_STORE_TABLE_PRODUCTS, /* sku, name, barcode ("" for none), is_active */
  AISLE_STORE_TABLE_STOCK,    /* store, sku, quantity on hand, at */
  AISLE_STORE_TABLE_SALES,  /* id, store, sku, quantity (negative: a return), minor paid for all of
                               it,  currency, at */
  AISLE_STORE_TABLE_PRICES, /* store, sku, currency, minor; pulled also at, revision */
} AisleStoreTable;

/* A row of one of the tables above; members that the table does not name are NULL or 0. */
typedef struct
{
  const char *id;
  const char *store;
  const char *sku;
  const char *name;
  const char *barcode;
  const char *currency;
  const char *time_zone; /* an Olson name */
  gboolean is_active;
  gint64 quantity; /* thousandths of the base unit */
  gint64 minor;
  gint64 at; /* UTC seconds: of the sale, or of the last change */
  gint64 revision;
} AisleStoreRecord;

typedef struct
{
  AisleStoreRecord *records; /* their strings belong to the page */
  gsize n_records;
  gint64 total;      /* rows of the whole table (of the store, where one was asked for) */
  char *next_cursor; /* NULL: this was the last page */
  GStringChunk *strings;
} AisleStorePage;

void aisle_store_page_free (AisleStorePage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleStorePage, aisle_store_page_free)

/* One page in a stable order. `store` NULL: all stores. `cursor` NULL: the first page, else the
 * next_cursor of the one before. NULL on failure. */
AisleStorePage *aisle_store_system_pull (AisleStoreSystem *system,
                                         AisleStoreTable table,
                                         const char *store,
                                         const char *cursor,
                                         GCancellable *cancellable,
                                         GError **error);

/* Puts rows (at most batch_size) into the system's own table: new ones are added, those of the same
 * key (store; sku; store and sku; sale id) replaced. `results` as for
 * aisle_store_system_write_prices(). Stores first, then products, then the rest. Filling again does
 * no harm. */
gboolean aisle_store_system_fill (AisleStoreSystem *system,
                                  AisleStoreTable table,
                                  const AisleStoreRecord *records,
                                  gsize n_records,
                                  AisleStoreItemResult *results,
                                  GCancellable *cancellable,
                                  GError **error);
