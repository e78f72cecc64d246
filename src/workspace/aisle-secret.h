/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace-error.h"

/* Named text secrets (keys, tokens of store systems), never in the workspace: in the desktop's
 * keyring or, where none answers within two seconds or AISLE_KEYS=file is set, in files that only
 * this user can read, under $XDG_CONFIG_HOME/aisle/keys/. Once the keyring has not answered, this
 * process uses files. A name is up to 200 characters; say whose it is: "token WORKSPACE-ID till-1".
 */

gboolean aisle_secret_store (const char *name, const char *value, GError **error);

/* NULL without an error where there is no such secret. Free with aisle_secret_free(). */
char *aisle_secret_look_up (const char *name, GError **error);

/* TRUE also where there was none. */
gboolean aisle_secret_delete (const char *name, GError **error);

/* Overwrites and frees; NULL is fine. */
void aisle_secret_free (char *value);

/* "the keyring" or the folder, for messages: where a secret would be stored now. */
const char *aisle_secret_place (void);
