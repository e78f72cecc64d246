/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-error.h"

G_DEFINE_QUARK (aisle_forecast_error_quark, aisle_forecast_error)
