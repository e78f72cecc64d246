/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle-input.h"
#include "oracle-method.h"

const OracleMethod oracle_forecast_methods[] = {
  { NULL, NULL },
};
