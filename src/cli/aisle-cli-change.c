/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-change-draft.h"
#include "aisle-change-job.h"
#include "aisle-cli-change-document.h"
#include "aisle-cli-commands.h"
#include "aisle-cli-person.h"

#include <string.h>

/* The options of all sub-commands; each uses its own. */
typedef struct
{
  char **wishes; /* --line SKU,STORE,PRICE */
  char **skus;   /* --sku */
  char **stores; /* --store */
  char *percent; /* --percent */
  char *from;    /* --from */
  char *to;      /* --to */
  char *title;   /* --title */
  char *reason;  /* --reason */
  char *lines;   /* --lines 1,2 */
  char *removed; /* --remove-lines 1,2 */
  char *state;   /* --state */
  char *at;      /* --at */
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->wishes);
  g_strfreev (options->skus);
  g_strfreev (options->stores);
  g_free (options->percent);
  g_free (options->from);
  g_free (options->to);
  g_free (options->title);
  g_free (options->reason);
  g_free (options->lines);
  g_free (options->removed);
  g_free (options->state);
  g_free (options->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* A sub-command: `id` is 0 for those that take none. */
typedef struct
{
  AisleCli *cli;
  AisleWorkspace *workspace;
  AislePerson *person; /* NULL for list and show */
  Options *options;
  gint64 id;
} Call;

/* Wrong words: printed, so that the caller returns the status that follows. */
static gboolean
parse_day (AisleCli *cli, const char *option, const char *text, AisleDate *day)
{
  *day = AISLE_DATE_NONE;
  if (!text)
    return TRUE;
  *day = aisle_date_parse_iso (text, -1);
  if (*day != AISLE_DATE_NONE)
    return TRUE;
  aisle_cli_wrong_usage (cli, "%s: “%s” is not a day; write YYYY-MM-DD", option, text);
  return FALSE;
}

/* "1,2,5" into ints; NULL text gives an empty array. */
static GArray *
parse_numbers (AisleCli *cli, const char *option, const char *text)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (int));
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ",", -1);
  for (char **part = parts; *part; part++)
    {
      gint64 number;
      if (!g_ascii_string_to_signed (g_strstrip (*part), 10, 1, G_MAXINT, &number, NULL))
        {
          aisle_cli_wrong_usage (cli, "%s: “%s” is not a line number; write them as 1,2,5", option,
                                 *part);
          return NULL;
        }
      int value = (int) number;
      g_array_append_val (numbers, value);
    }
  return g_steal_pointer (&numbers);
}

/* Splits the --line texts; the pieces stay in `kept`. SKUs may hold commas: the last two are split
 * off. */
static GArray *
parse_wishes (AisleCli *cli, char **texts, GPtrArray *kept)
{
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (AislePriceWish));
  for (char **text = texts; text && *text; text++)
    {
      char *copy = g_strdup (*text);
      g_ptr_array_add (kept, copy);
      char *price = strrchr (copy, ',');
      char *store = NULL;
      if (price)
        {
          *price++ = '\0';
          store = strrchr (copy, ',');
        }
      if (!store)
        {
          aisle_cli_wrong_usage (cli, "--line: “%s” is not SKU,STORE,PRICE", *text);
          return NULL;
        }
      *store++ = '\0';
      AislePriceWish wish = { g_strstrip (copy), g_strstrip (store), g_strstrip (price) };
      for (guint i = 0; i < wishes->len; i++)
        {
          const AislePriceWish *other = &g_array_index (wishes, AislePriceWish, i);
          if (strcmp (other->sku, wish.sku) != 0 || strcmp (other->store, wish.store) != 0)
            continue;
          aisle_cli_wrong_usage (cli, "--line: %s in store %s has two prices, %s and %s; give one",
                                 wish.sku, wish.store, other->price, wish.price);
          return NULL;
        }
      g_array_append_val (wishes, wish);
    }
  return g_steal_pointer (&wishes);
}

static gboolean
parse_percent (AisleCli *cli, const char *text, gint64 *ppm)
{
  *ppm = 0;
  g_autoptr (GError) error = NULL;
  if (!text)
    return TRUE;
  g_autofree char *number = g_strdup (text);
  if (g_str_has_suffix (number, "%"))
    number[strlen (number) - 1] = '\0';
  if (aisle_decimal_parse (number, -1, AISLE_NUMBER_FORMAT_PLAIN, 4, ppm, &error) && *ppm > 0)
    return TRUE;
  aisle_cli_wrong_usage (cli, "--percent: “%s” is not a percentage above 0; write 20 or 12.5",
                         text);
  return FALSE;
}

static AisleExit
print_change (AisleCli *cli, AisleWorkspace *workspace, gint64 id)
{
  g_autoptr (GError) error = NULL;
  if (cli->json)
    {
      JsonNode *node = aisle_cli_change_to_json (workspace, id, &error);
      return node ? aisle_cli_print_json (cli, node) : aisle_cli_fail (cli, error);
    }
  g_autofree char *text = aisle_cli_change_to_text (workspace, id, &error);
  return text ? aisle_cli_print_text (cli, text) : aisle_cli_fail (cli, error);
}

/* Prints the change after a decision, or why there was none. */
static AisleExit
finish (Call *call, gboolean ok, const GError *error)
{
  return ok ? print_change (call->cli, call->workspace, call->id)
            : aisle_cli_fail (call->cli, error);
}

static AisleExit
run_new_price (Call *call)
{
  AisleDate from, to;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) wishes = parse_wishes (call->cli, call->options->wishes, kept);
  if (!wishes || !parse_day (call->cli, "--from", call->options->from, &from)
      || !parse_day (call->cli, "--to", call->options->to, &to))
    return AISLE_EXIT_USAGE;
  if (wishes->len == 0)
    return aisle_cli_wrong_usage (call->cli, "name at least one --line SKU,STORE,PRICE");
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_draft_prices (call->workspace, call->person,
                                           (const AislePriceWish *) wishes->data, wishes->len, from,
                                           to, call->options->title, &call->id, &error);
  return finish (call, ok, error);
}

static AisleExit
run_new_promotion (Call *call)
{
  AisleDate from, to;
  gint64 percent;
  Options *options = call->options;
  if (!parse_day (call->cli, "--from", options->from, &from)
      || !parse_day (call->cli, "--to", options->to, &to)
      || !parse_percent (call->cli, options->percent, &percent))
    return AISLE_EXIT_USAGE;
  if (!options->skus || !options->percent || !options->from || !options->to)
    return aisle_cli_wrong_usage (
        call->cli, "a promotion needs --sku, --percent, --from and --to; it always has an end");
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_draft_promotion (
      call->workspace, call->person, (const char *const *) options->skus,
      (const char *const *) options->stores, percent, from, to, options->title, &call->id, &error);
  return finish (call, ok, error);
}

static AisleExit
run_edit (Call *call)
{
  Options *options = call->options;
  AisleChangeEdit edit = { .title = options->title, .reason = options->reason };
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) wishes = parse_wishes (call->cli, options->wishes, kept);
  g_autoptr (GArray) removed = parse_numbers (call->cli, "--remove-lines", options->removed);
  if (!wishes || !removed || !parse_day (call->cli, "--from", options->from, &edit.from)
      || !parse_day (call->cli, "--to", options->to, &edit.to)
      || !parse_percent (call->cli, options->percent, &edit.percent_off_ppm))
    return AISLE_EXIT_USAGE;
  edit.wishes = (const AislePriceWish *) wishes->data;
  edit.n_wishes = wishes->len;
  edit.removed_lines = (const int *) removed->data;
  edit.n_removed_lines = removed->len;
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_draft_edit (call->workspace, call->person, call->id, &edit, &error);
  return finish (call, ok, error);
}

/* What stood against a draft is kept with it: said beside the refusal. */
static void
say_findings (Call *call)
{
  g_autoptr (AisleChange) change = aisle_change_load (call->workspace, call->id, NULL);
  if (!change || change->state != AISLE_CHANGE_DRAFT)
    return;
  g_autofree char *text = aisle_cli_change_to_text (call->workspace, call->id, NULL);
  if (text)
    aisle_cli_say (call->cli, "%s", text);
}

static AisleExit
run_submit (Call *call)
{
  g_autoptr (GError) error = NULL;
  gboolean ok =
      aisle_change_submit (call->workspace, call->person, call->id, call->options->reason, &error);
  if (!ok && !call->cli->json)
    say_findings (call);
  return finish (call, ok, error);
}

static AisleExit
run_approve (Call *call)
{
  g_autoptr (GArray) lines = parse_numbers (call->cli, "--lines", call->options->lines);
  if (!lines)
    return AISLE_EXIT_USAGE;
  g_autoptr (GError) error = NULL;
  gboolean ok =
      aisle_change_approve (call->workspace, call->person, call->id, (const int *) lines->data,
                            lines->len, call->options->reason, NULL, &error);
  return finish (call, ok, error);
}

static AisleExit
run_reject (Call *call)
{
  g_autoptr (GError) error = NULL;
  gboolean ok =
      aisle_change_reject (call->workspace, call->person, call->id, call->options->reason, &error);
  return finish (call, ok, error);
}

static AisleExit
run_send_back (Call *call)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_send_back (call->workspace, call->person, call->id,
                                        call->options->reason, &error);
  return finish (call, ok, error);
}

static AisleExit
run_withdraw (Call *call)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_withdraw (call->workspace, call->person, call->id,
                                       call->options->reason, &error);
  return finish (call, ok, error);
}

static AisleExit
run_schedule (Call *call)
{
  gint64 at;
  if (!call->options->at || !aisle_instant_parse_iso (call->options->at, NULL, &at))
    return aisle_cli_wrong_usage (call->cli,
                                  "schedule needs --at TIME, such as 2011-09-05T06:00:00Z");
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_schedule (call->workspace, call->person, call->id, at, &error);
  return finish (call, ok, error);
}

static AisleExit
run_roll_back (Call *call)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_roll_back (call->workspace, call->person, call->id,
                                        call->options->reason, &error);
  return finish (call, ok, error);
}

static AisleExit
run_retry (Call *call)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = aisle_change_retry (call->workspace, call->person, call->id, &error);
  return finish (call, ok, error);
}

static AisleExit
run_show (Call *call)
{
  return print_change (call->cli, call->workspace, call->id);
}

/* The whole documents, as "change show" prints each. */
static AisleExit
print_list_json (Call *call, const GPtrArray *changes)
{
  g_autoptr (JsonArray) array = json_array_new ();
  for (guint i = 0; i < changes->len; i++)
    {
      const AisleChange *change = changes->pdata[i];
      g_autoptr (GError) error = NULL;
      JsonNode *document = aisle_cli_change_to_json (call->workspace, change->id, &error);
      if (!document)
        return aisle_cli_fail (call->cli, error);
      json_array_add_element (array, document);
    }
  JsonNode *root = json_node_new (JSON_NODE_ARRAY);
  json_node_set_array (root, array);
  return aisle_cli_print_json (call->cli, root);
}

static AisleExit
run_list (Call *call)
{
  AisleChangeState state = AISLE_CHANGE_DRAFT;
  if (call->options->state && !aisle_change_state_from_text (call->options->state, &state))
    {
      g_autofree char *states = g_strjoinv (", ", (char **) aisle_change_state_names ());
      return aisle_cli_wrong_usage (call->cli, "--state: “%s” is none of %s", call->options->state,
                                    states);
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changes =
      aisle_change_list (call->workspace, call->options->state ? (int) state : -1, &error);
  if (!changes)
    return aisle_cli_fail (call->cli, error);
  if (call->cli->json)
    return print_list_json (call, changes);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < changes->len; i++)
    {
      const AisleChange *change = changes->pdata[i];
      g_string_append_printf (text, "%5" G_GINT64_FORMAT "  %-10s %-15s %-12s %s\n", change->id,
                              aisle_change_kind_to_text (change->kind),
                              aisle_change_state_to_text (change->state), change->author,
                              change->title);
    }
  if (changes->len == 0)
    aisle_cli_say (call->cli, "There are no changes%s.",
                   call->options->state ? " in this state" : "");
  return aisle_cli_print_text (call->cli, text->str);
}

static const struct
{
  const char *name;
  const char *kind; /* second word, for "new" */
  gboolean takes_id;
  gboolean needs_person;
  AisleExit (*run) (Call *call);
} calls[] = {
  { "list", NULL, FALSE, FALSE, run_list },
  { "show", NULL, TRUE, FALSE, run_show },
  { "new", "price", FALSE, TRUE, run_new_price },
  { "new", "promotion", FALSE, TRUE, run_new_promotion },
  { "edit", NULL, TRUE, TRUE, run_edit },
  { "submit", NULL, TRUE, TRUE, run_submit },
  { "approve", NULL, TRUE, TRUE, run_approve },
  { "reject", NULL, TRUE, TRUE, run_reject },
  { "send-back", NULL, TRUE, TRUE, run_send_back },
  { "withdraw", NULL, TRUE, TRUE, run_withdraw },
  { "schedule", NULL, TRUE, TRUE, run_schedule },
  { "rollback", NULL, TRUE, TRUE, run_roll_back },
  { "retry", NULL, TRUE, TRUE, run_retry },
};

/* The entry for the words after "change"; -1 after having printed why. */
static int
find_call (AisleCli *cli, char **words, gint64 *id)
{
  guint n_words = g_strv_length (words);
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      if (n_words == 0 || strcmp (words[0], calls[i].name) != 0)
        continue;
      if (calls[i].kind && (n_words < 2 || strcmp (words[1], calls[i].kind) != 0))
        continue;
      guint n_wanted = 1 + (calls[i].kind != NULL) + calls[i].takes_id;
      if (n_words != n_wanted)
        {
          aisle_cli_wrong_usage (cli, "change %s takes %s; see “aislectl help change”", words[0],
                                 calls[i].takes_id ? "the number of one change"
                                                   : "no further words");
          return -1;
        }
      if (calls[i].takes_id && !g_ascii_string_to_signed (words[1], 10, 1, G_MAXINT64, id, NULL))
        {
          aisle_cli_wrong_usage (cli, "“%s” is not the number of a change", words[1]);
          return -1;
        }
      return (int) i;
    }
  if (n_words > 0 && strcmp (words[0], "new") == 0)
    aisle_cli_wrong_usage (cli,
                           "change new takes “price” or “promotion”; other kinds are not in this "
                           "version");
  else if (n_words > 0)
    aisle_cli_wrong_usage (cli, "change %s is not known; see “aislectl help change”", words[0]);
  else
    aisle_cli_wrong_usage (cli, "say what to do with a change, such as “change list” or “change "
                                "show 1”; see “aislectl help change”");
  return -1;
}

static AisleExit
run_change (AisleCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "line", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.wishes, NULL, NULL },
    { "sku", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.skus, NULL, NULL },
    { "store", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.stores, NULL, NULL },
    { "percent", 0, 0, G_OPTION_ARG_STRING, &options.percent, NULL, NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, NULL, NULL },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, NULL, NULL },
    { "title", 0, 0, G_OPTION_ARG_STRING, &options.title, NULL, NULL },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, NULL, NULL },
    { "lines", 0, 0, G_OPTION_ARG_STRING, &options.lines, NULL, NULL },
    { "remove-lines", 0, 0, G_OPTION_ARG_STRING, &options.removed, NULL, NULL },
    { "state", 0, 0, G_OPTION_ARG_STRING, &options.state, NULL, NULL },
    { "at", 0, 0, G_OPTION_ARG_STRING, &options.at, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = NULL;
  if (!aisle_cli_parse (cli, argc, argv, entries, &words))
    return AISLE_EXIT_USAGE;
  Call call = { .cli = cli, .options = &options };
  int index = find_call (cli, words, &call.id);
  if (index < 0)
    return AISLE_EXIT_USAGE;
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (AislePerson) person = NULL;
  if (calls[index].needs_person && !(person = aisle_cli_sign_in (cli, workspace, &status)))
    return status;
  call.workspace = workspace;
  call.person = person;
  return calls[index].run (&call);
}

const AisleCliCommand aisle_cli_change_command = {
  .name = "change",
  .summary = "write, submit, approve, schedule and roll back changes",
  .usage = "aislectl -w FILE change list [--state STATE]\n"
           "aislectl -w FILE change show ID\n"
           "aislectl -w FILE change new price --line SKU,STORE,PRICE .. [--from DAY] [--to DAY] "
           "--as NAME\n"
           "aislectl -w FILE change new promotion --sku SKU .. [--store CODE ..] --percent 20\n"
           "                                      --from DAY --to DAY --as NAME\n"
           "aislectl -w FILE change edit ID [--line ..] [--remove-lines 1,2] [--percent P] [--from "
           "DAY]\n"
           "                                [--to DAY] [--title TEXT] [--reason TEXT] --as NAME\n"
           "aislectl -w FILE change submit ID [--reason TEXT] --as NAME\n"
           "aislectl -w FILE change approve ID [--lines 1,2,5] [--reason TEXT] --as NAME\n"
           "aislectl -w FILE change reject|send-back|rollback ID --reason TEXT --as NAME\n"
           "aislectl -w FILE change withdraw|retry ID --as NAME\n"
           "aislectl -w FILE change schedule ID --at TIME --as NAME\n"
           "\n"
           "Prices are shelf prices in the store's currency. A promotion without --store runs in "
           "every store\n"
           "that has a store system and a price for the product. What a guardrail blocks cannot be "
           "submitted;\n"
           "what it warns of needs a --reason. Whoever wrote a price or promotion cannot approve "
           "it. TIME is\n"
           "ISO 8601, in UTC unless it says otherwise.\n",
  .run = run_change,
};
