/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-migrate-private.h"

#include "aisle-backup.h"
#include "aisle-log.h"
#include "aisle-statement-private.h"

/* Schema 1 is the first. A later one adds its step here and its file of statements. */
const AisleMigration *
aisle_migrations (gsize *n_steps)
{
  *n_steps = 0;
  return NULL;
}

static gboolean
read_schema (AisleWorkspace *workspace, int *schema, GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, "PRAGMA user_version", error);
  if (!statement || aisle_step (statement, error) != 1)
    return FALSE;
  *schema = (int) aisle_column_int64 (statement, 0);
  aisle_statement_reset (statement);
  return TRUE;
}

/* "shop.aisle.schema-1.backup", with a number where there is one already. */
static gboolean
back_up_beside (AisleWorkspace *workspace, int schema, GError **error)
{
  const char *path = aisle_workspace_get_path (workspace);
  for (int n = 1; n < 1000; n++)
    {
      g_autofree char *name = n == 1 ? g_strdup_printf ("%s.schema-%d.backup", path, schema)
                                     : g_strdup_printf ("%s.schema-%d-%d.backup", path, schema, n);
      if (!g_file_test (name, G_FILE_TEST_EXISTS))
        return aisle_workspace_backup (workspace, name, 0, error);
    }
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS,
               "%s: there are too many backups of schema %d beside it; move some away", path,
               schema);
  return FALSE;
}

static const AisleMigration *
find_step (const AisleMigration *steps, gsize n_steps, int from)
{
  for (gsize i = 0; i < n_steps; i++)
    if (steps[i].from == from)
      return &steps[i];
  return NULL;
}

static gboolean
check_references (AisleWorkspace *workspace, GError **error)
{
  AisleStatement *statement =
      aisle_statement (workspace, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", error);
  int row = statement ? aisle_step (statement, error) : -1;
  if (row == 1)
    {
      g_set_error (
          error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
          "%s: bringing it up to date would leave loose ends in table %s; nothing was changed; "
          "please report this",
          aisle_workspace_get_path (workspace), aisle_column_text (statement, 0));
      aisle_statement_reset (statement);
    }
  return row == 0;
}

static gboolean
run_steps (AisleWorkspace *workspace,
           const AisleMigration *steps,
           gsize n_steps,
           int from,
           int target,
           GError **error)
{
  for (int schema = from; schema < target; schema++)
    if (!aisle_execute (workspace, find_step (steps, n_steps, schema)->sql, error))
      return FALSE;
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %d", target);
  if (!check_references (workspace, error) || !aisle_execute (workspace, version, error))
    return FALSE;
  /* A key that is not here must not keep the file old. */
  g_autofree char *payload = g_strdup_printf ("{\"before\":%d,\"after\":%d}", from, target);
  aisle_log_append (workspace, 0, "workspace.migrate", "workspace", payload, NULL);
  return TRUE;
}

static gboolean
migrate_locked (AisleWorkspace *workspace,
                const AisleMigration *steps,
                gsize n_steps,
                int target,
                GError **error)
{
  int from;
  if (!read_schema (workspace, &from, error))
    return FALSE;
  if (from >= target)
    return TRUE;
  for (int schema = from; schema < target; schema++)
    if (!find_step (steps, n_steps, schema))
      {
        g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS,
                     "%s: schema %d is older than anything this Aisle can bring up to date",
                     aisle_workspace_get_path (workspace), schema);
        return FALSE;
      }
  if (!back_up_beside (workspace, from, error) || !aisle_workspace_begin (workspace, error))
    return FALSE;
  return aisle_workspace_end (workspace, run_steps (workspace, steps, n_steps, from, target, error),
                              error);
}

gboolean
aisle_migrate (AisleWorkspace *workspace,
               const AisleMigration *steps,
               gsize n_steps,
               int target,
               GError **error)
{
  if (aisle_workspace_is_read_only (workspace))
    {
      g_set_error (
          error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_READ_ONLY,
          "%s: written by an earlier Aisle and may only be read, so that it cannot be brought "
          "up to date; make it writable",
          aisle_workspace_get_path (workspace));
      return FALSE;
    }
  int lock = aisle_workspace_lock (workspace, "migration", error);
  if (lock < 0)
    return FALSE;
  /* Tables that are rebuilt would take their references with them; they are checked at the end. */
  gboolean is_done = aisle_execute (workspace, "PRAGMA foreign_keys = OFF", error)
                     && migrate_locked (workspace, steps, n_steps, target, error);
  is_done =
      aisle_execute (workspace, "PRAGMA foreign_keys = ON", is_done ? error : NULL) && is_done;
  aisle_workspace_unlock (lock);
  return is_done;
}
