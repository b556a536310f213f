/* Means over p ~ Beta(a, b), against exact moments and mpmath's 2F1 in 60 digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analytics/beta_nodes.h"

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static double mean_power(double a, double b, double scale, double power)
{
	struct beta_nodes nodes;
	double sum = 0;
	beta_nodes_init(&nodes, a, b, scale, power);
	for (size_t i = 0; i < nodes.n; i++)
		sum += nodes.at[i].weight * exp(-power * log1p(scale * nodes.at[i].p));
	beta_nodes_release(&nodes);
	return sum;
}

/* 1 + (1 - p)^n has the mean 1 + (b)_n / (a + b)_n. */
static void moments(void **state)
{
	(void)state;
	static const double sizes[] = {1e-9, .01, .5, 1, 7, 1e3, 1e9};
	for (size_t i = 0; i < 7 * 7; i++) {
		double a = sizes[i % 7], b = sizes[i / 7], first = 0, second = 0, weight = 0;
		struct beta_nodes nodes;
		beta_nodes_init(&nodes, a, b, 1, 1);
		for (size_t j = 0; j < nodes.n; j++) {
			const struct beta_node *node = &nodes.at[j];
			assert_true(node->weight >= 0 && fabs(node->p + node->rest - 1) < 1e-15);
			weight += node->weight;
			first += node->weight * (1 + node->rest);
			second += node->weight * (1 + node->rest * node->rest);
		}
		beta_nodes_release(&nodes);
		assert_near(weight, 1, 1e-14);
		assert_near(first, 1 + b / (a + b), 1e-14);
		assert_near(second, 1 + b / (a + b) * (b + 1) / (a + b + 1), 1e-14);
	}
}

/* (1 + scale p)^-power has the mean 2F1(power, a; a + b; -scale). */
static void powers(void **state)
{
	(void)state;
	static const struct {
		double a, b, scale, power, mean;
	} known[] = {
		{.8, 2.4, 1000, 1.25, .015544883767963178},
		{1e-3, .5, 1e12, 1, .97140283752357811},
		{5, .01, 30, 40, 1.4666172935577437e-16},
		{300, 4e5, 2000, 3, .064548283444427603},
		{2, 7, 1e5, 1e3, 5.6168386081251437e-15},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_near(mean_power(known[i].a, known[i].b, known[i].scale, known[i].power),
			known[i].mean, 1e-13);
}

/* p is known: nobody drops out, or all alike. */
static void one_node(void **state)
{
	(void)state;
	struct beta_nodes nodes;
	beta_nodes_init(&nodes, 0, 2, 1e5, 3);
	assert_int_equal(nodes.n, 1);
	assert_true(nodes.at[0].p == 0 && nodes.at[0].rest == 1 && nodes.at[0].weight == 1);
	beta_nodes_release(&nodes);
	beta_nodes_init(&nodes, 1e20, 3e20, 1e5, 3);
	assert_int_equal(nodes.n, 1);
	assert_true(nodes.at[0].p == .25 && nodes.at[0].rest == .75);
	beta_nodes_release(&nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments),
		cmocka_unit_test(powers),
		cmocka_unit_test(one_node),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
