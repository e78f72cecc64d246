/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-staff-private.h"

#include "aisle-change-types.h"
#include "aisle-log.h"
#include "aisle-statement-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define PEOPLE_WITHOUT_CONFIRMATION 2
#define NAME_MAX_LENGTH 80

/* What a person gets: from a wish that is granted at once, or from a confirmed request. */
typedef struct
{
  char *name;
  char *roles;       /* comma list; NULL: unchanged */
  char *secret_hash; /* NULL: unchanged */
  char *scope;       /* comma list of store codes; NULL: unchanged, "": all */
  gint64 request_id; /* 0: none */
  gint64 added_by;
  gint64 confirmed_by; /* 0: nobody */
} Grant;

static void
grant_clear (Grant *grant)
{
  g_free (grant->name);
  g_free (grant->roles);
  g_free (grant->secret_hash);
  g_free (grant->scope);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Grant, grant_clear)

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED, message);
  return FALSE;
}

static gboolean
refuse_value (GError **error, const char *name, const char *message)
{
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID, "“%s”: %s", name,
               message);
  return FALSE;
}

/* One number; `id` and `text` bind to ?1 and ?2 where they are not 0 and NULL. */
static gint64
query_number (AisleWorkspace *workspace,
              const char *sql,
              gint64 id,
              const char *text,
              GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, sql, error);
  if (!statement)
    return -1;
  if (id != 0)
    aisle_bind_int64 (statement, 1, id);
  if (text)
    aisle_bind_text (statement, 2, text);
  int row = aisle_step (statement, error);
  gint64 number = row == 1 ? aisle_column_int64 (statement, 0) : row;
  aisle_statement_reset (statement);
  return number;
}

static gboolean
check_name (const char *name, GError **error)
{
  if (!name || !*name || !g_utf8_validate (name, -1, NULL)
      || g_utf8_strlen (name, -1) > NAME_MAX_LENGTH)
    return refuse_value (error, name && g_utf8_validate (name, -1, NULL) ? name : "",
                         "a name has 1 to 80 characters");
  if (g_ascii_strcasecmp (name, "automatic") == 0)
    return refuse_value (error, name,
                         "the log calls so what nobody in person did; take another name");
  gboolean has_space_around =
      g_unichar_isspace (g_utf8_get_char (name))
      || g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (name + strlen (name))));
  for (const char *at = name; *at; at = g_utf8_next_char (at))
    if (*at == ',' || g_unichar_iscntrl (g_utf8_get_char (at)))
      return refuse_value (error, name, "a name has no commas and no control characters");
  return has_space_around ? refuse_value (error, name, "a name has no blanks around it") : TRUE;
}

/* Checks that the stores exist; "" for none. NULL on an error. */
static char *
join_scope (AisleWorkspace *workspace, const char *const *stores, GError **error)
{
  for (gsize i = 0; stores[i]; i++)
    {
      gint64 id =
          query_number (workspace, "SELECT id FROM store WHERE code = ?2", 0, stores[i], error);
      if (id < 0)
        return NULL;
      if (id == 0 || strchr (stores[i], ','))
        {
          g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                       "there is no store “%s” that a person could be for", stores[i]);
          return NULL;
        }
    }
  return g_strjoinv (",", (char **) stores);
}

static gboolean
grant_from_wish (AisleWorkspace *workspace,
                 const AislePersonWish *wish,
                 Grant *grant,
                 GError **error)
{
  if (!check_name (wish->name, error))
    return FALSE;
  grant->name = g_strdup (wish->name);
  if (wish->roles != 0)
    grant->roles = aisle_roles_to_text (wish->roles);
  if (grant->roles && !*grant->roles)
    return refuse_value (error, wish->name, "there are no such roles");
  if (wish->stores && !(grant->scope = join_scope (workspace, wish->stores, error)))
    return FALSE;
  if (wish->secret && !(grant->secret_hash = aisle_staff_hash_secret (wish->secret, error)))
    return FALSE;
  return TRUE;
}

static gboolean
write_scope (AisleWorkspace *workspace, gint64 person_id, const char *scope, GError **error)
{
  AisleStatement *clear =
      aisle_statement (workspace, "DELETE FROM person_scope WHERE person_id = ?1", error);
  if (!clear)
    return FALSE;
  aisle_bind_int64 (clear, 1, person_id);
  if (!aisle_run (clear, error))
    return FALSE;
  g_auto (GStrv) codes = g_strsplit (scope, ",", -1);
  for (char **code = codes; *code && **code; code++)
    {
      AisleStatement *insert =
          aisle_statement (workspace,
                           "INSERT OR IGNORE INTO person_scope (person_id, store_id) "
                           "SELECT ?1, id FROM store WHERE code = ?2",
                           error);
      if (!insert)
        return FALSE;
      aisle_bind_int64 (insert, 1, person_id);
      aisle_bind_text (insert, 2, *code);
      if (!aisle_run (insert, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_person (AisleWorkspace *workspace, const Grant *grant, GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "INSERT INTO person (name, roles, secret_hash, added_at, added_by, confirmed_by) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, grant->name);
  aisle_bind_text (statement, 2, grant->roles);
  aisle_bind_text (statement, 3, grant->secret_hash);
  aisle_bind_int64 (statement, 4, g_get_real_time () / G_USEC_PER_SEC);
  aisle_bind_int64_or_null (statement, 5, grant->added_by, 0);
  aisle_bind_int64_or_null (statement, 6, grant->confirmed_by, 0);
  return aisle_run (statement, error);
}

/* Roles and secret first, then the return of somebody who had left: the triggers look at all three.
 */
static gboolean
update_person (AisleWorkspace *workspace, const Grant *grant, gint64 id, GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "UPDATE person SET roles = ifnull (?2, roles), secret_hash = ifnull (?3, secret_hash), "
      "failures = 0, locked_until_at = 0 WHERE id = ?1",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, id);
  aisle_bind_text (statement, 2, grant->roles);
  aisle_bind_text (statement, 3, grant->secret_hash);
  if (!aisle_run (statement, error))
    return FALSE;
  if (!grant->roles || !grant->secret_hash)
    return TRUE;
  statement = aisle_statement (
      workspace, "UPDATE person SET is_active = 1 WHERE id = ?1 AND is_active = 0", error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, id);
  return aisle_run (statement, error);
}

static gboolean
apply_grant (AisleWorkspace *workspace, const Grant *grant, GError **error)
{
  gint64 id =
      query_number (workspace, "SELECT id FROM person WHERE name = ?2", 0, grant->name, error);
  if (id < 0)
    return FALSE;
  if (id == 0)
    {
      if (!insert_person (workspace, grant, error))
        return FALSE;
      id = sqlite3_last_insert_rowid (aisle_workspace_get_db (workspace));
    }
  else if (!update_person (workspace, grant, id, error))
    return FALSE;
  return !grant->scope || write_scope (workspace, id, grant->scope, error);
}

static char *
describe (const Grant *grant)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  if (grant->roles)
    {
      json_builder_set_member_name (builder, "roles");
      json_builder_add_string_value (builder, grant->roles);
    }
  if (grant->scope)
    {
      json_builder_set_member_name (builder, "stores");
      json_builder_add_string_value (builder, *grant->scope ? grant->scope : "all");
    }
  json_builder_set_member_name (builder, "new_secret");
  json_builder_add_boolean_value (builder, grant->secret_hash != NULL);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static gboolean
log_grant (AisleWorkspace *workspace,
           gint64 by,
           const char *action,
           const Grant *grant,
           GError **error)
{
  g_autofree char *object = g_strdup_printf ("person %s", grant->name);
  g_autofree char *payload = describe (grant);
  return aisle_log_append (workspace, by, action, object, payload, error);
}

/* Writes the request; one that is open for the same name gives way. */
static gboolean
insert_request (AisleWorkspace *workspace, const Grant *grant, gint64 by, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  AisleStatement *close = aisle_statement (
      workspace, "UPDATE person_request SET closed_at = ?2 WHERE name = ?1 AND closed_at IS NULL",
      error);
  if (!close)
    return FALSE;
  aisle_bind_text (close, 1, grant->name);
  aisle_bind_int64 (close, 2, now);
  if (!aisle_run (close, error))
    return FALSE;
  AisleStatement *insert = aisle_statement (
      workspace,
      "INSERT INTO person_request (name, roles, secret_hash, scope, requested_by, requested_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      error);
  if (!insert)
    return FALSE;
  aisle_bind_text (insert, 1, grant->name);
  aisle_bind_text (insert, 2, grant->roles);
  aisle_bind_text (insert, 3, grant->secret_hash);
  aisle_bind_text (insert, 4, grant->scope);
  aisle_bind_int64 (insert, 5, by);
  aisle_bind_int64 (insert, 6, now);
  return aisle_run (insert, error);
}

static gboolean
is_admin (AisleWorkspace *workspace, gint64 by)
{
  return query_number (workspace,
                       "SELECT 1 FROM person WHERE id = ?1 AND is_active = 1 "
                       "AND (',' || roles || ',') LIKE '%,admin,%'",
                       by, NULL, NULL)
         == 1;
}

static gboolean
grant_or_request (AisleWorkspace *workspace,
                  Grant *grant,
                  gint64 by,
                  const char *action,
                  gboolean *waits,
                  GError **error)
{
  gint64 people = query_number (workspace, "SELECT count (*) FROM person", 0, NULL, error);
  if (people < 0)
    return FALSE;
  *waits = people >= PEOPLE_WITHOUT_CONFIRMATION;
  if (*waits)
    return insert_request (workspace, grant, by, error)
           && log_grant (workspace, by, "staff.request", grant, error);
  grant->added_by = by;
  return apply_grant (workspace, grant, error) && log_grant (workspace, by, action, grant, error);
}

static gboolean
add_in_transaction (AisleWorkspace *workspace,
                    const AislePersonWish *wish,
                    gint64 by,
                    gboolean *waits,
                    GError **error)
{
  g_auto (Grant) grant = { 0 };
  gint64 people = query_number (workspace, "SELECT count (*) FROM person", 0, NULL, error);
  gint64 same =
      query_number (workspace, "SELECT count (*) FROM person WHERE name = ?2 AND is_active = 1", 0,
                    wish->name ? wish->name : "", error);
  if (people < 0 || same < 0)
    return FALSE;
  if (people == 0 && by != 0)
    return refuse (error, "nobody is here yet; the first person is added without --as");
  if (people > 0 && !is_admin (workspace, by))
    return refuse (error, "only an admin adds people; say who you are with --as");
  if (same > 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS,
                   "“%s” is here already; choose another name, or change that person", wish->name);
      return FALSE;
    }
  AislePersonWish first = *wish;
  if (people == 0)
    first.roles |= AISLE_ROLE_ADMIN;
  if (!grant_from_wish (workspace, &first, &grant, error))
    return FALSE;
  if (!grant.roles || !grant.secret_hash)
    return refuse_value (error, grant.name, "a new person needs a role and a secret");
  return grant_or_request (workspace, &grant, by, "staff.add", waits, error);
}

gboolean
aisle_staff_add (AisleWorkspace *workspace,
                 const AislePersonWish *wish,
                 gint64 by,
                 gboolean *waits,
                 GError **error)
{
  g_return_val_if_fail (wish != NULL && waits != NULL, FALSE);

  return aisle_workspace_begin (workspace, error)
         && aisle_workspace_end (workspace, add_in_transaction (workspace, wish, by, waits, error),
                                 error);
}

static gboolean
change_in_transaction (AisleWorkspace *workspace,
                       const AislePersonWish *wish,
                       gint64 by,
                       gboolean *waits,
                       GError **error)
{
  g_auto (Grant) grant = { 0 };
  g_autoptr (AislePerson) person =
      aisle_staff_find (workspace, wish->name ? wish->name : "", error);
  if (!person)
    return FALSE;
  if (!person->is_active)
    return refuse_value (error, person->name, "is not active; add the person again");
  gboolean is_own_secret = by == person->id && wish->roles == 0 && !wish->stores;
  if (!is_own_secret && !is_admin (workspace, by))
    return refuse (error, "only an admin changes people; everybody may change their own secret");
  if (!grant_from_wish (workspace, wish, &grant, error))
    return FALSE;
  if (!grant.roles && !grant.secret_hash && !grant.scope)
    return refuse_value (error, person->name,
                         "nothing to change; name new roles, stores or a secret");
  return grant_or_request (workspace, &grant, by, "staff.change", waits, error);
}

gboolean
aisle_staff_change (AisleWorkspace *workspace,
                    const AislePersonWish *wish,
                    gint64 by,
                    gboolean *waits,
                    GError **error)
{
  g_return_val_if_fail (wish != NULL && waits != NULL, FALSE);

  return aisle_workspace_begin (workspace, error)
         && aisle_workspace_end (workspace,
                                 change_in_transaction (workspace, wish, by, waits, error), error);
}

static gboolean
read_open_request (AisleWorkspace *workspace, const char *name, Grant *grant, GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "SELECT id, name, roles, secret_hash, scope, requested_by FROM person_request "
      "WHERE name = ?1 AND closed_at IS NULL",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, name);
  int row = aisle_step (statement, error);
  if (row < 0)
    return FALSE;
  if (row == 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                   "nothing about “%s” waits for a confirmation", name);
      return FALSE;
    }
  grant->request_id = aisle_column_int64 (statement, 0);
  grant->name = g_strdup (aisle_column_text (statement, 1));
  grant->roles = g_strdup (aisle_column_text (statement, 2));
  grant->secret_hash = g_strdup (aisle_column_text (statement, 3));
  grant->scope = g_strdup (aisle_column_text (statement, 4));
  grant->added_by = aisle_column_int64 (statement, 5);
  aisle_statement_reset (statement);
  return TRUE;
}

static gboolean
mark_request (AisleWorkspace *workspace,
              const char *sql,
              gint64 request_id,
              gint64 by,
              GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, sql, error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, request_id);
  aisle_bind_int64 (statement, 2, by);
  aisle_bind_int64 (statement, 3, g_get_real_time () / G_USEC_PER_SEC);
  return aisle_run (statement, error);
}

static gboolean
confirm_in_transaction (AisleWorkspace *workspace, const char *name, gint64 by, GError **error)
{
  g_auto (Grant) grant = { 0 };
  if (!read_open_request (workspace, name, &grant, error))
    return FALSE;
  if (grant.added_by == by)
    return refuse (error, "somebody else must confirm this: you asked for it yourself");
  grant.confirmed_by = by;
  return mark_request (
             workspace,
             "UPDATE person_request SET confirmed_by = ?2, confirmed_at = ?3 WHERE id = ?1",
             grant.request_id, by, error)
         && apply_grant (workspace, &grant, error)
         && mark_request (workspace, "UPDATE person_request SET closed_at = ?3 WHERE id = ?1",
                          grant.request_id, by, error)
         && log_grant (workspace, by, "staff.confirm", &grant, error);
}

gboolean
aisle_staff_confirm (AisleWorkspace *workspace, const char *name, gint64 by, GError **error)
{
  g_return_val_if_fail (name != NULL, FALSE);

  return aisle_workspace_begin (workspace, error)
         && aisle_workspace_end (workspace, confirm_in_transaction (workspace, name, by, error),
                                 error);
}

static gboolean
deactivate_in_transaction (AisleWorkspace *workspace, const char *name, gint64 by, GError **error)
{
  g_autoptr (AislePerson) person = aisle_staff_find (workspace, name, error);
  if (!person)
    return FALSE;
  if (!is_admin (workspace, by))
    return refuse (error, "only an admin deactivates people; say who you are with --as");
  AisleStatement *statement =
      aisle_statement (workspace, "UPDATE person SET is_active = 0 WHERE id = ?1", error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, person->id);
  g_autofree char *object = g_strdup_printf ("person %s", name);
  return aisle_run (statement, error)
         && aisle_log_append (workspace, by, "staff.deactivate", object, NULL, error);
}

gboolean
aisle_staff_deactivate (AisleWorkspace *workspace, const char *name, gint64 by, GError **error)
{
  g_return_val_if_fail (name != NULL, FALSE);

  return aisle_workspace_begin (workspace, error)
         && aisle_workspace_end (workspace, deactivate_in_transaction (workspace, name, by, error),
                                 error);
}
