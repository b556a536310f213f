#include "analytics/distinct.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

enum { FREE_SLOT = 0, FIRST_BITS = 6, MOST_BITS = 32 };

struct known {
	uint64_t key;
	uint32_t number; /* in the order of first sight */
};

/* Open addressing: a slot holds the number of a known key and 1. At most half are taken. */
struct set {
	struct known *known;
	size_t n_known, capacity;
	uint32_t *slots;
	int bits; /* of the number of slots */
};

static size_t home_of(const struct set *set, uint64_t key)
{
	/* Knuth's multiplicative hashing, by 2^64 / golden ratio. */
	return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - set->bits));
}

static uint32_t *slot_of(const struct set *set, uint64_t key)
{
	size_t mask = ((size_t)1 << set->bits) - 1, at = home_of(set, key);
	while (set->slots[at] != FREE_SLOT && set->known[set->slots[at] - 1].key != key)
		at = (at + 1) & mask;
	return &set->slots[at];
}

static void rehash(struct set *set, int bits)
{
	assert(bits <= MOST_BITS);
	mem_free(set->slots);
	set->bits = bits;
	set->slots = mem_zeroed((size_t)1 << bits, sizeof(*set->slots));
	for (size_t i = 0; i < set->n_known; i++)
		*slot_of(set, set->known[i].key) = (uint32_t)i + 1;
}

static uint32_t number_of(struct set *set, uint64_t key)
{
	uint32_t *slot = slot_of(set, key);
	if (*slot != FREE_SLOT)
		return *slot - 1;
	set->known = mem_grow(set->known, &set->capacity, set->n_known + 1, sizeof(*set->known));
	set->known[set->n_known] = (struct known){key, (uint32_t)set->n_known};
	*slot = (uint32_t)++set->n_known;
	if (set->n_known > (size_t)1 << (set->bits - 1))
		rehash(set, set->bits + 1);
	return (uint32_t)set->n_known - 1;
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = ((const struct known *)a)->key, y = ((const struct known *)b)->key;
	return (x > y) - (x < y);
}

uint64_t *number_distinct(
	const uint64_t *keys, size_t n_keys, uint32_t *numbers, size_t *n_distinct)
{
	struct set set = {0};
	rehash(&set, FIRST_BITS);
	for (size_t i = 0; i < n_keys; i++)
		numbers[i] = number_of(&set, keys[i]);

	*n_distinct = set.n_known;
	uint64_t *distinct = mem_array(set.n_known, sizeof(*distinct));
	uint32_t *rank_of = mem_array(set.n_known, sizeof(*rank_of));
	if (set.n_known > 0)
		qsort(set.known, set.n_known, sizeof(*set.known), by_key);
	for (size_t i = 0; i < set.n_known; i++) {
		distinct[i] = set.known[i].key;
		rank_of[set.known[i].number] = (uint32_t)i;
	}
	for (size_t i = 0; i < n_keys; i++)
		numbers[i] = rank_of[numbers[i]];
	mem_free(rank_of);
	mem_free(set.known);
	mem_free(set.slots);
	return distinct;
}
