/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-keys-private.h"

#include "aisle-log.h"
#include "aisle-statement-private.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file: four lines and the keys.
 *   Aisle keys 1
 *   workspace UUID
 *   kdf SETTING          of crypt(5), yescrypt with a salt of its own
 *   nonce HEX
 *   keys HEX             ChaCha20-Poly1305 (RFC 8439) over "NAME HEX\n" per key
 * The cipher's key is HMAC-SHA-256 (yescrypt of the passphrase, "aisle key file 1"), everything
 * above the last line is authenticated with it. */
#define MAGIC "Aisle keys 1"
#define KEY_LABEL "aisle key file 1"
#define KDF_COST 7 /* about 64 MiB and a tenth of a second a try */
#define PASSPHRASE_MIN_LENGTH 8
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define PLAIN_MAX_SIZE 1024
#define FILE_MAX_SIZE 8192

static const char *const key_names[AISLE_N_KEYS] = { "pseudonym", "suppression", "log" };

static gboolean
fail (GError **error, const char *path, const char *message)
{
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY, "%s: %s", path, message);
  return FALSE;
}

static gboolean
check_passphrase (const char *passphrase, GError **error)
{
  if (g_utf8_validate (passphrase, -1, NULL)
      && g_utf8_strlen (passphrase, -1) >= PASSPHRASE_MIN_LENGTH
      && strlen (passphrase) < CRYPT_MAX_PASSPHRASE_SIZE)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
               "a passphrase for keys needs at least %d characters", PASSPHRASE_MIN_LENGTH);
  return FALSE;
}

static gboolean
derive_key (const char *passphrase, const char *setting, guint8 key[AISLE_KEY_SIZE])
{
  struct crypt_data *data = g_new0 (struct crypt_data, 1);
  const char *hash = crypt_r (passphrase, setting, data);
  gboolean is_done = hash && hash[0] == '$';
  if (is_done)
    {
      g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) hash, strlen (hash));
      gsize size = AISLE_KEY_SIZE;
      g_hmac_update (hmac, (const guchar *) KEY_LABEL, -1);
      g_hmac_get_digest (hmac, key, &size);
    }
  gnutls_memset (data, 0, sizeof *data);
  g_free (data);
  return is_done;
}

static gboolean
make_setting (char setting[CRYPT_GENSALT_OUTPUT_SIZE])
{
  return crypt_gensalt_rn ("$y$", KDF_COST, NULL, 0, setting, CRYPT_GENSALT_OUTPUT_SIZE) != NULL;
}

/* A file decides about its salt, not about how much memory and time we spend. */
static gboolean
is_our_setting (const char *setting)
{
  char ours[CRYPT_GENSALT_OUTPUT_SIZE];
  if (!make_setting (ours) || strlen (setting) != strlen (ours))
    return FALSE;
  const char *salt = strrchr (ours, '$');
  return strncmp (setting, ours, (gsize) (salt - ours) + 1) == 0;
}

/* Encrypts or, with `is_sealed`, decrypts `in` into `out`. */
static gboolean
run_cipher (gboolean is_sealed,
            const guint8 key[AISLE_KEY_SIZE],
            const guint8 nonce[NONCE_SIZE],
            const char *head,
            gconstpointer in,
            gsize in_size,
            gpointer out,
            gsize *out_size)
{
  gnutls_aead_cipher_hd_t cipher;
  gnutls_datum_t datum = { (guchar *) key, AISLE_KEY_SIZE };
  if (gnutls_aead_cipher_init (&cipher, GNUTLS_CIPHER_CHACHA20_POLY1305, &datum) != 0)
    return FALSE;
  int code = is_sealed ? gnutls_aead_cipher_decrypt (cipher, nonce, NONCE_SIZE, head, strlen (head),
                                                     TAG_SIZE, in, in_size, out, out_size)
                       : gnutls_aead_cipher_encrypt (cipher, nonce, NONCE_SIZE, head, strlen (head),
                                                     TAG_SIZE, in, in_size, out, out_size);
  gnutls_aead_cipher_deinit (cipher);
  return code == 0;
}

/* "NAME HEX\n" for each key that the workspace has; NULL and an error for none. */
static char *
collect_keys (AisleWorkspace *workspace, const char *path, GError **error)
{
  GString *text = g_string_sized_new (PLAIN_MAX_SIZE);
  for (int i = 0; i < AISLE_N_KEYS; i++)
    {
      g_autofree char *setting =
          aisle_workspace_get_setting (workspace, aisle_keys_setting ((AisleKeyPurpose) i));
      if (!setting)
        continue;
      const guint8 *key = aisle_keys_get (workspace, (AisleKeyPurpose) i, error);
      if (!key)
        {
          gnutls_memset (text->str, 0, text->len);
          g_string_free (text, TRUE);
          return NULL;
        }
      g_string_append_printf (text, "%s ", key_names[i]);
      for (gsize k = 0; k < AISLE_KEY_SIZE; k++)
        g_string_append_printf (text, "%02x", key[k]);
      g_string_append_c (text, '\n');
    }
  if (text->len == 0)
    fail (error, path, "this workspace has no keys yet; there is nothing to export");
  return g_string_free (text, text->len == 0);
}

/* The whole text of the file; NULL where the computer's libraries cannot. */
static char *
seal (const char *workspace_id, const char *passphrase, const char *plain)
{
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  guint8 key[AISLE_KEY_SIZE], nonce[NONCE_SIZE], sealed[PLAIN_MAX_SIZE + TAG_SIZE];
  gsize size = sizeof sealed;
  if (!aisle_keys_random (nonce, sizeof nonce, NULL) || strlen (plain) > PLAIN_MAX_SIZE
      || !make_setting (setting) || !derive_key (passphrase, setting, key))
    return NULL;
  g_autofree char *nonce_text = aisle_keys_to_hex (nonce, sizeof nonce);
  g_autofree char *head = g_strdup_printf (MAGIC "\nworkspace %s\nkdf %s\nnonce %s\n", workspace_id,
                                           setting, nonce_text);
  gboolean is_done = run_cipher (FALSE, key, nonce, head, plain, strlen (plain), sealed, &size);
  gnutls_memset (key, 0, sizeof key);
  if (!is_done)
    return NULL;
  g_autofree char *body = aisle_keys_to_hex (sealed, size);
  return g_strconcat (head, "keys ", body, "\n", NULL);
}

static gboolean
write_new_file (const char *path, const char *text, GError **error)
{
  int fd = open (path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      int code = errno;
      g_set_error (error, AISLE_WORKSPACE_ERROR,
                   code == EEXIST ? AISLE_WORKSPACE_ERROR_EXISTS : AISLE_WORKSPACE_ERROR_READ_ONLY,
                   code == EEXIST ? "%s: exists already and is left alone; choose another name"
                                  : "%s: could not be written: %s",
                   path, g_strerror (code));
      return FALSE;
    }
  gsize size = strlen (text);
  gboolean is_done = write (fd, text, size) == (gssize) size && fsync (fd) == 0;
  is_done = close (fd) == 0 && is_done;
  if (is_done)
    return TRUE;
  int code = errno;
  unlink (path);
  return fail (error, path, g_strerror (code));
}

static void
note (AisleWorkspace *workspace, const char *action)
{
  if (aisle_workspace_is_read_only (workspace) || !aisle_workspace_begin (workspace, NULL))
    return;
  if (aisle_log_append (workspace, 0, action, "keys", NULL, NULL))
    aisle_workspace_commit (workspace, NULL);
  else
    aisle_workspace_rollback (workspace);
}

gboolean
aisle_keys_export (AisleWorkspace *workspace,
                   const char *path,
                   const char *passphrase,
                   GError **error)
{
  g_return_val_if_fail (path != NULL && passphrase != NULL, FALSE);

  if (!check_passphrase (passphrase, error))
    return FALSE;
  g_autofree char *id = aisle_workspace_get_setting (workspace, "workspace_id");
  char *plain = collect_keys (workspace, path, error);
  if (!plain)
    return FALSE;
  g_autofree char *text = seal (id, passphrase, plain);
  gnutls_memset (plain, 0, strlen (plain));
  g_free (plain);
  if (!text)
    return fail (error, path, "this computer's libraries cannot seal the keys");
  if (!write_new_file (path, text, error))
    return FALSE;
  note (workspace, "key.export");
  return TRUE;
}

/* What follows "NAME " on the line; NULL where it is another line. */
static const char *
field (char *const *lines, int line, const char *name)
{
  return g_str_has_prefix (lines[line], name) ? lines[line] + strlen (name) : NULL;
}

static gboolean
from_hex (const char *text, guint8 *out, gsize max_size, gsize *size)
{
  gsize length = strlen (text);
  if (length % 2 != 0 || length / 2 > max_size)
    return FALSE;
  for (gsize i = 0; i < length / 2; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);
      if (high < 0 || low < 0)
        return FALSE;
      out[i] = (guint8) (high << 4 | low);
    }
  *size = length / 2;
  return TRUE;
}

/* The text in the file, into `plain` with a NUL. */
static gboolean
unseal (const char *path,
        const char *text,
        const char *id,
        const char *passphrase,
        char *plain,
        GError **error)
{
  guint8 key[AISLE_KEY_SIZE], nonce[NONCE_SIZE], sealed[PLAIN_MAX_SIZE + TAG_SIZE];
  gsize nonce_size = 0, sealed_size = 0, plain_size = PLAIN_MAX_SIZE;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  if (g_strv_length (lines) < 5 || strcmp (lines[0], MAGIC) != 0)
    return fail (error, path, "this is not a file of exported keys");
  const char *workspace = field (lines, 1, "workspace "), *setting = field (lines, 2, "kdf ");
  const char *nonce_text = field (lines, 3, "nonce "), *body = field (lines, 4, "keys ");
  if (!workspace || !setting || !nonce_text || !body || !is_our_setting (setting)
      || !from_hex (nonce_text, nonce, sizeof nonce, &nonce_size) || nonce_size != NONCE_SIZE
      || !from_hex (body, sealed, sizeof sealed, &sealed_size))
    return fail (error, path, "the file is damaged; use another copy of it");
  if (strcmp (workspace, id) != 0)
    return fail (error, path, "these are the keys of another workspace; nothing was changed");
  g_autofree char *head =
      g_strconcat (lines[0], "\n", lines[1], "\n", lines[2], "\n", lines[3], "\n", NULL);
  gboolean is_done =
      derive_key (passphrase, setting, key)
      && run_cipher (TRUE, key, nonce, head, sealed, sealed_size, plain, &plain_size);
  gnutls_memset (key, 0, sizeof key);
  if (!is_done)
    return fail (error, path,
                 "the passphrase is wrong, or the file was changed; nothing was changed");
  plain[plain_size] = '\0';
  return TRUE;
}

static gboolean
check_key (AisleWorkspace *workspace,
           AisleKeyPurpose purpose,
           const guint8 key[AISLE_KEY_SIZE],
           const char *path,
           GError **error)
{
  g_autofree char *wanted = aisle_workspace_get_setting (workspace, aisle_keys_setting (purpose));
  g_autofree char *fingerprint = aisle_keys_fingerprint (key);
  return !wanted || strcmp (wanted, fingerprint) == 0
         || fail (error, path,
                  "these keys are not the ones this workspace was made with; nothing was changed");
}

/* Checks all keys before the first one is stored. */
static gboolean
store_keys (AisleWorkspace *workspace, const char *path, const char *plain, GError **error)
{
  for (int is_storing = 0; is_storing < 2; is_storing++)
    for (int i = 0; i < AISLE_N_KEYS; i++)
      {
        g_autofree char *prefix = g_strconcat (key_names[i], " ", NULL);
        const char *at = strstr (plain, prefix);
        guint8 key[AISLE_KEY_SIZE];
        char hex[2 * AISLE_KEY_SIZE + 1];
        if (!at)
          continue;
        g_strlcpy (hex, at + strlen (prefix), sizeof hex);
        gboolean is_done = aisle_keys_from_hex (hex, key)
                               ? check_key (workspace, (AisleKeyPurpose) i, key, path, error)
                               : fail (error, path, "the file is damaged; use another copy of it");
        if (is_done && is_storing)
          is_done = aisle_keys_store (workspace, (AisleKeyPurpose) i, key, error);
        gnutls_memset (key, 0, sizeof key);
        gnutls_memset (hex, 0, sizeof hex);
        if (!is_done)
          return FALSE;
      }
  return TRUE;
}

static char *
read_small_file (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  struct stat info;
  char *text = NULL;
  if (stat (path, &info) == 0 && (!S_ISREG (info.st_mode) || info.st_size > FILE_MAX_SIZE))
    fail (error, path, "this is not a file of exported keys");
  else if (!g_file_get_contents (path, &text, NULL, &local))
    g_set_error_literal (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                         local->message);
  return text;
}

gboolean
aisle_keys_restore (AisleWorkspace *workspace,
                    const char *path,
                    const char *passphrase,
                    GError **error)
{
  g_return_val_if_fail (path != NULL && passphrase != NULL, FALSE);

  g_autofree char *text = read_small_file (path, error);
  g_autofree char *id = aisle_workspace_get_setting (workspace, "workspace_id");
  if (!text || !check_passphrase (passphrase, error))
    return FALSE;
  char plain[PLAIN_MAX_SIZE + 1];
  if (!unseal (path, text, id ? id : "", passphrase, plain, error))
    return FALSE;
  gboolean is_done = store_keys (workspace, path, plain, error);
  gnutls_memset (plain, 0, sizeof plain);
  if (is_done)
    note (workspace, "key.restore");
  return is_done;
}
