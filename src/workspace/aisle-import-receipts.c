/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-feed-private.h"
#include "aisle-import-sales-private.h"

#include <string.h>

#define SORT_MEMORY (40 * 1024 * 1024)
#define GROUPS_PER_REPORT 4096
#define N_LINE_COLUMNS 15
#define PLAIN_COLUMNS                                                                              \
  "receipt_id, line, product_id, kind, quantity_milli, net_minor, tax_minor, unit_net_micro, "     \
  "flags"
#define LINE_COLUMNS                                                                               \
  PLAIN_COLUMNS ", discount_minor, list_minor, cost_minor, promotion, original_receipt, reason"

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
  guint64 when; /* and whose: lines are duplicates where this is equal too */
  AisleLineExtra extra;
  guint texts; /* offset into the group's texts; only where has_extra */
} Staged;

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

struct _AisleReceipts
{
  AisleImport *import;
  AisleImportSorter *sorter;
  AisleDays *days;
  gboolean is_bulk;
  gboolean has_extra; /* some line has */
  gint64 next_id;
  GPtrArray *indexes; /* of char*: SQL that makes them again */
  guint64 n_staged, n_written, n_receipts;
  AisleImportRecord pending; /* the first line of the next receipt */
  gboolean has_pending;

  /* The receipt at hand. */
  Receipt receipt;
  guint n_served; /* of its lines */
  gint64 store_id;
  char *number;
  GArray *lines; /* of Staged */
  GByteArray *texts;

  AisleStatement *insert_receipt;
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

/* On the first load the secondary indexes are made at the end: one sort instead of a search a row.
 */
static gboolean
drop_indexes (AisleReceipts *receipts, GError **error)
{
  AisleWorkspace *workspace = receipts->import->workspace;
  AisleStatement *s =
      aisle_statement (workspace,
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
  receipts->has_extra = receipts->has_extra || line->has_extra;
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

static void
mix_both (LineHash *hash, guint64 tag, guint64 word)
{
  hash->low = mix (hash->low, word + tag);
  hash->high = mix (hash->high, word * 0x9fb21c651e98df25u + tag);
}

/* What the workspace keeps of a line, apart from what it keeps of its receipt. What a line does not
 * have does not count, so that files with and without empty columns are equal. The cashier does not
 * count either: exports do not have it. */
static LineHash
hash_line (const Staged *staged, const guint8 *texts, gsize texts_size)
{
  const AisleLine *line = &staged->line;
  LineHash hash = { 0x9e3779b97f4a7c15u, 0xd1b54a32d192ed03u };
  mix_both (&hash, 1, (guint64) line->quantity_milli);
  mix_both (&hash, 2, (guint64) line->net_minor);
  mix_both (&hash, 3, (guint64) line->tax_minor);
  mix_both (&hash, 4, (guint64) line->unit_net_micro);
  mix_both (&hash, 5, line->product | (guint64) line->kind << 32);
  if (!line->has_extra)
    return hash;
  const AisleLineExtra *extra = &staged->extra;
  if (extra->list_minor != AISLE_NO_AMOUNT)
    mix_both (&hash, 6, (guint64) extra->list_minor);
  if (extra->cost_minor != AISLE_NO_AMOUNT)
    mix_both (&hash, 7, (guint64) extra->cost_minor);
  if (extra->discount_minor != 0)
    mix_both (&hash, 8, (guint64) extra->discount_minor);
  guint64 which = 9;
  for (gsize i = 0; i < texts_size; i++)
    {
      if (texts[i])
        mix_both (&hash, which, texts[i]);
      else
        which++;
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
  staged.when = mix (mix (staged.hash.low, (guint64) staged.line.at), staged.line.customer);
  g_array_append_val (receipts->lines, staged);
}

static int
compare_hashes_cb (gconstpointer a, gconstpointer b)
{
  const LineHash *x = &(*(Staged *const *) a)->hash, *y = &(*(Staged *const *) b)->hash;
  guint64 x_when = (*(Staged *const *) a)->when, y_when = (*(Staged *const *) b)->when;
  if (x->low != y->low)
    return x->low < y->low ? -1 : 1;
  if (x->high != y->high)
    return x->high < y->high ? -1 : 1;
  if (x_when != y_when)
    return x_when < y_when ? -1 : 1;
  return (*(Staged *const *) a > *(Staged *const *) b)
         - (*(Staged *const *) a < *(Staged *const *) b);
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
    if (order[i]->hash.low == order[i - 1]->hash.low
        && order[i]->hash.high == order[i - 1]->hash.high && order[i]->when == order[i - 1]->when)
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
  mix_both (&receipt.content, 1, (guint64) receipt.at);
  mix_both (&receipt.content, 2,
            (guint64) (guint32) receipt.day | (guint64) receipt.customer << 32);
  return receipt;
}

/* 1: there and equal; 2: there and otherwise, `receipt->id` and its old day are set; 0: not there.
 */
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
  AisleStatement *s =
      aisle_statement (workspace, "SELECT product_id FROM sale_line WHERE receipt_id = ?1", error);
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

static void
fill_line (AisleReceipts *receipts, const Staged *staged, gint64 number, AisleFeedValue *row)
{
  const AisleLine *line = &staged->line;
  const gint64 numbers[] = {
    receipts->receipt.id, number,
    line->product,        line->kind,
    line->quantity_milli, line->net_minor,
    line->tax_minor,      line->unit_net_micro,
    line->flags,          line->has_extra ? staged->extra.discount_minor : 0
  };
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    aisle_feed_set_int64 (&row[i], numbers[i]);
  if (!line->has_extra)
    return;
  if (staged->extra.list_minor != AISLE_NO_AMOUNT)
    aisle_feed_set_int64 (&row[10], staged->extra.list_minor);
  if (staged->extra.cost_minor != AISLE_NO_AMOUNT)
    aisle_feed_set_int64 (&row[11], staged->extra.cost_minor);
  aisle_feed_set_text (&row[12], text_of (receipts, staged, AISLE_LINE_PROMOTION));
  aisle_feed_set_text (&row[13], text_of (receipts, staged, AISLE_LINE_ORIGINAL));
  aisle_feed_set_text (&row[14], text_of (receipts, staged, AISLE_LINE_REASON));
}

static gboolean
give_to_days (AisleReceipts *receipts, const Staged *staged, gint64 number, GError **error)
{
  const Receipt *receipt = &receipts->receipt;
  gboolean has_extra = staged->line.has_extra;
  return aisle_days_add (receipts->days, receipts->store_id, receipt->id, receipts->number, number,
                         receipt->day, receipt->at, receipt->customer, &staged->line,
                         has_extra ? staged->extra.cost_minor : AISLE_NO_AMOUNT,
                         text_of (receipts, staged, AISLE_LINE_PROMOTION) != NULL, error);
}

/* The receipt at hand is whole. 1: it is written and its lines are to come, `*receipt` says how; 0:
 * it is left alone; -1: an error. */
static int
decide_receipt (AisleReceipts *receipts, Receipt *receipt, GError **error)
{
  const AisleImport *import = receipts->import;
  AisleDate old_day = AISLE_DATE_NONE;
  guint n_duplicates = flag_duplicates (receipts);
  if (n_duplicates > 0 && import->options->drop_duplicates)
    drop_duplicates (receipts);
  *receipt = sum_up (receipts);
  int found = find_existing (receipts, receipt, &old_day, error);
  if (found < 0 || (found == 2 && !remove_lines (receipts, receipt, old_day, error)))
    return -1;
  guint n = receipts->lines->len;
  import->result->unchanged += found == 1 ? n : 0;
  if (found == 1)
    return 0;
  import->result->updated += found == 2 ? n : 0;
  import->result->inserted += found == 0 ? n : 0;
  if (found == 0)
    receipt->id = receipts->next_id++;
  if (n_duplicates > 0)
    aisle_import_find_many (
        receipts->import, "duplicate_line", receipts->number, n_duplicates,
        import->options->drop_duplicates
            ? "equal lines in one receipt: left out"
            : "equal lines in one receipt: kept, since a till scans one by one");
  if (receipt->is_mixed)
    aisle_import_find_many (receipts->import, "mixed_receipt", receipts->number, 1,
                            "one receipt with several days or customers: the first ones are taken");
  return write_receipt (receipts, receipt, error) ? 1 : -1;
}

static void
begin_receipt (AisleReceipts *receipts)
{
  const AisleImportRecord *record = &receipts->pending;
  guint32 store;
  memcpy (&store, record->key, 4);
  receipts->store_id = GUINT32_FROM_BE (store);
  g_free (receipts->number);
  receipts->number = g_strndup ((const char *) record->key + 4, record->key_size - 4);
  g_array_set_size (receipts->lines, 0);
  g_byte_array_set_size (receipts->texts, 0);
  receipts->n_served = 0;
}

static gboolean
is_of_receipt (AisleReceipts *receipts, const AisleImportRecord *record)
{
  guint32 store;
  memcpy (&store, record->key, 4);
  return GUINT32_FROM_BE (store) == receipts->store_id
         && strncmp (receipts->number, (const char *) record->key + 4, record->key_size - 4) == 0
         && receipts->number[record->key_size - 4] == '\0';
}

/* Reads the lines of the next receipt. 1: there is one; 0: that was all; -1: an error. */
static int
load_receipt (AisleReceipts *receipts, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (receipts->n_receipts == 0)
    receipts->has_pending = aisle_import_sorter_next (receipts->sorter, &receipts->pending, &local);
  if (receipts->has_pending)
    {
      begin_receipt (receipts);
      do
        add_staged (receipts, &receipts->pending);
      while ((receipts->has_pending =
                  aisle_import_sorter_next (receipts->sorter, &receipts->pending, &local))
             && is_of_receipt (receipts, &receipts->pending));
    }
  else if (!local)
    return 0;
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return -1;
    }
  receipts->n_written += receipts->lines->len;
  double share = (double) receipts->n_written / (double) receipts->n_staged;
  if (receipts->n_receipts++ % GROUPS_PER_REPORT == 0
      && !aisle_import_report (receipts->import, 0.6 + 0.25 * share, error))
    return -1;
  return 1;
}

/* The next line to be written, over all receipts; AisleFeedFunc. */
static int
next_line_cb (AisleFeedValue row[AISLE_FEED_COLUMNS], gpointer data, GError **error)
{
  AisleReceipts *receipts = data;
  while (receipts->n_served == receipts->lines->len)
    {
      int code = load_receipt (receipts, error);
      if (code <= 0)
        return code;
      code = decide_receipt (receipts, &receipts->receipt, error);
      if (code < 0)
        return code;
      if (code == 0)
        g_array_set_size (receipts->lines, 0);
    }
  const Staged *staged = &g_array_index (receipts->lines, Staged, receipts->n_served++);
  fill_line (receipts, staged, receipts->n_served, row);
  return give_to_days (receipts, staged, receipts->n_served, error) ? 1 : -1;
}

/* Where there are receipts already, lines of replaced ones are deleted in between: then the lines
 * come one statement each. */
static gboolean
write_one_by_one (AisleReceipts *receipts, GError **error)
{
  AisleStatement *s =
      aisle_statement (receipts->import->workspace,
                       "INSERT INTO sale_line (" LINE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, "
                       "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                       error);
  if (!s)
    return FALSE;
  for (;;)
    {
      AisleFeedValue row[AISLE_FEED_COLUMNS] = { 0 };
      int code = next_line_cb (row, receipts, error);
      if (code <= 0)
        return code == 0;
      for (int i = 0; i < N_LINE_COLUMNS; i++)
        if (row[i].type == AISLE_FEED_INT64)
          aisle_bind_int64 (s, i + 1, row[i].number);
        else if (row[i].type == AISLE_FEED_TEXT)
          aisle_bind_text (s, i + 1, row[i].text);
      if (!aisle_run (s, error))
        return FALSE;
    }
}

static gboolean
write_all (AisleReceipts *receipts, GError **error)
{
  if (!receipts->is_bulk)
    return write_one_by_one (receipts, error);
  const char *sql = receipts->has_extra ? "INSERT INTO sale_line (" LINE_COLUMNS
                                          ") SELECT c0, c1, c2, c3, c4, c5, c6, c7, "
                                          "c8, c9, c10, c11, c12, c13, c14 FROM aisle_feed"
                                        : "INSERT INTO sale_line (" PLAIN_COLUMNS
                                          ") SELECT c0, c1, c2, c3, c4, c5, c6, c7, "
                                          "c8 FROM aisle_feed";
  return aisle_feed_run (receipts->import->workspace, sql, next_line_cb, receipts, error);
}

static gboolean
prepare (AisleReceipts *receipts, GError **error)
{
  receipts->insert_receipt = aisle_statement (
      receipts->import->workspace,
      "INSERT INTO receipt (id, store_id, number, day, at, customer_id, till, cashier, tender, "
      "fulfilment, "
      "content_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
      "ON CONFLICT (id) DO UPDATE SET day = excluded.day, at = excluded.at, "
      "customer_id = excluded.customer_id, till = excluded.till, cashier = excluded.cashier, "
      "tender = excluded.tender, fulfilment = excluded.fulfilment, content_hash = "
      "excluded.content_hash",
      error);
  return receipts->insert_receipt != NULL;
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
