#include "analytics/logrank.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "analytics/cholesky.h"
#include "base/mem.h"

/* The groups side by side at one time after the other. */
struct walk {
	const struct survival *survival;
	size_t *next;                 /* of each group, the first point not before the time */
	double *at_risk, *covariance; /* of each group; of each pair, the lower half */
	double time, n, d;            /* in all groups together */
};

/* On to the next time with a point in any group; false at the end. */
static bool next_time(struct walk *walk)
{
	walk->time = INFINITY;
	for (uint32_t g = 0; g < walk->survival->n_groups; g++) {
		const struct survival_curve *curve = &walk->survival->curves[g];
		if (walk->next[g] < curve->n_points)
			walk->time = fmin(walk->time, curve->points[walk->next[g]].time);
	}
	return isfinite(walk->time);
}

/* Counts who is at risk and who is lost at the time, and steps over it. */
static void count(struct walk *walk, struct logrank *test)
{
	walk->n = walk->d = 0;
	for (uint32_t g = 0; g < walk->survival->n_groups; g++) {
		const struct survival_curve *curve = &walk->survival->curves[g];
		const struct survival_point *point = &curve->points[walk->next[g]];
		bool has_more = walk->next[g] < curve->n_points;
		walk->at_risk[g] = has_more ? (double)point->at_risk : 0;
		walk->n += walk->at_risk[g];
		if (!has_more || point->time > walk->time)
			continue;
		walk->d += (double)point->events;
		test->groups[g].observed += point->events;
		walk->next[g]++;
	}
}

static void add_expected(struct walk *walk, struct logrank *test)
{
	uint32_t n_groups = walk->survival->n_groups;
	double n = walk->n, d = walk->d;
	double spread = n > 1 ? d * (n - d) / (n - 1) : 0;
	for (uint32_t g = 0; g < n_groups; g++) {
		double share = walk->at_risk[g] / n;
		test->groups[g].expected += d * share;
		double *row = walk->covariance + (size_t)g * n_groups;
		for (uint32_t h = 0; h < g; h++)
			row[h] -= spread * share * walk->at_risk[h] / n;
		row[g] += spread * share * (1 - share);
	}
}

/* The covariance of the groups that expect an event, but for the last of them, which the others
 * determine; and their O - E. Returns how many there are. */
static uint32_t reduce(const struct logrank *test, uint32_t n_groups, const double *covariance,
	double *reduced, double *excess)
{
	uint32_t n = 0, kept = 0;
	for (uint32_t g = 0; g < n_groups; g++)
		n += test->groups[g].expected > 0;
	for (uint32_t g = 0; g < n_groups && kept + 1 < n; g++) {
		if (test->groups[g].expected <= 0)
			continue;
		excess[kept] = (double)test->groups[g].observed - test->groups[g].expected;
		for (uint32_t h = 0, column = 0; h <= g; h++)
			if (test->groups[h].expected > 0)
				reduced[(size_t)kept * (n - 1) + column++] =
					covariance[(size_t)g * n_groups + h];
		kept++;
	}
	return kept;
}

static enum logrank_status decide(struct logrank *test, uint32_t n_groups, const double *covariance)
{
	double *reduced = mem_array((size_t)n_groups * n_groups, sizeof(*reduced));
	double *excess = mem_array((size_t)n_groups * 2, sizeof(*excess));
	double *solved = excess + n_groups;
	uint32_t n = reduce(test, n_groups, covariance, reduced, excess);
	enum logrank_status status = LOGRANK_ONE_GROUP;
	if (n > 0)
		status = cholesky_factor(reduced, n, 0) == n ? LOGRANK_OK : LOGRANK_NO_SPREAD;
	if (status == LOGRANK_OK) {
		for (uint32_t i = 0; i < n; i++)
			solved[i] = excess[i];
		cholesky_solve(reduced, n, solved);
		test->chi_square = 0;
		for (uint32_t i = 0; i < n; i++)
			test->chi_square += excess[i] * solved[i];
		test->df = (int)n;
		test->p = gsl_cdf_chisq_Q(test->chi_square, test->df);
	}
	mem_free(reduced);
	mem_free(excess);
	return status;
}

enum logrank_status logrank_test(struct logrank *test, const struct survival *survival)
{
	size_t n_groups = survival->n_groups;
	*test = (struct logrank){.chi_square = NAN, .p = NAN};
	test->groups = mem_zeroed(n_groups, sizeof(*test->groups));
	for (size_t g = 0; g < n_groups; g++)
		test->groups[g].n = survival->curves[g].n;
	struct walk walk = {
		.survival = survival,
		.next = mem_zeroed(n_groups, sizeof(*walk.next)),
		.at_risk = mem_array(n_groups, sizeof(*walk.at_risk)),
		.covariance = mem_zeroed(n_groups * n_groups, sizeof(*walk.covariance)),
	};
	while (next_time(&walk)) {
		count(&walk, test);
		if (walk.d > 0)
			add_expected(&walk, test);
	}
	enum logrank_status status = decide(test, survival->n_groups, walk.covariance);
	mem_free(walk.next);
	mem_free(walk.at_risk);
	mem_free(walk.covariance);
	return status;
}

void logrank_release(struct logrank *test)
{
	mem_free(test->groups);
	*test = (struct logrank){0};
}
