#include "analytics/holdout.h"

#include <math.h>

#include "analytics/tenths.h"
#include "base/mem.h"

static void add(struct holdout_group *group, double actual, double expected)
{
	group->customers++;
	group->actual += actual;
	group->expected += expected;
}

static void measure_tenths(
	struct holdout *holdout, const double *actual, const double *expected, size_t n)
{
	size_t *order = mem_array(n, sizeof(*order));
	tenths_order(order, expected, n);
	for (size_t tenth = 0, i = 0; tenth < TENTHS; tenth++)
		for (; i < tenths_end(tenth, n); i++)
			add(&holdout->tenths[tenth], actual[order[i]], expected[order[i]]);
	mem_free(order);
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
