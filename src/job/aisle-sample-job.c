/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job.h"

#include "aisle-import.h"
#include "aisle-job-error.h"
#include "aisle-log.h"
#include "aisle-price-ledger.h"
#include "aisle-range.h"
#include "aisle-sample-job-files-private.h"
#include "aisle-sample-tables.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define CURRENCY "GBP"
#define ZONE "Europe/London"
#define SHARE_OF_READING 0.15
#define SHARE_OF_FILES 0.97
#define PRICE_WINDOW_DAYS 56

/* Columns that the generator filled in whatever the row's own mark says. */
static const struct
{
  const char *table, *field, *note;
} generated_fields[] = {
  { "product", "category_id", "by keyword from the product's name" },
  { "product", "tax_class", "one class for all" },
  { "category", "name", "a tree made for the sample" },
  { "tax_rate", "rate_ppm", "20 % everywhere; the source has net prices only" },
  { "receipt", "tax", "20 % on the source's net prices" },
  { "barcode", "code", "EAN-13 of the range for internal use" },
  { "supplier", "name", "invented" },
  { "product_supplier", "case_pack", "drawn by price" },
  { "product_supplier", "lead_time_days", "of the invented supplier" },
  { "cost", "net_minor", "drawn around a usual margin of the category" },
  { "listing", "from_day", "from the first and last sale in the store" },
  { "stock_day", "on_hand_milli", "a stock book that fits the real sales" },
  { "customer_attribute", "region", "drawn, with a planted disparity" },
  { "customer_attribute", "age_band", "drawn" },
  { "customer_attribute", "settlement", "drawn" },
  { "area", "value", "drawn" },
};

typedef struct
{
  AisleWorkspace *workspace;
  AisleSampleContent content;
  char *folder; /* of the files; private */
  const AisleProgress *progress;
  double done,
      share; /* where in the whole the current step begins, and how much of it is its own */
} Making;

static gboolean
report_step_cb (double share_done, gpointer data)
{
  const Making *making = data;
  return aisle_progress_report (making->progress, making->done + making->share * share_done);
}

static gboolean
set_cancelled (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
  return FALSE;
}

static gboolean
write_tax_rates (AisleWorkspace *workspace, const AisleSampleSource *source, GError **error)
{
  for (guint i = 0; i < source->n_stores; i++)
    if (source->has_lines[i]
        && !aisle_sample_put_tax_rate (workspace, source->stores[i].country, "standard", 0,
                                       AISLE_SAMPLE_TAX_PPM, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_inferred_price (AisleWorkspace *workspace,
                      const AisleSampleSource *source,
                      const AisleSampleSeries *series,
                      GTimeZone *zone,
                      GError **error)
{
  const AisleSampleProduct *product = aisle_sample_product (source, series->product);
  AisleDate from = series->first_day;
  if (series->is_price_recent)
    from = MAX (from, source->last_day - PRICE_WINDOW_DAYS + 1);
  AislePriceLedgerEntry entry = {
    .store_id = aisle_range_find_store (workspace, source->stores[series->store].code, error),
    .currency = CURRENCY,
    .kind = AISLE_PRICE_REGULAR,
    .gross_minor = aisle_money_gross_from_net (series->net_minor, AISLE_SAMPLE_TAX_PPM),
    .net_minor = series->net_minor,
    .tax_rate_ppm = AISLE_SAMPLE_TAX_PPM,
    .from_at = aisle_date_to_instant (from, 0, zone),
    .to_at = AISLE_PRICE_OPEN_END,
    .source = AISLE_PRICE_FROM_INFERENCE,
  };
  if (entry.store_id == 0)
    return FALSE;
  entry.product_id = aisle_range_find_product (workspace, product->sku, error);
  return entry.product_id != 0 && aisle_price_ledger_add (workspace, &entry, NULL, error);
}

static gboolean
write_inferred_prices (AisleWorkspace *workspace, const AisleSampleSource *source, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (ZONE);
  for (guint i = 0; i < source->series->len; i++)
    {
      const AisleSampleSeries *series = aisle_sample_series (source, i);
      if (series->net_minor > 0 && !aisle_sample_product (source, series->product)->is_service
          && !write_inferred_price (workspace, source, series, zone, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
log_origin (AisleWorkspace *workspace, guint64 seed, GError **error)
{
  g_autofree char *payload =
      g_strdup_printf ("{\"seed\":%" G_GUINT64_FORMAT
                       ",\"lines\":\"Daqing Chen, Online Retail, UCI Machine Learning "
                       "Repository, 2015, CC BY 4.0\",\"generated\":\"see table generated_field\"}",
                       seed);
  return aisle_log_append (workspace, 0, "sample.make", "workspace", payload, error);
}

static gboolean
write_marks (AisleWorkspace *workspace, const AisleSampleContent *content, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (generated_fields); i++)
    if (!aisle_sample_mark_field (workspace, generated_fields[i].table, generated_fields[i].field,
                                  generated_fields[i].note, error))
      return FALSE;
  return aisle_sample_write_areas (workspace, content->source, content->seed, error)
         && aisle_sample_set_last_sales_day (workspace, content->source->last_day, error)
         && log_origin (workspace, content->seed, error);
}

/* Every row that the sample writes must be taken; one that is not is a mistake of the sample. */
static gboolean
import_file (Making *making, const AisleSampleFile *file, GError **error)
{
  g_autofree char *name = g_strconcat (file->name, ".csv", NULL);
  g_autofree char *path = g_build_filename (making->folder, name, NULL);
  g_autoptr (AisleRecordWriter) writer =
      aisle_record_writer_open (path, AISLE_RECORD_CSV, ',', '.', error);
  if (!writer)
    return FALSE;
  file->write (&making->content, writer);
  if (!aisle_record_writer_finish (g_steal_pointer (&writer), error))
    return FALSE;

  AisleImportOptions options = {
    .is_all_or_nothing = TRUE,
    .prices = file->prices,
    .fold_sku = TRUE,
    .is_generated = file->is_generated,
  };
  AisleProgress progress = { report_step_cb, making };
  g_auto (AisleImportResult) result = { 0 };
  gboolean is_imported =
      aisle_import_file (making->workspace, file->kind, path, &options, &progress, &result, error);
  g_unlink (path);
  return is_imported;
}

static gboolean
import_files (Making *making, GError **error)
{
  for (const AisleSampleFile *file = aisle_sample_files; file->name; file++)
    {
      making->share = file->weight * (SHARE_OF_FILES - SHARE_OF_READING);
      if (!import_file (making, file, error))
        return FALSE;
      making->done += making->share;
      if (!aisle_progress_report (making->progress, MIN (1, making->done)))
        return set_cancelled (error);
    }
  return TRUE;
}

static gboolean
fill (Making *making, GError **error)
{
  AisleWorkspace *workspace = making->workspace;
  const AisleSampleSource *source = making->content.source;
  if (!aisle_workspace_begin (workspace, error)
      || !aisle_workspace_end (workspace, write_tax_rates (workspace, source, error), error)
      || !import_files (making, error))
    return FALSE;
  if (!aisle_workspace_begin (workspace, error)
      || !aisle_workspace_end (workspace,
                               write_inferred_prices (workspace, source, error)
                                   && write_marks (workspace, &making->content, error),
                               error))
    return FALSE;
  return aisle_sample_add_staff (workspace, error);
}

static gboolean
make_content (Making *making, const AisleSampleOptions *options, GError **error)
{
  g_autofree char *found = options->lines_path ? NULL : aisle_sample_job_find_lines (error);
  const char *lines = options->lines_path ? options->lines_path : found;
  AisleProgress progress = { report_step_cb, making };
  making->share = SHARE_OF_READING;
  AisleSampleContent *content = &making->content;
  content->seed = options->seed;
  if (!lines || !(content->source = aisle_sample_source_read (lines, &progress, error)))
    return FALSE;
  content->range = aisle_sample_range_new (content->source, options->seed);
  content->market = aisle_sample_market_new (content->source, content->range, options->seed);
  content->customers = aisle_sample_customers_new (content->source, options->seed);
  making->done = SHARE_OF_READING;
  return TRUE;
}

static void
remove_workspace (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);
      g_unlink (name);
    }
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
}

/* Never over a file that came to be there meanwhile. */
static gboolean
move_into_place (const char *from, const char *to, GError **error)
{
  int failed = renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
  if (failed && (errno == EINVAL || errno == ENOSYS) && !g_file_test (to, G_FILE_TEST_EXISTS))
    failed = g_rename (from, to);
  if (!failed)
    return TRUE;
  int code = errno;
  g_set_error (error, AISLE_WORKSPACE_ERROR,
               code == EEXIST ? AISLE_WORKSPACE_ERROR_EXISTS : AISLE_WORKSPACE_ERROR_FAILED,
               "%s: could not be made: %s", to, g_strerror (code));
  return FALSE;
}

static gboolean
make_workspace (Making *making, const char *path, const AisleSampleOptions *options, GError **error)
{
  making->folder = g_dir_make_tmp ("aisle-sample-XXXXXX", error);
  if (!making->folder)
    return FALSE;
  gboolean is_made = FALSE;
  if (make_content (making, options, error)
      && (making->workspace = aisle_workspace_create (path, CURRENCY, error)))
    is_made = fill (making, error);
  g_clear_pointer (&making->workspace, aisle_workspace_close);
  remove_folder (making->folder);
  g_free (making->folder);
  if (making->content.customers)
    g_array_unref ((GArray *) making->content.customers);
  aisle_sample_market_free ((AisleSampleMarket *) making->content.market);
  aisle_sample_range_free ((AisleSampleRange *) making->content.range);
  aisle_sample_source_free ((AisleSampleSource *) making->content.source);
  return is_made;
}

AisleWorkspace *
aisle_sample_job_run (const char *path,
                      const AisleSampleOptions *options,
                      const AisleProgress *progress,
                      GError **error)
{
  g_return_val_if_fail (path != NULL && options != NULL, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_EXISTS,
                   "%s: exists already; choose another name", path);
      return NULL;
    }
  g_autofree char *beside = g_strdup_printf ("%s.new-%d", path, (int) getpid ());
  Making making = { .progress = progress };
  if (!make_workspace (&making, beside, options, error) || !move_into_place (beside, path, error))
    {
      remove_workspace (beside);
      return NULL;
    }
  AisleWorkspace *workspace = aisle_workspace_open (path, error);
  /* So far its log is noted outside under the name it was made with; checking it notes its own. */
  g_auto (AisleLogVerdict) verdict = { 0 };
  if (workspace)
    aisle_log_verify (workspace, &verdict, NULL);
  return workspace;
}
