/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-run.h"

#include "aisle-statement-private.h"

#include <string.h>

#define N_BLOCKS 6 /* mean, lower80, upper80, lower95, upper95, sum_sd */

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

gboolean
aisle_run_begin (AisleWorkspace *workspace, AisleRunRecord *record, GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "INSERT INTO run (kind, engine, version, parameters, seed, "
                                       "input_hash, business_day, started_at)"
                                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, record->kind);
  aisle_bind_text (s, 2, record->engine);
  aisle_bind_text (s, 3, record->version);
  aisle_bind_text (s, 4, record->parameters);
  aisle_bind_int64 (s, 5, record->seed);
  aisle_bind_blob (s, 6, record->input_hash, 32);
  aisle_bind_int64 (s, 7, record->business_day);
  aisle_bind_int64 (s, 8, now ());
  if (aisle_step (s, error) != 1)
    return FALSE;
  record->id = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  return TRUE;
}

gboolean
aisle_run_finish (AisleWorkspace *workspace, gint64 run_id, const char *summary, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace, "UPDATE run SET finished_at = ?2, summary = ?3 WHERE id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, run_id);
  aisle_bind_int64 (s, 2, now ());
  aisle_bind_text (s, 3, summary);
  return aisle_run (s, error);
}

gint64
aisle_run_latest (AisleWorkspace *workspace, const char *kind, AisleDate *business_day)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT id, business_day FROM run WHERE kind = ?1"
                                       " AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1",
                                       NULL);
  if (!s)
    return 0;
  aisle_bind_text (s, 1, kind);
  if (aisle_step (s, NULL) != 1)
    return 0;
  gint64 id = aisle_column_int64 (s, 0);
  if (business_day)
    *business_day = (AisleDate) aisle_column_int64 (s, 1);
  aisle_statement_reset (s);
  return id;
}

/* Days are kept as 32-bit floats, seven digits: a row of four weeks then stays within its page, and
 * a run takes a sixth of the room that doubles would. */

static double
float_from_le (guint32 bits)
{
  bits = GUINT32_FROM_LE (bits);
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

static guint32
float_to_le (double value)
{
  float narrow = (float) value;
  guint32 bits;
  memcpy (&bits, &narrow, sizeof bits);
  return GUINT32_TO_LE (bits);
}

gboolean
aisle_forecast_row_save (AisleWorkspace *workspace, const AisleForecastRow *row, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "INSERT INTO forecast_series (run_id, store_id, product_id, model, first_day, horizon,"
      " n_observed, error, sigma, reason, days) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
      "?11)",
      error);
  if (!s)
    return FALSE;
  gsize horizon = (gsize) row->horizon;
  const double *blocks[N_BLOCKS] = { row->mean,    row->lower80, row->upper80,
                                     row->lower95, row->upper95, row->sum_sd };
  g_autofree guint32 *days = g_new (guint32, N_BLOCKS * horizon);
  for (gsize b = 0; b < N_BLOCKS; b++)
    for (gsize h = 0; h < horizon; h++)
      days[b * horizon + h] = float_to_le (blocks[b][h]);
  aisle_bind_int64 (s, 1, row->run_id);
  aisle_bind_int64 (s, 2, row->store_id);
  aisle_bind_int64 (s, 3, row->product_id);
  aisle_bind_text (s, 4, row->model);
  aisle_bind_int64 (s, 5, row->first_day);
  aisle_bind_int64 (s, 6, row->horizon);
  aisle_bind_int64 (s, 7, row->n_observed);
  aisle_bind_double (s, 8, row->error);
  aisle_bind_double (s, 9, row->sigma);
  aisle_bind_text (s, 10, row->reason);
  aisle_bind_blob (s, 11, days, N_BLOCKS * horizon * sizeof (guint32));
  return aisle_run (s, error);
}

gboolean
aisle_forecast_row_foreach (AisleWorkspace *workspace,
                            gint64 run_id,
                            gint64 store_id,
                            gint64 product_id,
                            AisleForecastRowFunc func,
                            gpointer data,
                            GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "SELECT store_id, product_id, model, first_day, horizon, n_observed, error, "
                       "sigma, reason, days"
                       " FROM forecast_series WHERE run_id = ?1 AND (?2 = 0 OR store_id = ?2)"
                       "  AND (?3 = 0 OR product_id = ?3) ORDER BY store_id, product_id",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, run_id);
  aisle_bind_int64 (s, 2, store_id);
  aisle_bind_int64 (s, 3, product_id);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      AisleForecastRow row = { .run_id = run_id,
                               .store_id = aisle_column_int64 (s, 0),
                               .product_id = aisle_column_int64 (s, 1),
                               .model = aisle_column_text (s, 2),
                               .first_day = (AisleDate) aisle_column_int64 (s, 3),
                               .horizon = (int) aisle_column_int64 (s, 4),
                               .n_observed = aisle_column_int64 (s, 5),
                               .error = aisle_column_double (s, 6),
                               .sigma = aisle_column_double (s, 7),
                               .reason = aisle_column_text (s, 8) };
      gsize size, horizon = (gsize) row.horizon;
      gconstpointer blob = aisle_column_blob (s, 9, &size);
      if (size != N_BLOCKS * horizon * sizeof (guint32))
        {
          g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
                       "%s: a forecast of run %" G_GINT64_FORMAT
                       " is damaged; run the forecast again",
                       aisle_workspace_get_path (workspace), run_id);
          aisle_statement_reset (s);
          return FALSE;
        }
      g_array_set_size (values, (guint) (N_BLOCKS * horizon));
      for (gsize i = 0; i < N_BLOCKS * horizon; i++)
        {
          guint32 bits;
          memcpy (&bits, (const char *) blob + i * sizeof bits, sizeof bits);
          g_array_index (values, double, i) = float_from_le (bits);
        }
      double *first = (double *) values->data;
      row.mean = first;
      row.lower80 = first + horizon;
      row.upper80 = first + 2 * horizon;
      row.lower95 = first + 3 * horizon;
      row.upper95 = first + 4 * horizon;
      row.sum_sd = first + 5 * horizon;
      func (&row, data);
    }
  return step == 0;
}

gboolean
aisle_run_drop_old (AisleWorkspace *workspace, const char *kind, int n_kept, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "DELETE FROM forecast_series WHERE run_id IN (SELECT id FROM run WHERE kind = ?1"
      " AND id NOT IN (SELECT id FROM run WHERE kind = ?1 ORDER BY id DESC LIMIT ?2))"
      " AND NOT EXISTS (SELECT 1 FROM change_line AS l JOIN change_evidence AS e"
      "  ON e.change_id = l.change_id WHERE l.product_id = forecast_series.product_id"
      "  AND l.store_id = forecast_series.store_id AND e.run_id = forecast_series.run_id)",
      error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, kind);
  aisle_bind_int64 (s, 2, n_kept);
  return aisle_run (s, error);
}
