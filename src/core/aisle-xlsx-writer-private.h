/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-date.h"

/* One sheet of typed cells into a file of its own, by libxlsxwriter. Memory stays flat. The first
 * error is kept and given at the end. */

typedef struct _AisleXlsxWriter AisleXlsxWriter;

/* `path` is written at finish(); temporary files lie in its folder. `shown_path` is for messages.
 */
AisleXlsxWriter *aisle_xlsx_writer_new (const char *path, const char *shown_path, GError **error);

void aisle_xlsx_writer_add_text (AisleXlsxWriter *writer, const char *text);
void aisle_xlsx_writer_add_integer (AisleXlsxWriter *writer, gint64 value);
void aisle_xlsx_writer_add_decimal (AisleXlsxWriter *writer, gint64 value, int scale);
void aisle_xlsx_writer_add_double (AisleXlsxWriter *writer, double value);
void aisle_xlsx_writer_add_date (AisleXlsxWriter *writer, AisleDate date);
void aisle_xlsx_writer_end_row (AisleXlsxWriter *writer);

/* Writes the file, and reads it back to be sure that it is whole. Frees the writer in any case. */
gboolean aisle_xlsx_writer_finish (AisleXlsxWriter *writer, GError **error);
void aisle_xlsx_writer_discard (AisleXlsxWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleXlsxWriter, aisle_xlsx_writer_discard)
