/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change.h"
#include "aisle-staff.h"

/* Deciding on changes. Each call is one transaction with its decision and its log entry, and asks
 * approval first whether the person may. AISLE_JOB_ERROR_REFUSED where not, with the sentence to
 * show; AISLE_WORKSPACE_ERROR_STALE where the change or a shelf price moved since it was looked at.
 * Whoever calls has made sure that the person is who they say (aisle_staff_sign_in()). */

/* Checks the guardrails, freezes the evidence and hands the change to the approvers. What stands
 * against it is kept with the draft even where it is refused, so that the author sees it. `reason`
 * answers the warnings; NULL keeps the one it has. */
gboolean aisle_change_submit (AisleWorkspace *workspace,
                              const AislePerson *actor,
                              gint64 id,
                              const char *reason,
                              GError **error);

/* Approves the change, or only the lines named (`lines` NULL: all ticked), checks guardrails and
 * shelf prices again, and queues the store updates in the same transaction. `n_queued` (or NULL):
 * how many. */
gboolean aisle_change_approve (AisleWorkspace *workspace,
                               const AislePerson *actor,
                               gint64 id,
                               const int *lines,
                               gsize n_lines,
                               const char *reason,
                               gint64 *n_queued,
                               GError **error);

/* Both need a reason. */
gboolean aisle_change_reject (AisleWorkspace *workspace,
                              const AislePerson *actor,
                              gint64 id,
                              const char *reason,
                              GError **error);
gboolean aisle_change_send_back (AisleWorkspace *workspace,
                                 const AislePerson *actor,
                                 gint64 id,
                                 const char *reason,
                                 GError **error);

/* Takes the change back before anything was sent. */
gboolean aisle_change_withdraw (AisleWorkspace *workspace,
                                const AislePerson *actor,
                                gint64 id,
                                const char *reason,
                                GError **error);

/* Not before the instant `at` (UTC seconds). The guardrails are asked again, for that day. */
gboolean aisle_change_schedule (AisleWorkspace *workspace,
                                const AislePerson *actor,
                                gint64 id,
                                gint64 at,
                                GError **error);

/* Queues what brings the prices before back; the next push carries it out. */
gboolean aisle_change_roll_back (AisleWorkspace *workspace,
                                 const AislePerson *actor,
                                 gint64 id,
                                 const char *reason,
                                 GError **error);

/* Hands a change that needs attention to the push again. */
gboolean
aisle_change_retry (AisleWorkspace *workspace, const AislePerson *actor, gint64 id, GError **error);
