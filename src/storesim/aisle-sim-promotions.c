/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-routes.h"

#include "aisle-date.h"

#include <string.h>

#define MAX_MEMBERS 100000

typedef struct
{
  gint64 id;
  gint64 off_ppm;
  gint64 starts_at;
  gint64 ends_at;
} Promotion;

/* 1 there, 0 not, -1 failed. */
static int
find_promotion (AisleSimRequest *request, const char *name, Promotion *promotion, GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database, "SELECT id, off_ppm, starts_at, ends_at FROM promotion WHERE name = ?1",
      error);
  if (!statement)
    return -1;
  aisle_sim_bind_text (statement, 1, name);
  int row = aisle_sim_database_step (request->database, statement, error);
  if (row == 1)
    {
      promotion->id = sqlite3_column_int64 (statement, 0);
      promotion->off_ppm = sqlite3_column_int64 (statement, 1);
      promotion->starts_at = sqlite3_column_int64 (statement, 2);
      promotion->ends_at = sqlite3_column_int64 (statement, 3);
    }
  sqlite3_reset (statement);
  return row;
}

/* A member (product or store) of a promotion, for each row of `sql`; a set of texts, or NULL. */
static GHashTable *
read_members (AisleSimRequest *request, const char *sql, gint64 id, GError **error)
{
  g_autoptr (GHashTable) members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *statement = aisle_sim_database_prepare (request->database, sql, error);
  if (!statement)
    return NULL;
  sqlite3_bind_int64 (statement, 1, id);
  int row;
  while ((row = aisle_sim_database_step (request->database, statement, error)) == 1)
    g_hash_table_add (members, g_strdup (aisle_sim_column_text (statement, 0)));
  return row < 0 ? NULL : g_steal_pointer (&members);
}

#define SELECT_SKUS "SELECT sku FROM promotion_product WHERE promotion = ?1 ORDER BY sku"
#define SELECT_STORES "SELECT store FROM promotion_store WHERE promotion = ?1 ORDER BY store"

static gboolean
put_members (AisleSimRequest *request, const char *name, const char *sql, gint64 id, GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (request->database, sql, error);
  if (!statement)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  aisle_sim_put_name (request->out, name);
  aisle_sim_put_open (request->out, '[');
  int row;
  for (gboolean is_first = TRUE;
       (row = aisle_sim_database_step (request->database, statement, error)) == 1; is_first = FALSE)
    {
      if (!is_first)
        g_string_append_c (request->out, ',');
      aisle_json_append_text (request->out, aisle_sim_column_text (statement, 0));
    }
  g_string_append_c (request->out, ']');
  return row == 0;
}

static gboolean
answer_promotion (AisleSimRequest *request, const char *name)
{
  GError *error = NULL;
  Promotion promotion = { 0 };
  int found = find_promotion (request, name, &promotion, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 0)
    return aisle_sim_request_fail (request, 404, "unknown_promotion",
                                   "there is no promotion called %s", name);
  GString *out = request->out;
  aisle_sim_put_open (out, '{');
  aisle_sim_put_text (out, "name", name);
  aisle_sim_put_integer (out, "off_ppm", promotion.off_ppm);
  aisle_sim_put_time (out, "starts_at", promotion.starts_at);
  aisle_sim_put_time (out, "ends_at", promotion.ends_at);
  if (!put_members (request, "skus", SELECT_SKUS, promotion.id, &error)
      || !put_members (request, "stores", SELECT_STORES, promotion.id, &error))
    return aisle_sim_request_fail_storage (request, error);
  g_string_append_c (out, '}');
  return TRUE;
}

gboolean
aisle_sim_get_promotion (AisleSimRequest *request)
{
  return answer_promotion (request, request->name);
}

static gboolean
read_time (AisleSimRequest *request, const char *member, gint64 *at)
{
  const char *text = aisle_json_get_text (request->body, member);
  if (text && aisle_instant_parse_iso (text, NULL, at))
    return TRUE;
  return aisle_sim_request_fail (request, 400, "bad_body",
                                 "\"%s\" is not a time such as 2026-01-31T08:00:00Z", member);
}

/* The array of texts `member` as a set; NULL after answering. Each must be known to `find`. */
static GHashTable *
read_set (AisleSimRequest *request, const char *member, gboolean is_store)
{
  JsonArray *array = aisle_json_get_array (request->body, member);
  guint n = array ? json_array_get_length (array) : 0;
  g_autoptr (GHashTable) set = g_hash_table_new (g_str_hash, g_str_equal);
  if (n == 0 || n > MAX_MEMBERS)
    {
      aisle_sim_request_fail (request, 400, "bad_body", "\"%s\" must be an array of 1 to %d texts",
                              member, MAX_MEMBERS);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      GError *error = NULL;
      char currency[4];
      const char *text = aisle_json_get_text_element (array, i);
      const char *wrong = aisle_sim_check_text (text);
      int found = wrong      ? 0
                  : is_store ? aisle_sim_find_store (request, text, currency, &error)
                             : aisle_sim_find_product (request, text, &error);
      if (found < 0)
        {
          aisle_sim_request_fail_storage (request, error);
          return NULL;
        }
      if (found == 0)
        {
          aisle_sim_request_fail (request, wrong ? 400 : 422, wrong ? "bad_body" : "unknown_member",
                                  "%s[%u] %s", member, i, wrong ? wrong : "is not known here");
          return NULL;
        }
      g_hash_table_add (set, (gpointer) text);
    }
  return g_steal_pointer (&set);
}

static gboolean
contains_same (GHashTable *a, GHashTable *b)
{
  if (!a || !b || g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;
  GHashTableIter iter;
  gpointer text;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &text, NULL))
    if (!g_hash_table_contains (b, text))
      return FALSE;
  return TRUE;
}

static gboolean
insert_members (AisleSimRequest *request,
                const char *sql,
                gint64 promotion,
                GHashTable *set,
                GError **error)
{
  GHashTableIter iter;
  gpointer text;
  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &text, NULL))
    {
      sqlite3_stmt *statement = aisle_sim_database_prepare (request->database, sql, error);
      if (!statement)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, promotion);
      aisle_sim_bind_text (statement, 2, text);
      if (!aisle_sim_database_run (request->database, statement, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_promotion (AisleSimRequest *request,
                  const char *name,
                  Promotion *promotion,
                  GHashTable *skus,
                  GHashTable *stores,
                  GError **error)
{
  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database,
      "INSERT INTO promotion (name, off_ppm, starts_at, ends_at) VALUES (?1, ?2, ?3, ?4)"
      " RETURNING id",
      error);
  if (!statement)
    return FALSE;
  aisle_sim_bind_text (statement, 1, name);
  sqlite3_bind_int64 (statement, 2, promotion->off_ppm);
  sqlite3_bind_int64 (statement, 3, promotion->starts_at);
  sqlite3_bind_int64 (statement, 4, promotion->ends_at);
  if (aisle_sim_database_step (request->database, statement, error) < 0)
    return FALSE;
  promotion->id = sqlite3_column_int64 (statement, 0);
  return aisle_sim_database_run (request->database, statement, error)
         && insert_members (request,
                            "INSERT INTO promotion_product (promotion, sku) VALUES (?1, ?2)",
                            promotion->id, skus, error)
         && insert_members (request,
                            "INSERT INTO promotion_store (promotion, store) VALUES (?1, ?2)",
                            promotion->id, stores, error);
}

/* The same again is answered like the first time; the name is what makes it the same. */
static gboolean
answer_existing (AisleSimRequest *request,
                 const char *name,
                 const Promotion *there,
                 const Promotion *asked,
                 GHashTable *skus,
                 GHashTable *stores)
{
  GError *error = NULL;
  g_autoptr (GHashTable) old_skus = read_members (request, SELECT_SKUS, there->id, &error);
  g_autoptr (GHashTable) old_stores =
      error ? NULL : read_members (request, SELECT_STORES, there->id, &error);
  if (error)
    return aisle_sim_request_fail_storage (request, error);
  if (there->off_ppm == asked->off_ppm && there->starts_at == asked->starts_at
      && there->ends_at == asked->ends_at && contains_same (old_skus, skus)
      && contains_same (old_stores, stores))
    return answer_promotion (request, name);
  return aisle_sim_request_fail (request, 409, "name_taken",
                                 "there is another promotion called %s, which says something else",
                                 name);
}

gboolean
aisle_sim_create_promotion (AisleSimRequest *request)
{
  Promotion asked = { 0 };
  Promotion there = { 0 };
  GError *error = NULL;
  const char *name = aisle_json_get_text (request->body, "name");
  const char *wrong = aisle_sim_check_text (name);
  if (wrong)
    return aisle_sim_request_fail (request, 400, "bad_body", "\"name\" %s", wrong);
  if (!aisle_json_get_integer (request->body, "off_ppm", &asked.off_ppm) || asked.off_ppm <= 0
      || asked.off_ppm > 1000000)
    return aisle_sim_request_fail (request, 400, "bad_body",
                                   "\"off_ppm\" must be a whole number from 1 to 1000000 (100 %%)");
  if (!read_time (request, "starts_at", &asked.starts_at)
      || !read_time (request, "ends_at", &asked.ends_at))
    return FALSE;
  if (asked.ends_at <= asked.starts_at)
    return aisle_sim_request_fail (request, 400, "bad_body",
                                   "the promotion must end after it starts");
  g_autoptr (GHashTable) skus = read_set (request, "skus", FALSE);
  g_autoptr (GHashTable) stores = skus ? read_set (request, "stores", TRUE) : NULL;
  if (!stores)
    return FALSE;

  int found = find_promotion (request, name, &there, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 1)
    return answer_existing (request, name, &there, &asked, skus, stores);
  if (!insert_promotion (request, name, &asked, skus, stores, &error))
    return aisle_sim_request_fail_storage (request, error);
  request->status = 201;
  return answer_promotion (request, name);
}

gboolean
aisle_sim_end_promotion (AisleSimRequest *request)
{
  Promotion promotion = { 0 };
  gint64 ends_at = request->now;
  GError *error = NULL;
  const char *text = aisle_json_get_text (request->body, "ends_at");
  gboolean is_now = g_strcmp0 (text, "now") == 0;
  if (!is_now && !read_time (request, "ends_at", &ends_at))
    return FALSE;
  int found = find_promotion (request, request->name, &promotion, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 0)
    return aisle_sim_request_fail (request, 404, "unknown_promotion",
                                   "there is no promotion called %s", request->name);
  if (promotion.ends_at <= request->now)
    return aisle_sim_request_fail (request, 422, "over", "promotion %s is over already",
                                   request->name);
  if (is_now && promotion.starts_at == request->now)
    ends_at = request->now + 1;
  if (ends_at < request->now)
    return aisle_sim_request_fail (request, 422, "in_the_past", "that end lies in the past");
  if (ends_at <= promotion.starts_at)
    return aisle_sim_request_fail (request, 422, "not_started",
                                   "promotion %s would end before it starts; delete it instead",
                                   request->name);

  sqlite3_stmt *statement = aisle_sim_database_prepare (
      request->database, "UPDATE promotion SET ends_at = ?1 WHERE id = ?2", &error);
  if (!statement)
    return aisle_sim_request_fail_storage (request, error);
  sqlite3_bind_int64 (statement, 1, ends_at);
  sqlite3_bind_int64 (statement, 2, promotion.id);
  if (!aisle_sim_database_run (request->database, statement, &error))
    return aisle_sim_request_fail_storage (request, error);
  return answer_promotion (request, request->name);
}

gboolean
aisle_sim_delete_promotion (AisleSimRequest *request)
{
  Promotion promotion = { 0 };
  GError *error = NULL;
  int found = find_promotion (request, request->name, &promotion, &error);
  if (found < 0)
    return aisle_sim_request_fail_storage (request, error);
  if (found == 1)
    {
      sqlite3_stmt *statement = aisle_sim_database_prepare (
          request->database, "DELETE FROM promotion WHERE id = ?1", &error);
      if (!statement)
        return aisle_sim_request_fail_storage (request, error);
      sqlite3_bind_int64 (statement, 1, promotion.id);
      if (!aisle_sim_database_run (request->database, statement, &error))
        return aisle_sim_request_fail_storage (request, error);
    }
  aisle_sim_put_open (request->out, '{');
  aisle_sim_put_boolean (request->out, "deleted", found == 1);
  g_string_append_c (request->out, '}');
  return TRUE;
}
