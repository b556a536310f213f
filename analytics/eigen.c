#include "analytics/eigen.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Off-diagonal elements fall quadratically: six to ten sweeps make them vanish. */
enum { MOST_SWEEPS = 60 };

/* A turn in the plane of two coordinates: c is its cosine, s its sine. */
struct turn {
	double c, s;
};

static bool is_finite(const double *matrix, size_t n)
{
	for (size_t i = 0; i < n * n; i++)
		if (!isfinite(matrix[i]))
			return false;
	return true;
}

static double largest(const double *matrix, size_t n, bool on_diagonal)
{
	double found = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if ((i == j) == on_diagonal)
				found = fmax(found, fabs(matrix[i * n + j]));
	return found;
}

/* The smaller of the two turns after which row p has a zero in column q: t = s / c is the smaller
 * root of t^2 + 2 t tau = 1. */
static struct turn turn_away(const double *matrix, size_t n, size_t p, size_t q)
{
	double tau = (matrix[q * n + q] - matrix[p * n + p]) / (2 * matrix[p * n + q]);
	double t = (tau < 0 ? -1 : 1) / (fabs(tau) + sqrt(1 + tau * tau));
	double c = 1 / sqrt(1 + t * t);
	return (struct turn){c, t * c};
}

static void turn_pair(struct turn turn, double *one, double *other)
{
	double before = *one;
	*one = turn.c * before - turn.s * *other;
	*other = turn.s * before + turn.c * *other;
}

static void annul(double *matrix, double *vectors, size_t n, size_t p, size_t q)
{
	struct turn turn = turn_away(matrix, n, p, q);
	for (size_t k = 0; k < n; k++)
		turn_pair(turn, &matrix[k * n + p], &matrix[k * n + q]);
	for (size_t k = 0; k < n; k++)
		turn_pair(turn, &matrix[p * n + k], &matrix[q * n + k]);
	for (size_t k = 0; k < n; k++)
		turn_pair(turn, &vectors[p * n + k], &vectors[q * n + k]);
	matrix[p * n + q] = matrix[q * n + p] = 0;
}

static void sweep(double *matrix, double *vectors, size_t n)
{
	for (size_t p = 0; p < n; p++)
		for (size_t q = p + 1; q < n; q++)
			if (matrix[p * n + q] != 0)
				annul(matrix, vectors, n, p, q);
}

static void swap_rows(double *one, double *other, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		double kept = one[k];
		one[k] = other[k];
		other[k] = kept;
	}
}

static void largest_first(double *values, double *vectors, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t best = i;
		for (size_t j = i + 1; j < n; j++)
			if (values[j] > values[best])
				best = j;
		swap_rows(&values[i], &values[best], 1);
		swap_rows(vectors + i * n, vectors + best * n, n);
	}
}

static void turn_round(double *vector, size_t n)
{
	size_t place = 0;
	for (size_t k = 1; k < n; k++)
		if (fabs(vector[k]) > fabs(vector[place]))
			place = k;
	double sign = vector[place] < 0 ? -1 : 1;
	for (size_t k = 0; k < n; k++)
		vector[k] *= sign;
}

void eigen_symmetric(double *values, double *vectors, double *matrix, size_t n)
{
	memset(vectors, 0, n * n * sizeof(*vectors));
	for (size_t i = 0; i < n; i++)
		vectors[i * n + i] = 1;
	bool finite = is_finite(matrix, n);
	for (int i = 0; i < MOST_SWEEPS && finite; i++) {
		if (largest(matrix, n, false) <= DBL_EPSILON * largest(matrix, n, true))
			break;
		sweep(matrix, vectors, n);
	}
	for (size_t i = 0; i < n; i++)
		values[i] = matrix[i * n + i];
	largest_first(values, vectors, n);
	for (size_t i = 0; i < n; i++)
		turn_round(vectors + i * n, n);
}
