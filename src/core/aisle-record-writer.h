/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-date.h"

#include <gio/gio.h>

/* Writes rows of fields to a file: CSV as RFC 4180 (UTF-8, CRLF-free "\n" line ends, '.' decimals,
 * ISO dates), CSV for spreadsheets (byte-order mark, a given separator and decimal sign), or .xlsx
 * with typed cells. The file appears under its name only when it is complete: it is written beside
 * it and renamed, so that an interruption leaves nothing half written. Text that a spreadsheet
 * would run as a formula (it begins with = + - @, tab or CR) gets a ' in front; numbers never do.
 */

typedef enum
{
  AISLE_RECORD_CSV,
  AISLE_RECORD_CSV_SPREADSHEET,
  AISLE_RECORD_XLSX,
} AisleRecordKind;

typedef struct _AisleRecordWriter AisleRecordWriter;

/* `path` NULL or "-": standard output (CSV kinds only). `separator` and `decimal` count for
 * AISLE_RECORD_CSV_SPREADSHEET only. */
AisleRecordWriter *aisle_record_writer_open (const char *path,
                                             AisleRecordKind kind,
                                             char separator,
                                             char decimal,
                                             GError **error);

/* By the ending of the name: .xlsx, else RFC 4180. */
AisleRecordKind aisle_record_kind_for_path (const char *path);

/* Each adds one field to the current row. Text may be NULL (an empty field). */
void aisle_record_writer_add_text (AisleRecordWriter *writer, const char *text);
/* Text as it is, a formula too: for keys that programs join on, in what no spreadsheet is meant
 * for. */
void aisle_record_writer_add_key (AisleRecordWriter *writer, const char *text);
void aisle_record_writer_add_integer (AisleRecordWriter *writer, gint64 value);
/* value / 10^scale, as exact decimals */
void aisle_record_writer_add_decimal (AisleRecordWriter *writer, gint64 value, int scale);
/* The shortest text that reads back as the same double; NaN is an empty field. */
void aisle_record_writer_add_double (AisleRecordWriter *writer, double value);
void aisle_record_writer_add_date (AisleRecordWriter *writer, AisleDate date);
void aisle_record_writer_end_row (AisleRecordWriter *writer);

/* Completes the file. On an error (a full disk included) nothing appears under the name, and an
 * older file of that name stays as it was. Frees the writer in any case. */
gboolean aisle_record_writer_finish (AisleRecordWriter *writer, GError **error);

/* Gives up: removes what was written so far, frees the writer. */
void aisle_record_writer_discard (AisleRecordWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleRecordWriter, aisle_record_writer_discard)
