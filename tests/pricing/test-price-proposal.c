/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-proposal.h"

#include "aisle-pricing-error.h"
#include "aisle-random.h"

#include <math.h>
#include <string.h>

#define DAY 20000

static AisleProposalSettings
settings_default (void)
{
  AisleProposalSettings settings;
  aisle_proposal_settings_init (&settings, "GBP", DAY);
  g_assert_true (aisle_price_endings_parse ("99,49,95", &settings.guardrails.endings, NULL));
  return settings;
}

/* 9.99 at 20 %, cost 4.00, one unit a day, 28 in stock: nothing to do. */
static AislePriceSituation
situation_default (void)
{
  return (AislePriceSituation){
    .price_minor = 999,
    .net_cost_minor = 400,
    .tax_rate_ppm = 200000,
    .minimum_advertised_minor = AISLE_AMOUNT_UNKNOWN,
    .on_hand_milli = 28000,
    .daily_units = 1,
    .horizon_sd = 6,
    .elasticity = NAN,
    .elasticity_se = NAN,
    .last_change = AISLE_DATE_NONE,
  };
}

/* The array must outlive what is read from its one element. */
static GArray *
propose (const AislePriceSituation *situation, const AisleProposalSettings *settings)
{
  GArray *proposals = aisle_propose_prices (situation, 1, settings);
  g_assert_cmpuint (proposals->len, ==, 1);
  return proposals;
}

#define FIRST(array) (&g_array_index (array, AislePriceProposal, 0))

static gboolean
names_clash (const AislePriceProposal *proposal, const char *rule)
{
  for (gsize i = 0; i < proposal->n_clash; i++)
    if (g_str_equal (proposal->clash[i], rule))
      return TRUE;
  return FALSE;
}

static void
test_keep (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  g_autoptr (GArray) array = propose (&situation, &settings);
  g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_KEEP);
  g_assert_cmpint (FIRST (array)->after_minor, ==, 999);
  g_assert_cmpfloat (FIRST (array)->cover_weeks, ==, 4);
  g_assert_cmpfloat (FIRST (array)->effect.units.mean, ==, 28);
  g_assert_cmpfloat (FIRST (array)->effect.units_change.mean, ==, 0);
}

static void
test_clear_overstock (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.on_hand_milli = 210000; /* 30 weeks: 10 to 20 % off, 8.00 .. 8.99 */
  g_autoptr (GArray) array = propose (&situation, &settings);
  const AislePriceProposal *proposal = FIRST (array);
  g_assert_cmpint (proposal->reason, ==, AISLE_PROPOSAL_CLEAR_OVERSTOCK);
  g_assert_cmpint (proposal->after_minor, ==, 899); /* at -1.5 and this cost dearer earns more */
  g_assert_nonnull (strstr (proposal->sentence, "30 weeks"));
  g_assert_nonnull (strstr (proposal->sentence, "from £9.99 to £8.99"));
  g_assert_cmpfloat (proposal->effect.units_change.mean, >, 0);

  settings.objective = AISLE_OBJECTIVE_CLEAR;
  g_autoptr (GArray) clear = propose (&situation, &settings);
  g_assert_cmpint (FIRST (clear)->after_minor, ==, 849);
}

/* 1.25 less 5 to 10 % is 1.13 to 1.18, where no ending is: the next one below is taken. */
static void
test_cheap_goods_go_to_the_next_ending (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.price_minor = 125;
  situation.net_cost_minor = 20;
  situation.on_hand_milli = 100000;
  g_autoptr (GArray) array = propose (&situation, &settings);
  g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_CLEAR_OVERSTOCK);
  g_assert_cmpint (FIRST (array)->after_minor, ==, 99);
}

static void
test_deeper_with_more_cover (void)
{
  AisleProposalSettings settings = settings_default ();
  gint64 last = G_MAXINT64;
  for (gint64 weeks = 2; weeks < 80; weeks += 3)
    {
      AislePriceSituation situation = situation_default ();
      situation.on_hand_milli = weeks * 7000;
      g_autoptr (GArray) array = propose (&situation, &settings);
      g_assert_cmpint (FIRST (array)->after_minor, <=, last);
      last = FIRST (array)->after_minor;
    }
  g_assert_cmpint (last, <, 800);
}

static void
test_protect_margin (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.net_cost_minor = 800; /* floor 8.89 net, 10.67 gross */
  g_autoptr (GArray) array = propose (&situation, &settings);
  g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_PROTECT_MARGIN);
  g_assert_cmpint (FIRST (array)->after_minor, ==, 1095);
  g_assert_cmpfloat (FIRST (array)->effect.margin_change.mean, >, 0);
  g_assert_cmpfloat (FIRST (array)->effect.units_change.mean, <, 0);
}

static void
test_round_to_endings (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.price_minor = 1010;
  g_autoptr (GArray) array = propose (&situation, &settings);
  g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_ROUND_TO_ENDINGS);
  g_assert_cmpint (FIRST (array)->after_minor, ==, 999);
  settings.rounds_to_endings = FALSE;
  g_autoptr (GArray) kept = propose (&situation, &settings);
  g_assert_cmpint (FIRST (kept)->reason, ==, AISLE_PROPOSAL_KEEP);
}

/* Too much stock asks for less, the margin for more: no price, both named, the price stays. */
static void
test_clash_of_stock_and_margin (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.on_hand_milli = 210000;
  situation.net_cost_minor = 800;
  g_autoptr (GArray) array = propose (&situation, &settings);
  const AislePriceProposal *proposal = FIRST (array);
  g_assert_cmpint (proposal->reason, ==, AISLE_PROPOSAL_CLASH);
  g_assert_cmpint (proposal->after_minor, ==, 999);
  g_assert_true (names_clash (proposal, "clear_overstock")
                 && names_clash (proposal, "margin_floor"));
  g_assert_false (names_clash (proposal, "largest_step"));
  g_assert_nonnull (strstr (proposal->sentence, "margin floor"));
}

static void
test_clash_of_margin_and_step (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.net_cost_minor = 2000;
  g_autoptr (GArray) array = propose (&situation, &settings);
  g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_CLASH);
  g_assert_true (names_clash (FIRST (array), "margin_floor"));
  g_assert_true (names_clash (FIRST (array), "largest_step"));
}

static void
test_clash_with_endings (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.price_minor = 20; /* 14 .. 26 holds no ending */
  situation.net_cost_minor = 5;
  g_autoptr (GArray) array = propose (&situation, &settings);
  g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_CLASH);
  g_assert_true (names_clash (FIRST (array), "price_ending"));
  g_assert_cmpint (FIRST (array)->after_minor, ==, 20);
}

static void
test_left_alone (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation overstocked = situation_default ();
  overstocked.on_hand_milli = 400000;

  AislePriceSituation situation = overstocked;
  situation.is_locked = TRUE;
  g_autoptr (GArray) locked = propose (&situation, &settings);
  g_assert_cmpint (FIRST (locked)->reason, ==, AISLE_PROPOSAL_KEEP);

  situation = overstocked;
  situation.last_change = DAY - 3;
  g_autoptr (GArray) cooling = propose (&situation, &settings);
  g_assert_cmpint (FIRST (cooling)->reason, ==, AISLE_PROPOSAL_KEEP);

  situation = overstocked;
  situation.net_cost_minor = AISLE_AMOUNT_UNKNOWN;
  g_autoptr (GArray) no_cost = propose (&situation, &settings);
  g_assert_cmpint (FIRST (no_cost)->reason, ==, AISLE_PROPOSAL_KEEP);
  g_assert_nonnull (strstr (FIRST (no_cost)->sentence, "cost is not known"));

  situation = overstocked;
  situation.on_hand_milli = -4000;
  g_autoptr (GArray) negative = propose (&situation, &settings);
  g_assert_cmpint (FIRST (negative)->reason, ==, AISLE_PROPOSAL_KEEP);
}

static void
test_no_price (void)
{
  AisleProposalSettings settings = settings_default ();
  static const gint64 prices[] = { AISLE_AMOUNT_UNKNOWN, 0, -5, G_MAXINT64 };
  for (gsize i = 0; i < G_N_ELEMENTS (prices); i++)
    {
      AislePriceSituation situation = situation_default ();
      situation.price_minor = prices[i];
      g_autoptr (GArray) array = propose (&situation, &settings);
      g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_NO_PRICE);
      g_assert_cmpint (FIRST (array)->after_minor, ==, AISLE_AMOUNT_UNKNOWN);
      g_assert_true (isnan (FIRST (array)->effect.units.mean));
    }
}

static void
test_no_demand (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.daily_units = 0;
  g_autoptr (GArray) array = propose (&situation, &settings);
  g_assert_true (isinf (FIRST (array)->cover_weeks));
  g_assert_cmpint (FIRST (array)->reason, ==, AISLE_PROPOSAL_CLEAR_OVERSTOCK);
  situation.daily_units = NAN;
  g_autoptr (GArray) unknown = propose (&situation, &settings);
  g_assert_cmpint (FIRST (unknown)->reason, ==, AISLE_PROPOSAL_KEEP);
  g_assert_true (isnan (FIRST (unknown)->effect.units.mean));
}

/* A positive estimate would say that a higher price sells more; it is not used. */
static void
test_positive_elasticity_is_not_used (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default (), positive = situation_default ();
  situation.on_hand_milli = positive.on_hand_milli = 210000;
  positive.elasticity = 2;
  positive.elasticity_se = 0.01;
  g_autoptr (GArray) a = propose (&situation, &settings);
  g_autoptr (GArray) b = propose (&positive, &settings);
  g_assert_cmpint (FIRST (a)->after_minor, ==, FIRST (b)->after_minor);
  g_assert_cmpfloat (FIRST (a)->effect.units.mean, ==, FIRST (b)->effect.units.mean);
  g_assert_cmpfloat (FIRST (a)->effect.units.upper, ==, FIRST (b)->effect.units.upper);
}

static void
test_trace (void)
{
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation situation = situation_default ();
  situation.on_hand_milli = 210000;
  situation.minimum_advertised_minor = 500;
  g_autoptr (GArray) array = propose (&situation, &settings);
  const AislePriceProposal *proposal = FIRST (array);
  static const char *const rules[] = { "current_price",   "largest_step",
                                       "margin_floor",    "minimum_advertised_price",
                                       "clear_overstock", "margin" };
  g_assert_cmpuint (proposal->n_trace, ==, G_N_ELEMENTS (rules));
  for (gsize i = 0; i < proposal->n_trace; i++)
    {
      g_assert_cmpstr (proposal->trace[i].rule, ==, rules[i]);
      if (i > 0)
        {
          g_assert_cmpint (proposal->trace[i].lower_minor, >=, proposal->trace[i - 1].lower_minor);
          g_assert_cmpint (proposal->trace[i].upper_minor, <=, proposal->trace[i - 1].upper_minor);
        }
    }
  g_assert_cmpint (proposal->trace[0].price_minor, ==, 999);
  g_assert_cmpint (proposal->trace[5].price_minor, ==, proposal->after_minor);
}

static AislePriceSituation
random_situation (AisleRandom *random)
{
  AislePriceSituation situation = situation_default ();
  situation.sku = aisle_random_below (random, 1000);
  situation.price_minor = 1 + (gint64) aisle_random_below (random, 5000);
  situation.net_cost_minor =
      aisle_random_below (random, 10) == 0
          ? AISLE_AMOUNT_UNKNOWN
          : (gint64) aisle_random_below (random, (guint64) situation.price_minor + 1);
  situation.tax_rate_ppm = aisle_random_below (random, 2) ? 200000 : 0;
  situation.on_hand_milli = (gint64) aisle_random_below (random, 300000) - 1000;
  situation.daily_units = (double) aisle_random_below (random, 100) / 20;
  situation.elasticity = -(double) aisle_random_below (random, 500) / 100;
  situation.elasticity_se = 0.3;
  if (aisle_random_below (random, 4) == 0)
    situation.minimum_advertised_minor = (gint64) aisle_random_below (random, 3000);
  if (aisle_random_below (random, 4) == 0)
    situation.last_change = DAY - (AisleDate) aisle_random_below (random, 20);
  return situation;
}

/* What is proposed passes every guardrail, also those that only warn. */
static void
test_proposals_pass_the_guardrails (void)
{
  AisleRandom random;
  aisle_random_init (&random, 20261120);
  guint n_moved = 0;
  for (int i = 0; i < 4000; i++)
    {
      AisleProposalSettings settings = settings_default ();
      settings.objective = (AisleObjective) (i % AISLE_N_OBJECTIVES);
      settings.guardrails.min_margin_ppm = (i % 5) * 60000 - 1;
      settings.guardrails.largest_step_ppm = (i % 3 + 1) * 150000;
      AislePriceSituation situation = random_situation (&random);
      g_autoptr (GArray) array = propose (&situation, &settings);
      const AislePriceProposal *proposal = FIRST (array);
      g_assert_nonnull (proposal->sentence);
      g_assert_cmpint (proposal->n_clash > 0, ==, proposal->reason == AISLE_PROPOSAL_CLASH);
      if (proposal->after_minor == situation.price_minor)
        continue;
      n_moved++;
      AisleProposedLine line = {
        .before_minor = situation.price_minor,
        .after_minor = proposal->after_minor,
        .percent_off_ppm = AISLE_AMOUNT_UNKNOWN,
        .tax_rate_ppm = situation.tax_rate_ppm,
        .net_cost_minor = situation.net_cost_minor,
        .minimum_advertised_minor = situation.minimum_advertised_minor,
        .from = DAY,
        .to = AISLE_DATE_NONE,
        .last_change = situation.last_change,
      };
      g_autoptr (GArray) findings =
          aisle_guardrails_check (&line, 1, NULL, 0, &settings.guardrails);
      if (findings->len > 0)
        g_error ("%s, but: %s", proposal->sentence,
                 g_array_index (findings, AisleFinding, 0).message);
    }
  g_assert_cmpuint (n_moved, >, 1000);
}

static void
test_lines_do_not_touch_each_other (void)
{
  enum
  {
    N = 200
  };
  AisleProposalSettings settings = settings_default ();
  AislePriceSituation forward[N], backward[N];
  AisleRandom random;
  aisle_random_init (&random, 7);
  for (gsize i = 0; i < N; i++)
    forward[i] = backward[N - 1 - i] = random_situation (&random);
  g_autoptr (GArray) a = aisle_propose_prices (forward, N, &settings);
  g_autoptr (GArray) b = aisle_propose_prices (backward, N, &settings);
  for (guint i = 0; i < N; i++)
    {
      const AislePriceProposal *x = &g_array_index (a, AislePriceProposal, i);
      const AislePriceProposal *y = &g_array_index (b, AislePriceProposal, N - 1 - i);
      g_assert_cmpuint (x->situation, ==, i);
      g_assert_cmpint (x->after_minor, ==, y->after_minor);
      g_assert_cmpstr (x->sentence, ==, y->sentence);
    }
}

static void
test_empty (void)
{
  AisleProposalSettings settings = settings_default ();
  g_autoptr (GArray) proposals = aisle_propose_prices (NULL, 0, &settings);
  g_assert_cmpuint (proposals->len, ==, 0);
}

static void
test_settings (void)
{
  AisleProposalSettings settings = settings_default ();
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_proposal_settings_validate (&settings, &error));
  settings.elasticity = 0.5;
  g_assert_false (aisle_proposal_settings_validate (&settings, &error));
  g_assert_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING);
  g_clear_error (&error);
  settings = settings_default ();
  settings.bands[1].cover_weeks = 5;
  g_assert_false (aisle_proposal_settings_validate (&settings, &error));
  g_clear_error (&error);
  settings = settings_default ();
  settings.level = NAN;
  g_assert_false (aisle_proposal_settings_validate (&settings, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pricing/proposal/keep", test_keep);
  g_test_add_func ("/pricing/proposal/clear-overstock", test_clear_overstock);
  g_test_add_func ("/pricing/proposal/cheap-goods", test_cheap_goods_go_to_the_next_ending);
  g_test_add_func ("/pricing/proposal/deeper-with-more-cover", test_deeper_with_more_cover);
  g_test_add_func ("/pricing/proposal/protect-margin", test_protect_margin);
  g_test_add_func ("/pricing/proposal/round-to-endings", test_round_to_endings);
  g_test_add_func ("/pricing/proposal/clash-of-stock-and-margin", test_clash_of_stock_and_margin);
  g_test_add_func ("/pricing/proposal/clash-of-margin-and-step", test_clash_of_margin_and_step);
  g_test_add_func ("/pricing/proposal/clash-with-endings", test_clash_with_endings);
  g_test_add_func ("/pricing/proposal/left-alone", test_left_alone);
  g_test_add_func ("/pricing/proposal/no-price", test_no_price);
  g_test_add_func ("/pricing/proposal/no-demand", test_no_demand);
  g_test_add_func ("/pricing/proposal/positive-elasticity", test_positive_elasticity_is_not_used);
  g_test_add_func ("/pricing/proposal/trace", test_trace);
  g_test_add_func ("/pricing/proposal/pass-the-guardrails", test_proposals_pass_the_guardrails);
  g_test_add_func ("/pricing/proposal/lines-do-not-touch", test_lines_do_not_touch_each_other);
  g_test_add_func ("/pricing/proposal/empty", test_empty);
  g_test_add_func ("/pricing/proposal/settings", test_settings);
  return g_test_run ();
}
