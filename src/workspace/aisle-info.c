/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-info.h"

#include "aisle-statement-private.h"

#include <glib/gstdio.h>

static gint64
size_of (const char *path)
{
  GStatBuf status;
  return g_stat (path, &status) == 0 ? status.st_size : 0;
}

gboolean
aisle_info_read (AisleWorkspace *workspace, AisleInfo *info, GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "SELECT (SELECT count(*) FROM product), (SELECT count(*) FROM store), "
                       "(SELECT count(*) FROM customer), (SELECT count(*) FROM sale_line), "
                       "(SELECT count(*) FROM sale_day), (SELECT count(*) FROM stock_day), (SELECT "
                       "count(*) FROM change), "
                       "(SELECT min(day) FROM sale_day), (SELECT max(day) FROM sale_day)",
                       error);
  if (!s || aisle_step (s, error) != 1)
    return FALSE;
  *info = (AisleInfo){ .products = aisle_column_int64 (s, 0),
                       .stores = aisle_column_int64 (s, 1),
                       .customers = aisle_column_int64 (s, 2),
                       .sales_lines = aisle_column_int64 (s, 3),
                       .sales_days = aisle_column_int64 (s, 4),
                       .stock_rows = aisle_column_int64 (s, 5),
                       .changes = aisle_column_int64 (s, 6),
                       .first_day = AISLE_DATE_NONE,
                       .last_day = AISLE_DATE_NONE };
  if (!aisle_column_is_null (s, 7))
    {
      info->first_day = (AisleDate) aisle_column_int64 (s, 7);
      info->last_day = (AisleDate) aisle_column_int64 (s, 8);
    }
  aisle_statement_reset (s);
  g_autofree char *log = g_strconcat (aisle_workspace_get_path (workspace), "-wal", NULL);
  info->size_bytes = size_of (aisle_workspace_get_path (workspace)) + size_of (log);
  return TRUE;
}
