/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-pricing-error.h"

G_DEFINE_QUARK (aisle_pricing_error_quark, aisle_pricing_error)
