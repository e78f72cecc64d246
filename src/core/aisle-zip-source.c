/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-zip-source-private.h"

#include "aisle-core-error.h"

#include <archive.h>
#include <archive_entry.h>

#define UNPACKED_MAX (G_GINT64_CONSTANT (2) << 30)
#define ENTRIES_MAX 100000
#define BLOCK_SIZE 65536

struct _AisleZipSource
{
  struct archive *archive;
  struct archive_entry *entry;
  char *path;
  gint64 n_unpacked; /* over all entries */
  gint64 n_entry;    /* of the current entry */
  guint n_entries;
};

static void
set_damaged (AisleZipSource *source, GError **error)
{
  const char *given = archive_error_string (source->archive);
  g_autofree char *cause = g_utf8_make_valid (given ? given : "not a zip file", -1);
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
               "%s: the workbook is damaged or cut off (%s); save or fetch it again", source->path,
               cause);
}

AisleZipSource *
aisle_zip_source_open (const char *path, GError **error)
{
  g_autoptr (AisleZipSource) source = g_new0 (AisleZipSource, 1);
  source->path = g_strdup (path);
  source->archive = archive_read_new ();
  if (archive_read_support_format_zip_seekable (source->archive) != ARCHIVE_OK
      || archive_read_open_filename (source->archive, path, BLOCK_SIZE) != ARCHIVE_OK)
    {
      set_damaged (source, error);
      return NULL;
    }
  return g_steal_pointer (&source);
}

void
aisle_zip_source_close (AisleZipSource *source)
{
  if (!source)
    return;
  archive_read_free (source->archive);
  g_free (source->path);
  g_free (source);
}

const char *
aisle_zip_source_next (AisleZipSource *source, GError **error)
{
  const char *name = NULL;
  while (!name)
    {
      int status = archive_read_next_header (source->archive, &source->entry);
      if (status == ARCHIVE_EOF)
        return NULL;
      if ((status != ARCHIVE_OK && status != ARCHIVE_WARN) || source->n_entries++ > ENTRIES_MAX)
        {
          set_damaged (source, error);
          return NULL;
        }
      source->n_entry = 0;
      name = archive_entry_pathname_utf8 (source->entry);
    }
  return name;
}

gssize
aisle_zip_source_read (AisleZipSource *source, void *buffer, gsize size, GError **error)
{
  gssize n = archive_read_data (source->archive, buffer, size);
  if (n < 0)
    {
      set_damaged (source, error);
      return -1;
    }
  source->n_entry += n;
  source->n_unpacked += n;
  if (source->n_unpacked > UNPACKED_MAX)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG,
                   "%s: the workbook unpacks to more than 2 GiB; export the sheet as CSV",
                   source->path);
      return -1;
    }
  return n;
}

double
aisle_zip_source_get_share_read (AisleZipSource *source)
{
  if (!source->entry || !archive_entry_size_is_set (source->entry))
    return 0;
  gint64 size = archive_entry_size (source->entry);
  return size > 0 ? CLAMP ((double) source->n_entry / (double) size, 0, 1) : 0;
}
