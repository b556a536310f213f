#include "analytics/notes.h"

#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"

/* ---- keys ---- */

uint64_t order_key(struct text id)
{
	uint64_t key = 0;
	if (id.length == sizeof(key))
		memcpy(&key, id.at, sizeof(key));
	else if (id.length < sizeof(key))
		memcpy(&key, id.at, id.length);
	/* An id that ends in NUL would be the same as one without it. */
	bool is_itself = id.length > 0 && id.length <= sizeof(key) && id.at[id.length - 1] != '\0';
	if (!is_itself)
		key = XXH3_64bits(id.at, id.length);
	key = be64toh(key);
	return key + (key == 0);
}

/* ---- blocks of notes ---- */

/* A note is its customer, then its key in one or two words. */
enum { BLOCK_WORDS = 64 * 1024 - 8 };

struct note_block {
	struct note_block *older;
	uint32_t *end; /* of what it holds */
	uint32_t words[BLOCK_WORDS];
};

static size_t words_of(const struct notes *notes)
{
	return notes->wide ? 3 : 2;
}

static uint64_t key_of(const struct notes *notes, const uint32_t *note)
{
	return notes->wide ? note[1] | (uint64_t)note[2] << 32 : note[1];
}

static size_t count(const struct notes *notes)
{
	if (notes->blocks == NULL)
		return 0;
	return notes->n + (size_t)(notes->next - notes->blocks->words) / words_of(notes);
}

static void begin_block(struct notes *notes)
{
	struct note_block *block = mem_array(1, sizeof(*block));
	notes->n = count(notes);
	if (notes->blocks != NULL)
		notes->blocks->end = notes->next;
	block->older = notes->blocks;
	notes->blocks = block;
	notes->next = block->words;
	notes->end = block->words + BLOCK_WORDS / words_of(notes) * words_of(notes);
}

void notes_release(struct notes *notes)
{
	for (struct note_block *block = notes->blocks, *older; block != NULL; block = older) {
		older = block->older;
		mem_free(block);
	}
	*notes = (struct notes){.wide = notes->wide};
}

static void add(struct notes *notes, uint32_t customer, uint64_t key)
{
	if (notes->next == notes->end)
		begin_block(notes);
	*notes->next++ = customer;
	*notes->next++ = (uint32_t)key;
	if (notes->wide)
		*notes->next++ = (uint32_t)(key >> 32);
}

/* ---- settling ---- */

static int compare_keys(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Most customers have a handful: by insertion, which calls nobody, and is through at once where
 * keys are in order. */
static void sort_keys(uint64_t *keys, size_t n)
{
	enum { HANDFUL = 16 };
	size_t i = 1;
	while (i < n && keys[i - 1] <= keys[i])
		i++;
	if (i < n && n > HANDFUL) {
		qsort(keys, n, sizeof(*keys), compare_keys);
		return;
	}
	for (; i < n; i++) {
		uint64_t key = keys[i];
		size_t j = i;
		for (; j > 0 && keys[j - 1] > key; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
	}
}

/* The keys by customer; those of c begin at places[c]. The newest notes come first, so that each
 * customer's are filled in from the back. */
static uint64_t *lay_out(struct notes *notes, size_t n_customers, size_t *places)
{
	size_t n_words = words_of(notes);
	uint64_t *keys = mem_array(count(notes), sizeof(*keys));
	memset(places, 0, (n_customers + 1) * sizeof(*places));
	if (notes->blocks != NULL)
		notes->blocks->end = notes->next;
	for (const struct note_block *block = notes->blocks; block != NULL; block = block->older)
		for (const uint32_t *note = block->words; note < block->end; note += n_words)
			places[*note]++;
	for (size_t c = 0; c < n_customers; c++)
		places[c + 1] += places[c];
	while (notes->blocks != NULL) {
		struct note_block *block = notes->blocks;
		for (const uint32_t *note = block->end; note > block->words;) {
			note -= n_words;
			keys[--places[*note]] = key_of(notes, note);
		}
		notes->blocks = block->older;
		mem_free(block);
	}
	notes_release(notes);
	return keys;
}

uint64_t *notes_settle(struct notes *notes, size_t n_customers, size_t *places)
{
	uint64_t *keys = lay_out(notes, n_customers, places);
	size_t n = 0, begin = 0;
	for (size_t c = 0; c < n_customers; c++) {
		size_t end = places[c + 1], first = n;
		sort_keys(keys + begin, end - begin);
		places[c] = first;
		for (size_t i = begin; i < end; i++)
			if (n == first || keys[i] != keys[n - 1])
				keys[n++] = keys[i];
		begin = end;
	}
	places[n_customers] = n;
	return keys;
}

/* ---- counting ---- */

/* Of one customer, while notes are gone through from the last to the first. */
struct count {
	uint64_t n;   /* so far */
	uint64_t key; /* the least so far */
};

/* Those of whom a key came after a lower one, so that it may be a repeat: a bit for each customer,
 * which the nearest cache has room for, where it has none for the counts. */
struct set {
	uint64_t *bits;
	bool is_empty;
};

static void set_add(struct set *set, uint32_t customer)
{
	set->bits[customer / 64] |= UINT64_C(1) << customer % 64;
	set->is_empty = false;
}

static bool set_has(const struct set *set, size_t customer)
{
	return (set->bits[customer / 64] >> customer % 64 & 1) != 0;
}

/* Counts are all over a megabyte: they are asked for some notes before they are needed. */
static void count_block(const struct notes *notes, const struct note_block *block,
	struct count *counts, struct set *rising)
{
	enum { AHEAD = 24 };
	const ptrdiff_t n_words = (ptrdiff_t)words_of(notes), ahead = AHEAD * n_words;
	for (const uint32_t *note = block->end; note > block->words;) {
		note -= n_words;
		if (note - block->words >= ahead)
			__builtin_prefetch(&counts[*(note - ahead)], 1);
		struct count *count = &counts[*note];
		uint64_t key = key_of(notes, note);
		if ((count->n == 0) | (key < count->key)) { /* | has no branch of its own */
			count->n++;
			count->key = key;
		} else if (key > count->key) {
			set_add(rising, *note);
		}
	}
}

/* Those whose keys are in no order are laid out and sorted. */
static void count_others(const struct notes *notes, const struct set *others_are,
	struct count *counts, size_t n_customers)
{
	struct notes others = {.wide = notes->wide};
	size_t n_words = words_of(notes);
	for (const struct note_block *block = notes->blocks; block != NULL; block = block->older)
		for (const uint32_t *note = block->words; note < block->end; note += n_words)
			if (set_has(others_are, *note))
				add(&others, *note, key_of(notes, note));
	size_t *places = mem_array(n_customers + 1, sizeof(*places));
	mem_free(notes_settle(&others, n_customers, places));
	for (size_t c = 0; c < n_customers; c++)
		if (set_has(others_are, c))
			counts[c].n = places[c + 1] - places[c];
	mem_free(places);
}

void notes_count(struct notes *notes, size_t n_customers, uint64_t *n_keys)
{
	struct count *counts = mem_zeroed(n_customers, sizeof(*counts));
	struct set rising = {mem_zeroed(n_customers / 64 + 1, sizeof(uint64_t)), true};
	if (notes->blocks != NULL)
		notes->blocks->end = notes->next;
	for (const struct note_block *block = notes->blocks; block != NULL; block = block->older)
		count_block(notes, block, counts, &rising);
	if (!rising.is_empty)
		count_others(notes, &rising, counts, n_customers);
	notes_release(notes);
	for (size_t c = 0; c < n_customers; c++)
		n_keys[c] = counts[c].n;
	mem_free(counts);
	mem_free(rising.bits);
}

/* ---- noting ---- */

/* Leaves each note once. */
static void squeeze(struct notes *notes, size_t n_customers)
{
	size_t *places = mem_array(n_customers + 1, sizeof(*places));
	uint64_t *keys = notes_settle(notes, n_customers, places);
	for (size_t c = 0; c < n_customers; c++)
		for (size_t i = places[c]; i < places[c + 1]; i++)
			add(notes, (uint32_t)c, keys[i]);
	notes->n_distinct = places[n_customers];
	mem_free(keys);
	mem_free(places);
}

void notes_add(struct notes *notes, uint32_t customer, uint64_t key, size_t n_customers)
{
	/* Up to some notes a customer cost less memory than what else is known of them. */
	enum { LONG_LIST = 1 << 18, SOME = 8 };
	if (notes->next == notes->end && count(notes) >= LONG_LIST &&
		count(notes) >= SOME * n_customers && count(notes) >= 2 * notes->n_distinct)
		squeeze(notes, n_customers);
	add(notes, customer, key);
}
