/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-amount.h"
#include "aisle-money.h"
#include "aisle-price-ending.h"
#include "aisle-prior-price.h"

/* Guardrails: what stands against a proposed price or promotion. Plain arrays in, findings out.
 * Shelf prices are gross, costs and margins net; all in minor units of one currency. */

typedef enum
{
  AISLE_RULE_PRICE_POSITIVE,
  AISLE_RULE_NO_CHANGE,
  AISLE_RULE_MARGIN_FLOOR,
  AISLE_RULE_BELOW_COST,
  AISLE_RULE_LARGEST_STEP,
  AISLE_RULE_PRICE_ENDING,
  AISLE_RULE_MINIMUM_ADVERTISED_PRICE,
  AISLE_RULE_COOLING_OFF,
  AISLE_RULE_START_BEFORE_END,
  AISLE_RULE_PERCENT_RANGE, /* a promotion's price must lie above 0 and below the shelf price */
  AISLE_RULE_PRIOR_PRICE,
  AISLE_RULE_OVERLAP,
  AISLE_N_PRICE_RULES,
} AislePriceRule;

/* "margin_floor" and so on; NULL out of range. */
const char *aisle_price_rule_to_text (AislePriceRule rule);

typedef enum
{
  AISLE_LINE_PRICE,     /* a new shelf price from a day on, or between two days */
  AISLE_LINE_PROMOTION, /* a reduction between two days, announced to shoppers */
} AisleLineKind;

typedef struct
{
  char currency[AISLE_CURRENCY_SIZE]; /* for the messages */
  gint64 min_margin_ppm;              /* (net - cost) / net of a shelf price at least; -1: off */
  gint64 min_promotion_margin_ppm;    /* the same while a promotion runs; -1: off */
  gint64 largest_step_ppm;            /* |after / before - 1| of a shelf price at most; -1: off */
  gint64 largest_discount_ppm;        /* 1 - after / before of a promotion at most; -1: off */
  AislePriceEndings endings;          /* of shelf prices; promotions by percent are left alone */
  int cooling_off_days;               /* between two changes of a shelf price; 0: off */
  gboolean checks_prior_price;        /* the 30-day rule for announced reductions */
  AislePriorPriceOptions prior_price;
  guint blocking_rules; /* bit set: 1 << AislePriceRule blocks, otherwise it warns */
} AisleGuardrailSettings;

/* Margin floor 10 % (promotions 0 %), step 30 %, discount 50 %, any ending, 7 days of cooling off,
 * the 30-day rule on. No change, price ending and cooling off warn; everything else blocks. */
void aisle_guardrail_settings_init (AisleGuardrailSettings *settings, const char *currency);

/* FALSE with AISLE_PRICING_ERROR_SETTING where a setting is out of its range. */
gboolean aisle_guardrail_settings_validate (const AisleGuardrailSettings *settings, GError **error);

typedef struct
{
  gsize sku; /* the caller's numbers, for overlap */
  gsize store;
  AisleLineKind kind;
  gint64 before_minor;    /* gross shelf price now; AISLE_AMOUNT_UNKNOWN where there is none */
  gint64 after_minor;     /* gross, proposed */
  gint64 percent_off_ppm; /* of a promotion by percent; AISLE_AMOUNT_UNKNOWN else */
  gint64 tax_rate_ppm;    /* 0 or more */
  gint64 net_cost_minor;  /* or AISLE_AMOUNT_UNKNOWN: margin and cost are not judged */
  gint64 minimum_advertised_minor; /* gross, or AISLE_AMOUNT_UNKNOWN */
  AisleDate from;                  /* first day */
  AisleDate to;          /* last day, included; AISLE_DATE_NONE: open, which no promotion may be */
  AisleDate last_change; /* of the shelf price, or AISLE_DATE_NONE */
  gboolean is_announced; /* a price line shown to shoppers as a reduction; promotions always are */
  const AislePriceEntry *history; /* prices in force, any order; may be NULL */
  gsize n_history;
} AisleProposedLine;

/* Another change that is submitted, approved, scheduled, pushing or live. */
typedef struct
{
  gsize sku;
  gsize store;
  AisleLineKind kind;
  AisleDate from;
  AisleDate to;     /* last day, included, or AISLE_DATE_NONE */
  gint64 change_id; /* named in the message */
} AisleOtherChange;

typedef struct
{
  gsize line; /* index of the line */
  AislePriceRule rule;
  gboolean is_blocking; /* else it warns */
  gint64 value;         /* what was found: minor units, ppm, days, or the other change's id */
  gint64 limit;         /* what the rule allows, in the same unit */
  char *message;        /* a sentence that names the numbers; owned by the finding */
} AisleFinding;

/* The findings on the lines, by line and then by rule, each rule at most once on a line; an element
 * is an AisleFinding. The array owns its messages: free it with g_array_unref(). The order of
 * `lines` and `others` makes no difference to what is found. Lines of the same call are tested for
 * overlap among themselves too.
 *
 * Overlap means: the same product and store, and a day that both claim. A promotion claims each of
 * its days; a shelf price without an end only the day it starts. */
GArray *aisle_guardrails_check (const AisleProposedLine *lines,
                                gsize n_lines,
                                const AisleOtherChange *others,
                                gsize n_others,
                                const AisleGuardrailSettings *settings);

/* The lowest gross price whose net margin share is at least `min_margin_ppm` (below 1000000), by
 * the same arithmetic as the guardrail: any lower price fails, this one and all above hold. */
gint64 aisle_margin_floor_price (gint64 net_cost_minor, gint64 tax_rate_ppm, gint64 min_margin_ppm);
