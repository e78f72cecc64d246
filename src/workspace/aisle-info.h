/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* What a workspace holds, in numbers. */
typedef struct
{
  gint64 products, stores, customers, sales_lines, sales_days, stock_rows, changes;
  AisleDate first_day, last_day; /* with sales; AISLE_DATE_NONE: there are none */
  gint64 size_bytes;             /* of the file and its log */
} AisleInfo;

gboolean aisle_info_read (AisleWorkspace *workspace, AisleInfo *info, GError **error);
