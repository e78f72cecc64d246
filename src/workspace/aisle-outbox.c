/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-outbox.h"

#include "aisle-statement-private.h"

#include <string.h>

/* The words of the partial index store_update_open, so that it is used. */
#define IS_OPEN "u.state IN ('queued', 'sending', 'unknown', 'accepted')"

#define COLUMNS                                                                                    \
  "u.id, u.change_id, u.revision, u.change_line_id, u.system_id, u.store_id, u.product_id, "       \
  "t.code,"                                                                                        \
  " ifnull (t.system_code, t.code), p.sku, u.kind, u.step, u.state, u.name, u.currency,"           \
  " u.expected_minor, ifnull (u.seen_minor, -1), ifnull (u.prior_minor, -1),"                      \
  " ifnull (u.found_minor, -1), u.attempts, u.denials, u.not_before_at, u.retry_at, u.updated_at," \
  " u.message"

#define TABLES                                                                                     \
  "store_update AS u JOIN store AS t ON t.id = u.store_id JOIN product AS p ON p.id = "            \
  "u.product_id"

/* ?1 system, ?2 change or 0, ?3 business time, ?4 real time. */
#define IS_OF_CLAIM "u.system_id = ?1 AND (?2 = 0 OR u.change_id = ?2)"

#define IS_TO_SETTLE IS_OF_CLAIM " AND " IS_OPEN " AND u.state IN ('unknown', 'accepted')"

/* Still wanted, its turn, and not before the trial store. */
#define IS_TO_SEND                                                                                 \
  IS_OF_CLAIM                                                                                      \
  " AND " IS_OPEN " AND u.state = 'queued' AND u.not_before_at <= ?3"                              \
  " AND (SELECT state FROM change WHERE id = u.change_id) IN"                                      \
  "  ('approved', 'scheduled', 'pushing', 'live', 'needs_attention',"                              \
  "   CASE u.step WHEN 'restore' THEN 'rolled_back' END)"                                          \
  " AND NOT EXISTS (SELECT 1 FROM store_update AS o WHERE o.store_id = u.store_id"                 \
  "  AND o.product_id = u.product_id AND o.currency = u.currency AND o.kind = u.kind AND "         \
  "o.id < u.id"                                                                                    \
  "  AND o.state IN ('queued', 'sending', 'unknown', 'accepted')"                                  \
  "  AND (o.state <> 'queued' OR o.not_before_at <= ?3))"                                          \
  " AND (u.step <> 'set' OR u.store_id = (SELECT trial_store_id FROM system WHERE id = ?1)"        \
  "  OR u.change_id NOT IN (SELECT w.change_id FROM store_update AS w WHERE w.step = 'set'"        \
  "   AND w.store_id = (SELECT trial_store_id FROM system WHERE id = ?1)"                          \
  "   AND w.state IN ('queued', 'sending', 'unknown', 'accepted', 'refused')))"

/* Prices: of one store and currency; promotions: of one name, which may span stores. */
#define IS_OF_GROUP                                                                                \
  " AND CASE WHEN ?9 IS NULL THEN u.store_id = ?5 AND u.currency = ?8 ELSE u.name = ?9 END"        \
  " ORDER BY u.store_id, u.id LIMIT ?10"

static const char first_to_settle[] =
    "SELECT u.store_id, u.kind, u.step, u.currency, u.name FROM store_update AS u "
    "WHERE " IS_TO_SETTLE " AND u.retry_at <= ?4 AND ?3 = ?3 ORDER BY u.store_id, u.id LIMIT 1";
static const char first_to_send[] =
    "SELECT u.store_id, u.kind, u.step, u.currency, u.name FROM store_update AS u WHERE " IS_TO_SEND
    " AND u.retry_at <= ?4 ORDER BY u.store_id, u.id LIMIT 1";
static const char rows_to_settle[] =
    "SELECT " COLUMNS " FROM " TABLES " WHERE " IS_TO_SETTLE
    " AND u.retry_at <= ?4 AND ?3 = ?3 AND u.kind = ?6 AND u.step = ?7" IS_OF_GROUP;
static const char rows_to_send[] =
    "SELECT " COLUMNS " FROM " TABLES " WHERE " IS_TO_SEND
    " AND u.retry_at <= ?4 AND u.kind = ?6 AND u.step = ?7" IS_OF_GROUP;
static const char next_retry[] =
    "SELECT ifnull (min (retry_at), -1) FROM (SELECT u.retry_at FROM store_update AS u"
    " WHERE " IS_TO_SETTLE " UNION ALL SELECT u.retry_at FROM store_update AS u WHERE " IS_TO_SEND
    ") WHERE ?4 = ?4";

void
aisle_outbox_batch_free (AisleOutboxBatch *batch)
{
  if (!batch)
    return;
  g_free (batch->rows);
  g_clear_pointer (&batch->strings, g_string_chunk_free);
  g_free (batch);
}

/* Codes, kinds and names come again and again within a batch: insert_const keeps one of each. */
static const char *
keep (AisleOutboxBatch *batch, AisleStatement *s, int column)
{
  const char *text = aisle_column_text (s, column);
  return text ? g_string_chunk_insert_const (batch->strings, text) : NULL;
}

static void
read_row (AisleOutboxBatch *batch, AisleStatement *s, AisleOutboxRow *row)
{
  row->id = aisle_column_int64 (s, 0);
  row->change_id = aisle_column_int64 (s, 1);
  row->revision = aisle_column_int64 (s, 2);
  row->change_line_id = aisle_column_int64 (s, 3);
  row->system_id = aisle_column_int64 (s, 4);
  row->store_id = aisle_column_int64 (s, 5);
  row->product_id = aisle_column_int64 (s, 6);
  row->store = keep (batch, s, 7);
  row->system_code = keep (batch, s, 8);
  row->sku = keep (batch, s, 9);
  row->kind = keep (batch, s, 10);
  row->step = keep (batch, s, 11);
  row->state = keep (batch, s, 12);
  row->name = keep (batch, s, 13);
  g_strlcpy (row->currency, aisle_column_text (s, 14), sizeof row->currency);
  row->expected_minor = aisle_column_int64 (s, 15);
  row->seen_minor = aisle_column_int64 (s, 16);
  row->prior_minor = aisle_column_int64 (s, 17);
  row->found_minor = aisle_column_int64 (s, 18);
  row->attempts = aisle_column_int64 (s, 19);
  row->denials = aisle_column_int64 (s, 20);
  row->not_before_at = aisle_column_int64 (s, 21);
  row->retry_at = aisle_column_int64 (s, 22);
  row->updated_at = aisle_column_int64 (s, 23);
  row->message = keep (batch, s, 24);
}

static AisleOutboxBatch *
read_batch (AisleStatement *s, GError **error)
{
  g_autoptr (AisleOutboxBatch) batch = g_new0 (AisleOutboxBatch, 1);
  batch->strings = g_string_chunk_new (4096);
  gsize capacity = 0;
  int code;
  while ((code = aisle_step (s, error)) == 1)
    {
      if (batch->n_rows == capacity)
        {
          capacity = MAX (64, capacity * 2);
          batch->rows = g_renew (AisleOutboxRow, batch->rows, capacity);
        }
      read_row (batch, s, &batch->rows[batch->n_rows++]);
    }
  return code == 0 ? g_steal_pointer (&batch) : NULL;
}

AisleOutboxBatch *
aisle_outbox_list (AisleWorkspace *workspace, const AisleOutboxFilter *filter, GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "SELECT " COLUMNS " FROM " TABLES " WHERE u.id > ?1"
                       " AND (?2 = 0 OR u.change_id = ?2) AND (?3 = 0 OR u.system_id = ?3)"
                       " AND (?4 = 0 OR u.store_id = ?4) AND (?5 IS NULL OR u.state = ?5)"
                       " ORDER BY u.id LIMIT ?6",
                       error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, filter->id_above);
  aisle_bind_int64 (s, 2, filter->change_id);
  aisle_bind_int64 (s, 3, filter->system_id);
  aisle_bind_int64 (s, 4, filter->store_id);
  aisle_bind_text (s, 5, filter->state);
  aisle_bind_int64 (s, 6, filter->limit > 0 ? (gint64) filter->limit : -1);
  return read_batch (s, error);
}

static AisleStatement *
prepare_claim (AisleWorkspace *workspace,
               const char *sql,
               const AisleOutboxClaim *claim,
               GError **error)
{
  AisleStatement *s = aisle_statement (workspace, sql, error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, claim->system_id);
  aisle_bind_int64 (s, 2, claim->change_id);
  aisle_bind_int64 (s, 3, claim->business_now);
  aisle_bind_int64 (s, 4, claim->real_now);
  return s;
}

AisleOutboxBatch *
aisle_outbox_take (AisleWorkspace *workspace, const AisleOutboxClaim *claim, GError **error)
{
  gboolean is_settling = claim->stage == AISLE_OUTBOX_TO_SETTLE;
  AisleStatement *s =
      prepare_claim (workspace, is_settling ? first_to_settle : first_to_send, claim, error);
  if (!s)
    return NULL;
  int code = aisle_step (s, error);
  if (code < 0)
    return NULL;
  if (code == 0)
    {
      AisleOutboxBatch *none = g_new0 (AisleOutboxBatch, 1);
      none->strings = g_string_chunk_new (16);
      return none;
    }
  gint64 store_id = aisle_column_int64 (s, 0);
  g_autofree char *kind = g_strdup (aisle_column_text (s, 1));
  g_autofree char *step = g_strdup (aisle_column_text (s, 2));
  g_autofree char *currency = g_strdup (aisle_column_text (s, 3));
  g_autofree char *name = g_strdup (aisle_column_text (s, 4));
  aisle_statement_reset (s);

  gboolean is_promotion = strcmp (kind, "promotion") == 0;
  s = prepare_claim (workspace, is_settling ? rows_to_settle : rows_to_send, claim, error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 5, store_id);
  aisle_bind_text (s, 6, kind);
  aisle_bind_text (s, 7, step);
  aisle_bind_text (s, 8, currency);
  aisle_bind_text (s, 9, is_promotion ? name : NULL);
  aisle_bind_int64 (s, 10, is_promotion || claim->limit == 0 ? -1 : (gint64) claim->limit);
  return read_batch (s, error);
}

gboolean
aisle_outbox_next_retry (AisleWorkspace *workspace,
                         const AisleOutboxClaim *claim,
                         gint64 *retry_at,
                         GError **error)
{
  AisleStatement *s = prepare_claim (workspace, next_retry, claim, error);
  if (!s || aisle_step (s, error) != 1)
    return FALSE;
  *retry_at = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  return TRUE;
}

gboolean
aisle_outbox_limit_memory (AisleWorkspace *workspace, GError **error)
{
  return aisle_execute (workspace, "PRAGMA cache_size = -6144", error);
}

gboolean
aisle_outbox_count_due (AisleWorkspace *workspace,
                        const AisleOutboxClaim *claim,
                        gint64 *n_due,
                        GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT count (*) FROM store_update AS u JOIN change AS c ON c.id = u.change_id"
      " WHERE " IS_OPEN " AND (?1 = 0 OR u.change_id = ?1)"
      " AND (u.state <> 'queued' OR (u.not_before_at <= ?2 AND c.state IN"
      "  ('approved', 'scheduled', 'pushing', 'live', 'needs_attention',"
      "   CASE u.step WHEN 'restore' THEN 'rolled_back' END)))",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, claim->change_id);
  aisle_bind_int64 (s, 2, claim->business_now);
  if (aisle_step (s, error) != 1)
    return FALSE;
  *n_due = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  return TRUE;
}

gboolean
aisle_outbox_update (AisleWorkspace *workspace,
                     const AisleOutboxRow *row,
                     const char *old_state,
                     GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "UPDATE store_update SET state = ?3, expected_minor = ?4, prior_minor = ?5,"
                       " found_minor = ?6, attempts = ?7, denials = ?8, retry_at = ?9,"
                       " updated_at = ?10, message = ?11 WHERE id = ?1 AND state = ?2",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, row->id);
  aisle_bind_text (s, 2, old_state);
  aisle_bind_text (s, 3, row->state);
  aisle_bind_int64 (s, 4, row->expected_minor);
  aisle_bind_int64_or_null (s, 5, row->prior_minor, AISLE_OUTBOX_NO_PRICE);
  aisle_bind_int64_or_null (s, 6, row->found_minor, AISLE_OUTBOX_NO_PRICE);
  aisle_bind_int64 (s, 7, row->attempts);
  aisle_bind_int64 (s, 8, row->denials);
  aisle_bind_int64 (s, 9, row->retry_at);
  aisle_bind_int64 (s, 10, g_get_real_time () / G_USEC_PER_SEC);
  aisle_bind_text (s, 11, row->message);
  if (!aisle_run (s, error))
    return FALSE;
  if (sqlite3_changes (aisle_workspace_get_db (workspace)) == 1)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_STALE,
               "store update %" G_GINT64_FORMAT
               " is no longer %s; somebody else changed it; push again",
               row->id, old_state);
  return FALSE;
}

gboolean
aisle_outbox_move_all (AisleWorkspace *workspace,
                       const char *from,
                       const char *to,
                       const char *message,
                       gint64 *n,
                       GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "UPDATE store_update AS u SET state = ?2, message = ?3, updated_at = ?4"
                       " WHERE u.state = ?1",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, from);
  aisle_bind_text (s, 2, to);
  aisle_bind_text (s, 3, message);
  aisle_bind_int64 (s, 4, g_get_real_time () / G_USEC_PER_SEC);
  if (!aisle_run (s, error))
    return FALSE;
  if (n)
    *n = sqlite3_changes (aisle_workspace_get_db (workspace));
  return TRUE;
}

gboolean
aisle_outbox_drop_overtaken (AisleWorkspace *workspace, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "UPDATE store_update AS u SET state = 'rolled_back', updated_at = ?1,"
      " message = 'rolled back, and proved not to be in the store' WHERE " IS_OPEN
      " AND u.state = 'queued' AND u.step = 'set' AND EXISTS"
      " (SELECT 1 FROM store_update AS r WHERE r.change_id = u.change_id AND r.revision = "
      "u.revision"
      "  AND r.store_id = u.store_id AND r.product_id = u.product_id AND r.currency = u.currency"
      "  AND r.step = 'restore')",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, g_get_real_time () / G_USEC_PER_SEC);
  if (!aisle_run (s, error))
    return FALSE;
  s = aisle_statement (
      workspace,
      "UPDATE store_update AS u SET state = 'superseded', updated_at = ?1,"
      " message = 'a newer change came before it was in the store' WHERE " IS_OPEN
      " AND u.state = 'queued' AND u.step = 'set' AND u.kind = 'price' AND EXISTS"
      " (SELECT 1 FROM store_update AS n WHERE n.store_id = u.store_id AND n.product_id = "
      "u.product_id"
      "  AND n.currency = u.currency AND n.kind = 'price' AND n.step = 'set' AND n.id > u.id"
      "  AND n.change_id <> u.change_id AND n.state = 'queued' AND n.not_before_at >= "
      "u.not_before_at)",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, g_get_real_time () / G_USEC_PER_SEC);
  return aisle_run (s, error);
}

gboolean
aisle_outbox_mark_rolled_back (AisleWorkspace *workspace,
                               const AisleOutboxRow *restore,
                               GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "UPDATE store_update SET state = 'rolled_back', updated_at = ?6, message = 'rolled back'"
      " WHERE change_id = ?1 AND revision = ?2 AND store_id = ?3 AND product_id = ?4 AND currency "
      "= ?5"
      " AND ((step = 'set' AND state IN ('verified', 'queued')) OR (step = 'end' AND state = "
      "'queued'))",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, restore->change_id);
  aisle_bind_int64 (s, 2, restore->revision);
  aisle_bind_int64 (s, 3, restore->store_id);
  aisle_bind_int64 (s, 4, restore->product_id);
  aisle_bind_text (s, 5, restore->currency);
  aisle_bind_int64 (s, 6, g_get_real_time () / G_USEC_PER_SEC);
  return aisle_run (s, error);
}

void
aisle_outbox_promotion_clear (AisleOutboxPromotion *promotion)
{
  g_clear_pointer (&promotion->skus, g_strfreev);
  g_clear_pointer (&promotion->stores, g_strfreev);
}

static char **
read_words (AisleWorkspace *workspace, const char *sql, const char *name, GError **error)
{
  AisleStatement *s = aisle_statement (workspace, sql, error);
  if (!s)
    return NULL;
  aisle_bind_text (s, 1, name);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  int code;
  while ((code = aisle_step (s, error)) == 1)
    g_strv_builder_add (words, aisle_column_text (s, 0));
  return code == 0 ? g_strv_builder_end (words) : NULL;
}

gboolean
aisle_outbox_read_promotion (AisleWorkspace *workspace,
                             const char *name,
                             AisleOutboxPromotion *promotion,
                             GError **error)
{
  *promotion = (AisleOutboxPromotion){ 0 };
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT c.percent_off_ppm, min (u.not_before_at), (SELECT min (e.not_before_at)"
      " FROM store_update AS e WHERE e.name = ?1 AND e.kind = 'promotion' AND e.step = 'end')"
      " FROM store_update AS u JOIN change AS c ON c.id = u.change_id"
      " WHERE u.name = ?1 AND u.kind = 'promotion' AND u.step = 'set'",
      error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, name);
  if (aisle_step (s, error) != 1)
    return FALSE;
  promotion->off_ppm = aisle_column_int64 (s, 0);
  promotion->starts_at = aisle_column_int64 (s, 1);
  promotion->ends_at = aisle_column_int64 (s, 2);
  aisle_statement_reset (s);
  promotion->skus = read_words (
      workspace,
      "SELECT DISTINCT p.sku FROM store_update AS u JOIN product AS p ON p.id = u.product_id"
      " WHERE u.name = ?1 AND u.kind = 'promotion' AND u.step = 'set' ORDER BY p.sku",
      name, error);
  promotion->stores = read_words (
      workspace,
      "SELECT DISTINCT ifnull (t.system_code, t.code) FROM store_update AS u JOIN store AS t"
      " ON t.id = u.store_id WHERE u.name = ?1 AND u.kind = 'promotion' AND u.step = 'set' ORDER "
      "BY 1",
      name, error);
  if (promotion->skus && promotion->stores)
    return TRUE;
  aisle_outbox_promotion_clear (promotion);
  return FALSE;
}

static gint64 *
counter_for (AisleOutboxTally *tally, const char *step, const char *state)
{
  int index = strcmp (step, "set") == 0   ? AISLE_OUTBOX_SET
              : strcmp (step, "end") == 0 ? AISLE_OUTBOX_END
                                          : AISLE_OUTBOX_RESTORE;
  if (strcmp (state, "verified") == 0)
    return &tally->n_verified[index];
  if (strcmp (state, "refused") == 0)
    return &tally->n_refused[index];
  if (strcmp (state, "superseded") == 0 || strcmp (state, "rolled_back") == 0)
    return &tally->n_others[index];
  return &tally->n_open[index];
}

gboolean
aisle_outbox_tally (AisleWorkspace *workspace,
                    gint64 change_id,
                    AisleOutboxTally *tally,
                    GError **error)
{
  *tally = (AisleOutboxTally){ .change_id = change_id };
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT c.state, u.step, u.state, count (u.id) FROM change AS c LEFT JOIN store_update AS u"
      " ON u.change_id = c.id AND u.revision = c.revision WHERE c.id = ?1 GROUP BY u.step, u.state",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change_id);
  int code;
  while ((code = aisle_step (s, error)) == 1)
    {
      aisle_change_state_from_text (aisle_column_text (s, 0), &tally->state);
      if (aisle_column_int64 (s, 3) > 0)
        *counter_for (tally, aisle_column_text (s, 1), aisle_column_text (s, 2)) +=
            aisle_column_int64 (s, 3);
    }
  return code == 0;
}

GArray *
aisle_outbox_list_changes (AisleWorkspace *workspace, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT c.id FROM change AS c WHERE c.kind IN ('price', 'promotion') AND EXISTS"
      " (SELECT 1 FROM store_update AS u WHERE u.change_id = c.id AND u.revision = c.revision AND"
      "  (c.state IN ('approved', 'scheduled', 'pushing')"
      "   OR (c.state IN ('live', 'needs_attention') AND u.step IN ('end', 'restore'))"
      "   OR (c.state = 'rolled_back' AND u.step = 'restore' AND u.state <> 'verified')))"
      " ORDER BY c.id",
      error);
  if (!s)
    return NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int code;
  while ((code = aisle_step (s, error)) == 1)
    {
      gint64 id = aisle_column_int64 (s, 0);
      g_array_append_val (ids, id);
    }
  return code == 0 ? g_steal_pointer (&ids) : NULL;
}
