/* The store of who was active when, against a plain table of every customer and period, filled
 * in the order of the rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/activity.h"
#include "base/mem.h"

enum { N_CUSTOMERS = 3000, N_PARTS = 5, N_PERIODS = 40, N_ROWS = 400000, FIRST_PERIOD = -17 };

struct rows {
	uint32_t customers[N_ROWS];
	int32_t periods[N_ROWS];
	money amounts[N_ROWS];
};

struct plain_cell {
	bool seen, purchase;
	money_sum revenue;
};

/* A linear congruential generator (Knuth's MMIX constants): the same rows everywhere. */
static uint32_t next_random(uint64_t *random)
{
	*random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*random >> 33);
}

static struct rows *draw_rows(void)
{
	struct rows *rows = mem_array(1, sizeof(*rows));
	uint64_t random = 1;
	for (size_t i = 0; i < N_ROWS; i++) {
		/* Squared, so that some pairs come up often and many never. */
		uint64_t customer = next_random(&random) % N_CUSTOMERS;
		rows->customers[i] = (uint32_t)(customer * customer / N_CUSTOMERS);
		rows->periods[i] = FIRST_PERIOD + (int32_t)(next_random(&random) % N_PERIODS);
		rows->amounts[i] = (money)(next_random(&random) % 100000000) - 30000000;
	}
	return rows;
}

static struct plain_cell *tabulate(const struct rows *rows)
{
	struct plain_cell *cells = mem_zeroed((size_t)N_CUSTOMERS * N_PERIODS, sizeof(*cells));
	for (size_t i = 0; i < N_ROWS; i++) {
		struct plain_cell *cell = &cells[rows->customers[i] * N_PERIODS +
						 (uint32_t)(rows->periods[i] - FIRST_PERIOD)];
		cell->seen = true;
		cell->purchase |= rows->amounts[i] >= 0;
		cell->revenue += rows->amounts[i];
	}
	return cells;
}

/* The same records in order. Customer c is number c / N_PARTS of part c % N_PARTS. */
static void assert_same(const struct activity *activity, const struct plain_cell *cells)
{
	struct activity_record record;
	struct activity_cursor at = {0};
	for (uint32_t number = 0; number < N_CUSTOMERS; number++) {
		uint32_t of_part = N_CUSTOMERS / N_PARTS;
		uint32_t customer = number % of_part * N_PARTS + number / of_part;
		for (uint32_t p = 0; p < N_PERIODS; p++) {
			const struct plain_cell *cell = &cells[customer * N_PERIODS + p];
			if (!cell->seen)
				continue;
			assert_true(activity_next(activity, &at, &record));
			assert_int_equal(record.customer, number);
			assert_int_equal(record.period, FIRST_PERIOD + (int)p);
			assert_int_equal(record.purchase, cell->purchase);
			assert_true(record.revenue == cell->revenue);
		}
	}
	assert_false(activity_next(activity, &at, &record));
}

static void finish(struct activity *activity)
{
	uint32_t counts[N_PARTS];
	for (uint32_t p = 0; p < N_PARTS; p++)
		counts[p] = N_CUSTOMERS / N_PARTS;
	activity_finish(activity, counts, 2);
}

static void add(struct activity *activity, const struct rows *rows, size_t i)
{
	activity_add(activity, rows->customers[i] % N_PARTS, rows->customers[i] / N_PARTS,
		rows->periods[i], rows->amounts[i]);
}

static void holds_what_a_plain_table_holds(void **state)
{
	(void)state;
	struct rows *rows = draw_rows();
	struct plain_cell *cells = tabulate(rows);
	struct activity *activity = activity_new(N_PARTS);
	for (size_t i = 0; i < N_ROWS; i++)
		add(activity, rows, i);
	finish(activity);
	assert_same(activity, cells);
	activity_free(activity);
	mem_free(cells);
	mem_free(rows);
}

static void the_order_of_rows_does_not_matter(void **state)
{
	(void)state;
	struct rows *rows = draw_rows();
	struct plain_cell *cells = tabulate(rows);
	struct activity *activity = activity_new(N_PARTS);
	for (size_t i = N_ROWS; i-- > 0;)
		add(activity, rows, (i * 7919) % N_ROWS); /* a prime: each row once */
	finish(activity);
	assert_same(activity, cells);
	activity_free(activity);
	mem_free(cells);
	mem_free(rows);
}

static void sums_beyond_64_bits_are_exact(void **state)
{
	(void)state;
	struct activity *activity = activity_new(1);
	for (int i = 0; i < 5; i++) {
		activity_add(activity, 0, UINT32_MAX - 1, -5, INT64_MAX);
		activity_add(activity, 0, 2, -5, INT64_MIN);
	}
	activity_finish(activity, (uint32_t[]){UINT32_MAX}, 1);
	struct activity_record record;
	struct activity_cursor at = {0};
	assert_true(activity_next(activity, &at, &record));
	assert_int_equal(record.customer, 2);
	assert_false(record.purchase);
	assert_true(record.revenue == 5 * (money_sum)INT64_MIN);
	assert_true(activity_next(activity, &at, &record));
	assert_int_equal(record.customer, UINT32_MAX - 1);
	assert_int_equal(record.period, -5);
	assert_true(record.purchase);
	assert_true(record.revenue == 5 * (money_sum)INT64_MAX);
	assert_false(activity_next(activity, &at, &record));
	activity_free(activity);
}

static void a_purchase_of_nothing_is_a_purchase(void **state)
{
	(void)state;
	struct activity *activity = activity_new(1);
	activity_add(activity, 0, 4, 9, -1);
	activity_add(activity, 0, 4, 9, 0);
	activity_finish(activity, (uint32_t[]){5}, 1);
	struct activity_record record;
	struct activity_cursor at = {0};
	assert_true(activity_next(activity, &at, &record));
	assert_true(record.purchase && record.revenue == -1);
	activity_free(activity);
}

static void nothing_in_nothing_out(void **state)
{
	(void)state;
	struct activity *activity = activity_new(3);
	activity_finish(activity, (uint32_t[]){0, 0, 0}, 1);
	struct activity_record record;
	struct activity_cursor at = {0};
	assert_false(activity_next(activity, &at, &record));
	activity_free(activity);
	activity_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_a_plain_table_holds),
		cmocka_unit_test(the_order_of_rows_does_not_matter),
		cmocka_unit_test(sums_beyond_64_bits_are_exact),
		cmocka_unit_test(a_purchase_of_nothing_is_a_purchase),
		cmocka_unit_test(nothing_in_nothing_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
