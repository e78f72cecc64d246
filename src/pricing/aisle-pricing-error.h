/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What can be wrong with a question to the pricing engine. "No price" and "not a genuine reduction"
 * are answers, not errors. */

#define AISLE_PRICING_ERROR (aisle_pricing_error_quark ())

typedef enum
{
  AISLE_PRICING_ERROR_SETTING, /* a setting out of its range: a margin of 120 %, an ending of 150 */
  AISLE_PRICING_ERROR_PERCENT, /* a discount that is not above 0 % and below 100 % */
  AISLE_PRICING_ERROR_PRICE,   /* no price, or one that is not positive */
} AislePricingError;

GQuark aisle_pricing_error_quark (void);
