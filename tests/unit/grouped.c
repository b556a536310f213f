/* Numbers grouped in thousands: groups of three, the first not beginning with 0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/grouped.h"

static void assert_plain(const char *separator, const char *number, const char *expected)
{
	char room[GROUPED_ROOM];
	struct text plain;
	assert_true(grouped_plain(text_of(separator), text_of(number), room, &plain));
	assert_true(text_equal(plain, text_of(expected)));
}

static void refuse(const char *separator, const char *number)
{
	char room[GROUPED_ROOM];
	struct text plain;
	assert_false(grouped_plain(text_of(separator), text_of(number), room, &plain));
}

static void test_groups(void **state)
{
	(void)state;
	assert_plain(",", "1,234", "1234");
	assert_plain(",", "-12,345,678.9e3", "-12345678.9e3");
	assert_plain(",", "+999,000", "+999000");
	assert_plain(".", "1.234,5", "1234,5");
	assert_plain(" ", "1\u00A0234\u2009567", "1234567");
	assert_plain("'", "1\u2019234'567", "1234567");
	assert_plain("\u066C", "1\u066C234", "1234");
}

static void test_as_they_are(void **state)
{
	(void)state;
	assert_plain("", "1,234", "1,234");
	assert_plain(",", "", "");
	assert_plain(",", "-", "-");
	assert_plain(",", "1234.5", "1234.5");
	assert_plain(",", "twelve", "twelve");
	/* What is behind the first thing that is neither digit nor separator is for others to
	 * judge. */
	assert_plain(",", "1.5,000", "1.5,000");
}

static void test_refused(void **state)
{
	(void)state;
	char digits[GROUPED_ROOM + 8] = "1,234";
	refuse(",", "1,23");
	refuse(",", "0,123");
	refuse(",", "1234,567");
	refuse(",", ",123");
	refuse(",", "1,,234");
	refuse(",", "1,2345");
	refuse(",", "1,234,");
	for (size_t i = 5; i <= GROUPED_ROOM; i++)
		digits[i] = '0';
	refuse(",", digits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_as_they_are),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
