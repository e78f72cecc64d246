/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-routes.h"

#include <string.h>

const char *
aisle_sim_check_text (const char *text)
{
  if (!text)
    return "is missing or not a text";
  if (!*text)
    return "is empty";
  return strlen (text) > 200 ? "is longer than 200 bytes" : NULL;
}

int
aisle_sim_find_store (AisleSimRequest *request, const char *code, char currency[4], GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database, "SELECT currency FROM store WHERE code = ?1", error);
  if (!statement)
    return -1;
  aisle_sim_bind_text (statement, 1, code);
  int row = aisle_sim_database_step (request->database, statement, error);
  if (row == 1)
    g_strlcpy (currency, aisle_sim_column_text (statement, 0), 4);
  sqlite3_reset (statement);
  return row;
}

int
aisle_sim_find_product (AisleSimRequest *request, const char *sku, GError **error)
{
  sqlite3_stmt *statement =
      aisle_sim_database_prepare (request->database, "SELECT 1 FROM product WHERE sku = ?1", error);
  if (!statement)
    return -1;
  aisle_sim_bind_text (statement, 1, sku);
  int row = aisle_sim_database_step (request->database, statement, error);
  sqlite3_reset (statement);
  return row;
}

int
aisle_sim_find_price (AisleSimRequest *request,
                      const char *store,
                      const char *sku,
                      const char *currency,
                      gint64 *minor,
                      gint64 *revision,
                      gint64 *updated_at,
                      GError **error)
{
  sqlite3_stmt *statement =
      aisle_sim_database_prepare (request->database,
                                  "SELECT minor, revision, updated_at FROM price"
                                  " WHERE store = ?1 AND sku = ?2 AND currency = ?3",
                                  error);
  if (!statement)
    return -1;
  aisle_sim_bind_text (statement, 1, store);
  aisle_sim_bind_text (statement, 2, sku);
  aisle_sim_bind_text (statement, 3, currency);
  int row = aisle_sim_database_step (request->database, statement, error);
  if (row == 1)
    {
      *minor = sqlite3_column_int64 (statement, 0);
      *revision = sqlite3_column_int64 (statement, 1);
      *updated_at = sqlite3_column_int64 (statement, 2);
    }
  sqlite3_reset (statement);
  return row;
}
