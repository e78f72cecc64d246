/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-optimal-price.h"

#include <glib.h>
#include <gsl/gsl_sf_lambert.h>
#include <math.h>

/* Each is the root of the first-order condition (p - c) q'(p) + q(p) = 0. For the logit,
 * (p - c) k (1 - share) = 1, which Lambert's W solves; beyond exp(700) W(x) = log x - log log x is
 * taken, and Newton steps on w + log w = log x make it exact to double precision. */

#define LARGEST_EXPONENT 700.0

double
aisle_optimal_price_isoelastic (double net_cost, double elasticity)
{
  if (!(elasticity < -1) || !(net_cost > 0))
    return NAN;
  return net_cost * elasticity / (1 + elasticity);
}

double
aisle_optimal_price_linear (double net_cost, double a, double b)
{
  if (!(b > 0) || !(a / b > net_cost))
    return NAN;
  return (a / b + net_cost) / 2;
}

double
aisle_optimal_price_logit (double net_cost, double u, double k)
{
  double exponent = u - k * net_cost - 1;
  if (!(k > 0) || !isfinite (exponent))
    return NAN;
  double w;
  if (exponent <= LARGEST_EXPONENT)
    w = gsl_sf_lambert_W0 (exp (exponent));
  else
    {
      w = exponent - log (exponent);
      for (int i = 0; i < 3; i++)
        w -= (w + log (w) - exponent) / (1 + 1 / w);
    }
  return net_cost + (1 + w) / k;
}
