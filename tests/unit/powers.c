/* Quotients of powers and logarithms of products, against exp and log of the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/powers.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

/* The error of e^x is that of x, times x. */
static void quotients(void **state)
{
	(void)state;
	static const double exponents[] = {
		-1e6, -700.5, -30, -1e-9, 0, 1e-300, .3, 1, 40, 699, 710, 5000, 1e6};
	size_t n = sizeof(exponents) / sizeof(exponents[0]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double x = exponents[i], y = exponents[j];
			if (fabs(x - y) < 690)
				assert_near(power_quotient(power_of(x), power_of(y)), exp(x - y),
					4e-16 * (2 + fabs(x) + fabs(y)));
		}
	assert_true(power_quotient(power_of(1e6), power_of(0)) == INFINITY);
	assert_true(power_quotient(power_of(-1e6), power_of(0)) == 0);
}

static void products(void **state)
{
	(void)state;
	struct log_product product = LOG_PRODUCT_ONE;
	double sum = 0;
	assert_true(log_product_value(&product) == 0);
	for (int i = 0; i < 5000; i++) {
		double value = i % 7 == 0 ? 1e-200 : i % 11 == 0 ? 1e300 : 1 + i * .01;
		double weight = i % 5 == 0 ? 3 : 1;
		log_product_add(&product, value, weight);
		sum += weight * log(value);
	}
	assert_near(log_product_value(&product), sum, 1e-13);
	log_product_add(&product, 0, 1);
	assert_true(log_product_value(&product) == -INFINITY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotients),
		cmocka_unit_test(products),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
