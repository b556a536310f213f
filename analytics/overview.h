/* Customers by calendar period: how many were active, and where they came from and went.
 *
 *	struct overview overview;
 *	if (overview_build(&overview, activity, first_day, n_customers, months, as_of, false) ==
 *		OVERVIEW_OK)
 *		... overview.periods[i].active
 *	overview_release(&overview);
 *
 * Two identities hold in every row: active = new + retained + reactivated, and active of the
 * period before = retained + lost. The retention rate counts who is left of the period before:
 * (end - new) / start, as it is known from contracts, would count those who came back as well,
 * and can exceed 1 where customers are not bound.
 */
#ifndef ANALYTICS_OVERVIEW_H
#define ANALYTICS_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/activity.h"
#include "analytics/periods.h"

/* Rates are NaN in the first row and where their denominator is 0. */
struct overview_period {
	int32_t period;
	int64_t active;        /* customers with a purchase */
	int64_t new_customers; /* their first is in this period */
	int64_t retained;      /* active in the period before too */
	int64_t reactivated;   /* neither */
	int64_t lost;          /* active in the period before, not in this */
	double retention_rate; /* retained / active in the period before */
	double churn_rate;     /* lost / active in the period before */
	double repeat_rate;    /* (retained + reactivated) / active */
	bool complete;         /* ends on or before as_of */
};

struct overview {
	struct overview_period *periods; /* without gaps, from the first purchase to as_of */
	size_t n_periods;
};

enum overview_status { OVERVIEW_OK, OVERVIEW_NO_MEMBERS, OVERVIEW_ONE_PERIOD };

/* The activity is by period of the calendar; first_day[i] is the first purchase of customer i, or
 * NOT_A_MEMBER of analytics/cohorts.h. The period that as_of cuts is left out unless incomplete. */
enum overview_status overview_build(struct overview *overview, const struct activity *activity,
	const int32_t *first_day, uint32_t n_customers, struct calendar calendar, int32_t as_of,
	bool incomplete);

void overview_release(struct overview *overview);

#endif
