/* Expected orders of a base by week, against BTYD on CDNOW's 1/10 sample; by hand for one customer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analytics/ltv_tracking.h"
#include "base/mem.h"
#include "tests/unit/cdnow.h"

enum { DAYS = 77 * 7 };

/* BTYD 2.4.3, (bgnbd|pnbd).ExpectedCumulativeTransactions over 77 weeks at its own maxima: weeks 1
 * to 9. */
static const struct {
	struct ltv_model model;
	double weeks[9];
} published[] = {
	{{LTV_BGNBD, 1, {0.242594522354229, 4.41360201620624, 0.792922028178229, 2.42590681562141}},
		{4.40548068554689, 17.2414843293114, 38.5784141938146, 68.9438821958207,
			108.596250238093, 158.014034398005, 215.754153611766, 281.807786682802,
			356.47312958040}},
	{{LTV_PNBD, 1, {0.553277046975294, 10.5776834636849, 0.606239986337063, 11.6687352042639}},
		{4.2152553783117, 16.5695414632758, 37.2144823236313, 66.7213037750561,
			105.39218539284, 153.733453479617, 210.405555109632, 275.416771848842,
			349.068645765168}},
};

static void as_btyd(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	int64_t new_customers[DAYS + 1] = {0};
	size_t starts[DAYS + 1];
	double each[DAYS + 1], others[DAYS + 1];
	for (size_t i = 0; i < sample.n; i++)
		new_customers[272 - (size_t)lround(sample.T[i] * 7)]++;
	size_t n_starts = ltv_list_starts(starts, new_customers, DAYS);
	for (size_t m = 0; m < 2; m++) {
		ltv_expect_by_age(each, DAYS, &published[m].model, 7, 1);
		ltv_expect_by_age(others, DAYS, &published[m].model, 7, 3);
		assert_memory_equal(each, others, sizeof(each));
		for (size_t week = 1; week <= 9; week++) {
			double expected = published[m].weeks[week - 1];
			double sum =
				ltv_expect_of_base(each, new_customers, starts, n_starts, week * 7);
			assert_true(fabs(sum - expected) <= 1e-9 * expected);
		}
	}
	cdnow_close(&sample);
}

/* Two thousand years. E[X(t)] by equation 9 of Fader, Hardie and Lee 2005 with mpmath's 2F1 in 80
 * digits. The same of a day however many follow, on any number of threads, and never falling. */
static void two_thousand_years(void **state)
{
	(void)state;
	enum { LAST = 721000 };
	static const struct ltv_model model = {LTV_BGNBD, 1, {.243, 4.414, .793, 2.426}};
	static const struct {
		size_t day;
		double expected;
	} known[] = {
		{1000, 2.6302898029334632},
		{10000, 7.5903223638880133},
		{100000, 16.859017193995628},
		{LAST, 29.846510230010885},
	};
	double *each = mem_array(LAST + 1, sizeof(*each));
	double *fewer = mem_array(LAST + 1, sizeof(*fewer));
	ltv_expect_by_age(each, LAST, &model, 7, 1);
	for (size_t i = 0; i < 4; i++)
		assert_true(fabs(each[known[i].day] / known[i].expected - 1) < 1e-13);
	ltv_expect_by_age(fewer, 100100, &model, 7, 3);
	assert_memory_equal(fewer, each, 100101 * sizeof(*each));
	for (size_t day = 1; day <= LAST; day++)
		assert_true(each[day] >= each[day - 1]);
	mem_free(each);
	mem_free(fewer);
}

/* Regular purchases, where E[X(t)] is a staircase at first: interpolated days are those of
 * ltv_orders(). */
static void interpolated(void **state)
{
	(void)state;
	enum { LAST = 4000 };
	static const struct ltv_model models[] = {
		{LTV_BGCNBD, 12, {5e3, 1e5, .5, 20}},
		{LTV_MBGCNBD, 3, {.3, 1, 1, 1}},
		{LTV_MBGNBD, 1, {1e8, 1e9, 1e7, 1e8}},
		{LTV_PNBD, 1, {.5, 10, .6, 1e-3}},
	};
	double each[LAST + 1];
	for (size_t m = 0; m < sizeof(models) / sizeof(models[0]); m++) {
		ltv_expect_by_age(each, LAST, &models[m], 1, 2);
		for (size_t day = 250; day <= LAST; day += 31) {
			const struct ltv_outlook outlook = {(double)day, 0, 1, 1};
			double expected = ltv_orders(&models[m], 0, 0, 0, &outlook).expected;
			assert_true(fabs(each[day] - expected) <= 1e-12 * expected);
		}
	}
}

/* NBD: r / alpha a unit, for ever. */
static void one_customer(void **state)
{
	(void)state;
	const struct ltv_model model = {LTV_NBD, 1, {2, 10}};
	const int64_t new_customers[4] = {0, 1, 0, 0};
	double each[4];
	size_t starts[4];
	assert_int_equal(ltv_list_starts(starts, new_customers, 3), 1);
	assert_int_equal(starts[0], 1);
	ltv_expect_by_age(each, 3, &model, 1, 1);
	assert_true(each[0] == 0 && fabs(each[3] - .6) < 1e-15);
	assert_true(ltv_expect_of_base(each, new_customers, starts, 1, 0) == 0);
	assert_true(ltv_expect_of_base(each, new_customers, starts, 1, 1) == 0);
	assert_true(fabs(ltv_expect_of_base(each, new_customers, starts, 1, 3) - .4) < 1e-15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_btyd),
		cmocka_unit_test(two_thousand_years),
		cmocka_unit_test(interpolated),
		cmocka_unit_test(one_customer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
