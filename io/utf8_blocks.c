#include "io/utf8_blocks.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* Keiser and Lemire, Validating UTF-8 In Less Than One Instruction Per Byte, 2021. All that can be
 * wrong with two bytes in a row shows in three of their half bytes: both of the first, the upper of
 * the second. Each of these looks up the wrongs it allows, a bit each; what all three allow is so.
 * Only two continuations in a row may be right: they are where the byte two before leads three or
 * more, or the byte three before four. */

#define TARGET_AVX2 __attribute__((target("avx2")))
#define INLINE_AVX2 TARGET_AVX2 __attribute__((always_inline)) static inline

enum { BLOCK = 32 };

enum wrong {
	TOO_SHORT = 1 << 0, /* a lead, then no continuation */
	TOO_LONG = 1 << 1,  /* ASCII, then a continuation */
	OVERLONG_3 = 1 << 2,
	TOO_LARGE = 1 << 3, /* beyond U+10FFFF: F4 90 and more */
	SURROGATE = 1 << 4,
	OVERLONG_2 = 1 << 5,
	TOO_LARGE_1000 = 1 << 6, /* F5 and more, then 80 to 8F */
	OVERLONG_4 = 1 << 6,     /* F0, then 80 to 8F */
	TWO_CONTINUATIONS = 1 << 7,
	ANY_LOWER_HALF = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS
};

/* Of sixteen values, by each half byte in half_bytes. */
INLINE_AVX2 __m256i look_up(const unsigned char values[16], __m256i half_bytes)
{
	__m128i table = _mm_loadu_si128((const __m128i *)(const void *)values);
	return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), half_bytes);
}

INLINE_AVX2 __m256i upper_half(__m256i bytes)
{
	return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

INLINE_AVX2 __m256i wrong_pairs(__m256i first, __m256i second)
{
	static const unsigned char by_first_upper[16] = {TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
		TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
		TWO_CONTINUATIONS, TWO_CONTINUATIONS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
		TOO_SHORT | OVERLONG_3 | SURROGATE,
		TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4};
	enum { LARGE = ANY_LOWER_HALF | TOO_LARGE | TOO_LARGE_1000 };
	static const unsigned char by_first_lower[16] = {
		ANY_LOWER_HALF | OVERLONG_2 | OVERLONG_3 | OVERLONG_4, ANY_LOWER_HALF | OVERLONG_2,
		ANY_LOWER_HALF, ANY_LOWER_HALF, ANY_LOWER_HALF | TOO_LARGE, LARGE, LARGE, LARGE,
		LARGE, LARGE, LARGE, LARGE, LARGE, LARGE | SURROGATE, LARGE, LARGE};
	enum { CONTINUATION = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS };
	static const unsigned char by_second_upper[16] = {TOO_SHORT, TOO_SHORT, TOO_SHORT,
		TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
		CONTINUATION | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
		CONTINUATION | OVERLONG_3 | TOO_LARGE, CONTINUATION | SURROGATE | TOO_LARGE,
		CONTINUATION | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT};
	__m256i first_lower = _mm256_and_si256(first, _mm256_set1_epi8(0x0F));
	return _mm256_and_si256(_mm256_and_si256(look_up(by_first_upper, upper_half(first)),
					look_up(by_first_lower, first_lower)),
		look_up(by_second_upper, upper_half(second)));
}

/* The high bit of each byte that has to be a second continuation: two after E0 and more, three
 * after F0 and more. */
INLINE_AVX2 __m256i third_or_fourth(__m256i two_before, __m256i three_before)
{
	__m256i third = _mm256_subs_epu8(two_before, _mm256_set1_epi8((char)(0xE0 - 0x80)));
	__m256i fourth = _mm256_subs_epu8(three_before, _mm256_set1_epi8((char)(0xF0 - 0x80)));
	return _mm256_and_si256(
		_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)TWO_CONTINUATIONS));
}

/* Not 0 where something is wrong in a block, given the one before. */
INLINE_AVX2 __m256i wrong_in(__m256i before, __m256i block)
{
	__m256i middle = _mm256_permute2x128_si256(before, block, 0x21);
	__m256i one_before = _mm256_alignr_epi8(block, middle, 15);
	__m256i two_before = _mm256_alignr_epi8(block, middle, 14);
	__m256i three_before = _mm256_alignr_epi8(block, middle, 13);
	return _mm256_xor_si256(
		wrong_pairs(one_before, block), third_or_fourth(two_before, three_before));
}

TARGET_AVX2 static bool valid_avx2(const char *bytes, size_t n)
{
	__m256i before = _mm256_setzero_si256(), wrong = before;
	size_t at = 0;
	for (; n - at >= BLOCK; at += BLOCK) {
		__m256i block = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + at));
		wrong = _mm256_or_si256(wrong, wrong_in(before, block));
		before = block;
	}
	/* At least one zero byte follows the text, so that a character cut short shows. */
	char last[BLOCK] = {0};
	memcpy(last, bytes + at, n - at);
	__m256i block = _mm256_loadu_si256((const __m256i *)(const void *)last);
	wrong = _mm256_or_si256(wrong, wrong_in(before, block));
	return _mm256_testz_si256(wrong, wrong) != 0;
}

bool utf8_blocks_valid(const char *bytes, size_t n)
{
	return n >= BLOCK && __builtin_cpu_supports("avx2") && valid_avx2(bytes, n);
}

#else

bool utf8_blocks_valid(const char *bytes, size_t n)
{
	(void)bytes;
	(void)n;
	return false;
}

#endif
