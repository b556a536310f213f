/* Customers by repeat purchases: CDNOW's 1/10 sample against quadrature; by hand for an NBD. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analytics/ltv_frequencies.h"
#include "tests/unit/cdnow.h"

/* Sums over the 2,357 customers of P(X(T) = 0) ... P(X(T) = 6), from the models' definitions in
 * mpmath with 30 digits (Pareto/NBD: quadrature over the time of drop-out); those of BG/NBD are
 * also what lifetimes 0.11.3, probability_of_n_purchases_up_to_time(), adds up to. Parameters:
 * BTYD 2.4.3's maxima; those of NBD are rounded. */
static const struct {
	struct ltv_model model;
	double expected[LTV_FREQUENCIES];
} known[] = {
	{{LTV_NBD, 1, {.3847, 12.0717}},
		{1425.460542547, 399.4333940121, 201.5909333548, 116.9005846738, 72.21715429803,
			46.27024898017, 30.36192447836, 64.76521765557}},
	{{LTV_BGNBD, 1, {0.242594522354229, 4.41360201620624, 0.792922028178229, 2.42590681562141}},
		{1407.684346627, 460.3234627231, 192.4614141882, 101.1641963806, 59.84707887273,
			38.11970549631, 25.54910801605, 71.85068769635}},
	{{LTV_MBGNBD, 1,
		 {0.242594522354229, 4.41360201620624, 0.792922028178229, 2.42590681562141}},
		{1641.53750558, 318.3755916891, 145.6094881868, 81.02074415863, 49.82274134895,
			32.63090323194, 22.33229805494, 65.67072774922}},
	{{LTV_PNBD, 1, {0.553277046975294, 10.5776834636849, 0.606239986337063, 11.6687352042639}},
		{1434.049303914, 396.8779201959, 193.4923921809, 111.8116987603, 69.98998747264,
			45.8555788663, 30.93211792709, 73.99100068257}},
};

/* CDNOW's own counts: those of Fader, Hardie and Lee 2005, figure 2. */
static void of_cdnow(void **state)
{
	(void)state;
	static const double actual[] = {1411, 439, 214, 100, 62, 38, 29, 64};
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	for (size_t m = 0; m < sizeof(known) / sizeof(known[0]); m++) {
		struct ltv_frequency by_x[LTV_FREQUENCIES], others[LTV_FREQUENCIES];
		ltv_count_frequencies(by_x, &sample.rows, &known[m].model, 1);
		ltv_count_frequencies(others, &sample.rows, &known[m].model, 3);
		assert_memory_equal(by_x, others, sizeof(by_x));
		for (int x = 0; x < LTV_FREQUENCIES; x++) {
			double expected = known[m].expected[x];
			assert_true(by_x[x].actual == actual[x]);
			assert_true(fabs(by_x[x].expected - expected) <= 1e-10 * 2357);
		}
	}
	cdnow_close(&sample);
}

/* r = 1 and alpha = T: P(X = x) = 2^-(x + 1). */
static void halves(void **state)
{
	(void)state;
	const struct ltv_model model = {LTV_NBD, 1, {1, 10}};
	const int32_t x[] = {0, 9, 0, 2};
	const double t_x[] = {0, 10, 0, 3}, T[] = {10, 10, 10, 10};
	struct ltv_rows rows;
	struct ltv_frequency by_x[LTV_FREQUENCIES];
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, NULL, 4, &bad), LTV_ROWS_OK);
	ltv_count_frequencies(by_x, &rows, &model, 1);
	for (int i = 0; i + 1 < LTV_FREQUENCIES; i++)
		assert_true(fabs(by_x[i].expected - ldexp(4, -i - 1)) < 1e-14);
	assert_true(fabs(by_x[7].expected - ldexp(4, -7)) < 1e-14);
	assert_true(by_x[0].actual == 2 && by_x[2].actual == 1 && by_x[7].actual == 1);
	ltv_rows_release(&rows);
}

/* Saved models may hold anything: finite, never more than all customers but by rounding. */
static void at_the_edges(void **state)
{
	(void)state;
	static const struct ltv_model models[] = {
		{LTV_BGNBD, 1, {1000, 1e300, 1e-300, 1e-300}},
		{LTV_BGNBD, 1, {1e-6, 20, 1e12, 1e-300}},
		{LTV_BGNBD, 1, {.25, 4, 0, 1}},
		{LTV_MBGNBD, 1, {4, 2.5, 1e6, 1e-6}},
		{LTV_BGCNBD, 1, {1e-300, 1e-3, 20, .999999}},
		{LTV_BGCNBD, 3, {1e-300, .8, 20, 1e-300}},
		{LTV_PNBD, 1, {.8, 1000, 20, 1e-300}},
		{LTV_PNBD, 1, {.8, 1000, 0, 1}},
	};
	const int32_t x[] = {0, 1, 3};
	const double t_x[] = {0, 1. / 7, 30}, T[] = {0, 1. / 7, 100};
	struct ltv_rows rows;
	size_t bad;
	assert_int_equal(ltv_rows_group(&rows, x, t_x, T, NULL, 3, &bad), LTV_ROWS_OK);
	for (size_t m = 0; m < sizeof(models) / sizeof(models[0]); m++) {
		struct ltv_frequency by_x[LTV_FREQUENCIES];
		double all = 0;
		ltv_count_frequencies(by_x, &rows, &models[m], 1);
		for (int i = 0; i < LTV_FREQUENCIES; i++) {
			assert_true(by_x[i].expected >= 0);
			all += by_x[i].expected;
		}
		assert_true(fabs(all - 3) < 1e-9);
	}
	ltv_rows_release(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_cdnow),
		cmocka_unit_test(halves),
		cmocka_unit_test(at_the_edges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
