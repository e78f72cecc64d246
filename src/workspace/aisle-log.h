/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* The log: who did what, when, to what. Entries chain over salted digests of their payloads, so
 * that a payload may be erased without breaking the chain; the last entry is authenticated with the
 * log's key, which lies outside the workspace, and noted in a file elsewhere (an anchor) after each
 * commit. */

/* Writes one entry inside the caller's transaction. `person_id` 0: automatic. `action` is a short
 * word such as "change.approve" (at most 60 characters), `object` what it was done to ("change 41",
 * "store DE"). `payload` is a JSON object (before, after, reason, counts; never a secret, never a
 * customer's own value) or NULL. Fails with AISLE_WORKSPACE_ERROR_DAMAGED where the log was changed
 * by somebody else than Aisle, so that a forged log is not authenticated, and with
 * AISLE_WORKSPACE_ERROR_KEY where the log's key is not on this computer. The caller then rolls
 * back. */
gboolean aisle_log_append (AisleWorkspace *workspace,
                           gint64 person_id,
                           const char *action,
                           const char *object,
                           const char *payload,
                           GError **error);

/* Takes the payload of an entry away and notes that in a new entry, in the caller's transaction. */
gboolean aisle_log_erase_payload (AisleWorkspace *workspace,
                                  gint64 seq,
                                  gint64 person_id,
                                  const char *reason,
                                  GError **error);

typedef struct
{
  gint64 seq;
  gint64 at;          /* UTC seconds */
  gint64 person_id;   /* 0: automatic */
  const char *person; /* "automatic" where there is none */
  const char *action;
  const char *object;
  const char *payload; /* JSON; NULL: erased */
} AisleLogEntry;

/* Calls `each` for the entries at or after `since` (UTC seconds; G_MININT64: all), oldest first;
 * strings live until it returns. FALSE from `each` ends the walk without an error. */
typedef gboolean (*AisleLogFunc) (const AisleLogEntry *entry, gpointer data);
gboolean aisle_log_each (AisleWorkspace *workspace,
                         gint64 since,
                         AisleLogFunc each,
                         gpointer data,
                         GError **error);

typedef struct
{
  gboolean ok;
  gint64 entries;        /* in the file */
  gint64 erased;         /* of these, without their payload, each with a note that says so */
  gint64 first_broken;   /* seq of the first entry that is changed, missing or cut off; 0: none */
  gint64 anchored_up_to; /* the last entry that a file elsewhere vouches for; 0: none */
  gint64 anchored_at;    /* when that was written, UTC seconds */
  char *sentence;        /* what was found, for people */
} AisleLogVerdict;

void aisle_log_verdict_clear (AisleLogVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleLogVerdict, aisle_log_verdict_clear)

/* Walks the whole log and the anchors. FALSE only where it could not be read at all; a log that
 * does not verify is TRUE with `verdict->ok` FALSE. `verdict` need not be initialised. */
gboolean aisle_log_verify (AisleWorkspace *workspace, AisleLogVerdict *verdict, GError **error);
