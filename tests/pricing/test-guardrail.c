/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-guardrail.h"

#include "aisle-pricing-error.h"

#include <string.h>

#define DAY 20000

static AisleGuardrailSettings
settings_default (void)
{
  AisleGuardrailSettings settings;
  aisle_guardrail_settings_init (&settings, "GBP");
  return settings;
}

/* 6.00 to 5.40 gross at 20 %: net 4.50, cost 3.00: nothing stands against it. */
static AisleProposedLine
line_price (gint64 after)
{
  return (AisleProposedLine){
    .kind = AISLE_LINE_PRICE,
    .before_minor = 600,
    .after_minor = after,
    .percent_off_ppm = AISLE_AMOUNT_UNKNOWN,
    .tax_rate_ppm = 200000,
    .net_cost_minor = 300,
    .minimum_advertised_minor = AISLE_AMOUNT_UNKNOWN,
    .from = DAY,
    .to = AISLE_DATE_NONE,
    .last_change = AISLE_DATE_NONE,
  };
}

static const AislePriceEntry history[] = { { DAY - 90, 600 } };

static AisleProposedLine
line_promotion (gint64 after)
{
  AisleProposedLine line = line_price (after);
  line.kind = AISLE_LINE_PROMOTION;
  line.to = DAY + 6;
  line.history = history;
  line.n_history = 1;
  return line;
}

/* The rules found on one line, "margin_floor! price_ending": a ! blocks. */
static char *
find (const AisleProposedLine *line, const AisleGuardrailSettings *settings)
{
  g_autoptr (GArray) findings = aisle_guardrails_check (line, 1, NULL, 0, settings);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < findings->len; i++)
    {
      const AisleFinding *finding = &g_array_index (findings, AisleFinding, i);
      g_assert_cmpuint (finding->line, ==, 0);
      g_assert_true (g_str_has_suffix (finding->message, "."));
      g_string_append_printf (text, "%s%s%s", i ? " " : "",
                              aisle_price_rule_to_text (finding->rule),
                              finding->is_blocking ? "!" : "");
    }
  return g_string_free (text, FALSE);
}

static void
assert_found (AisleProposedLine line, AisleGuardrailSettings settings, const char *wanted)
{
  g_autofree char *found = find (&line, &settings);
  g_assert_cmpstr (found, ==, wanted);
}

static void
test_nothing_against_it (void)
{
  assert_found (line_price (540), settings_default (), "");
  assert_found (line_promotion (480), settings_default (), "");
}

static void
test_price_positive (void)
{
  assert_found (line_price (0), settings_default (), "price_positive!");
  assert_found (line_price (-100), settings_default (), "price_positive!");
}

static void
test_no_change (void)
{
  assert_found (line_price (600), settings_default (), "no_change");
}

/* Cost 3.00, floor 10 %: net 3.34 at least, hence 4.01 gross (3.3417 rounds to 3.34). */
static void
test_margin_floor_to_the_penny (void)
{
  AisleGuardrailSettings settings = settings_default ();
  settings.largest_step_ppm = -1;
  assert_found (line_price (401), settings, "");
  assert_found (line_price (400), settings, "margin_floor!");
  assert_found (line_price (350), settings, "margin_floor! below_cost!");
  settings.min_margin_ppm = -1;
  assert_found (line_price (400), settings, "");
  assert_found (line_price (350), settings, "below_cost!");
  AisleProposedLine line = line_price (5);
  line.net_cost_minor = AISLE_AMOUNT_UNKNOWN;
  assert_found (line, settings, "");
}

static void
test_margin_message (void)
{
  AisleGuardrailSettings settings = settings_default ();
  AisleProposedLine line = line_price (432);
  line.net_cost_minor = 342;
  g_autoptr (GArray) findings = aisle_guardrails_check (&line, 1, NULL, 0, &settings);
  g_assert_cmpuint (findings->len, ==, 1);
  const AisleFinding *finding = &g_array_index (findings, AisleFinding, 0);
  g_assert_cmpstr (
      finding->message, ==,
      "The margin would be 5 % (£3.60 net, cost £3.42); the floor is 10 %, which takes a "
      "shelf price of at least £4.56.");
  g_assert_cmpint (finding->value, ==, 50000);
  g_assert_cmpint (finding->limit, ==, 100000);
}

static void
test_promotion_has_its_own_floor (void)
{
  AisleGuardrailSettings settings = settings_default ();
  assert_found (line_promotion (370), settings, "");
  settings.min_promotion_margin_ppm = 100000;
  assert_found (line_promotion (370), settings, "margin_floor!");
}

static void
test_largest_step (void)
{
  AisleGuardrailSettings settings = settings_default ();
  settings.largest_step_ppm = 100000;
  assert_found (line_price (540), settings, "");
  assert_found (line_price (539), settings, "largest_step!");
  assert_found (line_price (660), settings, "");
  assert_found (line_price (661), settings, "largest_step!");
  AisleProposedLine first_price = line_price (5000);
  first_price.before_minor = AISLE_AMOUNT_UNKNOWN;
  assert_found (first_price, settings, "");
  settings.largest_discount_ppm = 100000;
  assert_found (line_promotion (539), settings, "largest_step!");
}

static void
test_price_ending (void)
{
  AisleGuardrailSettings settings = settings_default ();
  g_assert_true (aisle_price_endings_parse ("99,49", &settings.endings, NULL));
  assert_found (line_price (549), settings, "");
  assert_found (line_price (550), settings, "price_ending");
  assert_found (line_promotion (480), settings, "");
  settings.blocking_rules |= 1u << AISLE_RULE_PRICE_ENDING;
  assert_found (line_price (550), settings, "price_ending!");
}

static void
test_minimum_advertised (void)
{
  AisleProposedLine line = line_price (540);
  line.minimum_advertised_minor = 541;
  assert_found (line, settings_default (), "minimum_advertised_price!");
  line.minimum_advertised_minor = 540;
  assert_found (line, settings_default (), "");
}

static void
test_cooling_off (void)
{
  AisleProposedLine line = line_price (540);
  line.last_change = DAY - 6;
  assert_found (line, settings_default (), "cooling_off");
  line.last_change = DAY - 7;
  assert_found (line, settings_default (), "");
}

static void
test_start_before_end (void)
{
  AisleProposedLine line = line_promotion (480);
  line.to = DAY; /* one day */
  assert_found (line, settings_default (), "");
  line.to = DAY - 1;
  assert_found (line, settings_default (), "start_before_end!");
  line.to = AISLE_DATE_NONE;
  assert_found (line, settings_default (), "start_before_end!");
  line = line_price (540);
  line.from = AISLE_DATE_NONE;
  assert_found (line, settings_default (), "start_before_end!");
}

static void
test_percent_range (void)
{
  AisleProposedLine line = line_promotion (480);
  line.percent_off_ppm = 200000;
  assert_found (line, settings_default (), "");
  line.percent_off_ppm = 0;
  assert_found (line, settings_default (), "percent_range!");
  line.percent_off_ppm = AISLE_RATE_ONE;
  line.after_minor = 0;
  assert_found (line, settings_default (), "price_positive! percent_range!");
  assert_found (line_promotion (600), settings_default (), "percent_range! prior_price!");
}

static void
test_prior_price (void)
{
  static const AislePriceEntry flash[] = { { DAY - 90, 600 },
                                           { DAY - 20, 400 },
                                           { DAY - 18, 600 } };
  AisleGuardrailSettings settings = settings_default ();
  AisleProposedLine line = line_promotion (480);
  line.history = flash;
  line.n_history = 3;
  assert_found (line, settings, "prior_price!");
  settings.checks_prior_price = FALSE;
  assert_found (line, settings, "");

  /* A new shelf price is judged only where it is announced as a reduction. */
  settings.checks_prior_price = TRUE;
  line = line_price (480);
  line.history = flash;
  line.n_history = 3;
  assert_found (line, settings, "");
  line.is_announced = TRUE;
  assert_found (line, settings, "prior_price!");

  /* Without any history it warns. */
  line = line_promotion (480);
  line.history = NULL;
  assert_found (line, settings, "prior_price");
}

/* 1: overlap found. */
static int
overlaps (AisleLineKind kind,
          AisleDate from,
          AisleDate to,
          AisleLineKind other_kind,
          AisleDate other_from,
          AisleDate other_to)
{
  AisleGuardrailSettings settings = settings_default ();
  AisleProposedLine line = kind == AISLE_LINE_PRICE ? line_price (540) : line_promotion (480);
  line.sku = 7;
  line.store = 3;
  line.from = from;
  line.to = to;
  /* Neighbours that must never count stand around the one that is meant. */
  AisleOtherChange others[] = {
    { 7, 4, other_kind, other_from, other_to, 91 },
    { 8, 3, other_kind, other_from, other_to, 92 },
    { 7, 3, other_kind, other_from, other_to, 42 },
    { 6, 3, other_kind, other_from, other_to, 93 },
  };
  g_autoptr (GArray) findings = aisle_guardrails_check (&line, 1, others, 4, &settings);
  int n = 0;
  for (guint i = 0; i < findings->len; i++)
    {
      const AisleFinding *finding = &g_array_index (findings, AisleFinding, i);
      if (finding->rule != AISLE_RULE_OVERLAP)
        continue;
      g_assert_cmpint (finding->value, ==, 42);
      g_assert_nonnull (strstr (finding->message, "Change 42"));
      n++;
    }
  return n;
}

static void
test_overlap_of_promotions (void)
{
  const AisleLineKind p = AISLE_LINE_PROMOTION;
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, p, DAY + 6, DAY + 9), ==, 1);
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, p, DAY + 7, DAY + 9), ==, 0);
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, p, DAY - 9, DAY), ==, 1);
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, p, DAY - 9, DAY - 1), ==, 0);
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, p, DAY - 9, DAY + 99), ==, 1);
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, p, DAY - 9, AISLE_DATE_NONE), ==, 1);
}

static void
test_overlap_with_prices (void)
{
  const AisleLineKind p = AISLE_LINE_PROMOTION, s = AISLE_LINE_PRICE;
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, s, DAY + 3, AISLE_DATE_NONE), ==, 1);
  g_assert_cmpint (overlaps (p, DAY, DAY + 6, s, DAY - 3, AISLE_DATE_NONE), ==, 0);
  g_assert_cmpint (overlaps (s, DAY, AISLE_DATE_NONE, p, DAY - 2, DAY + 2), ==, 1);
  g_assert_cmpint (overlaps (s, DAY, AISLE_DATE_NONE, p, DAY + 1, DAY + 2), ==, 0);
  g_assert_cmpint (overlaps (s, DAY, AISLE_DATE_NONE, s, DAY, AISLE_DATE_NONE), ==, 1);
  g_assert_cmpint (overlaps (s, DAY, AISLE_DATE_NONE, s, DAY - 1, AISLE_DATE_NONE), ==, 0);
  g_assert_cmpint (overlaps (s, DAY, DAY + 5, s, DAY + 5, AISLE_DATE_NONE), ==, 1);
}

static void
test_overlap_within_the_change (void)
{
  AisleGuardrailSettings settings = settings_default ();
  AisleProposedLine lines[] = { line_price (540), line_price (530), line_price (520) };
  lines[2].store = 1;
  g_autoptr (GArray) findings = aisle_guardrails_check (lines, 3, NULL, 0, &settings);
  g_assert_cmpuint (findings->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (g_array_index (findings, AisleFinding, i).line, ==, i);
      g_assert_cmpint (g_array_index (findings, AisleFinding, i).rule, ==, AISLE_RULE_OVERLAP);
    }
}

/* Several changes in the way are one finding, which names the first of them and counts the rest. */
static void
test_overlap_is_found_once (void)
{
  AisleGuardrailSettings settings = settings_default ();
  AisleProposedLine line = line_promotion (480);
  const AisleOtherChange others[] = {
    { 0, 0, AISLE_LINE_PROMOTION, DAY + 5, DAY + 9, 12 },
    { 0, 0, AISLE_LINE_PROMOTION, DAY - 5, DAY, 11 },
    { 0, 0, AISLE_LINE_PRICE, DAY + 2, AISLE_DATE_NONE, 13 },
  };
  g_autoptr (GArray) findings = aisle_guardrails_check (&line, 1, others, 3, &settings);
  g_assert_cmpuint (findings->len, ==, 1);
  const AisleFinding *finding = &g_array_index (findings, AisleFinding, 0);
  g_assert_cmpint (finding->value, ==, 11);
  g_assert_nonnull (strstr (finding->message, "2 more overlap"));
}

/* The same lines and others the other way round: the same messages line by line. */
static void
test_order_does_not_matter (void)
{
  enum
  {
    N = 60
  };
  AisleGuardrailSettings settings = settings_default ();
  AisleProposedLine lines[N], reversed[N];
  AisleOtherChange others[N], others_reversed[N];
  for (gsize i = 0; i < N; i++)
    {
      lines[i] =
          i % 2 ? line_price ((gint64) (300 + 17 * i)) : line_promotion ((gint64) (700 - 9 * i));
      lines[i].sku = i % 5;
      lines[i].store = i % 3;
      lines[i].from = DAY + (AisleDate) (i % 7);
      others[i] = (AisleOtherChange){
        i % 5,         i % 4, AISLE_LINE_PROMOTION, DAY + (AisleDate) i, DAY + (AisleDate) i + 3,
        (gint64) i + 1
      };
    }
  for (gsize i = 0; i < N; i++)
    {
      reversed[i] = lines[N - 1 - i];
      others_reversed[i] = others[N - 1 - i];
    }
  g_autoptr (GArray) a = aisle_guardrails_check (lines, N, others, N, &settings);
  g_autoptr (GArray) b = aisle_guardrails_check (reversed, N, others_reversed, N, &settings);
  g_assert_cmpuint (a->len, ==, b->len);
  g_assert_cmpuint (a->len, >, N / 2);
  for (gsize line = 0; line < N; line++)
    {
      guint i = 0, j = 0;
      while (i < a->len && g_array_index (a, AisleFinding, i).line < line)
        i++;
      while (j < b->len && g_array_index (b, AisleFinding, j).line < N - 1 - line)
        j++;
      for (; i < a->len && g_array_index (a, AisleFinding, i).line == line; i++, j++)
        g_assert_cmpstr (g_array_index (a, AisleFinding, i).message, ==,
                         g_array_index (b, AisleFinding, j).message);
    }
}

/* The floor price holds, and one unit less does not: against every tax, margin and cost tried. */
static void
test_floor_price_is_exact (void)
{
  static const gint64 taxes[] = { 0, 50000, 55000, 70000, 190000, 200000, 210000, 1000000 };
  AisleGuardrailSettings settings = settings_default ();
  settings.largest_step_ppm = -1;
  for (gsize t = 0; t < G_N_ELEMENTS (taxes); t++)
    for (gint64 margin = 0; margin < 1000000; margin += 83333)
      for (gint64 cost = 1; cost < 4000; cost += 97)
        {
          AisleProposedLine line = line_price (0);
          line.net_cost_minor = cost;
          line.tax_rate_ppm = taxes[t];
          line.before_minor = AISLE_AMOUNT_UNKNOWN;
          settings.min_margin_ppm = margin;
          line.after_minor = aisle_margin_floor_price (cost, taxes[t], margin);
          g_autofree char *at = find (&line, &settings);
          g_assert_cmpstr (at, ==, "");
          line.after_minor--;
          g_autofree char *below = find (&line, &settings);
          g_assert_true (
              g_str_has_prefix (below, line.after_minor > 0 ? "margin_floor!" : "price_"));
        }
}

static void
test_empty (void)
{
  AisleGuardrailSettings settings = settings_default ();
  g_autoptr (GArray) findings = aisle_guardrails_check (NULL, 0, NULL, 0, &settings);
  g_assert_cmpuint (findings->len, ==, 0);
}

/* Numbers that no shop has: an answer, and no overflow (the sanitizers watch). */
static void
test_huge (void)
{
  AisleGuardrailSettings settings = settings_default ();
  static const gint64 amounts[] = { G_MAXINT64, G_MAXINT64 / 2, 1, -1, G_MININT64 + 1 };
  for (gsize a = 0; a < G_N_ELEMENTS (amounts); a++)
    for (gsize b = 0; b < G_N_ELEMENTS (amounts); b++)
      for (gsize c = 0; c < G_N_ELEMENTS (amounts); c++)
        {
          AisleProposedLine line = line_promotion (amounts[a]);
          line.before_minor = amounts[b];
          line.net_cost_minor = amounts[c];
          g_autofree char *found = find (&line, &settings);
          g_assert_nonnull (found);
        }
}

static void
test_settings (void)
{
  g_autoptr (GError) error = NULL;
  AisleGuardrailSettings settings = settings_default ();
  g_assert_true (aisle_guardrail_settings_validate (&settings, &error));
  settings.min_margin_ppm = AISLE_RATE_ONE;
  g_assert_false (aisle_guardrail_settings_validate (&settings, &error));
  g_assert_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING);
  g_clear_error (&error);
  settings = settings_default ();
  settings.endings = (AislePriceEndings){ .modulus = 100, .endings = { 150 }, .n_endings = 1 };
  g_assert_false (aisle_guardrail_settings_validate (&settings, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pricing/guardrail/nothing-against-it", test_nothing_against_it);
  g_test_add_func ("/pricing/guardrail/price-positive", test_price_positive);
  g_test_add_func ("/pricing/guardrail/no-change", test_no_change);
  g_test_add_func ("/pricing/guardrail/margin-floor", test_margin_floor_to_the_penny);
  g_test_add_func ("/pricing/guardrail/margin-message", test_margin_message);
  g_test_add_func ("/pricing/guardrail/promotion-floor", test_promotion_has_its_own_floor);
  g_test_add_func ("/pricing/guardrail/largest-step", test_largest_step);
  g_test_add_func ("/pricing/guardrail/price-ending", test_price_ending);
  g_test_add_func ("/pricing/guardrail/minimum-advertised", test_minimum_advertised);
  g_test_add_func ("/pricing/guardrail/cooling-off", test_cooling_off);
  g_test_add_func ("/pricing/guardrail/start-before-end", test_start_before_end);
  g_test_add_func ("/pricing/guardrail/percent-range", test_percent_range);
  g_test_add_func ("/pricing/guardrail/prior-price", test_prior_price);
  g_test_add_func ("/pricing/guardrail/overlap-of-promotions", test_overlap_of_promotions);
  g_test_add_func ("/pricing/guardrail/overlap-with-prices", test_overlap_with_prices);
  g_test_add_func ("/pricing/guardrail/overlap-within-the-change", test_overlap_within_the_change);
  g_test_add_func ("/pricing/guardrail/overlap-is-found-once", test_overlap_is_found_once);
  g_test_add_func ("/pricing/guardrail/order-does-not-matter", test_order_does_not_matter);
  g_test_add_func ("/pricing/guardrail/floor-price-is-exact", test_floor_price_is_exact);
  g_test_add_func ("/pricing/guardrail/empty", test_empty);
  g_test_add_func ("/pricing/guardrail/huge", test_huge);
  g_test_add_func ("/pricing/guardrail/settings", test_settings);
  return g_test_run ();
}
