/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-record-reader.h"

/* Rows out of one sheet of an .xlsx workbook, streamed. Dates come as ISO text, numbers with '.',
 * true and false as TRUE and FALSE, formulas as the value last calculated. */

typedef struct _AisleXlsxReader AisleXlsxReader;

/* `sheet` NULL: the first. */
AisleXlsxReader *aisle_xlsx_reader_open (const char *path, const char *sheet, GError **error);
void aisle_xlsx_reader_free (AisleXlsxReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleXlsxReader, aisle_xlsx_reader_free)

const char *aisle_xlsx_reader_get_sheet_name (AisleXlsxReader *reader);
gboolean aisle_xlsx_reader_is_date_1904 (AisleXlsxReader *reader);
double aisle_xlsx_reader_get_share_read (AisleXlsxReader *reader);

/* Cells that are empty to the end of a row are not stored: rows get empty fields up to `n_fields`.
 */
void aisle_xlsx_reader_set_least_fields (AisleXlsxReader *reader, guint n_fields);

/* As aisle_record_reader_next(). */
gboolean aisle_xlsx_reader_next (AisleXlsxReader *reader, AisleRecord *record, GError **error);
