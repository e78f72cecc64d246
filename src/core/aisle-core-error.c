/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"

G_DEFINE_QUARK (aisle_core_error_quark, aisle_core_error)
