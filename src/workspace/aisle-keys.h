/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-workspace.h"

/* The keys of a workspace: random, 32 bytes each, kept as named secrets (aisle-secret.h) and never
 * in the workspace, which knows their fingerprints only. All errors are AISLE_WORKSPACE_ERROR_KEY.
 */

#define AISLE_KEY_SIZE 32
#define AISLE_PSEUDONYM_SIZE 16

typedef enum
{
  AISLE_KEY_PSEUDONYM,   /* of people's identities */
  AISLE_KEY_SUPPRESSION, /* of people who were erased */
  AISLE_KEY_LOG,         /* authenticates the log's head */
  AISLE_N_KEYS,
} AisleKeyPurpose;

/* Makes pseudonyms: HMAC-SHA-256 over kind and normalised value, cut to 16 bytes. Keeps the key
 * schedule, so that millions can be made; belongs to one thread at a time, each thread makes its
 * own. */
typedef struct _AislePseudonymizer AislePseudonymizer;

/* The key is made where the workspace has none yet (inside the caller's write transaction where
 * there is one, else in one of its own); a key that is missing here, or is not the workspace's, is
 * refused. */
AislePseudonymizer *
aisle_pseudonymizer_new (AisleWorkspace *workspace, AisleKeyPurpose purpose, GError **error);
void aisle_pseudonymizer_free (AislePseudonymizer *pseudonymizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AislePseudonymizer, aisle_pseudonymizer_free)

/* The id that table customer keeps with each pseudonym; owned by the pseudonymizer. */
const char *aisle_pseudonymizer_get_key_id (AislePseudonymizer *pseudonymizer);

/* `kind` is number, card, email or phone. `value` need not be normalised: spaces around it go; of
 * an e-mail the case; of a phone number everything but digits and a leading + (00 counts as +). */
void aisle_pseudonym (AislePseudonymizer *pseudonymizer,
                      const char *kind,
                      const char *value,
                      gsize length,
                      guint8 pseudonym[AISLE_PSEUDONYM_SIZE]);

/* All keys of the workspace, under a passphrase (8 characters or more), in a new file of mode 0600.
 */
gboolean aisle_keys_export (AisleWorkspace *workspace,
                            const char *path,
                            const char *passphrase,
                            GError **error);
/* Stores the keys of such a file on this computer; they must be this workspace's. */
gboolean aisle_keys_restore (AisleWorkspace *workspace,
                             const char *path,
                             const char *passphrase,
                             GError **error);
