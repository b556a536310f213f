#include "analytics/distance.h"

#include <stdatomic.h>

#include "analytics/points.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define FOR_AVX2 __attribute__((target("avx2,fma")))
#endif

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

#ifdef FOR_AVX2
/* Four groups at a time, so that a coordinate of the centre is loaded once for sixteen points. The
 * multiplications and additions are not fused: portable code must get the same bytes. */
FOR_AVX2 static void squares_avx2(
	const double *block, size_t n_dims, const double *centre, double *squares)
{
	enum { FOUR_GROUPS = 4 * POINTS_LANES };
	size_t step = n_dims * POINTS_LANES;
	for (size_t i = 0; i < POINTS_BLOCK; i += FOUR_GROUPS, block += 4 * step) {
		__m256d sums[4] = {_mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd(),
			_mm256_setzero_pd()};
		for (size_t j = 0; j < n_dims; j++) {
			__m256d coordinate = _mm256_set1_pd(centre[j]);
			const double *at = block + j * POINTS_LANES;
			for (size_t g = 0; g < 4; g++) {
				__m256d x = _mm256_loadu_pd(at + g * step);
				x = _mm256_sub_pd(x, coordinate);
				sums[g] = _mm256_add_pd(sums[g], _mm256_mul_pd(x, x));
			}
		}
		for (size_t g = 0; g < 4; g++)
			_mm256_storeu_pd(squares + i + g * POINTS_LANES, sums[g]);
	}
}
#endif

void distance_squares(const double *block, size_t n_dims, const double *centre, double *squares)
{
#ifdef FOR_AVX2
	if (distance_has_avx2()) {
		squares_avx2(block, n_dims, centre, squares);
		return;
	}
#endif
	for (size_t i = 0; i < POINTS_BLOCK; i += POINTS_LANES, squares += POINTS_LANES) {
		for (size_t lane = 0; lane < POINTS_LANES; lane++)
			squares[lane] = 0;
		for (size_t j = 0; j < n_dims; j++, block += POINTS_LANES)
			for (size_t lane = 0; lane < POINTS_LANES; lane++) {
				double difference = block[lane] - centre[j];
				squares[lane] += difference * difference;
			}
	}
}

double distance_square(const double *point, size_t n_dims, const double *centre)
{
	double square = 0;
	for (size_t j = 0; j < n_dims; j++) {
		double difference = point[j * POINTS_LANES] - centre[j];
		square += difference * difference;
	}
	return square;
}

void distance_keep_smaller(double *restrict nearest, const double *restrict squares)
{
	for (size_t i = 0; i < POINTS_BLOCK; i++)
		nearest[i] = squares[i] < nearest[i] ? squares[i] : nearest[i];
}

/* Halves are added until four numbers are left. */
double distance_sum_of_smaller(const double *restrict nearest, const double *restrict squares)
{
	double sums[POINTS_BLOCK / 2];
	for (size_t i = 0; i < 32; i++)
		sums[i] = (squares[i] < nearest[i] ? squares[i] : nearest[i]) +
			  (squares[i + 32] < nearest[i + 32] ? squares[i + 32] : nearest[i + 32]);
	for (size_t i = 0; i < 16; i++)
		sums[i] += sums[i + 16];
	for (size_t i = 0; i < 8; i++)
		sums[i] += sums[i + 8];
	for (size_t i = 0; i < 4; i++)
		sums[i] += sums[i + 4];
	return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}
