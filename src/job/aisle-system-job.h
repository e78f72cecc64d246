/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-job-error.h"
#include "aisle-progress.h"
#include "aisle-workspace.h"

#include <gio/gio.h>

/* What people do with store systems: connect one, test it, take its prices and stock over, and fill
 * a reference store with the workspace's range. All block, for a job's thread. Errors are of
 * AISLE_WORKSPACE_ERROR, AISLE_JOB_ERROR or the store part's. */

typedef struct
{
  const char *name;
  const char *kind;          /* "aisle", ... */
  const char *url;           /* https, or http to this computer */
  const char *const *stores; /* codes; "CODE=CODE-THERE" where the system calls it otherwise */
  const char *trial_store;   /* or NULL */
  const char *token;         /* or NULL; goes to the key store, never into the workspace */
  gint64 person_id;          /* who asked; 0: automatic */
} AisleSystemWish;

/* Checks kind and address, keeps the token, writes the system and a log entry. Nothing is sent. */
gboolean
aisle_system_job_add (AisleWorkspace *workspace, const AisleSystemWish *wish, GError **error);

/* Gives a system that is there a new address and, where `wish->token` is set, a new token; `kind`,
 * `stores` and `trial_store` are not looked at. With a log entry. Nothing is sent. */
gboolean
aisle_system_job_move (AisleWorkspace *workspace, const AisleSystemWish *wish, GError **error);

/* The checks of a connection, step by step, of AisleStoreCheck (aisle-store-system.h); free with
 * g_ptr_array_unref(). NULL only where the system is not known or its token is not here. */
GPtrArray *aisle_system_job_test (AisleWorkspace *workspace,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error);

typedef struct
{
  gint64 n_rows;       /* read or sent */
  gint64 n_changed;    /* new or other than before */
  gint64 n_unknown;    /* pulled: of stores or products that the workspace does not know */
  gint64 n_refused;    /* filled: the system said no */
  char *first_refusal; /* or NULL; free with g_free() */
} AisleSystemCount;

typedef struct
{
  AisleSystemCount stores;
  AisleSystemCount products;
  AisleSystemCount prices;
  AisleSystemCount stock;
} AisleSystemCounts;

void aisle_system_counts_clear (AisleSystemCounts *counts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AisleSystemCounts, aisle_system_counts_clear)

/* Takes the system's regular prices into the price ledger (source: pulled) and its stock into the
 * business day's, each page in one transaction, with a log entry at the end. Doing it again changes
 * nothing. */
gboolean aisle_system_job_pull (AisleWorkspace *workspace,
                                const char *name,
                                gint64 person_id,
                                const AisleProgress *progress,
                                GCancellable *cancellable,
                                AisleSystemCounts *counts,
                                GError **error);

/* Puts the stores, products, shelf prices and stock that the workspace has for this system into it,
 * over its own interface. Only for systems that can be filled (kind aisle). Doing it again does no
 * harm. */
gboolean aisle_system_job_fill (AisleWorkspace *workspace,
                                const char *name,
                                gint64 person_id,
                                const AisleProgress *progress,
                                GCancellable *cancellable,
                                AisleSystemCounts *counts,
                                GError **error);
