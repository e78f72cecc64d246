/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#define AISLE_FORECAST_ERROR (aisle_forecast_error_quark ())

typedef enum
{
  AISLE_FORECAST_ERROR_INVALID,   /* an option or an input array makes no sense; the message says
                                     which */
  AISLE_FORECAST_ERROR_TOO_LARGE, /* more series, steps or seasons than can be held */
  AISLE_FORECAST_ERROR_CANCELLED, /* the progress callback said to stop */
} AisleForecastError;

GQuark aisle_forecast_error_quark (void);
