/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-log-private.h"

#include "aisle-statement-private.h"

#include <string.h>

#define DIGITS G_GINT64_FORMAT

/* The walk through the log, and the first thing wrong with it. */
typedef struct
{
  AisleLogVerdict *verdict;
  guint8 chain[AISLE_LOG_DIGEST_SIZE]; /* of the last entry walked */
  gint64 last;
  GArray *anchors;
  guint next_anchor;
  GHashTable
      *bare; /* seq (gint64) of entries without a payload and, so far, without a note of that */
} Walk;

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->anchors, g_array_unref);
  g_clear_pointer (&walk->bare, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

void
aisle_log_verdict_clear (AisleLogVerdict *verdict)
{
  g_clear_pointer (&verdict->sentence, g_free);
}

/* The first entry that is broken counts; of several findings about it, the first said. */
static void G_GNUC_PRINTF (3, 4)
    report_broken (AisleLogVerdict *verdict, gint64 seq, const char *format, ...)
{
  if (!verdict->ok && verdict->first_broken != 0 && verdict->first_broken <= seq)
    return;
  va_list arguments;
  va_start (arguments, format);
  g_free (verdict->sentence);
  verdict->sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  verdict->ok = FALSE;
  verdict->first_broken = seq;
}

static int
compare_seq (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const AisleLogAnchor *) a)->seq, y = ((const AisleLogAnchor *) b)->seq;
  return x < y ? -1 : x > y;
}

static void
check_anchors_here (Walk *walk)
{
  while (walk->next_anchor < walk->anchors->len)
    {
      const AisleLogAnchor *anchor =
          &g_array_index (walk->anchors, AisleLogAnchor, walk->next_anchor);
      if (anchor->seq > walk->last)
        return;
      walk->next_anchor++;
      if (!anchor->is_genuine)
        continue;
      if (memcmp (anchor->chain, walk->chain, sizeof walk->chain) != 0 || anchor->seq != walk->last)
        report_broken (walk->verdict, walk->verdict->anchored_up_to + 1,
                       "the log is not the one noted on %s: something between entry %" DIGITS
                       " and entry %" DIGITS " was written anew",
                       anchor->day, walk->verdict->anchored_up_to + 1, anchor->seq);
      else if (walk->verdict->ok)
        {
          walk->verdict->anchored_up_to = anchor->seq;
          walk->verdict->anchored_at = anchor->at;
        }
    }
}

static void
note_erasure (Walk *walk, const AisleLogEntry *entry)
{
  if (strcmp (entry->action, "log.erase") != 0 || !g_str_has_prefix (entry->object, "entry "))
    return;
  gint64 seq = g_ascii_strtoll (entry->object + strlen ("entry "), NULL, 10);
  if (g_hash_table_remove (walk->bare, &seq))
    walk->verdict->erased++;
}

static void
check_payload (Walk *walk, AisleStatement *statement, gint64 seq, const guint8 *expected)
{
  if (aisle_column_is_null (statement, 7))
    {
      g_hash_table_add (walk->bare, g_memdup2 (&seq, sizeof seq));
      return;
    }
  gsize salt_size, size;
  gconstpointer salt = aisle_column_blob (statement, 7, &salt_size);
  gconstpointer payload = aisle_column_blob (statement, 8, &size);
  guint8 digest[AISLE_LOG_DIGEST_SIZE] = { 0 };
  if (salt_size == 16)
    aisle_log_digest_payload (salt, payload, size, digest);
  if (memcmp (digest, expected, sizeof digest) != 0)
    report_broken (walk->verdict, seq,
                   "what entry %" DIGITS " says was changed after it was written", seq);
}

static void
walk_entry (Walk *walk, AisleStatement *statement)
{
  AisleLogEntry entry = { .seq = aisle_column_int64 (statement, 0),
                          .at = aisle_column_int64 (statement, 1),
                          .person_id = aisle_column_int64 (statement, 2),
                          .action = aisle_column_text (statement, 3),
                          .object = aisle_column_text (statement, 4) };
  gsize digest_size, chain_size;
  const guint8 *digest = aisle_column_blob (statement, 5, &digest_size);
  const guint8 *chain = aisle_column_blob (statement, 6, &chain_size);
  if (digest_size != AISLE_LOG_DIGEST_SIZE || chain_size != AISLE_LOG_DIGEST_SIZE)
    {
      report_broken (walk->verdict, entry.seq, "entry %" DIGITS " was changed", entry.seq);
      return;
    }
  if (entry.seq == walk->last + 2)
    report_broken (walk->verdict, walk->last + 1, "entry %" DIGITS " is missing", walk->last + 1);
  else if (entry.seq != walk->last + 1)
    report_broken (walk->verdict, walk->last + 1, "entries %" DIGITS " to %" DIGITS " are missing",
                   walk->last + 1, entry.seq - 1);
  aisle_log_extend (walk->chain, &entry, digest);
  if (memcmp (walk->chain, chain, sizeof walk->chain) != 0)
    report_broken (walk->verdict, entry.seq,
                   "entry %" DIGITS " was changed, or does not follow from the one before",
                   entry.seq);
  /* Go on from what stands there, so that one change is one finding. */
  memcpy (walk->chain, chain, sizeof walk->chain);
  walk->last = entry.seq;
  walk->verdict->entries++;
  check_payload (walk, statement, entry.seq, digest);
  note_erasure (walk, &entry);
  check_anchors_here (walk);
}

static gboolean
walk_all (Walk *walk, AisleWorkspace *workspace, GError **error)
{
  AisleStatement *statement = aisle_statement (
      workspace,
      "SELECT e.seq, e.at, ifnull (e.person_id, 0), e.action, e.object, e.payload_digest, e.chain, "
      "p.salt, p.payload FROM log_entry AS e LEFT JOIN log_payload AS p ON p.seq = e.seq ORDER BY "
      "e.seq",
      error);
  if (!statement)
    return FALSE;
  int row;
  while ((row = aisle_step (statement, error)) == 1)
    walk_entry (walk, statement);
  return row == 0;
}

static void
check_bare (Walk *walk)
{
  gint64 first = 0;
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, walk->bare);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (first == 0 || *(gint64 *) key < first)
      first = *(gint64 *) key;
  if (first != 0)
    report_broken (walk->verdict, first,
                   "what entry %" DIGITS " says was removed without a note of it", first);
}

static void
check_head (Walk *walk, const AisleLogHead *head, const guint8 *key)
{
  guint8 mac[AISLE_LOG_DIGEST_SIZE];
  if (head->seq > walk->last)
    report_broken (walk->verdict, walk->last + 1,
                   "the log is cut off after entry %" DIGITS "; it had %" DIGITS " entries",
                   walk->last, head->seq);
  else if (head->seq < walk->last)
    report_broken (walk->verdict, head->seq + 1,
                   "entry %" DIGITS " and those after it were not written by Aisle", head->seq + 1);
  else if (head->seq != 0 && memcmp (head->chain, walk->chain, sizeof walk->chain) != 0)
    report_broken (walk->verdict, walk->last, "the end of the log was changed (entry %" DIGITS ")",
                   walk->last);
  if (!key || head->seq == 0)
    return;
  aisle_log_head_mac (head, key, mac);
  if (memcmp (mac, head->mac, sizeof mac) != 0)
    report_broken (walk->verdict, MAX (walk->verdict->anchored_up_to + 1, 1),
                   "the end of the log is not authentic: entries after number %" DIGITS
                   " may have been written anew",
                   walk->verdict->anchored_up_to);
}

static void
check_later_anchors (Walk *walk)
{
  for (guint i = walk->next_anchor; i < walk->anchors->len; i++)
    {
      const AisleLogAnchor *anchor = &g_array_index (walk->anchors, AisleLogAnchor, i);
      if (anchor->is_genuine)
        report_broken (walk->verdict, walk->last + 1,
                       "the log ends with entry %" DIGITS ", but on %s it had %" DIGITS
                       ": its end was cut off, or the file is an older copy",
                       walk->last, anchor->day, anchor->seq);
    }
  for (guint i = 0; i < walk->anchors->len && walk->verdict->ok; i++)
    {
      const AisleLogAnchor *anchor = &g_array_index (walk->anchors, AisleLogAnchor, i);
      if (anchor->is_genuine)
        continue;
      walk->verdict->ok = FALSE;
      walk->verdict->sentence = g_strdup_printf (
          "the note of the log's end of %s, outside the workspace, was changed", anchor->day);
    }
}

static void
check_orphans (Walk *walk, AisleWorkspace *workspace)
{
  AisleStatement *statement = aisle_statement (
      workspace, "SELECT min (seq) FROM log_payload WHERE seq NOT IN (SELECT seq FROM log_entry)",
      NULL);
  if (!statement || aisle_step (statement, NULL) != 1)
    return;
  if (!aisle_column_is_null (statement, 0))
    {
      gint64 seq = aisle_column_int64 (statement, 0);
      report_broken (walk->verdict, seq, "entry %" DIGITS " is missing", seq);
    }
  aisle_statement_reset (statement);
}

static void
say_good (AisleLogVerdict *verdict, const AisleLogHead *head)
{
  GString *text = g_string_new (NULL);
  if (verdict->entries == 0)
    g_string_append (text, "the log is empty");
  else
    g_string_append_printf (text, "all %" DIGITS " entries are as they were written",
                            verdict->entries);
  if (verdict->erased > 0)
    g_string_append_printf (text, "; the payload of %" DIGITS " of them was erased, as noted",
                            verdict->erased);
  if (verdict->anchored_up_to > 0)
    {
      g_autofree char *at = aisle_instant_format_iso (verdict->anchored_at);
      g_string_append_printf (
          text, "; up to entry %" DIGITS " a note outside the workspace says so too (%s)",
          verdict->anchored_up_to, at);
    }
  else if (verdict->entries > 0)
    g_string_append (
        text, "; there was no note of it outside the workspace yet, and from now on there is");
  if (*head->branch)
    g_string_append (text, "; this is a restored copy");
  verdict->sentence = g_string_free (text, FALSE);
}

static gboolean
verify_in_snapshot (AisleWorkspace *workspace, Walk *walk, const guint8 *key, GError **error)
{
  g_auto (AisleLogHead) head = { 0 };
  if (!aisle_log_seed (workspace, walk->chain, error)
      || !aisle_log_head_read (workspace, &head, error) || !walk_all (walk, workspace, error))
    return FALSE;
  check_head (walk, &head, key);
  check_later_anchors (walk);
  check_bare (walk);
  check_orphans (walk, workspace);
  if (walk->verdict->ok)
    say_good (walk->verdict, &head);
  return TRUE;
}

/* NULL: there is no key yet, or none here; the latter is a finding. */
static const guint8 *
find_key (AisleWorkspace *workspace, AisleLogVerdict *verdict)
{
  g_autofree char *setting =
      aisle_workspace_get_setting (workspace, aisle_keys_setting (AISLE_KEY_LOG));
  g_autoptr (GError) error = NULL;
  g_auto (AisleLogHead) head = { 0 };
  if (!setting && aisle_log_head_read (workspace, &head, NULL) && head.seq == 0)
    return NULL;
  const guint8 *key = aisle_keys_get (workspace, AISLE_KEY_LOG, &error);
  if (!key)
    {
      verdict->ok = FALSE;
      verdict->sentence =
          g_strdup_printf ("whether the log is authentic cannot be told: %s", error->message);
    }
  return key;
}

gboolean
aisle_log_verify (AisleWorkspace *workspace, AisleLogVerdict *verdict, GError **error)
{
  g_return_val_if_fail (workspace != NULL && verdict != NULL, FALSE);

  memset (verdict, 0, sizeof *verdict);
  verdict->ok = TRUE;
  g_auto (Walk) walk = { .verdict = verdict };
  walk.bare = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  const guint8 *key = find_key (workspace, verdict);
  g_auto (AisleLogHead) head = { 0 };
  if (!aisle_log_head_read (workspace, &head, error))
    return FALSE;
  /* Notes before the snapshot: somebody may write to the log meanwhile. */
  walk.anchors = key ? aisle_log_anchor_read_all (workspace, head.branch, key)
                     : g_array_new (FALSE, FALSE, sizeof (AisleLogAnchor));
  g_array_sort (walk.anchors, compare_seq);
  gboolean is_ours = !aisle_workspace_in_transaction (workspace);
  if (is_ours && !aisle_execute (workspace, "BEGIN", error))
    return FALSE;
  gboolean is_done = verify_in_snapshot (workspace, &walk, key, error);
  if (is_ours)
    aisle_workspace_rollback (workspace);
  /* A file that came here by another way than Aisle's: what is sound now is noted. */
  if (is_done && is_ours && verdict->ok && verdict->anchored_up_to == 0)
    aisle_log_anchor_write (workspace);
  return is_done;
}
