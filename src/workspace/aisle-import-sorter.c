/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-sorter-private.h"

#include "aisle-workspace-error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A merge sort with runs on disk: Knuth, The Art of Computer Programming, volume 3, 5.4. */

#define RUN_BUFFER (128 * 1024)

/* In memory and on disk: this head, the data, the key, padded to 8 bytes. */
typedef struct
{
  guint32 size; /* of all of it */
  guint32 data_size;
  guint32 key_size;
  guint32 unused;
  guint64 prefix;
} Head;

typedef struct
{
  guint64 prefix;
  const Head *head;
} Item;

typedef struct
{
  goffset offset, end; /* what is still to be read from the file */
  guint8 *buffer;
  gsize capacity, begin, filled;
  const Head *head; /* the record at its front; NULL: none left */
} Run;

struct _AisleImportSorter
{
  char *folder;
  gsize memory;
  guint8 *data;
  gsize used;
  GArray *items; /* of Item */
  gsize n_given; /* in memory only: how many came back */
  int fd;
  goffset file_size;
  GArray *runs; /* of Run, in the order of adding */
  guint *heap;  /* indexes of runs, smallest record first */
  guint n_heap;
  gboolean is_merging;
};

static void
clear_run_cb (gpointer data)
{
  g_free (((Run *) data)->buffer);
}

AisleImportSorter *
aisle_import_sorter_new (const char *folder, gsize memory)
{
  AisleImportSorter *sorter = g_new0 (AisleImportSorter, 1);
  sorter->folder = g_strdup (folder);
  sorter->memory = memory;
  sorter->data = g_malloc (memory);
  sorter->items = g_array_new (FALSE, FALSE, sizeof (Item));
  sorter->runs = g_array_new (FALSE, TRUE, sizeof (Run));
  g_array_set_clear_func (sorter->runs, clear_run_cb);
  sorter->fd = -1;
  return sorter;
}

void
aisle_import_sorter_free (AisleImportSorter *sorter)
{
  if (!sorter)
    return;
  if (sorter->fd >= 0)
    close (sorter->fd);
  g_free (sorter->folder);
  g_free (sorter->data);
  g_array_unref (sorter->items);
  g_array_unref (sorter->runs);
  g_free (sorter->heap);
  g_free (sorter);
}

static const guint8 *
key_of (const Head *head)
{
  return (const guint8 *) (head + 1) + head->data_size;
}

static inline int
compare_heads (const Head *a, const Head *b)
{
  if (a->prefix != b->prefix)
    return a->prefix < b->prefix ? -1 : 1;
  int order = memcmp (key_of (a), key_of (b), MIN (a->key_size, b->key_size));
  return order ? order : (a->key_size > b->key_size) - (a->key_size < b->key_size);
}

/* Records lie in memory in the order of adding, so that their addresses keep equal ones in order.
 */
static int
compare_items_cb (const void *a, const void *b)
{
  const Item *x = a, *y = b;
  if (x->prefix != y->prefix)
    return x->prefix < y->prefix ? -1 : 1;
  int order = compare_heads (x->head, y->head);
  return order ? order : (x->head > y->head) - (x->head < y->head);
}

static void
sort_items (AisleImportSorter *sorter)
{
  Item *items = (Item *) (gpointer) sorter->items->data;
  gsize n = sorter->items->len, i = 1;
  while (i < n && compare_items_cb (&items[i - 1], &items[i]) < 0)
    i++;
  if (i < n) /* files often come in order */
    qsort (items, n, sizeof (Item), compare_items_cb);
}

static gboolean
set_io_error (GError **error, const char *what)
{
  int code = errno;
  g_set_error (error, AISLE_WORKSPACE_ERROR,
               code == ENOSPC || code == EFBIG || code == EDQUOT ? AISLE_WORKSPACE_ERROR_DISK_FULL
                                                                 : AISLE_WORKSPACE_ERROR_FAILED,
               "%s: %s; nothing was changed; make room and try again", what, g_strerror (code));
  return FALSE;
}

static gboolean
open_file (AisleImportSorter *sorter, GError **error)
{
  g_autofree char *name = g_build_filename (sorter->folder, ".aisle-sort-XXXXXX", NULL);
  sorter->fd = g_mkstemp (name);
  if (sorter->fd < 0)
    return set_io_error (error, name);
  unlink (name);
  return TRUE;
}

static gboolean
write_all (AisleImportSorter *sorter, const guint8 *data, gsize size, GError **error)
{
  while (size > 0)
    {
      gssize n = write (sorter->fd, data, size);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_io_error (error, sorter->folder);
      data += n;
      size -= (gsize) n;
      sorter->file_size += n;
    }
  return TRUE;
}

/* Sorts what is in memory and writes it to the file. */
static gboolean
spill (AisleImportSorter *sorter, GError **error)
{
  if (sorter->fd < 0 && !open_file (sorter, error))
    return FALSE;
  sort_items (sorter);
  Run run = { .offset = sorter->file_size };
  g_autofree guint8 *buffer = g_malloc (RUN_BUFFER);
  gsize filled = 0;
  for (gsize i = 0; i < sorter->items->len; i++)
    {
      const Head *head = g_array_index (sorter->items, Item, i).head;
      if (filled + head->size > RUN_BUFFER)
        {
          if (!write_all (sorter, buffer, filled, error))
            return FALSE;
          filled = 0;
        }
      if (head->size > RUN_BUFFER)
        {
          if (!write_all (sorter, (const guint8 *) head, head->size, error))
            return FALSE;
          continue;
        }
      memcpy (buffer + filled, head, head->size);
      filled += head->size;
    }
  if (!write_all (sorter, buffer, filled, error))
    return FALSE;
  run.end = sorter->file_size;
  g_array_append_val (sorter->runs, run);
  g_array_set_size (sorter->items, 0);
  sorter->used = 0;
  return TRUE;
}

gboolean
aisle_import_sorter_add (AisleImportSorter *sorter, const AisleImportRecord *record, GError **error)
{
  gsize data_size = record->data_size + record->more_size;
  gsize size = (sizeof (Head) + data_size + record->key_size + 7) & ~(gsize) 7;
  if (sorter->used + size > sorter->memory && sorter->used > 0 && !spill (sorter, error))
    return FALSE;
  if (size > sorter->memory)
    {
      g_free (sorter->data);
      sorter->memory = size;
      sorter->data = g_malloc (size);
    }
  guint8 *place = sorter->data + sorter->used;
  Head *head = (Head *) (gpointer) place;
  *head = (Head){ .size = (guint32) size,
                  .data_size = (guint32) data_size,
                  .key_size = (guint32) record->key_size,
                  .prefix = record->prefix };
  place += sizeof (Head);
  memcpy (place, record->data, record->data_size);
  if (record->more_size > 0)
    memcpy (place + record->data_size, record->more, record->more_size);
  memcpy (place + data_size, record->key, record->key_size);
  sorter->used += size;
  Item item = { record->prefix, head };
  g_array_append_val (sorter->items, item);
  return TRUE;
}

/* Brings at least one whole record into the run's buffer; a NULL head at its end. */
static gboolean
load_head (AisleImportSorter *sorter, Run *run, GError **error)
{
  run->head = NULL;
  for (;;)
    {
      gsize there = run->filled - run->begin;
      const Head *head = (const Head *) (gpointer) (run->buffer + run->begin);
      gsize wanted = there >= sizeof (Head) ? head->size : sizeof (Head);
      if (there >= wanted && there >= sizeof (Head))
        {
          run->head = head;
          return TRUE;
        }
      if (run->offset == run->end)
        return TRUE;
      memmove (run->buffer, run->buffer + run->begin, there);
      run->begin = 0;
      run->filled = there;
      if (wanted > run->capacity)
        {
          run->capacity = wanted;
          run->buffer = g_realloc (run->buffer, run->capacity);
        }
      gsize room = MIN (run->capacity - there, (gsize) (run->end - run->offset));
      gssize n = pread (sorter->fd, run->buffer + there, room, run->offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          errno = n == 0 ? EIO : errno;
          return set_io_error (error, sorter->folder);
        }
      run->offset += n;
      run->filled += (gsize) n;
    }
}

static Run *
run_at (AisleImportSorter *sorter, guint place)
{
  return &g_array_index (sorter->runs, Run, sorter->heap[place]);
}

/* Equal records come from the earlier run first. */
static gboolean
is_before (AisleImportSorter *sorter, guint a, guint b)
{
  int order = compare_heads (run_at (sorter, a)->head, run_at (sorter, b)->head);
  return order < 0 || (order == 0 && sorter->heap[a] < sorter->heap[b]);
}

static void
sift_down (AisleImportSorter *sorter, guint place)
{
  for (;;)
    {
      guint least = place;
      for (guint child = 2 * place + 1; child <= 2 * place + 2; child++)
        if (child < sorter->n_heap && is_before (sorter, child, least))
          least = child;
      if (least == place)
        return;
      guint swap = sorter->heap[place];
      sorter->heap[place] = sorter->heap[least];
      sorter->heap[least] = swap;
      place = least;
    }
}

gboolean
aisle_import_sorter_finish (AisleImportSorter *sorter, GError **error)
{
  if (sorter->runs->len == 0)
    {
      sort_items (sorter);
      return TRUE;
    }
  if (sorter->items->len > 0 && !spill (sorter, error))
    return FALSE;
  g_clear_pointer (&sorter->data, g_free);
  g_array_set_size (sorter->items, 0);
  sorter->heap = g_new (guint, sorter->runs->len);
  for (guint i = 0; i < sorter->runs->len; i++)
    {
      Run *run = &g_array_index (sorter->runs, Run, i);
      run->capacity = RUN_BUFFER;
      run->buffer = g_malloc (RUN_BUFFER);
      if (!load_head (sorter, run, error))
        return FALSE;
      sorter->heap[sorter->n_heap++] = i;
    }
  for (guint i = sorter->n_heap; i-- > 0;)
    sift_down (sorter, i);
  return TRUE;
}

/* Steps past the record that was given last. */
static gboolean
advance (AisleImportSorter *sorter, GError **error)
{
  Run *run = run_at (sorter, 0);
  run->begin += run->head->size;
  if (!load_head (sorter, run, error))
    return FALSE;
  if (!run->head)
    sorter->heap[0] = sorter->heap[--sorter->n_heap];
  if (sorter->n_heap > 0)
    sift_down (sorter, 0);
  return TRUE;
}

gboolean
aisle_import_sorter_next (AisleImportSorter *sorter, AisleImportRecord *record, GError **error)
{
  const Head *head;
  if (sorter->runs->len == 0)
    {
      if (sorter->n_given == sorter->items->len)
        return FALSE;
      head = g_array_index (sorter->items, Item, sorter->n_given++).head;
    }
  else
    {
      if (sorter->is_merging && !advance (sorter, error))
        return FALSE;
      sorter->is_merging = TRUE;
      if (sorter->n_heap == 0)
        {
          sorter->is_merging = FALSE;
          return FALSE;
        }
      head = run_at (sorter, 0)->head;
    }
  *record = (AisleImportRecord){ .prefix = head->prefix,
                                 .key = key_of (head),
                                 .key_size = head->key_size,
                                 .data = head + 1,
                                 .data_size = head->data_size };
  return TRUE;
}
