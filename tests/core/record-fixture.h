/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-record-reader.h"

/* Files in a private directory, and what a reader makes of them as one string. */

/* A path in the directory of this test program; free with g_free(). */
char *fixture_path (const char *name);

/* Writes `length` bytes (-1: up to the NUL) and gives the path; free with g_free(). */
char *fixture_write (const char *name, const char *data, gssize length);

/* The same, packed with gzip. */
char *fixture_write_gzip (const char *name, const char *data, gssize length);

/* A zip file of NAME, CONTENT, NAME, CONTENT, ..., NULL. */
char *fixture_write_zip (const char *name, const char *const *entries);

/* All rows as "LINE[a|b|c]", those with a problem with a '!' behind; fields longer than 40 bytes as
 * "<length>". Ends with " ERROR" where reading failed; `error` then has it. */
char *fixture_rows (AisleRecordReader *reader, GError **error);

/* Opens, reads and closes: the header as "[a|b]" and the rows. Opening must succeed. */
char *fixture_read (const char *path, const AisleTextFormat *overrides);

void fixture_remove_all (void);
