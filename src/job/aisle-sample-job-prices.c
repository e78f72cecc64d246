/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-source-private.h"

#define WINDOW_DAYS 56
#define PENNY_MILLI 10

typedef struct
{
  gint64 minor;
  guint count;
  guint last; /* position of its last line */
} Paid;

static void
count_price (GArray *seen, gint64 minor, guint position)
{
  for (guint i = 0; i < seen->len; i++)
    {
      Paid *paid = &g_array_index (seen, Paid, i);
      if (paid->minor == minor)
        {
          paid->count++;
          paid->last = position;
          return;
        }
    }
  Paid first = { minor, 1, position };
  g_array_append_val (seen, first);
}

static gint64
most_frequent (const AisleSampleSource *source,
               const AisleSampleSeries *series,
               AisleDate since,
               GArray *seen)
{
  g_array_set_size (seen, 0);
  for (guint i = series->begin; i < series->end; i++)
    {
      const AisleSampleLine *line =
          aisle_sample_line (source, g_array_index (source->by_series, guint, i));
      if (line->kind == AISLE_SAMPLE_SALE && line->quantity > 0 && line->price_milli >= PENNY_MILLI
          && line->day >= since)
        count_price (seen, (line->price_milli + 5) / 10, i);
    }
  const Paid *best = NULL;
  for (guint i = 0; i < seen->len; i++)
    {
      const Paid *paid = &g_array_index (seen, Paid, i);
      if (!best || paid->count > best->count
          || (paid->count == best->count && paid->last > best->last))
        best = paid;
    }
  return best ? best->minor : 0;
}

void
aisle_sample_source_infer_prices (AisleSampleSource *source)
{
  AisleDate since = source->last_day - WINDOW_DAYS + 1;
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (Paid));
  for (guint i = 0; i < source->series->len; i++)
    {
      AisleSampleSeries *series = aisle_sample_series (source, i);
      series->net_minor = most_frequent (source, series, since, seen);
      series->is_price_recent = series->net_minor > 0;
      if (!series->is_price_recent)
        series->net_minor = most_frequent (source, series, AISLE_DATE_MIN, seen);
    }
}
