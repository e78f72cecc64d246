/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change-types.h"
#include "aisle-money.h"
#include "aisle-workspace.h"

/* Changes as they are kept: drafts, their lines, what stands against them, the evidence frozen with
 * them, and who decided what. The rules of who may do what are approval's; the triggers of the
 * schema hold the ones that a person could break. Functions that write expect the caller's
 * transaction. */

#define AISLE_CHANGE_AMOUNT_NONE G_MININT64

typedef struct
{
  gint64 id;
  gint64 product_id;
  gint64 store_id;
  char *sku;   /* filled by loading, not needed for saving */
  char *store; /* the store's code; the same */
  char currency[AISLE_CURRENCY_SIZE];
  int line;            /* 1, 2, ... : what people name */
  gint64 before_minor; /* shelf price the author saw, or AISLE_CHANGE_AMOUNT_NONE */
  gint64 after_minor;  /* shelf price wanted */
  gboolean is_approved;
  char *reason;   /* or NULL */
  char *expected; /* JSON, or NULL */
} AisleChangeLine;

typedef struct
{
  gint64 id;
  AisleChangeKind kind;
  AisleChangeState state;
  int revision; /* 1, 2, ...: grows with each submit after a send-back */
  char *title;
  gint64 author_id;
  char *author; /* name; filled by loading */
  gint64 created_at;
  gint64 submitted_at;    /* 0: never */
  char *objective;        /* or NULL */
  char *reason;           /* the author's, or NULL */
  gint64 percent_off_ppm; /* promotions; else 0 */
  AisleDate from_day;     /* AISLE_DATE_NONE: at once */
  AisleDate to_day;       /* last day; AISLE_DATE_NONE: open */
  gint64 schedule_at;     /* 0: no */
  gboolean is_generated;
  GPtrArray *lines; /* of AisleChangeLine, in the order of their numbers */
} AisleChange;

AisleChange *aisle_change_new (void);
void aisle_change_free (AisleChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleChange, aisle_change_free)

/* Adds an empty line that belongs to the change and returns it. */
AisleChangeLine *aisle_change_add_line (AisleChange *change);

/* AISLE_WORKSPACE_ERROR_NOT_FOUND where there is no such change. */
AisleChange *aisle_change_load (AisleWorkspace *workspace, gint64 id, GError **error);

/* All changes, newest first, without their lines; `state` -1: all. Elements belong to the array. */
GPtrArray *aisle_change_list (AisleWorkspace *workspace, int state, GError **error);

/* How many lines a change has. */
gint64 aisle_change_count_lines (AisleWorkspace *workspace, gint64 id);

/* Writes a new draft with its lines; sets `change->id`. */
gboolean aisle_change_create (AisleWorkspace *workspace, AisleChange *change, GError **error);

/* Writes header fields (title, reason, objective, percent, days) and all lines of a draft again. */
gboolean
aisle_change_update_draft (AisleWorkspace *workspace, const AisleChange *change, GError **error);

/* The same header fields, and of the lines only what is expected of them: for a draft as it was
 * loaded. Writing lines again costs a look through all that may refer to each. */
gboolean
aisle_change_update_expected (AisleWorkspace *workspace, const AisleChange *change, GError **error);

/* Moves a change on. AISLE_WORKSPACE_ERROR_STALE where it is no longer in state `from`;
 * AISLE_WORKSPACE_ERROR_REFUSED where a trigger forbids the step. */
gboolean aisle_change_set_state (AisleWorkspace *workspace,
                                 gint64 id,
                                 AisleChangeState from,
                                 AisleChangeState to,
                                 GError **error);

gboolean
aisle_change_set_schedule (AisleWorkspace *workspace, gint64 id, gint64 at, GError **error);

/* Begins a new revision of a change that was sent back, which is a draft again. */
gboolean aisle_change_begin_revision (AisleWorkspace *workspace, gint64 id, GError **error);

/* Ticks exactly the given lines (numbers) of a submitted change and unticks the others. */
gboolean aisle_change_tick_lines (AisleWorkspace *workspace,
                                  gint64 id,
                                  const int *lines,
                                  gsize n_lines,
                                  GError **error);

/* Adds to the decisions of the current revision. `action` is one of approval's names. */
gboolean aisle_change_add_decision (AisleWorkspace *workspace,
                                    gint64 id,
                                    AisleChangeAction action,
                                    gint64 person_id,
                                    const char *reason,
                                    GError **error);

typedef struct
{
  int revision;
  char *action;
  char *person;
  gint64 at;
  char *reason; /* or NULL */
} AisleChangeDecision;

/* All decisions on a change, oldest first. */
GPtrArray *aisle_change_list_decisions (AisleWorkspace *workspace, gint64 id, GError **error);

typedef struct
{
  int line; /* 0: the change as a whole */
  AisleGuardrailLevel level;
  char *rule;
  char *message;
} AisleChangeFinding;

void aisle_change_finding_free (AisleChangeFinding *finding);

/* Replaces what stands against the current revision; elements are AisleChangeFinding. */
gboolean aisle_change_set_findings (AisleWorkspace *workspace,
                                    gint64 id,
                                    GPtrArray *findings,
                                    GError **error);
GPtrArray *aisle_change_list_findings (AisleWorkspace *workspace, gint64 id, GError **error);

typedef struct
{
  int revision;
  char *kind;
  gint64 at;
  gint64 run_id;  /* 0: none */
  char *document; /* JSON */
} AisleChangeEvidence;

/* Freezes a document with the current revision. `run_id` 0: no run behind it. */
gboolean aisle_change_add_evidence (AisleWorkspace *workspace,
                                    gint64 id,
                                    const char *kind,
                                    gint64 run_id,
                                    const char *document,
                                    GError **error);
GPtrArray *aisle_change_list_evidence (AisleWorkspace *workspace, gint64 id, GError **error);

/* Another change on the same product and store that is submitted, approved, scheduled, pushing or
 * live (a live price change without an end claims only the day it started). */
typedef struct
{
  gint64 change_id;
  AisleChangeKind kind;
  gint64 product_id;
  gint64 store_id;
  AisleDate from_day; /* never AISLE_DATE_NONE: what is not live yet begins today at the earliest */
  AisleDate to_day;
} AisleChangeClaim;

/* The claims of all other changes on the lines of change `id`; an array of AisleChangeClaim. Free
 * with g_array_unref(). */
GArray *aisle_change_list_claims (AisleWorkspace *workspace, gint64 id, GError **error);
