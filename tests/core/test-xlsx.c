/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "aisle-record-writer.h"
#include "record-fixture.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const char workbook_xml[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook xmlns:r=\"r\"><sheets>"
    "<sheet name=\"Notes\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>"
    "<sheet name=\"Prices &amp; more\" sheetId=\"2\" r:id=\"rId2\"/>"
    "<sheet name=\"Stock\" sheetId=\"3\" r:id=\"rId3\"/></sheets></workbook>";
static const char workbook_1904_xml[] =
    "<workbook xmlns:r=\"r\"><workbookPr date1904=\"1\"/><sheets>"
    "<sheet name=\"Prices &amp; more\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>";
static const char relations_xml[] =
    "<Relationships><Relationship Id=\"rId1\" Type=\"" RELATION "/worksheet\" "
    "Target=\"worksheets/notes.xml\"/><Relationship Id=\"rId2\" Type=\"" RELATION "/worksheet\" "
    "Target=\"/xl/worksheets/prices.xml\"/><Relationship Id=\"rId3\" Type=\"" RELATION
    "/worksheet\" Target=\"worksheets/stock.xml\"/><Relationship Id=\"rId4\" Type=\"" RELATION
    "/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId5\" Type=\"" RELATION
    "/styles\" Target=\"styles.xml\"/></Relationships>";
static const char strings_xml[] =
    "<sst><si><t>sku</t></si><si><r><t>na</t></r><r><t xml:space=\"preserve\">me </t></r>"
    "<rPh><t>no</t></rPh></si><si><t>caf\303\251 &lt;1&gt;</t></si><si/></sst>";
/* 0 plain, 1 built-in date, 2 own date, 3 own date and time, 4 time, 5 five digits, 6 red number,
 * 7 elapsed hours, 8 quoted letters */
static const char styles_xml[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd\\.mm\\.yyyy\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"yyyy-mm-dd hh:mm\"/>"
    "<numFmt numFmtId=\"166\" formatCode=\"00000\"/>"
    "<numFmt numFmtId=\"167\" formatCode=\"[Red]#,##0.00\"/>"
    "<numFmt numFmtId=\"168\" formatCode=\"[h]:mm\"/>"
    "<numFmt numFmtId=\"169\" formatCode=\"0.0&quot; days&quot;\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
    "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"20\"/>"
    "<xf numFmtId=\"166\"/><xf numFmtId=\"167\"/><xf numFmtId=\"168\"/><xf numFmtId=\"169\"/>"
    "</cellXfs></styleSheet>";

static char *
write_workbook (const char *name, const char *workbook, const char *sheet)
{
  const char *const entries[] = { "xl/worksheets/prices.xml",
                                  sheet,
                                  "xl/worksheets/stock.xml",
                                  "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>on "
                                  "hand</t></is></c></row></sheetData></worksheet>",
                                  "xl/worksheets/notes.xml",
                                  "<worksheet/>",
                                  "xl/sharedStrings.xml",
                                  strings_xml,
                                  "xl/styles.xml",
                                  styles_xml,
                                  "xl/_rels/workbook.xml.rels",
                                  relations_xml,
                                  "xl/workbook.xml",
                                  workbook,
                                  NULL };
  return fixture_write_zip (name, entries);
}

#define HEADER                                                                                     \
  "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\">"        \
  "<v>1</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>c</t></is></c></row>"
#define FOOTER "</sheetData></worksheet>"

static void
assert_rows (const char *workbook, const char *rows_xml, const char *wanted)
{
  g_autofree char *xml = g_strconcat (HEADER, rows_xml, FOOTER, NULL);
  g_autofree char *path = write_workbook ("book.xlsx", workbook, xml);
  g_autofree char *rows = fixture_read (path, NULL);
  g_autofree char *all = g_strconcat ("[sku|name|c]", wanted[0] ? " " : "", wanted, NULL);
  g_assert_cmpstr (rows, ==, all);
}

static void
test_cells (void)
{
  assert_rows (workbook_xml, "", "");
  assert_rows (workbook_xml,
               "<row r=\"2\"><c r=\"A2\"><v>12.5</v></c><c r=\"B2\" t=\"s\"><v>2</v></c>"
               "<c r=\"C2\" t=\"b\"><v>1</v></c></row>",
               "2[12.5|caf\303\251 <1>|TRUE]");
  assert_rows (workbook_xml, "<row r=\"7\"><c r=\"C7\"><v>1</v></c><c r=\"E7\"><v>2</v></c></row>",
               "7[||1||2]");
  assert_rows (workbook_xml,
               "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>",
               "2[1|2|] 4[3||]");
  assert_rows (workbook_xml,
               "<row r=\"2\"><c r=\"A2\"><f>1+1</f><v>2</v></c><c r=\"B2\" t=\"str\"><f>x</f>"
               "<v> a </v></c><c r=\"C2\" t=\"e\"><v>#N/A</v></c></row>",
               "2[2|a|#N/A]");
  assert_rows (workbook_xml, "<x:row r=\"2\"><x:c r=\"A2\"><x:v>1</x:v></x:c></x:row>", "2[1||]");
  assert_rows (workbook_xml, "<row r=\"2\"><c r=\"A2\" s=\"1\"/><c r=\"ZZ2\"/></row>", "");
  assert_rows (workbook_xml, "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>99</v></c></row>", "2[||]!");
  assert_rows (workbook_xml, "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>3</v></c></row>", "");
}

static void
test_numbers (void)
{
  assert_rows (workbook_xml,
               "<row r=\"2\"><c r=\"A2\"><v>3.4900000000000002</v></c><c r=\"B2\">"
               "<v>5.0123456789E12</v></c><c r=\"C2\" s=\"5\"><v>123</v></c></row>",
               "2[3.49|5012345678900|00123]");
  assert_rows (workbook_xml,
               "<row r=\"2\"><c r=\"A2\" s=\"6\"><v>40786</v></c><c r=\"B2\" s=\"7\"><v>1.5</v></c>"
               "<c r=\"C2\" s=\"8\"><v>2</v></c></row>",
               "2[40786|1.5|2]");
}

static void
test_dates (void)
{
  /* 2011-08-31 is serial day 40786 of 1900, 39324 of 1904. */
  assert_rows (
      workbook_xml,
      "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>40786</v></c><c r=\"B2\" s=\"2\"><v>40786</v></c>"
      "<c r=\"C2\" s=\"3\"><v>40786.354166666664</v></c></row>",
      "2[2011-08-31|2011-08-31|2011-08-31 08:30:00]");
  assert_rows (workbook_1904_xml, "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>39324</v></c></row>",
               "2[2011-08-31||]");
  assert_rows (workbook_xml,
               "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>1</v></c><c r=\"B2\" s=\"1\"><v>59</v></c>"
               "<c r=\"C2\" s=\"1\"><v>61</v></c></row>",
               "2[1900-01-01|1900-02-28|1900-03-01]");
  assert_rows (workbook_xml,
               "<row r=\"2\"><c r=\"A2\" s=\"4\"><v>0.25</v></c><c r=\"B2\" s=\"1\"><v>-3</v></c>"
               "<c r=\"C2\" t=\"d\"><v>2011-08-31</v></c></row>",
               "2[06:00:00|-3|2011-08-31]");
}

static void
test_sheets (void)
{
  g_autofree char *path = write_workbook ("sheets.xlsx", workbook_xml, HEADER FOOTER);
  AisleTextFormat format = { .sheet = "Stock" };
  g_autofree char *rows = fixture_read (path, &format);
  g_assert_cmpstr (rows, ==, "[on hand]");
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, &error);
  g_assert_no_error (error);
  const AisleTextFormat *found = aisle_record_reader_get_format (reader);
  g_assert_cmpstr (found->sheet, ==, "Prices & more");
  g_assert_true (found->is_xlsx);
  g_assert_cmpint (found->separator, ==, 0);
  format.sheet = "Sales";
  g_assert_null (aisle_record_reader_open (path, &format, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“Stock”"));
}

static void
assert_refused (const char *path, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, &error);
  g_autofree char *rows = reader ? fixture_rows (reader, &error) : NULL;
  g_assert_nonnull (error);
  g_assert_true (error->domain == AISLE_CORE_ERROR);
  g_assert_nonnull (strstr (error->message, path));
  if (!strstr (error->message, part))
    g_error ("“%s” does not say “%s”", error->message, part);
}

static void
test_refused (void)
{
  const char *const text[] = { "x.csv", "a,b\n", NULL };
  const char *const binary[] = { "xl/workbook.bin", "x", NULL };
  const char *const opendocument[] = { "content.xml", "x", NULL };
  const char *const empty[] = { "xl/workbook.xml", "<workbook/>", NULL };
  g_autofree char *zip = fixture_write_zip ("zip.zip", text);
  assert_refused (zip, "holds no workbook");
  g_autofree char *xlsb = fixture_write_zip ("x.xlsb", binary);
  assert_refused (xlsb, ".xlsb");
  g_autofree char *ods = fixture_write_zip ("x.ods", opendocument);
  assert_refused (ods, "OpenDocument");
  g_autofree char *none = fixture_write_zip ("none.xlsx", empty);
  assert_refused (none, "no sheet");
  g_autofree char *bad = write_workbook ("bad.xlsx", workbook_xml, "<worksheet><row>");
  assert_refused (bad, "damaged");
  g_autofree char *wide = write_workbook ("wide.xlsx", workbook_xml,
                                          "<worksheet><row><c r=\"ZZZZZZZZ1\"><v>1</v></c></row>"
                                          "</worksheet>");
  assert_refused (wide, "impossible column");

  g_autofree char *whole = write_workbook ("cut.xlsx", workbook_xml, HEADER FOOTER);
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (whole, &bytes, &length, NULL));
  g_autofree char *cut = fixture_write ("cut.xlsx", bytes, (gssize) length / 2);
  assert_refused (cut, "damaged");
}

/* A text without an end must not be collected in memory. */
static void
test_bomb (void)
{
  GString *xml = g_string_new ("<worksheet><row><c t=\"inlineStr\"><is><t>");
  for (int i = 0; i < 6 * 1024 * 1024; i++)
    g_string_append_c (xml, 'x');
  g_string_append (xml, "</t></is></c></row></worksheet>");
  g_autofree char *path = write_workbook ("bomb.xlsx", workbook_xml, xml->str);
  g_string_free (xml, TRUE);
  assert_refused (path, "far too long");
}

static void
test_round_trip (void)
{
  g_autofree char *path = fixture_path ("round.xlsx");
  g_autoptr (GError) error = NULL;
  AisleRecordWriter *writer = aisle_record_writer_open (path, AISLE_RECORD_XLSX, 0, 0, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%d", i);
      aisle_record_writer_add_text (writer, name);
    }
  aisle_record_writer_end_row (writer);
  for (int i = 0; i < 5000; i++)
    {
      aisle_record_writer_add_text (writer, "=1+1 <\303\251>");
      aisle_record_writer_add_integer (writer, 5012345678900);
      aisle_record_writer_add_integer (writer, G_MAXINT64);
      aisle_record_writer_add_decimal (writer, -349, 2);
      aisle_record_writer_add_double (writer, 0.1 + 0.2);
      aisle_record_writer_add_double (writer, NAN);
      aisle_record_writer_add_date (writer, aisle_date_from_ymd (2011, 8, 31));
      aisle_record_writer_add_date (writer, aisle_date_from_ymd (1850, 1, 1));
      aisle_record_writer_end_row (writer);
    }
  g_assert_true (aisle_record_writer_finish (writer, &error));
  g_assert_no_error (error);

  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, &error);
  g_assert_no_error (error);
  AisleRecord record;
  guint n = 0;
  static const char *const wanted[] = { "=1+1 <\303\251>", "5012345678900", "9223372036854775807",
                                        "-3.49",           "0.3",           "",
                                        "2011-08-31",      "1850-01-01" };
  while (aisle_record_reader_next (reader, &record, &error))
    {
      g_assert_cmpuint (record.n_fields, ==, 8);
      g_assert_cmpuint (record.line, ==, n + 2);
      for (guint i = 0; i < 8; i++)
        g_assert_cmpstr (record.fields[i], ==, wanted[i]);
      n++;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 5000);
}

/* libxlsxwriter would write 12,5 into the XML. */
static void
test_locale (void)
{
  if (!setlocale (LC_ALL, "de_DE.UTF-8") && !setlocale (LC_ALL, "fr_FR.UTF-8"))
    {
      g_test_skip ("no locale with a decimal comma is installed");
      return;
    }
  g_autofree char *path = fixture_path ("locale.xlsx");
  AisleRecordWriter *writer = aisle_record_writer_open (path, AISLE_RECORD_XLSX, 0, 0, NULL);
  for (int i = 0; i < 2; i++)
    {
      aisle_record_writer_add_double (writer, 12.5);
      aisle_record_writer_add_decimal (writer, 349, 2);
      aisle_record_writer_end_row (writer);
    }
  gboolean is_done = aisle_record_writer_finish (writer, NULL);
  g_autofree char *rows = fixture_read (path, NULL);
  setlocale (LC_ALL, "C");
  g_assert_true (is_done);
  g_assert_cmpstr (rows, ==, "[12.5|3.49] 2[12.5|3.49]");
}

static void
test_too_much (void)
{
  g_autofree char *path = fixture_path ("rows.xlsx");
  g_autoptr (GError) error = NULL;
  AisleRecordWriter *writer = aisle_record_writer_open (path, AISLE_RECORD_XLSX, 0, 0, NULL);
  for (int i = 0; i < 16385; i++)
    aisle_record_writer_add_integer (writer, i);
  aisle_record_writer_end_row (writer);
  g_assert_false (aisle_record_writer_finish (writer, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_null (aisle_record_writer_open ("-", AISLE_RECORD_XLSX, 0, 0, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/xlsx/cells", test_cells);
  g_test_add_func ("/core/xlsx/numbers", test_numbers);
  g_test_add_func ("/core/xlsx/dates", test_dates);
  g_test_add_func ("/core/xlsx/sheets", test_sheets);
  g_test_add_func ("/core/xlsx/refused", test_refused);
  g_test_add_func ("/core/xlsx/bomb", test_bomb);
  g_test_add_func ("/core/xlsx/round-trip", test_round_trip);
  g_test_add_func ("/core/xlsx/locale", test_locale);
  g_test_add_func ("/core/xlsx/too-much", test_too_much);
  int status = g_test_run ();
  fixture_remove_all ();
  return status;
}
