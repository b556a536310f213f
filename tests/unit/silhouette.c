/* Silhouettes, and the indices of Calinski and Harabasz and of Davies and Bouldin, on partitions
 * that scikit-learn and R have measured. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/distance.h"
#include "analytics/partition.h"
#include "analytics/random.h"
#include "analytics/silhouette.h"
#include "tests/unit/reference.h"

struct labelled {
	struct points points;
	uint16_t *labels; /* by place */
};

static struct labelled label(
	const double *rows, const uint16_t *row_labels, size_t n, size_t n_dims)
{
	struct labelled labelled;
	struct points_fault fault;
	assert_int_equal(points_init(&labelled.points, rows, n, n_dims, 1, &fault), POINTS_OK);
	labelled.labels = mem_array(n, sizeof(*labelled.labels));
	for (size_t place = 0; place < n; place++)
		labelled.labels[place] = row_labels[labelled.points.rows[place]];
	return labelled;
}

static void forget(struct labelled *labelled)
{
	points_release(&labelled->points);
	mem_free(labelled->labels);
}

/* The rows of a folder's input with the labels of one of its files. */
static struct labelled label_reference(const char *folder, const char *labels, size_t k)
{
	char name[256], column[8];
	snprintf(name, sizeof(name), "golden/%s/input.csv.gz", folder);
	struct reference *input = reference_open(name);
	snprintf(name, sizeof(name), "golden/%s/%s", folder, labels);
	snprintf(column, sizeof(column), "k%zu", k);
	struct reference *parts = reference_open(name);
	size_t n = input->n_rows, n_dims = input->n_columns;
	double *rows = mem_array(n * n_dims, sizeof(*rows));
	uint16_t *row_labels = mem_array(n, sizeof(*row_labels));
	for (size_t i = 0; i < n; i++) {
		row_labels[i] = (uint16_t)reference_real(parts, i, column);
		for (size_t j = 0; j < n_dims; j++)
			rows[i * n_dims + j] = reference_real(input, i, input->cells[j]);
	}
	struct labelled labelled = label(rows, row_labels, n, n_dims);
	mem_free(rows);
	mem_free(row_labels);
	reference_close(input);
	reference_close(parts);
	return labelled;
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.17g is not %.17g", value, expected);
}

/* ---- published values ------------------------------------------------------------------------ */

static void means_of_the_best_partitions(void **state)
{
	(void)state;
	static const char *const folders[] = {
		"kmeans_iris_raw", "kmeans_iris_z", "kmeans_rfm_data_orders_z"};
	for (size_t i = 0; i < 3; i++) {
		char name[256];
		snprintf(name, sizeof(name), "golden/%s/best_known.csv", folders[i]);
		struct reference *best = reference_open(name);
		for (size_t row = 0; row < best->n_rows; row++) {
			size_t k = (size_t)reference_real(best, row, "k");
			double cluster_means[10];
			struct labelled labelled =
				label_reference(folders[i], "best_labels.csv.gz", k);
			assert_near(
				silhouette(&labelled.points, labelled.labels, k, 2, cluster_means),
				reference_real(best, row, "best_silhouette"), 1e-12);
			forget(&labelled);
		}
		reference_close(best);
	}
}

/* best_partition.json of kmeans_iris_raw, k = 10. */
static void means_of_the_clusters(void **state)
{
	(void)state;
	static const double expected[] = {0.335631992812904, 0.378982436584623, 0.341940754126657,
		0.287753604626231, 0.267026511628474, 0.155699680055874, 0.318507378964384,
		0.445320818563727, 0.279347219004875, 0.623510034164159};
	double means[10];
	struct labelled labelled = label_reference("kmeans_iris_raw", "best_labels.csv.gz", 10);
	silhouette(&labelled.points, labelled.labels, 10, 1, means);
	for (size_t c = 0; c < 10; c++)
		assert_near(means[c], expected[c], 1e-12);
	forget(&labelled);
}

/* sklearn.json of kmeans_iris_raw, on its own labels. */
static void indices_of_scikit_learn(void **state)
{
	(void)state;
	static const double calinski[] = {513.9245459802769, 561.62775662962, 530.7658081872851,
		495.54148767768777, 473.85060683304255, 449.6205713509095, 440.59767319067885,
		411.0062253430612, 392.53999219151143};
	static const double davies[] = {0.40429283717304215, 0.6619715465007497, 0.7803069838811083,
		0.8059652120182749, 0.914157972653804, 0.9714859904455375, 0.9718877160964158,
		0.960752988256582, 1.0097488732038271};
	for (size_t k = 2; k <= 10; k++) {
		struct labelled labelled =
			label_reference("kmeans_iris_raw", "sklearn_labels.csv.gz", k);
		struct partition partition;
		partition_init(&partition, &labelled.points, labelled.labels, k, 2);
		assert_near(calinski_harabasz(&partition), calinski[k - 2], 1e-10);
		assert_near(davies_bouldin(&partition), davies[k - 2], 1e-12);
		partition_release(&partition);
		forget(&labelled);
	}
}

/* ---- by hand --------------------------------------------------------------------------------- */

/* On a line, 0 and 2 together, 10 and 30 alone. Silhouettes: for 0, a = 2 and b = 10, so 0.8; for
 * 2, a = 2 and b = 8, so 0.75; 0 for those alone. Davies-Bouldin: means 1, 10, 30 and widths 1, 0,
 * 0 give 1/9, 1/9 and 1/29. Calinski-Harabasz: W = 2, n - k = 1, and about the mean 10.5, B = 2
 * * 90.25 + 0.25 + 380.25 = 561, so 561 / 2 / 2. */
static void four_points_on_a_line(void **state)
{
	(void)state;
	const double rows[] = {0, 2, 10, 30};
	const uint16_t labels[] = {0, 0, 1, 3};
	double means[4];
	struct labelled labelled = label(rows, labels, 4, 1);
	assert_near(silhouette(&labelled.points, labelled.labels, 4, 1, means), 1.55 / 4, 1e-15);
	assert_near(means[0], 0.775, 1e-15);
	assert_true(means[1] == 0 && isnan(means[2]) && means[3] == 0);
	struct partition partition;
	partition_init(&partition, &labelled.points, labelled.labels, 4, 1);
	assert_int_equal(partition.n_clusters, 3);
	assert_int_equal(partition.sizes[2], 0);
	assert_true(partition.means[0] == 1 && partition.means[3] == 30);
	assert_near(partition.squares[0], 2, 1e-15);
	assert_near(calinski_harabasz(&partition), 140.25, 1e-12);
	assert_near(davies_bouldin(&partition), (1.0 / 9 + 1.0 / 9 + 1.0 / 29) / 3, 1e-15);
	partition_release(&partition);
	forget(&labelled);
}

static void nothing_to_compare(void **state)
{
	(void)state;
	const double rows[] = {1, 2, 3, 3};
	const uint16_t one[] = {0, 0, 0, 0}, each[] = {0, 1, 2, 3};
	double means[4];
	struct partition partition;
	struct labelled labelled = label(rows, one, 4, 1);
	assert_true(isnan(silhouette(&labelled.points, labelled.labels, 1, 1, means)));
	assert_true(isnan(means[0]));
	partition_init(&partition, &labelled.points, labelled.labels, 1, 1);
	assert_true(isnan(calinski_harabasz(&partition)) && isnan(davies_bouldin(&partition)));
	partition_release(&partition);
	forget(&labelled);
	labelled = label(rows, each, 4, 1);
	assert_true(silhouette(&labelled.points, labelled.labels, 4, 1, means) == 0);
	partition_init(&partition, &labelled.points, labelled.labels, 4, 1);
	assert_true(isnan(calinski_harabasz(&partition)) && isnan(davies_bouldin(&partition)));
	partition_release(&partition);
	forget(&labelled);
}

/* ---- properties ------------------------------------------------------------------------------ */

/* Against the definition, with clusters of all sizes, the borders of blocks among them. */
static void agrees_with_the_definition(void **state)
{
	(void)state;
	enum { N = 300, DIMS = 3, K = 6 };
	static const size_t ends[K] = {1, 3, 67, 131, 196, 300};
	double rows[N * DIMS], means[K], expected = 0;
	uint16_t labels[N];
	struct random random = random_stream(5, 0);
	for (size_t i = 0; i < N; i++) {
		labels[i] = 0;
		while (i >= ends[labels[i]])
			labels[i]++;
		for (size_t j = 0; j < DIMS; j++)
			rows[i * DIMS + j] = labels[i] * 0.3 + random_uniform(&random);
	}
	for (size_t i = 0; i < N; i++) {
		double sums[K] = {0}, own = 0, other = INFINITY;
		size_t sizes[K] = {0};
		for (size_t l = 0; l < N; l++) {
			double square = 0;
			for (size_t j = 0; j < DIMS; j++)
				square += pow(rows[i * DIMS + j] - rows[l * DIMS + j], 2);
			sums[labels[l]] += sqrt(square);
			sizes[labels[l]]++;
		}
		for (size_t c = 0; c < K; c++)
			if (c != labels[i])
				other = fmin(other, sums[c] / (double)sizes[c]);
		own = sums[labels[i]] / (double)(sizes[labels[i]] - 1);
		if (sizes[labels[i]] > 1)
			expected += (other - own) / fmax(own, other) / N;
	}
	struct labelled labelled = label(rows, labels, N, DIMS);
	double mean = silhouette(&labelled.points, labelled.labels, K, 3, means);
	assert_near(mean, expected, 1e-13);
	for (size_t c = 0; c < K; c++)
		assert_true(means[c] >= -1 && means[c] <= 1);
	distance_forgo_avx2(true);
	assert_true(silhouette(&labelled.points, labelled.labels, K, 1, means) == mean);
	distance_forgo_avx2(false);
	forget(&labelled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_of_the_best_partitions),
		cmocka_unit_test(means_of_the_clusters),
		cmocka_unit_test(indices_of_scikit_learn),
		cmocka_unit_test(four_points_on_a_line),
		cmocka_unit_test(nothing_to_compare),
		cmocka_unit_test(agrees_with_the_definition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
