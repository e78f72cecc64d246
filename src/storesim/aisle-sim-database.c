/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-database.h"

/* "Asto" */
#define APPLICATION_ID 0x4173746f
#define SCHEMA_VERSION 1

struct _AisleSimDatabase
{
  sqlite3 *handle;
  GHashTable *statements; /* text (a literal) -> sqlite3_stmt */
};

G_DEFINE_QUARK (aisle_sim_error_quark, aisle_sim_error)

/* Every table has a row number that never changes, for stable pages. */
static const char schema[] =
    "CREATE TABLE store (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " currency TEXT NOT NULL, time_zone TEXT NOT NULL) STRICT;"
    "CREATE TABLE product (id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " barcode TEXT, active INTEGER NOT NULL) STRICT;"
    "CREATE TABLE stock (id INTEGER PRIMARY KEY, store TEXT NOT NULL REFERENCES store (code),"
    " sku TEXT NOT NULL REFERENCES product (sku), quantity INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL, UNIQUE (store, sku)) STRICT;"
    "CREATE TABLE sale (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
    " store TEXT NOT NULL REFERENCES store (code), sku TEXT NOT NULL REFERENCES product (sku),"
    " quantity INTEGER NOT NULL, paid_minor INTEGER NOT NULL, currency TEXT NOT NULL,"
    " sold_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX sale_by_store ON sale (store, id);"
    "CREATE TABLE price (id INTEGER PRIMARY KEY, store TEXT NOT NULL REFERENCES store (code),"
    " sku TEXT NOT NULL REFERENCES product (sku), currency TEXT NOT NULL,"
    " minor INTEGER NOT NULL CHECK (minor > 0), updated_at INTEGER NOT NULL,"
    " revision INTEGER NOT NULL, UNIQUE (store, sku, currency)) STRICT;"
    "CREATE TABLE promotion (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " off_ppm INTEGER NOT NULL CHECK (off_ppm > 0 AND off_ppm <= 1000000),"
    " starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, CHECK (ends_at > starts_at)) STRICT;"
    "CREATE TABLE promotion_product (promotion INTEGER NOT NULL REFERENCES promotion (id)"
    " ON DELETE CASCADE, sku TEXT NOT NULL REFERENCES product (sku),"
    " PRIMARY KEY (sku, promotion)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX product_by_promotion ON promotion_product (promotion, sku);"
    "CREATE TABLE promotion_store (promotion INTEGER NOT NULL REFERENCES promotion (id)"
    " ON DELETE CASCADE, store TEXT NOT NULL REFERENCES store (code),"
    " PRIMARY KEY (promotion, store)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE purchase_order (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " store TEXT NOT NULL REFERENCES store (code), created_at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE purchase_order_line (purchase_order INTEGER NOT NULL"
    " REFERENCES purchase_order (id), sku TEXT NOT NULL REFERENCES product (sku),"
    " quantity INTEGER NOT NULL CHECK (quantity > 0),"
    " PRIMARY KEY (purchase_order, sku)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE adjustment (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " store TEXT NOT NULL REFERENCES store (code), sku TEXT NOT NULL REFERENCES product (sku),"
    " quantity INTEGER NOT NULL, before INTEGER, reason TEXT NOT NULL,"
    " created_at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE answer (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,"
    " status INTEGER NOT NULL, made_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;";

static gboolean
set_storage_error (AisleSimDatabase *database, const char *what, GError **error)
{
  g_set_error (error, AISLE_SIM_ERROR, AISLE_SIM_ERROR_STORAGE, "%s: %s", what,
               database->handle ? sqlite3_errmsg (database->handle) : "out of memory");
  return FALSE;
}

static gboolean
execute (AisleSimDatabase *database, const char *sql, const char *what, GError **error)
{
  if (sqlite3_exec (database->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return set_storage_error (database, what, error);
}

static gint64
read_pragma (AisleSimDatabase *database, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 value = -1;
  if (sqlite3_prepare_v2 (database->handle, sql, -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

static gboolean
prepare_file (AisleSimDatabase *database, const char *path, GError **error)
{
  sqlite3_busy_timeout (database->handle, 5000);
  if (!execute (database,
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;",
                path, error))
    return FALSE;

  gint64 application = read_pragma (database, "PRAGMA application_id");
  gint64 version = read_pragma (database, "PRAGMA user_version");
  gint64 n_tables = read_pragma (database, "SELECT count(*) FROM sqlite_schema");
  if (application == APPLICATION_ID && version == SCHEMA_VERSION)
    return TRUE;
  if (application != 0 || version != 0 || n_tables != 0)
    {
      g_set_error (error, AISLE_SIM_ERROR, AISLE_SIM_ERROR_STORAGE,
                   "%s is not a store file of this version; give another --data file", path);
      return FALSE;
    }
  g_autofree char *make = g_strdup_printf (
      "BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;", schema,
      APPLICATION_ID, SCHEMA_VERSION);
  return execute (database, make, path, error);
}

AisleSimDatabase *
aisle_sim_database_open (const char *path, GError **error)
{
  g_autoptr (AisleSimDatabase) database = g_new0 (AisleSimDatabase, 1);
  database->statements = g_hash_table_new (g_str_hash, g_str_equal);
  if (sqlite3_open_v2 (path ? path : ":memory:", &database->handle,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL)
      != SQLITE_OK)
    {
      set_storage_error (database, path ? path : "memory", error);
      return NULL;
    }
  if (!prepare_file (database, path ? path : "memory", error))
    return NULL;
  return g_steal_pointer (&database);
}

void
aisle_sim_database_close (AisleSimDatabase *database)
{
  if (!database)
    return;
  GHashTableIter iter;
  gpointer statement;
  g_hash_table_iter_init (&iter, database->statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    sqlite3_finalize (statement);
  g_hash_table_unref (database->statements);
  sqlite3_close (database->handle);
  g_free (database);
}

gboolean
aisle_sim_database_begin (AisleSimDatabase *database, GError **error)
{
  return execute (database, "BEGIN IMMEDIATE", "beginning a transaction", error);
}

gboolean
aisle_sim_database_commit (AisleSimDatabase *database, GError **error)
{
  return execute (database, "COMMIT", "committing a transaction", error);
}

void
aisle_sim_database_roll_back (AisleSimDatabase *database)
{
  if (!sqlite3_get_autocommit (database->handle))
    sqlite3_exec (database->handle, "ROLLBACK", NULL, NULL, NULL);
}

sqlite3_stmt *
aisle_sim_database_prepare (AisleSimDatabase *database, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (database->statements, sql);
  if (statement)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
      return statement;
    }
  if (sqlite3_prepare_v3 (database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
      != SQLITE_OK)
    {
      set_storage_error (database, "preparing a statement", error);
      return NULL;
    }
  g_hash_table_insert (database->statements, (gpointer) sql, statement);
  return statement;
}

int
aisle_sim_database_step (AisleSimDatabase *database, sqlite3_stmt *statement, GError **error)
{
  int result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    return 1;
  if (result != SQLITE_DONE)
    set_storage_error (database, "reading or writing the store's file", error);
  sqlite3_reset (statement);
  return result == SQLITE_DONE ? 0 : -1;
}

gboolean
aisle_sim_database_run (AisleSimDatabase *database, sqlite3_stmt *statement, GError **error)
{
  int result = aisle_sim_database_step (database, statement, error);
  sqlite3_reset (statement);
  return result >= 0;
}

void
aisle_sim_bind_text (sqlite3_stmt *statement, int index, const char *text)
{
  sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
}

const char *
aisle_sim_column_text (sqlite3_stmt *statement, int column)
{
  const unsigned char *text = sqlite3_column_text (statement, column);
  return text ? (const char *) text : "";
}
