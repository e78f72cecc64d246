/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-amount.h"
#include "aisle-shelf.h"

/* The facts of a shelf in the terms of the pricing engine. */

static inline gint64
aisle_shelf_amount (gint64 shelf_amount)
{
  return shelf_amount == AISLE_SHELF_UNKNOWN ? AISLE_AMOUNT_UNKNOWN : shelf_amount;
}

/* The tax inside a shelf price. An unknown rate counts as none, which judges a margin kinder than
 * it is: whoever uses this must say so. */
static inline gint64
aisle_shelf_tax_rate (const AisleShelfRow *facts)
{
  return facts->price_includes_tax && facts->tax_rate_ppm != AISLE_SHELF_UNKNOWN
             ? facts->tax_rate_ppm
             : 0;
}
