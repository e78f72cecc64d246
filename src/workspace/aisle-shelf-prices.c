/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-shelf.h"

#include "aisle-statement-private.h"

/* A row of the ledger, with its days in the store's zone. */
typedef struct
{
  gboolean is_regular;
  AisleDate from;
  AisleDate to; /* first day on which it is no longer in force; AISLE_DATE_NONE: open */
  gint64 price_minor;
} LedgerRow;

static gboolean
read_ledger (AisleWorkspace *workspace,
             gint64 store_id,
             gint64 product_id,
             GArray *rows,
             GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "SELECT t.zone, l.kind = 'regular', l.from_at, l.to_at,"
                       " CASE t.prices_include_tax WHEN 1 THEN l.gross_minor ELSE l.net_minor END"
                       " FROM price_ledger AS l JOIN store AS t ON t.id = l.store_id"
                       " WHERE l.store_id = ?1 AND l.product_id = ?2 AND l.currency = t.currency"
                       "  AND l.kind <> 'member' ORDER BY l.from_at, l.id",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, product_id);
  g_autoptr (GTimeZone) zone = NULL;
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      if (!zone)
        zone = g_time_zone_new_identifier (aisle_column_text (s, 0));
      if (!zone)
        zone = g_time_zone_new_utc ();
      LedgerRow row = { .is_regular = aisle_column_int64 (s, 1) != 0,
                        .from = aisle_date_from_instant (aisle_column_int64 (s, 2), zone),
                        .to = AISLE_DATE_NONE,
                        .price_minor = aisle_column_int64 (s, 4) };
      if (!aisle_column_is_null (s, 3))
        row.to = aisle_date_from_instant (aisle_column_int64 (s, 3), zone);
      g_array_append_val (rows, row);
    }
  return step == 0;
}

/* The regular price in force on a day; FALSE where there is none. */
static gboolean
find_regular (const GArray *rows, AisleDate day, gint64 *price_minor)
{
  gboolean is_found = FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const LedgerRow *row = &g_array_index (rows, LedgerRow, i);
      if (row->is_regular && row->from <= day)
        {
          *price_minor = row->price_minor;
          is_found = TRUE;
        }
    }
  return is_found;
}

static gint
compare_days_cb (gconstpointer a, gconstpointer b)
{
  const AisleShelfPrice *left = a, *right = b;
  return (left->from > right->from) - (left->from < right->from);
}

GArray *
aisle_shelf_list_prices (AisleWorkspace *workspace,
                         gint64 store_id,
                         gint64 product_id,
                         AisleDate since,
                         GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LedgerRow));
  if (!read_ledger (workspace, store_id, product_id, rows, error))
    return NULL;
  g_autoptr (GArray) prices = g_array_new (FALSE, FALSE, sizeof (AisleShelfPrice));
  for (guint i = 0; i < rows->len; i++)
    {
      const LedgerRow *row = &g_array_index (rows, LedgerRow, i);
      AisleShelfPrice price = { row->from, row->price_minor };
      g_array_append_val (prices, price);
      if (!row->is_regular && row->to != AISLE_DATE_NONE
          && find_regular (rows, row->to, &price.price_minor))
        {
          price.from = row->to;
          g_array_append_val (prices, price);
        }
    }
  g_array_sort (prices, compare_days_cb);
  /* What was no longer in force on `since` falls away. */
  guint first = 0;
  while (first + 1 < prices->len
         && g_array_index (prices, AisleShelfPrice, first + 1).from <= since)
    first++;
  if (first > 0)
    g_array_remove_range (prices, 0, first);
  return g_steal_pointer (&prices);
}
