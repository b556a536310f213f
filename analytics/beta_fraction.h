/* E[1 / (1 - z U)] for U ~ Beta(p, q): the hypergeometric function 2F1(1, p; p + q; z).
 *
 *	struct beta_fraction fraction;
 *	beta_fraction_init(&fraction, p, q);
 *	double value = beta_fraction_value(&fraction, 1 - z);
 *	beta_fraction_release(&fraction);
 *
 * Both places where the lifetime models need a hypergeometric function can be brought to this one
 * (Euler's and Pfaff's transformations), with z from 0 to 1: the mean time a Pareto/NBD customer
 * has been dead, and the discounted orders of a BG/NBD customer for ever. There it is a sum of
 * positive terms, and neither over- nor underflows. It is the even part of Gauss's continued
 * fraction
 *
 *	1 / (e_0 - z^2 b_1 / (e_1 - z^2 b_2 / (e_2 - ...))),   e_n = a'_n + a_n (1 - z)
 *
 * whose coefficients a, a', b are those of the Jacobi polynomials and depend on p and q alone, so
 * that one struct serves many z; z is given as 1 - z, which callers know without cancellation. The
 * n-th convergent is Gauss's n-point quadrature; they rise to the limit by a factor of at least
 * ((1 + sqrt(1 - z)) / (1 - sqrt(1 - z)))^2 a step. Where that is too slow, z very near 1, the
 * integral is summed over ln(u / (1 - u)) instead.
 *
 * Sources: NIST Digital Library of Mathematical Functions 15.6.1 and 15.7; Steed's recurrence,
 * Barnett et al. 1974, Computer Physics Communications 8, 377.
 */
#ifndef ANALYTICS_BETA_FRACTION_H
#define ANALYTICS_BETA_FRACTION_H

#include <stddef.h>

struct beta_fraction {
	double p, q;
	struct beta_fraction_step *steps; /* grows as they are asked for */
	size_t n_steps, capacity;
};

void beta_fraction_init(struct beta_fraction *fraction, double p, double q); /* p > 0, q > 0 */
void beta_fraction_release(struct beta_fraction *fraction);

/* The same struct for other p and q; the memory is kept. */
void beta_fraction_reset(struct beta_fraction *fraction, double p, double q);

/* one_minus_z is more than 0, at most 1. */
double beta_fraction_value(struct beta_fraction *fraction, double one_minus_z);

struct beta_gradient {
	double value;
	double by_p, by_q;
	double by_log; /* by ln(1 - z) */
};
void beta_fraction_gradient(
	struct beta_fraction *fraction, double one_minus_z, struct beta_gradient *result);

#endif
