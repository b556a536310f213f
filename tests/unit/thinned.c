/* Points that stand for more of them, and how points are spread. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analytics/random.h"
#include "analytics/spread.h"
#include "analytics/thinned.h"
#include "base/mem.h"

enum { DIMS = 2 };

struct scene {
	double *rows;
	struct points points;
	struct spread spread;
	struct thinned thinned;
};

static double *draw(size_t n)
{
	struct random random = random_stream(5, n);
	double *rows = mem_array(n * DIMS, sizeof(*rows));
	for (size_t i = 0; i < n * DIMS; i++)
		rows[i] = 1000 + random_uniform(&random);
	return rows;
}

static struct scene *scene_of(double *rows, size_t n, size_t k)
{
	struct scene *scene = mem_zeroed(1, sizeof(*scene));
	struct points_fault fault;
	scene->rows = rows;
	assert_int_equal(points_borrow(&scene->points, rows, n, DIMS, 2, &fault), POINTS_OK);
	spread_init(&scene->spread, &scene->points, 2);
	thinned_init(&scene->thinned, &scene->points, &scene->spread, k, 2);
	return scene;
}

static void forget(struct scene *scene)
{
	thinned_release(&scene->thinned);
	spread_release(&scene->spread);
	points_release(&scene->points);
	mem_free(scene->rows);
	mem_free(scene);
}

static double weight_of_all(const struct thinned *thinned)
{
	double sum = 0;
	for (size_t place = 0; place < thinned->points->n; place++)
		sum += thinned->weights[place];
	return sum;
}

/* The mean of each axis and the variances added up, by Welford's method. */
static void the_spread_is_that_of_the_definition(void **state)
{
	(void)state;
	const size_t sizes[] = {1, 2, 3, 1001, POINTS_FEW + 3};
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		size_t n = sizes[s];
		struct scene *scene = scene_of(draw(n), n, 1);
		double square = 0;
		for (size_t j = 0; j < DIMS; j++) {
			double mean = 0, squares = 0;
			for (size_t i = 0; i < n; i++) {
				double before = scene->rows[i * DIMS + j] - mean;
				mean += before / (double)(i + 1);
				squares += before * (scene->rows[i * DIMS + j] - mean);
			}
			assert_true(fabs(scene->spread.mean[j] - mean) < 1e-9);
			square += squares / (double)n;
		}
		assert_true(fabs(scene->spread.square - square) < 1e-9);
		forget(scene);
	}
}

static void few_points_stand_for_themselves(void **state)
{
	(void)state;
	struct scene *scene = scene_of(draw(POINTS_FEW), POINTS_FEW, 1);
	assert_true(scene->thinned.points == &scene->points);
	assert_true(scene->thinned.heaviest == 1);
	assert_true(weight_of_all(&scene->thinned) == POINTS_FEW);
	forget(scene);
}

/* About 65,536 are kept, with a standard deviation of less than 256, and count as all do; those far
 * out are there, once each. The mean of what is kept is the mean of all, within five of its
 * standard errors of sqrt(1 / 12 / 65536). */
static void a_sample_counts_as_all_do(void **state)
{
	(void)state;
	enum { N = 1 << 20, OUT = 10 };
	double *rows = draw(N), mean = 0;
	for (size_t i = 0; i < OUT; i++)
		rows[i * 1000 * DIMS] = 1e6 + (double)i;
	struct scene *scene = scene_of(rows, N, 4);
	const struct thinned *thinned = &scene->thinned;
	size_t n = thinned->points->n, n_out = 0;
	assert_in_range(n, 65536 - 1280, 65536 + 1280);
	assert_true(fabs(weight_of_all(thinned) - N) < 1e-6);
	for (size_t place = 0; place < n; place++) {
		double point[DIMS];
		points_get(thinned->points, place, point);
		if (point[0] < 1e6) {
			assert_true(thinned->weights[place] == thinned->heaviest);
			mean += point[0] / (double)n;
		} else {
			assert_true(thinned->weights[place] == 1);
			mean += 1000.5 / (double)n;
			n_out++;
		}
	}
	assert_int_equal(n_out, OUT);
	assert_true(fabs(mean - 1000.5) < 5 * sqrt(1.0 / 12 / 65536));
	forget(scene);
}

/* A quarter of the rows are alike: a sample that has all of them, or none, is none. */
static void twins_are_kept_together_with_all(void **state)
{
	(void)state;
	size_t n = POINTS_FEW + 1;
	double *rows = draw(n);
	for (size_t i = 0; i < n; i += 4)
		memcpy(rows + i * DIMS, rows, DIMS * sizeof(*rows));
	struct scene *scene = scene_of(rows, n, 4);
	assert_int_equal(scene->thinned.points->n, n);
	assert_true(weight_of_all(&scene->thinned) == (double)n);
	forget(scene);
}

/* 64 points are kept for each centre, all of them where there are not so many. */
static void many_centres_get_many_points(void **state)
{
	(void)state;
	enum { N = 200000 };
	struct scene *scene = scene_of(draw(N), N, 2000);
	assert_in_range(scene->thinned.points->n, 128000 - 1500, 128000 + 1500);
	forget(scene);
	scene = scene_of(draw(N), N, 4000);
	assert_int_equal(scene->thinned.points->n, N);
	forget(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_spread_is_that_of_the_definition),
		cmocka_unit_test(few_points_stand_for_themselves),
		cmocka_unit_test(a_sample_counts_as_all_do),
		cmocka_unit_test(twins_are_kept_together_with_all),
		cmocka_unit_test(many_centres_get_many_points),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
