/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Price endings: the last digits that a shop's prices may have, such as 49, 95 and 99. */

#define AISLE_PRICE_MAX_ENDINGS 16

typedef struct
{
  gint64 modulus; /* minor units after which endings repeat: 100 for pence */
  gint64 endings[AISLE_PRICE_MAX_ENDINGS]; /* 0 .. modulus - 1, in any order */
  gsize n_endings;                         /* 0: every price is allowed */
} AislePriceEndings;

typedef enum
{
  AISLE_ENDING_NEAREST, /* halfway: the lower */
  AISLE_ENDING_UP,
  AISLE_ENDING_DOWN,
} AisleEndingDirection;

/* Reads "99,49,95" (endings of two digits, modulus 100) or "900,950" (three digits, modulus 1000);
 * all of the same length. Empty text or NULL: every price. Error: AISLE_PRICING_ERROR_SETTING. */
gboolean aisle_price_endings_parse (const char *text, AislePriceEndings *endings, GError **error);

gboolean aisle_price_has_ending (gint64 price_minor, const AislePriceEndings *endings);

/* The allowed prices are numbered upwards: the number of the first one that is >= price_minor, and
 * the price of a number. Together they walk the allowed prices between two bounds. Prices are
 * positive: number 0 is the lowest allowed price above 0. */
gint64 aisle_price_ending_index (gint64 price_minor, const AislePriceEndings *endings);
gint64 aisle_price_ending_at (gint64 index, const AislePriceEndings *endings);

/* The allowed price in the direction, within lower..upper (both included). NEAREST turns to the
 * other side where its own is out of bounds; UP and DOWN do not. FALSE where there is none. */
gboolean aisle_price_round_to_ending (gint64 price_minor,
                                      const AislePriceEndings *endings,
                                      AisleEndingDirection direction,
                                      gint64 lower_minor,
                                      gint64 upper_minor,
                                      gint64 *result_minor);
