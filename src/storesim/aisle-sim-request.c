/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-request.h"

#include "aisle-date.h"

#include <signal.h>
#include <string.h>

gboolean
aisle_sim_request_fail (AisleSimRequest *request,
                        guint status,
                        const char *code,
                        const char *format,
                        ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *valid = g_utf8_make_valid (message, -1);

  request->status = status;
  g_string_assign (request->out, "{\"error\":{");
  aisle_sim_put_text (request->out, "code", code);
  aisle_sim_put_text (request->out, "message", valid);
  g_string_append (request->out, "}}");
  return FALSE;
}

gboolean
aisle_sim_request_fail_storage (AisleSimRequest *request, GError *error)
{
  aisle_sim_request_fail (request, 500, "storage", "the store's file failed, nothing was done: %s",
                          error ? error->message : "unknown reason");
  g_clear_error (&error);
  return FALSE;
}

JsonArray *
aisle_sim_request_get_batch (AisleSimRequest *request, const char *name)
{
  JsonArray *array = aisle_json_get_array (request->body, name);
  if (!array)
    {
      aisle_sim_request_fail (request, 400, "bad_body", "the body needs an array called \"%s\"",
                              name);
      return NULL;
    }
  guint n = json_array_get_length (array);
  if (n == 0)
    {
      aisle_sim_request_fail (request, 400, "bad_body", "the array \"%s\" is empty", name);
      return NULL;
    }
  if (n > AISLE_SIM_MAX_BATCH)
    {
      aisle_sim_request_fail (request, 413, "batch_too_large",
                              "%u items in one batch; at most %d are taken, nothing was done", n,
                              AISLE_SIM_MAX_BATCH);
      return NULL;
    }
  return array;
}

const char *
aisle_sim_request_get_parameter (AisleSimRequest *request, const char *name)
{
  return request->query ? g_hash_table_lookup (request->query, name) : NULL;
}

gboolean
aisle_sim_request_continues (AisleSimRequest *request, guint index, guint n_items)
{
  if (request->is_to_crash && index >= n_items / 2)
    raise (SIGKILL);
  return index < request->stop_after;
}

static void
put_comma (GString *out)
{
  if (out->len == 0)
    return;
  char last = out->str[out->len - 1];
  if (last != '{' && last != '[' && last != ':')
    g_string_append_c (out, ',');
}

void
aisle_sim_put_name (GString *out, const char *name)
{
  put_comma (out);
  g_string_append_c (out, '"');
  g_string_append (out, name);
  g_string_append (out, "\":");
}

void
aisle_sim_put_open (GString *out, char open)
{
  put_comma (out);
  g_string_append_c (out, open);
}

void
aisle_sim_put_text (GString *out, const char *name, const char *value)
{
  aisle_sim_put_name (out, name);
  aisle_json_append_text (out, value);
}

void
aisle_sim_put_integer (GString *out, const char *name, gint64 value)
{
  char text[24];
  aisle_sim_put_name (out, name);
  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  g_string_append (out, text);
}

void
aisle_sim_put_boolean (GString *out, const char *name, gboolean value)
{
  aisle_sim_put_name (out, name);
  g_string_append (out, value ? "true" : "false");
}

void
aisle_sim_put_null (GString *out, const char *name)
{
  aisle_sim_put_name (out, name);
  g_string_append (out, "null");
}

void
aisle_sim_put_time (GString *out, const char *name, gint64 seconds)
{
  g_autofree char *text = aisle_instant_format_iso (seconds);
  aisle_sim_put_text (out, name, text);
}
