/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-log-private.h"

#include "aisle-statement-private.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* $XDG_STATE_HOME/aisle/anchors/WORKSPACE-ID[.BRANCH]/PLACE/YYYY-MM-DD, one line: seq, time, chain,
 * MAC. PLACE stands for the file's path: a plain copy of a workspace elsewhere makes notes of its
 * own, and neither makes the other look cut off; an older copy put in the file's place is still
 * found. */
#define PLACE_LENGTH 16

static char *
get_label (AisleWorkspace *workspace, const char *branch)
{
  g_autofree char *id = aisle_workspace_get_setting (workspace, "workspace_id");
  if (!id || !g_uuid_string_is_valid (id))
    return NULL;
  const char *path = aisle_workspace_get_path (workspace);
  g_autofree char *real = realpath (path, NULL);
  g_autofree char *place =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, real ? real : path, -1);
  return g_strdup_printf ("%s%s%s/%.*s", id, *branch ? "." : "", branch, PLACE_LENGTH, place);
}

static char *
get_folder (const char *label)
{
  return g_build_filename (g_get_user_state_dir (), "aisle", "anchors", label, NULL);
}

static void
compute_mac (const AisleLogAnchor *anchor, const char *label, const guint8 *key, guint8 mac[32])
{
  g_autofree char *chain = aisle_keys_to_hex (anchor->chain, sizeof anchor->chain);
  g_autofree char *text =
      g_strdup_printf ("aisle anchor 1|%s|%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%s", label,
                       anchor->day, anchor->seq, anchor->at, chain);
  aisle_keys_mac (key, text, strlen (text), mac);
}

/* FALSE where there is no such file, or an empty one as a power cut may leave. */
static gboolean
read_anchor (const char *label, const char *day, const guint8 *key, AisleLogAnchor *anchor)
{
  g_autofree char *folder = get_folder (label);
  g_autofree char *path = g_build_filename (folder, day, NULL);
  g_autofree char *text = NULL;
  memset (anchor, 0, sizeof *anchor);
  g_strlcpy (anchor->day, day, sizeof anchor->day);
  if (!g_file_get_contents (path, &text, NULL, NULL) || *text == '\0')
    return FALSE;
  g_auto (GStrv) fields = g_strsplit (g_strchomp (text), " ", -1);
  if (g_strv_length (fields) != 4)
    return TRUE;
  guint8 mac[32], expected[32];
  anchor->seq = g_ascii_strtoll (fields[0], NULL, 10);
  anchor->at = g_ascii_strtoll (fields[1], NULL, 10);
  if (!aisle_keys_from_hex (fields[2], anchor->chain) || !aisle_keys_from_hex (fields[3], mac))
    return TRUE;
  compute_mac (anchor, label, key, expected);
  anchor->is_genuine = memcmp (mac, expected, sizeof mac) == 0;
  return TRUE;
}

static void
write_anchor (const char *label, const AisleLogAnchor *anchor, const guint8 *key)
{
  g_autofree char *folder = get_folder (label);
  guint8 mac[32];
  compute_mac (anchor, label, key, mac);
  g_autofree char *chain_text = aisle_keys_to_hex (anchor->chain, sizeof anchor->chain);
  g_autofree char *mac_text = aisle_keys_to_hex (mac, sizeof mac);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s\n",
                                           anchor->seq, anchor->at, chain_text, mac_text);
  g_autofree char *path = g_build_filename (folder, anchor->day, NULL);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

/* TRUE where the log has that very entry: then a later note may take the place of this one. */
static gboolean
log_has (AisleWorkspace *workspace, const AisleLogAnchor *anchor)
{
  AisleStatement *statement =
      aisle_statement (workspace, "SELECT chain FROM log_entry WHERE seq = ?1", NULL);
  if (!statement)
    return FALSE;
  aisle_bind_int64 (statement, 1, anchor->seq);
  gboolean has = FALSE;
  if (aisle_step (statement, NULL) == 1)
    {
      gsize size;
      gconstpointer chain = aisle_column_blob (statement, 0, &size);
      has = size == sizeof anchor->chain && memcmp (chain, anchor->chain, size) == 0;
      aisle_statement_reset (statement);
    }
  return has;
}

void
aisle_log_anchor_write (AisleWorkspace *workspace)
{
  g_auto (AisleLogHead) head = { 0 };
  const guint8 *key = aisle_keys_get (workspace, AISLE_KEY_LOG, NULL);
  if (!key || !aisle_log_head_read (workspace, &head, NULL) || head.seq == 0)
    return;
  g_autofree char *label = get_label (workspace, head.branch);
  if (!label)
    return;
  g_autofree char *folder = get_folder (label);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return;
  int lock = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0)
    return;
  AisleLogAnchor anchor = { .seq = head.seq, .at = g_get_real_time () / G_USEC_PER_SEC };
  memcpy (anchor.chain, head.chain, sizeof anchor.chain);
  aisle_date_format_iso (aisle_date_from_utc_seconds (anchor.at), anchor.day);
  AisleLogAnchor before;
  flock (lock, LOCK_EX);
  /* A note that our log does not contain is evidence; it stays, and verify tells of it. */
  if (!read_anchor (label, anchor.day, key, &before)
      || (before.is_genuine && before.seq <= anchor.seq && log_has (workspace, &before)))
    write_anchor (label, &anchor, key);
  close (lock);
}

static int
compare_days (gconstpointer a, gconstpointer b)
{
  return strcmp (((const AisleLogAnchor *) a)->day, ((const AisleLogAnchor *) b)->day);
}

GArray *
aisle_log_anchor_read_all (AisleWorkspace *workspace,
                           const char *branch,
                           const guint8 key[AISLE_KEY_SIZE])
{
  GArray *anchors = g_array_new (FALSE, FALSE, sizeof (AisleLogAnchor));
  g_autofree char *label = get_label (workspace, branch);
  if (!label)
    return anchors;
  g_autofree char *folder = get_folder (label);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    {
      AisleLogAnchor anchor;
      if (aisle_date_parse_iso (name, -1) != AISLE_DATE_NONE
          && read_anchor (label, name, key, &anchor))
        g_array_append_val (anchors, anchor);
    }
  g_array_sort (anchors, compare_days);
  return anchors;
}
