/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-price-proposal.h"
#include "aisle-progress.h"
#include "aisle-staff.h"

/* Price proposals by rule over the range, written as drafts that people then edit, submit or
 * withdraw: one change for each store, so that its lines share a currency and a store manager's
 * morning. */

#define AISLE_PROPOSE_MAX_LINES 200

typedef struct
{
  AisleObjective objective;
  gint64 store_id;    /* 0: all stores that are in the totals */
  gint64 category_id; /* 0: all */
  gsize max_lines;    /* the most telling first; 0: AISLE_PROPOSE_MAX_LINES */
  gboolean rounds;    /* also prices that only miss an allowed ending */
} AisleProposeOptions;

typedef struct
{
  GArray *change_ids; /* gint64 */
  gsize n_lines;
  gsize n_left_out; /* proposals beyond max_lines */
  gsize n_clashes;  /* products where rules clash and the price stays */
  gsize n_looked_at;
  double units; /* expected changes over the proposal's horizon, units and net minor units; what is
                 * not estimable is left out */
  double revenue;
  double margin;
  int horizon_days;
} AisleProposeResult;

void aisle_propose_result_clear (AisleProposeResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleProposeResult, aisle_propose_result_clear)

/* AISLE_JOB_ERROR_NOTHING_TO_DO where there is no forecast, and where no price should change.
 * AISLE_JOB_ERROR_REFUSED where `author` may not propose prices. */
gboolean aisle_propose_prices_job (AisleWorkspace *workspace,
                                   const AislePerson *author,
                                   const AisleProposeOptions *options,
                                   const AisleProgress *progress,
                                   AisleProposeResult *result,
                                   GError **error);
