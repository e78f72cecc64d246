/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-import.h"
#include "aisle-record-writer.h"

/* Writes what import brought in, under import's own field names, so that a file that was exported
 * and is imported again changes nothing. */

typedef struct
{
  const char *path; /* NULL or "-": standard output */
  AisleRecordKind style;
  char separator; /* for AISLE_RECORD_CSV_SPREADSHEET: ',' or ';' ... */
  char decimal;   /* '.' or ',' */
  gboolean daily; /* sales: daily totals rather than receipt lines */
} AisleExportOptions;

/* Customers and the customers of sales come as the pseudonyms they are kept under. The file appears
 * when it is complete. `progress` may be NULL; stopping is G_IO_ERROR_CANCELLED. `*n_rows` may be
 * NULL. */
gboolean aisle_export_file (AisleWorkspace *workspace,
                            AisleImportKind kind,
                            const AisleExportOptions *options,
                            const AisleProgress *progress,
                            guint64 *n_rows,
                            GError **error);
