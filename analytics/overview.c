#include "analytics/overview.h"

#include <assert.h>
#include <math.h>

#include "analytics/cohorts.h"
#include "base/mem.h"

/* Rows from the period of the first purchase of all up to last. */
static void make_periods(struct overview *overview, const int32_t *first_day, uint32_t n_customers,
	struct calendar calendar, int32_t last)
{
	int32_t first = INT32_MAX;
	for (uint32_t i = 0; i < n_customers; i++)
		if (first_day[i] != NOT_A_MEMBER && first_day[i] < first)
			first = first_day[i];
	if (first == INT32_MAX)
		return;
	first = period_of(calendar, first);
	overview->n_periods = first <= last ? (size_t)(last - first) + 1 : 0;
	overview->periods = mem_zeroed(overview->n_periods, sizeof(*overview->periods));
	for (size_t i = 0; i < overview->n_periods; i++)
		overview->periods[i].period = first + (int32_t)i;
}

/* One customer's purchases come in order: each is told by the one before it. */
static void count_purchases(struct overview *overview, const struct activity *activity,
	const int32_t *first_day, uint32_t n_customers)
{
	struct activity_record record, before = {.purchase = false};
	for (struct activity_cursor at = {0}; activity_next(activity, &at, &record);) {
		assert(record.customer < n_customers);
		if (!record.purchase || first_day[record.customer] == NOT_A_MEMBER)
			continue;
		size_t i = (size_t)(record.period - overview->periods[0].period);
		bool is_new = !before.purchase || before.customer != record.customer;
		bool is_retained = !is_new && before.period == record.period - 1;
		before = record;
		if (i >= overview->n_periods)
			continue;
		struct overview_period *now = &overview->periods[i];
		now->active++;
		now->new_customers += is_new;
		now->retained += is_retained;
		now->reactivated += !is_new && !is_retained;
	}
}

static double share(int64_t part, int64_t whole)
{
	return whole > 0 ? (double)part / (double)whole : NAN;
}

static void derive(struct overview *overview, int32_t last_complete)
{
	for (size_t i = 0; i < overview->n_periods; i++) {
		struct overview_period *now = &overview->periods[i];
		now->complete = now->period <= last_complete;
		now->retention_rate = now->churn_rate = now->repeat_rate = NAN;
		if (i == 0)
			continue;
		int64_t before = overview->periods[i - 1].active;
		now->lost = before - now->retained;
		now->retention_rate = share(now->retained, before);
		now->churn_rate = share(now->lost, before);
		now->repeat_rate = share(now->retained + now->reactivated, now->active);
	}
}

enum overview_status overview_build(struct overview *overview, const struct activity *activity,
	const int32_t *first_day, uint32_t n_customers, struct calendar calendar, int32_t as_of,
	bool incomplete)
{
	*overview = (struct overview){0};
	int32_t last_complete = period_last_complete(calendar, as_of);
	int32_t last = incomplete ? period_of(calendar, as_of) : last_complete;
	make_periods(overview, first_day, n_customers, calendar, last);
	if (overview->periods == NULL)
		return OVERVIEW_NO_MEMBERS;
	if (overview->n_periods < 2)
		return OVERVIEW_ONE_PERIOD;
	count_purchases(overview, activity, first_day, n_customers);
	derive(overview, last_complete);
	return OVERVIEW_OK;
}

void overview_release(struct overview *overview)
{
	mem_free(overview->periods);
	*overview = (struct overview){0};
}
