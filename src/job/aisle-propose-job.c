/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-propose-job.h"

#include "aisle-change-draft.h"
#include "aisle-change-permission.h"
#include "aisle-forecast-lookup.h"
#include "aisle-guardrail-settings.h"
#include "aisle-job-error.h"
#include "aisle-price-effect-json.h"
#include "aisle-range.h"
#include "aisle-shelf-terms-private.h"

#include <math.h>

#define MILLI 1000

/* One store's proposals that change something, with what they are about. */
typedef struct
{
  const AisleShelfRow *facts;
  gint64 after_minor;
  char *reason;
  char *expected;
  double weight; /* how telling: money at stake */
  AislePriceEffect effect;
} Pick;

static void
pick_clear_cb (gpointer data)
{
  Pick *pick = data;
  g_free (pick->reason);
  g_free (pick->expected);
}

void
aisle_propose_result_clear (AisleProposeResult *result)
{
  g_clear_pointer (&result->change_ids, g_array_unref);
}

static AislePriceSituation
situation_of (const AisleShelfRow *facts, AisleForecastLookup *forecast, AisleDate today, int days)
{
  double mean, sd;
  aisle_forecast_lookup_sum (forecast, facts->store_id, facts->product_id, today, days, &mean, &sd);
  return (AislePriceSituation){ .sku = (gsize) facts->product_id,
                                .store = (gsize) facts->store_id,
                                .price_minor = aisle_shelf_amount (facts->price_minor),
                                .net_cost_minor = aisle_shelf_amount (facts->net_cost_minor),
                                .tax_rate_ppm = aisle_shelf_tax_rate (facts),
                                .minimum_advertised_minor = AISLE_AMOUNT_UNKNOWN,
                                .on_hand_milli = aisle_shelf_amount (facts->on_hand_milli),
                                .daily_units = mean / days,
                                .horizon_sd = sd,
                                .elasticity = NAN,
                                .elasticity_se = NAN,
                                .last_change = facts->last_price_change,
                                .is_locked = facts->has_open_change || !facts->is_ranged };
}

/* Money at stake: what lies in stock beyond the first cover band, at cost, where the price is to
 * clear it; else what the margin would change. Not the other way round: ranked by the margin that
 * clearing costs, the best sellers would be cut first. */
static double
weigh (const AislePriceProposal *proposal,
       const AisleShelfRow *facts,
       const AisleProposalSettings *settings)
{
  if (proposal->reason == AISLE_PROPOSAL_CLEAR_OVERSTOCK && settings->n_bands > 0
      && facts->on_hand_milli != AISLE_SHELF_UNKNOWN)
    {
      double units = MAX (0, (double) facts->on_hand_milli / MILLI);
      double wanted = settings->bands[0].cover_weeks;
      double over =
          isinf (proposal->cover_weeks) ? 1 : 1 - wanted / MAX (proposal->cover_weeks, wanted);
      double value = facts->net_cost_minor == AISLE_SHELF_UNKNOWN ? (double) proposal->before_minor
                                                                  : (double) facts->net_cost_minor;
      return units * over * value;
    }
  double margin = fabs (proposal->effect.margin_change.mean);
  return isnan (margin) ? 0 : margin;
}

/* What selling sooner frees: the margin that a lower price costs is only one side of clearing. ""
 * where it cannot be told or is nothing. */
static char *
describe_freed (const AislePriceProposal *proposal, const AisleShelfRow *facts, int days)
{
  double units = proposal->effect.units_change.mean;
  if (proposal->reason != AISLE_PROPOSAL_CLEAR_OVERSTOCK
      || facts->net_cost_minor == AISLE_SHELF_UNKNOWN || isnan (units))
    return g_strdup ("");
  gint64 freed = (gint64) round (units * (double) facts->net_cost_minor);
  if (freed <= 0)
    return g_strdup ("");
  g_autofree char *amount_text = aisle_money_format (freed, facts->currency);
  return g_strdup_printf (
      " About %s of stock, at cost, then sells within %d days instead of staying.", amount_text,
      days);
}

/* "Clear overstock: The stock covers ..." */
static char *
describe_reason (const AislePriceProposal *proposal, const AisleShelfRow *facts, int days)
{
  g_autofree char *rule =
      g_strdelimit (g_strdup (aisle_proposal_reason_to_text (proposal->reason)), "_", ' ');
  g_autofree char *freed = describe_freed (proposal, facts, days);
  rule[0] = g_ascii_toupper (rule[0]);
  return g_strdup_printf ("%s: %s%s", rule, proposal->sentence, freed);
}

static void
pick_from_store (GPtrArray *facts,
                 AisleForecastLookup *forecast,
                 const AisleProposalSettings *settings,
                 AisleProposeResult *result,
                 GArray *picks)
{
  g_autofree AislePriceSituation *situations = g_new (AislePriceSituation, MAX (facts->len, 1));
  for (guint i = 0; i < facts->len; i++)
    situations[i] =
        situation_of (facts->pdata[i], forecast, settings->from, settings->horizon_days);
  g_autoptr (GArray) proposals = aisle_propose_prices (situations, facts->len, settings);
  result->n_looked_at += proposals->len;
  for (guint i = 0; i < proposals->len; i++)
    {
      const AislePriceProposal *proposal = &g_array_index (proposals, AislePriceProposal, i);
      if (proposal->reason == AISLE_PROPOSAL_CLASH)
        result->n_clashes++;
      if (proposal->after_minor == AISLE_AMOUNT_UNKNOWN
          || proposal->after_minor == proposal->before_minor)
        continue;
      const AisleShelfRow *row = facts->pdata[proposal->situation];
      Pick pick = { .facts = row,
                    .after_minor = proposal->after_minor,
                    .reason = describe_reason (proposal, row, settings->horizon_days),
                    .expected =
                        aisle_price_effect_to_json (&proposal->effect, settings->horizon_days),
                    .weight = weigh (proposal, row, settings),
                    .effect = proposal->effect };
      g_array_append_val (picks, pick);
    }
}

static gint
compare_weights_cb (gconstpointer a, gconstpointer b)
{
  const Pick *left = a, *right = b;
  if (left->weight != right->weight)
    return left->weight < right->weight ? 1 : -1;
  int by_store = g_strcmp0 (left->facts->store, right->facts->store);
  return by_store != 0 ? by_store : g_strcmp0 (left->facts->sku, right->facts->sku);
}

static gint
compare_places_cb (gconstpointer a, gconstpointer b)
{
  const Pick *left = a, *right = b;
  int by_store = g_strcmp0 (left->facts->store, right->facts->store);
  return by_store != 0 ? by_store : g_strcmp0 (left->facts->sku, right->facts->sku);
}

static void
add_up (double *sum, double part)
{
  if (!isnan (part))
    *sum += part;
}

/* Writes the picks begin .. end-1, all of one store, as a draft. */
static gboolean
write_draft (AisleWorkspace *workspace,
             const AislePerson *author,
             const AisleProposeOptions *options,
             const AisleProposalSettings *settings,
             const GArray *picks,
             guint begin,
             guint end,
             AisleProposeResult *result,
             GError **error)
{
  const AisleShelfRow *first = g_array_index (picks, Pick, begin).facts;
  g_autoptr (AisleChange) change = aisle_change_new ();
  change->kind = AISLE_CHANGE_PRICE;
  change->from_day = settings->from;
  change->objective = g_strdup (aisle_objective_to_text (options->objective));
  change->title = end - begin == 1
                      ? g_strdup_printf ("Proposed price for %s in %s", first->sku, first->store)
                      : g_strdup_printf ("Proposed prices in %s", first->store);
  for (guint i = begin; i < end; i++)
    {
      const Pick *pick = &g_array_index (picks, Pick, i);
      AisleChangeLine *line = aisle_change_add_line (change);
      line->product_id = pick->facts->product_id;
      line->store_id = pick->facts->store_id;
      line->sku = g_strdup (pick->facts->sku);
      line->store = g_strdup (pick->facts->store);
      g_strlcpy (line->currency, pick->facts->currency, sizeof line->currency);
      line->before_minor = pick->facts->price_minor;
      line->after_minor = pick->after_minor;
      line->reason = g_strdup (pick->reason);
      line->expected = g_strdup (pick->expected);
      add_up (&result->units, pick->effect.units_change.mean);
      add_up (&result->revenue, pick->effect.revenue_change.mean);
      add_up (&result->margin, pick->effect.margin_change.mean);
    }
  if (!aisle_change_draft_save (workspace, author, change, error))
    return FALSE;
  g_array_append_val (result->change_ids, change->id);
  result->n_lines += end - begin;
  return TRUE;
}

static gboolean
write_drafts (AisleWorkspace *workspace,
              const AislePerson *author,
              const AisleProposeOptions *options,
              const AisleProposalSettings *settings,
              GArray *picks,
              AisleProposeResult *result,
              GError **error)
{
  gsize most = options->max_lines > 0 ? options->max_lines : AISLE_PROPOSE_MAX_LINES;
  g_array_sort (picks, compare_weights_cb);
  if (picks->len > most)
    {
      result->n_left_out = picks->len - most;
      g_array_set_size (picks, (guint) most);
    }
  g_array_sort (picks, compare_places_cb);
  guint begin = 0;
  while (begin < picks->len)
    {
      gint64 store = g_array_index (picks, Pick, begin).facts->store_id;
      guint end = begin;
      while (end < picks->len && g_array_index (picks, Pick, end).facts->store_id == store)
        end++;
      if (!write_draft (workspace, author, options, settings, picks, begin, end, result, error))
        return FALSE;
      begin = end;
    }
  return TRUE;
}

/* The store that was asked for; else those in the totals that the author is for. A store asked for
 * that is not the author's is refused when the draft is written. */
static gboolean
is_wanted (const AisleRangeStore *store,
           const AislePerson *author,
           const AisleProposeOptions *options)
{
  if (options->store_id != 0)
    return store->id == options->store_id;
  return store->in_totals && aisle_person_covers_store (author, store->code);
}

static gboolean
gather_picks (AisleWorkspace *workspace,
              const AislePerson *author,
              const AisleProposeOptions *options,
              AisleForecastLookup *forecast,
              AisleProposalSettings *settings,
              const AisleProgress *progress,
              GPtrArray *kept,
              GArray *picks,
              AisleProposeResult *result,
              GError **error)
{
  g_autoptr (GPtrArray) stores = aisle_range_list_stores (workspace, error);
  if (!stores)
    return FALSE;
  for (guint i = 0; i < stores->len; i++)
    {
      const AisleRangeStore *store = stores->pdata[i];
      if (!is_wanted (store, author, options))
        continue;
      if (!aisle_progress_report (progress, (double) i / stores->len))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "proposing was stopped");
          return FALSE;
        }
      if (!aisle_guardrail_settings_load (workspace, store->currency, &settings->guardrails, error)
          || !aisle_proposal_settings_validate (settings, error))
        return FALSE;
      GPtrArray *facts = aisle_shelf_list (workspace, store->id, 0, options->category_id, error);
      if (!facts)
        return FALSE;
      g_ptr_array_add (kept, facts);
      pick_from_store (facts, forecast, settings, result, picks);
    }
  return TRUE;
}

gboolean
aisle_propose_prices_job (AisleWorkspace *workspace,
                          const AislePerson *author,
                          const AisleProposeOptions *options,
                          const AisleProgress *progress,
                          AisleProposeResult *result,
                          GError **error)
{
  g_return_val_if_fail (author != NULL && options != NULL && result != NULL, FALSE);

  *result = (AisleProposeResult){ .change_ids = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  if (!aisle_roles_may_write (author->roles, AISLE_CHANGE_PRICE))
    {
      g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED,
                   "%s may not write prices; that takes the role merchandiser", author->name);
      return FALSE;
    }
  g_autoptr (AisleForecastLookup) forecast =
      aisle_forecast_lookup_new (workspace, options->store_id, 0, error);
  if (!forecast)
    return FALSE;
  if (aisle_forecast_lookup_get_run (forecast) == 0)
    {
      g_set_error_literal (
          error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_NOTHING_TO_DO,
          "there is no forecast yet to propose from; run “aislectl forecast run” first");
      return FALSE;
    }
  AisleProposalSettings settings;
  aisle_proposal_settings_init (&settings, aisle_workspace_get_currency (workspace),
                                aisle_workspace_get_business_date (workspace, NULL));
  settings.objective = options->objective;
  settings.rounds_to_endings = options->rounds;
  result->horizon_days = settings.horizon_days;

  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GArray) picks = g_array_new (FALSE, FALSE, sizeof (Pick));
  g_array_set_clear_func (picks, pick_clear_cb);
  if (!gather_picks (workspace, author, options, forecast, &settings, progress, kept, picks, result,
                     error))
    return FALSE;
  if (picks->len == 0)
    {
      g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_NOTHING_TO_DO,
                   "%" G_GSIZE_FORMAT " prices were looked at and none should change",
                   result->n_looked_at);
      return FALSE;
    }
  return write_drafts (workspace, author, options, &settings, picks, result, error);
}
