/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* Brings an older file up to date: under the lock "migration", after a backup beside the file, all
 * steps in one transaction, the references between tables checked before it is committed. */

typedef struct
{
  int from;        /* the schema that the step takes; it leaves from + 1 */
  const char *sql; /* may be many statements; does not set user_version */
} AisleMigration;

/* From what the file has to `target`. Another process may have done it meanwhile: that is fine.
 * Fails with AISLE_WORKSPACE_ERROR_NOT_OURS where a step is missing; then the file is as it was. */
gboolean aisle_migrate (AisleWorkspace *workspace,
                        const AisleMigration *steps,
                        gsize n_steps,
                        int target,
                        GError **error);

/* The steps of this program. */
const AisleMigration *aisle_migrations (gsize *n_steps);
