/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle-compare.h"
#include "oracle-method.h"

#include <gio/gio.h>
#include <locale.h>
#include <string.h>

/* Runs files of reference numbers through the engines:
 *
 *     run-oracles FILE|FOLDER ...
 *
 * A file holds {"method", "source", "notes", "tol", "cases": [{"id", "input", "expect"}]}; folders
 * are searched for *.json, deep. Each failure is a line with file, case, key, got and wanted. */

#define MAX_DEPTH 200  /* of nested brackets: the JSON reader recurses */
#define MAX_FOLDERS 16 /* in each other: a link may lead in a circle */

/* The parts that answer. */
static const OracleMethod *const parts[] = {
  oracle_forecast_methods,
  oracle_pricing_methods,
};

typedef struct
{
  guint n_passed;
  guint n_failed;
  guint n_skipped;
} Tally;

typedef struct
{
  const char *path;
  const char *id;
} Place;

static OracleFunc
find_method (const char *name)
{
  for (gsize p = 0; p < G_N_ELEMENTS (parts); p++)
    for (const OracleMethod *method = parts[p]; method->method; method++)
      if (!strcmp (method->method, name))
        return method->answer;
  return NULL;
}

static void
print_failure (const char *path, const char *id, const char *message)
{
  g_print ("FAILED %s: %s: %s\n", path, id, message);
}

static void
key_failed_cb (const char *path, const char *got, const char *want, gpointer data)
{
  const Place *place = data;
  g_print ("FAILED %s: %s: %s: got %s, wanted %s\n", place->path, place->id, path, got, want);
}

/* Looks for `name` beside each folder above the oracle file, nearest first; NULL where it is
 * absent. */
static char *
find_data (const char *oracle_path, const char *name)
{
  if (g_path_is_absolute (name))
    return g_file_test (name, G_FILE_TEST_IS_REGULAR) ? g_strdup (name) : NULL;
  g_autofree char *folder = g_canonicalize_filename (oracle_path, NULL);
  while (TRUE)
    {
      g_autofree char *above = g_path_get_dirname (folder);
      if (!strcmp (above, folder))
        return NULL;
      g_autofree char *path = g_build_filename (above, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
      g_free (folder);
      folder = g_steal_pointer (&above);
    }
}

/* FALSE: the case cannot be run, since its data are not here. */
static gboolean
resolve_data (const char *oracle_path, JsonObject *input)
{
  if (json_object_has_member (input, "data_not_included"))
    return FALSE;
  JsonNode *node = json_object_get_member (input, "data");
  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return TRUE;
  g_autofree char *path = find_data (oracle_path, json_node_get_string (node));
  if (!path)
    return FALSE;
  json_object_set_string_member (input, "data", path);
  return TRUE;
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static char *
describe_case (JsonObject *object, guint index)
{
  JsonNode *node = object ? json_object_get_member (object, "id") : NULL;
  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  return g_strdup_printf ("case %u", index + 1);
}

static void
run_case (const char *path,
          const char *method,
          JsonObject *tol,
          JsonNode *node,
          guint index,
          Tally *tally)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autofree char *id = describe_case (object, index);
  JsonObject *input = object ? get_object (object, "input") : NULL;
  JsonObject *expect = object ? get_object (object, "expect") : NULL;
  if (!input || !expect)
    {
      print_failure (path, id, "malformed: a case needs the objects \"input\" and \"expect\"");
      tally->n_failed++;
      return;
    }
  if (json_object_has_member (object, "data_not_included") || !resolve_data (path, input))
    {
      tally->n_skipped++;
      return;
    }
  OracleFunc answer = find_method (method);
  if (!answer)
    {
      g_print ("FAILED %s: %s: no engine answers method \"%s\"\n", path, id, method);
      tally->n_failed++;
      return;
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) got = answer (input, &error);
  if (!got)
    {
      print_failure (path, id, error ? error->message : "the engine gave no answer");
      tally->n_failed++;
      return;
    }
  Place place = { path, id };
  if (oracle_compare (expect, got, tol, key_failed_cb, &place) > 0)
    tally->n_failed++;
  else
    tally->n_passed++;
}

/* NULL where the text cannot be an oracle file; `message` then says why. */
static JsonObject *
check_file (JsonNode *root, const char **method, JsonArray **cases, const char **message)
{
  JsonObject *object = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (!object)
    {
      *message = "malformed: the file is not one JSON object";
      return NULL;
    }
  JsonNode *name = json_object_get_member (object, "method");
  if (!name || !JSON_NODE_HOLDS_VALUE (name) || json_node_get_value_type (name) != G_TYPE_STRING)
    {
      *message = "malformed: \"method\" is not a text";
      return NULL;
    }
  JsonNode *list = json_object_get_member (object, "cases");
  if (!list || !JSON_NODE_HOLDS_ARRAY (list))
    {
      *message = "malformed: \"cases\" is not a list";
      return NULL;
    }
  if (json_object_has_member (object, "tol") && !get_object (object, "tol"))
    {
      *message = "malformed: \"tol\" is not an object";
      return NULL;
    }
  *method = json_node_get_string (name);
  *cases = json_node_get_array (list);
  return object;
}

static gboolean
is_too_deep (const char *text, gsize length)
{
  guint depth = 0;
  gboolean is_in_text = FALSE;
  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];
      if (is_in_text && c == '\\')
        i++;
      else if (c == '"')
        is_in_text = !is_in_text;
      else if (!is_in_text && (c == '[' || c == '{') && ++depth > MAX_DEPTH)
        return TRUE;
      else if (!is_in_text && (c == ']' || c == '}') && depth > 0)
        depth--;
    }
  return FALSE;
}

static JsonParser *
parse_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (length == 0 || !g_utf8_validate (text, (gssize) length, NULL) || is_too_deep (text, length))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "malformed: %s",
                   length == 0 ? "the file is empty" : "not UTF-8 text, or nested too deeply");
      return NULL;
    }
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) cause = NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) length, &cause))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "malformed: %s", cause->message);
      return NULL;
    }
  return g_steal_pointer (&parser);
}

static void
run_file (const char *path, Tally *tally)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = parse_file (path, &error);
  const char *message = error ? error->message : NULL;
  const char *method = NULL;
  JsonArray *cases = NULL;
  JsonObject *file =
      parser ? check_file (json_parser_get_root (parser), &method, &cases, &message) : NULL;
  if (!file)
    {
      print_failure (path, "file", message);
      tally->n_failed++;
      return;
    }
  JsonObject *tol = get_object (file, "tol");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    run_case (path, method, tol, json_array_get_element (cases, i), i, tally);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
run_path (const char *path, guint depth, Tally *tally)
{
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      if (depth == 0 || g_str_has_suffix (path, ".json"))
        run_file (path, tally);
      return;
    }
  if (depth > MAX_FOLDERS)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  if (!dir)
    {
      print_failure (path, "folder", error->message);
      tally->n_failed++;
      return;
    }
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (dir));)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *below = g_build_filename (path, g_ptr_array_index (names, i), NULL);
      run_path (below, depth + 1, tally);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  if (argc < 2 || !strcmp (argv[1], "--help"))
    {
      g_printerr ("usage: run-oracles FILE|FOLDER ...\n");
      return argc < 2 ? 2 : 0;
    }
  Tally tally = { 0 };
  for (int i = 1; i < argc; i++)
    run_path (argv[i], 0, &tally);
  g_print ("%u passed, %u failed, %u skipped\n", tally.n_passed, tally.n_failed, tally.n_skipped);
  return tally.n_failed > 0;
}
