/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-runner.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>

static CliRunner *
new_workspace (void)
{
  CliRunner *runner = cli_runner_new ();
  g_autofree char *config = g_build_filename (runner->folder, "config", NULL);
  g_autofree char *state = g_build_filename (runner->folder, "state", NULL);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_setenv ("AISLE_KEYS", "file", TRUE);
  cli_runner_write (runner, "ana", "secret of ana\n", -1);
  cli_runner_write (runner, "ben", "secret of ben\n", -1);
  cli_runner_write (runner, "cid", "secret of cid\nsecret of ana\n", -1);
  cli_runner_write (runner, "pass", "correct horse battery\n", -1);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "init", "--currency", "GBP", NULL), ==,
                   0);
  return runner;
}

static void
add_ana_and_ben (CliRunner *runner)
{
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--role",
                                   "merchandiser", "--secret-file", "ana", NULL),
                   ==, 0);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ben", "--role",
                                   "approver", "--secret-file", "ben", "--as", "Ana",
                                   "--as-secret-file", "ana", NULL),
                   ==, 0);
}

static JsonObject *
parse (CliRunner *runner, JsonParser *parser)
{
  g_autoptr (GError) error = NULL;
  json_parser_load_from_data (parser, runner->out, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static void
assert_says (CliRunner *runner, int status, const char *words)
{
  g_assert_cmpint (runner->status, ==, status);
  if (!g_strstr_len (runner->err, -1, words))
    g_error ("“%s” does not say “%s”", runner->err, words);
}

static void
raw (CliRunner *runner, const char *sql)
{
  g_autofree char *path = g_build_filename (runner->folder, "w.aisle", NULL);
  sqlite3 *db;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_staff (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  add_ana_and_ben (runner);
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Automatic", "--role", "store_manager",
                  "--secret-file", "cid", "--as", "Ana", NULL);
  assert_says (runner, 1, "take another name");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Cid", "--role", "store_manager",
                  "--secret-file", "cid", "--as", "Ana", NULL);
  assert_says (runner, 0, "somebody else must confirm");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "confirm", "Cid", "--as", "Ana",
                  "--secret-file", "ana", NULL);
  assert_says (runner, 4, "you asked for it yourself");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "confirm", "Cid", "--as", "Ben",
                  "--secret-file", "ana", NULL);
  assert_says (runner, 4, "do not belong together");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "confirm", "Cid", "--as", "Max",
                  "--secret-file", "ana", NULL);
  assert_says (runner, 4, "do not belong together");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "confirm", "Cid", NULL);
  assert_says (runner, 4, "--as");
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "--json", "staff", "confirm", "Cid",
                                   "--as", "Ben", "--secret-file", "ben", NULL),
                   ==, 0);
  JsonArray *rows = json_object_get_array_member (parse (runner, parser), "rows");
  g_assert_cmpuint (json_array_get_length (rows), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (rows, 0), "name"),
                   ==, "Ana");
}

static void
test_staff_wrong_use (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--role", "king", "--secret-file",
                  "ana", NULL);
  assert_says (runner, 2, "is not a role");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--secret-file", "ana", NULL);
  assert_says (runner, 2, "--role");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", NULL);
  assert_says (runner, 2, "staff list");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--role", "admin",
                  "--secret-file", "none", NULL);
  g_assert_cmpint (runner->status, !=, 0);
  add_ana_and_ben (runner);
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Cid", "--role", "approver",
                  "--secret-file", "cid", NULL);
  assert_says (runner, 4, "--as");
  cli_runner_run (runner, "-w", "w.aisle", "staff", "add", "Ana", "--role", "approver",
                  "--secret-file", "cid", "--as", "Ana", NULL);
  assert_says (runner, 1, "is here already");
}

/* Five commands with a wrong secret count together, although each of them fails. */
static void
test_lock (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  add_ana_and_ben (runner);
  for (int i = 0; i < 5; i++)
    {
      cli_runner_run (runner, "-w", "w.aisle", "staff", "deactivate", "Ben", "--as", "Ana",
                      "--secret-file", "ben", NULL);
      assert_says (runner, 4, "do not belong together");
    }
  cli_runner_run (runner, "-w", "w.aisle", "staff", "deactivate", "Ben", "--as", "Ana",
                  "--secret-file", "ana", NULL);
  assert_says (runner, 4, "too many wrong secrets");
}

static void
test_log (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  add_ana_and_ben (runner);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "log", "verify", "--json", NULL), ==,
                   0);
  JsonObject *verdict = parse (runner, parser);
  g_assert_true (json_object_get_boolean_member (verdict, "ok"));
  gint64 entries = json_object_get_int_member (verdict, "entries");
  g_assert_cmpint (entries, >=, 2);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "log", "show", "--json", NULL), ==, 0);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (parse (runner, parser), "rows")), ==,
      entries);
  g_assert_null (g_strstr_len (runner->out, -1, "secret of"));
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "log", "show", "--since", "2999-01-01",
                                   "--json", NULL),
                   ==, 0);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (parse (runner, parser), "rows")), ==, 0);
  cli_runner_run (runner, "-w", "w.aisle", "log", "show", "--since", "soon", NULL);
  assert_says (runner, 2, "is not a time");

  raw (runner,
       "DROP TRIGGER log_entry_is_final; UPDATE log_entry SET object = 'person Eve' WHERE seq = 2");
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "log", "verify", "--json", NULL), ==,
                   1);
  verdict = parse (runner, parser);
  g_assert_false (json_object_get_boolean_member (verdict, "ok"));
  g_assert_cmpint (json_object_get_int_member (verdict, "first_broken"), ==, 2);
}

/* The file swapped for an earlier copy of itself. */
static void
test_older_file (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  g_autofree char *path = g_build_filename (runner->folder, "w.aisle", NULL);
  g_autofree char *old = NULL;
  gsize length;
  add_ana_and_ben (runner);
  raw (runner, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_true (g_file_get_contents (path, &old, &length, NULL));
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "staff", "deactivate", "Ben", "--as",
                                   "Ana", "--secret-file", "ana", NULL),
                   ==, 0);
  raw (runner, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_true (g_file_set_contents (path, old, (gssize) length, NULL));
  cli_runner_run (runner, "-w", "w.aisle", "log", "verify", NULL);
  g_assert_cmpint (runner->status, ==, 1);
  g_assert_nonnull (g_strstr_len (runner->out, -1, "older copy"));
}

static void
test_backup_and_keys (void)
{
  g_autoptr (CliRunner) runner = new_workspace ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  add_ana_and_ben (runner);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "backup", "b", "--json", NULL), ==, 0);
  g_assert_cmpstr (json_object_get_string_member (parse (runner, parser), "currency"), ==, "GBP");
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "backup", "b", NULL), ==, 1);
  g_assert_cmpint (
      cli_runner_run (runner, "-w", "w.aisle", "key", "export", "k", "--secret-file", "pass", NULL),
      ==, 0);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "restore", "b", NULL), ==, 1);
  g_assert_cmpint (cli_runner_run (runner, "-w", "n.aisle", "restore", "b", "--json", NULL), ==, 0);
  g_assert_cmpint (cli_runner_run (runner, "-w", "n.aisle", "log", "verify", NULL), ==, 0);
  g_assert_cmpint (cli_runner_run (runner, "-w", "w.aisle", "log", "verify", NULL), ==, 0);

  /* On another computer: nothing but the backup and the exported keys. */
  g_autofree char *config = g_build_filename (runner->folder, "config2", NULL);
  g_autofree char *state = g_build_filename (runner->folder, "state2", NULL);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_assert_cmpint (cli_runner_run (runner, "-w", "m.aisle", "restore", "b", NULL), ==, 0);
  g_assert_cmpint (cli_runner_run (runner, "-w", "m.aisle", "log", "verify", NULL), ==, 1);
  g_assert_nonnull (g_strstr_len (runner->out, -1, "key restore"));
  g_assert_cmpint (
      cli_runner_run (runner, "-w", "m.aisle", "key", "restore", "k", "--secret-file", "ana", NULL),
      ==, 1);
  g_assert_cmpint (cli_runner_run (runner, "-w", "m.aisle", "key", "restore", "k", "--secret-file",
                                   "pass", NULL),
                   ==, 0);
  g_assert_cmpint (cli_runner_run (runner, "-w", "m.aisle", "log", "verify", NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/trust/staff", test_staff);
  g_test_add_func ("/cli/trust/staff-wrong-use", test_staff_wrong_use);
  g_test_add_func ("/cli/trust/lock", test_lock);
  g_test_add_func ("/cli/trust/log", test_log);
  g_test_add_func ("/cli/trust/older-file", test_older_file);
  g_test_add_func ("/cli/trust/backup-and-keys", test_backup_and_keys);
  return g_test_run ();
}
