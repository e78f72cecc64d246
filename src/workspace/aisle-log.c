/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-log-private.h"

#include "aisle-statement-private.h"
#include "aisle-workspace-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define ACTION_MAX_LENGTH 60
#define SALT_SIZE 16

/* Chain and MAC follow the scheme of B. Schneier and J. Kelsey, "Secure audit logs to support
 * computer forensics" (1999), without their evolving key: the key lies in the keyring, not with the
 * log. */

static void
put_uint64 (GChecksum *checksum, guint64 value)
{
  guint64 wire = GUINT64_TO_BE (value);
  g_checksum_update (checksum, (const guchar *) &wire, sizeof wire);
}

static void
put_text (GChecksum *checksum, const char *text)
{
  gsize length = strlen (text);
  put_uint64 (checksum, length);
  g_checksum_update (checksum, (const guchar *) text, (gssize) length);
}

static void
finish_digest (GChecksum *checksum, guint8 digest[AISLE_LOG_DIGEST_SIZE])
{
  gsize size = AISLE_LOG_DIGEST_SIZE;
  g_checksum_get_digest (checksum, digest, &size);
}

void
aisle_log_extend (guint8 chain[AISLE_LOG_DIGEST_SIZE],
                  const AisleLogEntry *entry,
                  const guint8 payload_digest[AISLE_LOG_DIGEST_SIZE])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, chain, AISLE_LOG_DIGEST_SIZE);
  put_uint64 (checksum, (guint64) entry->seq);
  put_uint64 (checksum, (guint64) entry->at);
  put_uint64 (checksum, (guint64) entry->person_id);
  put_text (checksum, entry->action);
  put_text (checksum, entry->object);
  g_checksum_update (checksum, payload_digest, AISLE_LOG_DIGEST_SIZE);
  finish_digest (checksum, chain);
}

void
aisle_log_digest_payload (const guint8 salt[SALT_SIZE],
                          const char *payload,
                          gsize length,
                          guint8 digest[AISLE_LOG_DIGEST_SIZE])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, salt, SALT_SIZE);
  g_checksum_update (checksum, (const guchar *) payload, (gssize) length);
  finish_digest (checksum, digest);
}

gboolean
aisle_log_seed (AisleWorkspace *workspace, guint8 chain[AISLE_LOG_DIGEST_SIZE], GError **error)
{
  g_autofree char *id = aisle_workspace_get_setting (workspace, "workspace_id");
  if (!id)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
                   "%s: the workspace's own name is missing; restore a backup",
                   aisle_workspace_get_path (workspace));
      return FALSE;
    }
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  put_text (checksum, "aisle log 1");
  put_text (checksum, id);
  finish_digest (checksum, chain);
  return TRUE;
}

void
aisle_log_head_clear (AisleLogHead *head)
{
  g_clear_pointer (&head->branch, g_free);
}

static void
copy_digest (AisleStatement *statement, int column, guint8 digest[AISLE_LOG_DIGEST_SIZE])
{
  gsize size;
  gconstpointer data = aisle_column_blob (statement, column, &size);
  memset (digest, 0, AISLE_LOG_DIGEST_SIZE);
  if (size == AISLE_LOG_DIGEST_SIZE)
    memcpy (digest, data, size);
}

gboolean
aisle_log_head_read (AisleWorkspace *workspace, AisleLogHead *head, GError **error)
{
  memset (head, 0, sizeof *head);
  AisleStatement *statement = aisle_statement (
      workspace, "SELECT seq, branch, chain, mac FROM log_head WHERE id = 1", error);
  if (!statement)
    return FALSE;
  int row = aisle_step (statement, error);
  if (row < 0)
    return FALSE;
  if (row == 0)
    {
      head->branch = g_strdup ("");
      return TRUE;
    }
  head->seq = aisle_column_int64 (statement, 0);
  head->branch = g_strdup (aisle_column_text (statement, 1));
  copy_digest (statement, 2, head->chain);
  copy_digest (statement, 3, head->mac);
  aisle_statement_reset (statement);
  return TRUE;
}

void
aisle_log_head_mac (const AisleLogHead *head,
                    const guint8 key[AISLE_KEY_SIZE],
                    guint8 mac[AISLE_LOG_DIGEST_SIZE])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[AISLE_LOG_DIGEST_SIZE];
  put_text (checksum, "aisle log head 1");
  put_uint64 (checksum, (guint64) head->seq);
  put_text (checksum, head->branch);
  g_checksum_update (checksum, head->chain, AISLE_LOG_DIGEST_SIZE);
  finish_digest (checksum, digest);
  aisle_keys_mac (key, digest, sizeof digest, mac);
}

static gboolean
head_write (AisleWorkspace *workspace, AisleLogHead *head, const guint8 *key, GError **error)
{
  aisle_log_head_mac (head, key, head->mac);
  /* Not an upsert: the rules see its INSERT first and refuse it. */
  AisleStatement *statement =
      head->seq == 1
          ? aisle_statement (workspace,
                             "INSERT INTO log_head (id, seq, branch, chain, mac) "
                             "VALUES (1, ?1, ?2, ?3, ?4)",
                             error)
          : aisle_statement (workspace,
                             "UPDATE log_head SET seq = ?1, branch = ?2, chain = ?3, mac = ?4 "
                             "WHERE id = 1",
                             error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, head->seq);
  aisle_bind_text (statement, 2, head->branch);
  aisle_bind_blob (statement, 3, head->chain, sizeof head->chain);
  aisle_bind_blob (statement, 4, head->mac, sizeof head->mac);
  return aisle_run (statement, error);
}

static gboolean
set_damaged (AisleWorkspace *workspace, GError **error)
{
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_DAMAGED,
               "%s: the log was changed by something else than Aisle, so nothing more is written; "
               "“aislectl log verify” says where; restore a backup",
               aisle_workspace_get_path (workspace));
  return FALSE;
}

/* The head as it may be extended: authentic, and the last entry's. Else our own entry would vouch
 * for what somebody else wrote. */
static gboolean
head_read_genuine (AisleWorkspace *workspace, AisleLogHead *head, const guint8 *key, GError **error)
{
  if (!aisle_log_head_read (workspace, head, error))
    return FALSE;
  AisleStatement *statement = aisle_statement (
      workspace, "SELECT seq, chain FROM log_entry ORDER BY seq DESC LIMIT 1", error);
  int row = statement ? aisle_step (statement, error) : -1;
  if (row < 0)
    return FALSE;
  gint64 seq = 0;
  guint8 chain[AISLE_LOG_DIGEST_SIZE], mac[AISLE_LOG_DIGEST_SIZE];
  if (row == 1)
    {
      seq = aisle_column_int64 (statement, 0);
      copy_digest (statement, 1, chain);
      aisle_statement_reset (statement);
    }
  if (seq != head->seq)
    return set_damaged (workspace, error);
  if (seq == 0)
    return aisle_log_seed (workspace, head->chain, error);
  aisle_log_head_mac (head, key, mac);
  if (memcmp (chain, head->chain, sizeof chain) != 0 || memcmp (mac, head->mac, sizeof mac) != 0)
    return set_damaged (workspace, error);
  return TRUE;
}

static gboolean
check_entry (const char *action, const char *object, const char *payload, GError **error)
{
  g_autoptr (GError) local = NULL;
  const char *wrong = NULL;
  if (*action == '\0' || g_utf8_strlen (action, -1) > ACTION_MAX_LENGTH)
    wrong = "the action needs 1 to 60 characters";
  else if (!g_utf8_validate (object, -1, NULL))
    wrong = "the object is not UTF-8";
  else if (payload)
    {
      g_autoptr (JsonParser) parser = json_parser_new_immutable ();
      if (!json_parser_load_from_data (parser, payload, -1, &local))
        wrong = local->message;
      else if (!json_parser_get_root (parser)
               || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
        wrong = "the payload is not a JSON object";
    }
  if (!wrong)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_INVALID,
               "the log cannot take “%s”: %s", action, wrong);
  return FALSE;
}

static gboolean
insert_entry (AisleWorkspace *workspace,
              const AisleLogEntry *entry,
              const guint8 *digest,
              const guint8 *chain,
              GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "INSERT INTO log_entry (seq, at, person_id, action, object, payload_digest, chain) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, entry->seq);
  aisle_bind_int64 (statement, 2, entry->at);
  aisle_bind_int64_or_null (statement, 3, entry->person_id, 0);
  aisle_bind_text (statement, 4, entry->action);
  aisle_bind_text (statement, 5, entry->object);
  aisle_bind_blob (statement, 6, digest, AISLE_LOG_DIGEST_SIZE);
  aisle_bind_blob (statement, 7, chain, AISLE_LOG_DIGEST_SIZE);
  return aisle_run (statement, error);
}

static gboolean
insert_payload (AisleWorkspace *workspace,
                const AisleLogEntry *entry,
                const guint8 *salt,
                GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace, "INSERT INTO log_payload (seq, salt, payload) VALUES (?1, ?2, ?3)", error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, entry->seq);
  aisle_bind_blob (statement, 2, salt, SALT_SIZE);
  aisle_bind_text (statement, 3, entry->payload);
  return aisle_run (statement, error);
}

/* `branch` NULL: stays. */
static gboolean
append (AisleWorkspace *workspace, AisleLogEntry *entry, const char *branch, GError **error)
{
  if (!check_entry (entry->action, entry->object, entry->payload, error))
    return FALSE;
  const guint8 *key = aisle_keys_get (workspace, AISLE_KEY_LOG, error);
  if (!key)
    return FALSE;
  g_auto (AisleLogHead) head = { 0 };
  if (!head_read_genuine (workspace, &head, key, error))
    return FALSE;
  guint8 salt[SALT_SIZE], digest[AISLE_LOG_DIGEST_SIZE];
  entry->seq = ++head.seq;
  entry->at = g_get_real_time () / G_USEC_PER_SEC;
  if (!entry->payload)
    entry->payload = "{}";
  if (!aisle_keys_random (salt, sizeof salt, error))
    return FALSE;
  aisle_log_digest_payload (salt, entry->payload, strlen (entry->payload), digest);
  aisle_log_extend (head.chain, entry, digest);
  if (branch)
    {
      g_free (head.branch);
      head.branch = g_strdup (branch);
    }
  if (!insert_entry (workspace, entry, digest, head.chain, error)
      || !insert_payload (workspace, entry, salt, error)
      || !head_write (workspace, &head, key, error))
    return FALSE;
  aisle_workspace_set_logged (workspace);
  return TRUE;
}

gboolean
aisle_log_append (AisleWorkspace *workspace,
                  gint64 person_id,
                  const char *action,
                  const char *object,
                  const char *payload,
                  GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);
  g_return_val_if_fail (action != NULL && object != NULL, FALSE);

  AisleLogEntry entry = {
    .person_id = person_id, .action = action, .object = object, .payload = payload
  };
  return append (workspace, &entry, NULL, error);
}

gboolean
aisle_log_start_branch (AisleWorkspace *workspace,
                        gint64 person_id,
                        const char *payload,
                        GError **error)
{
  guint8 random[4];
  if (!aisle_keys_random (random, sizeof random, error))
    return FALSE;
  g_autofree char *branch = aisle_keys_to_hex (random, sizeof random);
  AisleLogEntry entry = {
    .person_id = person_id, .action = "workspace.restore", .object = "workspace", .payload = payload
  };
  return append (workspace, &entry, branch, error);
}

static char *
erasure_payload (const char *reason)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "reason");
  json_builder_add_string_value (builder, reason);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

gboolean
aisle_log_erase_payload (AisleWorkspace *workspace,
                         gint64 seq,
                         gint64 person_id,
                         const char *reason,
                         GError **error)
{
  g_return_val_if_fail (aisle_workspace_in_transaction (workspace), FALSE);
  g_return_val_if_fail (reason != NULL, FALSE);

  g_autofree char *object = g_strdup_printf ("entry %" G_GINT64_FORMAT, seq);
  g_autofree char *payload = erasure_payload (reason);
  AisleStatement *find =
      aisle_statement (workspace, "SELECT 1 FROM log_payload WHERE seq = ?1", error);
  if (!find)
    return FALSE;
  aisle_bind_int64 (find, 1, seq);
  int row = aisle_step (find, error);
  aisle_statement_reset (find);
  if (row < 0)
    return FALSE;
  if (row == 0)
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                   "the log has no entry %" G_GINT64_FORMAT " with a payload", seq);
      return FALSE;
    }
  /* The note comes first: without it the payload's trigger refuses. */
  if (!aisle_log_append (workspace, person_id, "log.erase", object, payload, error))
    return FALSE;
  AisleStatement *erase =
      aisle_statement (workspace, "DELETE FROM log_payload WHERE seq = ?1", error);
  if (!erase)
    return FALSE;
  aisle_bind_int64 (erase, 1, seq);
  return aisle_run (erase, error);
}

gboolean
aisle_log_each (AisleWorkspace *workspace,
                gint64 since,
                AisleLogFunc each,
                gpointer data,
                GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "SELECT e.seq, e.at, ifnull (e.person_id, 0), ifnull (p.name, 'automatic'), e.action, "
      "e.object, "
      "l.payload FROM log_entry AS e LEFT JOIN person AS p ON p.id = e.person_id "
      "LEFT JOIN log_payload AS l ON l.seq = e.seq WHERE e.at >= ?1 ORDER BY e.seq",
      error);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, since);
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    {
      AisleLogEntry entry = { .seq = aisle_column_int64 (statement, 0),
                              .at = aisle_column_int64 (statement, 1),
                              .person_id = aisle_column_int64 (statement, 2),
                              .person = aisle_column_text (statement, 3),
                              .action = aisle_column_text (statement, 4),
                              .object = aisle_column_text (statement, 5),
                              .payload = aisle_column_text (statement, 6) };
      if (!each (&entry, data))
        {
          aisle_statement_reset (statement);
          return TRUE;
        }
    }
  return row == 0;
}
