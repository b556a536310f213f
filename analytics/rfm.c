#include "analytics/rfm.h"

#include <assert.h>

#include "analytics/quantile.h"

void rfm_find_cuts(const double *values, size_t n, int n_bins, double unit, struct rfm_cuts *cuts)
{
	assert(n_bins >= RFM_LEAST_BINS && n_bins <= RFM_MOST_BINS);
	cuts->n_cuts = (size_t)n_bins - 1;
	quantiles(values, n, (size_t)n_bins, cuts->cuts);
	/* Whole micro-units interpolate without the noise that 254.8 has as a double. */
	for (size_t i = 0; i < cuts->n_cuts; i++)
		cuts->cuts[i] /= unit;
}

int rfm_score(const struct rfm_cuts *cuts, double value)
{
	int score = 1;
	for (size_t i = 0; i < cuts->n_cuts; i++)
		score += cuts->cuts[i] < value;
	return score;
}

int rfm_reversed(const struct rfm_cuts *cuts, int score)
{
	return (int)cuts->n_cuts + 2 - score;
}

bool rfm_cut_repeats(const struct rfm_cuts *cuts, size_t i)
{
	return i > 0 && i < cuts->n_cuts && cuts->cuts[i] == cuts->cuts[i - 1];
}

/* By recency first: who bought lately (4, 5), a while ago (3), long ago (1, 2); within each by how
 * often, and where it matters by how much. */
const struct rfm_rule rfm_standard_rules[] = {
	{"Champions", {4, 5}, {4, 5}, {4, 5}},
	{"Loyal Customers", {3, 5}, {4, 5}, {1, 5}},
	{"Potential Loyalists", {4, 5}, {2, 3}, {1, 5}},
	{"New Customers", {5, 5}, {1, 1}, {1, 5}},
	{"Promising", {4, 4}, {1, 1}, {1, 5}},
	{"Need Attention", {3, 3}, {2, 3}, {2, 5}},
	{"About To Sleep", {3, 3}, {1, 3}, {1, 5}},
	{"Can't Lose Them", {1, 2}, {4, 5}, {4, 5}},
	{"At Risk", {1, 2}, {3, 5}, {1, 5}},
	{"Hibernating", {2, 2}, {1, 2}, {1, 5}},
	{"Lost", {1, 1}, {1, 2}, {1, 5}},
};
const size_t rfm_n_standard_rules = sizeof(rfm_standard_rules) / sizeof(rfm_standard_rules[0]);

static bool is_in(struct rfm_range range, int score)
{
	return score >= range.least && score <= range.most;
}

static int of_five(int score, int n_bins)
{
	return (5 * score + n_bins - 1) / n_bins;
}

size_t rfm_segment(const struct rfm_rule *rules, size_t n_rules, int n_bins, int r, int f, int m)
{
	int r5 = of_five(r, n_bins), f5 = of_five(f, n_bins), m5 = of_five(m, n_bins);
	for (size_t i = 0; i < n_rules; i++)
		if (is_in(rules[i].r, r5) && is_in(rules[i].f, f5) &&
			(m == 0 || is_in(rules[i].m, m5)))
			return i;
	return n_rules;
}

bool rfm_rules_complete(const struct rfm_rule *rules, size_t n_rules, int missing[3])
{
	for (int r = 1; r <= 5; r++)
		for (int f = 1; f <= 5; f++)
			for (int m = 1; m <= 5; m++) {
				if (rfm_segment(rules, n_rules, 5, r, f, m) < n_rules)
					continue;
				missing[0] = r;
				missing[1] = f;
				missing[2] = m;
				return false;
			}
	return true;
}
