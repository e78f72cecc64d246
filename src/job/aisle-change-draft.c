/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-draft.h"

#include "aisle-change-actor-private.h"
#include "aisle-change-check-private.h"
#include "aisle-change-state.h"
#include "aisle-core-error.h"
#include "aisle-job-error.h"
#include "aisle-range.h"
#include "aisle-shelf.h"

static void
set_invalid (GError **error, const char *message)
{
  g_set_error_literal (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, message);
}

static void
replace_text (char **slot, const char *text)
{
  char *copy = g_strdup (text);
  g_free (*slot);
  *slot = copy;
}

/* The facts of one product in one store; NULL with an error where the store does not have it. */
static GPtrArray *
find_facts (AisleWorkspace *workspace, const char *sku, const char *store, GError **error)
{
  gint64 product_id = aisle_range_find_product (workspace, sku, error);
  if (product_id == 0)
    return NULL;
  gint64 store_id = aisle_range_find_store (workspace, store, error);
  if (store_id == 0)
    return NULL;
  g_autoptr (GPtrArray) facts = aisle_shelf_list (workspace, store_id, product_id, 0, error);
  if (facts && facts->len == 0)
    {
      g_set_error (
          error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
          "store %s does not carry product %s, or it is no goods; there is no price to change",
          store, sku);
      return NULL;
    }
  return g_steal_pointer (&facts);
}

static AisleChangeLine *
find_line (const AisleChange *change, gint64 product_id, gint64 store_id)
{
  for (guint i = 0; i < change->lines->len; i++)
    {
      AisleChangeLine *line = change->lines->pdata[i];
      if (line->product_id == product_id && line->store_id == store_id)
        return line;
    }
  return NULL;
}

/* Another price than the one that was proposed: what the proposal said of it goes. */
static void
set_after (AisleChangeLine *line, gint64 after_minor)
{
  if (line->after_minor == after_minor)
    return;
  line->after_minor = after_minor;
  g_clear_pointer (&line->reason, g_free);
  g_clear_pointer (&line->expected, g_free);
}

static void
set_before (AisleChangeLine *line, const AisleShelfRow *facts)
{
  line->before_minor =
      facts->price_minor == AISLE_SHELF_UNKNOWN ? AISLE_CHANGE_AMOUNT_NONE : facts->price_minor;
}

/* The line of the product and store, made new where there is none, at `after_minor`. */
static void
set_line (AisleChange *change, const AisleShelfRow *facts, gint64 after_minor)
{
  AisleChangeLine *line = find_line (change, facts->product_id, facts->store_id);
  if (!line)
    line = aisle_change_add_line (change);
  line->product_id = facts->product_id;
  line->store_id = facts->store_id;
  g_strlcpy (line->currency, facts->currency, sizeof line->currency);
  replace_text (&line->sku, facts->sku);
  replace_text (&line->store, facts->store);
  set_before (line, facts);
  set_after (line, after_minor);
}

static gboolean
apply_wishes (AisleWorkspace *workspace,
              AisleChange *change,
              const AislePriceWish *wishes,
              gsize n_wishes,
              GError **error)
{
  for (gsize i = 0; i < n_wishes; i++)
    {
      g_autoptr (GPtrArray) facts = find_facts (workspace, wishes[i].sku, wishes[i].store, error);
      if (!facts)
        return FALSE;
      const AisleShelfRow *row = facts->pdata[0];
      gint64 price;
      g_autoptr (GError) reason = NULL;
      if (!aisle_money_parse (wishes[i].price, -1, AISLE_NUMBER_FORMAT_PLAIN, row->currency, &price,
                              &reason)
          || price <= 0)
        {
          g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                       "%s in store %s: %s; write an amount above 0 such as 3.49, in %s",
                       wishes[i].sku, wishes[i].store,
                       reason ? reason->message : "a price must be above 0", row->currency);
          return FALSE;
        }
      set_line (change, row, price);
    }
  return TRUE;
}

gboolean
aisle_change_draft_save (AisleWorkspace *workspace,
                         const AislePerson *author,
                         AisleChange *change,
                         GError **error)
{
  g_return_val_if_fail (author != NULL, FALSE);

  AisleChangeCircumstances circumstances = { .is_new = TRUE };
  change->author_id = author->id;
  replace_text (&change->author, author->name);
  if (change->lines->len == 0)
    {
      set_invalid (error, "the change has no lines; name at least one product");
      return FALSE;
    }
  if (!aisle_change_get_currency (change, error)
      || !aisle_change_may_act (workspace, author, change, AISLE_ACTION_EDIT, &circumstances, error)
      || !aisle_workspace_begin (workspace, error))
    return FALSE;
  gboolean is_done =
      aisle_change_create (workspace, change, error)
      && aisle_change_note (workspace, author, change, AISLE_ACTION_EDIT, NULL, error);
  return aisle_workspace_end (workspace, is_done, error);
}

static char *
make_title (const AisleChange *change)
{
  const AisleChangeLine *first = change->lines->len > 0 ? change->lines->pdata[0] : NULL;
  if (change->lines->len == 1)
    return g_strdup_printf ("New price for %s in %s", first->sku, first->store);
  return g_strdup_printf ("%u new prices", change->lines->len);
}

gboolean
aisle_change_draft_prices (AisleWorkspace *workspace,
                           const AislePerson *author,
                           const AislePriceWish *wishes,
                           gsize n_wishes,
                           AisleDate from,
                           AisleDate to,
                           const char *title,
                           gint64 *id,
                           GError **error)
{
  AisleDate today = aisle_workspace_get_business_date (workspace, NULL);
  g_autoptr (AisleChange) change = aisle_change_new ();
  change->kind = AISLE_CHANGE_PRICE;
  change->from_day = from == AISLE_DATE_NONE ? today : from;
  change->to_day = to;
  if (to != AISLE_DATE_NONE && to < change->from_day)
    {
      set_invalid (error,
                   "the prices would end before they start; give --to a later day than --from");
      return FALSE;
    }
  if (!apply_wishes (workspace, change, wishes, n_wishes, error))
    return FALSE;
  change->title = title ? g_strdup (title) : make_title (change);
  if (!aisle_change_draft_save (workspace, author, change, error))
    return FALSE;
  *id = change->id;
  return TRUE;
}

/* The price under a promotion; at least one minor unit. */
static gint64
reduced_price (gint64 price_minor, gint64 percent_off_ppm)
{
  return MAX (aisle_money_less_percent (price_minor, percent_off_ppm, AISLE_ROUND_HALF_UP), 1);
}

static gboolean
add_promoted (AisleWorkspace *workspace,
              AisleChange *change,
              const char *sku,
              const char *store,
              GError **error)
{
  g_autoptr (GPtrArray) facts = find_facts (workspace, sku, store, error);
  if (!facts)
    return FALSE;
  const AisleShelfRow *row = facts->pdata[0];
  if (row->price_minor == AISLE_SHELF_UNKNOWN)
    {
      g_set_error (
          error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
          "%s has no shelf price in store %s to take a percentage off; import its price first", sku,
          store);
      return FALSE;
    }
  set_line (change, row, reduced_price (row->price_minor, change->percent_off_ppm));
  return TRUE;
}

/* Every store that can sell the product on promotion: it has a price there, and a system to tell.
 */
static gboolean
add_everywhere (AisleWorkspace *workspace, AisleChange *change, const char *sku, GError **error)
{
  g_autoptr (GPtrArray) stores = aisle_range_list_stores (workspace, error);
  gint64 product_id = stores ? aisle_range_find_product (workspace, sku, error) : 0;
  if (product_id == 0)
    return FALSE;
  guint before = change->lines->len;
  g_autoptr (GPtrArray) facts = aisle_shelf_list (workspace, 0, product_id, 0, error);
  if (!facts)
    return FALSE;
  for (guint i = 0; i < facts->len; i++)
    {
      const AisleShelfRow *row = facts->pdata[i];
      gboolean has_system = FALSE;
      for (guint k = 0; k < stores->len; k++)
        {
          const AisleRangeStore *store = stores->pdata[k];
          has_system |= store->id == row->store_id && store->system_id != 0;
        }
      if (has_system && row->price_minor != AISLE_SHELF_UNKNOWN)
        set_line (change, row, reduced_price (row->price_minor, change->percent_off_ppm));
    }
  if (change->lines->len > before)
    return TRUE;
  g_set_error (
      error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
      "no store with a store system has a shelf price for %s; name stores with --store, or add "
      "the system with “system add”",
      sku);
  return FALSE;
}

gboolean
aisle_change_draft_promotion (AisleWorkspace *workspace,
                              const AislePerson *author,
                              const char *const *skus,
                              const char *const *stores,
                              gint64 percent_off_ppm,
                              AisleDate from,
                              AisleDate to,
                              const char *title,
                              gint64 *id,
                              GError **error)
{
  if (percent_off_ppm <= 0 || percent_off_ppm >= AISLE_RATE_ONE)
    {
      set_invalid (error, "a promotion takes off more than 0 % and less than 100 %");
      return FALSE;
    }
  if (!aisle_date_is_valid (from) || !aisle_date_is_valid (to) || to < from)
    {
      set_invalid (error,
                   "a promotion has a first and a last day, and the last is not before the first");
      return FALSE;
    }
  if (to < aisle_workspace_get_business_date (workspace, NULL))
    {
      set_invalid (error, "the promotion's last day has passed; give a later one with --to");
      return FALSE;
    }
  g_autoptr (AisleChange) change = aisle_change_new ();
  change->kind = AISLE_CHANGE_PROMOTION;
  change->percent_off_ppm = percent_off_ppm;
  change->from_day = from;
  change->to_day = to;
  for (gsize i = 0; skus && skus[i]; i++)
    {
      if (!stores || !stores[0])
        {
          if (!add_everywhere (workspace, change, skus[i], error))
            return FALSE;
        }
      else
        for (gsize k = 0; stores[k]; k++)
          if (!add_promoted (workspace, change, skus[i], stores[k], error))
            return FALSE;
    }
  g_autofree char *percent = aisle_decimal_format_short (percent_off_ppm, 4);
  change->title = title ? g_strdup (title) : g_strdup_printf ("%s %% off", percent);
  if (!aisle_change_draft_save (workspace, author, change, error))
    return FALSE;
  *id = change->id;
  return TRUE;
}

static gboolean
remove_lines (AisleChange *change, const AisleChangeEdit *edit, GError **error)
{
  for (gsize i = 0; i < edit->n_removed_lines; i++)
    {
      guint k = 0;
      while (k < change->lines->len
             && ((AisleChangeLine *) change->lines->pdata[k])->line != edit->removed_lines[i])
        k++;
      if (k == change->lines->len)
        {
          g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                       "change %" G_GINT64_FORMAT " has no line %d", change->id,
                       edit->removed_lines[i]);
          return FALSE;
        }
      g_ptr_array_remove_index (change->lines, k);
    }
  return TRUE;
}

/* Whoever edits a change sees the shelf prices of now; those of promotions follow them. A product
 * that the store no longer carries stays, for the guardrails to name. */
static gboolean
refresh_lines (AisleWorkspace *workspace, AisleChange *change, GError **error)
{
  for (guint i = 0; i < change->lines->len; i++)
    {
      AisleChangeLine *line = change->lines->pdata[i];
      g_autoptr (GPtrArray) rows =
          aisle_shelf_list (workspace, line->store_id, line->product_id, 0, error);
      if (!rows)
        return FALSE;
      if (rows->len == 0)
        continue;
      const AisleShelfRow *facts = rows->pdata[0];
      set_before (line, facts);
      if (change->kind == AISLE_CHANGE_PROMOTION && facts->price_minor != AISLE_SHELF_UNKNOWN)
        set_after (line, reduced_price (facts->price_minor, change->percent_off_ppm));
    }
  return TRUE;
}

static gboolean
apply_edit (AisleWorkspace *workspace,
            AisleChange *change,
            const AisleChangeEdit *edit,
            GError **error)
{
  gboolean is_promotion = change->kind == AISLE_CHANGE_PROMOTION;
  if (edit->n_wishes > 0 && is_promotion)
    {
      set_invalid (error,
                   "a promotion's prices follow from its percentage; edit --percent instead");
      return FALSE;
    }
  if (edit->percent_off_ppm != 0
      && (!is_promotion || edit->percent_off_ppm < 0 || edit->percent_off_ppm >= AISLE_RATE_ONE))
    {
      set_invalid (error, "--percent goes with promotions and lies above 0 and below 100");
      return FALSE;
    }
  if (!remove_lines (change, edit, error)
      || !apply_wishes (workspace, change, edit->wishes, edit->n_wishes, error))
    return FALSE;
  if (edit->percent_off_ppm != 0)
    change->percent_off_ppm = edit->percent_off_ppm;
  if (!refresh_lines (workspace, change, error))
    return FALSE;
  if (edit->from != AISLE_DATE_NONE)
    change->from_day = edit->from;
  if (edit->to != AISLE_DATE_NONE)
    change->to_day = edit->to;
  if (change->to_day != AISLE_DATE_NONE && change->to_day < change->from_day)
    {
      set_invalid (error, "the change would end before it starts");
      return FALSE;
    }
  if (edit->title)
    replace_text (&change->title, edit->title);
  if (edit->reason)
    replace_text (&change->reason, edit->reason);
  if (change->lines->len == 0)
    {
      set_invalid (error, "a change without lines changes nothing; withdraw it instead");
      return FALSE;
    }
  return aisle_change_get_currency (change, error) != NULL;
}

/* A change that was sent back is a draft again, of the next revision. */
static gboolean
reopen (AisleWorkspace *workspace, AisleChange *change, GError **error)
{
  if (!aisle_change_set_state (workspace, change->id, AISLE_CHANGE_SENT_BACK, AISLE_CHANGE_DRAFT,
                               error)
      || !aisle_change_begin_revision (workspace, change->id, error))
    return FALSE;
  change->revision++;
  return TRUE;
}

/* What stood against the lines as they were says nothing of the lines as they are. */
static gboolean
forget_findings (AisleWorkspace *workspace, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  return aisle_change_set_findings (workspace, id, none, error);
}

gboolean
aisle_change_draft_edit (AisleWorkspace *workspace,
                         const AislePerson *actor,
                         gint64 id,
                         const AisleChangeEdit *edit,
                         GError **error)
{
  AisleChangeCircumstances circumstances = { 0 };
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  g_autoptr (AisleChange) change = aisle_change_load (workspace, id, error);
  gboolean is_done =
      change
      && aisle_change_may_act (workspace, actor, change, AISLE_ACTION_EDIT, &circumstances, error)
      && (change->state != AISLE_CHANGE_SENT_BACK || reopen (workspace, change, error))
      && apply_edit (workspace, change, edit, error)
      && aisle_change_update_draft (workspace, change, error)
      && forget_findings (workspace, id, error)
      && aisle_change_add_decision (workspace, id, AISLE_ACTION_EDIT, actor->id, edit->reason,
                                    error)
      && aisle_change_note (workspace, actor, change, AISLE_ACTION_EDIT, edit->reason, error);
  return aisle_workspace_end (workspace, is_done, error);
}
