#include "analytics/swap.h"

#include <math.h>
#include <string.h>

#include "analytics/distance.h"
#include "base/mem.h"
#include "base/parallel.h"

static void rank_block(void *context, size_t block)
{
	struct swap *swap = context;
	const double *values = points_block(swap->points, block);
	size_t n_dims = swap->points->n_dims, first = block * POINTS_BLOCK;
	uint16_t *labels = swap->labels + first;
	double *nearest = swap->nearest + first, *second = swap->second + first;
	double squares[POINTS_BLOCK];
	for (size_t i = 0; i < POINTS_BLOCK; i++)
		nearest[i] = second[i] = INFINITY;
	for (size_t c = 0; c < swap->k; c++) {
		distance_squares(values, n_dims, swap->centres + c * n_dims, squares);
		for (size_t i = 0; i < POINTS_BLOCK; i++) {
			if (squares[i] < nearest[i]) {
				second[i] = nearest[i];
				nearest[i] = squares[i];
				labels[i] = (uint16_t)c;
			} else if (squares[i] < second[i]) {
				second[i] = squares[i];
			}
		}
	}
}

void swap_init(struct swap *swap, const struct points *points, const double *centres, size_t k,
	unsigned n_threads)
{
	size_t n_places = points->n_blocks * POINTS_BLOCK;
	*swap = (struct swap){
		.points = points,
		.centres = mem_array(k * points->n_dims, sizeof(*centres)),
		.k = k,
		.labels = mem_array(n_places, sizeof(*swap->labels)),
		.nearest = mem_array(n_places, sizeof(*swap->nearest)),
		.second = mem_array(n_places, sizeof(*swap->second)),
	};
	memcpy(swap->centres, centres, k * points->n_dims * sizeof(*centres));
	parallel_for(n_threads, points->n_blocks, rank_block, swap);
	for (size_t place = 0; place < points->n; place++)
		swap->total += swap->nearest[place];
}

void swap_release(struct swap *swap)
{
	mem_free(swap->centres);
	mem_free(swap->labels);
	mem_free(swap->nearest);
	mem_free(swap->second);
	*swap = (struct swap){0};
}

static size_t draw_place(const struct swap *swap, struct random *random)
{
	double mark = random_uniform(random) * swap->total, before = 0;
	size_t last = 0;
	for (size_t place = 0; place < swap->points->n && before <= mark; place++)
		if (swap->nearest[place] > 0) {
			before += swap->nearest[place];
			last = place;
		}
	return last;
}

/* The centre whose absence costs least, once there is a centre at point: what its points pay to go
 * to the nearest that is left, rather than stay or go to point. */
static size_t least_missed(const struct swap *swap, const double *point)
{
	double *costs = mem_zeroed(swap->k, sizeof(*costs)), squares[POINTS_BLOCK];
	for (size_t block = 0; block < swap->points->n_blocks; block++) {
		size_t n = points_in_block(swap->points, block), first = block * POINTS_BLOCK;
		distance_squares(
			points_block(swap->points, block), swap->points->n_dims, point, squares);
		for (size_t i = 0; i < n; i++)
			costs[swap->labels[first + i]] +=
				fmin(squares[i], swap->second[first + i]) -
				fmin(squares[i], swap->nearest[first + i]);
	}
	size_t least = 0;
	for (size_t c = 1; c < swap->k; c++)
		if (costs[c] < costs[least])
			least = c;
	mem_free(costs);
	return least;
}

void swap_draw(const struct swap *swap, struct random *random, double *centres)
{
	size_t n_dims = swap->points->n_dims;
	double *point = mem_array(n_dims, sizeof(*point));
	points_get(swap->points, draw_place(swap, random), point);
	size_t gone = least_missed(swap, point);
	memcpy(centres, swap->centres, swap->k * n_dims * sizeof(*centres));
	memcpy(centres + gone * n_dims, point, n_dims * sizeof(*centres));
	mem_free(point);
}
