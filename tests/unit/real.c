/* Doubles as text, against the C library, which rounds exactly, and against published cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/digits.h"
#include "io/real.h"

static uint64_t random_state = 20240229;

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t random_bits(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static double double_of(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The digits of a number, without sign, point, zeros in front and at the end, and exponent. */
static void digits_of(const char *number, char *digits)
{
	size_t n = 0;
	for (; *number != '\0' && *number != 'e'; number++)
		if (*number >= '0' && *number <= '9' && (n > 0 || *number != '0'))
			digits[n++] = *number;
	while (n > 0 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
}

static void assert_shortest(double value)
{
	char text[REAL_ROOM + 1], digits[64], exact[64], exact_digits[64];
	size_t n = real_write(value, REAL_SHORTEST, text);
	assert_in_range(n, 1, REAL_ROOM);
	text[n] = '\0';
	char *end;
	double back = strtod(text, &end);
	if (back != value || *end != '\0')
		fail_msg("%.17g was written %s", value, text);

	digits_of(text, digits);
	int n_digits = (int)strlen(digits);
	if (n_digits < 2)
		return;
	snprintf(exact, sizeof(exact), "%.*e", n_digits - 2, value);
	if (strtod(exact, NULL) == value)
		fail_msg("%s is shorter than %s", exact, text);
	snprintf(exact, sizeof(exact), "%.*e", n_digits - 1, value);
	digits_of(exact, exact_digits);
	if (strtod(exact, NULL) == value && strcmp(digits, exact_digits) != 0)
		fail_msg("%s is nearer than %s", exact, text);
}

static void test_shortest_of_random_bits(void **state)
{
	(void)state;
	for (int i = 0; i < 150000; i++) {
		double value = double_of(random_bits());
		if (isfinite(value) && value != 0)
			assert_shortest(value);
	}
}

/* What reports hold: quotients, rates, cents. */
static void test_shortest_of_usual_values(void **state)
{
	(void)state;
	for (int i = 0; i < 50000; i++) {
		assert_shortest(
			(double)(1 + random_bits() % 10000) / (double)(1 + random_bits() % 10000));
		assert_shortest((double)(1 + random_bits() % 100000000) / 100);
		assert_shortest(exp(-(double)(random_bits() % 1000) / 7));
	}
}

/* The interval that reads back is lopsided at powers of two, and ends at the least double. */
static void test_shortest_at_edges(void **state)
{
	(void)state;
	for (int exponent = -1074; exponent <= 1023; exponent++) {
		double power = ldexp(1, exponent);
		assert_shortest(power);
		assert_shortest(nextafter(power, INFINITY));
		if (exponent > -1074)
			assert_shortest(nextafter(power, 0));
	}
	for (int exponent = -323; exponent <= 308; exponent++) {
		char text[16];
		snprintf(text, sizeof(text), "1e%d", exponent);
		double power = strtod(text, NULL);
		assert_shortest(power);
		assert_shortest(nextafter(power, INFINITY));
		assert_shortest(nextafter(power, 0));
	}
	assert_shortest(DBL_MAX);
	assert_shortest(-DBL_MIN);
	assert_shortest(DBL_TRUE_MIN);
}

static void assert_written(double value, int digits, const char *expected)
{
	char text[REAL_ROOM + 1];
	text[real_write(value, digits, text)] = '\0';
	assert_string_equal(text, expected);
}

static void assert_padded(double value, int digits, const char *expected)
{
	char text[REAL_ROOM + 1];
	text[real_write_padded(value, digits, text)] = '\0';
	assert_string_equal(text, expected);
}

/* Hard cases from the tests of Ryu (Adams 2018, github.com/ulfjack/ryu, ryu/tests/d2s_test.cc). */
static void test_published(void **state)
{
	(void)state;
	assert_written(2.2250738585072014E-308, -1, "2.2250738585072014e-308");
	assert_written(double_of(0x7fefffffffffffff), -1, "1.7976931348623157e308");
	assert_written(double_of(1), -1, "5e-324");
	assert_written(2.98023223876953125E-8, -1, "2.9802322387695312e-8");
	assert_written(-2.109808898695963E16, -1, "-21098088986959630");
	assert_written(4.940656E-318, -1, "4.940656e-318");
	assert_written(1.18575755E-316, -1, "1.18575755e-316");
	assert_written(2.989102097996E-312, -1, "2.989102097996e-312");
	assert_written(9.0608011534336E15, -1, "9060801153433600");
	assert_written(4.708356024711512E18, -1, "4708356024711512000");
	assert_written(9.409340012568248E18, -1, "9409340012568248000");
	assert_written(1.9430376160308388E16, -1, "19430376160308388");
	assert_written(-6.9741824662760956E19, -1, "-69741824662760956000");
	assert_written(4.3816050601147837E18, -1, "4381605060114783700");
	assert_written(9007199254740991.0, -1, "9007199254740991");
	assert_written(9007199254740992.0, -1, "9007199254740992");
	assert_written(5.764607523034235E39, -1, "5.764607523034235e39");
	assert_written(1.8014398509481984E16, -1, "18014398509481984");
}

static void test_layout(void **state)
{
	(void)state;
	assert_written(0, -1, "0");
	assert_written(-0.0, -1, "0");
	assert_written(1, -1, "1");
	assert_written(-12.5, -1, "-12.5");
	assert_written(0.1 + 0.2, -1, "0.30000000000000004");
	assert_written(123456789, -1, "123456789");
	assert_written(0.000001, -1, "0.000001");
	assert_written(0.00000123, -1, "0.00000123");
	assert_written(1e-7, -1, "1e-7");
	assert_written(1.5e-7, -1, "1.5e-7");
	assert_written(1e20, -1, "100000000000000000000");
	assert_written(1e21, -1, "1e21");
	assert_written(-1.25e21, -1, "-1.25e21");
}

static void test_significant_digits(void **state)
{
	(void)state;
	assert_written(1.0 / 3, 4, "0.3333");
	assert_written(0.5, 4, "0.5");
	assert_written(12345.6, 4, "12346");
	assert_written(999999.7, 4, "1000000");
	assert_written(9999.96, 4, "10000");
	assert_written(0.99996, 4, "1");
	assert_written(0.00001234567, 4, "0.00001235");
	assert_written(3.21e-12, 2, "3.2e-12");
	assert_written(9.99999e-7, 3, "0.000001");
	assert_written(1e22 / 3, 4, "3.333e21");
	assert_written(1e18 / 3, 4, "333333333333333300");
	assert_written(-2.0 / 3, 1, "-0.7");
	assert_written(0.1, 17, "0.10000000000000001");
	assert_written(double_of(1), 17, "4.9406564584124654e-324");
	/* Ties of the exact value go to the even digit; 0.15 and 2.675 lie below theirs. */
	assert_written(0.125, 2, "0.12");
	assert_written(0.375, 2, "0.38");
	assert_written(2.5, 1, "2");
	assert_written(0.15, 1, "0.1");
	assert_written(2.675, 3, "2.67");

	assert_padded(0.5, 4, "0.5000");
	assert_padded(1, 4, "1.000");
	assert_padded(0, 4, "0");
	assert_padded(0.99996, 4, "1.000");
	assert_padded(12, 4, "12.00");
	assert_padded(12345.6, 4, "12346");
	assert_padded(12345, 4, "12345");
	assert_padded(-9999.96, 4, "-10000");
	assert_padded(1e300, 4, "1.000e300");
	assert_padded(1e20, 4, "100000000000000000000");
}

/* Every number of digits, against printf's exact rounding. */
static void test_significant_digits_of_random_bits(void **state)
{
	(void)state;
	for (int i = 0; i < 200000; i++) {
		int n_digits = 1 + i % REAL_MAX_DIGITS;
		double value = double_of(random_bits());
		if (i % 2 == 0) /* few bits: many ties */
			value = ldexp((double)(random_bits() % 4096), -(int)(random_bits() % 64));
		if (!isfinite(value) || (fabs(value) >= 1 && fabs(value) < 1e21))
			continue;
		char text[REAL_ROOM + 1], exact[64], digits[64], exact_digits[64];
		text[real_write(value, n_digits, text)] = '\0';
		snprintf(exact, sizeof(exact), "%.*e", n_digits - 1, value);
		digits_of(text, digits);
		digits_of(exact, exact_digits);
		assert_string_equal(digits, exact_digits);
		double back = strtod(text, NULL);
		assert_true(back == strtod(exact, NULL));
	}
	/* From 1 on, digits before the point are kept. */
	for (int i = 0; i < 100000; i++) {
		int n_digits = 1 + i % 6;
		double value = ldexp((double)(random_bits() % 4096), -(int)(random_bits() % 12));
		if (value < 1)
			continue;
		int n_whole = (int)floor(log10(value)) + 1;
		int decimals = n_digits > n_whole ? n_digits - n_whole : 0;
		char text[REAL_ROOM + 1], exact[64];
		text[real_write(value, n_digits, text)] = '\0';
		snprintf(exact, sizeof(exact), "%.*f", decimals, value);
		assert_true(strtod(text, NULL) == strtod(exact, NULL));
		assert_true(strlen(text) <= strlen(exact));
	}
}

static void test_whole_numbers(void **state)
{
	(void)state;
	char text[DIGITS_ROOM], expected[64];
	uint64_t value = 1;
	for (int i = 0; i < 20000; i++) {
		value = i < 60 ? (i % 3 == 0          ? digits_power_of_ten(i / 3)
					 : i % 3 == 1 ? digits_power_of_ten(i / 3) - 1
						      : digits_power_of_ten(i / 3) + 1)
			       : random_bits() >> (random_bits() % 64);
		size_t n = (size_t)snprintf(
			expected, sizeof(expected), "%llu", (unsigned long long)value);
		assert_int_equal(digits_write(value, text), n);
		assert_memory_equal(text, expected, n);
		assert_int_equal(digits_count(value), n);
		n = (size_t)snprintf(expected, sizeof(expected), "%lld", (long long)(int64_t)value);
		assert_int_equal(digits_write_signed((int64_t)value, text), n);
		assert_memory_equal(text, expected, n);
	}
	assert_int_equal(digits_write(0, text), 1);
	assert_int_equal(digits_write_signed(INT64_MIN, text), 20);
	assert_memory_equal(text, "-9223372036854775808", 20);
}

static void test_money(void **state)
{
	(void)state;
	char text[DIGITS_ROOM], expected[MONEY_TEXT_SIZE];
	for (int i = 0; i < 50000; i++) {
		money_sum value = (int64_t)random_bits() >> (random_bits() % 63);
		if (i % 10 == 0)
			value *= (int64_t)random_bits(); /* beyond 64 bits */
		int decimals = i % (MONEY_MAX_DECIMALS + 1);
		size_t n = money_write(value, decimals, expected);
		assert_int_equal(digits_write_money(value, decimals, text), n);
		assert_memory_equal(text, expected, n);
	}
	assert_int_equal(digits_write_money(-5000, 2, text), 5); /* half away from zero */
	assert_memory_equal(text, "-0.01", 5);
	assert_int_equal(digits_write_money(-4999, 2, text), 4);
	assert_memory_equal(text, "0.00", 4);
}

static void test_reading(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		char decimal;
		double value;
	} good[] = {
		{"12", '.', 12},
		{"-0.5", '.', -0.5},
		{"+.5", '.', 0.5},
		{"5.", '.', 5},
		{"1.5e-7", '.', 1.5e-7},
		{"0,5", ',', 0.5},
		{"0.1", '.', 0.1},
	};
	static const char *const bad[] = {"", "-", ".", "e5", "1e", "1e999", "nan", "inf", "0x10",
		" 1", "1 ", "1-2", "1.2.3", "1,5", "NA"};
	double value;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(real_read(text_of(good[i].text), good[i].decimal, &value));
		assert_true(value == good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(real_read(text_of(bad[i]), '.', &value));
	assert_false(real_read(text_of("1.5"), ',', &value));
	assert_false(real_read((struct text){"1\0", 2}, '.', &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shortest_of_random_bits),
		cmocka_unit_test(test_shortest_of_usual_values),
		cmocka_unit_test(test_shortest_at_edges),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_significant_digits),
		cmocka_unit_test(test_significant_digits_of_random_bits),
		cmocka_unit_test(test_whole_numbers),
		cmocka_unit_test(test_money),
		cmocka_unit_test(test_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
