/* The numbers and the sums of clusters whose points come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analytics/distance.h"
#include "analytics/random.h"
#include "analytics/tally.h"
#include "base/mem.h"

enum { K = 5, MANY = POINTS_FEW + 1, FEW = 1000, MAX_DIMS = 9 };

/* Many points stand as they were given, few in an order of their own. */
static void draw(double *rows, size_t n_values)
{
	struct random random = random_stream(4, 0);
	for (size_t i = 0; i < n_values; i++)
		rows[i] = (random_uniform(&random) - 0.5) * (double)random_below(&random, 1000);
}

static uint16_t label_at(size_t place, unsigned round)
{
	return (uint16_t)((place * 7 + place / 3 * round) % K);
}

/* One point after the other, by the definition. */
static void assert_holds(const struct points *points, const uint16_t *labels,
	const struct exact_sum *sums, const size_t *sizes)
{
	for (size_t c = 0; c < K; c++) {
		size_t size = 0;
		for (size_t place = 0; place < points->n; place++)
			size += labels[place] == c;
		assert_int_equal(sizes[c], size);
	}
	for (size_t j = 0; j < points->n_dims; j++) {
		struct exact_sum expected[K] = {{0}};
		struct exact_grid grid = tally_grid(points, j);
		for (size_t place = 0; place < points->n; place++)
			exact_add(&expected[labels[place]], grid,
				points_at(points, place)[j * points_step(points)]);
		for (size_t c = 0; c < K; c++)
			assert_memory_equal(
				&sums[c * points->n_dims + j], &expected[c], sizeof(*expected));
	}
}

/* All points come to one tally; then some go elsewhere, as another counts. */
static void come_and_go(const struct points *points)
{
	size_t n = points->n, n_movers = 0, sizes[K] = {0};
	struct exact_sum *sums = mem_zeroed(K * points->n_dims, sizeof(*sums));
	uint16_t *labels = mem_array(n, sizeof(*labels)), *from = mem_array(n, sizeof(*from));
	uint16_t *to = mem_array(n, sizeof(*to));
	uint32_t *movers = mem_array(n, sizeof(*movers));
	struct tally tally, other;
	tally_init(&tally, points, K);
	tally_init(&other, points, K);
	for (size_t place = 0; place < n; place++)
		labels[place] = label_at(place, 0);
	tally_add(&tally, 0, n / 3, labels);
	tally_add(&tally, n / 3, n - n / 3, labels + n / 3);
	assert_int_equal(tally_hand_over(&tally, sums, sizes), n);
	assert_holds(points, labels, sums, sizes);
	assert_int_equal(tally_hand_over(&tally, sums, sizes), 0);

	for (size_t place = 0; place < n; place += 1 + place % 3) {
		movers[n_movers] = (uint32_t)place;
		from[n_movers] = labels[place];
		labels[place] = to[n_movers++] = label_at(place, 1);
	}
	tally_move(&tally, movers, 10, from, to);
	tally_move(&other, movers + 10, n_movers - 10, from + 10, to + 10);
	assert_int_equal(tally_hand_over(&other, sums, sizes), n_movers - 10);
	assert_int_equal(tally_hand_over(&tally, sums, sizes), 10);
	assert_holds(points, labels, sums, sizes);

	tally_release(&tally);
	tally_release(&other);
	mem_free(sums);
	mem_free(labels);
	mem_free(from);
	mem_free(to);
	mem_free(movers);
}

static void holds_for(size_t n)
{
	double *rows = mem_array(n * MAX_DIMS, sizeof(*rows));
	draw(rows, n * MAX_DIMS);
	for (size_t n_dims = 1; n_dims <= MAX_DIMS; n_dims++)
		for (int forgo = 0; forgo < 2; forgo++) {
			struct points points;
			struct points_fault fault;
			distance_forgo_avx2(forgo == 1);
			assert_int_equal(
				points_borrow(&points, rows, n, n_dims, 1, &fault), POINTS_OK);
			come_and_go(&points);
			points_release(&points);
		}
	distance_forgo_avx2(false);
	mem_free(rows);
}

static void rows_as_given_are_counted_and_added_up(void **state)
{
	(void)state;
	holds_for(MANY);
}

static void rows_in_order_are_counted_and_added_up(void **state)
{
	(void)state;
	holds_for(FEW);
	holds_for(POINTS_BLOCK + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_as_given_are_counted_and_added_up),
		cmocka_unit_test(rows_in_order_are_counted_and_added_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
