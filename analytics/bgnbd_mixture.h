/* The orders of a BG/NBD customer in so long a time that there may be many: a mean over its
 * probability to drop out, instead of a sum over the number of orders (see bgnbd.h).
 *
 *	struct bgnbd_mixture mixture;
 *	bgnbd_mixture_init(&mixture, k, shape, a, b, g, longest);
 *	bgnbd_mixture_orders(&mixture, tau, expected);
 *	bgnbd_mixture_rates(&mixture, tau, rates);
 *	bgnbd_mixture_release(&mixture);
 *
 * Of a customer in stage j, lambda ~ Gamma(shape + j, rate 1), p ~ Beta(a, b), who stays with
 * s = 1 - g p after each order. A power of s goes with every k-th stage, which the k-th roots z of
 * s pick out:
 *
 *	sum over i >= 1 of s^(i - 1) f_(i k - j) =
 *		mean over z^k = s of z^(j - k) (sum over n of z^n f_n)
 *
 * With f_n the probability that n stages are passed within tau, or its density at tau, the sums
 * over n are, B = 1 + tau (1 - z) and x = shape + j,
 *
 *	orders	z (1 - B^-x) / (1 - z)
 *	rate	z x B^-(x + 1)
 *
 * and all that is left is the mean over p (beta_nodes.h). For k = 1 there is one root, z = s, and
 * the mean over p of (1 - (1 + g p tau)^-x) / (g p) is the closed form with 2F1 of Fader, Hardie
 * and Lee 2005 for E[X(t)] before it is integrated, without its differences: a = 1 is no exception.
 * For k > 1 and s near 0 the terms of the mean over z are large and cancel; there the sum over i is
 * short. They would cancel too where the next order is in sight, in a time that is a few stages
 * long: tau must be long enough that sums over n have hundreds of terms.
 */
#ifndef ANALYTICS_BGNBD_MIXTURE_H
#define ANALYTICS_BGNBD_MIXTURE_H

#include "analytics/beta_nodes.h"

struct bgnbd_mixture {
	int k;
	double shape, g;
	struct beta_nodes dropouts;
	struct bgnbd_roots *roots; /* of each node, for k > 1 */
};

/* a = 0 or g = 0: nobody drops out. g is at most 2; longest is the largest tau that is asked. */
void bgnbd_mixture_init(struct bgnbd_mixture *mixture, int k, double shape, double a, double b,
	double g, double longest);
void bgnbd_mixture_release(struct bgnbd_mixture *mixture);

/* Within tau, and a unit of tau at tau; k long, by stage. */
void bgnbd_mixture_orders(const struct bgnbd_mixture *mixture, double tau, double *by_stage);
void bgnbd_mixture_rates(const struct bgnbd_mixture *mixture, double tau, double *by_stage);

#endif
