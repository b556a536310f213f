#include "analytics/principal.h"

#include <gsl/gsl_eigen.h>
#include <math.h>

#include "base/mem.h"

/* Means, and sums of products of the deviations from them, one point after another (Welford 1962;
 * Chan, Golub and LeVeque 1983). */
static void add_up(double *means, gsl_matrix *products, const struct points *points)
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
				*gsl_matrix_ptr(products, j, k) +=
					before[j] * (point[k] - means[k]);
	}
	mem_free(point);
	mem_free(before);
}

static void take_direction(struct principal *plane, size_t axis, const gsl_vector *values,
	const gsl_matrix *vectors, size_t n_points)
{
	size_t d = plane->n_dims, largest = 0;
	double *direction = plane->directions + axis * d, all = 0;
	for (size_t j = 0; j < d; j++) {
		direction[j] = gsl_matrix_get(vectors, j, axis);
		all += gsl_vector_get(values, j);
		if (fabs(direction[j]) > fabs(direction[largest]))
			largest = j;
	}
	double sign = direction[largest] < 0 ? -1 : 1;
	for (size_t j = 0; j < d; j++)
		direction[j] *= sign;
	plane->variances[axis] = gsl_vector_get(values, axis) / (double)(n_points - 1);
	plane->shares[axis] = gsl_vector_get(values, axis) / all;
}

bool principal_find(struct principal *plane, const struct points *points)
{
	size_t d = points->n_dims;
	*plane = (struct principal){.n_dims = d};
	if (d < PRINCIPAL_AXES || points->n < 2)
		return false;
	plane->means = mem_zeroed(d, sizeof(*plane->means));
	plane->directions = mem_array(PRINCIPAL_AXES * d, sizeof(*plane->directions));
	gsl_matrix *products = gsl_matrix_calloc(d, d), *vectors = gsl_matrix_alloc(d, d);
	gsl_vector *values = gsl_vector_alloc(d);
	gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(d);
	add_up(plane->means, products, points);
	bool good = gsl_eigen_symmv(products, values, vectors, work) == 0 &&
		    gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC) == 0 &&
		    isfinite(gsl_vector_get(values, 0)) && gsl_vector_get(values, 0) > 0;
	for (size_t axis = 0; good && axis < PRINCIPAL_AXES; axis++)
		take_direction(plane, axis, values, vectors, points->n);
	gsl_eigen_symmv_free(work);
	gsl_vector_free(values);
	gsl_matrix_free(vectors);
	gsl_matrix_free(products);
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
