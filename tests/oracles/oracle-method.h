/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* How a part of the program answers reference numbers: one file a part (forecast-methods.c, ...)
 * lists its methods, run-oracles.c lists the parts. */

/* Answers one case. `input` is the case's input as it stands in the file, unchecked: read it with
 * the functions of oracle-input.h. Where it names a file in `data`, that member holds its absolute
 * path. Counts and indices are to be answered as JSON integers (they are compared exactly), all
 * else as doubles; NaN says "not defined". NULL with an error where there is no answer; the case
 * fails then. */
typedef JsonObject *(*OracleFunc) (JsonObject *input, GError **error);

typedef struct
{
  const char *method; /* the oracle file's `method` */
  OracleFunc answer;
} OracleMethod;

/* One table a part, ended by a NULL method. */
extern const OracleMethod oracle_forecast_methods[];
extern const OracleMethod oracle_pricing_methods[];
