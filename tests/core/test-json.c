/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "aisle-json.h"

#include <string.h>

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = aisle_json_parse (
      "{\"t\":\"99999999999999999999 [[[[ \\\" x\",\"i\":-7,\"d\":0.1234567890123456789,"
      "\"b\":true,\"n\":null,\"a\":[1,\"x\",{}],\"o\":{\"i\":123456789012345678}}",
      -1, 3, &error);
  g_assert_no_error (error);
  JsonObject *object = json_node_get_object (node);
  gint64 i = 0;
  gboolean b = FALSE;
  g_assert_cmpstr (aisle_json_get_text (object, "t"), ==, "99999999999999999999 [[[[ \" x");
  g_assert_true (aisle_json_get_integer (object, "i", &i));
  g_assert_cmpint (i, ==, -7);
  g_assert_true (aisle_json_get_boolean (object, "b", &b) && b);
  JsonArray *array = aisle_json_get_array (object, "a");
  g_assert_null (aisle_json_get_text_element (array, 0));
  g_assert_cmpstr (aisle_json_get_text_element (array, 1), ==, "x");
  g_assert_nonnull (aisle_json_get_object_element (array, 2));
  g_assert_null (aisle_json_get_object_element (array, 1));
  g_assert_true (aisle_json_get_integer (aisle_json_get_object (object, "o"), "i", &i));
  g_assert_cmpint (i, ==, G_GINT64_CONSTANT (123456789012345678));
}

/* A member of another type is like no member at all. */
static void
test_types (void)
{
  const char *names[] = { "t", "i", "d", "b", "n", "a", "o", "nothing" };
  g_autoptr (JsonNode) node = aisle_json_parse (
      "{\"t\":\"\",\"i\":1,\"d\":1.5,\"b\":true,\"n\":null,\"a\":[],\"o\":{}}", -1, 8, NULL);
  JsonObject *object = json_node_get_object (node);
  for (gsize k = 0; k < G_N_ELEMENTS (names); k++)
    {
      gint64 i;
      gboolean b;
      g_assert_cmpint (aisle_json_get_text (object, names[k]) != NULL, ==, k == 0);
      g_assert_cmpint (aisle_json_get_integer (object, names[k], &i), ==, k == 1);
      g_assert_cmpint (aisle_json_get_boolean (object, names[k], &b), ==, k == 3);
      g_assert_cmpint (aisle_json_get_array (object, names[k]) != NULL, ==, k == 5);
      g_assert_cmpint (aisle_json_get_object (object, names[k]) != NULL, ==, k == 6);
      g_assert_null (aisle_json_get_text (NULL, names[k]));
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    gssize length;
    AisleCoreError code;
  } cases[] = {
    { "", -1, AISLE_CORE_ERROR_EMPTY },
    { "  \n", -1, AISLE_CORE_ERROR_EMPTY },
    { "{", -1, AISLE_CORE_ERROR_INVALID },
    { "{\"a\":}", -1, AISLE_CORE_ERROR_INVALID },
    { "{\"a\":\"", -1, AISLE_CORE_ERROR_INVALID },
    { "{\"a\":\"\\", -1, AISLE_CORE_ERROR_INVALID },
    { "\xff", -1, AISLE_CORE_ERROR_INVALID },
    { "{}\0{}", 5, AISLE_CORE_ERROR_INVALID },
    { "[[[[[[[[[", -1, AISLE_CORE_ERROR_TOO_LONG },
    { "{\"a\":[{\"a\":[{\"a\":[]}]}]}", -1, AISLE_CORE_ERROR_TOO_LONG },
    { "{\"a\":1234567890123456789}", -1, AISLE_CORE_ERROR_TOO_LONG },
    { "{\"a\":-99999999999999999999}", -1, AISLE_CORE_ERROR_TOO_LONG },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (aisle_json_parse (cases[i].text, cases[i].length, 5, &error));
      g_assert_error (error, AISLE_CORE_ERROR, (int) cases[i].code);
    }
}

static void
test_deep (void)
{
  g_autofree char *text = g_strnfill (5000000, '[');
  g_autoptr (GError) error = NULL;
  g_assert_null (aisle_json_parse (text, -1, 64, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG);
}

/* What is appended reads back as the same text. */
static void
test_append (void)
{
  const char *texts[] = { "", "plain", "a \"b\" \\ c", "tab\tline\nend\x01", "ä€😀", "</script>" };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GString) out = g_string_new ("[");
      aisle_json_append_text (out, texts[i]);
      g_string_append_c (out, ']');
      g_autoptr (JsonNode) node = aisle_json_parse (out->str, -1, 4, NULL);
      g_assert_cmpstr (aisle_json_get_text_element (json_node_get_array (node), 0), ==, texts[i]);
    }
  g_autoptr (GString) none = g_string_new (NULL);
  aisle_json_append_text (none, NULL);
  g_assert_cmpstr (none->str, ==, "null");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/json/good", test_good);
  g_test_add_func ("/core/json/types", test_types);
  g_test_add_func ("/core/json/bad", test_bad);
  g_test_add_func ("/core/json/deep", test_deep);
  g_test_add_func ("/core/json/append", test_append);
  return g_test_run ();
}
