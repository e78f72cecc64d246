/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shop-fixture.h"

#include "aisle-change-draft.h"
#include "aisle-change-job.h"
#include "aisle-change.h"
#include "aisle-forecast-job.h"
#include "aisle-job-error.h"
#include "aisle-log.h"
#include "aisle-outbox.h"

#include <string.h>

/* The life of a change through the hands of people. */

static gint64
draft (Shop *shop, const char *author, const char *sku, const char *store, const char *price)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) person = shop_person (shop, author);
  AislePriceWish wish = { sku, store, price };
  gint64 id = 0;
  gboolean ok = aisle_change_draft_prices (shop->workspace, person, &wish, 1, AISLE_DATE_NONE,
                                           AISLE_DATE_NONE, NULL, &id, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return id;
}

/* Two lines, MUG to 5.49 and JAR to 4.59 in North. */
static gint64
draft_two (Shop *shop)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  AislePriceWish wishes[] = { { "MUG", "N", "5.49" }, { "JAR", "N", "4.59" } };
  gint64 id = 0;
  aisle_change_draft_prices (shop->workspace, ana, wishes, 2, AISLE_DATE_NONE, AISLE_DATE_NONE,
                             NULL, &id, &error);
  g_assert_no_error (error);
  return id;
}

static gboolean
submit (Shop *shop, const char *name, gint64 id, const char *reason, GError **error)
{
  g_autoptr (AislePerson) person = shop_person (shop, name);
  return aisle_change_submit (shop->workspace, person, id, reason, error);
}

static gboolean
approve (Shop *shop, const char *name, gint64 id, GError **error)
{
  g_autoptr (AislePerson) person = shop_person (shop, name);
  return aisle_change_approve (shop->workspace, person, id, NULL, 0, NULL, NULL, error);
}

static gint64
submitted (Shop *shop)
{
  g_autoptr (GError) error = NULL;
  gint64 id = draft (shop, "ana", "MUG", "N", "5.49");
  submit (shop, "ana", id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static gint64
approved (Shop *shop)
{
  g_autoptr (GError) error = NULL;
  gint64 id = submitted (shop);
  approve (shop, "ben", id, &error);
  g_assert_no_error (error);
  return id;
}

static void
assert_state (Shop *shop, gint64 id, const char *state)
{
  g_autofree char *found = shop_text (shop, "SELECT state FROM change WHERE id = %d", (int) id);
  g_assert_cmpstr (found, ==, state);
}

static void
test_second_person (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = submitted (shop);
  assert_state (shop, id, "submitted");
  g_assert_false (approve (shop, "ana", id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "approver");
  gint64 n_queued = 0;
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  g_assert_true (
      aisle_change_approve (shop->workspace, ben, id, NULL, 0, "fine", &n_queued, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_queued, ==, 1);
  assert_state (shop, id, "approved");
  g_assert_cmpint (shop_number (shop,
                                "SELECT count (*) FROM store_update WHERE change_id = %d AND"
                                " state = 'queued' AND expected_minor = 549 AND seen_minor = 599",
                                (int) id),
                   ==, 1);
  g_assert_cmpint (shop_number (shop,
                                "SELECT count (*) FROM log_entry WHERE object = 'change %d' AND"
                                " action IN ('change.edit', 'change.submit', 'change.approve')",
                                (int) id),
                   ==, 3);
}

/* Max may write and approve, but not both on one change. */
static void
test_own_change (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = draft (shop, "max", "MUG", "N", "5.49");
  g_assert_true (submit (shop, "max", id, NULL, &error));
  g_assert_false (approve (shop, "max", id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED,
                     "max wrote this change; somebody else must approve it.");
  assert_state (shop, id, "submitted");
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM store_update"), ==, 0);
}

/* Whoever edited one revision may not approve a later one. */
static void
test_editor_is_a_writer (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) max = shop_person (shop, "max");
  gint64 id = draft (shop, "ana", "MUG", "N", "5.49");
  AislePriceWish wish = { "MUG", "N", "5.39" };
  AisleChangeEdit edit = {
    .wishes = &wish, .n_wishes = 1, .from = AISLE_DATE_NONE, .to = AISLE_DATE_NONE
  };
  g_assert_true (aisle_change_draft_edit (shop->workspace, max, id, &edit, &error));
  g_assert_no_error (error);
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  g_assert_false (approve (shop, "max", id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED,
                     "max wrote a part of this change");
  g_assert_true (approve (shop, "ben", id, &error));
}

static void
test_roles (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  static const char *const not_writers[] = { "ben", "mia", "noor", "eva", "sue" };
  static const char *const not_approvers[] = { "ana", "mia", "noor", "eva" };
  AislePriceWish wish = { "MUG", "S", "5.49" };
  for (gsize i = 0; i < G_N_ELEMENTS (not_writers); i++)
    {
      g_autoptr (AislePerson) person = shop_person (shop, not_writers[i]);
      gint64 id = 0;
      g_assert_false (aisle_change_draft_prices (shop->workspace, person, &wish, 1, AISLE_DATE_NONE,
                                                 AISLE_DATE_NONE, NULL, &id, &error));
      shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "merchandiser");
      g_assert_cmpint (id, ==, 0);
    }
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM change"), ==, 0);
  gint64 id = draft (shop, "ana", "MUG", "S", "5.49");
  g_assert_false (submit (shop, "ben", id, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "ben may not submit");
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (not_approvers); i++)
    {
      g_autoptr (AislePerson) person = shop_person (shop, not_approvers[i]);
      g_assert_false (
          aisle_change_approve (shop->workspace, person, id, NULL, 0, NULL, NULL, &error));
      shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "approver");
      g_assert_false (aisle_change_reject (shop->workspace, person, id, "no", &error));
      shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "may not reject");
    }
  g_assert_false (aisle_change_approve (shop->workspace, NULL, id, NULL, 0, NULL, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "Only a person");
  /* Sue approves for South only. */
  g_assert_true (approve (shop, "sue", id, &error));
  g_assert_no_error (error);
}

static void
test_scope (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = submitted (shop);
  g_assert_false (approve (shop, "sue", id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "not among sue's stores");
}

static gint64
count_findings (Shop *shop, gint64 id, const char *rule, const char *level)
{
  return shop_number (shop,
                      "SELECT count (*) FROM change_finding WHERE change_id = %d AND rule = '%s'"
                      " AND level = '%s'",
                      (int) id, rule, level);
}

/* A block refuses; what was found is kept with the draft, until it is edited. */
static void
test_block (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  gint64 id = draft (shop, "ana", "MUG", "N", "2.39");
  g_assert_false (submit (shop, "ana", id, "I want it", &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "block this change");
  assert_state (shop, id, "draft");
  g_assert_cmpint (count_findings (shop, id, "margin_floor", "block"), ==, 1);
  g_assert_cmpint (count_findings (shop, id, "largest_step", "block"), ==, 1);
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM change_evidence"), ==, 0);
  g_assert_cmpint (
      shop_number (shop, "SELECT count (*) FROM change_decision WHERE action = 'submit'"), ==, 0);
  AislePriceWish wish = { "MUG", "N", "5.49" };
  AisleChangeEdit edit = {
    .wishes = &wish, .n_wishes = 1, .from = AISLE_DATE_NONE, .to = AISLE_DATE_NONE
  };
  g_assert_true (aisle_change_draft_edit (shop->workspace, ana, id, &edit, &error));
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM change_finding"), ==, 0);
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  g_assert_no_error (error);
}

/* A warning asks for a reason. */
static void
test_warning (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = draft (shop, "ana", "MUG", "N", "5.43");
  g_assert_false (submit (shop, "ana", id, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED,
                     "1 warning needs a written reason");
  g_assert_false (submit (shop, "ana", id, "", &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "price_ending");
  g_assert_cmpint (count_findings (shop, id, "price_ending", "warn"), ==, 1);
  g_assert_true (submit (shop, "ana", id, "the competitor's price", &error));
  g_autofree char *reason = shop_text (shop, "SELECT reason FROM change WHERE id = %d", (int) id);
  g_assert_cmpstr (reason, ==, "the competitor's price");
  g_assert_true (approve (shop, "ben", id, &error));
  g_assert_no_error (error);
}

static void
test_gaps_warn (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  shop_sql (shop, "DELETE FROM cost WHERE product_id = 1; DELETE FROM tax_rate");
  gint64 id = draft (shop, "ana", "MUG", "N", "5.49");
  g_assert_false (submit (shop, "ana", id, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "No cost is known");
  g_assert_cmpint (count_findings (shop, id, "cost_unknown", "warn"), ==, 1);
  id = draft (shop, "ana", "JAR", "N", "4.59");
  g_assert_false (submit (shop, "ana", id, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "No tax rate is known");
}

/* Evidence names its run, and nobody can change it. */
static void
test_evidence (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = submitted (shop);
  g_assert_cmpint (shop_number (shop,
                                "SELECT count (*) FROM change_evidence WHERE change_id = %d AND"
                                " kind IN ('forecast', 'guardrails') AND json_valid (document)",
                                (int) id),
                   ==, 2);
  char *message = NULL;
  g_assert_cmpint (
      sqlite3_exec (shop->raw, "UPDATE change_evidence SET document = '{}'", NULL, NULL, &message),
      !=, SQLITE_OK);
  g_assert_nonnull (strstr (message, "frozen"));
  sqlite3_free (message);
  /* The line that is kept has its expected effect, without a forecast as null. */
  g_assert_cmpint (shop_number (shop,
                                "SELECT json_extract (expected, '$.units_change.mean') IS NULL"
                                " AND json_extract (expected, '$.days') = 28 FROM change_line"
                                " WHERE change_id = %d",
                                (int) id),
                   ==, 1);
}

/* Stock limits what a lower price can sell, not what a higher one keeps away. */
static void
test_effect_and_stock (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  shop_sell (shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 120, 10);
  shop_sql (shop, "UPDATE stock_day SET on_hand_milli = 5000");
  AisleForecastJobOptions options = { .n_threads = 1 };
  AisleForecastJobResult result;
  g_assert_true (aisle_forecast_job_run (shop->workspace, &options, NULL, &result, &error));
  static const char *const prices[] = { "6.49", "5.49" };
  static const char *const wanted[] = { "< -1", "= 0" };
  for (gsize i = 0; i < G_N_ELEMENTS (prices); i++)
    {
      gint64 id = draft (shop, "ana", "MUG", "N", prices[i]);
      g_assert_true (submit (shop, "ana", id, "a test", &error));
      g_assert_cmpint (shop_number (shop,
                                    "SELECT json_extract (expected, '$.units_change.mean') %s"
                                    " FROM change_line WHERE change_id = %d",
                                    wanted[i], (int) id),
                       ==, 1);
      shop_sql (shop, "UPDATE change SET state = 'withdrawn' WHERE id = %d", (int) id);
    }
}

static void
test_some_lines (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  gint64 id = draft_two (shop), n_queued = 0;
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  const int missing[] = { 3 };
  g_assert_false (aisle_change_approve (shop->workspace, ben, id, missing, 1, NULL, NULL, &error));
  shop_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
                     "has no line 3");
  g_assert_cmpint (shop_number (shop, "SELECT sum (is_approved) FROM change_line"), ==, 2);
  const int second[] = { 2 };
  g_assert_true (
      aisle_change_approve (shop->workspace, ben, id, second, 1, NULL, &n_queued, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_queued, ==, 1);
  g_assert_cmpint (shop_number (shop, "SELECT product_id FROM store_update"), ==, SHOP_JAR);
  g_assert_cmpint (shop_number (shop, "SELECT is_approved FROM change_line WHERE line = 1"), ==, 0);
}

static void
reprice (Shop *shop, int store, int product, int gross)
{
  shop_sql (
      shop,
      "UPDATE price_ledger SET to_at = (%d - 50) * 86400 WHERE store_id = %d AND product_id = %d;"
      "INSERT INTO price_ledger (product_id, store_id, currency, gross_minor, net_minor,"
      " tax_rate_ppm, from_at, source) SELECT %d, %d, currency, %d, %d, 200000, (%d - 50) * 86400,"
      " 'import' FROM store WHERE id = %d",
      SHOP_TODAY, store, product, product, store, gross, gross * 10 / 12, SHOP_TODAY, store);
}

/* The shelf price moved between submit and approve; an edit looks at the new one. */
static void
test_stale (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  gint64 id = submitted (shop);
  reprice (shop, SHOP_NORTH, SHOP_MUG, 569);
  g_assert_false (approve (shop, "ben", id, &error));
  shop_assert_error (
      error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_STALE,
      "the shelf price of MUG in N was £5.99 when this change was written and is £5.69 now");
  assert_state (shop, id, "submitted");
  g_assert_true (aisle_change_send_back (shop->workspace, ben, id, "look again", &error));
  AisleChangeEdit edit = { .from = AISLE_DATE_NONE, .to = AISLE_DATE_NONE };
  g_assert_true (aisle_change_draft_edit (shop->workspace, ana, id, &edit, &error));
  g_assert_no_error (error);
  assert_state (shop, id, "draft");
  g_assert_cmpint (shop_number (shop, "SELECT revision FROM change WHERE id = %d", (int) id), ==,
                   2);
  g_assert_cmpint (shop_number (shop, "SELECT before_minor FROM change_line"), ==, 569);
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (approve (shop, "ben", id, &error));
  g_assert_no_error (error);
  /* Both revisions keep their own evidence. */
  g_assert_cmpint (
      shop_number (shop, "SELECT count (*) FROM change_evidence WHERE kind = 'forecast'"), ==, 2);
}

static void
test_stale_at_submit (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = draft (shop, "ana", "MUG", "N", "5.49");
  reprice (shop, SHOP_NORTH, SHOP_MUG, 569);
  g_assert_false (submit (shop, "ana", id, NULL, &error));
  shop_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_STALE, "change edit");
  assert_state (shop, id, "draft");
}

static void
test_overlap_at_submit (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 first = submitted (shop);
  gint64 second = draft (shop, "max", "MUG", "N", "5.39");
  g_autofree char *words = g_strdup_printf ("Change %d sets a price", (int) first);
  g_assert_false (submit (shop, "max", second, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, words);
  /* Another store or product is none of its business. */
  gint64 third = draft (shop, "max", "MUG", "S", "5.39");
  g_assert_true (submit (shop, "max", third, NULL, &error));
  g_assert_no_error (error);
}

/* A change that waits claims the days on which it would be approved, not the day it was written
 * for. */
static void
test_overlap_days_later (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  submitted (shop);
  aisle_workspace_set_as_of (shop->workspace, SHOP_TODAY + 3);
  gint64 second = draft (shop, "max", "MUG", "N", "5.39");
  g_assert_false (submit (shop, "max", second, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "overlap");
}

/* Two changes were apart when they were submitted and are not any more when one is approved. */
static void
test_overlap_at_approve (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) max = shop_person (shop, "max");
  gint64 now = submitted (shop), later = 0;
  AislePriceWish wish = { "MUG", "N", "5.39" };
  g_assert_true (aisle_change_draft_prices (shop->workspace, max, &wish, 1, SHOP_TODAY + 10,
                                            AISLE_DATE_NONE, NULL, &later, &error));
  g_assert_true (submit (shop, "max", later, "soon", &error));
  g_assert_no_error (error);
  aisle_workspace_set_as_of (shop->workspace, SHOP_TODAY + 10);
  g_assert_false (approve (shop, "ben", now, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "overlap");
  assert_state (shop, now, "submitted");
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM store_update"), ==, 0);
}

static void
test_reject_and_send_back (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  gint64 id = submitted (shop);
  g_assert_false (aisle_change_reject (shop->workspace, ben, id, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "reason");
  g_assert_false (aisle_change_send_back (shop->workspace, ben, id, "", &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "reason");
  g_assert_true (aisle_change_reject (shop->workspace, ben, id, "too early", &error));
  assert_state (shop, id, "rejected");
  g_autofree char *reason =
      shop_text (shop, "SELECT reason FROM change_decision WHERE action = 'reject'");
  g_assert_cmpstr (reason, ==, "too early");
  g_assert_false (submit (shop, "ana", id, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "rejected");
}

static void
test_withdraw (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  gint64 id = approved (shop);
  g_assert_true (aisle_change_withdraw (shop->workspace, ana, id, NULL, &error));
  g_assert_no_error (error);
  assert_state (shop, id, "withdrawn");
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM store_update WHERE state = 'queued'"),
                   ==, 0);
  /* A draft, which has no updates, too. */
  id = draft (shop, "ana", "JAR", "N", "4.59");
  g_assert_true (aisle_change_withdraw (shop->workspace, ana, id, NULL, &error));
  assert_state (shop, id, "withdrawn");
}

static void
test_schedule (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  gint64 at = (gint64) (SHOP_TODAY + 2) * 86400 + 6 * 3600;
  gint64 id = submitted (shop);
  g_assert_false (aisle_change_schedule (shop->workspace, ben, id, at, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "submitted");
  g_assert_true (approve (shop, "ben", id, &error));
  g_assert_true (aisle_change_schedule (shop->workspace, ben, id, at, &error));
  g_assert_no_error (error);
  assert_state (shop, id, "scheduled");
  g_assert_cmpint (shop_number (shop, "SELECT not_before_at FROM store_update"), ==, at);
  g_assert_true (aisle_change_schedule (shop->workspace, ben, id, at + 60, &error));
  g_assert_cmpint (shop_number (shop, "SELECT not_before_at FROM store_update"), ==, at + 60);
}

/* As the push job leaves it: verified and live. */
static void
make_live (Shop *shop, gint64 id)
{
  shop_sql (shop,
            "UPDATE change SET state = 'pushing' WHERE id = %d;"
            "UPDATE store_update SET state = 'sending' WHERE change_id = %d AND step = 'set';"
            "UPDATE store_update SET state = 'accepted', prior_minor = seen_minor,"
            " found_minor = expected_minor, attempts = 1 WHERE change_id = %d AND step = 'set';"
            "UPDATE store_update SET state = 'verified' WHERE change_id = %d AND step = 'set';"
            "UPDATE change SET state = 'live' WHERE id = %d",
            (int) id, (int) id, (int) id, (int) id, (int) id);
}

static void
test_roll_back (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  gint64 id = approved (shop);
  make_live (shop, id);
  g_assert_false (aisle_change_roll_back (shop->workspace, ana, id, "wrong", &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "approver");
  g_assert_false (aisle_change_roll_back (shop->workspace, ben, id, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "reason");
  g_assert_false (aisle_change_withdraw (shop->workspace, ben, id, "too late", &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "live");
  g_assert_true (aisle_change_roll_back (shop->workspace, ben, id, "wrong", &error));
  g_assert_no_error (error);
  assert_state (shop, id, "rolled_back");
  g_assert_cmpint (shop_number (shop,
                                "SELECT expected_minor FROM store_update WHERE step = 'restore' AND"
                                " state = 'queued'"),
                   ==, 599);
}

/* What the store refused is tried again once a person asks for it. */
static void
test_retry (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  gint64 id = approved (shop);
  shop_sql (shop, "UPDATE change SET state = 'pushing'; UPDATE store_update SET state = 'sending';"
                  "UPDATE store_update SET state = 'refused', attempts = 1;"
                  "UPDATE change SET state = 'needs_attention'");
  g_assert_true (aisle_change_retry (shop->workspace, ana, id, &error));
  g_assert_no_error (error);
  assert_state (shop, id, "pushing");
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM store_update WHERE state = 'queued'"),
                   ==, 1);
}

/* Without a system there is nobody to tell; the line can be left out. */
static void
test_store_without_system (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  AislePriceWish wishes[] = { { "MUG", "N", "5.49" }, { "MUG", "L", "5.49" } };
  gint64 id = 0;
  g_assert_true (aisle_change_draft_prices (shop->workspace, ana, wishes, 2, AISLE_DATE_NONE,
                                            AISLE_DATE_NONE, NULL, &id, &error));
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  g_assert_false (approve (shop, "ben", id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "no store system serves L");
  const int first[] = { 1 };
  g_assert_true (aisle_change_approve (shop->workspace, ben, id, first, 1, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_promotion (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  const char *const skus[] = { "MUG", NULL }, *const stores[] = { "N", NULL };
  gint64 id = 0, n_queued = 0;
  g_assert_true (aisle_change_draft_promotion (shop->workspace, ana, skus, stores, 200000,
                                               SHOP_TODAY + 4, SHOP_TODAY + 10, NULL, &id, &error));
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (shop_number (shop, "SELECT json_extract (document, '$[0].prior_minor') FROM"
                                      " change_evidence WHERE kind = 'prior_price'"),
                   ==, 599);
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  g_assert_true (aisle_change_approve (shop->workspace, ben, id, NULL, 0, NULL, &n_queued, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_queued, ==, 2); /* set and end */
}

/* The promotion is over before anybody approved it. */
static void
test_promotion_too_late (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  const char *const skus[] = { "MUG", NULL }, *const stores[] = { "N", NULL };
  gint64 id = 0;
  g_assert_true (aisle_change_draft_promotion (shop->workspace, ana, skus, stores, 200000,
                                               SHOP_TODAY, SHOP_TODAY + 1, NULL, &id, &error));
  g_assert_true (submit (shop, "ana", id, NULL, &error));
  g_assert_no_error (error);
  aisle_workspace_set_as_of (shop->workspace, SHOP_TODAY + 2);
  g_assert_false (approve (shop, "ben", id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "before it starts");
}

/* Moved onto the days of another change, or behind its own end, a change is not scheduled. */
static void
test_schedule_is_checked (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) max = shop_person (shop, "max");
  g_autoptr (AislePerson) ben = shop_person (shop, "ben");
  gint64 id = approved (shop), later = 0, promotion = 0;
  AislePriceWish wish = { "MUG", "N", "5.39" };
  g_assert_true (aisle_change_draft_prices (shop->workspace, max, &wish, 1, SHOP_TODAY + 10,
                                            AISLE_DATE_NONE, NULL, &later, &error));
  g_assert_true (submit (shop, "max", later, "soon", &error));
  gint64 tenth = (gint64) (SHOP_TODAY + 10) * 86400 + 3600;
  g_assert_false (aisle_change_schedule (shop->workspace, ben, id, tenth, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "overlap");
  g_assert_true (aisle_change_schedule (shop->workspace, ben, id, tenth - 86400, &error));
  g_assert_no_error (error);

  const char *const skus[] = { "JAR", NULL }, *const stores[] = { "S", NULL };
  g_assert_true (aisle_change_draft_promotion (shop->workspace, max, skus, stores, 200000,
                                               SHOP_TODAY, SHOP_TODAY + 5, NULL, &promotion,
                                               &error));
  g_assert_true (submit (shop, "max", promotion, NULL, &error));
  g_assert_true (approve (shop, "ben", promotion, &error));
  g_assert_false (aisle_change_schedule (shop->workspace, ben, promotion, tenth, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "before it starts");
  assert_state (shop, promotion, "approved");
}

/* Two desks at once: the second finds the change moved on, and a forged step is refused by the
 * file. */
static void
test_two_desks (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleWorkspace) other = aisle_workspace_open_again (shop->workspace, &error);
  aisle_workspace_set_as_of (other, SHOP_TODAY);
  g_autoptr (AislePerson) max = shop_person (shop, "max");
  gint64 id = submitted (shop);
  g_assert_true (approve (shop, "ben", id, &error));
  g_assert_false (aisle_change_approve (other, max, id, NULL, 0, NULL, NULL, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "approved");
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM store_update"), ==, 1);

  g_assert_true (aisle_workspace_begin (other, &error));
  g_assert_false (
      aisle_change_set_state (other, id, AISLE_CHANGE_SUBMITTED, AISLE_CHANGE_REJECTED, &error));
  shop_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_STALE,
                     "no longer submitted");
  g_assert_false (
      aisle_change_set_state (other, id, AISLE_CHANGE_APPROVED, AISLE_CHANGE_LIVE, &error));
  g_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_REFUSED);
  aisle_workspace_rollback (other);
}

static void
test_unknown_change (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_assert_false (submit (shop, "ana", 77, NULL, &error));
  shop_assert_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND, "no change 77");
  g_assert_false (aisle_workspace_in_transaction (shop->workspace));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/change/second-person", test_second_person);
  g_test_add_func ("/job/change/own-change", test_own_change);
  g_test_add_func ("/job/change/editor-is-a-writer", test_editor_is_a_writer);
  g_test_add_func ("/job/change/roles", test_roles);
  g_test_add_func ("/job/change/scope", test_scope);
  g_test_add_func ("/job/change/block", test_block);
  g_test_add_func ("/job/change/warning", test_warning);
  g_test_add_func ("/job/change/gaps-warn", test_gaps_warn);
  g_test_add_func ("/job/change/evidence", test_evidence);
  g_test_add_func ("/job/change/some-lines", test_some_lines);
  g_test_add_func ("/job/change/stale", test_stale);
  g_test_add_func ("/job/change/stale-at-submit", test_stale_at_submit);
  g_test_add_func ("/job/change/overlap-at-submit", test_overlap_at_submit);
  g_test_add_func ("/job/change/overlap-days-later", test_overlap_days_later);
  g_test_add_func ("/job/change/overlap-at-approve", test_overlap_at_approve);
  g_test_add_func ("/job/change/reject-and-send-back", test_reject_and_send_back);
  g_test_add_func ("/job/change/withdraw", test_withdraw);
  g_test_add_func ("/job/change/schedule", test_schedule);
  g_test_add_func ("/job/change/roll-back", test_roll_back);
  g_test_add_func ("/job/change/retry", test_retry);
  g_test_add_func ("/job/change/store-without-system", test_store_without_system);
  g_test_add_func ("/job/change/promotion", test_promotion);
  g_test_add_func ("/job/change/effect-and-stock", test_effect_and_stock);
  g_test_add_func ("/job/change/promotion-too-late", test_promotion_too_late);
  g_test_add_func ("/job/change/schedule-is-checked", test_schedule_is_checked);
  g_test_add_func ("/job/change/two-desks", test_two_desks);
  g_test_add_func ("/job/change/unknown", test_unknown_change);
  return g_test_run ();
}
