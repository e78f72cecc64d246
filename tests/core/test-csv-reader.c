/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "record-fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  const char *name;
  const char *data;
  gssize length;
  const char *rows;
} Case;

#define TEXT(name, data, rows)                                                                     \
  {                                                                                                \
    name, data, (gssize) sizeof (data) - 1, rows                                                   \
  }

static const Case cases[] = {
  TEXT ("plain", "a,b\n1,2\n3,4\n", "[a|b] 2[1|2] 3[3|4]"),
  TEXT ("no-final-newline", "a,b\n1,2", "[a|b] 2[1|2]"),
  TEXT ("header-only", "a,b\n", "[a|b]"),
  TEXT ("header-without-newline", "a,b", "[a|b]"),
  TEXT ("one-column", "sku\n001\n002\n", "[sku] 2[001] 3[002]"),
  TEXT ("semicolon", "a;b;c\n1,5;2,5;x\n", "[a|b|c] 2[1,5|2,5|x]"),
  TEXT ("tab", "a\tb\n1\t\t\n\t2\n", "[a|b] 2[1||] 3[|2]"),
  TEXT ("pipe", "a|b|c\n1|2|3\n", "[a|b|c] 2[1|2|3]"),
  TEXT ("comma-in-semicolon-header", "a;price, net;b\n1;2;3\n", "[a|price, net|b] 2[1|2|3]"),
  TEXT ("separator-line", "sep=;\r\na;b\r\n1;2\r\n", "[a|b] 3[1|2]"),
  TEXT ("crlf", "a,b\r\n1,2\r\n\r\n3,4\r\n", "[a|b] 2[1|2] 4[3|4]"),
  TEXT ("cr", "a,b\r1,2\r\r3,4", "[a|b] 2[1|2] 4[3|4]"),
  TEXT ("mixed-line-ends", "a,b\n1,2\r\n3,4\r5,6\n\r\n7,8", "[a|b] 2[1|2] 3[3|4] 4[5|6] 6[7|8]"),
  TEXT ("blank-lines", "\n  \na,b\n\n , \n1,2\n\n", "[a|b] 6[1|2]"),
  TEXT ("quotes", "a,b\n\"x, \"\"y\"\"\",\"\"\n \"p\" , q \n", "[a|b] 2[x, \"y\"|] 3[p|q]"),
  TEXT ("quote-inside", "a,b\n12\" pipe,x\n", "[a|b] 2[12\" pipe|x]"),
  TEXT ("newline-in-quotes", "a,b\n\"x\ny\r\nz\",1\n2,3\n", "[a|b] 2[x\ny\r\nz|1] 5[2|3]"),
  TEXT ("blank-line-in-first-quotes", "a,b\n\"\n\nx\",1\n2,3\n", "[a|b] 2[x|1] 5[2|3]"),
  TEXT ("ragged", "a,b\n1\n1,2,3\n", "[a|b] 2[1] 3[1|2|3]"),
  TEXT ("unclosed-quote-at-end", "a,b\n1,\"x\n2,3\n4,5\n", "[a|b] 2[1|x]! 3[2|3] 4[4|5]"),
  TEXT ("unclosed-quote-in-last-line", "a,b\n1,2\n3,\"x", "[a|b] 2[1|2] 3[3|x]!"),
  TEXT ("unclosed-quote-before-quotes",
        "a,b\n1,\"x\n2,3\n4,\"y\"\n5,6\n",
        "[a|b] 2[1|x]! 3[2|3] 4[4|y] 5[5|6]"),
  TEXT ("unclosed-quote-before-quotes-crlf",
        "a,b\r\n1,\"x\r\n2,3\r\n4,\"y\"\r\n5,6\r\n",
        "[a|b] 2[1|x]! 3[2|3] 4[4|y] 5[5|6]"),
  TEXT ("nul", "a,b\n1,\0x\n3,4\n", "[a|b] 2[1|\342\220\200x]! 3[3|4]"),
  TEXT ("utf8", "a,b\ncaf\303\251,\342\202\254\n", "[a|b] 2[caf\303\251|\342\202\254]"),
  TEXT ("utf8-bom", "\357\273\277a,b\n1,\303\251\n", "[a|b] 2[1|\303\251]"),
  TEXT ("utf8-bom-bad-byte", "\357\273\277a,b\n1,\351\n2,3\n", "[a|b] 2[1|\357\277\275]! 3[2|3]"),
  TEXT ("utf8-mostly",
        "a,b\n\303\251,\303\251\n1,\351x\n2,3\n",
        "[a|b] 2[\303\251|\303\251] 3[1|\357\277\275x]! 4[2|3]"),
  TEXT ("utf8-cut-at-end", "a,b\n\303\251,1\n2,\303", "[a|b] 2[\303\251|1] 3[2|\357\277\275]!"),
  TEXT ("windows-1252", "a,b\ncaf\351,\200\n", "[a|b] 2[caf\303\251|\342\202\254]"),
  TEXT ("utf16le-bom",
        "\377\376a\0,\0b\0\n\0\351\0,\0\254\040\n\0",
        "[a|b] 2[\303\251|\342\202\254]"),
  TEXT ("utf16be-bom",
        "\376\377\0a\0,\0b\0\n\0\351\0,\040\254\0\n",
        "[a|b] 2[\303\251|\342\202\254]"),
  TEXT ("utf16le", "a\0,\0b\0\n\0001\0,\0002\0\n\0", "[a|b] 2[1|2]"),
  TEXT ("utf16be", "\0a\0,\0b\0\n\0001\0,\0002\0\n", "[a|b] 2[1|2]"),
  TEXT ("utf16-surrogates",
        "\377\376a\0,\0b\0\n\0\075\330\000\336,\0\075\330\n\0",
        "[a|b] 2[\360\237\230\200|\357\277\275]!"),
  TEXT ("utf16-odd-byte", "\377\376a\0,\0b\0\n\0001\0,\0002", "[a|b] 2[1|\357\277\275]!"),
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *path = fixture_write ("case.csv", c->data, c->length);
  g_autofree char *rows = fixture_read (path, NULL);
  g_assert_cmpstr (rows, ==, c->rows);
  g_autofree char *packed = fixture_write_gzip ("case.csv.gz", c->data, c->length);
  g_autofree char *same = fixture_read (packed, NULL);
  g_assert_cmpstr (same, ==, c->rows);
}

static void
assert_fails (const char *path, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, &error);
  g_assert_null (reader);
  g_assert_error (error, AISLE_CORE_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
  if (!strstr (error->message, part))
    g_error ("“%s” does not say “%s”", error->message, part);
}

static void
test_refused (void)
{
  g_autofree char *missing = fixture_path ("missing.csv");
  assert_fails (missing, AISLE_CORE_ERROR_IO, "No such file");
  g_autofree char *inside = fixture_write ("empty.csv", "", 0);
  assert_fails (inside, AISLE_CORE_ERROR_EMPTY, "empty");
  g_autofree char *directory = g_path_get_dirname (inside);
  assert_fails (directory, AISLE_CORE_ERROR_IO, "folder");
  g_autofree char *blank = fixture_write ("blank.csv", "\n \r\n,,\n", -1);
  assert_fails (blank, AISLE_CORE_ERROR_EMPTY, "no row");
  g_autofree char *mark = fixture_write ("mark.csv", "\357\273\277", -1);
  assert_fails (mark, AISLE_CORE_ERROR_EMPTY, "no row");
  g_autofree char *header = fixture_write ("header.csv", "\357\273\277a,\351\n1,2\n", -1);
  assert_fails (header, AISLE_CORE_ERROR_INVALID, "not usable");
  g_autofree char *packed = fixture_write_gzip ("empty.csv.gz", "", 0);
  assert_fails (packed, AISLE_CORE_ERROR_EMPTY, "empty");
  g_autofree char *xls = fixture_write ("old.xls", "\320\317\021\340\241\261\032\341....", 12);
  assert_fails (xls, AISLE_CORE_ERROR_INVALID, ".xlsx or CSV");
  g_autofree char *pdf = fixture_write ("x.csv", "%PDF-1.4 and so on and on", -1);
  assert_fails (pdf, AISLE_CORE_ERROR_INVALID, "PDF");

  char noise[5000];
  guint32 state = 1;
  for (gsize i = 0; i < sizeof noise; i++)
    {
      state = state * 1664525u + 1013904223u;
      noise[i] = (char) (state >> 24);
    }
  g_autofree char *binary = fixture_write ("noise.csv", noise, sizeof noise);
  assert_fails (binary, AISLE_CORE_ERROR_INVALID, "binary");
}

static char *
read_packed_bytes (const char *name, gsize cut, gssize broken, const char *behind, GError **error)
{
  GString *data = g_string_new ("a,b\n");
  guint32 state = 7;
  for (int i = 0; i < 300000; i++)
    {
      state = state * 1664525u + 1013904223u;
      g_string_append_printf (data, "%u,%d\n", state >> 8, i);
    }
  g_autofree char *path = fixture_write_gzip (name, data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  if (broken >= 0)
    memset (bytes + broken, 0x55, 50);
  GString *changed = g_string_new_len (bytes, (gssize) (cut > 0 ? cut : length));
  g_string_append (changed, behind);
  g_autofree char *again = fixture_write (name, changed->str, (gssize) changed->len);
  g_string_free (changed, TRUE);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (again, NULL, error);
  return reader ? fixture_rows (reader, error) : NULL;
}

static void
test_damaged_gzip (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = read_packed_bytes ("whole.gz", 0, -1, "", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (whole, "|299999]"));

  g_autofree char *cut = read_packed_bytes ("cut.gz", 1500000, -1, "", &error);
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "cut off"));
  g_assert_true (g_str_has_suffix (cut, " ERROR"));
  g_clear_error (&error);

  g_autofree char *tiny = read_packed_bytes ("tiny.gz", 30, -1, "", &error);
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
  g_assert_null (tiny);
  g_clear_error (&error);

  g_autofree char *broken = read_packed_bytes ("broken.gz", 0, 1200000, "", &error);
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "damaged"));
  g_clear_error (&error);

  g_autofree char *rest = read_packed_bytes ("rest.gz", 0, -1, "rubbish", &error);
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "follows"));
}

static void
test_gzip_members (void)
{
  g_autofree char *first = fixture_write_gzip ("1.gz", "a,b\n1,2\n3,", -1);
  g_autofree char *second = fixture_write_gzip ("2.gz", "4\n5,6\n", -1);
  g_autofree char *x = NULL, *y = NULL;
  gsize nx, ny;
  g_assert_true (g_file_get_contents (first, &x, &nx, NULL));
  g_assert_true (g_file_get_contents (second, &y, &ny, NULL));
  GString *both = g_string_new_len (x, (gssize) nx);
  g_string_append_len (both, y, (gssize) ny);
  g_string_append_len (both, "\0\0\0\0", 4);
  g_autofree char *path = fixture_write ("both.gz", both->str, (gssize) both->len);
  g_string_free (both, TRUE);
  g_autofree char *rows = fixture_read (path, NULL);
  g_assert_cmpstr (rows, ==, "[a|b] 2[1|2] 3[3|4] 4[5|6]");
}

static void
test_long_fields (void)
{
  const gsize million = 1024 * 1024;
  GString *data = g_string_new ("a,b\n1,");
  for (gsize i = 0; i < million; i++)
    g_string_append_c (data, 'x');
  g_string_append (data, "\n2,");
  for (gsize i = 0; i < million; i++)
    g_string_append (data, "\303\251");
  g_string_append (data, ",z\n3,\"");
  for (gsize i = 0; i < 9 * million; i++)
    g_string_append_c (data, '"');
  g_string_append (data, "\n4,5\n");
  g_autofree char *path = fixture_write ("long.csv", data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  g_autofree char *rows = fixture_read (path, NULL);
  g_assert_cmpstr (rows, ==, "[a|b] 2[1|<1048576>] 3[2|<1048574>|z]! 4[3|<1048575>]! 5[4|5]");
}

/* An open quote before more text than a field may have: only its line is lost. */
static void
test_open_quote_in_long_file (void)
{
  GString *data = g_string_new ("a,b\n1,\"x\n");
  for (int i = 0; i < 300000; i++)
    g_string_append (data, "22,33\n");
  g_autofree char *path = fixture_write ("open.csv", data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  AisleRecord record;
  guint64 n = 0;
  while (aisle_record_reader_next (reader, &record, NULL))
    {
      n++;
      g_assert_cmpuint (record.line, ==, n + 1);
      g_assert_cmpuint (record.n_fields, ==, 2);
      g_assert_cmpint (record.problem != NULL, ==, n == 1);
    }
  g_assert_cmpuint (n, ==, 300001);
}

/* Quotes that open in every line and never close must not cost a megabyte each. */
static void
test_open_quotes_everywhere (void)
{
  GString *data = g_string_new ("a,b\n");
  for (int i = 0; i < 1000000; i++)
    g_string_append (data, "\"a\n");
  g_autofree char *path = fixture_write ("quotes.csv", data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  AisleRecord record;
  guint n = 0;
  while (aisle_record_reader_next (reader, &record, NULL))
    n += record.problem != NULL;
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 20 * G_USEC_PER_SEC);
}

static void
test_many_fields (void)
{
  GString *data = g_string_new ("a,b\n");
  for (int i = 0; i < 200000; i++)
    g_string_append (data, "1,");
  g_string_append (data, "\n4,5\n");
  g_autofree char *path = fixture_write ("many.csv", data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  AisleRecord record;
  g_assert_true (aisle_record_reader_next (reader, &record, NULL));
  g_assert_cmpuint (record.n_fields, ==, 65536);
  g_assert_nonnull (record.problem);
  g_assert_true (aisle_record_reader_next (reader, &record, NULL));
  g_assert_cmpuint (record.n_fields, ==, 2);
  g_assert_null (record.problem);
}

/* The first byte over 127 comes long after the part from which the encoding is told. */
static void
test_late_windows_1252 (void)
{
  GString *data = g_string_new ("a,b\n");
  for (int i = 0; i < 600000; i++)
    g_string_append (data, "1,2\n");
  g_string_append (data, "caf\351,3\n");
  g_autofree char *path = fixture_write ("late.csv", data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  g_autofree char *rows = fixture_read (path, NULL);
  g_assert_true (g_str_has_suffix (rows, " 600002[caf\303\251|3]"));
}

/* A pipe hands over what it has, cannot be sought in and has no size. */
static gpointer
write_pipe_cb (gpointer data)
{
  const char *const *pair = data;
  FILE *file = fopen (pair[0], "wb");
  g_assert_nonnull (file);
  setvbuf (file, NULL, _IONBF, 0);
  for (const char *p = pair[1]; *p; p++)
    fputc (*p, file);
  fclose (file);
  return NULL;
}

static void
test_pipe (void)
{
  g_autofree char *path = fixture_path ("pipe.csv");
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  const char *const csv[] = { path, "a,b\n1,2\n3,4\n" };
  GThread *thread = g_thread_new ("writer", write_pipe_cb, (gpointer) csv);
  g_autofree char *rows = fixture_read (path, NULL);
  g_thread_join (thread);
  g_assert_cmpstr (rows, ==, "[a|b] 2[1|2] 3[3|4]");

  const char *const zip[] = { path, "PK\003\004............" };
  thread = g_thread_new ("writer", write_pipe_cb, (gpointer) zip);
  assert_fails (path, AISLE_CORE_ERROR_INVALID, "pipe");
  g_thread_join (thread);
}

static void
test_share_read (void)
{
  GString *data = g_string_new ("a,b\n");
  for (int i = 0; i < 400000; i++)
    g_string_append_printf (data, "%d,x\n", i);
  g_autofree char *plain = fixture_write ("share.csv", data->str, (gssize) data->len);
  g_autofree char *packed = fixture_write_gzip ("share.csv.gz", data->str, (gssize) data->len);
  g_string_free (data, TRUE);
  const char *const paths[] = { plain, packed };
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (paths[i], NULL, NULL);
      AisleRecord record;
      double last = aisle_record_reader_get_share_read (reader);
      g_assert_cmpfloat (last, <, 0.9);
      g_assert_cmpint (aisle_record_reader_get_format (reader)->is_gzip, ==, i == 1);
      while (aisle_record_reader_next (reader, &record, NULL))
        {
          double share = aisle_record_reader_get_share_read (reader);
          g_assert_cmpfloat (share, >=, last);
          last = share;
        }
      g_assert_cmpfloat (last, ==, 1);
    }
}

static void
test_find_column (void)
{
  g_autofree char *path =
      fixture_write ("names.csv", "Store Code;UNIT_RETAIL;\303\204rtikel-Nr;\n1;2;3;\n", -1);
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  g_assert_cmpint (aisle_record_reader_find_column (reader, "store_code"), ==, 0);
  g_assert_cmpint (aisle_record_reader_find_column (reader, "Unit Retail"), ==, 1);
  g_assert_cmpint (aisle_record_reader_find_column (reader, "\303\244RTIKELNR"), ==, 2);
  g_assert_cmpint (aisle_record_reader_find_column (reader, "price"), ==, -1);
  g_assert_cmpint (aisle_record_reader_find_column (reader, "\377"), ==, -1);
  g_assert_cmpuint (aisle_record_reader_get_n_columns (reader), ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/core/csv-reader/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/core/csv-reader/refused", test_refused);
  g_test_add_func ("/core/csv-reader/damaged-gzip", test_damaged_gzip);
  g_test_add_func ("/core/csv-reader/gzip-members", test_gzip_members);
  g_test_add_func ("/core/csv-reader/long-fields", test_long_fields);
  g_test_add_func ("/core/csv-reader/open-quote-in-long-file", test_open_quote_in_long_file);
  g_test_add_func ("/core/csv-reader/open-quotes-everywhere", test_open_quotes_everywhere);
  g_test_add_func ("/core/csv-reader/many-fields", test_many_fields);
  g_test_add_func ("/core/csv-reader/late-windows-1252", test_late_windows_1252);
  g_test_add_func ("/core/csv-reader/named-pipe", test_pipe);
  g_test_add_func ("/core/csv-reader/share-read", test_share_read);
  g_test_add_func ("/core/csv-reader/find-column", test_find_column);
  int status = g_test_run ();
  fixture_remove_all ();
  return status;
}
