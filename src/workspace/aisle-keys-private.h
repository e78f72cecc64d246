/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-keys.h"

/* For the files of this folder that compute with keys themselves. */

/* The key's bytes, looked up once a connection and wiped when it closes. */
const guint8 *aisle_keys_get (AisleWorkspace *workspace, AisleKeyPurpose purpose, GError **error);

/* HMAC-SHA-256 over the bytes given. */
void
aisle_keys_mac (const guint8 key[AISLE_KEY_SIZE], gconstpointer data, gsize size, guint8 mac[32]);

/* Random bytes from the system. */
gboolean aisle_keys_random (gpointer data, gsize size, GError **error);

/* What the workspace knows of a key: 32 hexadecimal digits; free with g_free(). */
char *aisle_keys_fingerprint (const guint8 key[AISLE_KEY_SIZE]);
/* The setting that holds the fingerprint. */
const char *aisle_keys_setting (AisleKeyPurpose purpose);
gboolean aisle_keys_store (AisleWorkspace *workspace,
                           AisleKeyPurpose purpose,
                           const guint8 key[AISLE_KEY_SIZE],
                           GError **error);
gboolean aisle_keys_from_hex (const char *text, guint8 key[AISLE_KEY_SIZE]);
char *aisle_keys_to_hex (gconstpointer data, gsize size);
