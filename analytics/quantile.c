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

static bool are_sorted(const double *values, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (key_of(values[i - 1]) > key_of(values[i]))
			return false;
	return true;
}

void sort_reals(double *values, size_t n)
{
	if (are_sorted(values, n))
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

/* Values are counted by the first 16 bits in which their keys differ. Those that are in one bucket
 * with a value that is asked for are gathered, in one pass for all that are asked for, and sorted.
 */
enum { N_BUCKETS = 1 << 16 };

struct bucket {
	size_t number, before; /* values in lower buckets */
	size_t begin, n;       /* of its own, among those gathered */
};

struct buckets {
	const double *values;
	size_t n;
	unsigned shift;
	size_t *counts;
	struct bucket *wanted; /* ascending */
	size_t n_wanted;
	double *gathered;
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

/* The bucket of a place of the sorted order. */
static void want(struct buckets *buckets, size_t place)
{
	struct bucket next = {0};
	if (buckets->n_wanted > 0) {
		const struct bucket *last = &buckets->wanted[buckets->n_wanted - 1];
		if (place < last->before + last->n)
			return;
		next = (struct bucket){
			last->number + 1, last->before + last->n, last->begin + last->n, 0};
	}
	while (place >= next.before + buckets->counts[next.number])
		next.before += buckets->counts[next.number++];
	next.n = buckets->counts[next.number];
	buckets->wanted[buckets->n_wanted++] = next;
}

static void want_all(struct buckets *buckets, size_t parts)
{
	buckets->wanted = mem_array(2 * parts, sizeof(*buckets->wanted));
	for (size_t i = 1; i < parts; i++) {
		struct rank rank = rank_of(buckets->n, i, parts);
		want(buckets, rank.place);
		if (rank.rest > 0)
			want(buckets, rank.place + 1);
	}
}

/* The counts become the places where the next value of each wanted bucket goes. */
static void gather(struct buckets *buckets)
{
	const size_t unwanted = SIZE_MAX;
	size_t *places = buckets->counts, n_gathered = 0;
	memset(places, 0xFF, N_BUCKETS * sizeof(*places));
	for (size_t w = 0; w < buckets->n_wanted; w++) {
		const struct bucket *bucket = &buckets->wanted[w];
		places[bucket->number] = bucket->begin;
		n_gathered = bucket->begin + bucket->n;
	}
	buckets->gathered = mem_array(n_gathered, sizeof(*buckets->gathered));
	for (size_t i = 0; i < buckets->n; i++) {
		size_t *place = &places[bucket_of(buckets, buckets->values[i])];
		if (*place != unwanted)
			buckets->gathered[(*place)++] = buckets->values[i];
	}
	for (size_t w = 0; w < buckets->n_wanted; w++)
		sort_reals(buckets->gathered + buckets->wanted[w].begin, buckets->wanted[w].n);
}

static double value_at(const struct buckets *buckets, size_t place)
{
	const struct bucket *bucket = buckets->wanted;
	while (place >= bucket->before + bucket->n)
		bucket++;
	return buckets->gathered[bucket->begin + place - bucket->before];
}

void quantiles(const double *values, size_t n, size_t parts, double *found)
{
	assert(n > 0 && parts > 0);
	struct buckets buckets = {
		.values = values, .n = n, .counts = mem_zeroed(N_BUCKETS, sizeof(size_t))};
	count(&buckets);
	want_all(&buckets, parts);
	gather(&buckets);
	for (size_t i = 1; i < parts; i++) {
		struct rank rank = rank_of(n, i, parts);
		double low = value_at(&buckets, rank.place);
		double high = rank.rest > 0 ? value_at(&buckets, rank.place + 1) : low;
		found[i - 1] = between(low, high, rank.rest, parts);
	}
	mem_free(buckets.counts);
	mem_free(buckets.wanted);
	mem_free(buckets.gathered);
}
