/* Ranges of customers' figures. Errors by the delta method: mpmath's derivatives of the closed
 * forms of Fader, Hardie and Lee 2005 and of the Pareto/NBD, with BTYD's covariances (golden/ of
 * the reference data). The bootstrap is held against them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/ltv_ranges.h"
#include "tests/unit/cdnow.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static const struct ltv_outlook weeks_39 = {39, .0018, 1, 1};

static void delta_errors(void **state)
{
	(void)state;
	static const struct {
		enum ltv_family family;
		size_t customer; /* 0-based */
		double logit_alive, log_expected;
	} known[] = {
		{LTV_BGNBD, 0, .081656278, .03686206},
		{LTV_BGNBD, 5, .16007058, .092516811},
		{LTV_PNBD, 0, .1901962, .066425245},
		{LTV_PNBD, 2, .13448333, .10143818},
	};
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct ltv_score_error *errors = mem_array(sample.rows.n_rows, sizeof(*errors));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ltv_fit fit;
		assert_int_equal(ltv_fit(&fit, &sample.rows, known[i].family, 0, 1), LTV_FIT_OK);
		ltv_score_errors(&fit, &sample.rows, &weeks_39, 2, errors);
		uint32_t row = sample.rows.row_of[known[i].customer];
		assert_near(errors[row].logit_alive, known[i].logit_alive, 3e-4);
		assert_near(errors[row].log_expected, known[i].log_expected, 3e-4);
		for (size_t j = 0; j < sample.rows.n_rows; j++)
			assert_true(errors[j].logit_alive >= 0 && errors[j].log_discounted > 0 &&
				    errors[j].log_discounted < 1);
	}
	/* BG/NBD: who has not bought again has had no chance to drop out. */
	struct ltv_fit fit;
	ltv_fit(&fit, &sample.rows, LTV_BGNBD, 0, 1);
	ltv_score_errors(&fit, &sample.rows, &weeks_39, 1, errors);
	assert_true(errors[sample.rows.row_of[2]].logit_alive == 0);
	mem_free(errors);
	cdnow_close(&sample);
}

static void delta_ranges(void **state)
{
	(void)state;
	struct ltv_score score = {.8, {2, 1.5}};
	struct ltv_score_error error = {.5, .3, .4};
	struct ltv_range range = ltv_delta_range(&score, &error, 10, .4, 2);
	assert_near(range.p_alive.low, 1 / (1 + .25 * exp(1)), 1e-14);
	assert_near(range.p_alive.high, 1 / (1 + .25 * exp(-1)), 1e-14);
	assert_near(range.expected_orders.low, 2 * exp(-.6), 1e-14);
	assert_near(range.order_value.high, 10 * exp(.8), 1e-14);
	assert_near(range.revenue.high, 20 * exp(2 * .5), 1e-14); /* .3, .4, .5 */
	assert_near(range.clv.low, 15 * exp(-2 * sqrt(.32)), 1e-14);

	struct ltv_score sure = {1, {INFINITY, 0}};
	struct ltv_score_error none = {0, 0, 0};
	range = ltv_delta_range(&sure, &none, 0, 0, 2);
	assert_true(range.p_alive.low == 1 && range.p_alive.high == 1);
	assert_true(range.revenue.low == 0 && range.clv.high == 0);
	assert_true(isinf(range.expected_orders.low));
}

static void bootstrap(void **state)
{
	(void)state;
	enum { DRAWS = 60 };
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct gamma_gamma_rows spend_rows;
	gamma_gamma_rows_group(&spend_rows, sample.x, sample.spend, sample.n);
	struct ltv_fit fit;
	assert_int_equal(ltv_fit(&fit, &sample.rows, LTV_BGNBD, 0, 1), LTV_FIT_OK);
	struct ltv_draws draws, same;
	ltv_bootstrap(&draws, DRAWS, 42, &fit, &sample.rows, &spend_rows, 1);
	assert_int_equal(draws.n, DRAWS);

	/* The spread of the refits is the standard error. */
	for (size_t i = 0; i < 4; i++) {
		double mean = 0, square = 0;
		for (size_t d = 0; d < DRAWS; d++)
			mean += log(draws.models[d].parameters[i]) / DRAWS;
		for (size_t d = 0; d < DRAWS; d++) {
			double off = log(draws.models[d].parameters[i]) - mean;
			square += off * off / (DRAWS - 1);
		}
		assert_near(sqrt(square), sqrt(fit.log_covariance[i][i]), .4);
	}

	struct ltv_range *ranges = mem_array(sample.n, 2 * sizeof(*ranges));
	struct ltv_range *again = ranges + sample.n;
	ltv_draw_ranges(
		&draws, &sample.rows, &weeks_39, sample.x, sample.spend, sample.n, .95, 1, ranges);
	struct ltv_score *scores = mem_array(sample.rows.n_rows, sizeof(*scores));
	struct ltv_score_error *errors = mem_array(sample.rows.n_rows, sizeof(*errors));
	ltv_score(&fit.model, &sample.rows, &weeks_39, 1, scores);
	ltv_score_errors(&fit, &sample.rows, &weeks_39, 1, errors);
	for (size_t i = 0; i < sample.n; i += 97) {
		uint32_t row = sample.rows.row_of[i];
		struct ltv_range delta = ltv_delta_range(&scores[row], &errors[row], 20, .05, 1.96);
		assert_near(ranges[i].expected_orders.low, delta.expected_orders.low, .1);
		assert_near(ranges[i].expected_orders.high, delta.expected_orders.high, .1);
		assert_true(ranges[i].p_alive.high <= 1 && ranges[i].p_alive.low >= 0);
		assert_true(ranges[i].revenue.low > 0 && ranges[i].clv.low < ranges[i].clv.high);
	}

	/* The same seed: the same bytes, with any number of threads. */
	ltv_bootstrap(&same, 3, 42, &fit, &sample.rows, &spend_rows, 2);
	assert_memory_equal(same.models, draws.models, 3 * sizeof(*same.models));
	assert_memory_equal(same.spend, draws.spend, 3 * sizeof(*same.spend));
	ltv_draws_release(&same);
	ltv_draw_ranges(
		&draws, &sample.rows, &weeks_39, sample.x, sample.spend, sample.n, .95, 2, again);
	assert_memory_equal(ranges, again, sample.n * sizeof(*ranges));

	/* Orders for ever, which are infinite where a <= 1; no amounts. */
	ltv_bootstrap(&same, 2, 1, &fit, &sample.rows, NULL, 1);
	struct ltv_outlook ever = {INFINITY, .0018, 1, 1};
	ltv_draw_ranges(&same, &sample.rows, &ever, sample.x, NULL, sample.n, .95, 1, again);
	for (size_t i = 0; i < sample.n; i++)
		assert_true(!isnan(again[i].expected_orders.low) &&
			    !isnan(again[i].expected_orders.high) && again[i].clv.high == 0);
	ltv_draws_release(&same);
	ltv_draws_release(&draws);
	mem_free(ranges);
	mem_free(scores);
	mem_free(errors);
	gamma_gamma_rows_release(&spend_rows);
	cdnow_close(&sample);
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delta_errors),
		cmocka_unit_test(delta_ranges),
		cmocka_unit_test(bootstrap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
