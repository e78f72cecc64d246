/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"
#include "aisle-export.h"
#include "aisle-generated.h"

#include <locale.h>
#include <string.h>

/* What of an exported kind the sample's generator may have made up. */
static const AisleGeneratedKinds generated_kinds[AISLE_IMPORT_N_KINDS] = {
  [AISLE_IMPORT_CATALOG] = AISLE_GENERATED_CATALOG,
  [AISLE_IMPORT_STOCK] = AISLE_GENERATED_STOCK,
  [AISLE_IMPORT_CUSTOMERS] = AISLE_GENERATED_CUSTOMERS,
  [AISLE_IMPORT_COSTS] = AISLE_GENERATED_COST,
  [AISLE_IMPORT_SUPPLIERS] = AISLE_GENERATED_SUPPLY,
  [AISLE_IMPORT_BARCODES] = AISLE_GENERATED_BARCODES,
  [AISLE_IMPORT_LISTINGS] = AISLE_GENERATED_LISTINGS,
  [AISLE_IMPORT_TAXES] = AISLE_GENERATED_TAXES,
};

static AisleExit
export_file (AisleCli *cli, AisleImportKind kind, const AisleExportOptions *options)
{
  AisleExit status;
  g_autoptr (AisleWorkspace) workspace = aisle_cli_open_workspace (cli, &status);
  if (!workspace)
    return status;
  AisleProgress progress = aisle_cli_progress (cli);
  g_autoptr (GError) error = NULL;
  guint64 n_rows = 0;
  if (!aisle_export_file (workspace, kind, options, &progress, &n_rows, &error))
    return aisle_cli_fail (cli, error);
  aisle_cli_say (cli, "%s: %" G_GUINT64_FORMAT " rows exported%s%s",
                 aisle_import_kind_get_name (kind), n_rows, options->path ? " to " : "",
                 options->path ? options->path : "");
  g_auto (GStrv) generated = aisle_generated_list (workspace, generated_kinds[kind], 0, &error);
  if (!generated)
    return aisle_cli_fail (cli, error);
  if (generated[0])
    aisle_cli_say (cli, "generated, not real: %s", generated[0]);
  return AISLE_EXIT_DONE;
}

static AisleExit
run_export (AisleCli *cli, int argc, char **argv)
{
  g_autofree char *purpose = NULL;
  gboolean daily = FALSE;
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = { { "for", 0, 0, G_OPTION_ARG_STRING, &purpose, NULL, NULL },
                                   { "daily", 0, 0, G_OPTION_ARG_NONE, &daily, NULL, NULL },
                                   G_OPTION_ENTRY_NULL };
  if (!aisle_cli_parse (cli, argc, argv, entries, &names))
    return AISLE_EXIT_USAGE;
  if (g_strv_length (names) != 1)
    return aisle_cli_wrong_usage (cli,
                                  "export takes a kind, such as export catalog --output FILE.csv");
  AisleImportKind kind;
  AisleImportKindAnswer answer = aisle_import_kind_from_name (names[0], &kind);
  if (answer == AISLE_IMPORT_KIND_LATER)
    return aisle_cli_wrong_usage (cli, "this version does not export %s yet", names[0]);
  if (answer == AISLE_IMPORT_KIND_UNKNOWN)
    return aisle_cli_wrong_usage (cli, "there is no kind “%s”; “aislectl help export” lists them",
                                  names[0]);
  if (purpose && strcmp (purpose, "spreadsheet") != 0)
    return aisle_cli_wrong_usage (cli, "--for takes “spreadsheet”, not “%s”", purpose);
  const char *path = cli->output && strcmp (cli->output, "-") != 0 ? cli->output : NULL;
  const struct lconv *locale = localeconv ();
  gboolean has_comma = locale && g_strcmp0 (locale->decimal_point, ",") == 0;
  AisleRecordKind style = path ? aisle_record_kind_for_path (path) : AISLE_RECORD_CSV;
  if (purpose && style == AISLE_RECORD_CSV)
    style = AISLE_RECORD_CSV_SPREADSHEET;
  const AisleExportOptions options = { .path = path,
                                       .style = style,
                                       .separator = has_comma ? ';' : ',',
                                       .decimal = has_comma ? ',' : '.',
                                       .daily = daily };
  return export_file (cli, kind, &options);
}

const AisleCliCommand aisle_cli_export_command = {
  .name = "export",
  .summary = "write what a workspace holds to a file",
  .usage = "aislectl -w WORKSPACE export KIND [--output FILE] [--for spreadsheet] [--daily]\n"
           "\n"
           "KIND: catalog stores stock sales customers prices costs suppliers barcodes listings "
           "calendar taxes.\n"
           "Columns have import's names, so that the file can be imported again. FILE ending in "
           ".xlsx is a\n"
           "workbook, else CSV (RFC 4180, UTF-8); without --output it goes to standard output.\n"
           "\n"
           "  --for spreadsheet  CSV with a byte-order mark and the locale's separator and decimal "
           "sign\n"
           "  --daily            sales as daily totals rather than receipt lines\n"
           "\n"
           "Customers appear as the pseudonyms under which they are kept.\n",
  .run = run_export,
};
