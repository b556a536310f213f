/* Revenue of new and of known customers. Expected numbers are sums by hand. */
#include "analytics/revenue_periods.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/cohorts.h"
#include "base/day.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct calendar months = {.unit = PERIOD_MONTH};

static int32_t day(int month, int of_month)
{
	int32_t result = 0;
	assert_true(day_from_civil(2024, month, of_month, &result));
	return result;
}

struct row {
	uint32_t customer;
	int month, day;
	money amount;
};

/* Customer 0 begins in January, 1 in March, 2 has returns only; 1 returned in January what was
 * bought before the data began. */
static const struct row rows[] = {
	{0, 1, 5, 100},
	{0, 1, 25, 50},
	{0, 3, 1, 30},
	{0, 3, 2, -40},
	{1, 3, 9, 7},
	{1, 1, 2, -5},
	{2, 2, 1, -1000},
};

static struct activity *activity_of(bool backwards)
{
	struct activity *activity = activity_new(1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[backwards ? COUNT(rows) - 1 - i : i];
		activity_add(activity, 0, row->customer,
			period_of(months, day(row->month, row->day)), row->amount);
	}
	activity_finish(activity, (const uint32_t[]){3}, 1);
	return activity;
}

static void new_and_known(void **state)
{
	(void)state;
	const int32_t first_day[] = {day(1, 5), day(3, 9), NOT_A_MEMBER};
	for (int backwards = 0; backwards < 2; backwards++) {
		struct activity *activity = activity_of(backwards);
		struct revenue_periods periods;
		assert_true(revenue_periods_build(&periods, activity, first_day, 3, months));
		assert_int_equal(periods.n_periods, 3);
		static const int64_t expected[3][2] = {{150, -5}, {0, 0}, {7, -10}};
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(
				periods.periods[i].period, period_of(months, day((int)i + 1, 1)));
			assert_int_equal((int64_t)periods.periods[i].of_new, expected[i][0]);
			assert_int_equal((int64_t)periods.periods[i].of_known, expected[i][1]);
		}
		revenue_periods_release(&periods);
		activity_free(activity);
	}
}

static void nobody(void **state)
{
	(void)state;
	const int32_t first_day[] = {NOT_A_MEMBER, NOT_A_MEMBER, NOT_A_MEMBER};
	struct activity *activity = activity_of(false);
	struct revenue_periods periods;
	assert_false(revenue_periods_build(&periods, activity, first_day, 3, months));
	revenue_periods_release(&periods);
	activity_free(activity);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_and_known),
		cmocka_unit_test(nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
