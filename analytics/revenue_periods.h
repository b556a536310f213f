/* Revenue by calendar period: how much of it came from new customers, how much from those who had
 * bought before.
 *
 *	struct revenue_periods periods;
 *	if (revenue_periods_build(&periods, activity, first_day, n_customers, months))
 *		... periods.periods[i].of_new, periods.periods[i].of_known
 *	revenue_periods_release(&periods);
 *
 * A customer is new in the period of the first purchase and known from then on. Revenue is net:
 * returns lower that of the period in which they came, which may be below 0. What lies before the
 * first purchase, returns of what was bought before the data began, counts as of the known. The
 * sum over all periods is the revenue of all the members.
 */
#ifndef ANALYTICS_REVENUE_PERIODS_H
#define ANALYTICS_REVENUE_PERIODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/activity.h"
#include "analytics/periods.h"

struct revenue_period {
	int32_t period;
	money_sum of_new, of_known;
};

struct revenue_periods {
	struct revenue_period *periods; /* without gaps, from the first activity to the last */
	size_t n_periods;
};

/* The activity is by period of the calendar; first_day[i] is the first purchase of customer i, or
 * NOT_A_MEMBER of analytics/cohorts.h. False without members. */
bool revenue_periods_build(struct revenue_periods *periods, const struct activity *activity,
	const int32_t *first_day, uint32_t n_customers, struct calendar calendar);

void revenue_periods_release(struct revenue_periods *periods);

#endif
