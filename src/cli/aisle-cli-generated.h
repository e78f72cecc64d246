/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* The mark on numbers that rest on generated data; `words` from aisle_generated_list(). */

/* A line "Generated, not real: stock, costs."; nothing where there is none. */
void aisle_cli_append_generated (GString *text, char **words);

/* The member "generated", a list of words. */
void aisle_cli_add_generated (JsonBuilder *builder, char **words);
