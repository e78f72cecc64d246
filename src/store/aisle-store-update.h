/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The life of a store update: one new price (or promotion) for one product in one store, on its way
 * from an approved change to a store system. Pure functions on plain values; what is not in the
 * table of transitions is impossible.
 *
 *     queued → sending → accepted → verified → rolled_back
 *                ↓  ↘        ↓
 *             refused  unknown → verified | queued | refused            (and queued → superseded)
 */

typedef enum
{
  AISLE_STORE_UPDATE_QUEUED,   /* to be sent */
  AISLE_STORE_UPDATE_SENDING,  /* written down before the request leaves; found at a start, it means
                                  that a run was killed in between: then AISLE_STORE_EVENT_NO_ANSWER
                                */
  AISLE_STORE_UPDATE_UNKNOWN,  /* sent, and nobody knows what became of it: read back */
  AISLE_STORE_UPDATE_ACCEPTED, /* the system says it did it: read back */
  AISLE_STORE_UPDATE_VERIFIED, /* read back and equal */
  AISLE_STORE_UPDATE_REFUSED,  /* not in the store; needs people */
  AISLE_STORE_UPDATE_SUPERSEDED,  /* a newer one took its place before it was sent */
  AISLE_STORE_UPDATE_ROLLED_BACK, /* the value before is in the store again */
  AISLE_STORE_UPDATE_N_STATES
} AisleStoreUpdateState;

typedef enum
{
  AISLE_STORE_EVENT_SEND,     /* about to be sent */
  AISLE_STORE_EVENT_NOT_SENT, /* AISLE_STORE_ERROR_RETRY_LATER, _AUTH, _CANCELLED, _SETTINGS */
  AISLE_STORE_EVENT_ANSWERED_ACCEPTED, /* AISLE_STORE_ITEM_ACCEPTED */
  AISLE_STORE_EVENT_ANSWERED_REFUSED,  /* AISLE_STORE_ITEM_REFUSED, AISLE_STORE_ERROR_REFUSED */
  AISLE_STORE_EVENT_ANSWERED_CONFLICT, /* AISLE_STORE_ITEM_CONFLICT: stale, goes back to people */
  AISLE_STORE_EVENT_NO_ANSWER,         /* AISLE_STORE_ERROR_UNKNOWN, also of a read back */
  AISLE_STORE_EVENT_READ_BACK_EQUAL,   /* the value is there */
  AISLE_STORE_EVENT_READ_BACK_PRIOR,   /* the value before is there: send (again) */
  AISLE_STORE_EVENT_READ_BACK_OTHER,   /* a third value is there: stale, goes back to people */
  AISLE_STORE_EVENT_SUPERSEDED,        /* a newer update for the same store, product and currency */
  AISLE_STORE_EVENT_GAVE_UP,     /* after too many attempts, none of which showed in the store */
  AISLE_STORE_EVENT_RETRY_ASKED, /* a person wants a refused one tried again */
  AISLE_STORE_EVENT_ROLLED_BACK, /* the value before was written and read back; or never sent */
  AISLE_STORE_N_EVENTS
} AisleStoreEvent;

/* FALSE where `event` cannot happen in `state`; `next` is then left alone. */
gboolean aisle_store_update_next (AisleStoreUpdateState state,
                                  AisleStoreEvent event,
                                  AisleStoreUpdateState *next);

/* No event but a person's wish leads on from here. */
gboolean aisle_store_update_is_settled (AisleStoreUpdateState state);

/* "queued", "rolled_back": as the outbox and the command line write it. */
const char *aisle_store_update_state_to_string (AisleStoreUpdateState state);
gboolean aisle_store_update_state_from_string (const char *text, AisleStoreUpdateState *state);

/* The event of a call to a store system that failed with `error` (AISLE_STORE_ERROR) after
 * AISLE_STORE_EVENT_SEND, for all the items of that call. */
AisleStoreEvent aisle_store_event_from_error (const GError *error);

/* What reading back says: `found_minor` against the value to be (`after_minor`) and the value
 * captured before sending (`before_minor`); each may be AISLE_STORE_PRICE_NONE. Where before and
 * after are the same it is EQUAL. */
AisleStoreEvent
aisle_store_event_from_read_back (gint64 before_minor, gint64 after_minor, gint64 found_minor);
