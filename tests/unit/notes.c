/* Distinct orders and days of each customer, against their definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "analytics/notes.h"
#include "base/mem.h"
#include "tests/unit/random.h"

enum { N_CUSTOMERS = 50 };

static void orders_count_once(void **state)
{
	(void)state;
	enum { N_ORDERS = 40, N_NOTES = 20000 };
	struct order_notes notes = {0};
	bool met[N_CUSTOMERS][N_ORDERS] = {{false}};
	uint32_t counts[N_CUSTOMERS];
	uint64_t random = 3;
	for (size_t i = 0; i < N_NOTES; i++) {
		/* One customer has many, one none, most a few. */
		size_t customer =
			random_below(&random, 4) == 0 ? 7 : random_below(&random, N_CUSTOMERS - 1);
		size_t order = random_below(&random, customer == 7 ? N_ORDERS : 9);
		order_note(&notes, (uint32_t)customer, UINT64_MAX - order * order, N_CUSTOMERS);
		met[customer][order] = true;
	}
	order_notes_count(&notes, N_CUSTOMERS, counts);
	for (size_t c = 0; c < N_CUSTOMERS; c++) {
		uint32_t expected = 0;
		for (size_t o = 0; o < N_ORDERS; o++)
			expected += met[c][o];
		assert_int_equal(counts[c], expected);
	}
	order_notes_release(&notes);
}

static void days_are_sorted(void **state)
{
	(void)state;
	enum { N_DAYS = 60 };
	struct day_notes notes = {0};
	bool met[N_CUSTOMERS][N_DAYS] = {{false}};
	uint64_t random = 5;
	for (size_t i = 0; i < 1500; i++) {
		size_t customer = random_below(&random, N_CUSTOMERS);
		size_t day = random_below(&random, N_DAYS);
		day_note(&notes, (uint32_t)customer, (int32_t)day - 30, N_CUSTOMERS);
		met[customer][day] = true;
	}
	day_notes_sort(&notes, N_CUSTOMERS);
	size_t i = 0;
	for (uint32_t c = 0; c < N_CUSTOMERS; c++)
		for (int32_t d = 0; d < N_DAYS; d++)
			if (met[c][d]) {
				assert_int_equal(notes.notes[i].customer, c);
				assert_int_equal(notes.notes[i++].day, d - 30);
			}
	assert_int_equal(notes.n, i);
	day_notes_release(&notes);
}

/* A thousand distinct orders that come ten thousand times take the room of few. */
static void memory_is_of_the_distinct_ones(void **state)
{
	(void)state;
	struct order_notes orders = {0};
	struct day_notes days = {0};
	uint32_t count;
	for (size_t round = 0; round < 3000; round++)
		for (uint64_t i = 1; i <= 1000; i++) {
			order_note(&orders, 0, i, 1);
			day_note(&days, 0, (int32_t)i, 1);
		}
	assert_true(orders.capacity <= 1 << 19 && days.capacity <= 1 << 19);
	order_notes_count(&orders, 1, &count);
	assert_int_equal(count, 1000);
	day_notes_sort(&days, 1);
	assert_int_equal(days.n, 1000);
	order_notes_release(&orders);
	day_notes_release(&days);
}

/* Ids that differ have keys that differ, also when one is another with NULs behind it; those of
 * one length up to 8 bytes rise with them. */
static void keys(void **state)
{
	(void)state;
	static const struct text ids[] = {{"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2},
		{"a\0\0\0\0\0\0\0", 8}, {"\0\0\0\0\0\0\0\0", 8}, {"10000001", 8}, {"10000002", 8},
		{"10000010", 8}, {"100000010", 9}, {"\xE5\xAE\xA2", 3}, {"a-longer-order-1", 16},
		{"a-longer-order-2", 16}};
	enum { N = sizeof(ids) / sizeof(ids[0]) };
	for (size_t i = 0; i < N; i++) {
		struct text copy = at_the_end(ids[i].at, ids[i].length);
		assert_true(order_key(copy) == order_key(ids[i]) && order_key(copy) != 0);
		forget(copy);
		for (size_t j = 0; j < i; j++)
			assert_true(order_key(ids[i]) != order_key(ids[j]));
	}
	assert_true(order_key(TEXT("10000001")) < order_key(TEXT("10000002")));
	assert_true(order_key(TEXT("10000002")) < order_key(TEXT("10000010")));
	assert_true(order_key(TEXT("999")) > order_key(TEXT("998")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_count_once),
		cmocka_unit_test(days_are_sorted),
		cmocka_unit_test(memory_is_of_the_distinct_ones),
		cmocka_unit_test(keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
