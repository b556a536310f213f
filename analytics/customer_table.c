#include "analytics/customer_table.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_SLOTS = 256, FIRST_RECORDS = 64, CACHE_LINE = 64 };

void customer_table_init(struct customer_table *table, struct customer_memory *memory, size_t part)
{
	*table = (struct customer_table){.memory = memory, .part = part};
}

void customer_table_release(struct customer_table *table)
{
	if (table->capacity < CUSTOMER_CHUNK && table->capacity > 0)
		mem_free(table->chunks[0]);
	mem_free(table->chunks);
	customer_id_arena_release(&table->ids);
}

/* ---- slots ---- */

/* The hashes are made again from the records, one after the other: that costs less than the memory
 * that slots with whole hashes take from the processor's cache. */
static void grow_slots(struct customer_table *table)
{
	assert(table->n_slots < (size_t)1 << 31);
	customer_memory_leave_slots(table->memory, table->n_slots);
	table->n_slots = table->n_slots == 0 ? FIRST_SLOTS : table->n_slots * 2;
	table->slots = customer_memory_slots(table->memory, table->part, table->n_slots);
	uint32_t mask = (uint32_t)(table->n_slots - 1);
	for (size_t i = 0; i < table->n_records; i++) {
		uint32_t hash = (uint32_t)customer_id_hash(&customer_table_at(table, i)->id);
		size_t at = hash & mask;
		while (table->slots[at] != 0)
			at = (at + 1) & mask;
		table->slots[at] = (hash & ~mask) | (uint32_t)(i + 1);
	}
}

void customer_table_reserve(struct customer_table *table, size_t more)
{
	while ((table->n_records + more) * 8 > table->n_slots * 5)
		grow_slots(table);
}

/* ---- records ---- */

static void grow_first_chunk(struct customer_table *table)
{
	struct customer_record *small = table->capacity == 0 ? NULL : table->chunks[0];
	size_t capacity = table->capacity == 0 ? FIRST_RECORDS : 2 * table->capacity;
	table->chunks = mem_resize(table->chunks, 1, sizeof(*table->chunks));
	table->chunks[0] =
		capacity == CUSTOMER_CHUNK
			? customer_memory_chunk(table->memory)
			: mem_aligned(capacity, sizeof(struct customer_record), CACHE_LINE);
	if (small != NULL)
		memcpy(table->chunks[0], small, table->capacity * sizeof(*small));
	mem_free(small);
	table->capacity = capacity;
}

static void grow_records(struct customer_table *table)
{
	assert(table->n_records < UINT32_MAX / 2);
	if (table->capacity < CUSTOMER_CHUNK) {
		grow_first_chunk(table);
		return;
	}
	size_t n_chunks = table->capacity / CUSTOMER_CHUNK;
	table->chunks = mem_resize(table->chunks, n_chunks + 1, sizeof(*table->chunks));
	table->chunks[n_chunks] = customer_memory_chunk(table->memory);
	table->capacity += CUSTOMER_CHUNK;
}

uint32_t customer_table_insert(
	struct customer_table *table, uint32_t *slot, uint32_t hash, const struct customer_id *id)
{
	if (table->n_records == table->capacity)
		grow_records(table);
	size_t index = table->n_records++;
	*customer_table_at(table, index) =
		(struct customer_record){.id = customer_id_keep(&table->ids, id),
			.first_purchase = INT32_MAX,
			.last_purchase = INT32_MIN};
	*slot = (hash & ~(uint32_t)(table->n_slots - 1)) | (uint32_t)(index + 1);
	return (uint32_t)index;
}

uint32_t customer_table_find(
	struct customer_table *table, uint32_t hash, const struct customer_id *id)
{
	size_t mask = table->n_slots - 1, at = hash & mask;
	for (;;) {
		uint32_t *slot = customer_table_probe(table, hash, at);
		if (*slot == 0)
			return customer_table_insert(table, slot, hash, id);
		uint32_t index = customer_table_index(table, *slot);
		if (customer_table_is(table, index, id))
			return index;
		at = ((size_t)(slot - table->slots) + 1) & mask;
	}
}
