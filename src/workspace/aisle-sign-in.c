/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-staff-private.h"

#include "aisle-log.h"
#include "aisle-statement-private.h"

#include <crypt.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define FAILURES_BEFORE_LOCK 5
#define LOCK_SECONDS 60
#define HASH_PREFIX "$y$" /* yescrypt, see crypt(5) */

/* In one form however it was typed. NULL where it is no secret that anybody can have. */
static char *
normalize_secret (const char *secret)
{
  if (!g_utf8_validate (secret, -1, NULL) || strlen (secret) > AISLE_SECRET_MAX_LENGTH)
    return NULL;
  char *normal = g_utf8_normalize (secret, -1, G_NORMALIZE_NFC);
  if (strlen (normal) < CRYPT_MAX_PASSPHRASE_SIZE)
    return normal;
  gnutls_memset (normal, 0, strlen (normal));
  g_free (normal);
  return NULL;
}

static void
wipe (char *text)
{
  gnutls_memset (text, 0, strlen (text));
  g_free (text);
}

/* crypt() of `normal` under `setting`, NULL where that fails. */
static char *
compute_hash (const char *normal, const char *setting)
{
  struct crypt_data *data = g_new0 (struct crypt_data, 1);
  const char *hash = crypt_r (normal, setting, data);
  char *result = hash && hash[0] != '*' ? g_strdup (hash) : NULL;
  gnutls_memset (data, 0, sizeof *data);
  g_free (data);
  return result;
}

static char *
make_hash (const char *normal)
{
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (!crypt_gensalt_rn (HASH_PREFIX, 0, NULL, 0, setting, sizeof setting))
    return NULL;
  return compute_hash (normal, setting);
}

char *
aisle_staff_hash_secret (const char *secret, GError **error)
{
  char *normal = normalize_secret (secret);
  if (!normal || g_utf8_strlen (normal, -1) < AISLE_SECRET_MIN_LENGTH)
    {
      g_clear_pointer (&normal, wipe);
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
                   "a secret needs at least %d characters, and at most %d bytes of UTF-8 text",
                   AISLE_SECRET_MIN_LENGTH, AISLE_SECRET_MAX_LENGTH - 1);
      return NULL;
    }
  char *hash = make_hash (normal);
  wipe (normal);
  if (!hash)
    g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_FAILED,
                 "this computer's libcrypt has no yescrypt; install a newer libcrypt");
  return hash;
}

static gboolean
is_right (const char *secret, const char *hash)
{
  char *normal = normalize_secret (secret);
  g_autofree char *ours = compute_hash (normal ? normal : "", hash);
  gboolean is_equal = normal && ours && strlen (ours) == strlen (hash)
                      && gnutls_memcmp (ours, hash, strlen (hash)) == 0;
  g_clear_pointer (&normal, wipe);
  return is_equal;
}

static void
set_wrong (GError **error)
{
  g_set_error (
      error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_WRONG_SECRET,
      "this name and secret do not belong together; after %d wrong ones a person is locked for "
      "a minute",
      FAILURES_BEFORE_LOCK);
}

typedef struct
{
  gint64 id; /* 0: nobody of that name, or not active */
  char *hash;
  gint64 failures;
  gint64 locked_until_at;
} Candidate;

static void
candidate_clear (Candidate *candidate)
{
  g_clear_pointer (&candidate->hash, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Candidate, candidate_clear)

/* By `name`, or where it is NULL by `id`. */
static gboolean
read_candidate (AisleWorkspace *workspace,
                const char *name,
                gint64 id,
                Candidate *candidate,
                GError **error)
{
  AisleStatement *statement =
      aisle_statement (workspace,
                       "SELECT id, secret_hash, failures, locked_until_at FROM person "
                       "WHERE is_active = 1 AND (name = ?1 OR id = ?2)",
                       error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, name);
  aisle_bind_int64_or_null (statement, 2, id, 0);
  int row = aisle_step (statement, error);
  if (row != 1)
    return row == 0;
  candidate->id = aisle_column_int64 (statement, 0);
  candidate->hash = g_strdup (aisle_column_text (statement, 1));
  candidate->failures = aisle_column_int64 (statement, 2);
  candidate->locked_until_at = aisle_column_int64 (statement, 3);
  aisle_statement_reset (statement);
  return TRUE;
}

static gboolean
write_counters (AisleWorkspace *workspace,
                gint64 id,
                gint64 failures,
                gint64 locked,
                GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace, "UPDATE person SET failures = ?2, locked_until_at = ?3 WHERE id = ?1", error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, id);
  aisle_bind_int64 (statement, 2, failures);
  aisle_bind_int64 (statement, 3, locked);
  return aisle_run (statement, error);
}

/* A lock further ahead than we ever set one comes from a clock that was put back. */
static gboolean
is_locked (const Candidate *candidate, gint64 now)
{
  return candidate->locked_until_at > now && candidate->locked_until_at <= now + LOCK_SECONDS;
}

/* Counts the attempt as a failure before it is tried, so that attempts of several processes at once
 * count together and an attempt that is killed counts too. */
static gboolean
count_attempt (AisleWorkspace *workspace,
               const char *name,
               gint64 id,
               Candidate *candidate,
               GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  if (!read_candidate (workspace, name, id, candidate, error))
    return FALSE;
  if (candidate->id == 0)
    return TRUE;
  if (is_locked (candidate, now))
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_LOCKED,
                   "too many wrong secrets; try again in %d seconds",
                   (int) (candidate->locked_until_at - now));
      return FALSE;
    }
  gint64 failures = (candidate->locked_until_at != 0 ? 0 : candidate->failures) + 1;
  gint64 locked = failures >= FAILURES_BEFORE_LOCK ? now + LOCK_SECONDS : 0;
  return write_counters (workspace, candidate->id, failures, locked, error);
}

static gboolean
is_last_attempt (AisleWorkspace *workspace, gint64 id)
{
  Candidate now = { 0 };
  gboolean is_last = read_candidate (workspace, NULL, id, &now, NULL) && now.locked_until_at != 0;
  candidate_clear (&now);
  return is_last;
}

/* The log tells of a lock; where the log itself is not sound the lock holds all the same. */
static void
log_lock (AisleWorkspace *workspace, gint64 id)
{
  if (!is_last_attempt (workspace, id) || !aisle_workspace_begin (workspace, NULL))
    return;
  g_autofree char *object = g_strdup_printf ("person %" G_GINT64_FORMAT, id);
  if (aisle_log_append (workspace, 0, "staff.lock", object, NULL, NULL))
    aisle_workspace_commit (workspace, NULL);
  else
    aisle_workspace_rollback (workspace);
}

/* The id of the person, 0 and an error otherwise. */
static gint64
check_secret (AisleWorkspace *workspace,
              const char *name,
              gint64 id,
              const char *secret,
              GError **error)
{
  g_auto (Candidate) candidate = { 0 };
  if (!aisle_workspace_begin (workspace, error))
    return 0;
  gboolean is_counted = count_attempt (workspace, name, id, &candidate, error);
  if (!aisle_workspace_end (workspace, is_counted, error))
    return 0;
  if (candidate.id == 0)
    {
      /* As much work as for somebody who is here. */
      char *normal = normalize_secret (secret);
      g_autofree char *hash = make_hash (normal ? normal : "");
      g_clear_pointer (&normal, wipe);
      set_wrong (error);
      return 0;
    }
  if (!is_right (secret, candidate.hash))
    {
      log_lock (workspace, candidate.id);
      set_wrong (error);
      return 0;
    }
  if (!aisle_workspace_begin (workspace, error))
    return 0;
  gboolean is_reset = write_counters (workspace, candidate.id, 0, 0, error);
  return aisle_workspace_end (workspace, is_reset, error) ? candidate.id : 0;
}

AislePerson *
aisle_staff_sign_in (AisleWorkspace *workspace,
                     const char *name,
                     const char *secret,
                     GError **error)
{
  g_return_val_if_fail (!aisle_workspace_in_transaction (workspace), NULL);
  g_return_val_if_fail (name != NULL && secret != NULL, NULL);

  gint64 id = check_secret (workspace, name, 0, secret, error);
  return id != 0 ? aisle_staff_get (workspace, id, error) : NULL;
}

gboolean
aisle_staff_check_secret (AisleWorkspace *workspace,
                          gint64 person_id,
                          const char *secret,
                          GError **error)
{
  g_return_val_if_fail (!aisle_workspace_in_transaction (workspace), FALSE);
  g_return_val_if_fail (secret != NULL, FALSE);

  return check_secret (workspace, NULL, person_id, secret, error) != 0;
}
