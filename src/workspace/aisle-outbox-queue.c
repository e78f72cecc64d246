/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-outbox.h"

#include "aisle-statement-private.h"

#include <string.h>

/* What the decisions of people write into the outbox. */

typedef struct
{
  gint64 id;
  gint64 revision;
  gint64 schedule_at;
  AisleDate from_day;
  AisleDate to_day;
  gboolean is_promotion;
} Change;

/* A store of the change's ticked lines. */
typedef struct
{
  gint64 id;
  gint64 system_id;
  char *code;
  gint64 starts_at; /* 0: at once */
  gint64 ends_at;
  char *group; /* stores of one group share one promotion in their system */
} Place;

static void
place_free_cb (gpointer data)
{
  Place *place = data;
  g_free (place->code);
  g_free (place->group);
  g_free (place);
}

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
load_change (AisleWorkspace *workspace, gint64 id, Change *change, GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT kind, revision, ifnull (schedule_at, 0),"
                                       " ifnull (from_day, ?2), ifnull (to_day, ?2)"
                                       " FROM change WHERE id = ?1",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_int64 (s, 2, AISLE_DATE_NONE);
  int row = aisle_step (s, error);
  if (row == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                 "there is no change %" G_GINT64_FORMAT, id);
  if (row != 1)
    return FALSE;
  const char *kind = aisle_column_text (s, 0);
  gboolean is_price = strcmp (kind, "price") == 0;
  *change = (Change){
    .id = id,
    .revision = aisle_column_int64 (s, 1),
    .schedule_at = aisle_column_int64 (s, 2),
    .from_day = (AisleDate) aisle_column_int64 (s, 3),
    .to_day = (AisleDate) aisle_column_int64 (s, 4),
    .is_promotion = strcmp (kind, "promotion") == 0,
  };
  if (!is_price && !change->is_promotion)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
                 "change %" G_GINT64_FORMAT " is of kind %s, and only prices and promotions are "
                 "pushed to stores",
                 id, kind);
  aisle_statement_reset (s);
  return is_price || change->is_promotion;
}

char **
aisle_outbox_find_stores_without_system (AisleWorkspace *workspace,
                                         gint64 change_id,
                                         GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT code FROM store WHERE system_id IS NULL AND id IN"
      " (SELECT store_id FROM change_line WHERE change_id = ?1 AND is_approved = 1)"
      " ORDER BY code",
      error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, change_id);
  g_autoptr (GStrvBuilder) codes = g_strv_builder_new ();
  int row;
  while ((row = aisle_step (s, error)) == 1)
    g_strv_builder_add (codes, aisle_column_text (s, 0));
  return row == 0 ? g_strv_builder_end (codes) : NULL;
}

static gboolean
check_systems (AisleWorkspace *workspace, gint64 change_id, GError **error)
{
  g_auto (GStrv) codes = aisle_outbox_find_stores_without_system (workspace, change_id, error);
  if (!codes)
    return FALSE;
  if (!codes[0])
    return TRUE;
  g_autofree char *list = g_strjoinv (", ", codes);
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED,
               "no store system serves %s, so change %" G_GINT64_FORMAT " cannot be brought there; "
               "connect one with “aislectl system add”, or approve without these lines",
               list, change_id);
  return FALSE;
}

/* Midnight of a day in the store's zone. */
static gboolean
set_times (Place *place, const Change *change, const char *zone_name, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  if (!zone)
    {
      g_set_error (
          error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
          "store %s: there is no time zone called “%s”; import the store again with a name "
          "such as Europe/London",
          place->code, zone_name);
      return FALSE;
    }
  place->starts_at = change->schedule_at;
  if (aisle_date_is_valid (change->from_day))
    place->starts_at = MAX (place->starts_at, aisle_date_to_instant (change->from_day, 0, zone));
  if (aisle_date_is_valid (change->to_day))
    place->ends_at = aisle_date_to_instant (change->to_day + 1, 0, zone);
  if (!change->is_promotion || place->ends_at > place->starts_at)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED,
               "change %" G_GINT64_FORMAT
               " would start in store %s only after its last day; schedule "
               "it earlier or give it a later end",
               change->id, place->code);
  return FALSE;
}

/* Stores may share a promotion only where nothing else is discounted by that: the same products,
 * the same instants, and all or none of them the trial store. */
static char *
describe_group (AisleWorkspace *workspace,
                const Change *change,
                const Place *place,
                gboolean is_trial,
                GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT product_id FROM change_line WHERE change_id = ?1"
                                       " AND store_id = ?2 AND is_approved = 1 ORDER BY product_id",
                                       error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, change->id);
  aisle_bind_int64 (s, 2, place->id);
  g_autoptr (GChecksum) products = g_checksum_new (G_CHECKSUM_SHA256);
  int row;
  while ((row = aisle_step (s, error)) == 1)
    {
      gint64 id = aisle_column_int64 (s, 0);
      g_checksum_update (products, (const guchar *) &id, sizeof id);
    }
  if (row < 0)
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %s",
                          place->system_id, place->starts_at, place->ends_at, is_trial,
                          g_checksum_get_string (products));
}

static GPtrArray *
load_places (AisleWorkspace *workspace, const Change *change, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT s.id, s.system_id, s.code, s.zone, ifnull (y.trial_store_id = s.id, 0)"
      " FROM store AS s JOIN system AS y ON y.id = s.system_id WHERE s.id IN"
      " (SELECT store_id FROM change_line WHERE change_id = ?1 AND is_approved = 1) ORDER BY "
      "s.code",
      error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, change->id);
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (place_free_cb);
  int row;
  while ((row = aisle_step (s, error)) == 1)
    {
      Place *place = g_new0 (Place, 1);
      g_ptr_array_add (places, place);
      place->id = aisle_column_int64 (s, 0);
      place->system_id = aisle_column_int64 (s, 1);
      place->code = g_strdup (aisle_column_text (s, 2));
      if (!set_times (place, change, aisle_column_text (s, 3), error)
          || (change->is_promotion
              && !(place->group = describe_group (workspace, change, place,
                                                  aisle_column_int64 (s, 4) != 0, error))))
        {
          aisle_statement_reset (s);
          return NULL;
        }
    }
  return row == 0 ? g_steal_pointer (&places) : NULL;
}

/* The name of what a store's system creates: the change's own, with the code of the group's first
 * store where the change needs several promotions in one system. */
static char *
name_for (const GPtrArray *places, const Place *place, const char *base)
{
  const Place *first = NULL;
  gboolean is_alone = TRUE;
  for (guint i = 0; i < places->len; i++)
    {
      const Place *other = places->pdata[i];
      if (g_strcmp0 (other->group, place->group) != 0)
        is_alone = is_alone && other->system_id != place->system_id;
      else if (!first)
        first = other;
    }
  return is_alone || !first ? g_strdup (base) : g_strdup_printf ("%s:%s", base, first->code);
}

static gboolean
insert_rows (AisleWorkspace *workspace,
             const Change *change,
             const Place *place,
             const char *step,
             const char *name,
             gint64 *n_queued,
             GError **error)
{
  gboolean is_end = strcmp (step, "end") == 0;
  AisleStatement *s = aisle_statement (
      workspace,
      "INSERT INTO store_update (change_id, revision, change_line_id, system_id, store_id, "
      "product_id,"
      " currency, kind, step, name, expected_minor, seen_minor, not_before_at, updated_at)"
      " SELECT change_id, ?3, id, ?4, store_id, product_id, currency, ?5, ?6, ?7,"
      " CASE ?6 WHEN 'end' THEN before_minor ELSE after_minor END,"
      " CASE ?6 WHEN 'end' THEN after_minor ELSE before_minor END, ?8, ?9"
      " FROM change_line WHERE change_id = ?1 AND store_id = ?2 AND is_approved = 1 ORDER BY id"
      " ON CONFLICT DO NOTHING",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->id);
  aisle_bind_int64 (s, 2, place->id);
  aisle_bind_int64 (s, 3, change->revision);
  aisle_bind_int64 (s, 4, place->system_id);
  aisle_bind_text (s, 5, change->is_promotion ? "promotion" : "price");
  aisle_bind_text (s, 6, step);
  aisle_bind_text (s, 7, name);
  aisle_bind_int64 (s, 8, is_end ? place->ends_at : place->starts_at);
  aisle_bind_int64 (s, 9, now ());
  if (!aisle_run (s, error))
    return FALSE;
  *n_queued += sqlite3_changes (aisle_workspace_get_db (workspace));
  return TRUE;
}

/* A promotion comes down from a shelf price; where none is known nobody could verify its end. */
static gboolean
check_shelf_prices (AisleWorkspace *workspace, const Change *change, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT p.sku, t.code FROM change_line AS l JOIN product AS p ON p.id = l.product_id"
      " JOIN store AS t ON t.id = l.store_id WHERE l.change_id = ?1"
      " AND l.is_approved = 1 AND ifnull (l.before_minor, 0) <= 0 LIMIT 1",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->id);
  int row = aisle_step (s, error);
  if (row == 1)
    {
      g_set_error (
          error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED,
          "the shelf price of %s in store %s is not known, so a promotion on it could not be "
          "verified; import or pull prices first",
          aisle_column_text (s, 0), aisle_column_text (s, 1));
      aisle_statement_reset (s);
    }
  return row == 0;
}

static gboolean
supersede_older (AisleWorkspace *workspace, const Change *change, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "UPDATE store_update SET state = 'superseded', updated_at = ?3,"
      " message = 'change ' || ?1 || ' came after it' WHERE id IN"
      " (SELECT o.id FROM store_update AS n JOIN store_update AS o ON o.store_id = n.store_id"
      "  AND o.product_id = n.product_id AND o.currency = n.currency AND o.id < n.id"
      "  WHERE n.change_id = ?1 AND n.revision = ?2 AND n.step = 'set' AND n.kind = 'price'"
      "  AND o.kind = 'price' AND o.step = 'set' AND o.state = 'queued'"
      "  AND o.change_id <> n.change_id AND o.not_before_at <= n.not_before_at)",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->id);
  aisle_bind_int64 (s, 2, change->revision);
  aisle_bind_int64 (s, 3, now ());
  return aisle_run (s, error);
}

gboolean
aisle_outbox_queue_change (AisleWorkspace *workspace,
                           gint64 change_id,
                           gint64 *n_queued,
                           GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  gint64 n = 0;
  Change change;
  if (!load_change (workspace, change_id, &change, error)
      || !check_systems (workspace, change_id, error)
      || (change.is_promotion && !check_shelf_prices (workspace, &change, error)))
    return FALSE;
  g_autoptr (GPtrArray) places = load_places (workspace, &change, error);
  if (!places)
    return FALSE;
  g_autofree char *workspace_id = aisle_workspace_get_setting (workspace, "workspace_id");
  g_autofree char *base =
      g_strdup_printf ("aisle:%.8s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                       workspace_id ? workspace_id : "00000000", change.id, change.revision);
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = places->pdata[i];
      g_autofree char *name = name_for (places, place, base);
      if (!insert_rows (workspace, &change, place, "set", name, &n, error)
          || (change.is_promotion
              && !insert_rows (workspace, &change, place, "end", name, &n, error)))
        return FALSE;
    }
  if (n_queued)
    *n_queued = n;
  return change.is_promotion || supersede_older (workspace, &change, error);
}

gboolean
aisle_outbox_reschedule_change (AisleWorkspace *workspace, gint64 change_id, GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  Change change;
  if (!load_change (workspace, change_id, &change, error))
    return FALSE;
  g_autoptr (GPtrArray) places = load_places (workspace, &change, error);
  if (!places)
    return FALSE;
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = places->pdata[i];
      AisleStatement *s =
          aisle_statement (workspace,
                           "UPDATE store_update SET not_before_at = ?4, updated_at = ?5"
                           " WHERE change_id = ?1 AND revision = ?2 AND store_id = ?3"
                           " AND step = 'set' AND state = 'queued'",
                           error);
      if (!s)
        return FALSE;
      aisle_bind_int64 (s, 1, change.id);
      aisle_bind_int64 (s, 2, change.revision);
      aisle_bind_int64 (s, 3, place->id);
      aisle_bind_int64 (s, 4, place->starts_at);
      aisle_bind_int64 (s, 5, now ());
      if (!aisle_run (s, error))
        return FALSE;
    }
  return change.is_promotion || supersede_older (workspace, &change, error);
}

/* Runs an UPDATE or INSERT with ?1 the change, ?2 its revision, ?3 the time. */
static gboolean
run_for_change (AisleWorkspace *workspace,
                const char *sql,
                const Change *change,
                gint64 *n_rows,
                GError **error)
{
  AisleStatement *s = aisle_statement (workspace, sql, error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->id);
  aisle_bind_int64 (s, 2, change->revision);
  aisle_bind_int64 (s, 3, now ());
  if (!aisle_run (s, error))
    return FALSE;
  *n_rows = sqlite3_changes (aisle_workspace_get_db (workspace));
  return TRUE;
}

gboolean
aisle_outbox_queue_rollback (AisleWorkspace *workspace,
                             gint64 change_id,
                             AisleOutboxRollback *rollback,
                             GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  Change change;
  AisleOutboxRollback result = { 0 };
  gint64 n_ends = 0;
  if (!load_change (workspace, change_id, &change, error))
    return FALSE;
  /* A promotion shows a store's shelf price again when it is gone; a price has to be written back.
   * What is under way now is settled first: the "set" row is older than its "restore". What was
   * refused although it was sent, and may stand in the store, is taken away too. */
  if (!run_for_change (workspace,
                       "UPDATE store_update SET state = 'rolled_back', updated_at = ?3,"
                       " message = 'taken back before it was sent' WHERE change_id = ?1"
                       " AND revision = ?2 AND step = 'set' AND state = 'queued'",
                       &change, &result.n_withdrawn, error)
      || !run_for_change (
          workspace,
          "INSERT INTO store_update (change_id, revision, change_line_id, system_id, store_id,"
          " product_id, currency, kind, step, name, expected_minor, seen_minor, updated_at)"
          " SELECT change_id, revision, change_line_id, system_id, store_id, product_id, currency,"
          " kind, 'restore', name, CASE kind WHEN 'promotion' THEN seen_minor ELSE prior_minor END,"
          " expected_minor, ?3 FROM store_update WHERE change_id = ?1 AND revision = ?2"
          " AND step = 'set' AND (state IN ('sending', 'unknown', 'accepted', 'verified')"
          "  OR (state = 'refused' AND attempts > 0"
          "      AND (kind = 'promotion' OR found_minor = expected_minor)))"
          " AND CASE kind WHEN 'promotion' THEN seen_minor ELSE prior_minor END > 0"
          " ORDER BY id ON CONFLICT DO UPDATE SET state = 'queued', retry_at = 0, denials = 0,"
          " message = NULL, updated_at = ?3 WHERE store_update.state = 'refused'",
          &change, &result.n_restores, error)
      || !run_for_change (
          workspace,
          "UPDATE store_update SET state = 'rolled_back', updated_at = ?3,"
          " message = 'the promotion was rolled back before its end'"
          " WHERE change_id = ?1 AND revision = ?2 AND step = 'end' AND state = 'queued'",
          &change, &n_ends, error))
    return FALSE;
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT count (*) FROM store_update AS u WHERE change_id = ?1 AND revision = ?2 AND step = "
      "'set'"
      " AND state NOT IN ('rolled_back', 'superseded')"
      " AND NOT EXISTS (SELECT 1 FROM store_update AS r WHERE r.change_id = ?1 AND r.revision = ?2"
      "                 AND r.store_id = u.store_id AND r.product_id = u.product_id"
      "                 AND r.currency = u.currency AND r.step = 'restore')",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change.id);
  aisle_bind_int64 (s, 2, change.revision);
  if (aisle_step (s, error) != 1)
    return FALSE;
  result.n_left = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  if (rollback)
    *rollback = result;
  return TRUE;
}

gboolean
aisle_outbox_retry_change (AisleWorkspace *workspace, gint64 change_id, GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  Change change;
  gint64 n;
  return load_change (workspace, change_id, &change, error)
         && run_for_change (workspace,
                            "UPDATE store_update SET state = 'queued', retry_at = 0, denials = 0,"
                            " message = 'tried again', updated_at = ?3 WHERE change_id = ?1"
                            " AND revision = ?2 AND state = 'refused'",
                            &change, &n, error);
}
