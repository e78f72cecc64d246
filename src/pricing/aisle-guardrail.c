/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-guardrail.h"

#include "aisle-decimal.h"
#include "aisle-percent-text-private.h"
#include "aisle-pricing-error.h"

__extension__ typedef __int128 Wide;

static const char *const rule_names[AISLE_N_PRICE_RULES] = {
  [AISLE_RULE_PRICE_POSITIVE] = "price_positive",
  [AISLE_RULE_NO_CHANGE] = "no_change",
  [AISLE_RULE_MARGIN_FLOOR] = "margin_floor",
  [AISLE_RULE_BELOW_COST] = "below_cost",
  [AISLE_RULE_LARGEST_STEP] = "largest_step",
  [AISLE_RULE_PRICE_ENDING] = "price_ending",
  [AISLE_RULE_MINIMUM_ADVERTISED_PRICE] = "minimum_advertised_price",
  [AISLE_RULE_COOLING_OFF] = "cooling_off",
  [AISLE_RULE_START_BEFORE_END] = "start_before_end",
  [AISLE_RULE_PERCENT_RANGE] = "percent_range",
  [AISLE_RULE_PRIOR_PRICE] = "prior_price",
  [AISLE_RULE_OVERLAP] = "overlap",
};

/* What a call works on. */
typedef struct
{
  const AisleGuardrailSettings *settings;
  GArray *findings;
  gsize line;
} Check;

/* A stretch of days that a line or another change claims. */
typedef struct
{
  gsize sku, store;
  AisleDate from, to;
  AisleLineKind kind;
  gint64 change_id; /* 0: a line of this change */
  gsize line;       /* that line */
} Claim;

static void
clear_finding (gpointer finding)
{
  g_clear_pointer (&((AisleFinding *) finding)->message, g_free);
}

/* Takes `message`. */
static void
add_finding (const Check *check, AislePriceRule rule, gint64 value, gint64 limit, char *message)
{
  AisleFinding finding = {
    .line = check->line,
    .rule = rule,
    .is_blocking = (check->settings->blocking_rules & (1u << rule)) != 0,
    .value = value,
    .limit = limit,
    .message = message,
  };
  g_array_append_val (check->findings, finding);
}

static char *
format_money (const Check *check, gint64 minor)
{
  return aisle_money_format (minor, check->settings->currency);
}

/* numerator / denominator in millionths, saturated; `denominator` > 0. */
static gint64
ratio_ppm (gint64 numerator, gint64 denominator)
{
  gint64 ppm;
  if (!aisle_decimal_multiply_divide (numerator, AISLE_RATE_ONE, denominator, AISLE_ROUND_HALF_UP,
                                      &ppm))
    return numerator < 0 ? -G_MAXINT64 : G_MAXINT64;
  return ppm;
}

static gboolean
has_before (const AisleProposedLine *line)
{
  return line->before_minor != AISLE_AMOUNT_UNKNOWN && line->before_minor > 0;
}

static gboolean
has_cost (const AisleProposedLine *line)
{
  return line->net_cost_minor != AISLE_AMOUNT_UNKNOWN;
}

static gint64
net_after (const AisleProposedLine *line)
{
  return aisle_money_net_from_gross (line->after_minor, MAX (line->tax_rate_ppm, 0));
}

/* (net - cost) / net >= margin, in whole numbers. */
static gboolean
holds_margin (gint64 net_minor, gint64 net_cost_minor, gint64 min_margin_ppm)
{
  return (Wide) net_minor * (AISLE_RATE_ONE - min_margin_ppm)
         >= (Wide) net_cost_minor * AISLE_RATE_ONE;
}

static void
check_no_change (const Check *check, const AisleProposedLine *line)
{
  if (line->kind != AISLE_LINE_PRICE || line->after_minor != line->before_minor)
    return;
  g_autofree char *price = format_money (check, line->after_minor);
  add_finding (check, AISLE_RULE_NO_CHANGE, line->after_minor, line->before_minor,
               g_strdup_printf (
                   "The price is %s already; leave this line out or give another price.", price));
}

static void
check_margin (const Check *check, const AisleProposedLine *line)
{
  gint64 floor_ppm = line->kind == AISLE_LINE_PROMOTION ? check->settings->min_promotion_margin_ppm
                                                        : check->settings->min_margin_ppm;
  gint64 net = net_after (line);
  if (floor_ppm < 0 || !has_cost (line) || holds_margin (net, line->net_cost_minor, floor_ppm))
    return;
  gint64 margin_ppm = net > 0 ? ratio_ppm (net - line->net_cost_minor, net) : -AISLE_RATE_ONE;
  g_autofree char *margin = aisle_percent_text (margin_ppm);
  g_autofree char *floor = aisle_percent_text (floor_ppm);
  g_autofree char *net_text = format_money (check, net);
  g_autofree char *cost = format_money (check, line->net_cost_minor);
  g_autofree char *lowest =
      format_money (check, aisle_margin_floor_price (line->net_cost_minor,
                                                     MAX (line->tax_rate_ppm, 0), floor_ppm));
  add_finding (check, AISLE_RULE_MARGIN_FLOOR, margin_ppm, floor_ppm,
               g_strdup_printf ("The margin would be %s (%s net, cost %s); the floor is %s, which "
                                "takes a shelf price of at least %s.",
                                margin, net_text, cost, floor, lowest));
}

static void
check_below_cost (const Check *check, const AisleProposedLine *line)
{
  gint64 net = net_after (line);
  if (!has_cost (line) || net >= line->net_cost_minor)
    return;
  g_autofree char *net_text = format_money (check, net);
  g_autofree char *cost = format_money (check, line->net_cost_minor);
  add_finding (
      check, AISLE_RULE_BELOW_COST, net, line->net_cost_minor,
      g_strdup_printf ("The price without tax, %s, lies below the cost of %s.", net_text, cost));
}

static void
check_step (const Check *check, const AisleProposedLine *line)
{
  gboolean is_promotion = line->kind == AISLE_LINE_PROMOTION;
  gint64 limit_ppm =
      is_promotion ? check->settings->largest_discount_ppm : check->settings->largest_step_ppm;
  if (limit_ppm < 0 || !has_before (line))
    return;
  Wide step = (Wide) line->after_minor - line->before_minor;
  if ((step < 0 ? -step : step) * AISLE_RATE_ONE <= (Wide) limit_ppm * line->before_minor)
    return;
  if (is_promotion && step > 0)
    return; /* percent_range speaks of that */
  gint64 step_ppm = ratio_ppm (line->after_minor - line->before_minor, line->before_minor);
  g_autofree char *before = format_money (check, line->before_minor);
  g_autofree char *after = format_money (check, line->after_minor);
  g_autofree char *moved = aisle_percent_text (ABS (step_ppm));
  g_autofree char *limit = aisle_percent_text (limit_ppm);
  add_finding (check, AISLE_RULE_LARGEST_STEP, step_ppm, limit_ppm,
               g_strdup_printf (
                   is_promotion ? "From %s to %s is %s off; the deepest promotion allowed is %s."
                                : "From %s to %s is a step of %s; the largest allowed is %s.",
                   before, after, moved, limit));
}

static void
check_ending (const Check *check, const AisleProposedLine *line)
{
  if (line->kind != AISLE_LINE_PRICE
      || aisle_price_has_ending (line->after_minor, &check->settings->endings))
    return;
  gint64 nearest = 0;
  aisle_price_round_to_ending (line->after_minor, &check->settings->endings, AISLE_ENDING_NEAREST,
                               1, G_MAXINT64, &nearest);
  g_autofree char *after = format_money (check, line->after_minor);
  g_autofree char *near_text = format_money (check, nearest);
  add_finding (
      check, AISLE_RULE_PRICE_ENDING, line->after_minor, nearest,
      g_strdup_printf ("%s does not have one of the price endings in use; the nearest price "
                       "that does is %s.",
                       after, near_text));
}

static void
check_minimum_advertised (const Check *check, const AisleProposedLine *line)
{
  if (line->minimum_advertised_minor == AISLE_AMOUNT_UNKNOWN
      || line->after_minor >= line->minimum_advertised_minor)
    return;
  g_autofree char *after = format_money (check, line->after_minor);
  g_autofree char *minimum = format_money (check, line->minimum_advertised_minor);
  add_finding (
      check, AISLE_RULE_MINIMUM_ADVERTISED_PRICE, line->after_minor, line->minimum_advertised_minor,
      g_strdup_printf ("%s lies below the minimum advertised price of %s.", after, minimum));
}

static void
check_cooling_off (const Check *check, const AisleProposedLine *line)
{
  int limit = check->settings->cooling_off_days;
  if (line->kind != AISLE_LINE_PRICE || limit <= 0 || !aisle_date_is_valid (line->from)
      || !aisle_date_is_valid (line->last_change) || line->from - line->last_change >= limit)
    return;
  char last[AISLE_DATE_TEXT_SIZE], first[AISLE_DATE_TEXT_SIZE];
  add_finding (
      check, AISLE_RULE_COOLING_OFF, line->from - line->last_change, limit,
      g_strdup_printf ("The price last changed on %s; with %d days of cooling off the next "
                       "change is due from %s.",
                       aisle_date_format_iso (line->last_change, last), limit,
                       aisle_date_format_iso (line->last_change + limit, first)));
}

static void
check_dates (const Check *check, const AisleProposedLine *line)
{
  char from[AISLE_DATE_TEXT_SIZE], to[AISLE_DATE_TEXT_SIZE];
  char *message = NULL;
  if (!aisle_date_is_valid (line->from))
    message = g_strdup ("No first day is given; give one.");
  else if (line->kind == AISLE_LINE_PROMOTION && !aisle_date_is_valid (line->to))
    message = g_strdup ("A promotion needs a last day; give one.");
  else if (aisle_date_is_valid (line->to) && line->to < line->from)
    message = g_strdup_printf ("It would end on %s, before it starts on %s.",
                               aisle_date_format_iso (line->to, to),
                               aisle_date_format_iso (line->from, from));
  if (message)
    add_finding (check, AISLE_RULE_START_BEFORE_END, line->from, line->to, message);
}

static void
check_percent_range (const Check *check, const AisleProposedLine *line)
{
  if (line->kind != AISLE_LINE_PROMOTION)
    return;
  gint64 percent = line->percent_off_ppm;
  if (percent != AISLE_AMOUNT_UNKNOWN && (percent <= 0 || percent >= AISLE_RATE_ONE))
    {
      g_autofree char *shown = aisle_percent_text (percent);
      add_finding (check, AISLE_RULE_PERCENT_RANGE, percent, AISLE_RATE_ONE,
                   g_strdup_printf (
                       "%s off is no discount; give more than 0 %% and less than 100 %%.", shown));
    }
  else if (has_before (line) && line->after_minor >= line->before_minor)
    {
      g_autofree char *before = format_money (check, line->before_minor);
      g_autofree char *after = format_money (check, line->after_minor);
      add_finding (
          check, AISLE_RULE_PERCENT_RANGE, line->after_minor, line->before_minor,
          g_strdup_printf ("The promotion's price of %s does not lie below the shelf price of "
                           "%s.",
                           after, before));
    }
}

static void
check_prior_price (const Check *check, const AisleProposedLine *line)
{
  gboolean is_announced = line->kind == AISLE_LINE_PROMOTION || line->is_announced;
  if (!check->settings->checks_prior_price || !is_announced || !aisle_date_is_valid (line->from))
    return;
  AislePriorPrice prior =
      aisle_prior_price (line->history, line->history ? line->n_history : 0, line->from,
                         line->after_minor, &check->settings->prior_price);
  if (prior.is_genuine_reduction)
    return;
  int days = check->settings->prior_price.window_days;
  g_autofree char *after = format_money (check, line->after_minor);
  if (!prior.is_known)
    {
      /* Nothing speaks against it and nothing proves it: a person has to say where the price is
       * from. */
      add_finding (check, AISLE_RULE_PRIOR_PRICE, line->after_minor, AISLE_AMOUNT_UNKNOWN,
                   g_strdup_printf ("No price is known for the %d days before; a reduction to %s "
                                    "cannot be shown against one.",
                                    days, after));
      g_array_index (check->findings, AisleFinding, check->findings->len - 1).is_blocking = FALSE;
      return;
    }
  char day[AISLE_DATE_TEXT_SIZE];
  g_autofree char *lowest = format_money (check, prior.prior_minor);
  add_finding (
      check, AISLE_RULE_PRIOR_PRICE, line->after_minor, prior.prior_minor,
      g_strdup_printf ("%s is no reduction: the lowest price of the %d days before was %s, on "
                       "%s. Go below it, or do not announce a reduction.",
                       after, days, lowest, aisle_date_format_iso (prior.applied_on, day)));
}

static int
compare_claims (gconstpointer a, gconstpointer b)
{
  const Claim *x = a, *y = b;
  if (x->sku != y->sku)
    return x->sku < y->sku ? -1 : 1;
  if (x->store != y->store)
    return x->store < y->store ? -1 : 1;
  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  if (x->change_id != y->change_id)
    return x->change_id < y->change_id ? -1 : 1;
  return x->line < y->line ? -1 : x->line > y->line;
}

/* A shelf price without an end claims the day on which it starts: another one later replaces it. */
static gboolean
make_claim (gsize sku, gsize store, AisleLineKind kind, AisleDate from, AisleDate to, Claim *claim)
{
  if (!aisle_date_is_valid (from))
    return FALSE;
  gboolean has_end = aisle_date_is_valid (to) && to >= from;
  /* Another promotion without an end claims all days: older ones may come from a store system. */
  AisleDate open_end = kind == AISLE_LINE_PROMOTION ? AISLE_DATE_MAX : from;
  *claim = (Claim){
    .sku = sku, .store = store, .from = from, .to = has_end ? to : open_end, .kind = kind
  };
  return TRUE;
}

static GArray *
collect_claims (const AisleProposedLine *lines,
                gsize n_lines,
                const AisleOtherChange *others,
                gsize n_others)
{
  GArray *claims = g_array_sized_new (FALSE, FALSE, sizeof (Claim), (guint) (n_lines + n_others));
  Claim claim;
  for (gsize i = 0; i < n_lines; i++)
    if (make_claim (lines[i].sku, lines[i].store, lines[i].kind, lines[i].from, lines[i].to,
                    &claim))
      {
        claim.line = i;
        g_array_append_val (claims, claim);
      }
  for (gsize i = 0; i < n_others; i++)
    if (make_claim (others[i].sku, others[i].store, others[i].kind, others[i].from, others[i].to,
                    &claim))
      {
        claim.change_id = others[i].change_id;
        claim.line = n_lines + i; /* no line of this change */
        g_array_append_val (claims, claim);
      }
  g_array_sort (claims, compare_claims);
  return claims;
}

/* `n_more`: further claims that overlap beside `other`, the first of them. */
static void
add_overlap (const Check *check,
             const Claim *own,
             const Claim *other,
             gboolean is_same_change,
             guint n_more)
{
  char from[AISLE_DATE_TEXT_SIZE], to[AISLE_DATE_TEXT_SIZE];
  AisleDate first = MAX (own->from, other->from), last = MIN (own->to, other->to);
  const char *what = other->kind == AISLE_LINE_PROMOTION ? "promotion" : "price";
  aisle_date_format_iso (first, from);
  aisle_date_format_iso (last, to);
  g_autofree char *days =
      first == last ? g_strdup_printf ("on %s", from) : g_strdup_printf ("from %s to %s", from, to);
  g_autofree char *who = is_same_change
                             ? g_strdup ("Another line of this change")
                             : g_strdup_printf ("Change %" G_GINT64_FORMAT, other->change_id);
  g_autofree char *more =
      n_more == 0 ? g_strdup ("") : g_strdup_printf (" (%u more overlap too)", n_more);
  add_finding (
      check, AISLE_RULE_OVERLAP, other->change_id, first,
      g_strdup_printf ("%s sets a %s for the same product and store %s%s; move the dates or "
                       "take one of them out.",
                       who, what, days, more));
}

/* The first claim of the product and store that `key` names. */
static guint
find_group (const GArray *claims, const Claim *key)
{
  guint low = 0, high = claims->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const Claim *claim = &g_array_index (claims, Claim, middle);
      if (claim->sku < key->sku || (claim->sku == key->sku && claim->store < key->store))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
check_overlap (const Check *check,
               const AisleProposedLine *line,
               const GArray *claims,
               gsize n_lines)
{
  Claim own;
  if (!make_claim (line->sku, line->store, line->kind, line->from, line->to, &own))
    return;
  if (line->kind == AISLE_LINE_PROMOTION && own.to == AISLE_DATE_MAX)
    own.to = own.from; /* start_before_end asks for the end */
  const Claim *first = NULL;
  guint n_overlaps = 0;
  for (guint i = find_group (claims, &own); i < claims->len; i++)
    {
      const Claim *other = &g_array_index (claims, Claim, i);
      if (other->sku != own.sku || other->store != own.store || other->from > own.to)
        break;
      if (other->to < own.from || other->line == check->line)
        continue;
      if (!first)
        first = other;
      n_overlaps++;
    }
  if (first)
    add_overlap (check, &own, first, first->line < n_lines, n_overlaps - 1);
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const AisleFinding *x = a, *y = b;
  if (x->line != y->line)
    return x->line < y->line ? -1 : 1;
  if (x->rule != y->rule)
    return x->rule < y->rule ? -1 : 1;
  return 0; /* a rule finds once on a line */
}

static void
check_line (const Check *check, const AisleProposedLine *line)
{
  check_dates (check, line);
  check_percent_range (check, line);
  if (line->after_minor <= 0)
    {
      add_finding (check, AISLE_RULE_PRICE_POSITIVE, line->after_minor, 1,
                   g_strdup ("The price is not above 0; give a price."));
      return; /* what follows makes sense of a price only */
    }
  check_no_change (check, line);
  check_margin (check, line);
  check_below_cost (check, line);
  check_step (check, line);
  check_ending (check, line);
  check_minimum_advertised (check, line);
  check_cooling_off (check, line);
  check_prior_price (check, line);
}

const char *
aisle_price_rule_to_text (AislePriceRule rule)
{
  return (int) rule >= 0 && rule < AISLE_N_PRICE_RULES ? rule_names[rule] : NULL;
}

void
aisle_guardrail_settings_init (AisleGuardrailSettings *settings, const char *currency)
{
  const guint all = (1u << AISLE_N_PRICE_RULES) - 1;
  *settings = (AisleGuardrailSettings){
    .min_margin_ppm = 100000,
    .min_promotion_margin_ppm = 0,
    .largest_step_ppm = 300000,
    .largest_discount_ppm = 500000,
    .endings = { .modulus = 100 },
    .cooling_off_days = 7,
    .checks_prior_price = TRUE,
    .prior_price = AISLE_PRIOR_PRICE_OPTIONS_DEFAULT,
    .blocking_rules = all
                      & ~((1u << AISLE_RULE_NO_CHANGE) | (1u << AISLE_RULE_PRICE_ENDING)
                          | (1u << AISLE_RULE_COOLING_OFF)),
  };
  g_strlcpy (settings->currency, currency ? currency : "", sizeof settings->currency);
}

gboolean
aisle_guardrail_settings_validate (const AisleGuardrailSettings *settings, GError **error)
{
  const char *wrong = NULL;
  if (settings->min_margin_ppm >= AISLE_RATE_ONE
      || settings->min_promotion_margin_ppm >= AISLE_RATE_ONE)
    wrong = "a margin floor must lie below 100 %";
  else if (settings->largest_discount_ppm > AISLE_RATE_ONE)
    wrong = "the deepest discount must not be above 100 %";
  else if (settings->cooling_off_days < 0)
    wrong = "the days of cooling off must not be below 0";
  else if (settings->prior_price.window_days < 1)
    wrong = "the prior price needs a window of at least one day; the law asks for 30";
  else if (settings->endings.n_endings > AISLE_PRICE_MAX_ENDINGS)
    wrong = "there are too many price endings";
  for (gsize i = 0; !wrong && i < settings->endings.n_endings; i++)
    if (settings->endings.endings[i] < 0
        || settings->endings.endings[i] >= settings->endings.modulus)
      wrong = "a price ending does not fit its number of digits";
  if (wrong)
    g_set_error_literal (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING, wrong);
  return wrong == NULL;
}

GArray *
aisle_guardrails_check (const AisleProposedLine *lines,
                        gsize n_lines,
                        const AisleOtherChange *others,
                        gsize n_others,
                        const AisleGuardrailSettings *settings)
{
  GArray *findings = g_array_new (FALSE, FALSE, sizeof (AisleFinding));
  g_array_set_clear_func (findings, clear_finding);
  g_autoptr (GArray) claims = collect_claims (lines, n_lines, others, n_others);
  for (gsize i = 0; i < n_lines; i++)
    {
      Check check = { .settings = settings, .findings = findings, .line = i };
      check_line (&check, &lines[i]);
      check_overlap (&check, &lines[i], claims, n_lines);
    }
  g_array_sort (findings, compare_findings);
  return findings;
}

gint64
aisle_margin_floor_price (gint64 net_cost_minor, gint64 tax_rate_ppm, gint64 min_margin_ppm)
{
  g_return_val_if_fail (min_margin_ppm < AISLE_RATE_ONE && tax_rate_ppm >= 0, 0);

  if (net_cost_minor <= 0)
    return 1;
  /* The least net price first, rounded up; then the least gross price that rounds to it or above.
   */
  gint64 share = AISLE_RATE_ONE - min_margin_ppm;
  Wide least_net = ((Wide) net_cost_minor * AISLE_RATE_ONE + share - 1) / share;
  if (least_net > G_MAXINT64 / 64)
    return G_MAXINT64;
  gint64 net = (gint64) least_net;
  gint64 gross = aisle_money_gross_from_net (net, tax_rate_ppm);
  while (gross > 1 && aisle_money_net_from_gross (gross - 1, tax_rate_ppm) >= net)
    gross--;
  while (gross < G_MAXINT64 && aisle_money_net_from_gross (gross, tax_rate_ppm) < net)
    gross++;
  return gross;
}
