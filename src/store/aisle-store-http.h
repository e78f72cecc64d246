/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-json.h"
#include "aisle-store-system.h"

/* JSON over HTTP for connectors: one request, one answer, with limits on time and size, and every
 * way to fail sorted into an AISLE_STORE_ERROR. TLS certificates are always verified, redirections
 * are not followed, the token appears in the Authorization header and nowhere else. */

typedef struct _AisleStoreHttp AisleStoreHttp;

/* `url`: https, or http on this computer; without user name, query and fragment. `token` may be
 * NULL. Errors: AISLE_STORE_ERROR_SETTINGS. */
AisleStoreHttp *
aisle_store_http_new (const char *url, const char *token, guint timeout_seconds, GError **error);
void aisle_store_http_free (AisleStoreHttp *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleStoreHttp, aisle_store_http_free)

/* "shop.example:8443", for messages. */
const char *aisle_store_http_get_host (AisleStoreHttp *http);

typedef struct
{
  const char *method;
  const char *path;    /* after the base address, escaped, with its query: "/v1/prices?limit=10" */
  const char *body;    /* JSON, or NULL */
  const char *key;     /* Idempotency-Key, or NULL */
  gboolean is_reading; /* changes nothing: cancelled on the way, nothing was done */
  gboolean takes_none; /* 404 is an answer too, not a refusal */
} AisleStoreHttpRequest;

typedef struct
{
  JsonNode *node;       /* an object; NULL where the call failed */
  guint status;         /* 0: there was no answer */
  gboolean was_reached; /* a connection was made */
} AisleStoreHttpReply;

void aisle_store_http_reply_clear (AisleStoreHttpReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleStoreHttpReply, aisle_store_http_reply_clear)

/* TRUE: the status says success (or 404 with takes_none) and the body is a JSON object. FALSE:
 * `error` says which kind of failure it is; `reply` has the status as far as it came. */
gboolean aisle_store_http_send (AisleStoreHttp *http,
                                const AisleStoreHttpRequest *request,
                                AisleStoreHttpReply *reply,
                                GCancellable *cancellable,
                                GError **error);
