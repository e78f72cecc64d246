/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-model.h"

#include "aisle-ets.h"
#include "aisle-forecast-private.h"
#include "aisle-intermittent.h"
#include "aisle-simple-models.h"
#include "aisle-smoothing.h"

#include <math.h>
#include <string.h>

#define WINDOW 28
#define CROSTON_ALPHA 0.1
#define TSB_ALPHA 0.1
#define SEASONAL_ALPHA 0.3

static const char *const names[AISLE_FORECAST_N_MODELS] = {
  [AISLE_FORECAST_NONE] = "none",
  [AISLE_FORECAST_AUTO] = "auto",
  [AISLE_FORECAST_MEAN] = "mean",
  [AISLE_FORECAST_NAIVE] = "naive",
  [AISLE_FORECAST_DRIFT] = "drift",
  [AISLE_FORECAST_SNAIVE] = "snaive",
  [AISLE_FORECAST_WINDOW] = "window",
  [AISLE_FORECAST_SES] = "ses",
  [AISLE_FORECAST_SEASONAL_SES] = "seasonal_ses",
  [AISLE_FORECAST_CROSTON] = "croston",
  [AISLE_FORECAST_SBA] = "sba",
  [AISLE_FORECAST_TSB] = "tsb",
  [AISLE_FORECAST_ADIDA] = "adida",
  [AISLE_FORECAST_IMAPA] = "imapa",
  [AISLE_FORECAST_ETS] = "ets",
  [AISLE_FORECAST_ETS_ANN] = "ets:ANN",
  [AISLE_FORECAST_ETS_ANA] = "ets:ANA",
};

const char *
aisle_forecast_model_get_name (AisleForecastModel model)
{
  return (guint) model < AISLE_FORECAST_N_MODELS ? names[model] : names[AISLE_FORECAST_NONE];
}

AisleForecastModel
aisle_forecast_model_from_name (const char *name)
{
  for (int model = AISLE_FORECAST_AUTO; model < AISLE_FORECAST_N_MODELS; model++)
    if (!strcmp (names[model], name))
      return model;
  return AISLE_FORECAST_NONE;
}

AisleForecastScratch *
aisle_forecast_scratch_new (gsize max_length, int max_season)
{
  AisleForecastScratch *scratch = g_new0 (AisleForecastScratch, 1);
  gsize season = (gsize) MAX (1, max_season), lanes = MIN (season, AISLE_ETS_MAX_SEASON) + 1;
  scratch->max_length = max_length;
  scratch->max_season = (int) season;
  scratch->observed = g_new0 (double, MAX (1, max_length));
  scratch->slots = g_new0 (int, MAX (1, max_length));
  scratch->values = g_new0 (double, MAX (1, max_length));
  scratch->seasonal = g_new0 (double, season);
  scratch->start = g_new0 (double, season);
  scratch->lanes = g_new0 (double, lanes *lanes);
  scratch->products = g_new0 (double, lanes *lanes);
  scratch->solution = g_new0 (double, lanes);
  return scratch;
}

void
aisle_forecast_scratch_free (AisleForecastScratch *scratch)
{
  if (!scratch)
    return;
  g_free (scratch->observed);
  g_free (scratch->slots);
  g_free (scratch->values);
  g_free (scratch->seasonal);
  g_free (scratch->start);
  g_free (scratch->lanes);
  g_free (scratch->products);
  g_free (scratch->solution);
  g_free (scratch);
}

double
aisle_forecast_spread_variance (const AisleForecastSpread *spread, int step)
{
  double sum = 1 + spread->level_share + spread->trend_share * step * step;
  double steps = step - 1, cycles = (step - 1) / spread->season;
  double both = spread->alpha + spread->gamma;
  /* c_j is alpha in the steps between, alpha + gamma once a season. */
  sum += (steps - cycles) * spread->alpha * spread->alpha + cycles * both * both;
  return spread->sigma2 * sum;
}

double
aisle_forecast_spread_sum_variance (const AisleForecastSpread *spread, int n_steps)
{
  double sum = 0, weight = 1, n = n_steps, ramp = n * (n + 1) / 2;
  /* An error made j steps before the last counts once itself and c_1 + .. + c_j in the steps after.
   */
  for (int j = 0; j < n_steps; j++)
    {
      if (j > 0)
        weight += spread->alpha + (j % spread->season == 0 ? spread->gamma : 0);
      sum += weight * weight;
    }
  sum += spread->level_share * n * n + spread->trend_share * ramp * ramp;
  return spread->sigma2 * sum;
}

static gsize
leave_out_missing (const double *y, gsize n, double *observed)
{
  gsize n_observed = 0;
  for (gsize i = 0; i < n; i++)
    if (!isnan (y[i]))
      observed[n_observed++] = y[i];
  return n_observed;
}

/* Croston's first interval runs from the start to the first demand. Where a series was cut to begin
 * with its first demand that interval would be 1 whatever the truth: there the second demand is the
 * first. */
static gboolean
fit_croston (const double *x,
             gsize n,
             double factor,
             int horizon,
             const AisleForecastScratch *scratch,
             AisleForecastFit *fit)
{
  if (!scratch->begins_with_demand || n == 0 || x[0] == 0)
    return aisle_croston_fit (x, n, CROSTON_ALPHA, factor, horizon, fit);
  gboolean has_second = FALSE;
  for (gsize i = 1; i < n && !has_second; i++)
    has_second = x[i] != 0;
  return has_second && aisle_croston_fit (x + 1, n - 1, CROSTON_ALPHA, factor, horizon, fit);
}

static gboolean
fit_flat (AisleForecastModel model,
          const double *x,
          gsize n,
          int horizon,
          AisleForecastScratch *scratch,
          AisleForecastFit *fit)
{
  switch ((int) model)
    {
    case AISLE_FORECAST_MEAN:
      return aisle_mean_fit (x, n, horizon, fit);
    case AISLE_FORECAST_NAIVE:
      return aisle_naive_fit (x, n, horizon, fit);
    case AISLE_FORECAST_DRIFT:
      return aisle_drift_fit (x, n, horizon, fit);
    case AISLE_FORECAST_WINDOW:
      return aisle_window_fit (x, n, WINDOW, horizon, fit);
    case AISLE_FORECAST_CROSTON:
      return fit_croston (x, n, 1, horizon, scratch, fit);
    case AISLE_FORECAST_SBA:
      return fit_croston (x, n, 1 - CROSTON_ALPHA / 2, horizon, scratch, fit);
    case AISLE_FORECAST_TSB:
      return aisle_tsb_fit (x, n, TSB_ALPHA, TSB_ALPHA, horizon, fit);
    case AISLE_FORECAST_ADIDA:
      return aisle_adida_fit (x, n, horizon, scratch->values, fit);
    case AISLE_FORECAST_IMAPA:
      return aisle_imapa_fit (x, n, horizon, scratch->values, fit);
    default:
      return FALSE;
    }
}

gboolean
aisle_forecast_fit (AisleForecastModel model,
                    const double *y,
                    gsize n,
                    int season,
                    int horizon,
                    AisleForecastScratch *scratch,
                    AisleForecastFit *fit)
{
  g_return_val_if_fail (n <= scratch->max_length && season >= 1 && season <= scratch->max_season,
                        FALSE);

  switch ((int) model)
    {
    case AISLE_FORECAST_SNAIVE:
      return aisle_snaive_fit (y, n, season, horizon, scratch->seasonal, fit);
    case AISLE_FORECAST_SEASONAL_SES:
      return aisle_seasonal_ses_fit (y, n, season, SEASONAL_ALPHA, horizon, scratch->seasonal, fit);
    case AISLE_FORECAST_ETS:
    case AISLE_FORECAST_ETS_ANN:
    case AISLE_FORECAST_ETS_ANA:
      return aisle_ets_fit (model, y, n, season, horizon, scratch, fit, NULL);
    case AISLE_FORECAST_SES:
      if (!aisle_ets_fit (AISLE_FORECAST_ETS_ANN, y, n, season, horizon, scratch, fit, NULL))
        return FALSE;
      fit->model = AISLE_FORECAST_SES;
      return TRUE;
    default:
      return fit_flat (model, scratch->observed, leave_out_missing (y, n, scratch->observed),
                       horizon, scratch, fit);
    }
}
