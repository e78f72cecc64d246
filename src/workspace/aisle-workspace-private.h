/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* Prepared statements by their text; owned by the workspace. */
GHashTable *aisle_statement_cache_new (void);
GHashTable *aisle_workspace_get_statements (AisleWorkspace *workspace);
