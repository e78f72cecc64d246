/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

/* Writes `content` as the only file of a new folder, runs run-oracles over it, and returns its exit
 * status; `out` is to be freed. */
static int
run (const char *content, gssize length, char **out)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("aisle-oracles-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  g_file_set_contents (path, content, length, &error);
  g_assert_no_error (error);
  char *argv[] = { (char *) g_getenv ("RUN_ORACLES"), folder, NULL };
  int wait_status;
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, out, NULL, &wait_status, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  g_assert_true (WIFEXITED (wait_status));
  return WEXITSTATUS (wait_status);
}

static void
check (const char *content, gssize length, int status, const char *last_line, const char *part)
{
  g_autofree char *out = NULL;
  g_assert_cmpint (run (content, length, &out), ==, status);
  g_autofree char *ending = g_strdup_printf ("%s\n", last_line);
  if (!g_str_has_suffix (out, ending) || (part && !strstr (out, part)))
    g_error ("wanted “%s” and “%s” in: %s", last_line, part ? part : "", out);
}

#define CASE(input, expect) "{\"id\":\"c1\",\"input\":" input ",\"expect\":" expect "}"
#define FILE_OF(method, cases)                                                                     \
  "{\"method\":\"" method                                                                          \
  "\",\"source\":\"by hand\",\"tol\":{\"rel\":0,\"abs\":1e-9},\"cases\":[" cases "]}"

static void
test_passes_and_fails (void)
{
  check (FILE_OF ("tsb", CASE ("{\"y\":[2,2],\"alpha_demand\":0.1,\"alpha_probability\":0.1}",
                               "{\"mean\":2}")),
         -1, 0, "1 passed, 0 failed, 0 skipped", NULL);
  check (FILE_OF ("tsb", CASE ("{\"y\":[2,2],\"alpha_demand\":0.1,\"alpha_probability\":0.1}",
                               "{\"mean\":3}")),
         -1, 1, "0 passed, 1 failed, 0 skipped", "case.json: c1: mean: got 2, wanted 3");
  check (FILE_OF ("tsb", CASE ("{\"y\":\"many\"}", "{\"mean\":3}")), -1, 1,
         "0 passed, 1 failed, 0 skipped", "\"y\"");
}

static void
test_unknown_method_fails (void)
{
  check (FILE_OF ("tea_leaves", CASE ("{}", "{}") "," CASE ("{}", "{}")), -1, 1,
         "0 passed, 2 failed, 0 skipped", "no engine answers method \"tea_leaves\"");
}

static void
test_absent_data_is_skipped (void)
{
  check (FILE_OF ("tsb", CASE ("{\"data\":\"data/nowhere.csv\"}", "{\"mean\":3}")), -1, 0,
         "0 passed, 0 failed, 1 skipped", NULL);
  check (FILE_OF ("tsb", CASE ("{\"data_not_included\":\"a set\"}", "{\"mean\":3}")), -1, 0,
         "0 passed, 0 failed, 1 skipped", NULL);
}

static void
test_malformed_files_fail (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *texts[] = { "",
                          "[1,2",
                          "[]",
                          "null",
                          "{}",
                          "{\"method\":3,\"cases\":[]}",
                          "{\"method\":\"tsb\"}",
                          "{\"method\":\"tsb\",\"cases\":{}}",
                          "{\"method\":\"tsb\",\"tol\":[],\"cases\":[]}",
                          "{\"method\":\"tsb\",\"cases\":[7]}",
                          "{\"method\":\"tsb\",\"cases\":[{\"id\":[],\"input\":{}}]}",
                          deep };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check (texts[i], -1, 1, "0 passed, 1 failed, 0 skipped", "malformed");
  check ("\0\377\376\1", 4, 1, "0 passed, 1 failed, 0 skipped", "malformed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oracles/runner/passes-and-fails", test_passes_and_fails);
  g_test_add_func ("/oracles/runner/unknown-method", test_unknown_method_fails);
  g_test_add_func ("/oracles/runner/absent-data", test_absent_data_is_skipped);
  g_test_add_func ("/oracles/runner/malformed", test_malformed_files_fail);
  return g_test_run ();
}
