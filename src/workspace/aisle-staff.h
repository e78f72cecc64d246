/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* People who work here: their roles, their stores, and their secrets (kept as yescrypt hashes). The
 * first person becomes admin; the second is added by the first; from then on a new person, new
 * roles, a new scope or a new secret is a request that somebody else confirms. The database
 * enforces the same. */

#define AISLE_SECRET_MIN_LENGTH 3   /* characters: short PINs are allowed, five failures lock */
#define AISLE_SECRET_MAX_LENGTH 512 /* bytes */

typedef struct
{
  gint64 id;
  char *name;
  guint roles;   /* a set of AisleRole */
  char **stores; /* codes of the stores the person is for; NULL: all stores */
  gboolean is_active;
  gint64 locked_until_at; /* UTC seconds; 0 or past: not locked */
} AislePerson;

void aisle_person_free (AislePerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AislePerson, aisle_person_free)

/* TRUE where the store is within the person's scope. */
gboolean aisle_person_covers_store (const AislePerson *person, const char *store_code);

/* AISLE_WORKSPACE_ERROR_NOT_FOUND where there is none. Deactivated people are found too. */
AislePerson *aisle_staff_find (AisleWorkspace *workspace, const char *name, GError **error);
AislePerson *aisle_staff_get (AisleWorkspace *workspace, gint64 person_id, GError **error);

/* All people by name, of AislePerson; free with g_ptr_array_unref(). */
GPtrArray *aisle_staff_list (AisleWorkspace *workspace, GError **error);

/* Name and secret belong together, the person is active and not locked: the person. Else
 * AISLE_WORKSPACE_ERROR_WRONG_SECRET (also for a name nobody has; both take the same time) or,
 * after five wrong secrets in a row, AISLE_WORKSPACE_ERROR_LOCKED for a minute. A wrong secret is
 * counted in a transaction of its own: not to be called inside one. */
AislePerson *aisle_staff_sign_in (AisleWorkspace *workspace,
                                  const char *name,
                                  const char *secret,
                                  GError **error);
/* The same for a person who is signed in already: approving asks again. */
gboolean aisle_staff_check_secret (AisleWorkspace *workspace,
                                   gint64 person_id,
                                   const char *secret,
                                   GError **error);

typedef struct
{
  const char *name; /* 1..80 characters, without commas and control characters, unique */
  guint roles;      /* a set of AisleRole; 0: unchanged */
  const char *const
      *stores;        /* store codes, NULL-terminated; empty: all; NULL: unchanged (new: all) */
  const char *secret; /* NULL: unchanged; a new person needs one */
} AislePersonWish;

/* Adds a person or, for a name that exists, changes roles, scope or secret, in one transaction with
 * its log entry. `by` 0 is right for the very first person only; else it must be an admin, or for
 * their own secret the person. `*waits` becomes TRUE where it is now a request that somebody else
 * must confirm. */
gboolean aisle_staff_add (AisleWorkspace *workspace,
                          const AislePersonWish *wish,
                          gint64 by,
                          gboolean *waits,
                          GError **error);
gboolean aisle_staff_change (AisleWorkspace *workspace,
                             const AislePersonWish *wish,
                             gint64 by,
                             gboolean *waits,
                             GError **error);
/* Confirms the open request for `name`. `by` is not who made the request, and an admin; where there
 * is no other admin, an approver or accountable manager. A new request for a name replaces the open
 * one. */
gboolean
aisle_staff_confirm (AisleWorkspace *workspace, const char *name, gint64 by, GError **error);
/* Nobody is deleted, for the log names them. Needs an admin; the last active admin stays. */
gboolean
aisle_staff_deactivate (AisleWorkspace *workspace, const char *name, gint64 by, GError **error);

typedef struct
{
  gint64 id;
  char *name;
  guint roles;         /* 0: unchanged */
  char *scope;         /* comma list of store codes; NULL: unchanged; "": all */
  gboolean is_new;     /* a person who does not exist yet */
  gboolean has_secret; /* brings a new secret */
  char *requested_by;
  gint64 requested_at;
} AislePersonRequest;

/* Open requests, oldest first, of AislePersonRequest; free with g_ptr_array_unref(). */
GPtrArray *aisle_staff_list_requests (AisleWorkspace *workspace, GError **error);
