/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-system.h"

#include "aisle-price-ledger.h"
#include "aisle-statement-private.h"

/* What of the workspace belongs into a store system, and what a store system tells the workspace.
 */

/* Columns: store, sku, name, barcode, currency, zone, is_active, minor, quantity, at. ?1 the
 * system, ?2 the business time. */
static const char *const table_sql[] = {
  [AISLE_SYSTEM_STORES] =
      "SELECT ifnull (system_code, code), NULL, name, NULL, currency, zone, 1, 0, 0, 0 FROM store"
      " WHERE system_id = ?1 AND ?2 = ?2 ORDER BY code",
  [AISLE_SYSTEM_PRODUCTS] =
      "SELECT NULL, p.sku, p.name,"
      " (SELECT min (b.code) FROM barcode AS b WHERE b.product_id = p.id AND b.units_per_scan = 1),"
      " NULL, NULL, p.status = 'active', 0, 0, 0 FROM product AS p"
      " WHERE p.status <> 'service' AND ?2 = ?2 AND p.id IN"
      " (SELECT l.product_id FROM listing AS l JOIN store AS t ON t.id = l.store_id WHERE "
      "t.system_id = ?1"
      "  UNION SELECT g.product_id FROM price_ledger AS g JOIN store AS t ON t.id = g.store_id"
      "   WHERE t.system_id = ?1"
      "  UNION SELECT d.product_id FROM stock_day AS d JOIN store AS t ON t.id = d.store_id"
      "   WHERE t.system_id = ?1) ORDER BY p.sku",
  [AISLE_SYSTEM_PRICES] =
      "SELECT ifnull (t.system_code, t.code), p.sku, NULL, NULL, g.currency, NULL, 1,"
      " CASE t.prices_include_tax WHEN 1 THEN g.gross_minor ELSE g.net_minor END, 0, g.from_at"
      " FROM store AS t JOIN price_ledger AS g ON g.store_id = t.id AND g.currency = t.currency"
      " JOIN product AS p ON p.id = g.product_id"
      " WHERE t.system_id = ?1 AND g.kind = 'regular' AND g.from_at <= ?2"
      " AND (g.to_at IS NULL OR g.to_at > ?2) AND p.status <> 'service'"
      " AND CASE t.prices_include_tax WHEN 1 THEN g.gross_minor ELSE g.net_minor END > 0"
      " ORDER BY t.id, p.id",
  [AISLE_SYSTEM_STOCK] =
      "SELECT ifnull (t.system_code, t.code), p.sku, NULL, NULL, NULL, NULL, 1, 0, "
      "d.on_hand_milli, ?2"
      " FROM store AS t JOIN stock_day AS d ON d.store_id = t.id JOIN product AS p ON p.id = "
      "d.product_id"
      " WHERE t.system_id = ?1 AND p.status <> 'service' AND d.day = (SELECT max (e.day) FROM "
      "stock_day AS e"
      "  WHERE e.store_id = d.store_id AND e.product_id = d.product_id AND e.day <= ?2 / 86400)"
      " ORDER BY t.id, p.id",
};

gboolean
aisle_system_each (AisleWorkspace *workspace,
                   gint64 system_id,
                   AisleSystemTable table,
                   gint64 business_now,
                   AisleSystemRowFunc each,
                   gpointer data,
                   GError **error)
{
  AisleStatement *s = aisle_statement (workspace, table_sql[table], error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, system_id);
  aisle_bind_int64 (s, 2, business_now);
  int code;
  while ((code = aisle_step (s, error)) == 1)
    {
      AisleSystemRow row = {
        .store = aisle_column_text (s, 0),
        .sku = aisle_column_text (s, 1),
        .name = aisle_column_text (s, 2),
        .barcode = aisle_column_text (s, 3),
        .currency = aisle_column_text (s, 4),
        .zone = aisle_column_text (s, 5),
        .is_active = aisle_column_int64 (s, 6) != 0,
        .minor = aisle_column_int64 (s, 7),
        .quantity_milli = aisle_column_int64 (s, 8),
        .at = aisle_column_int64 (s, 9),
      };
      if (!each (&row, data, error))
        {
          aisle_statement_reset (s);
          return FALSE;
        }
    }
  return code == 0;
}

/* 1 found, 0 unknown here, -1 failed. */
static int
find_target (AisleWorkspace *workspace,
             gint64 system_id,
             const AisleSystemRow *row,
             gint64 *store_id,
             gint64 *product_id,
             GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "SELECT t.id, p.id FROM store AS t JOIN product AS p ON p.sku = ?3"
                       " WHERE t.system_id = ?1 AND ifnull (t.system_code, t.code) = ?2"
                       " AND (?4 IS NULL OR t.currency = ?4)",
                       error);
  if (!s)
    return -1;
  aisle_bind_int64 (s, 1, system_id);
  aisle_bind_text (s, 2, row->store);
  aisle_bind_text (s, 3, row->sku);
  aisle_bind_text (s, 4, row->currency);
  int code = aisle_step (s, error);
  if (code == 1)
    {
      *store_id = aisle_column_int64 (s, 0);
      *product_id = aisle_column_int64 (s, 1);
      aisle_statement_reset (s);
    }
  return code;
}

gboolean
aisle_system_put_price (AisleWorkspace *workspace,
                        gint64 system_id,
                        const AisleSystemRow *row,
                        gint64 business_now,
                        AisleSystemOutcome *outcome,
                        GError **error)
{
  AislePriceLedgerEntry entry = { .kind = AISLE_PRICE_REGULAR,
                                  .from_at = business_now,
                                  .to_at = AISLE_PRICE_OPEN_END,
                                  .source = AISLE_PRICE_FROM_PULL };
  gboolean is_changed;
  int found = find_target (workspace, system_id, row, &entry.store_id, &entry.product_id, error);
  *outcome = AISLE_SYSTEM_UNKNOWN;
  if (found != 1 || row->minor <= 0)
    return found >= 0;
  if (!aisle_price_ledger_add_shelf (workspace, &entry, row->minor, &is_changed, error))
    return FALSE;
  *outcome = is_changed ? AISLE_SYSTEM_CHANGED : AISLE_SYSTEM_UNCHANGED;
  return TRUE;
}

gboolean
aisle_system_put_stock (AisleWorkspace *workspace,
                        gint64 system_id,
                        const AisleSystemRow *row,
                        AisleDate day,
                        AisleSystemOutcome *outcome,
                        GError **error)
{
  gint64 store_id, product_id;
  int found = find_target (workspace, system_id, row, &store_id, &product_id, error);
  *outcome = AISLE_SYSTEM_UNKNOWN;
  if (found != 1)
    return found >= 0;
  AisleStatement *s = aisle_statement (
      workspace,
      /* What only comes back from a store that was filled with made-up stock stays marked as such.
       */
      "INSERT INTO stock_day (store_id, product_id, day, on_hand_milli, source, is_generated)"
      " SELECT ?1, ?2, ?3, ?4, 'pulled', 0 WHERE NOT EXISTS (SELECT 1 FROM stock_day WHERE"
      "  store_id = ?1 AND product_id = ?2 AND is_generated = 1 AND on_hand_milli = ?4 AND day ="
      "  (SELECT max (day) FROM stock_day WHERE store_id = ?1 AND product_id = ?2 AND day <= ?3))"
      " ON CONFLICT (store_id, product_id, day) DO UPDATE SET"
      " on_hand_milli = excluded.on_hand_milli, source = 'pulled', is_generated = 0"
      " WHERE on_hand_milli <> excluded.on_hand_milli OR source <> 'pulled'",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, product_id);
  aisle_bind_int64 (s, 3, day);
  aisle_bind_int64 (s, 4, row->quantity_milli);
  if (!aisle_run (s, error))
    return FALSE;
  *outcome = sqlite3_changes (aisle_workspace_get_db (workspace)) > 0 ? AISLE_SYSTEM_CHANGED
                                                                      : AISLE_SYSTEM_UNCHANGED;
  return TRUE;
}
