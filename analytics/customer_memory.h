/* The memory that the parts' tables of customers (analytics/customer_table.h) are made of, which
 * they share so that it lies in few huge pages: looking up in those costs a tenth less time.
 *
 *	uint32_t *slots = customer_memory_slots(memory, part, n_slots);
 *	struct customer_record *records = customer_memory_chunk(memory);
 *
 * Any thread may ask. Slots of one size are side by side, a part's after the other's; chunks of
 * records never move and are given back all at once: to double an array of 32 MB costs more, for
 * memory that is new to the process and for copying, than all insertions.
 */
#ifndef ANALYTICS_CUSTOMER_MEMORY_H
#define ANALYTICS_CUSTOMER_MEMORY_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/customer_id.h"
#include "base/money.h"

/* All that a row of most commands touches, two of them in a cache line. Sums that this has no room
 * for are carried elsewhere (analytics/customers.c). */
struct customer_record {
	struct customer_id id;
	uint32_t purchases; /* rows; distinct orders when finished */
	money revenue;      /* net */
	int32_t first_purchase, last_purchase;
};
_Static_assert(sizeof(struct customer_record) == 32, "two records are a cache line");

enum { CUSTOMER_CHUNK = 4096 }; /* records */

/* The slots of all parts that have 2^k each. */
struct customer_slots {
	uint32_t *slots;
	size_t n_left; /* parts that have outgrown them: the last one frees them */
};

struct customer_memory {
	size_t n_parts;
	pthread_mutex_t lock;            /* of all that follows */
	struct customer_slots slots[32]; /* by k */
	struct customer_record **blocks; /* of some chunks each */
	size_t n_chunks, blocks_capacity;
};

void customer_memory_init(struct customer_memory *memory, size_t n_parts);

/* n_slots is a power of two; all of them 0. */
uint32_t *customer_memory_slots(struct customer_memory *memory, size_t part, size_t n_slots);

/* This part needs slots of that number no more; 0 is none. */
void customer_memory_leave_slots(struct customer_memory *memory, size_t n_slots);

/* No part needs slots any more. */
void customer_memory_free_slots(struct customer_memory *memory);

/* Room for CUSTOMER_CHUNK records, not initialised. */
struct customer_record *customer_memory_chunk(struct customer_memory *memory);

void customer_memory_release(struct customer_memory *memory);

#endif
