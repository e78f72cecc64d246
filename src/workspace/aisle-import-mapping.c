/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-import-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define PEEK_ROWS 50
#define PRICES_KEY "#prices"

/* Words in a column's name that say whether the tax is in the amounts: English, German, French,
 * Spanish, Italian, Dutch; VKP is SAP's sales price, which for shops has the tax in it. */
static const char *const gross_words[] = { "gross",       "brutto",  "ttc",     "incl",
                                           "inkl",        "vkp",     "bruto",   "lordo",
                                           "conimpuesto", "ivaincl", "withtax", NULL };
static const char *const net_words[] = { "net",  "netto",    "horstaxe",    "excl",       "exkl",
                                         "neto", "ohnemwst", "sinimpuesto", "withouttax", NULL };

/* Columns that nobody mapped but whose names smell of a person's own values. */
static const char *const personal_words[] = {
  "customer", "client",  "kunde",     "klant",     "cliente", "mail",      "phone",    "telefon",
  "address",  "adresse", "indirizzo", "direccion", "surname", "firstname", "lastname", "vorname",
  "nachname", "loyalty", "card",      "iban",      "birth",   NULL
};

/* Lower case, without accents and anything but letters and digits. */
static char *
fold_name (const char *name)
{
  g_autofree char *decomposed = g_utf8_normalize (name, -1, G_NORMALIZE_ALL);
  GString *folded = g_string_new (NULL);
  for (const char *p = decomposed; p && *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c == 0xdf) /* sharp s */
        g_string_append (folded, "ss");
      else if (g_unichar_isalnum (c))
        g_string_append_unichar (folded, g_unichar_tolower (c));
    }
  return g_string_free (folded, FALSE);
}

static int
find_field (const AisleImportHandler *handler, const char *name)
{
  g_autofree char *wanted = fold_name (name);
  for (guint i = 0; i < handler->n_fields; i++)
    {
      g_autofree char *folded = fold_name (handler->fields[i].name);
      if (strcmp (folded, wanted) == 0)
        return (int) i;
    }
  return -1;
}

/* The column of that name: exactly, else folded. */
static int
find_column (AisleRecordReader *reader, const char *name)
{
  guint n = aisle_record_reader_get_n_columns (reader);
  for (guint i = 0; i < n; i++)
    if (strcmp (aisle_record_reader_get_column_name (reader, i), name) == 0)
      return (int) i;
  g_autofree char *wanted = fold_name (name);
  for (guint i = 0; *wanted && i < n; i++)
    {
      g_autofree char *folded = fold_name (aisle_record_reader_get_column_name (reader, i));
      if (strcmp (folded, wanted) == 0)
        return (int) i;
    }
  return -1;
}

static char *
list_columns (AisleRecordReader *reader)
{
  GString *text = g_string_new (NULL);
  guint n = aisle_record_reader_get_n_columns (reader);
  for (guint i = 0; i < n && i < 40; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            aisle_record_reader_get_column_name (reader, i));
  if (n > 40)
    g_string_append (text, ", ...");
  return g_string_free (text, FALSE);
}

static gboolean
is_claimed (AisleImport *import, int column)
{
  for (guint i = 0; i < import->handler->n_fields; i++)
    if (import->columns[i] == column)
      return TRUE;
  for (guint i = 0; i < import->attributes->len; i++)
    if (g_array_index (import->attributes, AisleImportAttribute, i).column == column)
      return TRUE;
  return FALSE;
}

/* "attribute:NAME" and "protected:NAME". */
static gboolean
claim_attribute (AisleImport *import, const char *name, int column)
{
  gboolean is_protected = g_str_has_prefix (name, "protected:");
  if (!import->handler->takes_attributes
      || (!is_protected && !g_str_has_prefix (name, "attribute:")))
    return FALSE;
  const char *bare = strchr (name, ':') + 1;
  if (!*bare)
    return FALSE;
  AisleImportAttribute attribute = { .name = g_strdup (bare),
                                     .column = column,
                                     .is_protected = is_protected };
  g_array_append_val (import->attributes, attribute);
  return TRUE;
}

static gboolean
apply_pair (AisleImport *import, const char *field_name, const char *column_name, GError **error)
{
  const char *path = aisle_record_reader_get_path (import->reader);
  const char *kind = aisle_import_kind_get_name (import->kind);
  int column = find_column (import->reader, column_name);
  if (column < 0)
    {
      g_autofree char *columns = list_columns (import->reader);
      g_set_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS,
                   "%s:1: there is no column “%s”; the columns are %s", path, column_name, columns);
      return FALSE;
    }
  if (claim_attribute (import, field_name, column))
    return TRUE;
  int field = find_field (import->handler, field_name);
  if (field < 0)
    {
      g_set_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS,
                   "“%s” is not a field of %s; “aislectl help import %s” lists the fields",
                   field_name, kind, kind);
      return FALSE;
    }
  import->columns[field] = column;
  return TRUE;
}

static gboolean
apply_map (AisleImport *import, GError **error)
{
  for (gsize i = 0; import->options->map && import->options->map[i]; i++)
    {
      const char *pair = import->options->map[i];
      const char *equals = strchr (pair, '=');
      if (!equals || equals == pair || !equals[1])
        {
          g_set_error (error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS,
                       "“%s” is not a mapping; write FIELD=COLUMN, for example sku=Article", pair);
          return FALSE;
        }
      g_autofree char *field = g_strndup (pair, (gsize) (equals - pair));
      if (!apply_pair (import, field, equals + 1, error))
        return FALSE;
    }
  return TRUE;
}

/* The header row, folded: files of the same source are recognised by it. */
static char *
fold_header (AisleRecordReader *reader)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < aisle_record_reader_get_n_columns (reader); i++)
    {
      g_autofree char *folded = fold_name (aisle_record_reader_get_column_name (reader, i));
      g_string_append_printf (text, "%s|", folded);
    }
  return g_string_free (text, FALSE);
}

static void
apply_saved_member (AisleImport *import, const char *field, const char *column)
{
  if (strcmp (field, PRICES_KEY) == 0)
    {
      if (import->prices == AISLE_IMPORT_PRICES_ASK)
        import->prices =
            strcmp (column, "gross") == 0 ? AISLE_IMPORT_PRICES_GROSS : AISLE_IMPORT_PRICES_NET;
      return;
    }
  int found = find_field (import->handler, field);
  int index = find_column (import->reader, column);
  /* What the person says now goes before what was said then. */
  if (index >= 0 && !is_claimed (import, index) && (found < 0 || import->columns[found] < 0))
    apply_pair (import, field, column, NULL);
}

static gboolean
apply_saved (AisleImport *import, GError **error)
{
  AisleStatement *statement =
      aisle_statement (import->workspace,
                       "SELECT mapping FROM import_mapping WHERE kind = ?1 AND source = ?2", error);
  if (!statement)
    return FALSE;
  g_autofree char *header = fold_header (import->reader);
  aisle_bind_text (statement, 1, aisle_import_kind_get_name (import->kind));
  aisle_bind_text (statement, 2, header);
  int row = aisle_step (statement, error);
  if (row < 0)
    return FALSE;
  g_autofree char *mapping = row == 1 ? g_strdup (aisle_column_text (statement, 0)) : NULL;
  aisle_statement_reset (statement);
  g_autoptr (JsonNode) root = mapping ? json_from_string (mapping, NULL) : NULL;
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return TRUE;
  JsonObject *object = json_node_get_object (root);
  g_autoptr (GList) members = json_object_get_members (object);
  for (GList *l = members; l; l = l->next)
    apply_saved_member (import, l->data,
                        json_object_get_string_member_with_default (object, l->data, ""));
  return TRUE;
}

static int
find_unclaimed (AisleImport *import, const char *name)
{
  g_autofree char *wanted = fold_name (name);
  for (guint i = 0; i < aisle_record_reader_get_n_columns (import->reader); i++)
    {
      g_autofree char *folded = fold_name (aisle_record_reader_get_column_name (import->reader, i));
      if (strcmp (folded, wanted) == 0 && !is_claimed (import, (int) i))
        return (int) i;
    }
  return -1;
}

/* Own names first for all fields, then synonyms, so that a synonym never takes another field's
 * name. */
static void
match_names (AisleImport *import)
{
  const AisleImportHandler *handler = import->handler;
  for (guint i = 0; i < handler->n_fields; i++)
    if (import->columns[i] < 0)
      import->columns[i] = find_unclaimed (import, handler->fields[i].name);
  for (guint i = 0; i < handler->n_fields; i++)
    {
      const char *const *synonyms = handler->fields[i].synonyms;
      for (gsize k = 0; synonyms && synonyms[k] && import->columns[i] < 0; k++)
        import->columns[i] = find_unclaimed (import, synonyms[k]);
    }
  for (guint i = 0; i < aisle_record_reader_get_n_columns (import->reader); i++)
    if (!is_claimed (import, (int) i))
      claim_attribute (import, aisle_record_reader_get_column_name (import->reader, i), (int) i);
}

static gboolean
looks_like (const char *type, const AisleTextFormat *format, const char *text)
{
  if (strcmp (type, "barcode") == 0)
    return aisle_import_is_barcode (text);
  gsize length = strlen (text);
  gint32 date;
  return length >= 8
         && (length > 8 || g_str_has_prefix (text, "19") || g_str_has_prefix (text, "20"))
         && aisle_text_format_parse_date (format, text, &date, NULL, NULL);
}

/* The one column whose values are all of the field's type; -1 where none or several are. */
static int
find_by_content (AisleImport *import, const char *type)
{
  g_autoptr (AisleRecordReader) reader = aisle_record_reader_open (
      aisle_record_reader_get_path (import->reader), import->options->format, NULL);
  guint n = aisle_record_reader_get_n_columns (import->reader);
  if (!reader || aisle_record_reader_get_n_columns (reader) != n)
    return -1;
  g_autofree guint *fits = g_new0 (guint, n);
  g_autofree guint *filled = g_new0 (guint, n);
  AisleRecord record;
  for (guint rows = 0; rows < PEEK_ROWS && aisle_record_reader_next (reader, &record, NULL); rows++)
    for (guint i = 0; i < n && i < record.n_fields; i++)
      if (*record.fields[i])
        {
          filled[i]++;
          fits[i] += looks_like (type, import->format, record.fields[i]) ? 1 : 0;
        }
  int found = -1;
  for (guint i = 0; i < n; i++)
    if (filled[i] > 0 && fits[i] == filled[i] && !is_claimed (import, (int) i))
      {
        if (found >= 0)
          return -1;
        found = (int) i;
      }
  return found;
}

static void
match_content (AisleImport *import)
{
  for (guint i = 0; i < import->handler->n_fields; i++)
    {
      const AisleImportFieldInfo *field = &import->handler->fields[i];
      if (import->columns[i] < 0 && field->is_required
          && (strcmp (field->type, "date") == 0 || strcmp (field->type, "date and time") == 0
              || strcmp (field->type, "barcode") == 0))
        import->columns[i] = find_by_content (import, field->type);
    }
}

static gboolean
check_required (AisleImport *import, GError **error)
{
  const char *kind = aisle_import_kind_get_name (import->kind);
  for (guint i = 0; i < import->handler->n_fields; i++)
    if (import->handler->fields[i].is_required && import->columns[i] < 0)
      {
        g_autofree char *columns = list_columns (import->reader);
        g_set_error (
            error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_COLUMNS,
            "%s:1: no column for the required field “%s” of %s; the columns are %s; say which "
            "with --map %s=COLUMN",
            aisle_record_reader_get_path (import->reader), import->handler->fields[i].name, kind,
            columns, import->handler->fields[i].name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
has_word (const char *name, const char *const *words)
{
  g_autofree char *folded = fold_name (name);
  for (gsize i = 0; words[i]; i++)
    if (strstr (folded, words[i]))
      return TRUE;
  return FALSE;
}

static void
note_columns (AisleImport *import)
{
  g_autoptr (GString) mapping = g_string_new (NULL);
  g_autoptr (GString) ignored = g_string_new (NULL);
  guint n = aisle_record_reader_get_n_columns (import->reader);
  import->is_masked = g_new0 (gboolean, n + 1);
  for (guint i = 0; i < import->handler->n_fields; i++)
    if (import->columns[i] >= 0)
      {
        g_string_append_printf (
            mapping, "%s%s=%s", mapping->len > 0 ? ", " : "", import->handler->fields[i].name,
            aisle_record_reader_get_column_name (import->reader, (guint) import->columns[i]));
        if (strcmp (import->handler->fields[i].type, AISLE_IMPORT_PERSONAL) == 0)
          import->is_masked[import->columns[i]] = TRUE;
      }
  for (guint i = 0; i < n; i++)
    if (!is_claimed (import, (int) i))
      {
        const char *name = aisle_record_reader_get_column_name (import->reader, i);
        g_string_append_printf (ignored, "%s%s", ignored->len > 0 ? ", " : "", name);
        if (import->kind == AISLE_IMPORT_CUSTOMERS || has_word (name, personal_words))
          import->is_masked[i] = TRUE;
      }
  import->result->mapping = g_string_free (g_steal_pointer (&mapping), FALSE);
  if (ignored->len > 0)
    g_ptr_array_add (import->result->notices,
                     g_strdup_printf ("columns that were not used: %s", ignored->str));
}

gboolean
aisle_import_map_columns (AisleImport *import, GError **error)
{
  import->columns = g_new (int, import->handler->n_fields);
  for (guint i = 0; i < import->handler->n_fields; i++)
    import->columns[i] = -1;
  import->prices = import->options->prices;
  if (!apply_map (import, error) || !apply_saved (import, error))
    return FALSE;
  match_names (import);
  match_content (import);
  note_columns (import);
  return check_required (import, error);
}

gboolean
aisle_import_decide_prices (AisleImport *import,
                            const guint *fields,
                            guint n_fields,
                            GError **error)
{
  if (import->prices != AISLE_IMPORT_PRICES_ASK)
    return TRUE;
  const char *asked = NULL;
  for (guint i = 0; i < n_fields; i++)
    {
      int column = import->columns[fields[i]];
      if (column < 0)
        continue;
      const char *name = aisle_record_reader_get_column_name (import->reader, (guint) column);
      gboolean is_gross = has_word (name, gross_words), is_net = has_word (name, net_words);
      if (is_gross != is_net && import->prices == AISLE_IMPORT_PRICES_ASK)
        import->prices = is_gross ? AISLE_IMPORT_PRICES_GROSS : AISLE_IMPORT_PRICES_NET;
      else if (is_gross == is_net)
        asked = name;
    }
  if (import->prices != AISLE_IMPORT_PRICES_ASK || !asked)
    return TRUE;
  g_set_error (
      error, AISLE_IMPORT_ERROR, AISLE_IMPORT_ERROR_ASK,
      "%s:1: column \"%s\": the file does not say whether its amounts have the sales tax in "
      "them; say --prices net or --prices gross (it is remembered for files with these columns)",
      aisle_record_reader_get_path (import->reader), asked);
  return FALSE;
}

static void
add_pair (AisleImport *import, JsonBuilder *builder, const char *field, int column)
{
  json_builder_set_member_name (builder, field);
  json_builder_add_string_value (
      builder, aisle_record_reader_get_column_name (import->reader, (guint) column));
}

char *
aisle_import_mapping_to_json (AisleImport *import)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  for (guint i = 0; i < import->handler->n_fields; i++)
    if (import->columns[i] >= 0)
      add_pair (import, builder, import->handler->fields[i].name, import->columns[i]);
  for (guint i = 0; i < import->attributes->len; i++)
    {
      AisleImportAttribute *attribute =
          &g_array_index (import->attributes, AisleImportAttribute, i);
      g_autofree char *name = g_strconcat (
          attribute->is_protected ? "protected:" : "attribute:", attribute->name, NULL);
      add_pair (import, builder, name, attribute->column);
    }
  if (import->prices != AISLE_IMPORT_PRICES_ASK)
    {
      json_builder_set_member_name (builder, PRICES_KEY);
      json_builder_add_string_value (builder,
                                     import->prices == AISLE_IMPORT_PRICES_GROSS ? "gross" : "net");
    }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* Only what a person said is kept: what was recognised is recognised again, perhaps better. Nor is
 * a mapping kept that fitted no row: it was a slip, and would spoil the next file of the same form.
 */
gboolean
aisle_import_save_mapping (AisleImport *import, GError **error)
{
  if (!import->options->map && import->options->prices == AISLE_IMPORT_PRICES_ASK)
    return TRUE;
  if (import->result->accepted == 0)
    return TRUE;
  AisleStatement *statement =
      aisle_statement (import->workspace,
                       "INSERT INTO import_mapping (kind, source, mapping) VALUES (?1, ?2, ?3) "
                       "ON CONFLICT (kind, source) DO UPDATE SET mapping = excluded.mapping",
                       error);
  if (!statement)
    return FALSE;
  g_autofree char *header = fold_header (import->reader);
  g_autofree char *mapping = aisle_import_mapping_to_json (import);
  aisle_bind_text (statement, 1, aisle_import_kind_get_name (import->kind));
  aisle_bind_text (statement, 2, header);
  aisle_bind_text (statement, 3, mapping);
  return aisle_run (statement, error);
}
