/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-store-system.h"
#include "aisle-store-update.h"

#define N_STATES AISLE_STORE_UPDATE_N_STATES
#define N_EVENTS AISLE_STORE_N_EVENTS

static void
test_names (void)
{
  for (guint i = 0; i < N_STATES; i++)
    {
      AisleStoreUpdateState state = N_STATES;
      const char *name = aisle_store_update_state_to_string ((AisleStoreUpdateState) i);
      g_assert_true (aisle_store_update_state_from_string (name, &state));
      g_assert_cmpuint (state, ==, i);
    }
  AisleStoreUpdateState untouched = AISLE_STORE_UPDATE_SENDING;
  g_assert_false (aisle_store_update_state_from_string ("failed", &untouched));
  g_assert_false (aisle_store_update_state_from_string (NULL, &untouched));
  g_assert_cmpint (untouched, ==, AISLE_STORE_UPDATE_SENDING);
}

/* What must hold for every pair of state and event, whatever the table says. */
static void
test_every_transition (void)
{
  guint n_possible = 0;
  for (guint s = 0; s < N_STATES; s++)
    for (guint e = 0; e < N_EVENTS; e++)
      {
        AisleStoreUpdateState next = N_STATES;
        AisleStoreEvent event = (AisleStoreEvent) e;
        if (!aisle_store_update_next ((AisleStoreUpdateState) s, event, &next))
          {
            g_assert_cmpint (next, ==, N_STATES);
            continue;
          }
        n_possible++;
        g_assert_cmpint (next, <, N_STATES);
        /* verified only by reading back; accepted only by an answer; unknown only by silence */
        if (next == AISLE_STORE_UPDATE_VERIFIED)
          g_assert_cmpint (event, ==, AISLE_STORE_EVENT_READ_BACK_EQUAL);
        if (next == AISLE_STORE_UPDATE_SENDING)
          {
            g_assert_cmpint (event, ==, AISLE_STORE_EVENT_SEND);
            g_assert_cmpint (s, ==, AISLE_STORE_UPDATE_QUEUED);
          }
        if (next == AISLE_STORE_UPDATE_ACCEPTED && s != AISLE_STORE_UPDATE_ACCEPTED)
          g_assert_cmpint (event, ==, AISLE_STORE_EVENT_ANSWERED_ACCEPTED);
        if (next == AISLE_STORE_UPDATE_UNKNOWN && s != AISLE_STORE_UPDATE_UNKNOWN)
          g_assert_cmpint (event, ==, AISLE_STORE_EVENT_NO_ANSWER);
        if (next == AISLE_STORE_UPDATE_SUPERSEDED)
          g_assert_cmpint (s, ==, AISLE_STORE_UPDATE_QUEUED);
        /* a settled one moves only by a person's wish */
        if (aisle_store_update_is_settled ((AisleStoreUpdateState) s))
          g_assert_true (event == AISLE_STORE_EVENT_RETRY_ASKED
                         || event == AISLE_STORE_EVENT_ROLLED_BACK);
      }
  g_assert_cmpuint (n_possible, ==, 9 + 5 + 5 + 5 + 1 + 1);
}

/* Silence is never a failure: from unknown nothing but a read back decides. */
static void
test_unknown_needs_reading (void)
{
  for (guint e = 0; e < N_EVENTS; e++)
    {
      AisleStoreUpdateState next;
      if (!aisle_store_update_next (AISLE_STORE_UPDATE_UNKNOWN, (AisleStoreEvent) e, &next))
        continue;
      if (next != AISLE_STORE_UPDATE_UNKNOWN)
        g_assert_true (e >= AISLE_STORE_EVENT_READ_BACK_EQUAL
                       && e <= AISLE_STORE_EVENT_READ_BACK_OTHER);
    }
}

/* Every state can be reached from queued, and every unsettled one can still be settled. */
static void
test_reachability (void)
{
  gboolean reaches[N_STATES][N_STATES] = { { FALSE } };
  for (guint s = 0; s < N_STATES; s++)
    for (guint e = 0; e < N_EVENTS; e++)
      {
        AisleStoreUpdateState next;
        if (aisle_store_update_next ((AisleStoreUpdateState) s, (AisleStoreEvent) e, &next))
          reaches[s][next] = TRUE;
      }
  for (guint k = 0; k < N_STATES; k++)
    for (guint i = 0; i < N_STATES; i++)
      for (guint j = 0; j < N_STATES; j++)
        reaches[i][j] = reaches[i][j] || (reaches[i][k] && reaches[k][j]);
  for (guint s = 0; s < N_STATES; s++)
    {
      g_assert_true (s == AISLE_STORE_UPDATE_QUEUED || reaches[AISLE_STORE_UPDATE_QUEUED][s]);
      if (!aisle_store_update_is_settled ((AisleStoreUpdateState) s))
        {
          g_assert_true (reaches[s][AISLE_STORE_UPDATE_VERIFIED]);
          g_assert_true (reaches[s][AISLE_STORE_UPDATE_REFUSED]);
        }
    }
}

static void
test_out_of_range (void)
{
  AisleStoreUpdateState next = AISLE_STORE_UPDATE_SENDING;
  g_assert_false (aisle_store_update_next ((AisleStoreUpdateState) 99, 0, &next));
  g_assert_false (aisle_store_update_next (0, (AisleStoreEvent) 99, &next));
  g_assert_cmpint (next, ==, AISLE_STORE_UPDATE_SENDING);
}

static void
test_read_back (void)
{
  g_assert_cmpint (aisle_store_event_from_read_back (100, 90, 90), ==,
                   AISLE_STORE_EVENT_READ_BACK_EQUAL);
  g_assert_cmpint (aisle_store_event_from_read_back (100, 90, 100), ==,
                   AISLE_STORE_EVENT_READ_BACK_PRIOR);
  g_assert_cmpint (aisle_store_event_from_read_back (100, 90, 95), ==,
                   AISLE_STORE_EVENT_READ_BACK_OTHER);
  g_assert_cmpint (
      aisle_store_event_from_read_back (AISLE_STORE_PRICE_NONE, 90, AISLE_STORE_PRICE_NONE), ==,
      AISLE_STORE_EVENT_READ_BACK_PRIOR);
  g_assert_cmpint (aisle_store_event_from_read_back (100, 90, AISLE_STORE_PRICE_NONE), ==,
                   AISLE_STORE_EVENT_READ_BACK_OTHER);
  g_assert_cmpint (aisle_store_event_from_read_back (90, 90, 90), ==,
                   AISLE_STORE_EVENT_READ_BACK_EQUAL);
}

static void
test_errors (void)
{
  static const struct
  {
    AisleStoreErrorCode code;
    AisleStoreEvent event;
  } cases[] = {
    { AISLE_STORE_ERROR_REFUSED, AISLE_STORE_EVENT_ANSWERED_REFUSED },
    { AISLE_STORE_ERROR_UNKNOWN, AISLE_STORE_EVENT_NO_ANSWER },
    { AISLE_STORE_ERROR_RETRY_LATER, AISLE_STORE_EVENT_NOT_SENT },
    { AISLE_STORE_ERROR_AUTH, AISLE_STORE_EVENT_NOT_SENT },
    { AISLE_STORE_ERROR_CANCELLED, AISLE_STORE_EVENT_NOT_SENT },
    { AISLE_STORE_ERROR_SETTINGS, AISLE_STORE_EVENT_NOT_SENT },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (AISLE_STORE_ERROR, (int) cases[i].code, "");
      g_assert_cmpint (aisle_store_event_from_error (error), ==, cases[i].event);
      g_assert_cmpint (aisle_store_error_get_retry_after (error), ==, 0);
    }
  /* an error that nobody foresaw is not taken for "nothing was done" */
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "");
  g_assert_cmpint (aisle_store_event_from_error (other), ==, AISLE_STORE_EVENT_NO_ANSWER);
  g_assert_cmpint (aisle_store_event_from_error (NULL), ==, AISLE_STORE_EVENT_NO_ANSWER);
  g_assert_cmpint (aisle_store_error_get_retry_after (other), ==, 0);
  g_assert_cmpint (aisle_store_error_get_retry_after (NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/update/names", test_names);
  g_test_add_func ("/store/update/every-transition", test_every_transition);
  g_test_add_func ("/store/update/unknown-needs-reading", test_unknown_needs_reading);
  g_test_add_func ("/store/update/reachability", test_reachability);
  g_test_add_func ("/store/update/out-of-range", test_out_of_range);
  g_test_add_func ("/store/update/read-back", test_read_back);
  g_test_add_func ("/store/update/errors", test_errors);
  return g_test_run ();
}
