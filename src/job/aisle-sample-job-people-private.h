/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-sample-job-source-private.h"
#include "aisle-workspace.h"

/* Made-up attributes of the real customers, of the stores' surroundings, and the people of the
 * sample. */

/* The planted disparity: British customers who never bought anything at a price reduced by a tenth
 * or more are this many times as likely to be placed in the region below than the others.
 * Everything else is drawn without looking at what people bought. */
#define AISLE_SAMPLE_PLANTED_REGION "North East"
#define AISLE_SAMPLE_PLANTED_FACTOR 3.0

typedef struct
{
  guint32 number; /* as published */
  guint store;    /* where most of their lines are */
  guint n_lines;
  gboolean was_reduced; /* bought at least one line a tenth or more below the shelf price */
  const char *region;   /* protected */
  const char *age_band; /* protected */
  const char *settlement;
} AisleSampleCustomer;

/* All known customers by number, of AisleSampleCustomer; free with g_array_unref(). */
GArray *aisle_sample_customers_new (const AisleSampleSource *source, guint64 seed);

/* Writes the surroundings of every store, Market Hall included. */
gboolean aisle_sample_write_areas (AisleWorkspace *workspace,
                                   const AisleSampleSource *source,
                                   guint64 seed,
                                   GError **error);

/* Adds the five people, each with their name in lower case as secret. Needs the store Market Hall;
 * not to be called inside a transaction. */
gboolean aisle_sample_add_staff (AisleWorkspace *workspace, GError **error);
