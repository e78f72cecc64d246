/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-runner.h"
#include "shop-fixture.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* forecast run/show, stock, propose and change on a workspace: documents and exit statuses. */

typedef struct
{
  Shop *shop;
  CliRunner *runner;
} World;

static World *
world_new (void)
{
  World *world = g_new0 (World, 1);
  world->shop = shop_new ();
  world->runner = cli_runner_new ();
  cli_runner_write (world->runner, "secret", "a secret\n", -1);
  cli_runner_write (world->runner, "wrong", "another\n", -1);
  return world;
}

static void
world_free (World *world)
{
  cli_runner_free (world->runner);
  shop_free (world->shop);
  g_free (world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* Runs a command on the workspace, on the shop's day, with --json. */
#define RUN(world, ...)                                                                            \
  cli_runner_run ((world)->runner, "-w", (world)->shop->path, "--as-of", "2026-03-02", "--json",   \
                  __VA_ARGS__, NULL)
#define RUN_AS(world, name, ...) RUN (world, "--as", name, "--secret-file", "secret", __VA_ARGS__)

static void
assert_said (World *world, int status, const char *words)
{
  if (world->runner->status != status || !strstr (world->runner->err, words))
    g_error ("status %d instead of %d, and said: %s%s", world->runner->status, status,
             world->runner->err, world->runner->out);
}

/* What the last run printed: one document and nothing else. */
static JsonNode *
document (World *world)
{
  g_autoptr (GError) error = NULL;
  if (world->runner->status != 0)
    g_error ("status %d: %s", world->runner->status, world->runner->err);
  JsonNode *node = json_from_string (world->runner->out, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
  return node;
}

static void
assert_members (JsonObject *object, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);
  for (char **name = list; *name; name++)
    if (!json_object_has_member (object, *name))
      g_error ("no member “%s”", *name);
}

static JsonObject *
first_of (JsonObject *object, const char *array)
{
  return json_array_get_object_element (json_object_get_array_member (object, array), 0);
}

static void
assert_state (World *world, const char *state)
{
  g_autoptr (JsonNode) node = document (world);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "state"), ==, state);
}

static void
test_loop (void)
{
  g_autoptr (World) world = world_new ();
  RUN_AS (world, "ana", "change", "new", "price", "--line", "MUG,N,5.49", "--line", "JAR,N,4.59");
  {
    g_autoptr (JsonNode) node = document (world);
    JsonObject *change = json_node_get_object (node);
    assert_members (change, "id kind state author lines guardrails evidence updates decisions");
    g_assert_cmpstr (json_object_get_string_member (change, "kind"), ==, "price");
    g_assert_cmpstr (json_object_get_string_member (change, "author"), ==, "ana");
    JsonObject *line = first_of (change, "lines");
    assert_members (line, "sku store before after from to");
    g_assert_cmpint (json_object_get_int_member (line, "before"), ==, 599);
    g_assert_cmpint (json_object_get_int_member (line, "after"), ==, 549);
    g_assert_cmpstr (json_object_get_string_member (line, "from"), ==, "2026-03-02");
    g_assert_true (json_object_get_null_member (line, "to"));
  }
  RUN_AS (world, "ana", "change", "submit", "1");
  assert_state (world, "submitted");
  RUN_AS (world, "ana", "change", "approve", "1");
  assert_said (world, 4, "approver");
  RUN_AS (world, "ben", "change", "approve", "1", "--lines", "1");
  {
    g_autoptr (JsonNode) node = document (world);
    JsonObject *change = json_node_get_object (node);
    g_assert_cmpstr (json_object_get_string_member (change, "state"), ==, "approved");
    JsonArray *updates = json_object_get_array_member (change, "updates");
    g_assert_cmpuint (json_array_get_length (updates), ==, 1);
    JsonObject *update = json_array_get_object_element (updates, 0);
    assert_members (update, "id store sku state attempts expected found");
    g_assert_cmpint (json_object_get_int_member (update, "expected"), ==, 549);
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (change, "evidence")), ==,
                      2);
  }
  RUN_AS (world, "ben", "change", "schedule", "1", "--at", "2026-03-05T06:00:00Z");
  assert_state (world, "scheduled");
  RUN_AS (world, "ana", "change", "withdraw", "1");
  assert_state (world, "withdrawn");
  RUN (world, "change", "list", "--state", "withdrawn");
  g_autoptr (JsonNode) list = document (world);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (list)), ==, 1);
  RUN (world, "change", "list", "--state", "draft");
  g_autoptr (JsonNode) none = document (world);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (none)), ==, 0);
}

/* Refused is 4, wrong words 2, what is not there 1; and nothing on standard output. */
static void
test_statuses (void)
{
  g_autoptr (World) world = world_new ();
  const struct
  {
    int status;
    const char *name, *secret, *words;
    const char *argv[10];
  } cases[] = {
    { 2, "ana", "secret", "SKU,STORE,PRICE", { "change", "new", "price", "--line", "MUG" } },
    { 4, NULL, NULL, "--as NAME", { "change", "new", "price", "--line", "MUG,N,5.49" } },
    { 4,
      "ana",
      "wrong",
      "do not belong together",
      { "change", "new", "price", "--line", "MUG,N,5.49" } },
    { 4,
      "zoe",
      "secret",
      "do not belong together",
      { "change", "new", "price", "--line", "MUG,N,5.49" } },
    { 4, "ben", "secret", "merchandiser", { "change", "new", "price", "--line", "MUG,N,5.49" } },
    { 1,
      "ana",
      "secret",
      "no product “HAT”",
      { "change", "new", "price", "--line", "HAT,N,5.49" } },
    { 2, "ana", "secret", "above 0", { "change", "new", "price", "--line", "MUG,N,-1" } },
    { 2, "ana", "secret", "at least one --line", { "change", "new", "price" } },
    { 2, "ana", "secret", "price” or “promotion", { "change", "new", "order" } },
    { 2,
      "ana",
      "secret",
      "always has an end",
      { "change", "new", "promotion", "--sku", "MUG", "--percent", "20" } },
    { 1, "ana", "secret", "no change 9", { "change", "submit", "9" } },
    { 2, "ana", "secret", "not the number", { "change", "submit", "x" } },
    { 2, "ana", "secret", "number of one change", { "change", "submit" } },
    { 2, NULL, NULL, "not known", { "change", "burn" } },
    { 2, NULL, NULL, "is none of draft", { "change", "list", "--state", "gone" } },
    { 1, NULL, NULL, "no change 9", { "change", "show", "9" } },
    { 2, NULL, NULL, "--product", { "forecast", "show" } },
    { 1, NULL, NULL, "forecast run", { "forecast", "show", "--product", "MUG" } },
    { 1, NULL, NULL, "import sales first", { "forecast", "run" } },
    { 2, NULL, NULL, "1 to 366", { "forecast", "run", "--horizon", "0" } },
    { 2, NULL, NULL, "--store", { "stock" } },
    { 1, NULL, NULL, "no store “Q”", { "stock", "--store", "Q" } },
    { 2, NULL, NULL, "is none of out", { "stock", "--store", "N", "--status", "gone" } },
    { 4, NULL, NULL, "--as NAME", { "propose", "prices" } },
    { 4, "ben", "secret", "merchandiser", { "propose", "prices" } },
    { 1, "ana", "secret", "forecast run", { "propose", "prices" } },
    { 2, "ana", "secret", "none of margin", { "propose", "prices", "--objective", "fame" } },
    { 2, "ana", "secret", "propose what", { "propose" } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *a = cases[i].argv;
      if (cases[i].name)
        RUN (world, "--as", cases[i].name, "--secret-file", cases[i].secret, a[0], a[1], a[2], a[3],
             a[4], a[5], a[6]);
      else
        RUN (world, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
      assert_said (world, cases[i].status, cases[i].words);
      g_assert_cmpstr (world->runner->out, ==, "");
      g_assert_true (g_str_has_prefix (world->runner->err, "aislectl: "));
    }
  g_assert_cmpint (shop_number (world->shop, "SELECT count (*) FROM change"), ==, 0);
}

/* A refused submit shows what stands against the change, also with --json through “change show”. */
static void
test_guardrails (void)
{
  g_autoptr (World) world = world_new ();
  RUN_AS (world, "ana", "change", "new", "price", "--line", "MUG,N,2.39");
  RUN_AS (world, "ana", "change", "submit", "1");
  assert_said (world, 4, "block this change");
  RUN (world, "change", "show", "1");
  {
    g_autoptr (JsonNode) node = document (world);
    JsonObject *finding = first_of (json_node_get_object (node), "guardrails");
    assert_members (finding, "rule level message line");
    g_assert_cmpstr (json_object_get_string_member (finding, "level"), ==, "block");
  }
  RUN_AS (world, "ana", "change", "edit", "1", "--line", "MUG,N,5.43");
  RUN_AS (world, "ana", "change", "submit", "1");
  assert_said (world, 4, "written reason");
  RUN_AS (world, "ana", "change", "submit", "1", "--reason", "as the shop next door");
  assert_state (world, "submitted");
  RUN_AS (world, "ben", "change", "send-back", "1");
  assert_said (world, 2, "--reason");
  RUN_AS (world, "ben", "change", "send-back", "1", "--reason", "too odd");
  assert_state (world, "sent_back");
  RUN_AS (world, "ana", "change", "edit", "1", "--line", "MUG,N,5.49", "--title", "Mugs");
  RUN_AS (world, "max", "change", "submit", "1");
  assert_state (world, "submitted");
  RUN_AS (world, "max", "change", "approve", "1");
  assert_said (world, 4, "somebody else must approve it");
  RUN_AS (world, "ben", "change", "reject", "1", "--reason", "no");
  assert_state (world, "rejected");
}

static void
test_promotion (void)
{
  g_autoptr (World) world = world_new ();
  RUN_AS (world, "ana", "change", "new", "promotion", "--sku", "MUG", "--store", "N", "--store",
          "S", "--percent", "20", "--from", "2026-03-06", "--to", "2026-03-12");
  g_autoptr (JsonNode) node = document (world);
  JsonObject *change = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (change, "kind"), ==, "promotion");
  g_assert_cmpfloat (json_object_get_double_member (change, "percent_off"), ==, 0.2);
  JsonArray *lines = json_object_get_array_member (change, "lines");
  g_assert_cmpuint (json_array_get_length (lines), ==, 2);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (lines, 0), "after"),
                   ==, 479);
  RUN_AS (world, "ana", "change", "submit", "1");
  RUN_AS (world, "ben", "change", "approve", "1");
  assert_state (world, "approved");
}

static void
test_forecast_and_stock (void)
{
  g_autoptr (World) world = world_new ();
  shop_sell (world->shop, SHOP_NORTH, SHOP_MUG, SHOP_TODAY - 90, 4);
  shop_sell (world->shop, SHOP_SOUTH, SHOP_MUG, SHOP_TODAY - 90, 6);
  shop_sell (world->shop, SHOP_EXTRA, SHOP_MUG, SHOP_TODAY - 90, 50);
  RUN (world, "forecast", "run", "--horizon", "14");
  {
    g_autoptr (JsonNode) node = document (world);
    JsonObject *run = json_node_get_object (node);
    assert_members (run, "run series models seconds");
    g_assert_cmpint (json_object_get_int_member (run, "series"), ==, 3);
  }
  double means[2];
  for (int i = 0; i < 2; i++)
    {
      if (i == 0)
        RUN (world, "forecast", "show", "--product", "MUG", "--store", "S");
      else
        RUN (world, "forecast", "show", "--product", "MUG");
      g_autoptr (JsonNode) node = document (world);
      JsonObject *show = json_node_get_object (node);
      /* One row a day, also where the product is in several stores. */
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (show, "days")), ==,
                        14);
      JsonObject *day = first_of (show, "days");
      assert_members (day, "day mean lower80 upper80");
      g_assert_cmpstr (json_object_get_string_member (day, "day"), ==, "2026-03-02");
      means[i] = json_object_get_double_member (day, "mean");
    }
  g_assert_cmpfloat (means[1], >, means[0]);
  g_assert_cmpfloat (means[1], <, 30); /* Extra is not in the totals */
  RUN (world, "stock", "--store", "S", "--status", "low,ok,slow,not_selling,over");
  g_autoptr (JsonNode) node = document (world);
  JsonObject *row = first_of (json_node_get_object (node), "rows");
  assert_members (row, "sku on_hand on_order cover_days reorder_point order_quantity status");
  RUN (world, "stock", "--store", "S", "--status", "check");
  g_autoptr (JsonNode) none = document (world);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (json_node_get_object (none), "rows")),
      ==, 0);
}

static void
test_propose (void)
{
  g_autoptr (World) world = world_new ();
  shop_sell (world->shop, SHOP_NORTH, SHOP_PEN, SHOP_TODAY - 90, 4);
  RUN (world, "forecast", "run");
  RUN_AS (world, "ana", "propose", "prices", "--objective", "margin", "--category", "Desk",
          "--store", "N");
  g_autoptr (JsonNode) node = document (world);
  JsonObject *result = json_node_get_object (node);
  assert_members (result, "changes lines expected");
  assert_members (json_object_get_object_member (result, "expected"), "units revenue margin");
  g_assert_cmpint (json_object_get_int_member (result, "lines"), ==, 1);
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (result, "changes"), 0),
                   ==, 1);
  RUN (world, "change", "show", "1");
  g_autoptr (JsonNode) change = document (world);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (change), "state"), ==,
                   "draft");
  RUN_AS (world, "ana", "propose", "orders");
  assert_said (world, 2, "proposes prices only");
}

/* What a person reads. */
static void
test_text (void)
{
  g_autoptr (World) world = world_new ();
  RUN_AS (world, "ana", "change", "new", "price", "--line", "MUG,N,5.49");
  cli_runner_run (world->runner, "-w", world->shop->path, "--as-of", "2026-03-02", "change", "show",
                  "1", NULL);
  g_assert_cmpint (world->runner->status, ==, 0);
  g_assert_nonnull (strstr (world->runner->out, "Change 1 (price) by ana: draft"));
  g_assert_nonnull (strstr (world->runner->out, "£5.99 → £5.49"));
  g_assert_nonnull (strstr (world->runner->out, "Shelf prices with tax"));
  g_assert_null (strstr (world->runner->out, "Generated"));
  static const char *const commands[] = { "change", "propose", "stock", "forecast" };
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      cli_runner_run (world->runner, "help", commands[i], NULL);
      g_assert_cmpint (world->runner->status, ==, 0);
      g_assert_nonnull (strstr (world->runner->out, commands[i]));
    }
}

/* Slips that ought to be named instead of guessed at. */
static void
test_slips (void)
{
  g_autoptr (World) world = world_new ();
  RUN_AS (world, "ana", "change", "new", "price", "--line", "MUG,N,5.49", "--line", "MUG, N,5.39");
  assert_said (world, 2, "two prices");
  RUN (world, "change");
  assert_said (world, 2, "change list");
  RUN_AS (world, "ana", "propose", "prices", "--max-lines", "0");
  assert_said (world, 2, "above 0");
  RUN (world, "change", "list");
  g_autoptr (JsonNode) node = document (world);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/changes/loop", test_loop);
  g_test_add_func ("/cli/changes/statuses", test_statuses);
  g_test_add_func ("/cli/changes/guardrails", test_guardrails);
  g_test_add_func ("/cli/changes/promotion", test_promotion);
  g_test_add_func ("/cli/changes/forecast-and-stock", test_forecast_and_stock);
  g_test_add_func ("/cli/changes/propose", test_propose);
  g_test_add_func ("/cli/changes/text", test_text);
  g_test_add_func ("/cli/changes/slips", test_slips);
  return g_test_run ();
}
