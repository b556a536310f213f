/* The nearest of k centres, for many points at a time, and how far the centres may move before
 * another could be nearer.
 *
 *	struct nearest_view view;
 *	nearest_view_init(&view, &points, n_threads);
 *	struct nearest nearest;
 *	nearest_init(&nearest, k, &view);
 *	nearest_set_centres(&nearest, centres);
 *	nearest_of(&nearest, places, n, room, labels, slack);
 *
 * The answer is that of doubles: the centre with the smallest distance_square(), the first of them
 * where several are equal. Where the processor has AVX2, all centres are first screened in single
 * precision, with a bound on the rounding error; only points for which two centres lie within that
 * bound are decided in doubles. So the screen changes no label, and takes a fraction of the time
 * and of the memory traffic.
 *
 * The slack of a point is half of (distance to the second nearest - distance to the nearest), or a
 * little less: while no centre has moved farther than that in all, by the triangle inequality, the
 * label holds (Hamerly 2010, "Making k-means even faster"). Slacks are in units of 1 / view.scale.
 */
#ifndef ANALYTICS_NEAREST_H
#define ANALYTICS_NEAREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/points.h"

/* The points as the screen sees them. */
struct nearest_view {
	const struct points *points; /* borrowed */
	double *origin;              /* n_dims, four times over: their middle */
	double scale;                /* a power of two: (points - origin) * scale lies in [-1, 1] */
	float *narrowed;             /* those, by place; NULL: there is no screen */
};

void nearest_view_init(struct nearest_view *view, const struct points *points, unsigned n_threads);
void nearest_view_release(struct nearest_view *view);

struct nearest {
	const struct nearest_view *view;
	size_t k;
	const double *centres;
	float *slopes;  /* -2 centre, seen from the origin and scaled; in tiles, their axes outside
			 */
	float *offsets; /* k: |centre|^2, less the error bound's share of it */
	float *squares; /* k: |centre|^2, rounded up */
	float largest_square;
	bool screens; /* not when a centre lies absurdly far out */
};

void nearest_init(struct nearest *nearest, size_t k, const struct nearest_view *view);
void nearest_release(struct nearest *nearest);

/* centres is k x n_dims and borrowed until the next call. */
void nearest_set_centres(struct nearest *nearest, const double *centres);

/* How many doubles of room the functions below need; best at the start of a cache line. */
size_t nearest_room(const struct nearest *nearest);

/* Says that the point at a place will soon be asked for. */
static inline void nearest_fetch(const struct nearest *nearest, uint32_t place)
{
	size_t n_dims = nearest->view->points->n_dims;
	if (nearest->view->narrowed == NULL)
		return;
	__builtin_prefetch(nearest->view->narrowed + place * n_dims);
	__builtin_prefetch(nearest->view->narrowed + place * n_dims + n_dims - 1);
}

/* Sets labels, 0 to k - 1, and slacks of the points at n places, 1 to POINTS_BLOCK. All arrays have
 * POINTS_BLOCK entries. */
void nearest_of(const struct nearest *nearest, const uint32_t *places, size_t n, double *room,
	uint16_t *labels, float *slack);

/* Sets the POINTS_BLOCK labels of the points of a block, without slacks: cheaper by far than asking
 * for them one by one. */
void nearest_of_block(const struct nearest *nearest, size_t block, double *room, uint16_t *labels);

#endif
