/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-date.h"

/* The prior price that goes with an announced price reduction (directive 98/6/EC, article 6a): the
 * lowest price applied in the days before the reduction began. It is frozen there: what the price
 * does while the reduction runs does not move it. Kept per store and channel; prices are gross, in
 * minor units. */

/* A price that came into force on a day and stays until the next entry. */
typedef struct
{
  AisleDate from;
  gint64 price_minor; /* gross; entries of 0 or less are no prices and are passed over */
} AislePriceEntry;

typedef struct
{
  int window_days;          /* calendar days before the reduction that count; 30 */
  AisleDate campaign_start; /* the first cut of a series of growing cuts, where the country has the
                             * option of paragraph 5 and the shop uses it; else AISLE_DATE_NONE */
} AislePriorPriceOptions;

#define AISLE_PRIOR_PRICE_OPTIONS_DEFAULT                                                          \
  ((AislePriorPriceOptions){ .window_days = 30, .campaign_start = AISLE_DATE_NONE })

typedef struct
{
  gboolean is_known;     /* FALSE: no price is known in the window; the rest is 0 and NONE */
  gint64 prior_minor;    /* the lowest price in the window */
  AisleDate applied_on;  /* the first day of the window on which it applied */
  AisleDate window_from; /* the window's first and last day */
  AisleDate window_to;
  int days_covered;        /* days of the window with a known price; fewer than window_days for
                            * goods new on the market */
  gboolean is_progressive; /* taken before the first cut of a series */
  gboolean is_genuine_reduction; /* the new price is below the prior price */
  gint64 percent_shown_ppm;      /* 1 - new/prior in millionths; 0 where not genuine */
} AislePriorPrice;

/* `history` in any order, not modified; entries from the day of the reduction on are not looked at.
 * Of two entries of one day both applied that day, and the later one in the array stays in force.
 * The progressive option is used only where the series is unbroken: each price since the campaign's
 * start below the one before, the new price too; else the plain rule holds. `options` may be NULL.
 */
AislePriorPrice aisle_prior_price (const AislePriceEntry *history,
                                   gsize n_entries,
                                   AisleDate reduction_from,
                                   gint64 new_price_minor,
                                   const AislePriorPriceOptions *options);
