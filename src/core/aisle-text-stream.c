/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-text-stream-private.h"

#include "aisle-core-error.h"

#include <string.h>

#define BLOCK_SIZE (256 * 1024)
#define LOOK_SIZE (64 * 1024) /* enough to tell the encoding, or that there is no text at all */

struct _AisleTextStream
{
  AisleByteSource *source;
  char *path;
  AisleEncoding encoding;
  gboolean is_guess; /* only ASCII was seen so far: UTF-8 until a byte says otherwise */
  gboolean has_damage;
  gboolean is_source_at_end;
  char *text; /* begin .. end is decoded; up to raw_end for UTF-8 not yet checked */
  gsize begin;
  gsize end;
  gsize raw_end;
  gsize size;
  guint8 *raw; /* undecoded bytes of the other encodings */
  gsize raw_length;
};

/* Windows-1252 0x80..0x9f; 0 where nothing is assigned. The rest is Latin-1. Source: Unicode
 * Consortium, CP1252.TXT. */
static const guint16 windows_1252[32] = {
  0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
  0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
  0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

/* The length of the UTF-8 sequence at `text`: 1..4, 0 where there is none, -1 where `length` cuts
 * off one that is right so far. Unicode standard, table 3-7. */
static int
sequence_length (const guint8 *text, gsize length)
{
  guint8 c = text[0];
  if (c < 0x80)
    return 1;
  int n = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  for (int i = 1; i < n; i++)
    {
      if ((gsize) i >= length)
        return -1;
      guint8 low = 0x80, high = 0xbf;
      if (i == 1)
        {
          low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
          high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
        }
      if (text[i] < low || text[i] > high)
        return 0;
    }
  return n;
}

/* The bytes from `text` on that are ASCII without NUL, eight at a time. */
static gsize
plain_length (const guint8 *text, gsize length)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 tops = G_GUINT64_CONSTANT (0x8080808080808080);
  gsize i = 0;
  for (; i + 8 <= length; i += 8)
    {
      guint64 word;
      memcpy (&word, text + i, 8);
      if ((word | (word - ones)) & tops)
        break;
    }
  while (i < length && text[i] != 0 && text[i] < 0x80)
    i++;
  return i;
}

/* How many sequences of more than one byte are right and how many bytes are wrong. */
static void
count_sequences (const guint8 *text,
                 gsize length,
                 gsize *n_right,
                 gsize *n_wrong,
                 gboolean *has_gap)
{
  *n_right = *n_wrong = 0;
  *has_gap = FALSE;
  for (gsize i = plain_length (text, length); i < length; i += plain_length (text + i, length - i))
    {
      int n = sequence_length (text + i, length - i);
      if (n < 0)
        break;
      *n_right += n > 1;
      *n_wrong += n == 0;
      if (n == 0 && text[i] < 0xa0 && windows_1252[text[i] - 0x80] == 0)
        *has_gap = TRUE;
      i += (gsize) MAX (n, 1);
    }
}

/* Bytes that are wrong as UTF-8 mean Windows-1252, unless more is right than wrong or Windows-1252
 * does not know them either. */
static AisleEncoding
guess_by_sequences (const guint8 *text, gsize length, gboolean *is_guess)
{
  gsize n_right, n_wrong;
  gboolean has_gap;
  count_sequences (text, length, &n_right, &n_wrong, &has_gap);
  *is_guess = n_right == 0 && n_wrong == 0;
  return n_wrong > n_right && !has_gap ? AISLE_ENCODING_WINDOWS_1252 : AISLE_ENCODING_UTF8;
}

static AisleEncoding
guess_encoding (const guint8 *bytes, gsize length, gboolean *is_guess)
{
  *is_guess = FALSE;
  if (length >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0)
    return AISLE_ENCODING_UTF8;
  if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
    return AISLE_ENCODING_UTF16LE;
  if (length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
    return AISLE_ENCODING_UTF16BE;

  /* Latin text in UTF-16 has a NUL in every second byte, and hardly any in the others. */
  gsize n_looked = MIN (length, 4096) & ~(gsize) 1;
  gsize n_nul[2] = { 0, 0 };
  for (gsize i = 0; i < n_looked; i++)
    n_nul[i & 1] += bytes[i] == 0;
  if (n_looked >= 4 && n_nul[1] * 10 > n_looked * 3 && n_nul[0] * 20 < n_looked)
    return AISLE_ENCODING_UTF16LE;
  if (n_looked >= 4 && n_nul[0] * 10 > n_looked * 3 && n_nul[1] * 20 < n_looked)
    return AISLE_ENCODING_UTF16BE;
  return guess_by_sequences (bytes, length, is_guess);
}

/* Text has hardly any control characters; one byte in ten of packed data or a program is one. What
 * is no character says so too, except under UTF-8, which somebody may have prescribed by mistake.
 */
static gboolean
is_binary (const AisleTextStream *stream)
{
  gboolean is_utf8 = stream->encoding == AISLE_ENCODING_UTF8;
  gsize length = stream->end - stream->begin;
  gsize n_strange = 0;
  for (gsize i = stream->begin; i < stream->end; i++)
    {
      guint8 c = (guint8) stream->text[i];
      n_strange += (c < 0x20 && !(c >= '\t' && c <= '\r'))
                   || (c == (guint8) AISLE_TEXT_BAD_BYTE && !is_utf8);
    }
  return n_strange >= 4 && n_strange * 20 > length;
}

static void
reserve (AisleTextStream *stream, gsize n)
{
  if (stream->begin > 0 && stream->size - stream->raw_end < n)
    {
      memmove (stream->text, stream->text + stream->begin, stream->raw_end - stream->begin);
      stream->end -= stream->begin;
      stream->raw_end -= stream->begin;
      stream->begin = 0;
    }
  if (stream->size - stream->raw_end < n)
    {
      stream->size = MAX (stream->raw_end + n, stream->size + stream->size / 2);
      stream->text = g_realloc (stream->text, stream->size);
    }
}

/* Checks text[end..raw_end) where it lies and moves `end` behind what is decided. */
static void
check_utf8 (AisleTextStream *stream)
{
  guint8 *text = (guint8 *) stream->text;
  gsize i = stream->end;
  for (;;)
    {
      i += plain_length (text + i, stream->raw_end - i);
      if (i == stream->raw_end)
        break;
      int n = sequence_length (text + i, stream->raw_end - i);
      if (n < 0 && !stream->is_source_at_end)
        break;
      if (n <= 0)
        text[i] = (guint8) AISLE_TEXT_BAD_BYTE;
      if (n <= 0 || text[i] == 0)
        stream->has_damage = TRUE;
      i += (gsize) MAX (n, 1);
    }
  stream->end = i;
}

/* A code point behind the text, for which there is room; 0xffff stands for what is not valid. */
static void
append_code (AisleTextStream *stream, gunichar code)
{
  if (code == 0 || code == 0xffff)
    stream->has_damage = TRUE;
  if (code == 0xffff)
    stream->text[stream->end++] = AISLE_TEXT_BAD_BYTE;
  else if (code < 0x80)
    stream->text[stream->end++] = (char) code;
  else
    stream->end += (gsize) g_unichar_to_utf8 (code, stream->text + stream->end);
  stream->raw_end = stream->end;
}

static void
decode_windows_1252 (AisleTextStream *stream)
{
  reserve (stream, stream->raw_length * 3);
  for (gsize i = 0; i < stream->raw_length; i++)
    {
      guint8 c = stream->raw[i];
      gunichar code = c < 0x80 || c >= 0xa0 ? c : windows_1252[c - 0x80];
      append_code (stream, code == 0 && c != 0 ? 0xffff : code);
    }
  stream->raw_length = 0;
}

static void
decode_utf16 (AisleTextStream *stream)
{
  gsize low = stream->encoding == AISLE_ENCODING_UTF16LE ? 0 : 1;
  const guint8 *raw = stream->raw;
  gsize n = stream->raw_length;
  gsize i = 0;
  reserve (stream, n * 2 + 4);
  for (; i + 2 <= n; i += 2)
    {
      gunichar code = (gunichar) (raw[i + low] | raw[i + 1 - low] << 8);
      if (code >= 0xd800 && code < 0xdc00)
        {
          if (i + 4 > n && !stream->is_source_at_end)
            break;
          gunichar next = i + 4 > n ? 0 : (gunichar) (raw[i + 2 + low] | raw[i + 3 - low] << 8);
          if (next >= 0xdc00 && next < 0xe000)
            {
              code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
              i += 2;
            }
          else
            code = 0xffff;
        }
      else if (code >= 0xdc00 && code < 0xe000)
        code = 0xffff;
      append_code (stream, code);
    }
  if (i < n && stream->is_source_at_end)
    {
      append_code (stream, 0xffff); /* half a character at the end */
      i = n;
    }
  memmove (stream->raw, stream->raw + i, n - i);
  stream->raw_length = n - i;
}

/* Text taken for UTF-8 because it was ASCII so far: does this block tell? */
static void
reconsider (AisleTextStream *stream)
{
  const guint8 *fresh = (const guint8 *) stream->text + stream->end;
  gsize length = stream->raw_end - stream->end;
  stream->encoding = guess_by_sequences (fresh, length, &stream->is_guess);
  if (stream->encoding != AISLE_ENCODING_WINDOWS_1252)
    return;
  stream->raw = g_malloc (BLOCK_SIZE + 4);
  memcpy (stream->raw, fresh, length);
  stream->raw_length = length;
  stream->raw_end = stream->end;
}

static gboolean
read_utf8 (AisleTextStream *stream, GError **error)
{
  /* Not more than fits into `raw`, should the guess turn out wrong. */
  gsize n_pending = stream->raw_end - stream->end;
  reserve (stream, BLOCK_SIZE);
  gssize n = aisle_byte_source_read (stream->source, stream->text + stream->raw_end,
                                     BLOCK_SIZE - n_pending, error);
  if (n < 0)
    return FALSE;
  stream->is_source_at_end = n == 0;
  stream->raw_end += (gsize) n;
  if (stream->is_guess)
    reconsider (stream);
  if (stream->encoding == AISLE_ENCODING_UTF8)
    check_utf8 (stream);
  else
    decode_windows_1252 (stream);
  return TRUE;
}

static gboolean
read_other (AisleTextStream *stream, GError **error)
{
  gssize n =
      aisle_byte_source_read (stream->source, stream->raw + stream->raw_length, BLOCK_SIZE, error);
  if (n < 0)
    return FALSE;
  stream->is_source_at_end = n == 0;
  stream->raw_length += (gsize) n;
  if (stream->encoding == AISLE_ENCODING_WINDOWS_1252)
    decode_windows_1252 (stream);
  else
    decode_utf16 (stream);
  return TRUE;
}

gboolean
aisle_text_stream_more (AisleTextStream *stream, GError **error)
{
  gsize before = stream->end - stream->begin;
  while (!stream->is_source_at_end && stream->end - stream->begin == before)
    {
      gboolean is_read = stream->encoding == AISLE_ENCODING_UTF8 ? read_utf8 (stream, error)
                                                                 : read_other (stream, error);
      if (!is_read)
        return FALSE;
    }
  return stream->end - stream->begin > before;
}

/* Reads the first bytes undecoded into stream->raw. */
static gboolean
read_first_bytes (AisleTextStream *stream, GError **error)
{
  while (stream->raw_length < LOOK_SIZE && !stream->is_source_at_end)
    {
      gssize n = aisle_byte_source_read (stream->source, stream->raw + stream->raw_length,
                                         LOOK_SIZE - stream->raw_length, error);
      if (n < 0)
        return FALSE;
      stream->is_source_at_end = n == 0;
      stream->raw_length += (gsize) n;
    }
  if (stream->raw_length == 0)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY, "%s: the file is empty",
                   stream->path);
      return FALSE;
    }
  return TRUE;
}

static void
skip_mark (AisleTextStream *stream)
{
  gsize n = 0;
  if (stream->encoding == AISLE_ENCODING_UTF8 && stream->raw_length >= 3
      && memcmp (stream->raw, "\xef\xbb\xbf", 3) == 0)
    n = 3;
  else if (stream->encoding == AISLE_ENCODING_UTF16LE && stream->raw_length >= 2
           && stream->raw[0] == 0xff && stream->raw[1] == 0xfe)
    n = 2;
  else if (stream->encoding == AISLE_ENCODING_UTF16BE && stream->raw_length >= 2
           && stream->raw[0] == 0xfe && stream->raw[1] == 0xff)
    n = 2;
  stream->raw_length -= n;
  memmove (stream->raw, stream->raw + n, stream->raw_length);
}

AisleTextStream *
aisle_text_stream_new (AisleByteSource *source,
                       const char *path,
                       AisleEncoding encoding,
                       GError **error)
{
  g_autoptr (AisleTextStream) stream = g_new0 (AisleTextStream, 1);
  stream->source = source;
  stream->path = g_strdup (path);
  stream->raw = g_malloc (BLOCK_SIZE + 4);
  if (!read_first_bytes (stream, error))
    return NULL;
  stream->encoding = encoding != AISLE_ENCODING_UNKNOWN
                         ? encoding
                         : guess_encoding (stream->raw, stream->raw_length, &stream->is_guess);
  skip_mark (stream);
  if (stream->encoding == AISLE_ENCODING_UTF8)
    {
      reserve (stream, BLOCK_SIZE);
      memcpy (stream->text, stream->raw, stream->raw_length);
      stream->raw_end = stream->raw_length;
      g_clear_pointer (&stream->raw, g_free);
      check_utf8 (stream);
    }
  else if (stream->encoding == AISLE_ENCODING_WINDOWS_1252)
    decode_windows_1252 (stream);
  else
    decode_utf16 (stream);
  if (is_binary (stream))
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                   "%s: this is no text (a binary file); give a CSV file or an .xlsx workbook",
                   path);
      return NULL;
    }
  return g_steal_pointer (&stream);
}

void
aisle_text_stream_free (AisleTextStream *stream)
{
  if (!stream)
    return;
  aisle_byte_source_close (stream->source);
  g_free (stream->path);
  g_free (stream->text);
  g_free (stream->raw);
  g_free (stream);
}

const char *
aisle_text_stream_peek (AisleTextStream *stream, gsize *length)
{
  *length = stream->end - stream->begin;
  return stream->text + stream->begin;
}

void
aisle_text_stream_drop (AisleTextStream *stream, gsize length)
{
  g_assert (length <= stream->end - stream->begin);
  stream->begin += length;
}

gboolean
aisle_text_stream_is_at_end (AisleTextStream *stream)
{
  return stream->is_source_at_end && stream->end == stream->raw_end;
}

gboolean
aisle_text_stream_has_damage (AisleTextStream *stream)
{
  return stream->has_damage;
}

AisleEncoding
aisle_text_stream_get_encoding (AisleTextStream *stream)
{
  return stream->encoding;
}

double
aisle_text_stream_get_share_read (AisleTextStream *stream)
{
  return aisle_byte_source_get_share_read (stream->source);
}
