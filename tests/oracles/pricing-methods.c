/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle-input.h"
#include "oracle-method.h"

#include "aisle-decimal.h"
#include "aisle-money.h"
#include "aisle-optimal-price.h"
#include "aisle-price-search.h"
#include "aisle-prior-price.h"

#include <gio/gio.h>
#include <math.h>

/* The files give prices in currency units of two digits; the engines take minor units. */
#define MINOR 100

static JsonObject *
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, what);
  return NULL;
}

static gboolean
read_price (JsonObject *input, const char *name, gint64 *minor, GError **error)
{
  double price = NAN;
  if (!oracle_input_number (input, name, &price, error))
    return FALSE;
  *minor = llround (CLAMP (price, -1e12, 1e12) * MINOR);
  return TRUE;
}

static gint64
share_to_ppm (double share)
{
  return llround (CLAMP (share, -1e6, 1e6) * AISLE_RATE_ONE);
}

static gboolean
read_date (JsonObject *input, const char *name, AisleDate *date, GError **error)
{
  const char *text = oracle_input_text (input, name, error);
  if (!text)
    return FALSE;
  *date = aisle_date_parse_iso (text, -1);
  return aisle_date_is_valid (*date) || (refuse (error, "a date is not ISO 8601"), FALSE);
}

static AislePriceEntry *
read_history (JsonObject *input, gsize *n_entries, GError **error)
{
  JsonArray *array = oracle_input_array (input, "history", error);
  if (!array)
    return NULL;
  *n_entries = json_array_get_length (array);
  g_autofree AislePriceEntry *entries = g_new0 (AislePriceEntry, MAX (*n_entries, 1));
  for (gsize i = 0; i < *n_entries; i++)
    {
      JsonNode *node = json_array_get_element (array, (guint) i);
      JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      if (!entry)
        {
          refuse (error, "an entry of the history is no object");
          return NULL;
        }
      if (!read_date (entry, "from_date", &entries[i].from, error)
          || !read_price (entry, "price", &entries[i].price_minor, error))
        return NULL;
    }
  return g_steal_pointer (&entries);
}

/* Both omnibus files: the second has a campaign's start where the country has the option. */
static JsonObject *
answer_prior_price (JsonObject *input, GError **error)
{
  gsize n_entries = 0;
  gint64 new_price = 0;
  AisleDate reduction_from = AISLE_DATE_NONE;
  AislePriorPriceOptions options = AISLE_PRIOR_PRICE_OPTIONS_DEFAULT;
  g_autofree AislePriceEntry *history = read_history (input, &n_entries, error);
  if (!history || !read_date (input, "reduction_from", &reduction_from, error)
      || !read_price (input, "new_price", &new_price, error))
    return NULL;
  options.window_days = (int) CLAMP (oracle_input_number_or (input, "window_days", 30), 1, 3660);
  if (oracle_input_boolean_or (input, "progressive", FALSE)
      && !read_date (input, "campaign_start", &options.campaign_start, error))
    return NULL;

  AislePriorPrice prior =
      aisle_prior_price (history, n_entries, reduction_from, new_price, &options);
  JsonObject *answer = json_object_new ();
  json_object_set_double_member (answer, "prior_price",
                                 prior.is_known ? (double) prior.prior_minor / MINOR : NAN);
  json_object_set_boolean_member (answer, "is_genuine_reduction", prior.is_genuine_reduction);
  json_object_set_double_member (
      answer, "percent_shown",
      prior.is_genuine_reduction ? (double) prior.percent_shown_ppm * 100 / AISLE_RATE_ONE : NAN);
  return answer;
}

static gboolean
read_decimal (JsonObject *input, const char *name, int scale, gint64 *value, GError **error)
{
  const char *text = oracle_input_text (input, name, error);
  return text && aisle_decimal_parse (text, -1, AISLE_NUMBER_FORMAT_PLAIN, scale, value, error);
}

static void
answer_amount (JsonObject *answer, const char *name, gint64 minor)
{
  g_autofree char *text = aisle_decimal_format (minor, 2);
  json_object_set_string_member (answer, name, text);
}

static JsonObject *
answer_money_rounding (JsonObject *input, GError **error)
{
  gint64 gross = 0, vat_ppm = 0, off_ppm = 0, quantity = 0, content = 0, unit_price = 0;
  if (!read_decimal (input, "gross", 2, &gross, error)
      || !read_decimal (input, "vat", 6, &vat_ppm, error)
      || !read_decimal (input, "percent_off", 4, &off_ppm, error) /* 1 % is 10000 millionths */
      || !oracle_input_integer (input, "quantity", 0, 1000000, &quantity, error)
      || !read_decimal (input, "content_kg", 6, &content, error))
    return NULL;
  if (vat_ppm < 0 || content <= 0
      || !aisle_decimal_multiply_divide (gross, AISLE_RATE_ONE, content, AISLE_ROUND_HALF_UP,
                                         &unit_price))
    return refuse (error, "the tax must not be below 0, and the content must be above 0");

  gint64 net = aisle_money_net_from_gross (gross, vat_ppm);
  gint64 discounted = aisle_money_less_percent (gross, off_ppm, AISLE_ROUND_HALF_UP);
  JsonObject *answer = json_object_new ();
  answer_amount (answer, "net_half_up", net);
  answer_amount (answer, "vat_amount", gross - net);
  answer_amount (answer, "discounted_half_up", discounted);
  answer_amount (answer, "discounted_half_even",
                 aisle_money_less_percent (gross, off_ppm, AISLE_ROUND_HALF_EVEN));
  answer_amount (answer, "line_round_each", discounted * quantity);
  answer_amount (answer, "line_round_total",
                 aisle_money_less_percent (gross * quantity, off_ppm, AISLE_ROUND_HALF_UP));
  answer_amount (answer, "unit_price_per_kg", unit_price);
  return answer;
}

static gboolean
read_endings (JsonObject *input, AislePriceEndings *endings, GError **error)
{
  gsize n = 0;
  g_autofree double *cents = oracle_input_numbers (input, "allowed_endings_cents", &n, error);
  if (!cents)
    return FALSE;
  *endings = (AislePriceEndings){ .modulus = 100, .n_endings = n };
  for (gsize i = 0; i < n; i++)
    {
      if (i == AISLE_PRICE_MAX_ENDINGS || !(cents[i] >= 0 && cents[i] < 100))
        {
          refuse (error, "the endings are too many or no cents");
          return FALSE;
        }
      endings->endings[i] = (gint64) cents[i];
    }
  return TRUE;
}

static gboolean
read_bounds (JsonObject *input,
             gint64 current,
             gint64 cost,
             AislePriceBounds *bounds,
             GError **error)
{
  *bounds = aisle_price_bounds_open ();
  double step = oracle_input_number_or (input, "max_change", NAN);
  double margin = oracle_input_number_or (input, "min_margin", NAN);
  double minimum = oracle_input_number_or (input, "map_floor", NAN);
  if (!isnan (step))
    aisle_price_bounds_step (bounds, current, share_to_ppm (step));
  if (margin < 1)
    aisle_price_bounds_at_least (bounds, aisle_margin_floor_price (cost, 0, share_to_ppm (margin)),
                                 "margin_floor");
  if (!isnan (minimum))
    aisle_price_bounds_at_least (bounds, llround (minimum * MINOR), "minimum_advertised_price");
  JsonNode *band = json_object_get_member (input, "competitor_band");
  if (band && JSON_NODE_HOLDS_ARRAY (band))
    {
      gsize n = 0;
      gint64 competitor = 0;
      g_autofree double *shares = oracle_input_numbers (input, "competitor_band", &n, error);
      if (!shares || !read_price (input, "competitor_price", &competitor, error))
        return FALSE;
      if (n != 2)
        return refuse (error, "the band is not two numbers") != NULL;
      aisle_price_bounds_at_least (
          bounds, (gint64) ceil ((double) (share_to_ppm (shares[0]) * competitor) / AISLE_RATE_ONE),
          "competitor_band");
      aisle_price_bounds_at_most (
          bounds,
          (gint64) floor ((double) (share_to_ppm (shares[1]) * competitor) / AISLE_RATE_ONE),
          "competitor_band");
    }
  return TRUE;
}

static JsonObject *
answer_guardrailed_price (JsonObject *input, GError **error)
{
  AislePriceEndings endings;
  AislePriceSearch search = { .endings = &endings,
                              .objective = AISLE_OBJECTIVE_MARGIN,
                              .stock_units = INFINITY };
  if (!read_price (input, "current_price", &search.before_minor, error)
      || !read_price (input, "unit_cost", &search.net_cost_minor, error)
      || !oracle_input_number (input, "elasticity", &search.elasticity, error)
      || !oracle_input_number (input, "baseline_units", &search.baseline_units, error)
      || !read_endings (input, &endings, error)
      || !read_bounds (input, search.before_minor, search.net_cost_minor, &search.bounds, error))
    return NULL;

  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (double));
  gint64 index = aisle_price_ending_index (search.bounds.lower_minor, &endings);
  for (gint64 price = aisle_price_ending_at (index, &endings);
       price <= search.bounds.upper_minor && candidates->len < 100000;
       price = aisle_price_ending_at (++index, &endings))
    {
      double shown = (double) price / MINOR;
      g_array_append_val (candidates, shown);
    }

  gint64 price = 0;
  double profit = NAN;
  gboolean is_found = aisle_price_search (&search, &price, &profit);
  JsonObject *answer = json_object_new ();
  json_object_set_double_member (answer, "lower", (double) search.bounds.lower_minor / MINOR);
  json_object_set_double_member (answer, "upper", (double) search.bounds.upper_minor / MINOR);
  oracle_answer_numbers (answer, "candidates", (const double *) (gpointer) candidates->data,
                         candidates->len);
  json_object_set_double_member (answer, "price", is_found ? (double) price / MINOR : NAN);
  json_object_set_double_member (answer, "profit", is_found ? profit / MINOR : NAN);
  json_object_set_double_member (
      answer, "unconstrained",
      aisle_optimal_price_isoelastic ((double) search.net_cost_minor / MINOR, search.elasticity));
  json_object_set_boolean_member (answer, "infeasible", !is_found);
  return answer;
}

static JsonObject *
answer_optimal_price (JsonObject *input, GError **error)
{
  double cost = NAN, elasticity = NAN, a = NAN, b = NAN, u = NAN, k = NAN;
  JsonObject *linear = oracle_input_object (input, "linear", error);
  JsonObject *logit = linear ? oracle_input_object (input, "logit", error) : NULL;
  if (!logit || !oracle_input_number (input, "unit_cost", &cost, error)
      || !oracle_input_number (input, "elasticity", &elasticity, error)
      || !oracle_input_number (linear, "a", &a, error)
      || !oracle_input_number (linear, "b", &b, error)
      || !oracle_input_number (logit, "u", &u, error)
      || !oracle_input_number (logit, "k", &k, error))
    return NULL;
  double net = aisle_optimal_price_isoelastic (cost, elasticity);
  JsonObject *answer = json_object_new ();
  json_object_set_double_member (answer, "isoelastic_net", net);
  json_object_set_double_member (answer, "isoelastic_gross",
                                 net * (1 + oracle_input_number_or (input, "vat", 0)));
  json_object_set_double_member (answer, "markup_ratio", net / cost);
  json_object_set_double_member (answer, "lerner", (net - cost) / net);
  json_object_set_double_member (answer, "linear", aisle_optimal_price_linear (cost, a, b));
  json_object_set_double_member (answer, "logit", aisle_optimal_price_logit (cost, u, k));
  return answer;
}

const OracleMethod oracle_pricing_methods[] = {
  { "guardrailed_price", answer_guardrailed_price },
  { "money_rounding", answer_money_rounding },
  { "omnibus_prior_price", answer_prior_price },
  { "omnibus_progressive", answer_prior_price },
  { "optimal_price_closed_form", answer_optimal_price },
  { NULL, NULL },
};
