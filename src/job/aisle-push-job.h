/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-job-error.h"
#include "aisle-progress.h"
#include "aisle-workspace.h"

#include <gio/gio.h>

/* Carries store updates from the outbox into the store systems, reads each one back and says what
 * became of it. Killing it, or a store system, at any instant loses nothing, sends nothing twice
 * and claims nothing false: the next run goes on where this one stood. docs/push.md tells how. */

typedef struct
{
  gboolean is_once;     /* one round: do not wait for what can be tried again only later */
  gint64 change_id;     /* 0: of all changes */
  gint64 person_id;     /* who asked; 0: automatic */
  guint max_failures;   /* give a system up for this run after so many failures in a row; 0: 8 */
  double retry_seconds; /* the first wait after a failure; 0: 1 s. Tests give less. */
} AislePushOptions;

typedef struct
{
  gint64 n_verified; /* in this run */
  gint64 n_refused;  /* in this run: they need people */
  gint64 n_waiting;  /* due, but not settled when the run ended */
  GArray *updates;   /* gint64: the ids of the store updates that moved in this run, rising */
  GPtrArray
      *problems; /* char *: one sentence for each system that could not be reached or refused us */
} AislePushResult;

void aisle_push_result_free (AislePushResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AislePushResult, aisle_push_result_free)

/* Runs until nothing is due any more, or each system that still has something due was given up.
 * Blocks; for a job's thread with a connection of its own. One push at a time works on a workspace
 * (AISLE_WORKSPACE_ERROR_BUSY). FALSE: the workspace failed, or `cancellable`
 * (G_IO_ERROR_CANCELLED); what was done until then is kept, and `*result` is set all the same where
 * the run had begun. A store system that fails is no failure of the run: see `problems`. */
gboolean aisle_push_job_run (AisleWorkspace *workspace,
                             const AislePushOptions *options,
                             const AisleProgress *progress,
                             GCancellable *cancellable,
                             AislePushResult **result,
                             GError **error);
