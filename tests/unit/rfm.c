/* Cuts, scores and segments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analytics/rfm.h"

/* R 4.2: quantile(c(1, 1, 2, 3, 5, 8, 13, 21, 34, 55), c(.2, .4, .6, .8)) is 1.8, 4.2, 10, 23.6;
 * by hand: h = 9/5, 18/5, 27/5, 36/5. */
static void test_cuts_are_quantiles(void **state)
{
	(void)state;
	double x[] = {55, 1, 13, 2, 34, 3, 1, 5, 21, 8};
	const double expected[] = {1.8, 4.2, 10, 23.6};
	struct rfm_cuts cuts;
	rfm_find_cuts(x, 10, 5, 1, &cuts);
	assert_int_equal(cuts.n_cuts, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(
			cuts.cuts[i] - expected[i] < 1e-12 && expected[i] - cuts.cuts[i] < 1e-12);
}

/* 254.80 + 0.6 (255.13 - 254.80) is 254.998, also as the nearest double: in doubles of the currency
 * it comes out as 254.99800000000002. */
static void test_money_is_cut_in_micro_units(void **state)
{
	(void)state;
	double x[] = {254800000, 255130000, 255130000, 255130000};
	struct rfm_cuts cuts;
	rfm_find_cuts(x, 4, 5, 1e6, &cuts);
	assert_true(cuts.cuts[0] == 254.998);
}

static void test_a_value_on_a_cut_scores_below_it(void **state)
{
	(void)state;
	const struct rfm_cuts cuts = {4, {10, 20, 30, 40}};
	assert_int_equal(rfm_score(&cuts, 10), 1);
	assert_int_equal(rfm_score(&cuts, 10.000001), 2);
	assert_int_equal(rfm_score(&cuts, 40), 4);
	assert_int_equal(rfm_score(&cuts, 41), 5);
	assert_int_equal(rfm_reversed(&cuts, 1), 5);
	assert_int_equal(rfm_reversed(&cuts, 5), 1);
}

static void test_repeated_cut_is_found(void **state)
{
	(void)state;
	double ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 9};
	struct rfm_cuts cuts;
	rfm_find_cuts(ones, 10, 5, 1, &cuts);
	assert_true(rfm_cut_repeats(&cuts, 1));
	assert_false(rfm_cut_repeats(&cuts, 0));
	assert_false(rfm_cut_repeats(&cuts, 4));
	/* Of the scores only 1 and those above the last cut are given. */
	assert_int_equal(rfm_score(&cuts, 1), 1);
	assert_true(rfm_score(&cuts, 9) == 5);
	const struct rfm_cuts distinct = {4, {1, 2, 3, 4}};
	for (size_t i = 0; i < 4; i++)
		assert_false(rfm_cut_repeats(&distinct, i));
}

static void test_one_customer(void **state)
{
	(void)state;
	double x[] = {3};
	struct rfm_cuts cuts;
	rfm_find_cuts(x, 1, 5, 1, &cuts);
	assert_int_equal(rfm_score(&cuts, 3), 1);
}

static void test_scores_never_fall_with_the_value(void **state)
{
	(void)state;
	double x[100], sorted[100];
	uint64_t seed = 3;
	for (int bins = RFM_LEAST_BINS; bins <= RFM_MOST_BINS; bins++) {
		for (size_t i = 0; i < 100; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			x[i] = (double)(seed >> 60);
		}
		memcpy(sorted, x, sizeof(x));
		struct rfm_cuts cuts;
		rfm_find_cuts(sorted, 100, bins, 1, &cuts);
		for (size_t i = 0; i < 100; i++) {
			int score = rfm_score(&cuts, x[i]);
			assert_true(score >= 1 && score <= bins);
			for (size_t j = 0; j < 100; j++)
				assert_true(x[j] < x[i] || rfm_score(&cuts, x[j]) >= score);
		}
	}
}

static void test_standard_rules_take_every_combination(void **state)
{
	(void)state;
	int missing[3];
	assert_true(rfm_rules_complete(rfm_standard_rules, rfm_n_standard_rules, missing));
	for (int bins = RFM_LEAST_BINS; bins <= RFM_MOST_BINS; bins++)
		for (int r = 1; r <= bins; r++)
			for (int f = 1; f <= bins; f++)
				for (int m = 0; m <= bins; m++)
					assert_true(rfm_segment(rfm_standard_rules,
							    rfm_n_standard_rules, bins, r, f,
							    m) < rfm_n_standard_rules);
}

static void test_every_standard_segment_is_reached(void **state)
{
	(void)state;
	size_t reached[32] = {0};
	assert_true(rfm_n_standard_rules <= 32);
	for (int r = 1; r <= 5; r++)
		for (int f = 1; f <= 5; f++)
			for (int m = 1; m <= 5; m++)
				reached[rfm_segment(
					rfm_standard_rules, rfm_n_standard_rules, 5, r, f, m)]++;
	for (size_t i = 0; i < rfm_n_standard_rules; i++)
		assert_true(reached[i] > 0);
}

static const char *standard(int bins, int r, int f, int m)
{
	return rfm_standard_rules[rfm_segment(
					  rfm_standard_rules, rfm_n_standard_rules, bins, r, f, m)]
		.segment;
}

static void test_well_known_corners(void **state)
{
	(void)state;
	assert_string_equal(standard(5, 5, 5, 5), "Champions");
	assert_string_equal(standard(5, 1, 1, 1), "Lost");
	assert_string_equal(standard(5, 5, 1, 1), "New Customers");
	assert_string_equal(standard(5, 1, 5, 5), "Can't Lose Them");
	/* ceil(5 s / n): of ten scores 9 and 10 are the fifth fifth, of two 1 is the third. */
	assert_string_equal(standard(10, 9, 10, 9), "Champions");
	assert_string_equal(standard(10, 2, 1, 1), "Lost");
	assert_string_equal(standard(2, 1, 1, 1), "Need Attention");
}

static void test_first_hole_is_named(void **state)
{
	(void)state;
	const struct rfm_rule rules[] = {
		{"A", {1, 5}, {1, 5}, {1, 4}}, {"B", {1, 1}, {1, 5}, {5, 5}}};
	int missing[3];
	assert_false(rfm_rules_complete(rules, 2, missing));
	assert_int_equal(missing[0], 2);
	assert_int_equal(missing[1], 1);
	assert_int_equal(missing[2], 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts_are_quantiles),
		cmocka_unit_test(test_money_is_cut_in_micro_units),
		cmocka_unit_test(test_a_value_on_a_cut_scores_below_it),
		cmocka_unit_test(test_repeated_cut_is_found),
		cmocka_unit_test(test_one_customer),
		cmocka_unit_test(test_scores_never_fall_with_the_value),
		cmocka_unit_test(test_standard_rules_take_every_combination),
		cmocka_unit_test(test_every_standard_segment_is_reached),
		cmocka_unit_test(test_well_known_corners),
		cmocka_unit_test(test_first_hole_is_named),
	};
	return cmocka_run_group_tests_name("rfm", tests, NULL, NULL);
}
