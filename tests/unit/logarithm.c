/* Logarithms. Expected values: mpmath with 36 digits. */
#include "analytics/logarithm.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Within a unit in the last place, or several. */
static void assert_close(double value, double expected, double units)
{
	double unit = nextafter(fabs(expected), INFINITY) - fabs(expected);
	if (!(fabs(value - expected) <= units * unit))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void known_values(void **state)
{
	(void)state;
	static const double known[][2] = {
		{2, 0.6931471805599453},
		{3, 1.0986122886681098},
		{10, 2.302585092994046},
		{365, 5.8998973535824915},
		{.5, -0.6931471805599453},
		{.7, -0.35667494393873245},
		{1 + DBL_EPSILON, 2.2204460492503128e-16},
		{1 - DBL_EPSILON / 2, -1.1102230246251565e-16},
	};
	for (size_t i = 0; i < COUNT(known); i++)
		assert_close(logarithm(known[i][0]), known[i][1], 1);
	assert_true(logarithm(1) == 0);
}

static void known_values_of_one_more(void **state)
{
	(void)state;
	static const double known[][2] = {
		{1, 0.6931471805599453},
		{1e-10, 9.999999999500001e-11},
		{.25, 0.22314355131420976},
		{99, 4.605170185988092},
		{0x1p60, 41.58883083359672},
		{1e-300, 1e-300},
	};
	for (size_t i = 0; i < COUNT(known); i++)
		assert_close(logarithm_1p(known[i][0]), known[i][1], 1);
	assert_true(logarithm_1p(0) == 0);
}

/* As the C library's, which may be off by one unit too. */
static void as_the_c_library(void **state)
{
	(void)state;
	struct random random = random_stream(5, 0);
	for (int i = 0; i < 200000; i++) {
		double near = .5 + 1.5 * random_uniform(&random);
		double any = ldexp(near, (int)random_below(&random, 2000) - 1000);
		assert_close(logarithm(near), log(near), 2);
		assert_close(logarithm(any), log(any), 2);
		assert_close(logarithm_1p(near), log1p(near), 3);
		assert_close(logarithm_1p(any), log1p(any), 3);
	}
	for (int days = 2; days < 4000; days++)
		assert_close(logarithm(days), log(days), 1);
	assert_close(logarithm(DBL_MIN), log(DBL_MIN), 1);
	assert_close(logarithm(DBL_MAX), log(DBL_MAX), 1);
	assert_close(logarithm_1p(DBL_MAX), log(DBL_MAX), 1);
}

static void grows(void **state)
{
	(void)state;
	struct random random = random_stream(6, 0);
	for (int i = 0; i < 100000; i++) {
		double x = 4 * random_uniform(&random) + .25;
		assert_true(logarithm(x * (1 + 4 * DBL_EPSILON)) >= logarithm(x));
		assert_true(logarithm_1p(x * (1 + 4 * DBL_EPSILON)) >= logarithm_1p(x));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
		cmocka_unit_test(known_values_of_one_more),
		cmocka_unit_test(as_the_c_library),
		cmocka_unit_test(grows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
