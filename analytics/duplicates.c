#include "analytics/duplicates.h"

#include <pthread.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/parallel.h"
#include "base/place.h"

/* Rows are parted by a byte of their hash, so that the table of one part fits a processor's cache
 * and parts can be searched side by side. Sampling looks at other bits. */
enum { PART_BITS = 8, N_PARTS = 1 << PART_BITS };

struct row {
	uint64_t low, high; /* the hash */
	uint64_t place;
};

struct part {
	struct row *rows;
	size_t n_rows, capacity;
	struct duplicates_found found;
};

struct duplicates {
	pthread_mutex_t lock;
	size_t most, n_rows;
	unsigned sampling_bits; /* rows whose hash begins with so many zeros are looked at */
	struct part parts[N_PARTS];
};

static bool is_sampled(const struct row *row, unsigned bits)
{
	return bits == 0 || row->high >> (64 - bits) == 0;
}

/* ---- adding ---- */

static void put(struct duplicates *duplicates, const struct row *row)
{
	struct part *part = &duplicates->parts[row->low >> (64 - PART_BITS)];
	part->rows = mem_grow(part->rows, &part->capacity, part->n_rows + 1, sizeof(*part->rows));
	part->rows[part->n_rows++] = *row;
	duplicates->n_rows++;
}

/* Half the rows go. As a row stays or goes by its hash alone, the bits at the end are the fewest
 * with which all rows would have fitted, in whatever order they came. */
static void thin_out(struct duplicates *duplicates)
{
	enum { MOST_BITS = 63 };
	if (duplicates->sampling_bits < MOST_BITS)
		duplicates->sampling_bits++;
	duplicates->n_rows = 0;
	for (size_t p = 0; p < N_PARTS; p++) {
		struct part *part = &duplicates->parts[p];
		size_t n = 0;
		for (size_t i = 0; i < part->n_rows; i++)
			if (is_sampled(&part->rows[i], duplicates->sampling_bits))
				part->rows[n++] = part->rows[i];
		part->n_rows = n;
		duplicates->n_rows += n;
	}
}

void duplicates_add(
	struct duplicates *duplicates, const struct text *rows, const uint64_t *places, size_t n)
{
	struct row *hashed = mem_array(n, sizeof(*hashed));
	for (size_t i = 0; i < n; i++) {
		XXH128_hash_t hash = XXH3_128bits(rows[i].at, rows[i].length);
		hashed[i] = (struct row){hash.low64, hash.high64, places[i]};
	}
	pthread_mutex_lock(&duplicates->lock);
	for (size_t i = 0; i < n; i++) {
		if (!is_sampled(&hashed[i], duplicates->sampling_bits))
			continue;
		put(duplicates, &hashed[i]);
		if (duplicates->n_rows > duplicates->most)
			thin_out(duplicates);
	}
	pthread_mutex_unlock(&duplicates->lock);
	mem_free(hashed);
}

/* ---- searching ---- */

/* Open addressing; a slot holds the number of a row and 1, at most half are taken. */
struct slots {
	uint32_t *of;
	size_t mask;
};

static struct slots slots_for(size_t n_rows)
{
	size_t n_slots = 16;
	while (n_slots < 2 * n_rows)
		n_slots *= 2;
	return (struct slots){mem_zeroed(n_slots, sizeof(uint32_t)), n_slots - 1};
}

/* The slot of the rows that are equal to this one. */
static uint32_t *slot_of(const struct slots *slots, const struct part *part, const struct row *row)
{
	size_t at = row->low & slots->mask;
	for (; slots->of[at] != 0; at = (at + 1) & slots->mask) {
		const struct row *other = &part->rows[slots->of[at] - 1];
		if (other->low == row->low && other->high == row->high)
			break;
	}
	return &slots->of[at];
}

/* Every row but the first of its equals is a repeat. Slots keep the first met so far, and whichever
 * of two has to stand back is a repeat for certain: so each repeat is seen as one, and the earliest
 * is among those noted. */
static void search(void *context, size_t p)
{
	struct duplicates *duplicates = context;
	struct part *part = &duplicates->parts[p];
	struct duplicates_found *found = &part->found;
	struct slots slots = slots_for(part->n_rows);
	unsigned char *has_repeats = mem_zeroed(part->n_rows, 1);
	const uint32_t *slot_of_first = NULL;
	found->first_repeat = PLACE_NONE;
	for (size_t i = 0; i < part->n_rows; i++) {
		struct row *row = &part->rows[i];
		uint32_t *slot = slot_of(&slots, part, row);
		if (*slot == 0) {
			*slot = (uint32_t)i + 1;
			continue;
		}
		struct row *first = &part->rows[*slot - 1];
		uint64_t later = row->place > first->place ? row->place : first->place;
		if (row->place < first->place)
			first->place = row->place;
		found->repeats++;
		found->groups += has_repeats[*slot - 1] == 0;
		has_repeats[*slot - 1] = 1;
		if (later < found->first_repeat) {
			found->first_repeat = later;
			slot_of_first = slot;
		}
	}
	if (slot_of_first != NULL)
		found->repeated = part->rows[*slot_of_first - 1].place;
	mem_free(has_repeats);
	mem_free(slots.of);
}

struct duplicates_found duplicates_finish(struct duplicates *duplicates, unsigned n_threads)
{
	struct duplicates_found all = {.rows = (int64_t)duplicates->n_rows,
		.one_in = (int64_t)1 << duplicates->sampling_bits,
		.first_repeat = PLACE_NONE};
	parallel_for(n_threads, N_PARTS, search, duplicates);
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct duplicates_found *found = &duplicates->parts[p].found;
		all.repeats += found->repeats;
		all.groups += found->groups;
		if (found->first_repeat < all.first_repeat) {
			all.first_repeat = found->first_repeat;
			all.repeated = found->repeated;
		}
	}
	return all;
}

struct duplicates *duplicates_new(size_t most)
{
	struct duplicates *duplicates = mem_zeroed(1, sizeof(*duplicates));
	duplicates->most = most;
	pthread_mutex_init(&duplicates->lock, NULL);
	return duplicates;
}

void duplicates_free(struct duplicates *duplicates)
{
	if (duplicates == NULL)
		return;
	for (size_t p = 0; p < N_PARTS; p++)
		mem_free(duplicates->parts[p].rows);
	pthread_mutex_destroy(&duplicates->lock);
	mem_free(duplicates);
}
