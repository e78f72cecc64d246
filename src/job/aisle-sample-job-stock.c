/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-range-private.h"

#include <math.h>

#define REVIEW_DAYS 7
#define MEMORY_DAYS 56 /* over which the buyer looks back */
#define SAFETY 1.65    /* standard deviations of demand over lead time and review */

/* What the buyer thinks sells in a day, and how much that moves. */
typedef struct
{
  double mean;
  double variance;
} Belief;

static Belief
first_belief (const AisleSampleStockTask *task)
{
  double sum = 0, squares = 0;
  for (guint i = 0; i < task->n_days; i++)
    {
      double units = MAX (0, task->units[i]);
      sum += units;
      squares += units * units;
    }
  double n = MAX (1, task->n_days), mean = sum / n;
  return (Belief){ mean, MAX (0, squares / n - mean * mean) };
}

/* Exponential forgetting. One huge order must not fill the shelf for months: a day counts for at
 * most five standard days. */
static void
learn (Belief *belief, double units)
{
  double weight = 1.0 / MEMORY_DAYS;
  double limit = belief->mean + 5 * sqrt (belief->variance + 1);
  double step = MIN (units, limit) - belief->mean;
  belief->mean += weight * step;
  belief->variance = (1 - weight) * (belief->variance + weight * step * step);
}

static gint32
in_cases (double units, guint case_pack)
{
  return (gint32) MIN (1e8, ceil (units / case_pack) * case_pack);
}

static double
order_up_to (const AisleSampleStockTask *task, const Belief *belief)
{
  double days = task->lead_time_days + REVIEW_DAYS;
  double expected = belief->mean * days;
  /* Where a few huge orders make the variance, nobody keeps that much on the shelf. */
  double safety = MIN (SAFETY * sqrt (belief->variance * days), 1.2 * expected);
  return task->cover_share * (expected + safety);
}

void
aisle_sample_stock_simulate (const AisleSampleStockTask *task,
                             gint32 *on_hand,
                             gint32 *on_order,
                             gint32 *sold)
{
  /* arriving[d % length]: what comes in on day d */
  guint length = task->lead_time_days + 1;
  g_autofree gint32 *arriving = g_new0 (gint32, length);
  Belief belief = first_belief (task);
  gint32 shelf = in_cases (order_up_to (task, &belief), task->case_pack), coming = 0;

  for (guint day = 0; day < task->n_days; day++)
    {
      gint32 *today = &arriving[day % length];
      gint32 wanted = task->units[day], taken = wanted;
      shelf += *today;
      coming -= *today;
      *today = 0;
      if (wanted > shelf && task->is_binding)
        taken = shelf;
      else if (wanted > shelf)
        /* It was sold, so it was there: the buyer had just these fetched, and the shelf is empty.
         */
        shelf = wanted;
      shelf -= taken;
      learn (&belief, MAX (0, wanted));
      if (day % REVIEW_DAYS == 0 && task->lead_time_days > 0)
        {
          double missing = order_up_to (task, &belief) - shelf - coming;
          gint32 order = missing > 0 ? in_cases (missing, task->case_pack) : 0;
          arriving[(day + task->lead_time_days) % length] += order;
          coming += order;
        }
      on_hand[day] = shelf;
      on_order[day] = coming;
      if (sold)
        sold[day] = taken;
    }
}

double
aisle_sample_stock_cover (guint64 seed, const char *store, const char *sku)
{
  g_autofree char *key = g_strconcat (store, " ", sku, NULL);
  AisleRandom random = aisle_sample_stream (seed, "cover", key);
  double kind = aisle_random_uniform (&random);
  if (kind < 0.15)
    return aisle_sample_between (&random, 0.3, 0.7);
  if (kind < 0.9)
    return aisle_sample_between (&random, 1.2, 1.8);
  return aisle_sample_between (&random, 2, 4);
}
