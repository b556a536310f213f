/* Scales and ticks. Expected ticks are by hand, from the rule: multiples of 1, 2 or 5 times a power
 * of ten, the finest that need no more ticks than asked for. */
#include "io/plot_scale.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double value, double expected, double tolerance)
{
	assert_true(fabs(value - expected) <= tolerance);
}

static struct range range_of(const double *values, size_t n)
{
	struct range range = range_empty();
	range_take(&range, values, n);
	return range;
}

static void ranges(void **state)
{
	(void)state;
	const double values[] = {3, NAN, -2, INFINITY, 7, -INFINITY};
	struct range range = range_of(values, COUNT(values));
	assert_true(range.low == -2 && range.high == 7);
	range = range_of(values, 0);
	assert_true(range.low > range.high);
	range = range_of(values + 1, 1);
	assert_true(range.low > range.high);
}

/* The first tick, the step, how many; and the range is what they cover. */
static void nice_ticks(void **state)
{
	(void)state;
	static const struct {
		double low, high;
		int most;
		bool whole;
		double first, step;
		int n;
	} cases[] = {
		{0, 100, 6, false, 0, 20, 6},
		{3.2, 97, 6, false, 0, 20, 6},
		{0, 1, 6, false, 0, .2, 6},
		{0, .36, 5, false, 0, .1, 5},
		{-35, 80, 6, false, -50, 50, 4},
		{-9, -2, 5, false, -10, 2, 5},
		{0, 9, 3, true, 0, 5, 3},
		{0, 2, 11, true, 0, 1, 3}, /* no halves of customers */
		{0, 2, 11, false, 0, .2, 11},
		{0, 999999999, 5, true, 0, 5e8, 3},
		{5, 5, 5, false, 0, 2, 4},    /* a single point: 0 comes into sight */
		{-5, -5, 5, false, -6, 2, 4}, /* and from below */
		{0, 0, 5, false, 0, .5, 3},
		{1e18, 1e18, 3, true, 0, 5e17, 3},
		{1, 1 + 1e-15, 2, false, 0, 1, 2}, /* doubles that no tick can tell apart */
		{0, 1e-7, 3, false, 0, 5e-8, 3},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct range range = {cases[i].low, cases[i].high};
		struct ticks ticks = ticks_over(&range, cases[i].most, cases[i].whole);
		assert_near(ticks.step, cases[i].step, 1e-12 * cases[i].step);
		assert_near(ticks.first, cases[i].first, 1e-12 * cases[i].step);
		assert_int_equal(ticks.n, cases[i].n);
		assert_true(range.low <= cases[i].low + 1e-9 * ticks.step);
		assert_true(range.high >= cases[i].high - 1e-9 * ticks.step);
		assert_near(range.low, ticks_at(&ticks, 0), 1e-9 * ticks.step);
		assert_near(range.high, ticks_at(&ticks, ticks.n - 1), 1e-9 * ticks.step);
	}
}

/* Whatever comes in, a scale that can be drawn comes out. */
static void degenerate_ticks(void **state)
{
	(void)state;
	static const double ends[][2] = {
		{INFINITY, -INFINITY},
		{0, 0},
		{1e308, 1e308},
		{-1e308, 1e308},
		{5e-324, 5e-324},
		{-1e-310, 1e-310},
		{1e15, 1e15 + 1},
		{123456789, 123456789.5},
	};
	for (size_t i = 0; i < COUNT(ends); i++)
		for (int most = 0; most < 12; most++)
			for (int whole = 0; whole < 2; whole++) {
				struct range range = {ends[i][0], ends[i][1]};
				struct ticks ticks = ticks_over(&range, most, whole);
				assert_true(ticks.n >= 2 && ticks.n <= 14);
				assert_true(isfinite(ticks.first) && ticks.step > 0);
				assert_true(range.low < range.high);
				for (int k = 1; k < ticks.n; k++)
					assert_true(ticks_at(&ticks, k) > ticks_at(&ticks, k - 1));
				struct plot_scale scale = {range.low, range.high, 0, 100};
				assert_true(isfinite(plot_scale_at(&scale, range.low)));
			}
}

static void ticks_that_keep_the_range(void **state)
{
	(void)state;
	struct range range = {13, 87};
	struct ticks ticks = ticks_inside(&range, 6, false);
	assert_near(ticks.first, 20, 1e-12);
	assert_near(ticks.step, 20, 1e-12);
	assert_int_equal(ticks.n, 4);
	assert_true(range.low == 13 && range.high == 87);
	range = (struct range){1, 24};
	ticks = ticks_inside(&range, 13, true);
	assert_near(ticks.step, 2, 1e-12);
	assert_int_equal(ticks.n, 12);
}

static void scales(void **state)
{
	(void)state;
	struct plot_scale scale = {0, 10, 300, 20};
	assert_near(plot_scale_at(&scale, 0), 300, 1e-9);
	assert_near(plot_scale_at(&scale, 10), 20, 1e-9);
	assert_near(plot_scale_at(&scale, 2.5), 230, 1e-9);
}

static void tick_labels(void **state)
{
	(void)state;
	static const struct {
		double low, high;
		int most;
		enum plot_unit unit;
		int i;
		const char *text;
	} cases[] = {
		{0, 1, 6, PLOT_SHARE, 1, "20%"},
		{0, .01, 6, PLOT_SHARE, 1, "0.2%"},
		{0, 1, 6, PLOT_REAL, 3, "0.6"},
		{-1, 1, 5, PLOT_REAL, 2, "0"},
		{0, .02, 5, PLOT_SHARE, 0, "0%"},
		{0, 4000, 4, PLOT_COUNT, 1, "2,000"},
		{0, 90000, 4, PLOT_COUNT, 1, "50k"},
		{0, 900000, 4, PLOT_MONEY, 2, "1.0M"},
		{0, 900000, 4, PLOT_MONEY, 1, "0.5M"},
		{0, 4e9, 5, PLOT_MONEY, 2, "2B"},
		{0, 4e12, 5, PLOT_MONEY, 2, "2T"},
		{-40000, 40000, 5, PLOT_MONEY, 0, "-40k"},
		{0, 4e21, 5, PLOT_MONEY, 1, "1e21"},
		{0, 1e-7, 3, PLOT_REAL, 1, "5e-8"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char room[PLOT_NUMBER_ROOM];
		struct range range = {cases[i].low, cases[i].high};
		struct ticks ticks = ticks_over(&range, cases[i].most, false);
		size_t n =
			plot_tick_write(ticks_at(&ticks, cases[i].i), &ticks, cases[i].unit, room);
		assert_string_equal(room, cases[i].text);
		assert_int_equal(room[n], '\0');
	}
}

static void numbers(void **state)
{
	(void)state;
	static const struct {
		double value;
		enum plot_unit unit;
		const char *full, *brief;
	} cases[] = {
		{0, PLOT_COUNT, "0", "0"},
		{7, PLOT_COUNT, "7", "7"},
		{999, PLOT_COUNT, "999", "999"},
		{1000, PLOT_COUNT, "1,000", "1k"},
		{-1234567, PLOT_COUNT, "-1,234,567", "-1.23M"},
		{.1234, PLOT_SHARE, "12.3%", "12%"},
		{.0123, PLOT_SHARE, "1.2%", "1%"},
		{.0042, PLOT_SHARE, "0.4%", "0.4%"},
		{0, PLOT_SHARE, "0.0%", "0%"},
		{1, PLOT_SHARE, "100.0%", "100%"},
		{1234.5, PLOT_MONEY, "1,234.50", "1.23k"},
		{-.001, PLOT_MONEY, "0.00", "0.00"},
		{12345678.9, PLOT_MONEY, "12,345,678.90", "12.3M"},
		{.12345, PLOT_REAL, "0.1235", "0.12"},
		{123456, PLOT_REAL, "123,456", "123k"},
		{NAN, PLOT_COUNT, "-", NULL},
		{1e22, PLOT_MONEY, "1e22", "1e22"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char room[PLOT_NUMBER_ROOM];
		plot_number_write(cases[i].value, cases[i].unit, 2, room);
		assert_string_equal(room, cases[i].full);
		if (cases[i].brief == NULL)
			continue;
		plot_short_write(cases[i].value, cases[i].unit, room);
		assert_string_equal(room, cases[i].brief);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(nice_ticks),
		cmocka_unit_test(degenerate_ticks),
		cmocka_unit_test(ticks_that_keep_the_range),
		cmocka_unit_test(scales),
		cmocka_unit_test(tick_labels),
		cmocka_unit_test(numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
