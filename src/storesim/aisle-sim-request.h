/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-json.h"
#include "aisle-sim-database.h"

/* One request on its way through a handler: what was asked, and the answer as it grows. Handlers
 * know nothing of HTTP connections, tokens or faults. */

#define AISLE_SIM_MAX_BATCH 500
#define AISLE_SIM_MAX_PAGE 1000

typedef struct
{
  AisleSimDatabase *database;
  gint64 now;        /* the server's clock, UTC seconds */
  GHashTable *query; /* of the address; may be NULL */
  const char *name;  /* the last part of the path where the route has {name}; else NULL */
  JsonObject *body;  /* NULL: none was sent */

  /* Faults of a batch: stop after so many items (G_MAXUINT: none), or die there. */
  guint stop_after;
  gboolean is_to_crash;

  guint status; /* 200 unless told otherwise */
  GString *out; /* JSON */
} AisleSimRequest;

/* What a handler gives. FALSE: the answer is an error and nothing is to be kept. */
typedef gboolean (*AisleSimHandler) (AisleSimRequest *request);

/* Makes the answer {"error":{"code","message"}}. Always FALSE. */
gboolean aisle_sim_request_fail (AisleSimRequest *request,
                                 guint status,
                                 const char *code,
                                 const char *format,
                                 ...) G_GNUC_PRINTF (4, 5);

/* As above, for a failure of the file; takes `error`. */
gboolean aisle_sim_request_fail_storage (AisleSimRequest *request, GError *error);

/* The array `name` of the body with 1 .. 500 elements; NULL after answering 400 or 413. */
JsonArray *aisle_sim_request_get_batch (AisleSimRequest *request, const char *name);

/* A text parameter of the address, or NULL. */
const char *aisle_sim_request_get_parameter (AisleSimRequest *request, const char *name);

/* Called before each item of a batch: FALSE where a fault says to stop here. */
gboolean aisle_sim_request_continues (AisleSimRequest *request, guint index, guint n_items);

/* "name":"value" and the like, with a comma in front where one is due. */
void aisle_sim_put_text (GString *out, const char *name, const char *value);
void aisle_sim_put_integer (GString *out, const char *name, gint64 value);
void aisle_sim_put_boolean (GString *out, const char *name, gboolean value);
void aisle_sim_put_null (GString *out, const char *name);
void aisle_sim_put_time (GString *out, const char *name, gint64 seconds);
void aisle_sim_put_name (GString *out, const char *name);

/* Opens an element of an array or object: a comma where one is due, then `open`. */
void aisle_sim_put_open (GString *out, char open);
