/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-record-reader.h"
#include "aisle-progress.h"
#include "aisle-workspace.h"

/* Brings a file that somebody else wrote (CSV, gzip, .xlsx) into the workspace: columns are matched
 * to fields, rows are checked one by one, and everything accepted lands in one transaction together
 * with its import_run row and its entry in the log. Importing the same file twice changes nothing.
 * A row that does not fit goes to the rejects file and is counted. docs/data-formats.md says what
 * each kind takes. */

typedef enum
{
  AISLE_IMPORT_CATALOG,
  AISLE_IMPORT_STORES,
  AISLE_IMPORT_STOCK,
  AISLE_IMPORT_SALES,
  AISLE_IMPORT_CUSTOMERS,
  AISLE_IMPORT_PRICES,
  AISLE_IMPORT_COSTS,
  AISLE_IMPORT_SUPPLIERS,
  AISLE_IMPORT_BARCODES,
  AISLE_IMPORT_LISTINGS,
  AISLE_IMPORT_CALENDAR,
  AISLE_IMPORT_TAXES,
  AISLE_IMPORT_N_KINDS,
} AisleImportKind;

/* "catalog", "stores", ...: what people type. */
const char *aisle_import_kind_get_name (AisleImportKind kind);

typedef enum
{
  AISLE_IMPORT_KIND_KNOWN,   /* `*kind` is set */
  AISLE_IMPORT_KIND_LATER,   /* a kind that a later version imports */
  AISLE_IMPORT_KIND_UNKNOWN, /* no such kind */
} AisleImportKindAnswer;
AisleImportKindAnswer aisle_import_kind_from_name (const char *name, AisleImportKind *kind);

/* One field that a kind of file may have. All strings are static. */
typedef struct
{
  const char *name; /* "sku": what --map and exports call it */
  gboolean is_required;
  const char *type; /* "text", "date", "money", "quantity", "yes/no", ... */
  const char *example;
  const char *help;            /* one sentence */
  const char *const *synonyms; /* other names columns go by, NULL-terminated; may be NULL */
} AisleImportFieldInfo;

guint aisle_import_get_n_fields (AisleImportKind kind);
const AisleImportFieldInfo *aisle_import_get_field (AisleImportKind kind, guint index);

/* Whether the money in a file has the taxes on sales in it. */
typedef enum
{
  AISLE_IMPORT_PRICES_ASK, /* by the columns' names; else an error that asks */
  AISLE_IMPORT_PRICES_NET,
  AISLE_IMPORT_PRICES_GROSS,
} AisleImportPrices;

/* What to do. Zero-filled is a plain import; all strings are borrowed for the call. */
typedef struct
{
  const char *const *map;        /* "FIELD=COLUMN" pairs, NULL-terminated; NULL: none */
  const AisleTextFormat *format; /* overrides for the reader; NULL: detect everything */
  const char *rejects_path;      /* NULL: rejects are counted only */
  gboolean is_dry_run;           /* do everything but commit */
  gboolean is_all_or_nothing;    /* a rejected row refuses the file */
  AisleImportPrices prices;
  gboolean drop_duplicates; /* sales: a line equal to an earlier one of its receipt is left out */
  gboolean fold_sku;        /* SKUs are turned to upper case */
  gboolean is_generated;    /* marks the rows as made up by the sample's generator */
  gint64 person_id;         /* who imports; 0: automatic */
} AisleImportOptions;

/* What came of it. */
typedef struct
{
  guint64 rows; /* in the file, without the header and blank rows */
  guint64 accepted;
  guint64 rejected;
  guint64 inserted; /* sales: lines of new receipts, or daily totals */
  guint64 updated;
  guint64 unchanged;
  guint64 findings; /* odd but accepted; listed in table data_finding */
  gint64 run_id;    /* of import_run; 0 after a dry run */
  double seconds;
  char *first_reject; /* "FILE:LINE: column ...": the first rejected row; NULL: none */
  char *mapping;      /* "sku=StockCode, quantity=Quantity": what was matched to what */
  char *format;       /* "UTF-8, separator ',', decimal '.', dates year-month-day" */
  GPtrArray *notices; /* of char*: unknown columns, findings by rule; sentences for a person */
} AisleImportResult;

void aisle_import_result_clear (AisleImportResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleImportResult, aisle_import_result_clear)

/* Imports `path`. Nothing is changed unless TRUE is returned; then `result` is filled, even where
 * every row was rejected. `progress` may be NULL; stopping through it is G_IO_ERROR_CANCELLED and
 * leaves workspace and rejects file as they were. Must not be called inside a transaction. Errors:
 * AISLE_IMPORT_ERROR below, those of the reader and of the workspace. */
gboolean aisle_import_file (AisleWorkspace *workspace,
                            AisleImportKind kind,
                            const char *path,
                            const AisleImportOptions *options,
                            const AisleProgress *progress,
                            AisleImportResult *result,
                            GError **error);

#define AISLE_IMPORT_ERROR (aisle_import_error_quark ())

typedef enum
{
  AISLE_IMPORT_ERROR_NO_ROWS, /* a header and nothing else */
  AISLE_IMPORT_ERROR_COLUMNS, /* a required field has no column, or --map names one that is not
                                 there */
  AISLE_IMPORT_ERROR_ASK,     /* the file does not say something that a person must: net or gross */
  AISLE_IMPORT_ERROR_REJECTED, /* --all-or-nothing, and a row was bad */
} AisleImportError;

GQuark aisle_import_error_quark (void);
