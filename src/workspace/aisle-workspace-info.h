/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* What is in a workspace, in numbers. Days are AISLE_DATE_NONE where there are no sales. */
typedef struct
{
  gint64 products;    /* goods and services */
  gint64 stores;
  gint64 customers;
  gint64 sales_lines; /* receipt lines */
  gint64 sales_days;  /* rows of one product, store and day */
  gint64 stock_rows;
  AisleDate first_day; /* of sales */
  AisleDate last_day;
  gint64 changes;
  gint64 size_bytes;  /* of the file with its write-ahead log */
  gboolean is_sample;
} AisleWorkspaceInfo;

gboolean aisle_workspace_read_info (AisleWorkspace *workspace, AisleWorkspaceInfo *info, GError **error);
