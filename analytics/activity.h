/* Who was active when: rows in any order -> one record for each customer and period.
 *
 *	struct activity *activity = activity_new();
 *	activity_add(activity, customers, periods, amounts, n_rows);   (again and again)
 *	activity_finish(activity);
 *	struct activity_record record;
 *	for (struct activity_cursor at = {0}; activity_next(activity, &at, &record);)
 *		... record.customer, record.period, record.purchase, record.revenue
 *	activity_free(activity);
 *
 * A customer is a number from 0; a period is any number of 31 bits: a day, or what period_of()
 * makes of one. Memory is 16 bytes for each distinct (customer, period), and at most as much
 * again while rows come in.
 *
 * One thread owns a struct activity. Several threads fill one each, and activity_absorb() joins
 * them; since amounts are integers, nothing depends on who saw which row.
 */
#ifndef ANALYTICS_ACTIVITY_H
#define ANALYTICS_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"

struct activity;

struct activity_record {
	uint32_t customer;
	int32_t period;
	bool purchase;     /* false where there was nothing but returns */
	money_sum revenue; /* purchases less returns */
};

struct activity *activity_new(void);

/* amounts may be NULL: every row is then a purchase of 0. A negative amount is a return. */
void activity_add(struct activity *activity, const uint32_t *customers, const int32_t *periods,
	const money *amounts, size_t n_rows);

/* Adds all that from holds, its customer i as index_of[i], and frees from. index_of may be NULL:
 * the numbers are the same. */
void activity_absorb(struct activity *activity, struct activity *from, const uint32_t *index_of);

/* After the last row: activity_next() may be called, and nothing more may be added. */
void activity_finish(struct activity *activity);

struct activity_cursor {
	size_t part, entry;
};

/* The next record; false at the end. Those of one customer stand together, in the order of
 * periods; the order of customers depends on nothing but their numbers. */
bool activity_next(const struct activity *activity, struct activity_cursor *at,
	struct activity_record *record);

void activity_free(struct activity *activity); /* takes NULL */

#endif
