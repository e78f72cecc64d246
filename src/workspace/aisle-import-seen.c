/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include <stdarg.h>
#include <string.h>

/* Keys by a 64-bit hash, open addressing: 24 bytes a key, so that millions of rows stay affordable.
 * Two different keys share a hash with a probability of about n^2 / 2^65. */
typedef struct
{
  guint64 key; /* 0: free */
  guint64 content;
  guint64 line; /* 0: the row that claimed it was rejected */
} Slot;

struct _AisleImportSeen
{
  Slot *slots;
  gsize n_slots; /* a power of two */
  gsize n_used;
  guint64 last_key; /* what the row of last_line claimed */
  guint64 last_line;
};

AisleImportSeen *
aisle_import_seen_new (void)
{
  AisleImportSeen *seen = g_new0 (AisleImportSeen, 1);
  seen->n_slots = 1024;
  seen->slots = g_new0 (Slot, seen->n_slots);
  return seen;
}

void
aisle_import_seen_free (AisleImportSeen *seen)
{
  if (!seen)
    return;
  g_free (seen->slots);
  g_free (seen);
}

/* FNV-1a with a final mix (Fowler, Noll, Vo; the mix is splitmix64's). */
static guint64
hash_more (guint64 hash, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guint8) text[i]) * 0x100000001b3u;
  return (hash ^ 0xff) * 0x100000001b3u; /* the end of a part counts */
}

static guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static Slot *
find_slot (AisleImportSeen *seen, guint64 key)
{
  gsize i = key & (seen->n_slots - 1);
  while (seen->slots[i].key != 0 && seen->slots[i].key != key)
    i = (i + 1) & (seen->n_slots - 1);
  return &seen->slots[i];
}

static void
grow (AisleImportSeen *seen)
{
  Slot *old = seen->slots;
  gsize n = seen->n_slots;
  seen->n_slots = n * 2;
  seen->slots = g_new0 (Slot, seen->n_slots);
  for (gsize i = 0; i < n; i++)
    if (old[i].key != 0)
      *find_slot (seen, old[i].key) = old[i];
  g_free (old);
}

gboolean
aisle_import_claim_key (AisleImport *import, guint field, const char *first, ...)
{
  AisleImportSeen *seen = import->seen;
  guint64 hash = 0xcbf29ce484222325u;
  va_list parts;
  va_start (parts, first);
  for (const char *part = first; part; part = va_arg (parts, const char *))
    hash = hash_more (hash, part, strlen (part));
  va_end (parts);
  hash = mix (hash);
  guint64 key = hash ? hash : 1;

  guint64 content = 0xcbf29ce484222325u;
  for (guint i = 0; i < import->record.n_fields; i++)
    content = hash_more (content, import->record.fields[i], import->record.lengths[i]);
  if (seen->n_used * 10 >= seen->n_slots * 7)
    grow (seen);
  Slot *slot = find_slot (seen, key);
  if (slot->key == 0 || slot->line == 0)
    {
      seen->n_used += slot->key == 0;
      *slot = (Slot){ .key = key, .content = content, .line = import->record.line };
      seen->last_key = key;
      seen->last_line = import->record.line;
      return TRUE;
    }
  if (slot->content == content)
    {
      gboolean is_masked = import->is_masked[import->columns[field]];
      aisle_import_find (import, "duplicate_row", is_masked ? "(a customer)" : first,
                         "the row of line %" G_GUINT64_FORMAT " stands in the file again",
                         slot->line);
      import->result->unchanged++;
      return FALSE;
    }
  return aisle_import_reject (import, field,
                              "line %" G_GUINT64_FORMAT
                              " has the same key and says otherwise; keep one of the two",
                              slot->line);
}

void
aisle_import_release_key (AisleImport *import)
{
  AisleImportSeen *seen = import->seen;
  if (seen->last_line == import->record.line && seen->last_key != 0)
    find_slot (seen, seen->last_key)->line = 0;
}
