/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-core-error.h"

G_DEFINE_QUARK (aisle-core-error-quark, aisle_core_error)
