/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A file that appears under its name only when it is complete: written beside it and renamed. What
 * is no regular file (standard output, a pipe, a device) is written directly. */

typedef struct _AisleNewFile AisleNewFile;

/* `path` NULL or "-": standard output. A symbolic link stays one: what it points to is replaced. A
 * file that is a database is refused: somebody named the workspace where a result should go. */
AisleNewFile *aisle_new_file_open (const char *path, GError **error);

/* The file that is being written to; NULL where nothing lies beside the target. */
const char *aisle_new_file_get_temporary_path (AisleNewFile *file);

gboolean aisle_new_file_write (AisleNewFile *file, const char *data, gsize length, GError **error);

/* Puts the file in its place, or removes it on an error. Frees `file` in any case. */
gboolean aisle_new_file_finish (AisleNewFile *file, GError **error);

/* Removes what was written, frees `file`. */
void aisle_new_file_discard (AisleNewFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleNewFile, aisle_new_file_discard)
