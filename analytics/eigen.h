/* Eigenvalues and eigenvectors of a symmetric matrix: the same bytes on every machine.
 *
 *	double matrix[] = {2, 1, 1, 2}, values[2], vectors[4];
 *	eigen_symmetric(values, vectors, matrix, 2);
 *	... values are 3 and 1; both coordinates of the first vector are sqrt(1/2)
 *
 * By Jacobi's cyclic method (Golub and Van Loan 2013, "Matrix Computations", section 8.5;
 * Rutishauser 1966, "The Jacobi Method for Real Symmetric Matrices", Numerische Mathematik 9). It
 * takes sums, products, quotients and square roots, which IEEE 754 rounds in one way only, where a
 * library's last digits are those of its compiler: k-means starts from points whose order hangs on
 * every bit.
 */
#ifndef ANALYTICS_EIGEN_H
#define ANALYTICS_EIGEN_H

#include <stddef.h>

/* values: n, the largest first. vectors: n x n, row-major, one in each row, of length 1, with the
 * coordinate that is largest in size (of equal ones the first) positive. matrix: n x n, of which
 * the method makes a diagonal one. One that is not finite is taken for diagonal. */
void eigen_symmetric(double *values, double *vectors, double *matrix, size_t n);

#endif
