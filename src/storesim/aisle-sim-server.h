/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* The reference store system as an HTTP server on this computer's loopback address: token, limits,
 * routes, idempotency keys and faults around the handlers. Runs on the default main context. */

typedef struct _AisleSimServer AisleSimServer;

typedef struct
{
  guint port;         /* 0: a free one */
  const char *token;  /* what callers must send as bearer token */
  const char *data;   /* path of the SQLite file; NULL: in memory */
  gint64 as_of;       /* where the clock starts, UTC seconds; -1: the real time */
  const char *faults; /* rules; NULL: none */
} AisleSimServerOptions;

/* Opens the file and listens. Errors: AISLE_SIM_ERROR, G_OPTION_ERROR for bad fault rules. */
AisleSimServer *aisle_sim_server_new (const AisleSimServerOptions *options, GError **error);
void aisle_sim_server_free (AisleSimServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleSimServer, aisle_sim_server_free)

guint aisle_sim_server_get_port (AisleSimServer *server);
