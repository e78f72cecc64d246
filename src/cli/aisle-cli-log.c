/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

#include "aisle-log.h"

#include <string.h>

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static gboolean
add_entry_cb (const AisleLogEntry *entry, gpointer data)
{
  JsonBuilder *builder = data;
  g_autofree char *at = aisle_instant_format_iso (entry->at);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "seq");
  json_builder_add_int_value (builder, entry->seq);
  add_text (builder, "at", at);
  add_text (builder, "person", entry->person);
  add_text (builder, "action", entry->action);
  add_text (builder, "object", entry->object);
  json_builder_set_member_name (builder, "payload");
  JsonNode *payload = entry->payload ? json_from_string (entry->payload, NULL) : NULL;
  if (payload)
    json_builder_add_value (builder, payload);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
  return TRUE;
}

static gboolean
print_entry_cb (const AisleLogEntry *entry, gpointer data)
{
  GString *text = data;
  g_autofree char *at = aisle_instant_format_iso (entry->at);
  g_string_append_printf (text, "%6" G_GINT64_FORMAT "  %s  %-16s  %-20s  %s  %s\n", entry->seq, at,
                          entry->person, entry->action, entry->object,
                          entry->payload ? entry->payload : "(erased)");
  return TRUE;
}

static AisleExit
show (AisleCli *cli, AisleWorkspace *workspace, const char *since_text)
{
  g_autoptr (GError) error = NULL;
  gint64 since = G_MININT64;
  if (since_text && aisle_date_parse_iso (since_text, -1) != AISLE_DATE_NONE)
    since = (gint64) aisle_date_parse_iso (since_text, -1) * 86400;
  else if (since_text && !aisle_instant_parse_iso (since_text, NULL, &since))
    return aisle_cli_wrong_usage (
        cli, "--since: “%s” is not a time; write 2026-11-20 or 2026-11-20T06:00:00Z", since_text);
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "rows");
      json_builder_begin_array (builder);
      if (!aisle_log_each (workspace, since, add_entry_cb, builder, &error))
        return aisle_cli_fail (cli, error);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      return aisle_cli_print_json (cli, json_builder_get_root (builder));
    }
  g_autoptr (GString) text = g_string_new (NULL);
  if (!aisle_log_each (workspace, since, print_entry_cb, text, &error))
    return aisle_cli_fail (cli, error);
  return aisle_cli_print_text (cli, text->str);
}

static JsonNode *
verdict_to_json (const AisleLogVerdict *verdict)
{
  JsonObject *object = json_object_new ();
  json_object_set_boolean_member (object, "ok", verdict->ok);
  json_object_set_int_member (object, "entries", verdict->entries);
  json_object_set_int_member (object, "anchored_up_to", verdict->anchored_up_to);
  if (!verdict->ok && verdict->first_broken > 0)
    json_object_set_int_member (object, "first_broken", verdict->first_broken);
  json_object_set_string_member (object, "message", verdict->sentence);
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, object);
  return root;
}

static AisleExit
verify (AisleCli *cli, AisleWorkspace *workspace)
{
  g_autoptr (GError) error = NULL;
  g_auto (AisleLogVerdict) verdict = { 0 };
  if (!aisle_log_verify (workspace, &verdict, &error))
    return aisle_cli_fail (cli, error);
  AisleExit status;
  if (cli->json)
    status = aisle_cli_print_json (cli, verdict_to_json (&verdict));
  else
    {
      g_autofree char *line =
          g_strdup_printf ("%s: %s\n", verdict.ok ? "ok" : "not ok", verdict.sentence);
      status = aisle_cli_print_text (cli, line);
    }
  return status == AISLE_EXIT_DONE && !verdict.ok ? AISLE_EXIT_FAILED : status;
}

static AisleExit
run_log (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *since = NULL;
  const GOptionEntry entries[] = { { "since", 0, 0, G_OPTION_ARG_STRING, &since, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  const char *verb = words[0] ? words[0] : "";
  gboolean is_verify = strcmp (verb, "verify") == 0;
  if ((!is_verify && strcmp (verb, "show") != 0) || words[1] || (is_verify && since))
    return aisle_cli_wrong_usage (cli, "say “log show [--since TIME]” or “log verify”");
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  return is_verify ? verify (cli, workspace) : show (cli, workspace, since);
}

const AisleCliCommand aisle_cli_log_command = {
  .name = "log",
  .summary = "who did what, and whether somebody changed the record",
  .usage =
      "aislectl -w FILE log show [--since TIME] [--json]\n"
      "aislectl -w FILE log verify [--json]\n"
      "\n"
      "“show” lists the entries, oldest first. “verify” checks every entry against the chain, the\n"
      "end against its key, and all of it against the notes that lie outside the workspace\n"
      "($XDG_STATE_HOME/aisle/anchors); exit status 1 where something was changed or cut off.\n",
  .run = run_log,
};
