/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-amount.h"

/* What a move of a price is expected to do to units, revenue and margin, at a constant price
 * elasticity. An elasticity from sales data, and all the more an assumed one, is an association,
 * not a test: the interval says how far the assumption carries, and the words beside it must say
 * the same. */

/* Where no elasticity is known. Packaged groceries and household goods lie between about -0.3 and
 * -3 by store and brand; the standard error is wide on purpose. */
#define AISLE_ELASTICITY_DEFAULT (-1.5)
#define AISLE_ELASTICITY_DEFAULT_SE 0.5
#define AISLE_ELASTICITY_NOTE "assumed elasticity: an association, not a test"

/* An estimate and its interval; NaN in all three = not estimable. */
typedef struct
{
  double mean;
  double lower;
  double upper;
} AisleEstimate;

typedef struct
{
  gint64 before_minor;   /* gross price now, > 0 */
  gint64 after_minor;    /* gross price then, > 0 */
  gint64 tax_rate_ppm;   /* 0 or more */
  gint64 net_cost_minor; /* or AISLE_AMOUNT_UNKNOWN: no margin */
  double elasticity;     /* NaN: AISLE_ELASTICITY_DEFAULT and its error */
  double elasticity_se;  /* 0 or more; NaN: AISLE_ELASTICITY_DEFAULT_SE */
  double baseline_units; /* forecast of the horizon at the price now, in base units; NaN: unknown */
  double baseline_sd;    /* its standard deviation; NaN: unknown, taken as 0 */
  double stock_units;    /* no more than this can be sold; INFINITY: no limit */
  double level;          /* of the intervals, 0..1 exclusive */
} AislePriceMove;

/* Money here is expected value, a double in net minor units: an estimate, never an amount to pay.
 */
typedef struct
{
  AisleEstimate units;
  AisleEstimate revenue;
  AisleEstimate margin;       /* NaN without a cost */
  AisleEstimate units_change; /* against keeping the price */
  AisleEstimate revenue_change;
  AisleEstimate margin_change;
} AislePriceEffect;

/* lower <= mean <= upper always; no change of price gives changes of exactly 0. */
AislePriceEffect aisle_price_effect (const AislePriceMove *move);
