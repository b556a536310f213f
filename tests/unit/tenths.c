/* Tenths: the highest first, ties as they came, sizes that differ by one, fewer than ten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/tenths.h"

static void by_value(void **state)
{
	(void)state;
	const double value[] = {1, 5, 3, 5, 0};
	size_t order[5];
	tenths_order(order, value, 5);
	const size_t expected[] = {1, 3, 2, 0, 4};
	assert_memory_equal(order, expected, sizeof(order));
	tenths_order(order, value, 0);
}

static void sizes(void **state)
{
	(void)state;
	for (size_t n = 0; n < 250; n++) {
		size_t from = 0;
		for (size_t tenth = 0; tenth < TENTHS; tenth++) {
			size_t size = tenths_end(tenth, n) - from;
			assert_true(size == n / TENTHS || size == n / TENTHS + 1);
			from = tenths_end(tenth, n);
		}
		assert_int_equal(from, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_value),
		cmocka_unit_test(sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
