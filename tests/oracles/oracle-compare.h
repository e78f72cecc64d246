/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* Compares an answer with what a reference expects:
 * - a number passes when |got - want| <= abs + rel * |want|; `tol` holds `rel` and `abs` for the
 * file and, under the name of a key, others for that key and all below it;
 * - lists have the same length, objects answer at least the expected keys, texts and booleans are
 * equal, and so are counts and indices (both sides JSON integers, or a name that says so), whatever
 * `tol` is;
 * - NAME_at_least and NAME_at_most bound the answer NAME, with the tolerance as slack;
 * - info_... is never compared; null wants NaN, null or nothing; "inf" and "-inf" are infinite.
 * Calls `failure` once for each key that does not pass (path such as "initial.seasonal[3]", what
 * was got and wanted as text) and returns how many there were. */
typedef void (*OracleFailureFunc) (const char *path,
                                   const char *got,
                                   const char *want,
                                   gpointer data);

guint oracle_compare (JsonObject *want,
                      JsonObject *got,
                      JsonObject *tol,
                      OracleFailureFunc failure,
                      gpointer data);
