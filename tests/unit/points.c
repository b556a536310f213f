/* Points in an order of their own. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analytics/points.h"
#include "analytics/random.h"
#include "base/mem.h"

static double *draw(size_t n, size_t n_dims, uint64_t seed)
{
	struct random random = random_stream(seed, 0);
	double *rows = mem_array(n * n_dims, sizeof(*rows));
	for (size_t i = 0; i < n * n_dims; i++)
		rows[i] = random_uniform(&random);
	return rows;
}

/* permutation[i] becomes the row that stands i-th. */
static uint32_t *shuffle(double *rows, size_t n, size_t n_dims, uint64_t seed)
{
	struct random random = random_stream(seed, 1);
	uint32_t *permutation = mem_array(n, sizeof(*permutation));
	double *copy = mem_array(n * n_dims, sizeof(*copy));
	memcpy(copy, rows, n * n_dims * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		permutation[i] = (uint32_t)i;
	for (size_t i = n; i > 1; i--) {
		size_t j = random_below(&random, i);
		uint32_t row = permutation[i - 1];
		permutation[i - 1] = permutation[j];
		permutation[j] = row;
	}
	for (size_t i = 0; i < n; i++)
		memcpy(rows + i * n_dims, copy + permutation[i] * n_dims, n_dims * sizeof(*rows));
	mem_free(copy);
	return permutation;
}

static struct points points_of(const double *rows, size_t n, size_t n_dims, unsigned n_threads)
{
	struct points points;
	struct points_fault fault;
	assert_int_equal(points_init(&points, rows, n, n_dims, n_threads, &fault), POINTS_OK);
	return points;
}

static void assert_same_values(const struct points *a, const struct points *b)
{
	assert_int_equal(a->n_blocks, b->n_blocks);
	size_t n_bytes = a->n_blocks * POINTS_BLOCK * a->n_dims * sizeof(double);
	assert_memory_equal(a->values, b->values, n_bytes);
}

static void every_row_has_one_place(void **state)
{
	(void)state;
	enum { N = 10007, DIMS = 3 };
	double *rows = draw(N, DIMS, 1), point[DIMS];
	struct points points = points_of(rows, N, DIMS, 1);
	bool *seen = mem_zeroed(N, sizeof(*seen));
	for (size_t place = 0; place < N; place++) {
		uint32_t row = points.rows[place];
		assert_true(row < N && !seen[row]);
		seen[row] = true;
		points_get(&points, place, point);
		assert_memory_equal(point, rows + row * DIMS, sizeof(point));
	}
	mem_free(seen);
	points_release(&points);
	mem_free(rows);
}

static void the_order_of_the_rows_is_forgotten(void **state)
{
	(void)state;
	const size_t sizes[] = {1, 63, 64, 65, 5000, 100003};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t n = sizes[i];
		double *rows = draw(n, 2, i);
		struct points points = points_of(rows, n, 2, 1);
		uint32_t *permutation = shuffle(rows, n, 2, i);
		struct points shuffled = points_of(rows, n, 2, 3);
		assert_same_values(&points, &shuffled);
		for (size_t place = 0; place < n; place++)
			assert_int_equal(permutation[shuffled.rows[place]], points.rows[place]);
		mem_free(permutation);
		points_release(&shuffled);
		points_release(&points);
		mem_free(rows);
	}
}

/* Few distinct rows, many times each: far more of a kind than a bucket is meant to hold. */
static void equal_rows_stand_side_by_side(void **state)
{
	(void)state;
	enum { N = 60000, DIMS = 2, KINDS = 12 };
	double *rows = mem_array(N * DIMS, sizeof(*rows));
	for (size_t i = 0; i < N; i++) {
		rows[i * DIMS] = (double)(i % 3);
		rows[i * DIMS + 1] = (double)(i % 4);
	}
	struct points points = points_of(rows, N, DIMS, 2);
	assert_int_equal(points_distinct(&points, N), KINDS);
	assert_int_equal(points_distinct(&points, 5), 5);
	mem_free(shuffle(rows, N, DIMS, 1));
	struct points shuffled = points_of(rows, N, DIMS, 2);
	assert_same_values(&points, &shuffled);
	points_release(&shuffled);
	points_release(&points);
	mem_free(rows);
}

/* Many rows are used as they stand, few are ordered all the same. */
static void rows_can_be_borrowed(void **state)
{
	(void)state;
	enum { DIMS = 2 };
	size_t n = POINTS_FEW + 1;
	struct points_fault fault;
	struct points points, few;
	double *rows = draw(n, DIMS, 8), point[DIMS];
	memcpy(rows + (n - 1) * DIMS, rows, DIMS * sizeof(*rows));
	assert_int_equal(points_borrow(&points, rows, n, DIMS, 2, &fault), POINTS_OK);
	assert_int_equal(points_borrow(&few, rows, n - 1, DIMS, 2, &fault), POINTS_OK);
	assert_true(points.given == rows && points.n_blocks == n / POINTS_BLOCK + 1);
	assert_null(few.given);
	for (size_t place = 0; place < n; place++) {
		points_get(&points, place, point);
		assert_memory_equal(point, rows + place * DIMS, sizeof(point));
		assert_int_equal(points_row(&points, place), place);
	}
	assert_memory_equal(points.low, few.low, DIMS * sizeof(double));
	assert_int_equal(points_hash(&points, points_row(&few, 5)), points_hash(&few, 5));
	assert_int_equal(points_distinct(&points, n), n - 1);
	assert_int_equal(points_compare(&points, 0, n - 1), 0);
	assert_true(points_compare(&points, 0, 1) * points_compare(&points, 1, 0) < 0);
	rows[n] = NAN;
	points_release(&points);
	points_release(&few);
	assert_int_equal(points_borrow(&points, rows, n, DIMS, 2, &fault), POINTS_NOT_FINITE);
	assert_int_equal(fault.row, n / DIMS);
	mem_free(rows);
}

static void minus_zero_is_zero(void **state)
{
	(void)state;
	const double rows[] = {0.0, -0.0, 0.0, 1.0};
	struct points points = points_of(rows, 4, 1, 1);
	assert_int_equal(points_distinct(&points, 4), 2);
	for (size_t place = 0; place < 4; place++) {
		double point;
		points_get(&points, place, &point);
		assert_false(signbit(point));
	}
	points_release(&points);
}

static void the_box_holds_all_points(void **state)
{
	(void)state;
	const double rows[] = {3, -1, 5, 2, -7, 2};
	struct points points = points_of(rows, 3, 2, 1);
	assert_true(points.low[0] == -7 && points.high[0] == 5);
	assert_true(points.low[1] == -1 && points.high[1] == 2);
	points_release(&points);
}

static void faults_name_the_first_value(void **state)
{
	(void)state;
	enum { N = 1000, DIMS = 3 };
	struct points points;
	struct points_fault fault;
	double *rows = draw(N, DIMS, 5);
	rows[700 * DIMS + 2] = NAN;
	rows[900 * DIMS] = INFINITY;
	assert_int_equal(points_init(&points, rows, N, DIMS, 2, &fault), POINTS_NOT_FINITE);
	assert_int_equal(fault.row, 700);
	assert_int_equal(fault.dim, 2);
	rows[300 * DIMS + 1] = -2e150;
	assert_int_equal(points_init(&points, rows, N, DIMS, 2, &fault), POINTS_TOO_LARGE);
	assert_int_equal(fault.row, 300);
	assert_int_equal(fault.dim, 1);
	assert_int_equal(points_init(&points, rows, 0, DIMS, 2, &fault), POINTS_NONE);
	assert_int_equal(points_init(&points, rows, N, 0, 2, &fault), POINTS_NONE);
	assert_int_equal(points_init(&points, rows, POINTS_MAX + 1, 1, 2, &fault), POINTS_TOO_MANY);
	mem_free(rows);
}

static void chosen_points_keep_their_order_and_rows(void **state)
{
	(void)state;
	enum { N = 500, DIMS = 3, CHOSEN = 130 };
	double *rows = draw(N, DIMS, 9), point[DIMS];
	struct points points = points_of(rows, N, DIMS, 1), chosen;
	uint32_t places[CHOSEN];
	points_sample(&points, CHOSEN, 1, places);
	points_choose(&chosen, &points, places, CHOSEN);
	for (size_t i = 0; i < CHOSEN; i++) {
		assert_true(places[i] < N && (i == 0 || places[i] > places[i - 1]));
		points_get(&chosen, i, point);
		assert_memory_equal(point, rows + chosen.rows[i] * DIMS, sizeof(point));
		assert_int_equal(chosen.rows[i], points.rows[places[i]]);
		for (size_t j = 0; j < DIMS; j++)
			assert_true(chosen.low[j] <= point[j] && point[j] <= chosen.high[j]);
	}
	points_release(&chosen);
	points_release(&points);
	mem_free(rows);
}

/* Of 40 places 10, 8,000 times: each place 2,000 times, with a standard deviation of 39. */
static void samples_are_even(void **state)
{
	(void)state;
	double *rows = draw(40, 1, 3);
	struct points points = points_of(rows, 40, 1, 1);
	int counts[40] = {0};
	uint32_t places[40];
	for (uint64_t seed = 0; seed < 8000; seed++) {
		points_sample(&points, 10, seed, places);
		for (size_t i = 0; i < 10; i++)
			counts[places[i]]++;
	}
	for (size_t i = 0; i < 40; i++)
		assert_in_range(counts[i], 1820, 2180);
	points_sample(&points, 40, 1, places);
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(places[i], i);
	points_release(&points);
	mem_free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_one_place),
		cmocka_unit_test(the_order_of_the_rows_is_forgotten),
		cmocka_unit_test(equal_rows_stand_side_by_side),
		cmocka_unit_test(rows_can_be_borrowed),
		cmocka_unit_test(minus_zero_is_zero),
		cmocka_unit_test(the_box_holds_all_points),
		cmocka_unit_test(faults_name_the_first_value),
		cmocka_unit_test(chosen_points_keep_their_order_and_rows),
		cmocka_unit_test(samples_are_even),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
