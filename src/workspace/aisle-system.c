/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-system.h"

#include "aisle-statement-private.h"

#include <string.h>

#define COLUMNS                                                                                    \
  "id, name, kind, url, secret_name, ifnull (batch_size, 0), ifnull (trial_store_id, 0), "         \
  "failures,"                                                                                      \
  " open_until_at, ifnull (last_ok_at, 0), last_error"

void
aisle_system_free (AisleSystem *system)
{
  if (!system)
    return;
  g_free (system->name);
  g_free (system->kind);
  g_free (system->url);
  g_free (system->secret_name);
  g_free (system->last_error);
  g_strfreev (system->stores);
  g_strfreev (system->system_codes);
  g_free (system);
}

static AisleSystem *
read_system (AisleStatement *s)
{
  AisleSystem *system = g_new0 (AisleSystem, 1);
  system->id = aisle_column_int64 (s, 0);
  system->name = g_strdup (aisle_column_text (s, 1));
  system->kind = g_strdup (aisle_column_text (s, 2));
  system->url = g_strdup (aisle_column_text (s, 3));
  system->secret_name = g_strdup (aisle_column_text (s, 4));
  system->batch_size = (guint) aisle_column_int64 (s, 5);
  system->trial_store_id = aisle_column_int64 (s, 6);
  system->failures = (guint) aisle_column_int64 (s, 7);
  system->open_until_at = aisle_column_int64 (s, 8);
  system->last_ok_at = aisle_column_int64 (s, 9);
  system->last_error = g_strdup (aisle_column_text (s, 10));
  return system;
}

static gboolean
read_stores (AisleWorkspace *workspace, AisleSystem *system, GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT code, ifnull (system_code, code) FROM store"
                                       " WHERE system_id = ?1 ORDER BY code",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, system->id);
  g_autoptr (GStrvBuilder) codes = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) there = g_strv_builder_new ();
  int row;
  while ((row = aisle_step (s, error)) == 1)
    {
      g_strv_builder_add (codes, aisle_column_text (s, 0));
      g_strv_builder_add (there, aisle_column_text (s, 1));
    }
  system->stores = g_strv_builder_end (codes);
  system->system_codes = g_strv_builder_end (there);
  return row == 0;
}

GPtrArray *
aisle_system_list (AisleWorkspace *workspace, GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace, "SELECT " COLUMNS " FROM system ORDER BY name", error);
  if (!s)
    return NULL;
  g_autoptr (GPtrArray) systems =
      g_ptr_array_new_with_free_func ((GDestroyNotify) aisle_system_free);
  int row;
  while ((row = aisle_step (s, error)) == 1)
    g_ptr_array_add (systems, read_system (s));
  if (row < 0)
    return NULL;
  for (guint i = 0; i < systems->len; i++)
    if (!read_stores (workspace, systems->pdata[i], error))
      return NULL;
  return g_steal_pointer (&systems);
}

AisleSystem *
aisle_system_load (AisleWorkspace *workspace, const char *name, GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace, "SELECT " COLUMNS " FROM system WHERE name = ?1", error);
  if (!s)
    return NULL;
  aisle_bind_text (s, 1, name);
  int row = aisle_step (s, error);
  if (row == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                 "there is no store system called “%s”; “aislectl system list” shows them", name);
  if (row != 1)
    return NULL;
  g_autoptr (AisleSystem) system = read_system (s);
  aisle_statement_reset (s);
  return read_stores (workspace, system, error) ? g_steal_pointer (&system) : NULL;
}

static gboolean
attach_store (AisleWorkspace *workspace, gint64 system_id, const char *spec, GError **error)
{
  g_auto (GStrv) codes = g_strsplit (spec, "=", 2);
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT t.id, y.name FROM store AS t LEFT JOIN system AS y"
                                       " ON y.id = t.system_id WHERE t.code = ?1",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, codes[0]);
  int row = aisle_step (s, error);
  if (row == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                 "there is no store with the code “%s”; import stores first", codes[0]);
  if (row != 1)
    return FALSE;
  gint64 store_id = aisle_column_int64 (s, 0);
  if (aisle_column_text (s, 1))
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED,
                   "store %s is served by the system “%s” already; a store has one system",
                   codes[0], aisle_column_text (s, 1));
      aisle_statement_reset (s);
      return FALSE;
    }
  aisle_statement_reset (s);
  s = aisle_statement (workspace, "UPDATE store SET system_id = ?2, system_code = ?3 WHERE id = ?1",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, store_id);
  aisle_bind_int64 (s, 2, system_id);
  aisle_bind_text (s, 3, codes[1]);
  return aisle_run (s, error);
}

gboolean
aisle_system_add (AisleWorkspace *workspace,
                  const char *name,
                  const char *kind,
                  const char *url,
                  const char *const *stores,
                  const char *secret_name,
                  gint64 *id,
                  GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  if (!name || !*name || !stores || !stores[0])
    {
      g_set_error_literal (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
                           "a store system needs a name and at least one store");
      return FALSE;
    }
  AisleStatement *s =
      aisle_statement (workspace,
                       "INSERT INTO system (name, kind, url, secret_name)"
                       " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING RETURNING id",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, name);
  aisle_bind_text (s, 2, kind);
  aisle_bind_text (s, 3, url);
  aisle_bind_text (s, 4, secret_name);
  int row = aisle_step (s, error);
  if (row == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS,
                 "there is a store system called “%s” already; choose another name", name);
  if (row != 1)
    return FALSE;
  gint64 system_id = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  for (guint i = 0; stores[i]; i++)
    if (!attach_store (workspace, system_id, stores[i], error))
      return FALSE;
  if (id)
    *id = system_id;
  return TRUE;
}

gboolean
aisle_system_move (AisleWorkspace *workspace,
                   const char *name,
                   const char *url,
                   const char *secret_name,
                   GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);

  AisleStatement *s =
      aisle_statement (workspace,
                       "UPDATE system SET url = ?2, secret_name = coalesce (?3, secret_name),"
                       " failures = 0, open_until_at = 0, last_error = NULL WHERE name = ?1"
                       " RETURNING id",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, name);
  aisle_bind_text (s, 2, url);
  aisle_bind_text (s, 3, secret_name);
  int row = aisle_step (s, error);
  if (row == 0)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                 "there is no store system called “%s”; “aislectl system list” shows them", name);
  if (row == 1)
    aisle_statement_reset (s);
  return row == 1;
}

gboolean
aisle_system_set_trial_store (AisleWorkspace *workspace,
                              const char *name,
                              const char *store,
                              GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "UPDATE system SET trial_store_id = (SELECT id FROM store WHERE code = ?2"
                       " AND system_id = system.id) WHERE name = ?1 AND (?2 IS NULL OR EXISTS"
                       " (SELECT 1 FROM store WHERE code = ?2 AND system_id = system.id))",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, name);
  aisle_bind_text (s, 2, store);
  if (!aisle_run (s, error))
    return FALSE;
  if (sqlite3_changes (aisle_workspace_get_db (workspace)) == 1)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
               "there is no store system “%s” that serves the store “%s”", name,
               store ? store : "");
  return FALSE;
}

gboolean
aisle_system_set_health (AisleWorkspace *workspace,
                         gint64 id,
                         guint failures,
                         gint64 open_until_at,
                         const char *last_error,
                         GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "UPDATE system SET failures = ?2, open_until_at = ?3,"
                                       " last_error = ?4, last_ok_at = CASE WHEN ?4 IS NULL THEN ?5"
                                       " ELSE last_ok_at END WHERE id = ?1",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_int64 (s, 2, failures);
  aisle_bind_int64 (s, 3, open_until_at);
  aisle_bind_text (s, 4, last_error);
  aisle_bind_int64 (s, 5, g_get_real_time () / G_USEC_PER_SEC);
  return aisle_run (s, error);
}
