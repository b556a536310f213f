/* The mean of 1 / (1 - z U), U ~ Beta(p, q). Expected values: mpmath's hyp2f1 and its numerical
 * derivatives, 25 digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analytics/beta_fraction.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

/* The fourth has p + q = 1, where a textbook coefficient is 0 / 0; the sixth and the eighth are
 * too near z = 1 for the continued fraction. */
static const struct {
	double p, q, one_minus_z, value, by_p, by_q, by_log;
} known[] = {
	{.55, 1.6, .9, 1.0269232677161529, .0368817734867235, -.0129696595901947,
		-.255190218508126},
	{2.5, 1.61, .05, 3.3044801762211723, .731084517068116, -1.81062268796607,
		-.717060074186777},
	{26.5, .7, .001, 151.76614148563883, 3.16940404152695, -330.704060664573,
		-67.7758155118341},
	{.3, .7, .2, 1.6206565966927624, 1.59511988705614, -1.01322628269762, -.486196979007829},
	{400.5, 3.05, .3, 3.2758840680725591, .000139152730009895, -.0183745689492618,
		-3.19566697361897},
	{.01, 1.2, 1e-9, 1.0491504780979848, 4.91480616677653, -.228732476451083,
		-.000169904370081438},
	{5, 300, .01, 1.0165518514733798, .00330981499466529, -5.53461826352991e-5,
		-.000170522106839502},
	{1e-4, 2.5, 1e-12, 1.0000666666666665, .666666666664666, -4.44444444440444e-5, NAN},
};

static void values_and_gradients(void **state)
{
	(void)state;
	struct beta_fraction fraction = {0};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct beta_gradient result;
		beta_fraction_reset(&fraction, known[i].p, known[i].q);
		beta_fraction_gradient(&fraction, known[i].one_minus_z, &result);
		assert_near(result.value, known[i].value, 1e-13);
		assert_near(beta_fraction_value(&fraction, known[i].one_minus_z), known[i].value,
			1e-13);
		assert_near(result.by_p, known[i].by_p, 1e-10);
		assert_near(result.by_q, known[i].by_q, 1e-10);
		if (!isnan(known[i].by_log))
			assert_near(result.by_log, known[i].by_log, 1e-9);
	}
	beta_fraction_release(&fraction);
}

/* It is 1 at z = 0, rises with z, and at z = 1 is (p + q - 1) / (q - 1) for q > 1. */
static void ends(void **state)
{
	(void)state;
	struct beta_fraction fraction;
	beta_fraction_init(&fraction, .55, 1.6);
	assert_near(beta_fraction_value(&fraction, 1), 1, 1e-15);
	double last = 1;
	for (double e = .999; e > 1e-300; e *= .8) {
		double value = beta_fraction_value(&fraction, e);
		assert_true(value > last || (e < 1e-12 && value >= last * (1 - 1e-13)));
		last = value;
	}
	assert_near(last, 1.15 / .6, 1e-13);
	struct beta_gradient at_0;
	beta_fraction_gradient(&fraction, 1, &at_0);
	assert_near(at_0.by_log, -.55 / 2.15, 1e-15); /* -E[U] */
	beta_fraction_release(&fraction);
}

/* Between 1 and 1 / (1 - z), and falling as z does, also where the quadrature takes over. */
static void large_and_small(void **state)
{
	(void)state;
	struct beta_fraction fraction = {0};
	static const double sizes[] = {1e-8, 1e-3, 1, 1e3, 1e7};
	for (int i = 0; i < 5; i++)
		for (int j = 0; j < 5; j++)
			for (double e = 1; e > 1e-280; e *= 1e-3) {
				struct beta_gradient result;
				beta_fraction_reset(&fraction, sizes[i], sizes[j]);
				beta_fraction_gradient(&fraction, e, &result);
				assert_true(result.value >= 1 - 1e-15 &&
					    result.value <= 1 / e * (1 + 1e-12));
				assert_true(isfinite(result.by_p) && isfinite(result.by_q) &&
					    isfinite(result.by_log));
				assert_true(result.by_log <= 0);
			}
	beta_fraction_release(&fraction);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_gradients),
		cmocka_unit_test(ends),
		cmocka_unit_test(large_and_small),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
