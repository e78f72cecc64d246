/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-search.h"

#include <math.h>

__extension__ typedef __int128 Wide;

/* Up to so many allowed prices are all tried; of more, evenly spread ones first and then those
 * around the best of them. All four objectives have one peak in the price, so that nothing is
 * missed but a tie that net prices rounded to minor units make. */
#define MAX_TRIED 4096

static const char *const objective_names[AISLE_N_OBJECTIVES] = { "margin", "revenue", "units",
                                                                 "clear" };

const char *
aisle_objective_to_text (AisleObjective objective)
{
  return (int) objective >= 0 && objective < AISLE_N_OBJECTIVES ? objective_names[objective] : NULL;
}

gboolean
aisle_objective_from_text (const char *text, AisleObjective *objective)
{
  for (int i = 0; i < AISLE_N_OBJECTIVES; i++)
    if (g_strcmp0 (objective_names[i], text) == 0)
      {
        *objective = (AisleObjective) i;
        return TRUE;
      }
  return FALSE;
}

AislePriceBounds
aisle_price_bounds_open (void)
{
  return (AislePriceBounds){ 1, AISLE_PRICE_MAX, "price_positive", "price_positive" };
}

void
aisle_price_bounds_at_least (AislePriceBounds *bounds, gint64 price_minor, const char *rule)
{
  if (price_minor <= bounds->lower_minor)
    return;
  bounds->lower_minor = price_minor;
  bounds->lower_rule = rule;
}

void
aisle_price_bounds_at_most (AislePriceBounds *bounds, gint64 price_minor, const char *rule)
{
  if (price_minor >= bounds->upper_minor)
    return;
  bounds->upper_minor = price_minor;
  bounds->upper_rule = rule;
}

void
aisle_price_bounds_step (AislePriceBounds *bounds, gint64 before_minor, gint64 step_ppm)
{
  Wide least = (Wide) before_minor * (AISLE_RATE_ONE - step_ppm);
  Wide most = (Wide) before_minor * (AISLE_RATE_ONE + step_ppm) / AISLE_RATE_ONE;
  if (least > 0)
    aisle_price_bounds_at_least (bounds, (gint64) ((least + AISLE_RATE_ONE - 1) / AISLE_RATE_ONE),
                                 aisle_price_rule_to_text (AISLE_RULE_LARGEST_STEP));
  if (most < AISLE_PRICE_MAX)
    aisle_price_bounds_at_most (bounds, (gint64) most,
                                aisle_price_rule_to_text (AISLE_RULE_LARGEST_STEP));
}

/* What a price is worth: the objective, and what decides between equals. */
typedef struct
{
  double first;
  double second;
} Worth;

static Worth
value_price (const AislePriceSearch *search, gint64 price_minor)
{
  double ratio = (double) price_minor / (double) search->before_minor;
  double units =
      MIN (search->baseline_units * pow (ratio, search->elasticity), search->stock_units);
  double net = (double) aisle_money_net_from_gross (price_minor, search->tax_rate_ppm);
  double revenue = units * net;
  double margin = search->net_cost_minor == AISLE_AMOUNT_UNKNOWN
                      ? revenue
                      : units * (net - (double) search->net_cost_minor);
  switch (search->objective)
    {
    case AISLE_OBJECTIVE_REVENUE:
      return (Worth){ revenue, margin };
    case AISLE_OBJECTIVE_UNITS:
      return (Worth){ units, margin };
    case AISLE_OBJECTIVE_CLEAR:
      return (Worth){ units, revenue };
    case AISLE_OBJECTIVE_MARGIN:
    case AISLE_N_OBJECTIVES:
      break;
    }
  return (Worth){ margin, units };
}

static gboolean
is_better (Worth a, Worth b)
{
  return a.first > b.first || (a.first == b.first && a.second > b.second);
}

/* The best of the numbers first, first + step .. last, and last. */
static gint64
find_best (const AislePriceSearch *search, gint64 first, gint64 last, gint64 step)
{
  gint64 best = first;
  Worth best_worth = value_price (search, aisle_price_ending_at (first, search->endings));
  for (gint64 i = first; i < last;)
    {
      i = last - i > step ? i + step : last;
      Worth worth = value_price (search, aisle_price_ending_at (i, search->endings));
      if (is_better (worth, best_worth))
        {
          best = i;
          best_worth = worth;
        }
    }
  return best;
}

gboolean
aisle_price_search (const AislePriceSearch *search, gint64 *price_minor, double *value)
{
  gint64 lower = MAX (search->bounds.lower_minor, 1);
  gint64 upper = MIN (search->bounds.upper_minor, AISLE_PRICE_MAX);
  if (search->before_minor <= 0 || lower > upper)
    return FALSE;
  gint64 first = aisle_price_ending_index (lower, search->endings);
  gint64 last = aisle_price_ending_index (upper + 1, search->endings) - 1;
  if (first > last)
    return FALSE;

  gint64 step = (last - first) / MAX_TRIED + 1;
  gint64 best = find_best (search, first, last, step);
  while (step > 1)
    {
      gint64 from = MAX (best - step, first), to = MIN (best + step, last);
      step = (to - from) / MAX_TRIED + 1;
      best = find_best (search, from, to, step);
    }
  *price_minor = aisle_price_ending_at (best, search->endings);
  if (value)
    *value = value_price (search, *price_minor).first;
  return TRUE;
}
