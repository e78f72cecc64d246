/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-byte-source-private.h"
#include "aisle-record-reader.h"

/* The text of a file as UTF-8, in a window that the reader moves forward: look at what is there,
 * ask for more behind it, drop what is done. The byte-order mark is gone.
 *
 * Every byte that is not of the encoding is given as AISLE_TEXT_BAD_BYTE, which is never part of
 * UTF-8, and a NUL as it is; has_damage says that this may have happened, so that whole files need
 * not be searched for it. */

#define AISLE_TEXT_BAD_BYTE '\xff'

typedef struct _AisleTextStream AisleTextStream;

/* Detects the encoding where `encoding` is AISLE_ENCODING_UNKNOWN. Errors as
 * aisle_record_reader_open(), but AISLE_BYTES_ZIP is for the caller to look at first. Takes
 * `source` over in any case. */
AisleTextStream *aisle_text_stream_new (AisleByteSource *source,
                                        const char *path,
                                        AisleEncoding encoding,
                                        GError **error);
void aisle_text_stream_free (AisleTextStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleTextStream, aisle_text_stream_free)

/* The text not yet dropped; valid until the next call of more() or drop(). */
const char *aisle_text_stream_peek (AisleTextStream *stream, gsize *length);

/* Appends text to what peek() shows. FALSE without an error: there is no more. */
gboolean aisle_text_stream_more (AisleTextStream *stream, GError **error);
void aisle_text_stream_drop (AisleTextStream *stream, gsize length);

gboolean aisle_text_stream_is_at_end (AisleTextStream *stream);
gboolean aisle_text_stream_has_damage (AisleTextStream *stream);
AisleEncoding aisle_text_stream_get_encoding (AisleTextStream *stream);
double aisle_text_stream_get_share_read (AisleTextStream *stream);
