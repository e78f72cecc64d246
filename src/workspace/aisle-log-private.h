/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-keys-private.h"
#include "aisle-log.h"

#define AISLE_LOG_DIGEST_SIZE 32

/* The end of the log, as table log_head keeps it. seq 0: an empty log. */
typedef struct
{
  gint64 seq;
  char *branch; /* "", or made by a restore: a restored copy goes its own way from there */
  guint8 chain[AISLE_LOG_DIGEST_SIZE];
  guint8 mac[AISLE_LOG_DIGEST_SIZE];
} AisleLogHead;

void aisle_log_head_clear (AisleLogHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleLogHead, aisle_log_head_clear)

gboolean aisle_log_head_read (AisleWorkspace *workspace, AisleLogHead *head, GError **error);
/* Over everything in `head` but its mac. */
void aisle_log_head_mac (const AisleLogHead *head,
                         const guint8 key[AISLE_KEY_SIZE],
                         guint8 mac[AISLE_LOG_DIGEST_SIZE]);

/* What the chain begins with: a digest of the workspace's id, so that no log fits another
 * workspace. */
gboolean
aisle_log_seed (AisleWorkspace *workspace, guint8 chain[AISLE_LOG_DIGEST_SIZE], GError **error);
/* `chain`: of the entry before, becomes that of this one. */
void aisle_log_extend (guint8 chain[AISLE_LOG_DIGEST_SIZE],
                       const AisleLogEntry *entry,
                       const guint8 payload_digest[AISLE_LOG_DIGEST_SIZE]);
void aisle_log_digest_payload (const guint8 salt[16],
                               const char *payload,
                               gsize length,
                               guint8 digest[AISLE_LOG_DIGEST_SIZE]);

/* A restored copy gets a branch of its own, noted as an entry, in the caller's transaction. */
gboolean aisle_log_start_branch (AisleWorkspace *workspace,
                                 gint64 person_id,
                                 const char *payload,
                                 GError **error);

/* A note of the log's end in a file outside the workspace, one a day. */
typedef struct
{
  gint64 seq;
  gint64 at;
  guint8 chain[AISLE_LOG_DIGEST_SIZE];
  gboolean is_genuine; /* its MAC is right */
  char day[11];        /* the file's name */
} AisleLogAnchor;

/* After a commit: notes the end of the log. Whatever goes wrong is left to aisle_log_verify() to
 * tell. */
void aisle_log_anchor_write (AisleWorkspace *workspace);
/* All notes of this workspace and branch, by day; free with g_array_unref(). */
GArray *aisle_log_anchor_read_all (AisleWorkspace *workspace,
                                   const char *branch,
                                   const guint8 key[AISLE_KEY_SIZE]);
