/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"
#include "aisle-forecast-model.h"

/* What the commands forecast and backtest share. */

/* The model of that name; NONE after having printed which names there are. */
AisleForecastModel aisle_cli_read_model (AisleCli *cli, const char *name);

/* "7" or "7,365": the first season; FALSE after having printed what is wrong. A second season is
 * accepted with a notice that no present model uses it. */
gboolean aisle_cli_read_season (AisleCli *cli, const char *text, int *season);

/* A whole number of an option, 1 .. maximum; FALSE after having printed what is wrong. */
gboolean
aisle_cli_read_count (AisleCli *cli, const char *option, const char *text, int maximum, int *value);
