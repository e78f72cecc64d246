/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

#include "aisle-change-types.h"
#include "aisle-cli-person.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char **roles;
  char **stores;
  char *as_secret_file;
  char *new_secret_file;
  gboolean all_stores;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->roles);
  g_strfreev (options->stores);
  g_free (options->as_secret_file);
  g_free (options->new_secret_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

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
add_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_list (JsonBuilder *builder, const char *name, const char *commas)
{
  g_auto (GStrv) words = g_strsplit (commas, ",", -1);
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (char **word = words; *word && **word; word++)
    json_builder_add_string_value (builder, *word);
  json_builder_end_array (builder);
}

static void
add_person (JsonBuilder *builder, const AislePerson *person)
{
  g_autofree char *roles = aisle_roles_to_text (person->roles);
  g_autofree char *stores = person->stores ? g_strjoinv (",", person->stores) : g_strdup ("");
  gboolean is_locked = person->locked_until_at > g_get_real_time () / G_USEC_PER_SEC;
  json_builder_begin_object (builder);
  add_text (builder, "name", person->name);
  add_list (builder, "roles", roles);
  add_list (builder, "stores", stores);
  add_text (builder, "state", !person->is_active ? "inactive" : is_locked ? "locked" : "active");
  json_builder_end_object (builder);
}

static void
add_request (JsonBuilder *builder, const AislePersonRequest *request)
{
  g_autofree char *roles = aisle_roles_to_text (request->roles);
  json_builder_begin_object (builder);
  add_text (builder, "name", request->name);
  add_list (builder, "roles", roles);
  add_list (builder, "stores", request->scope ? request->scope : "");
  add_text (builder, "state", "waits");
  add_text (builder, "requested_by", request->requested_by);
  add_flag (builder, "is_new", request->is_new);
  add_flag (builder, "has_new_secret", request->has_secret);
  json_builder_end_object (builder);
}

static AisleExit
print_json (AisleCli *cli, GPtrArray *people, GPtrArray *requests)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint i = 0; i < people->len; i++)
    add_person (builder, people->pdata[i]);
  for (guint i = 0; i < requests->len; i++)
    add_request (builder, requests->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return aisle_cli_print_json (cli, json_builder_get_root (builder));
}

static AisleExit
print_staff (AisleCli *cli, AisleWorkspace *workspace)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) people = aisle_staff_list (workspace, &error);
  g_autoptr (GPtrArray) requests = people ? aisle_staff_list_requests (workspace, &error) : NULL;
  if (!requests)
    return aisle_cli_fail (cli, error);
  if (cli->json)
    return print_json (cli, people, requests);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < people->len; i++)
    {
      const AislePerson *person = people->pdata[i];
      g_autofree char *roles = aisle_roles_to_text (person->roles);
      g_autofree char *stores =
          person->stores ? g_strjoinv (",", person->stores) : g_strdup ("all stores");
      g_string_append_printf (text, "%-20s  %s  %s%s\n", person->name, roles, stores,
                              person->is_active ? "" : "  (inactive)");
    }
  for (guint i = 0; i < requests->len; i++)
    {
      const AislePersonRequest *request = requests->pdata[i];
      g_autofree char *roles = aisle_roles_to_text (request->roles);
      g_string_append_printf (text, "%-20s  %s  waits for a confirmation; asked for by %s\n",
                              request->name, roles, request->requested_by);
    }
  return aisle_cli_print_text (cli, text->len > 0 ? text->str
                                                  : "nobody yet; the first person becomes admin\n");
}

/* A line of a file, counted from 0; NULL where there is none or it is empty. Says nothing. */
static char *
read_line (const char *path, guint line)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  if (g_strv_length (lines) <= line)
    return NULL;
  g_strchomp (lines[line]);
  return *lines[line] ? g_strdup (lines[line]) : NULL;
}

/* `path` (or the terminal where it is NULL) instead of --secret-file. */
static char *
read_secret_from (AisleCli *cli, const char *path, const char *prompt)
{
  char *kept = cli->secret_file;
  cli->secret_file = (char *) path;
  char *secret = aisle_cli_read_secret (cli, prompt);
  cli->secret_file = kept;
  return secret;
}

static gboolean
has_terminal (void)
{
  int fd = open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

/* With “staff add”, --secret-file is the new person's; who acts proves it with --as-secret-file,
 * the file's second line, or on the terminal. Where none of these is there, the first line is
 * tried: people who set up a workspace by a script may have one file for all. */
static char *
read_actor_secret (AisleCli *cli, const Options *options, const char *prompt)
{
  char *secret = NULL;
  if (!options->as_secret_file && cli->secret_file)
    {
      secret = read_line (cli->secret_file, 1);
      if (!secret && !has_terminal ())
        secret = read_line (cli->secret_file, 0);
    }
  return secret ? secret : read_secret_from (cli, options->as_secret_file, prompt);
}

static AislePerson *
sign_in_to_add (AisleCli *cli, AisleWorkspace *workspace, const Options *options, AisleExit *status)
{
  *status = AISLE_EXIT_DONE;
  if (!cli->person)
    return NULL;
  g_autofree char *prompt = g_strdup_printf ("Secret of %s", cli->person);
  char *secret = read_actor_secret (cli, options, prompt);
  if (!secret)
    {
      aisle_cli_say (cli, "give the secret of %s with --as-secret-file FILE", cli->person);
      *status = AISLE_EXIT_REFUSED;
      return NULL;
    }
  g_autoptr (GError) error = NULL;
  AislePerson *person = aisle_staff_sign_in (workspace, cli->person, secret, &error);
  aisle_cli_free_secret (secret);
  if (!person)
    {
      *status = aisle_cli_fail (cli, error);
      if (!options->as_secret_file)
        aisle_cli_say (
            cli,
            "--secret-file holds the new person's secret; give that of %s with --as-secret-file",
            cli->person);
    }
  return person;
}

static gboolean
read_roles (AisleCli *cli, const Options *options, guint *roles)
{
  *roles = 0;
  for (char **role = options->roles; role && *role; role++)
    {
      guint some;
      if (!aisle_roles_from_text (*role, &some))
        {
          g_autofree char *names = g_strjoinv (", ", (char **) aisle_role_names ());
          aisle_cli_wrong_usage (cli, "--role: “%s” is not a role; there are %s", *role, names);
          return FALSE;
        }
      *roles |= some;
    }
  return TRUE;
}

/* --store A,B --store C as a list of codes; NULL where not given. */
static char **
read_stores (const Options *options)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  if (!options->stores && !options->all_stores)
    return NULL;
  for (char **store = options->stores; store && *store; store++)
    {
      g_auto (GStrv) codes = g_strsplit (*store, ",", -1);
      g_strv_builder_addv (builder, (const char **) codes);
    }
  return g_strv_builder_end (builder);
}

static AisleExit
say_outcome (AisleCli *cli, AisleWorkspace *workspace, const char *name, gboolean waits)
{
  if (waits)
    aisle_cli_say (
        cli, "somebody else must confirm this: aislectl -w %s staff confirm \"%s\" --as PERSON",
        aisle_workspace_get_path (workspace), name);
  return print_staff (cli, workspace);
}

static AisleExit
add (AisleCli *cli, AisleWorkspace *workspace, const char *name, const Options *options)
{
  AisleExit status;
  guint roles;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) stores = read_stores (options);
  if (!read_roles (cli, options, &roles))
    return AISLE_EXIT_USAGE;
  if (roles == 0)
    return aisle_cli_wrong_usage (cli, "say what %s may do with --role", name);
  g_autoptr (AislePerson) by = sign_in_to_add (cli, workspace, options, &status);
  if (status != AISLE_EXIT_DONE)
    return status;
  g_autofree char *prompt = g_strdup_printf ("New secret of %s", name);
  char *secret = aisle_cli_read_secret (cli, prompt);
  if (!secret)
    return AISLE_EXIT_FAILED;
  AislePersonWish wish = { name, roles, (const char *const *) stores, secret };
  gboolean waits = FALSE;
  gboolean is_done = aisle_staff_add (workspace, &wish, by ? by->id : 0, &waits, &error);
  aisle_cli_free_secret (secret);
  return is_done ? say_outcome (cli, workspace, name, waits) : aisle_cli_fail (cli, error);
}

static AisleExit
change (AisleCli *cli, AisleWorkspace *workspace, const char *name, const Options *options)
{
  AisleExit status;
  guint roles;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) stores = read_stores (options);
  if (!read_roles (cli, options, &roles))
    return AISLE_EXIT_USAGE;
  g_autoptr (AislePerson) by = aisle_cli_sign_in (cli, workspace, &status);
  if (!by)
    return status;
  g_autofree char *prompt = g_strdup_printf ("New secret of %s", name);
  char *secret = NULL;
  if (options->new_secret_file
      && !(secret = read_secret_from (cli, options->new_secret_file, prompt)))
    return AISLE_EXIT_FAILED;
  AislePersonWish wish = { name, roles, (const char *const *) stores, secret };
  gboolean waits = FALSE;
  gboolean is_done = aisle_staff_change (workspace, &wish, by->id, &waits, &error);
  aisle_cli_free_secret (secret);
  return is_done ? say_outcome (cli, workspace, name, waits) : aisle_cli_fail (cli, error);
}

typedef gboolean (*Deed) (AisleWorkspace *workspace, const char *name, gint64 by, GError **error);

static AisleExit
act (AisleCli *cli, AisleWorkspace *workspace, const char *name, Deed deed)
{
  AisleExit status;
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) by = aisle_cli_sign_in (cli, workspace, &status);
  if (!by)
    return status;
  if (!deed (workspace, name, by->id, &error))
    return aisle_cli_fail (cli, error);
  return print_staff (cli, workspace);
}

static AisleExit
run_staff (AisleCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.roles, NULL, NULL },
    { "store", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.stores, NULL, NULL },
    { "all-stores", 0, 0, G_OPTION_ARG_NONE, &options.all_stores, NULL, NULL },
    { "as-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &options.as_secret_file, NULL, NULL },
    { "new-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &options.new_secret_file, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  guint n = g_strv_length (words);
  const char *verb = n > 0 ? words[0] : "";
  gboolean is_list = strcmp (verb, "list") == 0;
  const char *const verbs[] = { "list", "add", "change", "confirm", "deactivate", NULL };
  if (!g_strv_contains (verbs, verb) || n != (is_list ? 1 : 2))
    return aisle_cli_wrong_usage (cli, "say “staff list”, or “staff add|change|confirm|deactivate "
                                       "NAME”; see “aislectl help staff”");
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  if (is_list)
    return print_staff (cli, workspace);
  if (strcmp (verb, "add") == 0)
    return add (cli, workspace, words[1], &options);
  if (strcmp (verb, "change") == 0)
    return change (cli, workspace, words[1], &options);
  return act (cli, workspace, words[1],
              strcmp (verb, "confirm") == 0 ? aisle_staff_confirm : aisle_staff_deactivate);
}

const AisleCliCommand aisle_cli_staff_command = {
  .name = "staff",
  .summary = "people, their roles and their secrets",
  .usage =
      "aislectl -w FILE staff add NAME --role ROLE[,..] [--store S[,..]] --secret-file F\n"
      "                 [--as PERSON] [--as-secret-file G]\n"
      "aislectl -w FILE staff change NAME [--role ROLE[,..]] [--store S[,..] | --all-stores]\n"
      "                 [--new-secret-file G] --as PERSON [--secret-file F]\n"
      "aislectl -w FILE staff confirm NAME --as PERSON [--secret-file F]\n"
      "aislectl -w FILE staff deactivate NAME --as PERSON [--secret-file F]\n"
      "aislectl -w FILE staff list [--json]\n"
      "\n"
      "Roles: merchandiser, approver, accountable_manager, store_manager, privacy_officer, admin.\n"
      "The first person is added without --as and becomes admin; the second is added by the "
      "first.\n"
      "From then on a new person, new roles, stores or a new secret wait until somebody else, an "
      "admin\n"
      "(or, where there is no other, an approver or accountable manager), confirms them.\n"
      "\n"
      "With “add”, --secret-file holds the secret of the new person; the secret of PERSON comes "
      "from\n"
      "--as-secret-file, from the second line of --secret-file, or from the terminal (where there\n"
      "is none, the first line is tried, for people who have one file for all). Elsewhere\n"
      "--secret-file is PERSON's, as with every command.\n",
  .run = run_staff,
};
