/* The sums of the squared distances of the points of clusters from their centres.
 *
 *	double inertias[k];
 *	double all = inertia_of(inertias, &points, labels, centres, k, n_threads);
 *
 * The sums are exact but for what lies some 60 bits below the largest square of the cluster
 * (analytics/exact_sum.h): the same bytes whatever the order of the points and the number of
 * threads.
 */
#ifndef ANALYTICS_INERTIA_H
#define ANALYTICS_INERTIA_H

#include <stdint.h>

#include "analytics/points.h"

/* Sets k inertias and returns the sum of all; labels are by place, centres is k x n_dims. */
double inertia_of(double *inertias, const struct points *points, const uint16_t *labels,
	const double *centres, size_t k, unsigned n_threads);

/* The same where each axis is factors[j] times as long, j < n_dims (NULL: 1). NaN for a cluster
 * with a square beyond 1e290, and for the sum of all then. */
double inertia_stretched(double *inertias, const struct points *points, const uint16_t *labels,
	const double *centres, size_t k, const double *factors, unsigned n_threads);

#endif
