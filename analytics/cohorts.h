/* Retention: of the customers who started together, how many were active how much later, and what
 * of their spending stayed.
 *
 *	struct calendar months = {.unit = PERIOD_MONTH};
 *	struct cohorts cohorts;
 *	enum cohorts_status status = cohorts_build(&cohorts, activity,
 *		&(struct cohort_members){.first_day = first_day, .n_customers = n},
 *		&(struct cohort_options){
 *			.calendar = months, .as_of = as_of, .confidence = .95});
 *	for (size_t c = 0; status == COHORTS_OK && c < cohorts.n_cohorts; c++)
 *		... cohorts.cohorts[c].cells[1].rate, that of period 1
 *	cohorts_release(&cohorts);
 *
 * A cohort is the calendar period of the first purchase, or a label. Period k of a customer is the
 * k-th calendar period after that of the first purchase, or window k (days kN to kN + N - 1 after
 * the first purchase), or bracket k of days after it. Period 0 holds the first purchase.
 *
 * A period is complete when it ends on or before as_of; COHORT_ON_OR_AFTER wants the one after it
 * to be complete too, since a customer must have had a chance to come back later. A cell counts
 * the members who have completed its period. Members of one calendar cohort all have or all have
 * not; windows, labels and the cohort of all have both kinds, and rate = active / eligible is then
 * that of the older ones. A cell whose period no member has completed is incomplete: it counts the
 * members who have begun it, and is there only when asked for.
 */
#ifndef ANALYTICS_COHORTS_H
#define ANALYTICS_COHORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/activity.h"
#include "analytics/periods.h"
#include "analytics/proportion.h"
#include "base/money.h"

enum cohort_definition {
	COHORT_ON,          /* a purchase in the period */
	COHORT_ON_OR_AFTER, /* in it or in any later one up to as_of */
	COHORT_FULL,        /* in every period from 0 to it */
	COHORT_PREVIOUS,    /* in it, of those with one in the period before (all, in period 0) */
	COHORT_BRACKET,     /* a purchase in the bracket of days */
};

struct day_bracket {
	int32_t first, last; /* days after the first purchase, both inclusive */
};

struct cohort_options {
	enum cohort_definition definition;
	struct calendar calendar;
	int32_t window_days; /* 0: calendar periods */
	/* For COHORT_BRACKET. A first bracket that holds day 0 is period 0; else period 0 is day 0
	 * alone, and the brackets are periods 1 to n_brackets. */
	const struct day_bracket *brackets;
	size_t n_brackets;
	int32_t as_of; /* no activity is later */
	double confidence;
	bool incomplete; /* also the cells whose period no member has completed */
};

enum { NOT_A_MEMBER = INT32_MAX };

/* One element for each customer. */
struct cohort_members {
	const int32_t *first_day; /* the first purchase; NOT_A_MEMBER leaves the customer out */
	const uint32_t *label;    /* the cohort, below 2^31; NULL: the period of first_day */
	const uint32_t *group;    /* splits every cohort; NULL: does not */
	uint32_t n_customers;
};

/* Rates are NaN where the denominator is not positive. Revenue is net and that of the eligible;
 * with base its sum in period 0, revenue_rate = revenue / base, and gross_revenue_rate = the sum of
 * min(own in this period, own in period 0) / the sum of own in period 0, with a negative own
 * counted as 0 in both sums: how much of the spending stayed, whatever others added. */
struct cohort_cell {
	int64_t eligible, active;
	money_sum revenue;
	double rate;
	struct interval rate_interval; /* Wilson's */
	double revenue_rate, gross_revenue_rate;
	bool complete;
};

struct cohort {
	int32_t key; /* the period or the label; of no meaning for all */
	uint32_t group;
	bool all; /* every cohort of the group, weighted by the eligible */
	int64_t size;
	const struct cohort_cell *cells; /* of period 0, 1, ... */
	int32_t n_cells;
};

struct cohorts {
	struct cohort *cohorts; /* by key, then group; then all, by group; none without members */
	size_t n_cohorts;
	struct cohort_cell *cells;
};

enum cohorts_status {
	COHORTS_OK,
	COHORTS_NO_MEMBERS,
	COHORTS_ONE_PERIOD,     /* no cell of a period after the first */
	COHORTS_TOO_MANY_CELLS, /* more than COHORTS_MOST_CELLS */
};

/* 3 GB of them. A year of daily cohorts has 66,000; where there are more than these, a day is
 * centuries from the others. */
enum { COHORTS_MOST_CELLS = 1 << 24 };

/* In order, apart from each other, none before day 0. */
bool brackets_are_apart(const struct day_bracket *brackets, size_t n_brackets);

/* The activity is by period of the calendar, or by day for windows and brackets. What lies before
 * a member's first purchase (returns of what was bought before the data began) is in no cell,
 * unless it is in the same calendar period. */
enum cohorts_status cohorts_build(struct cohorts *cohorts, const struct activity *activity,
	const struct cohort_members *members, const struct cohort_options *options);

void cohorts_release(struct cohorts *cohorts);

#endif
