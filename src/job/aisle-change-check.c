/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-check-private.h"

#include "aisle-forecast-lookup.h"
#include "aisle-guardrail-settings.h"
#include "aisle-job-error.h"
#include "aisle-price-effect-json.h"
#include "aisle-shelf-terms-private.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define EFFECT_DAYS 28 /* of a price without an end */
#define EFFECT_LEVEL 0.8
#define HISTORY_DAYS 400 /* more than any country's window and the longest campaign */
#define MILLI 1000.0

/* All of one check while it is being computed. */
typedef struct
{
  AisleWorkspace *workspace;
  const AisleChange *change;
  AisleDate from; /* what began in the past begins today, what is scheduled on its day */
  AisleForecastLookup *forecast;
  AisleGuardrailSettings settings;
  GPtrArray *facts;     /* of AisleShelfRow or NULL, a line each */
  GPtrArray *kept;      /* the arrays that the rows of `facts` belong to */
  GArray *lines;        /* of AisleProposedLine */
  GPtrArray *histories; /* of GArray of AislePriceEntry, a line each */
} Work;

static void
work_clear (Work *work)
{
  g_clear_pointer (&work->forecast, aisle_forecast_lookup_free);
  g_clear_pointer (&work->facts, g_ptr_array_unref);
  g_clear_pointer (&work->kept, g_ptr_array_unref);
  g_clear_pointer (&work->lines, g_array_unref);
  g_clear_pointer (&work->histories, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static GArray *
load_history (Work *work, const AisleChangeLine *line, GError **error)
{
  g_autoptr (GArray) prices = aisle_shelf_list_prices (
      work->workspace, line->store_id, line->product_id, work->from - HISTORY_DAYS, error);
  if (!prices)
    return NULL;
  GArray *history = g_array_new (FALSE, FALSE, sizeof (AislePriceEntry));
  for (guint i = 0; i < prices->len; i++)
    {
      const AisleShelfPrice *price = &g_array_index (prices, AisleShelfPrice, i);
      AislePriceEntry entry = { .from = price->from, .price_minor = price->price_minor };
      g_array_append_val (history, entry);
    }
  return history;
}

static gboolean
gather_line (Work *work, const AisleChangeLine *line, GError **error)
{
  GPtrArray *rows = aisle_shelf_list (work->workspace, line->store_id, line->product_id, 0, error);
  if (!rows)
    return FALSE;
  g_ptr_array_add (work->kept, rows);
  AisleShelfRow *facts = rows->len > 0 ? rows->pdata[0] : NULL;
  g_ptr_array_add (work->facts, facts);
  GArray *history = load_history (work, line, error);
  if (!history)
    return FALSE;
  g_ptr_array_add (work->histories, history);
  gboolean is_promotion = work->change->kind == AISLE_CHANGE_PROMOTION;
  AisleProposedLine proposed = {
    .sku = (gsize) line->product_id,
    .store = (gsize) line->store_id,
    .kind = is_promotion ? AISLE_LINE_PROMOTION : AISLE_LINE_PRICE,
    .before_minor = facts ? aisle_shelf_amount (facts->price_minor) : AISLE_AMOUNT_UNKNOWN,
    .after_minor = line->after_minor,
    .percent_off_ppm = is_promotion ? work->change->percent_off_ppm : AISLE_AMOUNT_UNKNOWN,
    /* Where the rate is not known, the finding "tax_unknown" says so. */
    .tax_rate_ppm = facts ? aisle_shelf_tax_rate (facts) : 0,
    .net_cost_minor = facts ? aisle_shelf_amount (facts->net_cost_minor) : AISLE_AMOUNT_UNKNOWN,
    .minimum_advertised_minor = AISLE_AMOUNT_UNKNOWN,
    .from = work->from,
    .to = work->change->to_day,
    .last_change = facts ? facts->last_price_change : AISLE_DATE_NONE,
    .history = (const AislePriceEntry *) history->data,
    .n_history = history->len
  };
  g_array_append_val (work->lines, proposed);
  return TRUE;
}

static gboolean
gather (Work *work, GError **error)
{
  work->facts = g_ptr_array_new ();
  work->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  work->lines = g_array_new (FALSE, FALSE, sizeof (AisleProposedLine));
  work->histories = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; i < work->change->lines->len; i++)
    if (!gather_line (work, work->change->lines->pdata[i], error))
      return FALSE;
  return TRUE;
}

static void
add_finding (AisleChangeCheck *check,
             int line,
             AisleGuardrailLevel level,
             const char *rule,
             const char *message)
{
  AisleChangeFinding *finding = g_new0 (AisleChangeFinding, 1);
  finding->line = line;
  finding->level = level;
  finding->rule = g_strdup (rule);
  finding->message = g_strdup (message);
  g_ptr_array_add (check->findings, finding);
  if (level == AISLE_GUARDRAIL_BLOCK)
    check->n_blocking++;
  else
    check->n_warnings++;
}

/* What is not known is a warning too: nobody should read silence as a pass. */
static void
add_gaps (Work *work, AisleChangeCheck *check)
{
  for (guint i = 0; i < work->facts->len; i++)
    {
      const AisleShelfRow *facts = work->facts->pdata[i];
      const AisleChangeLine *line = work->change->lines->pdata[i];
      if (!facts)
        add_finding (check, line->line, AISLE_GUARDRAIL_BLOCK, "not_carried",
                     "The store does not carry this product any more.");
      else if (facts->net_cost_minor == AISLE_SHELF_UNKNOWN)
        add_finding (check, line->line, AISLE_GUARDRAIL_WARN, "cost_unknown",
                     "No cost is known, so the margin could not be judged.");
      else if (facts->price_includes_tax && facts->tax_rate_ppm == AISLE_SHELF_UNKNOWN)
        add_finding (check, line->line, AISLE_GUARDRAIL_WARN, "tax_unknown",
                     "No tax rate is known; the margin was judged as if there were no tax.");
    }
}

static gboolean
find_findings (Work *work, AisleChangeCheck *check, GError **error)
{
  g_autoptr (GArray) claims = aisle_change_list_claims (work->workspace, work->change->id, error);
  if (!claims)
    return FALSE;
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (AisleOtherChange));
  for (guint i = 0; i < claims->len; i++)
    {
      const AisleChangeClaim *claim = &g_array_index (claims, AisleChangeClaim, i);
      AisleOtherChange other = { .sku = (gsize) claim->product_id,
                                 .store = (gsize) claim->store_id,
                                 .kind = claim->kind == AISLE_CHANGE_PROMOTION
                                             ? AISLE_LINE_PROMOTION
                                             : AISLE_LINE_PRICE,
                                 .from = claim->from_day,
                                 .to = claim->to_day,
                                 .change_id = claim->change_id };
      g_array_append_val (others, other);
    }
  g_autoptr (GArray) found = aisle_guardrails_check (
      (const AisleProposedLine *) work->lines->data, work->lines->len,
      (const AisleOtherChange *) others->data, others->len, &work->settings);
  for (guint i = 0; i < found->len; i++)
    {
      const AisleFinding *finding = &g_array_index (found, AisleFinding, i);
      const AisleChangeLine *line = work->change->lines->pdata[finding->line];
      add_finding (check, line->line,
                   finding->is_blocking ? AISLE_GUARDRAIL_BLOCK : AISLE_GUARDRAIL_WARN,
                   aisle_price_rule_to_text (finding->rule), finding->message);
    }
  add_gaps (work, check);
  return TRUE;
}

/* What the line does over its days, from the last forecast. */
static AislePriceEffect
effect_of (Work *work, guint i, int days)
{
  const AisleChangeLine *line = work->change->lines->pdata[i];
  const AisleShelfRow *facts = work->facts->pdata[i];
  const AisleProposedLine *proposed = &g_array_index (work->lines, AisleProposedLine, i);
  double mean = NAN, sd = NAN;
  aisle_forecast_lookup_sum (work->forecast, line->store_id, line->product_id, work->from, days,
                             &mean, &sd);
  gboolean has_price = proposed->before_minor != AISLE_AMOUNT_UNKNOWN && proposed->before_minor > 0;
  gboolean has_stock = facts && facts->on_hand_milli != AISLE_SHELF_UNKNOWN;
  AislePriceMove move = {
    .before_minor = has_price ? proposed->before_minor : line->after_minor,
    .after_minor = line->after_minor,
    .tax_rate_ppm = proposed->tax_rate_ppm,
    .net_cost_minor = proposed->net_cost_minor,
    .elasticity = NAN,
    .elasticity_se = NAN,
    .baseline_units = has_price ? mean : NAN,
    .baseline_sd = sd,
    /* What a lower price is to sell must be there; at a higher one goods are bought again. */
    .stock_units = has_stock && line->after_minor < proposed->before_minor
                       ? MAX (0, (double) (facts->on_hand_milli + facts->on_order_milli) / MILLI)
                       : INFINITY,
    .level = EFFECT_LEVEL
  };
  return aisle_price_effect (&move);
}

static int
effect_days (const Work *work)
{
  if (work->change->to_day == AISLE_DATE_NONE)
    return EFFECT_DAYS;
  return CLAMP (work->change->to_day - work->from + 1, 1, 366);
}

static void
describe_effects (Work *work, AisleChangeCheck *check)
{
  int days = effect_days (work);
  AislePriceEffectTotal total = { 0 };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "run");
  json_builder_add_int_value (builder, check->run_id);
  json_builder_set_member_name (builder, "days");
  json_builder_add_int_value (builder, days);
  json_builder_set_member_name (builder, "elasticity");
  json_builder_add_double_value (builder, AISLE_ELASTICITY_DEFAULT);
  json_builder_set_member_name (builder, "note");
  json_builder_add_string_value (builder, AISLE_ELASTICITY_NOTE);
  json_builder_set_member_name (builder, "lines");
  json_builder_begin_array (builder);
  for (guint i = 0; i < work->change->lines->len; i++)
    {
      const AisleChangeLine *line = work->change->lines->pdata[i];
      AislePriceEffect effect = effect_of (work, i, days);
      aisle_price_effect_total_add (&total, &effect);
      g_ptr_array_add (check->expected, aisle_price_effect_to_json (&effect, days));
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "line");
      json_builder_add_int_value (builder, line->line);
      aisle_price_effect_add_members (builder, &effect);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "total");
  aisle_price_effect_total_add_object (builder, &total);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  check->forecast_document = json_to_string (root, FALSE);
}

static char *
describe_settings (const AisleGuardrailSettings *settings)
{
  return g_strdup_printf (
      "{\"currency\":\"%s\",\"min_margin_ppm\":%" G_GINT64_FORMAT
      ",\"min_promotion_margin_ppm\":%" G_GINT64_FORMAT ",\"largest_step_ppm\":%" G_GINT64_FORMAT
      ",\"largest_discount_ppm\":%" G_GINT64_FORMAT ",\"cooling_off_days\":%d,"
      "\"prior_price_window_days\":%d,\"blocking_rules\":%u}",
      settings->currency, settings->min_margin_ppm, settings->min_promotion_margin_ppm,
      settings->largest_step_ppm, settings->largest_discount_ppm, settings->cooling_off_days,
      settings->prior_price.window_days, settings->blocking_rules);
}

/* The lowest price of the 30 days before, frozen with every announced reduction (directive 98/6/EC,
 * article 6a). */
static char *
describe_prior_prices (Work *work)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < work->lines->len; i++)
    {
      const AisleProposedLine *proposed = &g_array_index (work->lines, AisleProposedLine, i);
      const AisleChangeLine *line = work->change->lines->pdata[i];
      char day[AISLE_DATE_TEXT_SIZE];
      AislePriorPrice prior =
          aisle_prior_price (proposed->history, proposed->n_history, proposed->from,
                             proposed->after_minor, &work->settings.prior_price);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "line");
      json_builder_add_int_value (builder, line->line);
      json_builder_set_member_name (builder, "prior_minor");
      if (prior.is_known)
        json_builder_add_int_value (builder, prior.prior_minor);
      else
        json_builder_add_null_value (builder);
      json_builder_set_member_name (builder, "days_covered");
      json_builder_add_int_value (builder, prior.days_covered);
      json_builder_set_member_name (builder, "applied_on");
      json_builder_add_string_value (
          builder,
          aisle_date_format_iso (prior.is_known ? prior.applied_on : AISLE_DATE_NONE, day));
      json_builder_set_member_name (builder, "is_genuine_reduction");
      json_builder_add_boolean_value (builder, prior.is_genuine_reduction);
      json_builder_set_member_name (builder, "percent_shown_ppm");
      json_builder_add_int_value (builder, prior.percent_shown_ppm);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

const char *
aisle_change_get_currency (const AisleChange *change, GError **error)
{
  const AisleChangeLine *first = change->lines->pdata[0];
  for (guint i = 1; i < change->lines->len; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      if (g_strcmp0 (line->currency, first->currency) != 0)
        {
          g_set_error (
              error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
              "the lines are in %s and %s; make a change for each currency, of its own stores",
              first->currency, line->currency);
          return NULL;
        }
    }
  return first->currency;
}

/* Only what is asked about: most changes are about one store or one product. */
static AisleForecastLookup *
load_forecast (AisleWorkspace *workspace, const AisleChange *change, GError **error)
{
  const AisleChangeLine *first = change->lines->pdata[0];
  gint64 store_id = first->store_id, product_id = first->product_id;
  for (guint i = 1; i < change->lines->len; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      store_id = line->store_id == store_id ? store_id : 0;
      product_id = line->product_id == product_id ? product_id : 0;
    }
  return aisle_forecast_lookup_new (workspace, store_id, product_id, error);
}

/* The first line whose shelf price moved since it was written. */
static void
find_moved (const Work *work, AisleChangeCheck *check)
{
  for (guint i = 0; i < work->facts->len && !check->moved; i++)
    {
      const AisleShelfRow *facts = work->facts->pdata[i];
      const AisleChangeLine *line = work->change->lines->pdata[i];
      gint64 now = facts && facts->price_minor != AISLE_SHELF_UNKNOWN ? facts->price_minor
                                                                      : AISLE_CHANGE_AMOUNT_NONE;
      if (now == line->before_minor)
        continue;
      check->moved = line;
      check->moved_minor = now;
    }
}

AisleChangeCheck *
aisle_change_check_new (AisleWorkspace *workspace, const AisleChange *change, GError **error)
{
  g_return_val_if_fail (change->lines->len > 0, NULL);

  g_auto (Work) work = { .workspace = workspace, .change = change };
  work.from = MAX (change->from_day, aisle_workspace_get_business_date (workspace, NULL));
  if (change->schedule_at > 0)
    work.from = MAX (work.from, aisle_date_from_utc_seconds (change->schedule_at));
  const char *currency = aisle_change_get_currency (change, error);
  if (!currency || !aisle_guardrail_settings_load (workspace, currency, &work.settings, error))
    return NULL;
  work.forecast = load_forecast (workspace, change, error);
  if (!work.forecast || !gather (&work, error))
    return NULL;

  g_autoptr (AisleChangeCheck) check = g_new0 (AisleChangeCheck, 1);
  check->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) aisle_change_finding_free);
  check->expected = g_ptr_array_new_with_free_func (g_free);
  check->run_id = aisle_forecast_lookup_get_run (work.forecast);
  if (!find_findings (&work, check, error))
    return NULL;
  find_moved (&work, check);
  describe_effects (&work, check);
  check->guardrail_document = describe_settings (&work.settings);
  if (change->kind == AISLE_CHANGE_PROMOTION)
    check->prior_document = describe_prior_prices (&work);
  return g_steal_pointer (&check);
}

void
aisle_change_check_free (AisleChangeCheck *check)
{
  if (!check)
    return;
  g_clear_pointer (&check->findings, g_ptr_array_unref);
  g_clear_pointer (&check->expected, g_ptr_array_unref);
  g_free (check->forecast_document);
  g_free (check->guardrail_document);
  g_free (check->prior_document);
  g_free (check);
}
