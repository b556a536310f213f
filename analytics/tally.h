/* How many points clusters have, and what their coordinates add up to, while points come and go.
 *
 *	struct tally tally;
 *	tally_init(&tally, &points, k);
 *	tally_add(&tally, first, n, labels);        n points from a place on come to clusters
 *	tally_move(&tally, movers, n, from, to);    n points at places go from one to another
 *	n_changed = tally_hand_over(&tally, sums, sizes);
 *	tally_release(&tally);
 *
 * The sums are exact (analytics/exact_sum.h): it does not matter which of several tallies, one a
 * thread, points came to or went from, and the bytes are the same whatever the vector unit. A tally
 * lies two cache lines apart from all else, which processors fetch together, so that threads do not
 * take lines from each other.
 */
#ifndef ANALYTICS_TALLY_H
#define ANALYTICS_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/exact_sum.h"
#include "analytics/points.h"

struct tally {
	const struct points *points; /* borrowed */
	size_t k;
	size_t n_fours;          /* of axes: n_dims / 4, rounded up */
	struct tally_four *sums; /* k x n_fours */
	ptrdiff_t *sizes;        /* k: may be negative, of points that another tally got */
	size_t n_changed;        /* how many points came or moved */
};

void tally_init(struct tally *tally, const struct points *points, size_t k);
void tally_release(struct tally *tally);

/* The points at n places from first on come to the clusters labels[0] ... labels[n - 1]. */
void tally_add(struct tally *tally, size_t first, size_t n, const uint16_t *labels);

/* Each point at places[i], i < n, ascending, goes from cluster from[i] to to[i]. */
void tally_move(struct tally *tally, const uint32_t *places, size_t n, const uint16_t *from,
	const uint16_t *to);

/* The sum of a coordinate of a cluster, and its grid. */
struct exact_sum tally_sum(const struct tally *tally, size_t cluster, size_t dim);
struct exact_grid tally_grid(const struct points *points, size_t dim);

/* Adds the k x n_dims sums and k sizes to others, starts anew, and returns n_changed. */
size_t tally_hand_over(struct tally *tally, struct exact_sum *sums, size_t *sizes);

#endif
