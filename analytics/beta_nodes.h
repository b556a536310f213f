/* The mean of a function of p ~ Beta(a, b), as a weighted sum over some hundred p.
 *
 *	struct beta_nodes nodes;
 *	beta_nodes_init(&nodes, a, b, scale, power);
 *	for (size_t i = 0; i < nodes.n; i++)
 *		mean += nodes.at[i].weight * f(nodes.at[i].p);
 *	beta_nodes_release(&nodes);
 *
 * For functions that fall from p = 0 to 1, or stay, but nowhere to less than (1 + scale p)^-power
 * of what they are at 0; their mean has some 14 digits. It is the trapezoidal rule in
 * v = ln(p / (1 - p)), which converges at exp(-pi^2 / h) and better for what is analytic, and
 * bounded, where p has a positive real part: that is where |Im v| < pi / 2. What lies so far out
 * that p or 1 - p no longer matters is the sum of a geometric series and stands as a node at 0 or
 * 1. The weights add up to 1.
 *
 * Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule", SIAM Review 56(3).
 */
#ifndef ANALYTICS_BETA_NODES_H
#define ANALYTICS_BETA_NODES_H

#include <stddef.h>

struct beta_node {
	double p, rest; /* rest = 1 - p, with all its digits */
	double weight;
};

struct beta_nodes {
	struct beta_node *at;
	size_t n, capacity;
};

/* a >= 0 (0: p is 0), b > 0, scale >= 0, power >= 0, all finite. */
void beta_nodes_init(struct beta_nodes *nodes, double a, double b, double scale, double power);
void beta_nodes_release(struct beta_nodes *nodes);

#endif
