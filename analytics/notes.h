/* What is to be counted once for each customer, orders or purchase days, noted as rows come and
 * counted at the end. A customer is known by a number from 0.
 *
 *	struct order_notes notes = {0};
 *	order_note(&notes, customer, key, n_customers);
 *	order_notes_count(&notes, n_customers, counts);     distinct ones of each
 *	order_notes_release(&notes);
 *
 * Notes take 12 bytes an order and 8 a day. Repeats are noted too, but a long list is squeezed
 * before it grows, and grows only when most of it is distinct: so memory grows with what is
 * distinct, not with rows.
 *
 * Counting is laying the notes out by customer and sorting each one's. Keys that rise as orders
 * come, as those of most exports do (order_key()), are sorted already.
 */
#ifndef ANALYTICS_NOTES_H
#define ANALYTICS_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct order_note {
	uint32_t key[2]; /* in halves, so that a note has 12 bytes */
	uint32_t customer;
};

struct order_notes {
	struct order_note *notes;
	size_t n, capacity;
};

struct day_note {
	uint32_t customer;
	int32_t day;
};

struct day_notes {
	struct day_note *notes;
	size_t n, capacity;
};

/* An order's id as a number that is never 0: itself up to 8 bytes (big-endian, so that ids of one
 * length rise as their bytes do), the 64-bit hash of a longer one. */
uint64_t order_key(struct text id);

/* customer is below n_customers, which may grow from call to call. */
void order_note(struct order_notes *notes, uint32_t customer, uint64_t key, size_t n_customers);
void day_note(struct day_notes *notes, uint32_t customer, int32_t day, size_t n_customers);

/* counts[c] is set for each customer. */
void order_notes_count(const struct order_notes *notes, size_t n_customers, uint32_t *counts);

/* Leaves each note once, in the order of customers, then days. */
void day_notes_sort(struct day_notes *notes, size_t n_customers);

void order_notes_release(struct order_notes *notes); /* may be used again after it */
void day_notes_release(struct day_notes *notes);

#endif
