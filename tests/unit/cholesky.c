/* Cholesky's factors, on Hilbert's matrix, whose inverse is whole numbers (Choi 1983, "Tricks or
 * treats with the Hilbert matrix", American Mathematical Monthly 90), and on what is singular. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analytics/cholesky.h"

static void assert_near(double value, double expected, double relative)
{
	assert_true(fabs(value - expected) <= relative * fabs(expected));
}

static void hilbert(double *matrix, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			matrix[i * n + j] = 1. / (double)(i + j + 1);
}

static void the_inverse_of_hilberts_matrix(void **state)
{
	(void)state;
	static const double inverse[16] = {16, -120, 240, -140, -120, 1200, -2700, 1680, 240, -2700,
		6480, -4200, -140, 1680, -4200, 2800};
	double matrix[16];
	hilbert(matrix, 4);
	assert_int_equal(cholesky_factor(matrix, 4, 0), 4);
	cholesky_invert(matrix, 4);
	for (size_t i = 0; i < 16; i++)
		assert_near(matrix[i], inverse[i], 1e-11);
}

static void solutions_are_sums_of_the_inverse(void **state)
{
	(void)state;
	double matrix[9], ones[] = {1, 1, 1};
	hilbert(matrix, 3);
	assert_int_equal(cholesky_factor(matrix, 3, 0), 3);
	cholesky_solve(matrix, 3, ones);
	/* The rows of {9, -36, 30; -36, 192, -180; 30, -180, 180} added up. */
	assert_near(ones[0], 3, 1e-12);
	assert_near(ones[1], -24, 1e-12);
	assert_near(ones[2], 30, 1e-12);
}

static void a_dependent_column_is_named(void **state)
{
	(void)state;
	/* Third = first + second; only the lower half is read. */
	double dependent[] = {2, 9, 9, 1, 3, 9, 3, 4, 7};
	assert_int_equal(cholesky_factor(dependent, 3, 1e-10), 2);
	double zero[] = {1, 9, 0, 0};
	assert_int_equal(cholesky_factor(zero, 2, 1e-10), 1);
	double unknown[] = {NAN};
	assert_int_equal(cholesky_factor(unknown, 1, 1e-10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_inverse_of_hilberts_matrix),
		cmocka_unit_test(solutions_are_sums_of_the_inverse),
		cmocka_unit_test(a_dependent_column_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
