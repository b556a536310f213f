/* Do those with the higher score have their event sooner? Concordance of scores and times.
 *
 *	struct concordance c = concordance_of(time, event, score, n_rows);
 *	... c.share is .5 for scores that tell nothing, 1 for those that tell all
 *
 * A pair counts when it is known who went first: one had an event, and the other a later time, or
 * was censored at the same time. It is concordant when the first had the higher score, and half of
 * it is when the scores are equal:
 *
 *	share = (concordant + tied / 2) / pairs
 *
 * Harrell et al. 1982, JAMA 247. The error is that of the infinitesimal jackknife, as in Therneau's
 * package survival for R: the root of the sum over rows of (own concordant pairs + own tied / 2 -
 * share own pairs)^2, divided by pairs.
 */
#ifndef ANALYTICS_CONCORDANCE_H
#define ANALYTICS_CONCORDANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct concordance {
	int64_t concordant, discordant, tied; /* pairs */
	double share, se;                     /* NaN when there is no pair */
};

/* Rows in the order of time; O(n log n). */
struct concordance concordance_of(
	const double *time, const bool *event, const double *score, size_t n_rows);

#endif
