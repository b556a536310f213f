#include "analytics/activity.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/parallel.h"

/* The key is the customer in the upper half; below it the period, moved to be positive, and in
 * the lowest bit whether there was a purchase, which is not part of the order. Two entries may
 * have the same pair when their sum would overflow 64 bits; activity_next() adds them in 128. */
struct entry {
	uint64_t key;
	money revenue;
};

/* Rows are collected behind the sorted entries until they are as many as these, and are then
 * sorted by radix and merged with them, so that each costs a few moves in all. With 64 parts, each
 * small enough for the processor's cache, ten million rows of a million customers take a quarter
 * less time than in one piece (0.52 against 0.70 s). */
struct part {
	struct entry *entries;
	size_t n_entries, n_sorted, capacity;
	uint32_t first_customer; /* in the one numbering; set when finished */
};

struct activity {
	struct part *parts;
	size_t n_parts;
};

enum { LEAST_FRESH = 1024, PERIOD_OFFSET = 1 << 30, DIGIT_BITS = 8 };

struct activity *activity_new(size_t n_parts)
{
	struct activity *activity = mem_array(1, sizeof(*activity));
	activity->n_parts = n_parts;
	activity->parts = mem_zeroed(n_parts, sizeof(*activity->parts));
	return activity;
}

static uint64_t key_of(uint32_t customer, int32_t period, bool purchase)
{
	assert(period >= -PERIOD_OFFSET && period < PERIOD_OFFSET);
	uint32_t moved = (uint32_t)(period + PERIOD_OFFSET);
	return (uint64_t)customer << 32 | moved << 1 | purchase;
}

static uint64_t pair_of(struct entry entry)
{
	return entry.key >> 1;
}

/* Adds entry to one of the same pair, if it is one and the sum has room. */
static bool join(struct entry *to, struct entry entry)
{
	money sum;
	if (pair_of(*to) != pair_of(entry) ||
		__builtin_add_overflow(to->revenue, entry.revenue, &sum))
		return false;
	to->key |= entry.key;
	to->revenue = sum;
	return true;
}

static void sort_by_digit(const struct entry *from, struct entry *to, size_t n_entries, int shift)
{
	enum { N_DIGITS = 1 << DIGIT_BITS };
	size_t starts[N_DIGITS + 1] = {0};
	for (size_t i = 0; i < n_entries; i++)
		starts[(from[i].key >> shift & (N_DIGITS - 1)) + 1]++;
	for (size_t d = 0; d < N_DIGITS; d++)
		starts[d + 1] += starts[d];
	for (size_t i = 0; i < n_entries; i++)
		to[starts[from[i].key >> shift & (N_DIGITS - 1)]++] = from[i];
}

/* Least digit first; only digits in which keys differ cost a pass. Sorts entries, with scratch of
 * the same room, and returns which of the two holds the result. */
static struct entry *sort(struct entry *entries, struct entry *scratch, size_t n_entries)
{
	uint64_t ones = 0, zeros = 0;
	for (size_t i = 0; i < n_entries; i++) {
		ones |= entries[i].key;
		zeros |= ~entries[i].key;
	}
	struct entry *from = entries, *to = scratch;
	for (uint64_t differing = ones & zeros & ~UINT64_C(1); differing != 0;) {
		int shift = __builtin_ctzll(differing);
		sort_by_digit(from, to, n_entries, shift);
		differing &= ~(((UINT64_C(1) << DIGIT_BITS) - 1) << shift);
		struct entry *sorted = to;
		to = from;
		from = sorted;
	}
	return from;
}

static size_t join_neighbours(struct entry *entries, size_t n_entries)
{
	size_t n = 0;
	for (size_t i = 0; i < n_entries; i++)
		if (n == 0 || !join(&entries[n - 1], entries[i]))
			entries[n++] = entries[i];
	return n;
}

/* Merges from the back, so that the sorted entries need no second place: entries has room for
 * both. Of equal pairs the sorted one goes first, and the fresh one joins it. */
static size_t merge(
	struct entry *entries, size_t n_sorted, const struct entry *fresh, size_t n_fresh)
{
	size_t end = n_sorted + n_fresh, to = end;
	while (n_fresh > 0) {
		bool take_sorted = n_sorted > 0 &&
				   pair_of(entries[n_sorted - 1]) >= pair_of(fresh[n_fresh - 1]);
		struct entry entry = take_sorted ? entries[--n_sorted] : fresh[--n_fresh];
		if (to == end || !join(&entries[to], entry))
			entries[--to] = entry;
	}
	memmove(entries + n_sorted, entries + to, (end - to) * sizeof(*entries));
	return n_sorted + end - to;
}

static void compact(struct part *part)
{
	size_t n_fresh = part->n_entries - part->n_sorted;
	if (n_fresh == 0)
		return;
	struct entry *fresh = part->entries + part->n_sorted;
	struct entry *scratch = mem_array(n_fresh, sizeof(*scratch));
	if (sort(fresh, scratch, n_fresh) == fresh)
		memcpy(scratch, fresh, n_fresh * sizeof(*fresh));
	n_fresh = join_neighbours(scratch, n_fresh);
	part->n_sorted = merge(part->entries, part->n_sorted, scratch, n_fresh);
	part->n_entries = part->n_sorted;
	mem_free(scratch);
}

static size_t most_fresh(const struct part *part)
{
	return part->n_sorted > LEAST_FRESH ? part->n_sorted : LEAST_FRESH;
}

/* Doubles the room, but never beyond what compact() will let it hold. */
static void make_room(struct part *part)
{
	size_t most = part->n_sorted + most_fresh(part);
	size_t wanted = part->capacity < 16 ? 16 : part->capacity * 2;
	part->capacity = wanted < most ? wanted : most;
	part->entries = mem_resize(part->entries, part->capacity, sizeof(*part->entries));
}

void activity_add(struct activity *activity, size_t part_number, uint32_t customer, int32_t period,
	money amount)
{
	struct part *part = &activity->parts[part_number];
	struct entry entry = {key_of(customer, period, amount >= 0), amount};
	/* The lines of one order mostly stand together. */
	if (part->n_entries > part->n_sorted && join(&part->entries[part->n_entries - 1], entry))
		return;
	if (part->n_entries - part->n_sorted >= most_fresh(part))
		compact(part);
	if (part->n_entries == part->capacity)
		make_room(part);
	part->entries[part->n_entries++] = entry;
}

static void finish_part(void *context, size_t i)
{
	struct part *part = &((struct activity *)context)->parts[i];
	compact(part);
	part->capacity = part->n_entries;
	part->entries = mem_resize(part->entries, part->capacity, sizeof(*part->entries));
}

void activity_finish(
	struct activity *activity, const uint32_t *n_customers_of_parts, unsigned n_threads)
{
	parallel_for(n_threads, activity->n_parts, finish_part, activity);
	uint32_t first_customer = 0;
	for (size_t p = 0; p < activity->n_parts; p++) {
		activity->parts[p].first_customer = first_customer;
		assert(n_customers_of_parts[p] <= UINT32_MAX - first_customer);
		first_customer += n_customers_of_parts[p];
	}
}

bool activity_next(
	const struct activity *activity, struct activity_cursor *at, struct activity_record *record)
{
	while (at->part < activity->n_parts && at->entry == activity->parts[at->part].n_entries)
		*at = (struct activity_cursor){at->part + 1, 0};
	if (at->part == activity->n_parts)
		return false;
	const struct part *part = &activity->parts[at->part];
	assert(part->n_sorted == part->n_entries);
	struct entry first = part->entries[at->entry];
	*record = (struct activity_record){
		.customer = part->first_customer + (uint32_t)(first.key >> 32),
		.period = (int32_t)((uint32_t)first.key >> 1) - PERIOD_OFFSET,
	};
	for (; at->entry < part->n_entries; at->entry++) {
		struct entry entry = part->entries[at->entry];
		if (pair_of(entry) != pair_of(first))
			break;
		record->purchase |= entry.key & 1;
		record->revenue += entry.revenue;
	}
	return true;
}

void activity_free(struct activity *activity)
{
	if (activity == NULL)
		return;
	for (size_t p = 0; p < activity->n_parts; p++)
		mem_free(activity->parts[p].entries);
	mem_free(activity->parts);
	mem_free(activity);
}
