/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-ledger.h"

#include "aisle-statement-private.h"

#include <string.h>

static const char *const kind_names[AISLE_PRICE_N_KINDS] = { "regular", "promotion", "clearance",
                                                             "member" };
static const char *const source_names[AISLE_PRICE_N_SOURCES] = { "push", "pull", "import",
                                                                 "inferred" };

#define COLUMNS                                                                                    \
  "id, store_id, product_id, currency, kind, gross_minor, net_minor, tax_rate_ppm, from_at, "      \
  "to_at,"                                                                                         \
  " source, ifnull (change_line_id, 0), is_generated"

static guint
index_of (const char *const *names, guint n_names, const char *name)
{
  guint i = 0;
  while (i + 1 < n_names && strcmp (names[i], name) != 0)
    i++;
  return i;
}

static void
read_entry (AisleStatement *s, AislePriceLedgerEntry *entry)
{
  entry->id = aisle_column_int64 (s, 0);
  entry->store_id = aisle_column_int64 (s, 1);
  entry->product_id = aisle_column_int64 (s, 2);
  g_strlcpy (entry->currency, aisle_column_text (s, 3), sizeof entry->currency);
  entry->kind =
      (AislePriceKind) index_of (kind_names, AISLE_PRICE_N_KINDS, aisle_column_text (s, 4));
  entry->gross_minor = aisle_column_int64 (s, 5);
  entry->net_minor = aisle_column_int64 (s, 6);
  entry->tax_rate_ppm = aisle_column_int64 (s, 7);
  entry->from_at = aisle_column_int64 (s, 8);
  entry->to_at = aisle_column_is_null (s, 9) ? AISLE_PRICE_OPEN_END : aisle_column_int64 (s, 9);
  entry->source =
      (AislePriceSource) index_of (source_names, AISLE_PRICE_N_SOURCES, aisle_column_text (s, 10));
  entry->change_line_id = aisle_column_int64 (s, 11);
  entry->is_generated = aisle_column_int64 (s, 12) != 0;
}

/* The last entry that began at or before entry->from_at; previous->id 0: none. */
static gboolean
find_previous (AisleWorkspace *workspace,
               const AislePriceLedgerEntry *entry,
               AislePriceLedgerEntry *previous,
               GError **error)
{
  *previous = (AislePriceLedgerEntry){ 0 };
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT " COLUMNS " FROM price_ledger WHERE store_id = ?1"
                                       " AND product_id = ?2 AND kind = ?3 AND currency = ?4"
                                       " AND from_at <= ?5 ORDER BY from_at DESC LIMIT 1",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, entry->store_id);
  aisle_bind_int64 (s, 2, entry->product_id);
  aisle_bind_text (s, 3, kind_names[entry->kind]);
  aisle_bind_text (s, 4, entry->currency);
  aisle_bind_int64 (s, 5, entry->from_at);
  int row = aisle_step (s, error);
  if (row == 1)
    {
      read_entry (s, previous);
      aisle_statement_reset (s);
    }
  return row >= 0;
}

static gboolean
find_next_start (AisleWorkspace *workspace,
                 const AislePriceLedgerEntry *entry,
                 gint64 *next_at,
                 GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT ifnull (min (from_at), ?6) FROM price_ledger"
                                       " WHERE store_id = ?1 AND product_id = ?2 AND kind = ?3"
                                       " AND currency = ?4 AND from_at > ?5",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, entry->store_id);
  aisle_bind_int64 (s, 2, entry->product_id);
  aisle_bind_text (s, 3, kind_names[entry->kind]);
  aisle_bind_text (s, 4, entry->currency);
  aisle_bind_int64 (s, 5, entry->from_at);
  aisle_bind_int64 (s, 6, AISLE_PRICE_OPEN_END);
  if (aisle_step (s, error) != 1)
    return FALSE;
  *next_at = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  return TRUE;
}

static gboolean
set_end (AisleWorkspace *workspace, gint64 id, gint64 to_at, GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace, "UPDATE price_ledger SET to_at = ?2 WHERE id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_int64 (s, 2, to_at);
  return aisle_run (s, error);
}

static gboolean
insert_entry (AisleWorkspace *workspace, AislePriceLedgerEntry *entry, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "INSERT INTO price_ledger (store_id, product_id, currency, kind, gross_minor, net_minor,"
      " tax_rate_ppm, from_at, to_at, source, change_line_id, is_generated)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
      " ON CONFLICT (store_id, product_id, kind, currency, from_at) DO UPDATE SET"
      " gross_minor = excluded.gross_minor, net_minor = excluded.net_minor,"
      " tax_rate_ppm = excluded.tax_rate_ppm, to_at = excluded.to_at, source = excluded.source,"
      " change_line_id = excluded.change_line_id, is_generated = excluded.is_generated RETURNING "
      "id",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, entry->store_id);
  aisle_bind_int64 (s, 2, entry->product_id);
  aisle_bind_text (s, 3, entry->currency);
  aisle_bind_text (s, 4, kind_names[entry->kind]);
  aisle_bind_int64 (s, 5, entry->gross_minor);
  aisle_bind_int64 (s, 6, entry->net_minor);
  aisle_bind_int64 (s, 7, entry->tax_rate_ppm);
  aisle_bind_int64 (s, 8, entry->from_at);
  aisle_bind_int64_or_null (s, 9, entry->to_at, AISLE_PRICE_OPEN_END);
  aisle_bind_text (s, 10, source_names[entry->source]);
  aisle_bind_int64_or_null (s, 11, entry->change_line_id, 0);
  aisle_bind_int64 (s, 12, entry->is_generated);
  if (aisle_step (s, error) != 1)
    return FALSE;
  entry->id = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  return TRUE;
}

gboolean
aisle_price_ledger_add (AisleWorkspace *workspace,
                        AislePriceLedgerEntry *entry,
                        gboolean *is_changed,
                        GError **error)
{
  AislePriceLedgerEntry previous;
  gint64 next_at;
  if (is_changed)
    *is_changed = FALSE;
  if (entry->to_at <= entry->from_at)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
                   "a price must end after it begins");
      return FALSE;
    }
  if (!find_previous (workspace, entry, &previous, error)
      || !find_next_start (workspace, entry, &next_at, error))
    return FALSE;
  gint64 to_at = MIN (entry->to_at, next_at);
  gboolean is_in_force = previous.id != 0 && previous.to_at > entry->from_at;
  if (is_in_force && previous.gross_minor == entry->gross_minor
      && previous.net_minor == entry->net_minor && previous.tax_rate_ppm == entry->tax_rate_ppm
      && previous.to_at == to_at)
    {
      *entry = previous;
      return TRUE;
    }
  if (is_in_force && previous.from_at < entry->from_at
      && !set_end (workspace, previous.id, entry->from_at, error))
    return FALSE;
  entry->to_at = to_at;
  if (is_changed)
    *is_changed = TRUE;
  return insert_entry (workspace, entry, error);
}

/* Currency, whether tax is in the shelf price, and the rate; the rate is -1 where none is known. */
static gboolean
read_tax (AisleWorkspace *workspace,
          AislePriceLedgerEntry *entry,
          gboolean *includes_tax,
          GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT t.currency, t.prices_include_tax, coalesce ("
      "  (SELECT r.rate_ppm FROM tax_rate AS r JOIN product AS p ON p.tax_class = r.tax_class"
      "   WHERE p.id = ?2 AND r.country = t.country AND r.from_day <= ?3"
      "   ORDER BY r.from_day DESC LIMIT 1),"
      "  (SELECT l.tax_rate_ppm FROM price_ledger AS l WHERE l.store_id = ?1 AND l.product_id = ?2"
      "   AND l.kind = 'regular' AND l.currency = t.currency ORDER BY l.from_at DESC LIMIT 1), 0)"
      " FROM store AS t WHERE t.id = ?1",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, entry->store_id);
  aisle_bind_int64 (s, 2, entry->product_id);
  aisle_bind_int64 (s, 3, aisle_date_from_utc_seconds (entry->from_at));
  int row = aisle_step (s, error);
  if (row == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                 "there is no store with the number %" G_GINT64_FORMAT, entry->store_id);
  if (row != 1)
    return FALSE;
  g_strlcpy (entry->currency, aisle_column_text (s, 0), sizeof entry->currency);
  *includes_tax = aisle_column_int64 (s, 1) != 0;
  entry->tax_rate_ppm = aisle_column_int64 (s, 2);
  aisle_statement_reset (s);
  return TRUE;
}

gboolean
aisle_price_ledger_add_shelf (AisleWorkspace *workspace,
                              AislePriceLedgerEntry *entry,
                              gint64 shelf_minor,
                              gboolean *is_changed,
                              GError **error)
{
  gboolean includes_tax;
  if (!read_tax (workspace, entry, &includes_tax, error))
    return FALSE;
  entry->gross_minor =
      includes_tax ? shelf_minor : aisle_money_gross_from_net (shelf_minor, entry->tax_rate_ppm);
  entry->net_minor =
      includes_tax ? aisle_money_net_from_gross (shelf_minor, entry->tax_rate_ppm) : shelf_minor;
  return aisle_price_ledger_add (workspace, entry, is_changed, error);
}

gboolean
aisle_price_ledger_close (AisleWorkspace *workspace,
                          gint64 store_id,
                          gint64 product_id,
                          AislePriceKind kind,
                          gint64 at,
                          GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "UPDATE price_ledger SET to_at = max (?4, from_at + 1)"
                                       " WHERE store_id = ?1 AND product_id = ?2 AND kind = ?3"
                                       " AND from_at <= ?4 AND (to_at IS NULL OR to_at > ?4)",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, product_id);
  aisle_bind_text (s, 3, kind_names[kind]);
  aisle_bind_int64 (s, 4, at);
  return aisle_run (s, error);
}

gboolean
aisle_price_ledger_get (AisleWorkspace *workspace,
                        gint64 store_id,
                        gint64 product_id,
                        AislePriceKind kind,
                        gint64 at,
                        AislePriceLedgerEntry *entry,
                        GError **error)
{
  *entry = (AislePriceLedgerEntry){ 0 };
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT " COLUMNS " FROM price_ledger WHERE store_id = ?1 AND product_id = ?2"
      " AND kind = ?3 AND currency = (SELECT currency FROM store WHERE id = ?1)"
      " AND from_at <= ?4 AND (to_at IS NULL OR to_at > ?4)"
      " ORDER BY from_at DESC LIMIT 1",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, product_id);
  aisle_bind_text (s, 3, kind_names[kind]);
  aisle_bind_int64 (s, 4, at);
  int row = aisle_step (s, error);
  if (row == 1)
    {
      read_entry (s, entry);
      aisle_statement_reset (s);
    }
  return row >= 0;
}

GArray *
aisle_price_ledger_list (AisleWorkspace *workspace,
                         gint64 store_id,
                         gint64 product_id,
                         gint64 from_at,
                         gint64 to_at,
                         GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT " COLUMNS " FROM price_ledger WHERE store_id = ?1 AND product_id = ?2"
      " AND currency = (SELECT currency FROM store WHERE id = ?1)"
      " AND from_at < ?4 AND (to_at IS NULL OR to_at > ?3) ORDER BY from_at, id",
      error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, product_id);
  aisle_bind_int64 (s, 3, from_at);
  aisle_bind_int64 (s, 4, to_at);
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (AislePriceLedgerEntry));
  int row;
  while ((row = aisle_step (s, error)) == 1)
    {
      AislePriceLedgerEntry entry;
      read_entry (s, &entry);
      g_array_append_val (entries, entry);
    }
  return row == 0 ? g_steal_pointer (&entries) : NULL;
}
