/* The maximum of a smooth function of one to four variables, and its curvature there.
 *
 *	static double concave(const double *point, double *gradient, void *context) { ... }
 *	struct maximum best;
 *	maximise(&best, concave, NULL, 2, start, NULL);
 *	if (!best.converged)
 *		... there is no maximum here, or the function is flat
 *
 * Made for log-likelihoods in log parameters, so it counts in their units: a step of 1 is large,
 * and a difference of 1e-9 in the value is none. From the start BFGS climbs (GSL's vector_bfgs2),
 * and where it stalls Nelder and Mead (nmsimplex2) go on and BFGS again. The Hessian is then
 * differenced from the gradient, and Newton's steps with it take the last digits: the point depends
 * on the start by rounding only.
 */
#ifndef ANALYTICS_MAXIMISE_H
#define ANALYTICS_MAXIMISE_H

#include <stdbool.h>
#include <stddef.h>

enum { MAXIMISE_MOST = 4 };

/* The value at a point, and its gradient. A value that is not finite is taken as very low. */
typedef double maximise_function(const double *point, double *gradient, void *context);

struct maximum {
	double point[MAXIMISE_MOST];
	double value;
	double gradient[MAXIMISE_MOST];
	double hessian[MAXIMISE_MOST][MAXIMISE_MOST]; /* symmetric; the leading n x n count */
	bool converged; /* the Hessian is negative definite and Newton's step below 1e-4 of a
			   standard error: it would raise the value by less than 1e-8 */
	int evaluations;
};

/* hessian is a guess, say from a part of the data: Newton's steps with it may make BFGS
 * superfluous, and else it gives the scale. NULL: none. */
void maximise(struct maximum *best, maximise_function *function, void *context, size_t n,
	const double *start, double (*hessian)[MAXIMISE_MOST]);

/* The same with Nelder and Mead first, for a function that is hard to climb. */
void maximise_patiently(struct maximum *best, maximise_function *function, void *context, size_t n,
	const double *start);

/* Only BFGS, and no further than is needed to tell a good start from a bad one; hessian is not
 * set. */
void maximise_roughly(struct maximum *best, maximise_function *function, void *context, size_t n,
	const double *start);

/* The inverse of minus the Hessian: the covariance of a maximum likelihood estimate. False when the
 * Hessian is not negative definite. */
bool maximum_covariance(const struct maximum *at, size_t n, double covariance[][MAXIMISE_MOST]);

#endif
