/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-change.h"
#include "aisle-staff.h"

/* Writing changes: new drafts of prices and promotions, and edits of them. Every function checks
 * that the person may do it and writes one transaction with its log entry. Errors:
 * AISLE_JOB_ERROR_REFUSED (not permitted, wrong state), _INVALID (what was asked for cannot be),
 * those of the workspace. */

/* A price that somebody wants: SKU or barcode, store code or name, price in major units ("3.49").
 */
typedef struct
{
  const char *sku;
  const char *store;
  const char *price;
} AislePriceWish;

/* A draft of new shelf prices from `from` on (AISLE_DATE_NONE: the business date) until `to`
 * (AISLE_DATE_NONE: open). `title` may be NULL. */
gboolean aisle_change_draft_prices (AisleWorkspace *workspace,
                                    const AislePerson *author,
                                    const AislePriceWish *wishes,
                                    gsize n_wishes,
                                    AisleDate from,
                                    AisleDate to,
                                    const char *title,
                                    gint64 *id,
                                    GError **error);

/* A draft of `percent_off_ppm` off (20 % is 200000) for products in stores, from one day to
 * another, both included. `stores` NULL or empty: every store that has a shelf price for the
 * product and a store system; products without a shelf price in a named store are refused by name.
 */
gboolean aisle_change_draft_promotion (AisleWorkspace *workspace,
                                       const AislePerson *author,
                                       const char *const *skus,
                                       const char *const *stores,
                                       gint64 percent_off_ppm,
                                       AisleDate from,
                                       AisleDate to,
                                       const char *title,
                                       gint64 *id,
                                       GError **error);

/* What to change in a draft, or in a change that was sent back, which becomes a draft of the next
 * revision. NULL, AISLE_DATE_NONE and 0 leave a field as it is. The prices before become those on
 * the shelf now, and what stood against the lines is forgotten until the next submit. */
typedef struct
{
  const AislePriceWish *wishes; /* prices: replace or add the line of the product and store */
  gsize n_wishes;
  const int *removed_lines;
  gsize n_removed_lines;
  gint64 percent_off_ppm;
  AisleDate from;
  AisleDate to;
  const char *title;
  const char *reason;
} AisleChangeEdit;

gboolean aisle_change_draft_edit (AisleWorkspace *workspace,
                                  const AislePerson *actor,
                                  gint64 id,
                                  const AisleChangeEdit *edit,
                                  GError **error);

/* Saves a draft that a proposal made, with `author` as its author. Sets `change->id`. */
gboolean aisle_change_draft_save (AisleWorkspace *workspace,
                                  const AislePerson *author,
                                  AisleChange *change,
                                  GError **error);
