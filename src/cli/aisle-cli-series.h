/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"
#include "aisle-forecast-panel.h"

/* Time series in a plain file of one row per series and step: columns unique_id, ds (an ISO date or
 * a whole number), y (empty: missing) and, if there, available (0: the product could not be bought,
 * y is missing). Series come in any order and differ in length; what is missing between a series'
 * first and last row is filled with NaN. */

typedef enum
{
  AISLE_STEP_NUMBER, /* ds are whole numbers */
  AISLE_STEP_DAYS,
  AISLE_STEP_MONTHS, /* always the same day of the month, or always its last */
} AisleStepUnit;

typedef struct
{
  gsize n_series;
  GPtrArray *ids;  /* of char *, in the order in which the series first appear */
  double *values;  /* all series, one behind the other */
  gsize *offsets;  /* [n_series + 1] */
  gint64 *last_ds; /* [n_series] the number, or the AisleDate, of the last row */
  AisleStepUnit unit;
  gint64 step; /* units from one ds to the next; 1, or found from the file for weeks and months */
} AisleCliSeries;

/* Reads `path`; the columns named in `regressors` (NULL-terminated, or NULL) must exist and are
 * otherwise not used. Notices of unknown columns go to standard error. On a mistake in the file
 * prints it with file and line, sets `status` and returns NULL. */
AisleCliSeries *
aisle_cli_series_read (AisleCli *cli, const char *path, char **regressors, AisleExit *status);
void aisle_cli_series_free (AisleCliSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleCliSeries, aisle_cli_series_free)

/* The ds of the step `ahead` (1, 2, ...) after the last of series i, as text to be freed. */
char *aisle_cli_series_format_ahead (const AisleCliSeries *series, gsize i, int ahead);

/* The arrays as an engine takes them; valid as long as `series`. */
AisleForecastSeries aisle_cli_series_get_arrays (const AisleCliSeries *series);
