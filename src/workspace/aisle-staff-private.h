/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-staff.h"

/* The yescrypt hash of a secret, as crypt(5) writes it, with a fresh salt. Free with g_free().
 * AISLE_WORKSPACE_ERROR_INVALID where the secret is too short, too long or not text. */
char *aisle_staff_hash_secret (const char *secret, GError **error);
