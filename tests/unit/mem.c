/* Memory: growth, and what happens when there is none. */
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void growth_keeps_what_is_there(void **state)
{
	enum { N = 100000 };
	int *numbers = NULL;
	size_t capacity = 0, n_moves = 0;
	(void)state;
	for (size_t n = 0; n < N; n++) {
		size_t before = capacity;
		numbers = mem_grow(numbers, &capacity, n + 1, sizeof(*numbers));
		assert_true(capacity >= n + 1);
		assert_true(capacity == before || capacity >= 2 * before);
		n_moves += capacity != before;
		numbers[n] = (int)n;
	}
	for (size_t n = 0; n < N; n++)
		assert_int_equal(numbers[n], n);
	/* 16 doubled 13 times is above 100000: appending is linear in all. */
	assert_int_equal(n_moves, 14);

	numbers = mem_resize(numbers, 10, sizeof(*numbers));
	assert_int_equal(numbers[9], 9);
	mem_free(numbers);
}

static void growth_to_what_is_needed(void **state)
{
	size_t capacity = 0;
	(void)state;
	char *bytes = mem_grow(NULL, &capacity, 1000, 1);
	assert_int_equal(capacity, 1000);
	char *same = mem_grow(bytes, &capacity, 1000, 1);
	assert_ptr_equal(same, bytes);
	assert_int_equal(capacity, 1000);
	mem_free(same);

	capacity = 0;
	bytes = mem_grow(NULL, &capacity, 0, 1);
	assert_non_null(bytes);
	mem_free(bytes);
}

static void nothing_is_something(void **state)
{
	(void)state;
	void *none = mem_array(0, 8), *none_zeroed = mem_zeroed(0, 0);
	assert_non_null(none);
	assert_non_null(none_zeroed);
	none = mem_resize(none, 0, 8);
	assert_non_null(none);
	mem_free(none);
	mem_free(none_zeroed);
	mem_free(NULL);
}

static void zeroed(void **state)
{
	static const char zeros[4000];
	(void)state;
	char *bytes = mem_zeroed(1000, 4);
	assert_memory_equal(bytes, zeros, sizeof(zeros));
	mem_free(bytes);
}

static void copies_of_text(void **state)
{
	(void)state;
	char *copy = mem_text("customer", 4);
	assert_string_equal(copy, "cust");
	mem_free(copy);
	copy = mem_text(NULL, 0);
	assert_string_equal(copy, "");
	mem_free(copy);
}

/* volatile, or the compiler sees that it is too much. */
static volatile size_t half_of_all = SIZE_MAX / 2;

static void too_much(int kind)
{
	size_t capacity = 16, count = half_of_all;
	switch (kind) {
	case 0:
		mem_free(mem_array(count, 3));
		break;
	case 1:
		mem_free(mem_zeroed(count, 3));
		break;
	case 2:
		mem_free(mem_resize(NULL, count, 3));
		break;
	default:
		mem_free(mem_grow(NULL, &capacity, count, 3));
	}
}

/* A count times a size beyond size_t is not a small allocation, but the end of the program. */
static void out_of_memory_ends_the_program(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			dup2(ends[1], STDERR_FILENO);
			too_much(kind);
			_exit(0);
		}
		close(ends[1]);
		char words[200] = "";
		ssize_t length = read(ends[0], words, sizeof(words) - 1);
		close(ends[0]);
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 1);
		assert_true(length > 0);
		char expected[200];
		snprintf(expected, sizeof(expected),
			"patron: out of memory (%zu times 3 bytes asked)\n", half_of_all);
		assert_string_equal(words, expected);
	}
}

/* Counted is what is held, not what was ever asked for. */
static void a_limit(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		mem_limit(1000000, "too much");
		for (int i = 0; i < 100; i++)
			mem_free(mem_resize(mem_array(1, 300000), 2, 300000));
		mem_free(mem_aligned(1, 900000, 64));
		char *half = mem_zeroed(1, 500000);
		fprintf(stderr, "so far\n");
		mem_free(mem_resize(half, 1, 900000));
		mem_free(mem_array(1000, 1001));
		_exit(0);
	}
	close(ends[1]);
	char words[200] = "";
	ssize_t length = 0, got;
	while ((got = read(ends[0], words + length, sizeof(words) - 1 - (size_t)length)) > 0)
		length += got;
	close(ends[0]);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_string_equal(words, "so far\npatron: too much\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth_keeps_what_is_there),
		cmocka_unit_test(growth_to_what_is_needed),
		cmocka_unit_test(nothing_is_something),
		cmocka_unit_test(zeroed),
		cmocka_unit_test(copies_of_text),
		cmocka_unit_test(out_of_memory_ends_the_program),
		cmocka_unit_test(a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
