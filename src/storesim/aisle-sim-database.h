/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* The store system's own SQLite file: its schema, its prepared statements, one transaction a
 * request. Killing the process loses nothing that was committed. */

typedef struct _AisleSimDatabase AisleSimDatabase;

#define AISLE_SIM_ERROR (aisle_sim_error_quark ())
typedef enum
{
  AISLE_SIM_ERROR_STORAGE, /* the file could not be opened, read or written */
  AISLE_SIM_ERROR_NETWORK, /* the port could not be listened on */
} AisleSimError;
GQuark aisle_sim_error_quark (void);

/* `path` NULL: in memory. Made where it is not there. */
AisleSimDatabase *aisle_sim_database_open (const char *path, GError **error);
void aisle_sim_database_close (AisleSimDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleSimDatabase, aisle_sim_database_close)

gboolean aisle_sim_database_begin (AisleSimDatabase *database, GError **error);
gboolean aisle_sim_database_commit (AisleSimDatabase *database, GError **error);
void aisle_sim_database_roll_back (AisleSimDatabase *database);

/* A statement ready to be bound: prepared once for each text. `sql` is a literal; the statement
 * belongs to the database and counts until the next call with the same text. NULL on failure. */
sqlite3_stmt *
aisle_sim_database_prepare (AisleSimDatabase *database, const char *sql, GError **error);

/* The next row: 1; no more: 0; failed, with `error`: -1. After 0 and -1 the statement is reset. */
int aisle_sim_database_step (AisleSimDatabase *database, sqlite3_stmt *statement, GError **error);

/* Runs a statement that gives no rows that matter, and resets it. */
gboolean
aisle_sim_database_run (AisleSimDatabase *database, sqlite3_stmt *statement, GError **error);

/* Binds text that outlives the statement's next step; NULL binds NULL. */
void aisle_sim_bind_text (sqlite3_stmt *statement, int index, const char *text);

/* The column as text; "" for NULL. Counts until the next step. */
const char *aisle_sim_column_text (sqlite3_stmt *statement, int column);
