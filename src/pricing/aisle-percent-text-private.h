/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* "12.5 %" for 125000 millionths, two decimals at most. Free with g_free(). */
char *aisle_percent_text (gint64 ppm);
