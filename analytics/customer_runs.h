/* The rows of a batch as runs, by part of the customers.
 *
 *	struct customer_runs runs;
 *	customer_runs_make(&runs, batch, with_orders, may_join);
 *	for (size_t k = runs.begin[p]; k < runs.begin[p + 1]; k++)
 *		add(&runs.runs[runs.order[k]]);
 *	customer_runs_release(&runs);
 *
 * A run is rows of one customer, order and day that stand one after the other, as the lines of an
 * order do in most exports: what is to be looked up once. What of a row lies in five arrays, and
 * behind two pointers, is brought together while rows are gone through in their own order; by part
 * each is a leap.
 */
#ifndef ANALYTICS_CUSTOMER_RUNS_H
#define ANALYTICS_CUSTOMER_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/customer_id.h"
#include "analytics/customers.h"
#include "base/transactions.h"

struct customer_run {
	struct customer_id id; /* as long as the batch */
	uint32_t n_rows;
	uint64_t order; /* its key, or 0 where orders do not matter */
	money amount;   /* of all its rows, which are purchases or are returns */
	int32_t day;
	uint32_t hash; /* of the id, without the bits that say which part */
};

struct customer_runs {
	struct customer_run *runs; /* in the order of the rows */
	size_t n_runs;
	uint32_t *order; /* by part: begin[p] to begin[p + 1] are the numbers of those of part p */
	uint32_t *found; /* for the caller: the record of each, in the same order */
	unsigned char *part_of;
	size_t begin[CUSTOMERS_PARTS + 1];
};

/* Where rows may not be joined, each is a run. */
void customer_runs_make(struct customer_runs *runs, const struct transactions *rows,
	bool with_orders, bool may_join);

void customer_runs_release(struct customer_runs *runs);

/* The part that a customer is in. */
static inline size_t customer_part(uint64_t hash)
{
	return hash >> 60;
}
_Static_assert(CUSTOMERS_PARTS == 16, "4 bits of the hash say which part");

#endif
