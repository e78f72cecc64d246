/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-prior-price.h"

#include "aisle-decimal.h"
#include "aisle-money.h"

/* Directive 98/6/EC as amended by (EU) 2019/2161, article 6a: (1) and (2) the lowest price applied
 * during a period not shorter than 30 days before the reduction; (5) for a progressively increasing
 * reduction the price before its first step. The percentage goes by the prior price, never by the
 * last one: Court of Justice, C-330/23 of 26 September 2024. */

static gboolean
is_price (const AislePriceEntry *entry)
{
  return entry->price_minor > 0 && aisle_date_is_valid (entry->from);
}

/* The entry in force at the start of `day`: the latest that began on or before it. NULL: none. */
static const AislePriceEntry *
entry_in_force (const AislePriceEntry *history, gsize n_entries, AisleDate day)
{
  const AislePriceEntry *best = NULL;
  for (gsize i = 0; i < n_entries; i++)
    if (is_price (&history[i]) && history[i].from <= day
        && (!best || history[i].from >= best->from))
      best = &history[i];
  return best;
}

static void
take_lower (AislePriorPrice *prior, gint64 price_minor, AisleDate day)
{
  if (!prior->is_known || price_minor < prior->prior_minor
      || (price_minor == prior->prior_minor && day < prior->applied_on))
    {
      prior->prior_minor = price_minor;
      prior->applied_on = day;
    }
  prior->is_known = TRUE;
}

/* The lowest price in the window that ends the day before `start`. */
static AislePriorPrice
find_lowest (const AislePriceEntry *history, gsize n_entries, AisleDate start, int window_days)
{
  AislePriorPrice prior = {
    .applied_on = AISLE_DATE_NONE,
    .window_from = start - window_days,
    .window_to = start - 1,
  };
  AisleDate first_covered = start;

  /* A price that began on the window's first day has replaced the one before it. */
  const AislePriceEntry *standing = entry_in_force (history, n_entries, prior.window_from);
  if (standing)
    {
      take_lower (&prior, standing->price_minor, prior.window_from);
      first_covered = prior.window_from;
    }
  for (gsize i = 0; i < n_entries; i++)
    if (is_price (&history[i]) && history[i].from >= prior.window_from
        && history[i].from <= prior.window_to)
      {
        take_lower (&prior, history[i].price_minor, history[i].from);
        first_covered = MIN (first_covered, history[i].from);
      }
  prior.days_covered = start - first_covered;
  return prior;
}

/* The lowest price that an entry of exactly this day sets, 0 where there is none; and the highest.
 */
static gint64
price_set_on (const AislePriceEntry *history, gsize n_entries, AisleDate day, gint64 *highest)
{
  gint64 lowest = 0;
  *highest = 0;
  for (gsize i = 0; i < n_entries; i++)
    if (is_price (&history[i]) && history[i].from == day)
      {
        lowest = lowest == 0 ? history[i].price_minor : MIN (lowest, history[i].price_minor);
        *highest = MAX (*highest, history[i].price_minor);
      }
  return lowest;
}

/* The first day after `day` and before `end` on which an entry begins; `end` where there is none.
 */
static AisleDate
next_entry_day (const AislePriceEntry *history, gsize n_entries, AisleDate day, AisleDate end)
{
  AisleDate next = end;
  for (gsize i = 0; i < n_entries; i++)
    if (is_price (&history[i]) && history[i].from > day && history[i].from < next)
      next = history[i].from;
  return next;
}

/* Since the campaign's start each price lies below the one before, and the new one below them all.
 */
static gboolean
is_unbroken_series (const AislePriceEntry *history,
                    gsize n_entries,
                    AisleDate campaign_start,
                    AisleDate reduction_from,
                    gint64 new_price_minor)
{
  const AislePriceEntry *before = entry_in_force (history, n_entries, campaign_start - 1);
  if (!before || campaign_start >= reduction_from)
    return FALSE;
  gint64 last = before->price_minor;
  gboolean has_first_cut = FALSE;
  for (AisleDate day = next_entry_day (history, n_entries, campaign_start - 1, reduction_from);
       day < reduction_from; day = next_entry_day (history, n_entries, day, reduction_from))
    {
      gint64 highest;
      gint64 price = price_set_on (history, n_entries, day, &highest);
      if (highest > last || (highest == last && day == campaign_start))
        return FALSE;
      has_first_cut |= day == campaign_start;
      last = price;
    }
  return has_first_cut && new_price_minor < last;
}

AislePriorPrice
aisle_prior_price (const AislePriceEntry *history,
                   gsize n_entries,
                   AisleDate reduction_from,
                   gint64 new_price_minor,
                   const AislePriorPriceOptions *options)
{
  static const AislePriorPriceOptions defaults = { .window_days = 30,
                                                   .campaign_start = AISLE_DATE_NONE };
  if (!options)
    options = &defaults;
  int window_days = CLAMP (options->window_days, 1, 3660);

  AislePriorPrice prior = { .applied_on = AISLE_DATE_NONE,
                            .window_from = AISLE_DATE_NONE,
                            .window_to = AISLE_DATE_NONE };
  if (!aisle_date_is_valid (reduction_from) || !history)
    return prior;

  gboolean is_progressive = aisle_date_is_valid (options->campaign_start)
                            && is_unbroken_series (history, n_entries, options->campaign_start,
                                                   reduction_from, new_price_minor);
  prior = find_lowest (history, n_entries,
                       is_progressive ? options->campaign_start : reduction_from, window_days);
  prior.is_progressive = is_progressive && prior.is_known;
  prior.is_genuine_reduction =
      prior.is_known && new_price_minor > 0 && new_price_minor < prior.prior_minor;
  if (prior.is_genuine_reduction)
    aisle_decimal_multiply_divide (prior.prior_minor - new_price_minor, AISLE_RATE_ONE,
                                   prior.prior_minor, AISLE_ROUND_HALF_UP,
                                   &prior.percent_shown_ppm);
  return prior;
}
