/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-sim-request.h"

/* The answer to a batch: one result an item, in the items' order, and their counts. */
typedef struct
{
  AisleSimRequest *request;
  guint n_accepted;
  guint n_refused;
  guint n_conflicts;
} AisleSimBatch;

void aisle_sim_batch_begin (AisleSimBatch *batch, AisleSimRequest *request);

/* Each ends one item and is always TRUE. `key`: the item's sku, code or id; NULL where it has none.
 * A `revision` of 0 is left out. */
gboolean aisle_sim_batch_accept (AisleSimBatch *batch, const char *key, gint64 revision);
gboolean aisle_sim_batch_refuse (AisleSimBatch *batch, const char *key, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* `found` NULL: there is no price. */
gboolean aisle_sim_batch_conflict (AisleSimBatch *batch, const char *key, const gint64 *found);

/* Always TRUE. */
gboolean aisle_sim_batch_end (AisleSimBatch *batch);
