/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-outbox.h"
#include "aisle-statement-private.h"
#include "aisle-system.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  AisleWorkspace *workspace;
} Fixture;

static void
execute (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  aisle_execute (fixture->workspace, sql, &error);
  g_assert_no_error (error);
}

static gint64
query (Fixture *fixture, const char *sql)
{
  AisleStatement *s = aisle_statement (fixture->workspace, sql, NULL);
  g_assert_nonnull (s);
  g_assert_cmpint (aisle_step (s, NULL), ==, 1);
  gint64 value = aisle_column_int64 (s, 0);
  aisle_statement_reset (s);
  return value;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("aisle-outbox-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "shop.aisle", NULL);
  fixture->workspace = aisle_workspace_create (path, "GBP", &error);
  g_assert_no_error (error);
  execute (fixture,
           "INSERT INTO person (id, name, roles, secret_hash, added_at)"
           " VALUES (1, 'Eva', 'merchandiser,admin', 'x', 0);"
           "INSERT INTO person (id, name, roles, secret_hash, added_at, added_by)"
           " VALUES (2, 'Ben', 'approver', 'x', 0, 1);"
           "INSERT INTO system (id, name, kind, url) VALUES (1, 'shop', 'aisle', 'http://x');"
           "INSERT INTO store (id, code, currency, zone, system_id)"
           " VALUES (1, 'UK', 'GBP', 'Europe/London', 1), (2, 'JP', 'GBP', 'Asia/Tokyo', 1),"
           " (3, 'NONE', 'GBP', 'UTC', NULL);"
           "INSERT INTO product (id, sku) VALUES (1, 'A'), (2, 'B')");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "shop.aisle", "shop.aisle-wal", "shop.aisle-shm" };
  aisle_workspace_close (fixture->workspace);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);
      remove (path);
    }
  rmdir (fixture->folder);
  g_free (fixture->folder);
}

/* A change of both products in the stores listed, up to `state`. */
static void
make_change (Fixture *fixture, gint64 id, const char *stores, const char *fields, const char *state)
{
  g_autofree char *sql = g_strdup_printf (
      "INSERT INTO change (id, kind, author_id, created_at, percent_off_ppm, from_day, to_day)"
      " SELECT %" G_GINT64_FORMAT ", %s;"
      "INSERT INTO change_line (change_id, line, product_id, store_id, currency, before_minor, "
      "after_minor)"
      " SELECT %" G_GINT64_FORMAT ", row_number () OVER (), p.id, s.id, 'GBP', 1000, 900"
      " FROM product AS p, store AS s WHERE s.id IN (%s);"
      "UPDATE change SET state = 'submitted' WHERE id = %" G_GINT64_FORMAT ";"
      "INSERT INTO change_decision (change_id, revision, action, person_id, at)"
      " VALUES (%" G_GINT64_FORMAT ", 1, 'approve', 2, 0);",
      id, fields, id, stores, id, id);
  execute (fixture, sql);
  if (g_str_equal (state, "approved"))
    {
      g_autofree char *approve =
          g_strdup_printf ("UPDATE change SET state = 'approved' WHERE id = %" G_GINT64_FORMAT, id);
      execute (fixture, approve);
    }
}

#define PRICE "'price', 1, 0, NULL, NULL, NULL"
#define PROMOTION "'promotion', 1, 0, 100000, 20000, 20001"

static gboolean
queue (Fixture *fixture, gint64 id, GError **error)
{
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  if (aisle_outbox_queue_change (fixture->workspace, id, NULL, error))
    return aisle_workspace_commit (fixture->workspace, error);
  aisle_workspace_rollback (fixture->workspace);
  return FALSE;
}

static void
test_queue_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  make_change (fixture, 1, "1, 2", PRICE, "approved");
  g_assert_true (queue (fixture, 1, &error));
  g_assert_true (queue (fixture, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM store_update"), ==, 4);
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM store_update WHERE seen_minor = 1000"
                                   " AND expected_minor = 900 AND not_before_at = 0"),
                   ==, 4);
}

static void
test_not_approved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  make_change (fixture, 1, "1", PRICE, "submitted");
  g_assert_false (queue (fixture, 1, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (queue (fixture, 99, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND);
}

static void
test_no_system (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  make_change (fixture, 1, "1, 3", PRICE, "approved");
  g_auto (GStrv) codes = aisle_outbox_find_stores_without_system (fixture->workspace, 1, &error);
  g_assert_cmpstr (codes[0], ==, "NONE");
  g_assert_null (codes[1]);
  g_assert_false (queue (fixture, 1, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "NONE"));
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM store_update"), ==, 0);
}

/* Start and end are midnights of each store; stores of other zones have a promotion of their own.
 */
static void
test_zones (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  make_change (fixture, 1, "1, 2", PROMOTION, "approved");
  g_assert_true (queue (fixture, 1, &error));
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM store_update"), ==, 8);
  g_assert_cmpint (query (fixture, "SELECT count (DISTINCT name) FROM store_update"), ==, 2);
  g_assert_cmpint (
      query (fixture, "SELECT min (not_before_at) FROM store_update WHERE store_id = 2"), ==,
      20000 * 86400 - 9 * 3600);
  g_assert_cmpint (
      query (fixture, "SELECT max (not_before_at) FROM store_update WHERE store_id = 2"), ==,
      20002 * 86400 - 9 * 3600);
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM store_update WHERE step = 'end'"
                                   " AND expected_minor = 1000"),
                   ==, 4);
  /* 2024-10-04 is summer time in London. */
  g_assert_cmpint (
      query (fixture, "SELECT min (not_before_at) FROM store_update WHERE store_id = 1"), ==,
      20000 * 86400 - 3600);
}

static void
test_bad_zone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  execute (fixture, "UPDATE store SET zone = 'Mars/Olympus' WHERE id = 1");
  make_change (fixture, 1, "1", PRICE, "approved");
  g_assert_false (queue (fixture, 1, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID);
}

/* What is due later than the newer change is not taken away by it. */
static void
test_supersede (Fixture *fixture, gconstpointer data)
{
  make_change (fixture, 1, "1", PRICE, "approved");
  make_change (fixture, 2, "2", PRICE, "approved");
  g_assert_true (queue (fixture, 1, NULL));
  g_assert_true (queue (fixture, 2, NULL));
  execute (fixture, "UPDATE store_update SET not_before_at = 5000 WHERE change_id = 2");
  make_change (fixture, 3, "1, 2", PRICE, "approved");
  g_assert_true (queue (fixture, 3, NULL));
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM store_update WHERE change_id = 1"
                                   " AND state = 'superseded'"),
                   ==, 2);
  g_assert_cmpint (query (fixture, "SELECT count (*) FROM store_update WHERE state = 'queued'"), ==,
                   6);
}

static void
test_take_back (Fixture *fixture, gconstpointer data)
{
  AisleOutboxRollback rollback;
  make_change (fixture, 1, "1", PRICE, "approved");
  g_assert_true (queue (fixture, 1, NULL));
  execute (fixture,
           "UPDATE store_update SET prior_minor = 1000, found_minor = 900, state = 'verified'"
           " WHERE product_id = 1");
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_true (aisle_outbox_queue_rollback (fixture->workspace, 1, &rollback, NULL));
  g_assert_true (aisle_workspace_commit (fixture->workspace, NULL));
  g_assert_cmpint (rollback.n_restores, ==, 1);
  g_assert_cmpint (rollback.n_withdrawn, ==, 1);
  g_assert_cmpint (rollback.n_left, ==, 0);
  g_assert_cmpint (
      query (fixture, "SELECT expected_minor FROM store_update WHERE step = 'restore'"), ==, 1000);
}

/* The database itself holds the rule. */
static void
test_false_verified (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  make_change (fixture, 1, "1", PRICE, "approved");
  g_assert_true (queue (fixture, 1, NULL));
  g_assert_false (aisle_execute (
      fixture->workspace, "UPDATE store_update SET state = 'verified', found_minor = 901", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
}

static void
test_guarded_update (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  make_change (fixture, 1, "1", PRICE, "approved");
  g_assert_true (queue (fixture, 1, NULL));
  AisleOutboxFilter filter = { .change_id = 1, .limit = 1 };
  g_autoptr (AisleOutboxBatch) batch = aisle_outbox_list (fixture->workspace, &filter, &error);
  g_assert_cmpint (batch->n_rows, ==, 1);
  batch->rows[0].state = "sending";
  g_assert_true (aisle_outbox_update (fixture->workspace, &batch->rows[0], "queued", &error));
  g_assert_false (aisle_outbox_update (fixture->workspace, &batch->rows[0], "queued", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_STALE);
}

static void
test_system (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  static const char *const taken[] = { "UK", NULL }, *const free_one[] = { "NONE=there", NULL };
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_false (
      aisle_system_add (fixture->workspace, "b", "aisle", "http://y", taken, NULL, NULL, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  g_clear_error (&error);
  aisle_workspace_rollback (fixture->workspace);
  g_assert_true (aisle_workspace_begin (fixture->workspace, NULL));
  g_assert_false (
      aisle_system_add (fixture->workspace, "shop", "aisle", "u", free_one, NULL, NULL, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (
      aisle_system_add (fixture->workspace, "b", "aisle", "u", free_one, "s", NULL, &error));
  g_assert_false (aisle_system_set_trial_store (fixture->workspace, "b", "UK", &error));
  g_clear_error (&error);
  g_assert_true (aisle_system_set_trial_store (fixture->workspace, "b", "NONE", &error));
  g_assert_true (aisle_workspace_commit (fixture->workspace, &error));
  g_autoptr (AisleSystem) system = aisle_system_load (fixture->workspace, "b", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (system->system_codes[0], ==, "there");
  g_assert_cmpint (system->trial_store_id, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/workspace/outbox/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("queue-once", test_queue_once);
  ADD ("not-approved", test_not_approved);
  ADD ("no-system", test_no_system);
  ADD ("zones", test_zones);
  ADD ("bad-zone", test_bad_zone);
  ADD ("supersede", test_supersede);
  ADD ("take-back", test_take_back);
  ADD ("false-verified", test_false_verified);
  ADD ("guarded-update", test_guarded_update);
  ADD ("system", test_system);
  return g_test_run ();
}
