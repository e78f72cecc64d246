/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

#include "aisle-change-types.h"
#include "aisle-cli-person.h"
#include "aisle-store-system.h"
#include "aisle-system-job.h"
#include "aisle-system.h"

#include <string.h>

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* {"rows":[..]}: the builder stands inside the array until end_rows(). */
static JsonBuilder *
begin_rows (void)
{
  JsonBuilder *builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  return builder;
}

static AisleExit
end_rows (AisleCli *cli, JsonBuilder *builder)
{
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return aisle_cli_print_json (cli, json_builder_get_root (builder));
}

static void
add_system (JsonBuilder *builder, const AisleSystem *system)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", system->name);
  add_text (builder, "kind", system->kind);
  add_text (builder, "url", system->url);
  json_builder_set_member_name (builder, "stores");
  json_builder_begin_array (builder);
  for (char **store = system->stores; *store; store++)
    json_builder_add_string_value (builder, *store);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "has_token");
  json_builder_add_boolean_value (builder, system->secret_name != NULL);
  add_number (builder, "failures", system->failures);
  g_autofree char *last_ok =
      system->last_ok_at > 0 ? aisle_instant_format_iso (system->last_ok_at) : NULL;
  add_text (builder, "last_ok", last_ok);
  add_text (builder, "last_error", system->last_error);
  json_builder_end_object (builder);
}

/* The systems, or the one called `name`. */
static AisleExit
print_systems (AisleCli *cli, AisleWorkspace *workspace, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) systems = aisle_system_list (workspace, &error);
  if (!systems)
    return aisle_cli_fail (cli, error);
  g_autoptr (JsonBuilder) builder = begin_rows ();
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < systems->len; i++)
    {
      const AisleSystem *system = systems->pdata[i];
      if (name && strcmp (system->name, name) != 0)
        continue;
      g_autofree char *stores = g_strjoinv (", ", system->stores);
      add_system (builder, system);
      g_string_append_printf (text, "%s  %s  %s  stores %s%s%s\n", system->name, system->kind,
                              system->url, stores, system->last_error ? "  last error: " : "",
                              system->last_error ? system->last_error : "");
    }
  if (cli->json)
    return end_rows (cli, builder);
  return aisle_cli_print_text (
      cli, text->len > 0 ? text->str : "no store system yet; add one with “system add”\n");
}

/* The token's first line. NULL with `*is_good` FALSE after having printed why. */
static char *
read_token (AisleCli *cli, const char *path, gboolean *is_good)
{
  char *token = NULL;
  g_autoptr (GError) error = NULL;
  *is_good = TRUE;
  if (!path)
    return NULL;
  if (!g_file_get_contents (path, &token, NULL, &error))
    {
      aisle_cli_fail (cli, error);
      *is_good = FALSE;
      return NULL;
    }
  token[strcspn (token, "\r\n")] = '\0';
  if (*token)
    return token;
  aisle_cli_wrong_usage (cli, "%s: the token is empty", path);
  aisle_cli_free_secret (token);
  *is_good = FALSE;
  return NULL;
}

/* Connecting a store is an admin's doing. NULL after having printed why not. */
static AislePerson *
sign_in_admin (AisleCli *cli, AisleWorkspace *workspace, AisleExit *status)
{
  g_autoptr (AislePerson) person = aisle_cli_sign_in (cli, workspace, status);
  if (!person || (person->roles & (guint) AISLE_ROLE_ADMIN))
    return g_steal_pointer (&person);
  aisle_cli_wrong_usage (cli, "%s is not an admin; only an admin may connect store systems",
                         person->name);
  *status = AISLE_EXIT_REFUSED;
  return NULL;
}

/* "add" and, for a new address or token of one that is there, "change". */
static AisleExit
run_add (AisleCli *cli, gboolean is_change, int argc, char **argv)
{
  AisleExit status;
  gboolean has_token;
  g_autoptr (GError) error = NULL;
  g_autofree char *kind = NULL, *url = NULL, *stores = NULL, *token_file = NULL, *trial = NULL;
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = {
    { "kind", 0, 0, G_OPTION_ARG_STRING, &kind, NULL, NULL },
    { "url", 0, 0, G_OPTION_ARG_STRING, &url, NULL, NULL },
    { "store", 0, 0, G_OPTION_ARG_STRING, &stores, NULL, NULL },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &token_file, NULL, NULL },
    { "trial-store", 0, 0, G_OPTION_ARG_STRING, &trial, NULL, NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  if (!aisle_cli_parse (cli, argc, argv, entries, &names))
    return AISLE_EXIT_USAGE;
  if (is_change && (!names[0] || names[1] || !url || kind || stores || trial))
    return aisle_cli_wrong_usage (cli,
                                  "system change takes NAME, --url and perhaps --token-file; see "
                                  "“aislectl help system”");
  if (!is_change && (!names[0] || names[1] || !kind || !url || !stores))
    return aisle_cli_wrong_usage (cli, "system add needs NAME, --kind, --url and --store; see "
                                       "“aislectl help system”");
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (AislePerson) person = sign_in_admin (cli, workspace, &status);
  if (!person)
    return status;
  char *token = read_token (cli, token_file, &has_token);
  if (!has_token)
    return AISLE_EXIT_FAILED;
  g_auto (GStrv) codes = g_strsplit (stores ? stores : "", ",", -1);
  for (char **code = codes; *code; code++)
    g_strstrip (*code);
  AisleSystemWish wish = { .name = names[0],
                           .kind = kind,
                           .url = url,
                           .stores = (const char *const *) codes,
                           .trial_store = trial,
                           .token = token,
                           .person_id = person->id };
  gboolean is_done = is_change ? aisle_system_job_move (workspace, &wish, &error)
                               : aisle_system_job_add (workspace, &wish, &error);
  aisle_cli_free_secret (token);
  return is_done ? print_systems (cli, workspace, names[0]) : aisle_cli_fail (cli, error);
}

static AisleExit
run_test (AisleCli *cli, AisleWorkspace *workspace, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) checks = aisle_system_job_test (workspace, name, cli->cancellable, &error);
  if (!checks)
    return aisle_cli_fail (cli, error);
  gboolean is_passed = checks->len > 0;
  g_autoptr (JsonBuilder) builder = begin_rows ();
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < checks->len; i++)
    {
      const AisleStoreCheck *check = checks->pdata[i];
      is_passed = is_passed && check->is_passed;
      json_builder_begin_object (builder);
      add_text (builder, "check", check->title);
      json_builder_set_member_name (builder, "ok");
      json_builder_add_boolean_value (builder, check->is_passed);
      add_text (builder, "message", check->message);
      json_builder_end_object (builder);
      g_string_append_printf (text, "%s  %s: %s\n", check->is_passed ? "ok  " : "FAIL",
                              check->title, check->message);
    }
  AisleExit printed = cli->json ? end_rows (cli, builder) : aisle_cli_print_text (cli, text->str);
  return is_passed ? printed : AISLE_EXIT_FAILED;
}

static void
add_count (JsonBuilder *builder, GString *text, const char *table, const AisleSystemCount *count)
{
  json_builder_begin_object (builder);
  add_text (builder, "table", table);
  add_number (builder, "rows", count->n_rows);
  add_number (builder, "changed", count->n_changed);
  add_number (builder, "unknown", count->n_unknown);
  add_number (builder, "refused", count->n_refused);
  json_builder_end_object (builder);
  g_string_append_printf (text,
                          "%s: %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " new or changed",
                          table, count->n_rows, count->n_changed);
  if (count->n_unknown > 0)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT " of products or stores not known here",
                            count->n_unknown);
  if (count->n_refused > 0)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT " refused (%s)", count->n_refused,
                            count->first_refusal ? count->first_refusal : "no reason given");
  g_string_append_c (text, '\n');
}

static AisleExit
run_transfer (AisleCli *cli, AisleWorkspace *workspace, const char *name, gboolean is_fill)
{
  AisleExit status;
  g_autoptr (GError) error = NULL;
  g_auto (AisleSystemCounts) counts = { 0 };
  /* Pulling is an import, which may run by itself; filling writes into a store. */
  g_autoptr (AislePerson) person = is_fill ? aisle_cli_sign_in (cli, workspace, &status)
                                           : aisle_cli_sign_in_if_named (cli, workspace, &status);
  if (status != AISLE_EXIT_DONE)
    return status;
  AisleProgress progress = aisle_cli_progress (cli);
  gint64 person_id = person ? person->id : 0;
  gboolean is_done = is_fill ? aisle_system_job_fill (workspace, name, person_id, &progress,
                                                      cli->cancellable, &counts, &error)
                             : aisle_system_job_pull (workspace, name, person_id, &progress,
                                                      cli->cancellable, &counts, &error);
  aisle_cli_end_progress (cli);
  if (!is_done)
    return aisle_cli_fail (cli, error);
  g_autoptr (JsonBuilder) builder = begin_rows ();
  g_autoptr (GString) text = g_string_new (NULL);
  if (is_fill)
    {
      add_count (builder, text, "stores", &counts.stores);
      add_count (builder, text, "products", &counts.products);
    }
  add_count (builder, text, "prices", &counts.prices);
  add_count (builder, text, "stock", &counts.stock);
  AisleExit printed = cli->json ? end_rows (cli, builder) : aisle_cli_print_text (cli, text->str);
  gint64 n_refused = counts.stores.n_refused + counts.products.n_refused + counts.prices.n_refused
                     + counts.stock.n_refused;
  return printed == AISLE_EXIT_DONE && n_refused > 0 ? AISLE_EXIT_REJECTED_ROWS : printed;
}

static AisleExit
run_named (AisleCli *cli, const char *verb, int argc, char **argv)
{
  AisleExit status;
  g_auto (GStrv) names = NULL;
  if (!aisle_cli_parse (cli, argc, argv, NULL, &names))
    return AISLE_EXIT_USAGE;
  gboolean is_list = strcmp (verb, "list") == 0;
  if (is_list ? names[0] != NULL : !names[0] || names[1])
    return aisle_cli_wrong_usage (cli, is_list ? "system list takes no name"
                                               : "name one store system; “system list” shows them");
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  if (is_list)
    return print_systems (cli, workspace, NULL);
  if (strcmp (verb, "test") == 0)
    return run_test (cli, workspace, names[0]);
  return run_transfer (cli, workspace, names[0], strcmp (verb, "fill") == 0);
}

static AisleExit
run_system (AisleCli *cli, int argc, char **argv)
{
  static const char *const verbs[] = { "list", "test", "pull", "fill", NULL };
  if (argc < 2)
    return aisle_cli_wrong_usage (cli,
                                  "say what to do: system add, change, list, test, pull or fill");
  if (strcmp (argv[1], "add") == 0)
    return run_add (cli, FALSE, argc - 1, argv + 1);
  if (strcmp (argv[1], "change") == 0)
    return run_add (cli, TRUE, argc - 1, argv + 1);
  if (g_strv_contains (verbs, argv[1]))
    return run_named (cli, argv[1], argc - 1, argv + 1);
  return aisle_cli_wrong_usage (
      cli, "there is no “system %s”; there are add, change, list, test, pull and fill", argv[1]);
}

const AisleCliCommand aisle_cli_system_command = {
  .name = "system",
  .summary = "store systems: add, change, list, test, pull, fill",
  .usage =
      "aislectl -w WORKSPACE system add NAME --kind KIND --url URL --store CODE[,..] [--token-file "
      "F]\n"
      "                             [--trial-store CODE] --as ADMIN\n"
      "aislectl -w WORKSPACE system change NAME --url URL [--token-file F] --as ADMIN\n"
      "aislectl -w WORKSPACE system list\n"
      "aislectl -w WORKSPACE system test NAME\n"
      "aislectl -w WORKSPACE system pull NAME\n"
      "aislectl -w WORKSPACE system fill NAME --as PERSON\n"
      "\n"
      "add connects the system that runs one or more stores (CODE=CODE-THERE where it calls a "
      "store\n"
      "otherwise). The token is kept in the keyring or your key folder, never in the workspace. "
      "The\n"
      "trial store gets each change first, the others when it is verified there. http is only "
      "taken\n"
      "to this computer.\n"
      "test checks the connection step by step. pull takes the system's prices and stock over. "
      "fill\n"
      "(kind aisle only) loads the workspace's stores, range, shelf prices and stock into it.\n",
  .run = run_system,
};
