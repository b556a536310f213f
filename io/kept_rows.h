/* The good rows of a batch, in columns, and a store of them: each thread takes one for a batch and
 * gives it back, so that no batch allocates.
 *
 *	struct kept_rows *kept = kept_rows_take(&store, settings, binding, n_rows);
 *	kept->days[0] = day;
 *	kept_rows_give(&store, kept);
 */
#ifndef IO_KEPT_ROWS_H
#define IO_KEPT_ROWS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/customer.h"
#include "base/money.h"
#include "base/text.h"
#include "base/transactions.h"
#include "io/binding.h"
#include "io/transactions.h"

/* Which columns there are depends on the kind of table: transactions have the first five, labels
 * where they are named; the customers table has rows, and any table has cells. */
struct kept_rows {
	struct kept_rows *next;
	size_t capacity;
	struct text *customers, *orders, *labels[TRANSACTIONS_LABELS];
	int32_t *days;
	money *amounts;
	struct customer *rows;
	struct text *cells; /* binding.n_cells of each row */
	bool *is_header;    /* of each row of the batch, kept or not */
};

struct kept_rows_store {
	struct kept_rows *spare;
	pthread_mutex_t lock;
};

void kept_rows_init(struct kept_rows_store *store);

/* Room for n_rows rows of the table that settings and binding speak of, all files of a run being of
 * one kind. From any thread. */
struct kept_rows *kept_rows_take(struct kept_rows_store *store,
	const struct transactions_settings *settings, const struct binding *binding, size_t n_rows);

void kept_rows_give(struct kept_rows_store *store, struct kept_rows *kept);

/* After all have been given back. */
void kept_rows_release(struct kept_rows_store *store);

#endif
