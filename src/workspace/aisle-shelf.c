/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-shelf.h"

#include "aisle-statement-private.h"

/* ?1 business day, ?2 business time, ?3 store, ?4 product, ?5 category. */
#define BRANCH_SQL                                                                                 \
  "WITH RECURSIVE branch (id) AS ("                                                                \
  "  SELECT id FROM category WHERE id = ?5"                                                        \
  "  UNION SELECT c.id FROM category AS c JOIN branch AS b ON c.parent_id = b.id),"

/* The pairs of store and product come from listings, sales and stock. Each narrowing has a text of
 * its own, so that SQLite goes by the keys, which begin with the store. */
#define IS_CARRIED_SQL                                                                             \
  "(EXISTS (SELECT 1 FROM listing WHERE store_id = s.id AND product_id = ?4)"                      \
  " OR EXISTS (SELECT 1 FROM sale_day WHERE store_id = s.id AND product_id = ?4)"                  \
  " OR EXISTS (SELECT 1 FROM stock_day WHERE store_id = s.id AND product_id = ?4)))"

static const char pairs_of_one[] = BRANCH_SQL
    " pair (store_id, product_id) AS MATERIALIZED (SELECT s.id, ?4 FROM store AS s WHERE s.id = ?3"
    "  AND " IS_CARRIED_SQL;

static const char pairs_of_product[] = BRANCH_SQL
    " pair (store_id, product_id) AS MATERIALIZED (SELECT s.id, ?4 FROM store AS s WHERE ?3 = 0"
    "  AND " IS_CARRIED_SQL;

static const char pairs_of_store[] = BRANCH_SQL
    " pair (store_id, product_id) AS ("
    "  SELECT DISTINCT store_id, product_id FROM listing WHERE store_id = ?3 AND ?4 = 0"
    "  UNION SELECT DISTINCT store_id, product_id FROM sale_day WHERE store_id = ?3 AND ?4 = 0"
    "  UNION SELECT DISTINCT store_id, product_id FROM stock_day WHERE store_id = ?3 AND ?4 = 0)";

static const char pairs_of_all[] =
    BRANCH_SQL " pair (store_id, product_id) AS ("
               "  SELECT DISTINCT store_id, product_id FROM listing WHERE ?3 = 0 AND ?4 = 0"
               "  UNION SELECT DISTINCT store_id, product_id FROM sale_day"
               "  UNION SELECT DISTINCT store_id, product_id FROM stock_day)";

static const char facts_sql[] =
    " SELECT t.id, p.id, p.sku, p.name, t.code, t.currency,"
    "  (SELECT CASE t.prices_include_tax WHEN 1 THEN gross_minor ELSE net_minor END"
    "   FROM price_ledger WHERE store_id = t.id AND product_id = p.id AND kind = 'regular'"
    "    AND currency = t.currency AND from_at <= ?2 AND (to_at IS NULL OR to_at > ?2)"
    "   ORDER BY from_at DESC LIMIT 1),"
    "  t.prices_include_tax,"
    /* The first price known is no change of price: only one that followed another is. */
    "  (SELECT l.from_at FROM price_ledger AS l WHERE l.store_id = t.id AND l.product_id = p.id"
    "    AND l.kind = 'regular' AND l.currency = t.currency AND l.from_at <= ?2"
    "    AND EXISTS (SELECT 1 FROM price_ledger AS o WHERE o.store_id = t.id"
    "     AND o.product_id = p.id AND o.kind = 'regular' AND o.currency = t.currency"
    "     AND o.from_at < l.from_at)"
    "   ORDER BY l.from_at DESC LIMIT 1), t.zone,"
    "  (SELECT rate_ppm FROM tax_rate WHERE country = coalesce (t.country, '')"
    "    AND tax_class = p.tax_class AND from_day <= ?1 ORDER BY from_day DESC LIMIT 1),"
    /* What a supplier pays towards a promotion is no cost of the goods. */
    "  (SELECT net_minor FROM cost WHERE product_id = p.id AND from_day <= ?1"
    "    AND currency = t.currency AND kind <> 'funded'"
    "   ORDER BY kind = 'landed' DESC, from_day DESC LIMIT 1),"
    "  k.on_hand_milli, k.on_order_milli, k.day,"
    "  u.lead_time_days, u.case_pack, u.minimum_milli, v.name,"
    "  (SELECT day FROM sale_day WHERE store_id = t.id AND product_id = p.id"
    "    AND units_milli > 0 ORDER BY day LIMIT 1),"
    "  (SELECT day FROM sale_day WHERE store_id = t.id AND product_id = p.id"
    "    AND units_milli > 0 AND day < ?1 ORDER BY day DESC LIMIT 1),"
    "  CASE WHEN EXISTS (SELECT 1 FROM listing WHERE store_id = t.id) THEN"
    "   EXISTS (SELECT 1 FROM listing WHERE store_id = t.id AND product_id = p.id"
    "    AND from_day <= ?1 AND (to_day IS NULL OR to_day >= ?1)) ELSE 1 END,"
    "  EXISTS (SELECT 1 FROM change_line AS l JOIN change AS c ON c.id = l.change_id"
    "   WHERE l.product_id = p.id AND l.store_id = t.id AND l.is_approved = 1"
    "    AND c.kind IN ('price', 'promotion')"
    "    AND (c.state IN ('submitted', 'approved', 'scheduled', 'pushing', 'needs_attention')"
    "     OR (c.state = 'live' AND c.kind = 'promotion' AND c.to_day >= ?1)))"
    " FROM pair JOIN store AS t ON t.id = pair.store_id JOIN product AS p ON p.id = pair.product_id"
    " LEFT JOIN stock_day AS k ON k.store_id = t.id AND k.product_id = p.id AND k.day ="
    "  (SELECT max (day) FROM stock_day WHERE store_id = t.id AND product_id = p.id AND day <= ?1)"
    " LEFT JOIN product_supplier AS u ON (u.product_id, u.supplier_id, u.from_day) ="
    "  (SELECT x.product_id, x.supplier_id, x.from_day FROM product_supplier AS x"
    "   WHERE x.product_id = p.id AND x.from_day ="
    "    (SELECT max (from_day) FROM product_supplier WHERE product_id = x.product_id"
    "     AND supplier_id = x.supplier_id AND from_day <= ?1)"
    "   ORDER BY x.cost_minor IS NULL, x.cost_minor, x.supplier_id LIMIT 1)"
    " LEFT JOIN supplier AS v ON v.id = u.supplier_id"
    " WHERE p.status IN ('active', 'planned') AND (?5 = 0 OR p.category_id IN (SELECT id FROM "
    "branch))"
    " ORDER BY t.code, p.sku";

static char *
make_sql (gint64 store_id, gint64 product_id)
{
  const char *pairs = store_id != 0 ? pairs_of_store : pairs_of_all;
  if (product_id != 0)
    pairs = store_id != 0 ? pairs_of_one : pairs_of_product;
  return g_strconcat (pairs, facts_sql, NULL);
}

static void
row_free_cb (gpointer data)
{
  AisleShelfRow *row = data;
  g_free (row->sku);
  g_free (row->name);
  g_free (row->store);
  g_free (row->supplier);
  g_free (row);
}

static gint64
column_or (AisleStatement *s, int column, gint64 none)
{
  return aisle_column_is_null (s, column) ? none : aisle_column_int64 (s, column);
}

/* Stores have few zones, and rows come store by store: the last one is kept. */
typedef struct
{
  char *name;
  GTimeZone *zone;
} Zone;

static void
zone_clear (Zone *zone)
{
  g_clear_pointer (&zone->name, g_free);
  g_clear_pointer (&zone->zone, g_time_zone_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Zone, zone_clear)

static GTimeZone *
find_zone (Zone *zone, const char *name)
{
  if (g_strcmp0 (zone->name, name) != 0)
    {
      zone_clear (zone);
      zone->name = g_strdup (name);
      zone->zone = g_time_zone_new_identifier (name);
      if (!zone->zone)
        zone->zone = g_time_zone_new_utc ();
    }
  return zone->zone;
}

static AisleShelfRow *
read_row (AisleStatement *s, Zone *zone)
{
  AisleShelfRow *row = g_new0 (AisleShelfRow, 1);
  row->store_id = aisle_column_int64 (s, 0);
  row->product_id = aisle_column_int64 (s, 1);
  row->sku = g_strdup (aisle_column_text (s, 2));
  row->name = g_strdup (aisle_column_text (s, 3));
  row->store = g_strdup (aisle_column_text (s, 4));
  row->currency = g_intern_string (aisle_column_text (s, 5));
  row->price_minor = column_or (s, 6, AISLE_SHELF_UNKNOWN);
  row->price_includes_tax = aisle_column_int64 (s, 7) != 0;
  row->last_price_change =
      aisle_column_is_null (s, 8)
          ? AISLE_DATE_NONE
          : aisle_date_from_instant (aisle_column_int64 (s, 8),
                                     find_zone (zone, aisle_column_text (s, 9)));
  row->tax_rate_ppm = column_or (s, 10, AISLE_SHELF_UNKNOWN);
  row->net_cost_minor = column_or (s, 11, AISLE_SHELF_UNKNOWN);
  row->on_hand_milli = column_or (s, 12, AISLE_SHELF_UNKNOWN);
  row->on_order_milli = column_or (s, 13, 0);
  row->stock_day = (AisleDate) column_or (s, 14, AISLE_DATE_NONE);
  row->lead_time_days = (int) column_or (s, 15, -1);
  row->case_pack = (int) column_or (s, 16, 1);
  row->minimum_order_milli = column_or (s, 17, 0);
  row->supplier = g_strdup (aisle_column_text (s, 18));
  row->first_sale = (AisleDate) column_or (s, 19, AISLE_DATE_NONE);
  row->last_sale = (AisleDate) column_or (s, 20, AISLE_DATE_NONE);
  row->is_ranged = aisle_column_int64 (s, 21) != 0;
  row->has_open_change = aisle_column_int64 (s, 22) != 0;
  return row;
}

GPtrArray *
aisle_shelf_list (AisleWorkspace *workspace,
                  gint64 store_id,
                  gint64 product_id,
                  gint64 category_id,
                  GError **error)
{
  g_autofree char *sql = make_sql (store_id, product_id);
  AisleStatement *s = aisle_statement (workspace, sql, error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, aisle_workspace_get_business_date (workspace, NULL));
  aisle_bind_int64 (s, 2, aisle_workspace_get_business_time (workspace));
  aisle_bind_int64 (s, 3, store_id);
  aisle_bind_int64 (s, 4, product_id);
  aisle_bind_int64 (s, 5, category_id);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free_cb);
  g_auto (Zone) zone = { 0 };
  int step;
  while ((step = aisle_step (s, error)) == 1)
    g_ptr_array_add (rows, read_row (s, &zone));
  return step == 0 ? g_steal_pointer (&rows) : NULL;
}
