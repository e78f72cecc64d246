/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The net price of greatest margin where demand has a closed form, without any guardrail. Prices
 * and costs in any one unit of money; they are estimates, to be rounded and bounded before anybody
 * sees a price. NaN: no such price. */

/* Demand A p^elasticity: needs an elasticity below -1; otherwise a higher price always earns more
 * and the bounds decide. */
double aisle_optimal_price_isoelastic (double net_cost, double elasticity);

/* Demand a - b p, b > 0. */
double aisle_optimal_price_linear (double net_cost, double a, double b);

/* Demand a share 1 / (1 + exp (k p - u)), k > 0. */
double aisle_optimal_price_logit (double net_cost, double u, double k);
