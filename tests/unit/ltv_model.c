/* Models by family: names, scores of all rows at once against one customer at a time, totals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/ltv_model.h"
#include "tests/unit/cdnow.h"

static const struct ltv_model models[] = {
	{LTV_NBD, 1, {.3847662, 12.0720243}},
	{LTV_BGNBD, 1, {.2425945, 4.413602, .7929219, 2.4259064}},
	{LTV_MBGNBD, 1, {.5248431, 6.1830849, .8913595, 1.6140024}},
	{LTV_PNBD, 1, {.553277, 10.5776833, .60624, 11.6687332}},
	{LTV_BGCNBD, 3, {.9, 2.2, .8, 2.5}},
	{LTV_MBGCNBD, 2, {.7, 3.2, .8, 2.5}},
};
enum { N_MODELS = sizeof(models) / sizeof(models[0]) };

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(ltv_family_name(LTV_MBGCNBD), "mbgcnbd");
	assert_string_equal(ltv_parameter_name(LTV_PNBD, 3), "beta");
	assert_string_equal(ltv_parameter_name(LTV_BGNBD, 3), "b");
	assert_int_equal(ltv_n_parameters(LTV_NBD), 2);
	assert_true(ltv_parameter_is_time(LTV_PNBD, 3) && !ltv_parameter_is_time(LTV_BGNBD, 3));
	for (size_t i = 0; i < N_MODELS; i++)
		assert_true(ltv_model_is_valid(&models[i]));
	struct ltv_model model = models[1];
	model.k = 2;
	assert_false(ltv_model_is_valid(&model));
	model = models[1];
	model.parameters[2] = 0;
	assert_true(ltv_model_is_valid(&model));
	model.parameters[3] = 0;
	assert_false(ltv_model_is_valid(&model));
	model.parameters[3] = NAN;
	assert_false(ltv_model_is_valid(&model));
}

static void rows_as_customers(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct ltv_score *scores = mem_array(sample.rows.n_rows, sizeof(*scores));
	struct ltv_score *others = mem_array(sample.rows.n_rows, sizeof(*others));
	static const struct ltv_outlook outlooks[] = {
		{52, .002, 1, 1}, {INFINITY, .002, 1, 1}, {26, 0, 1.2, .8}};
	for (size_t m = 0; m < N_MODELS; m++)
		for (size_t o = 0; o < 3; o++) {
			ltv_score(&models[m], &sample.rows, &outlooks[o], 1, scores);
			ltv_score(&models[m], &sample.rows, &outlooks[o], 2, others);
			assert_memory_equal(scores, others, sample.rows.n_rows * sizeof(*scores));
			for (size_t i = 0; i < sample.n; i += 131) {
				int32_t x = sample.x[i];
				double t_x = sample.t_x[i], T = sample.T[i];
				const struct ltv_score *score = &scores[sample.rows.row_of[i]];
				struct ltv_orders one =
					ltv_orders(&models[m], x, t_x, T, &outlooks[o]);
				assert_near(
					score->p_alive, ltv_p_alive(&models[m], x, t_x, T), 1e-13);
				assert_near(score->orders.discounted, one.discounted, 1e-13);
				if (isfinite(one.expected))
					assert_near(score->orders.expected, one.expected, 1e-13);
				assert_true(score->p_alive >= 0 && score->p_alive <= 1);
				assert_true(score->orders.discounted <=
					    score->orders.expected * (1 + 1e-12));
			}
		}
	mem_free(scores);
	mem_free(others);
	cdnow_close(&sample);
}

struct totals {
	double alive, orders, for_ever;
};

static struct totals totals_of(const struct ltv_model *model, const struct ltv_rows *rows)
{
	struct ltv_score *scores = mem_array(rows->n_rows, sizeof(*scores));
	struct totals totals = {0};
	struct ltv_outlook outlook = {39, log(1.1) / 52, 1, 1};
	ltv_score(model, rows, &outlook, 2, scores);
	for (size_t i = 0; i < rows->n_rows; i++) {
		totals.alive += rows->weight[i] * scores[i].p_alive;
		totals.orders += rows->weight[i] * scores[i].orders.expected;
	}
	outlook.horizon = INFINITY;
	ltv_score(model, rows, &outlook, 2, scores);
	for (size_t i = 0; i < rows->n_rows; i++)
		totals.for_ever += rows->weight[i] * scores[i].orders.discounted;
	mem_free(scores);
	return totals;
}

/* [R] CLVTools 0.12.1 at its own parameters (NUMBERS.md); BTYD 2.4.3 at the optimum. */
static void cdnow_totals(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	static const struct ltv_model clvtools = {LTV_PNBD, 1,
		{.553270010355278, 10.5778006840234, .606019997753176, 11.663914533565}};
	struct totals totals = totals_of(&clvtools, &sample.rows);
	assert_near(totals.alive, 1051.971, 5e-7);
	assert_near(totals.orders, 1665.688, 5e-7);
	assert_near(totals.for_ever, 9012.301, 5e-7);
	assert_near(totals_of(&models[3], &sample.rows).orders, 1665.51310895194, 1e-6);
	assert_near(totals_of(&models[1], &sample.rows).orders, 1653.40869408892, 1e-6);
	assert_near(totals_of(&models[1], &sample.rows).alive, 1917.277, 1e-6);
	assert_near(totals_of(&models[2], &sample.rows).orders, 1576.7283021091, 1e-6);
	cdnow_close(&sample);
}

/* BTYD 2.4.3 and the quadrature reference, every customer, at their optimum. */
static void every_customer(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	struct reference *btyd = reference_open("golden/clv_cdnow_sample/btyd_per_customer.csv.gz");
	struct reference *quadrature =
		reference_open("golden/clv_cdnow_sample/pnbd_quadrature_per_customer.csv.gz");
	static const struct ltv_model optimum[] = {
		{LTV_BGNBD, 1,
			{.242594522354229, 4.41360201620624, .792922028178229, 2.42590681562141}},
		{LTV_MBGNBD, 1,
			{.524843158558555, 6.18308527633433, .891359390961723, 1.61400224271621}},
		{LTV_PNBD, 1,
			{.553277047425265, 10.577683467902068, .6062399827135068,
				11.66873507791815}},
	};
	static const char *const columns[][3] = {
		{"bgnbd_palive", "bgnbd_cet_13", "bgnbd_cet_52"},
		{"mbgnbd_palive", "mbgnbd_cet_13", "mbgnbd_cet_52"},
		{"pnbd_palive", "pnbd_cet_13", "pnbd_cet_52"},
	};
	struct ltv_score *scores = mem_array(sample.rows.n_rows, 2 * sizeof(*scores));
	struct ltv_score *year = scores + sample.rows.n_rows;
	for (size_t m = 0; m < 3; m++) {
		struct ltv_outlook outlook = {13, .0027, 1, 1};
		const struct reference *table = m == 2 ? quadrature : btyd;
		ltv_score(&optimum[m], &sample.rows, &outlook, 2, scores);
		outlook.horizon = 52;
		ltv_score(&optimum[m], &sample.rows, &outlook, 2, year);
		for (size_t i = 0; i < sample.n; i++) {
			uint32_t row = sample.rows.row_of[i];
			assert_near(
				scores[row].p_alive, reference_real(table, i, columns[m][0]), 1e-9);
			assert_near(scores[row].orders.expected,
				reference_real(table, i, columns[m][1]), 1e-9);
			assert_near(year[row].orders.expected,
				reference_real(table, i, columns[m][2]), 1e-9);
		}
	}
	struct ltv_outlook ever = {INFINITY, .0027, 1, 1};
	ltv_score(&optimum[2], &sample.rows, &ever, 2, scores);
	for (size_t i = 0; i < sample.n; i++)
		assert_near(scores[sample.rows.row_of[i]].orders.discounted,
			reference_real(quadrature, i, "pnbd_dert_d0.0027"), 1e-9);
	mem_free(scores);
	reference_close(btyd);
	reference_close(quadrature);
	cdnow_close(&sample);
}

/* [P] Orders in the holdout by repeat purchases before it, 0 to 7 and more: actual, and expected,
 * BG/NBD at BTYD's parameters, Pareto/NBD at those of Fader, Hardie and Lee 2005, printed to three
 * digits. */
static void holdout_by_frequency(void **state)
{
	(void)state;
	static const double actual[8] = {.237, .697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359};
	static const double pareto[8] = {.138, .600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403};
	static const double mixing[8] = {
		.2251, .5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570};
	static const struct ltv_model paper = {LTV_PNBD, 1, {.553, 10.578, .606, 11.669}};
	static const struct ltv_model btyd = {
		LTV_BGNBD, 1, {.2425982, 4.4136842, .7929899, 2.4261667}};
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	double later[8] = {0}, expected[2][8] = {{0}}, customers[8] = {0};
	struct ltv_outlook weeks = {39, 0, 1, 1};
	for (size_t i = 0; i < sample.n; i++) {
		int32_t bin = sample.x[i] < 7 ? sample.x[i] : 7;
		customers[bin]++;
		later[bin] += sample.later[i];
		for (int m = 0; m < 2; m++)
			expected[m][bin] += ltv_orders(m == 0 ? &paper : &btyd, sample.x[i],
				sample.t_x[i], sample.T[i], &weeks)
						    .expected;
	}
	for (int bin = 0; bin < 8; bin++) {
		assert_true(fabs(later[bin] / customers[bin] - actual[bin]) <= 5.01e-4);
		assert_true(fabs(expected[0][bin] / customers[bin] - pareto[bin]) <= 7e-4);
		assert_true(fabs(expected[1][bin] / customers[bin] - mixing[bin]) <= 6e-5);
	}
	cdnow_close(&sample);
}

/* k = 1 is BG/NBD and MBG/NBD. */
static void k_of_1(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	for (int i = 0; i < 2; i++) {
		struct ltv_model one = models[1 + i];
		one.family = i == 0 ? LTV_BGCNBD : LTV_MBGCNBD;
		assert_near(ltv_log_likelihood(&one, &sample.rows, 1),
			ltv_log_likelihood(&models[1 + i], &sample.rows, 1), 1e-15);
		struct ltv_outlook year = {52, .002, 1, 1};
		assert_near(ltv_orders(&one, 3, 20, 38, &year).discounted,
			ltv_orders(&models[1 + i], 3, 20, 38, &year).discounted, 1e-15);
	}
	cdnow_close(&sample);
}

/* Without drop-out every family is the NBD. */
static void no_dropout(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	for (enum ltv_family family = LTV_BGNBD; family <= LTV_PNBD; family++) {
		struct ltv_model model = {family, 1, {.3847662, 12.0720243, 0, 1}};
		assert_near(ltv_log_likelihood(&model, &sample.rows, 1), -9763.657615, 1e-10);
		struct ltv_outlook year = {52, .002, 1, 1};
		assert_near(ltv_orders(&model, 3, 20, 38, &year).discounted,
			ltv_orders(&models[0], 3, 20, 38, &year).discounted, 1e-12);
		assert_true(ltv_p_alive(&model, 100, 1, 300) == 1);
	}
	cdnow_close(&sample);
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(rows_as_customers),
		cmocka_unit_test(cdnow_totals),
		cmocka_unit_test(every_customer),
		cmocka_unit_test(holdout_by_frequency),
		cmocka_unit_test(k_of_1),
		cmocka_unit_test(no_dropout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
