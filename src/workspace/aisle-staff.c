/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-staff-private.h"

#include "aisle-change-types.h"
#include "aisle-statement-private.h"

#include <string.h>

#define PERSON_COLUMNS "SELECT id, name, roles, is_active, locked_until_at FROM person "

void
aisle_person_free (AislePerson *person)
{
  if (!person)
    return;
  g_free (person->name);
  g_strfreev (person->stores);
  g_free (person);
}

gboolean
aisle_person_covers_store (const AislePerson *person, const char *store_code)
{
  return !person->stores || g_strv_contains ((const char *const *) person->stores, store_code);
}

static AislePerson *
person_from_row (AisleStatement *statement)
{
  AislePerson *person = g_new0 (AislePerson, 1);
  person->id = aisle_column_int64 (statement, 0);
  person->name = g_strdup (aisle_column_text (statement, 1));
  aisle_roles_from_text (aisle_column_text (statement, 2), &person->roles);
  person->is_active = aisle_column_int64 (statement, 3) != 0;
  person->locked_until_at = aisle_column_int64 (statement, 4);
  return person;
}

static gboolean
read_scope (AisleWorkspace *workspace, AislePerson *person, GError **error)
{
  AisleStatement *statement =
      aisle_statement (workspace,
                       "SELECT s.code FROM person_scope AS p JOIN store AS s ON s.id = p.store_id "
                       "WHERE p.person_id = ?1 ORDER BY s.code",
                       error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, person->id);
  g_autoptr (GStrvBuilder) codes = g_strv_builder_new ();
  gboolean has_any = FALSE;
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    {
      g_strv_builder_add (codes, aisle_column_text (statement, 0));
      has_any = TRUE;
    }
  if (row == 0 && has_any)
    person->stores = g_strv_builder_end (codes);
  return row == 0;
}

/* Takes the first row of `statement`; `name` is for the message. */
static AislePerson *
read_person (AisleWorkspace *workspace, AisleStatement *statement, const char *name, GError **error)
{
  int row = aisle_step (statement, error);
  if (row < 0)
    return NULL;
  if (row == 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                   "nobody here is called “%s”; “aislectl staff list” shows who is", name);
      return NULL;
    }
  g_autoptr (AislePerson) person = person_from_row (statement);
  aisle_statement_reset (statement);
  return read_scope (workspace, person, error) ? g_steal_pointer (&person) : NULL;
}

AislePerson *
aisle_staff_find (AisleWorkspace *workspace, const char *name, GError **error)
{
  g_return_val_if_fail (name != NULL, NULL);

  AisleStatement *statement = aisle_statement (workspace, PERSON_COLUMNS "WHERE name = ?1", error);
  if (!statement)
    return NULL;
  aisle_bind_text (statement, 1, name);
  return read_person (workspace, statement, name, error);
}

AislePerson *
aisle_staff_get (AisleWorkspace *workspace, gint64 person_id, GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, PERSON_COLUMNS "WHERE id = ?1", error);
  if (!statement)
    return NULL;
  aisle_bind_int64 (statement, 1, person_id);
  g_autofree char *name = g_strdup_printf ("person %" G_GINT64_FORMAT, person_id);
  return read_person (workspace, statement, name, error);
}

GPtrArray *
aisle_staff_list (AisleWorkspace *workspace, GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, PERSON_COLUMNS "ORDER BY name", error);
  if (!statement)
    return NULL;
  g_autoptr (GPtrArray) people =
      g_ptr_array_new_with_free_func ((GDestroyNotify) aisle_person_free);
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    g_ptr_array_add (people, person_from_row (statement));
  if (row < 0)
    return NULL;
  for (guint i = 0; i < people->len; i++)
    if (!read_scope (workspace, people->pdata[i], error))
      return NULL;
  return g_steal_pointer (&people);
}

static void
free_request (AislePersonRequest *request)
{
  if (!request)
    return;
  g_free (request->name);
  g_free (request->scope);
  g_free (request->requested_by);
  g_free (request);
}

GPtrArray *
aisle_staff_list_requests (AisleWorkspace *workspace, GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "SELECT r.id, r.name, r.roles, r.scope, p.id IS NULL, r.secret_hash IS NOT NULL, b.name, "
      "r.requested_at FROM person_request AS r JOIN person AS b ON b.id = r.requested_by "
      "LEFT JOIN person AS p ON p.name = r.name WHERE r.closed_at IS NULL ORDER BY r.id",
      error);
  if (!statement)
    return NULL;
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func ((GDestroyNotify) free_request);
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    {
      AislePersonRequest *request = g_new0 (AislePersonRequest, 1);
      request->id = aisle_column_int64 (statement, 0);
      request->name = g_strdup (aisle_column_text (statement, 1));
      aisle_roles_from_text (aisle_column_text (statement, 2), &request->roles);
      request->scope = g_strdup (aisle_column_text (statement, 3));
      request->is_new = aisle_column_int64 (statement, 4) != 0;
      request->has_secret = aisle_column_int64 (statement, 5) != 0;
      request->requested_by = g_strdup (aisle_column_text (statement, 6));
      request->requested_at = aisle_column_int64 (statement, 7);
      g_ptr_array_add (requests, request);
    }
  return row == 0 ? g_steal_pointer (&requests) : NULL;
}
