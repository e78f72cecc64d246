/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change.h"

#include "aisle-statement-private.h"

static void
line_free_cb (gpointer data)
{
  AisleChangeLine *line = data;
  g_free (line->sku);
  g_free (line->store);
  g_free (line->reason);
  g_free (line->expected);
  g_free (line);
}

AisleChange *
aisle_change_new (void)
{
  AisleChange *change = g_new0 (AisleChange, 1);
  change->revision = 1;
  change->from_day = AISLE_DATE_NONE;
  change->to_day = AISLE_DATE_NONE;
  change->lines = g_ptr_array_new_with_free_func (line_free_cb);
  return change;
}

void
aisle_change_free (AisleChange *change)
{
  if (!change)
    return;
  g_free (change->title);
  g_free (change->author);
  g_free (change->objective);
  g_free (change->reason);
  g_ptr_array_unref (change->lines);
  g_free (change);
}

AisleChangeLine *
aisle_change_add_line (AisleChange *change)
{
  AisleChangeLine *line = g_new0 (AisleChangeLine, 1);
  line->line = (int) change->lines->len + 1;
  line->before_minor = AISLE_CHANGE_AMOUNT_NONE;
  line->is_approved = TRUE;
  g_ptr_array_add (change->lines, line);
  return line;
}

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static AisleDate
column_date (AisleStatement *statement, int column)
{
  return aisle_column_is_null (statement, column)
             ? AISLE_DATE_NONE
             : (AisleDate) aisle_column_int64 (statement, column);
}

static const char change_columns[] =
    "SELECT c.id, c.kind, c.state, c.revision, c.title, c.author_id, p.name, c.created_at,"
    " c.submitted_at, c.objective, c.reason, c.percent_off_ppm, c.from_day, c.to_day,"
    " c.schedule_at, c.is_generated FROM change AS c JOIN person AS p ON p.id = c.author_id ";

static AisleChange *
read_change (AisleStatement *s)
{
  AisleChange *change = aisle_change_new ();
  change->id = aisle_column_int64 (s, 0);
  aisle_change_kind_from_text (aisle_column_text (s, 1), &change->kind);
  aisle_change_state_from_text (aisle_column_text (s, 2), &change->state);
  change->revision = (int) aisle_column_int64 (s, 3);
  change->title = g_strdup (aisle_column_text (s, 4));
  change->author_id = aisle_column_int64 (s, 5);
  change->author = g_strdup (aisle_column_text (s, 6));
  change->created_at = aisle_column_int64 (s, 7);
  change->submitted_at = aisle_column_int64 (s, 8);
  change->objective = g_strdup (aisle_column_text (s, 9));
  change->reason = g_strdup (aisle_column_text (s, 10));
  change->percent_off_ppm = aisle_column_int64 (s, 11);
  change->from_day = column_date (s, 12);
  change->to_day = column_date (s, 13);
  change->schedule_at = aisle_column_int64 (s, 14);
  change->is_generated = aisle_column_int64 (s, 15) != 0;
  return change;
}

static gboolean
load_lines (AisleWorkspace *workspace, AisleChange *change, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT l.id, l.line, l.product_id, l.store_id, p.sku, t.code, l.currency, l.before_minor,"
      " l.after_minor, l.is_approved, l.reason, l.expected FROM change_line AS l"
      " JOIN product AS p ON p.id = l.product_id JOIN store AS t ON t.id = l.store_id"
      " WHERE l.change_id = ?1 ORDER BY l.line",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->id);
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      AisleChangeLine *line = aisle_change_add_line (change);
      line->id = aisle_column_int64 (s, 0);
      line->line = (int) aisle_column_int64 (s, 1);
      line->product_id = aisle_column_int64 (s, 2);
      line->store_id = aisle_column_int64 (s, 3);
      line->sku = g_strdup (aisle_column_text (s, 4));
      line->store = g_strdup (aisle_column_text (s, 5));
      g_strlcpy (line->currency, aisle_column_text (s, 6), sizeof line->currency);
      if (!aisle_column_is_null (s, 7))
        line->before_minor = aisle_column_int64 (s, 7);
      line->after_minor = aisle_column_int64 (s, 8);
      line->is_approved = aisle_column_int64 (s, 9) != 0;
      line->reason = g_strdup (aisle_column_text (s, 10));
      line->expected = g_strdup (aisle_column_text (s, 11));
    }
  return step == 0;
}

AisleChange *
aisle_change_load (AisleWorkspace *workspace, gint64 id, GError **error)
{
  g_autofree char *sql = g_strconcat (change_columns, "WHERE c.id = ?1", NULL);
  AisleStatement *s = aisle_statement (workspace, sql, error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, id);
  int step = aisle_step (s, error);
  if (step == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                 "there is no change %" G_GINT64_FORMAT "; “aislectl change list” shows them", id);
  if (step != 1)
    return NULL;
  g_autoptr (AisleChange) change = read_change (s);
  aisle_statement_reset (s);
  if (!load_lines (workspace, change, error))
    return NULL;
  return g_steal_pointer (&change);
}

GPtrArray *
aisle_change_list (AisleWorkspace *workspace, int state, GError **error)
{
  g_autofree char *sql =
      g_strconcat (change_columns, "WHERE ?1 IS NULL OR c.state = ?1 ORDER BY c.id DESC", NULL);
  AisleStatement *s = aisle_statement (workspace, sql, error);
  if (!s)
    return NULL;
  if (state >= 0)
    aisle_bind_text (s, 1, aisle_change_state_to_text ((AisleChangeState) state));
  g_autoptr (GPtrArray) changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) aisle_change_free);
  int step;
  while ((step = aisle_step (s, error)) == 1)
    g_ptr_array_add (changes, read_change (s));
  return step == 0 ? g_steal_pointer (&changes) : NULL;
}

gint64
aisle_change_count_lines (AisleWorkspace *workspace, gint64 id)
{
  AisleStatement *s =
      aisle_statement (workspace, "SELECT count(*) FROM change_line WHERE change_id = ?1", NULL);
  if (!s)
    return 0;
  aisle_bind_int64 (s, 1, id);
  gint64 count = aisle_step (s, NULL) == 1 ? aisle_column_int64 (s, 0) : 0;
  aisle_statement_reset (s);
  return count;
}

static gboolean
insert_lines (AisleWorkspace *workspace, const AisleChange *change, GError **error)
{
  for (guint i = 0; i < change->lines->len; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      AisleStatement *s = aisle_statement (
          workspace,
          "INSERT INTO change_line (change_id, line, product_id, store_id, currency, before_minor,"
          " after_minor, reason, expected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
          error);
      if (!s)
        return FALSE;
      aisle_bind_int64 (s, 1, change->id);
      aisle_bind_int64 (s, 2, (gint64) i + 1);
      aisle_bind_int64 (s, 3, line->product_id);
      aisle_bind_int64 (s, 4, line->store_id);
      aisle_bind_text (s, 5, line->currency);
      aisle_bind_int64_or_null (s, 6, line->before_minor, AISLE_CHANGE_AMOUNT_NONE);
      aisle_bind_int64 (s, 7, line->after_minor);
      aisle_bind_text (s, 8, line->reason);
      aisle_bind_text (s, 9, line->expected);
      if (!aisle_run (s, error))
        return FALSE;
    }
  return TRUE;
}

/* The header fields that an author may edit, bound from parameter 2 on. */
static void
bind_header (AisleStatement *s, const AisleChange *change)
{
  aisle_bind_text (s, 2, change->title ? change->title : "");
  aisle_bind_text (s, 3, change->objective);
  aisle_bind_text (s, 4, change->reason);
  aisle_bind_int64_or_null (s, 5, change->percent_off_ppm, 0);
  aisle_bind_int64_or_null (s, 6, change->from_day, AISLE_DATE_NONE);
  aisle_bind_int64_or_null (s, 7, change->to_day, AISLE_DATE_NONE);
}

gboolean
aisle_change_create (AisleWorkspace *workspace, AisleChange *change, GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  AisleStatement *s = aisle_statement (
      workspace,
      "INSERT INTO change (author_id, title, objective, reason, percent_off_ppm, from_day, to_day,"
      " kind, created_at, is_generated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
      " RETURNING id",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->author_id);
  bind_header (s, change);
  aisle_bind_text (s, 8, aisle_change_kind_to_text (change->kind));
  change->created_at = now ();
  aisle_bind_int64 (s, 9, change->created_at);
  aisle_bind_int64 (s, 10, change->is_generated);
  if (aisle_step (s, error) != 1)
    return FALSE;
  change->id = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  return insert_lines (workspace, change, error);
}

static gboolean
update_header (AisleWorkspace *workspace, const AisleChange *change, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "UPDATE change SET title = ?2, objective = ?3, reason = ?4, percent_off_ppm = ?5,"
      " from_day = ?6, to_day = ?7 WHERE id = ?1",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->id);
  bind_header (s, change);
  return aisle_run (s, error);
}

gboolean
aisle_change_update_draft (AisleWorkspace *workspace, const AisleChange *change, GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  if (!update_header (workspace, change, error))
    return FALSE;
  AisleStatement *s =
      aisle_statement (workspace, "DELETE FROM change_line WHERE change_id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, change->id);
  return aisle_run (s, error) && insert_lines (workspace, change, error);
}

gboolean
aisle_change_update_expected (AisleWorkspace *workspace, const AisleChange *change, GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  if (!update_header (workspace, change, error))
    return FALSE;
  for (guint i = 0; i < change->lines->len; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      AisleStatement *s =
          aisle_statement (workspace, "UPDATE change_line SET expected = ?2 WHERE id = ?1", error);
      if (!s)
        return FALSE;
      aisle_bind_int64 (s, 1, line->id);
      aisle_bind_text (s, 2, line->expected);
      if (!aisle_run (s, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
aisle_change_set_state (AisleWorkspace *workspace,
                        gint64 id,
                        AisleChangeState from,
                        AisleChangeState to,
                        GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "UPDATE change SET state = ?3, submitted_at = CASE ?3 WHEN 'submitted' THEN ?4"
      " ELSE submitted_at END WHERE id = ?1 AND state = ?2 RETURNING id",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_text (s, 2, aisle_change_state_to_text (from));
  aisle_bind_text (s, 3, aisle_change_state_to_text (to));
  aisle_bind_int64 (s, 4, now ());
  int step = aisle_step (s, error);
  if (step == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_STALE,
                 "change %" G_GINT64_FORMAT " is no longer %s; look at it again", id,
                 aisle_change_state_to_text (from));
  if (step == 1)
    aisle_statement_reset (s);
  return step == 1;
}

gboolean
aisle_change_set_schedule (AisleWorkspace *workspace, gint64 id, gint64 at, GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace, "UPDATE change SET schedule_at = ?2 WHERE id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_int64_or_null (s, 2, at, 0);
  return aisle_run (s, error);
}

gboolean
aisle_change_begin_revision (AisleWorkspace *workspace, gint64 id, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace, "UPDATE change SET revision = revision + 1 WHERE id = ?1 AND state = 'draft'",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  return aisle_run (s, error);
}

gboolean
aisle_change_tick_lines (AisleWorkspace *workspace,
                         gint64 id,
                         const int *lines,
                         gsize n_lines,
                         GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace, "UPDATE change_line SET is_approved = 0 WHERE change_id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  if (!aisle_run (s, error))
    return FALSE;
  for (gsize i = 0; i < n_lines; i++)
    {
      s = aisle_statement (
          workspace,
          "UPDATE change_line SET is_approved = 1 WHERE change_id = ?1 AND line = ?2"
          " RETURNING id",
          error);
      if (!s)
        return FALSE;
      aisle_bind_int64 (s, 1, id);
      aisle_bind_int64 (s, 2, lines[i]);
      int step = aisle_step (s, error);
      if (step == 0)
        g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                     "change %" G_GINT64_FORMAT " has no line %d", id, lines[i]);
      if (step != 1)
        return FALSE;
      aisle_statement_reset (s);
    }
  return TRUE;
}

gboolean
aisle_change_add_decision (AisleWorkspace *workspace,
                           gint64 id,
                           AisleChangeAction action,
                           gint64 person_id,
                           const char *reason,
                           GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "INSERT INTO change_decision (change_id, revision, action, person_id, at, reason)"
      " SELECT id, revision, ?2, ?3, ?4, ?5 FROM change WHERE id = ?1",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_text (s, 2, aisle_change_action_to_text (action));
  aisle_bind_int64 (s, 3, person_id);
  aisle_bind_int64 (s, 4, now ());
  aisle_bind_text (s, 5, reason);
  return aisle_run (s, error);
}

static void
decision_free_cb (gpointer data)
{
  AisleChangeDecision *decision = data;
  g_free (decision->action);
  g_free (decision->person);
  g_free (decision->reason);
  g_free (decision);
}

GPtrArray *
aisle_change_list_decisions (AisleWorkspace *workspace, gint64 id, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT d.revision, d.action, p.name, d.at, d.reason FROM change_decision AS d"
      " JOIN person AS p ON p.id = d.person_id WHERE d.change_id = ?1 ORDER BY d.id",
      error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, id);
  g_autoptr (GPtrArray) decisions = g_ptr_array_new_with_free_func (decision_free_cb);
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      AisleChangeDecision *decision = g_new0 (AisleChangeDecision, 1);
      decision->revision = (int) aisle_column_int64 (s, 0);
      decision->action = g_strdup (aisle_column_text (s, 1));
      decision->person = g_strdup (aisle_column_text (s, 2));
      decision->at = aisle_column_int64 (s, 3);
      decision->reason = g_strdup (aisle_column_text (s, 4));
      g_ptr_array_add (decisions, decision);
    }
  return step == 0 ? g_steal_pointer (&decisions) : NULL;
}

void
aisle_change_finding_free (AisleChangeFinding *finding)
{
  g_free (finding->rule);
  g_free (finding->message);
  g_free (finding);
}

gboolean
aisle_change_set_findings (AisleWorkspace *workspace,
                           gint64 id,
                           GPtrArray *findings,
                           GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "DELETE FROM change_finding WHERE change_id = ?1"
                       " AND revision = (SELECT revision FROM change WHERE id = ?1)",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  if (!aisle_run (s, error))
    return FALSE;
  for (guint i = 0; i < findings->len; i++)
    {
      const AisleChangeFinding *finding = findings->pdata[i];
      s = aisle_statement (
          workspace,
          "INSERT INTO change_finding (change_id, revision, line, rule, level, message)"
          " SELECT id, revision, ?2, ?3, ?4, ?5 FROM change WHERE id = ?1"
          " ON CONFLICT DO UPDATE SET message = message || ' ' || excluded.message",
          error);
      if (!s)
        return FALSE;
      aisle_bind_int64 (s, 1, id);
      aisle_bind_int64 (s, 2, finding->line);
      aisle_bind_text (s, 3, finding->rule);
      aisle_bind_text (s, 4, aisle_guardrail_level_to_text (finding->level));
      aisle_bind_text (s, 5, finding->message);
      if (!aisle_run (s, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
aisle_change_list_findings (AisleWorkspace *workspace, gint64 id, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT f.line, f.level, f.rule, f.message FROM change_finding AS f JOIN change AS c"
      " ON c.id = f.change_id AND c.revision = f.revision WHERE f.change_id = ?1"
      " ORDER BY f.level, f.line, f.rule",
      error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, id);
  g_autoptr (GPtrArray) findings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) aisle_change_finding_free);
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      AisleChangeFinding *finding = g_new0 (AisleChangeFinding, 1);
      finding->line = (int) aisle_column_int64 (s, 0);
      aisle_guardrail_level_from_text (aisle_column_text (s, 1), &finding->level);
      finding->rule = g_strdup (aisle_column_text (s, 2));
      finding->message = g_strdup (aisle_column_text (s, 3));
      g_ptr_array_add (findings, finding);
    }
  return step == 0 ? g_steal_pointer (&findings) : NULL;
}

gboolean
aisle_change_add_evidence (AisleWorkspace *workspace,
                           gint64 id,
                           const char *kind,
                           gint64 run_id,
                           const char *document,
                           GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "INSERT INTO change_evidence (change_id, revision, kind, at, run_id, document)"
      " SELECT id, revision, ?2, ?3, ?4, ?5 FROM change WHERE id = ?1",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_text (s, 2, kind);
  aisle_bind_int64 (s, 3, now ());
  aisle_bind_int64_or_null (s, 4, run_id, 0);
  aisle_bind_text (s, 5, document);
  return aisle_run (s, error);
}

static void
evidence_free_cb (gpointer data)
{
  AisleChangeEvidence *evidence = data;
  g_free (evidence->kind);
  g_free (evidence->document);
  g_free (evidence);
}

GPtrArray *
aisle_change_list_evidence (AisleWorkspace *workspace, gint64 id, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT revision, kind, at, run_id, document FROM change_evidence WHERE change_id = ?1"
      " ORDER BY revision, kind",
      error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, id);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (evidence_free_cb);
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      AisleChangeEvidence *evidence = g_new0 (AisleChangeEvidence, 1);
      evidence->revision = (int) aisle_column_int64 (s, 0);
      evidence->kind = g_strdup (aisle_column_text (s, 1));
      evidence->at = aisle_column_int64 (s, 2);
      evidence->run_id = aisle_column_int64 (s, 3);
      evidence->document = g_strdup (aisle_column_text (s, 4));
      g_ptr_array_add (list, evidence);
    }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

GArray *
aisle_change_list_claims (AisleWorkspace *workspace, gint64 id, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT c.id, c.kind, l.product_id, l.store_id,"
      " CASE WHEN c.state IN ('live', 'needs_attention') THEN"
      "  max (coalesce (c.from_day, c.submitted_at / 86400), coalesce (c.schedule_at, 0) / 86400)"
      " ELSE max (coalesce (c.from_day, ?2), coalesce (c.schedule_at, 0) / 86400, ?2) END, c.to_day"
      " FROM change_line AS own JOIN change_line AS l"
      "  ON l.product_id = own.product_id AND l.store_id = own.store_id AND l.change_id <> ?1"
      " JOIN change AS c ON c.id = l.change_id"
      " WHERE own.change_id = ?1 AND l.is_approved = 1"
      "  AND c.state IN ('submitted', 'approved', 'scheduled', 'pushing', 'live', "
      "'needs_attention')",
      error);
  if (!s)
    return NULL;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_int64 (s, 2, aisle_workspace_get_business_date (workspace, NULL));
  g_autoptr (GArray) claims = g_array_new (FALSE, TRUE, sizeof (AisleChangeClaim));
  int step;
  while ((step = aisle_step (s, error)) == 1)
    {
      AisleChangeClaim claim = { .change_id = aisle_column_int64 (s, 0),
                                 .product_id = aisle_column_int64 (s, 2),
                                 .store_id = aisle_column_int64 (s, 3),
                                 .from_day = (AisleDate) aisle_column_int64 (s, 4),
                                 .to_day = column_date (s, 5) };
      aisle_change_kind_from_text (aisle_column_text (s, 1), &claim.kind);
      g_array_append_val (claims, claim);
    }
  return step == 0 ? g_steal_pointer (&claims) : NULL;
}
