/* Functions for x86-64 processors with AVX2 and fused multiply-add, in a program that runs on all.
 *
 *	#ifdef FOR_AVX2
 *	FOR_AVX2 static double sum_avx2(...) { ... _mm256_add_pd() ... }
 *	#endif
 *	...
 *	#ifdef FOR_AVX2
 *		if (distance_has_avx2())
 *			return sum_avx2(...);
 *	#endif
 *
 * FOR_AVX2 is not defined on other machines; INLINE_FOR_AVX2 is for parts of such functions.
 */
#ifndef ANALYTICS_AVX2_H
#define ANALYTICS_AVX2_H

#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#define FOR_AVX2 __attribute__((target("avx2,fma")))
#define INLINE_FOR_AVX2 __attribute__((target("avx2,fma"), always_inline)) static inline

/* Of four axes from dim on, ones in those that there are, and zeros beyond the last. */
INLINE_FOR_AVX2 __m256d axes_from(size_t dim, size_t n_dims)
{
	__m256i left = _mm256_set1_epi64x((long long)(n_dims - dim));
	return _mm256_castsi256_pd(_mm256_cmpgt_epi64(left, _mm256_set_epi64x(3, 2, 1, 0)));
}
#endif

#endif
