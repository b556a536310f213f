/* Calendar periods. ISO week numbers are those of Python's datetime.isocalendar(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analytics/periods.h"

static const struct calendar days = {.unit = PERIOD_DAY};
static const struct calendar weeks = {.unit = PERIOD_WEEK};
static const struct calendar sunday_weeks = {.unit = PERIOD_WEEK, .weeks_start_sunday = true};
static const struct calendar months = {.unit = PERIOD_MONTH};
static const struct calendar quarters = {.unit = PERIOD_QUARTER};
static const struct calendar years = {.unit = PERIOD_YEAR};

static int32_t day_of(const char *name)
{
	int32_t day = 0;
	assert_true(day_read(text_of(name), &day));
	return day;
}

static void assert_named(struct calendar calendar, const char *day, const char *name)
{
	char room[PERIOD_NAME_SIZE];
	int32_t period = period_of(calendar, day_of(day));
	assert_string_equal(period_name(calendar, period, room), name);
}

static void assert_spans(
	struct calendar calendar, const char *day, const char *first, const char *last)
{
	int32_t period = period_of(calendar, day_of(day));
	assert_int_equal(period_first_day(calendar, period), day_of(first));
	assert_int_equal(period_last_day(calendar, period), day_of(last));
}

static void names_are_those_of_the_calendar(void **state)
{
	(void)state;
	assert_named(days, "2024-02-29", "2024-02-29");
	assert_named(months, "2024-02-29", "2024-02");
	assert_named(quarters, "2024-03-31", "2024-Q1");
	assert_named(quarters, "2024-12-31", "2024-Q4");
	assert_named(years, "0042-12-31", "0042");
	assert_named(sunday_weeks, "2024-02-03", "2024-01-28");
}

static void iso_weeks_at_the_turn_of_the_year(void **state)
{
	(void)state;
	assert_named(weeks, "2024-01-29", "2024-W05");
	assert_named(weeks, "2024-12-30", "2025-W01");
	assert_named(weeks, "2021-01-03", "2020-W53");
	assert_named(weeks, "2008-12-29", "2009-W01");
	assert_named(weeks, "2010-01-03", "2009-W53");
	assert_named(weeks, "0001-01-01", "0001-W01");
	assert_named(weeks, "9999-12-31", "9999-W52");
}

static void spans_hold_whole_periods(void **state)
{
	(void)state;
	assert_spans(weeks, "2024-02-01", "2024-01-29", "2024-02-04");
	assert_spans(sunday_weeks, "2024-02-04", "2024-02-04", "2024-02-10");
	assert_spans(months, "2024-02-11", "2024-02-01", "2024-02-29");
	assert_spans(quarters, "2023-11-30", "2023-10-01", "2023-12-31");
	assert_spans(years, "1969-07-20", "1969-01-01", "1969-12-31");
}

static void the_ends_of_the_calendar_are_cut(void **state)
{
	(void)state;
	assert_spans(sunday_weeks, "0001-01-01", "0001-01-01", "0001-01-06");
	assert_spans(weeks, "9999-12-31", "9999-12-27", "9999-12-31");
	assert_spans(months, "9999-12-31", "9999-12-01", "9999-12-31");
	assert_spans(years, "9999-01-01", "9999-01-01", "9999-12-31");
	assert_spans(years, "0001-01-01", "0001-01-01", "0001-12-31");
}

/* Every day lies in its period, periods follow each other without a gap, and names sort. */
static void assert_partition(struct calendar calendar)
{
	char name[PERIOD_NAME_SIZE], before[PERIOD_NAME_SIZE] = "";
	int32_t first = day_of("1599-12-20"), last = day_of("2001-02-03");
	int32_t period = period_of(calendar, first);
	for (int32_t day = first; day <= last; day++) {
		if (day == period_last_day(calendar, period) + 1)
			period++;
		assert_int_equal(period_of(calendar, day), period);
		assert_in_range(day - period_first_day(calendar, period), 0, 365);
		if (day != period_first_day(calendar, period))
			continue;
		assert_true(text_compare(text_of(before),
				    text_of(period_name(calendar, period, name))) < 0);
		period_name(calendar, period, before);
	}
}

static void periods_partition_the_days(void **state)
{
	(void)state;
	assert_partition(days);
	assert_partition(weeks);
	assert_partition(sunday_weeks);
	assert_partition(months);
	assert_partition(quarters);
	assert_partition(years);
}

static void a_period_is_complete_on_its_last_day(void **state)
{
	(void)state;
	int32_t november = period_of(months, day_of("2024-11-05"));
	assert_int_equal(period_last_complete(months, day_of("2024-11-30")), november);
	assert_int_equal(period_last_complete(months, day_of("2024-11-29")), november - 1);
	assert_int_equal(period_last_complete(days, day_of("2024-11-29")), day_of("2024-11-29"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_the_calendar),
		cmocka_unit_test(iso_weeks_at_the_turn_of_the_year),
		cmocka_unit_test(spans_hold_whole_periods),
		cmocka_unit_test(the_ends_of_the_calendar_are_cut),
		cmocka_unit_test(periods_partition_the_days),
		cmocka_unit_test(a_period_is_complete_on_its_last_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
