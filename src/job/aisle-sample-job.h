/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-progress.h"
#include "aisle-workspace.h"

/* Makes the sample workspace: real invoice lines of an online wholesaler, imported as any
 * retailer's files would be, and around them what a seeded generator makes up and marks as made up.
 * docs/sample.md tells which is which. */

#define AISLE_SAMPLE_SEED 20101201

/* Where the shipped invoice lines are: under the folder that the environment variable AISLE_DATADIR
 * names, where Aisle was installed, or in the source tree of a build that was not installed. Free
 * with g_free(). Errors: AISLE_JOB_ERROR_FAILED, with the places that were tried. */
char *aisle_sample_job_find_lines (GError **error);

typedef struct
{
  guint64 seed;           /* the same seed gives the same content, but for keys and times */
  const char *lines_path; /* the invoice lines; NULL: aisle_sample_job_find_lines() */
} AisleSampleOptions;

/* Makes the workspace `path`, which must not exist, and opens it. It is made beside and renamed:
 * stopped through `progress` (G_IO_ERROR_CANCELLED) or failed, it leaves nothing. */
AisleWorkspace *aisle_sample_job_run (const char *path,
                                      const AisleSampleOptions *options,
                                      const AisleProgress *progress,
                                      GError **error);
