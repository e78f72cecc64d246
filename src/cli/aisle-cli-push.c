/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

#include "aisle-cli-person.h"
#include "aisle-outbox.h"
#include "aisle-push-job.h"

#define PAGE_ROWS 1000
#define MOST_LISTED 20 /* for people; --json has them all */

/* As text: a push may move a hundred thousand updates, too many for a tree of objects. */
static void
append_text (GString *out, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *quoted = json_to_string (node, FALSE);
  g_string_append (out, quoted);
}

static void
append_row (GString *out, const AisleOutboxRow *row)
{
  g_string_append_printf (
      out, "%s\n    {\"id\": %" G_GINT64_FORMAT ", \"change\": %" G_GINT64_FORMAT ", \"store\": ",
      out->str[out->len - 1] == '[' ? "" : ",", row->id, row->change_id);
  append_text (out, row->store);
  g_string_append (out, ", \"sku\": ");
  append_text (out, row->sku);
  g_string_append_printf (out,
                          ", \"step\": \"%s\", \"state\": \"%s\", \"attempts\": %" G_GINT64_FORMAT
                          ", \"expected\": %" G_GINT64_FORMAT ", \"found\": ",
                          row->step, row->state, row->attempts, row->expected_minor);
  if (row->found_minor == AISLE_OUTBOX_NO_PRICE)
    g_string_append (out, "null");
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, row->found_minor);
  g_string_append (out, ", \"message\": ");
  if (row->message)
    append_text (out, row->message);
  else
    g_string_append (out, "null");
  g_string_append_c (out, '}');
}

typedef void (*RowFunc) (const AisleOutboxRow *row, gpointer data);

static gboolean
is_open (const AisleOutboxRow *row)
{
  return g_str_equal (row->state, "queued") || g_str_equal (row->state, "sending")
         || g_str_equal (row->state, "unknown") || g_str_equal (row->state, "accepted");
}

/* The rows that moved in this run, or still wait; all of a change where one was named. */
static gboolean
each_row (AisleWorkspace *workspace,
          const AislePushResult *result,
          gint64 change_id,
          RowFunc func,
          gpointer data,
          GError **error)
{
  AisleOutboxFilter filter = { .change_id = change_id, .limit = PAGE_ROWS };
  guint next = 0;
  while (TRUE)
    {
      g_autoptr (AisleOutboxBatch) batch = aisle_outbox_list (workspace, &filter, error);
      if (!batch)
        return FALSE;
      if (batch->n_rows == 0)
        return TRUE;
      for (gsize i = 0; i < batch->n_rows; i++)
        {
          const AisleOutboxRow *row = &batch->rows[i];
          while (next < result->updates->len
                 && g_array_index (result->updates, gint64, next) < row->id)
            next++;
          gboolean has_moved = next < result->updates->len
                               && g_array_index (result->updates, gint64, next) == row->id;
          if (change_id != 0 || has_moved || is_open (row))
            func (row, data);
        }
      filter.id_above = batch->rows[batch->n_rows - 1].id;
    }
}

static void
append_row_cb (const AisleOutboxRow *row, gpointer data)
{
  append_row (data, row);
}

typedef struct
{
  GString *text;
  guint n_listed;
  guint n_left;
} Listing;

static void
list_row_cb (const AisleOutboxRow *row, gpointer data)
{
  Listing *listing = data;
  if (g_str_equal (row->state, "verified") || (is_open (row) && !row->message))
    return;
  if (listing->n_listed++ >= MOST_LISTED)
    {
      listing->n_left++;
      return;
    }
  g_autofree char *expected = aisle_money_format (row->expected_minor, row->currency);
  g_string_append_printf (listing->text, "  %s  %s  %s  to be %s%s%s\n", row->store, row->sku,
                          row->state, expected, row->message ? ": " : "",
                          row->message ? row->message : "");
}

static AisleExit
print_result (AisleCli *cli,
              AisleWorkspace *workspace,
              const AislePushResult *result,
              gint64 change_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  if (cli->json)
    {
      g_string_append (text, "{\n  \"updates\": [");
      if (!each_row (workspace, result, change_id, append_row_cb, text, &error))
        return aisle_cli_fail (cli, error);
      g_string_append (text, "\n  ]\n}\n");
      return aisle_cli_print_text (cli, text->str);
    }
  Listing listing = { .text = text };
  g_string_append_printf (text,
                          "%" G_GINT64_FORMAT " verified, %" G_GINT64_FORMAT
                          " refused, %" G_GINT64_FORMAT " still waiting\n",
                          result->n_verified, result->n_refused, result->n_waiting);
  if (!each_row (workspace, result, change_id, list_row_cb, &listing, &error))
    return aisle_cli_fail (cli, error);
  if (listing.n_left > 0)
    g_string_append_printf (text, "  and %u more; --json lists them all\n", listing.n_left);
  return aisle_cli_print_text (cli, text->str);
}

/* For tests: waits that are shorter than a person would want. */
static double
read_retry_seconds (void)
{
  const char *text = g_getenv ("AISLE_TEST_RETRY_SECONDS");
  return text ? g_ascii_strtod (text, NULL) : 0;
}

static AisleExit
push (AisleCli *cli, AisleWorkspace *workspace, const AislePushOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AislePushResult) result = NULL;
  AisleProgress progress = aisle_cli_progress (cli);
  gboolean is_done =
      aisle_push_job_run (workspace, options, &progress, cli->cancellable, &result, &error);
  aisle_cli_end_progress (cli);
  AisleExit status = is_done ? AISLE_EXIT_DONE : aisle_cli_fail (cli, error);
  if (!result)
    return status;
  for (guint i = 0; i < result->problems->len; i++)
    g_printerr ("aislectl: %s\n", (const char *) result->problems->pdata[i]);
  AisleExit printed = print_result (cli, workspace, result, options->change_id);
  if (status != AISLE_EXIT_DONE || printed != AISLE_EXIT_DONE)
    return status != AISLE_EXIT_DONE ? status : printed;
  if (result->problems->len > 0)
    return AISLE_EXIT_FAILED;
  return result->n_refused > 0 ? AISLE_EXIT_REFUSED : AISLE_EXIT_DONE;
}

static AisleExit
run_push (AisleCli *cli, int argc, char **argv)
{
  AisleExit status;
  AislePushOptions options = { .retry_seconds = read_retry_seconds () };
  const GOptionEntry entries[] = {
    { "once", 0, 0, G_OPTION_ARG_NONE, &options.is_once, NULL, NULL },
    { "change", 0, 0, G_OPTION_ARG_INT64, &options.change_id, NULL, NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  if (!aisle_cli_parse (cli, argc, argv, entries, NULL))
    return AISLE_EXIT_USAGE;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (AislePerson) person = aisle_cli_sign_in_if_named (cli, workspace, &status);
  if (status != AISLE_EXIT_DONE)
    return status;
  options.person_id = person ? person->id : 0;
  return push (cli, workspace, &options);
}

const AisleCliCommand aisle_cli_push_command = {
  .name = "push",
  .summary = "bring approved changes to the stores, and read them back",
  .usage =
      "aislectl -w WORKSPACE push [--once] [--change ID] [--json]\n"
      "\n"
      "Sends every store update that is due, reads each one back and says what became of it:\n"
      "queued, sending, unknown, accepted, verified, refused, superseded, rolled_back. Verified\n"
      "means read back from the store and equal. It may be interrupted, or killed, at any moment:\n"
      "the next push goes on where this one stood.\n"
      "\n"
      "  --once       one round; what can be tried again only later is left for the next push\n"
      "  --change ID  only this change\n"
      "\n"
      "Exit status: 0 done, 1 a store system could not be reached, 4 a store update was refused\n"
      "or is stale and needs people, 130 interrupted.\n",
  .run = run_push,
};
