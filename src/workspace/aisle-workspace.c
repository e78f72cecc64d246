/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-workspace.h"

#include "aisle-log-private.h"
#include "aisle-migrate-private.h"
#include "aisle-money.h"
#include "aisle-statement-private.h"
#include "aisle-workspace-private.h"
#include "aisle-workspace-resources.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixmounts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 10000
#define SCHEMA_PATH "/aisle/workspace/schema.sql"
#define RULES_PATH "/aisle/workspace/rules.sql"
#define FREE_AMOUNT_MAJOR 500 /* of orders, transfers and counts; see approval_policy */

/* File systems on which a write-ahead log is not safe because its memory map is not shared:
 * linux/magic.h and the documented numbers of the user-space ones. */
static const guint32 network_types[] = {
  0x6969,     /* NFS */
  0xff534d42, /* CIFS */
  0xfe534d42, /* SMB2 */
  0x517b,     /* SMB */
  0x5346414f, /* AFS */
  0x00c36400, /* Ceph */
  0x01021997, /* 9P */
  0x73757245, /* Coda */
};

/* File systems of user space share one number; their names tell. */
#define FUSE_TYPE 0x65735546
static const char *const network_fuse_names[] = {
  "fuse.sshfs",     "fuse.gvfsd-fuse", "fuse.rclone", "fuse.davfs2",
  "fuse.glusterfs", "fuse.s3fs",       NULL,
};

struct _AisleWorkspace
{
  char *path;
  sqlite3 *db;
  GHashTable *statements;
  char currency[AISLE_CURRENCY_SIZE];
  gboolean is_read_only;
  AisleDate as_of;
  gpointer keys; /* aisle-keys.c's */
  GDestroyNotify clear_keys;
  gboolean has_logged; /* in this transaction */
};

G_DEFINE_QUARK (aisle_workspace_error_quark, aisle_workspace_error)

sqlite3 *
aisle_workspace_get_db (AisleWorkspace *workspace)
{
  return workspace->db;
}

GHashTable *
aisle_workspace_get_statements (AisleWorkspace *workspace)
{
  return workspace->statements;
}

gpointer
aisle_workspace_get_keys (AisleWorkspace *workspace)
{
  return workspace->keys;
}

void
aisle_workspace_set_keys (AisleWorkspace *workspace, gpointer keys, GDestroyNotify clear)
{
  workspace->keys = keys;
  workspace->clear_keys = clear;
}

void
aisle_workspace_set_logged (AisleWorkspace *workspace)
{
  workspace->has_logged = TRUE;
}

static AisleWorkspaceError
error_for_code (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return AISLE_WORKSPACE_ERROR_BUSY;
    case SQLITE_FULL:
      return AISLE_WORKSPACE_ERROR_DISK_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return AISLE_WORKSPACE_ERROR_READ_ONLY;
    case SQLITE_CORRUPT:
      return AISLE_WORKSPACE_ERROR_DAMAGED;
    case SQLITE_NOTADB:
      return AISLE_WORKSPACE_ERROR_NOT_OURS;
    case SQLITE_CONSTRAINT:
      return code == SQLITE_CONSTRAINT_TRIGGER ? AISLE_WORKSPACE_ERROR_REFUSED
                                               : AISLE_WORKSPACE_ERROR_INVALID;
    default:
      return AISLE_WORKSPACE_ERROR_FAILED;
    }
}

static const char *
advice_for (AisleWorkspaceError code)
{
  switch (code)
    {
    case AISLE_WORKSPACE_ERROR_BUSY:
      return "another program is writing to it; try again in a moment";
    case AISLE_WORKSPACE_ERROR_DISK_FULL:
      return "the disk is full; nothing was changed; make room and try again";
    case AISLE_WORKSPACE_ERROR_READ_ONLY:
      return "it may only be read; check the permissions of the file and its folder";
    case AISLE_WORKSPACE_ERROR_DAMAGED:
      return "the file is damaged; restore a backup";
    case AISLE_WORKSPACE_ERROR_NOT_OURS:
      return "this is not an Aisle workspace";
    default:
      return NULL;
    }
}

void
aisle_workspace_set_error (AisleWorkspace *workspace, int code, GError **error)
{
  int extended = sqlite3_extended_errcode (workspace->db);
  if ((extended & 0xff) != (code & 0xff))
    extended = code;
  AisleWorkspaceError ours = error_for_code (extended);
  const char *advice = advice_for (ours);
  if (ours == AISLE_WORKSPACE_ERROR_REFUSED)
    g_set_error_literal (error, AISLE_WORKSPACE_ERROR, (int) ours, sqlite3_errmsg (workspace->db));
  else if (advice)
    g_set_error (error, AISLE_WORKSPACE_ERROR, (int) ours, "%s: %s", workspace->path, advice);
  else if ((extended & 0xff) == SQLITE_IOERR)
    /* A disk without a free block answers so too: even reading needs a page for the -shm file. */
    g_set_error (error, AISLE_WORKSPACE_ERROR, (int) ours,
                 "%s: the disk cannot be used (%s); is it full or failing? Make room and try again",
                 workspace->path, sqlite3_errmsg (workspace->db));
  else
    g_set_error (error, AISLE_WORKSPACE_ERROR, (int) ours, "%s: %s", workspace->path,
                 sqlite3_errmsg (workspace->db));
}

gboolean
aisle_workspace_check_folder (const char *path, GError **error)
{
  /* Where a link leads: SQLite keeps its files beside the real one. */
  char *real = realpath (path, NULL);
  g_autofree char *resolved = g_strdup (real ? real : path);
  free (real);
  g_autofree char *folder = g_path_get_dirname (resolved);
  struct statfs info;
  if (statfs (folder, &info) != 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                   "%s: there is no such folder", folder);
      return FALSE;
    }
  const char *pretend = g_getenv ("AISLE_TEST_NETWORK_FOLDER");
  gboolean is_network = pretend && g_str_has_prefix (resolved, pretend);
  for (gsize i = 0; i < G_N_ELEMENTS (network_types) && !is_network; i++)
    is_network = (guint32) info.f_type == network_types[i];
  if (!is_network && (guint32) info.f_type == FUSE_TYPE)
    {
      GUnixMountEntry *mount = g_unix_mount_for (folder, NULL);
      is_network = mount && g_strv_contains (network_fuse_names, g_unix_mount_get_fs_type (mount));
      g_clear_pointer (&mount, g_unix_mount_free);
    }
  if (!is_network)
    return TRUE;
  g_set_error (
      error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NETWORK,
      "%s: this folder is on the network, where a workspace would be damaged; keep it on this "
      "computer and share backups instead",
      path);
  return FALSE;
}

static const char *const database_suffixes[] = { "", "-wal", "-shm", "-journal" };

gboolean
aisle_workspace_check_place (const char *path, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (database_suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, database_suffixes[i], NULL);
      if (!g_file_test (name, G_FILE_TEST_EXISTS) && !g_file_test (name, G_FILE_TEST_IS_SYMLINK))
        continue;
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS,
                   "%s: exists already and is left alone; move it away or choose another name",
                   name);
      return FALSE;
    }
  return TRUE;
}

static AisleWorkspace *
workspace_new (const char *path)
{
  AisleWorkspace *workspace = g_new0 (AisleWorkspace, 1);
  workspace->path = g_canonicalize_filename (path, NULL);
  workspace->statements = aisle_statement_cache_new ();
  workspace->as_of = AISLE_DATE_NONE;
  return workspace;
}

static void
disconnect (AisleWorkspace *workspace)
{
  g_hash_table_remove_all (workspace->statements);
  g_clear_pointer (&workspace->db, sqlite3_close);
}

void
aisle_workspace_close (AisleWorkspace *workspace)
{
  if (!workspace)
    return;
  disconnect (workspace);
  g_hash_table_unref (workspace->statements);
  if (workspace->keys)
    workspace->clear_keys (workspace->keys);
  g_free (workspace->path);
  g_free (workspace);
}

/* In a folder where we cannot write, SQLite cannot make its shared memory. Where nobody has left a
 * log to replay either, the file alone is all there is, and we say so; else NULL: SQLite tries as
 * usual. */
static char *
uri_for_reading (const char *path)
{
  struct stat info;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  if (access (folder, W_OK) == 0 || (stat (wal, &info) == 0 && info.st_size > 0))
    return NULL;
  g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);
  return g_strconcat ("file:", escaped, "?immutable=1", NULL);
}

static gboolean
may_write (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  return access (path, W_OK) == 0 && access (folder, W_OK) == 0;
}

/* Statistics nobody reads cost a lock for every allocation. */
static void
configure_sqlite (void)
{
  static gsize is_configured = 0;
  if (g_once_init_enter (&is_configured))
    {
      sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
      g_once_init_leave (&is_configured, 1);
    }
}

static gboolean
connect_file (AisleWorkspace *workspace, int flags, GError **error)
{
  configure_sqlite ();
  g_autofree char *uri = flags & SQLITE_OPEN_READONLY ? uri_for_reading (workspace->path) : NULL;
  int code = sqlite3_open_v2 (uri ? uri : workspace->path, &workspace->db,
                              flags | SQLITE_OPEN_NOMUTEX | (uri ? SQLITE_OPEN_URI : 0), NULL);
  if (code == SQLITE_OK)
    {
      sqlite3_busy_timeout (workspace->db, BUSY_TIMEOUT_MS);
      sqlite3_extended_result_codes (workspace->db, 1);
      sqlite3_db_config (workspace->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
      sqlite3_db_config (workspace->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
      if (aisle_execute (workspace,
                         "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                         "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;",
                         error))
        return TRUE;
      return FALSE;
    }
  aisle_workspace_set_error (workspace, code, error);
  return FALSE;
}

static gboolean
read_pragma (AisleWorkspace *workspace, const char *sql, gint64 *value, GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, sql, error);
  if (!statement || aisle_step (statement, error) != 1)
    return FALSE;
  *value = aisle_column_int64 (statement, 0);
  aisle_statement_reset (statement);
  return TRUE;
}

static gboolean
check_identity (AisleWorkspace *workspace, GError **error)
{
  gint64 application, schema;
  if (!read_pragma (workspace, "PRAGMA application_id", &application, error)
      || !read_pragma (workspace, "PRAGMA user_version", &schema, error))
    return FALSE;
  if (application != AISLE_WORKSPACE_APPLICATION_ID)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS,
                   "%s: this is a database, but not an Aisle workspace", workspace->path);
      return FALSE;
    }
  if (schema > AISLE_WORKSPACE_SCHEMA)
    {
      g_set_error (
          error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NEWER,
          "%s: written by a later Aisle (schema %d, this one knows up to %d); update Aisle to "
          "open it",
          workspace->path, (int) schema, AISLE_WORKSPACE_SCHEMA);
      return FALSE;
    }
  if (schema == AISLE_WORKSPACE_SCHEMA)
    return TRUE;
  gsize n_steps;
  const AisleMigration *steps = aisle_migrations (&n_steps);
  return aisle_migrate (workspace, steps, n_steps, AISLE_WORKSPACE_SCHEMA, error);
}

static gboolean
read_currency (AisleWorkspace *workspace, GError **error)
{
  g_autofree char *currency = aisle_workspace_get_setting (workspace, "currency");
  if (aisle_currency_digits (currency) < 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
                   "%s: the reporting currency is missing; restore a backup", workspace->path);
      return FALSE;
    }
  g_strlcpy (workspace->currency, currency, sizeof workspace->currency);
  return TRUE;
}

static gboolean
execute_resource (AisleWorkspace *workspace, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (aisle_workspace_resources_get_resource (), path, 0, error);
  if (!bytes)
    return FALSE;
  g_autofree char *sql = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return aisle_execute (workspace, sql, error);
}

static gboolean
write_policy_amounts (AisleWorkspace *workspace, const char *currency, GError **error)
{
  gint64 amount = FREE_AMOUNT_MAJOR;
  for (int i = aisle_currency_digits (currency); i > 0; i--)
    amount *= 10;
  AisleStatement *statement = aisle_statement (
      workspace,
      "UPDATE approval_policy SET free_up_to_minor = ?1 WHERE free_up_to_minor IS NOT NULL", error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, amount);
  return aisle_run (statement, error);
}

static gboolean
write_schema (AisleWorkspace *workspace, const char *currency, GError **error)
{
  if (!aisle_execute (workspace, "PRAGMA journal_mode = WAL;", error)
      || !aisle_workspace_begin (workspace, error))
    return FALSE;
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / G_USEC_PER_SEC);
  if (execute_resource (workspace, SCHEMA_PATH, error)
      && execute_resource (workspace, RULES_PATH, error)
      && write_policy_amounts (workspace, currency, error)
      && aisle_workspace_set_setting (workspace, "currency", currency, error)
      && aisle_workspace_set_setting (workspace, "workspace_id", id, error)
      && aisle_workspace_set_setting (workspace, "created_at", now, error))
    return aisle_workspace_commit (workspace, error);
  aisle_workspace_rollback (workspace);
  return FALSE;
}

static void
remove_database (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (database_suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, database_suffixes[i], NULL);
      unlink (name);
    }
}

AisleWorkspace *
aisle_workspace_create (const char *path, const char *currency, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  if (aisle_currency_digits (currency) < 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
                   "“%s” is not a currency of ISO 4217; give one such as GBP or EUR",
                   currency ? currency : "");
      return NULL;
    }
  g_autoptr (AisleWorkspace) workspace = workspace_new (path);
  if (!aisle_workspace_check_folder (workspace->path, error)
      || !aisle_workspace_check_place (workspace->path, error))
    return NULL;
  int fd = open (workspace->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      int code = errno;
      g_set_error (error, AISLE_WORKSPACE_ERROR,
                   code == EEXIST ? AISLE_WORKSPACE_ERROR_EXISTS : AISLE_WORKSPACE_ERROR_READ_ONLY,
                   code == EEXIST ? "%s: exists already; choose another name"
                                  : "%s: could not be made: %s",
                   workspace->path, g_strerror (code));
      return NULL;
    }
  close (fd);
  if (!connect_file (workspace, SQLITE_OPEN_READWRITE, error)
      || !write_schema (workspace, currency, error))
    {
      disconnect (workspace);
      remove_database (workspace->path);
      return NULL;
    }
  g_strlcpy (workspace->currency, currency, sizeof workspace->currency);
  return g_steal_pointer (&workspace);
}

AisleWorkspace *
aisle_workspace_open (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  g_autoptr (AisleWorkspace) workspace = workspace_new (path);
  if (!g_file_test (workspace->path, G_FILE_TEST_EXISTS))
    {
      g_set_error (
          error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
          "%s: there is no such file; make one with “aislectl -w FILE init --currency GBP”", path);
      return NULL;
    }
  if (g_file_test (workspace->path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_OURS,
                   "%s: this is a folder, not a workspace", path);
      return NULL;
    }
  if (!aisle_workspace_check_folder (workspace->path, error))
    return NULL;
  workspace->is_read_only = !may_write (workspace->path);
  int flags = workspace->is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (!connect_file (workspace, flags, error) || !check_identity (workspace, error)
      || !read_currency (workspace, error))
    return NULL;
  return g_steal_pointer (&workspace);
}

AisleWorkspace *
aisle_workspace_open_again (AisleWorkspace *workspace, GError **error)
{
  g_return_val_if_fail (workspace != NULL, NULL);

  AisleWorkspace *other = aisle_workspace_open (workspace->path, error);
  if (other)
    other->as_of = workspace->as_of;
  return other;
}

const char *
aisle_workspace_get_path (AisleWorkspace *workspace)
{
  return workspace->path;
}

gboolean
aisle_workspace_is_read_only (AisleWorkspace *workspace)
{
  return workspace->is_read_only;
}

const char *
aisle_workspace_get_currency (AisleWorkspace *workspace)
{
  return workspace->currency;
}

gboolean
aisle_workspace_begin (AisleWorkspace *workspace, GError **error)
{
  g_return_val_if_fail (workspace != NULL, FALSE);
  workspace->has_logged = FALSE;
  return aisle_execute (workspace, "BEGIN IMMEDIATE", error);
}

gboolean
aisle_workspace_commit (AisleWorkspace *workspace, GError **error)
{
  if (aisle_execute (workspace, "COMMIT", error))
    {
      if (workspace->has_logged)
        aisle_log_anchor_write (workspace);
      return TRUE;
    }
  aisle_workspace_rollback (workspace);
  return FALSE;
}

void
aisle_workspace_rollback (AisleWorkspace *workspace)
{
  if (aisle_workspace_in_transaction (workspace))
    sqlite3_exec (workspace->db, "ROLLBACK", NULL, NULL, NULL);
}

gboolean
aisle_workspace_end (AisleWorkspace *workspace, gboolean is_done, GError **error)
{
  if (is_done)
    return aisle_workspace_commit (workspace, error);
  aisle_workspace_rollback (workspace);
  return FALSE;
}

gboolean
aisle_workspace_in_transaction (AisleWorkspace *workspace)
{
  return sqlite3_get_autocommit (workspace->db) == 0;
}

char *
aisle_workspace_get_setting (AisleWorkspace *workspace, const char *name)
{
  AisleStatement *statement =
      aisle_statement (workspace, "SELECT value FROM setting WHERE name = ?1", NULL);
  if (!statement)
    return NULL;
  aisle_bind_text (statement, 1, name);
  char *value = NULL;
  if (aisle_step (statement, NULL) == 1)
    {
      value = g_strdup (aisle_column_text (statement, 0));
      aisle_statement_reset (statement);
    }
  return value;
}

gboolean
aisle_workspace_set_setting (AisleWorkspace *workspace,
                             const char *name,
                             const char *value,
                             GError **error)
{
  AisleStatement *statement =
      aisle_statement (workspace,
                       "INSERT INTO setting (name, value) VALUES (?1, ?2) "
                       "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                       error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, name);
  aisle_bind_text (statement, 2, value);
  return aisle_run (statement, error);
}

void
aisle_workspace_set_as_of (AisleWorkspace *workspace, AisleDate as_of)
{
  workspace->as_of = as_of;
}

AisleDate
aisle_workspace_get_business_date (AisleWorkspace *workspace, gboolean *is_calendar)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  AisleDate calendar = aisle_date_from_instant (g_get_real_time () / G_USEC_PER_SEC, local);
  g_autofree char *sample = aisle_workspace_get_setting (workspace, "is_sample");
  g_autofree char *last = aisle_workspace_get_setting (workspace, "last_sales_day");
  AisleDate last_day = last ? (AisleDate) g_ascii_strtoll (last, NULL, 10) : AISLE_DATE_NONE;
  AisleDate today =
      aisle_business_date (calendar, last_day, g_strcmp0 (sample, "1") == 0, workspace->as_of);
  if (is_calendar)
    *is_calendar = today == calendar;
  return today;
}

gint64
aisle_workspace_get_business_time (AisleWorkspace *workspace)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  AisleDate today = aisle_workspace_get_business_date (workspace, NULL);
  return now + ((gint64) today - aisle_date_from_instant (now, local)) * 86400;
}

int
aisle_workspace_lock (AisleWorkspace *workspace, const char *name, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s.%s.lock", workspace->path, name);
  int fd = open (path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_READ_ONLY, "%s: %s", path,
                   g_strerror (errno));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  close (fd);
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_BUSY,
               "%s: another %s is at work on this workspace; wait until it has finished",
               workspace->path, name);
  return -1;
}

void
aisle_workspace_unlock (int lock)
{
  if (lock >= 0)
    close (lock);
}
