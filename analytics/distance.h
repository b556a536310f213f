/* Squared Euclidean distances from blocks of points (analytics/points.h) to a centre.
 *
 *	double squares[POINTS_BLOCK];
 *	distance_squares(points_block(&points, block), points.n_dims, centre, squares);
 *
 * The sum over the axes runs in their order, without fused multiply-add, so that every processor
 * computes the same bytes. Wide vector units are used where the processor has them.
 */
#ifndef ANALYTICS_DISTANCE_H
#define ANALYTICS_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>

/* Sets POINTS_BLOCK squares. */
void distance_squares(const double *block, size_t n_dims, const double *centre, double *squares);

/* Of one point, with step numbers from one coordinate to the next: the same bytes as
 * distance_squares(). */
static inline double distance_square(
	const double *point, size_t step, size_t n_dims, const double *centre)
{
	double square = 0;
	for (size_t j = 0; j < n_dims; j++, point += step) {
		double difference = centre[j] - *point;
		square += difference * difference;
	}
	return square;
}

/* The sum, over a block, of weights[i] times the smaller of nearest[i] and the square of the
 * distance to the centre; the second function also lets nearest[i] be the smaller. One fixed order
 * of additions. */
double distance_sum_of_smaller(const double *block, size_t n_dims, const double *centre,
	const double *weights, const double *nearest);
double distance_keep_smaller(const double *block, size_t n_dims, const double *centre,
	const double *weights, double *nearest);

/* The sum of the distances from the centre to the first n points of a block, 1 to POINTS_BLOCK. */
double distance_sum(const double *block, size_t n_dims, const double *centre, size_t n);

/* Whether this processor has AVX2 and fused multiply-add, and may use them. */
bool distance_has_avx2(void);

/* From now on do, or do not, without: results must not change by a byte. For tests. */
void distance_forgo_avx2(bool forgo);

#endif
