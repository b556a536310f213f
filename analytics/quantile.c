#include "analytics/quantile.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* A number that sorts as the double does: IEEE 754 orders by magnitude within a sign, so the
 * negatives are turned over. */
static uint64_t key_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double value_of(uint64_t key)
{
	double value;
	uint64_t bits = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

void sort_reals(double *values, size_t n)
{
	if (n < 2)
		return;
	uint64_t *keys = mem_array(n, sizeof(*keys)), *other = mem_array(n, sizeof(*other));
	for (size_t i = 0; i < n; i++)
		keys[i] = key_of(values[i]);
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t counts[256] = {0}, at = 0;
		for (size_t i = 0; i < n; i++)
			counts[keys[i] >> shift & 0xFF]++;
		/* A byte that is the same in all, as most are in whole numbers, sorts nothing. */
		if (counts[keys[0] >> shift & 0xFF] == n)
			continue;
		for (int b = 0; b < 256; b++) {
			size_t count = counts[b];
			counts[b] = at;
			at += count;
		}
		for (size_t i = 0; i < n; i++)
			other[counts[keys[i] >> shift & 0xFF]++] = keys[i];
		uint64_t *swap = keys;
		keys = other;
		other = swap;
	}
	for (size_t i = 0; i < n; i++)
		values[i] = value_of(keys[i]);
	mem_free(keys);
	mem_free(other);
}

/* h of the type 7 quantile, split in whole numbers. */
struct rank {
	size_t place, rest;
};

static struct rank rank_of(size_t n, size_t i, size_t parts)
{
	return (struct rank){(n - 1) * i / parts, (n - 1) * i % parts};
}

static double between(double low, double high, size_t rest, size_t parts)
{
	if (rest == 0 || low == high)
		return low;
	/* Of whole numbers the weighted sum is exact, so that 2 and 9 give 4.8, not 4.8 and a bit.
	 */
	double value = (low * (double)(parts - rest) + high * (double)rest) / (double)parts;
	return value < low ? low : value > high ? high : value;
}

double quantile(const double *sorted, size_t n, size_t i, size_t parts)
{
	assert(n > 0 && parts > 0 && i <= parts);
	struct rank rank = rank_of(n, i, parts);
	double low = sorted[rank.place], high = rank.rest > 0 ? sorted[rank.place + 1] : low;
	return between(low, high, rank.rest, parts);
}

/* ---- without sorting all ---- */

/* Values counted by the first 16 bits in which their keys differ. */
enum { N_BUCKETS = 1 << 16 };

struct buckets {
	const double *values;
	size_t n;
	unsigned shift;
	size_t *counts;
	size_t bucket, before; /* sorted holds the values of this bucket; so many lie before it */
	size_t n_sorted;
	double *sorted;
};

static size_t bucket_of(const struct buckets *buckets, double value)
{
	return key_of(value) >> buckets->shift & (N_BUCKETS - 1);
}

static void count(struct buckets *buckets)
{
	uint64_t ones = 0, zeros = 0;
	for (size_t i = 0; i < buckets->n; i++) {
		uint64_t key = key_of(buckets->values[i]);
		ones |= key;
		zeros |= ~key;
	}
	unsigned width = (ones & zeros) == 0 ? 0 : 64 - (unsigned)__builtin_clzll(ones & zeros);
	buckets->shift = width > 16 ? width - 16 : 0;
	for (size_t i = 0; i < buckets->n; i++)
		buckets->counts[bucket_of(buckets, buckets->values[i])]++;
}

static void sort_bucket(struct buckets *buckets)
{
	buckets->sorted = mem_resize(
		buckets->sorted, buckets->counts[buckets->bucket], sizeof(*buckets->sorted));
	buckets->n_sorted = 0;
	for (size_t i = 0; i < buckets->n; i++)
		if (bucket_of(buckets, buckets->values[i]) == buckets->bucket)
			buckets->sorted[buckets->n_sorted++] = buckets->values[i];
	sort_reals(buckets->sorted, buckets->n_sorted);
}

/* The value at a place of the sorted order, places asked for in ascending order. */
static double value_at(struct buckets *buckets, size_t place)
{
	while (place - buckets->before >= buckets->counts[buckets->bucket]) {
		buckets->before += buckets->counts[buckets->bucket++];
		buckets->n_sorted = 0;
	}
	if (buckets->n_sorted == 0)
		sort_bucket(buckets);
	return buckets->sorted[place - buckets->before];
}

void quantiles(const double *values, size_t n, size_t parts, double *found)
{
	assert(n > 0 && parts > 0);
	struct buckets buckets = {
		.values = values, .n = n, .counts = mem_zeroed(N_BUCKETS, sizeof(size_t))};
	count(&buckets);
	/* The higher neighbour of one quantile may lie beyond the lower one of the next: each place
	 * is looked up from the one before, never from behind. */
	size_t place = SIZE_MAX;
	double value = 0, next = 0;
	bool has_next = false;
	for (size_t i = 1; i < parts; i++) {
		struct rank rank = rank_of(n, i, parts);
		if (place != rank.place) {
			bool is_next = has_next && rank.place == place + 1;
			value = is_next ? next : value_at(&buckets, rank.place);
			place = rank.place;
			has_next = false;
		}
		if (rank.rest > 0 && !has_next) {
			next = value_at(&buckets, place + 1);
			has_next = true;
		}
		found[i - 1] = between(value, next, rank.rest, parts);
	}
	mem_free(buckets.counts);
	mem_free(buckets.sorted);
}
