/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-sales-private.h"

#include <string.h>

#define SORT_MEMORY (40 * 1024 * 1024)
#define GROUPS_PER_REPORT 4096

/* 128 bits over a line's content. Sums of them do not depend on the order of a receipt's lines. */
typedef struct
{
  guint64 low, high;
} LineHash;

/* One staged line, copied out of the sorter. */
typedef struct
{
  AisleLine line;
  LineHash hash;
  AisleLineExtra extra;
  guint texts; /* offset into the group's texts; only where has_extra */
} Staged;

struct _AisleReceipts
{
  AisleImport *import;
  AisleImportSorter *sorter;
  AisleDays *days;
  gboolean is_bulk;
  gint64 next_id;
  GPtrArray *indexes; /* of char*: SQL that makes them again */
  guint64 n_staged, n_written;

  /* The receipt at hand. */
  gint64 store_id;
  char *number;
  GArray *lines; /* of Staged */
  GByteArray *texts;

  AisleStatement *insert_receipt, *insert_line;
};

static gboolean
read_int64 (AisleWorkspace *workspace, const char *sql, gint64 *value, GError **error)
{
  AisleStatement *statement = aisle_statement (workspace, sql, error);
  if (!statement || aisle_step (statement, error) != 1)
    return FALSE;
  *value = aisle_column_int64 (statement, 0);
  aisle_statement_reset (statement);
  return TRUE;
}

/* On the first load the secondary indexes are made at the end: one sort instead of a search a row. */
static gboolean
drop_indexes (AisleReceipts *receipts, GError **error)
{
  AisleWorkspace *workspace = receipts->import->workspace;
  AisleStatement *s = aisle_statement (workspace,
                                       "SELECT name, sql FROM sqlite_schema WHERE type = 'index' "
                                       "AND tbl_name IN ('receipt', 'sale_line') AND sql IS NOT NULL",
                                       error);
  if (!s)
    return FALSE;
  g_autoptr (GString) drops = g_string_new (NULL);
  int row;
  while ((row = aisle_step (s, error)) == 1)
    {
      g_ptr_array_add (receipts->indexes, g_strdup (aisle_column_text (s, 1)));
      g_string_append_printf (drops, "DROP INDEX %s;", aisle_column_text (s, 0));
    }
  return row == 0 && aisle_execute (workspace, drops->str, error);
}

AisleReceipts *
aisle_receipts_new (AisleImport *import, GError **error)
{
  gint64 last_id;
  if (!read_int64 (import->workspace, "SELECT ifnull (max (id), 0) FROM receipt", &last_id, error))
    return NULL;
  g_autofree char *folder = g_path_get_dirname (aisle_workspace_get_path (import->workspace));
  AisleReceipts *receipts = g_new0 (AisleReceipts, 1);
  receipts->import = import;
  receipts->is_bulk = last_id == 0;
  receipts->next_id = last_id + 1;
  receipts->sorter = aisle_import_sorter_new (folder, SORT_MEMORY);
  receipts->days = aisle_days_new (import, folder, receipts->is_bulk);
  receipts->indexes = g_ptr_array_new_with_free_func (g_free);
  receipts->lines = g_array_new (FALSE, FALSE, sizeof (Staged));
  receipts->texts = g_byte_array_new ();
  return receipts;
}

void
aisle_receipts_free (AisleReceipts *receipts)
{
  if (!receipts)
    return;
  g_clear_pointer (&receipts->sorter, aisle_import_sorter_free);
  aisle_days_free (receipts->days);
  g_ptr_array_unref (receipts->indexes);
  g_array_unref (receipts->lines);
  g_byte_array_unref (receipts->texts);
  g_free (receipts->number);
  g_free (receipts);
}

/* Orders as (store, number) does: 16 bits of the store, 48 of the number. */
static guint64
prefix_of (gint64 store_id, const char *number, gsize length)
{
  guint64 prefix = (guint64) MIN (store_id, 0xffff) << 48;
  if (store_id >= 0xffff)
    return prefix;
  for (gsize i = 0; i < 6 && i < length; i++)
    prefix |= (guint64) (guint8) number[i] << (40 - 8 * i);
  return prefix;
}

gboolean
aisle_receipts_stage (AisleReceipts *receipts,
                      gint64 store_id,
                      const char *number,
                      const AisleLine *line,
                      gconstpointer extra,
                      gsize extra_size,
                      GError **error)
{
  guint8 key[256];
  gsize length = strlen (number);
  if (length > sizeof key - 4)
    {
      aisle_import_reject (receipts->import, 0, "the receipt's number is longer than %u bytes",
                           (guint) sizeof key - 4);
      return TRUE;
    }
  guint32 store = GUINT32_TO_BE ((guint32) store_id);
  memcpy (key, &store, 4);
  memcpy (key + 4, number, length);
  AisleImportRecord record = { .prefix = prefix_of (store_id, number, length),
                               .key = key,
                               .key_size = length + 4,
                               .data = line,
                               .data_size = sizeof *line,
                               .more = extra,
                               .more_size = extra_size };
  receipts->n_staged++;
  return aisle_import_sorter_add (receipts->sorter, &record, error);
}

/* MurmurHash3's 64-bit finalizer (Austin Appleby, public domain) chained over words. */
static guint64
mix (guint64 hash, guint64 word)
{
  hash ^= word;
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdu;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53u;
  return hash ^ (hash >> 33);
}

static LineHash
hash_line (const Staged *staged, const guint8 *texts, gsize texts_size)
{
  const AisleLine *line = &staged->line;
  const guint64 words[] = { (guint64) line->at,
                            (guint64) line->quantity_milli,
                            (guint64) line->net_minor,
                            (guint64) line->tax_minor,
                            (guint64) line->unit_net_micro,
                            line->product | (guint64) line->customer << 32,
                            (guint64) (guint32) line->day | (guint64) line->kind << 32 };
  LineHash hash = { 0x9e3779b97f4a7c15u, 0xd1b54a32d192ed03u };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      hash.low = mix (hash.low, words[i]);
      hash.high = mix (hash.high, words[i] * 0x9fb21c651e98df25u + 1);
    }
  if (!line->has_extra)
    return hash;
  const AisleLineExtra *extra = &staged->extra;
  guint64 amounts[] = { (guint64) extra->list_minor, (guint64) extra->cost_minor,
                        (guint64) extra->discount_minor, 0, 0 };
  memcpy (&amounts[3], extra->cashier, sizeof extra->cashier);
  for (gsize i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      hash.low = mix (hash.low, amounts[i]);
      hash.high = mix (hash.high, amounts[i] + 1);
    }
  for (gsize i = 0; i < texts_size; i++)
    {
      hash.low = mix (hash.low, texts[i]);
      hash.high = mix (hash.high, texts[i] + 1u);
    }
  return hash;
}

static const char *
text_of (AisleReceipts *receipts, const Staged *staged, guint which)
{
  if (!staged->line.has_extra)
    return NULL;
  const char *text = (const char *) receipts->texts->data + staged->texts;
  while (which-- > 0)
    text += strlen (text) + 1;
  return *text ? text : NULL;
}

static void
add_staged (AisleReceipts *receipts, const AisleImportRecord *record)
{
  Staged staged = { 0 };
  gsize texts_size = 0;
  const guint8 *data = record->data;
  memcpy (&staged.line, data, sizeof staged.line);
  if (staged.line.has_extra)
    {
      memcpy (&staged.extra, data + sizeof staged.line, sizeof staged.extra);
      gsize before = sizeof staged.line + sizeof staged.extra;
      texts_size = record->data_size - before;
      staged.texts = receipts->texts->len;
      g_byte_array_append (receipts->texts, data + before, (guint) texts_size);
    }
  staged.hash = hash_line (&staged, receipts->texts->data + staged.texts, texts_size);
  g_array_append_val (receipts->lines, staged);
}

static int
compare_hashes_cb (gconstpointer a, gconstpointer b)
{
  const LineHash *x = &(*(Staged *const *) a)->hash, *y = &(*(Staged *const *) b)->hash;
  if (x->low != y->low)
    return x->low < y->low ? -1 : 1;
  if (x->high != y->high)
    return x->high < y->high ? -1 : 1;
  return (*(Staged *const *) a > *(Staged *const *) b) - (*(Staged *const *) a < *(Staged *const *) b);
}

/* Flags lines that say the same as an earlier one of their receipt. Returns how many. */
static guint
flag_duplicates (AisleReceipts *receipts)
{
  guint n = receipts->lines->len, n_found = 0;
  Staged *lines = (Staged *) (gpointer) receipts->lines->data;
  if (n < 2)
    return 0;
  g_autofree Staged **order = g_new (Staged *, n);
  for (guint i = 0; i < n; i++)
    order[i] = &lines[i];
  qsort (order, n, sizeof *order, compare_hashes_cb);
  for (guint i = 1; i < n; i++)
    if (order[i]->hash.low == order[i - 1]->hash.low && order[i]->hash.high == order[i - 1]->hash.high)
      {
        order[i]->line.flags |= AISLE_LINE_DUPLICATE;
        n_found++;
      }
  return n_found;
}

static void
drop_duplicates (AisleReceipts *receipts)
{
  for (guint i = receipts->lines->len; i-- > 0;)
    if (g_array_index (receipts->lines, Staged, i).line.flags & AISLE_LINE_DUPLICATE)
      {
        g_array_remove_index (receipts->lines, i);
        receipts->import->result->unchanged++;
      }
}

/* What the receipt as a whole is, from its lines. */
typedef struct
{
  gint64 id;
  AisleDate day;
  gint64 at;
  guint32 customer;
  gboolean is_mixed;
  LineHash content;
  const Staged *first; /* with extras */
} Receipt;

static Receipt
sum_up (AisleReceipts *receipts)
{
  const Staged *lines = (const Staged *) (gpointer) receipts->lines->data;
  Receipt receipt = { .day = lines[0].line.day, .at = lines[0].line.at, .first = &lines[0] };
  for (guint i = 0; i < receipts->lines->len; i++)
    {
      const AisleLine *line = &lines[i].line;
      receipt.is_mixed = receipt.is_mixed || line->day != lines[0].line.day
                         || line->customer != lines[0].line.customer;
      if (line->at < receipt.at)
        {
          receipt.at = line->at;
          receipt.day = line->day;
        }
      /* The smallest, so that the order of the lines does not matter. */
      if (line->customer && (receipt.customer == 0 || line->customer < receipt.customer))
        receipt.customer = line->customer;
      receipt.content.low += mix (lines[i].hash.low, 1);
      receipt.content.high += mix (lines[i].hash.high, 2);
    }
  return receipt;
}

/* 1: there and equal; 2: there and otherwise, `receipt->id` and its old day are set; 0: not there. */
static int
find_existing (AisleReceipts *receipts, Receipt *receipt, AisleDate *old_day, GError **error)
{
  if (receipts->is_bulk)
    return 0;
  AisleStatement *s = aisle_statement (
      receipts->import->workspace,
      "SELECT id, content_hash IS ?3, day FROM receipt WHERE store_id = ?1 AND number = ?2", error);
  if (!s)
    return -1;
  aisle_bind_int64 (s, 1, receipts->store_id);
  aisle_bind_text (s, 2, receipts->number);
  aisle_bind_blob (s, 3, &receipt->content, sizeof receipt->content);
  int row = aisle_step (s, error);
  if (row != 1)
    return row;
  receipt->id = aisle_column_int64 (s, 0);
  gboolean is_equal = aisle_column_int64 (s, 1) != 0;
  *old_day = (AisleDate) aisle_column_int64 (s, 2);
  aisle_statement_reset (s);
  return is_equal ? 1 : 2;
}

static gboolean
remove_lines (AisleReceipts *receipts, const Receipt *receipt, AisleDate old_day, GError **error)
{
  AisleWorkspace *workspace = receipts->import->workspace;
  AisleStatement *s
      = aisle_statement (workspace, "SELECT product_id FROM sale_line WHERE receipt_id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, receipt->id);
  int row;
  while ((row = aisle_step (s, error)) == 1)
    aisle_days_touch (receipts->days, receipts->store_id, aisle_column_int64 (s, 0), old_day);
  if (row < 0)
    return FALSE;
  s = aisle_statement (workspace, "DELETE FROM sale_line WHERE receipt_id = ?1", error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, receipt->id);
  return aisle_run (s, error);
}

static gboolean
write_receipt (AisleReceipts *receipts, const Receipt *receipt, GError **error)
{
  AisleStatement *s = receipts->insert_receipt;
  aisle_bind_int64 (s, 1, receipt->id);
  aisle_bind_int64 (s, 2, receipts->store_id);
  aisle_bind_text (s, 3, receipts->number);
  aisle_bind_int64 (s, 4, receipt->day);
  aisle_bind_int64 (s, 5, receipt->at);
  aisle_bind_int64_or_null (s, 6, receipt->customer, 0);
  if (receipt->first->line.has_extra)
    {
      aisle_bind_text (s, 7, text_of (receipts, receipt->first, AISLE_LINE_TILL));
      if (receipt->first->extra.has_cashier)
        aisle_bind_blob (s, 8, receipt->first->extra.cashier, sizeof receipt->first->extra.cashier);
      aisle_bind_text (s, 9, text_of (receipts, receipt->first, AISLE_LINE_TENDER));
      aisle_bind_text (s, 10, text_of (receipts, receipt->first, AISLE_LINE_FULFILMENT));
    }
  aisle_bind_blob (s, 11, &receipt->content, sizeof receipt->content);
  return aisle_run (s, error);
}

static gboolean
write_line (AisleReceipts *receipts, const Receipt *receipt, const Staged *staged, gint64 number, GError **error)
{
  AisleStatement *s = receipts->insert_line;
  const AisleLine *line = &staged->line;
  gint64 cost = AISLE_NO_AMOUNT;
  const char *promotion = NULL;
  aisle_bind_int64 (s, 1, receipt->id);
  aisle_bind_int64 (s, 2, number);
  aisle_bind_int64 (s, 3, line->product);
  aisle_bind_int64 (s, 4, line->kind);
  aisle_bind_int64 (s, 5, line->quantity_milli);
  aisle_bind_int64 (s, 6, line->net_minor);
  aisle_bind_int64 (s, 7, line->tax_minor);
  aisle_bind_int64 (s, 8, line->unit_net_micro);
  aisle_bind_int64 (s, 9, line->flags);
  aisle_bind_int64 (s, 10, line->has_extra ? staged->extra.discount_minor : 0);
  if (line->has_extra)
    {
      cost = staged->extra.cost_minor;
      promotion = text_of (receipts, staged, AISLE_LINE_PROMOTION);
      aisle_bind_int64_or_null (s, 11, staged->extra.list_minor, AISLE_NO_AMOUNT);
      aisle_bind_int64_or_null (s, 12, cost, AISLE_NO_AMOUNT);
      aisle_bind_text (s, 13, promotion);
      aisle_bind_text (s, 14, text_of (receipts, staged, AISLE_LINE_ORIGINAL));
      aisle_bind_text (s, 15, text_of (receipts, staged, AISLE_LINE_REASON));
    }
  if (!aisle_run (s, error))
    return FALSE;
  return aisle_days_add (receipts->days, receipts->store_id, receipt->id, number, receipt->day,
                         receipt->at, receipt->customer, line, cost, promotion != NULL, error);
}

/* The receipt at hand is whole: leaves it alone, replaces it, or writes it as a new one. */
static gboolean
end_receipt (AisleReceipts *receipts, GError **error)
{
  AisleImportResult *result = receipts->import->result;
  AisleDate old_day = AISLE_DATE_NONE;
  if (receipts->lines->len == 0)
    return TRUE;
  guint n_duplicates = flag_duplicates (receipts);
  if (n_duplicates > 0 && receipts->import->options->drop_duplicates)
    drop_duplicates (receipts);
  Receipt receipt = sum_up (receipts);
  int found = find_existing (receipts, &receipt, &old_day, error);
  if (found < 0 || (found == 2 && !remove_lines (receipts, &receipt, old_day, error)))
    return FALSE;
  guint n = receipts->lines->len;
  receipts->n_written += n;
  result->unchanged += found == 1 ? n : 0;
  if (found == 1)
    return TRUE;
  result->updated += found == 2 ? n : 0;
  result->inserted += found == 0 ? n : 0;
  if (found == 0)
    receipt.id = receipts->next_id++;
  if (n_duplicates > 0)
    aisle_import_find_many (receipts->import, "duplicate_line", receipts->number, n_duplicates,
                            receipts->import->options->drop_duplicates
                                ? "equal lines in one receipt: left out"
                                : "equal lines in one receipt: kept, since a till scans one by one");
  if (receipt.is_mixed)
    aisle_import_find_many (receipts->import, "mixed_receipt", receipts->number, 1,
                            "one receipt with several days or customers: the first ones are taken");
  if (!write_receipt (receipts, &receipt, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!write_line (receipts, &receipt, &g_array_index (receipts->lines, Staged, i), i + 1, error))
      return FALSE;
  return TRUE;
}

static void
begin_receipt (AisleReceipts *receipts, const AisleImportRecord *record)
{
  guint32 store;
  memcpy (&store, record->key, 4);
  receipts->store_id = GUINT32_FROM_BE (store);
  g_free (receipts->number);
  receipts->number = g_strndup ((const char *) record->key + 4, record->key_size - 4);
  g_array_set_size (receipts->lines, 0);
  g_byte_array_set_size (receipts->texts, 0);
}

static gboolean
is_of_receipt (AisleReceipts *receipts, const AisleImportRecord *record)
{
  guint32 store;
  memcpy (&store, record->key, 4);
  return receipts->number && GUINT32_FROM_BE (store) == receipts->store_id
         && strncmp (receipts->number, (const char *) record->key + 4, record->key_size - 4) == 0
         && receipts->number[record->key_size - 4] == '\0';
}

static gboolean
write_all (AisleReceipts *receipts, GError **error)
{
  AisleImportRecord record;
  g_autoptr (GError) local = NULL;
  guint64 n_groups = 0;
  while (aisle_import_sorter_next (receipts->sorter, &record, &local))
    {
      if (!is_of_receipt (receipts, &record))
        {
          if (!end_receipt (receipts, error))
            return FALSE;
          begin_receipt (receipts, &record);
          double share = (double) receipts->n_written / (double) receipts->n_staged;
          if (n_groups++ % GROUPS_PER_REPORT == 0
              && !aisle_import_report (receipts->import, 0.6 + 0.25 * share, error))
            return FALSE;
        }
      add_staged (receipts, &record);
    }
  if (!local)
    return end_receipt (receipts, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
prepare (AisleReceipts *receipts, GError **error)
{
  AisleWorkspace *workspace = receipts->import->workspace;
  receipts->insert_receipt = aisle_statement (
      workspace,
      "INSERT INTO receipt (id, store_id, number, day, at, customer_id, till, cashier, tender, fulfilment, "
      "content_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
      "ON CONFLICT (id) DO UPDATE SET day = excluded.day, at = excluded.at, "
      "customer_id = excluded.customer_id, till = excluded.till, cashier = excluded.cashier, "
      "tender = excluded.tender, fulfilment = excluded.fulfilment, content_hash = excluded.content_hash",
      error);
  receipts->insert_line
      = receipts->insert_receipt
            ? aisle_statement (
                workspace,
                "INSERT INTO sale_line (receipt_id, line, product_id, kind, quantity_milli, net_minor, "
                "tax_minor, unit_net_micro, flags, discount_minor, list_minor, cost_minor, promotion, "
                "original_receipt, reason) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                error)
            : NULL;
  return receipts->insert_line != NULL;
}

gboolean
aisle_receipts_finish (AisleReceipts *receipts, AisleDate *last_day, GError **error)
{
  if ((receipts->is_bulk && !drop_indexes (receipts, error)) || !prepare (receipts, error)
      || !aisle_import_sorter_finish (receipts->sorter, error) || !write_all (receipts, error))
    return FALSE;
  g_clear_pointer (&receipts->sorter, aisle_import_sorter_free);
  if (!aisle_days_finish (receipts->days, error))
    return FALSE;
  *last_day = aisle_days_get_last (receipts->days);
  for (guint i = 0; i < receipts->indexes->len; i++)
    if (!aisle_import_report (receipts->import, 0.95, error)
        || !aisle_execute (receipts->import->workspace, receipts->indexes->pdata[i], error))
      return FALSE;
  return TRUE;
}
