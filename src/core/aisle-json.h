/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* JSON from the network or from files: read with limits, asked without surprises, written as text.
 */

/* Reads one JSON value. Refused, with a sentence: text that is not UTF-8, nested deeper than
 * `max_depth`, an integer of more than 18 digits (it might not fit), and what is not JSON. `length`
 * may be -1. Errors: AISLE_CORE_ERROR_EMPTY, _INVALID, _TOO_LONG. */
JsonNode *aisle_json_parse (const char *text, gssize length, guint max_depth, GError **error);

/* Members of `object` (NULL: as if it had none). NULL or FALSE where there is no such member or it
 * is of another type; what they give belongs to the object. */
const char *aisle_json_get_text (JsonObject *object, const char *name);
gboolean aisle_json_get_integer (JsonObject *object, const char *name, gint64 *value);
gboolean aisle_json_get_boolean (JsonObject *object, const char *name, gboolean *value);
JsonArray *aisle_json_get_array (JsonObject *object, const char *name);
JsonObject *aisle_json_get_object (JsonObject *object, const char *name);

/* The element as an object or a text; NULL where it is something else. */
JsonObject *aisle_json_get_object_element (JsonArray *array, guint index);
const char *aisle_json_get_text_element (JsonArray *array, guint index);

/* Appends `value` quoted and escaped; null for NULL. `value` is valid UTF-8. */
void aisle_json_append_text (GString *out, const char *value);
