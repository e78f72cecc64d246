/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record-fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static char *directory;

char *
fixture_path (const char *name)
{
  if (!directory)
    {
      directory = g_dir_make_tmp ("aisle-core-XXXXXX", NULL);
      g_assert_nonnull (directory);
    }
  return g_build_filename (directory, name, NULL);
}

char *
fixture_write (const char *name, const char *data, gssize length)
{
  /* g_file_set_contents() would wait for the disk each time. */
  char *path = fixture_path (name);
  gsize n = length < 0 ? strlen (data) : (gsize) length;
  FILE *file = g_fopen (path, "wb");
  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, n, file), ==, n);
  g_assert_cmpint (fclose (file), ==, 0);
  return path;
}

char *
fixture_write_gzip (const char *name, const char *data, gssize length)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) packer =
      g_converter_output_stream_new (memory, G_CONVERTER (compressor));
  gsize n = length < 0 ? strlen (data) : (gsize) length;
  g_assert_true (g_output_stream_write_all (packer, data, n, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (packer, NULL, NULL));
  GMemoryOutputStream *packed = G_MEMORY_OUTPUT_STREAM (memory);
  return fixture_write (name, g_memory_output_stream_get_data (packed),
                        (gssize) g_memory_output_stream_get_data_size (packed));
}

char *
fixture_write_zip (const char *name, const char *const *entries)
{
  char *path = fixture_path (name);
  struct archive *archive = archive_write_new ();
  archive_write_set_format_zip (archive);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  for (; entries[0]; entries += 2)
    {
      struct archive_entry *entry = archive_entry_new ();
      gsize length = strlen (entries[1]);
      archive_entry_set_pathname (entry, entries[0]);
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_size (entry, (la_int64_t) length);
      g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
      g_assert_cmpint (archive_write_data (archive, entries[1], length), ==, (gssize) length);
      archive_entry_free (entry);
    }
  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
  return path;
}

char *
fixture_rows (AisleRecordReader *reader, GError **error)
{
  GString *rows = g_string_new (NULL);
  AisleRecord record;
  g_autoptr (GError) cause = NULL;
  while (aisle_record_reader_next (reader, &record, &cause))
    {
      g_string_append_printf (rows, "%s%" G_GUINT64_FORMAT "[", rows->len > 0 ? " " : "",
                              record.line);
      for (guint i = 0; i < record.n_fields; i++)
        {
          g_assert_cmpuint (strlen (record.fields[i]), ==, record.lengths[i]);
          g_assert_true (g_utf8_validate (record.fields[i], -1, NULL));
          if (i > 0)
            g_string_append_c (rows, '|');
          if (record.lengths[i] > 40)
            g_string_append_printf (rows, "<%" G_GSIZE_FORMAT ">", record.lengths[i]);
          else
            g_string_append (rows, record.fields[i]);
        }
      g_string_append_printf (rows, "]%s", record.problem ? "!" : "");
    }
  if (cause)
    {
      g_string_append (rows, " ERROR");
      g_propagate_error (error, g_steal_pointer (&cause));
    }
  return g_string_free (rows, FALSE);
}

char *
fixture_read (const char *path, const AisleTextFormat *overrides)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, overrides, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reader);
  GString *all = g_string_new ("[");
  for (guint i = 0; i < aisle_record_reader_get_n_columns (reader); i++)
    g_string_append_printf (all, "%s%s", i > 0 ? "|" : "",
                            aisle_record_reader_get_column_name (reader, i));
  g_autofree char *rows = fixture_rows (reader, NULL);
  g_string_append_printf (all, "]%s%s", rows[0] ? " " : "", rows);
  return g_string_free (all, FALSE);
}

void
fixture_remove_all (void)
{
  if (!directory)
    return;
  g_autoptr (GDir) listing = g_dir_open (directory, 0, NULL);
  const char *name;
  while (listing && (name = g_dir_read_name (listing)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      g_unlink (path);
    }
  g_rmdir (directory);
  g_clear_pointer (&directory, g_free);
}
