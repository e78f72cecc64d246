/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* What the sample writes into tables that no file is imported into. Each call belongs into the
 * caller's transaction; a row that is there already is replaced. */

gboolean aisle_sample_put_tax_rate (AisleWorkspace *workspace,
                                    const char *country,
                                    const char *tax_class,
                                    AisleDate from_day,
                                    gint64 rate_ppm,
                                    GError **error);

/* An attribute of a store's surroundings, marked as generated. */
gboolean aisle_sample_put_area (AisleWorkspace *workspace,
                                const char *store,
                                const char *name,
                                const char *value,
                                gboolean is_protected,
                                GError **error);

/* Says that the generator filled in a column (or an attribute) of a table; `note` is a sentence for
 * people. */
gboolean aisle_sample_mark_field (AisleWorkspace *workspace,
                                  const char *table,
                                  const char *field,
                                  const char *note,
                                  GError **error);

/* The workspace is the sample: its business date is the day after `last_sales_day`. */
gboolean aisle_sample_set_last_sales_day (AisleWorkspace *workspace,
                                          AisleDate last_sales_day,
                                          GError **error);
