/* The nearest of k centres: the screen in single precision against plain doubles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/distance.h"
#include "analytics/nearest.h"
#include "analytics/random.h"
#include "base/mem.h"

struct scene {
	struct points points;
	struct nearest_view view;
	struct nearest nearest;
	double *centres;
};

static struct scene *scene_of(
	const double *rows, size_t n, size_t n_dims, const double *centres, size_t k)
{
	struct scene *scene = mem_zeroed(1, sizeof(*scene));
	struct points_fault fault;
	assert_int_equal(points_init(&scene->points, rows, n, n_dims, 1, &fault), POINTS_OK);
	nearest_view_init(&scene->view, &scene->points, 1);
	nearest_init(&scene->nearest, k, &scene->view);
	nearest_set_centres(&scene->nearest, centres);
	return scene;
}

static void forget(struct scene *scene)
{
	nearest_release(&scene->nearest);
	nearest_view_release(&scene->view);
	points_release(&scene->points);
	mem_free(scene);
}

/* The definition, one point and one centre after the other. */
static size_t nearest_by_definition(const double *point, size_t n_dims, const double *centres,
	size_t k, double *distance, double *second)
{
	size_t label = 0;
	double smallest = INFINITY, next = INFINITY;
	for (size_t c = 0; c < k; c++) {
		double square = 0;
		for (size_t j = 0; j < n_dims; j++) {
			double difference = point[j] - centres[c * n_dims + j];
			square += difference * difference;
		}
		if (square < smallest) {
			next = smallest;
			smallest = square;
			label = c;
		} else {
			next = fmin(next, square);
		}
	}
	*distance = sqrt(smallest);
	*second = sqrt(next);
	return label;
}

/* Slacks must never exceed half of the margin, and fall short of it only by what single precision
 * cannot tell. */
static void assert_nearest(struct scene *scene, const uint32_t *places, size_t n)
{
	size_t n_dims = scene->points.n_dims, k = scene->nearest.k;
	double *room = mem_array(nearest_room(&scene->nearest), sizeof(*room));
	double *point = mem_array(n_dims, sizeof(*point));
	uint16_t labels[POINTS_BLOCK];
	float slack[POINTS_BLOCK];
	nearest_of(&scene->nearest, places, n, room, labels, slack);
	for (size_t i = 0; i < n; i++) {
		double distance, second;
		points_get(&scene->points, places[i], point);
		size_t label = nearest_by_definition(
			point, n_dims, scene->nearest.centres, k, &distance, &second);
		assert_int_equal(labels[i], label);
		double half = (second - distance) / 2 * scene->view.scale;
		assert_true((double)slack[i] <= half);
		if (distance * scene->view.scale > 0.01)
			assert_true((double)slack[i] > fmin(half, 1e6) - 0.01);
	}
	mem_free(point);
	mem_free(room);
}

/* The labels of whole blocks are those of their points. */
static void assert_blocks_nearest(struct scene *scene)
{
	double *room = mem_array(nearest_room(&scene->nearest), sizeof(*room));
	uint16_t labels[POINTS_BLOCK], one_by_one[POINTS_BLOCK];
	float slack[POINTS_BLOCK];
	uint32_t places[POINTS_BLOCK];
	for (size_t block = 0; block < scene->points.n_blocks; block++) {
		size_t n = points_in_block(&scene->points, block);
		for (size_t i = 0; i < n; i++)
			places[i] = (uint32_t)(block * POINTS_BLOCK + i);
		nearest_of(&scene->nearest, places, n, room, one_by_one, slack);
		nearest_of_block(&scene->nearest, block, room, labels);
		assert_memory_equal(labels, one_by_one, n * sizeof(*labels));
	}
	mem_free(room);
}

static void assert_all_nearest(
	const double *rows, size_t n, size_t n_dims, const double *centres, size_t k)
{
	for (int forgo = 0; forgo < 2; forgo++) {
		distance_forgo_avx2(forgo == 1);
		struct scene *scene = scene_of(rows, n, n_dims, centres, k);
		uint32_t places[POINTS_BLOCK];
		for (uint32_t first = 0; first < n; first += POINTS_BLOCK) {
			size_t in_block = n - first < POINTS_BLOCK ? n - first : POINTS_BLOCK;
			for (uint32_t i = 0; i < in_block; i++)
				places[i] = first + (i * 37) % (uint32_t)in_block;
			assert_nearest(scene, places, in_block);
		}
		assert_blocks_nearest(scene);
		forget(scene);
	}
	distance_forgo_avx2(false);
}

static double *draw(size_t n, double from, double to, uint64_t seed)
{
	struct random random = random_stream(seed, n);
	double *values = mem_array(n, sizeof(*values));
	for (size_t i = 0; i < n; i++)
		values[i] = from + (to - from) * random_uniform(&random);
	return values;
}

static void random_points_in_up_to_nine_dimensions(void **state)
{
	(void)state;
	for (size_t n_dims = 1; n_dims <= 9; n_dims++)
		for (size_t k = 1; k <= 40; k = k * 2 + 1) {
			double *rows = draw(300 * n_dims, -1, 1, k);
			double *centres = draw(k * n_dims, -1, 1, k + 100);
			assert_all_nearest(rows, 300, n_dims, centres, k);
			mem_free(rows);
			mem_free(centres);
		}
}

/* Far from zero and close together: single precision alone could not tell these apart. */
static void points_far_from_the_origin(void **state)
{
	(void)state;
	double *rows = draw(500 * 3, 1e6, 1e6 + 1, 1), *centres = draw(7 * 3, 1e6, 1e6 + 1, 2);
	assert_all_nearest(rows, 500, 3, centres, 7);
	mem_free(rows);
	mem_free(centres);
}

/* An outlier leaves single precision with nothing but zeros for the others. */
static void points_beside_an_outlier(void **state)
{
	(void)state;
	double *rows = draw(500 * 2, 0, 1, 1), *centres = draw(9 * 2, 0, 1, 2);
	rows[0] = 1e9;
	centres[4] = 1e9;
	assert_all_nearest(rows, 500, 2, centres, 9);
	mem_free(rows);
	mem_free(centres);
}

/* Points of a grid lie exactly between centres of it: the first of equals is nearest. */
static void ties_go_to_the_first(void **state)
{
	(void)state;
	double rows[21 * 21 * 2], centres[11 * 11 * 2];
	for (size_t i = 0; i < 21 * 21; i++) {
		rows[2 * i] = (double)(i % 21);
		rows[2 * i + 1] = (double)(i / 21);
	}
	for (size_t i = 0; i < 11 * 11; i++) {
		centres[2 * i] = 2 * (double)(i % 11);
		centres[2 * i + 1] = 2 * (double)(i / 11);
	}
	assert_all_nearest(rows, 21 * 21, 2, centres, 11 * 11);
	double same[] = {0.5, 0.5, 0.5, 0.5};
	assert_all_nearest(rows, 21 * 21, 2, same, 2);
}

static void extreme_magnitudes(void **state)
{
	(void)state;
	double *rows = draw(100 * 2, -1e150, 1e150, 1), *centres = draw(4 * 2, -1e150, 1e150, 2);
	assert_all_nearest(rows, 100, 2, centres, 4);
	for (size_t i = 0; i < 200; i++)
		rows[i] *= 0x1p-900;
	for (size_t i = 0; i < 8; i++)
		centres[i] *= 0x1p-900;
	assert_all_nearest(rows, 100, 2, centres, 4);
	centres[3] = 1e140;
	assert_all_nearest(rows, 100, 2, centres, 4);
	for (size_t i = 0; i < 200; i++)
		rows[i] = 5;
	assert_all_nearest(rows, 100, 2, centres, 4);
	mem_free(rows);
	mem_free(centres);
}

static void more_dimensions_than_are_screened(void **state)
{
	(void)state;
	double *rows = draw(70 * 120, -1, 1, 1), *centres = draw(5 * 120, -1, 1, 2);
	assert_all_nearest(rows, 70, 120, centres, 5);
	mem_free(rows);
	mem_free(centres);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_points_in_up_to_nine_dimensions),
		cmocka_unit_test(points_far_from_the_origin),
		cmocka_unit_test(points_beside_an_outlier),
		cmocka_unit_test(ties_go_to_the_first),
		cmocka_unit_test(extreme_magnitudes),
		cmocka_unit_test(more_dimensions_than_are_screened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
