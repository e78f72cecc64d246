/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define AISLE_WORKSPACE_ERROR (aisle_workspace_error_quark ())

typedef enum
{
  AISLE_WORKSPACE_ERROR_FAILED,    /* the database said no in a way nobody foresaw */
  AISLE_WORKSPACE_ERROR_NOT_FOUND, /* no such file, product, store, change, person */
  AISLE_WORKSPACE_ERROR_EXISTS,    /* there is one already */
  AISLE_WORKSPACE_ERROR_NOT_OURS,  /* not SQLite, or not a workspace */
  AISLE_WORKSPACE_ERROR_NEWER,     /* written by a later Aisle */
  AISLE_WORKSPACE_ERROR_READ_ONLY, /* may be read, not written */
  AISLE_WORKSPACE_ERROR_NETWORK,   /* lies on a network folder */
  AISLE_WORKSPACE_ERROR_BUSY,      /* another process holds a lock for longer than we wait */
  AISLE_WORKSPACE_ERROR_DISK_FULL,
  AISLE_WORKSPACE_ERROR_DAMAGED, /* the file is corrupt, or the log does not verify */
  AISLE_WORKSPACE_ERROR_INVALID, /* a value that the workspace does not take */
  AISLE_WORKSPACE_ERROR_REFUSED, /* a rule forbids it: four eyes, wrong state, not permitted */
  AISLE_WORKSPACE_ERROR_WRONG_SECRET,
  AISLE_WORKSPACE_ERROR_LOCKED, /* too many wrong secrets: wait */
  AISLE_WORKSPACE_ERROR_KEY,    /* the key is missing, wrong or cannot be stored */
  AISLE_WORKSPACE_ERROR_STALE,  /* changed since it was looked at */
} AisleWorkspaceError;

GQuark aisle_workspace_error_quark (void);
