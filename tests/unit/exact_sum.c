/* Sums that do not depend on the order of their terms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/exact_sum.h"
#include "analytics/random.h"

enum { N = 5000 };

/* Magnitudes over sixty powers of two, both signs. */
static void draw(double *terms, size_t n, uint64_t seed)
{
	struct random random = random_stream(seed, 0);
	for (size_t i = 0; i < n; i++)
		terms[i] = ldexp(random_uniform(&random) - 0.5, (int)random_below(&random, 60));
}

static double largest_of(const double *terms, size_t n)
{
	double largest = 0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(terms[i]));
	return largest;
}

static void shuffle(double *terms, size_t n, uint64_t seed)
{
	struct random random = random_stream(seed, 1);
	for (size_t i = n; i > 1; i--) {
		size_t j = random_below(&random, i);
		double term = terms[i - 1];
		terms[i - 1] = terms[j];
		terms[j] = term;
	}
}

static double sum_of(const double *terms, size_t n, struct exact_grid grid)
{
	struct exact_sum sum = {0};
	for (size_t i = 0; i < n; i++)
		exact_add(&sum, grid, terms[i]);
	return exact_value(sum);
}

/* Ten times the double nearest to 0.1 is 1.000000000000000055..., which rounds to 1; added one by
 * one in doubles it gives 0.9999999999999999. */
static void keeps_what_doubles_lose(void **state)
{
	(void)state;
	struct exact_grid grid = exact_grid(0.1, 10);
	struct exact_sum sum = {0};
	for (int i = 0; i < 10; i++)
		exact_add(&sum, grid, 0.1);
	assert_true(exact_value(sum) == 1);
}

/* Long doubles carry 64 bits, so their own error is below 2^-50 here. */
static void agrees_with_a_wider_type(void **state)
{
	(void)state;
	double terms[N];
	draw(terms, N, 1);
	long double wide = 0;
	for (size_t i = 0; i < N; i++)
		wide += (long double)terms[i];
	double largest = largest_of(terms, N);
	double sum = sum_of(terms, N, exact_grid(largest, N));
	assert_true(fabsl((long double)sum - wide) <= (long double)ldexp(largest, -50));
}

static void order_changes_no_byte(void **state)
{
	(void)state;
	double terms[N];
	draw(terms, N, 2);
	struct exact_grid grid = exact_grid(largest_of(terms, N), N);
	double sum = sum_of(terms, N, grid);
	for (uint64_t i = 0; i < 20; i++) {
		shuffle(terms, N, i);
		assert_true(sum_of(terms, N, grid) == sum);
	}
}

static void what_is_taken_away_leaves_no_trace(void **state)
{
	(void)state;
	double terms[N];
	draw(terms, N, 3);
	struct exact_grid grid = exact_grid(largest_of(terms, N), N);
	struct exact_sum sum = {0}, other = {0};
	for (size_t i = 0; i < N; i++)
		exact_add(i % 2 == 0 ? &sum : &other, grid, terms[i]);
	double before = exact_value(sum);
	for (size_t i = 1; i < N; i += 2)
		exact_part(&sum, exact_term(grid, terms[i]));
	exact_join(&sum, other);
	assert_true(exact_value(sum) == before);
}

static void zeros_and_the_smallest_doubles(void **state)
{
	(void)state;
	struct exact_sum sum = {0};
	exact_add(&sum, exact_grid(0, 1), 0);
	assert_true(exact_value(sum) == 0);
	struct exact_grid grid = exact_grid(0x1p-1060, 3);
	exact_add(&sum, grid, 0x1p-1060);
	exact_add(&sum, grid, 0x1p-1074);
	exact_add(&sum, grid, -0x1p-1060);
	assert_true(exact_value(sum) == 0x1p-1074);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_doubles_lose),
		cmocka_unit_test(agrees_with_a_wider_type),
		cmocka_unit_test(order_changes_no_byte),
		cmocka_unit_test(what_is_taken_away_leaves_no_trace),
		cmocka_unit_test(zeros_and_the_smallest_doubles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
