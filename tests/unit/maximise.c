/* Maxima of functions that are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/maximise.h"

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.17g, expected %.17g", value, expected);
}

/* Rosenbrock 1960, "An automatic method for finding the greatest or least value of a function": a
 * curved valley whose lowest point is (1, 1), here a ridge. The Hessian there is
 * -(802, -400; -400, 200). */
static double ridge(const double *point, double *gradient, void *context)
{
	(void)context;
	double a = 1 - point[0], b = point[1] - point[0] * point[0];
	gradient[0] = 2 * a + 400 * point[0] * b;
	gradient[1] = -200 * b;
	return -a * a - 100 * b * b;
}

static void rosenbrock(void **state)
{
	(void)state;
	struct maximum best;
	maximise(&best, ridge, NULL, 2, (const double[]){-1.2, 1}, NULL);
	assert_true(best.converged);
	assert_near(best.point[0], 1, 1e-8);
	assert_near(best.point[1], 1, 1e-8);
	assert_near(best.hessian[0][0], -802, 1e-3);
	assert_near(best.hessian[0][1], 400, 1e-3);
	assert_near(best.hessian[1][1], -200, 1e-3);
	double covariance[2][MAXIMISE_MOST];
	assert_true(maximum_covariance(&best, 2, covariance));
	assert_near(covariance[0][0], .5, 1e-5);
	assert_near(covariance[0][1], 1, 1e-5);
	assert_near(covariance[1][1], 2.005, 1e-5);

	maximise_patiently(&best, ridge, NULL, 2, (const double[]){-1.2, 1});
	assert_true(best.converged);
	assert_near(best.point[0], 1, 1e-8);
}

/* Four exponential rates, by the logarithm: the maximum is at ln(1 / mean), the curvature -n. */
static double rates(const double *point, double *gradient, void *context)
{
	const double *means = context;
	double value = 0;
	for (int i = 0; i < 4; i++) {
		double spent = 100 * exp(point[i]) * means[i];
		value += 100 * point[i] - spent;
		gradient[i] = 100 - spent;
	}
	return value;
}

static void any_start_ends_alike(void **state)
{
	(void)state;
	double means[4] = {.01, 1, 7, 5000};
	double hessian[4][MAXIMISE_MOST] = {{-90}, {0, -90}, {0, 0, -90}, {0, 0, 0, -90}};
	for (int start = -3; start <= 3; start++) {
		double from[4] = {start, start, -start, start};
		struct maximum best;
		maximise(&best, rates, means, 4, from, NULL);
		assert_true(best.converged);
		for (int i = 0; i < 4; i++)
			assert_near(best.point[i], -log(means[i]), 1e-9);
	}
	/* From near by, with a Hessian: Newton's steps and the final Hessian alone. */
	double near[4] = {4.5, .1, -2, -8.4};
	struct maximum best;
	maximise(&best, rates, means, 4, near, hessian);
	assert_true(best.converged && best.evaluations < 25);
	assert_near(best.point[3], -log(5000), 1e-9);
	assert_near(best.hessian[3][3], -100, 1e-5);
}

static double slope(const double *point, double *gradient, void *context)
{
	(void)context;
	gradient[0] = 1;
	return point[0];
}

static double flat(const double *point, double *gradient, void *context)
{
	(void)point, (void)context;
	gradient[0] = gradient[1] = 0;
	return 3;
}

static double undefined(const double *point, double *gradient, void *context)
{
	(void)point, (void)context;
	gradient[0] = NAN;
	return NAN;
}

/* Defined to the left of 1 only, with the maximum at 0. */
static double half_defined(const double *point, double *gradient, void *context)
{
	(void)context;
	gradient[0] = -1 / (1 - point[0]) + 1;
	return log(1 - point[0]) + point[0];
}

static void no_maximum_is_said(void **state)
{
	(void)state;
	struct maximum best;
	const double start[2] = {.5, .5};
	double covariance[2][MAXIMISE_MOST];
	maximise(&best, slope, NULL, 1, start, NULL);
	assert_false(best.converged);
	maximise(&best, flat, NULL, 2, start, NULL);
	assert_false(best.converged);
	assert_false(maximum_covariance(&best, 2, covariance));
	maximise(&best, undefined, NULL, 1, start, NULL);
	assert_false(best.converged);
	maximise(&best, half_defined, NULL, 1, start, NULL);
	assert_true(best.converged);
	assert_near(best.point[0], 0, 1e-8);
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rosenbrock),
		cmocka_unit_test(any_start_ends_alike),
		cmocka_unit_test(no_maximum_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
