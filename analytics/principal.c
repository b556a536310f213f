#include "analytics/principal.h"

#include <math.h>
#include <string.h>

#include "analytics/eigen.h"
#include "base/mem.h"

/* Means, and sums of products of the deviations from them, one point after another (Welford 1962;
 * Chan, Golub and LeVeque 1983). */
static void add_up(double *means, double *products, const struct points *points)
{
	size_t d = points->n_dims;
	double *point = mem_array(d, sizeof(*point)), *before = mem_array(d, sizeof(*before));
	for (size_t i = 0; i < points->n; i++) {
		points_get(points, i, point);
		for (size_t j = 0; j < d; j++) {
			before[j] = point[j] - means[j];
			means[j] += before[j] / (double)(i + 1);
		}
		for (size_t j = 0; j < d; j++)
			for (size_t k = 0; k <= j; k++)
				products[j * d + k] += before[j] * (point[k] - means[k]);
	}
	for (size_t j = 0; j < d; j++)
		for (size_t k = 0; k < j; k++)
			products[k * d + j] = products[j * d + k];
	mem_free(point);
	mem_free(before);
}

static void take_directions(
	struct principal *plane, const double *values, const double *vectors, size_t n_points)
{
	double all = 0;
	for (size_t j = 0; j < plane->n_dims; j++)
		all += values[j];
	for (size_t axis = 0; axis < PRINCIPAL_AXES; axis++) {
		plane->variances[axis] = values[axis] / (double)(n_points - 1);
		plane->shares[axis] = values[axis] / all;
	}
	memcpy(plane->directions, vectors, PRINCIPAL_AXES * plane->n_dims * sizeof(*vectors));
}

bool principal_find(struct principal *plane, const struct points *points)
{
	size_t d = points->n_dims;
	*plane = (struct principal){.n_dims = d};
	if (d < PRINCIPAL_AXES || points->n < 2)
		return false;
	plane->means = mem_zeroed(d, sizeof(*plane->means));
	plane->directions = mem_array(PRINCIPAL_AXES * d, sizeof(*plane->directions));
	double *products = mem_zeroed(d * d, sizeof(*products));
	double *vectors = mem_array(d * d, sizeof(*vectors));
	double *values = mem_array(d, sizeof(*values));
	add_up(plane->means, products, points);
	eigen_symmetric(values, vectors, products, d);
	bool good = isfinite(values[0]) && values[0] > 0;
	if (good)
		take_directions(plane, values, vectors, points->n);
	mem_free(values);
	mem_free(vectors);
	mem_free(products);
	return good;
}

void principal_project(
	const struct principal *plane, const double *point, double xy[PRINCIPAL_AXES])
{
	for (size_t axis = 0; axis < PRINCIPAL_AXES; axis++) {
		const double *direction = plane->directions + axis * plane->n_dims;
		xy[axis] = 0;
		for (size_t j = 0; j < plane->n_dims; j++)
			xy[axis] += direction[j] * (point[j] - plane->means[j]);
	}
}

void principal_release(struct principal *plane)
{
	mem_free(plane->means);
	mem_free(plane->directions);
	*plane = (struct principal){0};
}
