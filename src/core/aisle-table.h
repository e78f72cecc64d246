/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-date.h"
#include "aisle-record-reader.h"

/* Chosen columns of a file in memory, each with its type, for programs that need all rows at once.
 * Text is kept once for each distinct value; rows hold its number. The table owns all arrays it
 * shows. */

typedef enum
{
  AISLE_COLUMN_TEXT,    /* blank: "" */
  AISLE_COLUMN_INTEGER, /* decimals exactly, in units of 10^-scale; blank: G_MININT64 */
  AISLE_COLUMN_DOUBLE,  /* blank, "NA" and "NaN": NaN */
  AISLE_COLUMN_DATE,    /* blank and "00000000": AISLE_DATE_NONE */
} AisleColumnType;

/* A column that is wanted. */
typedef struct
{
  const char *name; /* as aisle_record_reader_find_column() compares it */
  AisleColumnType type;
  int scale;             /* AISLE_COLUMN_INTEGER: 0..9 */
  gboolean is_optional;  /* the file need not have it: then every value is blank */
  gboolean may_be_blank; /* single values may be blank */
} AisleColumnWish;

typedef struct _AisleTable AisleTable;

/* Reads all rows. The first value that does not fit ends it with an error "FILE:LINE: column
 * "NAME": what is wrong", as does a column that is missing ("FILE: column ..."). A file without
 * rows gives an empty table. Columns are numbered as in `wishes`. */
AisleTable *aisle_table_read (AisleRecordReader *reader,
                              const AisleColumnWish *wishes,
                              guint n_columns,
                              GError **error);
void aisle_table_free (AisleTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleTable, aisle_table_free)

gsize aisle_table_get_n_rows (AisleTable *table);

/* The line of the file where a row begins, for messages. */
guint64 aisle_table_get_line (AisleTable *table, gsize row);

/* FALSE for an optional column that the file does not have. */
gboolean aisle_table_has_column (AisleTable *table, guint column);

/* The file's columns that nobody asked for: NULL-terminated, empty where there is none. */
const char *const *aisle_table_get_ignored_columns (AisleTable *table);

/* The values of all rows; the column must be of that type. */
const gint64 *aisle_table_get_integers (AisleTable *table, guint column);
const double *aisle_table_get_doubles (AisleTable *table, guint column);
const AisleDate *aisle_table_get_dates (AisleTable *table, guint column);

/* Text: for each row a number 0 .. n_texts-1, given in the order of first appearance. */
const guint32 *aisle_table_get_text_ids (AisleTable *table, guint column);
guint32 aisle_table_get_n_texts (AisleTable *table, guint column);
const char *aisle_table_get_text (AisleTable *table, guint column, guint32 id);
