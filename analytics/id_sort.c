#include "analytics/id_sort.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/parallel.h"

enum { PREFIX = 8, BUCKET_BITS = 12, N_BUCKETS = 1 << BUCKET_BITS, FEW = 24 };
enum { LEAST_CHUNK = 32 * 1024, MOST_CHUNKS = 64 };

struct chunk {
	uint64_t ones, zeros;       /* bits that any prefix has so */
	bool any_ended;             /* an id is no longer than the end of its prefix */
	uint32_t places[N_BUCKETS]; /* counts, then where the next of the bucket goes */
};

struct sorting {
	struct id_reference *references, *other;
	size_t n, chunk, n_chunks;
	id_of_reference *id_of;
	const void *context;
	struct chunk *chunks;
	size_t depth; /* where prefixes begin */
	unsigned shift;
	size_t begin[N_BUCKETS + 1];
};

static struct text id_at(const struct sorting *sorting, struct id_reference reference)
{
	return sorting->id_of(sorting->context, reference.who);
}

static size_t chunk_end(const struct sorting *sorting, size_t c)
{
	size_t end = (c + 1) * sorting->chunk;
	return end < sorting->n ? end : sorting->n;
}

/* Eight bytes from depth on, big-endian, zeros behind the end: compares as the bytes do. */
static uint64_t prefix_at(struct text id, size_t depth)
{
	unsigned char bytes[PREFIX] = {0};
	if (id.length > depth)
		memcpy(bytes, id.at + depth,
			id.length - depth < PREFIX ? id.length - depth : PREFIX);
	uint64_t prefix = 0;
	for (int i = 0; i < PREFIX; i++)
		prefix = prefix << 8 | bytes[i];
	return prefix;
}

/* ---- one bucket, on one thread ---- */

static void sort_few(const struct sorting *sorting, struct id_reference *references, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct id_reference reference = references[i];
		struct text id = id_at(sorting, reference);
		size_t j = i;
		for (; j > 0; j--) {
			struct id_reference before = references[j - 1];
			if (before.prefix < reference.prefix ||
				(before.prefix == reference.prefix &&
					text_compare(id_at(sorting, before), id) < 0))
				break;
			references[j] = before;
		}
		references[j] = reference;
	}
}

/* A byte at a time from the last to the first, leaving out those that are the same in all: digits
 * differ in few. */
static void sort_by_prefix(struct id_reference *references, struct id_reference *other, size_t n)
{
	struct id_reference *from = references, *to = other;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t counts[256] = {0}, at = 0;
		for (size_t i = 0; i < n; i++)
			counts[from[i].prefix >> shift & 0xFF]++;
		if (counts[from[0].prefix >> shift & 0xFF] == n)
			continue;
		for (int b = 0; b < 256; b++) {
			size_t count = counts[b];
			counts[b] = at;
			at += count;
		}
		for (size_t i = 0; i < n; i++)
			to[counts[from[i].prefix >> shift & 0xFF]++] = from[i];
		struct id_reference *swap = from;
		from = to;
		to = swap;
	}
	if (from != references)
		memcpy(references, from, n * sizeof(*references));
}

/* Of ids with one prefix, those that end in it come first, the shorter before the longer. Returns
 * how many they are: at most nine, as no two have one length. */
static size_t take_ended(
	const struct sorting *sorting, struct id_reference *references, size_t n, size_t depth)
{
	size_t n_ended = 0;
	for (size_t i = 0; i < n; i++) {
		struct id_reference reference = references[i];
		if (id_at(sorting, reference).length > depth + PREFIX)
			continue;
		references[i] = references[n_ended];
		references[n_ended++] = reference;
	}
	sort_few(sorting, references, n_ended);
	return n_ended;
}

static void sort_from(const struct sorting *sorting, struct id_reference *references,
	struct id_reference *other, size_t n, size_t depth)
{
	if (n <= FEW) {
		sort_few(sorting, references, n);
		return;
	}
	sort_by_prefix(references, other, n);
	for (size_t begin = 0, end; begin < n; begin = end) {
		end = begin + 1;
		while (end < n && references[end].prefix == references[begin].prefix)
			end++;
		if (end - begin == 1)
			continue;
		size_t first = begin + take_ended(sorting, references + begin, end - begin, depth);
		for (size_t i = first; i < end; i++)
			references[i].prefix =
				prefix_at(id_at(sorting, references[i]), depth + PREFIX);
		if (end - first > 1)
			sort_from(sorting, references + first, other + first, end - first,
				depth + PREFIX);
	}
}

/* ---- all, on several threads ---- */

static void set_prefixes(void *context, size_t c)
{
	struct sorting *sorting = context;
	struct chunk *chunk = &sorting->chunks[c];
	chunk->ones = chunk->zeros = 0;
	chunk->any_ended = false;
	for (size_t i = c * sorting->chunk; i < chunk_end(sorting, c); i++) {
		struct id_reference *reference = &sorting->references[i];
		struct text id = id_at(sorting, *reference);
		reference->prefix = prefix_at(id, sorting->depth);
		chunk->any_ended |= id.length <= sorting->depth + PREFIX;
		chunk->ones |= reference->prefix;
		chunk->zeros |= ~reference->prefix;
	}
}

static size_t bucket_of(const struct sorting *sorting, uint64_t prefix)
{
	return prefix >> sorting->shift & (N_BUCKETS - 1);
}

static void count_buckets(void *context, size_t c)
{
	const struct sorting *sorting = context;
	uint32_t *places = sorting->chunks[c].places;
	memset(places, 0, sizeof(sorting->chunks[c].places));
	for (size_t i = c * sorting->chunk; i < chunk_end(sorting, c); i++)
		places[bucket_of(sorting, sorting->references[i].prefix)]++;
}

static void place_buckets(struct sorting *sorting)
{
	size_t at = 0;
	for (size_t b = 0; b < N_BUCKETS; b++) {
		sorting->begin[b] = at;
		for (size_t c = 0; c < sorting->n_chunks; c++) {
			uint32_t count = sorting->chunks[c].places[b];
			sorting->chunks[c].places[b] = (uint32_t)at;
			at += count;
		}
	}
	sorting->begin[N_BUCKETS] = at;
}

static void part_into_buckets(void *context, size_t c)
{
	struct sorting *sorting = context;
	uint32_t *places = sorting->chunks[c].places;
	for (size_t i = c * sorting->chunk; i < chunk_end(sorting, c); i++) {
		struct id_reference reference = sorting->references[i];
		sorting->other[places[bucket_of(sorting, reference.prefix)]++] = reference;
	}
}

static void sort_bucket(void *context, size_t b)
{
	struct sorting *sorting = context;
	size_t begin = sorting->begin[b], n = sorting->begin[b + 1] - begin;
	if (n == 0)
		return;
	sort_from(sorting, sorting->other + begin, sorting->references + begin, n, sorting->depth);
	memcpy(sorting->references + begin, sorting->other + begin,
		n * sizeof(*sorting->references));
}

/* Sets prefixes of bytes in which ids differ, and which of their bits are a bucket's number: from
 * the first in which any two differ. */
static void choose_bits(struct sorting *sorting, unsigned n_threads)
{
	uint64_t differing;
	bool any_ended;
	for (;; sorting->depth += PREFIX) {
		uint64_t ones = 0, zeros = 0;
		any_ended = false;
		parallel_for(n_threads, sorting->n_chunks, set_prefixes, sorting);
		for (size_t c = 0; c < sorting->n_chunks; c++) {
			ones |= sorting->chunks[c].ones;
			zeros |= sorting->chunks[c].zeros;
			any_ended |= sorting->chunks[c].any_ended;
		}
		differing = ones & zeros;
		if (differing != 0 || any_ended)
			break;
	}
	unsigned width = differing == 0 ? 0 : 64 - (unsigned)__builtin_clzll(differing);
	sorting->shift = width > BUCKET_BITS ? width - BUCKET_BITS : 0;
}

void id_sort(struct id_reference *references, size_t n, id_of_reference *id_of, const void *context,
	unsigned n_threads)
{
	assert(n <= UINT32_MAX);
	if (n < 2)
		return;
	struct sorting *sorting = mem_zeroed(1, sizeof(*sorting));
	sorting->references = references;
	sorting->other = mem_array(n, sizeof(*references));
	sorting->n = n;
	sorting->chunk = n / MOST_CHUNKS > LEAST_CHUNK ? n / MOST_CHUNKS + 1 : LEAST_CHUNK;
	sorting->n_chunks = (n + sorting->chunk - 1) / sorting->chunk;
	sorting->id_of = id_of;
	sorting->context = context;
	sorting->chunks = mem_array(sorting->n_chunks, sizeof(*sorting->chunks));
	choose_bits(sorting, n_threads);
	parallel_for(n_threads, sorting->n_chunks, count_buckets, sorting);
	place_buckets(sorting);
	parallel_for(n_threads, sorting->n_chunks, part_into_buckets, sorting);
	parallel_for(n_threads, N_BUCKETS, sort_bucket, sorting);
	mem_free(sorting->chunks);
	mem_free(sorting->other);
	mem_free(sorting);
}
