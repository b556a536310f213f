/* Repeated rows, against a search of each row among all that stand before it. */
#include "analytics/duplicates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/place.h"
#include "tests/unit/random.h"

enum { MOST_ROWS = 3000, ROW_SIZE = 24 };

struct rows {
	size_t n;
	char bytes[MOST_ROWS][ROW_SIZE];
	struct text texts[MOST_ROWS];
	uint64_t places[MOST_ROWS];
};

/* Rows 0 to n - 1 in the order of their places, n_different of them at most. */
static void make_rows(struct rows *rows, size_t n, size_t n_different, uint64_t seed)
{
	rows->n = n;
	for (size_t i = 0; i < n; i++) {
		int length = snprintf(rows->bytes[i], ROW_SIZE, "C%zu,2024-01-%02zu",
			random_below(&seed, n_different), (size_t)1);
		assert_in_range(length, 1, ROW_SIZE - 1);
		rows->texts[i] = (struct text){rows->bytes[i], (size_t)length};
		rows->places[i] = place_of(i / 1000, (int64_t)(i % 1000));
	}
}

static void shuffle(struct rows *rows, uint64_t seed)
{
	for (size_t i = rows->n; i > 1; i--) {
		size_t j = random_below(&seed, i);
		struct text text = rows->texts[i - 1];
		uint64_t place = rows->places[i - 1];
		rows->texts[i - 1] = rows->texts[j];
		rows->places[i - 1] = rows->places[j];
		rows->texts[j] = text;
		rows->places[j] = place;
	}
}

static struct duplicates_found find(const struct rows *rows, size_t most, size_t batch)
{
	struct duplicates *duplicates = duplicates_new(most);
	for (size_t i = 0; i < rows->n; i += batch)
		duplicates_add(duplicates, rows->texts + i, rows->places + i,
			rows->n - i < batch ? rows->n - i : batch);
	struct duplicates_found found = duplicates_finish(duplicates, 2);
	duplicates_free(duplicates);
	return found;
}

/* By the definition; the rows stand in the order of their places. */
static struct duplicates_found search_all(const struct rows *rows)
{
	struct duplicates_found found = {.rows = (int64_t)rows->n, .one_in = 1};
	for (size_t i = 0; i < rows->n; i++) {
		size_t n_before = 0, first = 0;
		for (size_t j = i; j-- > 0;)
			if (text_equal(rows->texts[i], rows->texts[j])) {
				n_before++;
				first = j;
			}
		if (n_before > 0 && found.repeats++ == 0) {
			found.first_repeat = rows->places[i];
			found.repeated = rows->places[first];
		}
		found.groups += n_before == 1;
	}
	return found;
}

static void assert_found(struct duplicates_found a, struct duplicates_found b)
{
	assert_int_equal(a.rows, b.rows);
	assert_int_equal(a.one_in, b.one_in);
	assert_int_equal(a.repeats, b.repeats);
	assert_int_equal(a.groups, b.groups);
	if (a.repeats > 0) {
		assert_int_equal(a.first_repeat, b.first_repeat);
		assert_int_equal(a.repeated, b.repeated);
	}
}

static void as_by_definition(void **state)
{
	(void)state;
	struct rows *rows = mem_array(1, sizeof(*rows));
	static const size_t different[] = {1, 3, 500, 1000000};
	for (size_t i = 0; i < 4; i++) {
		make_rows(rows, MOST_ROWS, different[i], i);
		struct duplicates_found expected = search_all(rows);
		assert_found(find(rows, MOST_ROWS, 700), expected);
		shuffle(rows, i);
		assert_found(find(rows, MOST_ROWS, 1), expected);
	}
	mem_free(rows);
}

/* Every row three times: of those looked at, two thirds are repeats, exactly. */
static void samples_keep_equal_rows_together(void **state)
{
	(void)state;
	struct rows *rows = mem_array(1, sizeof(*rows));
	for (size_t i = 0; i < MOST_ROWS; i++) {
		int length = snprintf(rows->bytes[i], ROW_SIZE, "row %zu", i % (MOST_ROWS / 3));
		rows->texts[i] = (struct text){rows->bytes[i], (size_t)length};
		rows->places[i] = place_of(0, (int64_t)i);
	}
	rows->n = MOST_ROWS;
	struct duplicates_found found = find(rows, 1000, 100);
	assert_true(found.one_in >= 4 && found.rows <= 1000);
	assert_true(found.rows * found.one_in > MOST_ROWS / 2);
	assert_true(found.rows * found.one_in < MOST_ROWS * 2);
	assert_int_equal(found.repeats * 3, found.rows * 2);
	assert_int_equal(found.groups * 3, found.rows);
	for (uint64_t seed = 0; seed < 5; seed++) {
		shuffle(rows, seed);
		assert_found(find(rows, 1000, 13), found);
	}
	mem_free(rows);
}

/* As many as fit are all looked at; one more, and half of them are. */
static void samples_begin_beyond_most(void **state)
{
	(void)state;
	struct rows *rows = mem_array(1, sizeof(*rows));
	make_rows(rows, 1000, 1000000, 1);
	assert_int_equal(find(rows, 1000, 1000).one_in, 1);
	assert_int_equal(find(rows, 999, 1000).one_in, 2);
	mem_free(rows);
}

static void nothing_and_one(void **state)
{
	(void)state;
	struct rows *rows = mem_array(1, sizeof(*rows));
	rows->n = 0;
	assert_int_equal(find(rows, 10, 1).rows, 0);
	make_rows(rows, 1, 1, 1);
	assert_int_equal(find(rows, 10, 1).rows, 1);
	assert_int_equal(find(rows, 10, 1).repeats, 0);
	mem_free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_by_definition),
		cmocka_unit_test(samples_keep_equal_rows_together),
		cmocka_unit_test(samples_begin_beyond_most),
		cmocka_unit_test(nothing_and_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
