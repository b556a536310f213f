/* Days: every one from 0001-01-01 to 9999-12-31 against Python's datetime. */
#include "base/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* FNV-1a, 64 bits (Fowler, Noll and Vo). */
static uint64_t hash_more(uint64_t hash, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001B3;
	return hash;
}

/* The expected hash is that of these bytes a day, as Python writes them:
 *
 *	f"{d.year:04d}-{d.month:02d}-{d.day:02d}".encode() +
 *		struct.pack("<ib", d.toordinal() - 719163, d.weekday())
 */
static void every_day(void **state)
{
	uint64_t hash = 0xCBF29CE484222325;
	(void)state;
	for (int32_t day = DAY_FIRST; day <= DAY_LAST; day++) {
		char text[DAY_TEXT_SIZE];
		uint32_t bits = (uint32_t)day;
		const char packed[] = {(char)bits, (char)(bits >> 8), (char)(bits >> 16),
			(char)(bits >> 24), (char)day_weekday(day)};
		hash = hash_more(hash, day_write(day, text), DAY_TEXT_SIZE - 1);
		hash = hash_more(hash, packed, sizeof(packed));

		int32_t read = INT32_MIN, counted = INT32_MIN;
		struct civil civil = day_to_civil(day);
		if (!day_read((struct text){text, 10}, &read) ||
			!day_from_civil(civil.year, civil.month, civil.day, &counted) ||
			read != day || counted != day)
			fail_msg("%s is not day %d again", text, (int)day);
	}
	assert_true(hash == 0xEC5CB9F4B66FF1FE);
}

static void known_days(void **state)
{
	/* Python: (date(y, m, d) - date(1970, 1, 1)).days */
	static const struct {
		const char *text;
		int day;
	} cases[] = {{"1970-01-01", 0}, {"1969-12-31", -1}, {"2000-02-29", 11016},
		{"2024-02-29", 19782}, {"0001-01-01", -719162}, {"9999-12-31", 2932896},
		{"1582-10-15", -141427}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int32_t day;
		char room[DAY_TEXT_SIZE];
		assert_true(day_read(text_of(cases[i].text), &day));
		assert_int_equal(day, cases[i].day);
		assert_string_equal(day_write(day, room), cases[i].text);
	}
}

static void days_that_are_none(void **state)
{
	static const int civils[][3] = {{2023, 2, 29}, {1900, 2, 29}, {2024, 2, 30}, {2023, 4, 31},
		{2023, 1, 0}, {2023, 1, 32}, {2023, 0, 1}, {2023, 13, 1}, {0, 1, 1}, {10000, 1, 1},
		{-1, 1, 1}, {2023, -1, 1}, {2023, 1, -1}};
	static const char *const texts[] = {"", "2023-02-29", "2023-2-28", "20230228",
		"2023-02-28 ", " 2023-02-28", "2023/02/28", "2023-02-2x", "-023-02-28",
		"2023-02-28T00:00", "0000-01-01"};
	int32_t day;
	(void)state;
	for (size_t i = 0; i < COUNT(civils); i++)
		assert_false(day_from_civil(civils[i][0], civils[i][1], civils[i][2], &day));
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_false(day_read(text_of(texts[i]), &day));
}

/* Python: calendar.monthrange(year, month)[1]; a Gregorian cycle of 400 years has 146097 days. */
static void lengths_of_months(void **state)
{
	int days = 0;
	(void)state;
	assert_int_equal(days_in_month(2023, 2), 28);
	assert_int_equal(days_in_month(2024, 2), 29);
	assert_int_equal(days_in_month(1900, 2), 28);
	assert_int_equal(days_in_month(2000, 2), 29);
	assert_int_equal(days_in_month(2023, 1), 31);
	assert_int_equal(days_in_month(2023, 4), 30);
	assert_int_equal(days_in_month(2023, 12), 31);
	for (int year = 1601; year <= 2000; year++)
		for (int month = 1; month <= 12; month++)
			days += days_in_month(year, month);
	assert_int_equal(days, 146097);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day),
		cmocka_unit_test(known_days),
		cmocka_unit_test(days_that_are_none),
		cmocka_unit_test(lengths_of_months),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
