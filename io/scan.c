#include "io/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/load.h"
#include "base/mem.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx2,bmi,bmi2,popcnt,lzcnt,pclmul")))
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/* One call scans this much, so that the separators it notes stay in the first-level cache until
 * they are used; a record longer than that is scanned to its end. */
enum { STRETCH = 16 * 1024, WIDTH = 64 };

/* Bit i: what byte i of 64 is; but wide: not 0 when any byte is over 127. */
struct masks {
	uint64_t quote, mark, line_feed, carriage_return, wide;
};

typedef struct masks masks_of(const char *at, char delimiter);
typedef uint64_t prefix_xor_of(uint64_t bits);
typedef uint32_t lowest_of(uint64_t bits); /* its place; any number for 0 */

#define INLINE static inline __attribute__((always_inline))

/* ---- plain C: eight bytes at a time ---- */

/* The high bit of each byte of x that is 0 gathered into eight bits. */
INLINE uint64_t zero_bytes(uint64_t x)
{
	const uint64_t low = 0x7F7F7F7F7F7F7F7F;
	uint64_t zero = ~(((x & low) + low) | x | low);
	return (zero >> 7) * 0x0102040810204080 >> 56;
}

static inline struct masks masks_portable(const char *at, char delimiter)
{
	const uint64_t ones = 0x0101010101010101;
	struct masks masks = {0};
	for (unsigned i = 0; i < WIDTH; i += 8) {
		uint64_t word = load8(at + i);
		masks.quote |= zero_bytes(word ^ ones * '"') << i;
		masks.mark |= zero_bytes(word ^ ones * (unsigned char)delimiter) << i;
		masks.line_feed |= zero_bytes(word ^ ones * '\n') << i;
		masks.carriage_return |= zero_bytes(word ^ ones * '\r') << i;
		masks.wide |= word & ones << 7;
	}
	masks.mark |= masks.line_feed;
	return masks;
}

static inline uint64_t prefix_xor_portable(uint64_t bits)
{
	for (unsigned shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

static inline uint32_t lowest_portable(uint64_t bits)
{
	return (uint32_t)__builtin_ctzll(bits | 1ull << 63);
}

/* ---- x86-64 ---- */

#if defined(__x86_64__)
TARGET_AVX2 static inline __m256i equal_avx2(__m256i bytes, char c)
{
	return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
}

TARGET_AVX2 static inline uint64_t bits_avx2(__m256i a, __m256i b)
{
	return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b)
							   << 32;
}

TARGET_AVX2 static inline struct masks masks_avx2(const char *at, char delimiter)
{
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)at);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));
	__m256i feed_a = equal_avx2(a, '\n'), feed_b = equal_avx2(b, '\n');
	struct masks masks = {
		.mark = bits_avx2(_mm256_or_si256(feed_a, equal_avx2(a, delimiter)),
			_mm256_or_si256(feed_b, equal_avx2(b, delimiter))),
		.line_feed = bits_avx2(feed_a, feed_b),
		.wide = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(a, b)),
	};
	/* Most text has few of these, and whether there are any takes one bit gathering, not four.
	 */
	__m256i quote_a = equal_avx2(a, '"'), quote_b = equal_avx2(b, '"');
	__m256i return_a = equal_avx2(a, '\r'), return_b = equal_avx2(b, '\r');
	__m256i any = _mm256_or_si256(
		_mm256_or_si256(quote_a, quote_b), _mm256_or_si256(return_a, return_b));
	if (!_mm256_testz_si256(any, any)) {
		masks.quote = bits_avx2(quote_a, quote_b);
		masks.carriage_return = bits_avx2(return_a, return_b);
	}
	return masks;
}

TARGET_AVX2 static inline uint64_t prefix_xor_clmul(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(
		_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xFF), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

TARGET_AVX2 static inline uint32_t lowest_tzcnt(uint64_t bits)
{
	return (uint32_t)_tzcnt_u64(bits);
}
#endif

/* ---- aarch64 ---- */

#if defined(__aarch64__)
/* Each byte of v is 0 or 0xFF: one bit of each, by adding neighbours' powers of two. */
static inline uint64_t gather_neon(const uint8x16_t v[4])
{
	static const uint8_t powers[16] = {
		1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	const uint8x16_t power = vld1q_u8(powers);
	uint8x16_t ab = vpaddq_u8(vandq_u8(v[0], power), vandq_u8(v[1], power));
	uint8x16_t cd = vpaddq_u8(vandq_u8(v[2], power), vandq_u8(v[3], power));
	uint8x16_t sums = vpaddq_u8(ab, cd);
	sums = vpaddq_u8(sums, sums);
	return vgetq_lane_u64(vreinterpretq_u64_u8(sums), 0);
}

static inline uint64_t equal_neon(const uint8x16_t bytes[4], char c)
{
	uint8x16_t same[4];
	for (int i = 0; i < 4; i++)
		same[i] = vceqq_u8(bytes[i], vdupq_n_u8((uint8_t)c));
	return gather_neon(same);
}

static inline struct masks masks_neon(const char *at, char delimiter)
{
	uint8x16_t bytes[4], wide[4];
	for (int i = 0; i < 4; i++) {
		bytes[i] = vld1q_u8((const uint8_t *)at + 16 * i);
		wide[i] = vcgeq_u8(bytes[i], vdupq_n_u8(0x80));
	}
	uint64_t line_feed = equal_neon(bytes, '\n');
	return (struct masks){
		.quote = equal_neon(bytes, '"'),
		.mark = equal_neon(bytes, delimiter) | line_feed,
		.line_feed = line_feed,
		.carriage_return = equal_neon(bytes, '\r'),
		.wide = gather_neon(wide),
	};
}
#endif

/* ---- the scan, the same for all ---- */

/* What the 64 bytes before leave to the next. */
struct carry {
	uint64_t inside;          /* all ones: the next byte is inside quotes */
	uint64_t separator;       /* bit 0: the last byte was one, or the record begins */
	uint64_t close;           /* bit 0: the last byte closed a quoted field, or seemed to */
	uint64_t carriage_return; /* bit 0: the last byte was a CR outside quotes */
};

/* The places outside quotes where a field or a record ends; *wrong: where something stands that
 * only libcsv can judge. */
INLINE uint64_t find_separators(const struct masks *masks, struct carry *carry,
	prefix_xor_of *prefix_xor, uint64_t *wrong, uint64_t *inside)
{
	uint64_t marks = masks->mark;
	*wrong = 0;
	*inside = carry->inside;
	uint64_t special = masks->quote | masks->carriage_return;
	if ((special | carry->inside | carry->close | carry->carriage_return) == 0) {
		carry->separator = marks >> 63;
		return marks;
	}
	*inside = prefix_xor(masks->quote) ^ carry->inside;
	uint64_t separators = marks & ~*inside;
	uint64_t open = masks->quote & *inside, close = masks->quote & ~*inside;
	uint64_t cr = masks->carriage_return & ~*inside;
	uint64_t after_separator = separators << 1 | carry->separator;
	uint64_t after_close = close << 1 | carry->close;
	uint64_t after_cr = cr << 1 | carry->carriage_return;
	/* A quote opens a field at its start, or is the second of a doubled one. What closes is
	 * followed by the end of the field, or by the second of a doubled quote. */
	*wrong = (open & ~(after_separator | after_close)) |
		 (after_close & ~(separators | masks->quote | cr)) | (after_cr & ~masks->line_feed);
	carry->inside = (uint64_t)((int64_t)*inside >> 63);
	carry->separator = separators >> 63;
	carry->close = close >> 63;
	carry->carriage_return = cr >> 63;
	return separators;
}

/* Written out, as gcc leaves a loop of four a loop: the scan takes a quarter less time. */
INLINE uint64_t note_four(uint32_t *at, uint64_t separators, uint32_t base, lowest_of *lowest)
{
	at[0] = base + lowest(separators);
	separators &= separators - 1;
	at[1] = base + lowest(separators);
	separators &= separators - 1;
	at[2] = base + lowest(separators);
	separators &= separators - 1;
	at[3] = base + lowest(separators);
	return separators & (separators - 1);
}

INLINE void note(struct scan *scan, uint64_t separators, size_t base, lowest_of *lowest)
{
	size_t n = (size_t)__builtin_popcountll(separators);
	uint32_t *at = scan->separators + scan->n_separators, start = (uint32_t)base;
	/* Twelve without asking: what is written too much is written over. Most blocks have some
	 * eight separators, so that to ask at eight is to guess wrong often. */
	separators = note_four(at, separators, start, lowest);
	separators = note_four(at + 4, separators, start, lowest);
	separators = note_four(at + 8, separators, start, lowest);
	for (size_t done = 12; done < n; done += 4)
		separators = note_four(at + done, separators, start, lowest);
	scan->n_separators += n;
}

/* Room for the separators of one more block, all 64 bytes being some. */
static void reserve(struct scan *scan, size_t *capacity)
{
	if (scan->n_separators + 2 * WIDTH <= *capacity)
		return;
	*capacity = 2 * *capacity + 4 * WIDTH;
	scan->separators = mem_resize(scan->separators, *capacity, sizeof(*scan->separators));
}

struct whole_scan {
	struct scan scan;
	size_t capacity, ends_capacity;
};

INLINE void scan_blocks(struct whole_scan *whole, struct text text, size_t begin,
	masks_of *masks_at, prefix_xor_of *prefix_xor, lowest_of *lowest)
{
	struct scan *scan = &whole->scan;
	struct carry carry = {.separator = 1};
	char last[WIDTH];
	for (size_t at = begin; at < text.length; at += WIDTH) {
		if (at - begin >= STRETCH && scan->n_records > 0)
			break;
		size_t left = text.length - at;
		const char *block = text.at + at;
		uint64_t valid = ~(uint64_t)0;
		if (left < WIDTH) {
			memset(last, ' ', sizeof(last));
			memcpy(last, block, left);
			block = last;
			valid >>= WIDTH - left;
		}
		struct masks masks = masks_at(block, scan->delimiter);
		uint64_t wrong, inside;
		uint64_t separators = find_separators(&masks, &carry, prefix_xor, &wrong, &inside);
		wrong &= valid;
		if (wrong != 0) {
			valid &= (wrong ^ (wrong - 1)) >> 1;
			scan->undecided = true;
		}
		scan->has_wide |= masks.wide != 0;
		scan->has_line_feeds |= (masks.line_feed & inside & valid) != 0;
		reserve(scan, &whole->capacity);
		note(scan, separators & valid, at, lowest);
		scan->n_records +=
			(size_t)__builtin_popcountll(masks.line_feed & separators & valid);
		if (scan->undecided)
			break;
	}
}

typedef void scan_with(struct whole_scan *whole, struct text text, size_t begin);

static void scan_portable(struct whole_scan *whole, struct text text, size_t begin)
{
	scan_blocks(whole, text, begin, masks_portable, prefix_xor_portable, lowest_portable);
}

#if defined(__x86_64__)
TARGET_AVX2 static void scan_avx2(struct whole_scan *whole, struct text text, size_t begin)
{
	scan_blocks(whole, text, begin, masks_avx2, prefix_xor_clmul, lowest_tzcnt);
}
#elif defined(__aarch64__)
static void scan_neon(struct whole_scan *whole, struct text text, size_t begin)
{
	scan_blocks(whole, text, begin, masks_neon, prefix_xor_portable, lowest_portable);
}
#endif

/* ---- which way ---- */

static scan_with *chosen;
static const char *chosen_name;

const char *const *scan_ways(void)
{
	static const char *ways[4];
	size_t n = 0;
	if (ways[0] != NULL)
		return ways;
#if defined(__x86_64__)
	bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
			__builtin_cpu_supports("bmi2");
	if (has_avx2)
		ways[n++] = "avx2";
#elif defined(__aarch64__)
	ways[n++] = "neon";
#endif
	ways[n] = "portable";
	return ways;
}

bool scan_choose(const char *way)
{
	bool is_here = false;
	for (const char *const *there = scan_ways(); *there != NULL; there++)
		is_here |= strcmp(*there, way) == 0;
	if (!is_here)
		return false;
	chosen_name = way;
	chosen = scan_portable;
#if defined(__x86_64__)
	if (strcmp(way, "avx2") == 0)
		chosen = scan_avx2;
#elif defined(__aarch64__)
	if (strcmp(way, "neon") == 0)
		chosen = scan_neon;
#endif
	return true;
}

const char *scan_way(void)
{
	if (chosen == NULL)
		scan_choose(scan_ways()[0]);
	return chosen_name;
}

struct scan *scan_open(char delimiter)
{
	(void)scan_way();
	struct whole_scan *whole = mem_zeroed(1, sizeof(*whole));
	whole->scan.delimiter = delimiter;
	return &whole->scan;
}

void scan_text(struct scan *scan, struct text text, size_t begin)
{
	scan->n_separators = scan->n_records = 0;
	scan->undecided = scan->has_line_feeds = scan->has_wide = false;
	scan->end = begin;
	chosen((struct whole_scan *)scan, text, begin);
	if (scan->n_records == 0) {
		scan->n_separators = 0;
		return;
	}
	while (text.at[scan->separators[scan->n_separators - 1]] != '\n')
		scan->n_separators--;
	scan->end = scan->separators[scan->n_separators - 1] + 1;
}

void scan_find_ends(struct scan *scan, struct text text)
{
	struct whole_scan *whole = (struct whole_scan *)scan;
	scan->ends =
		mem_grow(scan->ends, &whole->ends_capacity, scan->n_records, sizeof(*scan->ends));
	for (size_t s = 0, r = 0; s < scan->n_separators; s++)
		if (text.at[scan->separators[s]] == '\n')
			scan->ends[r++] = (uint32_t)s;
}

void scan_close(struct scan *scan)
{
	if (scan == NULL)
		return;
	mem_free(scan->separators);
	mem_free(scan->ends);
	mem_free(scan);
}
