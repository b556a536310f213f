/* Where points lie in the middle, and how far from there.
 *
 *	struct spread spread;
 *	spread_init(&spread, &points, n_threads);
 *	mean_variance = spread.square / n_dims;
 *	spread_release(&spread);
 *
 * The same bytes whatever the order of the points, the number of threads and the vector unit.
 */
#ifndef ANALYTICS_SPREAD_H
#define ANALYTICS_SPREAD_H

#include "analytics/points.h"

struct spread {
	double *mean;  /* n_dims */
	double square; /* the mean of the squared distances from there: the variances of all axes,
			  added up */
};

void spread_init(struct spread *spread, const struct points *points, unsigned n_threads);
void spread_release(struct spread *spread);

#endif
