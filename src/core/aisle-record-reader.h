/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-decimal.h"

#include <gio/gio.h>

/* Reads rows of text fields from a file that somebody else wrote: CSV in any usual dialect, plain
 * or gzip, or the first (or a named) sheet of an .xlsx workbook. What the dialect is, is detected
 * from the start of the file and can be asked for and overridden. Rows are streamed: memory does
 * not grow with the file. Fields come out as valid UTF-8. */

typedef enum
{
  AISLE_ENCODING_UNKNOWN, /* in overrides: detect */
  AISLE_ENCODING_UTF8,
  AISLE_ENCODING_UTF16LE,
  AISLE_ENCODING_UTF16BE,
  AISLE_ENCODING_WINDOWS_1252,
} AisleEncoding;

/* The order of the parts of a date. */
typedef enum
{
  AISLE_DATE_ORDER_UNKNOWN, /* in overrides: detect; detected: the file has no date that tells */
  AISLE_DATE_ORDER_YMD,     /* 2011-08-31, 2011/08/31, 20110831 */
  AISLE_DATE_ORDER_DMY,     /* 31.08.2011, 31/08/2011 */
  AISLE_DATE_ORDER_MDY,     /* 08/31/2011 */
} AisleDateOrder;

/* How a file writes things; what is detected, and what a caller may prescribe. In overrides a
 * member that is 0 means "detect". */
typedef struct
{
  AisleEncoding encoding;
  gboolean is_gzip; /* detected only */
  gboolean is_xlsx; /* detected only */
  char separator;   /* ',', ';', '\t', '|'; 0 for .xlsx */
  AisleNumberFormat number;
  AisleDateOrder date_order;
  gboolean
      is_date_order_ambiguous; /* detected only: no date in the part looked at has a day over 12 */
  const char *sheet;           /* .xlsx: the sheet's name; NULL: the first */
  gboolean is_date_1904;       /* detected only, .xlsx: serial days count from 1904 */
} AisleTextFormat;

/* One row, valid until the next call on its reader. `fields` are NUL-terminated UTF-8, blanks at
 * both ends removed, never NULL; bytes that are not of the encoding have become U+FFFD and a NUL
 * inside a field U+2400, and then `problem` says so. */
typedef struct
{
  const char *const *fields;
  const gsize *lengths; /* in bytes */
  guint n_fields;
  guint64 line; /* where the row begins in the file, counted from 1; .xlsx: the row's number */
  const char *problem; /* NULL, or why this row cannot be trusted (too long, not of the encoding) */
} AisleRecord;

typedef struct _AisleRecordReader AisleRecordReader;

/* Opens `path`, detects its dialect and reads the header row. `overrides` may be NULL. Errors, each
 * naming the file: not there, a directory, empty (AISLE_CORE_ERROR_EMPTY), binary, a damaged
 * workbook or gzip stream. A file with a header and no rows opens; its first
 * aisle_record_reader_next() says end. */
AisleRecordReader *
aisle_record_reader_open (const char *path, const AisleTextFormat *overrides, GError **error);
void aisle_record_reader_close (AisleRecordReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleRecordReader, aisle_record_reader_close)

const char *aisle_record_reader_get_path (AisleRecordReader *reader);
const AisleTextFormat *aisle_record_reader_get_format (AisleRecordReader *reader);

/* The header row's names, blanks and byte-order mark removed. */
guint aisle_record_reader_get_n_columns (AisleRecordReader *reader);
const char *aisle_record_reader_get_column_name (AisleRecordReader *reader, guint column);

/* The column whose name equals `name` without regard to case, blanks, '_' and '-'; -1 for none. */
int aisle_record_reader_find_column (AisleRecordReader *reader, const char *name);

/* Share of the file that was read, 0..1, for progress. */
double aisle_record_reader_get_share_read (AisleRecordReader *reader);

/* TRUE: `record` holds the next row; rows that are wholly blank are skipped. FALSE without an
 * error: the end. FALSE with one: the file could not be read on (damaged gzip, I/O). A row with too
 * few or too many fields is given as it is: the caller decides. A field over 1 MiB makes its row a
 * problem, is cut and does not cost more memory than that. */
gboolean aisle_record_reader_next (AisleRecordReader *reader, AisleRecord *record, GError **error);

/* Reads a date in the file's order, with '-', '/', '.' or nothing between the parts, a year of two
 * or four digits, an optional time behind it ("2010-12-01 08:26:00", "12/1/2010 8:26"), or an .xlsx
 * serial number. `second_of_day` (or NULL) gets -1 where no time is given. "00000000" and
 * "0000-00-00" are AISLE_CORE_ERROR_EMPTY, a day that does not exist AISLE_CORE_ERROR_RANGE. */
gboolean aisle_text_format_parse_date (const AisleTextFormat *format,
                                       const char *text,
                                       gint32 *date,
                                       int *second_of_day,
                                       GError **error);
