/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-xlsx-book-private.h"

#include "aisle-core-error.h"
#include "aisle-xml-feed-private.h"

#include <string.h>

/* The form of workbooks: ECMA-376 part 1, SpreadsheetML (18.2 workbook, 18.4 shared strings, 18.8
 * styles, 18.8.30 the built-in number formats). */

#define STRINGS_MAX (256u * 1024 * 1024) /* bytes of all shared strings */
#define N_STRINGS_MAX (16u * 1024 * 1024)
#define STYLES_MAX 100000

typedef struct
{
  char *name;
  char *relation;
  gboolean is_hidden;
} Sheet;

struct _AisleXlsxBook
{
  char *path;
  char *base; /* the folder of workbook.xml in the zip file, with '/' behind, or "" */
  gboolean is_date_1904;
  GPtrArray *sheets;   /* of Sheet */
  GHashTable *targets; /* relation -> entry of a worksheet */
  char *strings_entry;
  char *styles_entry;
  const Sheet *sheet;

  GString *strings;    /* all, each with a NUL */
  GArray *offsets;     /* of guint32 */
  GArray *styles;      /* of AisleXlsxStyle */
  GHashTable *formats; /* number format -> AisleXlsxStyle */

  gboolean is_in_text; /* parsing: inside <t> of a string */
  guint phonetic_depth;
  gboolean is_in_cell_styles;
};

static void
free_sheet (gpointer data)
{
  Sheet *sheet = data;
  g_free (sheet->name);
  g_free (sheet->relation);
  g_free (sheet);
}

static gboolean
is_true (const char *value)
{
  return value && (strcmp (value, "1") == 0 || g_ascii_strcasecmp (value, "true") == 0);
}

static void
workbook_start_cb (GMarkupParseContext *context,
                   const char *name,
                   const char **names,
                   const char **values,
                   gpointer data,
                   GError **error)
{
  AisleXlsxBook *book = data;
  if (strcmp (name, "workbookPr") == 0)
    book->is_date_1904 = is_true (aisle_xml_attribute (names, values, "date1904"));
  else if (strcmp (name, "sheet") == 0 && book->sheets->len < 10000)
    {
      const char *state = aisle_xml_attribute (names, values, "state");
      Sheet *sheet = g_new0 (Sheet, 1);
      sheet->name = g_strdup (aisle_xml_attribute (names, values, "name"));
      /* "id" with any prefix; "sheetId" is another name. */
      sheet->relation = g_strdup (aisle_xml_attribute (names, values, "id"));
      sheet->is_hidden = state && strcmp (state, "visible") != 0;
      g_ptr_array_add (book->sheets, sheet);
    }
}

/* An entry's name out of a relation's target, which is absolute or relative to the workbook. */
static char *
resolve_target (const AisleXlsxBook *book, const char *target)
{
  if (target[0] == '/')
    return g_strdup (target + 1);
  while (g_str_has_prefix (target, "./"))
    target += 2;
  return g_strconcat (book->base, target, NULL);
}

static void
relations_start_cb (GMarkupParseContext *context,
                    const char *name,
                    const char **names,
                    const char **values,
                    gpointer data,
                    GError **error)
{
  AisleXlsxBook *book = data;
  const char *id = aisle_xml_attribute (names, values, "Id");
  const char *type = aisle_xml_attribute (names, values, "Type");
  const char *target = aisle_xml_attribute (names, values, "Target");
  if (strcmp (name, "Relationship") != 0 || !id || !type || !target)
    return;
  if (g_str_has_suffix (type, "/worksheet"))
    g_hash_table_replace (book->targets, g_strdup (id), resolve_target (book, target));
  else if (g_str_has_suffix (type, "/sharedStrings") && !book->strings_entry)
    book->strings_entry = resolve_target (book, target);
  else if (g_str_has_suffix (type, "/styles") && !book->styles_entry)
    book->styles_entry = resolve_target (book, target);
}

static void
strings_start_cb (GMarkupParseContext *context,
                  const char *name,
                  const char **names,
                  const char **values,
                  gpointer data,
                  GError **error)
{
  AisleXlsxBook *book = data;
  if (strcmp (name, "si") == 0)
    {
      guint32 offset = (guint32) book->strings->len;
      g_array_append_val (book->offsets, offset);
    }
  else if (strcmp (name, "rPh") == 0)
    book->phonetic_depth++;
  else if (strcmp (name, "t") == 0)
    book->is_in_text = book->phonetic_depth == 0;
}

static void
strings_end_cb (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  AisleXlsxBook *book = data;
  if (strcmp (name, "si") == 0)
    g_string_append_c (book->strings, '\0');
  else if (strcmp (name, "rPh") == 0 && book->phonetic_depth > 0)
    book->phonetic_depth--;
  else if (strcmp (name, "t") == 0)
    book->is_in_text = FALSE;
  if (book->strings->len > STRINGS_MAX || book->offsets->len > N_STRINGS_MAX)
    g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_TOO_LONG,
                 "%s: the workbook has more text than we take; export the sheet as CSV",
                 book->path);
}

static void
strings_text_cb (GMarkupParseContext *context,
                 const char *text,
                 gsize length,
                 gpointer data,
                 GError **error)
{
  AisleXlsxBook *book = data;
  if (book->is_in_text)
    g_string_append_len (book->strings, text, (gssize) length);
}

static AisleXlsxStyle
built_in_style (guint64 id)
{
  AisleXlsxStyle style = { AISLE_XLSX_NUMBER, 0 };
  if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36
      || (id >= 50 && id <= 54) || (id >= 57 && id <= 58))
    style.kind = AISLE_XLSX_DATE;
  else if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 55 && id <= 56) || id == 45
           || id == 47)
    style.kind = AISLE_XLSX_TIME;
  return style;
}

/* What a number format's code shows. Quoted text, escaped letters, colours and conditions in
 * brackets say nothing; elapsed time ("[h]:mm") is a number of days. */
static AisleXlsxStyle
read_format_code (const char *code)
{
  AisleXlsxStyle style = { AISLE_XLSX_NUMBER, 0 };
  gboolean has_day = FALSE, has_month = FALSE, has_clock = FALSE;
  gsize n_zeros = strspn (code, "0");
  if (n_zeros >= 2 && (code[n_zeros] == '\0' || code[n_zeros] == ';'))
    {
      style.min_digits = (guint) MIN (n_zeros, 40);
      return style;
    }
  for (const char *p = code; *p && *p != ';'; p++)
    {
      if (*p == '"')
        {
          p = strchr (p + 1, '"');
          if (!p)
            break;
        }
      else if (*p == '[')
        {
          if (strchr ("hHmMsS", p[1]) && p[1])
            return style;
          p = strchr (p, ']');
          if (!p)
            break;
        }
      else if ((*p == '\\' || *p == '_' || *p == '*') && p[1])
        p++;
      else if (g_ascii_strncasecmp (p, "General", 7) == 0)
        return style;
      else
        {
          char c = g_ascii_tolower (*p);
          has_day |= c == 'y' || c == 'd';
          has_month |= c == 'm';
          has_clock |= c == 'h' || c == 's';
        }
    }
  if (has_day || (has_month && !has_clock))
    style.kind = AISLE_XLSX_DATE;
  else if (has_clock)
    style.kind = AISLE_XLSX_TIME;
  return style;
}

static void
styles_start_cb (GMarkupParseContext *context,
                 const char *name,
                 const char **names,
                 const char **values,
                 gpointer data,
                 GError **error)
{
  AisleXlsxBook *book = data;
  const char *id = aisle_xml_attribute (names, values, "numFmtId");
  if (strcmp (name, "cellXfs") == 0)
    book->is_in_cell_styles = TRUE;
  else if (strcmp (name, "numFmt") == 0 && id && g_hash_table_size (book->formats) < STYLES_MAX)
    {
      const char *code = aisle_xml_attribute (names, values, "formatCode");
      AisleXlsxStyle *style = g_new (AisleXlsxStyle, 1);
      *style = read_format_code (code ? code : "");
      gint64 *key = g_new (gint64, 1);
      *key = (gint64) g_ascii_strtoull (id, NULL, 10);
      g_hash_table_replace (book->formats, key, style);
    }
  else if (strcmp (name, "xf") == 0 && book->is_in_cell_styles && book->styles->len < STYLES_MAX)
    {
      gint64 key = id ? (gint64) g_ascii_strtoull (id, NULL, 10) : 0;
      const AisleXlsxStyle *known = g_hash_table_lookup (book->formats, &key);
      AisleXlsxStyle style = known ? *known : built_in_style ((guint64) key);
      g_array_append_val (book->styles, style);
    }
}

static void
styles_end_cb (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  AisleXlsxBook *book = data;
  if (strcmp (name, "cellXfs") == 0)
    book->is_in_cell_styles = FALSE;
}

static const GMarkupParser workbook_parser = { .start_element = workbook_start_cb };
static const GMarkupParser relations_parser = { .start_element = relations_start_cb };
static const GMarkupParser strings_parser = { .start_element = strings_start_cb,
                                              .end_element = strings_end_cb,
                                              .text = strings_text_cb };
static const GMarkupParser styles_parser = { .start_element = styles_start_cb,
                                             .end_element = styles_end_cb };

static gboolean
parse_entry (AisleXlsxBook *book, AisleZipSource *zip, const GMarkupParser *parser, GError **error)
{
  g_autoptr (AisleXmlFeed) feed = aisle_xml_feed_new (zip, book->path, parser, book);
  return aisle_xml_feed_run (feed, error);
}

/* Which parser is for an entry; NULL: none. */
static const GMarkupParser *
first_parser_for (AisleXlsxBook *book, const char *entry)
{
  g_autofree char *base = g_path_get_basename (entry);
  if (strcmp (base, "workbook.xml") == 0 && !book->base)
    {
      gsize length = strlen (entry) - strlen (base);
      book->base = g_strndup (entry, length);
      return &workbook_parser;
    }
  return NULL;
}

static gboolean
find_workbook (AisleXlsxBook *book, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (AisleZipSource) zip = aisle_zip_source_open (book->path, error);
  gboolean has_binary = FALSE, has_opendocument = FALSE;
  const char *entry;
  if (!zip)
    return FALSE;
  while ((entry = aisle_zip_source_next (zip, &cause)))
    {
      const GMarkupParser *parser = first_parser_for (book, entry);
      has_binary |= g_str_has_suffix (entry, "workbook.bin");
      has_opendocument |= strcmp (entry, "content.xml") == 0;
      if (parser && !parse_entry (book, zip, parser, error))
        return FALSE;
    }
  if (cause)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  if (book->base)
    return TRUE;
  g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID, "%s: %s", book->path,
               has_binary         ? "this is a binary workbook (.xlsb); save it as .xlsx or CSV"
               : has_opendocument ? "this is an OpenDocument file; save it as .xlsx or CSV"
                                  : "this zip file holds no workbook; unpack it and give the CSV "
                                    "file in it");
  return FALSE;
}

/* Runs `parser` over one entry where it is there. */
static gboolean
parse_named (AisleXlsxBook *book, const char *wanted, const GMarkupParser *parser, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (AisleZipSource) zip = aisle_zip_source_open (book->path, error);
  const char *entry;
  if (!zip)
    return FALSE;
  while ((entry = aisle_zip_source_next (zip, &cause)))
    if (g_ascii_strcasecmp (entry, wanted) == 0)
      return parse_entry (book, zip, parser, error);
  if (!cause)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static const char *
entry_of (const AisleXlsxBook *book, const Sheet *sheet)
{
  return sheet->name && sheet->relation ? g_hash_table_lookup (book->targets, sheet->relation)
                                        : NULL;
}

static gboolean
choose_sheet (AisleXlsxBook *book, const char *wanted, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint pass = 0; pass < 2 && !book->sheet; pass++)
    for (guint i = 0; i < book->sheets->len && !book->sheet; i++)
      {
        const Sheet *sheet = g_ptr_array_index (book->sheets, i);
        if (!entry_of (book, sheet))
          continue;
        if (pass == 0)
          g_string_append_printf (names, "%s“%s”", names->len > 0 ? ", " : "", sheet->name);
        /* Without a name: the first that shows, else the first. */
        if (wanted ? strcmp (sheet->name, wanted) == 0 : pass > 0 || !sheet->is_hidden)
          book->sheet = sheet;
      }
  if (book->sheet)
    return TRUE;
  if (wanted && names->len > 0)
    g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_INVALID,
                 "%s: there is no sheet “%s”; the workbook has %s", book->path, wanted, names->str);
  else
    g_set_error (error, AISLE_CORE_ERROR, AISLE_CORE_ERROR_EMPTY,
                 "%s: the workbook has no sheet of cells", book->path);
  return FALSE;
}

AisleXlsxBook *
aisle_xlsx_book_open (const char *path, const char *sheet, GError **error)
{
  g_autoptr (AisleXlsxBook) book = g_new0 (AisleXlsxBook, 1);
  book->path = g_strdup (path);
  book->sheets = g_ptr_array_new_with_free_func (free_sheet);
  book->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  book->strings = g_string_new (NULL);
  book->offsets = g_array_new (FALSE, FALSE, sizeof (guint32));
  book->styles = g_array_new (FALSE, FALSE, sizeof (AisleXlsxStyle));
  book->formats = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  if (!find_workbook (book, error))
    return NULL;
  g_autofree char *relations = g_strconcat (book->base, "_rels/workbook.xml.rels", NULL);
  if (!parse_named (book, relations, &relations_parser, error) || !choose_sheet (book, sheet, error)
      || (book->strings_entry && !parse_named (book, book->strings_entry, &strings_parser, error))
      || (book->styles_entry && !parse_named (book, book->styles_entry, &styles_parser, error)))
    return NULL;
  return g_steal_pointer (&book);
}

void
aisle_xlsx_book_free (AisleXlsxBook *book)
{
  if (!book)
    return;
  g_ptr_array_unref (book->sheets);
  g_hash_table_unref (book->targets);
  g_hash_table_unref (book->formats);
  g_string_free (book->strings, TRUE);
  g_array_unref (book->offsets);
  g_array_unref (book->styles);
  g_free (book->strings_entry);
  g_free (book->styles_entry);
  g_free (book->base);
  g_free (book->path);
  g_free (book);
}

const char *
aisle_xlsx_book_get_sheet_name (AisleXlsxBook *book)
{
  return book->sheet->name;
}

const char *
aisle_xlsx_book_get_sheet_entry (AisleXlsxBook *book)
{
  return entry_of (book, book->sheet);
}

gboolean
aisle_xlsx_book_is_date_1904 (AisleXlsxBook *book)
{
  return book->is_date_1904;
}

const char *
aisle_xlsx_book_get_string (AisleXlsxBook *book, guint64 index)
{
  if (index >= book->offsets->len)
    return NULL;
  return book->strings->str + g_array_index (book->offsets, guint32, index);
}

AisleXlsxStyle
aisle_xlsx_book_get_style (AisleXlsxBook *book, guint64 index)
{
  if (index >= book->styles->len)
    return (AisleXlsxStyle){ AISLE_XLSX_NUMBER, 0 };
  return g_array_index (book->styles, AisleXlsxStyle, index);
}
