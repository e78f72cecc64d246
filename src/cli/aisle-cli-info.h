/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"

/* Prints what is in the workspace: the info document with --json, else lines for people. */
AisleExit aisle_cli_print_info (AisleCli *cli, AisleWorkspace *workspace);
