/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change-permission.h"
#include "aisle-change.h"
#include "aisle-staff.h"

/* What this folder's jobs on changes share: asking approval whether a person may act, and noting
 * it. */

/* What is known beside the change and the person. */
typedef struct
{
  guint n_blocking;
  guint n_unexplained;
  gboolean is_new; /* the change is only being written now */
} AisleChangeCircumstances;

/* AISLE_JOB_ERROR_REFUSED with approval's sentence where the actor may not. `actor` NULL:
 * automatic. */
gboolean aisle_change_may_act (AisleWorkspace *workspace,
                               const AislePerson *actor,
                               const AisleChange *change,
                               AisleChangeAction action,
                               const AisleChangeCircumstances *circumstances,
                               GError **error);

/* A log entry "change.ACTION" on the change, in the caller's transaction. `reason` may be NULL. */
gboolean aisle_change_note (AisleWorkspace *workspace,
                            const AislePerson *actor,
                            const AisleChange *change,
                            AisleChangeAction action,
                            const char *reason,
                            GError **error);
