/* The gap statistic. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/gap.h"
#include "analytics/random.h"
#include "tests/unit/reference.h"

static struct points points_of(const double *rows, size_t n, size_t n_dims)
{
	struct points points;
	struct points_fault fault;
	assert_int_equal(points_init(&points, rows, n, n_dims, 1, &fault), POINTS_OK);
	return points;
}

static void scan(struct gap *gaps, const struct points *points, struct gap_options options,
	unsigned n_threads)
{
	double inertias[16];
	for (size_t k = options.k_from; k <= options.k_to; k++) {
		struct kmeans kmeans;
		options.fit.k = k;
		assert_int_equal(kmeans_fit(&kmeans, points, &options.fit, 1), KMEANS_OK);
		inertias[k - options.k_from] = kmeans.inertia;
		kmeans_release(&kmeans);
	}
	gap_scan(gaps, points, inertias, &options, n_threads);
}

static const struct kmeans_options fit = {
	.n_starts = 3, .max_rounds = 300, .seed = 1, .starts_only = true};

/* The same in numpy and scikit-learn (singular value decomposition of the centred data, 400
 * references, 10 starts): ln W_k; mean and standard deviation of ln W*_k. With 100 references the
 * mean has a standard error of a tenth of the deviation, and that of 7 %. */
static void iris(void **state)
{
	(void)state;
	static const double log_within[] = {6.5241063578, 5.0261670610, 4.3675655939, 4.0470515580};
	static const double expected[] = {6.59946, 5.61214, 5.23884, 5.04720};
	static const double deviation[] = {0.06411, 0.04724, 0.04251, 0.04231};
	struct reference *input = reference_open("golden/kmeans_iris_raw/input.csv.gz");
	double rows[150 * 4];
	for (size_t i = 0; i < 150; i++)
		for (size_t j = 0; j < 4; j++)
			rows[i * 4 + j] = reference_real(input, i, input->cells[j]);
	reference_close(input);
	struct points points = points_of(rows, 150, 4);
	struct gap gaps[4];
	scan(gaps, &points,
		(struct gap_options){.k_from = 1, .k_to = 4, .n_references = 100, .fit = fit}, 2);
	for (size_t i = 0; i < 4; i++) {
		assert_true(fabs(gaps[i].log_within - log_within[i]) < 1e-9);
		assert_true(fabs(gaps[i].expected - expected[i]) < 0.45 * deviation[i]);
		assert_true(fabs(gaps[i].gap - (gaps[i].expected - log_within[i])) < 1e-9);
		assert_true(fabs(gaps[i].se / sqrt(1.01) / deviation[i] - 1) < 0.3);
	}
	points_release(&points);
}

/* Three clumps at the corners of a triangle; and none at all. */
static void finds_three_clumps_and_none(void **state)
{
	(void)state;
	enum { N = 240 };
	double rows[N * 2];
	struct gap gaps[6];
	struct gap_options options = {.k_from = 1, .k_to = 6, .n_references = 20, .fit = fit};
	struct random random = random_stream(4, 0);
	for (size_t i = 0; i < N; i++) {
		rows[2 * i] = 5 * (double)(i % 3) + random_uniform(&random);
		rows[2 * i + 1] = i % 3 == 1 ? 9 : random_uniform(&random);
	}
	struct points points = points_of(rows, N, 2);
	scan(gaps, &points, options, 2);
	assert_int_equal(gap_suggest(gaps, 1, 6), 3);
	struct gap others[6];
	scan(others, &points, options, 1);
	assert_memory_equal(gaps, others, sizeof(gaps));
	points_release(&points);

	for (size_t i = 0; i < 2 * N; i++)
		rows[i] = random_uniform(&random);
	points = points_of(rows, N, 2);
	scan(gaps, &points, options, 2);
	assert_int_equal(gap_suggest(gaps, 1, 6), 1);
	points_release(&points);
}

static void points_without_extent(void **state)
{
	(void)state;
	double rows[] = {1, 5, 2, 5, 3, 5, 3, 5};
	struct gap gaps[3];
	struct points points = points_of(rows, 4, 2);
	scan(gaps, &points,
		(struct gap_options){.k_from = 1, .k_to = 3, .n_references = 5, .fit = fit}, 1);
	assert_true(isfinite(gaps[0].gap) && isfinite(gaps[0].se));
	assert_true(isnan(gaps[2].gap) && isnan(gaps[2].se)); /* three distinct points */
	points_release(&points);
	double same[] = {2, 2, 2};
	points = points_of(same, 3, 1);
	scan(gaps, &points,
		(struct gap_options){.k_from = 1, .k_to = 1, .n_references = 5, .fit = fit}, 1);
	assert_true(isnan(gaps[0].gap));
	assert_int_equal(gap_suggest(gaps, 1, 1), 0);
	points_release(&points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iris),
		cmocka_unit_test(finds_three_clumps_and_none),
		cmocka_unit_test(points_without_extent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
