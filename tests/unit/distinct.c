/* Numbering of distinct keys, against its definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/distinct.h"
#include "base/mem.h"
#include "tests/unit/random.h"

/* Distinct keys rise, each occurs, and each key is the one its number says. */
static void assert_numbered(const uint64_t *keys, size_t n_keys, size_t expected)
{
	size_t n_distinct;
	uint32_t *numbers = mem_array(n_keys, sizeof(*numbers));
	uint64_t *distinct = number_distinct(keys, n_keys, numbers, &n_distinct);
	unsigned char *met = mem_zeroed(n_distinct, 1);
	assert_int_equal(n_distinct, expected);
	for (size_t i = 0; i < n_keys; i++) {
		assert_true(numbers[i] < n_distinct && distinct[numbers[i]] == keys[i]);
		met[numbers[i]] = 1;
	}
	for (size_t i = 0; i < n_distinct; i++)
		assert_true(met[i] && (i == 0 || distinct[i - 1] < distinct[i]));
	mem_free(met);
	mem_free(distinct);
	mem_free(numbers);
}

static void few_distinct_among_many(void **state)
{
	(void)state;
	uint64_t keys[10000], random = 1;
	for (size_t i = 0; i < 10000; i++)
		keys[i] = (random_below(&random, 24) << 32) | (i % 3);
	assert_numbered(keys, 10000, 72);
}

static void all_distinct(void **state)
{
	(void)state;
	uint64_t keys[10000];
	for (size_t i = 0; i < 10000; i++)
		keys[i] = (10000 - i) << 40;
	assert_numbered(keys, 10000, 10000);
}

static void the_ends_of_the_range_and_nothing(void **state)
{
	(void)state;
	assert_numbered((uint64_t[]){UINT64_MAX, 0, UINT64_MAX}, 3, 2);
	assert_numbered(NULL, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_distinct_among_many),
		cmocka_unit_test(all_distinct),
		cmocka_unit_test(the_ends_of_the_range_and_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
