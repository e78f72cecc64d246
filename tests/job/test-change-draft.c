/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shop-fixture.h"

#include "aisle-change-draft.h"
#include "aisle-change-job.h"
#include "aisle-change.h"
#include "aisle-job-error.h"

#include <string.h>

/* Writing and editing drafts. */

static gboolean
draft (Shop *shop,
       const char *sku,
       const char *store,
       const char *price,
       gint64 *id,
       GError **error)
{
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  AislePriceWish wish = { sku, store, price };
  return aisle_change_draft_prices (shop->workspace, ana, &wish, 1, AISLE_DATE_NONE,
                                    AISLE_DATE_NONE, NULL, id, error);
}

static gboolean
promote (Shop *shop,
         const char *sku,
         const char *store,
         gint64 ppm,
         AisleDate from,
         AisleDate to,
         gint64 *id,
         GError **error)
{
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  const char *const skus[] = { sku, NULL }, *const stores[] = { store, NULL };
  return aisle_change_draft_promotion (shop->workspace, ana, skus, store ? stores : NULL, ppm, from,
                                       to, NULL, id, error);
}

static void
test_price (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = 0;
  /* Barcode, and the store's name. */
  g_assert_true (draft (shop, "4006381333931", "North", "5.49", &id, &error));
  g_assert_no_error (error);
  g_autoptr (AisleChange) change = aisle_change_load (shop->workspace, id, &error);
  g_assert_cmpint (change->kind, ==, AISLE_CHANGE_PRICE);
  g_assert_cmpint (change->state, ==, AISLE_CHANGE_DRAFT);
  g_assert_cmpint (change->from_day, ==, SHOP_TODAY);
  g_assert_cmpint (change->to_day, ==, AISLE_DATE_NONE);
  g_assert_cmpstr (change->title, ==, "New price for MUG in N");
  g_assert_cmpuint (change->lines->len, ==, 1);
  const AisleChangeLine *line = change->lines->pdata[0];
  g_assert_cmpstr (line->sku, ==, "MUG");
  g_assert_cmpstr (line->store, ==, "N");
  g_assert_cmpstr (line->currency, ==, "GBP");
  g_assert_cmpint (line->before_minor, ==, 599);
  g_assert_cmpint (line->after_minor, ==, 549);
}

static void
test_refused_words (void)
{
  static const struct
  {
    const char *sku, *store, *price, *words;
  } cases[] = {
    { "HAT", "N", "5.49", "no product “HAT”" },
    { "MUG", "Q", "5.49", "no store “Q”" },
    { "MUG", "N", "five", "five" },
    { "MUG", "N", "0", "above 0" },
    { "MUG", "N", "-3", "above 0" },
    { "MUG", "N", "5.499", "5.499" },
    { "MUG", "N", "", "above 0" },
    { "MUG", "N", "1e999", "1e999" },
    { "POST", "N", "5.49", "does not carry product POST" },
    { "OLD", "N", "5.49", "does not carry product OLD" },
  };
  g_autoptr (Shop) shop = shop_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 id = 0;
      g_assert_false (draft (shop, cases[i].sku, cases[i].store, cases[i].price, &id, &error));
      g_assert_nonnull (error);
      if (!strstr (error->message, cases[i].words))
        g_error ("“%s” does not say “%s”", error->message, cases[i].words);
    }
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM change"), ==, 0);
}

/* A product without a shelf price gets its first one; a promotion has nothing to take from. */
static void
test_no_price_before (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = 0;
  shop_sql (shop, "DELETE FROM price_ledger WHERE product_id = 1 AND store_id = 1");
  g_assert_true (draft (shop, "MUG", "N", "5.49", &id, &error));
  g_assert_cmpint (shop_number (shop, "SELECT before_minor IS NULL FROM change_line"), ==, 1);
  g_assert_false (promote (shop, "MUG", "N", 200000, SHOP_TODAY, SHOP_TODAY + 6, &id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                     "MUG has no shelf price in store N");
}

static void
test_two_currencies (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  AislePriceWish wishes[] = { { "MUG", "N", "5.49" }, { "MUG", "P", "5.49" } };
  gint64 id = 0;
  g_assert_false (aisle_change_draft_prices (shop->workspace, ana, wishes, 2, AISLE_DATE_NONE,
                                             AISLE_DATE_NONE, NULL, &id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "GBP and EUR");
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM change"), ==, 0);
}

static void
test_promotion_limits (void)
{
  static const struct
  {
    gint64 ppm;
    AisleDate from, to;
    const char *words;
  } cases[] = {
    { 0, SHOP_TODAY, SHOP_TODAY + 6, "more than 0 %" },
    { -100000, SHOP_TODAY, SHOP_TODAY + 6, "more than 0 %" },
    { 1000000, SHOP_TODAY, SHOP_TODAY + 6, "less than 100 %" },
    { 200000, SHOP_TODAY + 6, SHOP_TODAY, "not before the first" },
    { 200000, AISLE_DATE_NONE, SHOP_TODAY, "first and a last day" },
    { 200000, SHOP_TODAY, AISLE_DATE_NONE, "first and a last day" },
    { 200000, SHOP_TODAY - 9, SHOP_TODAY - 2, "has passed" },
  };
  g_autoptr (Shop) shop = shop_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 id = 0;
      g_assert_false (
          promote (shop, "MUG", "N", cases[i].ppm, cases[i].from, cases[i].to, &id, &error));
      shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, cases[i].words);
    }
}

/* Without stores: all that have a system and the same currency's price. */
static void
test_promotion_everywhere (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = 0;
  shop_sql (shop, "UPDATE store SET system_id = NULL WHERE code = 'P'");
  g_assert_true (promote (shop, "MUG", NULL, 125000, SHOP_TODAY, SHOP_TODAY + 6, &id, &error));
  g_assert_no_error (error);
  g_autofree char *stores =
      shop_text (shop, "SELECT group_concat (code, ',') FROM (SELECT t.code FROM"
                       " change_line AS l JOIN store AS t ON t.id = l.store_id"
                       " ORDER BY t.code)");
  g_assert_cmpstr (stores, ==, "N,S,X");
  /* 12.5 % off 5.99 is 5.24125. */
  g_assert_cmpint (shop_number (shop, "SELECT min (after_minor) FROM change_line"), ==, 524);
  g_autofree char *title = shop_text (shop, "SELECT title FROM change");
  g_assert_cmpstr (title, ==, "12.5 % off");
  shop_sql (shop, "UPDATE store SET system_id = NULL");
  g_assert_false (promote (shop, "MUG", NULL, 125000, SHOP_TODAY, SHOP_TODAY + 6, &id, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                     "no store with a store system");
}

/* The last of two wishes for one price counts; a change has each product and store once. */
static void
test_same_line_twice (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  AislePriceWish wishes[] = { { "MUG", "N", "5.49" }, { "MUG", "North", "5.39" } };
  gint64 id = 0;
  g_assert_true (aisle_change_draft_prices (shop->workspace, ana, wishes, 2, AISLE_DATE_NONE,
                                            AISLE_DATE_NONE, NULL, &id, &error));
  g_assert_cmpint (shop_number (shop, "SELECT after_minor FROM change_line"), ==, 539);
}

static gboolean
edit (Shop *shop, const char *name, gint64 id, AisleChangeEdit wanted, GError **error)
{
  g_autoptr (AislePerson) person = shop_person (shop, name);
  if (wanted.from == 0)
    wanted.from = AISLE_DATE_NONE;
  if (wanted.to == 0)
    wanted.to = AISLE_DATE_NONE;
  return aisle_change_draft_edit (shop->workspace, person, id, &wanted, error);
}

static void
test_edit (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = 0;
  g_assert_true (draft (shop, "MUG", "N", "5.49", &id, &error));
  AislePriceWish wishes[] = { { "JAR", "N", "4.59" }, { "TIN", "N", "9.49" } };
  g_assert_true (edit (shop, "ana", id,
                       (AisleChangeEdit){ .wishes = wishes,
                                          .n_wishes = 2,
                                          .title = "Autumn",
                                          .reason = "why",
                                          .from = SHOP_TODAY + 1,
                                          .to = SHOP_TODAY + 9 },
                       &error));
  g_assert_no_error (error);
  const int first[] = { 1 }, ninth[] = { 9 }, both[] = { 1, 2 };
  g_assert_true (edit (shop, "ana", id,
                       (AisleChangeEdit){ .removed_lines = first, .n_removed_lines = 1 }, &error));
  g_autoptr (AisleChange) change = aisle_change_load (shop->workspace, id, &error);
  g_assert_cmpuint (change->lines->len, ==, 2);
  /* Lines are numbered anew. */
  g_assert_cmpstr (((AisleChangeLine *) change->lines->pdata[0])->sku, ==, "JAR");
  g_assert_cmpint (((AisleChangeLine *) change->lines->pdata[0])->line, ==, 1);
  g_assert_cmpstr (change->title, ==, "Autumn");
  g_assert_cmpstr (change->reason, ==, "why");
  g_assert_cmpint (change->from_day, ==, SHOP_TODAY + 1);
  g_assert_cmpint (change->to_day, ==, SHOP_TODAY + 9);
  g_assert_cmpint (change->revision, ==, 1);

  g_assert_false (edit (shop, "ana", id,
                        (AisleChangeEdit){ .removed_lines = ninth, .n_removed_lines = 1 }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "no line 9");
  g_assert_false (edit (shop, "ana", id,
                        (AisleChangeEdit){ .removed_lines = both, .n_removed_lines = 2 }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "withdraw it instead");
  g_assert_false (edit (shop, "ana", id, (AisleChangeEdit){ .to = SHOP_TODAY - 5 }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "before it starts");
  g_assert_false (edit (shop, "ana", id, (AisleChangeEdit){ .percent_off_ppm = 100000 }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                     "--percent goes with promotions");
  g_assert_false (edit (shop, "ben", id, (AisleChangeEdit){ .title = "mine" }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "merchandiser");
  AislePriceWish euros = { "MUG", "P", "5.49" };
  g_assert_false (
      edit (shop, "ana", id, (AisleChangeEdit){ .wishes = &euros, .n_wishes = 1 }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "GBP and EUR");
}

static void
test_edit_promotion (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = 0;
  g_assert_true (promote (shop, "MUG", "N", 200000, SHOP_TODAY, SHOP_TODAY + 6, &id, &error));
  g_assert_cmpint (shop_number (shop, "SELECT after_minor FROM change_line"), ==, 479);
  g_assert_true (edit (shop, "ana", id, (AisleChangeEdit){ .percent_off_ppm = 300000 }, &error));
  g_assert_cmpint (shop_number (shop, "SELECT after_minor FROM change_line"), ==, 419);
  AislePriceWish wish = { "MUG", "N", "4.00" };
  g_assert_false (
      edit (shop, "ana", id, (AisleChangeEdit){ .wishes = &wish, .n_wishes = 1 }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "edit --percent instead");
  g_assert_false (edit (shop, "ana", id, (AisleChangeEdit){ .percent_off_ppm = 1000000 }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, "below 100");
}

/* What people have seen does not move under their eyes. */
static void
test_only_drafts (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  gint64 id = 0;
  g_assert_true (draft (shop, "MUG", "N", "5.49", &id, &error));
  g_assert_true (aisle_change_submit (shop->workspace, ana, id, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (edit (shop, "ana", id, (AisleChangeEdit){ .title = "late" }, &error));
  shop_assert_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED, "submitted");
  g_assert_false (aisle_workspace_in_transaction (shop->workspace));
}

/* A line that is edited away from its proposal loses what the proposal said of it; the others keep
 * it. */
static void
test_edit_forgets_proposal (void)
{
  g_autoptr (Shop) shop = shop_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePerson) ana = shop_person (shop, "ana");
  AislePriceWish wishes[] = { { "MUG", "N", "5.49" }, { "JAR", "N", "4.59" } };
  gint64 id = 0;
  g_assert_true (aisle_change_draft_prices (shop->workspace, ana, wishes, 2, AISLE_DATE_NONE,
                                            AISLE_DATE_NONE, NULL, &id, &error));
  shop_sql (shop, "UPDATE change_line SET reason = 'overstock', expected = '{}'");
  wishes[0].price = "5.39";
  g_assert_true (
      edit (shop, "ana", id, (AisleChangeEdit){ .wishes = wishes, .n_wishes = 1 }, &error));
  g_assert_cmpint (
      shop_number (shop, "SELECT count (*) FROM change_line WHERE line = 1 AND reason IS NULL"
                         " AND expected IS NULL"),
      ==, 1);
  g_assert_cmpint (shop_number (shop, "SELECT count (*) FROM change_line WHERE line = 2 AND"
                                      " reason = 'overstock'"),
                   ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/change-draft/price", test_price);
  g_test_add_func ("/job/change-draft/refused-words", test_refused_words);
  g_test_add_func ("/job/change-draft/no-price-before", test_no_price_before);
  g_test_add_func ("/job/change-draft/two-currencies", test_two_currencies);
  g_test_add_func ("/job/change-draft/promotion-limits", test_promotion_limits);
  g_test_add_func ("/job/change-draft/promotion-everywhere", test_promotion_everywhere);
  g_test_add_func ("/job/change-draft/same-line-twice", test_same_line_twice);
  g_test_add_func ("/job/change-draft/edit", test_edit);
  g_test_add_func ("/job/change-draft/edit-promotion", test_edit_promotion);
  g_test_add_func ("/job/change-draft/only-drafts", test_only_drafts);
  g_test_add_func ("/job/change-draft/edit-forgets-proposal", test_edit_forgets_proposal);
  return g_test_run ();
}
