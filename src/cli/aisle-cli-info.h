/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"

/* Prints what a workspace holds: the "info" document with --json, else a few lines. */
AisleExit aisle_cli_print_info (AisleCli *cli, AisleWorkspace *workspace);
