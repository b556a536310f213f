/* Fits. Maxima and standard errors on CDNOW: Fader, Hardie and Lee 2005, BTYD 2.4.3, BTYDplus 1.2.0
 * and quadrature (NUMBERS.md and golden/ of the reference data). Edges: simulated customers whose
 * parameters lie there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/ltv_fit.h"
#include "tests/unit/cdnow.h"
#include "tests/unit/random.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

struct known_fit {
	enum ltv_family family;
	double parameters[4], log_likelihood, errors[4];
};

static void hold_against(const struct ltv_rows *rows, const struct known_fit *known)
{
	struct ltv_fit fit;
	assert_int_equal(ltv_fit(&fit, rows, known->family, 0, 2), LTV_FIT_OK);
	assert_true(fabs(fit.log_likelihood - known->log_likelihood) < 1e-6);
	assert_int_equal(fit.dropout, LTV_DROPOUT_VARIES);
	assert_false(fit.rates_alike);
	size_t n = ltv_n_parameters(known->family);
	for (size_t i = 0; i < n; i++) {
		assert_near(fit.model.parameters[i], known->parameters[i], 5e-7);
		assert_true(ltv_parameter_has_error(&fit, i));
		if (known->errors[i] > 0)
			assert_near(ltv_standard_error(&fit, i), known->errors[i], 2e-4);
	}
	assert_near(fit.aic, 2 * (double)n - 2 * known->log_likelihood, 1e-9);
	assert_near(fit.bic, (double)n * log(rows->customers) - 2 * known->log_likelihood, 1e-9);
}

static void cdnow_sample(void **state)
{
	(void)state;
	static const struct known_fit known[] = {
		{LTV_NBD, {.3847662, 12.0720243}, -9763.657615, {.0209853762, .808723182}},
		{LTV_BGNBD, {.2425945, 4.413602, .7929219, 2.4259064}, -9582.429207,
			{.0125573781, .37822406, .185733826, .70541428}},
		{LTV_MBGNBD, {.5248431, 6.1830849, .8913595, 1.6140024}, -9582.135716,
			{.083268206, .695620642, .154789928, .5374948}},
		{LTV_PNBD, {.553277, 10.5776833, .60624, 11.6687332}, -9594.976179,
			{.047627926, .842722534, .18728134, 6.2111135}},
	};
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		hold_against(&sample.rows, &known[i]);

	/* [R] BTYD's covariance of BG/NBD, here of the logarithms. */
	struct ltv_fit fit;
	assert_int_equal(ltv_fit(&fit, &sample.rows, LTV_BGNBD, 0, 2), LTV_FIT_OK);
	const double *theta = fit.model.parameters;
	assert_near(fit.log_covariance[2][3] * theta[2] * theta[3], .123217773768275, 2e-4);
	assert_near(fit.log_covariance[0][1] * theta[0] * theta[1], .00370642005971181, 2e-4);
	struct ltv_interval interval = ltv_parameter_interval(&fit, 2, 1.959963984540054);
	double ratio = exp(1.959963984540054 * .185733826 / .7929219);
	assert_near(interval.low, .7929219 / ratio, 2e-4);
	assert_near(interval.high, .7929219 * ratio, 2e-4);
	cdnow_close(&sample);
}

/* 23,570 customers: the way over a sample. */
static void cdnow_master(void **state)
{
	(void)state;
	static const struct known_fit known[] = {
		{LTV_NBD, {.3872472, 12.2712282}, -96845.344241, {0}},
		{LTV_BGNBD, {.2516239, 4.7889427, .7234336, 2.1610885}, -95368.443933, {0}},
		{LTV_MBGNBD, {.6371397, 7.3102895, .807474, 1.2283937}, -95336.958320, {0}},
		{LTV_PNBD, {.59742, 11.5856583, .5221857, 8.827762}, -95415.118617, {0}},
	};
	struct cdnow master = cdnow_open("clv_cdnow_master");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		hold_against(&master.rows, &known[i]);
	cdnow_close(&master);
}

/* The unit only shifts the likelihood: by ln 7 for each purchase, from weeks to days. */
static void units(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	for (size_t i = 0; i < sample.n; i++) {
		sample.t_x[i] *= 7;
		sample.T[i] *= 7;
	}
	struct ltv_rows days;
	size_t bad;
	assert_int_equal(
		ltv_rows_group(&days, sample.x, sample.t_x, sample.T, NULL, sample.n, &bad),
		LTV_ROWS_OK);
	for (enum ltv_family family = LTV_NBD; family <= LTV_PNBD; family++) {
		struct ltv_fit by_week, by_day;
		assert_int_equal(ltv_fit(&by_week, &sample.rows, family, 0, 1), LTV_FIT_OK);
		assert_int_equal(ltv_fit(&by_day, &days, family, 0, 1), LTV_FIT_OK);
		assert_near(by_week.log_likelihood - by_day.log_likelihood, 2457 * log(7), 1e-10);
		for (size_t i = 0; i < ltv_n_parameters(family); i++)
			assert_near(by_day.model.parameters[i],
				by_week.model.parameters[i] *
					(ltv_parameter_is_time(family, i) ? 7 : 1),
				1e-7);
	}
	ltv_rows_release(&days);
	cdnow_close(&sample);
}

static double uniform(uint64_t *seed)
{
	return ((double)(random_next(seed) >> 11) + .5) * 0x1p-53;
}

/* A customer base that buys at its own rates and leaves at its own times. */
struct simulated {
	uint64_t seed;
	size_t n;
	double (*rate)(uint64_t *seed);     /* orders a week */
	double (*lifetime)(uint64_t *seed); /* weeks from the first purchase */
	int stages;                         /* of a purchase; 1: at random */
};

static void simulate(struct ltv_rows *rows, struct simulated base)
{
	int32_t *x = mem_zeroed(base.n, sizeof(*x));
	double *t_x = mem_zeroed(base.n, 3 * sizeof(*t_x)), *T = t_x + base.n;
	double *log_gaps = T + base.n;
	for (size_t i = 0; i < base.n; i++) {
		T[i] = (double)(30 + random_below(&base.seed, 700));
		double rate = base.rate(&base.seed), end = base.lifetime(&base.seed) * 7;
		for (double t = 0;;) {
			for (int stage = 0; stage < base.stages; stage++)
				t -= log(uniform(&base.seed)) / rate * 7 / base.stages;
			if (t > T[i] || t > end)
				break;
			if (ceil(t) > t_x[i] && ceil(t) <= T[i]) {
				log_gaps[i] += log(ceil(t) - t_x[i]);
				t_x[i] = ceil(t);
				x[i]++;
			}
		}
	}
	size_t bad;
	assert_int_equal(ltv_rows_group(rows, x, t_x, T, log_gaps, base.n, &bad), LTV_ROWS_OK);
	mem_free(x);
	mem_free(t_x);
}

static double exponential(uint64_t *seed)
{
	return -log(uniform(seed));
}

static double varied_rate(uint64_t *seed)
{
	return (exponential(seed) + exponential(seed)) / 20;
}

static double same_rate(uint64_t *seed)
{
	(void)seed;
	return .1;
}

static double rare_rate(uint64_t *seed)
{
	return 1e-9 + 0 * uniform(seed);
}

static double lasting(uint64_t *seed)
{
	(void)seed;
	return INFINITY;
}

static double exponential_lifetime(uint64_t *seed)
{
	return 40 * exponential(seed);
}

static double at_once_or_never(uint64_t *seed)
{
	return uniform(seed) < .4 ? 0 : INFINITY;
}

static struct ltv_fit fit_simulated(struct simulated base, enum ltv_family family)
{
	struct ltv_rows rows;
	struct ltv_fit fit;
	simulate(&rows, base);
	assert_int_equal(ltv_fit(&fit, &rows, family, 0, 2), LTV_FIT_OK);
	struct ltv_score *scores = mem_array(rows.n_rows, sizeof(*scores));
	struct ltv_outlook year = {52, .002, 1, 1};
	ltv_score(&fit.model, &rows, &year, 2, scores);
	for (size_t i = 0; i < rows.n_rows; i++)
		assert_true(scores[i].p_alive >= 0 && scores[i].p_alive <= 1 &&
			    isfinite(scores[i].orders.expected) && scores[i].orders.expected >= 0);
	mem_free(scores);
	assert_true(ltv_model_is_valid(&fit.model));
	/* What is reported is what the parameters give. */
	assert_true(fabs(ltv_log_likelihood(&fit.model, &rows, 1) - fit.log_likelihood) < 1e-6);
	ltv_rows_release(&rows);
	return fit;
}

static void no_dropout_visible(void **state)
{
	(void)state;
	struct simulated base = {2, 1000, varied_rate, lasting, 1};
	struct ltv_fit nbd = fit_simulated(base, LTV_NBD);
	for (enum ltv_family family = LTV_BGNBD; family <= LTV_PNBD; family++) {
		struct ltv_fit fit = fit_simulated(base, family);
		assert_near(fit.log_likelihood, nbd.log_likelihood, 1e-12);
		assert_int_equal(fit.dropout, LTV_DROPOUT_NONE);
		assert_true(fit.model.parameters[2] == 0);
		assert_false(ltv_parameter_has_error(&fit, 2));
		assert_near(fit.model.parameters[0], nbd.model.parameters[0], 1e-6);
		assert_near(ltv_standard_error(&fit, 0), ltv_standard_error(&nbd, 0), 1e-4);
	}
}

static void dropouts_alike(void **state)
{
	(void)state;
	struct ltv_fit fit = fit_simulated(
		(struct simulated){4, 1000, varied_rate, exponential_lifetime, 1}, LTV_PNBD);
	assert_int_equal(fit.dropout, LTV_DROPOUT_ALIKE);
	assert_near(fit.dropout_alike, 1. / 40 / 7, .15); /* a day */
	assert_false(ltv_parameter_has_error(&fit, 2));
	assert_true(ltv_parameter_has_error(&fit, 3)); /* that of s / beta */
	assert_near(fit.model.parameters[2] / fit.model.parameters[3], fit.dropout_alike, 1e-12);
}

static void rates_alike(void **state)
{
	(void)state;
	struct ltv_fit fit =
		fit_simulated((struct simulated){4, 1000, same_rate, lasting, 1}, LTV_NBD);
	assert_true(fit.rates_alike || fit.model.parameters[0] > 50);
	fit = fit_simulated(
		(struct simulated){1, 1000, same_rate, exponential_lifetime, 1}, LTV_MBGNBD);
	assert_true(fit.rates_alike);
	assert_near(fit.rate_alike, fit.model.parameters[0] / fit.model.parameters[1], 1e-12);
}

static void all_or_nothing(void **state)
{
	(void)state;
	struct simulated base = {1, 1000, varied_rate, at_once_or_never, 1};
	struct ltv_fit mbg = fit_simulated(base, LTV_MBGNBD);
	assert_int_equal(mbg.dropout, LTV_DROPOUT_ALL_OR_NOTHING);
	const double *theta = mbg.model.parameters;
	assert_near(theta[2] / (theta[2] + theta[3]), .4, .1);
	struct ltv_fit pareto = fit_simulated(base, LTV_PNBD);
	assert_int_equal(pareto.dropout, LTV_DROPOUT_ALL_OR_NOTHING);
	assert_true(fabs(pareto.log_likelihood - mbg.log_likelihood) < 1);
}

/* Nobody buys more than twice: in BG/NBD all leave then, p = 1, so that x > 0 tells no more than
 * when the first of a Gamma mixture of exponential times has come. */
static void never_twice(void **state)
{
	(void)state;
	int32_t x[400];
	double t_x[400], T[400];
	for (int i = 0; i < 400; i++) {
		T[i] = 10 + i % 40;
		x[i] = i % 4 == 0;
		t_x[i] = x[i] > 0 ? T[i] * (i % 8 == 0 ? .2 : .7) : 0;
	}
	struct ltv_rows rows;
	struct ltv_fit fit, again;
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, NULL, 400, &bad), LTV_ROWS_OK);
	assert_int_equal(ltv_fit(&fit, &rows, LTV_BGNBD, 0, 1), LTV_FIT_OK);
	assert_int_equal(fit.dropout, LTV_DROPOUT_ALIKE);
	assert_near(fit.dropout_alike, 1, 1e-6);
	assert_false(ltv_parameter_has_error(&fit, 2) || ltv_parameter_has_error(&fit, 3));
	/* ln L = sum of ln r / alpha + (r + 1) ln(alpha / (alpha + t_x)), or r ln(alpha / (alpha +
	 * T)) */
	double r = fit.model.parameters[0], alpha = fit.model.parameters[1], sum = 0;
	for (int i = 0; i < 400; i++)
		sum += x[i] > 0 ? log(r / alpha) - (r + 1) * log1p(t_x[i] / alpha)
				: -r * log1p(T[i] / alpha);
	assert_near(fit.log_likelihood, sum, 1e-6);
	assert_int_equal(ltv_fit_again(&again, &rows, &fit, 1), LTV_FIT_OK);
	assert_near(again.log_likelihood, fit.log_likelihood, 1e-9);
	ltv_rows_release(&rows);
}

static void regular_customers(void **state)
{
	(void)state;
	struct simulated base = {8, 1000, varied_rate, exponential_lifetime, 3};
	struct ltv_fit fit = fit_simulated(base, LTV_MBGCNBD);
	assert_int_equal(fit.model.k, 3);
	assert_int_equal(fit.n_parameters, 5);
	struct ltv_fit random = fit_simulated(base, LTV_MBGNBD);
	assert_true(fit.bic < random.bic);

	/* With k given as 1 it is the same model and the same fit. */
	struct ltv_rows rows;
	struct ltv_fit one;
	simulate(&rows, base);
	assert_int_equal(ltv_fit(&one, &rows, LTV_MBGCNBD, 1, 1), LTV_FIT_OK);
	assert_near(one.log_likelihood, random.log_likelihood, 1e-12);
	for (int i = 0; i < 4; i++)
		assert_near(one.model.parameters[i], random.model.parameters[i], 1e-9);
	rows.has_log_gaps = false;
	assert_int_equal(ltv_fit(&one, &rows, LTV_BGCNBD, 0, 1), LTV_FIT_NO_LOG_GAPS);
	ltv_rows_release(&rows);
}

static void too_little_to_go_by(void **state)
{
	(void)state;
	struct ltv_rows rows;
	struct ltv_fit fit;
	simulate(&rows, (struct simulated){1, 500, rare_rate, lasting, 1});
	for (enum ltv_family family = LTV_NBD; family <= LTV_MBGCNBD; family++)
		assert_int_equal(ltv_fit(&fit, &rows, family, 0, 1), LTV_FIT_TOO_FEW_REPEATERS);
	ltv_rows_release(&rows);

	const int32_t x[2] = {0, 0};
	const double t_x[2] = {0, 0}, T[2] = {0, 0};
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, NULL, 2, &bad), LTV_ROWS_OK);
	assert_int_equal(ltv_fit(&fit, &rows, LTV_PNBD, 0, 1), LTV_FIT_ONE_MOMENT);
	ltv_rows_release(&rows);
}

/* Ten equal customers who bought again, and nothing else: no variation at all. */
static void all_equal(void **state)
{
	(void)state;
	int32_t x[12];
	double t_x[12], T[12];
	for (int i = 0; i < 12; i++) {
		x[i] = 3;
		t_x[i] = T[i] = 20;
	}
	struct ltv_rows rows;
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, NULL, 12, &bad), LTV_ROWS_OK);
	for (enum ltv_family family = LTV_NBD; family <= LTV_PNBD; family++) {
		struct ltv_fit fit;
		enum ltv_fit_status status = ltv_fit(&fit, &rows, family, 0, 1);
		assert_int_equal(status, LTV_FIT_OK);
		assert_true(fit.rates_alike);
		assert_near(fit.rate_alike, 3. / 20, 1e-4);
	}
	ltv_rows_release(&rows);
}

/* The same fit again from another's parameters, and one customer base from another's. */
static void again(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct ltv_fit first, second;
	assert_int_equal(ltv_fit(&first, &sample.rows, LTV_PNBD, 0, 1), LTV_FIT_OK);
	assert_int_equal(ltv_fit_again(&second, &sample.rows, &first, 1), LTV_FIT_OK);
	for (int i = 0; i < 4; i++)
		assert_near(second.model.parameters[i], first.model.parameters[i], 1e-7);
	assert_true(second.evaluations < 30);
	cdnow_close(&sample);
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cdnow_sample),
		cmocka_unit_test(cdnow_master),
		cmocka_unit_test(units),
		cmocka_unit_test(no_dropout_visible),
		cmocka_unit_test(dropouts_alike),
		cmocka_unit_test(rates_alike),
		cmocka_unit_test(all_or_nothing),
		cmocka_unit_test(never_twice),
		cmocka_unit_test(regular_customers),
		cmocka_unit_test(too_little_to_go_by),
		cmocka_unit_test(all_equal),
		cmocka_unit_test(again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
