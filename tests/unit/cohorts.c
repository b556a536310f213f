/* Cohorts: ten purchases by hand, the CDNOW figures, and a plain second implementation that walks
 * over every member, period and purchase. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/cohorts.h"
#include "base/mem.h"
#include "tests/unit/random.h"
#include "tests/unit/reference.h"

struct purchase {
	uint32_t customer;
	int32_t day;
	money amount;
};

/* What the tests count: purchases, and what a table of customers makes of them. */
struct data {
	const struct purchase *purchases;
	size_t n_purchases;
	int32_t *first_day;
	uint32_t *label;
	uint32_t *group;
	uint32_t n_customers;
};

static struct data data_of(const struct purchase *purchases, size_t n, uint32_t n_customers)
{
	struct data data = {.purchases = purchases, .n_purchases = n, .n_customers = n_customers};
	data.first_day = mem_array(n_customers, sizeof(*data.first_day));
	for (uint32_t i = 0; i < n_customers; i++)
		data.first_day[i] = NOT_A_MEMBER;
	for (size_t i = 0; i < n; i++)
		if (purchases[i].amount >= 0 &&
			purchases[i].day < data.first_day[purchases[i].customer])
			data.first_day[purchases[i].customer] = purchases[i].day;
	return data;
}

static void forget_data(struct data *data)
{
	mem_free(data->first_day);
	mem_free(data->label);
	mem_free(data->group);
}

static bool by_day(const struct cohort_options *options)
{
	return options->window_days > 0 || options->definition == COHORT_BRACKET;
}

static struct activity *activity_of(const struct data *data, const struct cohort_options *options)
{
	struct activity *activity = activity_new(1);
	for (size_t i = 0; i < data->n_purchases; i++) {
		struct purchase purchase = data->purchases[i];
		if (purchase.day > options->as_of)
			continue;
		activity_add(activity, 0, purchase.customer,
			by_day(options) ? purchase.day : period_of(options->calendar, purchase.day),
			purchase.amount);
	}
	activity_finish(activity, &data->n_customers, 1);
	return activity;
}

static enum cohorts_status build(
	struct cohorts *cohorts, const struct data *data, struct cohort_options options)
{
	if (options.confidence == 0)
		options.confidence = .95;
	struct activity *activity = activity_of(data, &options);
	enum cohorts_status status = cohorts_build(cohorts, activity,
		&(struct cohort_members){.first_day = data->first_day,
			.label = data->label,
			.group = data->group,
			.n_customers = data->n_customers},
		&options);
	activity_free(activity);
	return status;
}

static int32_t day_of(const char *name)
{
	int32_t day = 0;
	assert_true(day_read(text_of(name), &day));
	return day;
}

static void assert_near(double value, double expected, double relative)
{
	if (isnan(expected))
		assert_true(isnan(value));
	else
		assert_true(fabs(value - expected) <= relative * fabs(expected));
}

/* ---- ten purchases, counted by hand ---- */

/* The example of docs/retention.md. */
static const struct {
	uint32_t customer;
	const char *day;
	int units;
} ten[] = {
	{0, "2024-01-05", 40}, /* ana */
	{1, "2024-01-20", 60}, /* ben */
	{2, "2024-01-31", 20}, /* cho */
	{2, "2024-02-01", 20},
	{0, "2024-02-10", 30},
	{3, "2024-02-14", 50}, /* dia */
	{1, "2024-03-02", 20},
	{0, "2024-03-15", 50},
	{3, "2024-04-20", 50},
	{1, "2024-04-25", 90},
};

static struct purchase ten_purchases[10];

static struct data ten_of(void)
{
	for (size_t i = 0; i < 10; i++)
		ten_purchases[i] = (struct purchase){
			ten[i].customer, day_of(ten[i].day), (money)ten[i].units * MONEY_UNIT};
	return data_of(ten_purchases, 10, 4);
}

static const struct calendar months = {.unit = PERIOD_MONTH};

/* Cells as active / eligible, period 0 first. */
static void assert_counts(const struct cohort *cohort, int32_t n, const int *active_and_eligible)
{
	assert_int_equal(cohort->n_cells, n);
	for (int32_t k = 0; k < n; k++) {
		assert_int_equal(cohort->cells[k].active, active_and_eligible[2 * k]);
		assert_int_equal(cohort->cells[k].eligible, active_and_eligible[2 * k + 1]);
		assert_true(cohort->cells[k].complete);
	}
}

static void assert_ten(struct cohort_options options, int32_t n_january, const int *january,
	int32_t n_february, const int *february, int32_t n_all, const int *all)
{
	struct data data = ten_of();
	struct cohorts cohorts;
	options.calendar = months;
	options.as_of = day_of("2024-04-30");
	assert_int_equal(build(&cohorts, &data, options), COHORTS_OK);
	assert_int_equal(cohorts.n_cohorts, 3);
	assert_int_equal(cohorts.cohorts[0].key, period_of(months, day_of("2024-01-01")));
	assert_int_equal(cohorts.cohorts[0].size, 3);
	assert_int_equal(cohorts.cohorts[1].size, 1);
	assert_true(cohorts.cohorts[2].all);
	assert_int_equal(cohorts.cohorts[2].size, 4);
	assert_counts(&cohorts.cohorts[0], n_january, january);
	assert_counts(&cohorts.cohorts[1], n_february, february);
	assert_counts(&cohorts.cohorts[2], n_all, all);
	cohorts_release(&cohorts);
	forget_data(&data);
}

static void ten_purchases_by_every_definition(void **state)
{
	(void)state;
	assert_ten((struct cohort_options){.definition = COHORT_ON}, 4,
		(int[]){3, 3, 2, 3, 2, 3, 1, 3}, 3, (int[]){1, 1, 0, 1, 1, 1}, 4,
		(int[]){4, 4, 2, 4, 3, 4, 1, 3});
	assert_ten((struct cohort_options){.definition = COHORT_ON_OR_AFTER}, 3,
		(int[]){3, 3, 3, 3, 2, 3}, 2, (int[]){1, 1, 1, 1}, 3, (int[]){4, 4, 4, 4, 2, 3});
	assert_ten((struct cohort_options){.definition = COHORT_FULL}, 4,
		(int[]){3, 3, 2, 3, 1, 3, 0, 3}, 3, (int[]){1, 1, 0, 1, 0, 1}, 4,
		(int[]){4, 4, 2, 4, 1, 4, 0, 3});
	assert_ten((struct cohort_options){.definition = COHORT_PREVIOUS}, 4,
		(int[]){3, 3, 2, 3, 1, 2, 1, 2}, 3, (int[]){1, 1, 0, 1, 0, 0}, 4,
		(int[]){4, 4, 2, 4, 1, 2, 1, 2});
	assert_ten((struct cohort_options){.definition = COHORT_ON, .window_days = 30}, 3,
		(int[]){3, 3, 2, 3, 1, 3}, 2, (int[]){1, 1, 0, 1}, 3, (int[]){4, 4, 2, 4, 1, 3});
	assert_ten((struct cohort_options){.definition = COHORT_BRACKET,
			   .brackets = (struct day_bracket[]){{1, 7}, {8, 30}, {31, 60}},
			   .n_brackets = 3},
		4, (int[]){3, 3, 1, 3, 0, 3, 2, 3}, 4, (int[]){1, 1, 0, 1, 0, 1, 0, 1}, 4,
		(int[]){4, 4, 1, 4, 0, 4, 2, 4});
}

static void ten_purchases_revenue(void **state)
{
	(void)state;
	struct data data = ten_of();
	struct cohorts cohorts;
	assert_int_equal(
		build(&cohorts, &data,
			(struct cohort_options){.calendar = months, .as_of = day_of("2024-04-30")}),
		COHORTS_OK);
	const struct cohort_cell *january = cohorts.cohorts[0].cells;
	const int units[] = {120, 50, 70, 90};
	const double gross[] = {1, 50. / 120, 60. / 120, 60. / 120};
	for (int k = 0; k < 4; k++) {
		assert_true(january[k].revenue == (money_sum)units[k] * MONEY_UNIT);
		assert_near(january[k].revenue_rate, units[k] / 120., 0);
		assert_near(january[k].gross_revenue_rate, gross[k], 0);
	}
	cohorts_release(&cohorts);
	forget_data(&data);
}

/* Returns: a customer whose period 0 is given back whole. */
static void rates_without_a_positive_denominator_are_unknown(void **state)
{
	(void)state;
	const struct purchase purchases[] = {{0, 0, 50}, {0, 3, -60}, {0, 40, 10}};
	struct data data = data_of(purchases, 3, 1);
	struct cohorts cohorts;
	assert_int_equal(
		build(&cohorts, &data, (struct cohort_options){.calendar = months, .as_of = 58}),
		COHORTS_OK);
	const struct cohort_cell *cells = cohorts.cohorts[0].cells;
	assert_true(cells[0].revenue == -10 && cells[1].revenue == 10);
	assert_true(isnan(cells[1].revenue_rate) && isnan(cells[1].gross_revenue_rate));
	cohorts_release(&cohorts);
	forget_data(&data);
}

static void a_period_counts_when_it_has_ended(void **state)
{
	(void)state;
	struct data data = ten_of();
	struct cohorts cohorts;
	struct cohort_options options = {.calendar = months, .as_of = day_of("2024-03-30")};
	assert_int_equal(build(&cohorts, &data, options), COHORTS_OK);
	assert_int_equal(cohorts.cohorts[0].n_cells, 2);
	assert_int_equal(cohorts.cohorts[1].n_cells, 1);
	cohorts_release(&cohorts);

	options.incomplete = true;
	assert_int_equal(build(&cohorts, &data, options), COHORTS_OK);
	assert_int_equal(cohorts.cohorts[0].n_cells, 3);
	assert_true(cohorts.cohorts[0].cells[1].complete);
	assert_false(cohorts.cohorts[0].cells[2].complete);
	assert_int_equal(cohorts.cohorts[0].cells[2].eligible, 3);
	/* Of all, those of January have completed period 1, those of February have begun it. */
	assert_int_equal(cohorts.cohorts[2].cells[1].eligible, 3);
	assert_true(cohorts.cohorts[2].cells[1].complete);
	cohorts_release(&cohorts);

	options.as_of = day_of("2024-03-31");
	options.incomplete = false;
	assert_int_equal(build(&cohorts, &data, options), COHORTS_OK);
	assert_int_equal(cohorts.cohorts[0].n_cells, 3);
	cohorts_release(&cohorts);
	forget_data(&data);
}

static void too_little_data_is_said_so(void **state)
{
	(void)state;
	struct cohorts cohorts;
	struct data none = data_of(NULL, 0, 0);
	assert_int_equal(build(&cohorts, &none, (struct cohort_options){.calendar = months}),
		COHORTS_NO_MEMBERS);
	cohorts_release(&cohorts);
	forget_data(&none);

	const struct purchase returns[] = {{0, 5, -1}};
	struct data returns_only = data_of(returns, 1, 1);
	struct cohort_options february = {.calendar = months, .as_of = 57};
	assert_int_equal(build(&cohorts, &returns_only, february), COHORTS_NO_MEMBERS);
	cohorts_release(&cohorts);
	forget_data(&returns_only);

	const struct purchase purchases[] = {{0, 5, 1}};
	struct data one = data_of(purchases, 1, 1);
	assert_int_equal(build(&cohorts, &one, february), COHORTS_ONE_PERIOD);
	cohorts_release(&cohorts);
	february.incomplete = true;
	assert_int_equal(build(&cohorts, &one, february), COHORTS_OK);
	cohorts_release(&cohorts);
	forget_data(&one);
}

/* Four cohorts of all days that there are, and their sum for each: 29 million cells. */
static void too_many_cells_are_said_so(void **state)
{
	(void)state;
	const struct purchase purchases[] = {
		{0, DAY_FIRST, 1}, {1, DAY_FIRST, 1}, {2, DAY_FIRST, 1}, {3, DAY_FIRST, 1}};
	uint32_t groups[] = {0, 1, 2, 3};
	struct data data = data_of(purchases, 4, 4);
	data.group = groups;
	struct cohorts cohorts;
	assert_int_equal(build(&cohorts, &data,
				 (struct cohort_options){
					 .calendar = {.unit = PERIOD_DAY}, .as_of = DAY_LAST}),
		COHORTS_TOO_MANY_CELLS);
	cohorts_release(&cohorts);
	data.group = NULL;
	forget_data(&data);
}

static void brackets_must_be_apart(void **state)
{
	(void)state;
	assert_true(brackets_are_apart((struct day_bracket[]){{0, 0}, {1, 7}, {9, 9}}, 3));
	assert_false(brackets_are_apart((struct day_bracket[]){{1, 7}, {7, 30}}, 2));
	assert_false(brackets_are_apart((struct day_bracket[]){{8, 30}, {1, 7}}, 2));
	assert_false(brackets_are_apart((struct day_bracket[]){{7, 1}}, 1));
	assert_false(brackets_are_apart((struct day_bracket[]){{-1, 1}}, 1));
}

/* ---- a plain second implementation ---- */

enum { N_CUSTOMERS = 80, N_RANDOM = 900, SPAN = 400, AS_OF = 395 };

/* Purchases and returns of 80 customers over 400 days, some customers early, some late, some
 * with returns only. */
static struct data draw(uint64_t seed, struct purchase *purchases)
{
	for (size_t i = 0; i < N_RANDOM; i++) {
		uint32_t customer = (uint32_t)random_below(&seed, N_CUSTOMERS);
		int32_t start = (int32_t)(customer * 3 % SPAN);
		purchases[i] = (struct purchase){customer,
			start + (int32_t)random_below(&seed, (size_t)(SPAN - start)),
			(money)random_below(&seed, 1000) - (customer % 40 == 7 ? 1000 : 150)};
	}
	size_t n = 0;
	for (size_t i = 0; i < N_RANDOM; i++)
		if (purchases[i].day <= AS_OF)
			purchases[n++] = purchases[i];
	struct data data = data_of(purchases, n, N_CUSTOMERS);
	return data;
}

/* The period's first and last day after the first purchase, as one of its owner sees it. */
static struct day_bracket days_of(
	const struct cohort_options *options, int32_t first_day, int32_t k)
{
	if (options->definition == COHORT_BRACKET) {
		bool from_day_0 = options->brackets[0].first == 0;
		if (!from_day_0 && k == 0)
			return (struct day_bracket){0, 0};
		size_t b = (size_t)(from_day_0 ? k : k - 1);
		return b < options->n_brackets ? options->brackets[b]
					       : (struct day_bracket){100000, 100000};
	}
	if (options->window_days > 0)
		return (struct day_bracket){
			k * options->window_days, (k + 1) * options->window_days - 1};
	int32_t period = period_of(options->calendar, first_day) + k;
	return (struct day_bracket){period_first_day(options->calendar, period) - first_day,
		period_last_day(options->calendar, period) - first_day};
}

struct plain_period {
	bool active;
	money_sum revenue;
	bool complete, begun;
};

static struct plain_period look(
	const struct data *data, const struct cohort_options *options, uint32_t customer, int32_t k)
{
	int32_t first = data->first_day[customer];
	struct day_bracket days = days_of(options, first, k);
	struct day_bracket until =
		days_of(options, first, options->definition == COHORT_ON_OR_AFTER ? k + 1 : k);
	struct plain_period period = {
		.complete = first + until.last <= options->as_of,
		.begun = first + days.first <= options->as_of,
	};
	for (size_t i = 0; i < data->n_purchases; i++) {
		const struct purchase *purchase = &data->purchases[i];
		int32_t after = purchase->day - first;
		if (purchase->customer != customer || after < days.first || after > days.last)
			continue;
		period.active |= purchase->amount >= 0;
		period.revenue += purchase->amount;
	}
	return period;
}

static bool is_active(
	const struct data *data, const struct cohort_options *options, uint32_t customer, int32_t k)
{
	if (options->definition == COHORT_FULL) {
		for (int32_t j = 0; j < k; j++)
			if (!look(data, options, customer, j).active)
				return false;
	}
	if (options->definition == COHORT_ON_OR_AFTER) {
		for (int32_t j = k; j <= k + SPAN; j++) {
			struct plain_period later = look(data, options, customer, j);
			if (later.active)
				return true;
			if (!later.begun)
				return false;
		}
	}
	return look(data, options, customer, k).active;
}

static bool belongs(const struct data *data, const struct cohort_options *options,
	uint32_t customer, const struct cohort *cohort)
{
	int32_t first = data->first_day[customer];
	if (first == NOT_A_MEMBER)
		return false;
	int32_t key = data->label != NULL ? (int32_t)data->label[customer]
					  : period_of(options->calendar, first);
	uint32_t group = data->group != NULL ? data->group[customer] : 0;
	return group == cohort->group && (cohort->all || key == cohort->key);
}

static money_sum least(money_sum a, money_sum b)
{
	return a < b ? a : b;
}

static money_sum not_negative(money_sum sum)
{
	return sum > 0 ? sum : 0;
}

static bool anyone_completed(const struct data *data, const struct cohort_options *options,
	const struct cohort *cohort, int32_t k)
{
	for (uint32_t i = 0; i < data->n_customers; i++)
		if (belongs(data, options, i, cohort) && look(data, options, i, k).complete)
			return true;
	return false;
}

static void assert_cell(const struct data *data, const struct cohort_options *options,
	const struct cohort *cohort, int32_t k)
{
	const struct cohort_cell *cell = &cohort->cells[k];
	bool complete = anyone_completed(data, options, cohort, k);
	int64_t eligible = 0, active = 0;
	money_sum revenue = 0, base = 0, kept = 0, keepable = 0;
	for (uint32_t i = 0; i < data->n_customers; i++) {
		if (!belongs(data, options, i, cohort))
			continue;
		struct plain_period now = look(data, options, i, k);
		if (complete ? !now.complete : !now.begun)
			continue;
		if (options->definition == COHORT_PREVIOUS && k > 0 &&
			!look(data, options, i, k - 1).active)
			continue;
		money_sum first = look(data, options, i, 0).revenue;
		eligible++;
		active += is_active(data, options, i, k);
		revenue += now.revenue;
		base += first;
		kept += least(not_negative(now.revenue), not_negative(first));
		keepable += not_negative(first);
	}
	assert_int_equal(cell->complete, complete);
	assert_int_equal(cell->eligible, eligible);
	assert_int_equal(cell->active, active);
	assert_true(cell->revenue == revenue);
	assert_near(cell->rate, eligible > 0 ? (double)active / (double)eligible : NAN, 0);
	assert_near(cell->revenue_rate, base > 0 ? (double)revenue / (double)base : NAN, 1e-15);
	assert_near(cell->gross_revenue_rate, keepable > 0 ? (double)kept / (double)keepable : NAN,
		1e-15);
}

static void assert_cohort(
	const struct data *data, const struct cohort_options *options, const struct cohort *cohort)
{
	int64_t size = 0;
	for (uint32_t i = 0; i < data->n_customers; i++)
		size += belongs(data, options, i, cohort);
	assert_int_equal(cohort->size, size);
	assert_true(size > 0);
	for (int32_t k = 0; k < cohort->n_cells; k++)
		assert_cell(data, options, cohort, k);
	/* No cell is missing: nobody has completed, or begun, the next period. */
	for (uint32_t i = 0; i < data->n_customers; i++) {
		if (!belongs(data, options, i, cohort))
			continue;
		struct plain_period next = look(data, options, i, cohort->n_cells);
		assert_false(options->incomplete ? next.begun : next.complete);
	}
}

static void assert_all_cohorts(const struct data *data, struct cohort_options options)
{
	options.as_of = AS_OF;
	struct cohorts cohorts;
	assert_int_equal(build(&cohorts, data, options), COHORTS_OK);
	int64_t members = 0, in_cohorts = 0, in_all = 0;
	for (uint32_t i = 0; i < data->n_customers; i++)
		members += data->first_day[i] != NOT_A_MEMBER;
	for (size_t c = 0; c < cohorts.n_cohorts; c++) {
		assert_cohort(data, &options, &cohorts.cohorts[c]);
		*(cohorts.cohorts[c].all ? &in_all : &in_cohorts) += cohorts.cohorts[c].size;
	}
	assert_int_equal(in_cohorts, members);
	assert_int_equal(in_all, members);
	cohorts_release(&cohorts);
}

static const struct day_bracket some_brackets[] = {{1, 7}, {8, 30}, {60, 120}, {121, 121}};
static const struct day_bracket brackets_from_0[] = {{0, 6}, {7, 13}, {14, 100}};

static void assert_every_definition(const struct data *data, struct calendar calendar)
{
	const enum cohort_definition definitions[] = {
		COHORT_ON, COHORT_ON_OR_AFTER, COHORT_FULL, COHORT_PREVIOUS};
	for (int incomplete = 0; incomplete < 2; incomplete++) {
		struct cohort_options options = {.calendar = calendar, .incomplete = incomplete};
		for (size_t d = 0; d < 4; d++) {
			options.definition = definitions[d];
			options.window_days = 0;
			assert_all_cohorts(data, options);
			options.window_days = 45;
			assert_all_cohorts(data, options);
		}
		options.window_days = 0;
		options.definition = COHORT_BRACKET;
		options.brackets = some_brackets;
		options.n_brackets = 4;
		assert_all_cohorts(data, options);
		options.brackets = brackets_from_0;
		options.n_brackets = 3;
		assert_all_cohorts(data, options);
	}
}

static void every_cell_is_that_of_the_plain_count(void **state)
{
	(void)state;
	struct purchase purchases[N_RANDOM];
	struct data data = draw(1, purchases);
	assert_every_definition(&data, months);
	assert_every_definition(&data, (struct calendar){.unit = PERIOD_QUARTER});
	forget_data(&data);
}

static void labels_and_groups_make_cohorts(void **state)
{
	(void)state;
	struct purchase purchases[N_RANDOM];
	struct data data = draw(2, purchases);
	data.label = mem_array(N_CUSTOMERS, sizeof(*data.label));
	data.group = mem_array(N_CUSTOMERS, sizeof(*data.group));
	for (uint32_t i = 0; i < N_CUSTOMERS; i++) {
		data.label[i] = i * i % 5;
		data.group[i] = i % 3;
	}
	assert_every_definition(&data, months);
	mem_free(data.label);
	data.label = NULL;
	assert_every_definition(&data, (struct calendar){.unit = PERIOD_QUARTER});
	forget_data(&data);
}

/* ---- properties ---- */

static void assert_lawful(const struct data *data, struct cohort_options options)
{
	struct cohorts on, after, full;
	options.as_of = AS_OF;
	options.definition = COHORT_ON;
	build(&on, data, options);
	options.definition = COHORT_ON_OR_AFTER;
	build(&after, data, options);
	options.definition = COHORT_FULL;
	build(&full, data, options);
	for (size_t c = 0; c < on.n_cohorts; c++) {
		const struct cohort *of_on = &on.cohorts[c], *of_after = &after.cohorts[c];
		for (int32_t k = 0; k < of_on->n_cells; k++) {
			const struct cohort_cell *cell = &of_on->cells[k];
			assert_true(full.cohorts[c].cells[k].active <= cell->active);
			assert_true(cell->active <= cell->eligible);
			assert_true(k > 0 || cell->rate == 1);
			if (k < of_after->n_cells && !of_on->all)
				assert_true(cell->active <= of_after->cells[k].active);
			if (k > 0 && k < of_after->n_cells)
				assert_true(
					of_after->cells[k].active <= of_after->cells[k - 1].active);
		}
	}
	cohorts_release(&on);
	cohorts_release(&after);
	cohorts_release(&full);
}

static void definitions_keep_their_order(void **state)
{
	(void)state;
	struct purchase purchases[N_RANDOM];
	for (uint64_t seed = 3; seed < 13; seed++) {
		struct data data = draw(seed, purchases);
		assert_lawful(&data, (struct cohort_options){.calendar = months});
		assert_lawful(&data, (struct cohort_options){.calendar = {.unit = PERIOD_WEEK}});
		forget_data(&data);
	}
}

static void assert_equal_cohorts(const struct cohorts *a, const struct cohorts *b)
{
	assert_int_equal(a->n_cohorts, b->n_cohorts);
	for (size_t c = 0; c < a->n_cohorts; c++) {
		const struct cohort *x = &a->cohorts[c], *y = &b->cohorts[c];
		assert_int_equal(x->key, y->key);
		assert_int_equal(x->size, y->size);
		assert_int_equal(x->n_cells, y->n_cells);
		for (int32_t k = 0; k < x->n_cells; k++) {
			assert_near(x->cells[k].rate, y->cells[k].rate, 0);
			assert_near(x->cells[k].revenue_rate, y->cells[k].revenue_rate, 0);
			assert_near(
				x->cells[k].gross_revenue_rate, y->cells[k].gross_revenue_rate, 0);
		}
	}
}

static void shuffled_rows_change_nothing(void **state)
{
	(void)state;
	struct purchase purchases[N_RANDOM];
	struct data data = draw(20, purchases);
	struct cohort_options options = {.calendar = months, .as_of = AS_OF, .window_days = 30};
	struct cohorts before, after;
	assert_int_equal(build(&before, &data, options), COHORTS_OK);
	uint64_t seed = 21;
	for (size_t i = data.n_purchases - 1; i > 0; i--) {
		size_t j = random_below(&seed, i + 1);
		struct purchase other = purchases[i];
		purchases[i] = purchases[j];
		purchases[j] = other;
	}
	assert_int_equal(build(&after, &data, options), COHORTS_OK);
	assert_equal_cohorts(&before, &after);
	cohorts_release(&before);
	cohorts_release(&after);
	forget_data(&data);
}

/* ---- CDNOW ---- */

static struct data read_cdnow(const char *name, struct reference **table)
{
	*table = reference_open(name);
	struct purchase *purchases = mem_array((*table)->n_rows, sizeof(*purchases));
	uint32_t n_customers = 0;
	for (size_t row = 0; row < (*table)->n_rows; row++) {
		uint32_t customer = (uint32_t)reference_real(*table, row, "customer_id");
		purchases[row] = (struct purchase){customer - 1, reference_day(*table, row, "date"),
			reference_money(*table, row, "amount")};
		n_customers = customer > n_customers ? customer : n_customers;
	}
	return data_of(purchases, (*table)->n_rows, n_customers);
}

static void forget_cdnow(struct data *data, struct reference *table)
{
	mem_free((void *)(uintptr_t)data->purchases);
	forget_data(data);
	reference_close(table);
}

static void cdnow_master_cohorts_are_those_of_pandas(void **state)
{
	(void)state;
	struct reference *table,
		*golden = reference_open("golden/cdnow_master_cohort/cohort_long.csv");
	struct data data = read_cdnow("data/cdnow_master.csv.gz", &table);
	struct cohorts cohorts;
	struct cohort_options options = {.calendar = months, .as_of = day_of("1998-06-30")};
	assert_int_equal(build(&cohorts, &data, options), COHORTS_OK);
	assert_int_equal(cohorts.n_cohorts, 4);
	assert_int_equal(cohorts.cohorts[3].size, 23570);
	size_t row = 0;
	for (size_t c = 0; c < 3; c++) {
		const struct cohort *cohort = &cohorts.cohorts[c];
		for (int32_t k = 0; k < cohort->n_cells; k++, row++) {
			char name[PERIOD_NAME_SIZE];
			const struct cohort_cell *cell = &cohort->cells[k];
			assert_string_equal(period_name(months, cohort->key, name),
				reference_cell(golden, row, "cohort"));
			assert_true(k == reference_real(golden, row, "month_index"));
			assert_true((double)cell->active == reference_real(golden, row, "active"));
			assert_true(
				(double)cohort->size == reference_real(golden, row, "cohort_size"));
			assert_near(cell->rate, reference_real(golden, row, "retention"), 1e-15);
			assert_true(cell->revenue == reference_money(golden, row, "revenue"));
		}
	}
	assert_int_equal(row, golden->n_rows);
	cohorts_release(&cohorts);
	forget_cdnow(&data, table);
	reference_close(golden);
}

static void assert_active(const struct cohort *cohort, int32_t k, int64_t active)
{
	assert_true(k < cohort->n_cells);
	assert_int_equal(cohort->cells[k].active, active);
}

/* The CDNOW sample's figures in the reference folder's NUMBERS.md, which were computed apart. */
static void cdnow_sample_by_month(void **state)
{
	(void)state;
	static const int on[3][13] = {
		{781, 124, 95, 70, 65, 77, 65, 53, 52, 45, 62, 59, 45},
		{857, 134, 110, 75, 77, 75, 61, 61, 74, 70, 59, 57, 59},
		{719, 87, 84, 78, 63, 64, 55, 57, 73, 65, 47, 51, 78},
	};
	static const int on_or_after[3][3] = {{355, 300, 157}, {378, 318, 173}, {333, 297, 131}};
	struct reference *table;
	struct data data = read_cdnow("data/cdnow_sample.csv.gz", &table);
	struct cohort_options options = {.calendar = months, .as_of = day_of("1998-06-30")};
	struct cohorts cohorts;
	assert_int_equal(build(&cohorts, &data, options), COHORTS_OK);
	for (size_t c = 0; c < 3; c++)
		for (int32_t k = 0; k < 13; k++)
			assert_active(&cohorts.cohorts[c], k, on[c][k]);
	cohorts_release(&cohorts);

	options.definition = COHORT_ON_OR_AFTER;
	assert_int_equal(build(&cohorts, &data, options), COHORTS_OK);
	for (size_t c = 0; c < 3; c++) {
		assert_active(&cohorts.cohorts[c], 1, on_or_after[c][0]);
		assert_active(&cohorts.cohorts[c], 3, on_or_after[c][1]);
		assert_active(&cohorts.cohorts[c], 12, on_or_after[c][2]);
	}
	cohorts_release(&cohorts);
	forget_cdnow(&data, table);
}

static void assert_all_active(const struct data *data, struct cohort_options options,
	const int32_t *periods, const int *active)
{
	struct cohorts cohorts;
	options.calendar = months;
	options.as_of = day_of("1998-06-30");
	assert_int_equal(build(&cohorts, data, options), COHORTS_OK);
	const struct cohort *all = &cohorts.cohorts[cohorts.n_cohorts - 1];
	assert_true(all->all);
	for (int i = 0; i < 3; i++) {
		assert_active(all, periods[i], active[i]);
		assert_int_equal(all->cells[periods[i]].eligible, 2357);
	}
	cohorts_release(&cohorts);
}

static void cdnow_sample_by_days(void **state)
{
	(void)state;
	struct reference *table;
	struct data data = read_cdnow("data/cdnow_sample.csv.gz", &table);
	const int32_t days[] = {1, 7, 30}, first_three[] = {1, 2, 3}, one[] = {1, 1, 1};
	assert_all_active(&data, (struct cohort_options){.window_days = 30}, first_three,
		(int[]){322, 228, 208});
	assert_all_active(
		&data, (struct cohort_options){.window_days = 1}, days, (int[]){29, 25, 14});
	assert_all_active(&data,
		(struct cohort_options){.definition = COHORT_ON_OR_AFTER, .window_days = 1}, days,
		(int[]){1139, 1111, 1023});
	const int within[] = {29, 145, 410};
	for (int i = 0; i < 3; i++)
		assert_all_active(&data,
			(struct cohort_options){.definition = COHORT_BRACKET,
				.brackets = &(struct day_bracket){1, days[i]},
				.n_brackets = 1},
			one, (int[]){within[i], within[i], within[i]});
	forget_cdnow(&data, table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_purchases_by_every_definition),
		cmocka_unit_test(ten_purchases_revenue),
		cmocka_unit_test(rates_without_a_positive_denominator_are_unknown),
		cmocka_unit_test(a_period_counts_when_it_has_ended),
		cmocka_unit_test(too_little_data_is_said_so),
		cmocka_unit_test(too_many_cells_are_said_so),
		cmocka_unit_test(brackets_must_be_apart),
		cmocka_unit_test(every_cell_is_that_of_the_plain_count),
		cmocka_unit_test(labels_and_groups_make_cohorts),
		cmocka_unit_test(definitions_keep_their_order),
		cmocka_unit_test(shuffled_rows_change_nothing),
		cmocka_unit_test(cdnow_master_cohorts_are_those_of_pandas),
		cmocka_unit_test(cdnow_sample_by_month),
		cmocka_unit_test(cdnow_sample_by_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
