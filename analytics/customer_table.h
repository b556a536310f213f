/* One part of the customers: their records, numbered from 0 in the order in which they were met,
 * and found by id.
 *
 *	customer_table_reserve(&table, n);
 *	for (...) customer_table_expect(&table, hash[i]);
 *	for (...) found[i] = customer_table_guess(&table, hash[i], &id[i]);
 *	for (...) if (!customer_table_is(&table, found[i], &id[i]))
 *			found[i] = customer_table_find(&table, hash[i], &id[i]);
 *	use(customer_table_at(&table, found[i]));
 *
 * Open addressing. A slot has 4 bytes: of 2^k slots the record's number plus 1 (0: free) in the low
 * k bits, as the place has the low k bits of the hash; above it the hash's other bits. Whoever has
 * many ids asks for all slots, then by the slots for all records, and waits for memory at neither:
 * looking up one by one takes three times as long. One thread at a time.
 */
#ifndef ANALYTICS_CUSTOMER_TABLE_H
#define ANALYTICS_CUSTOMER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/customer_id.h"
#include "analytics/customer_memory.h"

struct customer_table {
	struct customer_memory *memory;
	size_t part; /* in the memory */
	uint32_t *slots;
	size_t n_slots;
	struct customer_record **chunks; /* the first is smaller while it is the only one */
	size_t n_records, capacity;
	struct customer_id_arena ids;
};

void customer_table_init(struct customer_table *table, struct customer_memory *memory, size_t part);

/* Slots for so many customers more, so that they stay where they are while those are met. */
void customer_table_reserve(struct customer_table *table, size_t more);

/* The record of an id, made when it is not there yet: no purchase, and no day of one. */
uint32_t customer_table_find(
	struct customer_table *table, uint32_t hash, const struct customer_id *id);

/* Makes the record of a slot that is free. */
uint32_t customer_table_insert(
	struct customer_table *table, uint32_t *slot, uint32_t hash, const struct customer_id *id);

/* The records go with the memory. */
void customer_table_release(struct customer_table *table);

static inline struct customer_record *customer_table_at(
	const struct customer_table *table, size_t index)
{
	return &table->chunks[index / CUSTOMER_CHUNK][index % CUSTOMER_CHUNK];
}

static inline void customer_table_expect(const struct customer_table *table, uint32_t hash)
{
	__builtin_prefetch(&table->slots[hash & (table->n_slots - 1)]);
}

/* The slot of a record with these bits of the hash, at or after a place; else a free one. */
static inline uint32_t *customer_table_probe(
	const struct customer_table *table, uint32_t hash, size_t at)
{
	uint32_t mask = (uint32_t)(table->n_slots - 1), bits = hash & ~mask;
	while (table->slots[at] != 0 && (table->slots[at] & ~mask) != bits)
		at = (at + 1) & mask;
	return &table->slots[at];
}

static inline uint32_t customer_table_index(const struct customer_table *table, uint32_t slot)
{
	return (slot & (uint32_t)(table->n_slots - 1)) - 1;
}

/* By its slot alone, which is right but for two ids with the same bits of the hash. */
static inline uint32_t customer_table_guess(
	struct customer_table *table, uint32_t hash, const struct customer_id *id)
{
	uint32_t *slot = customer_table_probe(table, hash, hash & (table->n_slots - 1));
	uint32_t index = *slot == 0 ? customer_table_insert(table, slot, hash, id)
				    : customer_table_index(table, *slot);
	__builtin_prefetch(customer_table_at(table, index), 1);
	return index;
}

static inline bool customer_table_is(
	const struct customer_table *table, uint32_t index, const struct customer_id *id)
{
	return customer_id_same(&customer_table_at(table, index)->id, id);
}

#endif
