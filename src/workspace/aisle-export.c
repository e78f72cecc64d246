/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-export.h"

#include "aisle-money.h"
#include "aisle-statement-private.h"

#include <string.h>

#define ROWS_PER_REPORT 4096

/* How a column of the query is written. Queries end with two columns that are not written: the
 * currency of the row's money and the zone of its times. */
typedef enum
{
  CELL_TEXT,
  CELL_INTEGER,
  CELL_MILLI,   /* thousandths */
  CELL_MONEY,   /* minor units */
  CELL_MICRO,   /* millionths of a major unit, without trailing zeros */
  CELL_PERCENT, /* ppm */
  CELL_DATE,
  CELL_FROM_DATE, /* 0 is "always was": empty */
  CELL_FLAG,
  CELL_WEEKDAYS, /* bits, Monday first */
  CELL_INSTANT,  /* in the zone; midnight is the bare day */
  CELL_LAST_DAY, /* an exclusive end in the zone; midnight is the day before */
} CellType;

typedef struct
{
  const char *name;
  CellType type;
  const char *sql;
} Column;

typedef struct
{
  const Column *columns;
  const char *from; /* FROM and ORDER BY */
  const char *currency, *zone;
  const char *attributes, *owner; /* table of attributes and its key, NULL: none */
  const char *id;                 /* what the key is compared with */
} Query;

static const Column catalog_columns[] = { { "sku", CELL_TEXT, "p.sku" },
                                          { "name", CELL_TEXT, "p.name" },
                                          { "category", CELL_TEXT, "c.code" },
                                          { "category_name", CELL_TEXT, "c.name" },
                                          { "brand", CELL_TEXT, "p.brand" },
                                          { "own_brand", CELL_FLAG, "p.own_brand" },
                                          { "style", CELL_TEXT, "p.style" },
                                          { "size", CELL_TEXT, "p.size" },
                                          { "color", CELL_TEXT, "p.color" },
                                          { "season", CELL_TEXT, "p.season" },
                                          { "status", CELL_TEXT, "p.status" },
                                          { "launched", CELL_DATE, "p.launched_day" },
                                          { "ends", CELL_DATE, "p.ends_day" },
                                          { "tax_class", CELL_TEXT, "p.tax_class" },
                                          { "base_unit", CELL_TEXT, "p.base_unit" },
                                          { "weighed", CELL_FLAG, "p.is_weighed" },
                                          { "content", CELL_MILLI, "p.content_milli" },
                                          { "content_unit", CELL_TEXT, "p.content_unit" },
                                          { "shelf_life_days", CELL_INTEGER, "p.shelf_life_days" },
                                          { "image", CELL_TEXT, "p.image" },
                                          { NULL, CELL_TEXT, NULL } };

static const Column store_columns[] = { { "code", CELL_TEXT, "s.code" },
                                        { "name", CELL_TEXT, "s.name" },
                                        { "channel", CELL_TEXT, "s.channel" },
                                        { "currency", CELL_TEXT, "s.currency" },
                                        { "country", CELL_TEXT, "s.country" },
                                        { "region", CELL_TEXT, "s.region" },
                                        { "zone", CELL_TEXT, "s.zone" },
                                        { "prices_include_tax", CELL_FLAG, "s.prices_include_tax" },
                                        { "format", CELL_TEXT, "s.format" },
                                        { "opening_days", CELL_WEEKDAYS, "s.opening_days" },
                                        { "opened", CELL_DATE, "s.opened_day" },
                                        { "closed", CELL_DATE, "s.closed_day" },
                                        { "in_totals", CELL_FLAG, "s.in_totals" },
                                        { "system_code", CELL_TEXT, "s.system_code" },
                                        { NULL, CELL_TEXT, NULL } };

static const Column stock_columns[] = { { "store", CELL_TEXT, "s.code" },
                                        { "sku", CELL_TEXT, "p.sku" },
                                        { "day", CELL_DATE, "t.day" },
                                        { "on_hand", CELL_MILLI, "t.on_hand_milli" },
                                        { "reserved", CELL_MILLI, "t.reserved_milli" },
                                        { "on_order", CELL_MILLI, "t.on_order_milli" },
                                        { NULL, CELL_TEXT, NULL } };

static const Column sales_columns[] = {
  { "receipt", CELL_TEXT, "r.number" },
  { "date", CELL_INSTANT, "r.at" },
  { "store", CELL_TEXT, "s.code" },
  { "sku", CELL_TEXT, "p.sku" },
  { "quantity", CELL_MILLI, "l.quantity_milli" },
  { "net_price", CELL_MICRO, "l.unit_net_micro" },
  { "net_value", CELL_MONEY, "l.net_minor" },
  { "tax", CELL_MONEY, "l.tax_minor" },
  { "list_price", CELL_MONEY, "l.list_minor" },
  { "discount", CELL_MONEY, "nullif (l.discount_minor, 0)" },
  { "pseudonym", CELL_TEXT,
    "(SELECT lower (hex (pseudonym)) FROM customer WHERE id = r.customer_id)" },
  { "kind", CELL_TEXT, "CASE l.kind WHEN 0 THEN 'sale' WHEN 1 THEN 'return' ELSE 'void' END" },
  { "currency", CELL_TEXT, "s.currency" },
  { "cost", CELL_MONEY, "l.cost_minor" },
  { "till", CELL_TEXT, "r.till" },
  { "tender", CELL_TEXT, "r.tender" },
  { "fulfilment", CELL_TEXT, "r.fulfilment" },
  { "promotion", CELL_TEXT, "l.promotion" },
  { "original_receipt", CELL_TEXT, "l.original_receipt" },
  { "reason", CELL_TEXT, "l.reason" },
  { NULL, CELL_TEXT, NULL }
};

static const Column daily_columns[] = { { "date", CELL_DATE, "d.day" },
                                        { "store", CELL_TEXT, "s.code" },
                                        { "sku", CELL_TEXT, "p.sku" },
                                        { "quantity", CELL_MILLI, "d.units_milli" },
                                        { "returns", CELL_MILLI, "d.returns_milli" },
                                        { "net_value", CELL_MONEY, "d.net_minor" },
                                        { "tax", CELL_MONEY, "d.tax_minor" },
                                        { "available", CELL_FLAG, "d.is_available" },
                                        { NULL, CELL_TEXT, NULL } };

static const Column customer_columns[] = { { "pseudonym", CELL_TEXT, "lower (hex (c.pseudonym))" },
                                           { "country", CELL_TEXT, "c.country" },
                                           { NULL, CELL_TEXT, NULL } };

static const Column price_columns[] = { { "sku", CELL_TEXT, "p.sku" },
                                        { "store", CELL_TEXT, "s.code" },
                                        { "gross", CELL_MONEY, "l.gross_minor" },
                                        { "net", CELL_MONEY, "l.net_minor" },
                                        { "tax_rate", CELL_PERCENT, "l.tax_rate_ppm" },
                                        { "kind", CELL_TEXT, "l.kind" },
                                        { "from", CELL_INSTANT, "l.from_at" },
                                        { "to", CELL_LAST_DAY, "l.to_at" },
                                        { "currency", CELL_TEXT, "l.currency" },
                                        { NULL, CELL_TEXT, NULL } };

static const Column cost_columns[] = { { "sku", CELL_TEXT, "p.sku" },
                                       { "net", CELL_MONEY, "k.net_minor" },
                                       { "kind", CELL_TEXT, "k.kind" },
                                       { "from", CELL_FROM_DATE, "k.from_day" },
                                       { "supplier", CELL_TEXT, "v.code" },
                                       { "currency", CELL_TEXT, "k.currency" },
                                       { NULL, CELL_TEXT, NULL } };

static const Column supplier_columns[] = { { "code", CELL_TEXT, "v.code" },
                                           { "name", CELL_TEXT, "v.name" },
                                           { "country", CELL_TEXT, "v.country" },
                                           { "sku", CELL_TEXT, "p.sku" },
                                           { "supplier_sku", CELL_TEXT, "t.supplier_sku" },
                                           { "from", CELL_FROM_DATE, "t.from_day" },
                                           { "case_pack", CELL_INTEGER, "t.case_pack" },
                                           { "inner_pack", CELL_INTEGER, "t.inner_pack" },
                                           { "minimum", CELL_MILLI, "t.minimum_milli" },
                                           { "cost", CELL_MONEY, "t.cost_minor" },
                                           { "currency", CELL_TEXT, "t.currency" },
                                           { "lead_time_days", CELL_INTEGER, "t.lead_time_days" },
                                           { NULL, CELL_TEXT, NULL } };

static const Column barcode_columns[] = { { "code", CELL_TEXT, "b.code" },
                                          { "sku", CELL_TEXT, "p.sku" },
                                          { "units_per_scan", CELL_INTEGER, "b.units_per_scan" },
                                          { NULL, CELL_TEXT, NULL } };

static const Column listing_columns[] = {
  { "store", CELL_TEXT, "s.code" },         { "sku", CELL_TEXT, "p.sku" },
  { "from", CELL_FROM_DATE, "l.from_day" }, { "to", CELL_DATE, "l.to_day" },
  { "shelf", CELL_TEXT, "l.shelf" },        { NULL, CELL_TEXT, NULL }
};

static const Column calendar_columns[] = { { "day", CELL_DATE, "d.day" },
                                           { "country", CELL_TEXT, "d.country" },
                                           { "region", CELL_TEXT, "d.region" },
                                           { "fiscal_year", CELL_INTEGER, "d.fiscal_year" },
                                           { "fiscal_week", CELL_INTEGER, "d.fiscal_week" },
                                           { "holiday", CELL_TEXT, "d.holiday" },
                                           { "event", CELL_TEXT, "d.event" },
                                           { "closed", CELL_FLAG, "d.is_closed" },
                                           { NULL, CELL_TEXT, NULL } };

static const Column tax_columns[] = { { "country", CELL_TEXT, "x.country" },
                                      { "tax_class", CELL_TEXT, "x.tax_class" },
                                      { "tax_rate", CELL_PERCENT, "x.rate_ppm" },
                                      { "from", CELL_FROM_DATE, "x.from_day" },
                                      { NULL, CELL_TEXT, NULL } };

static const Query queries[AISLE_IMPORT_N_KINDS] = {
  [AISLE_IMPORT_CATALOG] = { catalog_columns,
                             "product AS p LEFT JOIN category AS c ON c.id = p.category_id ORDER "
                             "BY p.sku",
                             NULL, NULL, "product_attribute", "product_id", "p.id" },
  [AISLE_IMPORT_STORES] = { store_columns, "store AS s ORDER BY s.code", NULL, NULL, NULL, NULL,
                            NULL },
  [AISLE_IMPORT_STOCK] = { stock_columns,
                           "stock_day AS t JOIN store AS s ON s.id = t.store_id "
                           "JOIN product AS p ON p.id = t.product_id ORDER BY s.code, p.sku, t.day",
                           NULL, NULL, NULL, NULL, NULL },
  [AISLE_IMPORT_SALES] = { sales_columns,
                           "receipt AS r CROSS JOIN sale_line AS l ON l.receipt_id = r.id "
                           "JOIN store AS s ON s.id = r.store_id JOIN product AS p ON p.id = "
                           "l.product_id "
                           "ORDER BY r.id, l.line",
                           "s.currency", "s.zone", NULL, NULL, NULL },
  [AISLE_IMPORT_CUSTOMERS] = { customer_columns, "customer AS c ORDER BY c.pseudonym", NULL, NULL,
                               "customer_attribute", "customer_id", "c.id" },
  [AISLE_IMPORT_PRICES] = { price_columns,
                            "price_ledger AS l JOIN store AS s ON s.id = l.store_id "
                            "JOIN product AS p ON p.id = l.product_id "
                            "ORDER BY p.sku, s.code, l.kind, l.from_at",
                            "l.currency", "s.zone", NULL, NULL, NULL },
  [AISLE_IMPORT_COSTS] = { cost_columns,
                           "cost AS k JOIN product AS p ON p.id = k.product_id "
                           "LEFT JOIN supplier AS v ON v.id = k.supplier_id "
                           "ORDER BY p.sku, k.kind, k.from_day",
                           "k.currency", NULL, NULL, NULL, NULL },
  [AISLE_IMPORT_SUPPLIERS] = { supplier_columns,
                               "supplier AS v LEFT JOIN product_supplier AS t ON t.supplier_id = "
                               "v.id "
                               "LEFT JOIN product AS p ON p.id = t.product_id "
                               "ORDER BY v.code, p.sku, t.from_day",
                               "t.currency", NULL, NULL, NULL, NULL },
  [AISLE_IMPORT_BARCODES] = { barcode_columns,
                              "barcode AS b JOIN product AS p ON p.id = b.product_id ORDER BY "
                              "b.code",
                              NULL, NULL, NULL, NULL, NULL },
  [AISLE_IMPORT_LISTINGS] = { listing_columns,
                              "listing AS l JOIN store AS s ON s.id = l.store_id "
                              "JOIN product AS p ON p.id = l.product_id ORDER BY s.code, p.sku, "
                              "l.from_day",
                              NULL, NULL, NULL, NULL, NULL },
  [AISLE_IMPORT_CALENDAR] = { calendar_columns,
                              "calendar_day AS d ORDER BY d.day, d.country, d.region", NULL, NULL,
                              NULL, NULL, NULL },
  [AISLE_IMPORT_TAXES] = { tax_columns, "tax_rate AS x ORDER BY x.country, x.tax_class, x.from_day",
                           NULL, NULL, NULL, NULL, NULL },
};

static const Query daily_query = {
  daily_columns,
  "sale_day AS d JOIN store AS s ON s.id = d.store_id "
  "JOIN product AS p ON p.id = d.product_id ORDER BY s.code, p.sku, d.day",
  "s.currency",
  NULL,
  NULL,
  NULL,
  NULL
};

typedef struct
{
  AisleWorkspace *workspace;
  AisleRecordWriter *writer;
  AisleStatement *statement;
  GPtrArray *attributes; /* column names, of char* */
  guint n_columns;
  GHashTable *zones; /* name -> GTimeZone */
} Export;

static void
export_clear (Export *export)
{
  g_clear_pointer (&export->writer, aisle_record_writer_discard);
  g_clear_pointer (&export->attributes, g_ptr_array_unref);
  g_clear_pointer (&export->zones, g_hash_table_unref);
  if (export->statement)
    aisle_statement_reset (export->statement);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

static void
unref_zone_cb (gpointer data)
{
  g_time_zone_unref (data);
}

/* Appends a column for each attribute that anything has; import takes these names. */
static gboolean
append_attributes (Export *export, const Query *query, GString *sql, GError **error)
{
  if (!query->attributes)
    return TRUE;
  g_autofree char *names = g_strdup_printf (
      "SELECT name, max (is_protected) FROM %s GROUP BY name ORDER BY name", query->attributes);
  AisleStatement *s = aisle_statement (export->workspace, names, error);
  int row = -1;
  while (s && (row = aisle_step (s, error)) == 1)
    {
      const char *name = aisle_column_text (s, 0);
      char *part = sqlite3_mprintf (", (SELECT value FROM %s WHERE %s = %s AND name = %Q)",
                                    query->attributes, query->owner, query->id, name);
      g_string_append (sql, part);
      sqlite3_free (part);
      g_ptr_array_add (
          export->attributes,
          g_strconcat (aisle_column_int64 (s, 1) ? "protected:" : "attribute:", name, NULL));
    }
  return row == 0;
}

static gboolean
prepare (Export *export, const Query *query, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  for (const Column *column = query->columns; column->name; column++)
    {
      g_string_append_printf (sql, "%s%s", export->n_columns > 0 ? ", " : "", column->sql);
      aisle_record_writer_add_text (export->writer, column->name);
      export->n_columns++;
    }
  if (!append_attributes (export, query, sql, error))
    return FALSE;
  for (guint i = 0; i < export->attributes->len; i++)
    aisle_record_writer_add_text (export->writer, export->attributes->pdata[i]);
  aisle_record_writer_end_row (export->writer);
  g_string_append_printf (sql, ", %s, %s FROM %s", query->currency ? query->currency : "NULL",
                          query->zone ? query->zone : "NULL", query->from);
  export->statement = aisle_statement (export->workspace, sql->str, error);
  return export->statement != NULL;
}

static GTimeZone *
find_zone (Export *export, const char *name)
{
  GTimeZone *zone = g_hash_table_lookup (export->zones, name);
  if (!zone)
    {
      zone = g_time_zone_new_identifier (name);
      zone = zone ? zone : g_time_zone_new_utc ();
      g_hash_table_insert (export->zones, g_strdup (name), zone);
    }
  return zone;
}

static void
add_instant (Export *export, gint64 at, const char *zone_name, gboolean is_end)
{
  GTimeZone *zone = find_zone (export, zone_name ? zone_name : "UTC");
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, at);
  gint64 local = at + g_time_zone_get_offset (zone, interval);
  AisleDate day = aisle_date_from_utc_seconds (local);
  int second = (int) (local - (gint64) day * 86400);
  char date[AISLE_DATE_TEXT_SIZE], text[40];
  if (second == 0)
    aisle_record_writer_add_date (export->writer, is_end ? day - 1 : day);
  else
    {
      g_snprintf (text, sizeof text, "%s %02d:%02d:%02d", aisle_date_format_iso (day, date),
                  second / 3600, second % 3600 / 60, second % 60);
      aisle_record_writer_add_text (export->writer, text);
    }
}

static void
add_decimal_short (Export *export, gint64 value, int scale)
{
  while (scale > 0 && value % 10 == 0)
    {
      value /= 10;
      scale--;
    }
  aisle_record_writer_add_decimal (export->writer, value, scale);
}

static void
add_cell (Export *export, const Column *column, int index, const char *currency, const char *zone)
{
  AisleStatement *s = export->statement;
  if (aisle_column_is_null (s, index))
    {
      aisle_record_writer_add_text (export->writer, NULL);
      return;
    }
  gint64 number = column->type == CELL_TEXT ? 0 : aisle_column_int64 (s, index);
  char days[8] = "0000000";
  switch (column->type)
    {
    case CELL_TEXT:
      aisle_record_writer_add_text (export->writer, aisle_column_text (s, index));
      break;
    case CELL_INTEGER:
      aisle_record_writer_add_integer (export->writer, number);
      break;
    case CELL_MILLI:
      add_decimal_short (export, number, 3);
      break;
    case CELL_MONEY:
      aisle_record_writer_add_decimal (export->writer, number,
                                       MAX (currency ? aisle_currency_digits (currency) : 2, 0));
      break;
    case CELL_MICRO:
      add_decimal_short (export, number, 6);
      break;
    case CELL_PERCENT:
      {
        g_autofree char *percent = aisle_decimal_format_short (number, 4);
        g_autofree char *text = g_strconcat (percent, " %", NULL);
        aisle_record_writer_add_text (export->writer, text);
        break;
      }
    case CELL_DATE:
      aisle_record_writer_add_date (export->writer, (AisleDate) number);
      break;
    case CELL_FROM_DATE:
      if (number == 0)
        aisle_record_writer_add_text (export->writer, NULL);
      else
        aisle_record_writer_add_date (export->writer, (AisleDate) number);
      break;
    case CELL_FLAG:
      aisle_record_writer_add_text (export->writer, number ? "yes" : "no");
      break;
    case CELL_WEEKDAYS:
      for (int i = 0; i < 7; i++)
        days[i] = number >> i & 1 ? '1' : '0';
      aisle_record_writer_add_text (export->writer, days);
      break;
    case CELL_INSTANT:
    case CELL_LAST_DAY:
      add_instant (export, number, zone, column->type == CELL_LAST_DAY);
      break;
    }
}

static gboolean
write_rows (Export *export,
            const Query *query,
            const AisleProgress *progress,
            guint64 *n_rows,
            GError **error)
{
  guint n_own = export->n_columns, n_all = n_own + export->attributes->len;
  int row;
  while ((row = aisle_step (export->statement, error)) == 1)
    {
      const char *currency = aisle_column_text (export->statement, (int) n_all);
      const char *zone = aisle_column_text (export->statement, (int) n_all + 1);
      for (guint i = 0; i < n_own; i++)
        add_cell (export, &query->columns[i], (int) i, currency, zone);
      for (guint i = n_own; i < n_all; i++)
        aisle_record_writer_add_text (export->writer,
                                      aisle_column_text (export->statement, (int) i));
      aisle_record_writer_end_row (export->writer);
      if (++*n_rows % ROWS_PER_REPORT == 0 && !aisle_progress_report (progress, 0))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the export was stopped");
          return FALSE;
        }
    }
  return row == 0;
}

gboolean
aisle_export_file (AisleWorkspace *workspace,
                   AisleImportKind kind,
                   const AisleExportOptions *options,
                   const AisleProgress *progress,
                   guint64 *n_rows,
                   GError **error)
{
  g_return_val_if_fail (workspace != NULL && kind < AISLE_IMPORT_N_KINDS && options != NULL, FALSE);

  const Query *query = kind == AISLE_IMPORT_SALES && options->daily ? &daily_query : &queries[kind];
  guint64 count = 0;
  g_auto (Export) export = {
    .workspace = workspace,
    .attributes = g_ptr_array_new_with_free_func (g_free),
    .zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_zone_cb),
    .writer = aisle_record_writer_open (options->path, options->style, options->separator,
                                        options->decimal, error),
  };
  if (!export.writer || !prepare (&export, query, error)
      || !write_rows (&export, query, progress, &count, error))
    return FALSE;
  if (n_rows)
    *n_rows = count;
  return aisle_record_writer_finish (g_steal_pointer (&export.writer), error);
}
