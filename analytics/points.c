#include "analytics/points.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analytics/avx2.h"
#include "analytics/distance.h"
#include "analytics/huge_pages.h"
#include "analytics/random.h"
#include "base/mem.h"
#include "base/parallel.h"

/* The rows are dealt into buckets by the first bits of their hashes, range of rows by range,
 * straight to where the points of the bucket will stand. Each bucket is then sorted while it is in
 * the processor's cache, and each block laid out for vectors where it stands. */
enum { RANGES = 64, PER_BUCKET = 1024, MAX_BUCKET_BITS = 16, HASH_BITS = 64 };
enum { CACHE_LINE = 64 };

/* The largest magnitude whose square, summed over many axes, is still far from overflow. */
static const double largest = 1e150;

struct entry {
	uint64_t hash;
	uint32_t number; /* in the bucket */
};

/* A bucket that is being sorted, and room for the sorted one. */
struct bucket {
	size_t n, n_dims;
	double *values; /* n x n_dims, row-major */
	uint32_t *rows; /* n */
	struct entry *entries, *entries_room;
	double *values_room;
	uint32_t *rows_room;
};

struct arrangement {
	struct points *points;
	const double *rows;
	unsigned bucket_bits;
	size_t n_buckets;
	uint32_t *places;      /* RANGES x n_buckets: counts, then where the next row goes */
	uint32_t *bucket_ends; /* n_buckets */
};

static size_t range_start(const struct points *points, size_t range)
{
	size_t per_range = (points->n + RANGES - 1) / RANGES;
	return range * per_range < points->n ? range * per_range : points->n;
}

/* ---- rows that can be points ------------------------------------------------------------------
 */

struct inspection {
	struct points *points;
	const double *rows;
	double *sides; /* RANGES x 2 n_dims: the box of each range */
	enum points_status statuses[RANGES];
	struct points_fault faults[RANGES];
};

static enum points_status fault_in(const double *row, size_t n_dims, size_t *dim)
{
	*dim = 0;
	while (*dim + 1 < n_dims && fabs(row[*dim]) <= largest)
		++*dim;
	return isfinite(row[*dim]) ? POINTS_TOO_LARGE : POINTS_NOT_FINITE;
}

/* Fits the box of rows from..to-1 to them; false at the first that is not usable, *from then. */
static bool fit_to_rows(const double *rows, size_t n_dims, size_t *from, size_t to,
	double *restrict low, double *restrict high)
{
	for (; *from < to; ++*from) {
		const double *restrict row = rows + *from * n_dims;
		bool is_usable = true;
		for (size_t j = 0; j < n_dims; j++) {
			double value = row[j];
			is_usable &= fabs(value) <= largest;
			low[j] = value < low[j] ? value : low[j];
			high[j] = value > high[j] ? value : high[j];
		}
		if (!is_usable)
			return false;
	}
	return true;
}

#ifdef FOR_AVX2
enum { FOUR = 4 };

/* Four rows at a time are n_dims vectors: side v of the box of vectors has the axes of their lanes.
 * Stops before four rows of which one is not usable. */
FOR_AVX2 static void fit_to_fours(const double *rows, size_t n_dims, size_t *from, size_t to,
	double *restrict lows, double *restrict highs)
{
	__m256d limit = _mm256_set1_pd(largest), sign = _mm256_set1_pd(-0.0);
	for (; *from + FOUR <= to; *from += FOUR) {
		const double *values = rows + *from * n_dims;
		__m256d usable = _mm256_castsi256_pd(_mm256_set1_epi64x(-1));
		for (size_t i = 0; i < FOUR * n_dims; i += FOUR) {
			__m256d value = _mm256_loadu_pd(values + i);
			__m256d magnitude = _mm256_andnot_pd(sign, value);
			__m256d fits = _mm256_cmp_pd(magnitude, limit, _CMP_LE_OQ);
			usable = _mm256_and_pd(usable, fits);
			_mm256_storeu_pd(lows + i, _mm256_min_pd(value, _mm256_loadu_pd(lows + i)));
			_mm256_storeu_pd(
				highs + i, _mm256_max_pd(value, _mm256_loadu_pd(highs + i)));
		}
		if (_mm256_movemask_pd(usable) != (1 << FOUR) - 1)
			return;
	}
}

static void fit_to_most(const double *rows, size_t n_dims, size_t *from, size_t to,
	double *restrict low, double *restrict high)
{
	size_t n = FOUR * n_dims;
	double *lows = mem_array(2 * n, sizeof(*lows)), *highs = lows + n;
	for (size_t i = 0; i < n; i++) {
		lows[i] = INFINITY;
		highs[i] = -INFINITY;
	}
	fit_to_fours(rows, n_dims, from, to, lows, highs);
	for (size_t i = 0; i < n; i++) {
		low[i % n_dims] = fmin(low[i % n_dims], lows[i]);
		high[i % n_dims] = fmax(high[i % n_dims], highs[i]);
	}
	mem_free(lows);
}
#endif

/* Checks the rows of a range and finds their box. */
static void inspect_range(void *context, size_t range)
{
	struct inspection *inspection = context;
	const struct points *points = inspection->points;
	size_t n_dims = points->n_dims;
	size_t row = range_start(points, range), end = range_start(points, range + 1);
	double *low = inspection->sides + range * 2 * n_dims, *high = low + n_dims;
	for (size_t j = 0; j < n_dims; j++) {
		low[j] = INFINITY;
		high[j] = -INFINITY;
	}
#ifdef FOR_AVX2
	if (distance_has_avx2())
		fit_to_most(inspection->rows, n_dims, &row, end, low, high);
#endif
	if (!fit_to_rows(inspection->rows, n_dims, &row, end, low, high)) {
		struct points_fault *fault = &inspection->faults[range];
		fault->row = row;
		inspection->statuses[range] =
			fault_in(inspection->rows + row * n_dims, n_dims, &fault->dim);
	}
}

static enum points_status first_fault(
	const struct inspection *inspection, struct points_fault *fault)
{
	for (size_t range = 0; range < RANGES; range++)
		if (inspection->statuses[range] != POINTS_OK) {
			*fault = inspection->faults[range];
			return inspection->statuses[range];
		}
	return POINTS_OK;
}

static void fit_box(struct points *points, const double *sides)
{
	size_t n_dims = points->n_dims;
	points->low = mem_array(n_dims, sizeof(double));
	points->high = mem_array(n_dims, sizeof(double));
	memcpy(points->low, sides, n_dims * sizeof(double));
	memcpy(points->high, sides + n_dims, n_dims * sizeof(double));
	for (size_t range = 1; range < RANGES; range++) {
		sides += 2 * n_dims;
		for (size_t j = 0; j < n_dims; j++) {
			points->low[j] = fmin(points->low[j], sides[j]);
			points->high[j] = fmax(points->high[j], sides[n_dims + j]);
		}
	}
}

/* Sets the sizes and the box of points. */
static enum points_status inspect(struct points *points, const double *rows, size_t n,
	size_t n_dims, unsigned n_threads, struct points_fault *fault)
{
	*points = (struct points){.n = n, .n_dims = n_dims};
	if (n == 0 || n_dims == 0)
		return POINTS_NONE;
	if (n > POINTS_MAX)
		return POINTS_TOO_MANY;
	points->n_blocks = (n + POINTS_BLOCK - 1) / POINTS_BLOCK;
	struct inspection inspection = {.points = points, .rows = rows};
	inspection.sides = mem_array(2 * n_dims * RANGES, sizeof(*inspection.sides));
	parallel_for(n_threads, RANGES, inspect_range, &inspection);
	enum points_status status = first_fault(&inspection, fault);
	if (status == POINTS_OK)
		fit_box(points, inspection.sides);
	mem_free(inspection.sides);
	return status;
}

/* ---- hashes -----------------------------------------------------------------------------------
 */

/* One coordinate more: a multiplication of 64 by 64 bits, its halves folded. */
static uint64_t hash_with(uint64_t hash, double coordinate)
{
	__extension__ typedef unsigned __int128 wide;
	double value = coordinate + 0.0; /* -0 is 0 */
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	wide product = (wide)(hash ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The end of it: the finaliser of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable
 * pseudorandom number generators"). */
static uint64_t hash_end(uint64_t hash)
{
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}

static const uint64_t hash_start = UINT64_C(0x243f6a8885a308d3); /* of the digits of pi */

static uint64_t hash_of(const double *at, size_t step, size_t n_dims)
{
	uint64_t hash = hash_start;
	for (size_t j = 0; j < n_dims; j++, at += step)
		hash = hash_with(hash, *at);
	return hash_end(hash);
}

/* ---- the order --------------------------------------------------------------------------------
 */

static const double *row_of(const struct arrangement *all, size_t row)
{
	return all->rows + row * all->points->n_dims;
}

static size_t bucket_of_row(const struct arrangement *all, size_t row)
{
	uint64_t hash = hash_of(row_of(all, row), 1, all->points->n_dims);
	return all->bucket_bits > 0 ? hash >> (HASH_BITS - all->bucket_bits) : 0;
}

/* Counts the rows of a range by bucket. */
static void count(void *context, size_t range)
{
	struct arrangement *all = context;
	uint32_t *counts = all->places + range * all->n_buckets;
	size_t end = range_start(all->points, range + 1);
	for (size_t i = range_start(all->points, range); i < end; i++)
		counts[bucket_of_row(all, i)]++;
}

static void place_buckets(struct arrangement *all)
{
	uint32_t place = 0;
	for (size_t bucket = 0; bucket < all->n_buckets; bucket++) {
		for (size_t range = 0; range < RANGES; range++) {
			uint32_t *next = &all->places[range * all->n_buckets + bucket];
			uint32_t n = *next;
			*next = place;
			place += n;
		}
		all->bucket_ends[bucket] = place;
	}
}

static void deal(void *context, size_t range)
{
	struct arrangement *all = context;
	struct points *points = all->points;
	size_t n_dims = points->n_dims, end = range_start(points, range + 1);
	uint32_t *places = all->places + range * all->n_buckets;
	for (size_t i = range_start(points, range); i < end; i++) {
		const double *row = row_of(all, i);
		uint32_t place = places[bucket_of_row(all, i)]++;
		double *to = points->values + place * n_dims;
		for (size_t j = 0; j < n_dims; j++)
			to[j] = row[j] + 0.0;
		points->rows[place] = (uint32_t)i;
	}
}

static bool before(const struct bucket *bucket, const struct entry *a, const struct entry *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash;
	const double *one = bucket->values + a->number * bucket->n_dims;
	const double *other = bucket->values + b->number * bucket->n_dims;
	for (size_t j = 0; j < bucket->n_dims; j++)
		if (one[j] != other[j])
			return one[j] < other[j];
	return false;
}

/* Few at a time, or of equal hash: all but always in order already. */
static void sort_by_insertion(const struct bucket *bucket, struct entry *entries, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct entry entry = entries[i];
		size_t j = i;
		for (; j > 0 && before(bucket, &entry, &entries[j - 1]); j--)
			entries[j] = entries[j - 1];
		entries[j] = entry;
	}
}

/* Radix sort from the top, eight bits of the hash at a time; the first used bits are equal. */
static void sort(const struct bucket *bucket, struct entry *entries, size_t n, unsigned used)
{
	if (n <= 16 || used + 8 > HASH_BITS) {
		sort_by_insertion(bucket, entries, n);
		return;
	}
	size_t ends[257] = {0};
	unsigned shift = HASH_BITS - 8 - used;
	for (size_t i = 0; i < n; i++)
		ends[((entries[i].hash >> shift) & 255) + 1]++;
	for (size_t i = 0; i < 256; i++)
		ends[i + 1] += ends[i];
	for (size_t i = 0; i < n; i++)
		bucket->entries_room[ends[(entries[i].hash >> shift) & 255]++] = entries[i];
	memcpy(entries, bucket->entries_room, n * sizeof(*entries));
	for (size_t i = 0, start = 0; i < 256; start = ends[i++])
		sort(bucket, entries + start, ends[i] - start, used + 8);
}

static void sort_bucket(struct bucket *bucket, unsigned used)
{
	size_t n = bucket->n, n_dims = bucket->n_dims;
	for (size_t i = 0; i < n; i++)
		bucket->entries[i] = (struct entry){
			.hash = hash_of(bucket->values + i * n_dims, 1, n_dims),
			.number = (uint32_t)i,
		};
	sort(bucket, bucket->entries, n, used);
	for (size_t i = 0; i < n; i++) {
		const double *from = bucket->values + bucket->entries[i].number * n_dims;
		for (size_t j = 0; j < n_dims; j++)
			bucket->values_room[i * n_dims + j] = from[j];
		bucket->rows_room[i] = bucket->rows[bucket->entries[i].number];
	}
	memcpy(bucket->values, bucket->values_room, n * n_dims * sizeof(*bucket->values));
	memcpy(bucket->rows, bucket->rows_room, n * sizeof(*bucket->rows));
}

static void order(void *context, size_t number)
{
	struct arrangement *all = context;
	size_t n_dims = all->points->n_dims;
	size_t start = number > 0 ? all->bucket_ends[number - 1] : 0;
	size_t n = all->bucket_ends[number] - start;
	struct bucket bucket = {
		.n = n,
		.n_dims = n_dims,
		.values = all->points->values + start * n_dims,
		.rows = all->points->rows + start,
		.entries = mem_array(n, sizeof(*bucket.entries)),
		.entries_room = mem_array(n, sizeof(*bucket.entries)),
		.values_room = mem_array(n * n_dims, sizeof(*bucket.values)),
		.rows_room = mem_array(n, sizeof(*bucket.rows)),
	};
	sort_bucket(&bucket, all->bucket_bits);
	mem_free(bucket.entries);
	mem_free(bucket.entries_room);
	mem_free(bucket.values_room);
	mem_free(bucket.rows_room);
}

static void put(struct points *points, size_t place, const double *point)
{
	double *to = points->values + points_lane(place, points->n_dims);
	for (size_t j = 0; j < points->n_dims; j++)
		to[j * POINTS_LANES] = point[j];
}

/* The points of a block stand one after the other, and become groups; their last one fills up. */
static void lay_out(void *context, size_t block)
{
	const struct arrangement *all = context;
	struct points *points = all->points;
	size_t n = points_in_block(points, block), n_dims = points->n_dims;
	double *copy = mem_array(n * n_dims, sizeof(*copy));
	memcpy(copy, points_block(points, block), n * n_dims * sizeof(*copy));
	for (size_t i = 0; i < POINTS_BLOCK; i++)
		put(points, block * POINTS_BLOCK + i, copy + (i < n ? i : n - 1) * n_dims);
	mem_free(copy);
}

/* Vectors that straddle cache lines take twice as long to load. */
static void allocate(struct points *points)
{
	size_t n_values = points->n_blocks * POINTS_BLOCK * points->n_dims;
	points->memory = mem_array(n_values + CACHE_LINE / sizeof(double), sizeof(double));
	huge_pages(points->memory, n_values * sizeof(double));
	uintptr_t past = (uintptr_t)points->memory % CACHE_LINE;
	points->values =
		(double *)points->memory + (CACHE_LINE - past) % CACHE_LINE / sizeof(double);
	points->rows = mem_array(points->n, sizeof(*points->rows));
}

static void arrange(struct points *points, const double *rows, unsigned n_threads)
{
	struct arrangement all = {.points = points, .rows = rows};
	while (all.bucket_bits < MAX_BUCKET_BITS && points->n >> all.bucket_bits > PER_BUCKET)
		all.bucket_bits++;
	all.n_buckets = (size_t)1 << all.bucket_bits;
	all.places = mem_zeroed(RANGES * all.n_buckets, sizeof(*all.places));
	all.bucket_ends = mem_array(all.n_buckets, sizeof(*all.bucket_ends));
	allocate(points);
	parallel_for(n_threads, RANGES, count, &all);
	place_buckets(&all);
	parallel_for(n_threads, RANGES, deal, &all);
	parallel_for(n_threads, all.n_buckets, order, &all);
	parallel_for(n_threads, points->n_blocks, lay_out, &all);
	mem_free(all.places);
	mem_free(all.bucket_ends);
}

/* ---- the public part --------------------------------------------------------------------------
 */

enum points_status points_init(struct points *points, const double *rows, size_t n, size_t n_dims,
	unsigned n_threads, struct points_fault *fault)
{
	enum points_status status = inspect(points, rows, n, n_dims, n_threads, fault);
	if (status == POINTS_OK)
		arrange(points, rows, n_threads);
	return status;
}

enum points_status points_borrow(struct points *points, const double *rows, size_t n, size_t n_dims,
	unsigned n_threads, struct points_fault *fault)
{
	enum points_status status = inspect(points, rows, n, n_dims, n_threads, fault);
	if (status == POINTS_OK && n <= POINTS_FEW)
		arrange(points, rows, n_threads);
	else if (status == POINTS_OK)
		points->given = rows;
	return status;
}

void points_release(struct points *points)
{
	mem_free(points->memory);
	mem_free(points->low);
	mem_free(points->high);
	mem_free(points->rows);
	*points = (struct points){0};
}

void points_get(const struct points *points, size_t place, double *point)
{
	const double *at = points_at(points, place);
	for (size_t j = 0; j < points->n_dims; j++)
		point[j] = at[j * points_step(points)];
}

uint64_t points_hash(const struct points *points, size_t place)
{
	return hash_of(points_at(points, place), points_step(points), points->n_dims);
}

void points_hashes(const struct points *points, size_t first, size_t n, uint64_t *hashes)
{
	for (size_t i = 0; i < n; i++)
		hashes[i] = points_hash(points, first + i);
}

int points_compare(const struct points *points, size_t place, size_t other)
{
	const double *a = points_at(points, place), *b = points_at(points, other);
	for (size_t j = 0; j < points->n_dims * points_step(points); j += points_step(points))
		if (a[j] != b[j])
			return a[j] < b[j] ? -1 : 1;
	return 0;
}

/* Notes the point in slots, a power of two of them; false when one like it is there. */
static bool note(const struct points *points, size_t place, uint32_t *slots, size_t n_slots)
{
	size_t at = points_hash(points, place) & (n_slots - 1);
	for (; slots[at] != UINT32_MAX; at = (at + 1) & (n_slots - 1))
		if (points_compare(points, slots[at], place) == 0)
			return false;
	slots[at] = (uint32_t)place;
	return true;
}

size_t points_distinct(const struct points *points, size_t most)
{
	size_t n_slots = 1, n = 0, enough = most < points->n ? most : points->n;
	while (n_slots < 2 * enough)
		n_slots *= 2;
	uint32_t *slots = mem_array(n_slots, sizeof(*slots));
	memset(slots, 0xff, n_slots * sizeof(*slots));
	for (size_t place = 0; place < points->n && n < enough; place++)
		n += note(points, place, slots, n_slots);
	mem_free(slots);
	return n;
}

void points_choose(
	struct points *chosen, const struct points *points, const uint32_t *places, size_t n)
{
	*chosen = (struct points){
		.n = n,
		.n_dims = points->n_dims,
		.n_blocks = (n + POINTS_BLOCK - 1) / POINTS_BLOCK,
		.low = mem_array(points->n_dims, sizeof(double)),
		.high = mem_array(points->n_dims, sizeof(double)),
	};
	allocate(chosen);
	double *point = mem_array(points->n_dims, sizeof(*point));
	for (size_t j = 0; j < points->n_dims; j++) {
		chosen->low[j] = INFINITY;
		chosen->high[j] = -INFINITY;
	}
	for (size_t i = 0; i < chosen->n_blocks * POINTS_BLOCK; i++) {
		uint32_t place = places[i < n ? i : n - 1];
		points_get(points, place, point);
		put(chosen, i, point);
		if (i < n)
			chosen->rows[i] = (uint32_t)points_row(points, place);
		for (size_t j = 0; j < points->n_dims; j++) {
			chosen->low[j] = fmin(chosen->low[j], point[j]);
			chosen->high[j] = fmax(chosen->high[j], point[j]);
		}
	}
	mem_free(point);
}

void points_sample(const struct points *points, size_t n, uint64_t seed, uint32_t *places)
{
	assert(n <= points->n);
	struct random random = random_stream(seed, points->n);
	size_t n_drawn = 0;
	for (size_t place = 0; n_drawn < n; place++)
		if (random_below(&random, points->n - place) < n - n_drawn)
			places[n_drawn++] = (uint32_t)place;
}
