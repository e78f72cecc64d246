/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change.h"
#include "aisle-guardrail.h"

/* What stands against a change and what it is expected to do: guardrails, prior prices and effects
 * of all lines, computed from the workspace as it is now. */

typedef struct
{
  GPtrArray *findings; /* of AisleChangeFinding */
  guint n_blocking;
  guint n_warnings;
  gint64 run_id;            /* the forecast behind the effects; 0: none */
  char *forecast_document;  /* JSON: effect of each line and in total */
  char *guardrail_document; /* JSON: the settings that were applied */
  char *prior_document;     /* JSON: prior prices of announced reductions; NULL: none announced */
  GPtrArray *expected;      /* of char*: JSON a line, in the order of the lines */
  const AisleChangeLine
      *moved;         /* a line whose shelf price is not the one that its author saw; or NULL */
  gint64 moved_minor; /* what its shelf price is now; AISLE_CHANGE_AMOUNT_NONE: none */
} AisleChangeCheck;

/* The one currency of all lines; NULL and AISLE_JOB_ERROR_INVALID where there are two. */
const char *aisle_change_get_currency (const AisleChange *change, GError **error);

/* `change` has lines and stays until the check is freed. */
AisleChangeCheck *
aisle_change_check_new (AisleWorkspace *workspace, const AisleChange *change, GError **error);
void aisle_change_check_free (AisleChangeCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleChangeCheck, aisle_change_check_free)
