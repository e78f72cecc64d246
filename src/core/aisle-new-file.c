/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-new-file.h"

#include "aisle-core-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _AisleNewFile
{
  int fd;
  char *path;           /* NULL: standard output */
  char *temporary_path; /* NULL: written directly */
};

static const char *
shown_path (const AisleNewFile *file)
{
  return file->path ? file->path : "standard output";
}

static gboolean
set_io_error (GError **error, const char *path, const char *what, int number)
{
  const char *advice = number == ENOSPC || number == EDQUOT || number == EFBIG
                           ? "; free some space and try again"
                           : "";
  g_set_error (error, AISLE_CORE_ERROR,
               number == EPIPE ? AISLE_CORE_ERROR_CLOSED : AISLE_CORE_ERROR_IO, "%s: %s: %s%s",
               path, what, g_strerror (number), advice);
  return FALSE;
}

/* Opens what is no regular file as it is. -1: it is regular or not there yet. */
static int
open_special (const char *path)
{
  struct stat status;
  if (stat (path, &status) != 0 || S_ISREG (status.st_mode) || S_ISDIR (status.st_mode))
    return -1;
  return g_open (path, O_WRONLY | O_CLOEXEC, 0);
}

/* The first 16 bytes of every SQLite file (its file format, section 1.2). */
static gboolean
is_database (const char *path)
{
  static const char magic[16] = "SQLite format 3";
  char found[sizeof magic];
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  gssize n = read (fd, found, sizeof found);
  close (fd);
  return n == (gssize) sizeof found && memcmp (found, magic, sizeof found) == 0;
}

AisleNewFile *
aisle_new_file_open (const char *path, GError **error)
{
  g_autoptr (AisleNewFile) file = g_new0 (AisleNewFile, 1);
  file->fd = STDOUT_FILENO;
  if (!path || strcmp (path, "-") == 0)
    return g_steal_pointer (&file);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      file->fd = -1;
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO,
                   "%s: this is a folder; name a file to write to", path);
      return NULL;
    }
  /* Behind a symbolic link the file is replaced, not the link. */
  char *resolved = realpath (path, NULL);
  file->path = g_strdup (resolved ? resolved : path);
  free (resolved);
  file->fd = open_special (file->path);
  if (file->fd >= 0)
    return g_steal_pointer (&file);

  if (is_database (file->path))
    {
      g_set_error (
          error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO,
          "%s: this is a database, perhaps your workspace, and is left alone; name another "
          "file to write to",
          path);
      return NULL;
    }
  file->temporary_path = g_strconcat (file->path, ".XXXXXX", NULL);
  file->fd = g_mkstemp_full (file->temporary_path, O_WRONLY | O_CLOEXEC, 0666);
  if (file->fd < 0)
    {
      int saved = errno;
      g_clear_pointer (&file->temporary_path, g_free);
      set_io_error (error, path, "cannot be written", saved);
      return NULL;
    }
  struct stat status;
  if (stat (file->path, &status) == 0 && fchmod (file->fd, status.st_mode & 07777) != 0)
    g_debug ("%s: the permissions of the older file could not be kept", file->path);
  return g_steal_pointer (&file);
}

const char *
aisle_new_file_get_temporary_path (AisleNewFile *file)
{
  return file->temporary_path;
}

gboolean
aisle_new_file_write (AisleNewFile *file, const char *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize n = write (file->fd, data, length);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_io_error (error, shown_path (file), "cannot be written", errno);
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

gboolean
aisle_new_file_finish (AisleNewFile *given, GError **error)
{
  g_autoptr (AisleNewFile) file = given;
  if (!file->path)
    return TRUE;
  if (file->temporary_path && fsync (file->fd) != 0 && errno != EINVAL && errno != ENOSYS)
    return set_io_error (error, file->path, "cannot be written", errno);
  int fd = file->fd;
  file->fd = -1;
  if (close (fd) != 0 && errno != EINTR)
    return set_io_error (error, file->path, "cannot be written", errno);
  if (file->temporary_path && g_rename (file->temporary_path, file->path) != 0)
    return set_io_error (error, file->path, "cannot be put in its place", errno);
  g_clear_pointer (&file->temporary_path, g_free);
  return TRUE;
}

void
aisle_new_file_discard (AisleNewFile *file)
{
  if (!file)
    return;
  if (file->path && file->fd >= 0)
    close (file->fd);
  if (file->temporary_path)
    g_unlink (file->temporary_path);
  g_free (file->temporary_path);
  g_free (file->path);
  g_free (file);
}
