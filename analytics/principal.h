/* The plane in which points are seen best: their first two principal components.
 *
 *	struct principal plane;
 *	if (principal_find(&plane, &points)) {
 *		principal_project(&plane, point, xy);
 *		... plane.shares[0] of all variance lies along the first
 *	}
 *	principal_release(&plane);
 *
 * Directions are eigenvectors of the covariance matrix (Pearson 1901; Hotelling 1933), of length 1,
 * the one of the larger variance first, with the signs of analytics/eigen.h. The points are taken
 * in their own order, so that the order of the rows changes nothing.
 */
#ifndef ANALYTICS_PRINCIPAL_H
#define ANALYTICS_PRINCIPAL_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/points.h"

enum { PRINCIPAL_AXES = 2 };

struct principal {
	size_t n_dims;
	double *means;                    /* n_dims */
	double *directions;               /* PRINCIPAL_AXES x n_dims */
	double variances[PRINCIPAL_AXES]; /* along them; sample variances */
	double shares[PRINCIPAL_AXES];    /* of the variance in all directions */
};

/* False for fewer than two dimensions, two points, or points that are all the same. To be released
 * also then. */
bool principal_find(struct principal *plane, const struct points *points);

/* xy: how far a point of n_dims numbers is from the mean, along each direction. */
void principal_project(
	const struct principal *plane, const double *point, double xy[PRINCIPAL_AXES]);

void principal_release(struct principal *plane);

#endif
