/* Money: texts are Python's Decimal(value) / 1000000, quantized with ROUND_HALF_UP; reals its
 * float(Fraction(value, 10**6)). */
#include "base/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_writes(money_sum value, int decimals, const char *expected)
{
	char room[MONEY_TEXT_SIZE];
	memset(room, 'x', sizeof(room));
	size_t length = money_write(value, decimals, room);
	assert_string_equal(room, expected);
	assert_int_equal(length, strlen(expected));
}

static void one_amount(void **state)
{
	static const struct {
		money value;
		int decimals;
		const char *text;
	} cases[] = {
		{0, 0, "0"},
		{0, 2, "0.00"},
		{0, 6, "0.000000"},
		{1, 2, "0.00"},
		{-1, 0, "0"},
		{-1, 2, "0.00"},
		{-1, 6, "-0.000001"},
		{499999, 2, "0.50"},
		{500000, 0, "1"},
		{500000, 2, "0.50"},
		{500000, 6, "0.500000"},
		{-500000, 0, "-1"},
		{-500000, 2, "-0.50"},
		{-500000, 6, "-0.500000"},
		{999999, 0, "1"},
		{999999, 2, "1.00"},
		{999999, 6, "0.999999"},
		{1000000, 2, "1.00"},
		{-1234560000, 2, "-1234.56"},
		{1234567, 2, "1.23"},
		{9995000, 2, "10.00"},
		{-9995000, 2, "-10.00"},
		{5000, 2, "0.01"},
		{-4999, 2, "0.00"},
		{-5000, 0, "0"},
		{-5000, 2, "-0.01"},
		{-5000, 6, "-0.005000"},
		{9223372036854775807, 0, "9223372036855"},
		{9223372036854775807, 2, "9223372036854.78"},
		{9223372036854775807, 6, "9223372036854.775807"},
		{-9223372036854775807, 2, "-9223372036854.78"},
		{1000000000000, 2, "1000000.00"},
		{123456789012345678, 2, "123456789012.35"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_writes(cases[i].value, cases[i].decimals, cases[i].text);
}

/* The largest sums there are have 39 digits and a sign, and fit the room. */
static void sums(void **state)
{
	money_sum half = (money_sum)1 << 126, largest = half - 1 + half;
	(void)state;
	assert_writes(largest, 6, "170141183460469231731687303715884.105727");
	assert_writes(-largest - 1, 6, "-170141183460469231731687303715884.105728");
	assert_writes(largest, 2, "170141183460469231731687303715884.11");
	assert_writes((money_sum)INT64_MAX * 1000000000, 6, "9223372036854775807000.000000");
}

static void reals(void **state)
{
	(void)state;
	assert_true(money_as_real(0) == 0.0);
	assert_true(money_as_real(1) == 0x1.0c6f7a0b5ed8dp-20);
	assert_true(money_as_real(-1) == -0x1.0c6f7a0b5ed8dp-20);
	assert_true(money_as_real(2550000) == 0x1.4666666666666p+1);
	assert_true(money_as_real(123456789) == 0x1.edd3c07ee0b0bp+6);
	assert_true(money_as_real(9007199254740991) == 0x1.0c6f7a0b5ed8dp+33);
	assert_true(money_as_real(-9007199254740991) == -0x1.0c6f7a0b5ed8dp+33);
	assert_true(money_as_real(3000000000000001) == 0x1.65a0bc0000002p+31);
	/* Beyond 2^53: Python's float(Fraction(micros, 10**6)), rounded once. */
	assert_true(money_as_real(9007199254740993) == 0x1.0c6f7a0b5ed8ep+33);
	assert_true(money_as_real(5258986265376043509) == 0x1.321d0086c802dp+42);
	assert_true(money_as_real(-7283696135379515030) == -0x1.a7f787bb34e0fp+42);
	const money_sum million = 1000000;
	assert_true(money_as_real(900251900967348 * million + 431583) == 0x1.99631d61fcda3p+49);
	assert_true(money_as_real(800250979355073 * million + 219289) == 0x1.6be979ad84e0ap+49);
	const money_sum largest = (((money_sum)1 << 126) - 1) * 2 + 1;
	assert_true(money_as_real(largest) == 0x1.0c6f7a0b5ed8dp+107);
}

/* 0 when the text is not read. */
static money_sum read_of(const char *text, int *decimals)
{
	money_sum value;
	*decimals = -1;
	return money_read(text_of(text), &value, decimals) ? value : 0;
}

static void reading(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "-", ".", "1.", ".5", "-.5", "+1", "1e5", "1,5",
		" 1", "1 ", "--1", "1.2.3", "0.1234567", "1234567890123456789012345678901"};
	int decimals;
	assert_true(read_of("-12.50", &decimals) == -12500000 && decimals == 2);
	assert_true(read_of("7", &decimals) == 7000000 && decimals == 0);
	assert_true(read_of("0.000001", &decimals) == 1 && decimals == 6);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		money_sum value;
		assert_false(money_read(text_of(wrong[i]), &value, &decimals));
	}
}

/* What is written is read back, beyond 64 bits too. */
static void writing_and_reading(void **state)
{
	(void)state;
	money_sum value = 1;
	for (int i = 0; i < 30; i++, value *= 10)
		for (int sign = -1; sign <= 1; sign += 2) {
			char room[MONEY_TEXT_SIZE];
			int decimals;
			money_sum back;
			struct text text = {room, money_write(sign * value, 6, room)};
			assert_true(money_read(text, &back, &decimals));
			assert_true(back == sign * value && decimals == 6);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(writing_and_reading),
		cmocka_unit_test(one_amount),
		cmocka_unit_test(sums),
		cmocka_unit_test(reals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
