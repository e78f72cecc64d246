/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-byte-source-private.h"

#include "aisle-core-error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_SIZE (256 * 1024)

struct _AisleByteSource
{
  char *path;
  int fd;
  AisleBytesKind kind;
  guint64 file_size; /* 0: not known */
  guint64 n_read;
  guint8 *input; /* what was read from the file and not yet taken */
  gsize input_begin;
  gsize input_end;
  gboolean is_input_at_end;
  GConverter *inflater;
  gboolean is_finished; /* the last gzip member is through */
};

/* What a file begins with that people take for a table by mistake. */
static const struct
{
  const char *magic;
  gsize length;
  const char *what;
} foreign_files[] = {
  { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8,
    "is an old Excel workbook (.xls); save it as .xlsx or CSV and try again" },
  { "BZh", 3, "is packed with bzip2; unpack it, or pack it with gzip" },
  { "\xfd"
    "7zXZ",
    5, "is packed with xz; unpack it, or pack it with gzip" },
  { "\x28\xb5\x2f\xfd", 4, "is packed with zstd; unpack it, or pack it with gzip" },
  { "7z\xbc\xaf", 4, "is a 7-Zip archive; unpack it first" },
  { "SQLite format 3", 16, "is an SQLite database, not a table of rows" },
  { "%PDF-", 5, "is a PDF document; ask for the figures as CSV or .xlsx" },
  { "PAR1", 4, "is a Parquet file; export it as CSV" },
  { "\x89PNG", 4, "is a picture, not a table" },
  { "\xff\xd8\xff", 3, "is a picture, not a table" },
  { "\x7f"
    "ELF",
    4, "is a program, not a table" },
};

static gboolean
fill_input (AisleByteSource *source, GError **error)
{
  if (source->input_begin > 0)
    {
      gsize n = source->input_end - source->input_begin;
      memmove (source->input, source->input + source->input_begin, n);
      source->input_begin = 0;
      source->input_end = n;
    }
  gssize n;
  do
    n = read (source->fd, source->input + source->input_end, INPUT_SIZE - source->input_end);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      int saved = errno;
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO, "%s: cannot be read: %s",
                   source->path, g_strerror (saved));
      return FALSE;
    }
  source->input_end += (gsize) n;
  source->n_read += (guint64) n;
  source->is_input_at_end = n == 0;
  return TRUE;
}

static gboolean
begins_with (const AisleByteSource *source, const char *magic, gsize length)
{
  return source->input_end - source->input_begin >= length
         && memcmp (source->input + source->input_begin, magic, length) == 0;
}

static gboolean
look_at_kind (AisleByteSource *source, GError **error)
{
  if (source->input_end == 0)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY, "%s: the file is empty",
                   source->path);
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (foreign_files); i++)
    if (begins_with (source, foreign_files[i].magic, foreign_files[i].length))
      {
        g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID, "%s: this %s", source->path,
                     foreign_files[i].what);
        return FALSE;
      }
  if (begins_with (source, "\x1f\x8b", 2))
    {
      source->kind = AISLE_BYTES_GZIP;
      source->inflater = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    }
  else if (begins_with (source, "PK\x03\x04", 4) || begins_with (source, "PK\x05\x06", 4))
    {
      source->kind = AISLE_BYTES_ZIP;
      if (source->file_size == 0)
        {
          /* It would have to be read from its end. */
          g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                       "%s: a workbook cannot come through a pipe; save it as a file first",
                       source->path);
          return FALSE;
        }
    }
  return TRUE;
}

AisleByteSource *
aisle_byte_source_open (const char *path, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  struct stat status;
  if (fd < 0 || fstat (fd, &status) != 0)
    {
      int saved = errno;
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO, "%s: cannot be opened: %s", path,
                   g_strerror (saved));
      if (fd >= 0)
        g_close (fd, NULL);
      return NULL;
    }
  if (S_ISDIR (status.st_mode))
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO,
                   "%s: this is a folder; name a file in it", path);
      g_close (fd, NULL);
      return NULL;
    }

  g_autoptr (AisleByteSource) source = g_new0 (AisleByteSource, 1);
  source->path = g_strdup (path);
  source->fd = fd;
  source->file_size = S_ISREG (status.st_mode) ? (guint64) status.st_size : 0;
  source->input = g_malloc (INPUT_SIZE);
  /* A pipe may hand over its first bytes one by one; the kind needs sixteen of them. */
  while (source->input_end < 16 && !source->is_input_at_end)
    if (!fill_input (source, error))
      return NULL;
  if (!look_at_kind (source, error))
    return NULL;
  return g_steal_pointer (&source);
}

void
aisle_byte_source_close (AisleByteSource *source)
{
  if (!source)
    return;
  g_close (source->fd, NULL);
  g_clear_object (&source->inflater);
  g_free (source->input);
  g_free (source->path);
  g_free (source);
}

AisleBytesKind
aisle_byte_source_get_kind (AisleByteSource *source)
{
  return source->kind;
}

double
aisle_byte_source_get_share_read (AisleByteSource *source)
{
  if (source->file_size == 0)
    return 0;
  guint64 taken = source->n_read - (source->input_end - source->input_begin);
  return CLAMP ((double) taken / (double) source->file_size, 0, 1);
}

/* Behind a gzip member: another one, or only zeros (as tapes pad) up to the end. */
static gboolean
begin_next_member (AisleByteSource *source, GError **error)
{
  for (;;)
    {
      while (source->input_begin < source->input_end && source->input[source->input_begin] == 0)
        source->input_begin++;
      if (source->input_end - source->input_begin >= 2 || source->is_input_at_end)
        break;
      if (!fill_input (source, error))
        return FALSE;
    }
  if (source->input_begin == source->input_end)
    {
      source->is_finished = TRUE;
      return TRUE;
    }
  if (!begins_with (source, "\x1f\x8b", 2))
    {
      g_set_error (
          error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
          "%s: something else than gzip follows the packed data; the file is damaged: fetch "
          "or export it again",
          source->path);
      return FALSE;
    }
  g_converter_reset (source->inflater);
  return TRUE;
}

static gboolean
set_gzip_error (AisleByteSource *source, const GError *cause, GError **error)
{
  gboolean is_short = g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
               is_short ? "%s: the gzip file is cut off; fetch or export it again (%s)"
                        : "%s: the gzip file is damaged; fetch or export it again (%s)",
               source->path, cause->message);
  return FALSE;
}

/* One step of unpacking. Sets *n_out, which may be 0 before the end. */
static gboolean
inflate_some (AisleByteSource *source, void *buffer, gsize size, gsize *n_out, GError **error)
{
  *n_out = 0;
  if (source->input_begin == source->input_end && !source->is_input_at_end
      && !fill_input (source, error))
    return FALSE;

  gsize n_in = 0;
  g_autoptr (GError) cause = NULL;
  GConverterResult result = g_converter_convert (
      source->inflater, source->input + source->input_begin,
      source->input_end - source->input_begin, buffer, size,
      source->is_input_at_end ? G_CONVERTER_INPUT_AT_END : 0, &n_in, n_out, &cause);
  if (result == G_CONVERTER_ERROR)
    {
      if (!source->is_input_at_end && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)
          && source->input_end - source->input_begin < INPUT_SIZE)
        return fill_input (source, error);
      return set_gzip_error (source, cause, error);
    }
  source->input_begin += n_in;
  return result != G_CONVERTER_FINISHED || begin_next_member (source, error);
}

gssize
aisle_byte_source_read (AisleByteSource *source, void *buffer, gsize size, GError **error)
{
  g_return_val_if_fail (size > 0, -1);

  if (source->inflater)
    {
      gsize n = 0;
      while (n == 0 && !source->is_finished)
        if (!inflate_some (source, buffer, size, &n, error))
          return -1;
      return (gssize) n;
    }
  if (source->input_begin == source->input_end && !source->is_input_at_end
      && !fill_input (source, error))
    return -1;
  gsize n = MIN (size, source->input_end - source->input_begin);
  memcpy (buffer, source->input + source->input_begin, n);
  source->input_begin += n;
  return (gssize) n;
}
