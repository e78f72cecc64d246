/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-csv-reader-private.h"

#include "aisle-core-error.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_MAX (1024 * 1024)
#define PARSER_BLOCK (64 * 1024)
#define PARSER_MAX (FIELD_MAX + PARSER_BLOCK) /* a little more, so that too long can be told */
#define ROW_MAX (4 * FIELD_MAX)               /* bytes of one row that are kept */
#define FIELDS_MAX 65536
#define REREAD_MAX                                                                                 \
  (256 * FIELD_MAX) /* bytes of a file that may be parsed twice after open quotes */

/* Text goes to libcsv line by line, so that the row's end, its line number and the place to take up
 * reading after an unclosed quote are known. The text of the row stays in the stream's window until
 * the row is done. */
struct _AisleCsvReader
{
  AisleTextStream *stream;
  struct csv_parser parser;
  struct csv_parser checker; /* strict; for rows over several lines */
  guint64 line;              /* of the next byte to be fed */
  gsize n_reread;
  gboolean has_damage; /* the stream may contain what it marks */

  /* The row in work. */
  gsize n_fed;             /* bytes at the window's front that libcsv has got */
  gsize first_line_length; /* 0: its end was not seen yet */
  guint64 first_line;
  gboolean is_row_done;
  gboolean is_field_cut;  /* the field in libcsv's buffer has lost text */
  gboolean has_lost_text; /* the window no longer holds the whole row */
  const char *problem;
  char *text; /* the fields, one behind the other, each with a NUL */
  gsize text_length;
  gsize text_size;
  const char **fields;
  gsize *lengths;
  guint n_fields;
  guint fields_size;
};

static const char problem_long_field[] = "a field is longer than 1 MiB and was cut";
static const char problem_long_row[] = "the row is longer than 4 MiB and was cut";
static const char problem_many_fields[] = "the row has more than 65536 fields and was cut";
static const char problem_encoding[] = "bytes are not of the file's encoding";
static const char problem_nul[] = "a field contains a NUL byte";
static const char problem_quote[] = "a quoted field is opened here and never closed";

/* libcsv asks for memory without saying for whom; what is beyond PARSER_MAX is refused. */
static void *
reallocate_cb (void *memory, size_t size)
{
  return size > PARSER_MAX ? NULL : realloc (memory, size);
}

static void
reserve_text (AisleCsvReader *reader, gsize n)
{
  if (G_LIKELY (reader->text_size - reader->text_length >= n))
    return;
  char *old = reader->text;
  reader->text_size = MAX (reader->text_length + n, reader->text_size * 2);
  reader->text = g_realloc (old, reader->text_size);
  for (guint i = 0; i < reader->n_fields; i++)
    reader->fields[i] = reader->text + (reader->fields[i] - old);
}

/* The largest length up to `length` that does not cut a character. */
static gsize
whole_characters (const char *text, gsize length)
{
  while (length > 0 && ((guint8) text[length] & 0xc0) == 0x80)
    length--;
  return length;
}

/* Copies a field that may contain what the text stream marked. */
static gsize
copy_damaged (AisleCsvReader *reader, const char *from, gsize length)
{
  reserve_text (reader, length * 3 + 1);
  char *begin = reader->text + reader->text_length;
  char *to = begin;
  for (gsize i = 0; i < length; i++)
    if (from[i] == AISLE_TEXT_BAD_BYTE)
      {
        to = mempcpy (to, "\xef\xbf\xbd", 3); /* U+FFFD */
        reader->problem = problem_encoding;
      }
    else if (from[i] == '\0')
      {
        to = mempcpy (to, "\xe2\x90\x80", 3); /* U+2400 */
        reader->problem = problem_nul;
      }
    else
      *to++ = from[i];
  return (gsize) (to - begin);
}

static void
field_cb (void *field, size_t given_length, void *data)
{
  AisleCsvReader *reader = data;
  const char *from = field;
  gsize length = given_length;

  if (G_UNLIKELY (length > FIELD_MAX || reader->is_field_cut))
    {
      /* Behind this place feed() may have overwritten what was there. */
      length = whole_characters (from, MIN (length, FIELD_MAX - 1));
      reader->is_field_cut = FALSE;
      reader->problem = problem_long_field;
    }
  while (length > 0 && g_ascii_isspace (from[length - 1]))
    length--;
  while (length > 0 && g_ascii_isspace (*from))
    {
      from++;
      length--;
    }
  if (G_UNLIKELY (reader->n_fields == FIELDS_MAX || reader->text_length + length > ROW_MAX))
    {
      reader->problem = reader->n_fields == FIELDS_MAX ? problem_many_fields : problem_long_row;
      return;
    }
  if (G_UNLIKELY (reader->n_fields == reader->fields_size))
    {
      reader->fields_size = MAX (64, reader->fields_size * 2);
      reader->fields = g_renew (const char *, reader->fields, reader->fields_size);
      reader->lengths = g_renew (gsize, reader->lengths, reader->fields_size);
    }

  if (G_UNLIKELY (reader->has_damage))
    length = copy_damaged (reader, from, length);
  else
    {
      reserve_text (reader, length + 1);
      memcpy (reader->text + reader->text_length, from, length);
    }
  reader->fields[reader->n_fields] = reader->text + reader->text_length;
  reader->lengths[reader->n_fields] = length;
  reader->n_fields++;
  reader->text_length += length;
  reader->text[reader->text_length++] = '\0';
}

static void
row_cb (int terminator, void *data)
{
  ((AisleCsvReader *) data)->is_row_done = TRUE;
}

static void
set_up_parser (struct csv_parser *parser, int options)
{
  int status = csv_init (parser, (unsigned char) options);
  g_assert (status == 0); /* it fails for a NULL pointer only */
  csv_set_blk_size (parser, PARSER_BLOCK);
  csv_set_realloc_func (parser, reallocate_cb);
}

static void
begin_row (AisleCsvReader *reader)
{
  reader->n_fed = 0;
  reader->first_line_length = 0;
  reader->first_line = reader->line;
  reader->is_row_done = FALSE;
  reader->is_field_cut = FALSE;
  reader->has_lost_text = FALSE;
  reader->problem = NULL;
  reader->text_length = 0;
  reader->n_fields = 0;
}

/* Up to and with the first line end in `text`; 0 where there is none or where more text must tell
 * whether a CR at the very end is followed by a LF. */
static gsize
find_line_length (const char *text, gsize length, gboolean is_at_end)
{
  const char *newline = memchr (text, '\n', length);
  gsize until = newline ? (gsize) (newline - text) : length;
  const char *cr = memchr (text, '\r', until);
  if (!cr || cr + 1 == newline)
    return newline ? until + 1 : 0;
  gsize n = (gsize) (cr - text) + 1;
  return n == length && !is_at_end ? 0 : n;
}

/* Gives libcsv the next `length` bytes of the window. Its buffer is full where it stops early: then
 * the end of what the field holds is given up, and parsing goes on in the same state. */
static void
feed (AisleCsvReader *reader, const char *text, gsize length)
{
  gsize n_done = 0;
  while ((n_done +=
          csv_parse (&reader->parser, text + n_done, length - n_done, field_cb, row_cb, reader))
         < length)
    {
      reader->is_field_cut = TRUE;
      reader->parser.entry_pos = FIELD_MAX;
      reader->parser.spaces = 0;
    }
  reader->n_fed += length;
}

/* Ends the row by force. FALSE: libcsv was inside a quoted field. */
static gboolean
finish_row (AisleCsvReader *reader)
{
  /* Strict only now: in strict mode a stray quote would end the parsing for good. */
  csv_set_opts (&reader->parser, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
  gboolean is_closed = csv_fini (&reader->parser, field_cb, row_cb, reader) == 0;
  csv_set_opts (&reader->parser, CSV_REPALL_NL);
  if (!is_closed)
    csv_fini (&reader->parser, field_cb, row_cb, reader);
  return is_closed;
}

/* The row's first line opens a quote that is never closed: gives that line as a row with a problem
 * and goes back to the line behind it. */
static void
rewind_to_second_line (AisleCsvReader *reader)
{
  gsize length;
  const char *text = aisle_text_stream_peek (reader->stream, &length);
  finish_row (reader);
  reader->n_reread += reader->n_fed;
  reader->n_fed = 0;
  reader->text_length = 0;
  reader->n_fields = 0;
  reader->is_field_cut = FALSE;
  feed (reader, text, reader->first_line_length);
  finish_row (reader);
  reader->problem = problem_quote;
  reader->line = reader->first_line + 1;
}

static gboolean
can_rewind (const AisleCsvReader *reader)
{
  return reader->first_line_length > 0 && !reader->has_lost_text && reader->n_reread < REREAD_MAX;
}

/* Whether the row's text, which has a line end in it, obeys the rules for quotes. libcsv takes a
 * quote amid a quoted field for text; but where a quote was forgotten, the next field's quote far
 * below is such a one, and all rows between would disappear in one field. */
static gboolean
is_well_quoted (AisleCsvReader *reader)
{
  gsize available;
  const char *text = aisle_text_stream_peek (reader->stream, &available);
  csv_set_delim (&reader->checker, csv_get_delim (&reader->parser));
  gboolean is_right =
      csv_parse (&reader->checker, text, reader->n_fed, NULL, NULL, NULL) == reader->n_fed;
  csv_set_opts (&reader->checker, 0);
  csv_fini (&reader->checker, NULL, NULL, NULL);
  csv_set_opts (&reader->checker, CSV_STRICT);
  return is_right;
}

/* A row over several lines that is complete. */
static void
check_long_row (AisleCsvReader *reader)
{
  if (reader->problem || reader->has_lost_text || is_well_quoted (reader))
    return;
  if (can_rewind (reader))
    rewind_to_second_line (reader);
  else
    reader->problem = problem_quote;
}

/* After a piece without the row's end: gives up what costs too much. */
static void
limit_row (AisleCsvReader *reader, gboolean is_line_end)
{
  if (reader->is_field_cut && can_rewind (reader))
    {
      rewind_to_second_line (reader);
      return;
    }
  if (reader->is_field_cut && is_line_end)
    {
      /* Inside a quote for over 1 MiB: reading goes on with the next line. */
      finish_row (reader);
      reader->problem = problem_quote;
      return;
    }
  if (reader->n_fed > ROW_MAX)
    {
      aisle_text_stream_drop (reader->stream, reader->n_fed);
      reader->n_fed = 0;
      reader->has_lost_text = TRUE;
    }
}

static void
end_of_text (AisleCsvReader *reader)
{
  gboolean has_row = reader->n_fed > 0 || reader->has_lost_text;
  gboolean was_cut = reader->is_field_cut;
  if (finish_row (reader) || !has_row)
    return;
  if (can_rewind (reader))
    {
      rewind_to_second_line (reader);
      return;
    }
  reader->problem = was_cut ? problem_long_field : problem_quote;
}

/* Reads until a row, an empty line or the end of the text. */
static gboolean
read_row (AisleCsvReader *reader, gboolean *is_at_end, GError **error)
{
  begin_row (reader);
  *is_at_end = FALSE;
  while (!reader->is_row_done)
    {
      gsize available;
      const char *text = aisle_text_stream_peek (reader->stream, &available);
      gboolean is_last = aisle_text_stream_is_at_end (reader->stream);
      reader->has_damage = aisle_text_stream_has_damage (reader->stream);
      text += reader->n_fed;
      available -= reader->n_fed;
      gsize length = find_line_length (text, available, is_last);
      gboolean is_line_end = length > 0;
      if (length == 0 && available > PARSER_BLOCK)
        length = text[available - 1] == '\r' ? available - 1 : available;
      else if (length == 0 && is_last)
        length = available;
      if (length == 0 && is_last)
        {
          *is_at_end = reader->n_fed == 0 && !reader->has_lost_text;
          end_of_text (reader);
          reader->is_row_done = TRUE;
          return TRUE;
        }
      if (length == 0)
        {
          g_autoptr (GError) cause = NULL;
          if (!aisle_text_stream_more (reader->stream, &cause) && cause)
            {
              g_propagate_error (error, g_steal_pointer (&cause));
              return FALSE;
            }
          continue;
        }

      feed (reader, text, length);
      if (is_line_end)
        reader->line++;
      if (is_line_end && reader->first_line_length == 0 && !reader->has_lost_text)
        reader->first_line_length = reader->n_fed;
      if (!reader->is_row_done)
        limit_row (reader, is_line_end);
      else if (reader->first_line_length > 0 && reader->first_line_length < reader->n_fed)
        check_long_row (reader);
    }
  return TRUE;
}

AisleCsvReader *
aisle_csv_reader_new (AisleTextStream *stream)
{
  AisleCsvReader *reader = g_new0 (AisleCsvReader, 1);
  reader->stream = stream;
  reader->line = 1;
  /* Empty lines are reported too: otherwise an empty line looks like one inside quotes. */
  set_up_parser (&reader->parser, CSV_REPALL_NL);
  set_up_parser (&reader->checker, CSV_STRICT);
  return reader;
}

void
aisle_csv_reader_free (AisleCsvReader *reader)
{
  if (!reader)
    return;
  csv_free (&reader->parser);
  csv_free (&reader->checker);
  aisle_text_stream_free (reader->stream);
  g_free (reader->text);
  g_free (reader->fields);
  g_free (reader->lengths);
  g_free (reader);
}

void
aisle_csv_reader_begin (AisleCsvReader *reader, char separator, guint64 first_line)
{
  csv_set_delim (&reader->parser, (unsigned char) separator);
  reader->line = first_line;
}

/* Text that waits in the window counts as read: it is little. */
double
aisle_csv_reader_get_share_read (AisleCsvReader *reader)
{
  return aisle_text_stream_get_share_read (reader->stream);
}

gboolean
aisle_csv_reader_next (AisleCsvReader *reader, AisleRecord *record, GError **error)
{
  gboolean is_at_end;
  do
    {
      if (!read_row (reader, &is_at_end, error))
        return FALSE;
      aisle_text_stream_drop (reader->stream, reader->n_fed);
      reader->n_fed = 0;
    }
  while (!is_at_end && !reader->problem && reader->text_length == reader->n_fields);
  if (is_at_end)
    return FALSE;
  record->fields = reader->fields;
  record->lengths = reader->lengths;
  record->n_fields = reader->n_fields;
  record->line = reader->first_line;
  record->problem = reader->problem;
  return TRUE;
}
