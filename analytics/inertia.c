#include "analytics/inertia.h"

#include "analytics/distance.h"
#include "analytics/exact_sum.h"
#include "base/mem.h"
#include "base/parallel.h"

/* Two passes: the largest square tells the grid that sums are rounded to. */
struct weighing {
	const struct points *points;
	const uint16_t *labels;
	const double *centres;
	size_t k;
	unsigned n_parts;
	double *largest; /* n_parts */
	struct exact_grid grid;
	struct exact_sum *sums; /* n_parts x k */
};

static double square_at(const struct weighing *weighing, size_t place)
{
	const struct points *points = weighing->points;
	return distance_square(points_at(points, place), points_step(points), points->n_dims,
		weighing->centres + weighing->labels[place] * points->n_dims);
}

static size_t part_start(const struct weighing *weighing, size_t part)
{
	return weighing->points->n / weighing->n_parts * part +
	       (part == weighing->n_parts ? weighing->points->n % weighing->n_parts : 0);
}

static void find_largest(void *context, size_t part)
{
	struct weighing *weighing = context;
	double largest = 0;
	size_t end = part_start(weighing, part + 1);
	for (size_t place = part_start(weighing, part); place < end; place++) {
		double square = square_at(weighing, place);
		largest = square > largest ? square : largest;
	}
	weighing->largest[part] = largest;
}

static void set_grid(struct weighing *weighing)
{
	double largest = 0;
	for (size_t part = 0; part < weighing->n_parts; part++)
		largest = weighing->largest[part] > largest ? weighing->largest[part] : largest;
	weighing->grid = exact_grid(largest, weighing->points->n);
}

static void add_up(void *context, size_t part)
{
	struct weighing *weighing = context;
	struct exact_sum *sums = weighing->sums + part * weighing->k;
	size_t end = part_start(weighing, part + 1);
	for (size_t place = part_start(weighing, part); place < end; place++)
		exact_add(
			&sums[weighing->labels[place]], weighing->grid, square_at(weighing, place));
}

static double join(double *inertias, const struct weighing *weighing)
{
	struct exact_sum all = {0};
	for (size_t c = 0; c < weighing->k; c++) {
		struct exact_sum sum = {0};
		for (size_t part = 0; part < weighing->n_parts; part++)
			exact_join(&sum, weighing->sums[part * weighing->k + c]);
		exact_join(&all, sum);
		inertias[c] = exact_value(sum);
	}
	return exact_value(all);
}

double inertia_of(double *inertias, const struct points *points, const uint16_t *labels,
	const double *centres, size_t k, unsigned n_threads)
{
	struct weighing weighing = {
		.points = points,
		.labels = labels,
		.centres = centres,
		.k = k,
		.n_parts = n_threads > 0 ? n_threads : 1,
	};
	weighing.largest = mem_array(weighing.n_parts, sizeof(*weighing.largest));
	weighing.sums = mem_zeroed(weighing.n_parts * k, sizeof(*weighing.sums));
	parallel_for(n_threads, weighing.n_parts, find_largest, &weighing);
	set_grid(&weighing);
	parallel_for(n_threads, weighing.n_parts, add_up, &weighing);
	double inertia = join(inertias, &weighing);
	mem_free(weighing.largest);
	mem_free(weighing.sums);
	return inertia;
}
