/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-backup.h"

#include "aisle-log-private.h"
#include "aisle-statement-private.h"
#include "aisle-workspace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 10000

typedef sqlite3 Database;

static void
database_close (Database *database)
{
  sqlite3_close (database);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Database, database_close)

static gboolean
set_sqlite_error (const char *path, const char *verb, Database *database, int code, GError **error)
{
  AisleWorkspaceError ours = AISLE_WORKSPACE_ERROR_FAILED;
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      ours = AISLE_WORKSPACE_ERROR_DISK_FULL;
      break;
    case SQLITE_CORRUPT:
      ours = AISLE_WORKSPACE_ERROR_DAMAGED;
      break;
    case SQLITE_NOTADB:
      ours = AISLE_WORKSPACE_ERROR_NOT_OURS;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      ours = AISLE_WORKSPACE_ERROR_BUSY;
      break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      ours = AISLE_WORKSPACE_ERROR_READ_ONLY;
      break;
    default:
      break;
    }
  g_set_error (error, AISLE_WORKSPACE_ERROR, (int) ours, "%s: could not be %s: %s", path, verb,
               database ? sqlite3_errmsg (database) : sqlite3_errstr (code));
  return FALSE;
}

static Database *
open_database (const char *path, int flags, GError **error)
{
  Database *database = NULL;
  int code = sqlite3_open_v2 (path, &database, flags | SQLITE_OPEN_NOMUTEX, NULL);
  if (code == SQLITE_OK)
    {
      sqlite3_busy_timeout (database, BUSY_TIMEOUT_MS);
      sqlite3_db_config (database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
      return database;
    }
  set_sqlite_error (path, "opened", database, code, error);
  sqlite3_close (database);
  return NULL;
}

/* All pages in one step: what a reader sees, whoever writes meanwhile. */
static gboolean
copy_pages (Database *from, Database *to, const char *to_path, GError **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", from, "main");
  if (!backup)
    return set_sqlite_error (to_path, "written", to, sqlite3_errcode (to), error);
  int code = sqlite3_backup_step (backup, -1);
  int finished = sqlite3_backup_finish (backup);
  if (code == SQLITE_DONE && finished == SQLITE_OK)
    return TRUE;
  return set_sqlite_error (to_path, "written", NULL, finished != SQLITE_OK ? finished : code,
                           error);
}

/* The text in the first column of the first row; free with g_free(). NULL on an error. */
static char *
query_text (Database *database, const char *path, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (database, sql, -1, &statement, NULL);
  char *text = NULL;
  if (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  if (!text)
    set_sqlite_error (path, "read", database, code, error);
  sqlite3_finalize (statement);
  return text;
}

static gboolean
check_sound (Database *database, const char *path, GError **error)
{
  g_autofree char *found = query_text (database, path, "PRAGMA integrity_check (1)", error);
  if (!found)
    return FALSE;
  if (g_strcmp0 (found, "ok") == 0)
    return TRUE;
  g_strdelimit (found, "\r\n", ' '); /* an error is one line */
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
               "%s: the file is damaged (%s); use an earlier backup", path, found);
  return FALSE;
}

static gboolean
check_identity (Database *database, const char *path, GError **error)
{
  g_autofree char *application = query_text (database, path, "PRAGMA application_id", error);
  if (!application)
    return FALSE;
  g_autofree char *schema = query_text (database, path, "PRAGMA user_version", error);
  if (!schema)
    return FALSE;
  if (g_ascii_strtoll (application, NULL, 10) != AISLE_WORKSPACE_APPLICATION_ID)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS,
                 "%s: this is a database, but no backup of an Aisle workspace", path);
  else if (g_ascii_strtoll (schema, NULL, 10) > AISLE_WORKSPACE_SCHEMA)
    g_set_error (
        error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NEWER,
        "%s: written by a later Aisle (schema %s, this one knows up to %d); update Aisle to "
        "restore it",
        path, schema, AISLE_WORKSPACE_SCHEMA);
  else
    return TRUE;
  return FALSE;
}

static gboolean
set_file_error (const char *path, int code, GError **error)
{
  AisleWorkspaceError ours = code == EEXIST   ? AISLE_WORKSPACE_ERROR_EXISTS
                             : code == ENOSPC ? AISLE_WORKSPACE_ERROR_DISK_FULL
                                              : AISLE_WORKSPACE_ERROR_READ_ONLY;
  if (code == EEXIST)
    g_set_error (error, AISLE_WORKSPACE_ERROR, (int) ours,
                 "%s: exists already and is left alone; move it away or choose another name", path);
  else
    g_set_error (error, AISLE_WORKSPACE_ERROR, (int) ours, "%s: could not be written: %s", path,
                 g_strerror (code));
  return FALSE;
}

static gboolean
sync_path (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean is_done = fd >= 0 && fsync (fd) == 0;
  if (fd >= 0)
    close (fd);
  return is_done;
}

/* Gives the finished file its name; never over another file. */
static gboolean
publish (const char *scratch, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  if (!sync_path (scratch))
    return set_file_error (path, errno, error);
  if (renameat2 (AT_FDCWD, scratch, AT_FDCWD, path, RENAME_NOREPLACE) != 0)
    {
      /* A file system without that flag: a second name, which does not replace either. */
      if (errno != EINVAL && errno != ENOSYS)
        return set_file_error (path, errno, error);
      if (link (scratch, path) != 0)
        return set_file_error (path, errno, error);
      unlink (scratch);
    }
  sync_path (folder);
  return TRUE;
}

/* Copies `from` into `scratch`, as a single file without a log beside it, and checks the copy. */
static gboolean
copy_checked (Database *from, const char *scratch, const char *path, GError **error)
{
  g_autoptr (Database) to = open_database (scratch, SQLITE_OPEN_READWRITE, error);
  if (!to || !copy_pages (from, to, path, error))
    return FALSE;
  g_autofree char *mode = query_text (to, path, "PRAGMA journal_mode = DELETE", error);
  return mode && check_identity (to, path, error) && check_sound (to, path, error);
}

static gboolean
copy_to_new_file (Database *from, const char *path, GError **error)
{
  if (!aisle_workspace_check_place (path, error))
    return FALSE;
  g_autofree char *scratch = g_strconcat (path, ".part-XXXXXX", NULL);
  int fd = g_mkstemp_full (scratch, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return set_file_error (path, errno, error);
  close (fd);
  gboolean is_done = copy_checked (from, scratch, path, error) && publish (scratch, path, error);
  if (!is_done)
    {
      g_autofree char *journal = g_strconcat (scratch, "-journal", NULL);
      unlink (scratch);
      unlink (journal);
    }
  return is_done;
}

static char *
payload_with_file (const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, name);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

typedef gboolean (*Note) (AisleWorkspace *workspace,
                          gint64 person_id,
                          const char *payload,
                          GError **error);

static gboolean
note_backup (AisleWorkspace *workspace, gint64 person_id, const char *payload, GError **error)
{
  return aisle_log_append (workspace, person_id, "workspace.backup", "workspace", payload, error);
}

/* Where the log cannot be written (no key here, read-only), a backup is needed all the more. */
static void
note (AisleWorkspace *workspace, Note append, gint64 person_id, const char *path)
{
  g_autofree char *payload = payload_with_file (path);
  if (aisle_workspace_is_read_only (workspace) || !aisle_workspace_begin (workspace, NULL))
    return;
  if (append (workspace, person_id, payload, NULL))
    aisle_workspace_commit (workspace, NULL);
  else
    aisle_workspace_rollback (workspace);
}

gboolean
aisle_workspace_backup (AisleWorkspace *workspace,
                        const char *path,
                        gint64 person_id,
                        GError **error)
{
  g_return_val_if_fail (!aisle_workspace_in_transaction (workspace), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  g_autofree char *full = g_canonicalize_filename (path, NULL);
  if (!aisle_workspace_check_place (full, error))
    return FALSE;
  note (workspace, note_backup, person_id, full);
  return copy_to_new_file (aisle_workspace_get_db (workspace), full, error);
}

AisleWorkspace *
aisle_workspace_restore (const char *backup_path,
                         const char *path,
                         gint64 person_id,
                         GError **error)
{
  g_return_val_if_fail (backup_path != NULL && path != NULL, NULL);

  g_autofree char *full = g_canonicalize_filename (path, NULL);
  if (!g_file_test (backup_path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                   "%s: there is no such file to restore from", backup_path);
      return NULL;
    }
  if (!aisle_workspace_check_folder (full, error))
    return NULL;
  {
    g_autoptr (Database) from = open_database (backup_path, SQLITE_OPEN_READONLY, error);
    if (!from || !check_identity (from, backup_path, error)
        || !check_sound (from, backup_path, error) || !copy_to_new_file (from, full, error))
      return NULL;
  }
  AisleWorkspace *workspace = aisle_workspace_open (full, error);
  if (workspace)
    note (workspace, aisle_log_start_branch, person_id, backup_path);
  return workspace;
}
