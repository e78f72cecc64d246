/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle-input.h"

#include <gio/gio.h>
#include <math.h>

static gboolean
complain (const char *name, const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "input \"%s\" is not %s", name, what);
  return FALSE;
}

static gboolean
is_number (JsonNode *node)
{
  if (!node || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  GType type = json_node_get_value_type (node);
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

gboolean
oracle_input_number (JsonObject *input, const char *name, double *value, GError **error)
{
  JsonNode *node = json_object_get_member (input, name);
  if (!is_number (node))
    return complain (name, "a number", error);
  *value = json_node_get_double (node);
  return TRUE;
}

gboolean
oracle_input_integer (JsonObject *input,
                      const char *name,
                      gint64 minimum,
                      gint64 maximum,
                      gint64 *value,
                      GError **error)
{
  double number = NAN;
  if (!oracle_input_number (input, name, &number, error))
    return FALSE;
  if (!(number >= (double) minimum && number <= (double) maximum) || number != floor (number))
    return complain (name, "a whole number in its range", error);
  *value = (gint64) number;
  return TRUE;
}

double
oracle_input_number_or (JsonObject *input, const char *name, double fallback)
{
  JsonNode *node = json_object_get_member (input, name);
  return is_number (node) ? json_node_get_double (node) : fallback;
}

gboolean
oracle_input_boolean_or (JsonObject *input, const char *name, gboolean fallback)
{
  JsonNode *node = json_object_get_member (input, name);
  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fallback;
  return json_node_get_boolean (node);
}

double *
oracle_input_numbers (JsonObject *input, const char *name, gsize *n, GError **error)
{
  JsonArray *array = oracle_input_array (input, name, error);
  if (!array)
    return NULL;
  guint length = json_array_get_length (array);
  g_autofree double *values = g_new (double, MAX (length, 1));
  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      if (is_number (node))
        values[i] = json_node_get_double (node);
      else if (JSON_NODE_HOLDS_NULL (node))
        values[i] = NAN;
      else
        return complain (name, "a list of numbers", error), NULL;
    }
  *n = length;
  return g_steal_pointer (&values);
}

const char *
oracle_input_text (JsonObject *input, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (input, name);
  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return complain (name, "a text", error), NULL;
  return json_node_get_string (node);
}

JsonObject *
oracle_input_object (JsonObject *input, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (input, name);
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return complain (name, "an object", error), NULL;
  return json_node_get_object (node);
}

JsonArray *
oracle_input_array (JsonObject *input, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (input, name);
  if (!node || !JSON_NODE_HOLDS_ARRAY (node))
    return complain (name, "a list", error), NULL;
  return json_node_get_array (node);
}

void
oracle_answer_numbers (JsonObject *answer, const char *name, const double *values, gsize n)
{
  JsonArray *array = json_array_sized_new ((guint) n);
  for (gsize i = 0; i < n; i++)
    json_array_add_double_element (array, values[i]);
  json_object_set_array_member (answer, name, array);
}
