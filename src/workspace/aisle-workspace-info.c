/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-workspace-info.h"

#include "aisle-statement-private.h"

#include <sys/stat.h>

static gint64
size_of_file (const char *path, const char *suffix)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);
  struct stat info;
  return stat (name, &info) == 0 ? (gint64) info.st_size : 0;
}

static AisleDate
column_date (AisleStatement *statement, int column)
{
  return aisle_column_is_null (statement, column) ? AISLE_DATE_NONE
                                                  : (AisleDate) aisle_column_int64 (statement, column);
}

gboolean
aisle_workspace_read_info (AisleWorkspace *workspace, AisleWorkspaceInfo *info, GError **error)
{
  AisleStatement *s = aisle_statement (
      workspace,
      "SELECT (SELECT count (*) FROM product), (SELECT count (*) FROM store),"
      " (SELECT count (*) FROM customer), (SELECT count (*) FROM sale_line),"
      " (SELECT count (*) FROM sale_day), (SELECT count (*) FROM stock_day),"
      " (SELECT min (day) FROM sale_day), (SELECT max (day) FROM sale_day),"
      " (SELECT count (*) FROM change),"
      " (SELECT count (*) FROM setting WHERE name = 'is_sample' AND value = '1')",
      error);
  if (!s || aisle_step (s, error) != 1)
    return FALSE;
  const char *path = aisle_workspace_get_path (workspace);
  *info = (AisleWorkspaceInfo){
    .products = aisle_column_int64 (s, 0),
    .stores = aisle_column_int64 (s, 1),
    .customers = aisle_column_int64 (s, 2),
    .sales_lines = aisle_column_int64 (s, 3),
    .sales_days = aisle_column_int64 (s, 4),
    .stock_rows = aisle_column_int64 (s, 5),
    .first_day = column_date (s, 6),
    .last_day = column_date (s, 7),
    .changes = aisle_column_int64 (s, 8),
    .is_sample = aisle_column_int64 (s, 9) != 0,
    .size_bytes = size_of_file (path, "") + size_of_file (path, "-wal"),
  };
  aisle_statement_reset (s);
  return TRUE;
}
