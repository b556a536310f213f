#include "analytics/matching.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/random.h"

enum { MOST_DIMS = 3 };

static double square(const double *a, const double *b, size_t n_dims)
{
	double sum = 0;
	for (size_t j = 0; j < n_dims; j++)
		sum += (a[j] - b[j]) * (a[j] - b[j]);
	return sum;
}

static double sum_of_pairs(
	const size_t *partners, const double *one, const double *other, size_t k, size_t n_dims)
{
	double sum = 0;
	for (size_t i = 0; i < k; i++)
		sum += square(one + i * n_dims, other + partners[i] * n_dims, n_dims);
	return sum;
}

static void assert_each_once(const size_t *partners, size_t k)
{
	bool *is_taken = mem_zeroed(k, sizeof(*is_taken));
	for (size_t i = 0; i < k; i++) {
		assert_true(partners[i] < k);
		assert_false(is_taken[partners[i]]);
		is_taken[partners[i]] = true;
	}
	mem_free(is_taken);
}

/* Of 0, 3 and 2, 6 the nearest two are 3 and 2, which leaves 0 with 6: 1 + 36; the best is 4 + 9.
 *
 * With 1, 4, 6 and 5, 0, 9 the sums are: 1-5 4-0 6-9 16 + 16 + 9 = 41; 1-5 4-9 6-0 16 + 25 + 36 =
 * 77; 1-0 4-5 6-9 1 + 1 + 9 = 11; 1-0 4-9 6-5 1 + 25 + 1 = 27; 1-9 4-5 6-0 64 + 1 + 36 = 101; 1-9
 * 4-0 6-5 64 + 16 + 1 = 81. */
static void by_hand(void **state)
{
	(void)state;
	const double old_two[] = {0, 3}, new_two[] = {6, 2};
	const double old_three[] = {1, 4, 6}, new_three[] = {5, 0, 9};
	size_t partners[3];
	matching_nearest(partners, old_two, new_two, 2, 1);
	assert_true(partners[0] == 1 && partners[1] == 0);
	matching_nearest(partners, old_three, new_three, 3, 1);
	assert_true(partners[0] == 1 && partners[1] == 0 && partners[2] == 2);
}

/* The smallest sum over all pairings of the points from one on with those not yet taken. */
static double least_sum(
	const double *one, const double *other, size_t k, size_t n_dims, size_t i, unsigned taken)
{
	double least = i == k ? 0 : INFINITY;
	for (size_t j = 0; i < k && j < k; j++)
		if ((taken >> j & 1) == 0)
			least = fmin(least,
				square(one + i * n_dims, other + j * n_dims, n_dims) +
					least_sum(one, other, k, n_dims, i + 1, taken | 1U << j));
	return least;
}

/* Coordinates are small whole numbers, so that sums are exact, and many pairings are as good. */
static void no_pairing_is_better(void **state)
{
	(void)state;
	enum { MOST = 7, N_TRIALS = 400 };
	uint64_t random = 1;
	for (size_t trial = 0; trial < N_TRIALS; trial++) {
		size_t k = trial % MOST + 1, n_dims = trial % MOST_DIMS + 1, partners[MOST];
		double one[MOST * MOST_DIMS], other[MOST * MOST_DIMS];
		for (size_t i = 0; i < k * n_dims; i++) {
			one[i] = (double)(random_below(&random, 12));
			other[i] = (double)(random_below(&random, 12));
		}
		matching_nearest(partners, one, other, k, n_dims);
		assert_each_once(partners, k);
		assert_true(sum_of_pairs(partners, one, other, k, n_dims) ==
			    least_sum(one, other, k, n_dims, 0, 0));
	}
}

/* Sums of scipy.optimize.linear_sum_assignment (SciPy 1.17.1) for the same points. */
static void many_points(void **state)
{
	(void)state;
	static const struct {
		size_t k;
		double sum;
	} expected[] = {{10, 1489546}, {100, 3078254}, {300, 4078815}};
	enum { MOST = 300 };
	double one[MOST * 3], other[MOST * 3];
	for (size_t i = 0; i < MOST; i++) {
		one[3 * i] = (double)(i * 7919 % 1009);
		one[3 * i + 1] = (double)(i * 104729 % 1013);
		one[3 * i + 2] = (double)(i * i % 1019);
		other[3 * i] = (double)(i * 15486 % 997);
		other[3 * i + 1] = (double)(i * 32453 % 991);
		other[3 * i + 2] = (double)(i * i * i % 983);
	}
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		size_t partners[MOST], k = expected[i].k;
		matching_nearest(partners, one, other, k, 3);
		assert_each_once(partners, k);
		assert_true(sum_of_pairs(partners, one, other, k, 3) == expected[i].sum);
	}
}

static size_t rank_of(const double *values, size_t n, double value)
{
	size_t rank = 0;
	for (size_t i = 0; i < n; i++)
		rank += values[i] < value;
	return rank;
}

/* On a line the best pairing is the least with the least, and so on (the rearrangement inequality);
 * the order of the lists does not matter. */
static void lists_in_any_order(void **state)
{
	(void)state;
	enum { K = 40 };
	uint64_t random = 7;
	double one[K], other[K], turned_one[K], turned_other[K];
	size_t partners[K], turned[K];
	for (size_t i = 0; i < K; i++) {
		one[i] = (double)random_below(&random, 1000000000);
		other[i] = (double)random_below(&random, 1000000000);
	}
	for (size_t i = 0; i < K; i++) {
		turned_one[i] = one[i * 7 % K];
		turned_other[i] = other[i * 11 % K];
	}
	matching_nearest(partners, one, other, K, 1);
	matching_nearest(turned, turned_one, turned_other, K, 1);
	for (size_t i = 0; i < K; i++)
		assert_true(other[partners[i * 7 % K]] == turned_other[turned[i]]);
	for (size_t i = 0; i < K; i++)
		assert_int_equal(rank_of(one, K, one[i]), rank_of(other, K, other[partners[i]]));
}

static void equal_points(void **state)
{
	(void)state;
	const double one[] = {5, 5, 5, 5}, other[] = {5, 5, 5, 7};
	size_t partners[4], again[4];
	matching_nearest(partners, one, other, 4, 1);
	matching_nearest(again, one, other, 4, 1);
	assert_each_once(partners, 4);
	assert_memory_equal(partners, again, sizeof(partners));
	matching_nearest(partners, one, other, 1, 1);
	assert_true(partners[0] == 0);
}

/* Squares beyond the largest double: any pairing, but a pairing. */
static void points_too_far_to_tell(void **state)
{
	(void)state;
	const double one[] = {1e200, -1e200, 0}, other[] = {-1e200, 3, 1e200};
	size_t partners[3];
	matching_nearest(partners, one, other, 3, 1);
	assert_each_once(partners, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(no_pairing_is_better),
		cmocka_unit_test(many_points),
		cmocka_unit_test(lists_in_any_order),
		cmocka_unit_test(equal_points),
		cmocka_unit_test(points_too_far_to_tell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
