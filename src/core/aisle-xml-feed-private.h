/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-zip-source-private.h"

/* Feeds an entry of a zip file to GMarkup piece by piece, within bounds: the parser would keep a
 * text of any length in memory until its end comes. */

typedef struct _AisleXmlFeed AisleXmlFeed;

/* `source` stands at the entry and is not owned. `parser` gets the elements' names without
 * prefixes. */
AisleXmlFeed *aisle_xml_feed_new (AisleZipSource *source,
                                  const char *path,
                                  const GMarkupParser *parser,
                                  gpointer data);
void aisle_xml_feed_free (AisleXmlFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleXmlFeed, aisle_xml_feed_free)

/* Feeds one piece. FALSE without an error: the entry is at its end. */
gboolean aisle_xml_feed_step (AisleXmlFeed *feed, GError **error);

/* Feeds all that is left. */
gboolean aisle_xml_feed_run (AisleXmlFeed *feed, GError **error);

/* The value of an attribute by its name without prefix, or NULL. */
const char *aisle_xml_attribute (const char **names, const char **values, const char *name);
