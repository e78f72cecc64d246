/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-batch.h"

void
aisle_sim_batch_begin (AisleSimBatch *batch, AisleSimRequest *request)
{
  *batch = (AisleSimBatch){ .request = request };
  aisle_sim_put_open (request->out, '{');
  aisle_sim_put_name (request->out, "results");
  aisle_sim_put_open (request->out, '[');
}

static void
open_result (AisleSimBatch *batch, const char *key, const char *status)
{
  GString *out = batch->request->out;
  aisle_sim_put_open (out, '{');
  if (key)
    aisle_sim_put_text (out, "key", key);
  aisle_sim_put_text (out, "status", status);
}

gboolean
aisle_sim_batch_accept (AisleSimBatch *batch, const char *key, gint64 revision)
{
  batch->n_accepted++;
  open_result (batch, key, "accepted");
  if (revision > 0)
    aisle_sim_put_integer (batch->request->out, "revision", revision);
  g_string_append_c (batch->request->out, '}');
  return TRUE;
}

gboolean
aisle_sim_batch_refuse (AisleSimBatch *batch, const char *key, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);

  batch->n_refused++;
  open_result (batch, key, "refused");
  aisle_sim_put_text (batch->request->out, "reason", reason);
  g_string_append_c (batch->request->out, '}');
  return TRUE;
}

gboolean
aisle_sim_batch_conflict (AisleSimBatch *batch, const char *key, const gint64 *found)
{
  batch->n_conflicts++;
  open_result (batch, key, "conflict");
  if (found)
    aisle_sim_put_integer (batch->request->out, "found", *found);
  else
    aisle_sim_put_null (batch->request->out, "found");
  aisle_sim_put_text (batch->request->out, "reason", "another price is there than was expected");
  g_string_append_c (batch->request->out, '}');
  return TRUE;
}

gboolean
aisle_sim_batch_end (AisleSimBatch *batch)
{
  GString *out = batch->request->out;
  g_string_append_c (out, ']');
  aisle_sim_put_integer (out, "accepted", batch->n_accepted);
  aisle_sim_put_integer (out, "refused", batch->n_refused);
  aisle_sim_put_integer (out, "conflicts", batch->n_conflicts);
  g_string_append_c (out, '}');
  return TRUE;
}
