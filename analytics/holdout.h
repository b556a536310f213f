/* How good a forecast was: what customers did in a holdout period against what was expected.
 *
 *	struct holdout holdout;
 *	holdout_measure(&holdout, actual, expected, repeats, n);
 *	... holdout.mae, holdout.by_frequency[0].expected / holdout.by_frequency[0].customers
 */
#ifndef ANALYTICS_HOLDOUT_H
#define ANALYTICS_HOLDOUT_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/tenths.h"

enum { HOLDOUT_FREQUENCIES = 8 };

struct holdout_group {
	double customers, actual, expected; /* sums */
};

struct holdout {
	struct holdout_group all;
	double mae, rmse; /* mean absolute and root mean squared error, a customer */
	double msle;      /* mean of (ln(1 + actual) - ln(1 + expected))^2 */
	double bias;      /* total expected / total actual - 1; 0 when both are 0, INFINITY when
			     nothing happened that was expected */
	/* Tenths by what was expected, most first; ties in the order given. */
	struct holdout_group tenths[TENTHS];
	/* By repeat purchases before the holdout, 0 to 6, and 7 and more. */
	struct holdout_group by_frequency[HOLDOUT_FREQUENCIES];
};

/* All arrays are n long; expected is finite and not negative, actual likewise. */
void holdout_measure(struct holdout *holdout, const double *actual, const double *expected,
	const int32_t *frequency, size_t n);

/* Mean actual of the tenth over that of all: 1 is no better than chance. 0 when nothing happened.
 */
double holdout_lift(const struct holdout *holdout, size_t tenth);

#endif
