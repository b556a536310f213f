/* BG/NBD and MBG/NBD: customers buy at random, and may drop out after each purchase; and their
 * siblings BG/CNBD-k and MBG/CNBD-k, who buy more regularly than at random.
 *
 *	struct bgnbd_kind kind = {.k = 1};
 *	double parameters[4] = {.243, 4.414, .793, 2.426};
 *	double alive = bgnbd_p_alive(kind, parameters, 2, 30.43, 38.86, NULL);
 *
 * While alive, a customer's time between purchases is Gamma(k, rate lambda): k stages of an
 * exponential clock, one with k = 1. After each repeat purchase it drops out with probability p; in
 * the modified models (MBG) also after the first one, before any repeat. lambda ~ Gamma(r, rate
 * alpha), p ~ Beta(a, b). The likelihood of x repeat purchases, the last at t_x, by T, with
 * rho = r + k x, n = x (MBG: x + 1) and q = the survived drop-outs, is
 *
 *	L = g (rho) [ B(a, b + n) Q (alpha + T)^-rho + B(a + 1, b + n - 1) (alpha + t_x)^-rho ]
 *	g (rho) = alpha^r Gamma(rho) / Gamma(r) / B(a, b) * product of gap^(k - 1) / (k - 1)!^x
 *	Q = sum over j < k of (rho)_j / j! ((T - t_x) / (alpha + T))^j
 *
 * where the second term, the customer is gone, is left out for x = 0 in the BG models, and Q, which
 * is 1 for k = 1, says that fewer than k stages have passed since t_x.
 *
 * All that is to come of a customer alive at T follows from lambda given stage j ~ Gamma(rho + j,
 * rate alpha + T), the stages having the terms of Q as weights, and p ~ Beta(a, b + n): it orders
 * at the rate of
 *
 *	m(t) = sum over i >= 1 of E[(1 - p)^(i - 1)] (density at t of the (i k - j)-th stage)
 *
 * all of whose terms are positive, so that nothing cancels and a = 1 is no exception; it is
 * integrated over t, or for an infinite horizon with a discount summed over i first and integrated
 * over lambda. For k = 1 this is the closed form with 2F1 of Fader, Hardie and Lee. Where so many
 * orders are possible that the sum has hundreds of terms, it is the mean over p that is taken
 * instead (bgnbd_mixture.h).
 *
 * Fader, Hardie and Lee 2005, "Counting your customers the easy way", Marketing Science 24(2);
 * Batislam, Denizel and Filiztekin 2007, "Empirical validation and comparison of models for
 * customer base analysis", Int. J. of Research in Marketing 24(3); Hoppe and Wagner 2007, "Customer
 * base analysis: the case for a central variant of the Betageometric/NBD model", Marketing ZFP
 * 29(2); Platzer and Reutterer 2016, "Ticking away the moments", Marketing Science 35(5).
 */
#ifndef ANALYTICS_BGNBD_H
#define ANALYTICS_BGNBD_H

#include <stdbool.h>
#include <stdint.h>

#include "analytics/ltv_outlook.h"
#include "analytics/ltv_rows.h"

enum { BGNBD_MAX_K = 12 };

struct bgnbd_kind {
	bool modified; /* may drop out after the first purchase too */
	int k;         /* 1 to BGNBD_MAX_K */
};

/* Drop-outs survived by a customer still alive after x repeat purchases. */
static inline int32_t bgnbd_survived(struct bgnbd_kind kind, int32_t x)
{
	return x + kind.modified;
}

/* log_parameters are ln r, ln alpha, ln a, ln b; gradient is by these, or NULL. With k > 1 the rows
 * must have log_gaps. */
double bgnbd_log_likelihood(struct bgnbd_kind kind, const struct ltv_rows *rows,
	const double log_parameters[4], unsigned threads, double gradient[4]);

/* parameters are r, alpha, a, b, here and below; a = 0: nobody ever drops out. stage_weight, k long
 * or NULL, gets the probability of each stage given that the customer is alive. */
double bgnbd_p_alive(struct bgnbd_kind kind, const double parameters[4], int32_t x, double t_x,
	double T, double *stage_weight);

/* The orders after T of a customer alive at T, k long, by its stage then. What is expected of a
 * customer is p_alive times their mean under stage_weight; of a customer acquired now, the same
 * with x, t_x and T all 0. */
void bgnbd_orders_if_alive(struct bgnbd_kind kind, const double parameters[4], int32_t x, double T,
	const struct ltv_outlook *outlook, struct ltv_orders *by_stage);

/* The probability of x repeat orders in a time t after the first. */
double bgnbd_probability(struct bgnbd_kind kind, const double parameters[4], int32_t x, double t);

#endif
