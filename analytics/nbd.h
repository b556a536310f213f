/* NBD: customers buy at random for ever. The baseline of the lifetime models, and what they come to
 * when no drop-out is to be seen.
 *
 * A customer buys at rate lambda, a Poisson process without end, and lambda ~ Gamma(r, rate alpha).
 * The likelihood of x repeat purchases at their moments in (0, T] is
 *
 *	L = Gamma(r + x) / Gamma(r) (alpha / (alpha + T))^r (alpha + T)^-x
 *
 * and lambda given that is Gamma(r + x, rate alpha + T). r has no unit, alpha is a time.
 * Ehrenberg 1959, "The pattern of consumer purchases", Applied Statistics 8(1); the likelihood of
 * the moments, not of the count, is what the models with drop-out have, so that they compare.
 */
#ifndef ANALYTICS_NBD_H
#define ANALYTICS_NBD_H

#include <stdint.h>

#include "analytics/ltv_outlook.h"
#include "analytics/ltv_rows.h"

/* log_parameters are ln r, ln alpha; gradient is by these, or NULL. */
double nbd_log_likelihood(
	const struct ltv_rows *rows, const double log_parameters[2], double gradient[2]);

/* parameters are r, alpha. The expected orders after T of a customer who bought x times by then;
 * x = 0, T = 0 is a customer acquired now. */
struct ltv_orders nbd_orders(
	const double parameters[2], int32_t x, double T, const struct ltv_outlook *outlook);

/* The probability of x orders in a time t after the first. */
double nbd_probability(const double parameters[2], int32_t x, double t);

#endif
