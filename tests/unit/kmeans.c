/* k-means: reference data, the plain method, and what must never change a byte. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analytics/distance.h"
#include "analytics/kmeans.h"
#include "analytics/lloyd.h"
#include "analytics/random.h"
#include "base/mem.h"
#include "tests/unit/reference.h"

struct matrix {
	double *rows;
	size_t n, n_dims;
};

static struct points points_of(const struct matrix *matrix)
{
	struct points points;
	struct points_fault fault;
	assert_int_equal(points_init(&points, matrix->rows, matrix->n, matrix->n_dims, 2, &fault),
		POINTS_OK);
	return points;
}

static struct kmeans fit(const struct points *points, struct kmeans_options options)
{
	struct kmeans kmeans;
	assert_int_equal(kmeans_fit(&kmeans, points, &options, 2), KMEANS_OK);
	return kmeans;
}

/* Clumps of unequal size that overlap. */
static struct matrix draw(size_t n, size_t n_dims, size_t n_clumps, uint64_t seed)
{
	struct random random = random_stream(seed, 0);
	struct matrix matrix = {.rows = mem_array(n * n_dims, sizeof(double)), .n = n};
	matrix.n_dims = n_dims;
	for (size_t i = 0; i < n; i++) {
		size_t clump = random_below(&random, 1 + random_below(&random, n_clumps));
		struct random middle = random_stream(seed, 1 + clump);
		for (size_t j = 0; j < n_dims; j++)
			matrix.rows[i * n_dims + j] =
				5 * random_uniform(&middle) + random_uniform(&random) +
				random_uniform(&random) + random_uniform(&random);
	}
	return matrix;
}

/* ---- reference data ---------------------------------------------------------------------------
 */

static struct matrix matrix_open(const char *folder)
{
	char name[256];
	snprintf(name, sizeof(name), "golden/%s/input.csv.gz", folder);
	struct reference *input = reference_open(name);
	struct matrix matrix = {.n = input->n_rows, .n_dims = input->n_columns};
	matrix.rows = mem_array(matrix.n * matrix.n_dims, sizeof(double));
	for (size_t row = 0; row < matrix.n; row++)
		for (size_t j = 0; j < matrix.n_dims; j++)
			matrix.rows[row * matrix.n_dims + j] =
				reference_real(input, row, input->cells[j]);
	reference_close(input);
	return matrix;
}

static const char *const folders[] = {
	"kmeans_iris_raw", "kmeans_iris_z", "kmeans_rfm_data_orders_z"};
enum { N_FOLDERS = sizeof(folders) / sizeof(*folders) };

/* Inertia within a share of the best that scikit-learn, R and refinement found, for even k. */
static void assert_best_known(size_t n_starts, double tolerance)
{
	for (size_t i = 0; i < N_FOLDERS; i++) {
		char name[256];
		snprintf(name, sizeof(name), "golden/%s/best_known.csv", folders[i]);
		struct reference *best = reference_open(name);
		struct matrix matrix = matrix_open(folders[i]);
		struct points points = points_of(&matrix);
		for (size_t row = 0; row < best->n_rows; row += 2) {
			size_t k = (size_t)reference_real(best, row, "k");
			struct kmeans kmeans = fit(&points, (struct kmeans_options){.k = k,
								    .n_starts = n_starts,
								    .max_rounds = 300,
								    .seed = 1});
			assert_true(kmeans.converged);
			double known = reference_real(best, row, "best_known_inertia");
			if (!(kmeans.inertia <= known * (1 + tolerance)))
				fail_msg("%s, k = %zu: inertia %.17g, best known %.17g", folders[i],
					k, kmeans.inertia, known);
			kmeans_release(&kmeans);
		}
		points_release(&points);
		mem_free(matrix.rows);
		reference_close(best);
	}
}

static void fifty_starts_reach_the_best_known(void **state)
{
	(void)state;
	assert_best_known(50, 1e-9);
}

/* R, kmeans(iris[, 1:4], 3, nstart = 50): tot.withinss 78.85144, sizes 50, 62, 38; the centres are
 * scikit-learn's. */
static void iris_in_three(void **state)
{
	(void)state;
	struct matrix matrix = matrix_open("kmeans_iris_raw");
	struct points points = points_of(&matrix);
	struct kmeans_options options = {.k = 3, .n_starts = 10, .max_rounds = 300, .seed = 1};
	struct kmeans kmeans = fit(&points, options);
	assert_true(fabs(kmeans.inertia - 78.851441426146) < 1e-9);
	assert_int_equal(kmeans.sizes[0], 62);
	assert_int_equal(kmeans.sizes[1], 50);
	assert_int_equal(kmeans.sizes[2], 38);
	const double centres[] = {5.901612903225806, 2.7483870967741937, 4.393548387096774,
		1.4338709677419355, 5.006, 3.428, 1.462, 0.246, 6.85, 3.0736842105263156,
		5.742105263157894, 2.0710526315789473};
	for (size_t i = 0; i < 12; i++)
		assert_true(fabs(kmeans.centres[i] - centres[i]) < 1e-12);
	kmeans_release(&kmeans);
	points_release(&points);
	mem_free(matrix.rows);
}

/* ---- the method -------------------------------------------------------------------------------
 */

/* Lloyd's method as it is written down: all points to their nearest centres, all centres to their
 * means, until no label changes. Returns the number of rounds. */
static size_t lloyd(const struct matrix *matrix, size_t k, double *centres, uint16_t *labels)
{
	size_t n_dims = matrix->n_dims, n_rounds = 0;
	double *sums = mem_array(k * n_dims, sizeof(*sums));
	size_t *sizes = mem_array(k, sizeof(*sizes));
	memset(labels, 255, matrix->n * sizeof(*labels));
	for (bool moved = true; moved; n_rounds++) {
		moved = false;
		memset(sums, 0, k * n_dims * sizeof(*sums));
		memset(sizes, 0, k * sizeof(*sizes));
		for (size_t i = 0; i < matrix->n; i++) {
			const double *row = matrix->rows + i * n_dims;
			uint16_t label = kmeans_assign(centres, k, row, n_dims, NULL);
			moved |= label != labels[i];
			labels[i] = label;
			sizes[label]++;
			for (size_t j = 0; j < n_dims; j++)
				sums[label * n_dims + j] += row[j];
		}
		for (size_t c = 0; c < k; c++)
			for (size_t j = 0; j < n_dims && sizes[c] > 0; j++)
				centres[c * n_dims + j] = sums[c * n_dims + j] / (double)sizes[c];
	}
	mem_free(sums);
	mem_free(sizes);
	return n_rounds - 1;
}

static void takes_the_rounds_of_the_plain_method(void **state)
{
	(void)state;
	const size_t ks[] = {2, 4, 6, 20, 90}; /* few: points are swept; many: bounds pay */
	for (uint64_t seed = 0; seed < 5; seed++) {
		size_t n_dims = 1 + seed, k = ks[seed];
		struct matrix matrix = draw(LLOYD_EXCHANGES + 1, n_dims, 7, seed);
		double *centres = mem_array(k * n_dims, sizeof(*centres));
		memcpy(centres, matrix.rows, k * n_dims * sizeof(*centres));
		struct points points = points_of(&matrix);
		struct kmeans kmeans = fit(&points,
			(struct kmeans_options){.k = k, .max_rounds = 2000, .init = centres});
		uint16_t *labels = mem_array(matrix.n, sizeof(*labels));
		uint16_t *expected = mem_array(matrix.n, sizeof(*expected));
		kmeans_labels(&kmeans, &points, labels);
		assert_int_equal(kmeans.n_rounds, lloyd(&matrix, k, centres, expected));
		assert_true(kmeans.converged);
		assert_memory_equal(labels, expected, matrix.n * sizeof(*labels));
		for (size_t i = 0; i < k * n_dims; i++)
			assert_true(fabs(kmeans.centres[i] - centres[i]) < 1e-12);
		mem_free(labels);
		mem_free(expected);
		kmeans_release(&kmeans);
		points_release(&points);
		mem_free(centres);
		mem_free(matrix.rows);
	}
}

/* Also where the number of rounds is bounded: labels are those of the centres given out. */
static void every_point_is_with_its_nearest_centre(void **state)
{
	(void)state;
	struct matrix matrix = draw(1000, 3, 9, 1);
	struct points points = points_of(&matrix);
	uint16_t *labels = mem_array(matrix.n, sizeof(*labels));
	for (size_t max_rounds = 0; max_rounds < 60; max_rounds = max_rounds * 2 + 1) {
		struct kmeans kmeans = fit(&points,
			(struct kmeans_options){
				.k = 8, .n_starts = 3, .max_rounds = max_rounds, .seed = 5});
		assert_true(kmeans.n_rounds <= max_rounds);
		kmeans_labels(&kmeans, &points, labels);
		double inertia = 0, distance;
		size_t sizes[8] = {0};
		for (size_t i = 0; i < matrix.n; i++) {
			uint16_t label =
				kmeans_assign(kmeans.centres, 8, matrix.rows + i * 3, 3, &distance);
			assert_int_equal(labels[i], label);
			inertia += distance * distance;
			sizes[label]++;
		}
		assert_true(fabs(inertia - kmeans.inertia) < 1e-9 * inertia);
		assert_memory_equal(sizes, kmeans.sizes, sizeof(sizes));
		kmeans_release(&kmeans);
	}
	mem_free(labels);
	points_release(&points);
	mem_free(matrix.rows);
}

static void inertia_never_rises_within_a_start(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 6; seed++) {
		struct matrix matrix = draw(2000, 2, 6, seed);
		struct points points = points_of(&matrix);
		double last = INFINITY;
		bool converged = false;
		for (size_t max_rounds = 0; !converged; max_rounds++) {
			struct kmeans kmeans = fit(&points, (struct kmeans_options){.k = 6,
								    .n_starts = 1,
								    .max_rounds = max_rounds,
								    .seed = seed});
			assert_true(kmeans.inertia <= last);
			assert_int_equal(kmeans.n_rounds, max_rounds);
			last = kmeans.inertia;
			converged = kmeans.converged;
			kmeans_release(&kmeans);
		}
		points_release(&points);
		mem_free(matrix.rows);
	}
}

/* With a tolerance, a search ends early, and no worse off than the centres' last moves. */
static void a_tolerance_ends_a_search_early(void **state)
{
	(void)state;
	struct matrix matrix = draw(LLOYD_EXCHANGES + 1, 3, 9, 8);
	struct points points = points_of(&matrix);
	struct kmeans_options options = {.k = 9, .n_starts = 1, .max_rounds = 2000, .seed = 3};
	struct kmeans exact = fit(&points, options);
	options.tolerance = 1e-6;
	struct kmeans loose = fit(&points, options);
	assert_true(exact.converged && loose.converged);
	assert_true(loose.n_rounds < exact.n_rounds);
	assert_true(loose.inertia >= exact.inertia && loose.inertia < exact.inertia * 1.001);
	uint16_t *labels = mem_array(matrix.n, sizeof(*labels));
	kmeans_labels(&loose, &points, labels);
	for (size_t i = 0; i < matrix.n; i++)
		assert_int_equal(
			labels[i], kmeans_assign(loose.centres, 9, matrix.rows + i * 3, 3, NULL));
	mem_free(labels);
	kmeans_release(&exact);
	kmeans_release(&loose);
	points_release(&points);
	mem_free(matrix.rows);
}

/* ---- what must not change a byte --------------------------------------------------------------
 */

static void assert_same(const struct kmeans *a, const struct kmeans *b)
{
	assert_memory_equal(a->centres, b->centres, a->k * a->n_dims * sizeof(double));
	assert_memory_equal(a->sizes, b->sizes, a->k * sizeof(*a->sizes));
	assert_memory_equal(a->labels, b->labels, a->n * sizeof(*a->labels));
	assert_memory_equal(&a->inertia, &b->inertia, sizeof(a->inertia));
	assert_int_equal(a->n_rounds, b->n_rounds);
	assert_int_equal(a->search, b->search);
}

static void shuffled_rows_get_the_same_labels(void **state)
{
	(void)state;
	struct matrix matrix = draw(1500, 3, 7, 3);
	/* Every tenth row is another's twin. */
	for (size_t i = 0; i < matrix.n; i += 10)
		memcpy(matrix.rows + i * 3, matrix.rows + i / 10 * 3, 3 * sizeof(double));
	struct matrix shuffled = {mem_array(matrix.n * 3, sizeof(double)), matrix.n, 3};
	for (size_t i = 0; i < matrix.n; i++) /* 1777 and 1500 have no factor in common */
		memcpy(shuffled.rows + i * 1777 % matrix.n * 3, matrix.rows + i * 3,
			3 * sizeof(double));
	struct points points = points_of(&matrix), others = points_of(&shuffled);
	struct kmeans_options options = {.k = 7, .n_starts = 2, .max_rounds = 300, .seed = 2};
	struct kmeans kmeans = fit(&points, options), other = fit(&others, options);
	assert_same(&kmeans, &other);
	uint16_t *labels = mem_array(matrix.n, sizeof(*labels));
	uint16_t *shuffled_labels = mem_array(matrix.n, sizeof(*labels));
	kmeans_labels(&kmeans, &points, labels);
	kmeans_labels(&other, &others, shuffled_labels);
	for (size_t i = 0; i < matrix.n; i++)
		assert_int_equal(shuffled_labels[i * 1777 % matrix.n], labels[i]);
	mem_free(labels);
	mem_free(shuffled_labels);
	kmeans_release(&kmeans);
	kmeans_release(&other);
	points_release(&points);
	points_release(&others);
	mem_free(matrix.rows);
	mem_free(shuffled.rows);
}

static void assert_same_by_row(const struct kmeans *kmeans, const struct points *points,
	const struct kmeans *other, const struct points *others, size_t stride)
{
	size_t n = points->n;
	uint16_t *labels = mem_array(n, sizeof(*labels));
	uint16_t *other_labels = mem_array(n, sizeof(*labels));
	kmeans_labels(kmeans, points, labels);
	kmeans_labels(other, others, other_labels);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(other_labels[i * stride % n], labels[i]);
	assert_memory_equal(kmeans->centres, other->centres, 7 * 3 * sizeof(double));
	assert_memory_equal(kmeans->sizes, other->sizes, 7 * sizeof(*kmeans->sizes));
	assert_memory_equal(&kmeans->inertia, &other->inertia, sizeof(kmeans->inertia));
	assert_int_equal(kmeans->n_rounds, other->n_rounds);
	mem_free(labels);
	mem_free(other_labels);
}

static struct points borrow(const struct matrix *matrix)
{
	struct points points;
	struct points_fault fault;
	assert_int_equal(points_borrow(&points, matrix->rows, matrix->n, matrix->n_dims, 3, &fault),
		POINTS_OK);
	assert_true(points.given == matrix->rows);
	return points;
}

/* So many rows that they are not ordered: they give what ordered ones do, and shuffled ones. Some
 * lie far out; and once they have few values, so that all must be looked at to draw some. */
static void many_rows_need_no_order(void **state)
{
	(void)state;
	enum { N = POINTS_FEW + 9001, STRIDE = 1777 };
	for (int few_values = 0; few_values < 2; few_values++) {
		struct matrix matrix = draw(N, 3, 7, 3);
		for (size_t i = 0; few_values && i < 3 * matrix.n; i++)
			matrix.rows[i] = floor(matrix.rows[i] * 3);
		for (size_t i = 0; i < 12; i++)
			matrix.rows[i * 7919] *= 40;
		struct matrix shuffled = {mem_array(matrix.n * 3, sizeof(double)), matrix.n, 3};
		for (size_t i = 0; i < matrix.n; i++)
			memcpy(shuffled.rows + i * STRIDE % matrix.n * 3, matrix.rows + i * 3,
				3 * sizeof(double));
		struct points ordered = points_of(&matrix), points = borrow(&matrix),
			      others = borrow(&shuffled);
		struct kmeans_options options = {
			.k = 7, .n_starts = 2, .max_rounds = 12, .seed = 2, .tolerance = 1e-4};
		struct kmeans kmeans = fit(&ordered, options), same = fit(&points, options);
		distance_forgo_avx2(true);
		struct kmeans other;
		assert_int_equal(kmeans_fit(&other, &others, &options, 1), KMEANS_OK);
		distance_forgo_avx2(false);
		assert_same_by_row(&kmeans, &ordered, &same, &points, 1);
		assert_same_by_row(&kmeans, &ordered, &other, &others, STRIDE);
		kmeans_release(&kmeans);
		kmeans_release(&same);
		kmeans_release(&other);
		points_release(&ordered);
		points_release(&points);
		points_release(&others);
		mem_free(matrix.rows);
		mem_free(shuffled.rows);
	}
}

/* Few points: threads share out the starts. Many: they share out the points. */
static void threads_and_vector_units_change_no_byte(void **state)
{
	(void)state;
	const size_t sizes[] = {500, 33001};
	for (size_t i = 0; i < 2; i++) {
		struct matrix matrix = draw(sizes[i], 4, 9, 4);
		struct kmeans_options options = {
			.k = 11, .n_starts = i == 0 ? 2 : 1, .max_rounds = 20, .seed = 9};
		struct kmeans first, kmeans;
		for (unsigned n_threads = 1; n_threads <= 4; n_threads++) {
			distance_forgo_avx2(n_threads == 2);
			struct points points = points_of(&matrix);
			assert_int_equal(kmeans_fit(n_threads == 1 ? &first : &kmeans, &points,
						 &options, n_threads),
				KMEANS_OK);
			distance_forgo_avx2(false);
			points_release(&points);
			if (n_threads == 1)
				continue;
			assert_same(&first, &kmeans);
			kmeans_release(&kmeans);
		}
		kmeans_release(&first);
		mem_free(matrix.rows);
	}
}

/* ---- clusters without points, and without choice ----------------------------------------------
 */

/* Worked by hand: the first centre has all six points, and its farthest, 100, goes to the second
 * centre; from there on 0, 1, 2 and 90, 91, 100 part. */
static void an_emptied_cluster_takes_the_farthest_point(void **state)
{
	(void)state;
	double rows[] = {0, 1, 2, 90, 91, 100};
	const double init[] = {1, 1e6};
	struct matrix matrix = {rows, 6, 1};
	struct points points = points_of(&matrix);
	struct kmeans_options options = {.k = 2, .max_rounds = 1, .init = init};
	struct kmeans kmeans = fit(&points, options);
	assert_false(kmeans.converged);
	assert_true(kmeans.centres[1] == 100);
	assert_true(fabs(kmeans.centres[0] - 36.8) < 1e-12);
	kmeans_release(&kmeans);
	options.max_rounds = 300;
	kmeans = fit(&points, options);
	assert_true(kmeans.converged);
	assert_true(kmeans.centres[0] == 1);
	assert_true(fabs(kmeans.centres[1] - 281.0 / 3) < 1e-12);
	assert_true(fabs(kmeans.inertia - (2 + 182.0 / 3)) < 1e-9);
	kmeans_release(&kmeans);
	points_release(&points);
}

static void equal_first_centres_part(void **state)
{
	(void)state;
	struct matrix matrix = draw(500, 2, 5, 6);
	const double init[20] = {0};
	struct points points = points_of(&matrix);
	struct kmeans kmeans =
		fit(&points, (struct kmeans_options){.k = 10, .max_rounds = 500, .init = init});
	assert_true(kmeans.converged);
	for (size_t c = 0; c < 10; c++)
		assert_true(kmeans.sizes[c] > 0);
	kmeans_release(&kmeans);
	points_release(&points);
	mem_free(matrix.rows);
}

static void as_many_clusters_as_distinct_points(void **state)
{
	(void)state;
	double rows[] = {3, 1, 2, 3, 1, 3, 3, 5};
	struct matrix matrix = {rows, 8, 1};
	struct points points = points_of(&matrix);
	struct kmeans_options options = {.k = 4, .n_starts = 2, .max_rounds = 300, .seed = 1};
	struct kmeans kmeans = fit(&points, options);
	const double centres[] = {3, 1, 2, 5};
	const size_t sizes[] = {4, 2, 1, 1};
	assert_true(kmeans.inertia == 0);
	assert_memory_equal(kmeans.centres, centres, sizeof(centres));
	assert_memory_equal(kmeans.sizes, sizes, sizeof(sizes));
	kmeans_release(&kmeans);
	options.k = 5;
	assert_int_equal(kmeans_fit(&kmeans, &points, &options, 1), KMEANS_TOO_FEW_POINTS);
	points_release(&points);
}

static void one_cluster_is_the_mean(void **state)
{
	(void)state;
	double rows[] = {1, 10, 2, 20, 6, 60};
	struct matrix matrix = {rows, 3, 2};
	struct points points = points_of(&matrix);
	struct kmeans kmeans = fit(&points,
		(struct kmeans_options){.k = 1, .n_starts = 1, .max_rounds = 300, .seed = 1});
	assert_true(kmeans.converged);
	assert_true(kmeans.centres[0] == 3 && kmeans.centres[1] == 30);
	assert_true(fabs(kmeans.inertia - 1414) < 1e-9);
	kmeans_release(&kmeans);
	points_release(&points);
}

/* ---- numbering --------------------------------------------------------------------------------
 */

static void clusters_are_numbered_as_asked(void **state)
{
	(void)state;
	double rows[] = {0, 0, 1, 0, 10, 5, 11, 5, 12, 5, 20, 9};
	struct matrix matrix = {rows, 6, 2};
	struct points points = points_of(&matrix);
	struct kmeans kmeans = fit(&points,
		(struct kmeans_options){.k = 3, .n_starts = 5, .max_rounds = 300, .seed = 1});
	assert_true(kmeans.centres[0] == 11 && kmeans.sizes[0] == 3);
	assert_true(kmeans.centres[2] == 0.5 && kmeans.sizes[1] == 2);
	assert_true(kmeans.centres[4] == 20 && kmeans.sizes[2] == 1);

	kmeans_order_by_dim(&kmeans, 0, false);
	assert_true(kmeans.centres[0] == 0.5 && kmeans.centres[2] == 11);
	kmeans_order_by_dim(&kmeans, 1, true);
	assert_true(kmeans.centres[1] == 9 && kmeans.sizes[0] == 1);
	const double yesterday[] = {12, 5, 19, 9, 1, 1};
	kmeans_order_like(&kmeans, yesterday);
	assert_true(kmeans.centres[0] == 11 && kmeans.centres[2] == 20 && kmeans.centres[4] == 0.5);
	uint16_t labels[6];
	kmeans_labels(&kmeans, &points, labels);
	const uint16_t expected[] = {2, 2, 0, 0, 0, 1};
	assert_memory_equal(labels, expected, sizeof(labels));
	kmeans_order_by_size(&kmeans);
	kmeans_labels(&kmeans, &points, labels);
	const uint16_t by_size[] = {1, 1, 0, 0, 0, 2};
	assert_memory_equal(labels, by_size, sizeof(labels));
	kmeans_release(&kmeans);
	points_release(&points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fifty_starts_reach_the_best_known),
		cmocka_unit_test(iris_in_three),
		cmocka_unit_test(takes_the_rounds_of_the_plain_method),
		cmocka_unit_test(every_point_is_with_its_nearest_centre),
		cmocka_unit_test(inertia_never_rises_within_a_start),
		cmocka_unit_test(a_tolerance_ends_a_search_early),
		cmocka_unit_test(shuffled_rows_get_the_same_labels),
		cmocka_unit_test(many_rows_need_no_order),
		cmocka_unit_test(threads_and_vector_units_change_no_byte),
		cmocka_unit_test(an_emptied_cluster_takes_the_farthest_point),
		cmocka_unit_test(equal_first_centres_part),
		cmocka_unit_test(as_many_clusters_as_distinct_points),
		cmocka_unit_test(one_cluster_is_the_mean),
		cmocka_unit_test(clusters_are_numbered_as_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
