/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-price-effect.h"
#include "aisle-price-search.h"

/* Price proposals by rule: clear overstock, protect the margin, round to endings, else keep. A
 * price that is proposed passes every guardrail of the settings, whether it blocks or warns; where
 * the rules leave none, there is no price and the rules that clash are named. */

/* Stock for at least so many weeks is cut by a share between the two. */
typedef struct
{
  double cover_weeks;
  gint64 least_cut_ppm;
  gint64 most_cut_ppm;
} AisleCoverBand;

#define AISLE_MAX_COVER_BANDS 8

typedef struct
{
  AisleObjective objective;
  AisleDate from;    /* the day the new prices would start */
  int horizon_days;  /* over which effects are counted */
  double level;      /* of the intervals */
  double elasticity; /* where a line has none */
  double elasticity_se;
  AisleCoverBand bands[AISLE_MAX_COVER_BANDS]; /* by rising cover */
  gsize n_bands;
  gboolean rounds_to_endings; /* also prices that nothing else moves */
  AisleGuardrailSettings guardrails;
} AisleProposalSettings;

/* Objective margin, 28 days, 80 % intervals, elasticity -1.5 +- 0.5; from 13 weeks of cover 5 to 10
 * % off, from 26 weeks 10 to 20 %, from 52 weeks 20 to 30 %; rounds to endings where any are set.
 */
void aisle_proposal_settings_init (AisleProposalSettings *settings,
                                   const char *currency,
                                   AisleDate from);

/* FALSE with AISLE_PRICING_ERROR_SETTING where a setting is out of its range. */
gboolean aisle_proposal_settings_validate (const AisleProposalSettings *settings, GError **error);

/* A product in a store. */
typedef struct
{
  gsize sku;
  gsize store;
  gint64 price_minor;    /* gross shelf price now, or AISLE_AMOUNT_UNKNOWN */
  gint64 net_cost_minor; /* or AISLE_AMOUNT_UNKNOWN */
  gint64 tax_rate_ppm;
  gint64 minimum_advertised_minor; /* or AISLE_AMOUNT_UNKNOWN */
  gint64 on_hand_milli;            /* thousandths of the base unit, or AISLE_AMOUNT_UNKNOWN */
  double daily_units;              /* forecast demand a day at the price now; NaN: unknown */
  double horizon_sd;               /* standard deviation of the horizon's demand; NaN: unknown */
  double elasticity;               /* NaN: the settings' */
  double elasticity_se;
  AisleDate last_change; /* of the shelf price, or AISLE_DATE_NONE */
  gboolean is_locked;    /* another change is under way, or the price is not ours to move */
} AislePriceSituation;

typedef enum
{
  AISLE_PROPOSAL_KEEP,
  AISLE_PROPOSAL_CLEAR_OVERSTOCK,
  AISLE_PROPOSAL_PROTECT_MARGIN,
  AISLE_PROPOSAL_ROUND_TO_ENDINGS,
  AISLE_PROPOSAL_CLASH,    /* a rule asks for a change that the others forbid: the price stays */
  AISLE_PROPOSAL_NO_PRICE, /* nothing to start from */
  AISLE_N_PROPOSAL_REASONS,
} AisleProposalReason;

const char *aisle_proposal_reason_to_text (AisleProposalReason reason);

#define AISLE_MAX_TRACE_STEPS 8

/* The bounds, and the price within them, after a rule was heard. */
typedef struct
{
  const char *rule; /* a name that lives as long as the program */
  gint64 lower_minor;
  gint64 upper_minor;
  gint64 price_minor;
} AislePriceTraceStep;

typedef struct
{
  gsize situation; /* index of the situation */
  AisleProposalReason reason;
  gint64 before_minor;
  gint64 after_minor; /* == before_minor where the price stays; AISLE_AMOUNT_UNKNOWN without one */
  double cover_weeks; /* NaN: unknown; INFINITY: stock and no demand */
  AislePriceEffect effect;                  /* at the price after, over the horizon */
  char *sentence;                           /* why, with its numbers; owned by the proposal */
  const char *clash[AISLE_MAX_TRACE_STEPS]; /* the names of the rules that clash */
  gsize n_clash;
  AislePriceTraceStep trace[AISLE_MAX_TRACE_STEPS];
  gsize n_trace;
} AislePriceProposal;

/* One proposal per situation, in their order, each depending on its own situation alone; an element
 * is an AislePriceProposal. The array owns the sentences: free it with g_array_unref(). `settings`
 * must be valid. */
GArray *aisle_propose_prices (const AislePriceSituation *situations,
                              gsize n_situations,
                              const AisleProposalSettings *settings);
