/* What clusters weigh. Figures are sums done by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/inertia.h"
#include "base/mem.h"

/* n points a quarter to either side of 0, and three on the right: one at the centre, two reach to
 * either side of it. */
static double *line(size_t n, double centre, double reach)
{
	double *values = mem_array(n + 3, sizeof(*values));
	for (size_t i = 0; i < n; i++)
		values[i] = i % 2 == 0 ? 0.25 : -0.25;
	values[n] = centre;
	values[n + 1] = centre - reach;
	values[n + 2] = centre + reach;
	return values;
}

static void check_line(size_t n, double reach, bool ordered, unsigned n_threads)
{
	const double centres[] = {0, 4 * reach};
	double *values = line(n, centres[1], reach), inertias[2];
	struct points points;
	struct points_fault fault;
	enum points_status status = (ordered ? points_init : points_borrow)(
		&points, values, n + 3, 1, n_threads, &fault);
	assert_int_equal(status, POINTS_OK);
	uint16_t *labels = mem_array(points.n_blocks * POINTS_BLOCK, sizeof(*labels));
	for (size_t place = 0; place < points.n; place++)
		labels[place] = *points_at(&points, place) > 1;
	double all = inertia_of(inertias, &points, labels, centres, 2, n_threads);
	assert_true(inertias[0] == (double)n / 16);
	assert_true(inertias[1] == 2 * reach * reach);
	assert_true(all == inertias[0] + inertias[1]);
	(void)inertia_stretched(inertias, &points, labels, centres, 2, &(double){4}, n_threads);
	assert_true(inertias[0] == (double)n);
	assert_true(inertias[1] == 32 * reach * reach);
	mem_free(labels);
	points_release(&points);
	mem_free(values);
}

/* What lies far out in one cluster takes no digit from another. */
static void a_cluster_is_weighed_by_itself(void **state)
{
	(void)state;
	enum { MANY = POINTS_FEW + 4096 };
	for (int exponent = 4; exponent <= 400; exponent += 44)
		for (unsigned n_threads = 1; n_threads <= 3; n_threads++) {
			check_line(1000, ldexp(1, exponent), true, n_threads);
			check_line(MANY, ldexp(1, exponent), false, n_threads);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cluster_is_weighed_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
