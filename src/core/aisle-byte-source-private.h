/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The bytes of a file, unpacked where it is gzip (also several gzip members one after the other),
 * in order and without seeking, so that a pipe works too. */

typedef enum
{
  AISLE_BYTES_PLAIN,
  AISLE_BYTES_GZIP,
  AISLE_BYTES_ZIP, /* the bytes are given as they are: an .xlsx workbook is for somebody else */
} AisleBytesKind;

typedef struct _AisleByteSource AisleByteSource;

/* Errors: not there, a directory, empty, or packed or made in a way that is known not to be text.
 */
AisleByteSource *aisle_byte_source_open (const char *path, GError **error);
void aisle_byte_source_close (AisleByteSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleByteSource, aisle_byte_source_close)

AisleBytesKind aisle_byte_source_get_kind (AisleByteSource *source);

/* Share of the file (as it lies on disk) that was read, 0..1; 0 where its size is not known. */
double aisle_byte_source_get_share_read (AisleByteSource *source);

/* Reads up to `size` bytes (more than 0). 0: the end; -1: an error. */
gssize aisle_byte_source_read (AisleByteSource *source, void *buffer, gsize size, GError **error);
