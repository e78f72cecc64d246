/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change-types.h"

/* The life of a Change as one table: which action leads from which state to which. What is not in
 * the table is impossible. Pure functions; who may do it is asked of aisle-change-permission.h. */

typedef struct
{
  AisleChangeState state;
  AisleChangeAction action;
  AisleChangeState next;
} AisleChangeTransition;

/* FALSE, and `next` untouched, where the action is impossible in this state. `next` may be NULL. */
gboolean
aisle_change_next_state (AisleChangeState state, AisleChangeAction action, AisleChangeState *next);

/* The whole table, for documents, menus and the workspace's trigger; owned by the part. */
const AisleChangeTransition *aisle_change_transitions (gsize *n_transitions);

/* TRUE where no action leads out of the state. */
gboolean aisle_change_state_is_final (AisleChangeState state);
