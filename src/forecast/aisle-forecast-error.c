/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-forecast-error.h"

G_DEFINE_QUARK (aisle - forecast - error - quark, aisle_forecast_error)
