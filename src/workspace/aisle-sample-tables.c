/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-tables.h"

#include "aisle-statement-private.h"

gboolean
aisle_sample_put_tax_rate (AisleWorkspace *workspace,
                           const char *country,
                           const char *tax_class,
                           AisleDate from_day,
                           gint64 rate_ppm,
                           GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "INSERT OR REPLACE INTO tax_rate "
                       "(country, tax_class, from_day, rate_ppm) VALUES (?1, ?2, ?3, ?4)",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, country);
  aisle_bind_text (s, 2, tax_class);
  aisle_bind_int64 (s, 3, from_day);
  aisle_bind_int64 (s, 4, rate_ppm);
  return aisle_run (s, error);
}

gboolean
aisle_sample_put_area (AisleWorkspace *workspace,
                       const char *store,
                       const char *name,
                       const char *value,
                       gboolean is_protected,
                       GError **error)
{
  AisleStatement *s = aisle_statement (workspace,
                                       "INSERT OR REPLACE INTO area "
                                       "(store_id, name, value, is_protected, is_generated) "
                                       "SELECT id, ?2, ?3, ?4, 1 FROM store WHERE code = ?1",
                                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, store);
  aisle_bind_text (s, 2, name);
  aisle_bind_text (s, 3, value);
  aisle_bind_int64 (s, 4, is_protected);
  if (!aisle_run (s, error))
    return FALSE;
  /* INSERT ... SELECT writes nothing where the store is not there. */
  if (sqlite3_changes (aisle_workspace_get_db (workspace)) == 1)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_NOT_FOUND,
               "there is no store “%s”; import the stores first", store);
  return FALSE;
}

gboolean
aisle_sample_mark_field (AisleWorkspace *workspace,
                         const char *table,
                         const char *field,
                         const char *note,
                         GError **error)
{
  AisleStatement *s =
      aisle_statement (workspace,
                       "INSERT OR REPLACE INTO generated_field (table_name, field, note) "
                       "VALUES (?1, ?2, ?3)",
                       error);
  if (!s)
    return FALSE;
  aisle_bind_text (s, 1, table);
  aisle_bind_text (s, 2, field);
  aisle_bind_text (s, 3, note);
  return aisle_run (s, error);
}

gboolean
aisle_sample_set_last_sales_day (AisleWorkspace *workspace,
                                 AisleDate last_sales_day,
                                 GError **error)
{
  g_autofree char *day = g_strdup_printf ("%d", last_sales_day);
  return aisle_workspace_set_setting (workspace, "last_sales_day", day, error)
         && aisle_workspace_set_setting (workspace, "is_sample", "1", error);
}
