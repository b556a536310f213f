#include "analytics/profile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { N = 6, COLUMNS = 2, K = 4 };

/* Clusters of 3, 2, 0 and 1 rows. */
static const double rows[N * COLUMNS] = {1, -8, 4, 1e16, 10, 3, 2, 1, 20, 5, 7, -7};
static const uint16_t labels[N] = {0, 0, 1, 0, 1, 3};

static void assert_is(double value, double expected)
{
	assert_true(fabs(value - expected) <= 1e-15 * fabs(expected));
}

/* By hand: 1, 4, 2 | 10, 20 | none | 7. A plain sum of -8, 1e16 and 1 would lose the 1. */
static void means_and_medians(void **state)
{
	(void)state;
	struct profile profile;
	profile_init(&profile, rows, N, COLUMNS, labels, K, 2);
	assert_int_equal(profile.sizes[0], 3);
	assert_int_equal(profile.sizes[1], 2);
	assert_int_equal(profile.sizes[2], 0);
	assert_int_equal(profile.sizes[3], 1);
	assert_is(profile.means[0], 7 / 3.0);
	assert_is(profile.medians[0], 2);
	assert_is(profile.means[1], (1e16 - 8 + 1) / 3);
	assert_is(profile.medians[1], 1);
	assert_is(profile.means[COLUMNS], 15);
	assert_is(profile.medians[COLUMNS], 15);
	assert_true(isnan(profile.means[2 * COLUMNS]) && isnan(profile.medians[2 * COLUMNS + 1]));
	assert_is(profile.means[3 * COLUMNS + 1], -7);
	assert_is(profile.whole_means[0], 44 / 6.0);
	profile_release(&profile);
}

static void order_of_the_rows(void **state)
{
	(void)state;
	enum { MANY = 1000 };
	static double values[MANY], reversed[MANY];
	static uint16_t of_values[MANY], of_reversed[MANY];
	for (size_t i = 0; i < MANY; i++) {
		size_t other = MANY - 1 - i;
		values[i] = reversed[other] = sin((double)i) * exp((double)(i % 50));
		of_values[i] = of_reversed[other] = (uint16_t)(i % 3);
	}
	struct profile one, another;
	profile_init(&one, values, MANY, 1, of_values, 3, 1);
	profile_init(&another, reversed, MANY, 1, of_reversed, 3, 3);
	assert_memory_equal(one.means, another.means, 3 * sizeof(double));
	assert_memory_equal(one.medians, another.medians, 3 * sizeof(double));
	assert_memory_equal(one.whole_means, another.whole_means, sizeof(double));
	profile_release(&one);
	profile_release(&another);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_and_medians),
		cmocka_unit_test(order_of_the_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
