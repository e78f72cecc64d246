/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-state.h"

/* The only table. docs/approval.md prints it; a test compares the two. */
static const AisleChangeTransition transitions[] = {
  { AISLE_CHANGE_DRAFT, AISLE_ACTION_EDIT, AISLE_CHANGE_DRAFT },
  { AISLE_CHANGE_DRAFT, AISLE_ACTION_SUBMIT, AISLE_CHANGE_SUBMITTED },
  { AISLE_CHANGE_DRAFT, AISLE_ACTION_WITHDRAW, AISLE_CHANGE_WITHDRAWN },

  { AISLE_CHANGE_SUBMITTED, AISLE_ACTION_APPROVE, AISLE_CHANGE_APPROVED },
  { AISLE_CHANGE_SUBMITTED, AISLE_ACTION_APPROVE_LINES, AISLE_CHANGE_APPROVED },
  { AISLE_CHANGE_SUBMITTED, AISLE_ACTION_REJECT, AISLE_CHANGE_REJECTED },
  { AISLE_CHANGE_SUBMITTED, AISLE_ACTION_SEND_BACK, AISLE_CHANGE_SENT_BACK },
  { AISLE_CHANGE_SUBMITTED, AISLE_ACTION_WITHDRAW, AISLE_CHANGE_WITHDRAWN },

  { AISLE_CHANGE_SENT_BACK, AISLE_ACTION_EDIT, AISLE_CHANGE_DRAFT },
  { AISLE_CHANGE_SENT_BACK, AISLE_ACTION_WITHDRAW, AISLE_CHANGE_WITHDRAWN },

  /* Until the first store update is sent, an approved change can still be taken back. */
  { AISLE_CHANGE_APPROVED, AISLE_ACTION_SCHEDULE, AISLE_CHANGE_SCHEDULED },
  { AISLE_CHANGE_APPROVED, AISLE_ACTION_START_PUSH, AISLE_CHANGE_PUSHING },
  { AISLE_CHANGE_APPROVED, AISLE_ACTION_WITHDRAW, AISLE_CHANGE_WITHDRAWN },
  { AISLE_CHANGE_SCHEDULED, AISLE_ACTION_SCHEDULE, AISLE_CHANGE_SCHEDULED },
  { AISLE_CHANGE_SCHEDULED, AISLE_ACTION_START_PUSH, AISLE_CHANGE_PUSHING },
  { AISLE_CHANGE_SCHEDULED, AISLE_ACTION_WITHDRAW, AISLE_CHANGE_WITHDRAWN },

  { AISLE_CHANGE_PUSHING, AISLE_ACTION_FINISH_PUSH, AISLE_CHANGE_LIVE },
  { AISLE_CHANGE_PUSHING, AISLE_ACTION_FAIL_PUSH, AISLE_CHANGE_NEEDS_ATTENTION },

  /* A promotion's end, or a restored price, that a store does not confirm comes back to people too.
   */
  { AISLE_CHANGE_LIVE, AISLE_ACTION_END, AISLE_CHANGE_ENDED },
  { AISLE_CHANGE_LIVE, AISLE_ACTION_ROLL_BACK, AISLE_CHANGE_ROLLED_BACK },
  { AISLE_CHANGE_LIVE, AISLE_ACTION_FAIL_PUSH, AISLE_CHANGE_NEEDS_ATTENTION },
  { AISLE_CHANGE_NEEDS_ATTENTION, AISLE_ACTION_RETRY_PUSH, AISLE_CHANGE_PUSHING },
  { AISLE_CHANGE_NEEDS_ATTENTION, AISLE_ACTION_ROLL_BACK, AISLE_CHANGE_ROLLED_BACK },
  { AISLE_CHANGE_ROLLED_BACK, AISLE_ACTION_FAIL_PUSH, AISLE_CHANGE_NEEDS_ATTENTION },
};

gboolean
aisle_change_next_state (AisleChangeState state, AisleChangeAction action, AisleChangeState *next)
{
  for (gsize i = 0; i < G_N_ELEMENTS (transitions); i++)
    if (transitions[i].state == state && transitions[i].action == action)
      {
        if (next)
          *next = transitions[i].next;
        return TRUE;
      }
  return FALSE;
}

const AisleChangeTransition *
aisle_change_transitions (gsize *n_transitions)
{
  *n_transitions = G_N_ELEMENTS (transitions);
  return transitions;
}

gboolean
aisle_change_state_is_final (AisleChangeState state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (transitions); i++)
    if (transitions[i].state == state)
      return FALSE;
  return TRUE;
}
