/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-guardrail.h"

/* The bounds that rules put on one price, and the best allowed price between them. Gross minor
 * units. */

typedef enum
{
  AISLE_OBJECTIVE_MARGIN,
  AISLE_OBJECTIVE_REVENUE,
  AISLE_OBJECTIVE_UNITS,
  AISLE_OBJECTIVE_CLEAR, /* most units out of the stock, then most revenue */
  AISLE_N_OBJECTIVES,
} AisleObjective;

/* "margin", "revenue", "units", "clear"; NULL out of range. */
const char *aisle_objective_to_text (AisleObjective objective);
gboolean aisle_objective_from_text (const char *text, AisleObjective *objective);

typedef struct
{
  gint64 lower_minor;     /* included */
  gint64 upper_minor;     /* included; below lower_minor where the rules clash */
  const char *lower_rule; /* the rule that set the bound; lives as long as the program */
  const char *upper_rule;
} AislePriceBounds;

/* 1 .. AISLE_PRICE_MAX, set by price_positive. */
#define AISLE_PRICE_MAX (G_MAXINT64 / 64)

AislePriceBounds aisle_price_bounds_open (void);

/* Narrow the bounds; a rule that does not narrow them is not named. `rule` lives as long as the
 * program. */
void aisle_price_bounds_at_least (AislePriceBounds *bounds, gint64 price_minor, const char *rule);
void aisle_price_bounds_at_most (AislePriceBounds *bounds, gint64 price_minor, const char *rule);

/* The prices a step of at most `step_ppm` away: the lower bound rounded up, the upper rounded down.
 */
void aisle_price_bounds_step (AislePriceBounds *bounds, gint64 before_minor, gint64 step_ppm);

typedef struct
{
  AislePriceBounds bounds;
  const AislePriceEndings *endings;
  AisleObjective objective;
  gint64 before_minor; /* > 0 */
  gint64 tax_rate_ppm;
  gint64 net_cost_minor; /* AISLE_AMOUNT_UNKNOWN: the objective margin takes revenue instead */
  double elasticity;     /* constant, finite */
  double baseline_units; /* at the price before, >= 0 */
  double stock_units;    /* INFINITY: no limit */
} AislePriceSearch;

/* The best allowed price between the bounds; of equal ones the lowest. `value`, which may be NULL,
 * gets the objective at that price. FALSE where no allowed price lies between the bounds. */
gboolean aisle_price_search (const AislePriceSearch *search, gint64 *price_minor, double *value);
