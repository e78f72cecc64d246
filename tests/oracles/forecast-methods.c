/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle-input.h"
#include "oracle-method.h"

#include "aisle-autocorrelation.h"
#include "aisle-ets.h"
#include "aisle-forecast-interval.h"
#include "aisle-intermittent.h"
#include "aisle-simple-models.h"
#include "aisle-smoothing.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define MAX_HORIZON 10000
#define MAX_SEASON 10000

/* What nearly every case gives; `y` and `mean` are freed with it. */
typedef struct
{
  double *y;
  gsize n;
  int season;
  int horizon;
  double *mean;
  double *memory; /* for season, n and 1 values */
} Case;

static void
case_free (Case *c)
{
  g_free (c->y);
  g_free (c->mean);
  g_free (c->memory);
  g_free (c);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

static Case *
read_case (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = g_new0 (Case, 1);
  gint64 season = 1, horizon = 1;
  c->y = oracle_input_numbers (input, "y", &c->n, error);
  if (!c->y)
    return NULL;
  if (json_object_has_member (input, "frequency")
      && !oracle_input_integer (input, "frequency", 1, MAX_SEASON, &season, error))
    return NULL;
  if (json_object_has_member (input, "horizon")
      && !oracle_input_integer (input, "horizon", 1, MAX_HORIZON, &horizon, error))
    return NULL;
  c->season = (int) season;
  c->horizon = (int) horizon;
  c->mean = g_new0 (double, horizon);
  c->memory = g_new0 (double, c->n + (gsize) season + 1);
  return g_steal_pointer (&c);
}

static JsonObject *
refuse (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "the model cannot be fitted to this series");
  return NULL;
}

static void
answer_intervals (JsonObject *answer,
                  const double *mean,
                  int horizon,
                  const AisleForecastSpread *spread)
{
  static const double shares[] = { 0.025, 0.1, 0.9, 0.975 };
  static const char *const names[] = { "lower95", "lower80", "upper80", "upper95" };
  g_autofree double *bounds = g_new (double, 4 * horizon);
  for (int h = 0; h < horizon; h++)
    {
      double quantiles[4];
      aisle_forecast_quantiles (AISLE_FORECAST_VALUES_ANY, mean[h],
                                aisle_forecast_spread_variance (spread, h + 1), spread->degrees,
                                shares, 4, quantiles);
      for (int i = 0; i < 4; i++)
        bounds[i * horizon + h] = quantiles[i];
    }
  for (int i = 0; i < 4; i++)
    oracle_answer_numbers (answer, names[i], bounds + i * horizon, (gsize) horizon);
}

static JsonObject *
answer_steps (const Case *c, const AisleForecastFit *fit)
{
  JsonObject *answer = json_object_new ();
  oracle_answer_numbers (answer, "mean", fit->mean, (gsize) c->horizon);
  answer_intervals (answer, fit->mean, c->horizon, &fit->spread);
  return answer;
}

static JsonObject *
answer_number (const char *name, double value)
{
  JsonObject *answer = json_object_new ();
  json_object_set_double_member (answer, name, value);
  return answer;
}

static JsonObject *
answer_mean (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  if (!c)
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_mean_fit (c->y, c->n, c->horizon, &fit) ? answer_steps (c, &fit) : refuse (error);
}

static JsonObject *
answer_naive (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  if (!c)
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_naive_fit (c->y, c->n, c->horizon, &fit) ? answer_steps (c, &fit) : refuse (error);
}

static JsonObject *
answer_drift (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  if (!c)
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_drift_fit (c->y, c->n, c->horizon, &fit) ? answer_steps (c, &fit) : refuse (error);
}

static JsonObject *
answer_snaive (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  if (!c)
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_snaive_fit (c->y, c->n, c->season, c->horizon, c->memory, &fit)
             ? answer_steps (c, &fit)
             : refuse (error);
}

static JsonObject *
answer_window_average (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  gint64 window;
  if (!c || !oracle_input_integer (input, "window", 1, G_MAXINT, &window, error))
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_window_fit (c->y, c->n, (gsize) window, c->horizon, &fit) ? answer_steps (c, &fit)
                                                                         : refuse (error);
}

static JsonObject *
answer_seasonal_ses (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  double alpha;
  if (!c || !oracle_input_number (input, "alpha", &alpha, error))
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_seasonal_ses_fit (c->y, c->n, c->season, alpha, c->horizon, c->memory, &fit)
             ? answer_steps (c, &fit)
             : refuse (error);
}

static JsonObject *
answer_ses (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  double alpha, first_level, sum_squares;
  if (!c || !oracle_input_number (input, "alpha", &alpha, error)
      || !oracle_input_number (input, "initial_level", &first_level, error))
    return NULL;
  double level = aisle_ses_run (c->y, c->n, alpha, first_level, &sum_squares);
  for (int h = 0; h < c->horizon; h++)
    c->mean[h] = level;
  AisleForecastSpread spread = { .alpha = alpha, .season = 1 };
  spread.sigma2 = sum_squares / ((double) c->n - 2);
  JsonObject *answer = answer_number ("sum_squared_error", sum_squares);
  json_object_set_double_member (answer, "loglik", aisle_ets_loglik (sum_squares, c->n));
  oracle_answer_numbers (answer, "mean", c->mean, (gsize) c->horizon);
  answer_intervals (answer, c->mean, c->horizon, &spread);
  return answer;
}

static JsonObject *
answer_ses_fit (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  if (!c)
    return NULL;
  double first_level = oracle_input_number_or (input, "initial_level", NAN);
  if (isnan (first_level))
    {
      g_autoptr (AisleForecastScratch) scratch = aisle_forecast_scratch_new (c->n, 1);
      AisleForecastFit fit = { .mean = c->mean };
      if (!aisle_ets_fit (AISLE_FORECAST_ETS_ANN, c->y, c->n, 1, 1, scratch, &fit, NULL))
        return refuse (error);
      return answer_number ("loglik", fit.loglik);
    }
  double alpha, level, sum_squares;
  if (!aisle_ses_fit_from (c->y, c->n, first_level, 0, 1, &alpha, &level, &sum_squares))
    return refuse (error);
  return answer_number ("sum_squared_error", sum_squares);
}

static JsonObject *
answer_holt_winters (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  JsonObject *initial = c ? oracle_input_object (input, "initial", error) : NULL;
  double alpha, beta, gamma, level, trend;
  if (!initial || !oracle_input_number (input, "alpha", &alpha, error)
      || !oracle_input_number (input, "beta", &beta, error)
      || !oracle_input_number (input, "gamma", &gamma, error)
      || !oracle_input_number (initial, "level", &level, error)
      || !oracle_input_number (initial, "trend", &trend, error))
    return NULL;
  gsize n_seasons;
  g_autofree double *seasonal = oracle_input_numbers (initial, "seasonal", &n_seasons, error);
  if (!seasonal)
    return NULL;
  if (n_seasons != (gsize) c->season)
    return refuse (error);
  double sum_squares = aisle_holt_winters_run (c->y, c->n, c->season, alpha, beta, gamma, level,
                                               trend, seasonal, c->horizon, c->mean);
  JsonObject *answer = answer_number ("sum_squared_error", sum_squares);
  oracle_answer_numbers (answer, "mean", c->mean, (gsize) c->horizon);
  return answer;
}

static JsonObject *
answer_croston_scaled (JsonObject *input, gboolean is_corrected, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  double alpha;
  if (!c || !oracle_input_number (input, "alpha", &alpha, error))
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  if (!aisle_croston_fit (c->y, c->n, alpha, is_corrected ? 1 - alpha / 2 : 1, 1, &fit))
    return refuse (error);
  return answer_number ("mean", fit.mean[0]);
}

static JsonObject *
answer_croston (JsonObject *input, GError **error)
{
  return answer_croston_scaled (input, FALSE, error);
}

static JsonObject *
answer_sba (JsonObject *input, GError **error)
{
  return answer_croston_scaled (input, TRUE, error);
}

static JsonObject *
answer_tsb (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  double alpha_demand, alpha_probability;
  if (!c || !oracle_input_number (input, "alpha_demand", &alpha_demand, error)
      || !oracle_input_number (input, "alpha_probability", &alpha_probability, error))
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  if (!aisle_tsb_fit (c->y, c->n, alpha_demand, alpha_probability, 1, &fit))
    return refuse (error);
  return answer_number ("mean", fit.mean[0]);
}

static JsonObject *
answer_adida (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  if (!c)
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_adida_fit (c->y, c->n, 1, c->memory, &fit) ? answer_number ("mean", fit.mean[0])
                                                          : refuse (error);
}

static JsonObject *
answer_imapa (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  if (!c)
    return NULL;
  AisleForecastFit fit = { .mean = c->mean };
  return aisle_imapa_fit (c->y, c->n, 1, c->memory, &fit) ? answer_number ("mean", fit.mean[0])
                                                          : refuse (error);
}

static JsonObject *
answer_acf (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  gint64 n_lags;
  if (!c || !oracle_input_integer (input, "lags", 1, 1000, &n_lags, error))
    return NULL;
  double acf[1000], pacf[1000];
  if (!aisle_autocorrelation (c->y, c->n, (gsize) n_lags, acf, pacf))
    return refuse (error);
  JsonObject *answer = json_object_new ();
  oracle_answer_numbers (answer, "acf", acf, (gsize) n_lags);
  oracle_answer_numbers (answer, "pacf", pacf, (gsize) n_lags);
  return answer;
}

/* The form that a case names; NONE with an error for one that there is no engine for yet. */
static AisleForecastModel
read_form (JsonObject *input, GError **error)
{
  const char *name = oracle_input_text (input, "model", error);
  if (!name)
    return AISLE_FORECAST_NONE;
  if (!strcmp (name, "ANN"))
    return AISLE_FORECAST_ETS_ANN;
  if (!strcmp (name, "ANA"))
    return AISLE_FORECAST_ETS_ANA;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no engine for the form %s yet", name);
  return AISLE_FORECAST_NONE;
}

static JsonObject *
answer_ets_fit (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  AisleForecastModel form = c ? read_form (input, error) : AISLE_FORECAST_NONE;
  if (form == AISLE_FORECAST_NONE)
    return NULL;
  g_autoptr (AisleForecastScratch) scratch = aisle_forecast_scratch_new (c->n, c->season);
  AisleForecastFit fit = { .mean = c->mean };
  if (!aisle_ets_fit (form, c->y, c->n, c->season, 1, scratch, &fit, NULL))
    return refuse (error);
  return answer_number ("loglik", fit.loglik);
}

/* Seasonal states run newest first in the files: the last entry is slot 0. */
static void
turn_around (double *values, gsize n)
{
  for (gsize i = 0; i < n / 2; i++)
    {
      double swap = values[i];
      values[i] = values[n - 1 - i];
      values[n - 1 - i] = swap;
    }
}

static void
answer_criteria (JsonObject *answer, const Case *c, double sum_squares, int k)
{
  double n = (double) c->n, loglik = aisle_ets_loglik (sum_squares, c->n);
  json_object_set_double_member (answer, "loglik", loglik);
  json_object_set_double_member (answer, "aic", -2 * loglik + 2 * k);
  json_object_set_double_member (answer, "aicc",
                                 -2 * loglik + 2 * k + 2.0 * k * (k + 1) / (n - k - 1));
  json_object_set_double_member (answer, "bic", -2 * loglik + k * log (n));
  json_object_set_double_member (answer, "mse", sum_squares / n);
  json_object_set_double_member (answer, "sum_squared_error", sum_squares);
  json_object_set_double_member (answer, "sum_squared_residual", sum_squares);
  json_object_set_double_member (answer, "sigma2", sum_squares / (n - k + 1));
}

static JsonObject *
answer_ets_loglik (JsonObject *input, GError **error)
{
  g_autoptr (Case) c = read_case (input, error);
  AisleForecastModel form = c ? read_form (input, error) : AISLE_FORECAST_NONE;
  JsonObject *initial = form ? oracle_input_object (input, "initial", error) : NULL;
  JsonObject *parameters = initial ? oracle_input_object (input, "parameters", error) : NULL;
  AisleEtsState state = { 0 };
  if (!parameters || !oracle_input_number (parameters, "alpha", &state.alpha, error)
      || !oracle_input_number (initial, "level", &state.level, error))
    return NULL;
  g_autofree double *seasonal = NULL;
  gsize n_seasons = 0;
  if (form == AISLE_FORECAST_ETS_ANA)
    {
      seasonal = oracle_input_numbers (initial, "seasonal", &n_seasons, error);
      if (!seasonal || !oracle_input_number (parameters, "gamma", &state.gamma, error))
        return NULL;
      if (n_seasons != (gsize) c->season)
        return refuse (error);
      turn_around (seasonal, n_seasons);
      state.seasonal = seasonal;
    }
  g_autofree double *fitted = g_new0 (double, c->n + 1);
  double sum_squares = aisle_ets_run (c->y, c->n, c->season, &state, fitted);
  int k = aisle_ets_n_parameters (form, c->season);
  AisleForecastSpread spread = { .alpha = state.alpha, .gamma = state.gamma, .season = c->season };
  spread.sigma2 = sum_squares / ((double) c->n - k + 1);

  JsonObject *answer = answer_number ("last_level", state.level);
  answer_criteria (answer, c, sum_squares, k);
  gsize shown = MIN (10, c->n);
  oracle_answer_numbers (answer, "fitted_first10", fitted, shown);
  oracle_answer_numbers (answer, "fitted_last10", fitted + c->n - shown, shown);
  for (int h = 0; h < c->horizon; h++)
    c->mean[h] = state.level + (seasonal ? seasonal[(c->n + (gsize) h) % n_seasons] : 0);
  oracle_answer_numbers (answer, "mean", c->mean, (gsize) c->horizon);
  answer_intervals (answer, c->mean, c->horizon, &spread);
  if (seasonal)
    {
      g_autofree double *newest_first = g_new (double, n_seasons);
      for (gsize i = 0; i < n_seasons; i++)
        newest_first[i] = seasonal[(c->n + n_seasons - 1 - i) % n_seasons];
      oracle_answer_numbers (answer, "last_seasonal", newest_first, n_seasons);
    }
  return answer;
}

const OracleMethod oracle_forecast_methods[] = {
  { "acf", answer_acf },
  { "adida", answer_adida },
  { "croston", answer_croston },
  { "drift", answer_drift },
  { "ets_fit", answer_ets_fit },
  { "ets_loglik", answer_ets_loglik },
  { "holt_winters_simple", answer_holt_winters },
  { "imapa", answer_imapa },
  { "mean", answer_mean },
  { "naive", answer_naive },
  { "sba", answer_sba },
  { "seasonal_ses", answer_seasonal_ses },
  { "ses", answer_ses },
  { "ses_fit", answer_ses_fit },
  { "snaive", answer_snaive },
  { "tsb", answer_tsb },
  { "window_average", answer_window_average },
  { NULL, NULL },
};
