/* Measures of a holdout. [C]: by hand, and numpy for CDNOW with BTYD's expectations (golden/ of the
 * reference data). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analytics/holdout.h"
#include "tests/unit/cdnow.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void by_hand(void **state)
{
	(void)state;
	static const double actual[4] = {0, 3, 1, 0}, expected[4] = {1, 1, 1, 0};
	static const int32_t frequency[4] = {0, 9, 7, 0};
	struct holdout holdout;
	holdout_measure(&holdout, actual, expected, frequency, 4);
	assert_near(holdout.mae, .75, 1e-15);
	assert_near(holdout.rmse, sqrt(5. / 4), 1e-15);
	assert_near(holdout.msle, log(2) * log(2) / 2, 1e-15);
	assert_near(holdout.bias, -.25, 1e-15);
	assert_true(holdout.by_frequency[0].customers == 2);
	assert_true(holdout.by_frequency[7].actual == 4 && holdout.by_frequency[7].expected == 2);
	double customers = 0;
	for (size_t i = 0; i < TENTHS; i++)
		customers += holdout.tenths[i].customers;
	assert_true(customers == 4);
	assert_true(holdout.tenths[2].actual == 0); /* ties: the first first */
	assert_true(holdout_lift(&holdout, 4) == 3 && holdout_lift(&holdout, 0) == 0);
}

static void nothing(void **state)
{
	(void)state;
	struct holdout holdout;
	holdout_measure(&holdout, NULL, NULL, NULL, 0);
	assert_true(holdout.mae == 0 && holdout.bias == 0 && holdout_lift(&holdout, 0) == 0);
	const double none[1] = {0}, some[1] = {2};
	const int32_t once[1] = {0};
	holdout_measure(&holdout, none, some, once, 1);
	assert_true(isinf(holdout.bias) && holdout_lift(&holdout, 9) == 0);
}

static void cdnow(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct reference *btyd = reference_open("golden/clv_cdnow_sample/btyd_per_customer.csv.gz");
	double *expected = mem_array(sample.n, sizeof(*expected));
	for (size_t i = 0; i < sample.n; i++)
		expected[i] = reference_real(btyd, i, "pnbd_cet_39");
	struct holdout holdout;
	holdout_measure(&holdout, sample.later, expected, sample.x, sample.n);
	assert_true(holdout.all.actual == 1882);
	assert_near(holdout.bias, 1665.51310895194 / 1882 - 1, 1e-9);
	assert_near(holdout.mae, .7545233836059336, 1e-12);
	assert_near(holdout.rmse, 1.6028479995538318, 1e-12);
	assert_near(holdout.msle, .2377370124671463, 1e-12);
	assert_near(holdout_lift(&holdout, 0), 4.71645148890949, 1e-12);
	static const double customers[8] = {1411, 439, 214, 100, 62, 38, 29, 64};
	for (size_t i = 0; i < 8; i++)
		assert_true(holdout.by_frequency[i].customers == customers[i]);
	mem_free(expected);
	reference_close(btyd);
	cdnow_close(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(nothing),
		cmocka_unit_test(cdnow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
