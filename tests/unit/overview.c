/* The overview by calendar period: ten purchases by hand, the CDNOW sample, and its identities. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/cohorts.h"
#include "analytics/overview.h"
#include "base/mem.h"
#include "tests/unit/random.h"
#include "tests/unit/reference.h"

static const struct calendar months = {.unit = PERIOD_MONTH};

/* One customer's purchase on one day; amounts do not matter but for their sign. */
struct purchase {
	uint32_t customer;
	int32_t day;
	money amount;
};

static enum overview_status build(struct overview *overview, const struct purchase *purchases,
	size_t n, uint32_t n_customers, struct calendar calendar, int32_t as_of, bool incomplete)
{
	int32_t *first_day = mem_array(n_customers, sizeof(*first_day));
	for (uint32_t i = 0; i < n_customers; i++)
		first_day[i] = NOT_A_MEMBER;
	struct activity *activity = activity_new(1);
	for (size_t i = 0; i < n; i++) {
		struct purchase purchase = purchases[i];
		activity_add(activity, 0, purchase.customer, period_of(calendar, purchase.day),
			purchase.amount);
		if (purchase.amount >= 0 && purchase.day < first_day[purchase.customer])
			first_day[purchase.customer] = purchase.day;
	}
	activity_finish(activity, &n_customers, 1);
	enum overview_status status = overview_build(
		overview, activity, first_day, n_customers, calendar, as_of, incomplete);
	activity_free(activity);
	mem_free(first_day);
	return status;
}

static int32_t day_of(const char *name)
{
	int32_t day = 0;
	assert_true(day_read(text_of(name), &day));
	return day;
}

static void assert_period(const struct overview_period *period, int64_t active,
	int64_t new_customers, int64_t retained, int64_t reactivated, int64_t lost)
{
	assert_int_equal(period->active, active);
	assert_int_equal(period->new_customers, new_customers);
	assert_int_equal(period->retained, retained);
	assert_int_equal(period->reactivated, reactivated);
	assert_int_equal(period->lost, lost);
}

/* The example of docs/retention.md, counted by hand; one return, which is no activity. */
static void ten_purchases(void **state)
{
	(void)state;
	const struct {
		uint32_t customer;
		const char *day;
		money amount;
	} rows[] = {{0, "2024-01-05", 1}, {1, "2024-01-20", 1}, {2, "2024-01-31", 1},
		{2, "2024-02-01", 1}, {0, "2024-02-10", 1}, {3, "2024-02-14", 1},
		{1, "2024-03-02", 1}, {0, "2024-03-15", 1}, {3, "2024-04-20", 1},
		{1, "2024-04-25", 1}, {2, "2024-04-02", -1}};
	struct purchase purchases[11];
	for (size_t i = 0; i < 11; i++)
		purchases[i] =
			(struct purchase){rows[i].customer, day_of(rows[i].day), rows[i].amount};
	struct overview overview;
	assert_int_equal(build(&overview, purchases, 11, 4, months, day_of("2024-04-30"), false),
		OVERVIEW_OK);
	assert_int_equal(overview.n_periods, 4);
	assert_period(&overview.periods[0], 3, 3, 0, 0, 0);
	assert_period(&overview.periods[1], 3, 1, 2, 0, 1);
	assert_period(&overview.periods[2], 2, 0, 1, 1, 2);
	assert_period(&overview.periods[3], 2, 0, 1, 1, 1);
	assert_true(isnan(overview.periods[0].retention_rate));
	assert_true(isnan(overview.periods[0].churn_rate));
	assert_true(isnan(overview.periods[0].repeat_rate));
	assert_true(overview.periods[1].retention_rate == 2. / 3);
	assert_true(overview.periods[1].churn_rate == 1. / 3);
	assert_true(overview.periods[1].repeat_rate == 2. / 3);
	assert_true(overview.periods[3].complete);
	overview_release(&overview);

	assert_int_equal(build(&overview, purchases, 11, 4, months, day_of("2024-04-29"), false),
		OVERVIEW_OK);
	assert_int_equal(overview.n_periods, 3);
	overview_release(&overview);
	assert_int_equal(build(&overview, purchases, 11, 4, months, day_of("2024-04-29"), true),
		OVERVIEW_OK);
	assert_int_equal(overview.n_periods, 4);
	assert_false(overview.periods[3].complete);
	overview_release(&overview);
}

/* Figures of the reference folder's NUMBERS.md, which were computed apart. */
static void cdnow_sample(void **state)
{
	(void)state;
	struct reference *table = reference_open("data/cdnow_sample.csv.gz");
	struct purchase *purchases = mem_array(table->n_rows, sizeof(*purchases));
	for (size_t row = 0; row < table->n_rows; row++)
		purchases[row] =
			(struct purchase){(uint32_t)reference_real(table, row, "customer_id") - 1,
				reference_day(table, row, "date"), 0};
	struct overview overview;
	assert_int_equal(build(&overview, purchases, table->n_rows, 2357, months,
				 day_of("1998-06-30"), false),
		OVERVIEW_OK);
	assert_int_equal(overview.n_periods, 18);
	assert_period(&overview.periods[2], 948, 719, 168, 61, 813);
	assert_period(&overview.periods[17], 138, 0, 41, 97, 93);
	/* What (end - new) / start would have called retention in March 1998. */
	double with_returners =
		(double)overview.periods[14].active / (double)overview.periods[13].active;
	assert_true(fabs(with_returners - 1.344) < .0005);
	overview_release(&overview);
	mem_free(purchases);
	reference_close(table);
}

static void identities_hold_in_every_row(void **state)
{
	(void)state;
	enum { N = 3000 };
	struct purchase purchases[N];
	uint64_t random = 1;
	for (size_t i = 0; i < N; i++)
		purchases[i] = (struct purchase){(uint32_t)random_below(&random, 300),
			(int32_t)random_below(&random, 700), (money)random_below(&random, 10) - 3};
	const enum period_unit units[] = {
		PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR};
	for (size_t u = 0; u < 5; u++) {
		struct overview overview;
		assert_int_equal(build(&overview, purchases, N, 300,
					 (struct calendar){.unit = units[u]}, 705, true),
			OVERVIEW_OK);
		int64_t new_customers = 0, before = 0;
		for (size_t i = 0; i < overview.n_periods; i++) {
			const struct overview_period *now = &overview.periods[i];
			assert_int_equal(
				now->active, now->new_customers + now->retained + now->reactivated);
			assert_int_equal(before, now->retained + now->lost);
			before = now->active;
			new_customers += now->new_customers;
		}
		assert_int_equal(new_customers, 300);
		overview_release(&overview);
	}
}

static void a_period_without_customers_is_there(void **state)
{
	(void)state;
	const struct purchase purchases[] = {{0, 0, 1}, {0, 70, 1}};
	struct overview overview;
	assert_int_equal(build(&overview, purchases, 2, 1, months, 89, false), OVERVIEW_OK);
	assert_int_equal(overview.n_periods, 3);
	assert_period(&overview.periods[1], 0, 0, 0, 0, 1);
	assert_true(isnan(overview.periods[1].repeat_rate));
	assert_true(isnan(overview.periods[2].retention_rate));
	assert_true(overview.periods[2].repeat_rate == 1);
	overview_release(&overview);
}

static void too_little_data_is_said_so(void **state)
{
	(void)state;
	const struct purchase purchases[] = {{0, 0, 1}, {1, 3, -1}};
	struct overview overview;
	assert_int_equal(build(&overview, purchases, 1, 1, months, 58, false), OVERVIEW_OK);
	overview_release(&overview);
	assert_int_equal(build(&overview, purchases, 1, 1, months, 57, false), OVERVIEW_ONE_PERIOD);
	overview_release(&overview);
	assert_int_equal(build(&overview, purchases, 1, 1, months, 9, false), OVERVIEW_ONE_PERIOD);
	overview_release(&overview);
	assert_int_equal(
		build(&overview, purchases + 1, 1, 2, months, 99, false), OVERVIEW_NO_MEMBERS);
	overview_release(&overview);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_purchases),
		cmocka_unit_test(cdnow_sample),
		cmocka_unit_test(identities_hold_in_every_row),
		cmocka_unit_test(a_period_without_customers_is_there),
		cmocka_unit_test(too_little_data_is_said_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
