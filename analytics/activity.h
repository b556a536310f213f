/* Who was active when: rows in any order -> one record for each customer and period.
 *
 *	struct activity *activity = activity_new(n_parts);
 *	activity_add(activity, part, customer, period, amount);      (again and again)
 *	activity_finish(activity, n_customers_of_parts, n_threads);
 *	struct activity_record record;
 *	for (struct activity_cursor at = {0}; activity_next(activity, &at, &record);)
 *		... record.customer, record.period, record.purchase, record.revenue
 *	activity_free(activity);
 *
 * Customers are in parts, as a table of customers that several threads fill has them; in each they
 * are numbered from 0. One thread at a time may add to a part, whatever others do to other parts.
 * When all is in, the customers of part 0 come first, then those of part 1, and so on, in one
 * numbering. A period is any number of 31 bits: a day, or what period_of() makes of one.
 *
 * Memory is 16 bytes for each distinct (customer, period), and at most as much again while rows
 * come in. Amounts are integers, so nothing depends on the order of the rows.
 */
#ifndef ANALYTICS_ACTIVITY_H
#define ANALYTICS_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"

struct activity;

struct activity_record {
	uint32_t customer; /* in the one numbering */
	int32_t period;
	bool purchase;     /* false where there was nothing but returns */
	money_sum revenue; /* purchases less returns */
};

struct activity *activity_new(size_t n_parts);

/* A negative amount is a return, any other a purchase. */
void activity_add(
	struct activity *activity, size_t part, uint32_t customer, int32_t period, money amount);

/* After the last row: activity_next() may be called, and nothing more may be added. One count of
 * customers for each part, 2^32 - 1 together at most. */
void activity_finish(
	struct activity *activity, const uint32_t *n_customers_of_parts, unsigned n_threads);

struct activity_cursor {
	size_t part, entry;
};

/* The next record by customer, then by period; false at the end. */
bool activity_next(const struct activity *activity, struct activity_cursor *at,
	struct activity_record *record);

void activity_free(struct activity *activity); /* takes NULL */

#endif
