#include "analytics/cholesky.h"

#include <string.h>

#include "base/mem.h"

size_t cholesky_factor(double *matrix, size_t n, double tolerance)
{
	for (size_t j = 0; j < n; j++) {
		double *row = matrix + j * n, whole = row[j];
		for (size_t k = 0; k < j; k++)
			row[j] -= row[k] * row[k] * matrix[k * n + k];
		if (!(row[j] > tolerance * whole))
			return j;
		for (size_t i = j + 1; i < n; i++) {
			double *below = matrix + i * n;
			for (size_t k = 0; k < j; k++)
				below[j] -= below[k] * row[k] * matrix[k * n + k];
			below[j] /= row[j];
		}
	}
	return n;
}

void cholesky_solve(const double *factors, size_t n, double *vector)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			vector[i] -= factors[i * n + k] * vector[k];
	for (size_t i = n; i-- > 0;) {
		vector[i] /= factors[i * n + i];
		for (size_t k = i + 1; k < n; k++)
			vector[i] -= factors[k * n + i] * vector[k];
	}
}

void cholesky_invert(double *factors, size_t n)
{
	double *inverse = mem_zeroed(n * n, sizeof(*inverse));
	for (size_t j = 0; j < n; j++) {
		inverse[j * n + j] = 1;
		cholesky_solve(factors, n, inverse + j * n);
	}
	memcpy(factors, inverse, n * n * sizeof(*inverse));
	mem_free(inverse);
}
