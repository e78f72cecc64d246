/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How much of a series is in its own past. Fills acf[0 .. n_lags-1] with the autocorrelations at
 * lags 1 .. n_lags (sums divided by n, as usual) and pacf (or NULL) with the partial ones. y must
 * not hold NaN. FALSE, with NaN everywhere, where all values are equal or there are no more than
 * n_lags. */
gboolean aisle_autocorrelation (const double *y, gsize n, gsize n_lags, double *acf, double *pacf);
