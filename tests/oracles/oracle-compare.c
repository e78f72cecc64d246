/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle-compare.h"

#include <math.h>
#include <string.h>

typedef struct
{
  double rel;
  double abs;
} Tolerance;

typedef enum
{
  COMPARE_EQUAL,
  COMPARE_AT_LEAST,
  COMPARE_AT_MOST,
} Comparison;

typedef struct
{
  JsonObject *tol; /* may be NULL */
  OracleFailureFunc failure;
  gpointer data;
  guint n_failures;
} Compare;

static gboolean
holds_type (JsonNode *node, GType type)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean
read_number (JsonNode *node, double *value)
{
  if (holds_type (node, G_TYPE_INT64) || holds_type (node, G_TYPE_DOUBLE))
    {
      *value = json_node_get_double (node);
      return TRUE;
    }
  if (holds_type (node, G_TYPE_STRING))
    {
      const char *text = json_node_get_string (node);
      if (!strcmp (text, "inf") || !strcmp (text, "-inf"))
        {
          *value = *text == '-' ? -INFINITY : INFINITY;
          return TRUE;
        }
    }
  return FALSE;
}

static char *
describe (JsonNode *node)
{
  double value;
  if (!node)
    return g_strdup ("nothing");
  if (JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("null");
  if (holds_type (node, G_TYPE_DOUBLE) && read_number (node, &value))
    return g_strdup_printf ("%.17g", value);
  if (JSON_NODE_HOLDS_ARRAY (node))
    return g_strdup_printf ("a list of %u", json_array_get_length (json_node_get_array (node)));
  if (JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup ("an object");
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  json_generator_set_root (generator, node);
  return json_generator_to_data (generator, NULL);
}

static void
fail (Compare *compare, const char *path, JsonNode *got, const char *want)
{
  g_autofree char *text = describe (got);
  compare->n_failures++;
  compare->failure (path, text, want, compare->data);
}

static void
read_tolerance (JsonObject *object, Tolerance *tolerance)
{
  double value;
  if (read_number (json_object_get_member (object, "rel"), &value))
    tolerance->rel = value;
  if (read_number (json_object_get_member (object, "abs"), &value))
    tolerance->abs = value;
}

/* The tolerance of a key: its own entry of the file's, else that of what holds it. */
static Tolerance
find_tolerance (Compare *compare, const char *key, Tolerance inherited)
{
  JsonNode *node = compare->tol ? json_object_get_member (compare->tol, key) : NULL;
  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return inherited;
  Tolerance own = { 0, 0 };
  read_tolerance (json_node_get_object (node), &own);
  return own;
}

static gboolean
is_name_of_count (const char *key)
{
  return !strcmp (key, "n") || !strcmp (key, "count") || !strcmp (key, "index")
         || g_str_has_prefix (key, "n_") || g_str_has_suffix (key, "_count")
         || g_str_has_suffix (key, "_index");
}

static gboolean
number_passes (double got, double want, Tolerance tolerance, Comparison how)
{
  if (isnan (got) || isnan (want))
    return FALSE;
  if (isinf (want))
    return how == COMPARE_EQUAL ? got == want : how == COMPARE_AT_LEAST ? got >= want : got <= want;
  double slack = tolerance.abs + tolerance.rel * fabs (want);
  if (how == COMPARE_AT_LEAST)
    return got >= want - slack;
  if (how == COMPARE_AT_MOST)
    return got <= want + slack;
  return fabs (got - want) <= slack;
}

static gboolean
is_undefined (JsonNode *node)
{
  double value;
  return !node || JSON_NODE_HOLDS_NULL (node) || (read_number (node, &value) && isnan (value));
}

static void compare_object (Compare *compare,
                            const char *path,
                            JsonObject *want,
                            JsonObject *got,
                            Tolerance tolerance);

static void
compare_number (Compare *compare,
                const char *path,
                const char *key,
                JsonNode *want,
                JsonNode *got,
                Tolerance tolerance,
                Comparison how)
{
  static const char *const words[] = { "", "at least ", "at most " };
  double want_value = NAN, got_value = NAN;
  gboolean is_text = !read_number (want, &want_value);
  gboolean passes = !is_text && got && read_number (got, &got_value);
  if (passes && how == COMPARE_EQUAL && holds_type (want, G_TYPE_INT64)
      && (holds_type (got, G_TYPE_INT64) || is_name_of_count (key)))
    passes = holds_type (got, G_TYPE_INT64) ? json_node_get_int (want) == json_node_get_int (got)
                                            : got_value == want_value;
  else if (passes)
    passes = number_passes (got_value, want_value, tolerance, how);
  if (passes)
    return;
  g_autofree char *value = describe (want);
  g_autofree char *text =
      how == COMPARE_EQUAL
          ? g_strdup_printf ("%s (rel %g, abs %g)", value, tolerance.rel, tolerance.abs)
          : g_strdup_printf ("%s%s (slack rel %g, abs %g)", words[how], value, tolerance.rel,
                             tolerance.abs);
  fail (compare, path, got, text);
}

/* Texts, booleans, numbers, null. */
static void
compare_value (Compare *compare,
               const char *path,
               const char *key,
               JsonNode *want,
               JsonNode *got,
               Tolerance tolerance,
               Comparison how)
{
  double number;
  if (JSON_NODE_HOLDS_NULL (want))
    {
      if (!is_undefined (got))
        fail (compare, path, got, "nothing, null or NaN");
    }
  else if (read_number (want, &number))
    compare_number (compare, path, key, want, got, tolerance, how);
  else if (!got || !JSON_NODE_HOLDS_VALUE (got) || !json_node_equal (want, got))
    {
      g_autofree char *text = describe (want);
      fail (compare, path, got, text);
    }
}

static void
compare_node (Compare *compare,
              const char *path,
              const char *key,
              JsonNode *want,
              JsonNode *got,
              Tolerance tolerance,
              Comparison how)
{
  if (JSON_NODE_HOLDS_OBJECT (want))
    {
      if (!got || !JSON_NODE_HOLDS_OBJECT (got))
        fail (compare, path, got, "an object");
      else
        compare_object (compare, path, json_node_get_object (want), json_node_get_object (got),
                        tolerance);
    }
  else if (JSON_NODE_HOLDS_ARRAY (want))
    {
      JsonArray *wants = json_node_get_array (want);
      guint length = json_array_get_length (wants);
      g_autofree char *text = g_strdup_printf ("a list of %u", length);
      if (!got || !JSON_NODE_HOLDS_ARRAY (got)
          || json_array_get_length (json_node_get_array (got)) != length)
        {
          fail (compare, path, got, text);
          return;
        }
      JsonArray *gots = json_node_get_array (got);
      for (guint i = 0; i < length; i++)
        {
          g_autofree char *below = g_strdup_printf ("%s[%u]", path, i);
          compare_node (compare, below, key, json_array_get_element (wants, i),
                        json_array_get_element (gots, i), tolerance, how);
        }
    }
  else
    compare_value (compare, path, key, want, got, tolerance, how);
}

static void
compare_object (Compare *compare,
                const char *path,
                JsonObject *want,
                JsonObject *got,
                Tolerance tolerance)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  json_object_iter_init (&iter, want);
  while (json_object_iter_next (&iter, &key, &node))
    {
      if (g_str_has_prefix (key, "info_"))
        continue;
      Comparison how = g_str_has_suffix (key, "_at_least")  ? COMPARE_AT_LEAST
                       : g_str_has_suffix (key, "_at_most") ? COMPARE_AT_MOST
                                                            : COMPARE_EQUAL;
      gsize suffix = how == COMPARE_AT_LEAST  ? strlen ("_at_least")
                     : how == COMPARE_AT_MOST ? strlen ("_at_most")
                                              : 0;
      g_autofree char *name = g_strndup (key, strlen (key) - suffix);
      g_autofree char *below = *path ? g_strdup_printf ("%s.%s", path, name) : g_strdup (name);
      compare_node (compare, below, name, node, json_object_get_member (got, name),
                    find_tolerance (compare, key, tolerance), how);
    }
}

guint
oracle_compare (JsonObject *want,
                JsonObject *got,
                JsonObject *tol,
                OracleFailureFunc failure,
                gpointer data)
{
  Compare compare = { .tol = tol, .failure = failure, .data = data };
  Tolerance tolerance = { 0, 0 };
  if (tol)
    read_tolerance (tol, &tolerance);
  compare_object (&compare, "", want, got, tolerance);
  return compare.n_failures;
}
