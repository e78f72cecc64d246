/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-text-stream-private.h"

/* Rows out of a text stream, by libcsv. */

typedef struct _AisleCsvReader AisleCsvReader;

/* Takes `stream` over. Nothing is read yet. */
AisleCsvReader *aisle_csv_reader_new (AisleTextStream *stream);
void aisle_csv_reader_free (AisleCsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleCsvReader, aisle_csv_reader_free)

/* Before the first row. `first_line` is the number of the stream's first line. */
void aisle_csv_reader_begin (AisleCsvReader *reader, char separator, guint64 first_line);

double aisle_csv_reader_get_share_read (AisleCsvReader *reader);

/* As aisle_record_reader_next(). */
gboolean aisle_csv_reader_next (AisleCsvReader *reader, AisleRecord *record, GError **error);
