/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which model a series gets. Rolling origin: Tashman, Int. J. Forecasting 16 (2000). */
#include "aisle-forecast-private.h"

#include "aisle-forecast-interval.h"

#include <math.h>

#define MIN_VALUES 10

/* A series that was cut at its first demand. Fewer demands than FEW_DEMANDS tell no model more than
 * an average; PRIOR_DEMANDS in PRIOR_STEPS stand for the wait before the first one. */
#define FEW_DEMANDS 5
#define PRIOR_DEMANDS 0.25
#define PRIOR_STEPS 10

/* They repeat single values. Where most values are zero they win whenever a window happens to hold
 * no sale, and then forecast none: left out there, if there is anything else. */
#define LAST_VALUE_MODELS                                                                          \
  (AISLE_FORECAST_BIT (AISLE_FORECAST_NAIVE) | AISLE_FORECAST_BIT (AISLE_FORECAST_SNAIVE)          \
   | AISLE_FORECAST_BIT (AISLE_FORECAST_DRIFT))

/* From simple to elaborate: a tie goes to the earlier one. */
static const AisleForecastModel by_simplicity[] = {
  AISLE_FORECAST_MEAN,    AISLE_FORECAST_NAIVE, AISLE_FORECAST_SNAIVE,       AISLE_FORECAST_WINDOW,
  AISLE_FORECAST_DRIFT,   AISLE_FORECAST_SES,   AISLE_FORECAST_SEASONAL_SES, AISLE_FORECAST_CROSTON,
  AISLE_FORECAST_SBA,     AISLE_FORECAST_TSB,   AISLE_FORECAST_ADIDA,        AISLE_FORECAST_IMAPA,
  AISLE_FORECAST_ETS_ANN, AISLE_FORECAST_ETS,   AISLE_FORECAST_ETS_ANA,
};

/* What a series is like. */
typedef struct
{
  gsize n_observed;
  gsize n_demands; /* values other than zero */
  double last;
  double max_abs;
  gboolean is_constant;
  gboolean is_zero;
  gboolean is_nonnegative;
  gboolean is_whole;
  gboolean is_intermittent; /* fewer than half of the values are other than zero */
} Profile;

static Profile
describe (const double *y, gsize n)
{
  Profile profile = {
    .last = NAN, .is_constant = TRUE, .is_zero = TRUE, .is_nonnegative = TRUE, .is_whole = TRUE
  };
  for (gsize i = 0; i < n; i++)
    {
      if (isnan (y[i]))
        continue;
      if (profile.n_observed > 0 && y[i] != profile.last)
        profile.is_constant = FALSE;
      profile.n_observed++;
      profile.last = y[i];
      profile.n_demands += y[i] != 0;
      profile.max_abs = MAX (profile.max_abs, fabs (y[i]));
      profile.is_zero = profile.is_zero && y[i] == 0;
      profile.is_nonnegative = profile.is_nonnegative && y[i] >= 0;
      profile.is_whole = profile.is_whole && y[i] == floor (y[i]);
    }
  profile.is_intermittent = 2 * profile.n_demands < profile.n_observed;
  return profile;
}

gboolean
aisle_forecast_fold_counts (const double *y, gsize n, int season, int horizon, int fold)
{
  gsize back = (gsize) fold * (gsize) horizon, needed = (gsize) MAX (2 * season, MIN_VALUES);
  if (back > n || n - back < needed)
    return FALSE;
  gsize n_before = 0, n_inside = 0;
  for (gsize i = 0; i < n - back && n_before < needed; i++)
    n_before += !isnan (y[i]);
  for (gsize i = n - back; i < n - back + (gsize) horizon; i++)
    n_inside += !isnan (y[i]);
  return n_before >= needed && n_inside > 0;
}

/* Keeps a forecast within what the series has shown. */
static void
bound_forecast (const Profile *profile, double *mean, int horizon)
{
  double ceiling = AISLE_FORECAST_CEILING * profile->max_abs;
  double floor = profile->is_nonnegative ? 0 : -ceiling;
  for (int h = 0; h < horizon; h++)
    mean[h] = CLAMP (mean[h], floor, ceiling);
}

/* The squared errors of a model over all folds that count; infinite where it cannot be fitted. */
static double
measure_folds (AisleForecastModel model,
               const double *y,
               gsize n,
               const AisleForecastOptions *options,
               const Profile *profile,
               AisleForecastWorker *worker,
               gsize *n_errors)
{
  double sum = 0;
  *n_errors = 0;
  for (int fold = options->n_folds; fold >= 1; fold--)
    {
      if (!aisle_forecast_fold_counts (y, n, options->season, options->horizon, fold))
        continue;
      gsize n_before = n - (gsize) fold * (gsize) options->horizon;
      AisleForecastFit fit = { .mean = worker->trial };
      if (!aisle_forecast_fit (model, y, n_before, options->season, options->horizon,
                               worker->scratch, &fit))
        return INFINITY;
      bound_forecast (profile, fit.mean, options->horizon);
      for (int h = 0; h < options->horizon; h++)
        {
          double e = y[n_before + (gsize) h] - fit.mean[h];
          if (isnan (e))
            continue;
          sum += e * e;
          ++*n_errors;
        }
    }
  return *n_errors > 0 ? sum : INFINITY;
}

/* NONE where no fold counts. */
static AisleForecastModel
choose_model (const double *y,
              gsize n,
              guint models,
              const AisleForecastOptions *options,
              const Profile *profile,
              AisleForecastWorker *worker,
              double *error)
{
  AisleForecastModel best = AISLE_FORECAST_NONE;
  double smallest = INFINITY;
  for (gsize i = 0; i < G_N_ELEMENTS (by_simplicity); i++)
    {
      if (!(models & AISLE_FORECAST_BIT (by_simplicity[i])))
        continue;
      if (profile->is_intermittent && (LAST_VALUE_MODELS & AISLE_FORECAST_BIT (by_simplicity[i]))
          && (models & ~LAST_VALUE_MODELS))
        continue;
      gsize n_errors;
      double sum = measure_folds (by_simplicity[i], y, n, options, profile, worker, &n_errors);
      if (sum < smallest)
        {
          best = by_simplicity[i];
          smallest = sum;
          *error = sqrt (sum / (double) n_errors);
        }
    }
  return best;
}

static void
fill_intervals (const AisleForecastOptions *options,
                const Profile *profile,
                AisleForecastAnswer *answer)
{
  double shares[2 * AISLE_FORECAST_MAX_LEVELS], quantiles[2 * AISLE_FORECAST_MAX_LEVELS];
  gsize order[AISLE_FORECAST_MAX_LEVELS], n = options->n_levels;
  AisleForecastValues values = answer->is_count          ? AISLE_FORECAST_VALUES_COUNT
                               : profile->is_nonnegative ? AISLE_FORECAST_VALUES_POSITIVE
                                                         : AISLE_FORECAST_VALUES_ANY;
  /* Widest interval first, so that the shares ascend. */
  for (gsize i = 0; i < n; i++)
    {
      gsize at = i;
      for (; at > 0 && options->levels[order[at - 1]] < options->levels[i]; at--)
        order[at] = order[at - 1];
      order[at] = i;
    }
  for (gsize i = 0; i < n; i++)
    {
      shares[i] = (1 - options->levels[order[i]]) / 2;
      shares[2 * n - 1 - i] = (1 + options->levels[order[i]]) / 2;
    }
  gsize horizon = (gsize) options->horizon;
  for (gsize h = 0; h < horizon; h++)
    {
      double mean = answer->mean[h];
      double variance = aisle_forecast_spread_variance (&answer->spread, (int) h + 1);
      aisle_forecast_quantiles (values, mean, variance, answer->spread.degrees, shares, 2 * n,
                                quantiles);
      for (gsize i = 0; i < n; i++)
        {
          answer->lower[order[i] * horizon + h] = MIN (quantiles[i], mean);
          answer->upper[order[i] * horizon + h] = MAX (quantiles[2 * n - 1 - i], mean);
        }
    }
}

/* Series that need no model: nothing there, or always the same. TRUE where it was one. */
static gboolean
answer_trivial (const AisleForecastOptions *options,
                const Profile *profile,
                AisleForecastAnswer *answer)
{
  if (profile->n_observed > 0 && !profile->is_zero
      && !(profile->is_constant && profile->n_observed > 1))
    return FALSE;
  gboolean is_empty = profile->n_observed == 0;
  answer->model = is_empty ? AISLE_FORECAST_NONE : AISLE_FORECAST_MEAN;
  answer->reason = is_empty           ? AISLE_FORECAST_REASON_EMPTY
                   : profile->is_zero ? AISLE_FORECAST_REASON_ZERO
                                      : AISLE_FORECAST_REASON_CONSTANT;
  answer->spread = (AisleForecastSpread){ .sigma2 = is_empty ? NAN : 0, .season = options->season };
  for (int h = 0; h < options->horizon; h++)
    answer->mean[h] = profile->last;
  return TRUE;
}

/* The average, or the only value; where nothing tells how much it varies, as much as a Poisson
 * variable for counts, else as much as its own size. */
static void
fit_short (const double *y,
           gsize n,
           const AisleForecastOptions *options,
           const Profile *profile,
           AisleForecastWorker *worker,
           AisleForecastFit *fit)
{
  AisleForecastModel model = profile->n_observed > 1 ? AISLE_FORECAST_MEAN : AISLE_FORECAST_NAIVE;
  aisle_forecast_fit (model, y, n, options->season, options->horizon, worker->scratch, fit);
  if (isnan (fit->spread.sigma2))
    fit->spread.sigma2 = profile->is_nonnegative && profile->is_whole
                             ? profile->last
                             : profile->last * profile->last;
}

/* The average of a series that begins with a demand because it was cut there. The plain average
 * takes that demand for the rule: a product that sold once, three days ago, would sell every third
 * day. The chance of a demand is that of the steps after the first, and where those are few or
 * nearly empty as if PRIOR_STEPS more had brought PRIOR_DEMANDS; a product that sells at every step
 * is not touched. (Compound Bernoulli: mean = p m1, variance = p m2 - mean^2, m1 and m2 the sizes'
 * moments.) */
static void
fit_few (const double *y,
         gsize n,
         const AisleForecastOptions *options,
         const Profile *profile,
         AisleForecastFit *fit)
{
  double sum = 0, sum_squares = 0;
  for (gsize i = 0; i < n; i++)
    if (!isnan (y[i]))
      {
        sum += y[i];
        sum_squares += y[i] * y[i];
      }
  double demands = (double) profile->n_demands, after = (double) profile->n_observed - 1;
  double share = after > 0 ? (demands - 1) / after : 0;
  double steps = after + PRIOR_STEPS * (1 - share);
  double chance = MIN (1, (demands - 1 + PRIOR_DEMANDS) / steps);
  double mean = chance * sum / demands;
  for (int h = 0; h < options->horizon; h++)
    fit->mean[h] = mean;
  fit->model = AISLE_FORECAST_MEAN;
  /* No share for the error of the level: the few sizes make the variance large enough as it is, and
   * nobody should order for years because one customer bought much. */
  fit->spread = (AisleForecastSpread){ .sigma2 = chance * sum_squares / demands - mean * mean,
                                       .season = options->season };
  fit->spread.sigma2 = MAX (fit->spread.sigma2, 0);
}

void
aisle_forecast_answer_series (const double *y,
                              gsize n,
                              guint models,
                              const AisleForecastOptions *options,
                              AisleForecastWorker *worker,
                              AisleForecastAnswer *answer)
{
  Profile profile = describe (y, n);
  answer->error = NAN;
  answer->is_nonnegative = profile.is_nonnegative;
  answer->is_count = profile.is_nonnegative && profile.is_whole && profile.n_observed > 0;
  if (!answer_trivial (options, &profile, answer))
    {
      gboolean is_fixed = (models & (models - 1)) == 0;
      gboolean is_cut = options->begins_with_demand && !is_fixed && profile.is_nonnegative;
      AisleForecastModel model = AISLE_FORECAST_NONE;
      if (is_fixed)
        model = (AisleForecastModel) g_bit_nth_lsf (models, -1);
      else if (!is_cut || profile.n_demands >= FEW_DEMANDS)
        model = choose_model (y, n, models, options, &profile, worker, &answer->error);
      AisleForecastFit fit = { .mean = answer->mean };
      answer->reason = is_fixed ? AISLE_FORECAST_REASON_FIXED : AISLE_FORECAST_REASON_FOLDS;
      if (model == AISLE_FORECAST_NONE
          || !aisle_forecast_fit (model, y, n, options->season, options->horizon, worker->scratch,
                                  &fit)
          || isnan (fit.spread.sigma2))
        {
          answer->reason = is_cut ? AISLE_FORECAST_REASON_FEW : AISLE_FORECAST_REASON_SHORT;
          if (is_cut)
            fit_few (y, n, options, &profile, &fit);
          else
            fit_short (y, n, options, &profile, worker, &fit);
        }
      answer->model = fit.model;
      answer->spread = fit.spread;
      bound_forecast (&profile, answer->mean, options->horizon);
    }
  if (options->n_levels > 0 && answer->lower)
    fill_intervals (options, &profile, answer);
}
