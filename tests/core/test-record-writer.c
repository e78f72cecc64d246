/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"
#include "aisle-record-writer.h"
#include "record-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static AisleRecordWriter *
open_writer (const char *path, AisleRecordKind kind)
{
  g_autoptr (GError) error = NULL;
  AisleRecordWriter *writer = aisle_record_writer_open (path, kind, ';', ',', &error);
  g_assert_no_error (error);
  return writer;
}

static void
finish (AisleRecordWriter *writer)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (aisle_record_writer_finish (writer, &error));
  g_assert_no_error (error);
}

static void
add_all_types (AisleRecordWriter *writer)
{
  aisle_record_writer_add_text (writer, "x");
  aisle_record_writer_add_integer (writer, G_MININT64);
  aisle_record_writer_add_decimal (writer, -1250, 2);
  aisle_record_writer_add_double (writer, 0.1);
  aisle_record_writer_add_double (writer, NAN);
  aisle_record_writer_add_date (writer, 0);
  aisle_record_writer_add_date (writer, AISLE_DATE_NONE);
  aisle_record_writer_add_text (writer, NULL);
  aisle_record_writer_end_row (writer);
}

static void
test_types (void)
{
  g_autofree char *path = fixture_path ("types.csv");
  g_autofree char *text = NULL;
  AisleRecordWriter *writer = open_writer (path, AISLE_RECORD_CSV);
  add_all_types (writer);
  finish (writer);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "x,-9223372036854775808,-12.50,0.1,,1970-01-01,,\n");
}

static void
test_spreadsheet (void)
{
  g_autofree char *path = fixture_path ("spreadsheet.csv");
  g_autofree char *text = NULL;
  AisleRecordWriter *writer = open_writer (path, AISLE_RECORD_CSV_SPREADSHEET);
  add_all_types (writer);
  finish (writer);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "\357\273\277x;-9223372036854775808;-12,50;0,1;;1970-01-01;;\n");
}

static void
test_decimal_comma_is_quoted (void)
{
  g_autofree char *path = fixture_path ("comma.csv");
  g_autofree char *text = NULL;
  AisleRecordWriter *writer =
      aisle_record_writer_open (path, AISLE_RECORD_CSV_SPREADSHEET, ',', ',', NULL);
  aisle_record_writer_add_decimal (writer, 15, 1);
  aisle_record_writer_add_double (writer, 2.5);
  aisle_record_writer_end_row (writer);
  finish (writer);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "\357\273\277\"1,5\",\"2,5\"\n");
}

static void
test_formulas (void)
{
  static const char *const pairs[][2] = {
    { "=1+1", "'=1+1" },
    { "+1-1", "'+1-1" },
    { "-x", "'-x" },
    { "@SUM(A1)", "'@SUM(A1)" },
    { "\tx", "\"'\tx\"" },
    { "\rx", "\"'\rx\"" },
    { "-12.50", "-12.50" },
    { "+3", "+3" },
    { "-", "'-" },
    { "a=b", "a=b" },
    { "=\"a\"", "\"'=\"\"a\"\"\"" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *path = fixture_path ("formula.csv");
      g_autofree char *text = NULL;
      g_autofree char *wanted = g_strconcat (pairs[i][1], "\n", NULL);
      AisleRecordWriter *writer = open_writer (path, AISLE_RECORD_CSV);
      aisle_record_writer_add_text (writer, pairs[i][0]);
      aisle_record_writer_end_row (writer);
      finish (writer);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, wanted);
    }
}

static void
test_round_trip (void)
{
  static const char *const texts[] = { "plain",       "a,b",         "say \"x\"", "two\nlines",
                                       "cr\rlf\r\n.", "caf\303\251", "a;b|c\td",  "\"" };
  g_autofree char *path = fixture_path ("round.csv");
  AisleRecordWriter *writer = open_writer (path, AISLE_RECORD_CSV);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    aisle_record_writer_add_text (writer, "h");
  aisle_record_writer_end_row (writer);
  for (int row = 0; row < 10000; row++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        aisle_record_writer_add_text (writer, texts[i]);
      aisle_record_writer_end_row (writer);
    }
  finish (writer);

  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (path, NULL, NULL);
  AisleRecord record;
  guint n = 0;
  while (aisle_record_reader_next (reader, &record, NULL))
    {
      n++;
      g_assert_null (record.problem);
      g_assert_cmpuint (record.n_fields, ==, G_N_ELEMENTS (texts));
      for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        g_assert_cmpstr (record.fields[i], ==, texts[i]);
    }
  g_assert_cmpuint (n, ==, 10000);
}

/* A key comes back as it is, so that programs can join on it. */
static void
test_key (void)
{
  g_autofree char *path = fixture_path ("key.csv");
  g_autofree char *text = NULL;
  AisleRecordWriter *writer = open_writer (path, AISLE_RECORD_CSV);
  aisle_record_writer_add_key (writer, "=1+1");
  aisle_record_writer_add_key (writer, "@a,b\"c");
  aisle_record_writer_add_key (writer, NULL);
  aisle_record_writer_end_row (writer);
  finish (writer);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "=1+1,\"@a,b\"\"c\",\n");
}

static void
test_doubles (void)
{
  static const double values[] = { 0,       -0.0,  1,      -1.5,        0.1,
                                   1.0 / 3, 1e300, 5e-324, G_MAXDOUBLE, 123456789.123456789 };
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *path = fixture_path ("double.csv");
      g_autofree char *text = NULL;
      AisleRecordWriter *writer = open_writer (path, AISLE_RECORD_CSV);
      aisle_record_writer_add_double (writer, values[i]);
      aisle_record_writer_end_row (writer);
      finish (writer);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      double back = g_ascii_strtod (text, NULL);
      g_assert_cmpmem (&back, sizeof back, &values[i], sizeof back);
    }
}

static guint
count_files (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GDir) listing = g_dir_open (directory, 0, NULL);
  guint n = 0;
  while (g_dir_read_name (listing))
    n++;
  return n;
}

static void
test_discard (void)
{
  g_autofree char *path = fixture_write ("kept.csv", "old\n", -1);
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  guint n_files = count_files (path);
  g_autofree char *text = NULL;
  AisleRecordWriter *writer = open_writer (path, AISLE_RECORD_CSV);
  aisle_record_writer_add_text (writer, "new");
  aisle_record_writer_end_row (writer);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old\n");
  aisle_record_writer_discard (writer);
  g_assert_cmpuint (count_files (path), ==, n_files);

  writer = open_writer (path, AISLE_RECORD_CSV);
  aisle_record_writer_add_text (writer, "new");
  aisle_record_writer_end_row (writer);
  finish (writer);
  g_free (g_steal_pointer (&text));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "new\n");
  g_assert_cmpuint (count_files (path), ==, n_files);
  GStatBuf status;
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);
}

static void
write_until_full (const char *name, AisleRecordKind kind)
{
  g_autofree char *path = fixture_write (name, "old\n", -1);
  guint n_files = count_files (path);
  struct rlimit before, limit;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  limit = before;
  limit.rlim_cur = 200 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  AisleRecordWriter *writer = open_writer (path, kind);
  for (int i = 0; i < 100000; i++)
    {
      aisle_record_writer_add_integer (writer, (gint64) i * 7919 % 100003);
      aisle_record_writer_add_text (writer, "some text");
      aisle_record_writer_end_row (writer);
    }
  g_autoptr (GError) error = NULL;
  gboolean is_done = aisle_record_writer_finish (writer, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (is_done);
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, path));
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old\n");
  g_assert_cmpuint (count_files (path), ==, n_files);
}

static void
test_full_disk (void)
{
  write_until_full ("full.csv", AISLE_RECORD_CSV);
}

static void
test_full_disk_xlsx (void)
{
  write_until_full ("full.xlsx", AISLE_RECORD_XLSX);
}

static void
test_full_device (void)
{
  g_autoptr (GError) error = NULL;
  AisleRecordWriter *writer = open_writer ("/dev/full", AISLE_RECORD_CSV);
  aisle_record_writer_add_text (writer, "x");
  aisle_record_writer_end_row (writer);
  g_assert_false (aisle_record_writer_finish (writer, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *inside = fixture_path ("x.csv");
  g_autofree char *directory = g_path_get_dirname (inside);
  g_assert_null (aisle_record_writer_open (directory, AISLE_RECORD_CSV, 0, 0, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO);
  g_clear_error (&error);
  g_autofree char *nowhere = fixture_path ("no/such/folder/x.csv");
  g_assert_null (aisle_record_writer_open (nowhere, AISLE_RECORD_CSV, 0, 0, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO);
}

/* Somebody names the workspace where a result should go. */
static void
test_database (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_path ("w.aisle");
  const char content[] = "SQLite format 3\0and more";
  g_assert_true (g_file_set_contents (path, content, sizeof content, NULL));
  g_assert_null (aisle_record_writer_open (path, AISLE_RECORD_CSV, 0, 0, &error));
  g_assert_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_IO);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
test_kind (void)
{
  g_assert_cmpint (aisle_record_kind_for_path ("a.xlsx"), ==, AISLE_RECORD_XLSX);
  g_assert_cmpint (aisle_record_kind_for_path ("A.XLSX"), ==, AISLE_RECORD_XLSX);
  g_assert_cmpint (aisle_record_kind_for_path ("xlsx"), ==, AISLE_RECORD_CSV);
  g_assert_cmpint (aisle_record_kind_for_path (NULL), ==, AISLE_RECORD_CSV);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/record-writer/types", test_types);
  g_test_add_func ("/core/record-writer/spreadsheet", test_spreadsheet);
  g_test_add_func ("/core/record-writer/decimal-comma-is-quoted", test_decimal_comma_is_quoted);
  g_test_add_func ("/core/record-writer/formulas", test_formulas);
  g_test_add_func ("/core/record-writer/round-trip", test_round_trip);
  g_test_add_func ("/core/record-writer/key", test_key);
  g_test_add_func ("/core/record-writer/doubles", test_doubles);
  g_test_add_func ("/core/record-writer/discard", test_discard);
  g_test_add_func ("/core/record-writer/full-disk", test_full_disk);
  g_test_add_func ("/core/record-writer/full-disk-xlsx", test_full_disk_xlsx);
  g_test_add_func ("/core/record-writer/full-device", test_full_device);
  g_test_add_func ("/core/record-writer/refused", test_refused);
  g_test_add_func ("/core/record-writer/database", test_database);
  g_test_add_func ("/core/record-writer/kind", test_kind);
  int status = g_test_run ();
  fixture_remove_all ();
  return status;
}
