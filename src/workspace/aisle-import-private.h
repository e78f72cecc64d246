/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-import.h"
#include "aisle-keys.h"
#include "aisle-money.h"
#include "aisle-record-writer.h"
#include "aisle-statement-private.h"

/* What the files of the import share. AisleImport is one import at work: the frame (aisle-import.c)
 * reads rows and hands them to the kind's handler, which looks at its fields by number, and either
 * rejects the row or writes it and counts it. */

typedef struct _AisleImport AisleImport;

/* The type of fields that hold a person's own value: masked in the rejects, never stored. */
#define AISLE_IMPORT_PERSONAL "customer"

/* What columns with stores and products are called. */
#define AISLE_STORE_WORDS                                                                          \
  "WERKS", "LOC", "location", "site", "plant", "store id", "store code", "shop", "Filiale",        \
      "Markt", "magasin", "tienda", "negozio", "winkel", "filiaal", "branch"
#define AISLE_SKU_WORDS                                                                            \
  "MATNR", "item", "StockCode", "article", "Artikelnummer", "Artikel", "product code",             \
      "référence", "artículo", "codice articolo", "artikelcode"

/* The list of a field's synonyms. */
#define AISLE_SYNONYMS(...) ((const char *const[]){ __VA_ARGS__, NULL })

typedef struct
{
  const AisleImportFieldInfo *fields;
  guint n_fields;
  gboolean takes_attributes; /* columns "attribute:NAME" and "protected:NAME" */
  /* After the columns are matched: refuses files that lack something, prepares. May be NULL. */
  gboolean (*begin) (AisleImport *import, GError **error);
  /* One row; FALSE only for errors that end the import. */
  gboolean (*take_row) (AisleImport *import, GError **error);
  /* After the last row. May be NULL. */
  gboolean (*finish) (AisleImport *import, GError **error);
  /* Frees import->state. May be NULL. */
  void (*end) (AisleImport *import);
} AisleImportHandler;

extern const AisleImportHandler aisle_import_catalog;
extern const AisleImportHandler aisle_import_stores;
extern const AisleImportHandler aisle_import_stock;
extern const AisleImportHandler aisle_import_sales;
extern const AisleImportHandler aisle_import_customers;
extern const AisleImportHandler aisle_import_prices;
extern const AisleImportHandler aisle_import_costs;
extern const AisleImportHandler aisle_import_suppliers;
extern const AisleImportHandler aisle_import_barcodes;
extern const AisleImportHandler aisle_import_listings;
extern const AisleImportHandler aisle_import_calendar;
extern const AisleImportHandler aisle_import_taxes;

/* A store, as rows need it. */
typedef struct
{
  gint64 id;
  char *code;
  char *country;
  char currency[AISLE_CURRENCY_SIZE];
  gint64 minor_micro; /* millionths of a major unit in one minor unit */
  GTimeZone *zone;
  gboolean has_daily_totals; /* some of its days were imported as totals */
} AisleImportStore;

typedef struct
{
  gint64 id;
  guint tax_class; /* a number for its class */
} AisleImportProduct;

typedef struct _AisleImportKeys AisleImportKeys;
typedef struct _AisleImportSeen AisleImportSeen;

/* A column that becomes an attribute. */
typedef struct
{
  char *name;
  int column;
  gboolean is_protected;
} AisleImportAttribute;

struct _AisleImport
{
  AisleWorkspace *workspace;
  AisleImportKind kind;
  const AisleImportHandler *handler;
  const AisleImportOptions *options;
  const AisleProgress *progress;
  AisleRecordReader *reader;
  const AisleTextFormat *format; /* with the overrides */
  AisleRecord record;            /* the current row */
  gboolean is_rejected;          /* the current row was */
  AisleImportResult *result;

  int *columns;             /* by field: its column, -1 for none */
  GArray *attributes;       /* of AisleImportAttribute */
  gboolean *is_masked;      /* by column */
  AisleImportPrices prices; /* as the person, the saved mapping or the columns' names say */

  AisleImportKeys *keys;
  AisleImportSeen *seen;
  AisleRecordWriter *rejects; /* NULL before the first one */
  GError *rejects_error;      /* why it could not be opened */
  char *first_reject;         /* "FILE:LINE: column ...": for messages */
  GHashTable *findings;       /* rule and object -> Finding */
  gpointer state;             /* the handler's own */

  char *last_date_text; /* dates come in runs: the last one is kept */
  AisleDate last_date;
  int last_second;
};

/* ---- aisle-import.c */

/* Says how far the import is (0..1); FALSE with G_IO_ERROR_CANCELLED where somebody stopped it. */
gboolean aisle_import_report (AisleImport *import, double share_done, GError **error);

/* ---- aisle-import-findings.c: what is kept though odd, and what is not taken */

/* Notes something odd that is kept. Rules are literals. Text is for people, without customers'
 * values. */
void aisle_import_find (AisleImport *import,
                        const char *rule,
                        const char *object,
                        const char *format,
                        ...) G_GNUC_PRINTF (4, 5);

/* For rules that would name too many objects: one finding for all of them. */
void aisle_import_find_many (AisleImport *import,
                             const char *rule,
                             const char *object,
                             guint64 count,
                             const char *message);
GHashTable *aisle_import_findings_new (void);
/* Writes table data_finding and adds a sentence for each rule to the notices. */
gboolean aisle_import_save_findings (AisleImport *import, gint64 run_id, GError **error);

/* Completes the rejects file, or takes away what there is of it. */
gboolean aisle_import_finish_rejects (AisleImport *import, GError **error);
void aisle_import_discard_rejects (AisleImport *import);

/* ---- aisle-import-mapping.c */

gboolean aisle_import_map_columns (AisleImport *import, GError **error);
gboolean aisle_import_save_mapping (AisleImport *import, GError **error);
/* {"sku": "StockCode", ...}; free with g_free(). */
char *aisle_import_mapping_to_json (AisleImport *import);

static inline gboolean
aisle_import_has (AisleImport *import, guint field)
{
  return import->columns[field] >= 0;
}

/* Takes the person's word, or else the names of the columns of `fields`; FALSE with
 * AISLE_IMPORT_ERROR_ASK where neither says. */
gboolean aisle_import_decide_prices (AisleImport *import,
                                     const guint *fields,
                                     guint n_fields,
                                     GError **error);

/* ---- aisle-import-value.c: the current row's fields. A getter that says FALSE has rejected the
 * row. An empty or unmapped field leaves `*value` as it was. */

/* Rejects the current row: once, the first reason counts. Always FALSE. */
gboolean aisle_import_reject (AisleImport *import, guint field, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* NULL where unmapped or empty. */
const char *aisle_import_get_text (AisleImport *import, guint field);
/* `second` may be NULL. */
gboolean aisle_import_get_date (AisleImport *import, guint field, AisleDate *date, int *second);
gboolean aisle_import_get_time (AisleImport *import, guint field, int *second);
gboolean aisle_import_get_decimal (AisleImport *import,
                                   guint field,
                                   int scale,
                                   gint64 minimum,
                                   gint64 maximum,
                                   gint64 *value);
/* A rate: "20", "20 %" or "0.2" is 200000. */
gboolean aisle_import_get_rate (AisleImport *import, guint field, gint64 *ppm);
gboolean aisle_import_get_flag (AisleImport *import, guint field, gint64 *value);
/* One of the words of a NULL-terminated list, by number; words of several languages may stand as
 * "sale|verkauf|vente". */
gboolean aisle_import_get_choice (AisleImport *import,
                                  guint field,
                                  const char *const *choices,
                                  gint64 *value);
/* Three letters of ISO 4217. */
gboolean
aisle_import_get_currency (AisleImport *import, guint field, char currency[AISLE_CURRENCY_SIZE]);
/* Does the text end in the right check digit of a GTIN? */
gboolean aisle_import_is_barcode (const char *text);
/* A barcode with its check digit, without blanks; free with g_free(). */
gboolean aisle_import_get_barcode (AisleImport *import, guint field, char **code);
/* The same where a row is worth having without its barcode: a bad one is a finding, and NULL. */
void aisle_import_take_barcode (AisleImport *import, guint field, char **code);

/* ---- aisle-import-keys.c: codes to rows */

AisleImportKeys *aisle_import_keys_new (AisleImport *import, GError **error);
void aisle_import_keys_free (AisleImportKeys *keys);
/* The SKU with --fold-sku applied; valid until the next call. */
const char *aisle_import_get_sku (AisleImport *import, guint field);
/* The SKU that differs from this one by case only; NULL: none. Remembers this one. */
const char *aisle_import_find_case_variant (AisleImport *import, const char *sku);
/* NULL: the row was rejected. */
AisleImportProduct *aisle_import_get_product (AisleImport *import, guint field);
AisleImportStore *aisle_import_get_store (AisleImport *import, guint field);
AisleImportStore *aisle_import_find_store (AisleImport *import, const char *code);
/* All stores, in the order of their codes. */
const GPtrArray *aisle_import_all_stores (AisleImport *import);
/* The currency column, where there is one, must say the store's. */
gboolean
aisle_import_check_currency (AisleImport *import, guint field, const AisleImportStore *store);
/* The tax rate of a product's class in a store's country on a day; -1: not known. */
gint64 aisle_import_find_tax_rate (AisleImport *import,
                                   const AisleImportStore *store,
                                   const AisleImportProduct *product,
                                   AisleDate day);

gboolean aisle_import_has_tax_rates (AisleImport *import);

/* ---- aisle-import-seen.c: which keys the file had already */

AisleImportSeen *aisle_import_seen_new (void);
void aisle_import_seen_free (AisleImportSeen *seen);
/* FALSE where the file had this key before: then the row was rejected, or, where it says the same
 * again, counted as unchanged with a finding. Parts of the key are joined; NULL-terminated. */
gboolean aisle_import_claim_key (AisleImport *import, guint field, const char *first, ...)
    G_GNUC_NULL_TERMINATED;

/* The current row is rejected: what it claimed is free for a better row. */
void aisle_import_release_key (AisleImport *import);

/* ---- aisle-import-table.c: one row into one table */

typedef struct _AisleImportTable AisleImportTable;

/* A writer for `table`: `keys` and `values` are comma lists of columns. Only columns that are set
 * are written over an existing row's. */
AisleImportTable *aisle_import_table_new (AisleImport *import,
                                          const char *table,
                                          const char *keys,
                                          const char *values);
void aisle_import_table_free (AisleImportTable *table);
/* Sets a column of the row to be written, by its name's position in keys and values together. Text
 * must live until aisle_import_table_put(). */
void aisle_import_table_set_int64 (AisleImportTable *table, guint column, gint64 value);
void aisle_import_table_set_text (AisleImportTable *table, guint column, const char *value);
/* Counts only where the row is new. */
void aisle_import_table_set_text_if_new (AisleImportTable *table, guint column, const char *value);

typedef enum
{
  AISLE_PUT_ERROR = -1,
  AISLE_PUT_UNCHANGED,
  AISLE_PUT_UPDATED,
  AISLE_PUT_INSERTED,
} AislePut;

/* Writes the row; columns that were not set since the last put keep what the existing row has, and
 * get their default in a new one. */
AislePut aisle_import_table_put (AisleImportTable *table, GError **error);
/* Counts a row's outcome in the result. FALSE for AISLE_PUT_ERROR. */
gboolean aisle_import_count (AisleImport *import, AislePut put);

/* ---- aisle-import-people.c: customers as pseudonyms */

typedef struct _AisleImportPeople AisleImportPeople;

AisleImportPeople *aisle_import_people_new (AisleImport *import, GError **error);
void aisle_import_people_free (AisleImportPeople *people);
/* `*id`: the customer's row, made where there is none; 0 for a person who was erased. */
gboolean aisle_import_people_find (AisleImportPeople *people,
                                   const char *kind,
                                   const char *value,
                                   gint64 *id,
                                   GError **error);
/* Adds a further identity of the same customer. `*put` says what happened. */
gboolean aisle_import_people_add_alias (AisleImportPeople *people,
                                        gint64 customer_id,
                                        const char *kind,
                                        const char *value,
                                        AislePut *put,
                                        GError **error);
/* The customer whose pseudonym a field has; FALSE: the row was rejected, or an error. */
gboolean aisle_import_people_get (AisleImport *import, guint field, gint64 *id, GError **error);
/* Was anybody made since the last call? */
gboolean aisle_import_people_take_made (AisleImportPeople *people);
