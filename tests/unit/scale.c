/* Features in comparable units. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analytics/kmeans.h"
#include "analytics/random.h"
#include "analytics/scale.h"
#include "tests/unit/reference.h"

static const struct scale_options zscore = {.kind = SCALE_ZSCORE};

static struct scale fit(double *rows, size_t n, size_t n_dims, struct scale_options options)
{
	struct scale scale;
	struct scale_fault fault;
	assert_int_equal(scale_fit(&scale, rows, n, n_dims, &options, 2, &fault), SCALE_OK);
	return scale;
}

static double *read_iris(void)
{
	struct reference *iris = reference_open("data/iris.csv.gz");
	double *rows = mem_array(150 * 4, sizeof(*rows));
	for (size_t i = 0; i < 150; i++)
		for (size_t j = 0; j < 4; j++)
			rows[i * 4 + j] = reference_real(iris, i, iris->cells[j]);
	reference_close(iris);
	return rows;
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.17g is not %.17g", value, expected);
}

/* NIST Statistical Reference Datasets, NumAcc4: mean 10000000.2, sample standard deviation 0.1,
 * exactly. The doubles next to the data are off by up to 1e-9, hence the eighth digit. */
static void a_tiny_spread_far_from_zero(void **state)
{
	(void)state;
	double rows[1001] = {10000000.2};
	for (size_t i = 1; i < 1001; i++)
		rows[i] = i % 2 == 1 ? 10000000.1 : 10000000.3;
	struct scale scale = fit(rows, 1001, 1, zscore);
	assert_near(scale.features[0].centre, 10000000.2, 2e-9); /* one ulp */
	assert_near(scale.features[0].spread, 0.1, 1e-9);
	scale_release(&scale);
}

/* Exact fractions in Python, rounded once; quartiles by statistics.quantiles(method='inclusive').
 */
static void the_features_of_iris(void **state)
{
	(void)state;
	static const double means[] = {
		5.843333333333334, 3.0573333333333332, 3.758, 1.1993333333333334};
	static const double deviations[] = {
		0.8280661279778629, 0.4358662849366982, 1.7652982332594664, 0.7622376689603465};
	static const double lows[] = {4.3, 2.0, 1.0, 0.1}, highs[] = {7.9, 4.4, 6.9, 2.5};
	static const double medians[] = {5.8, 3.0, 4.35, 1.3};
	static const double quartiles[] = {6.4 - 5.1, 3.3 - 2.8, 5.1 - 1.6, 1.8 - 0.3};
	for (enum scale_kind kind = SCALE_ZSCORE; kind <= SCALE_NONE; kind++) {
		double *rows = read_iris(), first = rows[0];
		struct scale scale = fit(rows, 150, 4, (struct scale_options){.kind = kind});
		for (size_t j = 0; j < 4; j++) {
			double centre[] = {means[j], lows[j], medians[j], 0};
			double spread[] = {deviations[j], highs[j] - lows[j], quartiles[j], 1};
			assert_near(scale.features[j].centre, centre[kind], 1e-15 * 8);
			assert_near(scale.features[j].spread, spread[kind], 1e-15 * 8);
			assert_false(scale_is_constant(&scale, j));
		}
		assert_near(
			rows[0], (first - scale.features[0].centre) / scale.features[0].spread, 0);
		scale_release(&scale);
		mem_free(rows);
	}
}

/* R, kmeans(scale(iris[, 1:4]), 3, nstart = 50): tot.withinss 138.8884, sizes 50, 53, 47. */
static void iris_scaled_in_three(void **state)
{
	(void)state;
	double *rows = read_iris();
	struct scale scale = fit(rows, 150, 4, zscore);
	struct points points;
	struct points_fault fault;
	struct kmeans kmeans;
	struct kmeans_options options = {.k = 3, .n_starts = 10, .max_rounds = 300, .seed = 1};
	assert_int_equal(points_init(&points, rows, 150, 4, 1, &fault), POINTS_OK);
	assert_int_equal(kmeans_fit(&kmeans, &points, &options, 1), KMEANS_OK);
	assert_near(kmeans.inertia, 138.8884, 5e-5);
	assert_int_equal(kmeans.sizes[0], 53);
	assert_int_equal(kmeans.sizes[1], 50);
	assert_int_equal(kmeans.sizes[2], 47);
	kmeans_release(&kmeans);
	points_release(&points);
	scale_release(&scale);
	mem_free(rows);
}

static void logarithms_and_weights(void **state)
{
	(void)state;
	double rows[] = {0, 1, exp(1) - 1, 2, exp(2) - 1, 3};
	const bool logs[] = {true, false};
	const double weights[] = {1, 3};
	struct scale scale = fit(rows, 3, 2,
		(struct scale_options){.kind = SCALE_ZSCORE, .logs = logs, .weights = weights});
	const double expected[] = {-1, -3, 0, 0, 1, 3};
	for (size_t i = 0; i < 6; i++)
		assert_near(rows[i], expected[i], 1e-15 * 4);
	double row[] = {exp(3) - 1, 4};
	struct scale_fault fault;
	assert_int_equal(scale_row(&scale, row, &fault), SCALE_OK);
	assert_near(row[0], 2, 1e-14);
	assert_near(row[1], 6, 1e-14);
	row[0] = -0.5;
	assert_int_equal(scale_row(&scale, row, &fault), SCALE_NEGATIVE);
	assert_int_equal(fault.dim, 0);
	row[0] = 1;
	row[1] = NAN;
	assert_int_equal(scale_row(&scale, row, &fault), SCALE_NOT_FINITE);
	assert_int_equal(fault.dim, 1);
	scale_release(&scale);
}

static void draw(double *rows, size_t n)
{
	struct random random = random_stream(1, 0);
	for (size_t i = 0; i < n; i++)
		rows[i] = exp(8 * random_uniform(&random)) - 20;
}

static void powers_of_two_change_no_byte(void **state)
{
	(void)state;
	enum { N = 2000 };
	double rows[N], factors[] = {0x1p-30, 0.5, 2, 0x1p40};
	for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++)
		for (enum scale_kind kind = SCALE_ZSCORE; kind <= SCALE_ROBUST; kind++) {
			double times[N];
			draw(rows, N);
			for (size_t j = 0; j < N; j++)
				times[j] = rows[j] * factors[i];
			struct scale_options options = {.kind = kind};
			struct scale one = fit(rows, N, 1, options);
			struct scale other = fit(times, N, 1, options);
			assert_memory_equal(rows, times, sizeof(rows));
			scale_release(&one);
			scale_release(&other);
		}
}

static void the_order_of_the_rows_changes_no_byte(void **state)
{
	(void)state;
	enum { N = 2003 };
	double rows[N], others[N];
	draw(rows, N);
	for (size_t i = 0; i < N; i++) /* 2003 is a prime */
		others[i * 37 % N] = rows[i];
	struct scale one = fit(rows, N, 1, zscore), other = fit(others, N, 1, zscore);
	assert_true(one.features[0].centre == other.features[0].centre);
	assert_true(one.features[0].spread == other.features[0].spread);
	for (size_t i = 0; i < N; i++)
		assert_true(others[i * 37 % N] == rows[i]);
	scale_release(&one);
	scale_release(&other);
}

static void constant_features_become_zero(void **state)
{
	(void)state;
	for (enum scale_kind kind = SCALE_ZSCORE; kind <= SCALE_NONE; kind++) {
		double rows[] = {7.1, 1, 7.1, 2, 7.1, 4};
		struct scale scale = fit(rows, 3, 2, (struct scale_options){.kind = kind});
		assert_true(scale_is_constant(&scale, 0));
		assert_false(scale_is_constant(&scale, 1));
		assert_true(rows[0] == 0 && rows[2] == 0 && rows[4] == 0);
		scale_release(&scale);
		double row[] = {3, 4};
		scale = fit(row, 1, 2, (struct scale_options){.kind = kind});
		assert_true(scale_is_constant(&scale, 0) && scale_is_constant(&scale, 1));
		scale_release(&scale);
	}
}

static void bad_values_are_named(void **state)
{
	(void)state;
	struct scale scale;
	struct scale_fault fault;
	const bool logs[] = {false, true};
	struct scale_options options = {.kind = SCALE_ZSCORE, .logs = logs};
	double rows[] = {1, 2, -3, 4, 5, -6, INFINITY, 8};
	assert_int_equal(scale_fit(&scale, rows, 4, 2, &options, 2, &fault), SCALE_NEGATIVE);
	assert_true(fault.row == 2 && fault.dim == 1);
	double infinite[] = {1, 2, -3, 4, 5, 6, INFINITY, 8};
	assert_int_equal(scale_fit(&scale, infinite, 4, 2, &options, 2, &fault), SCALE_NOT_FINITE);
	assert_true(fault.row == 3 && fault.dim == 0);
	double large[] = {1, 2, -3, 1e141};
	assert_int_equal(scale_fit(&scale, large, 2, 2, &options, 2, &fault), SCALE_TOO_LARGE);
	assert_true(fault.row == 1 && fault.dim == 1);
	double mostly_one[] = {1, 1, 1, 1, 1, 1, 1, 9};
	options = (struct scale_options){.kind = SCALE_ROBUST};
	assert_int_equal(scale_fit(&scale, mostly_one, 8, 1, &options, 2, &fault), SCALE_NO_SPREAD);
	assert_int_equal(fault.dim, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tiny_spread_far_from_zero),
		cmocka_unit_test(the_features_of_iris),
		cmocka_unit_test(iris_scaled_in_three),
		cmocka_unit_test(logarithms_and_weights),
		cmocka_unit_test(powers_of_two_change_no_byte),
		cmocka_unit_test(the_order_of_the_rows_changes_no_byte),
		cmocka_unit_test(constant_features_become_zero),
		cmocka_unit_test(bad_values_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
