/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How a product stands in a store: out, low, too much, slow; when it runs out and what to order.
 * Quantities are thousandths of the base unit; demand comes from the forecast as plain numbers in
 * base units. */

#define AISLE_QUANTITY_UNKNOWN G_MININT64

typedef enum
{
  AISLE_STOCK_OUT, /* ranged, and nothing on hand */
  AISLE_STOCK_LOW, /* what is here and coming does not reach to the next chance */
  AISLE_STOCK_OK,
  AISLE_STOCK_OVER,        /* more than the longest cover allowed */
  AISLE_STOCK_SLOW,        /* on hand, and no sale for some weeks */
  AISLE_STOCK_NOT_SELLING, /* on hand, and no sale for long, or never */
  AISLE_STOCK_CHECK,       /* negative or implausible on hand, or unknown: count it first */
  AISLE_N_STOCK_STATUSES,
} AisleStockStatus;

const char *aisle_stock_status_to_text (AisleStockStatus status);
gboolean aisle_stock_status_from_text (const char *text, AisleStockStatus *status);

typedef struct
{
  double over_cover_days;   /* above it: over */
  int slow_days;            /* without a sale from this on: slow */
  int not_selling_days;     /* and from this on: not selling */
  int new_days;             /* younger products are never slow or not selling */
  gint64 implausible_milli; /* on hand above it: check */
  double interval_level;    /* of the run-out day, 0..1 exclusive */
} AisleStockThresholds;

#define AISLE_STOCK_THRESHOLDS_DEFAULT                                                             \
  ((AisleStockThresholds){ .over_cover_days = 91,                                                  \
                           .slow_days = 28,                                                        \
                           .not_selling_days = 91,                                                 \
                           .new_days = 28,                                                         \
                           .implausible_milli = G_GINT64_CONSTANT (1000000000),                    \
                           .interval_level = 0.8 })

typedef struct
{
  gint64 on_hand_milli;       /* may be negative; AISLE_QUANTITY_UNKNOWN: never counted or pulled */
  gint64 on_order_milli;      /* ordered and not yet here, 0 or more */
  double demand_mean;         /* over lead time + review time, base units; NaN: no forecast */
  double demand_sd;           /* of the same sum; NaN: unknown, taken as 0 */
  int lead_time_days;         /* order to shelf */
  int review_days;            /* until the next chance to order; lead + review >= 1 */
  gint64 case_pack_milli;     /* orders come in multiples of it; 0: any quantity */
  gint64 minimum_order_milli; /* 0: none */
  double service_level;       /* chance of no stock-out in a cycle, 0..1 exclusive */
  int days_since_last_sale;   /* -1: never sold */
  int age_days;               /* since it was first ranged or received; -1: unknown, taken as old */
  gboolean is_ranged; /* a product that is not ranged is never out or low and never ordered */
} AisleStockSituation;

typedef struct
{
  AisleStockStatus status;
  double cover_days;           /* on hand / daily demand; NaN: unknown; INFINITY: no demand */
  double safety_stock;         /* base units; NaN without a forecast */
  double reorder_point;        /* base units; NaN without a forecast */
  gint64 reorder_point_milli;  /* the same rounded up to thousandths; AISLE_QUANTITY_UNKNOWN */
  gint64 order_quantity_milli; /* suggested now; 0: none */
  double run_out_days;         /* from today until on hand is gone; NaN and INFINITY as cover */
  double run_out_lower;        /* its interval: at high and at low demand */
  double run_out_upper;
} AisleStockResult;

/* `thresholds` may be NULL for the defaults. Numbers out of range are taken to the nearest sensible
 * one (a service level of 1 to 0.9999, negative days to 0), never refused. */
AisleStockResult aisle_stock_status (const AisleStockSituation *situation,
                                     const AisleStockThresholds *thresholds);
