/* patron ltv --tracking: repeat orders of the base by period, what was and what was expected. */
#include "analytics/ltv_tracking.h"

#include <math.h>

#include "base/mem.h"
#include "cmd/input.h"
#include "cmd/ltv_charts.h"
#include "cmd/ltv_tables.h"
#include "cmd/results.h"

const struct column ltv_tracking_columns[N_LTV_TRACKING_COLUMNS] = {
	{"period", COLUMN_COUNT, "--unit", "from the first purchase of all, which is in period 1"},
	{"actual", COLUMN_COUNT, "orders", "repeat purchases in the period"},
	{"expected", COLUMN_REAL, "orders",
		"the model's, knowing of each customer only the day of its first purchase"},
	{"actual_cumulative", COLUMN_COUNT, "orders", "up to the end of the period"},
	{"expected_cumulative", COLUMN_REAL, "orders", ""},
	{"last_day", COLUMN_DAY, "", "of the period; the last one ends with as-of"},
};

struct period {
	int64_t actual, actual_cumulative;
	double expected, expected_cumulative;
	int32_t last_day;
};

/* First and repeat purchases by day from the first of all, of the customers that are tracked. */
struct days {
	int32_t first_day;
	size_t n; /* up to as-of; the arrays have one more */
	int64_t *new_customers, *repeats;
	size_t *starts, n_starts; /* the days with new customers, of which a mistyped date may leave
				     few among millions */
};

static int32_t first_of_all(const struct ltv_base *base)
{
	int32_t first = base->input->report.as_of;
	for (size_t i = 0; i < base->n; i++) {
		int32_t day = ltv_base_customer(base, i).first_purchase;
		first = day < first ? day : first;
	}
	return first;
}

/* Records of a customer follow each other, by day. */
static void count_days(struct days *days, const struct ltv_base *base)
{
	struct activity_record record;
	uint32_t customer = UINT32_MAX;
	bool is_tracked = false;
	for (struct activity_cursor at = {0}; activity_next(base->activity, &at, &record);) {
		if (!record.purchase)
			continue;
		if (record.customer != customer) {
			customer = record.customer;
			is_tracked = record.period >= days->first_day &&
				     record.period >= base->input->acquired_since &&
				     record.period <= base->as_of;
			if (is_tracked)
				days->new_customers[record.period - days->first_day]++;
		} else if (is_tracked) {
			days->repeats[record.period - days->first_day]++;
		}
	}
}

static void add_up(struct period *periods, size_t n_periods, const struct days *days,
	const double *each, double unit_days)
{
	double expected = 0;
	int64_t actual = 0;
	size_t day = 0;
	for (size_t p = 0; p < n_periods; p++) {
		struct period *period = &periods[p];
		size_t end = (size_t)floor((double)(p + 1) * unit_days + 1e-9);
		end = end < days->n ? end : days->n;
		for (; day <= end; day++)
			actual += days->repeats[day];
		double sum = ltv_expect_of_base(
			each, days->new_customers, days->starts, days->n_starts, end);
		*period = (struct period){
			.actual = actual - (p > 0 ? periods[p - 1].actual_cumulative : 0),
			.actual_cumulative = actual,
			.expected = sum - expected,
			.expected_cumulative = sum,
			.last_day = days->first_day + (int32_t)end,
		};
		expected = sum;
	}
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct period *period = &((const struct period *)rows)[row];
	cells[0].count = (int64_t)row + 1;
	cells[1].count = period->actual;
	cells[2].real = period->expected;
	cells[3].count = period->actual_cumulative;
	cells[4].real = period->expected_cumulative;
	cells[5].day = period->last_day;
}

static void draw(const struct period *periods, size_t n, const struct days *days,
	const struct ltv_base *base)
{
	double *actual = mem_array(n, sizeof(*actual)), *expected = mem_array(n, sizeof(*expected));
	for (size_t p = 0; p < n; p++) {
		actual[p] = (double)periods[p].actual_cumulative;
		expected[p] = periods[p].expected_cumulative;
	}
	bool has_holdout = base->as_of < base->input->report.as_of;
	const struct ltv_course course = {
		.actual = actual,
		.expected = expected,
		.n = n,
		.fitted = has_holdout ? (base->as_of - days->first_day) / ltv_unit_days(base->unit)
				      : NAN,
		.unit = ltv_unit_names[base->unit],
	};
	ltv_charts_draw_tracking(&course);
	mem_free(actual);
	mem_free(expected);
}

bool ltv_write_tracking(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err)
{
	double unit_days = ltv_unit_days(base->unit);
	struct days days = {.first_day = first_of_all(base)};
	days.n = (size_t)(base->input->report.as_of - days.first_day);
	days.new_customers = mem_zeroed(days.n + 1, sizeof(*days.new_customers));
	days.repeats = mem_zeroed(days.n + 1, sizeof(*days.repeats));
	days.starts = mem_array(days.n + 1, sizeof(*days.starts));
	double *each = mem_array(days.n + 1, sizeof(*each));
	size_t n_periods = (size_t)ceil((double)days.n / unit_days - 1e-9);
	struct period *periods = mem_array(n_periods, sizeof(*periods));
	count_days(&days, base);
	days.n_starts = ltv_list_starts(days.starts, days.new_customers, days.n);
	ltv_expect_by_age(each, days.n, &estimate->fit.model, unit_days, input_threads());
	add_up(periods, n_periods, &days, each, unit_days);
	draw(periods, n_periods, &days, base);
	bool good = results_write(
		ltv_tracking_columns, N_LTV_TRACKING_COLUMNS, fill, periods, n_periods, 0, err);
	mem_free(days.new_customers);
	mem_free(days.repeats);
	mem_free(days.starts);
	mem_free(each);
	mem_free(periods);
	return good;
}
