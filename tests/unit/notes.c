/* Distinct orders and days of each customer, against their definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "analytics/notes.h"
#include "base/mem.h"
#include "tests/unit/random.h"

enum { N_CUSTOMERS = 50 };

/* Notes keys below n_keys at random, and holds what is settled, and what is counted, against what
 * was met. Of the customers one has many, one none, most a few; one's keys rise. */
static void assert_settled(bool wide, uint64_t scale, size_t n_keys, size_t n_notes)
{
	enum { RISING = 11 };
	struct notes notes = {.wide = wide}, counted = {.wide = wide};
	bool *met = mem_zeroed(N_CUSTOMERS * n_keys, sizeof(*met));
	uint64_t random = 3;
	for (size_t round = 0; round < 2; round++) { /* settled notes may be used again */
		memset(met, 0, N_CUSTOMERS * n_keys);
		for (size_t i = 0; i < n_notes; i++) {
			size_t customer = random_below(&random, 4) == 0
						  ? 7
						  : random_below(&random, N_CUSTOMERS - 1);
			size_t key = random_below(&random, customer == 7 ? n_keys : 9);
			if (customer == RISING)
				key = i * 9 / n_notes;
			notes_add(&notes, (uint32_t)customer, scale * key, N_CUSTOMERS);
			notes_add(&counted, (uint32_t)customer, scale * key, N_CUSTOMERS);
			met[customer * n_keys + key] = true;
		}
		size_t places[N_CUSTOMERS + 1], n = 0;
		uint64_t n_distinct[N_CUSTOMERS];
		notes_count(&counted, N_CUSTOMERS, n_distinct);
		uint64_t *keys = notes_settle(&notes, N_CUSTOMERS, places);
		for (size_t c = 0; c < N_CUSTOMERS; c++) {
			assert_int_equal(places[c], n);
			size_t first = n;
			for (size_t k = 0; k < n_keys; k++)
				if (met[c * n_keys + k])
					assert_true(keys[n++] == scale * k);
			assert_int_equal(n_distinct[c], n - first);
		}
		assert_int_equal(places[N_CUSTOMERS], n);
		mem_free(keys);
	}
	notes_release(&notes);
	mem_free(met);
}

static void each_key_is_left_once(void **state)
{
	(void)state;
	assert_settled(true, UINT64_MAX / 41, 40, 20000);
	assert_settled(true, UINT64_MAX / 30000, 30000, 400000);
	assert_settled(false, UINT32_MAX / 41, 40, 20000);
	assert_settled(false, 1, 9, 100);
	assert_settled(false, 1, 9, 0);
}

/* A thousand distinct keys that come three thousand times take the room of few. */
static void memory_is_of_the_distinct_ones(void **state)
{
	(void)state;
	enum { MOST = 1 << 19 };
	struct notes notes = {.wide = true};
	size_t places[2];
	for (size_t round = 0; round < 3000; round++)
		for (uint64_t i = 1; i <= 1000; i++) {
			notes_add(&notes, 0, i, 1);
			assert_true(notes.n < MOST);
		}
	mem_free(notes_settle(&notes, 1, places));
	assert_int_equal(places[1], 1000);
	notes_release(&notes);
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
		cmocka_unit_test(each_key_is_left_once),
		cmocka_unit_test(memory_is_of_the_distinct_ones),
		cmocka_unit_test(keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
