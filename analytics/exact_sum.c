#include "analytics/exact_sum.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

#include "analytics/avx2.h"
#include "analytics/distance.h"

/* 1.5 * 2^52 steps of 2^exponent: adding it leaves no bits below the step, for terms of up to 2^51
 * steps. No step is finer than the smallest double. */
static double rounder(int exponent)
{
	return ldexp(1.5, exponent + 52 > -1022 ? exponent + 52 : -1022);
}

struct exact_grid exact_grid(double largest, size_t n)
{
	assert(n <= UINT32_MAX && largest <= 1e300);
	int bits_of_term, bits_of_n = 0;
	frexp(largest, &bits_of_term);
	while (n >> bits_of_n > 0)
		bits_of_n++;
	/* 4 n terms below 2^bits_of_term fit 53 bits counted from the step up. */
	int coarse = bits_of_term + bits_of_n + 2 - 53;
	/* What the first grid leaves of a term is half a step at most. */
	int fine = coarse - 1 + bits_of_n + 2 - 53;
	return (struct exact_grid){.coarse = rounder(coarse), .fine = rounder(fine)};
}

static void move_one(
	struct exact_sum *gains, struct exact_sum *loses, struct exact_grid grid, double term)
{
	struct exact_sum sum = exact_term(grid, term);
	exact_join(gains, sum);
	if (loses != NULL)
		exact_part(loses, sum);
}

#ifdef FOR_AVX2
enum { PAIR = 2 };

/* Two terms at a time: lanes are the coarse and the fine part of the one, then of the other. */
FOR_AVX2 static void move_pairs(struct exact_sum *gains, struct exact_sum *loses,
	const struct exact_grid *grids, const double *terms, size_t n)
{
	for (size_t i = 0; i < n; i += PAIR) {
		__m256d pair = _mm256_castpd128_pd256(_mm_loadu_pd(terms + i));
		__m256d x = _mm256_permute4x64_pd(pair, 0x50);
		__m256d grid = _mm256_loadu_pd(&grids[i].coarse);
		__m256d coarse_grid = _mm256_movedup_pd(grid);
		__m256d coarse = _mm256_sub_pd(_mm256_add_pd(x, coarse_grid), coarse_grid);
		__m256d cut_off = _mm256_blend_pd(_mm256_setzero_pd(), coarse, 0xa);
		__m256d left = _mm256_sub_pd(x, cut_off);
		__m256d sum = _mm256_sub_pd(_mm256_add_pd(left, grid), grid);
		__m256d gained = _mm256_loadu_pd(&gains[i].coarse);
		_mm256_storeu_pd(&gains[i].coarse, _mm256_add_pd(gained, sum));
		if (loses == NULL)
			continue;
		__m256d lost = _mm256_loadu_pd(&loses[i].coarse);
		_mm256_storeu_pd(&loses[i].coarse, _mm256_sub_pd(lost, sum));
	}
}
#endif

void exact_move(struct exact_sum *gains, struct exact_sum *loses, const struct exact_grid *grids,
	const double *terms, size_t n)
{
	size_t i = 0;
#ifdef FOR_AVX2
	if (distance_has_avx2()) {
		i = n - n % PAIR;
		move_pairs(gains, loses, grids, terms, i);
	}
#endif
	for (; i < n; i++)
		move_one(&gains[i], loses != NULL ? &loses[i] : NULL, grids[i], terms[i]);
}
