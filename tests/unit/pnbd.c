/* Pareto/NBD. Published: the BTYD vignette. Figures per customer and stress cases: mpmath with 30
 * digits (NUMBERS.md of the reference data); the rest likewise, by integrating over the time of the
 * drop-out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/pnbd.h"
#include "tests/unit/cdnow.h"

static const double cdnow_parameters[4] = {.553277, 10.5776833, .60624, 11.6687332};

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static double log_likelihood(
	const struct ltv_rows *rows, const double parameters[4], double gradient[4])
{
	double at[4];
	for (int i = 0; i < 4; i++)
		at[i] = log(parameters[i]);
	return pnbd_log_likelihood(rows, at, 2, gradient);
}

static struct ltv_orders orders(
	const double parameters[4], int32_t x, double t_x, double T, struct ltv_outlook outlook)
{
	double p = pnbd_p_alive(parameters, x, t_x, T);
	struct ltv_orders alive = pnbd_orders_if_alive(parameters, x, T, &outlook);
	return (struct ltv_orders){p * alive.expected, p * alive.discounted};
}

static void cdnow_likelihood(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	double gradient[4];
	assert_near(log_likelihood(&sample.rows, cdnow_parameters, gradient), -9594.976179, 1e-10);
	for (int i = 0; i < 4; i++)
		assert_true(fabs(gradient[i]) < 1e-3);
	double at[4] = {-.5, 2, .3, 1}, other[4];
	double one = pnbd_log_likelihood(&sample.rows, at, 1, gradient);
	double two = pnbd_log_likelihood(&sample.rows, at, 2, other);
	assert_memory_equal(&one, &two, sizeof(one));
	assert_memory_equal(gradient, other, sizeof(other));
	cdnow_close(&sample);
}

/* P(alive), orders in 39 weeks, discounted orders in 52 weeks, and for ever, at ln(1.1) / 52. */
static void cdnow_customers(void **state)
{
	(void)state;
	static const struct {
		int32_t x;
		double t_x, T, figures[4];
	} known[] = {
		{2, 213, 272, {.869134256, 1.45520165, 1.77139069, 8.15629228}},
		{1, 12, 272, {.167996037, .171114309, .208294358, .959082417}},
		{0, 0, 272, {.295112542, .107070212, .130334635, .600120224}},
		{7, 206, 272, {.749452897, 3.71208689, 4.51865631, 20.8059588}},
		{26, 216, 217, {.997873405, 20.1148207, 24.3719683, 107.738389}},
	};
	double discount = log(1.1) / 52;
	struct ltv_outlook weeks_39 = {39, discount, 1, 1}, year = {52, discount, 1, 1},
			   ever = {INFINITY, discount, 1, 1};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		int32_t x = known[i].x;
		double t_x = known[i].t_x / 7, T = known[i].T / 7;
		const double *figures = known[i].figures;
		assert_near(pnbd_p_alive(cdnow_parameters, x, t_x, T), figures[0], 5e-9);
		assert_near(
			orders(cdnow_parameters, x, t_x, T, weeks_39).expected, figures[1], 5e-9);
		assert_near(orders(cdnow_parameters, x, t_x, T, year).discounted, figures[2], 5e-9);
		assert_near(orders(cdnow_parameters, x, t_x, T, ever).discounted, figures[3], 5e-9);
	}
}

static void published(void **state)
{
	(void)state;
	struct ltv_outlook year = {52, 0, 1, 1};
	assert_near(orders(cdnow_parameters, 0, 0, 0, year).expected, 1.473434, 5e-7);
	static const double vignette[4] = {.55, 10.56, .61, 11.64};
	static const double week[10] = {0, .05077821, .09916088, .14542507, .18979930, .23247466,
		.27361274, .31335159, .35181024, .38909211};
	for (int t = 0; t < 10; t++) {
		struct ltv_outlook weeks = {t, 0, 1, 1};
		assert_near(orders(vignette, 0, 0, 0, weeks).expected, week[t], 1e-6);
	}
	/* Increasing frequency paradox; the parameters behind it are printed to three digits. */
	static const double silent[4] = {.7062289, .1442396, .02250658, .00309267};
	for (int32_t i = 0; i < 4; i++)
		assert_near(orders(cdnow_parameters, 10 + 5 * i, 20, 39, year).expected, silent[i],
			1e-3);
}

static void stress(void **state)
{
	(void)state;
	static const double heavy[4] = {.5143, 2.8845, .2856, 14.1087};
	assert_near(pnbd_p_alive(heavy, 221, 103.42857, 103.57143), .999596052318, 1e-11);
	assert_near(pnbd_p_alive(heavy, 254, 97.14286, 97.28571), .999558226123, 1e-11);
	assert_near(pnbd_p_alive(heavy, 161, 94.71429, 98), .749487752258, 1e-11);
	assert_near(pnbd_p_alive(heavy, 204, 98.57143, 99.42857), .994255079638, 1e-11);
	static const double rounded[4] = {.55, 10.58, .61, 11.67};
	struct ltv_outlook weeks = {10, 0, 1, 1};
	assert_near(orders(rounded, 132, 200, 200, weeks).expected, 6.20605178896, 1e-11);
	assert_near(orders(rounded, 133, 200, 200, weeks).expected, 6.25287224757, 1e-11);
	static const double skewed[4] = {10.465, .00798565181, 3.0516, 2.82};
	for (int32_t x = 400; x <= 500; x += 100)
		for (double T = 20; T < 25; T++) {
			double p = pnbd_p_alive(skewed, x, 20, T);
			assert_true(p >= 0 && p <= 1 && (T > 20 || p == 1));
		}
}

/* ln L, P(alive), orders in 52 weeks, discounted, for ever; s = 1 and alpha = beta, where the
 * textbook forms divide by 0, alpha < beta, and a customer who bought once. */
static void exact_cases(void **state)
{
	(void)state;
	static const struct {
		double parameters[4];
		int32_t x;
		double t_x, value, alive, expected, discounted, for_ever;
	} known[] = {
		{{.55, 10, 1, 12}, 3, 20, -11.8636557049532, .642944909856762, 1.93074286067663,
			1.85327392007033, 5.33848852082054},
		{{.55, 10, .6, 10}, 3, 20, -11.5973010974307, .750463329256096, 2.6333448527784,
			2.52160354110889, 11.0647184949048},
		{{.55, 10, 2.5, 300}, 3, 20, -11.1624488477909, .879487811509698, 3.38414370670395,
			3.23724987821329, 10.6280891556575},
		{{.55, 10, .6, 11}, 0, 0, -.492609087325091, .346712668183732, .189423988315533,
			.181374579671483, .80046990035266},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ltv_rows rows;
		size_t bad;
		const double *parameters = known[i].parameters, T = 30;
		double alive;
		assert_int_equal(
			ltv_rows_group(&rows, &known[i].x, &known[i].t_x, &T, NULL, 1, &bad),
			LTV_ROWS_OK);
		assert_near(log_likelihood(&rows, parameters, NULL), known[i].value, 1e-13);
		assert_near(pnbd_p_alive(parameters, known[i].x, known[i].t_x, T), known[i].alive,
			1e-13);
		pnbd_p_alive_of_rows(parameters, &rows, 1, &alive);
		assert_near(alive, known[i].alive, 1e-13);
		struct ltv_outlook outlook = {52, log(1.1) / 52, 1, 1};
		struct ltv_orders year = orders(parameters, known[i].x, known[i].t_x, T, outlook);
		assert_near(year.expected, known[i].expected, 1e-13);
		assert_near(year.discounted, known[i].discounted, 1e-13);
		outlook.horizon = INFINITY;
		struct ltv_orders ever = orders(parameters, known[i].x, known[i].t_x, T, outlook);
		assert_near(ever.discounted, known[i].for_ever, 1e-12);
		assert_true(isinf(ever.expected) == (parameters[2] <= 1));
		ltv_rows_release(&rows);
	}
}

static void gradient_is_the_slope(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	/* alpha above, at and below beta; drop-outs nearly alike. */
	static const double points[][4] = {
		{-.3, 2.9, .4, 1.8}, {-.3, 2, .4, 2}, {.3, 1, -.7, 2.8}, {-.5, 2.3, 6, 9}};
	for (size_t i = 0; i < 4; i++) {
		double gradient[4];
		pnbd_log_likelihood(&sample.rows, points[i], 1, gradient);
		for (int j = 0; j < 4; j++) {
			double h = 1e-5, moved[4];
			memcpy(moved, points[i], sizeof(moved));
			moved[j] = points[i][j] + h;
			double above = pnbd_log_likelihood(&sample.rows, moved, 1, NULL);
			moved[j] = points[i][j] - h;
			double below = pnbd_log_likelihood(&sample.rows, moved, 1, NULL);
			assert_near(gradient[j], (above - below) / (2 * h), 1e-6);
		}
	}
	cdnow_close(&sample);
}

/* Drop-outs alike: 1 / (1 + mu integral of e^(mu (T - u)) ((alpha + T) / (alpha + u))^R du), for
 * mu = .05, by mpmath. Drop-outs none: alive. */
static void limits(void **state)
{
	(void)state;
	double alike[4] = {.55, 10, 1e7, 2e8};
	assert_near(pnbd_p_alive(alike, 3, 20, 30), .465483167973066, 1e-6);
	static const double none[4] = {.5, 10, 0, 1};
	struct ltv_outlook year = {52, 0, 1, 1};
	assert_true(pnbd_p_alive(none, 30, 1, 100) == 1);
	assert_near(orders(none, 3, 1, 20, year).expected, 52 * 3.5 / 30, 1e-14);
	/* A drop-out rate of half is a beta of twice; of nothing, the NBD. */
	static const double slow[4] = {.55, 10, .6, 22}, fast[4] = {.55, 10, .6, 11};
	struct ltv_outlook as_fitted = {52, .001, 1, 1}, gentler = {52, .001, 1, .5};
	assert_near(pnbd_orders_if_alive(fast, 3, 0, &gentler).discounted,
		pnbd_orders_if_alive(slow, 3, 0, &as_fitted).discounted, 1e-14);
	gentler.dropout_factor = 0;
	assert_near(pnbd_orders_if_alive(fast, 3, 0, &gentler).discounted,
		3.55 / 10 * -expm1(-.052) / .001, 1e-14);
	for (double t = 0; t < 1e6; t = 10 * t + 1)
		for (double s = 1e-9; s < 1e9; s *= 100)
			for (double beta = 1e-200; beta < 1e12; beta *= 1e10) {
				double parameters[4] = {.5, 10, s, beta};
				double p = pnbd_p_alive(parameters, t > 0 ? 3 : 0, t, t + 5);
				assert_true(p >= 0 && p <= 1);
				struct ltv_orders some = orders(parameters, 3, t, t + 5, year);
				assert_true(isfinite(some.expected) && some.expected >= 0);
			}
}

/* Probabilities add up to 1, and their mean is the expectation. */
static void probabilities_add_up(void **state)
{
	(void)state;
	/* [R] BTYD 2.4.3 at its optimum */
	static const double optimum[4] = {
		.553277046975294, 10.5776834636849, .606239986337063, 11.6687352042639};
	static const double known[8] = {.593532383933511, .16558536404966, .0825042511747075,
		.0490523645263478, .0317049549200298, .0214918479601509, .0150165740245002,
		.0107119202645474};
	for (int32_t x = 0; x < 8; x++)
		assert_near(pnbd_probability(optimum, x, 39), known[x], 1e-9);
	double sum = 0, mean = 0;
	for (int32_t x = 0; x < 400; x++) {
		double p = pnbd_probability(optimum, x, 39);
		sum += p;
		mean += x * p;
	}
	struct ltv_outlook weeks = {39, 0, 1, 1};
	assert_near(sum, 1, 1e-12);
	assert_near(orders(optimum, 0, 0, 0, weeks).expected, mean, 1e-11);
	assert_true(pnbd_probability(optimum, 0, 0) == 1 && pnbd_probability(optimum, 3, 0) == 0);
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cdnow_likelihood),
		cmocka_unit_test(cdnow_customers),
		cmocka_unit_test(published),
		cmocka_unit_test(stress),
		cmocka_unit_test(exact_cases),
		cmocka_unit_test(gradient_is_the_slope),
		cmocka_unit_test(limits),
		cmocka_unit_test(probabilities_add_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
