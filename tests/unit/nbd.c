/* The NBD. Expected values: the maximum on CDNOW by BTYDplus 1.2.0 and by quadrature (NUMBERS.md of
 * the reference data), the rest by mpmath with 40 digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analytics/nbd.h"
#include "tests/unit/cdnow.h"

static const double cdnow_parameters[2] = {.3847662, 12.0720243};

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void cdnow_likelihood(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	double at[2] = {log(cdnow_parameters[0]), log(cdnow_parameters[1])}, gradient[2];
	double value = nbd_log_likelihood(&sample.rows, at, gradient);
	assert_near(value, -9763.657615, 1e-10);
	assert_true(fabs(gradient[0]) < 1e-3 && fabs(gradient[1]) < 1e-3); /* the maximum */
	cdnow_close(&sample);
}

/* lambda of everyone is 1/8: (1/8)^x e^(-T/8), to where r can be told from infinity. */
static void customers_alike(void **state)
{
	(void)state;
	struct ltv_rows rows;
	size_t bad;
	const int32_t x[2] = {0, 3};
	const double t_x[2] = {0, 7}, T[2] = {5, 9};
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, NULL, 2, &bad), LTV_ROWS_OK);
	double at[2] = {log(1e12), log(8e12)}, gradient[2];
	assert_near(nbd_log_likelihood(&rows, at, gradient), -14. / 8 - 3 * log(8), 1e-11);
	assert_near(gradient[1], 14. / 8 - 3, 1e-6); /* by ln alpha, that is by -ln lambda */
	ltv_rows_release(&rows);
}

static void gradient_is_the_slope(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	double at[2] = {.2, 1.4}, gradient[2];
	nbd_log_likelihood(&sample.rows, at, gradient);
	for (int i = 0; i < 2; i++) {
		double h = 1e-5, moved[2] = {at[0], at[1]};
		moved[i] = at[i] + h;
		double above = nbd_log_likelihood(&sample.rows, moved, NULL);
		moved[i] = at[i] - h;
		double below = nbd_log_likelihood(&sample.rows, moved, NULL);
		assert_near(gradient[i], (above - below) / (2 * h), 1e-7);
	}
	cdnow_close(&sample);
}

static void probabilities(void **state)
{
	(void)state;
	assert_near(nbd_probability(cdnow_parameters, 0, 39), .574091754369645, 1e-13);
	assert_near(nbd_probability(cdnow_parameters, 3, 39), .0541369569564278, 1e-13);
	assert_near(nbd_probability(cdnow_parameters, 40, 10), 6.24078338176121e-16, 1e-12);
	assert_true(nbd_probability(cdnow_parameters, 0, 0) == 1);
	assert_true(nbd_probability(cdnow_parameters, 1, 0) == 0);
	double sum = 0, mean = 0;
	for (int32_t x = 0; x < 400; x++) {
		double p = nbd_probability(cdnow_parameters, x, 39);
		sum += p;
		mean += x * p;
	}
	assert_near(sum, 1, 1e-13);
	struct ltv_outlook outlook = {39, 0, 1, 1};
	assert_near(nbd_orders(cdnow_parameters, 0, 0, &outlook).expected, mean, 1e-12);
}

static void orders(void **state)
{
	(void)state;
	struct ltv_outlook outlook = {52, log(1.1) / 52, 1, 1};
	struct ltv_orders year = nbd_orders(cdnow_parameters, 2, 272. / 7, &outlook);
	assert_near(year.expected, 2.43490811497804, 1e-14);
	assert_near(year.discounted, 2.32247262185709, 1e-14);
	outlook.horizon = INFINITY;
	struct ltv_orders ever = nbd_orders(cdnow_parameters, 2, 272. / 7, &outlook);
	assert_true(isinf(ever.expected));
	assert_near(ever.discounted, 25.547198840428, 1e-14);
	outlook.order_factor = 1.1;
	assert_near(nbd_orders(cdnow_parameters, 2, 272. / 7, &outlook).discounted,
		1.1 * ever.discounted, 1e-14);
	outlook = (struct ltv_outlook){0, .01, 1, 1};
	assert_true(nbd_orders(cdnow_parameters, 2, 30, &outlook).expected == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cdnow_likelihood),
		cmocka_unit_test(customers_alike),
		cmocka_unit_test(gradient_is_the_slope),
		cmocka_unit_test(probabilities),
		cmocka_unit_test(orders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
