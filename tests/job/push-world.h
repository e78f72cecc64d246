/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-push-job.h"
#include "aisle-workspace.h"

#include <gio/gio.h>

/* A small world for tests of the push: a workspace with products, stores, two people and approved
 * changes, and a reference store system as a process of its own. All in a private folder. */

typedef struct
{
  char *folder;
  char *path;       /* of the workspace */
  char *store_data; /* the store system's file */
  char *token_file;
  AisleWorkspace *workspace;
  GSubprocess *store;
  guint port;
  guint n_products;
  guint n_stores;
} PushWorld;

/* Products P00001.. at 1000 + number minor units in the stores S1.., filled into the store system.
 * The store's clock is the real one; the workspace's business date too. */
PushWorld *push_world_new (guint n_products, guint n_stores);
void push_world_free (PushWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PushWorld, push_world_free)

/* On the same port and data as before; `faults` may be NULL. */
void push_world_start_store (PushWorld *world, const char *faults);
void push_world_kill_store (PushWorld *world);
/* Other faults in the running store. */
void push_world_set_faults (PushWorld *world, const char *faults);

/* SQL on the workspace's and on the store system's file, through connections of their own. */
void push_world_execute (PushWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
gint64 push_world_query (PushWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
void push_world_execute_store (PushWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
gint64 push_world_query_store (PushWorld *world, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* An approved and queued change of products `first` .. `first + n - 1` in all stores: by
 * `delta_minor`, or, for a promotion from `from_day` to `to_day`, by `off_ppm`. Returns its id. */
gint64 push_world_approve_prices (PushWorld *world, guint first, guint n, int delta_minor);
gint64 push_world_approve_promotion (PushWorld *world,
                                     guint first,
                                     guint n,
                                     gint64 off_ppm,
                                     AisleDate from_day,
                                     AisleDate to_day);
void push_world_roll_back (PushWorld *world, gint64 change_id);

/* Pushes until nothing is due (or once), with waits of hundredths of a second. */
AislePushResult *push_world_push (PushWorld *world, gboolean is_once);

/* Rows of a change (0: of all) in a state. */
gint64 push_world_count (PushWorld *world, gint64 change_id, const char *state);
char *push_world_change_state (PushWorld *world, gint64 change_id);

/* Every row says the truth: "verified" prices are in the store, open and refused ones are not
 * claimed; no product has a third price; at most one promotion of a name. */
void push_world_check_truth (PushWorld *world);
