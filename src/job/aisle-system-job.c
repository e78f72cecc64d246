/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-system-job.h"

#include "aisle-log.h"
#include "aisle-secret.h"
#include "aisle-store-system.h"
#include "aisle-system.h"

#include <json-glib/json-glib.h>
#include <string.h>

void
aisle_system_counts_clear (AisleSystemCounts *counts)
{
  g_clear_pointer (&counts->stores.first_refusal, g_free);
  g_clear_pointer (&counts->products.first_refusal, g_free);
  g_clear_pointer (&counts->prices.first_refusal, g_free);
  g_clear_pointer (&counts->stock.first_refusal, g_free);
}

/* --- adding -------------------------------------------------------------------------------------
 */

static gboolean
check_wish (const AisleSystemWish *wish, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (AisleStoreSystem) system =
      aisle_store_system_new (wish->kind, wish->url, wish->token, 0, &own_error);
  if (system)
    return TRUE;
  g_set_error_literal (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID, own_error->message);
  return FALSE;
}

/* What the log keeps of a new system; a token never enters it. */
static char *
describe_system (const AisleSystemWish *wish)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "kind");
  json_builder_add_string_value (builder, wish->kind);
  json_builder_set_member_name (builder, "url");
  json_builder_add_string_value (builder, wish->url);
  json_builder_set_member_name (builder, "stores");
  json_builder_begin_array (builder);
  for (const char *const *store = wish->stores; store && *store; store++)
    json_builder_add_string_value (builder, *store);
  json_builder_end_array (builder);
  if (wish->trial_store)
    {
      json_builder_set_member_name (builder, "trial_store");
      json_builder_add_string_value (builder, wish->trial_store);
    }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static gboolean
write_system (AisleWorkspace *workspace,
              const AisleSystemWish *wish,
              const char *secret_name,
              GError **error)
{
  g_autofree char *object = g_strdup_printf ("system %s", wish->name);
  if (!aisle_system_add (workspace, wish->name, wish->kind, wish->url, wish->stores, secret_name,
                         NULL, error)
      || (wish->trial_store
          && !aisle_system_set_trial_store (workspace, wish->name, wish->trial_store, error)))
    return FALSE;
  g_autofree char *payload = describe_system (wish);
  return aisle_log_append (workspace, wish->person_id, "system.add", object, payload, error);
}

/* Where the token lies; NULL where there is none. */
static char *
name_secret (AisleWorkspace *workspace, const AisleSystemWish *wish)
{
  g_autofree char *id = aisle_workspace_get_setting (workspace, "workspace_id");
  return wish->token ? g_strdup_printf ("token %s %.80s", id ? id : "", wish->name) : NULL;
}

gboolean
aisle_system_job_add (AisleWorkspace *workspace, const AisleSystemWish *wish, GError **error)
{
  if (!check_wish (wish, error))
    return FALSE;
  g_autofree char *secret_name = name_secret (workspace, wish);
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  /* The token is kept last before the commit, so that a system that could not be written leaves
   * none. */
  gboolean is_done = write_system (workspace, wish, secret_name, error)
                     && (!secret_name || aisle_secret_store (secret_name, wish->token, error));
  return aisle_workspace_end (workspace, is_done, error);
}

/* Only addresses: a token never enters the log. */
static char *
describe_move (const char *before, const char *after)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "before");
  json_builder_add_string_value (builder, before);
  json_builder_set_member_name (builder, "after");
  json_builder_add_string_value (builder, after);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

gboolean
aisle_system_job_move (AisleWorkspace *workspace, const AisleSystemWish *wish, GError **error)
{
  g_autoptr (AisleSystem) record = aisle_system_load (workspace, wish->name, error);
  if (!record)
    return FALSE;
  AisleSystemWish whole = *wish;
  gboolean is_kept = !wish->token && record->secret_name;
  char *kept = is_kept ? aisle_secret_look_up (record->secret_name, NULL) : NULL;
  if (is_kept && !kept)
    {
      g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_INVALID,
                   "the token of store system “%s” is not on this computer; give it again",
                   record->name);
      return FALSE;
    }
  whole.kind = record->kind;
  if (kept)
    whole.token = kept;
  gboolean is_good = check_wish (&whole, error);
  aisle_secret_free (kept);
  if (!is_good)
    return FALSE;
  g_autofree char *secret_name = name_secret (workspace, wish);
  g_autofree char *object = g_strdup_printf ("system %s", wish->name);
  g_autofree char *payload = describe_move (record->url, wish->url);
  if (!aisle_workspace_begin (workspace, error))
    return FALSE;
  gboolean is_done =
      aisle_system_move (workspace, wish->name, wish->url, secret_name, error)
      && aisle_log_append (workspace, wish->person_id, "system.change", object, payload, error)
      && (!secret_name || aisle_secret_store (secret_name, wish->token, error));
  return aisle_workspace_end (workspace, is_done, error);
}

static AisleStoreSystem *
open_system (const AisleSystem *record, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  char *token = record->secret_name ? aisle_secret_look_up (record->secret_name, &own_error) : NULL;
  if (own_error)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return NULL;
    }
  if (record->secret_name && !token)
    {
      g_set_error (error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_FAILED,
                   "the token of store system “%s” is not on this computer", record->name);
      return NULL;
    }
  AisleStoreSystem *system = aisle_store_system_new (record->kind, record->url, token, 0, error);
  aisle_secret_free (token);
  return system;
}

GPtrArray *
aisle_system_job_test (AisleWorkspace *workspace,
                       const char *name,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AisleSystem) record = aisle_system_load (workspace, name, error);
  g_autoptr (AisleStoreSystem) system = record ? open_system (record, error) : NULL;
  if (!system)
    return NULL;
  return aisle_store_system_test (system, (const char *const *) record->system_codes, cancellable);
}

/* --- pulling -------------------------------------------------------------------------------------
 */

typedef struct
{
  AisleWorkspace *workspace;
  AisleSystem *record;
  AisleStoreSystem *system;
  gint64 business_now;
  AisleDate today;
  const AisleProgress *progress;
  GCancellable *cancellable;
} Work;

static gboolean
is_wanted (const Work *work, double share, GError **error)
{
  if (aisle_progress_report (work->progress, share)
      && !g_cancellable_is_cancelled (work->cancellable))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
  return FALSE;
}

static gboolean
take_record (const Work *work,
             AisleStoreTable table,
             const AisleStoreRecord *record,
             AisleSystemCount *count,
             GError **error)
{
  AisleSystemOutcome outcome;
  AisleSystemRow row = { .store = record->store,
                         .sku = record->sku,
                         .currency = table == AISLE_STORE_TABLE_PRICES ? record->currency : NULL,
                         .minor = record->minor,
                         .quantity_milli = record->quantity };
  gboolean is_taken = table == AISLE_STORE_TABLE_PRICES
                          ? aisle_system_put_price (work->workspace, work->record->id, &row,
                                                    work->business_now, &outcome, error)
                          : aisle_system_put_stock (work->workspace, work->record->id, &row,
                                                    work->today, &outcome, error);
  if (!is_taken)
    return FALSE;
  count->n_rows++;
  count->n_changed += outcome == AISLE_SYSTEM_CHANGED;
  count->n_unknown += outcome == AISLE_SYSTEM_UNKNOWN;
  return TRUE;
}

/* A page is a transaction of its own: no lock is held while the system is asked for the next one,
 * and what was pulled until an interruption is true for all that. */
static gboolean
take_page (const Work *work,
           AisleStoreTable table,
           const AisleStorePage *page,
           AisleSystemCount *count,
           GError **error)
{
  if (!aisle_workspace_begin (work->workspace, error))
    return FALSE;
  for (gsize i = 0; i < page->n_records; i++)
    if (!take_record (work, table, &page->records[i], count, error))
      {
        aisle_workspace_rollback (work->workspace);
        return FALSE;
      }
  return aisle_workspace_commit (work->workspace, error);
}

static gboolean
pull_table (const Work *work,
            AisleStoreTable table,
            const char *store,
            double share,
            AisleSystemCount *count,
            GError **error)
{
  g_autofree char *cursor = NULL;
  do
    {
      g_autoptr (AisleStorePage) page =
          aisle_store_system_pull (work->system, table, store, cursor, work->cancellable, error);
      if (!page)
        return FALSE;
      if (!take_page (work, table, page, count, error))
        return FALSE;
      g_free (cursor);
      cursor = g_strdup (page->next_cursor);
      if (!is_wanted (work, share, error))
        return FALSE;
    }
  while (cursor);
  return TRUE;
}

/* A log entry with what came or went, in a transaction of its own. */
static gboolean
log_counts (const Work *work,
            gint64 person_id,
            const char *action,
            const AisleSystemCounts *counts,
            GError **error)
{
  g_autofree char *object = g_strdup_printf ("system %s", work->record->name);
  g_autofree char *payload =
      g_strdup_printf ("{\"prices\":%" G_GINT64_FORMAT ",\"prices_changed\":%" G_GINT64_FORMAT
                       ",\"stock\":%" G_GINT64_FORMAT ",\"stock_changed\":%" G_GINT64_FORMAT "}",
                       counts->prices.n_rows, counts->prices.n_changed, counts->stock.n_rows,
                       counts->stock.n_changed);
  if (!aisle_workspace_begin (work->workspace, error))
    return FALSE;
  return aisle_workspace_end (
      work->workspace,
      aisle_log_append (work->workspace, person_id, action, object, payload, error), error);
}

static gboolean
begin_work (Work *work,
            AisleWorkspace *workspace,
            const char *name,
            const AisleProgress *progress,
            GCancellable *cancellable,
            GError **error)
{
  *work = (Work){ .workspace = workspace,
                  .business_now = aisle_workspace_get_business_time (workspace),
                  .today = aisle_workspace_get_business_date (workspace, NULL),
                  .progress = progress,
                  .cancellable = cancellable };
  work->record = aisle_system_load (workspace, name, error);
  work->system = work->record ? open_system (work->record, error) : NULL;
  return work->system != NULL;
}

static void
end_work (Work *work)
{
  g_clear_pointer (&work->record, aisle_system_free);
  g_clear_pointer (&work->system, aisle_store_system_free);
}

static gboolean
pull_all (const Work *work, AisleSystemCounts *counts, GError **error)
{
  guint n_stores = g_strv_length (work->record->system_codes);
  for (guint i = 0; i < n_stores; i++)
    {
      const char *store = work->record->system_codes[i];
      double share = (double) i / n_stores;
      if (!pull_table (work, AISLE_STORE_TABLE_PRICES, store, share, &counts->prices, error)
          || !pull_table (work, AISLE_STORE_TABLE_STOCK, store, share, &counts->stock, error))
        return FALSE;
    }
  counts->stores.n_rows = n_stores;
  return TRUE;
}

gboolean
aisle_system_job_pull (AisleWorkspace *workspace,
                       const char *name,
                       gint64 person_id,
                       const AisleProgress *progress,
                       GCancellable *cancellable,
                       AisleSystemCounts *counts,
                       GError **error)
{
  Work work;
  *counts = (AisleSystemCounts){ 0 };
  gboolean is_good = begin_work (&work, workspace, name, progress, cancellable, error)
                     && pull_all (&work, counts, error)
                     && log_counts (&work, person_id, "system.pull", counts, error);
  end_work (&work);
  return is_good;
}

/* --- filling -------------------------------------------------------------------------------------
 */

/* Rows of one table that wait to be sent as one call; for prices of one store. */
typedef struct
{
  const Work *work;
  AisleSystemTable table;
  AisleStoreRecord *records;
  AisleStorePriceWrite *prices;
  AisleStoreItemResult *results;
  gsize n;
  gsize capacity;
  char *store;
  char *currency;
  GStringChunk *strings;
  AisleSystemCount *count;
} Load;

static const AisleStoreTable store_tables[] = {
  [AISLE_SYSTEM_STORES] = AISLE_STORE_TABLE_STORES,
  [AISLE_SYSTEM_PRODUCTS] = AISLE_STORE_TABLE_PRODUCTS,
  [AISLE_SYSTEM_PRICES] = AISLE_STORE_TABLE_PRICES,
  [AISLE_SYSTEM_STOCK] = AISLE_STORE_TABLE_STOCK,
};

static gboolean
send_load (Load *load, GError **error)
{
  if (load->n == 0)
    return TRUE;
  const Work *work = load->work;
  gboolean is_sent =
      load->table == AISLE_SYSTEM_PRICES
          ? aisle_store_system_write_prices (work->system, load->store, load->currency,
                                             load->prices, load->n, NULL, load->results,
                                             work->cancellable, error)
          : aisle_store_system_fill (work->system, store_tables[load->table], load->records,
                                     load->n, load->results, work->cancellable, error);
  if (!is_sent)
    return FALSE;
  for (gsize i = 0; i < load->n; i++)
    {
      gboolean is_accepted = load->results[i].status == AISLE_STORE_ITEM_ACCEPTED;
      load->count->n_rows++;
      load->count->n_changed += is_accepted;
      load->count->n_refused += !is_accepted;
      if (!is_accepted && !load->count->first_refusal)
        load->count->first_refusal = g_strdup (load->results[i].reason);
    }
  load->n = 0;
  g_string_chunk_clear (load->strings);
  return is_wanted (work, (double) load->table / 4, error);
}

static const char *
keep (Load *load, const char *text)
{
  return text ? g_string_chunk_insert_const (load->strings, text) : NULL;
}

static gboolean
add_row_cb (const AisleSystemRow *row, gpointer data, GError **error)
{
  Load *load = data;
  gboolean is_price = load->table == AISLE_SYSTEM_PRICES;
  gboolean is_other_store =
      is_price && load->n > 0
      && (strcmp (row->store, load->store) != 0 || strcmp (row->currency, load->currency) != 0);
  if ((load->n == load->capacity || is_other_store) && !send_load (load, error))
    return FALSE;
  if (is_price)
    {
      if (g_strcmp0 (row->store, load->store) != 0
          || g_strcmp0 (row->currency, load->currency) != 0)
        {
          g_free (load->store);
          load->store = g_strdup (row->store);
          g_free (load->currency);
          load->currency = g_strdup (row->currency);
        }
      load->prices[load->n++] = (AisleStorePriceWrite){ .sku = keep (load, row->sku),
                                                        .minor = row->minor,
                                                        .expected_minor = AISLE_STORE_PRICE_ANY };
      return TRUE;
    }
  load->records[load->n++] = (AisleStoreRecord){
    .store = keep (load, row->store),
    .sku = keep (load, row->sku),
    .name = keep (load, row->name ? row->name : ""),
    .barcode = keep (load, row->barcode ? row->barcode : ""),
    .currency = keep (load, row->currency),
    .time_zone = keep (load, row->zone),
    .is_active = row->is_active,
    .quantity = row->quantity_milli,
    .at = row->at,
  };
  return TRUE;
}

static gboolean
fill_table (const Work *work, AisleSystemTable table, AisleSystemCount *count, GError **error)
{
  gsize capacity = aisle_store_system_get_info (work->system)->batch_size;
  g_autofree AisleStoreRecord *records = g_new0 (AisleStoreRecord, capacity);
  g_autofree AisleStorePriceWrite *prices = g_new0 (AisleStorePriceWrite, capacity);
  g_autofree AisleStoreItemResult *results = g_new0 (AisleStoreItemResult, capacity);
  Load load = { .work = work,
                .table = table,
                .records = records,
                .prices = prices,
                .results = results,
                .capacity = capacity,
                .strings = g_string_chunk_new (4096),
                .count = count };
  gboolean is_filled = aisle_system_each (work->workspace, work->record->id, table,
                                          work->business_now, add_row_cb, &load, error)
                       && send_load (&load, error);
  g_string_chunk_free (load.strings);
  g_free (load.store);
  g_free (load.currency);
  return is_filled;
}

gboolean
aisle_system_job_fill (AisleWorkspace *workspace,
                       const char *name,
                       gint64 person_id,
                       const AisleProgress *progress,
                       GCancellable *cancellable,
                       AisleSystemCounts *counts,
                       GError **error)
{
  Work work;
  *counts = (AisleSystemCounts){ 0 };
  gboolean is_good = begin_work (&work, workspace, name, progress, cancellable, error);
  if (is_good && !(aisle_store_system_get_info (work.system)->capabilities & AISLE_STORE_CAN_FILL))
    {
      g_set_error (
          error, AISLE_JOB_ERROR, AISLE_JOB_ERROR_REFUSED,
          "store system “%s” is of kind %s, which has its own range; only kind aisle is filled "
          "from a workspace",
          name, work.record->kind);
      is_good = FALSE;
    }
  is_good = is_good && fill_table (&work, AISLE_SYSTEM_STORES, &counts->stores, error)
            && fill_table (&work, AISLE_SYSTEM_PRODUCTS, &counts->products, error)
            && fill_table (&work, AISLE_SYSTEM_PRICES, &counts->prices, error)
            && fill_table (&work, AISLE_SYSTEM_STOCK, &counts->stock, error)
            && log_counts (&work, person_id, "system.fill", counts, error);
  end_work (&work);
  return is_good;
}
