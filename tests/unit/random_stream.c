/* Streams of random numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analytics/random.h"

/* The first outputs of splitmix64 from the state 1234567, as the reference code (Vigna,
 * prng.di.unimi.it/splitmix64.c) gives them. */
static void is_splitmix64(void **state)
{
	(void)state;
	struct random random = {.state = 1234567};
	assert_true(random_bits(&random) == UINT64_C(6457827717110365317));
	assert_true(random_bits(&random) == UINT64_C(3203168211198807973));
	assert_true(random_bits(&random) == UINT64_C(9817491932198370423));
	assert_true(random_bits(&random) == UINT64_C(4593380528125082431));
	assert_true(random_bits(&random) == UINT64_C(16408922859458223821));
}

static void streams_repeat_and_differ(void **state)
{
	(void)state;
	struct random one = random_stream(1, 0), again = random_stream(1, 0);
	struct random next = random_stream(1, 1), other = random_stream(2, 0);
	uint64_t bits = random_bits(&one);
	assert_true(random_bits(&again) == bits);
	assert_true(random_bits(&next) != bits);
	assert_true(random_bits(&other) != bits);
}

/* The mean of 100,000 uniform numbers has a standard deviation of 0.0009. */
static void uniform_numbers_lie_in_their_interval(void **state)
{
	(void)state;
	struct random random = random_stream(7, 0);
	double sum = 0;
	for (int i = 0; i < 100000; i++) {
		double u = random_uniform(&random);
		assert_true(u >= 0 && u < 1);
		sum += u;
	}
	assert_true(sum / 100000 > 0.495 && sum / 100000 < 0.505);
}

/* 60,000 draws: each face 10,000 times, with a standard deviation of 91. */
static void numbers_below_a_bound_are_even(void **state)
{
	(void)state;
	struct random random = random_stream(3, 0);
	int counts[6] = {0};
	for (int i = 0; i < 60000; i++)
		counts[random_below(&random, 6)]++;
	for (int i = 0; i < 6; i++)
		assert_in_range(counts[i], 9500, 10500);
	assert_int_equal(random_below(&random, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_splitmix64),
		cmocka_unit_test(streams_repeat_and_differ),
		cmocka_unit_test(uniform_numbers_lie_in_their_interval),
		cmocka_unit_test(numbers_below_a_bound_are_even),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
