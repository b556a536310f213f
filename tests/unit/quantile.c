/* Quantiles of type 7, and the sort under them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analytics/quantile.h"

/* Hyndman and Fan 1996, type 7: what R's quantile(x, type = 7) and numpy's default give. */
static void test_known_quantiles(void **state)
{
	(void)state;
	double x[] = {7, 1, 3, 3, 9, 4, 8, 2.5, 6, 10, -2};
	const double fifths[] = {-2, 2.5, 3, 6, 8, 10}, quarters[] = {-2, 2.75, 4, 7.5, 10};
	sort_reals(x, 11);
	for (size_t i = 0; i <= 5; i++)
		assert_true(quantile(x, 11, i, 5) == fifths[i]);
	for (size_t i = 0; i <= 4; i++)
		assert_true(quantile(x, 11, i, 4) == quarters[i]);
}

/* 2 + 2/5 (9 - 2) = 24/5; in doubles that sum is 4.800000000000001. */
static void test_whole_numbers_are_cut_exactly(void **state)
{
	(void)state;
	const double x[] = {2, 9, 10};
	assert_true(quantile(x, 3, 1, 5) == 4.8);
	assert_true(quantile(x, 3, 2, 5) == 7.6);
	const double same[] = {0.1, 0.1, 0.3};
	assert_true(quantile(same, 3, 1, 5) == 0.1);
}

static void test_one_value(void **state)
{
	(void)state;
	double x[] = {3.25};
	sort_reals(x, 1);
	assert_true(quantile(x, 1, 1, 5) == 3.25);
	assert_true(quantile(x, 1, 5, 5) == 3.25);
}

/* Those that are looked for without sorting are those of the sorted values: ties, both signs, few
 * values, parts with places between and on values. */
static void test_quantiles_agree_with_sorting(void **state)
{
	(void)state;
	enum { N = 3000, MOST_PARTS = 12 };
	static double values[N], sorted[N];
	double found[MOST_PARTS];
	uint64_t seed = 11;
	for (size_t round = 0; round < 400; round++) {
		size_t n = round < 60 ? 1 + round / 3 : 1 + round * 7;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			double whole = (double)(int64_t)(seed >> 40) - (1 << 23);
			values[i] = round % 4 == 0   ? (double)(seed >> 61)
				    : round % 4 == 1 ? whole / 128
				    : round % 4 == 2 ? whole * whole * whole
						     : 42;
		}
		memcpy(sorted, values, n * sizeof(*values));
		sort_reals(sorted, n);
		for (size_t parts = 1; parts <= MOST_PARTS; parts++) {
			quantiles(values, n, parts, found);
			for (size_t i = 1; i < parts; i++)
				assert_true(found[i - 1] == quantile(sorted, n, i, parts));
		}
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Against the C library's sort, on whole numbers, fractions, both signs and many ties. */
static void test_sort_agrees_with_qsort(void **state)
{
	(void)state;
	enum { N = 5000 };
	static double ours[N], theirs[N];
	uint64_t seed = 7;
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < N; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			double whole = (double)(int64_t)(seed >> 33) - (1 << 30);
			ours[i] = round % 2 == 0 ? whole / 1024 : (double)((int)whole % 50);
			theirs[i] = ours[i];
		}
		sort_reals(ours, N);
		qsort(theirs, N, sizeof(*theirs), compare);
		for (size_t i = 0; i < N; i++)
			assert_true(ours[i] == theirs[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_quantiles),
		cmocka_unit_test(test_whole_numbers_are_cut_exactly),
		cmocka_unit_test(test_one_value),
		cmocka_unit_test(test_quantiles_agree_with_sorting),
		cmocka_unit_test(test_sort_agrees_with_qsort),
	};
	return cmocka_run_group_tests_name("quantile", tests, NULL, NULL);
}
