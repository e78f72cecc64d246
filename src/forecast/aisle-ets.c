/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing (2008): chapter 2 for
 * the models, section 2.3 for the linearity in the initial states, chapter 7 for the likelihood and
 * AICc.
 *
 * In the concentrated pass a "lane" is one copy of the recursion: lane 0 runs over the data from
 * rough initial states, the others over zeros from one unit state each; their errors are the
 * derivatives of the error with respect to that state. The free states are the level and all
 * seasonal states but the last, which is minus the sum of the others. */
#include "aisle-ets.h"

#include "aisle-forecast-private.h"

#include <math.h>
#include <string.h>

#define ALPHA_MIN 1e-4
#define ALPHA_MAX 0.9999
#define GAMMA_MIN 1e-4
#define RIDGE 1e-12
#define WEEK_LANES 8 /* level and six seasonal states, and the error */
#define N_ALPHAS 7
#define N_GAMMAS 5
#define ROUGH 1e-3
#define FINE 1e-5
#define MAX_STEPS 90 /* of the simplex search */

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

typedef struct
{
  const double *observed;
  const int *slots;
  gsize n;
  int season;  /* 1: ANN */
  int n_lanes; /* 1 + free states */
  AisleForecastScratch *scratch;
  double first_level; /* rough initial states; scratch->start has the seasonal ones */
} Problem;

double
aisle_ets_run (const double *y, gsize n, int season, AisleEtsState *state, double *fitted)
{
  double level = state->level, sum = 0;
  for (gsize i = 0; i < n; i++)
    {
      double *s = state->seasonal ? &state->seasonal[i % (gsize) season] : NULL;
      double expected = level + (s ? *s : 0);
      if (fitted)
        fitted[i] = expected;
      if (isnan (y[i]))
        continue;
      double e = y[i] - expected;
      level += state->alpha * e;
      if (s)
        *s += state->gamma * e;
      sum += e * e;
    }
  state->level = level;
  return sum;
}

double
aisle_ets_loglik (double sum_squares, gsize n_observed)
{
  return -0.5 * (double) n_observed * log (sum_squares);
}

int
aisle_ets_n_parameters (AisleForecastModel form, int season)
{
  return form == AISLE_FORECAST_ETS_ANA ? season + 3 : 3;
}

/* The products of all lanes (only k <= j is filled), summed over time; lanes[0 .. L-1] is the
 * level's row, row 1 + s season s's. */
CLONES static void
sum_products (const Problem *p, double alpha, double gamma)
{
  double errors[AISLE_ETS_MAX_SEASON + 1];
  const int n_lanes = p->n_lanes;
  double *restrict level = p->scratch->lanes;
  double *restrict products = p->scratch->products;
  memset (products, 0, sizeof (double) * (gsize) (n_lanes * n_lanes));
  for (gsize i = 0; i < p->n; i++)
    {
      double *restrict s = p->scratch->lanes + (1 + p->slots[i]) * n_lanes;
      for (int k = 0; k < n_lanes; k++)
        errors[k] = -level[k] - s[k];
      errors[0] += p->observed[i];
      for (int k = 0; k < n_lanes; k++)
        {
          level[k] += alpha * errors[k];
          s[k] += gamma * errors[k];
        }
      for (int j = 0; j < n_lanes; j++)
        for (int k = 0; k <= j; k++)
          products[j * n_lanes + k] += errors[j] * errors[k];
    }
}

/* The same for a week, with all lanes of a state in one vector. */
typedef double Lanes __attribute__ ((vector_size (WEEK_LANES * sizeof (double))));

CLONES static void
sum_products_week (const Problem *p, double alpha, double gamma)
{
  Lanes level, seasons[WEEK_LANES - 1], sums[WEEK_LANES] = { 0 };
  memcpy (&level, p->scratch->lanes, sizeof level);
  memcpy (seasons, p->scratch->lanes + WEEK_LANES, sizeof seasons);
  for (gsize i = 0; i < p->n; i++)
    {
      Lanes season = seasons[p->slots[i]];
      Lanes e = -level - season;
      e[0] += p->observed[i];
      level += alpha * e;
      seasons[p->slots[i]] = season + gamma * e;
      for (int j = 0; j < WEEK_LANES; j++)
        sums[j] += e[j] * e;
    }
  memcpy (p->scratch->products, sums, sizeof sums);
}

/* The same for ANN: two lanes, the derivative is known without a recursion of its own. */
static void
sum_products_level (const Problem *p, double alpha)
{
  double level = p->first_level, share = 1, ee = 0, ej = 0, jj = 0;
  for (gsize i = 0; i < p->n; i++)
    {
      double e = p->observed[i] - level;
      ee += e * e;
      ej -= e * share;
      jj += share * share;
      level += alpha * e;
      share *= 1 - alpha;
    }
  double *products = p->scratch->products;
  products[0] = ee;
  products[1] = products[2] = ej;
  products[3] = jj;
}

static void
set_lanes (const Problem *p)
{
  int n_lanes = p->n_lanes, m = p->season;
  double *lanes = p->scratch->lanes;
  memset (lanes, 0, sizeof (double) * (gsize) ((m + 1) * n_lanes));
  lanes[0] = p->first_level;
  lanes[1] = 1;
  for (int s = 0; s < m; s++)
    lanes[(1 + s) * n_lanes] = p->scratch->start[s];
  for (int s = 0; s + 1 < m; s++)
    {
      lanes[(1 + s) * n_lanes + 2 + s] = 1;
      lanes[m * n_lanes + 2 + s] = -1;
    }
}

/* Solves the normal equations in place by Cholesky; the corrections of the states go to `solution`.
 * Returns the sum of squares that is left. */
static double
solve_states (const Problem *p)
{
  int n_lanes = p->n_lanes, k = n_lanes - 1;
  double *a = p->scratch->products, *x = p->scratch->solution;
  double left = a[0];
  for (int i = 0; i < k; i++)
    {
      double *row = a + (i + 1) * n_lanes;
      row[i + 1] += RIDGE * row[i + 1] + RIDGE;
      for (int j = 0; j <= i; j++)
        {
          const double *other = a + (j + 1) * n_lanes;
          double sum = row[j + 1];
          for (int l = 0; l < j; l++)
            sum -= row[l + 1] * other[l + 1];
          row[j + 1] = j < i ? sum / other[j + 1] : sqrt (MAX (sum, RIDGE * RIDGE));
        }
      /* Forward substitution: what this state takes away from the sum of squares. */
      double sum = -row[0];
      for (int l = 0; l < i; l++)
        sum -= row[l + 1] * x[l];
      x[i] = sum / row[i + 1];
      left -= x[i] * x[i];
    }
  for (int i = k; i-- > 0;)
    {
      double sum = x[i];
      for (int l = i + 1; l < k; l++)
        sum -= a[(l + 1) * n_lanes + i + 1] * x[l];
      x[i] = sum / a[(i + 1) * n_lanes + i + 1];
    }
  return MAX (left, 0);
}

/* The sum of squares at the best initial states for these parameters. */
static double
concentrate (const Problem *p, double alpha, double gamma)
{
  if (p->season == 1)
    sum_products_level (p, alpha);
  else
    {
      set_lanes (p);
      if (p->n_lanes == WEEK_LANES)
        sum_products_week (p, alpha, gamma);
      else
        sum_products (p, alpha, gamma);
    }
  return solve_states (p);
}

/* Search space: u is the logit of alpha, v that of gamma's share of 1 - alpha; both cut at the
 * bounds. */
typedef struct
{
  double u;
  double v;
  double value;
} Point;

static void
point_parameters (const Problem *p, const Point *point, double *alpha, double *gamma)
{
  *alpha = CLAMP (1 / (1 + exp (-point->u)), ALPHA_MIN, ALPHA_MAX);
  *gamma = 0;
  if (p->season > 1)
    {
      *alpha = MIN (*alpha, 1 - GAMMA_MIN * (1 + 1e-9));
      double share = 1 / (1 + exp (-point->v));
      *gamma = MAX (GAMMA_MIN, (1 - *alpha) * MIN (share, 1 - 1e-9));
    }
}

static Point
evaluate (const Problem *p, double u, double v)
{
  Point point = { CLAMP (u, -9.5, 9.5), CLAMP (v, -9.5, 9.5), 0 };
  double alpha, gamma;
  point_parameters (p, &point, &alpha, &gamma);
  point.value = concentrate (p, alpha, gamma);
  return point;
}

static Point
search_level (const Problem *p)
{
  static const double grid[] = { -9.5, -5, -3, -1.5, -0.5, 0.5, 1.5, 3, 9.5 };
  Point best = { .value = INFINITY };
  gsize at = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (grid); i++)
    {
      Point point = evaluate (p, grid[i], 0);
      if (point.value < best.value)
        {
          best = point;
          at = i;
        }
    }
  const double ratio = 0.6180339887498949;
  double left = grid[at == 0 ? 0 : at - 1];
  double right = grid[MIN (at + 1, G_N_ELEMENTS (grid) - 1)];
  Point a = evaluate (p, right - ratio * (right - left), 0);
  Point b = evaluate (p, left + ratio * (right - left), 0);
  while (right - left > 2e-3)
    if (a.value <= b.value)
      {
        right = b.u;
        b = a;
        a = evaluate (p, right - ratio * (right - left), 0);
      }
    else
      {
        left = a.u;
        a = b;
        b = evaluate (p, left + ratio * (right - left), 0);
      }
  if (a.value < best.value)
    best = a;
  return b.value < best.value ? b : best;
}

static void
sort_points (Point points[3])
{
  for (int i = 1; i < 3; i++)
    for (int j = i; j > 0 && points[j].value < points[j - 1].value; j--)
      {
        Point swap = points[j];
        points[j] = points[j - 1];
        points[j - 1] = swap;
      }
}

/* Nelder and Mead's simplex from a start, until the likelihood changes by less than the tolerance.
 */
static Point
search_simplex (const Problem *p, Point start, double size, double tolerance)
{
  Point points[3] = { start, evaluate (p, start.u + (start.u > 8 ? -size : size), start.v),
                      evaluate (p, start.u, start.v + (start.v > 8 ? -size : size)) };
  double enough = tolerance / (double) p->n;
  for (int step = 0; step < MAX_STEPS; step++)
    {
      sort_points (points);
      if (points[2].value - points[0].value <= enough * points[0].value)
        break;
      double u = (points[0].u + points[1].u) / 2, v = (points[0].v + points[1].v) / 2;
      double du = u - points[2].u, dv = v - points[2].v;
      Point reflected = evaluate (p, u + du, v + dv);
      if (reflected.value < points[0].value)
        {
          Point expanded = evaluate (p, u + 2 * du, v + 2 * dv);
          points[2] = expanded.value < reflected.value ? expanded : reflected;
        }
      else if (reflected.value < points[1].value)
        points[2] = reflected;
      else
        {
          double side = reflected.value < points[2].value ? 0.5 : -0.5;
          Point contracted = evaluate (p, u + side * du, v + side * dv);
          if (contracted.value < MIN (reflected.value, points[2].value))
            points[2] = contracted;
          else
            for (int i = 1; i < 3; i++)
              points[i] =
                  evaluate (p, (points[0].u + points[i].u) / 2, (points[0].v + points[i].v) / 2);
        }
    }
  sort_points (points);
  return points[0];
}

/* No neighbour on the grid is lower. */
static gboolean
is_valley (double values[N_ALPHAS][N_GAMMAS], int i, int j)
{
  for (int di = -1; di <= 1; di++)
    for (int dj = -1; dj <= 1; dj++)
      if (i + di >= 0 && i + di < N_ALPHAS && j + dj >= 0 && j + dj < N_GAMMAS
          && values[i + di][j + dj] < values[i][j])
        return FALSE;
  return TRUE;
}

/* The sum of squares often has more than one valley (much level and little season, or the other way
 * round): each that a grid shows is followed down, the lowest to its bottom. */
static Point
search_season (const Problem *p)
{
  static const double us[N_ALPHAS] = { -9.5, -6, -4, -2.5, -1, 1, 4 };
  static const double vs[N_GAMMAS] = { -9.5, -6, -4.5, -3, -1 };
  double values[N_ALPHAS][N_GAMMAS];
  for (int i = 0; i < N_ALPHAS; i++)
    for (int j = 0; j < N_GAMMAS; j++)
      values[i][j] = evaluate (p, us[i], vs[j]).value;
  Point best = { .value = INFINITY };
  for (int i = 0; i < N_ALPHAS; i++)
    for (int j = 0; j < N_GAMMAS; j++)
      if (is_valley (values, i, j))
        {
          Point start = { us[i], vs[j], values[i][j] };
          Point point = search_simplex (p, start, 0.7, ROUGH);
          if (point.value < best.value)
            best = point;
        }
  /* A second, smaller simplex gets out where the first one collapsed against a bound. */
  return search_simplex (p, best, 0.1, FINE);
}

/* Rough initial states: the closer they are, the fewer digits the corrections cost. */
static void
start_states (Problem *p)
{
  gsize first = MIN (p->n, (gsize) MAX (10, 4 * p->season));
  double sum = 0;
  for (gsize i = 0; i < first; i++)
    sum += p->observed[i];
  p->first_level = sum / (double) first;
  double *start = p->scratch->start, *count = p->scratch->solution;
  for (int s = 0; s < p->season; s++)
    start[s] = count[s] = 0;
  if (p->season == 1)
    return;
  for (gsize i = 0; i < first; i++)
    {
      start[p->slots[i]] += p->observed[i] - p->first_level;
      count[p->slots[i]]++;
    }
  double all = 0;
  for (int s = 0; s < p->season; s++)
    {
      start[s] /= MAX (1, count[s]);
      all += start[s] / p->season;
    }
  for (int s = 0; s < p->season; s++)
    start[s] -= all;
}

static void
apply_solution (const Problem *p, AisleEtsState *state)
{
  const double *x = p->scratch->solution;
  double sum = 0;
  state->level = p->first_level + x[0];
  if (p->season == 1)
    return;
  for (int s = 0; s + 1 < p->season; s++)
    {
      state->seasonal[s] = p->scratch->start[s] + x[1 + s];
      sum += state->seasonal[s];
    }
  state->seasonal[p->season - 1] = -sum;
}

static void
fill_fit (const Problem *p,
          AisleForecastModel form,
          gsize n,
          int season,
          int horizon,
          double sum_squares,
          const AisleEtsState *end,
          AisleForecastFit *fit)
{
  int k = aisle_ets_n_parameters (form, season);
  double n_observed = (double) p->n;
  fit->model = form;
  fit->sum_squares = sum_squares;
  fit->loglik = aisle_ets_loglik (sum_squares, p->n);
  fit->aicc = -2 * fit->loglik + 2 * k + 2.0 * k * (k + 1) / (n_observed - k - 1);
  fit->spread = (AisleForecastSpread){ .sigma2 = sum_squares / (n_observed - k + 1),
                                       .alpha = end->alpha,
                                       .gamma = end->gamma,
                                       .season = season };
  for (int h = 0; h < horizon; h++)
    fit->mean[h] =
        end->level + (end->seasonal ? end->seasonal[(n + (gsize) h) % (gsize) season] : 0);
}

static gboolean
fit_form (AisleForecastModel form,
          const double *y,
          gsize n,
          int season,
          int horizon,
          AisleForecastScratch *scratch,
          AisleForecastFit *fit,
          AisleEtsState *initial)
{
  gboolean has_season = form == AISLE_FORECAST_ETS_ANA;
  if (has_season && (season < 2 || season > AISLE_ETS_MAX_SEASON))
    return FALSE;
  Problem p = { .observed = scratch->observed,
                .slots = scratch->slots,
                .season = has_season ? season : 1,
                .n_lanes = has_season ? season + 1 : 2,
                .scratch = scratch };
  for (gsize i = 0; i < n; i++)
    if (!isnan (y[i]))
      {
        scratch->observed[p.n] = y[i];
        scratch->slots[p.n++] = (int) (i % (gsize) season);
      }
  if (p.n <= (gsize) aisle_ets_n_parameters (form, season) + 1
      || (has_season && p.n < 2 * (gsize) season))
    return FALSE;
  start_states (&p);
  Point best = has_season ? search_season (&p) : search_level (&p);

  AisleEtsState state = { .seasonal = has_season ? scratch->seasonal : NULL };
  point_parameters (&p, &best, &state.alpha, &state.gamma);
  concentrate (&p, state.alpha, state.gamma);
  apply_solution (&p, &state);
  if (initial)
    {
      double *seasonal = initial->seasonal;
      *initial = state;
      initial->seasonal = seasonal;
      if (seasonal && has_season)
        memcpy (seasonal, state.seasonal, sizeof (double) * (gsize) season);
    }
  double sum_squares = aisle_ets_run (y, n, season, &state, NULL);
  fill_fit (&p, form, n, season, horizon, sum_squares, &state, fit);
  return isfinite (sum_squares);
}

gboolean
aisle_ets_fit (AisleForecastModel form,
               const double *y,
               gsize n,
               int season,
               int horizon,
               AisleForecastScratch *scratch,
               AisleForecastFit *fit,
               AisleEtsState *state)
{
  if (form != AISLE_FORECAST_ETS)
    return fit_form (form, y, n, season, horizon, scratch, fit, state);
  AisleForecastFit level = { .mean = scratch->values };
  AisleEtsState level_state = { 0 };
  gboolean has_level =
      fit_form (AISLE_FORECAST_ETS_ANN, y, n, season, 1, scratch, &level, &level_state);
  gboolean has_season =
      fit_form (AISLE_FORECAST_ETS_ANA, y, n, season, horizon, scratch, fit, state);
  if (!has_level || (has_season && fit->aicc <= level.aicc))
    return has_season;
  for (int h = 0; h < horizon; h++)
    fit->mean[h] = level.mean[0];
  level.mean = fit->mean;
  *fit = level;
  if (state)
    {
      level_state.seasonal = state->seasonal;
      *state = level_state;
    }
  return TRUE;
}
