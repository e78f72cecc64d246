/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "push-world.h"

#include "aisle-outbox.h"
#include "aisle-system-job.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#define TOKEN "test-token-1"
#define BUSY_MS 20000

static sqlite3 *
open_db (const char *path)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, BUSY_MS);
  return db;
}

static void
execute_on (const char *path, const char *sql)
{
  sqlite3 *db = open_db (path);
  char *message = NULL;
  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
  sqlite3_close (db);
}

/* The first column of the first row; G_MININT64 where there is none. */
static gint64
query_on (const char *path, const char *sql)
{
  sqlite3 *db = open_db (path);
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  gint64 value = G_MININT64;
  if (sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return value;
}

#define FORMAT_SQL(sql)                                                                            \
  va_list args;                                                                                    \
  va_start (args, format);                                                                         \
  g_autofree char *sql = g_strdup_vprintf (format, args);                                          \
  va_end (args)

void
push_world_execute (PushWorld *world, const char *format, ...)
{
  FORMAT_SQL (sql);
  execute_on (world->path, sql);
}

gint64
push_world_query (PushWorld *world, const char *format, ...)
{
  FORMAT_SQL (sql);
  return query_on (world->path, sql);
}

void
push_world_execute_store (PushWorld *world, const char *format, ...)
{
  FORMAT_SQL (sql);
  execute_on (world->store_data, sql);
}

gint64
push_world_query_store (PushWorld *world, const char *format, ...)
{
  FORMAT_SQL (sql);
  return query_on (world->store_data, sql);
}

/* A test that fails leaves no store system running. */
static void
die_with_test_cb (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
push_world_start_store (PushWorld *world, const char *faults)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *port = g_strdup_printf ("%u", world->port);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_test_cb, NULL, NULL);
  /* The port of a killed store is free again within a moment. */
  for (int try = 0; try < 200; try++)
    {
      g_clear_object (&world->store);
      world->store = g_subprocess_launcher_spawn (
          launcher, &error, AISLE_STORE_PROGRAM, "--port", port, "--token-file", world->token_file,
          "--data", world->store_data, faults ? "--faults" : NULL, faults, NULL);
      g_assert_no_error (error);
      g_autoptr (GDataInputStream) out =
          g_data_input_stream_new (g_subprocess_get_stdout_pipe (world->store));
      g_autofree char *line = g_data_input_stream_read_line (out, NULL, NULL, NULL);
      const char *colon = line ? strrchr (line, ':') : NULL;
      if (colon)
        {
          world->port = (guint) g_ascii_strtoull (colon + 1, NULL, 10);
          return;
        }
      g_subprocess_wait (world->store, NULL, NULL);
      g_usleep (10000);
    }
  g_error ("aisle-store does not start with faults %s", faults ? faults : "none");
}

void
push_world_kill_store (PushWorld *world)
{
  if (!world->store)
    return;
  g_subprocess_send_signal (world->store, SIGKILL);
  g_subprocess_wait (world->store, NULL, NULL);
  g_clear_object (&world->store);
}

void
push_world_set_faults (PushWorld *world, const char *faults)
{
  push_world_kill_store (world);
  push_world_start_store (world, faults);
}

static void
add_facts (PushWorld *world)
{
  push_world_execute (
      world,
      "INSERT INTO person (id, name, roles, secret_hash, added_at)"
      " VALUES (1, 'Eva', 'merchandiser,admin', 'x', 0);"
      "INSERT INTO person (id, name, roles, secret_hash, added_at, added_by)"
      " VALUES (2, 'Ben', 'approver', 'x', 0, 1);"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
      " INSERT INTO store (id, code, name, currency, zone)"
      " SELECT i, 'S' || i, 'Store ' || i, 'GBP', 'UTC' FROM n;"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
      " INSERT INTO product (id, sku, name) SELECT i, printf ('P%%05d', i),"
      " 'Product ' || i FROM n;"
      "INSERT INTO price_ledger (product_id, store_id, currency, gross_minor, net_minor,"
      " tax_rate_ppm, from_at, source) SELECT p.id, s.id, 'GBP', 1000 + p.id,"
      " 1000 + p.id, 0, 0, 'import' FROM product AS p, store AS s;",
      world->n_stores, world->n_products);
}

static void
add_system (PushWorld *world)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", world->port);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 1; i <= world->n_stores; i++)
    {
      g_autofree char *code = g_strdup_printf ("S%u", i);
      g_strv_builder_add (builder, code);
    }
  g_auto (GStrv) stores = g_strv_builder_end (builder);
  AisleSystemWish wish = { .name = "shop",
                           .kind = "aisle",
                           .url = url,
                           .stores = (const char *const *) stores,
                           .token = TOKEN };
  g_auto (AisleSystemCounts) counts = { 0 };
  g_assert_true (aisle_system_job_add (world->workspace, &wish, &error));
  g_assert_no_error (error);
  g_assert_true (aisle_system_job_fill (world->workspace, "shop", 0, NULL, NULL, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpint (counts.prices.n_changed, ==, world->n_products * world->n_stores);
  g_assert_cmpint (counts.products.n_refused + counts.stores.n_refused, ==, 0);
}

PushWorld *
push_world_new (guint n_products, guint n_stores)
{
  g_autoptr (GError) error = NULL;
  PushWorld *world = g_new0 (PushWorld, 1);
  world->n_products = n_products;
  world->n_stores = n_stores;
  world->folder = g_dir_make_tmp ("aisle-push-XXXXXX", &error);
  g_assert_no_error (error);
  world->path = g_build_filename (world->folder, "shop.aisle", NULL);
  world->store_data = g_build_filename (world->folder, "store.db", NULL);
  world->token_file = g_build_filename (world->folder, "token", NULL);
  g_file_set_contents (world->token_file, TOKEN "\n", -1, &error);
  g_assert_no_error (error);
  world->workspace = aisle_workspace_create (world->path, "GBP", &error);
  g_assert_no_error (error);
  add_facts (world);
  push_world_start_store (world, NULL);
  add_system (world);
  return world;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      remove (path);
    }
  remove (folder);
}

void
push_world_free (PushWorld *world)
{
  push_world_kill_store (world);
  aisle_workspace_close (world->workspace);
  remove_folder (world->folder);
  g_free (world->folder);
  g_free (world->path);
  g_free (world->store_data);
  g_free (world->token_file);
  g_free (world);
}

/* Draft, submitted, approved by somebody else, queued: as people do it. */
static gint64
approve (PushWorld *world,
         const char *columns,
         const char *values,
         guint first,
         guint n,
         const char *after)
{
  g_autoptr (GError) error = NULL;
  gint64 n_queued = 0;
  gint64 id = 1 + push_world_query (world, "SELECT ifnull (max (id), 0) FROM change");
  push_world_execute (
      world,
      "BEGIN; INSERT INTO change (id, author_id, created_at, %s) VALUES (%" G_GINT64_FORMAT
      ", 1, 0, %s);"
      "INSERT INTO change_line (change_id, line, product_id, store_id, currency, before_minor, "
      "after_minor)"
      " SELECT %" G_GINT64_FORMAT
      ", row_number () OVER (), product_id, store_id, 'GBP', gross_minor, %s"
      " FROM price_ledger WHERE kind = 'regular' AND to_at IS NULL AND product_id BETWEEN %u AND %u"
      " ORDER BY store_id, product_id;"
      "UPDATE change SET state = 'submitted' WHERE id = %" G_GINT64_FORMAT ";"
      "INSERT INTO change_decision (change_id, revision, action, person_id, at)"
      " VALUES (%" G_GINT64_FORMAT ", 1, 'approve', 2, 0);"
      "UPDATE change SET state = 'approved' WHERE id = %" G_GINT64_FORMAT "; COMMIT",
      columns, id, values, id, after, first, first + n - 1, id, id, id);
  g_assert_true (aisle_workspace_begin (world->workspace, &error));
  aisle_outbox_queue_change (world->workspace, id, &n_queued, &error);
  g_assert_no_error (error);
  g_assert_true (aisle_workspace_commit (world->workspace, &error));
  g_assert_cmpint (n_queued, >, 0);
  return id;
}

gint64
push_world_approve_prices (PushWorld *world, guint first, guint n, int delta_minor)
{
  g_autofree char *after = g_strdup_printf ("gross_minor + (%d)", delta_minor);
  return approve (world, "kind", "'price'", first, n, after);
}

gint64
push_world_approve_promotion (PushWorld *world,
                              guint first,
                              guint n,
                              gint64 off_ppm,
                              AisleDate from_day,
                              AisleDate to_day)
{
  g_autofree char *values =
      g_strdup_printf ("'promotion', %" G_GINT64_FORMAT ", %d, %d", off_ppm, from_day, to_day);
  g_autofree char *after = g_strdup_printf (
      "gross_minor - (gross_minor * %" G_GINT64_FORMAT " + 499999) / 1000000", off_ppm);
  return approve (world, "kind, percent_off_ppm, from_day, to_day", values, first, n, after);
}

void
push_world_roll_back (PushWorld *world, gint64 change_id)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_workspace_begin (world->workspace, &error));
  aisle_outbox_queue_rollback (world->workspace, change_id, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (aisle_workspace_commit (world->workspace, &error));
  push_world_execute (world, "UPDATE change SET state = 'rolled_back' WHERE id = %" G_GINT64_FORMAT,
                      change_id);
}

AislePushResult *
push_world_push (PushWorld *world, gboolean is_once)
{
  g_autoptr (GError) error = NULL;
  AislePushResult *result = NULL;
  AislePushOptions options = { .is_once = is_once, .retry_seconds = 0.02, .max_failures = 30 };
  aisle_push_job_run (world->workspace, &options, NULL, NULL, &result, &error);
  g_assert_no_error (error);
  return result;
}

gint64
push_world_count (PushWorld *world, gint64 change_id, const char *state)
{
  return push_world_query (
      world,
      "SELECT count (*) FROM store_update WHERE state = '%s' AND (%" G_GINT64_FORMAT
      " = 0 OR change_id = %" G_GINT64_FORMAT ")",
      state, change_id, change_id);
}

char *
push_world_change_state (PushWorld *world, gint64 change_id)
{
  static const char *const sql = "SELECT state FROM change WHERE id = %" G_GINT64_FORMAT;
  g_autofree char *text = g_strdup_printf (sql, change_id);
  sqlite3 *db = open_db (world->path);
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint (sqlite3_prepare_v2 (db, text, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  char *state = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return state;
}

void
push_world_check_truth (PushWorld *world)
{
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS s", world->store_data);
  sqlite3 *db = open_db (world->path);
  g_assert_cmpint (sqlite3_exec (db, attach, NULL, NULL, NULL), ==, SQLITE_OK);
  static const struct
  {
    const char *what;
    const char *sql;
  } rules[] = {
    { "false verified",
      "SELECT count (*) FROM store_update AS u JOIN store AS t ON t.id = u.store_id JOIN product "
      "AS p"
      " ON p.id = u.product_id LEFT JOIN s.price AS x ON x.store = t.code AND x.sku = p.sku"
      " WHERE u.kind = 'price' AND u.state = 'verified' AND x.minor IS NOT u.expected_minor AND "
      "NOT EXISTS"
      " (SELECT 1 FROM store_update AS n WHERE n.store_id = u.store_id AND n.product_id = "
      "u.product_id"
      "  AND n.kind = 'price' AND n.id > u.id AND n.attempts > 0)" },
    { "a third price",
      "SELECT count (*) FROM s.price AS x JOIN store AS t ON t.code = x.store JOIN product AS p"
      " ON p.sku = x.sku WHERE x.minor <> 1000 + p.id AND NOT EXISTS (SELECT 1 FROM store_update "
      "AS u"
      "  WHERE u.store_id = t.id AND u.product_id = p.id AND u.kind = 'price'"
      "  AND x.minor IN (u.expected_minor, u.prior_minor))" },
    { "a promotion made twice",
      "SELECT count (*) FROM (SELECT name FROM s.promotion GROUP BY name HAVING count (*) > 1)" },
    { "a promotion that nobody approved",
      "SELECT count (*) FROM s.promotion WHERE name NOT IN (SELECT name FROM store_update)" },
    { "verified without a price in the ledger",
      "SELECT count (*) FROM store_update AS u WHERE u.kind = 'price' AND u.state = 'verified' AND "
      "NOT EXISTS"
      " (SELECT 1 FROM price_ledger AS l WHERE l.store_id = u.store_id AND l.product_id = "
      "u.product_id"
      "  AND l.to_at IS NULL AND l.gross_minor = u.expected_minor) AND NOT EXISTS"
      " (SELECT 1 FROM store_update AS n WHERE n.store_id = u.store_id AND n.product_id = "
      "u.product_id"
      "  AND n.kind = 'price' AND n.id > u.id AND n.state = 'verified')" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      sqlite3_stmt *statement = NULL;
      if (sqlite3_prepare_v2 (db, rules[i].sql, -1, &statement, NULL) != SQLITE_OK)
        g_error ("%s: %s", rules[i].what, sqlite3_errmsg (db));
      g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
      gint64 n = sqlite3_column_int64 (statement, 0);
      if (n != 0)
        g_error ("%s: %" G_GINT64_FORMAT " times", rules[i].what, n);
      sqlite3_finalize (statement);
    }
  sqlite3_close (db);
}
