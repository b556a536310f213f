/* Amounts: micro-units and products are Python's, by decimal.Decimal. */
#include "io/amounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct amount_format format_of(
	bool decimal_comma, const char *thousands, const char *currency_sign)
{
	struct amount_format format;
	struct error err = {0};
	bool made = amount_format_make(&format, decimal_comma, thousands, currency_sign, &err);
	if (!made)
		print_error("%s\n", err.words);
	assert_true(made);
	return format;
}

static enum amount_status read_exactly(
	const struct amount_format *format, const char *bytes, size_t n, struct amount *amount)
{
	struct text value = at_the_end(bytes, n);
	enum amount_status status = amount_read(format, value, amount);
	forget(value);
	return status;
}

static void good_amounts(void **state)
{
	static const struct {
		bool decimal_comma;
		const char *thousands, *currency_sign, *value;
		money micros;
		int decimals;
	} cases[] = {
		{false, NULL, NULL, "0", 0, 0},
		{false, NULL, NULL, "-0", 0, 0},
		{false, NULL, NULL, "12", 12000000, 0},
		{false, NULL, NULL, "12.5", 12500000, 1},
		{false, NULL, NULL, "-12.50", -12500000, 2},
		{false, NULL, NULL, "+12.50", 12500000, 2},
		{false, NULL, NULL, ".5", 500000, 1},
		{false, NULL, NULL, "5.", 5000000, 0},
		{false, NULL, NULL, "-.5", -500000, 1},
		{false, NULL, NULL, "0.000001", 1, 6},
		{false, NULL, NULL, "123456789012.123456", 123456789012123456, 6},
		{false, NULL, NULL, "1234567890123.123456", 1234567890123123456, 6},
		{false, NULL, NULL, "9223372036854.775807", 9223372036854775807, 6},
		{false, NULL, NULL, "-9223372036854.775807", -9223372036854775807, 6},
		{false, NULL, NULL, "00000000000000000000000012.50", 12500000, 2},
		{false, NULL, NULL, "12-", -12000000, 0},
		{false, NULL, NULL, "12.50 -", -12500000, 2},
		{false, NULL, NULL, "(12.50)", -12500000, 2},
		{false, NULL, NULL, "( 12.50 )", -12500000, 2},
		{false, NULL, NULL, "- 7", -7000000, 0},
		{false, NULL, NULL, " 7 ", 7000000, 0},
		{false, NULL, NULL, "\u00A07\u202F", 7000000, 0},
		{false, NULL, NULL, "\u22125.5", -5500000, 1},
		{true, NULL, NULL, "12,50", 12500000, 2},
		{true, NULL, NULL, ",5", 500000, 1},
		{true, NULL, NULL, "-5,", -5000000, 0},
		{true, ".", NULL, "1.234.567,89", 1234567890000, 2},
		{true, ".", NULL, "1234,5", 1234500000, 1},
		{true, ".", NULL, "1.234", 1234000000, 0},
		{false, ",", NULL, "1,234.56", 1234560000, 2},
		{false, ",", NULL, "1,234,567", 1234567000000, 0},
		{false, ",", NULL, "1234567", 1234567000000, 0},
		{false, ",", NULL, "12", 12000000, 0},
		{false, ",", NULL, "(1,234.50)", -1234500000, 2},
		{false, ",", NULL, "999,999.", 999999000000, 0},
		{false, " ", NULL, "1 234 567.5", 1234567500000, 1},
		{false, " ", NULL, "1\u00A0234\u202F567", 1234567000000, 0},
		{true, " ", NULL, "12 345,5 ", 12345500000, 1},
		{false, "'", NULL, "1'234.50", 1234500000, 2},
		{false, "'", NULL, "1\u2019234.50", 1234500000, 2},
		{true, "\u202F", NULL, "1\u202F234,5", 1234500000, 1},
		{false, "_", NULL, "1_000_000", 1000000000000, 0},
		{false, NULL, "$", "$12.50", 12500000, 2},
		{false, NULL, "$", "-$12.50", -12500000, 2},
		{false, NULL, "$", "$-12.50", -12500000, 2},
		{false, NULL, "$", "$ 12.50", 12500000, 2},
		{false, NULL, "$", "12.50$", 12500000, 2},
		{false, NULL, "$", "12.50 $ -", -12500000, 2},
		{false, NULL, "$", "12.50-$", -12500000, 2},
		{false, NULL, "$", "($12.50)", -12500000, 2},
		{false, NULL, "$", "$(12.50)", -12500000, 2},
		{false, NULL, "$", "(12.50) $", -12500000, 2},
		{false, NULL, "$", "12", 12000000, 0},
		{false, ",", "$", "$1,234.56-", -1234560000, 2},
		{false, NULL, "Rs.", "Rs.500", 500000000, 0},
		{false, NULL, "Rs.", "Rs. .5", 500000, 1},
		{false, NULL, " EUR ", "12 EUR", 12000000, 0},
		{true, ".", "€", "1.234,56 €", 1234560000, 2},
		{false, NULL, "元", "12元", 12000000, 0},
		{false, " ", "kr", "12 345 kr", 12345000000, 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct amount_format format = format_of(
			cases[i].decimal_comma, cases[i].thousands, cases[i].currency_sign);
		struct amount amount = {0};
		enum amount_status status =
			read_exactly(&format, cases[i].value, strlen(cases[i].value), &amount);
		if (status != AMOUNT_OK || amount.value != cases[i].micros)
			print_error("'%s': status %d\n", cases[i].value, (int)status);
		assert_int_equal(status, AMOUNT_OK);
		assert_true(amount.value == cases[i].micros);
		assert_int_equal(amount.decimals, cases[i].decimals);
	}
}

static char *explain(const struct amount_format *format, struct text value)
{
	struct buffer words = {0};
	amount_explain(format, value, &words);
	buffer_byte(&words, '\0');
	return words.bytes;
}

static void bad_amounts(void **state)
{
#define TOO_LARGE "is too large (up to 9223372036854.775807)"
#define BAD_GROUP "is not grouped in thousands"
	static const struct {
		bool decimal_comma;
		const char *thousands, *currency_sign, *value;
		enum amount_status status;
		const char *words;
	} cases[] = {
		{false, NULL, NULL, "", AMOUNT_EMPTY, "amount is empty"},
		{false, NULL, NULL, " \t", AMOUNT_EMPTY, "amount is empty"},
		{false, NULL, NULL, "NaN", AMOUNT_NOT_A_NUMBER, "amount 'NaN' is not a number"},
		{false, NULL, NULL, "-inf", AMOUNT_NOT_A_NUMBER, "amount '-inf' is not a number"},
		{false, NULL, NULL, "#N/A", AMOUNT_NOT_A_NUMBER, "amount '#N/A' is not a number"},
		{false, NULL, NULL, "-", AMOUNT_NOT_A_NUMBER, "amount '-' is not a number"},
		{false, NULL, NULL, ".", AMOUNT_NOT_A_NUMBER, "amount '.' is not a number"},
		{false, NULL, NULL, "1e5", AMOUNT_SCIENTIFIC,
			"amount '1e5' is in scientific notation (export it with all its digits)"},
		{false, NULL, NULL, "-1.5E-3", AMOUNT_SCIENTIFIC,
			"amount '-1.5E-3' is in scientific notation (export it with all its "
			"digits)"},
		{true, NULL, NULL, "1,5e+3", AMOUNT_SCIENTIFIC,
			"amount '1,5e+3' is in scientific notation (export it with all its "
			"digits)"},
		{false, NULL, NULL, "1e", AMOUNT_OTHER, "amount '1e' is not a number"},
		{false, NULL, NULL, "e5", AMOUNT_OTHER, "amount 'e5' is not a number"},
		{false, NULL, NULL, "1e5.5", AMOUNT_OTHER, "amount '1e5.5' is not a number"},
		{false, NULL, NULL, "0x10", AMOUNT_OTHER, "amount '0x10' is not a number"},
		{false, NULL, NULL, "twelve", AMOUNT_OTHER, "amount 'twelve' is not a number"},
		{false, NULL, NULL, "12abc", AMOUNT_OTHER, "amount '12abc' is not a number"},
		{false, NULL, NULL, "12%", AMOUNT_OTHER, "amount '12%' is not a number"},
		{false, NULL, NULL, "1.2.3", AMOUNT_OTHER, "amount '1.2.3' is not a number"},
		{false, NULL, NULL, "5.-", AMOUNT_OTHER, "amount '5.-' is not a number"},
		{false, NULL, NULL, "-5-", AMOUNT_OTHER, "amount '-5-' is not a number"},
		{false, NULL, NULL, "5+", AMOUNT_OTHER, "amount '5+' is not a number"},
		{false, NULL, NULL, "--5", AMOUNT_OTHER, "amount '--5' is not a number"},
		{false, NULL, NULL, "(5", AMOUNT_OTHER, "amount '(5' is not a number"},
		{false, NULL, NULL, "5)", AMOUNT_OTHER, "amount '5)' is not a number"},
		{false, NULL, NULL, "(-5)", AMOUNT_OTHER, "amount '(-5)' is not a number"},
		{false, NULL, NULL, "-(5)", AMOUNT_OTHER, "amount '-(5)' is not a number"},
		{false, NULL, NULL, "()", AMOUNT_OTHER, "amount '()' is not a number"},
		{false, NULL, NULL, "0.1234567", AMOUNT_TOO_MANY_DECIMALS,
			"amount '0.1234567' has more than six decimals (round it in the export)"},
		{false, NULL, NULL, "1.0000000", AMOUNT_TOO_MANY_DECIMALS,
			"amount '1.0000000' has more than six decimals (round it in the export)"},
		{false, NULL, NULL, "9223372036854.775808", AMOUNT_OVERFLOW,
			"amount '9223372036854.775808' " TOO_LARGE},
		{false, NULL, NULL, "-9223372036854.775808", AMOUNT_OVERFLOW,
			"amount '-9223372036854.775808' " TOO_LARGE},
		{false, NULL, NULL, "9223372036855", AMOUNT_OVERFLOW,
			"amount '9223372036855' " TOO_LARGE},
		{false, NULL, NULL, "18446744073709551616", AMOUNT_OVERFLOW,
			"amount '18446744073709551616' " TOO_LARGE},
		{false, NULL, NULL, "99999999999999999999999999.9", AMOUNT_OVERFLOW,
			"amount '99999999999999999999999999.9' " TOO_LARGE},
		{false, NULL, NULL, "12,50", AMOUNT_DECIMAL_COMMA,
			"amount '12,50' is not a number (use --decimal-comma?)"},
		{false, NULL, NULL, "1.234,56", AMOUNT_DECIMAL_COMMA,
			"amount '1.234,56' is not a number (use --decimal-comma and --thousands "
			".?)"},
		{false, NULL, NULL, "1 234,50", AMOUNT_DECIMAL_COMMA,
			"amount '1 234,50' is not a number (use --decimal-comma and --thousands ' "
			"'?)"},
		{true, NULL, NULL, "12.50", AMOUNT_DECIMAL_POINT,
			"amount '12.50' is not a number (leave out --decimal-comma?)"},
		{false, NULL, NULL, "1,234.56", AMOUNT_THOUSANDS,
			"amount '1,234.56' is not a number (use --thousands ,?)"},
		{false, NULL, NULL, "1,234", AMOUNT_THOUSANDS,
			"amount '1,234' is not a number (use --thousands , or --decimal-comma?)"},
		{false, NULL, NULL, "1'234.50", AMOUNT_THOUSANDS,
			"amount '1'234.50' is not a number (use --thousands \"'\"?)"},
		{true, NULL, NULL, "1.234,56", AMOUNT_THOUSANDS,
			"amount '1.234,56' is not a number (use --thousands .?)"},
		{false, ",", NULL, "12,50", AMOUNT_BAD_GROUPING,
			"amount '12,50' " BAD_GROUP " (use --decimal-comma without --thousands?)"},
		{false, ",", NULL, "1,23", AMOUNT_BAD_GROUPING,
			"amount '1,23' " BAD_GROUP " (use --decimal-comma without --thousands?)"},
		{false, ",", NULL, "0,123", AMOUNT_BAD_GROUPING,
			"amount '0,123' " BAD_GROUP " (use --decimal-comma without --thousands?)"},
		{false, NULL, NULL, "0,123", AMOUNT_DECIMAL_COMMA,
			"amount '0,123' is not a number (use --decimal-comma?)"},
		{false, ",", NULL, "1,234,56.00", AMOUNT_BAD_GROUPING,
			"amount '1,234,56.00' " BAD_GROUP},
		{false, ",", NULL, "1234,567.00", AMOUNT_BAD_GROUPING,
			"amount '1234,567.00' " BAD_GROUP},
		{false, ",", NULL, "1.234,567", AMOUNT_BAD_GROUPING,
			"amount '1.234,567' " BAD_GROUP
			" (use --decimal-comma and --thousands .?)"},
		{true, ".", NULL, "12.50", AMOUNT_BAD_GROUPING,
			"amount '12.50' " BAD_GROUP
			" (leave out --decimal-comma and --thousands?)"},
		{false, ",", NULL, "1,,234.5", AMOUNT_OTHER, "amount '1,,234.5' is not a number"},
		{false, NULL, NULL, "¥12", AMOUNT_CURRENCY,
			"amount '¥12' is not a number (use --currency-sign '¥'?)"},
		{false, NULL, NULL, "-$.50", AMOUNT_CURRENCY,
			"amount '-$.50' is not a number (use --currency-sign '$'?)"},
		{false, NULL, NULL, "12 EUR", AMOUNT_CURRENCY,
			"amount '12 EUR' is not a number (use --currency-sign 'EUR'?)"},
		{false, NULL, NULL, "Rs.500", AMOUNT_CURRENCY,
			"amount 'Rs.500' is not a number (use --currency-sign 'Rs.'?)"},
		{false, NULL, NULL, "US$1,234.50", AMOUNT_CURRENCY,
			"amount 'US$1,234.50' is not a number (use --thousands , and "
			"--currency-sign 'US$'?)"},
		{false, NULL, NULL, "12,50 €", AMOUNT_CURRENCY,
			"amount '12,50 €' is not a number (use --decimal-comma and "
			"--currency-sign '€'?)"},
		{false, NULL, "¥", "$12", AMOUNT_CURRENCY,
			"amount '$12' has another currency sign than '¥'"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct amount_format format = format_of(
			cases[i].decimal_comma, cases[i].thousands, cases[i].currency_sign);
		struct amount amount = {0};
		enum amount_status status =
			read_exactly(&format, cases[i].value, strlen(cases[i].value), &amount);
		if (status != cases[i].status)
			print_error("'%s': status %d\n", cases[i].value, (int)status);
		assert_int_equal(status, cases[i].status);
		char *words = explain(&format, text_of(cases[i].value));
		assert_string_equal(words, cases[i].words);
		free(words);
	}
}

static void format_errors(void **state)
{
	static const struct {
		bool decimal_comma;
		const char *thousands, *currency_sign, *words;
	} cases[] = {
		{false, ".", NULL,
			"--thousands '.' is also the decimal point (use --decimal-comma with it?)"},
		{true, ",", NULL, "--thousands ',' is also the decimal comma"},
		{false, "", NULL,
			"--thousands must be one character, not a digit or a sign, not ''"},
		{false, "ab", NULL,
			"--thousands must be one character, not a digit or a sign, not 'ab'"},
		{false, "5", NULL,
			"--thousands must be one character, not a digit or a sign, not '5'"},
		{false, "-", NULL,
			"--thousands must be one character, not a digit or a sign, not '-'"},
		{false, NULL, " ",
			"--currency-sign must be text without digits or signs, such as '$' or "
			"'EUR', not ' '"},
		{false, NULL, "E5",
			"--currency-sign must be text without digits or signs, such as '$' or "
			"'EUR', not 'E5'"},
		{false, "$", "$", "--thousands and --currency-sign are both '$'"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct amount_format format;
		struct error err = {0};
		assert_false(amount_format_make(&format, cases[i].decimal_comma, cases[i].thousands,
			cases[i].currency_sign, &err));
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_string_equal(err.words, cases[i].words);
		error_release(&err);
	}
}

static void products(void **state)
{
	static const struct {
		const char *a, *b;
		enum amount_status status;
		money micros;
		int decimals;
	} cases[] = {
		{"6", "2.55", AMOUNT_OK, 15300000, 2},
		{"-6", "2.55", AMOUNT_OK, -15300000, 2},
		{"-2", "-1.5", AMOUNT_OK, 3000000, 1},
		{"0", "5", AMOUNT_OK, 0, 0},
		{"0.001", "0.001", AMOUNT_OK, 1, 6},
		{"0.0001", "0.001", AMOUNT_INEXACT_PRODUCT, 0, 6},
		{"0.0005", "0.02", AMOUNT_OK, 10, 6},
		{"3.333333", "3", AMOUNT_OK, 9999999, 6},
		{"3.333333", "0.1", AMOUNT_INEXACT_PRODUCT, 0, 6},
		{"1000000", "9223372.036854", AMOUNT_OK, 9223372036854000000, 6},
		{"1000000", "9223372.036855", AMOUNT_OVERFLOW, 0, 6},
		{"-1000000", "9223372.036854", AMOUNT_OK, -9223372036854000000, 6},
		{"9223372036854.775807", "1", AMOUNT_OK, 9223372036854775807, 6},
		{"9223372036854.775807", "-1", AMOUNT_OK, -9223372036854775807, 6},
		{"9223372036854.775807", "9223372036854.775807", AMOUNT_INEXACT_PRODUCT, 0, 6},
		{"9223372036854", "1.000001", AMOUNT_OVERFLOW, 0, 6},
		{"12.50", "4.00", AMOUNT_OK, 50000000, 4},
		{"0.000001", "1000000", AMOUNT_OK, 1000000, 6},
		{"1234.5678", "0.25", AMOUNT_OK, 308641950, 6},
	};
	(void)state;
	struct amount_format format = format_of(false, NULL, NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct amount a, b, product = {0};
		assert_int_equal(amount_read(&format, text_of(cases[i].a), &a), AMOUNT_OK);
		assert_int_equal(amount_read(&format, text_of(cases[i].b), &b), AMOUNT_OK);
		enum amount_status status = amount_product(a, b, &product);
		assert_int_equal(status, cases[i].status);
		if (status == AMOUNT_OK) {
			assert_true(product.value == cases[i].micros);
			assert_int_equal(product.decimals, cases[i].decimals);
		}
	}
	struct buffer words = {0};
	amount_explain_product(TEXT("3.3333"), TEXT("0.001"), AMOUNT_INEXACT_PRODUCT, &words);
	buffer_byte(&words, '\0');
	assert_string_equal(words.bytes, "amount '3.3333' times '0.001' has more than six decimals "
					 "(round them in the export)");
	buffer_release(&words);
}

/* Writes whole.fraction in groups, with its sign somewhere and its currency sign somewhere. */
static int write_by(
	const struct amount_format *format, struct amount amount, uint64_t *seed, char *room)
{
	char digits[MONEY_TEXT_SIZE], number[2 * MONEY_TEXT_SIZE];
	money size = amount.value < 0 ? -amount.value : amount.value;
	size_t n_digits = money_write(size, amount.decimals, digits), n = 0;
	size_t n_whole = amount.decimals > 0 ? n_digits - (size_t)amount.decimals - 1 : n_digits;
	bool grouped = format->thousands.length > 0 && random_below(seed, 4) > 0;
	for (size_t i = 0; i < n_digits; i++) {
		if (grouped && i > 0 && i < n_whole && (n_whole - i) % 3 == 0) {
			memcpy(number + n, format->thousands.at, format->thousands.length);
			n += format->thousands.length;
		}
		number[n++] = digits[i] != '.' ? digits[i] : format->decimal_comma ? ',' : '.';
	}
	const char *blank = random_below(seed, 3) == 0 ? " " : "";
	const char *sign = random_below(seed, 2) == 0 ? format->currency_sign.at : "";
	const char *before = random_below(seed, 2) == 0 ? sign : "";
	const char *after = before == sign ? "" : sign;
	if (amount.value >= 0)
		return sprintf(room, "%s%s%.*s%s%s", before, blank, (int)n, number, blank, after);
	switch (random_below(seed, 4)) {
	case 0:
		return sprintf(room, "(%s%s%.*s)%s", before, blank, (int)n, number, after);
	case 1:
		return sprintf(room, "%s%.*s%s-%s", before, (int)n, number, blank, after);
	case 2:
		return sprintf(room, "%s-%s%.*s%s", before, blank, (int)n, number, after);
	default:
		return sprintf(room, "-%s%s%.*s%s", before, blank, (int)n, number, after);
	}
}

static struct amount random_amount(uint64_t *seed)
{
	static const money steps[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	struct amount amount = {.decimals = (int)random_below(seed, MONEY_MAX_DECIMALS + 1)};
	amount.value = (money)(random_next(seed) >> (1 + random_below(seed, 62)));
	amount.value -= amount.value % steps[amount.decimals];
	if (random_below(seed, 2) == 0)
		amount.value = -amount.value;
	return amount;
}

static struct amount_format some_format(size_t i)
{
	static const struct {
		bool decimal_comma;
		const char *thousands, *currency_sign;
	} formats[] = {{false, NULL, ""}, {false, ",", "$"}, {true, ".", "€"}, {false, " ", "CHF"},
		{true, "\u202F", "kr"}, {false, "'", "Rs."}};
	const char *sign = formats[i % COUNT(formats)].currency_sign;
	struct amount_format format = format_of(formats[i % COUNT(formats)].decimal_comma,
		formats[i % COUNT(formats)].thousands, sign[0] == '\0' ? NULL : sign);
	format.currency_sign = text_of(sign);
	return format;
}

static void written_amounts_are_read_back(void **state)
{
	enum { ROUNDS = 120000 };
	uint64_t seed = 3;
	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct amount_format format = some_format(i);
		struct amount written = random_amount(&seed), read = {0};
		char room[4 * MONEY_TEXT_SIZE];
		int n = write_by(&format, written, &seed, room);
		enum amount_status status = read_exactly(&format, room, (size_t)n, &read);
		if (status != AMOUNT_OK || read.value != written.value)
			print_error("'%.*s'\n", n, room);
		assert_int_equal(status, AMOUNT_OK);
		assert_true(read.value == written.value);
		assert_int_equal(read.decimals, written.decimals);
	}
}

/* The quick way and the whole grammar agree: a blank before a value leads past the quick way. */
static void random_bytes_do_no_harm(void **state)
{
	static const char alphabet[] =
		"00112233445566778899..,,--+() '$eNaE\xC2\xA0\xE2\x80\xAF\x99\x92\x88\xFF";
	enum { ROUNDS = 120000, LONGEST = 20 };
	uint64_t seed = 4;
	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct amount_format format = some_format(i);
		char bytes[LONGEST + 1] = " ";
		size_t n = random_below(&seed, LONGEST);
		size_t n_letters = random_below(&seed, 2) == 0 ? 24 : sizeof(alphabet) - 1;
		for (size_t j = 0; j < n; j++)
			bytes[1 + j] = alphabet[random_below(&seed, n_letters)];
		/* The commonest shape, hurt in one place. */
		if (n > 4 && random_below(&seed, 2) == 0) {
			for (size_t j = 0; j < n; j++)
				bytes[1 + j] = alphabet[random_below(&seed, 20)];
			bytes[n - 2] = format.decimal_comma ? ',' : '.';
			bytes[1 + random_below(&seed, n)] =
				alphabet[random_below(&seed, sizeof(alphabet) - 1)];
		}
		struct amount amount = {0}, again = {0};
		struct text value = at_the_end(bytes + 1, n);
		enum amount_status status = amount_read(&format, value, &amount);
		assert_int_equal(read_exactly(&format, bytes, n + 1, &again), status);
		if (status == AMOUNT_OK) {
			assert_true(amount.value == again.value);
			assert_int_equal(amount.decimals, again.decimals);
			assert_true(amount.decimals <= MONEY_MAX_DECIMALS);
			assert_true(amount.value != INT64_MIN);
		} else {
			char *words = explain(&format, value);
			assert_true(strncmp(words, "amount ", 7) == 0);
			free(words);
		}
		forget(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_amounts),
		cmocka_unit_test(bad_amounts),
		cmocka_unit_test(format_errors),
		cmocka_unit_test(products),
		cmocka_unit_test(written_amounts_are_read_back),
		cmocka_unit_test(random_bytes_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
