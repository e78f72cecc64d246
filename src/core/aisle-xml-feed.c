/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-xml-feed-private.h"

#include "aisle-core-error.h"

#include <string.h>

#define PIECE_SIZE 4096
#define QUIET_MAX (4 * 1024 * 1024) /* bytes without an element or a whole text */

struct _AisleXmlFeed
{
  AisleZipSource *source;
  char *path;
  GMarkupParser parser; /* the caller's */
  gpointer data;
  GMarkupParseContext *context;
  gsize n_quiet;
  guint depth;
};

/* "row" for "row" and for "x:row". */
static const char *
strip_prefix (const char *name)
{
  const char *colon = strrchr (name, ':');
  return colon ? colon + 1 : name;
}

static void
start_element_cb (GMarkupParseContext *context,
                  const char *name,
                  const char **names,
                  const char **values,
                  gpointer data,
                  GError **error)
{
  AisleXmlFeed *feed = data;
  feed->n_quiet = 0;
  if (++feed->depth > 64)
    g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                         "elements lie too deep in each other");
  else if (feed->parser.start_element)
    feed->parser.start_element (context, strip_prefix (name), names, values, feed->data, error);
}

static void
end_element_cb (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  AisleXmlFeed *feed = data;
  feed->n_quiet = 0;
  feed->depth--;
  if (feed->parser.end_element)
    feed->parser.end_element (context, strip_prefix (name), feed->data, error);
}

static void
text_cb (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer data,
         GError **error)
{
  AisleXmlFeed *feed = data;
  if (feed->parser.text)
    feed->parser.text (context, text, length, feed->data, error);
}

static const GMarkupParser counting_parser = { .start_element = start_element_cb,
                                               .end_element = end_element_cb,
                                               .text = text_cb };

AisleXmlFeed *
aisle_xml_feed_new (AisleZipSource *source,
                    const char *path,
                    const GMarkupParser *parser,
                    gpointer data)
{
  AisleXmlFeed *feed = g_new0 (AisleXmlFeed, 1);
  feed->source = source;
  feed->path = g_strdup (path);
  feed->parser = *parser;
  feed->data = data;
  feed->context =
      g_markup_parse_context_new (&counting_parser, G_MARKUP_TREAT_CDATA_AS_TEXT, feed, NULL);
  return feed;
}

void
aisle_xml_feed_free (AisleXmlFeed *feed)
{
  if (!feed)
    return;
  g_markup_parse_context_free (feed->context);
  g_free (feed->path);
  g_free (feed);
}

gboolean
aisle_xml_feed_step (AisleXmlFeed *feed, GError **error)
{
  char piece[PIECE_SIZE];
  g_autoptr (GError) cause = NULL;
  gssize n = aisle_zip_source_read (feed->source, piece, sizeof piece, error);
  if (n < 0)
    return FALSE;
  feed->n_quiet += (gsize) n;
  gboolean is_right = n > 0 ? g_markup_parse_context_parse (feed->context, piece, n, &cause)
                            : g_markup_parse_context_end_parse (feed->context, &cause);
  if (is_right && feed->n_quiet <= QUIET_MAX)
    return n > 0;
  if (cause && cause->domain == AISLE_CORE_ERROR)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    {
      /* GMarkup quotes what it stumbled over as it is. */
      g_autofree char *what =
          g_utf8_make_valid (cause ? cause->message : "a cell is far too long", -1);
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                   "%s: the workbook is damaged (%s); save it again as .xlsx or export it as CSV",
                   feed->path, what);
    }
  return FALSE;
}

gboolean
aisle_xml_feed_run (AisleXmlFeed *feed, GError **error)
{
  g_autoptr (GError) cause = NULL;
  while (aisle_xml_feed_step (feed, &cause))
    ;
  if (!cause)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

const char *
aisle_xml_attribute (const char **names, const char **values, const char *name)
{
  for (gsize i = 0; names[i]; i++)
    if (strcmp (strip_prefix (names[i]), name) == 0)
      return values[i];
  return NULL;
}
