/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-generated.h"

void
aisle_cli_append_generated (GString *text, char **words)
{
  if (!words[0])
    return;
  g_autofree char *list = g_strjoinv (", ", words);
  g_string_append_printf (text, "Generated, not real: %s.\n", list);
}

void
aisle_cli_add_generated (JsonBuilder *builder, char **words)
{
  json_builder_set_member_name (builder, "generated");
  json_builder_begin_array (builder);
  for (char **word = words; *word; word++)
    json_builder_add_string_value (builder, *word);
  json_builder_end_array (builder);
}
