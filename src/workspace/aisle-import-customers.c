/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

/* People, of whom only keyed hashes and the attributes that were mapped on purpose are kept. */

enum
{
  NUMBER,
  CARD,
  EMAIL,
  PHONE,
  COUNTRY,
  PSEUDONYM,
  N_FIELDS,
};

static const AisleImportFieldInfo fields[N_FIELDS] = {
  [NUMBER] = { "customer", FALSE, AISLE_IMPORT_PERSONAL, "17850",
               "the customer's number; kept as a keyed hash",
               AISLE_SYNONYMS ("KUNNR",
                               "CustomerID",
                               "customer number",
                               "customer id",
                               "Kundennummer",
                               "Kunde",
                               "client",
                               "numéro client",
                               "cliente",
                               "klant",
                               "klantnummer") },
  [CARD] = { "card", FALSE, AISLE_IMPORT_PERSONAL, "6331…", "loyalty card; kept as a keyed hash",
             AISLE_SYNONYMS ("loyalty card",
                             "card number",
                             "Kundenkarte",
                             "carte de fidélité",
                             "klantenkaart") },
  [EMAIL] = { "email", FALSE, AISLE_IMPORT_PERSONAL, "a@example.org", "kept as a keyed hash",
              AISLE_SYNONYMS ("e-mail", "mail", "SMTP_ADDR", "courriel", "correo") },
  [PHONE] = { "phone", FALSE, AISLE_IMPORT_PERSONAL, "+44 20 …", "kept as a keyed hash",
              AISLE_SYNONYMS ("TELF1",
                              "telephone",
                              "mobile",
                              "Telefon",
                              "téléphone",
                              "teléfono",
                              "telefono",
                              "telefoon") },
  [COUNTRY] = { "country", FALSE, "text", "GB", "where the person lives",
                AISLE_SYNONYMS ("LAND1", "Land", "pays", "país", "paese") },
  [PSEUDONYM] = { "pseudonym", FALSE, "32 hexadecimal digits", "0f3a…",
                  "instead of customer: as this workspace exports them", NULL },
};

typedef struct
{
  AisleImportPeople *people;
  AisleImportTable *attribute;
} Customers;

static gboolean
begin_customers (AisleImport *import, GError **error)
{
  if (!aisle_import_has (import, NUMBER) && !aisle_import_has (import, PSEUDONYM))
    {
      g_set_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS,
                   "%s:1: no column for the required field “customer”; say which with --map "
                   "customer=COLUMN",
                   aisle_record_reader_get_path (import->reader));
      return FALSE;
    }
  Customers *customers = import->state = g_new0 (Customers, 1);
  customers->attribute = aisle_import_table_new (import, "customer_attribute", "customer_id,name",
                                                 "value,is_protected,is_generated");
  customers->people = aisle_import_people_new (import, error);
  return customers->people != NULL;
}

static void
end_customers (AisleImport *import)
{
  Customers *customers = import->state;
  if (!customers)
    return;
  aisle_import_people_free (customers->people);
  aisle_import_table_free (customers->attribute);
  g_free (customers);
}

static AislePut
put_country (AisleImport *import, gint64 id, GError **error)
{
  const char *country = aisle_import_get_text (import, COUNTRY);
  if (!country)
    return AISLE_PUT_UNCHANGED;
  AisleStatement *s = aisle_statement (
      import->workspace, "UPDATE customer SET country = ?2 WHERE id = ?1 AND country IS NOT ?2",
      error);
  if (!s)
    return AISLE_PUT_ERROR;
  aisle_bind_int64 (s, 1, id);
  aisle_bind_text (s, 2, country);
  if (!aisle_run (s, error))
    return AISLE_PUT_ERROR;
  return sqlite3_changes (aisle_workspace_get_db (import->workspace)) > 0 ? AISLE_PUT_UPDATED
                                                                          : AISLE_PUT_UNCHANGED;
}

static AislePut
put_attributes (AisleImport *import, gint64 id, GError **error)
{
  AisleImportTable *table = ((Customers *) import->state)->attribute;
  AislePut most = AISLE_PUT_UNCHANGED;
  for (guint i = 0; i < import->attributes->len; i++)
    {
      const AisleImportAttribute *attribute =
          &g_array_index (import->attributes, AisleImportAttribute, i);
      const char *value = import->record.fields[attribute->column];
      if (!*value)
        continue;
      aisle_import_table_set_int64 (table, 0, id);
      aisle_import_table_set_text (table, 1, attribute->name);
      aisle_import_table_set_text (table, 2, value);
      aisle_import_table_set_int64 (table, 3, attribute->is_protected);
      if (import->options->is_generated)
        aisle_import_table_set_int64 (table, 4, 1);
      AislePut put = aisle_import_table_put (table, error);
      if (put == AISLE_PUT_ERROR)
        return put;
      most = MAX (most, put);
    }
  return most;
}

/* The customer's row by number or pseudonym; `*id` 0: the row was rejected. */
static gboolean
find_customer (AisleImport *import, gint64 *id, GError **error)
{
  Customers *customers = import->state;
  const char *number = aisle_import_get_text (import, NUMBER);
  guint field = number ? NUMBER : PSEUDONYM;
  const char *key = number ? number : aisle_import_get_text (import, PSEUDONYM);
  if (!key)
    {
      aisle_import_reject (import, NUMBER, "is empty, but a customer is required");
      return TRUE;
    }
  if (!aisle_import_claim_key (import, field, key, NULL))
    return TRUE;
  if (!number)
    return aisle_import_people_get (import, PSEUDONYM, id, error) || import->is_rejected;
  if (!aisle_import_people_find (customers->people, "number", number, id, error))
    return FALSE;
  if (*id == 0)
    aisle_import_reject (import, NUMBER,
                         "this person was erased on request and is not taken again");
  return TRUE;
}

static gboolean
take_customer (AisleImport *import, GError **error)
{
  static const struct
  {
    guint field;
    const char *kind;
  } aliases[] = { { CARD, "card" }, { EMAIL, "email" }, { PHONE, "phone" } };
  Customers *customers = import->state;
  gint64 id = 0;
  aisle_import_people_take_made (customers->people);
  if (!find_customer (import, &id, error))
    return FALSE;
  if (id == 0)
    return TRUE;
  gboolean is_new = aisle_import_people_take_made (customers->people);
  AislePut most = AISLE_PUT_UNCHANGED;
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    {
      const char *value = aisle_import_get_text (import, aliases[i].field);
      AislePut put = AISLE_PUT_UNCHANGED;
      if (value
          && !aisle_import_people_add_alias (customers->people, id, aliases[i].kind, value, &put,
                                             error))
        return FALSE;
      most = MAX (most, put);
    }
  AislePut country = put_country (import, id, error);
  AislePut attributes = country == AISLE_PUT_ERROR ? country : put_attributes (import, id, error);
  if (attributes == AISLE_PUT_ERROR)
    return FALSE;
  most = MAX (most, MAX (country, attributes));
  return aisle_import_count (import, is_new                        ? AISLE_PUT_INSERTED
                                     : most == AISLE_PUT_UNCHANGED ? most
                                                                   : AISLE_PUT_UPDATED);
}

const AisleImportHandler aisle_import_customers = {
  .fields = fields,
  .n_fields = N_FIELDS,
  .takes_attributes = TRUE,
  .begin = begin_customers,
  .take_row = take_customer,
  .end = end_customers,
};
