/* Symmetric positive definite systems, by Cholesky's factors L D L'.
 *
 *	size_t bad = cholesky_factor(matrix, n, 1e-10);
 *	if (bad < n)
 *		... column bad is, but for a share of 1e-10, a combination of those before it
 *	cholesky_solve(matrix, n, vector);      vector is now matrix^-1 vector
 *	cholesky_invert(matrix, n);             matrix is now matrix^-1
 *
 * GSL's does not tell which column a singular matrix owes its fault to, and models want to name it.
 * Matrices are n by n, row-major; only the lower half is read.
 */
#ifndef ANALYTICS_CHOLESKY_H
#define ANALYTICS_CHOLESKY_H

#include <stddef.h>

/* Puts D on the diagonal and L, whose diagonal is 1, below it. Stops at the first column of which
 * the columns before leave less than the share tolerance of its diagonal, and returns its number;
 * n when there is none. */
size_t cholesky_factor(double *matrix, size_t n, double tolerance);

/* Both take what cholesky_factor() made. */
void cholesky_solve(const double *factors, size_t n, double *vector);
void cholesky_invert(double *factors, size_t n); /* fills both halves */

#endif
