/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-statement-private.h"

/* Many rows into a table with one statement: "INSERT INTO t SELECT c0, c1 FROM aisle_feed" reads
 * its rows from a function. A third of the time of as many small statements: SQLite keeps its place
 * in the table from row to row. */

#define AISLE_FEED_COLUMNS 16

typedef enum
{
  AISLE_FEED_NULL,
  AISLE_FEED_INT64,
  AISLE_FEED_TEXT,
} AisleFeedType;

typedef struct
{
  AisleFeedType type;
  gint64 number;
  const char *text; /* must live until the next row is asked for */
} AisleFeedValue;

/* Fills `row`, which comes with NULLs: 1; no more rows: 0; an error: -1. It may run other
 * statements, but not write to the table that is being filled. */
typedef int (*AisleFeedFunc) (AisleFeedValue row[AISLE_FEED_COLUMNS],
                              gpointer data,
                              GError **error);

/* `sql` names the columns c0, c1, ... of table aisle_feed. */
gboolean aisle_feed_run (AisleWorkspace *workspace,
                         const char *sql,
                         AisleFeedFunc func,
                         gpointer data,
                         GError **error);

static inline void
aisle_feed_set_int64 (AisleFeedValue *value, gint64 number)
{
  value->type = AISLE_FEED_INT64;
  value->number = number;
}

static inline void
aisle_feed_set_text (AisleFeedValue *value, const char *text)
{
  value->type = text ? AISLE_FEED_TEXT : AISLE_FEED_NULL;
  value->text = text;
}
