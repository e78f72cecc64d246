/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"
#include "aisle-staff.h"

/* Who is acting: --as NAME, proved with the secret of --secret-file or of the terminal. NULL after
 * having printed why, with `*status` set: without --as that is AISLE_EXIT_REFUSED, since what asks
 * here is a decision that only a person may make. */
AislePerson *aisle_cli_sign_in (AisleCli *cli, AisleWorkspace *workspace, AisleExit *status);

/* The same for what may also run without a person: without --as NULL and AISLE_EXIT_DONE. */
AislePerson *
aisle_cli_sign_in_if_named (AisleCli *cli, AisleWorkspace *workspace, AisleExit *status);
