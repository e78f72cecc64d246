/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-change-document.h"

#include "aisle-change.h"
#include "aisle-cli-generated.h"
#include "aisle-generated.h"
#include "aisle-outbox.h"
#include "aisle-range.h"

/* Everything about one change, read once. */
typedef struct
{
  AisleChange *change;
  GPtrArray *findings;
  GPtrArray *evidence;
  GPtrArray *decisions;
  AisleOutboxBatch *updates;
  char **generated;  /* what its numbers rest on and is not real */
  gboolean has_tax;  /* the shelf prices of some of its stores include tax */
  gboolean has_none; /* those of some do not */
} Document;

static void
document_clear (Document *document)
{
  g_clear_pointer (&document->change, aisle_change_free);
  g_clear_pointer (&document->findings, g_ptr_array_unref);
  g_clear_pointer (&document->evidence, g_ptr_array_unref);
  g_clear_pointer (&document->decisions, g_ptr_array_unref);
  g_clear_pointer (&document->updates, aisle_outbox_batch_free);
  g_clear_pointer (&document->generated, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Document, document_clear)

/* Finds whether the prices of the change's stores include tax. */
static gboolean
load_stores (AisleWorkspace *workspace, Document *document, GError **error)
{
  g_autoptr (GPtrArray) stores = aisle_range_list_stores (workspace, error);
  if (!stores)
    return FALSE;
  g_autoptr (GHashTable) used = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < document->change->lines->len; i++)
    {
      AisleChangeLine *line = document->change->lines->pdata[i];
      g_hash_table_add (used, &line->store_id);
    }
  for (guint i = 0; i < stores->len; i++)
    {
      const AisleRangeStore *store = stores->pdata[i];
      if (!g_hash_table_contains (used, &store->id))
        continue;
      document->has_tax |= store->prices_include_tax;
      document->has_none |= !store->prices_include_tax;
    }
  return TRUE;
}

static gboolean
load (AisleWorkspace *workspace, gint64 id, Document *document, GError **error)
{
  AisleGeneratedKinds kinds = AISLE_GENERATED_STOCK | AISLE_GENERATED_COST;
  AisleOutboxFilter filter = { .change_id = id };
  return (document->change = aisle_change_load (workspace, id, error))
         && (document->findings = aisle_change_list_findings (workspace, id, error))
         && (document->evidence = aisle_change_list_evidence (workspace, id, error))
         && (document->decisions = aisle_change_list_decisions (workspace, id, error))
         && (document->updates = aisle_outbox_list (workspace, &filter, error))
         && (document->generated = aisle_generated_list (workspace, kinds, 0, error))
         && load_stores (workspace, document, error);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_integer (JsonBuilder *builder, const char *name, gint64 value, gint64 none)
{
  json_builder_set_member_name (builder, name);
  if (value == none)
    json_builder_add_null_value (builder);
  else
    json_builder_add_int_value (builder, value);
}

static void
add_date (JsonBuilder *builder, const char *name, AisleDate date)
{
  char text[AISLE_DATE_TEXT_SIZE];
  add_text (builder, name, date == AISLE_DATE_NONE ? NULL : aisle_date_format_iso (date, text));
}

static void
add_instant (JsonBuilder *builder, const char *name, gint64 seconds)
{
  g_autofree char *text = seconds == 0 ? NULL : aisle_instant_format_iso (seconds);
  add_text (builder, name, text);
}

/* A document that is JSON text already. */
static void
add_document (JsonBuilder *builder, const char *name, const char *text)
{
  g_autoptr (JsonNode) node = text ? json_from_string (text, NULL) : NULL;
  json_builder_set_member_name (builder, name);
  if (node)
    json_builder_add_value (builder, g_steal_pointer (&node));
  else
    json_builder_add_null_value (builder);
}

static void
add_lines (JsonBuilder *builder, const AisleChange *change)
{
  json_builder_set_member_name (builder, "lines");
  json_builder_begin_array (builder);
  for (guint i = 0; i < change->lines->len; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      json_builder_begin_object (builder);
      add_integer (builder, "line", line->line, -1);
      add_text (builder, "sku", line->sku);
      add_text (builder, "store", line->store);
      add_text (builder, "currency", line->currency);
      add_integer (builder, "before", line->before_minor, AISLE_CHANGE_AMOUNT_NONE);
      add_integer (builder, "after", line->after_minor, AISLE_CHANGE_AMOUNT_NONE);
      add_date (builder, "from", change->from_day);
      add_date (builder, "to", change->to_day);
      json_builder_set_member_name (builder, "approved");
      json_builder_add_boolean_value (builder, line->is_approved);
      add_text (builder, "reason", line->reason);
      add_document (builder, "expected", line->expected);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_findings (JsonBuilder *builder, const GPtrArray *findings)
{
  json_builder_set_member_name (builder, "guardrails");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++)
    {
      const AisleChangeFinding *finding = findings->pdata[i];
      json_builder_begin_object (builder);
      add_text (builder, "rule", finding->rule);
      add_text (builder, "level", aisle_guardrail_level_to_text (finding->level));
      add_text (builder, "message", finding->message);
      add_integer (builder, "line", finding->line, 0);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_evidence (JsonBuilder *builder, const GPtrArray *evidence)
{
  json_builder_set_member_name (builder, "evidence");
  json_builder_begin_array (builder);
  for (guint i = 0; i < evidence->len; i++)
    {
      const AisleChangeEvidence *item = evidence->pdata[i];
      json_builder_begin_object (builder);
      add_text (builder, "kind", item->kind);
      add_integer (builder, "revision", item->revision, -1);
      add_instant (builder, "at", item->at);
      add_integer (builder, "run", item->run_id, 0);
      add_document (builder, "document", item->document);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_decisions (JsonBuilder *builder, const GPtrArray *decisions)
{
  json_builder_set_member_name (builder, "decisions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < decisions->len; i++)
    {
      const AisleChangeDecision *decision = decisions->pdata[i];
      json_builder_begin_object (builder);
      add_text (builder, "action", decision->action);
      add_text (builder, "person", decision->person);
      add_instant (builder, "at", decision->at);
      add_text (builder, "reason", decision->reason);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_updates (JsonBuilder *builder, const AisleOutboxBatch *updates)
{
  json_builder_set_member_name (builder, "updates");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < updates->n_rows; i++)
    {
      const AisleOutboxRow *row = &updates->rows[i];
      json_builder_begin_object (builder);
      add_integer (builder, "id", row->id, -1);
      add_text (builder, "store", row->store);
      add_text (builder, "sku", row->sku);
      add_text (builder, "step", row->step);
      add_text (builder, "state", row->state);
      add_integer (builder, "attempts", row->attempts, -1);
      add_integer (builder, "expected", row->expected_minor, AISLE_OUTBOX_NO_PRICE);
      add_integer (builder, "found", row->found_minor, AISLE_OUTBOX_NO_PRICE);
      add_text (builder, "message", row->message);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

JsonNode *
aisle_cli_change_to_json (AisleWorkspace *workspace, gint64 id, GError **error)
{
  g_auto (Document) document = { 0 };
  if (!load (workspace, id, &document, error))
    return NULL;
  const AisleChange *change = document.change;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_integer (builder, "id", change->id, -1);
  add_text (builder, "kind", aisle_change_kind_to_text (change->kind));
  add_text (builder, "state", aisle_change_state_to_text (change->state));
  add_integer (builder, "revision", change->revision, -1);
  add_text (builder, "title", change->title);
  add_text (builder, "author", change->author);
  add_instant (builder, "created", change->created_at);
  add_instant (builder, "submitted", change->submitted_at);
  add_text (builder, "objective", change->objective);
  add_text (builder, "reason", change->reason);
  json_builder_set_member_name (builder, "percent_off");
  if (change->percent_off_ppm > 0)
    json_builder_add_double_value (builder, (double) change->percent_off_ppm / AISLE_RATE_ONE);
  else
    json_builder_add_null_value (builder);
  add_date (builder, "from", change->from_day);
  add_date (builder, "to", change->to_day);
  add_instant (builder, "schedule_at", change->schedule_at);
  add_lines (builder, change);
  add_findings (builder, document.findings);
  add_evidence (builder, document.evidence);
  add_decisions (builder, document.decisions);
  add_updates (builder, document.updates);
  aisle_cli_add_generated (builder, document.generated);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* "+2.50 margin", for people. */
static void
append_expected (GString *text, const AisleChangeLine *line)
{
  g_autoptr (JsonNode) node = line->expected ? json_from_string (line->expected, NULL) : NULL;
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  JsonObject *object = json_node_get_object (node);
  JsonNode *units = json_object_get_member (object, "units_change");
  JsonNode *margin = json_object_get_member (object, "margin_change");
  if (!units || !margin || !JSON_NODE_HOLDS_OBJECT (units) || !JSON_NODE_HOLDS_OBJECT (margin))
    return;
  JsonObject *u = json_node_get_object (units), *m = json_node_get_object (margin);
  if (!json_object_get_null_member (u, "mean"))
    g_string_append_printf (text, "  units %+.1f", json_object_get_double_member (u, "mean"));
  if (json_object_get_null_member (m, "mean"))
    return;
  g_autofree char *mean =
      aisle_money_format (json_object_get_int_member (m, "mean"), line->currency);
  g_autofree char *lower =
      aisle_money_format (json_object_get_int_member (m, "lower"), line->currency);
  g_autofree char *upper =
      aisle_money_format (json_object_get_int_member (m, "upper"), line->currency);
  g_string_append_printf (text, "  margin %s (%s … %s)", mean, lower, upper);
}

static void
append_lines (GString *text, const AisleChange *change)
{
  for (guint i = 0; i < change->lines->len; i++)
    {
      const AisleChangeLine *line = change->lines->pdata[i];
      g_autofree char *before = line->before_minor == AISLE_CHANGE_AMOUNT_NONE
                                    ? g_strdup ("none")
                                    : aisle_money_format (line->before_minor, line->currency);
      g_autofree char *after = aisle_money_format (line->after_minor, line->currency);
      g_string_append_printf (text, "  %3d  %-12s %-10s %s → %s%s", line->line, line->sku,
                              line->store, before, after,
                              line->is_approved ? "" : "  (not ticked)");
      append_expected (text, line);
      g_string_append_c (text, '\n');
      if (line->reason)
        g_string_append_printf (text, "       %s\n", line->reason);
    }
}

/* What the columns of the lines are. */
static void
append_legend (GString *text, const Document *document)
{
  const AisleChange *change = document->change;
  g_string_append_printf (text, "Shelf prices %s",
                          document->has_tax && document->has_none
                              ? "with or without tax, as the store has them"
                          : document->has_tax ? "with tax"
                                              : "without tax");
  const AisleChangeLine *first = change->lines->len > 0 ? change->lines->pdata[0] : NULL;
  g_autoptr (JsonNode) node =
      first && first->expected ? json_from_string (first->expected, NULL) : NULL;
  if (node && JSON_NODE_HOLDS_OBJECT (node))
    g_string_append_printf (
        text,
        "; change of units and net margin over %" G_GINT64_FORMAT
        " days, with the 80 %% interval\n(with an assumed elasticity: an association, not a test)",
        json_object_get_int_member_with_default (json_node_get_object (node), "days", 0));
  g_string_append (text, ".\n");
  aisle_cli_append_generated (text, document->generated);
}

/* The lowest prices of the 30 days before a promotion, as they were frozen. */
static void
append_prior_prices (GString *text, const Document *document)
{
  for (guint i = 0; i < document->evidence->len; i++)
    {
      const AisleChangeEvidence *item = document->evidence->pdata[i];
      g_autoptr (JsonNode) node =
          g_strcmp0 (item->kind, "prior_price") == 0 && item->revision == document->change->revision
              ? json_from_string (item->document, NULL)
              : NULL;
      if (!node || !JSON_NODE_HOLDS_ARRAY (node))
        continue;
      JsonArray *lines = json_node_get_array (node);
      for (guint k = 0; k < json_array_get_length (lines); k++)
        {
          JsonObject *line = json_array_get_object_element (lines, k);
          const AisleChangeLine *first = document->change->lines->pdata[0];
          g_autofree char *price =
              json_object_get_null_member (line, "prior_minor")
                  ? g_strdup ("not known")
                  : aisle_money_format (json_object_get_int_member (line, "prior_minor"),
                                        first->currency);
          g_string_append_printf (
              text, "line %" G_GINT64_FORMAT ": lowest price of the 30 days before: %s\n",
              json_object_get_int_member (line, "line"), price);
        }
    }
}

static void
append_updates (GString *text, const AisleOutboxBatch *updates)
{
  for (gsize i = 0; i < updates->n_rows; i++)
    {
      const AisleOutboxRow *row = &updates->rows[i];
      g_autofree char *expected = aisle_money_format (row->expected_minor, row->currency);
      g_autofree char *found = row->found_minor == AISLE_OUTBOX_NO_PRICE
                                   ? NULL
                                   : aisle_money_format (row->found_minor, row->currency);
      g_string_append_printf (text, "update %" G_GINT64_FORMAT "  %s %s %s %s: %s", row->id,
                              row->store, row->sku, row->step, expected, row->state);
      if (found)
        g_string_append_printf (text, ", read back %s", found);
      if (row->message)
        g_string_append_printf (text, ": %s", row->message);
      g_string_append_c (text, '\n');
    }
}

char *
aisle_cli_change_to_text (AisleWorkspace *workspace, gint64 id, GError **error)
{
  g_auto (Document) document = { 0 };
  if (!load (workspace, id, &document, error))
    return NULL;
  const AisleChange *change = document.change;
  char from[AISLE_DATE_TEXT_SIZE], to[AISLE_DATE_TEXT_SIZE];
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "Change %" G_GINT64_FORMAT " (%s) by %s: %s\n%s\n", change->id,
                          aisle_change_kind_to_text (change->kind), change->author,
                          aisle_change_state_to_text (change->state), change->title);
  g_string_append_printf (text, "from %s%s%s\n", aisle_date_format_iso (change->from_day, from),
                          change->to_day == AISLE_DATE_NONE ? "" : " to ",
                          aisle_date_format_iso (change->to_day, to));
  append_legend (text, &document);
  append_lines (text, change);
  append_prior_prices (text, &document);
  for (guint i = 0; i < document.findings->len; i++)
    {
      const AisleChangeFinding *finding = document.findings->pdata[i];
      g_string_append_printf (text, "%s %s, line %d: %s\n",
                              aisle_guardrail_level_to_text (finding->level), finding->rule,
                              finding->line, finding->message);
    }
  for (guint i = 0; i < document.decisions->len; i++)
    {
      const AisleChangeDecision *decision = document.decisions->pdata[i];
      g_autofree char *at = aisle_instant_format_iso (decision->at);
      g_string_append_printf (text, "%s  %s by %s%s%s\n", at, decision->action, decision->person,
                              decision->reason ? ": " : "",
                              decision->reason ? decision->reason : "");
    }
  append_updates (text, document.updates);
  return g_string_free (text, FALSE);
}
