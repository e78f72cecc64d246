/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-import.h"
#include "aisle-record-writer.h"
#include "aisle-sample-job-people-private.h"
#include "aisle-sample-job-range-private.h"

/* Writes what the sample consists of as the files that any retailer could import, so that the
 * sample goes the same way as real data. */

/* All that the files are written from. */
typedef struct
{
  const AisleSampleSource *source;
  const AisleSampleRange *range;
  const AisleSampleMarket *market;
  const GArray *customers; /* of AisleSampleCustomer */
  guint64 seed;
} AisleSampleContent;

typedef struct
{
  const char *name; /* of the file, without ".csv" */
  AisleImportKind kind;
  AisleImportPrices prices;
  gboolean is_generated;
  double weight; /* share of the time that importing it takes */
  void (*write) (const AisleSampleContent *content, AisleRecordWriter *writer);
} AisleSampleFile;

/* In the order in which they must be imported, ended by a NULL name. */
extern const AisleSampleFile aisle_sample_files[];

/* ---- aisle-sample-job-sales-files.c */

void aisle_sample_write_receipts (const AisleSampleContent *content, AisleRecordWriter *writer);
void aisle_sample_write_market_days (const AisleSampleContent *content, AisleRecordWriter *writer);
void aisle_sample_write_market_prices (const AisleSampleContent *content,
                                       AisleRecordWriter *writer);
void aisle_sample_write_stock (const AisleSampleContent *content, AisleRecordWriter *writer);

/* Adds the names of the columns and ends the row; NULL-terminated. */
void aisle_sample_write_header (AisleRecordWriter *writer,
                                const char *first,
                                ...) G_GNUC_NULL_TERMINATED;
