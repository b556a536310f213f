/* Do groups differ in survival? The log-rank test.
 *
 *	struct logrank test;
 *	if (logrank_test(&test, &survival) == LOGRANK_OK)
 *		... test.chi_square, test.df, test.p, test.groups[g].expected
 *	logrank_release(&test);
 *
 * At each time with d events among n at risk, a group with n_g at risk expects d n_g / n of them;
 * with O and E summed over the times, and V the covariance of O under the hypergeometric
 * distribution,
 *
 *	chi^2 = (O - E)' V^-1 (O - E)
 *
 * over all groups but one, on as many degrees of freedom. Mantel 1966, Cancer Chemotherapy Reports
 * 50; Peto and Peto 1972, JRSS A 135.
 */
#ifndef ANALYTICS_LOGRANK_H
#define ANALYTICS_LOGRANK_H

#include <stdint.h>

#include "analytics/survival.h"

struct logrank_group {
	int64_t n, observed;
	double expected;
};

struct logrank {
	struct logrank_group *groups; /* as many as survival has */
	double chi_square, p;
	int df;
};

enum logrank_status {
	LOGRANK_OK,
	LOGRANK_ONE_GROUP, /* fewer than two groups expect an event */
	LOGRANK_NO_SPREAD, /* all that were at risk had the event at once: nothing tells them apart
			    */
};

/* A group that expects no event, because nobody in it was at risk when there was one, is left out
 * of the test. The groups are set whatever the status; chi_square and p are NaN unless it is OK. */
enum logrank_status logrank_test(struct logrank *test, const struct survival *survival);

void logrank_release(struct logrank *test);

#endif
