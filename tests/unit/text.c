/* Text and buffers. Distances are those of the optimal string alignment, by an independent
 * recursion below. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void equality_and_order(void **state)
{
	/* In bytewise order, as the C locale sorts. */
	static const struct text sorted[] = {{"", 0}, {"\0", 1}, {"00042", 5}, {"42", 2}, {"A", 1},
		{"B", 1}, {"Ba", 2}, {"a", 1}, {"ab", 2}, {"b", 1}, {"\xC3\xA9", 2}, {"\xFF", 1}};
	(void)state;
	for (size_t i = 0; i < COUNT(sorted); i++) {
		for (size_t j = 0; j < COUNT(sorted); j++) {
			int order = text_compare(sorted[i], sorted[j]);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
			assert_int_equal(text_equal(sorted[i], sorted[j]), i == j);
		}
	}
	assert_true(text_equal((struct text){NULL, 0}, TEXT("")));
	assert_true(text_equal_ignoring_case(TEXT("CustomerID"), TEXT("customerid")));
	assert_false(text_equal_ignoring_case(TEXT("customer"), TEXT("customers")));
	assert_false(text_equal_ignoring_case(TEXT("[k"), TEXT("{k")));
	assert_false(text_equal_ignoring_case(TEXT("\xC3\x89"), TEXT("\xC3\xA9")));
}

static void trimmed(void **state)
{
	static const struct {
		const char *text, *trimmed;
	} cases[] = {{"", ""}, {"   ", ""}, {"a", "a"}, {" \t\r\na b\r\n", "a b"}, {"a\v", "a\v"},
		{"\u00A0a", "\u00A0a"}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text text = at_the_end(cases[i].text, strlen(cases[i].text));
		assert_true(text_equal(text_trim(text), text_of(cases[i].trimmed)));
		forget(text);
	}
}

/* The definition, without a table: Boytsov 2011, "Indexing methods for approximate dictionary
 * searching", section 2. */
static size_t slow_distance(struct text a, struct text b)
{
	if (a.length == 0 || b.length == 0)
		return a.length + b.length;
	char x = a.at[a.length - 1], y = b.at[b.length - 1];
	struct text a1 = {a.at, a.length - 1}, b1 = {b.at, b.length - 1};
	size_t best = slow_distance(a1, b1) + (x != y);
	size_t deleted = slow_distance(a1, b) + 1, inserted = slow_distance(a, b1) + 1;
	best = deleted < best ? deleted : best;
	best = inserted < best ? inserted : best;
	if (a.length > 1 && b.length > 1 && x == b.at[b.length - 2] && y == a.at[a.length - 2]) {
		struct text a2 = {a.at, a.length - 2}, b2 = {b.at, b.length - 2};
		size_t swapped = slow_distance(a2, b2) + 1;
		best = swapped < best ? swapped : best;
	}
	return best;
}

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3},
		{"custmer", "customer", 1}, {"cutsomer", "customer", 1},
		{"Customer", "customer", 0}, {"ca", "abc", 3}, {"flaw", "lawn", 2}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			text_distance(text_of(cases[i].a), text_of(cases[i].b)), cases[i].distance);
	uint64_t seed = 8;
	for (int round = 0; round < 300; round++) {
		char bytes[2][6];
		struct text words[2];
		for (int i = 0; i < 2; i++) {
			size_t n = random_below(&seed, sizeof(bytes[i]) + 1);
			for (size_t j = 0; j < n; j++)
				bytes[i][j] = "abc"[random_below(&seed, 3)];
			words[i] = (struct text){bytes[i], n};
		}
		assert_int_equal(
			text_distance(words[0], words[1]), slow_distance(words[0], words[1]));
	}
}

static void long_words_have_no_near_ones(void **state)
{
	char a[70], b[70];
	(void)state;
	memset(a, 'a', sizeof(a));
	memcpy(b, a, sizeof(b));
	struct text first = {a, sizeof(a)}, second = {b, sizeof(b)};
	assert_int_equal(text_distance(first, second), 0);
	b[0] = 'b';
	assert_int_equal(text_distance(first, second), sizeof(a) + sizeof(b));
}

static void nearest_names(void **state)
{
	static const struct text names[] = {
		{"order_id", 8}, {"customer", 8}, {"day", 3}, {"amount", 6}, {"id", 2}};
	(void)state;
	assert_int_equal(text_nearest(TEXT("custmer"), names, COUNT(names)), 1);
	assert_int_equal(text_nearest(TEXT("AMOUNT"), names, COUNT(names)), 3);
	assert_int_equal(text_nearest(TEXT("orderid"), names, COUNT(names)), 0);
	assert_int_equal(text_nearest(TEXT("dya"), names, COUNT(names)), 2);
	assert_int_equal(text_nearest(TEXT("revenue"), names, COUNT(names)), -1);
	assert_int_equal(text_nearest(TEXT(""), names, COUNT(names)), -1);
	assert_int_equal(text_nearest(TEXT("x"), names, 0), -1);
	/* A name whose every letter would have to change is not near. */
	assert_int_equal(text_nearest(TEXT("xy"), names + 4, 1), -1);
}

static void excerpts(void **state)
{
	char room[TEXT_EXCERPT_SIZE], expected[TEXT_EXCERPT_SIZE], bytes[100];
	(void)state;
	assert_string_equal(text_excerpt(TEXT(""), room), "");
	assert_string_equal(text_excerpt(TEXT("12,50"), room), "12,50");
	assert_string_equal(text_excerpt(TEXT("a\0b"), room), "a?b");

	memset(bytes, 'a', sizeof(bytes));
	snprintf(expected, sizeof(expected), "%.60s", bytes);
	assert_string_equal(text_excerpt((struct text){bytes, 60}, room), expected);
	snprintf(expected, sizeof(expected), "%.60s...", bytes);
	assert_string_equal(text_excerpt((struct text){bytes, 61}, room), expected);

	/* A character of three bytes stands on the limit in every way it can. */
	for (size_t before = 57; before <= 60; before++) {
		memset(bytes, 'a', sizeof(bytes));
		memcpy(bytes + before, "\u5BA2", 3);
		size_t kept = before == 57 ? 60 : before;
		snprintf(expected, sizeof(expected), "%.*s...", (int)kept, bytes);
		assert_string_equal(text_excerpt((struct text){bytes, 80}, room), expected);
	}

	/* Bytes that are no characters at all. */
	memset(bytes, 0x80, sizeof(bytes));
	assert_string_equal(text_excerpt((struct text){bytes, sizeof(bytes)}, room), "...");
}

static void buffers(void **state)
{
	enum { N = 5000 };
	struct buffer buffer = {0};
	(void)state;
	assert_int_equal(buffer_as_text(&buffer).length, 0);
	buffer_bytes(&buffer, NULL, 0);
	buffer_string(&buffer, "customer");
	buffer_byte(&buffer, ',');
	buffer_text(&buffer, TEXT("a\0b"));
	buffer_format(&buffer, ",%d,%s", -7, "x");
	assert_true(text_equal(buffer_as_text(&buffer), TEXT("customer,a\0b,-7,x")));

	buffer.length = 0;
	for (int i = 0; i < N; i++)
		buffer_format(&buffer, "%04d", i);
	assert_int_equal(buffer.length, 4 * N);
	for (int i = 0; i < N; i++) {
		char number[5];
		snprintf(number, sizeof(number), "%04d", i % 10000);
		assert_memory_equal(buffer.bytes + (ptrdiff_t)4 * i, number, 4);
	}
	buffer_reserve(&buffer, 100000);
	assert_true(buffer.capacity - buffer.length >= 100000);
	assert_int_equal(buffer.length, 4 * N);
	buffer_release(&buffer);
	assert_null(buffer.bytes);
	buffer_release(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality_and_order),
		cmocka_unit_test(trimmed),
		cmocka_unit_test(distances),
		cmocka_unit_test(long_words_have_no_near_ones),
		cmocka_unit_test(nearest_names),
		cmocka_unit_test(excerpts),
		cmocka_unit_test(buffers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
