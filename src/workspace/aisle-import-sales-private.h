/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-import-private.h"
#include "aisle-import-sorter-private.h"

/* Sales in three steps: rows are checked and staged (aisle-import-sales.c); staged lines come back
 * by receipt and replace what the workspace has of it (aisle-import-receipts.c); the days they
 * touch are summed anew (aisle-import-days.c). Memory does not grow with the file. */

#define AISLE_LINE_DUPLICATE 1 /* bits of sale_line.flags */
#define AISLE_LINE_CANCELLED 2
#define AISLE_LINE_IMPLAUSIBLE 4

#define AISLE_NO_AMOUNT G_MININT64

typedef enum
{
  AISLE_LINE_SALE,
  AISLE_LINE_RETURN,
  AISLE_LINE_VOID,
} AisleLineKind;

/* What few lines have; texts are empty where the file has none. */
enum
{
  AISLE_LINE_TILL,
  AISLE_LINE_TENDER,
  AISLE_LINE_FULFILMENT,
  AISLE_LINE_PROMOTION,
  AISLE_LINE_ORIGINAL,
  AISLE_LINE_REASON,
  AISLE_LINE_N_TEXTS,
};

/* One staged line. Behind it, where has_extra: AisleLineExtra and the texts, each with its NUL. */
typedef struct
{
  gint64 at;
  gint64 quantity_milli;
  gint64 net_minor;
  gint64 tax_minor;
  gint64 unit_net_micro;
  guint32 product;
  guint32 customer; /* 0: none */
  gint32 day;
  guint8 kind;
  guint8 flags;
  guint8 has_extra;
  guint8 unused;
} AisleLine;

typedef struct
{
  gint64 list_minor; /* AISLE_NO_AMOUNT: none */
  gint64 cost_minor;
  gint64 discount_minor;
  guint8 cashier[AISLE_PSEUDONYM_SIZE];
  gint64 has_cashier;
} AisleLineExtra;

/* ---- aisle-import-receipts.c */

typedef struct _AisleReceipts AisleReceipts;
typedef struct _AisleDays AisleDays;

AisleReceipts *aisle_receipts_new (AisleImport *import, GError **error);
void aisle_receipts_free (AisleReceipts *receipts);
gboolean aisle_receipts_stage (AisleReceipts *receipts,
                               gint64 store_id,
                               const char *number,
                               const AisleLine *line,
                               gconstpointer extra,
                               gsize extra_size,
                               GError **error);
/* Writes all receipts, then brings the days up to date. `*last_day`: the last one touched, or
 * AISLE_DATE_NONE. */
gboolean aisle_receipts_finish (AisleReceipts *receipts, AisleDate *last_day, GError **error);

/* ---- aisle-import-days.c */

/* `is_bulk`: there were no receipts before, so that the lines given with aisle_days_add() are all.
 */
AisleDays *aisle_days_new (AisleImport *import, const char *folder, gboolean is_bulk);
void aisle_days_free (AisleDays *days);
/* A line that was written. */
gboolean aisle_days_add (AisleDays *days,
                         gint64 store_id,
                         gint64 receipt_id,
                         const char *number,
                         gint64 line_number,
                         AisleDate day,
                         gint64 at,
                         gint64 customer,
                         const AisleLine *line,
                         gint64 cost_minor,
                         gboolean has_promotion,
                         GError **error);
/* A line that is there no more. */
void aisle_days_touch (AisleDays *days, gint64 store_id, gint64 product_id, AisleDate day);
gboolean aisle_days_finish (AisleDays *days, GError **error);
/* The last day touched; AISLE_DATE_NONE: none. */
AisleDate aisle_days_get_last (AisleDays *days);
