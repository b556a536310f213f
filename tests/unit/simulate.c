/* Simulated transactions against the theory of the models they are drawn from. Every mean is
 * compared with its expectation within four standard errors, which are taken from the sample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analytics/simulate.h"
#include "base/mem.h"

static const struct simulate_options simulate_defaults = SIMULATE_DEFAULTS;

struct rows {
	struct simulated_row *at;
	size_t n, capacity;
	int64_t n_customers;
};

static struct rows rows_draw(const struct simulate_options *options, size_t room)
{
	struct simulate *shop;
	assert_int_equal(simulate_open(&shop, options), SIMULATE_OK);
	struct rows rows = {.n_customers = simulate_customers(shop)};
	for (;;) {
		rows.at = mem_grow(rows.at, &rows.capacity, rows.n + room, sizeof(*rows.at));
		size_t n = simulate_next(shop, rows.at + rows.n, room);
		if (n == 0)
			break;
		rows.n += n;
	}
	assert_int_equal(simulate_next(shop, rows.at + rows.n, room), 0);
	simulate_close(shop);
	return rows;
}

static struct rows rows_of(const struct simulate_options *options)
{
	return rows_draw(options, 4096);
}

static bool row_equal(const struct simulated_row *a, const struct simulated_row *b)
{
	return a->order == b->order && a->unit_price == b->unit_price && a->amount == b->amount &&
	       a->customer == b->customer && a->day == b->day && a->quantity == b->quantity &&
	       a->line == b->line && a->product == b->product && a->channel == b->channel &&
	       a->region == b->region;
}

static bool rows_equal(const struct rows *a, const struct rows *b)
{
	bool equal = a->n == b->n;
	for (size_t i = 0; equal && i < a->n; i++)
		equal = row_equal(&a->at[i], &b->at[i]);
	return equal;
}

/* Per customer, in rows_of_customers(): what its rows add up to. */
struct customer {
	int64_t orders, rows;
	int32_t first_day;
	money first_order;
};

static bool starts_order(const struct simulated_row *row)
{
	return row->line == 1 && row->quantity > 0;
}

static struct customer *customers_of(const struct rows *rows)
{
	struct customer *customers = mem_zeroed((size_t)rows->n_customers, sizeof(*customers));
	for (size_t i = 0; i < rows->n; i++) {
		const struct simulated_row *row = &rows->at[i];
		assert_in_range(row->customer, 1, rows->n_customers);
		struct customer *customer = &customers[row->customer - 1];
		if (customer->rows++ == 0)
			customer->first_day = row->day;
		customer->orders += starts_order(row);
		if (customer->orders == 1 && row->quantity > 0)
			customer->first_order += row->amount;
	}
	return customers;
}

struct moments {
	double n, mean, squares; /* Welford 1962 */
};

static void moments_add(struct moments *m, double x)
{
	double off = x - m->mean;
	m->n++;
	m->mean += off / m->n;
	m->squares += off * (x - m->mean);
}

static void assert_mean(const struct moments *m, double expected)
{
	double standard_error = sqrt(m->squares / (m->n - 1) / m->n);
	if (fabs(m->mean - expected) > 4 * standard_error)
		fail_msg("mean %.9g, expected %.9g, standard error %.3g", m->mean, expected,
			standard_error);
}

static struct simulate_options many_customers(void)
{
	struct simulate_options options = simulate_defaults;
	options.customers = 50000;
	return options;
}

/* Repeat orders of each customer. */
static struct moments repeat_orders(const struct simulate_options *options)
{
	struct rows rows = rows_of(options);
	struct customer *customers = customers_of(&rows);
	struct moments m = {0};
	for (int64_t i = 0; i < rows.n_customers; i++)
		moments_add(&m, (double)(customers[i].orders - 1));
	mem_free(customers);
	mem_free(rows.at);
	return m;
}

/* E[X(t)] is formula (9) of Fader, Hardie and Lee 2005. Customers start evenly over a period of T,
 * so it is averaged over t from 0 to T (over the last day of T, where all start on the first day);
 * by quadrature with mpmath 1.3 at 30 digits, and the same from E[(1 - (alpha / (alpha + p t))^r)
 * / p] over p ~ Beta(a, b), which also stands at a = 1, where (9) does not. */
static void test_repeat_orders_have_the_expectation_of_bg_nbd(void **state)
{
	(void)state;
	struct simulate_options cdnow = many_customers();
	struct moments m = repeat_orders(&cdnow);
	assert_mean(&m, 1.35226363557076766);

	struct simulate_options evenly = many_customers();
	evenly.r = 2.5, evenly.alpha = 10, evenly.a = 1.5, evenly.b = 6;
	evenly.until = evenly.acquired_until = evenly.from + 363;
	m = repeat_orders(&evenly);
	assert_mean(&m, 3.31236644238880536);

	struct simulate_options one_day = evenly;
	one_day.acquired_until = one_day.from;
	m = repeat_orders(&one_day);
	assert_mean(&m, 5.19794304548175135);

	struct simulate_options a_is_one = one_day;
	a_is_one.r = 1.5, a_is_one.alpha = 8, a_is_one.a = 1, a_is_one.b = 3;
	m = repeat_orders(&a_is_one);
	assert_mean(&m, 4.07485751941587385);
}

/* P(X(39) = 0) = .5737864 with (.243, 4.414, .793, 2.426): the BTYD package's worked example for
 * CDNOW. The last of the 39 weeks ends within a day of it, which moves it by .00023. */
static void test_share_without_a_repeat_order_is_the_published_one(void **state)
{
	(void)state;
	struct simulate_options options = many_customers();
	options.acquired_until = options.from;
	options.until = options.from + 39 * 7 - 1;
	struct rows rows = rows_of(&options);
	struct customer *customers = customers_of(&rows);
	struct moments m = {0};
	for (int64_t i = 0; i < rows.n_customers; i++)
		moments_add(&m, customers[i].orders == 1);
	assert_mean(&m, 0.5737864);
	mem_free(customers);
	mem_free(rows.at);
}

/* Mean p v / (q - 1) = 6.25 * 15.44 / 2.74. The logarithm of a Gamma-Gamma value is the difference
 * of two log-gamma variates: mean psi(p) + ln v - psi(q), variance psi'(p) + psi'(q) (mpmath). */
static void test_order_values_have_the_moments_of_gamma_gamma(void **state)
{
	(void)state;
	struct simulate_options options = many_customers();
	struct rows rows = rows_of(&options);
	struct customer *customers = customers_of(&rows);
	struct moments value = {0}, logarithm = {0}, square = {0};
	for (int64_t i = 0; i < rows.n_customers; i++) {
		double z = money_as_real(customers[i].first_order);
		moments_add(&value, z);
		moments_add(&logarithm, log(z));
		moments_add(&square, pow(log(z) - 3.30793571801747372, 2));
	}
	assert_mean(&value, 35.2189781021897810);
	assert_mean(&logarithm, 3.30793571801747372);
	assert_mean(&square, 0.479747342848495608);
	mem_free(customers);
	mem_free(rows.at);
}

static bool csv_quotes(const char *name)
{
	return strpbrk(name, ",\"\r\n") != NULL;
}

static void test_lines_returns_and_quoted_names_have_their_shares(void **state)
{
	(void)state;
	struct simulate_options options = many_customers();
	options.customers = 20000;
	options.acquired_until = options.from + 600; /* a return has up to 30 days to come back */
	options.lines = 3.5;
	options.returns = 0.1;
	options.quoted = 0.02;
	struct rows rows = rows_of(&options);
	int64_t lines = 0, orders = 0, returns = 0, safe_orders = 0;
	struct moments quoted = {0};
	for (size_t i = 0; i < rows.n; i++) {
		const struct simulated_row *row = &rows.at[i];
		bool is_return = row->quantity < 0;
		returns += is_return;
		lines += !is_return;
		orders += starts_order(row);
		safe_orders += starts_order(row) && row->day <= options.until - 30;
		if (!is_return)
			moments_add(&quoted, csv_quotes(simulate_product(row->product)));
	}
	assert_mean(&quoted, 0.02);
	/* Poisson: the variance of the lines of an order is 2.5; that of a return .1 * .9. */
	double lines_error = sqrt(2.5 / (double)orders);
	assert_true(fabs((double)lines / (double)orders - 3.5) < 4 * lines_error);
	double all = (double)orders, safe = (double)safe_orders;
	assert_true((double)returns > 0.1 * safe - 4 * sqrt(0.09 * safe));
	assert_true((double)returns < 0.1 * all + 4 * sqrt(0.09 * all));
	mem_free(rows.at);
}

static void check_new_line(const struct rows *rows, size_t i, int64_t *orders)
{
	const struct simulated_row *row = &rows->at[i];
	assert_true(row->quantity > 0 && row->unit_price > 0);
	if (row->line == 1) {
		assert_int_equal(row->order, ++*orders);
		return;
	}
	const struct simulated_row *above = &rows->at[i - 1];
	assert_int_equal(row->line, above->line + 1);
	assert_int_equal(row->order, above->order);
	assert_int_equal(row->customer, above->customer);
	assert_int_equal(row->day, above->day);
	assert_int_equal(row->channel, above->channel);
	assert_int_equal(row->region, above->region);
	for (size_t j = i; rows->at[j].line > 1; j--)
		assert_int_not_equal(row->product, rows->at[j - 1].product);
}

static void check_return(
	const struct simulated_row *row, const struct simulated_row *order, bool *returned)
{
	assert_false(*returned);
	*returned = true;
	assert_in_range(row->day - order->day, 1, 30);
	struct simulated_row sold = order[row->line - 1];
	sold.day = row->day;
	sold.quantity = -sold.quantity;
	sold.amount = -sold.amount;
	assert_true(row_equal(row, &sold));
}

static void test_rows_are_in_order_and_each_order_is_whole(void **state)
{
	(void)state;
	struct simulate_options options = simulate_defaults;
	options.customers = 3000;
	options.returns = 0.2;
	struct rows rows = rows_of(&options);
	size_t *starts = mem_array(rows.n + 1, sizeof(*starts));
	bool *returned = mem_zeroed(rows.n + 1, sizeof(*returned));
	int64_t orders = 0, returns = 0;
	for (size_t i = 0; i < rows.n; i++) {
		const struct simulated_row *row = &rows.at[i];
		assert_in_range(row->day, options.from, options.until);
		assert_true(i == 0 || row->day >= rows.at[i - 1].day);
		assert_int_equal(row->amount, row->quantity * row->unit_price);
		assert_int_equal(row->unit_price % 10000, 0);
		assert_true(strlen(simulate_product(row->product)) > 0);
		assert_true(strlen(simulate_channel(row->channel)) > 0);
		assert_true(strlen(simulate_region(row->region)) > 0);
		if (row->quantity > 0) {
			check_new_line(&rows, i, &orders);
			if (row->line == 1)
				starts[orders] = i;
			continue;
		}
		returns++;
		assert_in_range(row->order, 1, orders);
		check_return(row, &rows.at[starts[row->order]], &returned[row->order]);
	}
	assert_true(returns > 0);
	mem_free(returned);
	mem_free(starts);
	mem_free(rows.at);
}

/* An order's value is drawn before it is split, so with another number of lines the customers'
 * first orders come on the same days and are worth the same to the cent. */
static void test_lines_add_up_to_the_value_of_the_order(void **state)
{
	(void)state;
	struct simulate_options single = simulate_defaults, many = simulate_defaults;
	single.lines = 1;
	many.lines = 12;
	struct rows single_rows = rows_of(&single), many_rows = rows_of(&many);
	struct customer *a = customers_of(&single_rows), *b = customers_of(&many_rows);
	for (int64_t i = 0; i < single.customers; i++) {
		assert_int_equal(a[i].first_day, b[i].first_day);
		assert_int_equal(a[i].first_order, b[i].first_order);
	}
	mem_free(a);
	mem_free(b);
	mem_free(single_rows.at);
	mem_free(many_rows.at);
}

static void test_the_seed_decides_and_the_batches_do_not(void **state)
{
	(void)state;
	struct simulate_options options = simulate_defaults;
	struct rows rows = rows_of(&options);
	struct rows small_batches = rows_draw(&options, SIMULATE_MAX_LINES);
	assert_true(rows_equal(&rows, &small_batches));
	options.seed++;
	struct rows other = rows_of(&options);
	assert_false(rows_equal(&rows, &other));
	mem_free(rows.at);
	mem_free(small_batches.at);
	mem_free(other.at);
}

/* Customer and day of every line sold, one after another. */
static void test_days_depend_neither_on_spend_nor_on_other_customers(void **state)
{
	(void)state;
	struct simulate_options few = simulate_defaults, many = simulate_defaults;
	few.customers = 100;
	many.p = 2, many.v = 1000, many.quoted = 0.5;
	struct rows few_rows = rows_of(&few), many_rows = rows_of(&many);
	size_t j = 0;
	for (size_t i = 0; i < few_rows.n; i++, j++) {
		const struct simulated_row *row = &few_rows.at[i];
		if (row->quantity < 0)
			continue;
		while (many_rows.at[j].customer > 100 || many_rows.at[j].quantity < 0)
			j++;
		assert_int_equal(row->customer, many_rows.at[j].customer);
		assert_int_equal(row->day, many_rows.at[j].day);
		assert_int_equal(row->line, many_rows.at[j].line);
	}
	mem_free(few_rows.at);
	mem_free(many_rows.at);
}

static void check_size(int64_t customers, int64_t n_rows, double lines)
{
	struct simulate_options options = simulate_defaults;
	options.customers = customers;
	options.rows = n_rows;
	options.lines = lines;
	struct rows rows = rows_of(&options);
	assert_int_equal(rows.n, n_rows);
	if (customers > 0)
		assert_int_equal(rows.n_customers, customers);
	struct customer *found = customers_of(&rows);
	for (int64_t i = 0; i < rows.n_customers; i++)
		assert_int_equal(found[i].orders > 0, true);
	mem_free(found);
	mem_free(rows.at);
}

static void test_as_many_rows_and_customers_come_as_are_asked_for(void **state)
{
	(void)state;
	check_size(0, 1000, 2.5);
	check_size(0, 100000, 2.5);
	check_size(0, 1, 2.5);
	check_size(1000, 100000, 2.5); /* far more than they make by themselves */
	check_size(10000, 30000, 2.5); /* far fewer */
	check_size(1, 20000, 2.5);
	check_size(20000, 200000, 1);
	check_size(10, 100, 1);
	check_size(5, 8, 1);
}

/* With rows asked for, the last of them still fall at the end of the period, and customers stay as
 * long as before: half of those who order again have been seen for the last time by a like day. */
static void test_a_factor_keeps_the_time_that_customers_stay(void **state)
{
	(void)state;
	struct simulate_options options = simulate_defaults;
	options.customers = 2000;
	options.acquired_until = options.from;
	options.r = 5, options.alpha = 0.5, options.a = 5, options.b = 500;
	options.lines = 1;
	options.returns = 0;
	double mean_last[2];
	for (int scaled = 0; scaled < 2; scaled++) {
		struct rows rows = rows_of(&options);
		int32_t *last = mem_zeroed((size_t)options.customers, sizeof(*last));
		for (size_t i = 0; i < rows.n; i++)
			last[rows.at[i].customer - 1] = rows.at[i].day - options.from;
		struct moments m = {0};
		for (int64_t i = 0; i < options.customers; i++)
			moments_add(&m, last[i]);
		mean_last[scaled] = m.mean;
		assert_int_equal(rows.at[rows.n - 1].day, options.until);
		options.rows = 2 * (int64_t)rows.n;
		mem_free(last);
		mem_free(rows.at);
	}
	assert_true(fabs(mean_last[1] - mean_last[0]) < 0.02 * mean_last[0]);
}

static void test_the_smallest_shops(void **state)
{
	(void)state;
	struct simulate_options options = simulate_defaults;
	options.customers = 1;
	options.until = options.acquired_until = options.from;
	struct rows rows = rows_of(&options);
	assert_true(rows.n > 0);
	for (size_t i = 0; i < rows.n; i++) {
		assert_int_equal(rows.at[i].customer, 1);
		assert_int_equal(rows.at[i].day, options.from);
	}
	mem_free(rows.at);

	/* All on one day, each order's successor too: no return can come back in time. */
	options.rows = 5000;
	options.returns = 1;
	rows = rows_of(&options);
	assert_int_equal(rows.n, 5000);
	for (size_t i = 0; i < rows.n; i++)
		assert_true(rows.at[i].quantity > 0 && rows.at[i].day == options.from);
	mem_free(rows.at);
}

/* Shapes so small that rates, chances and spend underflow to 0, and a value without bound. */
static void test_extreme_parameters_still_make_whole_rows(void **state)
{
	(void)state;
	struct simulate_options options = simulate_defaults;
	options.customers = 2000;
	options.r = options.a = options.b = options.q = 1e-4;
	options.p = 1e-4;
	options.until = options.from + 30;
	options.acquired_until = options.until;
	options.quoted = 1;
	options.lines = 32;
	struct rows rows = rows_of(&options);
	for (size_t i = 0; i < rows.n; i++) {
		assert_true(rows.at[i].unit_price > 0);
		assert_int_equal(rows.at[i].amount, rows.at[i].quantity * rows.at[i].unit_price);
		assert_true(csv_quotes(simulate_product(rows.at[i].product)));
	}
	mem_free(rows.at);
}

static enum simulate_status status_of(const struct simulate_options *options)
{
	struct simulate *shop = NULL;
	enum simulate_status status = simulate_open(&shop, options);
	assert_int_equal(status == SIMULATE_OK, shop != NULL);
	simulate_close(shop);
	return status;
}

static void test_options_that_cannot_be_met_are_refused(void **state)
{
	(void)state;
	struct simulate_options options = simulate_defaults;
	options.customers = 0;
	assert_int_equal(status_of(&options), SIMULATE_NO_SIZE);

	options = simulate_defaults;
	options.acquired_until = options.until + 1;
	assert_int_equal(status_of(&options), SIMULATE_BAD_PERIOD);
	options.acquired_until = options.from - 1;
	assert_int_equal(status_of(&options), SIMULATE_BAD_PERIOD);

	options = simulate_defaults;
	double *above_zero[] = {&options.r, &options.alpha, &options.a, &options.b, &options.p,
		&options.q, &options.v, &options.lines};
	for (size_t i = 0; i < sizeof(above_zero) / sizeof(above_zero[0]); i++) {
		double kept = *above_zero[i], bad[] = {0, -1, NAN, INFINITY};
		for (size_t j = 0; j < 4; j++) {
			*above_zero[i] = bad[j];
			assert_int_equal(status_of(&options), SIMULATE_BAD_PARAMETER);
		}
		*above_zero[i] = kept;
	}
	options.quoted = 1.5;
	assert_int_equal(status_of(&options), SIMULATE_BAD_PARAMETER);

	options = simulate_defaults;
	options.rows = 1500; /* 1,000 customers with 2.5 lines each */
	assert_int_equal(status_of(&options), SIMULATE_TOO_FEW_ROWS);
	options.rows = 100000;
	options.r = 1e-6; /* every rate underflows to 0, and no factor raises that */
	assert_int_equal(status_of(&options), SIMULATE_TOO_MANY_ROWS);
	options.r = simulate_defaults.r;
	options.rows = 1000;
	options.lines = 1;
	options.returns = 0;
	assert_int_equal(status_of(&options), SIMULATE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repeat_orders_have_the_expectation_of_bg_nbd),
		cmocka_unit_test(test_share_without_a_repeat_order_is_the_published_one),
		cmocka_unit_test(test_order_values_have_the_moments_of_gamma_gamma),
		cmocka_unit_test(test_lines_returns_and_quoted_names_have_their_shares),
		cmocka_unit_test(test_rows_are_in_order_and_each_order_is_whole),
		cmocka_unit_test(test_lines_add_up_to_the_value_of_the_order),
		cmocka_unit_test(test_the_seed_decides_and_the_batches_do_not),
		cmocka_unit_test(test_days_depend_neither_on_spend_nor_on_other_customers),
		cmocka_unit_test(test_as_many_rows_and_customers_come_as_are_asked_for),
		cmocka_unit_test(test_a_factor_keeps_the_time_that_customers_stay),
		cmocka_unit_test(test_the_smallest_shops),
		cmocka_unit_test(test_extreme_parameters_still_make_whole_rows),
		cmocka_unit_test(test_options_that_cannot_be_met_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
