/* What is to be counted once for each customer, orders or purchase days, noted as rows come and
 * settled at the end. A customer is known by a number from 0.
 *
 *	struct notes notes = {.wide = true};
 *	notes_add(&notes, customer, key, n_customers);
 *	uint64_t *keys = notes_settle(&notes, n_customers, places);
 *	... those of customer c, distinct and ascending: keys[places[c]] to keys[places[c + 1]]
 *	mem_free(keys);
 *
 * A note takes 12 bytes, or 8 where keys have 32 bits (not wide). Repeats are noted too, but a
 * long list, of more than 8 a customer, is squeezed whenever it has doubled, so that memory grows
 * with customers and with what is distinct, not with rows. Notes lie in blocks that are never
 * moved and are given back one by one as they are settled: one array, grown by doubling, costs 5 %
 * more processor time in all that a run does, for memory that is asked for and copied.
 *
 * Settling lays the keys out by customer and sorts each one's. Who wants to know only how many
 * there are asks for notes_count(): keys that rise as orders come, as those of most exports do
 * (order_key()), are then counted in one pass, without being laid out.
 */
#ifndef ANALYTICS_NOTES_H
#define ANALYTICS_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct note_block;

struct notes {
	bool wide; /* keys of 64 bits */
	struct note_block *blocks;
	uint32_t *next, *end; /* in the newest block */
	size_t n;             /* in the blocks before it */
	size_t n_distinct;    /* when last squeezed */
};

/* An order's id as a number that is never 0: itself up to 8 bytes (big-endian, so that ids of one
 * length rise as their bytes do), the 64-bit hash of a longer one. */
uint64_t order_key(struct text id);

/* customer is below n_customers, which may grow from call to call. */
void notes_add(struct notes *notes, uint32_t customer, uint64_t key, size_t n_customers);

/* Returns the keys, which the caller frees, and sets n_customers + 1 places. Empties the notes. */
uint64_t *notes_settle(struct notes *notes, size_t n_customers, size_t *places);

/* How many distinct keys each customer has. Empties the notes. */
void notes_count(struct notes *notes, size_t n_customers, uint64_t *n_keys);

void notes_release(struct notes *notes);

#endif
