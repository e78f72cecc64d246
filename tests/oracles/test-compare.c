/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle-compare.h"

#include <math.h>

static void
count_failure_cb (const char *path, const char *got, const char *want, gpointer data)
{
  g_string_append_printf (data, "%s;", path);
}

/* The paths that fail, each followed by ';'. */
static char *
compare (const char *want, const char *got, const char *tol)
{
  const char *texts[] = { want, got, tol };
  JsonObject *objects[3];
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = json_from_string (texts[i], &error);
      g_assert_no_error (error);
      objects[i] = json_node_dup_object (node);
    }
  GString *failures = g_string_new (NULL);
  guint n = oracle_compare (objects[0], objects[1], objects[2], count_failure_cb, failures);
  g_assert_cmpuint (n == 0, ==, failures->len == 0);
  for (int i = 0; i < 3; i++)
    json_object_unref (objects[i]);
  return g_string_free (failures, FALSE);
}

static void
check (const char *want, const char *got, const char *tol, const char *failures)
{
  g_autofree char *found = compare (want, got, tol);
  g_assert_cmpstr (found, ==, failures);
}

static void
test_numbers (void)
{
  const char *tol = "{\"rel\":0.01,\"abs\":0.001,\"p\":{\"rel\":0,\"abs\":0.5}}";
  check ("{\"a\":10.0}", "{\"a\":10.1}", tol, "");
  check ("{\"a\":10.0}", "{\"a\":10.2}", tol, "a;");
  check ("{\"a\":-10.0}", "{\"a\":-10.1}", tol, "");
  check ("{\"a\":10.0}", "{}", tol, "a;");
  check ("{\"a\":10.0}", "{\"a\":null}", tol, "a;");
  check ("{\"a\":10.0}", "{\"a\":\"10\"}", tol, "a;");
  check ("{\"a\":10.0}", "{\"a\":true}", tol, "a;");
  check ("{\"p\":1.0,\"q\":1.0}", "{\"p\":1.4,\"q\":1.4,\"other\":3}", tol, "q;");
  check ("{\"p\":{\"x\":[1.0,2.0]}}", "{\"p\":{\"x\":[1.4,2.6]}}", tol, "p.x[1];");
}

static void
test_lists_and_objects (void)
{
  check ("{\"a\":[1.5,2.5]}", "{\"a\":[1.5,2.5]}", "{}", "");
  check ("{\"a\":[1.5,2.5]}", "{\"a\":[1.5]}", "{}", "a;");
  check ("{\"a\":[1.5]}", "{\"a\":1.5}", "{}", "a;");
  check ("{\"a\":{\"b\":1.5}}", "{\"a\":{\"b\":1.5,\"c\":2}}", "{}", "");
  check ("{\"a\":{\"b\":1.5}}", "{\"a\":[1.5]}", "{}", "a;");
  check ("{\"a\":{\"b\":1.5}}", "{\"b\":1.5}", "{}", "a;");
}

static void
test_texts_and_counts_are_exact (void)
{
  const char *tol = "{\"rel\":0.5,\"abs\":5}";
  check ("{\"a\":\"x\"}", "{\"a\":\"x\"}", tol, "");
  check ("{\"a\":\"1.10\"}", "{\"a\":\"1.1\"}", tol, "a;");
  check ("{\"a\":true}", "{\"a\":false}", tol, "a;");
  check ("{\"a\":true}", "{\"a\":1}", tol, "a;");
  check ("{\"a\":7}", "{\"a\":8}", tol, "a;");
  check ("{\"a\":7}", "{\"a\":8.0}", tol, "");
  check ("{\"n\":7}", "{\"n\":8.0}", tol, "n;");
  check ("{\"index\":[1,2]}", "{\"index\":[1,3]}", tol, "index[1];");
}

static void
test_bounds (void)
{
  const char *tol = "{\"rel\":0,\"abs\":0,\"l_at_least\":{\"rel\":0,\"abs\":0.5}}";
  check ("{\"l_at_least\":10.0}", "{\"l\":9.6}", tol, "");
  check ("{\"l_at_least\":10.0}", "{\"l\":1e9}", tol, "");
  check ("{\"l_at_least\":10.0}", "{\"l\":9.4}", tol, "l;");
  check ("{\"l_at_least\":10.0}", "{\"l_at_least\":11.0}", tol, "l;");
  check ("{\"s_at_most\":10.0}", "{\"s\":-5.0}", tol, "");
  check ("{\"s_at_most\":10.0}", "{\"s\":10.1}", tol, "s;");
  check ("{\"s_at_most\":10}", "{\"s\":9}", tol, "");
}

static void
test_undefined_and_open (void)
{
  const char *tol = "{\"rel\":1,\"abs\":1}";
  check ("{\"a\":null}", "{}", tol, "");
  check ("{\"a\":null}", "{\"a\":null}", tol, "");
  check ("{\"a\":null}", "{\"a\":0}", tol, "a;");
  check ("{\"a\":[null,1.5]}", "{\"a\":[null,1.5]}", tol, "");
  check ("{\"a\":\"inf\"}", "{\"a\":\"inf\"}", tol, "");
  check ("{\"a\":\"-inf\"}", "{\"a\":\"inf\"}", tol, "a;");
  check ("{\"a\":\"inf\"}", "{\"a\":1e300}", tol, "a;");
  check ("{\"a\":1.5}", "{\"a\":\"inf\"}", tol, "a;");
  check ("{\"info_a\":1.5}", "{}", tol, "");

  g_autoptr (JsonNode) node = json_from_string ("{\"a\":null,\"b\":1.5,\"c\":\"inf\"}", NULL);
  g_autoptr (JsonObject) got = json_object_new ();
  json_object_set_double_member (got, "a", NAN);
  json_object_set_double_member (got, "b", NAN);
  json_object_set_double_member (got, "c", INFINITY);
  g_autoptr (GString) failures = g_string_new (NULL);
  oracle_compare (json_node_get_object (node), got, NULL, count_failure_cb, failures);
  g_assert_cmpstr (failures->str, ==, "b;");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oracles/compare/numbers", test_numbers);
  g_test_add_func ("/oracles/compare/lists-and-objects", test_lists_and_objects);
  g_test_add_func ("/oracles/compare/texts-and-counts", test_texts_and_counts_are_exact);
  g_test_add_func ("/oracles/compare/bounds", test_bounds);
  g_test_add_func ("/oracles/compare/undefined-and-open", test_undefined_and_open);
  return g_test_run ();
}
