/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Puts any number of records in the order of their keys with a bounded amount of memory: what does
 * not fit is sorted in parts and kept in a file without a name, beside the workspace, until it is
 * merged. Records with equal keys keep the order in which they were added. */
typedef struct _AisleImportSorter AisleImportSorter;

/* `folder`: where the file is made if it is needed. `memory` in bytes. */
AisleImportSorter *aisle_import_sorter_new (const char *folder, gsize memory);
void aisle_import_sorter_free (AisleImportSorter *sorter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleImportSorter, aisle_import_sorter_free)

typedef struct
{
  guint64 prefix; /* orders first; keys of equal prefixes are compared by their bytes */
  const void *key;
  gsize key_size;
  const void *data; /* aligned to 8 bytes when it comes back */
  gsize data_size;
  const void *more; /* appended to data; only when adding */
  gsize more_size;
} AisleImportRecord;

gboolean aisle_import_sorter_add (AisleImportSorter *sorter,
                                  const AisleImportRecord *record,
                                  GError **error);
/* After the last record: then they come back in order. */
gboolean aisle_import_sorter_finish (AisleImportSorter *sorter, GError **error);
/* FALSE at the end (`*error` not set) or on an error. The record lives until the next call. */
gboolean
aisle_import_sorter_next (AisleImportSorter *sorter, AisleImportRecord *record, GError **error);
