/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-demand.h"

#include "aisle-statement-private.h"

#include <math.h>
#include <string.h>

/* What grows while rows are read. */
typedef struct
{
  GArray *store_ids;
  GArray *product_ids;
  GArray *first_days;
  GArray *offsets;
  GArray *values;
} Builder;

static void
builder_init (Builder *builder)
{
  builder->store_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  builder->product_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  builder->first_days = g_array_new (FALSE, FALSE, sizeof (AisleDate));
  builder->offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
  builder->values = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
builder_clear (Builder *builder)
{
  g_array_unref (builder->store_ids);
  g_array_unref (builder->product_ids);
  g_array_unref (builder->first_days);
  g_array_unref (builder->offsets);
  g_array_unref (builder->values);
}

/* Fills the days from the end of the series so far up to `day` (exclusive) with 0. */
static void
append_zeros (Builder *builder, AisleDate day)
{
  gsize start = g_array_index (builder->offsets, gsize, builder->offsets->len - 1);
  AisleDate first = g_array_index (builder->first_days, AisleDate, builder->first_days->len - 1);
  gsize wanted = (gsize) (day - first);
  gsize present = builder->values->len - start;
  if (wanted > present)
    {
      g_array_set_size (builder->values, (guint) (start + wanted));
      memset (&g_array_index (builder->values, double, start + present), 0,
              (wanted - present) * sizeof (double));
    }
}

/* The days of the week on which the store opens, and whether it is there at all. */
static gboolean
mark_by_store (AisleWorkspace *workspace,
               gint64 store_id,
               AisleDate first_day,
               gsize n_days,
               guint8 *is_closed,
               GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace, "SELECT opening_days, opened_day, closed_day FROM store WHERE id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  int step = aisle_step (s, error);
  if (step != 1)
    return step == 0;
  guint opening = (guint) aisle_column_int64 (s, 0);
  AisleDate opened =
      aisle_column_is_null (s, 1) ? AISLE_DATE_MIN : (AisleDate) aisle_column_int64 (s, 1);
  AisleDate closed =
      aisle_column_is_null (s, 2) ? AISLE_DATE_MAX : (AisleDate) aisle_column_int64 (s, 2);
  aisle_statement_reset (s);
  for (gsize i = 0; i < n_days; i++)
    {
      AisleDate day = first_day + (AisleDate) i;
      is_closed[i] =
          !(opening & (1u << (aisle_date_weekday (day) - 1))) || day < opened || day >= closed;
    }
  return TRUE;
}

static gboolean
mark_by_calendar (AisleWorkspace *workspace,
                  gint64 store_id,
                  AisleDate first_day,
                  gsize n_days,
                  guint8 *is_closed,
                  GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT c.day FROM calendar_day AS c JOIN store AS t ON t.id = ?1"
      " WHERE c.is_closed = 1 AND c.day >= ?2 AND c.day < ?3"
      "  AND (c.country = '' OR c.country = t.country) AND (c.region = '' OR c.region = t.region)",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, first_day);
  aisle_bind_int64 (s, 3, (gint64) first_day + (gint64) n_days);
  int step;
  while ((step = aisle_step (s, error)) == 1)
    is_closed[aisle_column_int64 (s, 0) - first_day] = 1;
  return step == 0;
}

guint8 *
aisle_demand_closed_days (AisleWorkspace *workspace,
                          gint64 store_id,
                          AisleDate first_day,
                          gsize n_days,
                          GError **error)
{
  g_autofree guint8 *is_closed = g_new0 (guint8, MAX (n_days, 1));
  if (!mark_by_store (workspace, store_id, first_day, n_days, is_closed, error)
      || !mark_by_calendar (workspace, store_id, first_day, n_days, is_closed, error))
    return NULL;
  return g_steal_pointer (&is_closed);
}

static gboolean
read_rows (AisleWorkspace *workspace,
           AisleDate until,
           gint64 store_id,
           gint64 product_id,
           Builder *builder,
           GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT d.store_id, d.product_id, d.day, d.demand_milli, d.is_available FROM sale_day AS d"
      " JOIN product AS p ON p.id = d.product_id"
      " WHERE d.day < ?1 AND (?2 = 0 OR d.store_id = ?2) AND (?3 = 0 OR d.product_id = ?3)"
      "  AND p.status IN ('active', 'planned')"
      " ORDER BY d.store_id, d.product_id, d.day",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, until);
  aisle_bind_int64 (s, 2, store_id);
  aisle_bind_int64 (s, 3, product_id);
  gint64 store = 0, product = 0;
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      gint64 row_store = aisle_column_int64 (s, 0), row_product = aisle_column_int64 (s, 1);
      AisleDate day = (AisleDate) aisle_column_int64 (s, 2);
      double units = (double) aisle_column_int64 (s, 3) / 1000;
      if (!aisle_column_is_null (s, 4) && aisle_column_int64 (s, 4) == 0)
        units = NAN;
      if (row_store != store || row_product != product)
        {
          /* A series begins with its first sale: what only came back before it is no demand. */
          if (!(units > 0))
            continue;
          if (product != 0)
            append_zeros (builder, until);
          gsize offset = builder->values->len;
          store = row_store;
          product = row_product;
          g_array_append_val (builder->store_ids, store);
          g_array_append_val (builder->product_ids, product);
          g_array_append_val (builder->first_days, day);
          g_array_append_val (builder->offsets, offset);
        }
      append_zeros (builder, day);
      /* More cancelled than sold on a day is no negative demand. */
      double value = units < 0 ? 0 : units;
      g_array_append_val (builder->values, value);
    }
  if (product != 0)
    append_zeros (builder, until);
  gsize end = builder->values->len;
  g_array_append_val (builder->offsets, end);
  return step == 0;
}

/* Series of one store stand together: its closed days are asked for once. */
static gboolean
mark_closed_days (AisleWorkspace *workspace, AisleDemand *demand, AisleDate until, GError **error)
{
  gsize i = 0;
  while (i < demand->n_series)
    {
      gint64 store = demand->store_ids[i];
      gsize end = i;
      AisleDate first = until;
      for (; end < demand->n_series && demand->store_ids[end] == store; end++)
        first = MIN (first, demand->first_days[end]);
      g_autofree guint8 *is_closed =
          aisle_demand_closed_days (workspace, store, first, (gsize) (until - first), error);
      if (!is_closed)
        return FALSE;
      for (; i < end; i++)
        for (gsize k = demand->offsets[i]; k < demand->offsets[i + 1]; k++)
          {
            gsize day = (gsize) (demand->first_days[i] - first) + k - demand->offsets[i];
            /* Sales on a closed day did happen: they stay. */
            if (is_closed[day] && demand->values[k] == 0)
              demand->values[k] = NAN;
          }
    }
  return TRUE;
}

static void
hash_input (AisleDemand *demand)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = demand->n_series;
  g_checksum_update (checksum, (const guchar *) demand->store_ids, (gssize) (n * sizeof (gint64)));
  g_checksum_update (checksum, (const guchar *) demand->product_ids,
                     (gssize) (n * sizeof (gint64)));
  g_checksum_update (checksum, (const guchar *) demand->first_days,
                     (gssize) (n * sizeof (AisleDate)));
  g_checksum_update (checksum, (const guchar *) demand->offsets,
                     (gssize) ((n + 1) * sizeof (gsize)));
  g_checksum_update (checksum, (const guchar *) demand->values,
                     (gssize) (demand->offsets[n] * sizeof (double)));
  gsize size = sizeof demand->input_hash;
  g_checksum_get_digest (checksum, demand->input_hash, &size);
}

AisleDemand *
aisle_demand_load (AisleWorkspace *workspace,
                   AisleDate until,
                   gint64 store_id,
                   gint64 product_id,
                   GError **error)
{
  Builder builder;
  builder_init (&builder);
  gboolean ok = read_rows (workspace, until, store_id, product_id, &builder, error);
  g_autoptr (AisleDemand) demand = g_new0 (AisleDemand, 1);
  demand->n_series = builder.store_ids->len;
  demand->store_ids = (gint64 *) g_array_steal (builder.store_ids, NULL);
  demand->product_ids = (gint64 *) g_array_steal (builder.product_ids, NULL);
  demand->first_days = (AisleDate *) g_array_steal (builder.first_days, NULL);
  demand->offsets = (gsize *) g_array_steal (builder.offsets, NULL);
  demand->values = (double *) g_array_steal (builder.values, NULL);
  builder_clear (&builder);
  if (!ok || !mark_closed_days (workspace, demand, until, error))
    return NULL;
  hash_input (demand);
  return g_steal_pointer (&demand);
}

void
aisle_demand_free (AisleDemand *demand)
{
  if (!demand)
    return;
  g_free (demand->store_ids);
  g_free (demand->product_ids);
  g_free (demand->first_days);
  g_free (demand->offsets);
  g_free (demand->values);
  g_free (demand);
}
