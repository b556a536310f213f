/* Pareto/NBD: customers buy at random and drop out at random, at any time.
 *
 *	double parameters[4] = {.5533, 10.578, .6062, 11.669};
 *	double alive = pnbd_p_alive(parameters, 2, 30.43, 38.86);
 *
 * A customer buys at rate lambda and leaves at rate mu; lambda ~ Gamma(r, rate alpha), mu ~
 * Gamma(s, rate beta). The likelihood of x repeat purchases, the last at t_x, by T, is that of
 * being alive at T or of having left, without a sign, at some u between t_x and T:
 *
 *	L = alpha^r Gamma(r + x) / Gamma(r) beta^s [ S(T) + I(t_x) - I(T) ]
 *	S(t) = (alpha + t)^-(r + x) (beta + t)^-s
 *	I(t) = integral from t to infinity of s (beta + u)^-(s + 1) (alpha + u)^-(r + x) du
 *
 * I / S = J lies between 0 and 1: it is the probability that a customer alive at t leaves before it
 * buys again, E[mu / (lambda + mu)]. As I(T) <= S(T), nothing is lost in the difference. J depends
 * on x and one time only, and with R = r + x, e = (beta + t) / (alpha + t), is
 *
 *	J = s / (R + s) 2F1(1, R; R + s + 1; 1 - e)                   for e <= 1
 *	J = s / ((R + s) e) 2F1(1, s + 1; R + s + 1; 1 - 1 / e)       for e > 1
 *
 * both of them series of positive terms, and continued fractions that converge fast (see
 * beta_fraction.h). The textbook form is these two after Euler's and Pfaff's transformations.
 *
 * Given being alive at T, lambda ~ Gamma(r + x, rate alpha + T) and mu ~ Gamma(s, rate beta + T),
 * so that orders come at (r + x) / (alpha + T) ((beta + T) / (beta + T + t))^s.
 *
 * Schmittlein, Morrison and Colombo 1987, "Counting your customers: who are they and what will they
 * do next?", Management Science 33(1); Fader and Hardie 2005, "A note on deriving the Pareto/NBD
 * model and related expressions"; Fader, Hardie and Lee 2005, "RFM and CLV", J. of Marketing
 * Research 42(4), for the discounted orders.
 */
#ifndef ANALYTICS_PNBD_H
#define ANALYTICS_PNBD_H

#include <stdint.h>

#include "analytics/ltv_outlook.h"
#include "analytics/ltv_rows.h"

/* log_parameters are ln r, ln alpha, ln s, ln beta; gradient is by these, or NULL. */
double pnbd_log_likelihood(const struct ltv_rows *rows, const double log_parameters[4],
	unsigned threads, double gradient[4]);

/* parameters are r, alpha, s, beta, here and below; s = 0: nobody ever drops out. */
double pnbd_p_alive(const double parameters[4], int32_t x, double t_x, double T);

/* The same of each row, long before the one by one: rows share most of the work. */
void pnbd_p_alive_of_rows(
	const double parameters[4], const struct ltv_rows *rows, unsigned threads, double *p_alive);

/* The orders after T of a customer alive at T; those expected of a customer are p_alive times
 * these, and of a customer acquired now those of x = 0 and T = 0. */
struct ltv_orders pnbd_orders_if_alive(
	const double parameters[4], int32_t x, double T, const struct ltv_outlook *outlook);

/* The probability of x repeat orders in a time t after the first. */
double pnbd_probability(const double parameters[4], int32_t x, double t);

#endif
