#include "analytics/ltv_tracking.h"

#include "base/parallel.h"

struct work {
	double *each;
	const struct ltv_model *model;
	double unit_days;
};

static void expect(void *context, size_t days)
{
	const struct work *work = context;
	const struct ltv_outlook outlook = {(double)days / work->unit_days, 0, 1, 1};
	work->each[days] = days == 0 ? 0 : ltv_orders(work->model, 0, 0, 0, &outlook).expected;
}

void ltv_expect_by_age(double *each, size_t n_days, const struct ltv_model *model, double unit_days,
	unsigned threads)
{
	struct work work = {each, model, unit_days};
	parallel_for(threads, n_days + 1, expect, &work);
}

size_t ltv_list_starts(size_t *starts, const int64_t *new_customers, size_t n_days)
{
	size_t n = 0;
	for (size_t day = 0; day <= n_days; day++)
		if (new_customers[day] > 0)
			starts[n++] = day;
	return n;
}

double ltv_expect_of_base(const double *each, const int64_t *new_customers, const size_t *starts,
	size_t n_starts, size_t day)
{
	double sum = 0;
	for (size_t i = 0; i < n_starts && starts[i] < day; i++)
		sum += (double)new_customers[starts[i]] * each[day - starts[i]];
	return sum;
}
