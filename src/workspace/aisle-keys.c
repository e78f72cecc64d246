/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-keys-private.h"

#include "aisle-secret.h"
#include "aisle-statement-private.h"
#include "aisle-workspace-private.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/random.h>

#define FINGERPRINT_TEXT "aisle key fingerprint 1"
#define FINGERPRINT_SIZE 16

typedef struct
{
  const char *word;    /* in the secret's name */
  const char *people;  /* in messages */
  const char *setting; /* holds the fingerprint */
  const char *in_use;  /* a row here means that the workspace has had a key */
} KeyFacts;

static const KeyFacts facts[AISLE_N_KEYS] = {
  { "pseudonym", "key of the customers' pseudonyms", "key_fingerprint",
    "SELECT 1 FROM customer LIMIT 1" },
  { "suppression", "key of the list of erased people", "suppression_key_fingerprint",
    "SELECT 1 FROM suppression LIMIT 1" },
  { "log", "key of the log", "log_key_fingerprint", "SELECT 1 FROM log_entry LIMIT 1" },
};

typedef struct
{
  char *fingerprint[AISLE_N_KEYS]; /* NULL: not looked up yet */
  guint8 key[AISLE_N_KEYS][AISLE_KEY_SIZE];
} KeyRing;

struct _AislePseudonymizer
{
  gnutls_hmac_hd_t hmac;
  char *key_id;
};

static void
key_ring_free_cb (gpointer data)
{
  KeyRing *ring = data;
  for (int i = 0; i < AISLE_N_KEYS; i++)
    g_free (ring->fingerprint[i]);
  gnutls_memset (ring->key, 0, sizeof ring->key);
  g_free (ring);
}

static KeyRing *
get_ring (AisleWorkspace *workspace)
{
  KeyRing *ring = aisle_workspace_get_keys (workspace);
  if (!ring)
    {
      ring = g_new0 (KeyRing, 1);
      aisle_workspace_set_keys (workspace, ring, key_ring_free_cb);
    }
  return ring;
}

char *
aisle_keys_to_hex (gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  GString *text = g_string_sized_new (2 * size + 1);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

gboolean
aisle_keys_from_hex (const char *text, guint8 key[AISLE_KEY_SIZE])
{
  gsize length = strlen (text);
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  if (length != 2 * AISLE_KEY_SIZE)
    return FALSE;
  for (gsize i = 0; i < AISLE_KEY_SIZE; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);
      if (high < 0 || low < 0)
        return FALSE;
      key[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

void
aisle_keys_mac (const guint8 key[AISLE_KEY_SIZE], gconstpointer data, gsize size, guint8 mac[32])
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, key, AISLE_KEY_SIZE);
  gsize length = 32;
  g_hmac_update (hmac, data, (gssize) size);
  g_hmac_get_digest (hmac, mac, &length);
}

gboolean
aisle_keys_random (gpointer data, gsize size, GError **error)
{
  guint8 *bytes = data;
  while (size > 0)
    {
      ssize_t got = getrandom (bytes, size, 0);
      if (got < 0 && errno != EINTR)
        {
          g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
                       "this computer gives no random numbers: %s", g_strerror (errno));
          return FALSE;
        }
      if (got > 0)
        {
          bytes += got;
          size -= (gsize) got;
        }
    }
  return TRUE;
}

char *
aisle_keys_fingerprint (const guint8 key[AISLE_KEY_SIZE])
{
  guint8 mac[32];
  aisle_keys_mac (key, FINGERPRINT_TEXT, strlen (FINGERPRINT_TEXT), mac);
  return aisle_keys_to_hex (mac, FINGERPRINT_SIZE);
}

const char *
aisle_keys_setting (AisleKeyPurpose purpose)
{
  return facts[purpose].setting;
}

/* What the secret is called in the keyring; free with g_free(). */
static char *
name_secret (AisleWorkspace *workspace, AisleKeyPurpose purpose, GError **error)
{
  g_autofree char *id = aisle_workspace_get_setting (workspace, "workspace_id");
  if (id && g_uuid_string_is_valid (id))
    return g_strdup_printf ("%s key of %s", facts[purpose].word, id);
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
               "%s: the workspace's own name is missing; restore a backup",
               aisle_workspace_get_path (workspace));
  return NULL;
}

gboolean
aisle_keys_store (AisleWorkspace *workspace,
                  AisleKeyPurpose purpose,
                  const guint8 key[AISLE_KEY_SIZE],
                  GError **error)
{
  g_autofree char *name = name_secret (workspace, purpose, error);
  if (!name)
    return FALSE;
  char *text = aisle_keys_to_hex (key, AISLE_KEY_SIZE);
  gboolean is_stored = aisle_secret_store (name, text, error);
  aisle_secret_free (text);
  return is_stored;
}

/* `*is_there` FALSE without an error: no such secret on this computer. */
static gboolean
look_up_key (AisleWorkspace *workspace,
             AisleKeyPurpose purpose,
             guint8 key[AISLE_KEY_SIZE],
             gboolean *is_there,
             GError **error)
{
  g_autofree char *name = name_secret (workspace, purpose, error);
  if (!name)
    return FALSE;
  g_autoptr (GError) local = NULL;
  char *text = aisle_secret_look_up (name, &local);
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *is_there = text != NULL;
  gboolean is_key = !text || aisle_keys_from_hex (text, key);
  aisle_secret_free (text);
  if (is_key)
    return TRUE;
  g_set_error (
      error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
      "the %s is damaged where it is kept (“%s”); bring it back with “aislectl key restore FILE”",
      facts[purpose].people, name);
  return FALSE;
}

static gboolean
has_rows (AisleWorkspace *workspace, const char *sql, gboolean *rows, GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, sql, error);
  if (!statement)
    return FALSE;
  int row = aisle_step (statement, error);
  aisle_statement_reset (statement);
  *rows = row == 1;
  return row >= 0;
}

static gboolean
set_missing (AisleWorkspace *workspace, AisleKeyPurpose purpose, GError **error)
{
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
               "%s: the %s is not on this computer; export it where the workspace was used "
               "(“aislectl key export FILE”) and bring it here with “aislectl key restore FILE”",
               aisle_workspace_get_path (workspace), facts[purpose].people);
  return FALSE;
}

/* Makes a key, or takes one that a transaction which was undone left behind. In a write
 * transaction. */
static gboolean
make_key (AisleWorkspace *workspace,
          AisleKeyPurpose purpose,
          guint8 key[AISLE_KEY_SIZE],
          GError **error)
{
  gboolean is_used, is_there;
  if (!has_rows (workspace, facts[purpose].in_use, &is_used, error))
    return FALSE;
  if (is_used)
    return set_missing (workspace, purpose, error);
  if (!look_up_key (workspace, purpose, key, &is_there, error))
    return FALSE;
  if (!is_there)
    {
      if (!aisle_keys_random (key, AISLE_KEY_SIZE, error)
          || !aisle_keys_store (workspace, purpose, key, error))
        return FALSE;
    }
  g_autofree char *fingerprint = aisle_keys_fingerprint (key);
  if (!aisle_workspace_set_setting (workspace, facts[purpose].setting, fingerprint, error))
    return FALSE;
  if (purpose != AISLE_KEY_PSEUDONYM)
    return TRUE;
  g_autofree char *key_id = g_strndup (fingerprint, 8);
  return aisle_workspace_set_setting (workspace, "key_id", key_id, error);
}

static gboolean
make_key_in_transaction (AisleWorkspace *workspace,
                         AisleKeyPurpose purpose,
                         guint8 key[AISLE_KEY_SIZE],
                         GError **error)
{
  if (aisle_workspace_in_transaction (workspace))
    return make_key (workspace, purpose, key, error);
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  /* Somebody else may have made it while we waited. */
  g_autofree char *setting = aisle_workspace_get_setting (workspace, facts[purpose].setting);
  gboolean is_there = TRUE;
  gboolean is_done = setting ? look_up_key (workspace, purpose, key, &is_there, error)
                             : make_key (workspace, purpose, key, error);
  if (is_done && !is_there)
    is_done = set_missing (workspace, purpose, error);
  return aisle_workspace_end (workspace, is_done, error);
}

static gboolean
check_fingerprint (AisleWorkspace *workspace,
                   AisleKeyPurpose purpose,
                   const guint8 key[AISLE_KEY_SIZE],
                   const char *wanted,
                   GError **error)
{
  g_autofree char *fingerprint = aisle_keys_fingerprint (key);
  if (strcmp (fingerprint, wanted) == 0)
    return TRUE;
  g_set_error (
      error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
      "%s: the %s on this computer is not the one this workspace was made with; bring the right "
      "one with “aislectl key restore FILE”; nothing was changed",
      aisle_workspace_get_path (workspace), facts[purpose].people);
  return FALSE;
}

const guint8 *
aisle_keys_get (AisleWorkspace *workspace, AisleKeyPurpose purpose, GError **error)
{
  KeyRing *ring = get_ring (workspace);
  /* Read each time: the transaction that wrote it may have been undone. */
  g_autofree char *wanted = aisle_workspace_get_setting (workspace, facts[purpose].setting);
  if (wanted && g_strcmp0 (ring->fingerprint[purpose], wanted) == 0)
    return ring->key[purpose];
  guint8 key[AISLE_KEY_SIZE];
  gboolean is_there = TRUE;
  gboolean is_done = wanted ? look_up_key (workspace, purpose, key, &is_there, error)
                            : make_key_in_transaction (workspace, purpose, key, error);
  if (is_done && !is_there)
    is_done = set_missing (workspace, purpose, error);
  if (is_done && wanted)
    is_done = check_fingerprint (workspace, purpose, key, wanted, error);
  if (is_done)
    {
      g_free (ring->fingerprint[purpose]);
      ring->fingerprint[purpose] = aisle_keys_fingerprint (key);
      memcpy (ring->key[purpose], key, sizeof key);
    }
  gnutls_memset (key, 0, sizeof key);
  return is_done ? ring->key[purpose] : NULL;
}

AislePseudonymizer *
aisle_pseudonymizer_new (AisleWorkspace *workspace, AisleKeyPurpose purpose, GError **error)
{
  g_return_val_if_fail (purpose < AISLE_N_KEYS, NULL);

  const guint8 *key = aisle_keys_get (workspace, purpose, error);
  if (!key)
    return NULL;
  gnutls_hmac_hd_t hmac;
  int code = gnutls_hmac_init (&hmac, GNUTLS_MAC_SHA256, key, AISLE_KEY_SIZE);
  if (code != 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
                   "pseudonyms cannot be made on this computer: %s", gnutls_strerror (code));
      return NULL;
    }
  AislePseudonymizer *pseudonymizer = g_new0 (AislePseudonymizer, 1);
  pseudonymizer->hmac = hmac;
  pseudonymizer->key_id = g_strndup (get_ring (workspace)->fingerprint[purpose], 8);
  return pseudonymizer;
}

void
aisle_pseudonymizer_free (AislePseudonymizer *pseudonymizer)
{
  if (!pseudonymizer)
    return;
  gnutls_hmac_deinit (pseudonymizer->hmac, NULL);
  g_free (pseudonymizer->key_id);
  g_free (pseudonymizer);
}

const char *
aisle_pseudonymizer_get_key_id (AislePseudonymizer *pseudonymizer)
{
  return pseudonymizer->key_id;
}

/* The digits, with + for an international number: "0044 20-7946" and "+44207946" are one. */
static gsize
normalize_phone (const char *value, gsize length, char *out)
{
  gsize n = 0;
  gboolean is_international = length > 0 && value[0] == '+';
  if (length > 2 && value[0] == '0' && value[1] == '0')
    {
      is_international = TRUE;
      value += 2;
      length -= 2;
    }
  if (is_international)
    out[n++] = '+';
  for (gsize i = 0; i < length; i++)
    if (g_ascii_isdigit (value[i]))
      out[n++] = value[i];
  return n;
}

static void
update_normalized (gnutls_hmac_hd_t hmac, const char *kind, const char *value, gsize length)
{
  while (length > 0 && g_ascii_isspace (value[0]))
    {
      value++;
      length--;
    }
  while (length > 0 && g_ascii_isspace (value[length - 1]))
    length--;
  gboolean is_phone = strcmp (kind, "phone") == 0;
  if (!is_phone && strcmp (kind, "email") != 0)
    {
      gnutls_hmac (hmac, value, length);
      return;
    }
  char buffer[256];
  g_autofree char *big = length + 1 > sizeof buffer ? g_malloc (length + 1) : NULL;
  char *out = big ? big : buffer;
  if (is_phone)
    {
      gnutls_hmac (hmac, out, normalize_phone (value, length, out));
      return;
    }
  gboolean is_ascii = TRUE;
  for (gsize i = 0; i < length; i++)
    {
      out[i] = g_ascii_tolower (value[i]);
      is_ascii = is_ascii && (guchar) value[i] < 0x80;
    }
  if (is_ascii || !g_utf8_validate (value, (gssize) length, NULL))
    {
      gnutls_hmac (hmac, out, length);
      return;
    }
  g_autofree char *composed = g_utf8_normalize (value, (gssize) length, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = g_utf8_casefold (composed, -1);
  gnutls_hmac (hmac, folded, strlen (folded));
}

void
aisle_pseudonym (AislePseudonymizer *pseudonymizer,
                 const char *kind,
                 const char *value,
                 gsize length,
                 guint8 pseudonym[AISLE_PSEUDONYM_SIZE])
{
  guint8 mac[32];
  gnutls_hmac (pseudonymizer->hmac, kind, strlen (kind));
  gnutls_hmac (pseudonymizer->hmac, "|", 1);
  update_normalized (pseudonymizer->hmac, kind, value, length);
  gnutls_hmac_output (pseudonymizer->hmac, mac); /* and starts anew under the same key */
  memcpy (pseudonym, mac, AISLE_PSEUDONYM_SIZE);
}
