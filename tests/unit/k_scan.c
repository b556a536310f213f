/* The figures by which a number of clusters is chosen. */
#include "analytics/k_scan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analytics/random.h"
#include "tests/unit/reference.h"

static const struct k_scan_options few = {.k_from = 2,
	.k_to = 6,
	.sample = 1000,
	.n_references = 5,
	.n_replicates = 5,
	.fit = {.n_starts = 10, .max_rounds = 300, .seed = 1}};

static struct points points_of(const double *rows, size_t n, size_t n_dims)
{
	struct points points;
	struct points_fault fault;
	assert_int_equal(points_init(&points, rows, n, n_dims, 1, &fault), POINTS_OK);
	return points;
}

static void assert_near(double value, double expected)
{
	assert_true(fabs(value - expected) <= 1e-9 * fabs(expected));
}

/* scikit-learn 1.9.1: KMeans with 50 starts, silhouette_score, calinski_harabasz_score,
 * davies_bouldin_score. */
static void iris(void **state)
{
	(void)state;
	static const double known[][4] = {
		{152.3479517603579, 0.6810461692117462, 513.9245459802768, 0.40429283717304343},
		{78.851441426146, 0.5528190123564095, 561.62775662962, 0.6619715465007465},
		{57.22847321428572, 0.49805050499728737, 530.7658081872851, 0.7803069838811107},
		{46.446182051282065, 0.48874888709310566, 495.54148768767777, 0.8059652120182736},
		{39.03998724608726, 0.36483400396700255, 473.8506068330425, 0.9141579726538026},
	};
	struct reference *input = reference_open("golden/kmeans_iris_raw/input.csv.gz");
	double values[150 * 4];
	for (size_t i = 0; i < 150; i++)
		for (size_t j = 0; j < 4; j++)
			values[i * 4 + j] = reference_real(input, i, input->cells[j]);
	reference_close(input);
	struct points points = points_of(values, 150, 4);
	struct k_scan_row rows[5];
	assert_int_equal(k_scan(rows, &points, &few, 2), K_SCAN_OK);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(rows[i].k, i + 2);
		assert_near(rows[i].inertia, known[i][0]);
		assert_near(rows[i].silhouette, known[i][1]);
		assert_near(rows[i].calinski_harabasz, known[i][2]);
		assert_near(rows[i].davies_bouldin, known[i][3]);
		assert_true(rows[i].converged && rows[i].n_sampled == 150);
		assert_true(rows[i].stability_min <= rows[i].stability_mean);
		assert_true(rows[i].suggested_by[K_BY_SILHOUETTE] == (i == 0));
		assert_true(rows[i].suggested_by[K_BY_CALINSKI_HARABASZ] == (i == 1));
		assert_true(rows[i].suggested_by[K_BY_DAVIES_BOULDIN] == (i == 0));
	}
	points_release(&points);
}

enum { N = 600, DIMS = 2 };

/* Three clumps at the corners of a triangle. */
static void draw_clumps(double *values)
{
	struct random random = random_stream(4, 0);
	for (size_t i = 0; i < N; i++) {
		values[DIMS * i] = 5 * (double)(i % 3) + random_uniform(&random);
		values[DIMS * i + 1] = (i % 3 == 1 ? 9 : 0) + random_uniform(&random);
	}
}

static void all_suggest_three_clumps_also_from_a_sample(void **state)
{
	(void)state;
	static double values[N * DIMS], reversed[N * DIMS];
	draw_clumps(values);
	for (size_t i = 0; i < N; i++)
		memcpy(reversed + i * DIMS, values + (N - 1 - i) * DIMS, DIMS * sizeof(double));
	struct k_scan_options options = few;
	for (options.sample = 100; options.sample < 2 * N; options.sample *= 10) {
		struct points points = points_of(values, N, DIMS);
		struct points others = points_of(reversed, N, DIMS);
		struct k_scan_row rows[5], again[5];
		memset(rows, 0, sizeof(rows));
		memset(again, 0, sizeof(again));
		assert_int_equal(k_scan(rows, &points, &options, 1), K_SCAN_OK);
		assert_int_equal(k_scan(again, &others, &options, 3), K_SCAN_OK);
		for (size_t i = 0; i < 5; i++) {
			assert_int_equal(rows[i].n_sampled, options.sample < N ? 100 : N);
			assert_true(rows[i].inertia == again[i].inertia);
			assert_true(rows[i].silhouette == again[i].silhouette);
			assert_true(rows[i].gap == again[i].gap);
			assert_true(rows[i].stability_min == again[i].stability_min);
			for (size_t c = 0; c < N_K_CRITERIA; c++)
				assert_true(rows[i].suggested_by[c] == (rows[i].k == 3));
		}
		points_release(&points);
		points_release(&others);
	}
}

static void one_cluster_and_too_many(void **state)
{
	(void)state;
	const double values[] = {1, 1, 1, 2, 2, 7, 7, 7};
	struct points points = points_of(values, 8, 1);
	struct k_scan_options options = few;
	struct k_scan_row rows[4];
	options.k_from = 1;
	options.k_to = 3;
	assert_int_equal(k_scan(rows, &points, &options, 1), K_SCAN_OK);
	assert_true(isnan(rows[0].silhouette) && isnan(rows[0].calinski_harabasz));
	assert_true(isnan(rows[0].davies_bouldin) && isnan(rows[0].stability_mean));
	assert_near(rows[0].inertia, 60); /* the mean is 3.5 */
	assert_true(rows[2].inertia == 0 && isnan(rows[2].gap) && rows[2].silhouette == 1);
	options.k_to = 4;
	assert_int_equal(k_scan(rows, &points, &options, 1), K_SCAN_TOO_FEW_POINTS);
	points_release(&points);
}

/* One point in each cluster: scikit-learn's metrics refuse it ("Valid values are 2 to n_samples -
 * 1"). The other figures are its, for {1, 2, 3}, {9, 11} and {1, 2, 3}, {9}, {11}. */
static void as_many_clusters_as_points(void **state)
{
	(void)state;
	const double values[] = {1, 2, 3, 9, 11};
	struct points points = points_of(values, 5, 1);
	struct k_scan_options options = few;
	struct k_scan_row rows[4];
	options.k_from = 2;
	options.k_to = 5;
	assert_int_equal(k_scan(rows, &points, &options, 1), K_SCAN_OK);
	assert_near(rows[0].silhouette, 0.7972222222222223);
	assert_near(rows[0].davies_bouldin, 0.20833333333333331);
	assert_near(rows[1].silhouette, 0.48392857142857143);
	assert_near(rows[1].davies_bouldin, 0.08818342151675485);
	const struct k_scan_row *last = &rows[3];
	assert_true(last->inertia == 0 && isnan(last->silhouette) && isnan(last->davies_bouldin));
	assert_true(isnan(last->calinski_harabasz) && isnan(last->gap));
	assert_true(isnan(last->stability_mean) && isnan(last->stability_min));
	for (size_t criterion = 0; criterion < N_K_CRITERIA; criterion++)
		assert_false(last->suggested_by[criterion]);
	points_release(&points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iris),
		cmocka_unit_test(all_suggest_three_clumps_also_from_a_sample),
		cmocka_unit_test(one_cluster_and_too_many),
		cmocka_unit_test(as_many_clusters_as_points),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
