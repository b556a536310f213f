/* Conditions on rows: the order of numbers is Python's, by decimal.Decimal. */
#include "io/where.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void parts(void **state)
{
	static const struct {
		const char *condition, *column;
		enum where_operator op;
		const char *value;
	} cases[] = {
		{"Country=France", "Country", WHERE_EQUAL, "France"},
		{"Country != United Kingdom", "Country", WHERE_NOT_EQUAL, "United Kingdom"},
		{"  unit price<=12.50 ", "unit price", WHERE_LESS_OR_EQUAL, "12.50"},
		{"a>=b", "a", WHERE_GREATER_OR_EQUAL, "b"},
		{"a<b", "a", WHERE_LESS, "b"},
		{"a>b", "a", WHERE_GREATER, "b"},
		{"a=b=c", "a", WHERE_EQUAL, "b=c"},
		{"a< =b", "a", WHERE_LESS, "=b"},
		{"a!b=c", "a!b", WHERE_EQUAL, "c"},
		{"note!=", "note", WHERE_NOT_EQUAL, ""},
		{"note = ", "note", WHERE_EQUAL, ""},
		{"金额>=5", "金额", WHERE_GREATER_OR_EQUAL, "5"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct where where;
		struct error err = {0};
		assert_true(where_parse(&where, cases[i].condition, &err));
		assert_true(text_equal(where.column, text_of(cases[i].column)));
		assert_int_equal(where.op, cases[i].op);
		assert_true(text_equal(where.value, text_of(cases[i].value)));
	}
}

static void conditions_that_are_none(void **state)
{
#define FORM " (form: 'COL OP VALUE', OP one of = != < <= > >=)"
	static const struct {
		const char *condition, *words;
	} cases[] = {
		{"", "--where '' has no operator" FORM},
		{"Country", "--where 'Country' has no operator" FORM},
		{"Country!France", "--where 'Country!France' has no operator" FORM},
		{"=France", "--where '=France' names no column" FORM},
		{"  != x", "--where '  != x' names no column" FORM},
		{"a==b", "--where 'a==b' has an unknown operator" FORM},
		{"a<>b", "--where 'a<>b' has an unknown operator" FORM},
		{"a=>b", "--where 'a=>b' has an unknown operator" FORM},
		{"a=!b", "--where 'a=!b' has an unknown operator" FORM},
		{"a<", "--where 'a<' has no value to compare with" FORM},
		{"a >= ", "--where 'a >= ' has no value to compare with" FORM},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct where where;
		struct error err = {0};
		assert_false(where_parse(&where, cases[i].condition, &err));
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_string_equal(err.words, cases[i].words);
		error_release(&err);
	}
}

static struct date_format dates_of(const char *text)
{
	struct date_format dates;
	struct error err = {0};
	assert_true(date_format_compile(&dates, text, &err));
	return dates;
}

/* Whether the condition holds for a cell that ends where its memory ends. */
static bool holds(const char *condition, enum where_kind kind, const struct date_format *dates,
	const struct amount_format *amounts, const char *cell)
{
	struct where where;
	struct error err = {0};
	bool bound = where_parse(&where, condition, &err) &&
		     where_bind(&where, kind, dates, amounts, &err);
	if (!bound)
		print_error("%s\n", err.words);
	assert_true(bound);
	struct text value = at_the_end(cell, strlen(cell));
	bool result = where_holds(&where, value);
	forget(value);
	return result;
}

static const char *const operators[] = {"=", "!=", "<", "<=", ">", ">="};

/* Holds all six operators to one order of cell and value; 2: they cannot be compared. */
static void assert_order(const char *cell, const char *value, int order, enum where_kind kind,
	const struct date_format *dates, const struct amount_format *amounts)
{
	const bool expected[] = {order == 0, order != 0, order == -1, order == -1 || order == 0,
		order == 1, order == 1 || order == 0};
	for (size_t i = 0; i < COUNT(operators); i++) {
		char condition[200];
		snprintf(condition, sizeof(condition), "a %s %s", operators[i], value);
		bool result = holds(condition, kind, dates, amounts, cell);
		if (result != expected[i])
			print_error("'%s' %s '%s'\n", cell, operators[i], value);
		assert_int_equal(result, expected[i]);
	}
}

static void numbers(void **state)
{
	static const struct {
		const char *cell, *value;
		int order;
	} cases[] = {
		{"0", "-0", 0},
		{"0", "0.000", 0},
		{"1", "1.0", 0},
		{"1", "01", 0},
		{"10", "9", 1},
		{"-10", "-9", -1},
		{"-1", "1", -1},
		{"0", "-1", 1},
		{"1e3", "1000", 0},
		{"1E3", "999.999", 1},
		{"1.5e-3", ".0015", 0},
		{".5", "0.50", 0},
		{"5.", "5", 0},
		{"+5", "5", 0},
		{"100", "1e2", 0},
		{"123456789012345678901", "123456789012345678902", -1},
		{"0.1", "0.10000000000000000000000000000001", -1},
		{"9007199254740993", "9007199254740992", 1},
		{"-0.001", "-0.0011", 1},
		{"00042", "42", 0},
		{"1e400", "1e399", 1},
		{"1e-400", "0", 1},
		{"-1e400", "1", -1},
		{"12.34", "12.35", -1},
		{"12.3", "12.25", 1},
		{"2e10", "19999999999.9", 1},
		{"0e5", "0", 0},
		{"1200", "1.2e3", 0},
		{"0.0012e6", "1.2e3", 0},
		{"99", "100", -1},
		{"1.05", "1.5", -1},
		/* beyond what Decimal holds */
		{"1e999999999999999999999", "1e3", 1},
		{"1e-999999999999999999999", "1e3", -1},
		/* no numbers, or empty */
		{"", "5", 2},
		{"  ", "5", 2},
		{"abc", "5", 2},
		{"0x10", "5", 2},
		{"inf", "5", 2},
		{"nan", "5", 2},
		{"1e", "5", 2},
		{"1e5x", "5", 2},
		{".", "0", 2},
		{"-", "0", 2},
		{"1.2.3", "1", 2},
		{"1,5", "1", 2},
		{" 5 ", "5", 0},
	};
	struct date_format dates = dates_of(NULL);
	struct amount_format amounts = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_order(cases[i].cell, cases[i].value, cases[i].order, WHERE_AUTO, &dates,
			&amounts);
}

static void words(void **state)
{
	static const struct {
		enum where_kind kind;
		const char *cell, *value;
		int order;
	} cases[] = {
		{WHERE_AUTO, "France", "France", 0},
		{WHERE_AUTO, "france", "France", 1},
		{WHERE_AUTO, "EIRE", "France", -1},
		{WHERE_AUTO, "12", "France", -1},
		{WHERE_AUTO, "", "France", 2},
		{WHERE_AUTO, "nan", "inf", 1},
		{WHERE_AUTO, "0x10", "0x10", 0},
		{WHERE_TEXT, "042", "42", -1},
		{WHERE_TEXT, "42", "42", 0},
		{WHERE_TEXT, "9", "10", 1},
		{WHERE_TEXT, "42.0", "42", 1},
		{WHERE_TEXT, "", "42", 2},
		{WHERE_TEXT, "\xE5\xAE\xA2", "z", 1},
	};
	struct date_format dates = dates_of(NULL);
	struct amount_format amounts = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_order(cases[i].cell, cases[i].value, cases[i].order, cases[i].kind, &dates,
			&amounts);
}

static void days(void **state)
{
	static const struct {
		const char *format, *cell, *value;
		int order;
	} cases[] = {
		{NULL, "2010-12-01 08:26", "2010-12-01", 0},
		{NULL, "20101202", "2010-12-01", 1},
		{NULL, "2010-11-30 23:59", "20101201", -1},
		{NULL, "2010-11-31", "2010-12-01", 2},
		{NULL, "", "2010-12-01", 2},
		{"%d/%m/%Y", "02/01/2011", "2010-12-31", 1},
		{"%d/%m/%Y", "02/01/2011", "03/01/2011", -1},
		{"%d/%m/%Y", "2/1/2011 10:00", "02/01/2011", 0},
		{"%d/%m/%Y", "01/13/2011", "02/01/2011", 2},
		{"%d%m%Y", "01122010", "2010-12-01", 0},
	};
	struct amount_format amounts = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date_format dates = dates_of(cases[i].format);
		assert_order(cases[i].cell, cases[i].value, cases[i].order, WHERE_DATE, &dates,
			&amounts);
	}
}

static void money_values(void **state)
{
	static const struct {
		const char *cell, *value;
		int order;
	} cases[] = {
		{"€ 1.234,50", "1234,5", 0},
		{"1.234,500001", "1.234,50", 1},
		{"-5,00", "0", -1},
		{"5,00-", "0", -1},
		{"(5,00)", "-5", 0},
		{"12.50", "5", 2},
		{"NaN", "5", 2},
		{"", "5", 2},
	};
	struct date_format dates = dates_of(NULL);
	struct amount_format amounts;
	struct error err = {0};
	(void)state;
	assert_true(amount_format_make(&amounts, true, ".", "€", &err));
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_order(cases[i].cell, cases[i].value, cases[i].order, WHERE_AMOUNT, &dates,
			&amounts);
}

static void empty_or_not(void **state)
{
	struct date_format dates = dates_of(NULL);
	struct amount_format amounts = {0};
	(void)state;
	for (enum where_kind kind = WHERE_AUTO; kind <= WHERE_AMOUNT; kind++) {
		assert_true(holds("a=", kind, &dates, &amounts, ""));
		assert_true(holds("a=", kind, &dates, &amounts, " "));
		assert_false(holds("a=", kind, &dates, &amounts, "x"));
		assert_false(holds("a!=", kind, &dates, &amounts, ""));
		assert_true(holds("a!=", kind, &dates, &amounts, "0"));
	}
}

static void values_that_cannot_be_read(void **state)
{
	static const struct {
		enum where_kind kind;
		const char *condition, *words;
	} cases[] = {
		{WHERE_DATE, "day >= 2010-02-30",
			"--where 'day >= 2010-02-30': date '2010-02-30': no such day (2010-02 has "
			"28 days)"},
		{WHERE_DATE, "day < 13/01/2010",
			"--where 'day < 13/01/2010': date '13/01/2010' is not YYYY-MM-DD (use "
			"--date-format '%d/%m/%Y'?)"},
		{WHERE_AMOUNT, "price > 12,50",
			"--where 'price > 12,50': amount '12,50' is not a number (use "
			"--decimal-comma?)"},
	};
	struct date_format dates = dates_of(NULL);
	struct amount_format amounts = {0};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct where where;
		struct error err = {0};
		assert_true(where_parse(&where, cases[i].condition, &err));
		assert_false(where_bind(&where, cases[i].kind, &dates, &amounts, &err));
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_string_equal(err.words, cases[i].words);
		error_release(&err);
	}
}

/* A whole number of up to 18 digits in some other way of writing: zeros before and after it, a
 * point somewhere and an exponent that takes it back. */
static void write_number(int64_t number, uint64_t *seed, char *room)
{
	char digits[64];
	int shift = (int)random_below(seed, 6);
	const char *sign = number < 0 ? "-" : random_below(seed, 2) == 0 ? "+" : "";
	int n = snprintf(digits, sizeof(digits), "%0*lld", (int)random_below(seed, 24) + shift + 1,
		(long long)(number < 0 ? -number : number));
	if (random_below(seed, 2) == 0)
		snprintf(room, 100, "%s%.*s.%se%d", sign, n - shift, digits, digits + n - shift,
			shift);
	else
		snprintf(room, 100, "%s%s%s", sign, digits, shift == 0 ? "" : ".000");
}

static void numbers_keep_their_order(void **state)
{
	enum { ROUNDS = 20000 };
	uint64_t seed = 7;
	struct date_format dates = dates_of(NULL);
	struct amount_format amounts = {0};
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		int64_t a = (int64_t)(random_next(&seed) >> (5 + random_below(&seed, 58)));
		int64_t b = (int64_t)(random_next(&seed) >> (5 + random_below(&seed, 58)));
		a = random_below(&seed, 2) == 0 ? -a : a;
		b = random_below(&seed, 4) == 0 ? a : random_below(&seed, 2) == 0 ? -b : b;
		char first[100], second[100];
		write_number(a, &seed, first);
		write_number(b, &seed, second);
		assert_order(first, second, (a > b) - (a < b), WHERE_AUTO, &dates, &amounts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts),
		cmocka_unit_test(conditions_that_are_none),
		cmocka_unit_test(numbers),
		cmocka_unit_test(words),
		cmocka_unit_test(days),
		cmocka_unit_test(money_values),
		cmocka_unit_test(empty_or_not),
		cmocka_unit_test(values_that_cannot_be_read),
		cmocka_unit_test(numbers_keep_their_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
