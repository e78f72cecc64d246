/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"
#include "aisle-cli-person.h"
#include "aisle-import.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  char **map;
  char *rejects;
  char *prices;
  char *duplicates;
  char *dates;
  char *decimal;
  char *separator;
  char *encoding;
  char *sheet;
  gboolean is_dry_run;
  gboolean is_all_or_nothing;
  gboolean fold_sku;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->map);
  g_free (options->rejects);
  g_free (options->prices);
  g_free (options->duplicates);
  g_free (options->dates);
  g_free (options->decimal);
  g_free (options->separator);
  g_free (options->encoding);
  g_free (options->sheet);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* The position of `value` among `words`; -1 after having printed that it is not there; `absent` for
 * NULL. */
static int
choose (AisleCli *cli, const char *option, const char *value, const char *const *words, int absent)
{
  if (!value)
    return absent;
  for (int i = 0; words[i]; i++)
    if (strcmp (words[i], value) == 0)
      return i;
  g_autofree char *list = g_strjoinv (", ", (char **) words);
  aisle_cli_wrong_usage (cli, "%s takes one of %s, not “%s”", option, list, value);
  return -1;
}

static gboolean
read_format (AisleCli *cli, const Options *options, AisleTextFormat *format)
{
  static const char *const orders[] = { "ymd", "dmy", "mdy", NULL };
  static const AisleDateOrder order_values[] = { AISLE_DATE_ORDER_YMD, AISLE_DATE_ORDER_DMY,
                                                 AISLE_DATE_ORDER_MDY, AISLE_DATE_ORDER_UNKNOWN };
  static const char *const encodings[] = { "utf-8", "utf-16le", "utf-16be", "windows-1252", NULL };
  static const AisleEncoding encoding_values[] = { AISLE_ENCODING_UTF8, AISLE_ENCODING_UTF16LE,
                                                   AISLE_ENCODING_UTF16BE,
                                                   AISLE_ENCODING_WINDOWS_1252,
                                                   AISLE_ENCODING_UNKNOWN };
  static const char *const decimals[] = { ".", ",", "point", "comma", NULL };
  static const char *const separators[] = { ",", ";", "|", "tab", "comma", "semicolon", NULL };
  int order = choose (cli, "--dates", options->dates, orders, 3);
  int encoding = choose (cli, "--encoding", options->encoding, encodings, 4);
  int decimal = choose (cli, "--decimal", options->decimal, decimals, 4);
  int separator = choose (cli, "--separator", options->separator, separators, 6);
  if (order < 0 || encoding < 0 || decimal < 0 || separator < 0)
    return FALSE;
  format->date_order = order_values[order];
  format->encoding = encoding_values[encoding];
  if (decimal < 4)
    {
      format->number.decimal = decimal % 2 == 0 ? '.' : ',';
      format->number.group = decimal % 2 == 0 ? ',' : '.';
    }
  format->separator = ",;|\t,;"[separator];
  format->sheet = options->sheet;
  return TRUE;
}

static gboolean
read_options (AisleCli *cli,
              const Options *options,
              AisleImportOptions *wanted,
              AisleTextFormat *format)
{
  static const char *const prices[] = { "ask", "net", "gross", NULL };
  static const char *const duplicates[] = { "keep", "drop", NULL };
  int basis = choose (cli, "--prices", options->prices, prices, 0);
  int twice = choose (cli, "--duplicates", options->duplicates, duplicates, 0);
  if (basis < 0 || twice < 0 || !read_format (cli, options, format))
    return FALSE;
  *wanted = (AisleImportOptions){
    .map = (const char *const *) options->map,
    .format = format,
    .is_dry_run = options->is_dry_run,
    .is_all_or_nothing = options->is_all_or_nothing,
    .prices = (AisleImportPrices) basis,
    .drop_duplicates = twice == 1,
    .fold_sku = options->fold_sku,
  };
  return TRUE;
}

static JsonNode *
make_document (AisleImportKind kind, const AisleImportResult *result)
{
  const struct
  {
    const char *name;
    guint64 value;
  } counts[] = { { "rows", result->rows },         { "accepted", result->accepted },
                 { "rejected", result->rejected }, { "inserted", result->inserted },
                 { "updated", result->updated },   { "unchanged", result->unchanged } };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "kind");
  json_builder_add_string_value (builder, aisle_import_kind_get_name (kind));
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      json_builder_set_member_name (builder, counts[i].name);
      json_builder_add_int_value (builder, (gint64) counts[i].value);
    }
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, result->seconds);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static AisleExit
print_result (AisleCli *cli,
              AisleImportKind kind,
              const AisleImportOptions *options,
              const AisleImportResult *result)
{
  aisle_cli_say (cli, "read as: %s", result->format);
  aisle_cli_say (cli, "columns: %s", result->mapping);
  for (guint i = 0; i < result->notices->len; i++)
    aisle_cli_say (cli, "note: %s", (const char *) result->notices->pdata[i]);
  if (result->rejected > 0)
    {
      aisle_cli_end_progress (cli);
      g_printerr ("aislectl: %s\n", result->first_reject);
      g_printerr ("aislectl: %" G_GUINT64_FORMAT
                  " rows were rejected; they are in %s, each with its reason\n",
                  result->rejected, options->rejects_path);
    }
  AisleExit status;
  if (cli->json)
    status = aisle_cli_print_json (cli, make_document (kind, result));
  else
    {
      g_autofree char *text = g_strdup_printf (
          "%s%s: %" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT " accepted, %" G_GUINT64_FORMAT
          " rejected; %" G_GUINT64_FORMAT " new, %" G_GUINT64_FORMAT " changed, %" G_GUINT64_FORMAT
          " unchanged, in %.2f s\n",
          options->is_dry_run ? "dry run, nothing was written: " : "",
          aisle_import_kind_get_name (kind), result->rows, result->accepted, result->rejected,
          result->inserted, result->updated, result->unchanged, result->seconds);
      status = aisle_cli_print_text (cli, text);
    }
  return status == AISLE_EXIT_DONE && result->rejected > 0 ? AISLE_EXIT_REJECTED_ROWS : status;
}

static AisleExit
fail_import (AisleCli *cli, const GError *error)
{
  AisleExit status = aisle_cli_fail (cli, error);
  if (g_error_matches (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS)
      || g_error_matches (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_ASK))
    return AISLE_EXIT_USAGE;
  return status;
}

static AisleExit
import_file (AisleCli *cli, AisleImportKind kind, const char *path, AisleImportOptions *options)
{
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  g_autoptr (AislePerson) person = aisle_cli_sign_in_if_named (cli, workspace, &status);
  if (!person && status != AISLE_EXIT_DONE)
    return status;
  options->person_id = person ? person->id : 0;
  AisleProgress progress = aisle_cli_progress (cli);
  g_auto (AisleImportResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  if (!aisle_import_file (workspace, kind, path, options, &progress, &result, &error))
    return fail_import (cli, error);
  return print_result (cli, kind, options, &result);
}

static gboolean
is_same_file (const char *one, const char *other)
{
  GStatBuf a, b;
  return g_stat (one, &a) == 0 && g_stat (other, &b) == 0 && S_ISREG (a.st_mode)
         && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static AisleExit
run_import (AisleCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = {
    { "map", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.map, NULL, NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.is_dry_run, NULL, NULL },
    { "rejects", 0, 0, G_OPTION_ARG_FILENAME, &options.rejects, NULL, NULL },
    { "all-or-nothing", 0, 0, G_OPTION_ARG_NONE, &options.is_all_or_nothing, NULL, NULL },
    { "prices", 0, 0, G_OPTION_ARG_STRING, &options.prices, NULL, NULL },
    { "duplicates", 0, 0, G_OPTION_ARG_STRING, &options.duplicates, NULL, NULL },
    { "fold-sku", 0, 0, G_OPTION_ARG_NONE, &options.fold_sku, NULL, NULL },
    { "dates", 0, 0, G_OPTION_ARG_STRING, &options.dates, NULL, NULL },
    { "decimal", 0, 0, G_OPTION_ARG_STRING, &options.decimal, NULL, NULL },
    { "separator", 0, 0, G_OPTION_ARG_STRING, &options.separator, NULL, NULL },
    { "encoding", 0, 0, G_OPTION_ARG_STRING, &options.encoding, NULL, NULL },
    { "sheet", 0, 0, G_OPTION_ARG_STRING, &options.sheet, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  if (!aisle_cli_parse (cli, argc, argv, entries, &names))
    return AISLE_EXIT_USAGE;
  if (g_strv_length (names) != 2)
    return aisle_cli_wrong_usage (cli,
                                  "import takes a kind and a file, such as import sales FILE.csv");
  AisleImportKind kind;
  switch (aisle_import_kind_from_name (names[0], &kind))
    {
    case AISLE_IMPORT_KIND_LATER:
      return aisle_cli_wrong_usage (cli, "this version does not import %s yet", names[0]);
    case AISLE_IMPORT_KIND_UNKNOWN:
      return aisle_cli_wrong_usage (cli, "there is no kind “%s”; “aislectl help import” lists them",
                                    names[0]);
    default:
      break;
    }
  AisleImportOptions wanted;
  AisleTextFormat format = { 0 };
  if (!read_options (cli, &options, &wanted, &format))
    return AISLE_EXIT_USAGE;
  if (options.rejects && is_same_file (options.rejects, names[1]))
    return aisle_cli_wrong_usage (
        cli, "--rejects: %s is the file to import; name another one for the rejected rows",
        options.rejects);
  g_autofree char *beside = g_strconcat (names[1], ".rejects.csv", NULL);
  wanted.rejects_path = options.rejects ? options.rejects : beside;
  return import_file (cli, kind, names[1], &wanted);
}

/* "help import KIND": the fields of a kind. */
static char *
describe_kind (const char *name)
{
  AisleImportKind kind;
  if (aisle_import_kind_from_name (name, &kind) != AISLE_IMPORT_KIND_KNOWN)
    return NULL;
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "Fields of %s (* required; --map FIELD=COLUMN names a column):\n",
                          name);
  for (guint i = 0; i < aisle_import_get_n_fields (kind); i++)
    {
      const AisleImportFieldInfo *field = aisle_import_get_field (kind, i);
      g_string_append_printf (text, "  %c %-16s %s; %s\n", field->is_required ? '*' : ' ',
                              field->name, field->type, field->help);
    }
  return g_string_free (text, FALSE);
}

const AisleCliCommand aisle_cli_import_command = {
  .name = "import",
  .summary = "bring a file into a workspace",
  .usage = "aislectl -w WORKSPACE import KIND FILE [options]\n"
           "\n"
           "KIND: catalog stores stock sales customers prices costs suppliers barcodes listings "
           "calendar taxes.\n"
           "FILE: CSV in any usual form, plain or gzip, or .xlsx. “help import KIND” lists the "
           "fields of a kind.\n"
           "\n"
           "  --map FIELD=COLUMN    which column is which field; may be repeated, is remembered\n"
           "  --prices net|gross    whether amounts have the sales tax in them, where the file "
           "does not say\n"
           "  --dry-run             check everything, write nothing\n"
           "  --rejects FILE        where rejected rows go (default: FILE.rejects.csv)\n"
           "  --all-or-nothing      refuse the file when a row is bad\n"
           "  --duplicates keep|drop  equal lines within a receipt (default: keep)\n"
           "  --fold-sku            SKUs that differ by case only are one\n"
           "  --dates ymd|dmy|mdy, --decimal point|comma, --separator comma|semicolon|tab, "
           "--encoding NAME,\n"
           "  --sheet NAME          where the file is not read as it should be\n"
           "\n"
           "Rows that do not fit go to the rejects file; then the exit status is 3.\n",
  .topic = describe_kind,
  .run = run_import,
};
