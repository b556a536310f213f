/* Ids written in two ways. Which forms fold together is Python's
 * unicodedata.normalize("NFKC", s.casefold()) without blanks. */
#include "analytics/alike_ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool are_alike(const char *a, const char *b, enum alike_rule rule)
{
	const struct text ids[] = {text_of(a), text_of(b)};
	struct alike_ids alike = alike_ids_find(ids, 2, rule, 1);
	assert_true(alike.groups <= 1 && alike.ids == 2 * alike.groups);
	return alike.groups == 1;
}

static void letters(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool alike;
	} cases[] = {
		{"C01", "c01", true}, {"C01", " C 01\t", true}, {"C01", "C1", false},
		{"C01", "C01.", false}, {"\u00C9", "\u00E9", true}, /* E acute, e acute */
		{"\u00E9", "e\u0301", true},                        /* composed or not */
		{"e", "\u00E9", false},                             /* an accent is no case */
		{"\uFF21\uFF11", "a1", true},                       /* full width */
		{"STRASSE", "stra\u00DFe", true},                   /* full case folding */
		{"A\u00A0B", "AB", true},                           /* no-break blank */
		{"\u3000\u5BA2 7", "\u5BA27", true},                /* ideographic blank */
		{"A\u200BB\uFEFF", "AB", true},                     /* zero width */
		{"\u03A3", "\u03C2", true},                         /* Sigma, final sigma */
		{"\u5BA2\u6237", "\u5BA2\u6236", false},      /* two characters of one meaning */
		{"00042", "42", false}, {"A", "\xFF", false}, /* not UTF-8 */
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		if (are_alike(cases[i].a, cases[i].b, ALIKE_LETTERS) != cases[i].alike)
			fail_msg("'%s' and '%s'", cases[i].a, cases[i].b);
}

static void numbers(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool alike;
	} cases[] = {
		{"00042", "42", true},
		{"42", "42.0", true},
		{"042.00", "42", true},
		{"0", "000", true},
		{"0", "", false},
		{"42", "420", false},
		{"42", "42.", false},
		{"42", "42.5", false},
		{"42.0", "42.00", true},
		{".0", "0", false},
		{"42", " 42", false}, /* that is the other rule */
		{"C042", "C42", false},
		{"-1", "1", false},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		if (are_alike(cases[i].a, cases[i].b, ALIKE_NUMBERS) != cases[i].alike)
			fail_msg("'%s' and '%s'", cases[i].a, cases[i].b);
}

static void assert_text(struct text text, const char *expected)
{
	assert_int_equal(text.length, strlen(expected));
	assert_memory_equal(text.at, expected, text.length);
}

static void groups_and_examples(void **state)
{
	(void)state;
	struct text ids[] = {TEXT("zz"), TEXT("b"), TEXT("X"), TEXT("B"), TEXT("d "), TEXT("c"),
		TEXT(" b"), TEXT("C"), TEXT("D"), TEXT("Z z"), TEXT("e")};
	uint64_t random = 5;
	for (int round = 0; round < 20; round++) {
		struct alike_ids alike = alike_ids_find(ids, COUNT(ids), ALIKE_LETTERS, 2);
		assert_int_equal(alike.groups, 4);
		assert_int_equal(alike.ids, 9);
		assert_int_equal(alike.n_examples, 3);
		assert_text(alike.examples[0][0], " b");
		assert_text(alike.examples[0][1], "B");
		assert_text(alike.examples[1][0], "C");
		assert_text(alike.examples[1][1], "c");
		assert_text(alike.examples[2][0], "D");
		assert_text(alike.examples[2][1], "d ");
		for (size_t i = COUNT(ids); i > 1; i--) {
			size_t j = random_below(&random, i);
			struct text id = ids[i - 1];
			ids[i - 1] = ids[j];
			ids[j] = id;
		}
	}
}

/* 50,000 numbers, every fifth of them with zeros in front as well, on several threads. */
static void many(void **state)
{
	(void)state;
	enum { N = 50000, SIZE = 12 };
	char(*bytes)[SIZE] = mem_array(N + N / 5, SIZE);
	struct text *ids = mem_array(N + N / 5, sizeof(*ids));
	size_t n = 0;
	for (int i = 1; i <= N; i++)
		for (int width = 0; width <= (i % 5 == 0 ? 8 : 0); width += 8, n++)
			ids[n] = (struct text){
				bytes[n], (size_t)snprintf(bytes[n], SIZE, "%0*d", width, i)};
	struct alike_ids alike = alike_ids_find(ids, n, ALIKE_NUMBERS, 4);
	assert_int_equal(alike.groups, N / 5);
	assert_int_equal(alike.ids, 2 * N / 5);
	assert_text(alike.examples[0][0], "00000005");
	assert_text(alike.examples[0][1], "5");
	alike = alike_ids_find(ids, n, ALIKE_LETTERS, 4);
	assert_int_equal(alike.groups, 0);
	mem_free(ids);
	mem_free(bytes);
}

static void nothing_and_one(void **state)
{
	(void)state;
	const struct text id = TEXT("a");
	assert_int_equal(alike_ids_find(NULL, 0, ALIKE_LETTERS, 1).groups, 0);
	assert_int_equal(alike_ids_find(&id, 1, ALIKE_NUMBERS, 1).groups, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters),
		cmocka_unit_test(numbers),
		cmocka_unit_test(groups_and_examples),
		cmocka_unit_test(many),
		cmocka_unit_test(nothing_and_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
