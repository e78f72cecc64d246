/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-feed-private.h"
#include "aisle-import-sales-private.h"

#include <string.h>

/* Daily totals out of lines, and which purchases were cancelled.
 *
 * A return cancels the latest purchase before it that has the same customer, product, store and
 * quantity, is not cancelled yet and is at most 7 days old. Returns are taken in the order of time,
 * so that they pair with purchases like closing with opening brackets: what a window of days says
 * does not depend on what lies before it. A line on day d can thus change the demand of days d-7 ..
 * d only, and to know these it is enough to look at d-7 .. d+7. */

#define CANCEL_DAYS 7
#define SORT_MEMORY (32 * 1024 * 1024)
#define N_DAY_COLUMNS 11
#define DAY_COLUMNS                                                                                \
  "store_id, product_id, day, units_milli, returns_milli, demand_milli, net_minor, tax_minor, "    \
  "cost_minor, "                                                                                   \
  "is_promotion, is_generated"

/* A line, as the sorter keeps it under (store, product, at, kind, receipt, line). */
typedef struct
{
  gint64 at;
  gint64 receipt_id;
  gint64 quantity_milli;
  gint64 net_minor;
  gint64 tax_minor;
  gint64 cost_minor; /* AISLE_NO_AMOUNT: none */
  guint32 line;
  guint32 customer;
  gint32 day;
  guint8 kind;
  guint8 flags;
  guint8 has_promotion;
  guint8 is_cancelled; /* as found now */
} Event;

/* Which days of one product in one store were touched. */
typedef struct
{
  gint64 store_id, product_id;
  AisleDate first, last;
  gboolean was_summed;
} Pair;

typedef struct
{
  gint64 receipt_id;
  guint32 line;
  guint32 flags;
} FlagChange;

struct _AisleDays
{
  AisleImport *import;
  gboolean is_bulk;
  AisleImportSorter *sorter;
  GHashTable *pairs; /* store << 32 | product -> Pair */
  AisleDate first, last;
  GArray *events;            /* of Event: one product in one store, in time */
  AisleImportRecord pending; /* the first event of the next pair */
  gboolean has_pending;
  guint64 n_pairs;
  Pair *pair;      /* at hand */
  Pair all;        /* bulk: every pair has all days */
  guint n_summed;  /* of its events */
  GArray *changes; /* of FlagChange */
};

AisleDays *
aisle_days_new (AisleImport *import, const char *folder, gboolean is_bulk)
{
  AisleDays *days = g_new0 (AisleDays, 1);
  days->import = import;
  days->is_bulk = is_bulk;
  days->sorter = aisle_import_sorter_new (folder, SORT_MEMORY);
  days->pairs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  days->events = g_array_new (FALSE, FALSE, sizeof (Event));
  days->changes = g_array_new (FALSE, FALSE, sizeof (FlagChange));
  days->first = AISLE_DATE_MAX;
  days->last = AISLE_DATE_NONE;
  return days;
}

void
aisle_days_free (AisleDays *days)
{
  if (!days)
    return;
  aisle_import_sorter_free (days->sorter);
  g_hash_table_unref (days->pairs);
  g_array_unref (days->events);
  g_array_unref (days->changes);
  g_free (days);
}

static gint64
pair_key (gint64 store_id, gint64 product_id)
{
  return store_id << 32 | product_id;
}

static Pair *
find_pair (AisleDays *days, gint64 store_id, gint64 product_id)
{
  gint64 key = pair_key (store_id, product_id);
  return g_hash_table_lookup (days->pairs, &key);
}

void
aisle_days_touch (AisleDays *days, gint64 store_id, gint64 product_id, AisleDate day)
{
  days->first = MIN (days->first, day);
  days->last = MAX (days->last, day);
  if (days->is_bulk)
    return;
  Pair *pair = find_pair (days, store_id, product_id);
  if (!pair)
    {
      gint64 key = pair_key (store_id, product_id);
      pair = g_new0 (Pair, 1);
      *pair = (Pair){ .store_id = store_id, .product_id = product_id, .first = day, .last = day };
      g_hash_table_insert (days->pairs, g_memdup2 (&key, sizeof key), pair);
    }
  pair->first = MIN (pair->first, day);
  pair->last = MAX (pair->last, day);
}

/* Events of one instant come in an order of their own, which does not depend on the receipts' row
 * numbers and so not on the order of files: by FNV-1a over the receipt's number. */
static guint64
order_of (const char *number)
{
  guint64 hash = 0xcbf29ce484222325u;
  for (const char *p = number; *p; p++)
    hash = (hash ^ (guint8) *p) * 0x100000001b3u;
  return hash >> 8;
}

static gboolean
sort_event (AisleDays *days,
            gint64 store_id,
            gint64 product_id,
            const char *number,
            const Event *event,
            GError **error)
{
  /* Big-endian, so that bytes order as numbers do; instants before 1970 come first by the sign's
   * flip. */
  guint64 key[4] = { GUINT64_TO_BE ((guint64) store_id << 32 | (guint64) product_id),
                     GUINT64_TO_BE ((guint64) event->at ^ (G_GUINT64_CONSTANT (1) << 63)),
                     GUINT64_TO_BE ((guint64) event->kind << 56 | order_of (number)),
                     GUINT64_TO_BE ((guint64) event->line) };
  guint64 prefix = G_MAXUINT64;
  guint64 day = (guint64) (event->day - AISLE_DATE_MIN + 1); /* below 2^22 */
  if (store_id < 0xffff && product_id < 0x3ffffff)
    prefix = (guint64) store_id << 48 | (guint64) product_id << 22 | day;
  AisleImportRecord record = {
    .prefix = prefix, .key = key, .key_size = sizeof key, .data = event, .data_size = sizeof *event
  };
  return aisle_import_sorter_add (days->sorter, &record, error);
}

gboolean
aisle_days_add (AisleDays *days,
                gint64 store_id,
                gint64 receipt_id,
                const char *number,
                gint64 line_number,
                AisleDate day,
                gint64 at,
                gint64 customer,
                const AisleLine *line,
                gint64 cost_minor,
                gboolean has_promotion,
                GError **error)
{
  aisle_days_touch (days, store_id, line->product, day);
  if (!days->is_bulk)
    return TRUE; /* read back with its neighbours */
  Event event = { .at = at,
                  .receipt_id = receipt_id,
                  .quantity_milli = line->quantity_milli,
                  .net_minor = line->net_minor,
                  .tax_minor = line->tax_minor,
                  .cost_minor = cost_minor,
                  .line = (guint32) line_number,
                  .customer = (guint32) customer,
                  .day = day,
                  .kind = line->kind,
                  .flags = line->flags,
                  .has_promotion = has_promotion };
  return sort_event (days, store_id, line->product, number, &event, error);
}

static Event
read_event (AisleStatement *s)
{
  return (Event){ .at = aisle_column_int64 (s, 3),
                  .receipt_id = aisle_column_int64 (s, 5),
                  .quantity_milli = aisle_column_int64 (s, 9),
                  .net_minor = aisle_column_int64 (s, 10),
                  .tax_minor = aisle_column_int64 (s, 11),
                  .cost_minor =
                      aisle_column_is_null (s, 12) ? AISLE_NO_AMOUNT : aisle_column_int64 (s, 12),
                  .line = (guint32) aisle_column_int64 (s, 6),
                  .customer = (guint32) aisle_column_int64 (s, 4),
                  .day = (gint32) aisle_column_int64 (s, 2),
                  .kind = (guint8) aisle_column_int64 (s, 7),
                  .flags = (guint8) aisle_column_int64 (s, 8),
                  .has_promotion = aisle_column_int64 (s, 13) != 0 };
}

/* The lines around the touched days, of the touched products. */
static gboolean
read_window (AisleDays *days, GError **error)
{
  AisleStatement *s = aisle_statement (
      days->import->workspace,
      "SELECT r.store_id, l.product_id, r.day, r.at, r.customer_id, l.receipt_id, l.line, l.kind, "
      "l.flags, "
      "l.quantity_milli, l.net_minor, l.tax_minor, l.cost_minor, l.promotion IS NOT NULL, r.number "
      "FROM receipt AS r JOIN sale_line AS l ON l.receipt_id = r.id WHERE r.day BETWEEN ?1 AND ?2",
      error);
  if (!s)
    return FALSE;
  aisle_bind_int64 (s, 1, days->first - CANCEL_DAYS);
  aisle_bind_int64 (s, 2, days->last + CANCEL_DAYS);
  int row;
  while ((row = aisle_step (s, error)) == 1)
    {
      gint64 store_id = aisle_column_int64 (s, 0), product_id = aisle_column_int64 (s, 1);
      AisleDate day = (AisleDate) aisle_column_int64 (s, 2);
      const Pair *pair = find_pair (days, store_id, product_id);
      if (!pair || day < pair->first - CANCEL_DAYS || day > pair->last + CANCEL_DAYS)
        continue;
      Event event = read_event (s);
      if (!sort_event (days, store_id, product_id, aisle_column_text (s, 14), &event, error))
        {
          aisle_statement_reset (s);
          return FALSE;
        }
    }
  return row == 0;
}

/* Pairs returns with purchases; see the top of the file. */
static void
match_cancellations (GArray *events)
{
  for (guint i = 0; i < events->len; i++)
    {
      Event *back = &g_array_index (events, Event, i);
      if (back->kind != AISLE_LINE_RETURN || back->customer == 0)
        continue;
      for (guint k = i; k-- > 0;)
        {
          Event *bought = &g_array_index (events, Event, k);
          if (bought->day < back->day - CANCEL_DAYS)
            break;
          if (bought->kind == AISLE_LINE_SALE && !bought->is_cancelled
              && bought->customer == back->customer
              && bought->quantity_milli == -back->quantity_milli)
            {
              bought->is_cancelled = back->is_cancelled = TRUE;
              break;
            }
        }
    }
}

static void
note_flags (AisleDays *days, const Pair *pair)
{
  for (guint i = 0; i < days->events->len; i++)
    {
      const Event *event = &g_array_index (days->events, Event, i);
      /* What the window cannot tell stays as it was. */
      if (event->kind == AISLE_LINE_SALE ? event->day > pair->last : event->day < pair->first)
        continue;
      guint flags = (event->flags & ~(guint) AISLE_LINE_CANCELLED)
                    | (event->is_cancelled ? AISLE_LINE_CANCELLED : 0);
      if (flags == event->flags)
        continue;
      FlagChange change = { event->receipt_id, event->line, flags };
      g_array_append_val (days->changes, change);
    }
}

typedef struct
{
  gint64 units, returns, demand, net, tax, cost;
  gboolean has_cost, has_promotion;
} Sum;

static void
add_to_sum (Sum *sum, const Event *event)
{
  if (event->kind == AISLE_LINE_VOID)
    return;
  if (event->kind == AISLE_LINE_SALE)
    {
      sum->units += event->quantity_milli;
      sum->demand += event->is_cancelled ? 0 : event->quantity_milli;
    }
  else
    sum->returns -= event->quantity_milli;
  sum->net += event->net_minor;
  sum->tax += event->tax_minor;
  if (event->cost_minor != AISLE_NO_AMOUNT)
    {
      sum->cost += event->kind == AISLE_LINE_SALE ? event->cost_minor : -event->cost_minor;
      sum->has_cost = TRUE;
    }
  sum->has_promotion = sum->has_promotion || event->has_promotion;
}

/* Takes away the totals of days in first..last that have no lines any more; `kept` are the days
 * that have, in order. */
static gboolean
remove_empty_days (AisleDays *days, const Pair *pair, const GArray *kept, GError **error)
{
  AisleStatement *s =
      aisle_statement (days->import->workspace,
                       "DELETE FROM sale_day WHERE store_id = ?1 AND product_id = ?2 "
                       "AND day BETWEEN ?3 AND ?4 AND source = 0",
                       error);
  AisleDate from = pair->first - CANCEL_DAYS;
  for (guint i = 0; s && i <= kept->len; i++)
    {
      AisleDate next = i < kept->len ? g_array_index (kept, AisleDate, i) : pair->last + 1;
      if (next > from)
        {
          aisle_bind_int64 (s, 1, pair->store_id);
          aisle_bind_int64 (s, 2, pair->product_id);
          aisle_bind_int64 (s, 3, from);
          aisle_bind_int64 (s, 4, next - 1);
          if (!aisle_run (s, error))
            return FALSE;
        }
      from = next + 1;
    }
  return s != NULL;
}

/* Reads the events of the next pair and matches them. 1: there is one; 0: that was all; -1: an
 * error. */
static int
load_pair (AisleDays *days, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (days->n_pairs == 0)
    days->has_pending = aisle_import_sorter_next (days->sorter, &days->pending, &local);
  g_array_set_size (days->events, 0);
  days->n_summed = 0;
  guint64 ids = 0, other = 0;
  while (days->has_pending)
    {
      memcpy (&other, days->pending.key, sizeof other);
      if (days->events->len > 0 && other != ids)
        break;
      ids = other;
      g_array_append_vals (days->events, days->pending.data, 1);
      days->has_pending = aisle_import_sorter_next (days->sorter, &days->pending, &local);
    }
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return -1;
    }
  if (days->events->len == 0)
    return 0;
  ids = GUINT64_FROM_BE (ids);
  days->all =
      (Pair){ (gint64) (ids >> 32), (gint64) (ids & 0xffffffff), days->first, days->last, FALSE };
  days->pair =
      days->is_bulk ? &days->all : find_pair (days, days->all.store_id, days->all.product_id);
  days->pair->was_summed = TRUE;
  match_cancellations (days->events);
  note_flags (days, days->pair);
  if (days->n_pairs++ % 1024 == 0 && !aisle_import_report (days->import, 0.88, error))
    return -1;
  return 1;
}

/* The next day of the pair at hand that has a total; FALSE: there is none. */
static gboolean
next_day (AisleDays *days, AisleDate *day, Sum *sum)
{
  while (days->n_summed < days->events->len)
    {
      *day = g_array_index (days->events, Event, days->n_summed).day;
      *sum = (Sum){ 0 };
      for (; days->n_summed < days->events->len
             && g_array_index (days->events, Event, days->n_summed).day == *day;
           days->n_summed++)
        add_to_sum (sum, &g_array_index (days->events, Event, days->n_summed));
      gboolean is_empty = sum->units == 0 && sum->returns == 0;
      if (!is_empty && *day >= days->pair->first - CANCEL_DAYS && *day <= days->pair->last)
        return TRUE;
    }
  return FALSE;
}

static void
fill_day (AisleDays *days, AisleDate day, const Sum *sum, AisleFeedValue *row)
{
  const gint64 numbers[] = { days->pair->store_id,
                             days->pair->product_id,
                             day,
                             sum->units,
                             sum->returns,
                             sum->demand,
                             sum->net,
                             sum->tax };
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    aisle_feed_set_int64 (&row[i], numbers[i]);
  if (sum->has_cost)
    aisle_feed_set_int64 (&row[8], sum->cost);
  aisle_feed_set_int64 (&row[9], sum->has_promotion);
  aisle_feed_set_int64 (&row[10], days->import->options->is_generated);
}

/* The next total over all pairs; AisleFeedFunc. */
static int
next_day_cb (AisleFeedValue row[AISLE_FEED_COLUMNS], gpointer data, GError **error)
{
  AisleDays *days = data;
  AisleDate day;
  Sum sum;
  while (!next_day (days, &day, &sum))
    {
      int code = load_pair (days, error);
      if (code <= 0)
        return code;
    }
  fill_day (days, day, &sum, row);
  return 1;
}

static gboolean
put_day (AisleDays *days, AisleDate day, const Sum *sum, GError **error)
{
  AisleFeedValue row[AISLE_FEED_COLUMNS] = { 0 };
  AisleStatement *s = aisle_statement (
      days->import->workspace,
      "INSERT INTO sale_day (" DAY_COLUMNS
      ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
      "ON CONFLICT (store_id, product_id, day) DO UPDATE SET units_milli = excluded.units_milli, "
      "returns_milli = excluded.returns_milli, demand_milli = excluded.demand_milli, "
      "net_minor = excluded.net_minor, tax_minor = excluded.tax_minor, cost_minor = "
      "excluded.cost_minor, "
      "is_promotion = excluded.is_promotion WHERE source = 0",
      error);
  if (!s)
    return FALSE;
  fill_day (days, day, sum, row);
  for (int i = 0; i < N_DAY_COLUMNS; i++)
    if (row[i].type == AISLE_FEED_INT64)
      aisle_bind_int64 (s, i + 1, row[i].number);
  return aisle_run (s, error);
}

/* Replaces the totals of one pair where they are otherwise. */
static gboolean
replace_days (AisleDays *days, GError **error)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (AisleDate));
  AisleDate day;
  Sum sum;
  while (next_day (days, &day, &sum))
    {
      g_array_append_val (kept, day);
      if (!put_day (days, day, &sum, error))
        return FALSE;
    }
  return remove_empty_days (days, days->pair, kept, error);
}

static gboolean
sum_all (AisleDays *days, GError **error)
{
  if (days->is_bulk)
    return aisle_feed_run (days->import->workspace,
                           "INSERT INTO sale_day (" DAY_COLUMNS ") "
                           "SELECT c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM aisle_feed",
                           next_day_cb, days, error);
  int code;
  while ((code = load_pair (days, error)) == 1)
    if (!replace_days (days, error))
      return FALSE;
  return code == 0;
}

/* Products whose lines have all gone. */
static gboolean
sum_gone (AisleDays *days, GError **error)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (AisleDate));
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, days->pairs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((Pair *) value)->was_summed && !remove_empty_days (days, value, none, error))
      return FALSE;
  return TRUE;
}

static int
compare_changes_cb (gconstpointer a, gconstpointer b)
{
  const FlagChange *x = a, *y = b;
  if (x->receipt_id != y->receipt_id)
    return x->receipt_id < y->receipt_id ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

/* In the order of the table, so that each page is visited once. */
static gboolean
write_flags (AisleDays *days, GError **error)
{
  AisleStatement *s = aisle_statement (
      days->import->workspace,
      "UPDATE sale_line SET flags = ?3 WHERE receipt_id = ?1 AND line = ?2", error);
  g_array_sort (days->changes, compare_changes_cb);
  for (guint i = 0; s && i < days->changes->len; i++)
    {
      const FlagChange *change = &g_array_index (days->changes, FlagChange, i);
      aisle_bind_int64 (s, 1, change->receipt_id);
      aisle_bind_int64 (s, 2, change->line);
      aisle_bind_int64 (s, 3, change->flags);
      if (!aisle_run (s, error))
        return FALSE;
    }
  return s != NULL;
}

gboolean
aisle_days_finish (AisleDays *days, GError **error)
{
  if (days->last == AISLE_DATE_NONE)
    return TRUE;
  return (days->is_bulk || read_window (days, error))
         && aisle_import_sorter_finish (days->sorter, error) && sum_all (days, error)
         && sum_gone (days, error) && write_flags (days, error);
}

AisleDate
aisle_days_get_last (AisleDays *days)
{
  return days->last;
}
