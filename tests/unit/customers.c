/* The customers' statistics against a plain count over all pairs of rows, in shuffled order, in
 * batches of any size, from several threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/customers.h"
#include "base/parallel.h"

enum { MOST = 4000, ALL = CUSTOMERS_NEED_ORDERS | CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY };

static struct text ids[MOST], orders[MOST];
static int32_t days[MOST];
static money amounts[MOST];
static char id_room[MOST][64], order_room[MOST][24];

static uint32_t random_below(uint64_t *seed, uint32_t bound)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % bound;
}

/* Ids of 1 to 45 bytes, some the prefix of others, some with bytes over 127. Every third row is
 * another line of the order before it, with an amount of its own. */
static void make_rows(size_t n, uint32_t n_ids, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t id = random_below(&seed, n_ids);
		int length = snprintf(id_room[i], sizeof(id_room[i]), "%.*s%u%s", (int)(id % 40),
			"\xE5\xAE\xA2-a-long-prefix-that-many-of-them-share-", id / 2,
			id % 2 ? "" : "\xC3\xA9");
		ids[i] = (struct text){id_room[i], (size_t)length};
		length = snprintf(
			order_room[i], sizeof(order_room[i]), "O%u", random_below(&seed, 9));
		orders[i] = (struct text){order_room[i], (size_t)length};
		days[i] = 100 + (int32_t)random_below(&seed, 12);
		amounts[i] = (money)random_below(&seed, 5000000) - 1000000;
		if (i > 0 && random_below(&seed, 3) == 0) {
			ids[i] = ids[i - 1];
			orders[i] = orders[i - 1];
			days[i] = days[i - 1];
		}
	}
}

static void shuffle(size_t n, uint64_t seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = random_below(&seed, (uint32_t)i);
		struct text id = ids[i - 1], order = orders[i - 1];
		int32_t day = days[i - 1];
		money amount = amounts[i - 1];
		ids[i - 1] = ids[j], orders[i - 1] = orders[j];
		days[i - 1] = days[j], amounts[i - 1] = amounts[j];
		ids[j] = id, orders[j] = order, days[j] = day, amounts[j] = amount;
	}
}

/* Whether a row before i has the same customer and what same() compares, among the purchases. */
static bool seen(size_t i, bool by_day)
{
	for (size_t j = 0; j < i; j++)
		if (amounts[j] >= 0 && text_equal(ids[j], ids[i]) &&
			(by_day ? days[j] == days[i] : text_equal(orders[j], orders[i])))
			return true;
	return false;
}

/* The sum of the logarithms of the gaps, day after day: a day without a purchase widens the gap. */
static double plain_log_gaps(size_t n, struct text id, int32_t first, int32_t last)
{
	double sum = 0;
	int32_t before = first;
	for (int32_t day = first + 1; day <= last; day++)
		for (size_t i = 0; i < n; i++)
			if (amounts[i] >= 0 && days[i] == day && text_equal(ids[i], id)) {
				sum += log(day - before);
				before = day;
				break;
			}
	return sum;
}

static struct customer plain_customer(size_t n, struct text id)
{
	struct customer c = {.id = id, .first_purchase = INT32_MAX, .last_purchase = INT32_MIN};
	for (size_t i = 0; i < n; i++) {
		if (!text_equal(ids[i], id))
			continue;
		if (amounts[i] < 0) {
			c.returns -= amounts[i];
			continue;
		}
		c.gross_revenue += amounts[i];
		c.orders += !seen(i, false);
		c.purchase_days += !seen(i, true);
		c.first_purchase = days[i] < c.first_purchase ? days[i] : c.first_purchase;
		c.last_purchase = days[i] > c.last_purchase ? days[i] : c.last_purchase;
	}
	for (size_t i = 0; i < n; i++)
		if (text_equal(ids[i], id) && amounts[i] >= 0 && days[i] == c.first_purchase)
			c.first_day_revenue += amounts[i];
	c.log_gaps = plain_log_gaps(n, id, c.first_purchase, c.last_purchase);
	return c;
}

static void assert_same(const struct customer *a, const struct customer *b)
{
	assert_true(text_equal(a->id, b->id));
	assert_int_equal(a->first_purchase, b->first_purchase);
	assert_int_equal(a->last_purchase, b->last_purchase);
	assert_int_equal(a->orders, b->orders);
	assert_int_equal(a->purchase_days, b->purchase_days);
	assert_true(fabs(a->log_gaps - b->log_gaps) <= 1e-14 * b->log_gaps);
	assert_true(a->gross_revenue == b->gross_revenue);
	assert_true(a->first_day_revenue == b->first_day_revenue);
	assert_true(a->returns == b->returns);
}

struct batches {
	struct customers *customers;
	size_t n, size;
};

static void add_batch(void *context, size_t k)
{
	const struct batches *batches = context;
	size_t begin = k * batches->size, end = begin + batches->size;
	end = end < batches->n ? end : batches->n;
	const struct transactions rows = {.n_rows = end - begin,
		.customers = ids + begin,
		.days = days + begin,
		.amounts = amounts + begin,
		.orders = orders + begin};
	customers_add(batches->customers, &rows);
}

static struct customers *gather(size_t n, size_t batch, unsigned threads)
{
	struct batches batches = {customers_new(ALL), n, batch};
	parallel_for(threads, (n + batch - 1) / batch, add_batch, &batches);
	customers_finish(batches.customers, threads);
	return batches.customers;
}

static void test_agrees_with_plain_counting(void **state)
{
	(void)state;
	enum { N = 600 };
	make_rows(N, 90, 11);
	struct customers *customers = gather(N, 37, 1);
	size_t with_purchase = 0;
	for (size_t i = 0; i < N; i++) {
		bool first = amounts[i] >= 0;
		for (size_t j = 0; j < i && first; j++)
			first = amounts[j] < 0 || !text_equal(ids[j], ids[i]);
		with_purchase += first;
	}
	assert_int_equal(customers_count(customers), with_purchase);
	for (size_t i = 0; i < customers_count(customers); i++) {
		struct customer got = customers_get(customers, i);
		struct customer expected = plain_customer(N, got.id);
		assert_same(&got, &expected);
	}
	customers_free(customers);
}

static void test_sorted_bytewise(void **state)
{
	(void)state;
	make_rows(MOST, 1500, 5);
	struct customers *customers = gather(MOST, 1000, 1);
	for (size_t i = 1; i < customers_count(customers); i++)
		assert_true(text_compare(customers_get(customers, i - 1).id,
				    customers_get(customers, i).id) < 0);
	customers_free(customers);
}

static void test_order_batches_and_threads_change_nothing(void **state)
{
	(void)state;
	make_rows(MOST, 300, 23);
	struct customers *one = gather(MOST, MOST, 1);
	for (uint64_t round = 1; round <= 6; round++) {
		shuffle(MOST, round);
		struct customers *other = gather(MOST, 1 + 97 * round, (unsigned)(round % 4 + 1));
		assert_int_equal(customers_count(other), customers_count(one));
		for (size_t i = 0; i < customers_count(one); i++) {
			struct customer a = customers_get(one, i), b = customers_get(other, i);
			assert_same(&a, &b);
		}
		customers_free(other);
	}
	customers_free(one);
}

static void test_returns_only_are_counted_apart(void **state)
{
	(void)state;
	const struct text who[] = {TEXT("a"), TEXT("b"), TEXT("a"), TEXT("c")};
	const int32_t when[] = {1, 2, 3, 4};
	const money what[] = {0, -5000000, -1000000, -70};
	const struct transactions rows = {
		.n_rows = 4, .customers = who, .days = when, .amounts = what};
	static const unsigned needs[] = {0, CUSTOMERS_NEED_FIRST_DAY};
	for (size_t i = 0; i < 2; i++) {
		struct customers *customers = customers_new(needs[i]);
		customers_add(customers, &rows);
		customers_finish(customers, 1);
		money_sum returns;
		assert_int_equal(customers_count(customers), 1); /* 0 is a purchase */
		assert_int_equal(customers_returns_only(customers, &returns), 2);
		assert_true(returns == 5000070);
		struct customer a = customers_get(customers, 0);
		assert_int_equal(a.last_purchase, 1); /* not the day of the return */
		assert_true(a.gross_revenue - a.returns == -1000000);
		assert_true(i == 0 || (a.returns == 1000000 && a.gross_revenue == 0));
		struct text all[3];
		char seen[128] = "";
		customers_ids(customers, all);
		for (size_t j = 0; j < 3; j++)
			seen[(unsigned char)all[j].at[0]]++;
		assert_true(seen['a'] == 1 && seen['b'] == 1 && seen['c'] == 1);
		customers_free(customers);
	}
}

/* What an observer makes of the rows: of each customer, known by part and number, the id and how
 * many rows there were. */
enum { MOST_OF_PART = 100 };

struct seen {
	struct text ids[CUSTOMERS_PARTS][MOST_OF_PART];
	int64_t n_rows[CUSTOMERS_PARTS][MOST_OF_PART];
};

static void see(void *context, const struct customers_rows *rows)
{
	struct seen *seen_rows = context;
	for (size_t k = 0; k < rows->n_rows; k++) {
		uint32_t customer = rows->customers[k];
		struct text id = rows->batch->customers[rows->rows[k]];
		assert_true(customer < MOST_OF_PART);
		struct text *known = &seen_rows->ids[rows->part][customer];
		assert_true(known->length == 0 || text_equal(*known, id));
		*known = id;
		seen_rows->n_rows[rows->part][customer]++;
	}
}

static void test_an_observer_sees_every_row_once(void **state)
{
	(void)state;
	struct seen *seen_rows = calloc(1, sizeof(*seen_rows));
	make_rows(MOST, 300, 29);
	struct batches batches = {customers_new(CUSTOMERS_NEED_ROWS), MOST, 110};
	customers_observe(batches.customers, (struct customers_observer){see, seen_rows});
	parallel_for(3, (MOST + 109) / 110, add_batch, &batches);
	customers_finish(batches.customers, 2);

	uint32_t n_customers[CUSTOMERS_PARTS], number = 0;
	uint32_t n = customers_in_parts(batches.customers, n_customers);
	int32_t *first = calloc(n, sizeof(*first));
	customers_first_purchases(batches.customers, first);
	enum { DAY = 102 };
	struct customers_before expected = {0, 0};
	for (size_t p = 0; p < CUSTOMERS_PARTS; p++)
		for (uint32_t i = 0; i < n_customers[p]; i++, number++) {
			int64_t n_rows = 0;
			for (size_t r = 0; r < MOST; r++)
				n_rows += text_equal(ids[r], seen_rows->ids[p][i]);
			struct customer plain = plain_customer(MOST, seen_rows->ids[p][i]);
			assert_int_equal(seen_rows->n_rows[p][i], n_rows);
			assert_int_equal(first[number], plain.first_purchase);
			expected.n_customers += plain.first_purchase < DAY;
			expected.n_rows += plain.first_purchase < DAY ? n_rows : 0;
		}
	assert_int_equal(number, n);
	struct customers_before before = customers_before(batches.customers, DAY);
	assert_true(before.n_customers > 0 && before.n_customers < n);
	assert_int_equal(before.n_customers, expected.n_customers);
	assert_int_equal(before.n_rows, expected.n_rows);
	free(first);
	free(seen_rows);
	customers_free(batches.customers);
}

/* Two of the largest amounts there are overflow 64 bits, not the sum; nor do as many returns. */
static void test_sums_have_128_bits(void **state)
{
	(void)state;
	const struct text who[] = {
		TEXT("x"), TEXT("y"), TEXT("x"), TEXT("x"), TEXT("y"), TEXT("y"), TEXT("y")};
	const int32_t when[] = {1, 1, 1, 1, 1, 1, 1};
	const money what[] = {INT64_MAX, -INT64_MAX, INT64_MAX, INT64_MAX, -INT64_MAX, 3, 4};
	const struct transactions rows = {
		.n_rows = 7, .customers = who, .days = when, .amounts = what};
	struct customers *customers = customers_new(CUSTOMERS_NEED_FIRST_DAY);
	customers_add(customers, &rows);
	customers_finish(customers, 1);
	struct customer x = customers_get(customers, 0), y = customers_get(customers, 1);
	assert_true(x.gross_revenue == (money_sum)INT64_MAX * 3);
	assert_true(x.first_day_revenue == (money_sum)INT64_MAX * 3);
	assert_int_equal(x.orders, 3);
	assert_true(y.gross_revenue == 7 && y.returns == (money_sum)INT64_MAX * 2);
	customers_free(customers);
}

static void test_nobody(void **state)
{
	(void)state;
	struct customers *customers = customers_new(ALL);
	money_sum returns;
	customers_finish(customers, 4);
	assert_int_equal(customers_count(customers), 0);
	assert_int_equal(customers_returns_only(customers, &returns), 0);
	assert_int_equal(customers_duplicate(customers).length, 0);
	customers_free(customers);
}

static void test_rows_of_a_customers_table(void **state)
{
	(void)state;
	const struct customer table[] = {
		{.id = TEXT("b"),
			.first_purchase = 3,
			.last_purchase = 9,
			.orders = INT64_C(5000000000),
			.purchase_days = 3,
			.log_gaps = 2.5,
			.gross_revenue = (money_sum)INT64_MAX * 5,
			.first_day_revenue = 10,
			.returns = 5},
		{.id = TEXT("a"),
			.first_purchase = 1,
			.last_purchase = 1,
			.orders = 1,
			.purchase_days = 1,
			.gross_revenue = 7,
			.first_day_revenue = 7},
	};
	struct customers *customers =
		customers_new(CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY | CUSTOMERS_NEED_ROWS);
	customers_add_rows(customers, table, 2);
	customers_add_rows(customers, &table[1], 1);
	assert_true(text_equal(customers_duplicate(customers), TEXT("a")));
	customers_finish(customers, 1);
	assert_int_equal(customers_count(customers), 2);
	struct customer a = customers_get(customers, 0), b = customers_get(customers, 1);
	assert_same(&a, &table[1]);
	assert_same(&b, &table[0]);
	assert_int_equal(customers_before(customers, 3).n_rows, 1);
	assert_int_equal(customers_before(customers, 4).n_rows, 2);
	customers_free(customers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_plain_counting),
		cmocka_unit_test(test_sorted_bytewise),
		cmocka_unit_test(test_order_batches_and_threads_change_nothing),
		cmocka_unit_test(test_returns_only_are_counted_apart),
		cmocka_unit_test(test_an_observer_sees_every_row_once),
		cmocka_unit_test(test_sums_have_128_bits),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_rows_of_a_customers_table),
	};
	return cmocka_run_group_tests_name("customers", tests, NULL, NULL);
}
