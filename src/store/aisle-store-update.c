/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-update.h"

#include "aisle-store-system.h"

/* 0 in the table of transitions: cannot happen. */
#define TO(state) (AISLE_STORE_UPDATE_##state + 1)

/* One row a state, one column an event. A read back is asked for in queued too, before sending: it
 * captures the value before, and what is there already need not be sent. A read back that failed
 * changes nothing: the answer is still wanted. Only what was never sent can be superseded; anything
 * else is read back first, so that two updates of one price are never under way together. */
static const guint8 transitions[AISLE_STORE_UPDATE_N_STATES][AISLE_STORE_N_EVENTS] = {
  [AISLE_STORE_UPDATE_QUEUED] = {
    [AISLE_STORE_EVENT_SEND] = TO (SENDING),
    [AISLE_STORE_EVENT_NOT_SENT] = TO (QUEUED),
    [AISLE_STORE_EVENT_NO_ANSWER] = TO (QUEUED),
    [AISLE_STORE_EVENT_READ_BACK_EQUAL] = TO (VERIFIED),
    [AISLE_STORE_EVENT_READ_BACK_PRIOR] = TO (QUEUED),
    [AISLE_STORE_EVENT_READ_BACK_OTHER] = TO (REFUSED),
    [AISLE_STORE_EVENT_SUPERSEDED] = TO (SUPERSEDED),
    [AISLE_STORE_EVENT_GAVE_UP] = TO (REFUSED),
    [AISLE_STORE_EVENT_ROLLED_BACK] = TO (ROLLED_BACK),
  },
  [AISLE_STORE_UPDATE_SENDING] = {
    [AISLE_STORE_EVENT_NOT_SENT] = TO (QUEUED),
    [AISLE_STORE_EVENT_ANSWERED_ACCEPTED] = TO (ACCEPTED),
    [AISLE_STORE_EVENT_ANSWERED_REFUSED] = TO (REFUSED),
    [AISLE_STORE_EVENT_ANSWERED_CONFLICT] = TO (REFUSED),
    [AISLE_STORE_EVENT_NO_ANSWER] = TO (UNKNOWN),
  },
  [AISLE_STORE_UPDATE_UNKNOWN] = {
    [AISLE_STORE_EVENT_NOT_SENT] = TO (UNKNOWN),
    [AISLE_STORE_EVENT_NO_ANSWER] = TO (UNKNOWN),
    [AISLE_STORE_EVENT_READ_BACK_EQUAL] = TO (VERIFIED),
    [AISLE_STORE_EVENT_READ_BACK_PRIOR] = TO (QUEUED),
    [AISLE_STORE_EVENT_READ_BACK_OTHER] = TO (REFUSED),
  },
  [AISLE_STORE_UPDATE_ACCEPTED] = {
    [AISLE_STORE_EVENT_NOT_SENT] = TO (ACCEPTED),
    [AISLE_STORE_EVENT_NO_ANSWER] = TO (ACCEPTED),
    [AISLE_STORE_EVENT_READ_BACK_EQUAL] = TO (VERIFIED),
    [AISLE_STORE_EVENT_READ_BACK_PRIOR] = TO (QUEUED),
    [AISLE_STORE_EVENT_READ_BACK_OTHER] = TO (REFUSED),
  },
  [AISLE_STORE_UPDATE_VERIFIED] = {
    [AISLE_STORE_EVENT_ROLLED_BACK] = TO (ROLLED_BACK),
  },
  [AISLE_STORE_UPDATE_REFUSED] = {
    [AISLE_STORE_EVENT_RETRY_ASKED] = TO (QUEUED),
  },
};

static const char *const state_names[AISLE_STORE_UPDATE_N_STATES] = {
  [AISLE_STORE_UPDATE_QUEUED] = "queued",         [AISLE_STORE_UPDATE_SENDING] = "sending",
  [AISLE_STORE_UPDATE_UNKNOWN] = "unknown",       [AISLE_STORE_UPDATE_ACCEPTED] = "accepted",
  [AISLE_STORE_UPDATE_VERIFIED] = "verified",     [AISLE_STORE_UPDATE_REFUSED] = "refused",
  [AISLE_STORE_UPDATE_SUPERSEDED] = "superseded", [AISLE_STORE_UPDATE_ROLLED_BACK] = "rolled_back",
};

gboolean
aisle_store_update_next (AisleStoreUpdateState state,
                         AisleStoreEvent event,
                         AisleStoreUpdateState *next)
{
  if ((guint) state >= AISLE_STORE_UPDATE_N_STATES || (guint) event >= AISLE_STORE_N_EVENTS)
    return FALSE;
  guint8 to = transitions[state][event];
  if (to == 0)
    return FALSE;
  *next = (AisleStoreUpdateState) (to - 1);
  return TRUE;
}

gboolean
aisle_store_update_is_settled (AisleStoreUpdateState state)
{
  return state == AISLE_STORE_UPDATE_VERIFIED || state == AISLE_STORE_UPDATE_REFUSED
         || state == AISLE_STORE_UPDATE_SUPERSEDED || state == AISLE_STORE_UPDATE_ROLLED_BACK;
}

const char *
aisle_store_update_state_to_string (AisleStoreUpdateState state)
{
  return (guint) state < AISLE_STORE_UPDATE_N_STATES ? state_names[state] : "impossible";
}

gboolean
aisle_store_update_state_from_string (const char *text, AisleStoreUpdateState *state)
{
  for (guint i = 0; text && i < AISLE_STORE_UPDATE_N_STATES; i++)
    if (g_str_equal (text, state_names[i]))
      {
        *state = (AisleStoreUpdateState) i;
        return TRUE;
      }
  return FALSE;
}

AisleStoreEvent
aisle_store_event_from_error (const GError *error)
{
  if (!error || error->domain != AISLE_STORE_ERROR)
    return AISLE_STORE_EVENT_NO_ANSWER;
  switch ((AisleStoreErrorCode) error->code)
    {
    case AISLE_STORE_ERROR_REFUSED:
      return AISLE_STORE_EVENT_ANSWERED_REFUSED;
    case AISLE_STORE_ERROR_RETRY_LATER:
    case AISLE_STORE_ERROR_AUTH:
    case AISLE_STORE_ERROR_CANCELLED:
    case AISLE_STORE_ERROR_SETTINGS:
      return AISLE_STORE_EVENT_NOT_SENT;
    case AISLE_STORE_ERROR_UNKNOWN:
      break;
    }
  return AISLE_STORE_EVENT_NO_ANSWER;
}

AisleStoreEvent
aisle_store_event_from_read_back (gint64 before_minor, gint64 after_minor, gint64 found_minor)
{
  if (found_minor == after_minor)
    return AISLE_STORE_EVENT_READ_BACK_EQUAL;
  return found_minor == before_minor ? AISLE_STORE_EVENT_READ_BACK_PRIOR
                                     : AISLE_STORE_EVENT_READ_BACK_OTHER;
}
