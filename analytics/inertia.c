#include "analytics/inertia.h"

#include <math.h>
#include <string.h>

#include "analytics/avx2.h"
#include "analytics/distance.h"
#include "analytics/exact_sum.h"
#include "base/mem.h"
#include "base/parallel.h"

enum { FOUR = 4, TWO_LINES = 128 };

/* As many of them as there can be points add up to what exact sums can hold. */
static const double largest_square = 1e290;

/* Two passes: the largest square of each cluster tells the grid that its sum is rounded to. A grid
 * for all would take the digits of the others where one point lies far out. */
struct weighing {
	const struct points *points;
	const uint16_t *labels;
	const double *factors; /* of the axes; NULL: 1 */
	double *centres;       /* k x width, zeros after n_dims */
	size_t k, width;       /* n_dims, rounded up to fours */
	unsigned n_parts;
	double *largest;          /* n_parts x apart, then, of all parts, in the first */
	struct exact_grid *grids; /* k */
	struct exact_sum *sums;   /* n_parts x apart */
	size_t apart;             /* k and more, so that no line is written by two threads */
};

#ifdef FOR_AVX2
/* Adds what four rows have in each of four axes, to the square of each row, axis by axis. */
INLINE_FOR_AVX2 __m256d add_axes(__m256d squares, __m256d a, __m256d b, __m256d c, __m256d d)
{
	__m256d p = _mm256_unpacklo_pd(a, b), q = _mm256_unpackhi_pd(a, b);
	__m256d r = _mm256_unpacklo_pd(c, d), s = _mm256_unpackhi_pd(c, d);
	squares = _mm256_add_pd(squares, _mm256_permute2f128_pd(p, r, 0x20));
	squares = _mm256_add_pd(squares, _mm256_permute2f128_pd(q, s, 0x20));
	squares = _mm256_add_pd(squares, _mm256_permute2f128_pd(p, r, 0x31));
	return _mm256_add_pd(squares, _mm256_permute2f128_pd(q, s, 0x31));
}

/* What follows a row is read with it, and forgotten. */
INLINE_FOR_AVX2 __m256d four_axes(const double *row, __m256d axes, const double *centre)
{
	__m256d difference =
		_mm256_sub_pd(_mm256_loadu_pd(centre), _mm256_and_pd(_mm256_loadu_pd(row), axes));
	return _mm256_mul_pd(difference, difference);
}

/* The same bytes as distance_square(), for four rows at a time; beyond the last axis, zeros are
 * added. */
FOR_AVX2 static void squares_of_fours(
	const struct weighing *weighing, size_t first, size_t n, double *squares)
{
	size_t n_dims = weighing->points->n_dims, width = weighing->width;
	const double *rows = weighing->points->given + first * n_dims;
	const uint16_t *labels = weighing->labels + first;
	for (size_t i = 0; i < n; i += FOUR, rows += FOUR * n_dims, labels += FOUR) {
		__m256d sum = _mm256_setzero_pd();
		for (size_t j = 0; j < n_dims; j += FOUR) {
			const double *row = rows + j, *centres = weighing->centres + j;
			__m256d axes = axes_from(j, n_dims);
			sum = add_axes(sum, four_axes(row, axes, centres + labels[0] * width),
				four_axes(row + n_dims, axes, centres + labels[1] * width),
				four_axes(row + 2 * n_dims, axes, centres + labels[2] * width),
				four_axes(row + 3 * n_dims, axes, centres + labels[3] * width));
		}
		_mm256_storeu_pd(squares + i, sum);
	}
}
#endif

static double stretched_square(const double *point, size_t step, size_t n_dims,
	const double *centre, const double *factors)
{
	double square = 0;
	for (size_t j = 0; j < n_dims; j++, point += step) {
		double difference = (centre[j] - *point) * factors[j];
		square += difference * difference;
	}
	return square;
}

static double square_of(const struct weighing *weighing, size_t place)
{
	const struct points *points = weighing->points;
	const double *point = points_at(points, place);
	const double *centre = weighing->centres + weighing->labels[place] * weighing->width;
	size_t step = points_step(points);
	return weighing->factors == NULL
		       ? distance_square(point, step, points->n_dims, centre)
		       : stretched_square(point, step, points->n_dims, centre, weighing->factors);
}

/* Of up to POINTS_BLOCK points, from their centres. */
static void squares_of(const struct weighing *weighing, size_t first, size_t n, double *squares)
{
	size_t i = 0;
#ifdef FOR_AVX2
	const struct points *points = weighing->points;
	if (points->given != NULL && weighing->factors == NULL && distance_has_avx2()) {
		for (i = n - n % FOUR; i > 0 && first + i + FOUR - 1 > points->n;)
			i -= FOUR;
		squares_of_fours(weighing, first, i, squares);
	}
#endif
	for (; i < n; i++)
		squares[i] = square_of(weighing, first + i);
}

static size_t part_start(const struct weighing *weighing, size_t part)
{
	return weighing->points->n / weighing->n_parts * part +
	       (part == weighing->n_parts ? weighing->points->n % weighing->n_parts : 0);
}

static size_t at_once(size_t place, size_t end)
{
	return end - place < POINTS_BLOCK ? end - place : POINTS_BLOCK;
}

static void find_largest(void *context, size_t part)
{
	struct weighing *weighing = context;
	double *largest = weighing->largest + part * weighing->apart, squares[POINTS_BLOCK];
	size_t place = part_start(weighing, part), end = part_start(weighing, part + 1);
	for (size_t n; place < end; place += n) {
		n = at_once(place, end);
		squares_of(weighing, place, n, squares);
		for (size_t i = 0; i < n; i++) {
			double *of_cluster = &largest[weighing->labels[place + i]];
			*of_cluster = squares[i] > *of_cluster ? squares[i] : *of_cluster;
		}
	}
}

static void set_grids(struct weighing *weighing)
{
	for (size_t c = 0; c < weighing->k; c++) {
		double largest = 0;
		for (size_t part = 0; part < weighing->n_parts; part++)
			largest = fmax(largest, weighing->largest[part * weighing->apart + c]);
		weighing->largest[c] = largest;
		weighing->grids[c] = exact_grid(fmin(largest, largest_square), weighing->points->n);
	}
}

static void add_up(void *context, size_t part)
{
	struct weighing *weighing = context;
	struct exact_sum *sums = weighing->sums + part * weighing->apart;
	double squares[POINTS_BLOCK];
	size_t place = part_start(weighing, part), end = part_start(weighing, part + 1);
	for (size_t n; place < end; place += n) {
		n = at_once(place, end);
		squares_of(weighing, place, n, squares);
		for (size_t i = 0; i < n; i++) {
			uint16_t label = weighing->labels[place + i];
			exact_add(&sums[label], weighing->grids[label], squares[i]);
		}
	}
}

static double join(double *inertias, const struct weighing *weighing)
{
	struct exact_sum all = {0};
	double largest = 0;
	for (size_t c = 0; c < weighing->k; c++) {
		struct exact_sum sum = {0};
		for (size_t part = 0; part < weighing->n_parts; part++)
			exact_join(&sum, weighing->sums[part * weighing->apart + c]);
		inertias[c] = weighing->largest[c] <= largest_square ? exact_value(sum) : NAN;
		largest = fmax(largest, inertias[c]);
	}
	struct exact_grid grid = exact_grid(largest, weighing->k);
	for (size_t c = 0; c < weighing->k; c++)
		exact_add(&all, grid, inertias[c]);
	return exact_value(all);
}

double inertia_stretched(double *inertias, const struct points *points, const uint16_t *labels,
	const double *centres, size_t k, const double *factors, unsigned n_threads)
{
	struct weighing weighing = {
		.points = points,
		.labels = labels,
		.factors = factors,
		.k = k,
		.width = (points->n_dims + FOUR - 1) / FOUR * FOUR,
		.n_parts = n_threads > 0 ? n_threads : 1,
		.apart = k + TWO_LINES / sizeof(struct exact_sum),
	};
	weighing.centres = mem_zeroed(k * weighing.width, sizeof(*centres));
	for (size_t c = 0; c < k; c++)
		memcpy(weighing.centres + c * weighing.width, centres + c * points->n_dims,
			points->n_dims * sizeof(*centres));
	weighing.largest = mem_zeroed(weighing.n_parts * weighing.apart, sizeof(*weighing.largest));
	weighing.grids = mem_array(k, sizeof(*weighing.grids));
	weighing.sums = mem_zeroed(weighing.n_parts * weighing.apart, sizeof(*weighing.sums));
	parallel_for(n_threads, weighing.n_parts, find_largest, &weighing);
	set_grids(&weighing);
	parallel_for(n_threads, weighing.n_parts, add_up, &weighing);
	double inertia = join(inertias, &weighing);
	mem_free(weighing.centres);
	mem_free(weighing.largest);
	mem_free(weighing.grids);
	mem_free(weighing.sums);
	return inertia;
}

double inertia_of(double *inertias, const struct points *points, const uint16_t *labels,
	const double *centres, size_t k, unsigned n_threads)
{
	return inertia_stretched(inertias, points, labels, centres, k, NULL, n_threads);
}
