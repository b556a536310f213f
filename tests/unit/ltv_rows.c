/* Customers as grouped rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analytics/ltv_rows.h"
#include "base/mem.h"
#include "tests/unit/cdnow.h"
#include "tests/unit/random.h"

enum { N = 7 };
static const int32_t x[N] = {2, 0, 2, 0, 1, 2, 0};
static const double t_x[N] = {3, 0, 3, 0, 2.5, 3, 0};
static const double T[N] = {5, 4, 5, 4, 4, 3, 9};
static const double log_gaps[N] = {1, 0, 2, 0, .5, .25, 0};

static void equal_customers_are_one_row(void **state)
{
	(void)state;
	struct ltv_rows rows;
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, log_gaps, N, &bad), LTV_ROWS_OK);
	/* By x, then T, then t_x. */
	static const struct {
		int32_t x;
		double t_x, T, weight;
	} expected[] = {{0, 0, 4, 2}, {0, 0, 9, 1}, {1, 2.5, 4, 1}, {2, 3, 3, 1}, {2, 3, 5, 2}};
	assert_int_equal(rows.n_rows, 5);
	for (size_t i = 0; i < rows.n_rows; i++) {
		assert_int_equal(rows.counts[rows.count_of[i]], expected[i].x);
		assert_true(rows.times[rows.recency_of[i]] == expected[i].t_x);
		assert_true(rows.times[rows.age_of[i]] == expected[i].T);
		assert_true(rows.weight[i] == expected[i].weight);
		assert_int_equal(rows.pair_count[rows.age_pair[i]], rows.count_of[i]);
		assert_int_equal(rows.pair_time[rows.age_pair[i]], rows.age_of[i]);
		assert_int_equal(rows.pair_count[rows.recency_pair[i]], rows.count_of[i]);
		assert_int_equal(rows.pair_time[rows.recency_pair[i]], rows.recency_of[i]);
	}
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(rows.counts[rows.count_of[rows.row_of[i]]], x[i]);
		assert_true(rows.times[rows.age_of[rows.row_of[i]]] == T[i]);
	}
	assert_int_equal(rows.n_counts, 3);
	assert_int_equal(rows.n_times, 6); /* 0, 2.5, 3, 4, 5, 9 */
	assert_int_equal(rows.n_pairs, 7); /* (2, 3) is both a t_x and a T */
	assert_true(rows.customers == 7 && rows.purchases == 7 && rows.repeaters == 4);
	assert_true(rows.mean_age == 34. / 7 && rows.log_gaps == 3.75);
	ltv_rows_release(&rows);
	ltv_rows_release(&rows);
}

/* The counts of the published data (see NUMBERS.md of the reference data). */
static void cdnow_sample(void **state)
{
	(void)state;
	struct cdnow cdnow = cdnow_open("clv_cdnow_sample");
	assert_int_equal(cdnow.rows.n_rows, 1016);
	assert_true(cdnow.rows.customers == 2357);
	assert_true(cdnow.rows.purchases == 2457);
	assert_true(cdnow.rows.repeaters == 946);
	cdnow_close(&cdnow);
}

static void order_does_not_matter(void **state)
{
	(void)state;
	enum { MANY = 5000 };
	int32_t *count = mem_array(MANY, sizeof(*count));
	double *last = mem_array(MANY, 3 * sizeof(*last)), *age = last + MANY, *gaps = age + MANY;
	uint64_t seed = 11;
	for (size_t i = 0; i < MANY; i++) {
		count[i] = (int32_t)random_below(&seed, 9);
		last[i] = count[i] > 0 ? (double)(1 + random_below(&seed, 60)) / 7 : 0;
		age[i] = last[i] + (double)random_below(&seed, 40) / 7;
		gaps[i] = (double)random_next(&seed) * 1e-18;
	}
	struct ltv_rows rows, shuffled;
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, count, last, age, gaps, MANY, &bad), LTV_ROWS_OK);
	for (size_t i = MANY; i-- > 1;) {
		size_t j = random_below(&seed, i + 1);
		int32_t c = count[i];
		double l = last[i], a = age[i], g = gaps[i];
		count[i] = count[j], last[i] = last[j], age[i] = age[j], gaps[i] = gaps[j];
		count[j] = c, last[j] = l, age[j] = a, gaps[j] = g;
	}
	assert_int_equal(
		ltv_rows_group(&shuffled, count, last, age, gaps, MANY, &bad), LTV_ROWS_OK);
	assert_int_equal(rows.n_rows, shuffled.n_rows);
	assert_int_equal(rows.n_pairs, shuffled.n_pairs);
	assert_memory_equal(rows.weight, shuffled.weight, rows.n_rows * sizeof(double));
	assert_memory_equal(rows.count_of, shuffled.count_of, rows.n_rows * sizeof(uint32_t));
	assert_memory_equal(rows.recency_of, shuffled.recency_of, rows.n_rows * sizeof(uint32_t));
	assert_memory_equal(rows.age_of, shuffled.age_of, rows.n_rows * sizeof(uint32_t));
	assert_memory_equal(&rows.log_gaps, &shuffled.log_gaps, sizeof(double));
	for (size_t i = 1; i < rows.n_rows; i++)
		assert_true(rows.count_of[i - 1] <= rows.count_of[i]);
	ltv_rows_release(&rows);
	ltv_rows_release(&shuffled);
	mem_free(count);
	mem_free(last);
}

static void impossible_customers_are_named(void **state)
{
	(void)state;
	static const struct {
		int32_t x;
		double t_x, T;
	} impossible[] = {{-1, 0, 1}, {1, 0, 1}, {0, 1, 2}, {1, 3, 2}, {1, -1, 2}, {1, 1, INFINITY},
		{1, NAN, 2}, {0, 0, NAN}, {0, 0, -1}};
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
		int32_t count[2] = {1, impossible[i].x};
		double last[2] = {1, impossible[i].t_x}, age[2] = {1, impossible[i].T};
		struct ltv_rows rows;
		size_t bad = 7;
		assert_int_equal(
			ltv_rows_group(&rows, count, last, age, NULL, 2, &bad), LTV_ROWS_BAD);
		assert_int_equal(bad, 1);
		ltv_rows_release(&rows);
	}
	struct ltv_rows rows;
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, NULL, NULL, NULL, NULL, 0, &bad), LTV_ROWS_NONE);
	double unknown[1] = {NAN};
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, unknown, 1, &bad), LTV_ROWS_BAD);
}

/* A sample has about the size asked for and the mean of all; every customer's weight is whole. */
static void samples_are_alike(void **state)
{
	(void)state;
	struct cdnow cdnow = cdnow_open("clv_cdnow_master");
	struct ltv_rows sample;
	ltv_rows_sample(&sample, &cdnow.rows, 2000);
	assert_true(fabs(sample.customers - 2000) < 2);
	assert_true(fabs(sample.purchases / sample.customers -
			    cdnow.rows.purchases / cdnow.rows.customers) < .02);
	assert_true(fabs(sample.mean_age - cdnow.rows.mean_age) < .05);
	assert_true(sample.n_counts < cdnow.rows.n_counts && sample.n_pairs < cdnow.rows.n_pairs);
	for (size_t i = 0; i < sample.n_rows; i++)
		assert_true(sample.weight[i] == floor(sample.weight[i]));
	ltv_rows_release(&sample);

	double *weight = mem_zeroed(cdnow.rows.n_rows, sizeof(*weight));
	weight[cdnow.rows.n_rows - 1] = 3;
	ltv_rows_reweigh(&sample, &cdnow.rows, weight);
	assert_int_equal(sample.n_rows, 1);
	assert_int_equal(sample.counts[0], cdnow.rows.counts[cdnow.rows.n_counts - 1]);
	assert_true(sample.purchases == 3. * sample.counts[0]);
	ltv_rows_release(&sample);
	mem_free(weight);
	cdnow_close(&cdnow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_customers_are_one_row),
		cmocka_unit_test(cdnow_sample),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(impossible_customers_are_named),
		cmocka_unit_test(samples_are_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
