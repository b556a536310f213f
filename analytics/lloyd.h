/* One search of k-means: from given centres to centres that no move of a point improves.
 *
 *	struct lloyd lloyd;
 *	lloyd_init(&lloyd, &view, k, n_threads);
 *	memcpy(lloyd.result.centres, ...);
 *	lloyd_run(&lloyd, &(struct lloyd_end){.n_rounds = 300});
 *	... lloyd.result ...
 *	lloyd_release(&lloyd);
 *
 * Rounds alternate, as Lloyd 1982 ("Least squares quantization in PCM"): every point to its nearest
 * centre, every centre to the mean of its points, until no point moves. A cluster left without
 * points takes the point farthest from its centre.
 *
 * As long as many points move, or there are few centres, a round sweeps: it asks for the nearest
 * centre of every point, block by block. After that, where it pays, rounds cost less and less: a
 * point is looked at again only when its own centre and another can have moved, since it was, by
 * more than its margin between the nearest and the second (the bounds of Hamerly 2010, "Making
 * k-means even faster"). Each cluster has a running total of that, its drift: half of its centre's
 * move in each round, and half of the longest move of another centre; so one number a point is
 * enough, and is written only when the point is looked at.
 *
 * The centres' sums are exact (analytics/exact_sum.h), so points can be taken from one and given to
 * another for ever. The rounds are those of the plain method, label by label.
 *
 * With at most LLOYD_EXCHANGES points, a round follows in which points move one at a time where
 * that lowers the inertia, counting that both centres follow: point x from cluster a to b when
 *
 *	|x - c_b|^2 n_b / (n_b + 1) < |x - c_a|^2 n_a / (n_a - 1),
 *
 * and then plain rounds again (Hartigan 1975, "Clustering Algorithms"; Telgarsky and Vattani 2010,
 * "Hartigan's method: k-means clustering without Voronoi"). In large clusters the factors are 1 but
 * for what rounding could be, and the round would find nothing.
 */
#ifndef ANALYTICS_LLOYD_H
#define ANALYTICS_LLOYD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/exact_sum.h"
#include "analytics/kmeans.h"
#include "analytics/nearest.h"
#include "analytics/points.h"

enum { LLOYD_EXCHANGES = 10000 };

struct lloyd {
	const struct points *points;
	const struct nearest_view *view;
	struct nearest nearest;
	struct exact_sum *sums;   /* k x n_dims: of the points of each cluster */
	bool is_labelled;         /* every point has a label, and counts in the sums */
	bool is_bounded;          /* points are looked at when they must be; else in every round */
	double *moves;            /* k: of each centre in the last round */
	double *drifts;           /* k: of each cluster, in units of 1 / view->scale */
	float *drifts_at_most;    /* k */
	float *holds;             /* by place: the label holds until its drift has reached this */
	uint64_t lanes[256];      /* by mask: which bits are set */
	double *inertias;         /* k */
	struct lloyd_hand *hands; /* n_hands, which are threads */
	unsigned n_hands;
	struct crew *crew; /* n_hands threads */
	atomic_size_t next_task;
	struct kmeans result;
};

/* The view must outlive it. */
void lloyd_init(struct lloyd *lloyd, const struct nearest_view *view, size_t k, unsigned n_threads);
void lloyd_release(struct lloyd *lloyd);

/* When to stop, though points still move: after so many rounds, or, which counts as convergence,
 * when the squares of the moves of all centres in a round add up to so much or less. */
struct lloyd_end {
	size_t n_rounds;
	double moves;
};

/* Starts from result.centres; sets all of result but search. */
void lloyd_run(struct lloyd *lloyd, const struct lloyd_end *end);

#endif
