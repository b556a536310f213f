/* Transactions -> one record per customer: its sufficient statistics (base/customer.h).
 *
 *	struct customers *customers = customers_new(CUSTOMERS_NEED_ORDERS | CUSTOMERS_NEED_DAYS);
 *	customers_add(customers, &transactions);        any thread, any order, again and again
 *	customers_finish(customers, n_threads);
 *	for (size_t i = 0; i < customers_count(customers); i++)
 *		use(customers_get(customers, i));       sorted by id, bytewise
 *	customers_free(customers);
 *
 * Exact whatever the order of the rows: money is summed in 128 bits, orders and days are counted
 * as distinct (an order whose id is longer than 8 bytes by its 64-bit hash, within its customer:
 * among the orders of one customer, n of them, two are taken for one with a probability below
 * n^2 / 2^65). Memory grows with customers, some 60 bytes each and the id where it is longer than
 * 11; with CUSTOMERS_NEED_ORDERS also with distinct orders (12 bytes), with CUSTOMERS_NEED_DAYS
 * with distinct purchase days (8).
 *
 * How it is fast: the customers are parted by hash into 16 tables with a lock each, so that
 * threads share one set of records and nothing is merged at the end. Rows of one order that stand
 * together are looked up once (analytics/customer_runs.h), and the orders of a batch that fall into
 * one table together: all their slots are asked for, then all their records
 * (analytics/customer_table.h). A record is half a cache line, the id in it
 * (analytics/customer_id.h). What is to be counted as distinct is noted, and settled at the end
 * (analytics/notes.h).
 */
#ifndef ANALYTICS_CUSTOMERS_H
#define ANALYTICS_CUSTOMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/customer.h"
#include "base/transactions.h"

enum {
	CUSTOMERS_NEED_ORDERS = 1,    /* orders are distinct ids, not rows */
	CUSTOMERS_NEED_DAYS = 2,      /* purchase_days and log_gaps */
	CUSTOMERS_NEED_FIRST_DAY = 4, /* first_day_revenue */
	CUSTOMERS_NEED_ROWS = 8,      /* rows, for customers_before() */
};

struct customers;

struct customers *customers_new(unsigned needs);

/* Methods that need more of the rows than the records keep see them as they stream. A customer is
 * then known by its part and its number there, from 0 in the order in which they were met; in the
 * one numbering of all, those of part 0 come first, then those of part 1, and so on. */
enum { CUSTOMERS_PARTS = 16 };

struct customers_rows {
	size_t part;
	const struct transactions *batch;
	const uint32_t *rows;      /* those of the batch that are the part's */
	const uint32_t *customers; /* whose they are */
	size_t n_rows;
};

struct customers_observer {
	/* One call at a time for each part, whatever runs for others. */
	void (*see)(void *context, const struct customers_rows *rows);
	void *context;
};

/* Before the first row. Rows of a customers table are not shown. */
void customers_observe(struct customers *customers, struct customers_observer observer);

/* Thread-safe. */
void customers_add(struct customers *customers, const struct transactions *rows);

/* Rows of a customers table, each a customer of its own; thread-safe. What is needed must then
 * include CUSTOMERS_NEED_DAYS and CUSTOMERS_NEED_FIRST_DAY, and not CUSTOMERS_NEED_ORDERS. */
void customers_add_rows(struct customers *customers, const struct customer *rows, size_t n_rows);

/* Counts and sorts; nothing may be added after it. */
void customers_finish(struct customers *customers, unsigned n_threads);

/* Customers with at least one purchase. */
size_t customers_count(const struct customers *customers);

/* The i-th of them, bytewise by id. purchase_days, log_gaps and first_day_revenue are 0 unless they
 * were asked for; when neither days nor the first day were, gross_revenue is net of the returns,
 * and returns is 0. The id lives as long as customers. */
struct customer customers_get(const struct customers *customers, size_t i);

/* How many the parts have, all in all, also of those with returns only. */
uint32_t customers_in_parts(
	const struct customers *customers, uint32_t n_customers[CUSTOMERS_PARTS]);

/* The first purchase of each in the one numbering; INT32_MAX for those with returns only. */
void customers_first_purchases(const struct customers *customers, int32_t *days);

/* Those whose first purchase lies before a day, and how many rows they have. For
 * CUSTOMERS_NEED_ROWS. */
struct customers_before {
	size_t n_customers;
	int64_t n_rows;
};
struct customers_before customers_before(const struct customers *customers, int32_t day);

/* Those with returns only, who are in no table: how many, and what they were given back. */
size_t customers_returns_only(const struct customers *customers, money_sum *returns);

/* The ids of all, also of those with returns only, in no order; they live as long as customers.
 * ids has room for customers_count() + customers_returns_only(). */
void customers_ids(const struct customers *customers, struct text *ids);

/* The first id, bytewise, that customers_add_rows() was given twice, or length 0. */
struct text customers_duplicate(const struct customers *customers);

void customers_free(struct customers *customers); /* takes NULL */

#endif
