/* The special functions the lifetime models share, each safe where the textbook form is not.
 *
 * GSL's error handler is off in this program, so every status must be read: special_value() is the
 * one place that does it.
 */
#ifndef ANALYTICS_SPECIAL_H
#define ANALYTICS_SPECIAL_H

#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_sf_result.h>

/* The value of a GSL function, or fallback when it reports a failure or is not finite. Underflow is
 * no failure: its value, 0, is right. */
double special_value(int status, const gsl_sf_result *result, double fallback);

double special_log_gamma(double x);          /* x > 0 */
double special_digamma(double x);            /* x > 0 */
double special_log_beta(double a, double b); /* ln B(a, b); a > 0, b > 0, however far apart */

/* ln(1 + e^x), for any x. */
double special_softplus(double x);

/* (1 - e^(-c y)) / c, which is y at c = 0. */
double special_decay(double c, double y);

/* For each of n ascending counts, with m = factor * count: ln (r)_m = ln Gamma(r + m) - ln Gamma(r)
 * and its derivative by r, psi(r + m) - psi(r). Exact to the last few bits for any r > 0, also
 * where the two terms are large and nearly equal. derivative may be NULL. */
void special_log_rising(
	double r, const int32_t *counts, size_t n, int factor, double *value, double *derivative);

/* Nodes and weights of Gauss and Legendre on 0 to 1 (DLMF 3.5.15). */
enum { SPECIAL_NODES = 12 };
extern const double special_node[SPECIAL_NODES], special_weight[SPECIAL_NODES];

#endif
