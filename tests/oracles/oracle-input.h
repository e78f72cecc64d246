/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* Reads members of a case's input, which may be missing or of any type, and builds answers. A
 * function with `error` returns FALSE or NULL and says which member is wrong. */

/* A number; null and a missing member are an error. */
gboolean oracle_input_number (JsonObject *input, const char *name, double *value, GError **error);

/* A whole number within the bounds. */
gboolean oracle_input_integer (JsonObject *input,
                               const char *name,
                               gint64 minimum,
                               gint64 maximum,
                               gint64 *value,
                               GError **error);

/* A number, or `fallback` where it is missing, null or no number. */
double oracle_input_number_or (JsonObject *input, const char *name, double fallback);

/* TRUE, FALSE, or `fallback` where it is missing or something else. */
gboolean oracle_input_boolean_or (JsonObject *input, const char *name, gboolean fallback);

/* A list of numbers, null read as NaN; free with g_free(). */
double *oracle_input_numbers (JsonObject *input, const char *name, gsize *n, GError **error);

/* A text that belongs to `input`; NULL with an error where there is none. */
const char *oracle_input_text (JsonObject *input, const char *name, GError **error);

/* An object or a list that belongs to `input`; NULL with an error where there is none. */
JsonObject *oracle_input_object (JsonObject *input, const char *name, GError **error);
JsonArray *oracle_input_array (JsonObject *input, const char *name, GError **error);

/* Adds a list of numbers to an answer. */
void oracle_answer_numbers (JsonObject *answer, const char *name, const double *values, gsize n);
