/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change-types.h"
#include "aisle-workspace.h"

/* Which changes need a second person: a table by kind and store. Prices, promotions and rules
 * always do; the database refuses any other row for them. */

#define AISLE_POLICY_NO_LIMIT (-1)

typedef struct
{
  gboolean needs_second;
  gint64
      free_up_to_minor; /* reporting currency: up to it, own sign-off; or AISLE_POLICY_NO_LIMIT */
  gint64
      free_within_share_ppm; /* and within this share of the suggestion; or AISLE_POLICY_NO_LIMIT */
} AisleApprovalPolicy;

/* The row that counts for a change of `kind` in a store (its id; 0: any store): the store's own
 * before the general one. Where there is none, a second person is needed. */
gboolean aisle_approval_policy_read (AisleWorkspace *workspace,
                                     AisleChangeKind kind,
                                     gint64 store_id,
                                     AisleApprovalPolicy *policy,
                                     GError **error);

/* For a line or change of `amount_minor` (reporting currency) that is `share_ppm` away from the
 * suggestion (0: equal). Limits that are set must both hold to free it. */
gboolean aisle_approval_policy_needs_second (const AisleApprovalPolicy *policy,
                                             gint64 amount_minor,
                                             gint64 share_ppm);

/* Writes the row of a kind and store (0: any), with its log entry, in one transaction. `by`: an
 * admin. */
gboolean aisle_approval_policy_set (AisleWorkspace *workspace,
                                    AisleChangeKind kind,
                                    gint64 store_id,
                                    const AisleApprovalPolicy *policy,
                                    gint64 by,
                                    GError **error);
