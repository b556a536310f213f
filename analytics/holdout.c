#include "analytics/holdout.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static void add(struct holdout_group *group, double actual, double expected)
{
	group->customers++;
	group->actual += actual;
	group->expected += expected;
}

struct ranked {
	double expected;
	size_t customer;
};

static int most_first(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;
	if (left->expected != right->expected)
		return left->expected < right->expected ? 1 : -1;
	return (left->customer > right->customer) - (left->customer < right->customer);
}

/* Tenths differ by one customer at most. */
static void measure_tenths(
	struct holdout *holdout, const double *actual, const double *expected, size_t n)
{
	struct ranked *ranked = mem_array(n, sizeof(*ranked));
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){expected[i], i};
	if (n > 0)
		qsort(ranked, n, sizeof(*ranked), most_first);
	for (size_t tenth = 0, i = 0; tenth < HOLDOUT_TENTHS; tenth++)
		for (size_t end = (tenth + 1) * n / HOLDOUT_TENTHS; i < end; i++)
			add(&holdout->tenths[tenth], actual[ranked[i].customer],
				ranked[i].expected);
	mem_free(ranked);
}

static double bias_of(const struct holdout_group *all)
{
	if (all->actual > 0)
		return all->expected / all->actual - 1;
	return all->expected > 0 ? INFINITY : 0;
}

void holdout_measure(struct holdout *holdout, const double *actual, const double *expected,
	const int32_t *frequency, size_t n)
{
	*holdout = (struct holdout){0};
	double square = 0;
	for (size_t i = 0; i < n; i++) {
		double error = expected[i] - actual[i];
		double log_error = log1p(expected[i]) - log1p(actual[i]);
		double share = 1 / (double)(i + 1); /* running means */
		holdout->mae += (fabs(error) - holdout->mae) * share;
		square += (error * error - square) * share;
		holdout->msle += (log_error * log_error - holdout->msle) * share;
		size_t bin = frequency[i] < HOLDOUT_FREQUENCIES - 1 ? (size_t)frequency[i]
								    : HOLDOUT_FREQUENCIES - 1;
		add(&holdout->all, actual[i], expected[i]);
		add(&holdout->by_frequency[bin], actual[i], expected[i]);
	}
	holdout->rmse = sqrt(square);
	holdout->bias = bias_of(&holdout->all);
	measure_tenths(holdout, actual, expected, n);
}

double holdout_lift(const struct holdout *holdout, size_t tenth)
{
	const struct holdout_group *group = &holdout->tenths[tenth];
	if (group->customers == 0 || holdout->all.actual == 0)
		return 0;
	return group->actual / group->customers / (holdout->all.actual / holdout->all.customers);
}
