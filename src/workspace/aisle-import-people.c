/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include <string.h>

/* Raw values are remembered while one import runs, so that a person who comes a thousand times is
 * hashed once; after this many the memory starts afresh. They never leave the process. */
#define MAX_REMEMBERED 200000

struct _AisleImportPeople
{
  AisleImport *import;
  AislePseudonymizer *pseudonyms;
  AislePseudonymizer *suppressed; /* NULL: nobody was erased yet */
  GHashTable *remembered;         /* kind letter and value -> id */
  gboolean was_made;
};

static gboolean
has_suppressions (AisleWorkspace *workspace, gboolean *answer, GError **error)
{
  AisleStatement *statement =
      aisle_statement (workspace, "SELECT EXISTS (SELECT 1 FROM suppression)", error);
  if (!statement || aisle_step (statement, error) != 1)
    return FALSE;
  *answer = aisle_column_int64 (statement, 0) != 0;
  aisle_statement_reset (statement);
  return TRUE;
}

AisleImportPeople *
aisle_import_people_new (AisleImport *import, GError **error)
{
  gboolean is_anybody_erased;
  if (!has_suppressions (import->workspace, &is_anybody_erased, error))
    return NULL;
  AisleImportPeople *people = g_new0 (AisleImportPeople, 1);
  people->import = import;
  people->remembered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  people->pseudonyms = aisle_pseudonymizer_new (import->workspace, AISLE_KEY_PSEUDONYM, error);
  if (people->pseudonyms && is_anybody_erased)
    people->suppressed = aisle_pseudonymizer_new (import->workspace, AISLE_KEY_SUPPRESSION, error);
  if (people->pseudonyms && (people->suppressed || !is_anybody_erased))
    return people;
  aisle_import_people_free (people);
  return NULL;
}

void
aisle_import_people_free (AisleImportPeople *people)
{
  if (!people)
    return;
  g_clear_pointer (&people->pseudonyms, aisle_pseudonymizer_free);
  g_clear_pointer (&people->suppressed, aisle_pseudonymizer_free);
  g_hash_table_unref (people->remembered);
  g_free (people);
}

/* 1: erased, 0: not, -1: an error. */
static int
is_suppressed (AisleImportPeople *people, const char *kind, const char *value, GError **error)
{
  if (!people->suppressed)
    return 0;
  guint8 hash[AISLE_PSEUDONYM_SIZE];
  aisle_pseudonym (people->suppressed, kind, value, strlen (value), hash);
  AisleStatement *statement = aisle_statement (people->import->workspace,
                                               "SELECT 1 FROM suppression WHERE hash = ?1", error);
  if (!statement)
    return -1;
  aisle_bind_blob (statement, 1, hash, sizeof hash);
  int row = aisle_step (statement, error);
  if (row == 1)
    aisle_statement_reset (statement);
  return row;
}

/* 1: `*id` is set; 0: nobody; -1: an error. */
static int
find_alias (AisleImportPeople *people,
            const char *kind,
            const guint8 hash[AISLE_PSEUDONYM_SIZE],
            gint64 *id,
            GError **error)
{
  AisleStatement *statement = aisle_statement (
      people->import->workspace,
      "SELECT customer_id FROM customer_alias WHERE kind = ?1 AND hash = ?2", error);
  if (!statement)
    return -1;
  aisle_bind_text (statement, 1, kind);
  aisle_bind_blob (statement, 2, hash, AISLE_PSEUDONYM_SIZE);
  int row = aisle_step (statement, error);
  if (row == 1)
    {
      *id = aisle_column_int64 (statement, 0);
      aisle_statement_reset (statement);
    }
  return row;
}

static gboolean
insert_alias (AisleImportPeople *people,
              gint64 customer_id,
              const char *kind,
              const guint8 hash[AISLE_PSEUDONYM_SIZE],
              GError **error)
{
  AisleStatement *statement = aisle_statement (
      people->import->workspace,
      "INSERT INTO customer_alias (kind, hash, customer_id) VALUES (?1, ?2, ?3)", error);
  if (!statement)
    return FALSE;
  aisle_bind_text (statement, 1, kind);
  aisle_bind_blob (statement, 2, hash, AISLE_PSEUDONYM_SIZE);
  aisle_bind_int64 (statement, 3, customer_id);
  return aisle_run (statement, error);
}

static gboolean
make_customer (AisleImportPeople *people,
               const char *kind,
               const guint8 hash[AISLE_PSEUDONYM_SIZE],
               gint64 *id,
               GError **error)
{
  AisleStatement *statement = aisle_statement (
      people->import->workspace, "INSERT INTO customer (pseudonym, key_id) VALUES (?1, ?2)", error);
  if (!statement)
    return FALSE;
  aisle_bind_blob (statement, 1, hash, AISLE_PSEUDONYM_SIZE);
  aisle_bind_text (statement, 2, aisle_pseudonymizer_get_key_id (people->pseudonyms));
  if (!aisle_run (statement, error))
    return FALSE;
  *id = sqlite3_last_insert_rowid (aisle_workspace_get_db (people->import->workspace));
  people->was_made = TRUE;
  return insert_alias (people, *id, kind, hash, error);
}

gboolean
aisle_import_people_find (AisleImportPeople *people,
                          const char *kind,
                          const char *value,
                          gint64 *id,
                          GError **error)
{
  char buffer[80];
  g_autofree char *longer = NULL;
  char *key = buffer;
  if (g_snprintf (buffer, sizeof buffer, "%c%s", kind[0], value) >= (int) sizeof buffer)
    key = longer = g_strdup_printf ("%c%s", kind[0], value);
  gpointer known;
  if (g_hash_table_lookup_extended (people->remembered, key, NULL, &known))
    {
      *id = (gint64) GPOINTER_TO_SIZE (known);
      return TRUE;
    }
  *id = 0;
  int erased = is_suppressed (people, kind, value, error);
  if (erased < 0)
    return FALSE;
  if (!erased)
    {
      guint8 hash[AISLE_PSEUDONYM_SIZE];
      aisle_pseudonym (people->pseudonyms, kind, value, strlen (value), hash);
      int row = find_alias (people, kind, hash, id, error);
      if (row < 0 || (row == 0 && !make_customer (people, kind, hash, id, error)))
        return FALSE;
    }
  if (g_hash_table_size (people->remembered) >= MAX_REMEMBERED)
    g_hash_table_remove_all (people->remembered);
  g_hash_table_insert (people->remembered, g_strdup (key), GSIZE_TO_POINTER ((gsize) *id));
  return TRUE;
}

gboolean
aisle_import_people_add_alias (AisleImportPeople *people,
                               gint64 customer_id,
                               const char *kind,
                               const char *value,
                               AislePut *put,
                               GError **error)
{
  guint8 hash[AISLE_PSEUDONYM_SIZE];
  gint64 owner = 0;
  *put = AISLE_PUT_UNCHANGED;
  int erased = is_suppressed (people, kind, value, error);
  if (erased != 0)
    return erased > 0;
  aisle_pseudonym (people->pseudonyms, kind, value, strlen (value), hash);
  int row = find_alias (people, kind, hash, &owner, error);
  if (row < 0)
    return FALSE;
  if (row == 1 && owner != customer_id)
    {
      /* Two customers with one card or address: a finding, since merging people is for people to
       * do. */
      g_autofree char *object = g_strdup_printf ("customer row %" G_GINT64_FORMAT, owner);
      aisle_import_find (people->import, "shared_identity", object,
                         "its %s also stands at another customer; the first keeps it", kind);
      return TRUE;
    }
  if (row == 1)
    return TRUE;
  *put = AISLE_PUT_INSERTED;
  return insert_alias (people, customer_id, kind, hash, error);
}

gboolean
aisle_import_people_take_made (AisleImportPeople *people)
{
  gboolean was_made = people->was_made;
  people->was_made = FALSE;
  return was_made;
}

static gboolean
read_hex (const char *text, guint8 bytes[AISLE_PSEUDONYM_SIZE])
{
  if (strlen (text) != 2 * AISLE_PSEUDONYM_SIZE)
    return FALSE;
  for (gsize i = 0; i < AISLE_PSEUDONYM_SIZE; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);
      if (high < 0 || low < 0)
        return FALSE;
      bytes[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

gboolean
aisle_import_people_get (AisleImport *import, guint field, gint64 *id, GError **error)
{
  const char *text = import->columns[field] >= 0 ? aisle_import_get_text (import, field) : NULL;
  guint8 bytes[AISLE_PSEUDONYM_SIZE];
  if (!text)
    return TRUE;
  if (!read_hex (text, bytes))
    return aisle_import_reject (import, field, "“%s” is not a pseudonym of 32 hexadecimal digits",
                                text);
  AisleStatement *statement =
      aisle_statement (import->workspace, "SELECT id FROM customer WHERE pseudonym = ?1", error);
  if (!statement)
    return FALSE;
  aisle_bind_blob (statement, 1, bytes, sizeof bytes);
  int row = aisle_step (statement, error);
  if (row == 0)
    return aisle_import_reject (
        import, field, "no customer has this pseudonym; pseudonyms hold in one workspace only");
  if (row < 0)
    return FALSE;
  *id = aisle_column_int64 (statement, 0);
  aisle_statement_reset (statement);
  return TRUE;
}
