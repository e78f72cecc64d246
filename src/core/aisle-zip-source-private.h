/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Walks through the entries of a zip file, unpacking only what is read. What is unpacked in all is
 * limited, so that a small file made to unpack to terabytes ends with an error. */

typedef struct _AisleZipSource AisleZipSource;

AisleZipSource *aisle_zip_source_open (const char *path, GError **error);
void aisle_zip_source_close (AisleZipSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleZipSource, aisle_zip_source_close)

/* The next entry's name, valid until the next call; NULL without an error: there is none. */
const char *aisle_zip_source_next (AisleZipSource *source, GError **error);

/* Reads from the current entry. 0: its end; -1: an error. */
gssize aisle_zip_source_read (AisleZipSource *source, void *buffer, gsize size, GError **error);

/* Share of the current entry that was read, 0..1. */
double aisle_zip_source_get_share_read (AisleZipSource *source);
