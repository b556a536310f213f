#include "analytics/distance.h"

#include <math.h>
#include <stdatomic.h>

#include "analytics/avx2.h"
#include "analytics/points.h"

static atomic_bool forgone;

bool distance_has_avx2(void)
{
#if defined(__x86_64__)
	return !atomic_load_explicit(&forgone, memory_order_relaxed) &&
	       __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
	return false;
#endif
}

void distance_forgo_avx2(bool forgo)
{
	atomic_store(&forgone, forgo);
}

/* ---- any processor --------------------------------------------------------------------------- */

static void group_squares(
	const double *restrict group, size_t n_dims, const double *centre, double *restrict squares)
{
	for (size_t lane = 0; lane < POINTS_LANES; lane++)
		squares[lane] = 0;
	for (size_t j = 0; j < n_dims; j++, group += POINTS_LANES)
		for (size_t lane = 0; lane < POINTS_LANES; lane++) {
			double difference = centre[j] - group[lane];
			squares[lane] += difference * difference;
		}
}

static double sum_of_lanes(const double *sums)
{
	return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

static double sum_portably(const double *block, size_t n_dims, const double *centre,
	const double *weights, const double *nearest, double *kept)
{
	double squares[POINTS_LANES], sums[POINTS_LANES] = {0};
	for (size_t i = 0; i < POINTS_BLOCK; i += POINTS_LANES) {
		group_squares(block + i * n_dims, n_dims, centre, squares);
		for (size_t lane = 0; lane < POINTS_LANES; lane++) {
			double smaller = squares[lane] < nearest[i + lane] ? squares[lane]
									   : nearest[i + lane];
			sums[lane] += smaller * weights[i + lane];
			if (kept != NULL)
				kept[i + lane] = smaller;
		}
	}
	return sum_of_lanes(sums);
}

/* The distances of lanes from first to n, added to the sums of their lanes. */
static void add_roots(const double *squares, size_t first, size_t n, double *sums)
{
	for (size_t i = first; i < n; i++)
		sums[i % POINTS_LANES] += sqrt(squares[i]);
}

/* ---- AVX2 ------------------------------------------------------------------------------------ */

#ifdef FOR_AVX2
enum { FOUR = 4 };

INLINE_FOR_AVX2 __m256d add_square(__m256d sum, const double *at, __m256d coordinate)
{
	__m256d difference = _mm256_sub_pd(coordinate, _mm256_loadu_pd(at));
	return _mm256_add_pd(sum, _mm256_mul_pd(difference, difference));
}

/* Four groups at a time, so that a coordinate of the centre is loaded once for sixteen points. The
 * multiplications and additions are not fused: other processors must get the same bytes. */
INLINE_FOR_AVX2 void squares_of_four(
	const double *block, size_t n_dims, const double *centre, __m256d *squares)
{
	size_t step = n_dims * POINTS_LANES;
	__m256d a = _mm256_setzero_pd(), b = a, c = a, d = a;
	for (size_t j = 0; j < n_dims; j++, block += POINTS_LANES) {
		__m256d coordinate = _mm256_set1_pd(centre[j]);
		a = add_square(a, block, coordinate);
		b = add_square(b, block + step, coordinate);
		c = add_square(c, block + 2 * step, coordinate);
		d = add_square(d, block + 3 * step, coordinate);
	}
	squares[0] = a;
	squares[1] = b;
	squares[2] = c;
	squares[3] = d;
}

FOR_AVX2 static void squares_avx2(
	const double *block, size_t n_dims, const double *centre, double *squares)
{
	for (size_t i = 0; i < POINTS_BLOCK; i += (size_t)FOUR * POINTS_LANES) {
		__m256d four[FOUR];
		squares_of_four(block + i * n_dims, n_dims, centre, four);
		for (size_t g = 0; g < FOUR; g++)
			_mm256_storeu_pd(squares + i + g * POINTS_LANES, four[g]);
	}
}

INLINE_FOR_AVX2 double sum_avx2(const double *block, size_t n_dims, const double *centre,
	const double *weights, const double *nearest, double *kept)
{
	__m256d sum = _mm256_setzero_pd();
	for (size_t i = 0; i < POINTS_BLOCK; i += (size_t)FOUR * POINTS_LANES) {
		__m256d four[FOUR];
		squares_of_four(block + i * n_dims, n_dims, centre, four);
		for (size_t g = 0; g < FOUR; g++) {
			__m256d before = _mm256_loadu_pd(nearest + i + g * POINTS_LANES);
			__m256d smaller = _mm256_min_pd(four[g], before);
			__m256d weight = _mm256_loadu_pd(weights + i + g * POINTS_LANES);
			sum = _mm256_add_pd(sum, _mm256_mul_pd(smaller, weight));
			if (kept != NULL)
				_mm256_storeu_pd(kept + i + g * POINTS_LANES, smaller);
		}
	}
	double sums[POINTS_LANES];
	_mm256_storeu_pd(sums, sum);
	return sum_of_lanes(sums);
}

FOR_AVX2 static double distance_sum_avx2(
	const double *block, size_t n_dims, const double *centre, size_t n)
{
	double squares[POINTS_BLOCK], sums[POINTS_LANES];
	__m256d sum = _mm256_setzero_pd();
	squares_avx2(block, n_dims, centre, squares);
	size_t i = 0;
	for (; i + POINTS_LANES <= n; i += POINTS_LANES)
		sum = _mm256_add_pd(sum, _mm256_sqrt_pd(_mm256_loadu_pd(squares + i)));
	_mm256_storeu_pd(sums, sum);
	add_roots(squares, i, n, sums);
	return sum_of_lanes(sums);
}

FOR_AVX2 static double sum_of_smaller_avx2(const double *block, size_t n_dims, const double *centre,
	const double *weights, const double *nearest)
{
	return sum_avx2(block, n_dims, centre, weights, nearest, NULL);
}

FOR_AVX2 static double keep_smaller_avx2(const double *block, size_t n_dims, const double *centre,
	const double *weights, double *nearest)
{
	return sum_avx2(block, n_dims, centre, weights, nearest, nearest);
}
#endif

/* ---- the public part ------------------------------------------------------------------------- */

void distance_squares(const double *block, size_t n_dims, const double *centre, double *squares)
{
#ifdef FOR_AVX2
	if (distance_has_avx2()) {
		squares_avx2(block, n_dims, centre, squares);
		return;
	}
#endif
	for (size_t i = 0; i < POINTS_BLOCK; i += POINTS_LANES)
		group_squares(block + i * n_dims, n_dims, centre, squares + i);
}

double distance_sum_of_smaller(const double *block, size_t n_dims, const double *centre,
	const double *weights, const double *nearest)
{
#ifdef FOR_AVX2
	if (distance_has_avx2())
		return sum_of_smaller_avx2(block, n_dims, centre, weights, nearest);
#endif
	return sum_portably(block, n_dims, centre, weights, nearest, NULL);
}

double distance_keep_smaller(const double *block, size_t n_dims, const double *centre,
	const double *weights, double *nearest)
{
#ifdef FOR_AVX2
	if (distance_has_avx2())
		return keep_smaller_avx2(block, n_dims, centre, weights, nearest);
#endif
	return sum_portably(block, n_dims, centre, weights, nearest, nearest);
}

double distance_sum(const double *block, size_t n_dims, const double *centre, size_t n)
{
#ifdef FOR_AVX2
	if (distance_has_avx2())
		return distance_sum_avx2(block, n_dims, centre, n);
#endif
	double squares[POINTS_BLOCK], sums[POINTS_LANES] = {0};
	distance_squares(block, n_dims, centre, squares);
	add_roots(squares, 0, n, sums);
	return sum_of_lanes(sums);
}
