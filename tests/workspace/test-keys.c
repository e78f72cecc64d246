/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workspace-fixture.h"

#include "aisle-keys.h"
#include "aisle-secret.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSPHRASE "correct horse battery"

static void
make (AislePseudonymizer *pseudonymizer, const char *kind, const char *value, guint8 out[16])
{
  aisle_pseudonym (pseudonymizer, kind, value, strlen (value), out);
}

static void
assert_same (AislePseudonymizer *pseudonymizer,
             const char *kind,
             const char *a,
             const char *b,
             gboolean same)
{
  guint8 x[16], y[16];
  make (pseudonymizer, kind, a, x);
  make (pseudonymizer, kind, b, y);
  if ((memcmp (x, y, sizeof x) == 0) != same)
    g_error ("%s: “%s” and “%s”", kind, a, b);
}

static AislePseudonymizer *
new_pseudonymizer (WorkspaceFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AislePseudonymizer *result =
      aisle_pseudonymizer_new (fixture->workspace, AISLE_KEY_PSEUDONYM, &error);
  g_assert_no_error (error);
  return result;
}

static void
reopen (WorkspaceFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  aisle_workspace_close (fixture->workspace);
  fixture->workspace = aisle_workspace_open (fixture->path, &error);
  g_assert_no_error (error);
}

static char *
key_file (WorkspaceFixture *fixture, const char *purpose)
{
  g_autofree char *id = aisle_workspace_get_setting (fixture->workspace, "workspace_id");
  g_autofree char *name = g_strdup_printf ("%s key of %s.key", purpose, id);
  return g_build_filename (g_get_user_config_dir (), "aisle", "keys", name, NULL);
}

static void
test_normal_forms (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (AislePseudonymizer) p = new_pseudonymizer (fixture);
  assert_same (p, "number", "17850", " 17850 ", TRUE);
  assert_same (p, "number", "17850", "17851", FALSE);
  assert_same (p, "number", "abc", "ABC", FALSE);
  assert_same (p, "email", "Ana@Example.org", "ana@example.ORG", TRUE);
  assert_same (p, "email", "\303\204na@x.org", "\303\244na@x.org", TRUE);
  assert_same (p, "phone", "+44 20 7946-0000", "0044207946 0000", TRUE);
  assert_same (p, "phone", "020 7946", "+20 7946", FALSE);
  guint8 number[16], card[16];
  make (p, "number", "1", number);
  make (p, "card", "1", card);
  g_assert_cmpint (memcmp (number, card, 16), !=, 0);
  g_autofree char *big = g_strnfill (100000, 'A');
  g_autofree char *small = g_strnfill (100000, 'a');
  assert_same (p, "email", big, small, TRUE);
  assert_same (p, "email", "", "  ", TRUE);
}

/* HMAC-SHA-256 as GLib computes it, from the key file. */
static void
test_is_hmac (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (AislePseudonymizer) p = new_pseudonymizer (fixture);
  g_autofree char *path = key_file (fixture, "pseudonym");
  g_autofree char *hex = NULL;
  guint8 key[32], mine[16];
  g_assert_true (g_file_get_contents (path, &hex, NULL, NULL));
  for (int i = 0; i < 32; i++)
    key[i] =
        (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  g_autofree char *expected =
      g_compute_hmac_for_string (G_CHECKSUM_SHA256, key, sizeof key, "number|17850", -1);
  make (p, "number", "17850", mine);
  for (int i = 0; i < 16; i++)
    g_assert_cmpint (mine[i], ==,
                     g_ascii_xdigit_value (expected[2 * i]) << 4
                         | g_ascii_xdigit_value (expected[2 * i + 1]));
}

static void
test_stays (WorkspaceFixture *fixture, gconstpointer data)
{
  guint8 before[16], after[16];
  g_autoptr (AislePseudonymizer) first = new_pseudonymizer (fixture);
  make (first, "number", "1", before);
  g_autofree char *id = g_strdup (aisle_pseudonymizer_get_key_id (first));
  reopen (fixture);
  g_autoptr (AislePseudonymizer) second = new_pseudonymizer (fixture);
  make (second, "number", "1", after);
  g_assert_cmpmem (before, 16, after, 16);
  g_assert_cmpstr (id, ==, aisle_pseudonymizer_get_key_id (second));
  g_autofree char *setting = aisle_workspace_get_setting (fixture->workspace, "key_id");
  g_assert_cmpstr (setting, ==, id);
}

static void
assert_key_refused (WorkspaceFixture *fixture, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (aisle_pseudonymizer_new (fixture->workspace, AISLE_KEY_PSEUDONYM, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY);
  if (!g_strstr_len (error->message, -1, words))
    g_error ("“%s” does not say “%s”", error->message, words);
}

static void
test_wrong_and_missing (WorkspaceFixture *fixture, gconstpointer data)
{
  aisle_pseudonymizer_free (new_pseudonymizer (fixture));
  g_autofree char *path = key_file (fixture, "pseudonym");
  g_autofree char *other = g_strnfill (64, 'a');
  g_assert_true (g_file_set_contents_full (path, other, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  reopen (fixture);
  assert_key_refused (fixture, "is not the one");
  g_assert_true (
      g_file_set_contents_full (path, "rubbish", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  assert_key_refused (fixture, "damaged");
  g_unlink (path);
  assert_key_refused (fixture, "not on this computer");
  /* Also where somebody took the fingerprint away: there are customers. */
  workspace_fixture_raw (fixture,
                         "DELETE FROM setting WHERE name = 'key_fingerprint';"
                         "INSERT INTO customer (pseudonym, key_id) VALUES (zeroblob (16), 'x')");
  assert_key_refused (fixture, "not on this computer");
}

static void
test_file_is_private (WorkspaceFixture *fixture, gconstpointer data)
{
  aisle_pseudonymizer_free (new_pseudonymizer (fixture));
  g_autofree char *path = key_file (fixture, "pseudonym");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *moved = g_build_filename (fixture->folder, "moved", NULL);
  struct stat info;
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (stat (folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);
  reopen (fixture);
  g_chmod (path, 0640);
  assert_key_refused (fixture, "read by others");
  g_chmod (path, 0600);
  g_chmod (folder, 0755);
  assert_key_refused (fixture, "opened by others");
  g_chmod (folder, 0700);
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  g_assert_cmpint (symlink (moved, path), ==, 0);
  assert_key_refused (fixture, "is a link");
  g_unlink (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_key_refused (fixture, "not a plain file");
  g_rmdir (path);
  g_assert_cmpint (g_rename (moved, path), ==, 0);
  aisle_pseudonymizer_free (new_pseudonymizer (fixture));
}

static void
test_secrets (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *long_name = g_strnfill (201, 'x');
  g_assert_null (aisle_secret_look_up ("token ../till", &error));
  g_assert_no_error (error);
  g_assert_true (aisle_secret_store ("token ../till", "s3cret\n", &error));
  g_assert_true (aisle_secret_store ("token ../till", "s3cret2", &error));
  char *value = aisle_secret_look_up ("token ../till", &error);
  g_assert_cmpstr (value, ==, "s3cret2");
  aisle_secret_free (value);
  g_assert_true (aisle_secret_delete ("token ../till", &error));
  g_assert_true (aisle_secret_delete ("token ../till", &error));
  g_assert_null (aisle_secret_look_up ("token ../till", &error));
  g_assert_no_error (error);
  g_assert_false (aisle_secret_store (long_name, "x", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY);
  g_assert_nonnull (aisle_secret_place ());
}

static void
test_export (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (fixture->folder, "keys.txt", NULL);
  g_assert_false (aisle_keys_export (fixture->workspace, file, PASSPHRASE, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY);
  g_clear_error (&error);
  guint8 before[16], after[16];
  g_autoptr (AislePseudonymizer) first = new_pseudonymizer (fixture);
  make (first, "number", "1", before);
  g_assert_false (aisle_keys_export (fixture->workspace, file, "short", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (aisle_keys_export (fixture->workspace, file, PASSPHRASE, &error));
  g_assert_no_error (error);
  g_assert_false (aisle_keys_export (fixture->workspace, file, PASSPHRASE, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS);
  g_clear_error (&error);
  /* The key does not stand in it as it is. */
  g_autofree char *path = key_file (fixture, "pseudonym");
  g_autofree char *hex = NULL, *text = NULL;
  g_assert_true (g_file_get_contents (path, &hex, NULL, NULL));
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_null (strstr (text, hex));
  g_unlink (path);
  reopen (fixture);
  assert_key_refused (fixture, "key restore");
  g_assert_false (aisle_keys_restore (fixture->workspace, file, "wrong passphrase", &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY);
  g_clear_error (&error);
  g_assert_true (aisle_keys_restore (fixture->workspace, file, PASSPHRASE, &error));
  g_assert_no_error (error);
  g_autoptr (AislePseudonymizer) second = new_pseudonymizer (fixture);
  make (second, "number", "1", after);
  g_assert_cmpmem (before, 16, after, 16);

  g_autofree char *elsewhere = g_build_filename (fixture->folder, "other.aisle", NULL);
  g_autoptr (AisleWorkspace) other = aisle_workspace_create (elsewhere, "GBP", &error);
  g_assert_false (aisle_keys_restore (other, file, PASSPHRASE, &error));
  g_assert_nonnull (strstr (error->message, "another workspace"));
}

/* Every byte counts, and none of them crashes. */
static void
test_export_changed (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (fixture->folder, "keys.txt", NULL);
  g_autofree char *text = NULL;
  gsize length;
  aisle_pseudonymizer_free (new_pseudonymizer (fixture));
  g_assert_true (aisle_keys_export (fixture->workspace, file, PASSPHRASE, &error));
  g_assert_true (g_file_get_contents (file, &text, &length, NULL));
  for (gsize i = 0; i < length - 1; i += g_test_slow () ? 1 : 29)
    {
      g_autofree char *changed = g_memdup2 (text, length + 1);
      changed[i] = changed[i] == '0' ? '1' : '0';
      g_assert_true (g_file_set_contents (file, changed, (gssize) length, NULL));
      g_assert_false (aisle_keys_restore (fixture->workspace, file, PASSPHRASE, &error));
      g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY);
      g_clear_error (&error);
      g_assert_true (g_file_set_contents (file, text, (gssize) i, NULL));
      g_assert_false (aisle_keys_restore (fixture->workspace, file, PASSPHRASE, &error));
      g_clear_error (&error);
    }
}

static void
test_fast (WorkspaceFixture *fixture, gconstpointer data)
{
  g_autoptr (AislePseudonymizer) p = new_pseudonymizer (fixture);
  const int n = 200000;
  guint8 out[16];
  gint64 start = g_get_monotonic_time ();
  for (int i = 0; i < n; i++)
    {
      char value[12];
      g_snprintf (value, sizeof value, "%d", i);
      aisle_pseudonym (p, "number", value, strlen (value), out);
    }
  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  g_test_message ("%.2f million pseudonyms a second", n / seconds / 1e6);
  g_assert_cmpfloat (seconds, <, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/workspace/keys/" name, WorkspaceFixture, NULL, workspace_fixture_set_up, function, \
              workspace_fixture_tear_down)
  ADD ("normal-forms", test_normal_forms);
  ADD ("is-hmac", test_is_hmac);
  ADD ("stays", test_stays);
  ADD ("wrong-and-missing", test_wrong_and_missing);
  ADD ("file-is-private", test_file_is_private);
  ADD ("secrets", test_secrets);
  ADD ("export", test_export);
  ADD ("export-changed", test_export_changed);
  ADD ("fast", test_fast);
  return workspace_fixture_run_tests ();
}
