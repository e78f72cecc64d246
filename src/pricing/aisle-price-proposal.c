/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-proposal.h"

#include "aisle-percent-text-private.h"
#include "aisle-pricing-error.h"

#include <math.h>

__extension__ typedef __int128 Wide;

#define LONG_COVER_WEEKS 520 /* beyond it a number of weeks says nothing to anybody */
#define RULE_CLEAR "clear_overstock"
#define RULE_PROTECT "protect_margin"
#define RULE_ROUND "round_to_endings"

static const char *const reason_names[AISLE_N_PROPOSAL_REASONS] = {
  [AISLE_PROPOSAL_KEEP] = "keep",
  [AISLE_PROPOSAL_CLEAR_OVERSTOCK] = RULE_CLEAR,
  [AISLE_PROPOSAL_PROTECT_MARGIN] = RULE_PROTECT,
  [AISLE_PROPOSAL_ROUND_TO_ENDINGS] = RULE_ROUND,
  [AISLE_PROPOSAL_CLASH] = "clash",
  [AISLE_PROPOSAL_NO_PRICE] = "no_price",
};

/* One proposal in the making. */
typedef struct
{
  const AislePriceSituation *situation;
  const AisleProposalSettings *settings;
  AislePriceProposal *proposal;
  AislePriceBounds bounds;
  gint64 floor_minor;         /* the lowest price that holds the margin; 0 without a cost */
  const AisleCoverBand *band; /* the band that the cover falls into, or NULL */
} Work;

static const char *
margin_rule (const Work *work)
{
  return aisle_price_rule_to_text (work->settings->guardrails.min_margin_ppm > 0
                                       ? AISLE_RULE_MARGIN_FLOOR
                                       : AISLE_RULE_BELOW_COST);
}

static char *
format_money (const Work *work, gint64 minor)
{
  return aisle_money_format (minor, work->settings->guardrails.currency);
}

static void
add_trace (Work *work, const char *rule)
{
  AislePriceProposal *proposal = work->proposal;
  g_return_if_fail (proposal->n_trace < AISLE_MAX_TRACE_STEPS);
  proposal->trace[proposal->n_trace++] =
      (AislePriceTraceStep){ .rule = rule,
                             .lower_minor = work->bounds.lower_minor,
                             .upper_minor = work->bounds.upper_minor,
                             .price_minor = proposal->after_minor };
}

/* `share_off` less than the price, rounded up or down to a minor unit. */
static gint64
less_share (gint64 price_minor, gint64 share_off_ppm, gboolean rounds_up)
{
  Wide wide = (Wide) price_minor * (AISLE_RATE_ONE - share_off_ppm);
  return (gint64) ((wide + (rounds_up ? AISLE_RATE_ONE - 1 : 0)) / AISLE_RATE_ONE);
}

static double
weeks_of_cover (const AislePriceSituation *situation)
{
  if (situation->on_hand_milli == AISLE_AMOUNT_UNKNOWN || isnan (situation->daily_units))
    return NAN;
  if (situation->on_hand_milli <= 0)
    return 0;
  double weekly = MAX (situation->daily_units, 0) * 7;
  return weekly > 0 ? (double) situation->on_hand_milli / 1000 / weekly : INFINITY;
}

static const AisleCoverBand *
find_band (const AisleProposalSettings *settings, double cover_weeks)
{
  const AisleCoverBand *found = NULL;
  for (gsize i = 0; i < settings->n_bands; i++)
    if (cover_weeks >= settings->bands[i].cover_weeks)
      found = &settings->bands[i];
  return found;
}

/* The bounds that guardrails put on any new price, with their trace. */
static void
set_bounds (Work *work)
{
  const AislePriceSituation *situation = work->situation;
  const AisleGuardrailSettings *guardrails = &work->settings->guardrails;
  work->bounds = aisle_price_bounds_open ();
  add_trace (work, "current_price");
  if (guardrails->largest_step_ppm >= 0)
    {
      aisle_price_bounds_step (&work->bounds, situation->price_minor, guardrails->largest_step_ppm);
      add_trace (work, aisle_price_rule_to_text (AISLE_RULE_LARGEST_STEP));
    }
  if (situation->net_cost_minor != AISLE_AMOUNT_UNKNOWN)
    {
      /* No rule proposes a price below cost, also where no margin is asked for. */
      work->floor_minor =
          aisle_margin_floor_price (situation->net_cost_minor, MAX (situation->tax_rate_ppm, 0),
                                    MAX (guardrails->min_margin_ppm, 0));
      aisle_price_bounds_at_least (&work->bounds, work->floor_minor, margin_rule (work));
      add_trace (work, margin_rule (work));
    }
  if (situation->minimum_advertised_minor != AISLE_AMOUNT_UNKNOWN)
    {
      aisle_price_bounds_at_least (&work->bounds, situation->minimum_advertised_minor,
                                   aisle_price_rule_to_text (AISLE_RULE_MINIMUM_ADVERTISED_PRICE));
      add_trace (work, aisle_price_rule_to_text (AISLE_RULE_MINIMUM_ADVERTISED_PRICE));
    }
}

/* Takes `sentence`. */
static void
finish (Work *work, AisleProposalReason reason, char *sentence)
{
  work->proposal->reason = reason;
  work->proposal->sentence = sentence;
}

static void
add_clash (AislePriceProposal *proposal, const char *rule)
{
  for (gsize i = 0; i < proposal->n_clash; i++)
    if (g_str_equal (proposal->clash[i], rule))
      return;
  proposal->clash[proposal->n_clash++] = rule;
}

/* `wanted` asks for another price, and no allowed price lies within the bounds: name who set them.
 */
static void
finish_clash (Work *work, const char *wanted)
{
  AislePriceProposal *proposal = work->proposal;
  add_clash (proposal, wanted);
  add_clash (proposal, work->bounds.lower_rule);
  add_clash (proposal, work->bounds.upper_rule);
  if (work->bounds.lower_minor <= work->bounds.upper_minor)
    add_clash (proposal, aisle_price_rule_to_text (AISLE_RULE_PRICE_ENDING));

  GString *names = g_string_new (NULL);
  for (gsize i = 0; i < proposal->n_clash; i++)
    g_string_append_printf (names, "%s%s", i == 0 ? "" : ", ", proposal->clash[i]);
  g_strdelimit (names->str, "_", ' ');
  g_autofree char *price = format_money (work, work->situation->price_minor);
  finish (work, AISLE_PROPOSAL_CLASH,
          g_strdup_printf ("These rules leave no price between them: %s. It stays at %s.",
                           names->str, price));
  g_string_free (names, TRUE);
}

static void
take_price (Work *work, gint64 price_minor, const char *rule)
{
  work->proposal->after_minor = price_minor;
  add_trace (work, rule);
}

/* "from £4.25 to £3.99" */
static char *
format_move (const Work *work)
{
  g_autofree char *before = format_money (work, work->situation->price_minor);
  g_autofree char *after = format_money (work, work->proposal->after_minor);
  return g_strdup_printf ("from %s to %s", before, after);
}

static double
elasticity_of (const Work *work)
{
  /* A positive own-price estimate is shown to people, never used to set a price. */
  double own = work->situation->elasticity;
  if (isfinite (own) && own <= 0)
    return own;
  return isfinite (work->settings->elasticity) ? work->settings->elasticity
                                               : AISLE_ELASTICITY_DEFAULT;
}

static double
elasticity_se_of (const Work *work)
{
  double own = work->situation->elasticity;
  if (isfinite (own) && own <= 0 && isfinite (work->situation->elasticity_se))
    return work->situation->elasticity_se;
  return work->settings->elasticity_se;
}

static double
stock_units (const AislePriceSituation *situation)
{
  return situation->on_hand_milli == AISLE_AMOUNT_UNKNOWN
             ? INFINITY
             : (double) MAX (situation->on_hand_milli, 0) / 1000;
}

static double
horizon_units (const Work *work)
{
  return MAX (work->situation->daily_units, 0) * work->settings->horizon_days;
}

/* The best price between the band's cuts; where no allowed ending lies there, the next one below
 * that the guardrails leave, since a cut that is a little deeper still does what the band asks for.
 */
static gboolean
find_clearance_price (const Work *work, gint64 *price_minor)
{
  const AislePriceSituation *situation = work->situation;
  AislePriceSearch search = {
    .bounds = work->bounds,
    .endings = &work->settings->guardrails.endings,
    .objective = work->settings->objective,
    .before_minor = situation->price_minor,
    .tax_rate_ppm = MAX (situation->tax_rate_ppm, 0),
    .net_cost_minor = situation->net_cost_minor,
    .elasticity = elasticity_of (work),
    .baseline_units = horizon_units (work),
    .stock_units = stock_units (situation),
  };
  aisle_price_bounds_at_least (&search.bounds,
                               less_share (situation->price_minor, work->band->most_cut_ppm, TRUE),
                               RULE_CLEAR);
  if (aisle_price_search (&search, price_minor, NULL))
    return TRUE;
  return aisle_price_round_to_ending (work->bounds.upper_minor, &work->settings->guardrails.endings,
                                      AISLE_ENDING_DOWN, work->bounds.lower_minor,
                                      work->bounds.upper_minor, price_minor);
}

static void
clear_overstock (Work *work)
{
  gint64 price_minor;
  gint64 most = MIN (less_share (work->situation->price_minor, work->band->least_cut_ppm, FALSE),
                     work->situation->price_minor - 1);
  aisle_price_bounds_at_most (&work->bounds, most, RULE_CLEAR);
  add_trace (work, RULE_CLEAR);
  if (!find_clearance_price (work, &price_minor))
    {
      finish_clash (work, RULE_CLEAR);
      return;
    }
  take_price (work, price_minor, aisle_objective_to_text (work->settings->objective));
  g_autofree char *move = format_move (work);
  g_autofree char *cut =
      aisle_percent_text ((gint64) ((Wide) (work->situation->price_minor - price_minor)
                                    * AISLE_RATE_ONE / work->situation->price_minor));
  if (isinf (work->proposal->cover_weeks))
    finish (work, AISLE_PROPOSAL_CLEAR_OVERSTOCK,
            g_strdup_printf ("There is stock and no demand is expected: down %s, %s.", cut, move));
  else if (work->proposal->cover_weeks > LONG_COVER_WEEKS)
    finish (work, AISLE_PROPOSAL_CLEAR_OVERSTOCK,
            g_strdup_printf (
                "The stock covers more than ten years of the demand expected: down %s, %s.", cut,
                move));
  else
    finish (work, AISLE_PROPOSAL_CLEAR_OVERSTOCK,
            g_strdup_printf ("The stock covers %.0f weeks, the rule begins at %.0f: down %s, %s.",
                             work->proposal->cover_weeks, work->band->cover_weeks, cut, move));
}

static void
protect_margin (Work *work)
{
  gint64 price_minor;
  if (!aisle_price_round_to_ending (work->bounds.lower_minor, &work->settings->guardrails.endings,
                                    AISLE_ENDING_UP, work->bounds.lower_minor,
                                    work->bounds.upper_minor, &price_minor))
    {
      finish_clash (work, margin_rule (work));
      return;
    }
  take_price (work, price_minor, RULE_PROTECT);
  g_autofree char *move = format_move (work);
  g_autofree char *floor = aisle_percent_text (MAX (work->settings->guardrails.min_margin_ppm, 0));
  finish (work, AISLE_PROPOSAL_PROTECT_MARGIN,
          g_strdup_printf ("The margin lies below the floor of %s: up %s.", floor, move));
}

static void
round_to_ending (Work *work)
{
  gint64 price_minor;
  if (!aisle_price_round_to_ending (
          work->situation->price_minor, &work->settings->guardrails.endings, AISLE_ENDING_NEAREST,
          work->bounds.lower_minor, work->bounds.upper_minor, &price_minor))
    {
      finish_clash (work, aisle_price_rule_to_text (AISLE_RULE_PRICE_ENDING));
      return;
    }
  take_price (work, price_minor, RULE_ROUND);
  g_autofree char *move = format_move (work);
  finish (work, AISLE_PROPOSAL_ROUND_TO_ENDINGS,
          g_strdup_printf ("To the nearest of the price endings in use: %s.", move));
}

static gboolean
is_cooling_off (const Work *work)
{
  return work->settings->guardrails.cooling_off_days > 0
         && aisle_date_is_valid (work->situation->last_change)
         && aisle_date_is_valid (work->settings->from)
         && work->settings->from - work->situation->last_change
                < work->settings->guardrails.cooling_off_days;
}

static void
decide (Work *work)
{
  const AislePriceSituation *situation = work->situation;
  gboolean is_off_ending =
      work->settings->rounds_to_endings
      && !aisle_price_has_ending (situation->price_minor, &work->settings->guardrails.endings);

  set_bounds (work);
  if (situation->is_locked)
    finish (work, AISLE_PROPOSAL_KEEP,
            g_strdup ("Another change of this price is under way, or it is not ours to move."));
  else if (is_cooling_off (work))
    finish (work, AISLE_PROPOSAL_KEEP,
            g_strdup_printf ("It changed less than %d days ago.",
                             work->settings->guardrails.cooling_off_days));
  else if (work->band && work->floor_minor == 0)
    finish (work, AISLE_PROPOSAL_KEEP,
            g_strdup ("There is too much of it, but its cost is not known, so that no floor can be "
                      "held; import its cost."));
  else if (work->band)
    clear_overstock (work);
  else if (situation->price_minor < work->floor_minor)
    protect_margin (work);
  else if (is_off_ending)
    round_to_ending (work);
  else
    finish (work, AISLE_PROPOSAL_KEEP, g_strdup ("Nothing asks for another price."));
}

static AislePriceEffect
expect_effect (const Work *work)
{
  const AislePriceSituation *situation = work->situation;
  gboolean is_clearance = work->proposal->reason == AISLE_PROPOSAL_CLEAR_OVERSTOCK;
  AislePriceMove move = {
    .before_minor = situation->price_minor,
    .after_minor = work->proposal->after_minor,
    .tax_rate_ppm = situation->tax_rate_ppm,
    .net_cost_minor = situation->net_cost_minor,
    .elasticity = elasticity_of (work),
    .elasticity_se = elasticity_se_of (work),
    .baseline_units = isnan (situation->daily_units) ? NAN : horizon_units (work),
    .baseline_sd = situation->horizon_sd,
    /* What is overstocked is sold from stock; everything else is ordered again. */
    .stock_units = is_clearance ? stock_units (situation) : INFINITY,
    .level = work->settings->level,
  };
  return aisle_price_effect (&move);
}

static void
propose (const AislePriceSituation *situation,
         const AisleProposalSettings *settings,
         AislePriceProposal *proposal)
{
  Work work = { .situation = situation, .settings = settings, .proposal = proposal };
  proposal->cover_weeks = weeks_of_cover (situation);
  proposal->before_minor = proposal->after_minor = situation->price_minor;
  if (situation->price_minor == AISLE_AMOUNT_UNKNOWN || situation->price_minor <= 0
      || situation->price_minor > AISLE_PRICE_MAX)
    {
      proposal->before_minor = proposal->after_minor = AISLE_AMOUNT_UNKNOWN;
      finish (&work, AISLE_PROPOSAL_NO_PRICE,
              g_strdup ("There is no shelf price to start from; import or set one."));
    }
  else
    {
      work.band = find_band (settings, proposal->cover_weeks);
      decide (&work);
    }
  proposal->effect = expect_effect (&work);
}

static void
clear_proposal (gpointer proposal)
{
  g_clear_pointer (&((AislePriceProposal *) proposal)->sentence, g_free);
}

void
aisle_proposal_settings_init (AisleProposalSettings *settings, const char *currency, AisleDate from)
{
  *settings = (AisleProposalSettings){
    .objective = AISLE_OBJECTIVE_MARGIN,
    .from = from,
    .horizon_days = 28,
    .level = 0.8,
    .elasticity = AISLE_ELASTICITY_DEFAULT,
    .elasticity_se = AISLE_ELASTICITY_DEFAULT_SE,
    .bands = { { 13, 50000, 100000 }, { 26, 100000, 200000 }, { 52, 200000, 300000 } },
    .n_bands = 3,
    .rounds_to_endings = TRUE,
  };
  aisle_guardrail_settings_init (&settings->guardrails, currency);
}

gboolean
aisle_proposal_settings_validate (const AisleProposalSettings *settings, GError **error)
{
  const char *wrong = NULL;
  if (settings->horizon_days < 1 || settings->horizon_days > 3660)
    wrong = "the horizon must be between 1 day and 10 years";
  else if (!(settings->level > 0 && settings->level < 1))
    wrong = "the interval's level must lie between 0 and 1";
  else if (!(settings->elasticity <= 0) || !isfinite (settings->elasticity)
           || !(settings->elasticity_se >= 0))
    wrong = "the assumed elasticity must be 0 or less, and its standard error 0 or more";
  else if (settings->n_bands > AISLE_MAX_COVER_BANDS)
    wrong = "there are too many cover bands";
  for (gsize i = 0; !wrong && i < settings->n_bands; i++)
    {
      const AisleCoverBand *band = &settings->bands[i];
      if (!(band->cover_weeks > 0) || band->least_cut_ppm < 0
          || band->most_cut_ppm < band->least_cut_ppm || band->most_cut_ppm >= AISLE_RATE_ONE)
        wrong = "a cover band needs weeks above 0 and cuts between 0 % and 100 %, the least first";
      else if (i > 0 && band->cover_weeks <= settings->bands[i - 1].cover_weeks)
        wrong = "the cover bands must stand by rising cover";
    }
  if (wrong)
    {
      g_set_error_literal (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING, wrong);
      return FALSE;
    }
  return aisle_guardrail_settings_validate (&settings->guardrails, error);
}

const char *
aisle_proposal_reason_to_text (AisleProposalReason reason)
{
  return (int) reason >= 0 && reason < AISLE_N_PROPOSAL_REASONS ? reason_names[reason] : NULL;
}

GArray *
aisle_propose_prices (const AislePriceSituation *situations,
                      gsize n_situations,
                      const AisleProposalSettings *settings)
{
  GArray *proposals =
      g_array_sized_new (FALSE, TRUE, sizeof (AislePriceProposal), (guint) n_situations);
  g_array_set_clear_func (proposals, clear_proposal);
  for (gsize i = 0; i < n_situations; i++)
    {
      AislePriceProposal proposal = { .situation = i };
      propose (&situations[i], settings, &proposal);
      g_array_append_val (proposals, proposal);
    }
  return proposals;
}
