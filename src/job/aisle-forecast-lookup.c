/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-lookup.h"

#include <math.h>
#include <string.h>

#define DAYS_PER_WEEK 7

typedef struct
{
  gint64 store_id;
  gint64 product_id;
} Key;

typedef struct
{
  Key key;
  AisleDate first_day;
  int horizon;
  float *mean; /* [horizon] floats: a hundred thousand series stay small */
  float *sum_sd;
} Entry;

struct _AisleForecastLookup
{
  GHashTable *entries;
  gint64 run_id;
  AisleDate business_day;
};

static guint
key_hash_cb (gconstpointer data)
{
  const Key *key = data;
  guint64 x =
      (guint64) key->store_id * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + (guint64) key->product_id;
  return (guint) (x ^ (x >> 32));
}

static gboolean
key_equal_cb (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

static void
entry_free_cb (gpointer data)
{
  Entry *entry = data;
  g_free (entry->mean);
  g_free (entry->sum_sd);
  g_free (entry);
}

static void
add_row_cb (const AisleForecastRow *row, gpointer data)
{
  AisleForecastLookup *lookup = data;
  Entry *entry = g_new0 (Entry, 1);
  entry->key = (Key){ row->store_id, row->product_id };
  entry->first_day = row->first_day;
  entry->horizon = row->horizon;
  entry->mean = g_new (float, row->horizon);
  entry->sum_sd = g_new (float, row->horizon);
  for (int h = 0; h < row->horizon; h++)
    {
      entry->mean[h] = (float) row->mean[h];
      entry->sum_sd[h] = (float) row->sum_sd[h];
    }
  g_hash_table_insert (lookup->entries, &entry->key, entry);
}

AisleForecastLookup *
aisle_forecast_lookup_new (AisleWorkspace *workspace,
                           gint64 store_id,
                           gint64 product_id,
                           GError **error)
{
  g_autoptr (AisleForecastLookup) lookup = g_new0 (AisleForecastLookup, 1);
  lookup->entries = g_hash_table_new_full (key_hash_cb, key_equal_cb, NULL, entry_free_cb);
  lookup->business_day = AISLE_DATE_NONE;
  lookup->run_id = aisle_run_latest (workspace, "forecast", &lookup->business_day);
  if (lookup->run_id != 0
      && !aisle_forecast_row_foreach (workspace, lookup->run_id, store_id, product_id, add_row_cb,
                                      lookup, error))
    return NULL;
  return g_steal_pointer (&lookup);
}

void
aisle_forecast_lookup_free (AisleForecastLookup *lookup)
{
  if (!lookup)
    return;
  g_hash_table_unref (lookup->entries);
  g_free (lookup);
}

gint64
aisle_forecast_lookup_get_run (AisleForecastLookup *lookup)
{
  return lookup->run_id;
}

AisleDate
aisle_forecast_lookup_get_day (AisleForecastLookup *lookup)
{
  return lookup->business_day;
}

/* The variance of the demand of the first `n_days` together; beyond the horizon it grows with time.
 */
static double
sum_variance (const Entry *entry, int n_days)
{
  if (n_days <= 0)
    return 0;
  double sd = entry->sum_sd[MIN (n_days, entry->horizon) - 1];
  return sd * sd * MAX (1, (double) n_days / entry->horizon);
}

gboolean
aisle_forecast_lookup_sum (AisleForecastLookup *lookup,
                           gint64 store_id,
                           gint64 product_id,
                           AisleDate first,
                           int n_days,
                           double *mean,
                           double *sd)
{
  Key key = { store_id, product_id };
  const Entry *entry = g_hash_table_lookup (lookup->entries, &key);
  *mean = *sd = NAN;
  if (!entry || n_days < 1)
    return FALSE;

  int begin = MAX (first - entry->first_day, 0);
  int end = MAX (first - entry->first_day + n_days, begin);
  double sum = 0;
  for (int h = begin; h < MIN (end, entry->horizon); h++)
    sum += entry->mean[h];
  if (end > entry->horizon)
    {
      int tail = MIN (DAYS_PER_WEEK, entry->horizon);
      double week = 0;
      for (int h = entry->horizon - tail; h < entry->horizon; h++)
        week += entry->mean[h];
      sum += week / tail * (end - MAX (begin, entry->horizon));
    }
  /* Errors of neighbouring days go together where they depend on each other at all (all share the
   * level), so that the difference of the variances is no less than the window's. */
  double variance = sum_variance (entry, end) - sum_variance (entry, begin);
  if (isnan (sum) || isnan (variance))
    return FALSE;
  *mean = sum;
  *sd = sqrt (MAX (variance, 0));
  return TRUE;
}
