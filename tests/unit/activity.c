/* The store of who was active when, against a plain table of every customer and period, filled
 * in the order of the rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/activity.h"
#include "base/mem.h"

enum { N_CUSTOMERS = 3000, N_PERIODS = 40, N_ROWS = 400000, FIRST_PERIOD = -17 };

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

/* The same records, each once, those of a customer together and in order. */
static void assert_same(const struct activity *activity, struct plain_cell *cells)
{
	struct activity_record record, before = {.customer = UINT32_MAX};
	bool *met = mem_zeroed(N_CUSTOMERS, sizeof(*met));
	for (struct activity_cursor at = {0}; activity_next(activity, &at, &record);) {
		struct plain_cell *cell = &cells[record.customer * N_PERIODS +
						 (uint32_t)(record.period - FIRST_PERIOD)];
		assert_true(cell->seen);
		assert_int_equal(record.purchase, cell->purchase);
		assert_true(record.revenue == cell->revenue);
		if (record.customer == before.customer)
			assert_true(record.period > before.period);
		else
			assert_false(met[record.customer]);
		met[record.customer] = true;
		before = record;
		cell->seen = false;
	}
	for (size_t i = 0; i < (size_t)N_CUSTOMERS * N_PERIODS; i++)
		assert_false(cells[i].seen);
	mem_free(met);
}

static void add_rows(struct activity *activity, const struct rows *rows, size_t from, size_t until)
{
	activity_add(activity, rows->customers + from, rows->periods + from, rows->amounts + from,
		until - from);
}

static void holds_what_a_plain_table_holds(void **state)
{
	(void)state;
	struct rows *rows = draw_rows();
	struct plain_cell *cells = tabulate(rows);
	struct activity *activity = activity_new();
	for (size_t i = 0; i < N_ROWS; i += 1000)
		add_rows(activity, rows, i, i + 1000);
	activity_finish(activity);
	assert_same(activity, cells);
	activity_free(activity);
	mem_free(cells);
	mem_free(rows);
}

static void order_of_rows_and_number_of_stores_do_not_matter(void **state)
{
	(void)state;
	struct rows *rows = draw_rows();
	struct plain_cell *cells = tabulate(rows);
	struct activity *first = activity_new(), *second = activity_new();
	for (size_t i = N_ROWS; i-- > N_ROWS / 3;)
		add_rows(second, rows, i, i + 1);
	add_rows(first, rows, 0, N_ROWS / 3);
	activity_absorb(first, second, NULL);
	activity_finish(first);
	assert_same(first, cells);
	activity_free(first);
	mem_free(cells);
	mem_free(rows);
}

static void absorbed_customers_are_renumbered(void **state)
{
	(void)state;
	struct activity *whole = activity_new(), *part = activity_new();
	activity_add(whole, (uint32_t[]){0, 7}, (int32_t[]){3, 3}, (money[]){10, 20}, 2);
	activity_add(part, (uint32_t[]){0, 1}, (int32_t[]){3, 4}, (money[]){1, 2}, 2);
	activity_absorb(whole, part, (uint32_t[]){7, 5});
	activity_finish(whole);
	const int64_t revenues[8] = {[0] = 10, [5] = 2, [7] = 21};
	struct activity_record record;
	int n = 0;
	for (struct activity_cursor at = {0}; activity_next(whole, &at, &record); n++)
		assert_true(record.revenue == revenues[record.customer]);
	assert_int_equal(n, 3);
	activity_free(whole);
}

static void sums_beyond_64_bits_are_exact(void **state)
{
	(void)state;
	struct activity *activity = activity_new();
	for (int i = 0; i < 5; i++)
		activity_add(activity, (uint32_t[]){UINT32_MAX, 2}, (int32_t[]){-5, -5},
			(money[]){INT64_MAX, INT64_MIN}, 2);
	activity_finish(activity);
	struct activity_record record;
	int n = 0;
	for (struct activity_cursor at = {0}; activity_next(activity, &at, &record); n++) {
		bool buys = record.customer == UINT32_MAX;
		assert_int_equal(record.period, -5);
		assert_int_equal(record.purchase, buys);
		assert_true(record.revenue == 5 * (money_sum)(buys ? INT64_MAX : INT64_MIN));
	}
	assert_int_equal(n, 2);
	activity_free(activity);
}

static void without_amounts_every_row_is_a_purchase(void **state)
{
	(void)state;
	struct activity *activity = activity_new();
	activity_add(activity, (uint32_t[]){4}, (int32_t[]){9}, NULL, 1);
	activity_finish(activity);
	struct activity_record record;
	struct activity_cursor at = {0};
	assert_true(activity_next(activity, &at, &record));
	assert_true(record.purchase && record.revenue == 0);
	activity_free(activity);
}

static void nothing_in_nothing_out(void **state)
{
	(void)state;
	struct activity *activity = activity_new();
	activity_finish(activity);
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
		cmocka_unit_test(order_of_rows_and_number_of_stores_do_not_matter),
		cmocka_unit_test(absorbed_customers_are_renumbered),
		cmocka_unit_test(sums_beyond_64_bits_are_exact),
		cmocka_unit_test(without_amounts_every_row_is_a_purchase),
		cmocka_unit_test(nothing_in_nothing_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
