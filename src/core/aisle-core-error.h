/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What can be wrong with data that comes from outside: text, files, numbers. The message says what,
 * where and what to do; the code says what a caller could do about it. */

#define AISLE_CORE_ERROR (aisle_core_error_quark ())

typedef enum
{
  AISLE_CORE_ERROR_INVALID,   /* not of the expected form: a number, a date, a workbook */
  AISLE_CORE_ERROR_RANGE,     /* of the right form, but too large, too small or not existing */
  AISLE_CORE_ERROR_PRECISION, /* more decimals than the unit has */
  AISLE_CORE_ERROR_EMPTY,     /* nothing there: a file without a row, a field without a value */
  AISLE_CORE_ERROR_TOO_LONG,  /* a line, field or file larger than we take */
  AISLE_CORE_ERROR_IO,        /* the file could not be read or written */
  AISLE_CORE_ERROR_CLOSED,    /* nobody reads the other end of the pipe any more */
} AisleCoreError;

GQuark aisle_core_error_quark (void);
