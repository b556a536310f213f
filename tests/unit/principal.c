/* Principal components: the example of Smith 2002, "A tutorial on Principal Components Analysis"
 * (eigenvalues and eigenvectors as printed there), and points of which they are known. */
#include "analytics/principal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double value, double expected, double tolerance)
{
	assert_true(fabs(value - expected) <= tolerance);
}

static bool find(struct principal *plane, const double *rows, size_t n, size_t n_dims)
{
	struct points points;
	struct points_fault fault;
	assert_int_equal(points_init(&points, rows, n, n_dims, 1, &fault), POINTS_OK);
	bool found = principal_find(plane, &points);
	points_release(&points);
	return found;
}

static void tutorial(void **state)
{
	(void)state;
	const double rows[] = {2.5, 2.4, .5, .7, 2.2, 2.9, 1.9, 2.2, 3.1, 3.0, 2.3, 2.7, 2, 1.6, 1,
		1.1, 1.5, 1.6, 1.1, .9};
	struct principal plane;
	assert_true(find(&plane, rows, COUNT(rows) / 2, 2));
	assert_near(plane.variances[0], 1.28402771, 5e-9);
	assert_near(plane.variances[1], .0490833989, 5e-11);
	assert_near(plane.directions[0], .677873399, 5e-10);
	assert_near(plane.directions[1], .735178656, 5e-10);
	assert_near(fabs(plane.directions[2]), .735178656, 5e-10);
	assert_near(plane.directions[2] * plane.directions[3], -.735178656 * .677873399, 1e-9);
	assert_near(plane.shares[0] + plane.shares[1], 1, 1e-12);
	double xy[2];
	principal_project(
		&plane, rows, xy); /* the first of the transformed data, but for its sign */
	assert_near(xy[0], .827970186, 5e-9);
	assert_near(fabs(xy[1]), .175115307, 5e-9);
	principal_release(&plane);
}

/* Four points on the axes of a cross that lies askew in space: variance 2 * 9 / 3 along one, 2 * 1
 * / 3 along the other, none across. */
static void known_plane(void **state)
{
	(void)state;
	const double u[] = {2. / 3, 2. / 3, 1. / 3}, v[] = {-1 / sqrt(2), 1 / sqrt(2), 0};
	double rows[12];
	for (int j = 0; j < 3; j++) {
		rows[j] = 5 + 3 * u[j], rows[3 + j] = 5 - 3 * u[j];
		rows[6 + j] = 5 + v[j], rows[9 + j] = 5 - v[j];
	}
	struct principal plane;
	assert_true(find(&plane, rows, 4, 3));
	assert_near(plane.variances[0], 6, 1e-12);
	assert_near(plane.variances[1], 2. / 3, 1e-12);
	assert_near(plane.shares[0], .9, 1e-12);
	for (int j = 0; j < 3; j++) {
		assert_near(plane.directions[j], u[j], 1e-12);
		assert_near(plane.means[j], 5, 1e-12);
	}
	principal_release(&plane);
}

/* Bytes, not tolerances: the rows in another order. */
static void order_of_rows(void **state)
{
	(void)state;
	double rows[60], backwards[60];
	for (size_t i = 0; i < 60; i++)
		rows[i] = sin((double)(i * i)) * (double)(i % 3 + 1);
	for (size_t i = 0; i < 20; i++)
		for (size_t j = 0; j < 3; j++)
			backwards[3 * i + j] = rows[3 * (19 - i) + j];
	struct principal one, other;
	assert_true(find(&one, rows, 20, 3) && find(&other, backwards, 20, 3));
	assert_memory_equal(one.directions, other.directions, 6 * sizeof(double));
	assert_memory_equal(one.variances, other.variances, sizeof(one.variances));
	principal_release(&one);
	principal_release(&other);
}

static void degenerate(void **state)
{
	(void)state;
	const double same[] = {1, 2, 1, 2, 1, 2}, line[] = {0, 0, 1, 1, 2, 2};
	struct principal plane;
	assert_false(find(&plane, same, 3, 2));
	principal_release(&plane);
	assert_false(find(&plane, same, 1, 2));
	principal_release(&plane);
	assert_false(find(&plane, same, 6, 1));
	principal_release(&plane);
	assert_true(find(&plane, line, 3, 2));
	assert_near(plane.shares[0], 1, 1e-12);
	assert_near(plane.variances[1], 0, 1e-12);
	principal_release(&plane);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tutorial),
		cmocka_unit_test(known_plane),
		cmocka_unit_test(order_of_rows),
		cmocka_unit_test(degenerate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
