/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"

/* "forecast run" and "forecast show": the forecasts of a workspace. argv[1] is the sub-command.
 * Without
 * --store, show gives the sum over the stores that count in the totals. */
AisleExit aisle_cli_forecast_run (AisleCli *cli, int argc, char **argv);
AisleExit aisle_cli_forecast_show (AisleCli *cli, int argc, char **argv);
