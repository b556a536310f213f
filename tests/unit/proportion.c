/* Wilson intervals. Published: Newcombe 1998, "Two-sided confidence intervals for the single
 * proportion", Statistics in Medicine 17, table I, method 3 (four digits); the digits after those
 * and the other two cases are the formula in 30-digit arithmetic (mpmath). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analytics/proportion.h"

static void assert_near(double value, double expected)
{
	assert_true(fabs(value - expected) <= 1e-13 * fabs(expected));
}

static void assert_interval(
	int64_t successes, int64_t trials, double confidence, double low, double high)
{
	struct interval interval = wilson_interval(successes, trials, normal_deviate(confidence));
	assert_near(interval.low, low);
	assert_near(interval.high, high);
}

static void intervals_are_the_published_ones(void **state)
{
	(void)state;
	assert_interval(81, 263, .95, .25528851987827423, .36620957698280007);
	assert_interval(15, 148, .95, .06238639953073628, .16048724172330804);
	assert_interval(0, 20, .95, 0, .16112515805281939);
	assert_interval(1, 29, .95, .0061132142927626605, .17175521879320288);
	assert_interval(20, 20, .9, .88084216263903545, 1);
	assert_interval(123456, 1000000, .99, .12261115289079928, .12430584373706008);
}

static void deviates_are_those_of_tables(void **state)
{
	(void)state;
	assert_near(normal_deviate(.95), 1.9599639845400542);
	assert_near(normal_deviate(.8), 1.2815515655446005);
}

static void an_interval_holds_its_proportion_and_stays_inside_0_and_1(void **state)
{
	(void)state;
	double z = normal_deviate(.95);
	for (int64_t trials = 1; trials <= 60; trials++)
		for (int64_t successes = 0; successes <= trials; successes++) {
			struct interval interval = wilson_interval(successes, trials, z);
			double p = (double)successes / (double)trials;
			assert_true(0 <= interval.low && interval.low <= p);
			assert_true(p <= interval.high && interval.high <= 1);
		}
}

static void no_trials_no_interval(void **state)
{
	(void)state;
	struct interval interval = wilson_interval(0, 0, 1.96);
	assert_true(isnan(interval.low) && isnan(interval.high));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_are_the_published_ones),
		cmocka_unit_test(deviates_are_those_of_tables),
		cmocka_unit_test(an_interval_holds_its_proportion_and_stays_inside_0_and_1),
		cmocka_unit_test(no_trials_no_interval),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
