/* Gamma-Gamma. Published: Fader and Hardie 2013 (CDNOW: 6.25, 3.74, 15.44); maxima, errors and
 * figures per customer: CLVTools, BTYD 2.4.3 and mpmath (NUMBERS.md and golden/ of the reference
 * data); the rest mpmath, from the densities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/gamma_gamma.h"
#include "base/mem.h"
#include "tests/unit/cdnow.h"
#include "tests/unit/random.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void likelihood_of_one(void **state)
{
	(void)state;
	static const struct {
		int32_t x;
		double spend, value;
	} known[] = {{1, 20, -3.92587138376664}, {4, 35.5, -4.09296424938821},
		{300, 1200, -16.006179471}};
	for (int i = 0; i < 3; i++) {
		struct gamma_gamma_rows rows;
		double at[3] = {log(2.5), log(3.2), log(40)};
		gamma_gamma_rows_group(&rows, &known[i].x, &known[i].spend, 1);
		assert_near(gamma_gamma_log_likelihood(&rows, at, 1, NULL), known[i].value, 1e-12);
		gamma_gamma_rows_release(&rows);
	}
	struct gamma_gamma model = {2.5, 3.2, 40, 1};
	assert_near(gamma_gamma_expected(&model, 3, 22), 27.319587628866, 1e-13);
}

static void cdnow_sample(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct gamma_gamma_rows rows;
	struct gamma_gamma_fit fit;
	gamma_gamma_rows_group(&rows, sample.x, sample.spend, sample.n);
	assert_true(rows.customers == 946 && rows.n_once == 1411 && rows.n_not_positive == 0);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 2), GAMMA_GAMMA_OK);
	assert_true(fabs(fit.log_likelihood - -4055.917695) < 1e-6);
	assert_near(fit.model.p, 6.2495729, 1e-6);
	assert_near(fit.model.q, 3.7442244, 1e-6);
	assert_near(fit.model.v, 15.4435183, 1e-6);
	assert_near(fit.model.p * sqrt(fit.log_covariance[0][0]), 1.190045, 1e-3);
	assert_near(fit.model.q * sqrt(fit.log_covariance[1][1]), .290132, 1e-3);
	assert_near(fit.model.v * sqrt(fit.log_covariance[2][2]), 4.159387, 1e-3);
	assert_true(fit.has_mean && fit.edge == GAMMA_GAMMA_INSIDE);
	assert_near(fit.bic, 3 * log(946) + 2 * 4055.917695, 1e-9);
	gamma_gamma_rows_release(&rows);
	cdnow_close(&sample);
}

static void cdnow_customers(void **state)
{
	(void)state;
	static const struct gamma_gamma model = {6.2495729, 3.7442244, 15.4435183, 0};
	static const double expected[] = {24.65392, 18.91002, 35.17037};
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	for (size_t i = 0; i < 3; i++)
		assert_near(gamma_gamma_expected(&model, sample.x[i], sample.spend[i]), expected[i],
			5e-6);
	/* 7 orders of 516.19 in all; the figure known is for a mean cut to cents. */
	assert_near(gamma_gamma_expected(&model, 7, 73.74), 71.4633, 1e-6);
	assert_near(
		gamma_gamma_expected(&model, sample.x[1515], sample.spend[1515]), 39.8903, 2e-6);
	struct reference *btyd = reference_open("golden/clv_cdnow_sample/btyd_per_customer.csv.gz");
	for (size_t i = 0; i < sample.n; i++)
		assert_near(gamma_gamma_expected(&model, sample.x[i], sample.spend[i]),
			reference_real(btyd, i, "gg_expected_spend"), 1e-6);
	reference_close(btyd);
	cdnow_close(&sample);
}

/* One of 9,451 has spent nothing. */
static void cdnow_master(void **state)
{
	(void)state;
	struct cdnow master = cdnow_open("clv_cdnow_master");
	struct gamma_gamma_rows rows;
	struct gamma_gamma_fit fit;
	gamma_gamma_rows_group(&rows, master.x, master.spend, master.n);
	assert_true(rows.customers == 9450 && rows.n_not_positive == 1);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 2), GAMMA_GAMMA_OK);
	assert_true(fabs(fit.log_likelihood - -40763.476261) < 1e-6);
	assert_near(fit.model.p, 6.2753593, 1e-6);
	assert_near(fit.model.q, 3.6244501, 1e-6);
	assert_near(fit.model.v, 14.9836869, 1e-6);
	gamma_gamma_rows_release(&rows);
	cdnow_close(&master);
}

static void gradient_is_the_slope(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct gamma_gamma_rows rows;
	gamma_gamma_rows_group(&rows, sample.x, sample.spend, sample.n);
	double at[3] = {.7, .4, 3.1}, gradient[3], other[3];
	double one = gamma_gamma_log_likelihood(&rows, at, 1, gradient);
	double two = gamma_gamma_log_likelihood(&rows, at, 2, other);
	assert_memory_equal(&one, &two, sizeof(one));
	assert_memory_equal(gradient, other, sizeof(other));
	for (int i = 0; i < 3; i++) {
		double h = 1e-5, moved[3] = {at[0], at[1], at[2]};
		moved[i] = at[i] + h;
		double above = gamma_gamma_log_likelihood(&rows, moved, 1, NULL);
		moved[i] = at[i] - h;
		double below = gamma_gamma_log_likelihood(&rows, moved, 1, NULL);
		assert_near(gradient[i], (above - below) / (2 * h), 1e-7);
	}
	gamma_gamma_rows_release(&rows);
	cdnow_close(&sample);
}

enum { N = 2000 };

static double uniform(uint64_t *seed)
{
	return ((double)(random_next(seed) >> 11) + .5) * 0x1p-53;
}

/* Mean of x orders of Gamma(2, rate nu). */
static double mean_spend(uint64_t *seed, int32_t x, double nu)
{
	double sum = 0;
	for (int32_t i = 0; i < 2 * x; i++)
		sum -= log(uniform(seed)) / nu;
	return sum / x;
}

static void edges(void **state)
{
	(void)state;
	int32_t *x = mem_array(N, sizeof(*x));
	double *spend = mem_array(N, sizeof(*spend));
	uint64_t seed = 1;
	struct gamma_gamma_rows rows;
	struct gamma_gamma_fit fit;

	for (size_t i = 0; i < N; i++) {
		x[i] = (int32_t)(1 + random_below(&seed, 6));
		spend[i] = mean_spend(&seed, x[i], .1);
	}
	gamma_gamma_rows_group(&rows, x, spend, N);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 1), GAMMA_GAMMA_OK);
	assert_int_equal(fit.edge, GAMMA_GAMMA_CUSTOMERS_ALIKE);
	assert_near(gamma_gamma_expected(&fit.model, 1, 1000), 20, .05);
	assert_near(gamma_gamma_expected(&fit.model, 0, 0), 20, .05);
	assert_true(fit.log_covariance[1][1] == 0 && fit.log_covariance[0][0] > 0);
	gamma_gamma_rows_release(&rows);

	for (size_t i = 0; i < N; i++)
		spend[i] = 10 / (.2 + uniform(&seed));
	gamma_gamma_rows_group(&rows, x, spend, N);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 1), GAMMA_GAMMA_OK);
	assert_int_equal(fit.edge, GAMMA_GAMMA_ORDERS_ALIKE);
	assert_near(gamma_gamma_expected(&fit.model, 1, 33), 33, 1e-4);
	gamma_gamma_rows_release(&rows);

	/* Spend with a tail so heavy that it has no mean: nu ~ Gamma(1/2). */
	for (size_t i = 0; i < N; i++) {
		double half = log(uniform(&seed)) * cos(6.283185307179586 * uniform(&seed));
		spend[i] = mean_spend(&seed, x[i], .01 * half * half + 1e-9);
	}
	gamma_gamma_rows_group(&rows, x, spend, N);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 1), GAMMA_GAMMA_OK);
	assert_false(fit.has_mean);
	assert_true(fit.model.q <= 1);
	assert_near(gamma_gamma_expected(&fit.model, 0, 0), rows.mean, 0);
	for (int32_t orders = 0; orders < 5; orders++)
		assert_true(gamma_gamma_expected(&fit.model, orders, 12) > 0);
	assert_true(gamma_gamma_expected_log_error(&fit, 0, 0) == 0);
	gamma_gamma_rows_release(&rows);

	for (size_t i = 0; i < N; i++)
		spend[i] = 9.99;
	gamma_gamma_rows_group(&rows, x, spend, N);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 1), GAMMA_GAMMA_ALL_EQUAL);
	assert_near(fit.model.fallback, 9.99, 1e-15);
	assert_true(rows.correlation == 0);
	gamma_gamma_rows_release(&rows);

	spend[0] = -1, spend[1] = NAN, x[2] = 0;
	gamma_gamma_rows_group(&rows, x, spend, 11);
	assert_true(rows.n_once == 1 && rows.n_not_positive == 2 && rows.customers == 8);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 1), GAMMA_GAMMA_TOO_FEW);
	gamma_gamma_rows_release(&rows);
	mem_free(x);
	mem_free(spend);
}

/* [C] numpy: corrcoef of x and m_x of the 946 */
/* Gamma with a whole shape and rate 1 (Devroye 1986, IX.2: a sum of exponentials). */
static double gamma_of(uint64_t *seed, int shape)
{
	double sum = 0;
	for (int i = 0; i < shape; i++)
		sum -= log(uniform(seed));
	return sum;
}

/* So many rows that the search begins on a part of them: it ends where the likelihood of all is
 * level, and the parameters that the rows were drawn with lie within four standard errors. */
static void many_rows(void **state)
{
	(void)state;
	enum { MANY = 10000, P = 3, Q = 4, V = 20 };
	int32_t *x = mem_array(MANY, sizeof(*x));
	double *spend = mem_array(MANY, sizeof(*spend)), gradient[3];
	uint64_t seed = 5;
	for (size_t i = 0; i < MANY; i++) {
		x[i] = 1 + (int32_t)random_below(&seed, 6);
		double nu = gamma_of(&seed, Q) / V;
		spend[i] = gamma_of(&seed, P * x[i]) / nu / x[i];
	}
	struct gamma_gamma_rows rows;
	struct gamma_gamma_fit fit;
	gamma_gamma_rows_group(&rows, x, spend, MANY);
	assert_int_equal(rows.n_rows, MANY);
	assert_int_equal(gamma_gamma_fit(&fit, &rows, 2), GAMMA_GAMMA_OK);
	const double at[3] = {log(fit.model.p), log(fit.model.q), log(fit.model.v)};
	const double drawn[3] = {log(P), log(Q), log(V)};
	gamma_gamma_log_likelihood(&rows, at, 1, gradient);
	for (int i = 0; i < 3; i++) {
		double error = sqrt(fit.log_covariance[i][i]);
		assert_true(fabs(gradient[i]) * error < 1e-4);
		assert_true(error < .1 && fabs(at[i] - drawn[i]) < 4 * error);
	}
	gamma_gamma_rows_release(&rows);
	mem_free(x);
	mem_free(spend);
}

static void correlation_of_x_and_spend(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct gamma_gamma_rows rows;
	gamma_gamma_rows_group(&rows, sample.x, sample.spend, sample.n);
	assert_near(rows.correlation, .11388791939125473, 1e-12);
	gamma_gamma_rows_release(&rows);
	cdnow_close(&sample);
}

/* The error of ln E[M] against differences along the parameters. */
static void error_of_the_mean(void **state)
{
	(void)state;
	struct gamma_gamma_fit fit = {.model = {6.25, 3.74, 15.44, 0}};
	static const double covariance[3][3] = {
		{.04, -.01, -.05}, {-.01, .006, .017}, {-.05, .017, .07}};
	memcpy(fit.log_covariance, covariance, sizeof(covariance));
	double slope[3], square = 0;
	for (int i = 0; i < 3; i++) {
		double moved[2];
		for (int side = 0; side < 2; side++) {
			struct gamma_gamma model = fit.model;
			double *parameter = i == 0 ? &model.p : i == 1 ? &model.q : &model.v;
			*parameter *= exp(side == 0 ? -1e-5 : 1e-5);
			moved[side] = log(gamma_gamma_expected(&model, 3, 50));
		}
		slope[i] = (moved[1] - moved[0]) / 2e-5;
	}
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			square += slope[i] * covariance[i][j] * slope[j];
	assert_near(gamma_gamma_expected_log_error(&fit, 3, 50), sqrt(square), 1e-8);
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likelihood_of_one),
		cmocka_unit_test(cdnow_sample),
		cmocka_unit_test(cdnow_customers),
		cmocka_unit_test(cdnow_master),
		cmocka_unit_test(gradient_is_the_slope),
		cmocka_unit_test(edges),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(correlation_of_x_and_spend),
		cmocka_unit_test(error_of_the_mean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
