/* Rows by day. Quantiles are numpy.quantile(days, q, method="linear"), which is type 7. */
#include "analytics/day_counts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "analytics/quantile.h"
#include "base/day.h"
#include "base/mem.h"
#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct day_counts *counts_of(const int32_t *days, size_t n)
{
	struct day_counts *counts = day_counts_new();
	day_counts_add(counts, days, n);
	return counts;
}

/* numpy.quantile([10, 10, 11, 14, 20, 20, 20, 400], [0, .25, .5, .999, 1])
 * = [10, 10.75, 17, 397.34, 400] */
static void small_set(void **state)
{
	(void)state;
	static const int32_t days[] = {20, 10, 400, 11, 20, 14, 10, 20};
	struct day_counts *counts = counts_of(days, COUNT(days));
	struct day_span span;
	assert_true(day_counts_span(counts, &span));
	assert_int_equal(span.first, 10);
	assert_int_equal(span.rows_first, 2);
	assert_int_equal(span.second, 11);
	assert_int_equal(span.last, 400);
	assert_int_equal(span.rows_last, 1);
	assert_int_equal(span.rows, 8);
	assert_int_equal(span.days, 5);
	assert_int_equal(span.gap_first, 21);
	assert_int_equal(span.gap_days, 379);
	assert_true(day_counts_quantile(counts, 0, 4) == 10);
	assert_true(day_counts_quantile(counts, 1, 4) == 10.75);
	assert_true(day_counts_quantile(counts, 1, 2) == 17);
	assert_float_equal(day_counts_quantile(counts, 999, 1000), 397.34, 1e-9);
	assert_true(day_counts_quantile(counts, 1, 1) == 400);
	int64_t n_after;
	assert_int_equal(day_counts_last_by(counts, 397.34, &n_after), 20);
	assert_int_equal(n_after, 1);
	assert_int_equal(day_counts_last_by(counts, 14, &n_after), 14);
	assert_int_equal(n_after, 4);
	assert_int_equal(day_counts_last_by(counts, 9.5, &n_after), DAY_FIRST);
	assert_int_equal(n_after, 8);
	day_counts_free(counts);
}

/* The same as quantile() of the sorted days. */
static void quantiles_of_many(void **state)
{
	(void)state;
	enum { N = 20011 };
	int32_t *days = mem_array(N, sizeof(*days));
	double *sorted = mem_array(N, sizeof(*sorted));
	uint64_t random = 3;
	for (size_t i = 0; i < N; i++) {
		size_t below = random_below(&random, 3000);
		days[i] = (int32_t)random_below(&random, below + 1) - 100;
		sorted[i] = days[i];
	}
	struct day_counts *counts = counts_of(days, N);
	sort_reals(sorted, N);
	for (size_t i = 0; i <= 1000; i++)
		assert_true(day_counts_quantile(counts, (int64_t)i, 1000) ==
			    quantile(sorted, N, i, 1000));
	day_counts_free(counts);
	mem_free(sorted);
	mem_free(days);
}

static void the_ends_of_the_calendar(void **state)
{
	(void)state;
	static const int32_t days[] = {DAY_LAST, DAY_FIRST};
	struct day_counts *counts = counts_of(days, COUNT(days));
	struct day_span span;
	assert_true(day_counts_span(counts, &span));
	assert_int_equal(span.first, DAY_FIRST);
	assert_int_equal(span.last, DAY_LAST);
	assert_int_equal(span.second, DAY_LAST);
	assert_int_equal(span.gap_days, DAY_LAST - DAY_FIRST - 1);
	day_counts_free(counts);
}

/* Of two gaps equally long the first; days side by side have none. */
static void gaps(void **state)
{
	(void)state;
	static const int32_t days[] = {1, 4, 7, 8};
	struct day_counts *counts = counts_of(days, COUNT(days));
	struct day_span span;
	assert_true(day_counts_span(counts, &span));
	assert_int_equal(span.gap_first, 2);
	assert_int_equal(span.gap_days, 2);
	day_counts_free(counts);
	counts = counts_of(days + 2, 2);
	assert_true(day_counts_span(counts, &span));
	assert_int_equal(span.gap_days, 0);
	day_counts_free(counts);
}

static void nothing_and_one(void **state)
{
	(void)state;
	struct day_counts *counts = day_counts_new();
	struct day_span span;
	assert_false(day_counts_span(counts, &span));
	day_counts_add(counts, (int32_t[]){42}, 1);
	assert_true(day_counts_span(counts, &span));
	assert_int_equal(span.first, 42);
	assert_int_equal(span.second, 42);
	assert_int_equal(span.days, 1);
	assert_true(day_counts_quantile(counts, 999, 1000) == 42);
	day_counts_free(counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_set),
		cmocka_unit_test(quantiles_of_many),
		cmocka_unit_test(the_ends_of_the_calendar),
		cmocka_unit_test(gaps),
		cmocka_unit_test(nothing_and_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
