/* Ids sorted against qsort() by their bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "analytics/id_sort.h"
#include "base/mem.h"
#include "tests/unit/random.h"

enum { ROOM = 48 };

struct ids {
	char (*rooms)[ROOM];
	struct text *texts;
	size_t n;
};

static struct ids ids_new(size_t n)
{
	return (struct ids){mem_zeroed(n, ROOM), mem_array(n, sizeof(struct text)), n};
}

static struct text id_of(const void *context, uint64_t who)
{
	return ((const struct ids *)context)->texts[who];
}

static int compare(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* In shuffled order in, in the order of qsort() out; frees the ids. */
static void assert_sorted(struct ids ids)
{
	uint64_t random = 7;
	for (size_t i = ids.n; i > 1; i--) {
		size_t j = random_below(&random, i);
		struct text swap = ids.texts[i - 1];
		ids.texts[i - 1] = ids.texts[j];
		ids.texts[j] = swap;
	}
	struct text *expected = mem_array(ids.n, sizeof(*expected));
	for (size_t i = 0; i < ids.n; i++)
		expected[i] = ids.texts[i];
	qsort(expected, ids.n, sizeof(*expected), compare);
	for (unsigned n_threads = 1; n_threads <= 3; n_threads++) {
		struct id_reference *references = mem_zeroed(ids.n, sizeof(*references));
		for (size_t i = 0; i < ids.n; i++)
			references[i].who = i;
		id_sort(references, ids.n, id_of, &ids, n_threads);
		for (size_t i = 0; i < ids.n; i++)
			assert_ptr_equal(ids.texts[references[i].who].at, expected[i].at);
		mem_free(references);
	}
	mem_free(expected);
	mem_free(ids.texts);
	mem_free(ids.rooms);
}

static void numbers(void **state)
{
	(void)state;
	static const char *const formats[] = {"C%07zu", "%zu", "customer-number-%zu",
		"\xE5\xAE\xA2%zx", "%zu-the-same-tail-of-many-bytes"};
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		struct ids ids = ids_new(100000); /* several chunks */
		for (size_t i = 0; i < ids.n; i++) {
			int length = snprintf(ids.rooms[i], ROOM, formats[f], i * 37);
			ids.texts[i] = (struct text){ids.rooms[i], (size_t)length};
		}
		assert_sorted(ids);
	}
}

/* aaa... of every length, also with NUL bytes behind, which a prefix padded with them must not take
 * for the same. */
static void prefixes_of_each_other(void **state)
{
	(void)state;
	static const char last[] = {'\0', 'a', 'b', '\xFF'};
	struct ids ids = ids_new(40 * 4 * 4);
	size_t n = 0;
	for (size_t length = 0; length < 40; length++)
		for (size_t a = 0; a < 4; a++)
			for (size_t b = 0; b < 4; b++, n++) {
				for (size_t i = 0; i < length; i++)
					ids.rooms[n][i] = 'a';
				ids.rooms[n][length] = last[a];
				ids.rooms[n][length + 1] = last[b];
				ids.texts[n] = (struct text){ids.rooms[n], length + 2};
			}
	/* Only those that are different from all before. */
	size_t n_kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool is_new = true;
		for (size_t j = 0; j < n_kept; j++)
			is_new &= !text_equal(ids.texts[j], ids.texts[i]);
		if (is_new)
			ids.texts[n_kept++] = ids.texts[i];
	}
	ids.n = n_kept;
	assert_sorted(ids);
}

static void few(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 3; n++) {
		struct ids ids = ids_new(n);
		for (size_t i = 0; i < n; i++)
			ids.texts[i] = (struct text){"zzz", 3 - i};
		assert_sorted(ids);
	}
	id_sort(NULL, 0, id_of, NULL, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(prefixes_of_each_other),
		cmocka_unit_test(few),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
