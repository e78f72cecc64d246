/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change-types.h"

/* May this person do this to that change, now? One pure function over everything that decides it.
 * Four-eyes goes by person, not by role: whoever wrote any part of a change never approves it where
 * a second person is needed. */

/* The actor of what runs without a person: the push job, the end of a promotion. */
#define AISLE_ACTOR_AUTOMATIC 0

typedef struct
{
  AisleChangeAction action;
  AisleChangeKind kind;
  AisleChangeState state; /* of the change, now */

  gint64 actor_id;        /* AISLE_ACTOR_AUTOMATIC or a person's, > 0 */
  const char *actor_name; /* for the sentence; may be NULL */
  guint actor_roles;      /* a set of AisleRole */
  gboolean covers_stores; /* the actor's scope holds every store of the change */

  gint64 author_id;         /* who made the change; equal to actor_id for a new one */
  const char *author_name;  /* may be NULL */
  const gint64 *writer_ids; /* others who edited a revision of it; may be NULL */
  gsize n_writers;

  gboolean needs_second_person; /* the policy's answer; for prices, promotions and rules it is
                                 * always taken as yes */
  guint n_blocking;             /* findings that block */
  guint n_unexplained;          /* findings that warn and have no written reason yet */
  AisleAuditVerdict audit; /* ATTENTION and NOT_ESTIMABLE come as warnings of their own, counted
                            * in n_unexplained by whoever made the findings */
  gboolean is_released;    /* an accountable manager has released a failed audit, with reason */
} AislePermissionRequest;

typedef enum
{
  AISLE_DENIAL_NONE,          /* allowed */
  AISLE_DENIAL_STATE,         /* impossible in this state */
  AISLE_DENIAL_PERSON_NEEDED, /* nobody is signed in, and this is a decision */
  AISLE_DENIAL_ROLE,          /* none of the roles may do this */
  AISLE_DENIAL_SCOPE,         /* a store of the change is not the actor's */
  AISLE_DENIAL_OWN_CHANGE,    /* somebody else must approve */
  AISLE_DENIAL_NOT_AUTHOR,    /* only who wrote it, or an approver */
  AISLE_DENIAL_BLOCKED,       /* a guardrail blocks */
  AISLE_DENIAL_REASON_NEEDED, /* a warning has no written reason */
  AISLE_DENIAL_AUDIT_FAILED,  /* the fairness audit failed and nobody has released the change */
  AISLE_N_DENIALS,
} AisleDenial;

/* AISLE_DENIAL_NONE where it is allowed. Otherwise the first thing in the way (state, person, role,
 * scope, four-eyes, guardrails, audit) and in `sentence`, if not NULL, a plain sentence that says
 * what to do about it ("Ben wrote this change; somebody else must approve it."), to be freed with
 * g_free(); `sentence` is NULL after AISLE_DENIAL_NONE. */
AisleDenial aisle_change_check_permission (const AislePermissionRequest *request, char **sentence);

/* "own_change" and so on, for JSON; NULL out of range. */
const char *aisle_denial_to_text (AisleDenial denial);

/* TRUE where any of the roles may write a change of this kind: what a menu asks before it offers
 * it. */
gboolean aisle_roles_may_write (guint roles, AisleChangeKind kind);
