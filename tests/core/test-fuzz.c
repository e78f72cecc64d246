/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-barcode.h"
#include "aisle-core-error.h"
#include "aisle-date.h"
#include "aisle-random.h"
#include "aisle-record-writer.h"
#include "aisle-table.h"
#include "record-fixture.h"

#include <math.h>
#include <string.h>

/* Seeded mutations of valid input: whatever comes, the parsers answer with rows or with an error of
 * their own domain, and never crash. The sanitizers look on. */

static const char csv_plain[] =
    "sku,date,price,\"name\"\n001,2011-08-31,\"1,234.50\",\"two\nlines\"\n"
    "\"0\"\"2\",31.08.2011,12.50-,caf\303\251\r\n003,,,\r4;5|6\t7\n";
static const char csv_utf16[] =
    "\377\376s\0k\0u\0,\0p\0\n\0\351\0,\0\"\0001\0\"\0\r\0\n\0\075\330\000\336,\0002\0";
static const char csv_1252[] = "sku;price\r\ncaf\351;1.234,50\r\n\200;\"x;y\"\r\n";
static const char sheet_xml[] =
    "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
    "t=\"inlineStr\">"
    "<is><t>b</t></is></c></row><row r=\"2\"><c r=\"A2\" s=\"1\"><v>40786.5</v></c><c r=\"C2\" "
    "t=\"b\"><v>1</v></c></row></sheetData></worksheet>";
static const char strings_xml[] = "<sst><si><t>sku</t></si><si><r><t>x</t></r></si></sst>";
static const char styles_xml[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd.mm."
    "yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/>"
    "</cellXfs></styleSheet>";
static const char workbook_xml[] = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"A\" r:id=\"r1\"/>"
                                   "</sheets></workbook>";
static const char relations_xml[] =
    "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship "
    "Id=\"r2\" Type=\"x/sharedStrings\" Target=\"t.xml\"/><Relationship Id=\"r3\" "
    "Type=\"x/styles\" "
    "Target=\"u.xml\"/></Relationships>";

/* Bytes that mean something to some parser. */
static const char special[] =
    "\",;\t|\r\n\0\377\376\300\200<>&/'=+-@eE.0123456789()[] \357\273\277";

static guint
pick (AisleRandom *random, gsize n)
{
  return (guint) aisle_random_below (random, n);
}

static GString *
mutate (AisleRandom *random, const char *data, gsize length)
{
  GString *text = g_string_new_len (data, (gssize) length);
  for (guint n = 1 + pick (random, 6); n > 0; n--)
    {
      gsize at = pick (random, text->len + 1);
      gsize span = 1 + pick (random, 8);
      span = MIN (span, text->len - at);
      char byte =
          pick (random, 2) ? special[pick (random, sizeof special - 1)] : (char) pick (random, 256);
      switch (pick (random, 5))
        {
        case 0:
          g_string_insert_c (text, (gssize) at, byte);
          break;
        case 1:
          g_string_erase (text, (gssize) at, (gssize) span);
          break;
        case 2:
          if (at < text->len)
            text->str[at] = byte;
          break;
        case 3:
          {
            g_autofree char *copy = g_memdup2 (text->str + at, span + 1);
            g_string_insert_len (text, pick (random, text->len + 1), copy, (gssize) span);
            break;
          }
        default:
          g_string_truncate (text, pick (random, 8) ? text->len : at);
        }
    }
  return text;
}

/* Opens and reads all; what fails must fail by our own domain with a message in UTF-8. */
static gboolean
read_all (const char *path, const AisleTextFormat *overrides)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, overrides, &error);
  g_autofree char *rows = reader ? fixture_rows (reader, &error) : NULL;
  if (error)
    {
      g_assert_true (error->domain == AISLE_CORE_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  else
    g_assert_nonnull (reader);
  return error == NULL;
}

static void
test_csv (void)
{
  static const struct
  {
    const char *data;
    gsize length;
  } corpus[] = { { csv_plain, sizeof csv_plain - 1 },
                 { csv_utf16, sizeof csv_utf16 - 1 },
                 { csv_1252, sizeof csv_1252 - 1 } };
  AisleRandom random;
  aisle_random_init (&random, 11);
  guint n_read = 0;
  for (int i = 0; i < 4000; i++)
    {
      gsize k = pick (&random, G_N_ELEMENTS (corpus));
      AisleTextFormat overrides = { .encoding =
                                        (AisleEncoding) (pick (&random, 3) ? 0 : pick (&random, 5)),
                                    .separator = "\0\0\0,;\t|"[pick (&random, 7)] };
      GString *text = mutate (&random, corpus[k].data, corpus[k].length);
      g_autofree char *path = fixture_write ("fuzz.csv", text->str, (gssize) text->len);
      n_read += read_all (path, &overrides);
      g_string_free (text, TRUE);
    }
  g_assert_cmpuint (n_read, >, 2000);
}

static void
test_gzip (void)
{
  g_autofree char *packed = fixture_write_gzip ("seed.gz", csv_plain, -1);
  g_autofree char *bytes = NULL;
  gsize length;
  AisleRandom random;
  aisle_random_init (&random, 12);
  g_assert_true (g_file_get_contents (packed, &bytes, &length, NULL));
  for (int i = 0; i < 2000; i++)
    {
      GString *text = mutate (&random, bytes, length);
      g_autofree char *path = fixture_write ("fuzz.gz", text->str, (gssize) text->len);
      read_all (path, NULL);
      g_string_free (text, TRUE);
    }
}

static void
test_xlsx_parts (void)
{
  AisleRandom random;
  aisle_random_init (&random, 13);
  guint n_read = 0;
  for (int i = 0; i < 2000; i++)
    {
      const char *entries[] = { "xl/workbook.xml", workbook_xml, "xl/_rels/workbook.xml.rels",
                                relations_xml,     "xl/s.xml",   sheet_xml,
                                "xl/t.xml",        strings_xml,  "xl/u.xml",
                                styles_xml,        NULL };
      guint part = 1 + 2 * pick (&random, 5);
      GString *text = mutate (&random, entries[part], strlen (entries[part]));
      entries[part] = text->str;
      g_autofree char *path = fixture_write_zip ("fuzz.xlsx", entries);
      n_read += read_all (path, NULL);
      g_string_free (text, TRUE);
    }
  g_assert_cmpuint (n_read, >, 100);
}

static void
test_xlsx_bytes (void)
{
  const char *const entries[] = { "xl/workbook.xml", workbook_xml, "xl/_rels/workbook.xml.rels",
                                  relations_xml,     "xl/s.xml",   sheet_xml,
                                  "xl/t.xml",        strings_xml,  "xl/u.xml",
                                  styles_xml,        NULL };
  g_autofree char *seed = fixture_write_zip ("seed.xlsx", entries);
  g_assert_true (read_all (seed, NULL));
  g_autofree char *bytes = NULL;
  gsize length;
  AisleRandom random;
  aisle_random_init (&random, 14);
  g_assert_true (g_file_get_contents (seed, &bytes, &length, NULL));
  for (int i = 0; i < 2000; i++)
    {
      GString *text = mutate (&random, bytes, length);
      g_autofree char *path = fixture_write ("fuzz.xlsx", text->str, (gssize) text->len);
      read_all (path, NULL);
      g_string_free (text, TRUE);
    }
}

static void
test_values (void)
{
  static const char *const corpus[] = { "2011-08-31T08:26:01+02:00",
                                        "31.08.11",
                                        "12/1/2010 8:26 PM",
                                        "20110831235959",
                                        "1.234,50-",
                                        "(1,234.50)",
                                        "1e5",
                                        "4006381333931",
                                        "5.01E+12",
                                        "40786.5",
                                        "1\302\240234",
                                        "31-AUG-11" };
  AisleRandom random;
  aisle_random_init (&random, 15);
  for (int i = 0; i < 100000; i++)
    {
      const char *seed = corpus[pick (&random, G_N_ELEMENTS (corpus))];
      GString *text = mutate (&random, seed, strlen (seed));
      AisleTextFormat format = { .date_order = (AisleDateOrder) pick (&random, 4),
                                 .is_xlsx = pick (&random, 2) == 1,
                                 .number = { ".,"[pick (&random, 2)],
                                             ",. '\0"[pick (&random, 5)] } };
      gint32 date;
      int second;
      gint64 value;
      double number;
      AisleBarcode barcode;
      if (aisle_text_format_parse_date (&format, text->str, &date, &second, NULL))
        {
          g_assert_true (aisle_date_is_valid (date));
          g_assert_true (second >= -1 && second < 86400);
        }
      aisle_decimal_parse (text->str, (gssize) text->len, format.number, (int) pick (&random, 10),
                           &value, NULL);
      if (aisle_decimal_parse_double (text->str, -1, format.number, &number, NULL))
        g_assert_true (isfinite (number));
      aisle_barcode_read (text->str, (gssize) text->len, &barcode);
      g_assert_cmpuint (strlen (barcode.code), <=, 14);
      g_string_free (text, TRUE);
    }
}

/* Any text that is written comes back, but for blanks at its ends and a ' before formulas. */
static void
test_written_text (void)
{
  AisleRandom random;
  aisle_random_init (&random, 16);
  for (int i = 0; i < 60; i++)
    {
      g_autofree char *path = fixture_path ("written.csv");
      AisleRecordWriter *writer = aisle_record_writer_open (path, AISLE_RECORD_CSV, 0, 0, NULL);
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
      for (int field = 0; field < 6; field++)
        {
          GString *text = mutate (&random, csv_plain + 30, 60);
          g_autofree char *valid = g_utf8_make_valid (text->str, (gssize) strlen (text->str));
          g_ptr_array_add (texts, g_strconcat ("x", valid, "x", NULL));
          g_string_free (text, TRUE);
        }
      for (int row = 0; row < 2; row++)
        {
          for (guint field = 0; field < texts->len; field++)
            aisle_record_writer_add_text (writer, texts->pdata[field]);
          aisle_record_writer_end_row (writer);
        }
      g_assert_true (aisle_record_writer_finish (writer, NULL));
      AisleTextFormat format = { .encoding = AISLE_ENCODING_UTF8, .separator = ',' };
      g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, &format, NULL);
      AisleRecord record;
      g_assert_true (aisle_record_reader_next (reader, &record, NULL));
      g_assert_cmpuint (record.n_fields, ==, texts->len);
      g_assert_null (record.problem);
      for (guint field = 0; field < texts->len; field++)
        g_assert_cmpstr (record.fields[field], ==, texts->pdata[field]);
      g_assert_false (aisle_record_reader_next (reader, &record, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/fuzz/csv", test_csv);
  g_test_add_func ("/core/fuzz/gzip", test_gzip);
  g_test_add_func ("/core/fuzz/xlsx-parts", test_xlsx_parts);
  g_test_add_func ("/core/fuzz/xlsx-bytes", test_xlsx_bytes);
  g_test_add_func ("/core/fuzz/values", test_values);
  g_test_add_func ("/core/fuzz/written-text", test_written_text);
  int status = g_test_run ();
  fixture_remove_all ();
  return status;
}
