/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-faults.h"

#include <string.h>

/* "x" where the rules strike, "." where not, for `n` requests. */
static char *
run_rules (const char *spec, guint n, const char *method, const char *path, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleSimFaults) faults = aisle_sim_faults_new (spec, &error);
  g_assert_no_error (error);
  char *marks = g_strnfill (n, '.');
  for (guint i = 0; i < n; i++)
    {
      AisleSimFault fault =
          aisle_sim_faults_next (faults, method, path, body, body ? strlen (body) : 0);
      if (fault.kind != AISLE_SIM_FAULT_NONE)
        marks[i] = 'x';
    }
  return marks;
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *spec, *marks;
  } cases[] = {
    { NULL, "......" },
    { "", "......" },
    { " , ", "......" },
    { "lost", "xxxxxx" },
    { "lost:nth=2", ".x...." },
    { "lost:every=3", "..x..x" },
    { "lost:skip=2", "..xxxx" },
    { "lost:skip=2:nth=1", "..x..." },
    { "lost:times=2", "xx...." },
    { "lost:every=2:times=2", ".x.x.." },
    { "lost:nth=1, drop:nth=3", "x.x..." },
    { "lost:rate=0", "......" },
    { "lost:rate=1", "xxxxxx" },
    { "lost:match=POST /v1/prices/batch", "xxxxxx" },
    { "lost:match=POST /v1", "xxxxxx" },
    { "lost:match=* /v1", "xxxxxx" },
    { "lost:match=/v1", "xxxxxx" },
    { "lost:match=GET /v1", "......" },
    { "lost:match=POST /v2", "......" },
    { "lost:body=P17", "xxxxxx" },
    { "lost:body=P18", "......" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *marks =
          run_rules (cases[i].spec, 6, "POST", "/v1/prices/batch", "{\"sku\":\"P17\"}");
      g_assert_cmpstr (marks, ==, cases[i].marks);
    }
}

static void
test_rate (void)
{
  g_autofree char *first = run_rules ("500:rate=0.1:seed=5", 10000, "GET", "/", NULL);
  g_autofree char *again = run_rules ("500:rate=0.1:seed=5", 10000, "GET", "/", NULL);
  g_autofree char *other = run_rules ("500:rate=0.1:seed=6", 10000, "GET", "/", NULL);
  guint n = 0;
  for (gsize i = 0; first[i]; i++)
    n += first[i] == 'x';
  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, other);
  g_assert_cmpuint (n, >, 850);
  g_assert_cmpuint (n, <, 1150);
}

static void
test_kinds (void)
{
  g_autoptr (AisleSimFaults) faults = aisle_sim_faults_new (
      "429:after=3:nth=1,delay:ms=70:nth=2,partial:cut=1:nth=3,crash:when=after:nth=4", NULL);
  AisleSimFault fault = aisle_sim_faults_next (faults, "GET", "/", NULL, 0);
  g_assert_cmpint (fault.kind, ==, AISLE_SIM_FAULT_STATUS);
  g_assert_cmpuint (fault.status, ==, 429);
  g_assert_cmpuint (fault.retry_after_seconds, ==, 3);
  fault = aisle_sim_faults_next (faults, "GET", "/", NULL, 0);
  g_assert_cmpint (fault.kind, ==, AISLE_SIM_FAULT_DELAY);
  g_assert_cmpuint (fault.milliseconds, ==, 70);
  fault = aisle_sim_faults_next (faults, "GET", "/", NULL, 0);
  g_assert_cmpint (fault.kind, ==, AISLE_SIM_FAULT_PARTIAL);
  g_assert_true (fault.is_cut);
  fault = aisle_sim_faults_next (faults, "GET", "/", NULL, 0);
  g_assert_cmpint (fault.kind, ==, AISLE_SIM_FAULT_CRASH);
  g_assert_cmpint (fault.moment, ==, AISLE_SIM_CRASH_AFTER);
}

static void
test_bad (void)
{
  const char *bad[] = {
    "lots",        "lost:nth",         "lost:nth=",     "lost:nth=-1",    "lost:nth=x",
    "lost:rate=2", "lost:rate=",       "lost:rate=nan", "lost:what=1",    "600",
    "399",         "crash:when=never", "delay:ms=1e9",  "lost:match=GET", "partial:cut=2",
    "lost,,bogus", ":nth=1",           "lost:match=",   "lost:match=a b", "delay:ms=99999999"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (aisle_sim_faults_new (bad[i], &error));
      g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
    }
}

static void
test_json (void)
{
  g_autoptr (AisleSimFaults) faults = aisle_sim_faults_new ("lost:nth=2:body=\"q", NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = 0; i < 3; i++)
    aisle_sim_faults_next (faults, "GET", "/", "a \"q", 4);
  aisle_sim_faults_append_json (faults, out);
  g_assert_cmpstr (out->str, ==,
                   "{\"spec\":\"lost:nth=2:body=\\\"q\",\"rules\":[{\"rule\":"
                   "\"lost:nth=2:body=\\\"q\",\"seen\":3,\"struck\":1}]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/storesim/fault-rules/numbers", test_numbers);
  g_test_add_func ("/storesim/fault-rules/rate", test_rate);
  g_test_add_func ("/storesim/fault-rules/kinds", test_kinds);
  g_test_add_func ("/storesim/fault-rules/bad", test_bad);
  g_test_add_func ("/storesim/fault-rules/json", test_json);
  return g_test_run ();
}
