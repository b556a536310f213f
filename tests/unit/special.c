/* Special functions. Expected values: NIST DLMF, and mpmath with 40 digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/special.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void gamma_functions(void **state)
{
	(void)state;
	assert_near(special_digamma(1), -.57721566490153286, 1e-15); /* -Euler's constant */
	assert_near(special_digamma(.5), -1.9635100260214235, 1e-15);
	assert_near(special_digamma(1e-3), -1000.5755719318103, 1e-15);
	assert_near(special_digamma(1e9), 20.723265836446411, 1e-15);
	assert_near(special_log_gamma(.5), .57236494292470009, 1e-15); /* ln sqrt(pi) */
	assert_true(isfinite(special_digamma(1e-305)));
}

static void failures_have_a_fallback(void **state)
{
	(void)state;
	gsl_sf_result good = {.val = 3}, bad = {.val = NAN}, tiny = {.val = 1e-320};
	assert_true(special_value(GSL_SUCCESS, &good, 7) == 3);
	assert_true(special_value(GSL_EDOM, &good, 7) == 7);
	assert_true(special_value(GSL_SUCCESS, &bad, 7) == 7);
	assert_true(special_value(GSL_EUNDRFLW, &tiny, 7) == 0);
}

static void softplus_and_decay(void **state)
{
	(void)state;
	assert_near(special_softplus(0), .69314718055994531, 1e-15);
	assert_near(special_softplus(-40), 4.2483542552915890e-18, 1e-15);
	assert_near(special_softplus(800), 800, 0);
	assert_true(special_softplus(-800) == 0);
	assert_near(special_decay(0, 3), 3, 0);
	assert_near(special_decay(1e-13, 3), 2.99999999999955, 1e-15);
	assert_near(special_decay(.5, 3), 1.5537396797031403, 1e-15);
	assert_near(special_decay(-.5, 3), 6.9633781406761296, 1e-15);
}

static void rising_factorials(void **state)
{
	(void)state;
	static const int32_t counts[] = {0, 1, 5, 70, 2000};
	double value[5], slope[5];
	special_log_rising(.25, counts, 5, 1, value, slope);
	/* mpmath: log(rf(r, n)) and psi(r + n) - psi(r) */
	static const double expected[5] = {
		0, -1.38629436111989, 2.27335338568862, 225.963308738032, 13199.5356042675};
	static const double expected_slope[5] = {
		0, 4, 5.78743086978381, 8.47237951823659, 11.8282309955245};
	for (int i = 0; i < 5; i++) {
		assert_near(value[i], expected[i], 1e-14);
		assert_near(slope[i], expected_slope[i], 1e-14);
	}
	/* By Stirling's series; mpmath in 40 digits. */
	static const struct {
		double r;
		int32_t count;
		double value, slope;
	} far[] = {
		{20, 9, 28.549858949982041, .37943138182268617},
		{.25, 100000, 1051289.2991815609, 15.740376498347536},
		{3.7e6, 1000000, 15248222.796609024, .23922971781799287},
		{1e8, 450, 8289.3073450270508, 4.4999898975302737e-6},
	};
	for (int i = 0; i < 4; i++) {
		special_log_rising(far[i].r, &far[i].count, 1, 1, value, slope);
		assert_near(value[0], far[i].value, 1e-15);
		assert_near(slope[0], far[i].slope, 1e-15);
	}
	/* r beyond what gamma functions could tell apart: r^m and m / r. */
	special_log_rising(1e15, counts, 3, 2, value, slope);
	assert_near(value[2], 10 * log(1e15), 1e-14);
	assert_near(slope[2], 10 / 1e15, 1e-13);
}

/* Twelve nodes integrate polynomials up to the 23rd degree. */
static void legendre_nodes(void **state)
{
	(void)state;
	for (int degree = 0; degree <= 23; degree++) {
		double sum = 0;
		for (int i = 0; i < SPECIAL_NODES; i++)
			sum += special_weight[i] * pow(special_node[i], degree);
		assert_near(sum, 1. / (degree + 1), 1e-14);
	}
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gamma_functions),
		cmocka_unit_test(failures_have_a_fallback),
		cmocka_unit_test(softplus_and_decay),
		cmocka_unit_test(rising_factorials),
		cmocka_unit_test(legendre_nodes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
