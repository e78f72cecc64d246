/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-staff.h"
#include "aisle-workspace.h"

#include <sqlite3.h>

/* A small shop for tests of jobs, in a folder of its own. Today is Monday 2026-03-02.
 *
 * Stores: North and South (GBP, London, prices with 20 % tax, one store system), Lone (GBP, no
 * system), Paris (EUR, one of its own), Extra (GBP, not in the totals). North is closed on Sundays.
 * Products: MUG, JAR, TIN, PEN (goods), POST (a service), OLD (delisted). In North and South each
 * good costs 2.00 net; MUG is sold at 5.99, JAR at 4.99, TIN at 9.99, PEN at 2.49 gross; PEN does
 * not make its margin. People: eva (admin), ana (merchandiser), max (merchandiser and approver),
 * ben (approver), tom (merchandiser of South only), sue (approver of South only), mia (store
 * manager of South), noor (privacy officer). */
typedef struct
{
  char *folder;
  char *path;
  AisleWorkspace *workspace;
  sqlite3 *raw; /* a second connection, for what tests plant and look at */
} Shop;

#define SHOP_TODAY 20514
#define SHOP_NORTH 1
#define SHOP_SOUTH 2
#define SHOP_LONE 3
#define SHOP_PARIS 4
#define SHOP_EXTRA 5
#define SHOP_MUG 1
#define SHOP_JAR 2
#define SHOP_TIN 3
#define SHOP_PEN 4
#define SHOP_POST 5
#define SHOP_OLD 6

Shop *shop_new (void);
void shop_free (Shop *shop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shop, shop_free)

/* SQL on the second connection that must work; printf-like. */
void shop_sql (Shop *shop, const char *format, ...) G_GNUC_PRINTF (2, 3);
gint64 shop_number (Shop *shop, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Free with g_free(); NULL for NULL. */
char *shop_text (Shop *shop, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Signs nobody in: the person as the workspace has it. */
AislePerson *shop_person (Shop *shop, const char *name);

/* `units` a day of a product in a store from `first` on, up to yesterday; on every 7th day twice as
 * many. */
void shop_sell (Shop *shop, int store, int product, AisleDate first, int units);

/* Asserts an error of this kind whose message has `words` in it, and clears it. */
#define shop_assert_error(error, error_domain, error_code, words)                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error (error, error_domain, (int) (error_code));                                      \
    if (!strstr ((error)->message, words))                                                         \
      g_error ("“%s” does not say “%s”", (error)->message, words);                                 \
    g_clear_error (&(error));                                                                      \
  }                                                                                                \
  G_STMT_END
