/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-json.h"

#include "aisle-core-error.h"

#include <string.h>

#define MAX_DIGITS 18

/* The parser of json-glib calls itself for each level and wraps integers that do not fit, so both
 * are looked at before it runs. What stands in strings does not count. */
static gboolean
check_shape (const char *text, gsize length, guint max_depth, GError **error)
{
  guint depth = 0;
  guint n_digits = 0;
  gboolean in_string = FALSE;
  gboolean in_fraction = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];
      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
          continue;
        }
      if (!g_ascii_isdigit (c))
        {
          n_digits = 0;
          in_fraction = c == '.';
        }
      else if (!in_fraction && ++n_digits > MAX_DIGITS)
        {
          g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG,
                       "a number at byte %" G_GSIZE_FORMAT " of the JSON has more than %d digits",
                       i + 1, MAX_DIGITS);
          return FALSE;
        }
      if (c == '"')
        in_string = TRUE;
      else if (c == '{' || c == '[')
        {
          if (++depth > max_depth)
            {
              g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG,
                           "the JSON is nested deeper than %u levels", max_depth);
              return FALSE;
            }
        }
      else if ((c == '}' || c == ']') && depth > 0)
        depth--;
    }
  return TRUE;
}

JsonNode *
aisle_json_parse (const char *text, gssize length, guint max_depth, GError **error)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  if (size == 0)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY,
                   "there is no JSON: it is empty");
      return NULL;
    }
  const char *end = NULL;
  if (!g_utf8_validate (text, (gssize) size, &end))
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                   "the JSON is not UTF-8 at byte %" G_GSIZE_FORMAT, (gsize) (end - text) + 1);
      return NULL;
    }
  if (!check_shape (text, size, max_depth, error))
    return NULL;

  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) wrong = NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) size, &wrong))
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID, "this is not JSON: %s",
                   wrong->message);
      return NULL;
    }
  JsonNode *root = json_parser_get_root (parser);
  if (!root)
    {
      g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY,
                   "there is no JSON: it is blank");
      return NULL;
    }
  return json_node_ref (root);
}

static JsonNode *
get_member (JsonObject *object, const char *name)
{
  return object ? json_object_get_member (object, name) : NULL;
}

static const char *
node_get_text (JsonNode *node)
{
  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

const char *
aisle_json_get_text (JsonObject *object, const char *name)
{
  return node_get_text (get_member (object, name));
}

gboolean
aisle_json_get_integer (JsonObject *object, const char *name, gint64 *value)
{
  JsonNode *node = get_member (object, name);
  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

gboolean
aisle_json_get_boolean (JsonObject *object, const char *name, gboolean *value)
{
  JsonNode *node = get_member (object, name);
  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}

JsonArray *
aisle_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);
  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
aisle_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);
  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonObject *
aisle_json_get_object_element (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);
  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

const char *
aisle_json_get_text_element (JsonArray *array, guint index)
{
  return node_get_text (json_array_get_element (array, index));
}

void
aisle_json_append_text (GString *out, const char *value)
{
  if (!value)
    {
      g_string_append (out, "null");
      return;
    }
  g_string_append_c (out, '"');
  for (const char *c = value; *c; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (out, '\\');
      if ((guchar) *c < 0x20)
        g_string_append_printf (out, "\\u%04x", (guint) (guchar) *c);
      else
        g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}
