#include "analytics/revenue_periods.h"

#include <assert.h>

#include "analytics/cohorts.h"
#include "base/mem.h"

static bool next_of_members(const struct activity *activity, struct activity_cursor *at,
	const int32_t *first_day, struct activity_record *record)
{
	while (activity_next(activity, at, record))
		if (first_day[record->customer] != NOT_A_MEMBER)
			return true;
	return false;
}

static bool make_periods(
	struct revenue_periods *periods, const struct activity *activity, const int32_t *first_day)
{
	struct activity_record record;
	int32_t first = INT32_MAX, last = INT32_MIN;
	for (struct activity_cursor at = {0}; next_of_members(activity, &at, first_day, &record);) {
		first = record.period < first ? record.period : first;
		last = record.period > last ? record.period : last;
	}
	if (first > last)
		return false;
	periods->n_periods = (size_t)((int64_t)last - first) + 1;
	periods->periods = mem_zeroed(periods->n_periods, sizeof(*periods->periods));
	for (size_t i = 0; i < periods->n_periods; i++)
		periods->periods[i].period = first + (int32_t)i;
	return true;
}

bool revenue_periods_build(struct revenue_periods *periods, const struct activity *activity,
	const int32_t *first_day, uint32_t n_customers, struct calendar calendar)
{
	struct activity_record record;
	*periods = (struct revenue_periods){0};
	if (!make_periods(periods, activity, first_day))
		return false;
	for (struct activity_cursor at = {0}; next_of_members(activity, &at, first_day, &record);) {
		assert(record.customer < n_customers);
		struct revenue_period *now =
			&periods->periods[record.period - periods->periods[0].period];
		if (record.period == period_of(calendar, first_day[record.customer]))
			now->of_new += record.revenue;
		else
			now->of_known += record.revenue;
	}
	return true;
}

void revenue_periods_release(struct revenue_periods *periods)
{
	mem_free(periods->periods);
	*periods = (struct revenue_periods){0};
}
