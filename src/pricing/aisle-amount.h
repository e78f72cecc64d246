/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where an amount in minor units, a quantity or a rate is not known. */
#define AISLE_AMOUNT_UNKNOWN G_MININT64
