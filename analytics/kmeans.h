/* k-means: k centres such that the sum of the squared distances from the points to their nearest
 * centre, the inertia, is small.
 *
 *	struct kmeans_options options = {.k = 5, .n_starts = 10, .max_rounds = 300, .seed = 1};
 *	struct kmeans kmeans;
 *	if (kmeans_fit(&kmeans, &points, &options, n_threads) != KMEANS_OK) ...
 *	kmeans_labels(&kmeans, &points, labels);
 *	kmeans_release(&kmeans);
 *
 * Each start seeds greedily (analytics/seeding.h) and searches from there (analytics/lloyd.h); the
 * smallest inertia wins, the first of equal ones. With more than one start, and points so few that
 * it costs little, more searches then start from the best so far with one centre moved elsewhere
 * (analytics/swap.h), until many in a row found nothing better.
 *
 * The result depends on the points, the options and the seed: not on the order of the rows, the
 * number of threads or the processor, byte by byte.
 */
#ifndef ANALYTICS_KMEANS_H
#define ANALYTICS_KMEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/points.h"

enum { KMEANS_MAX_K = 65534 };

enum kmeans_status {
	KMEANS_OK,
	KMEANS_TOO_FEW_POINTS, /* fewer than k rows are distinct */
};

/* With a tolerance above 0, a search has also converged when the squares of the moves of all
 * centres in a round add up to at most so many times the mean variance of the axes (the rule, and
 * with 1e-4 the value, of scikit-learn; beyond 131,072 points, the variance of so many of them). */
struct kmeans_options {
	size_t k;          /* 1 to KMEANS_MAX_K */
	size_t n_starts;   /* 1 or more */
	size_t max_rounds; /* of each search */
	uint64_t seed;
	double tolerance;   /* 0: a search converges when no point moves; else see below */
	bool starts_only;   /* no more searches than the starts: one of many fits, or a yardstick */
	const double *init; /* k x n_dims centres to search from, once; NULL: seeded starts */
};

struct kmeans {
	size_t k, n_dims, n;
	double *centres;  /* k x n_dims */
	size_t *sizes;    /* k */
	double inertia;   /* sum of squared distances to the own centre */
	uint16_t *labels; /* by place, 0 to k - 1: each point is with its nearest centre */
	size_t search;    /* the one that found it: first the starts, then the swaps */
	size_t n_rounds;  /* how often that search moved its centres */
	bool converged;   /* its last round moved no point, or the centres within the tolerance */
};

/* Clusters come largest first, ties by their centres; with init, in the order of init. */
enum kmeans_status kmeans_fit(struct kmeans *kmeans, const struct points *points,
	const struct kmeans_options *options, unsigned n_threads);

/* What is advised for so many points: strict up to 10,000; beyond that 1e-6, because the last of
 * hundreds of rounds each move a handful of points. */
double kmeans_usual_tolerance(size_t n);

/* Whether each centre is the mean of its points, to a millionth of their distance from it, as it is
 * when a search has converged without a tolerance. Not where one point lies so far out (some 1e17
 * times as far as the others, of ten thousand) that the exact sums lose the digits of the rest. */
bool kmeans_is_at_means(const struct kmeans *kmeans, const struct points *points);

/* Room for a result, for those who make one; its inertia is infinite. */
void kmeans_init(struct kmeans *kmeans, const struct points *points, size_t k);
void kmeans_release(struct kmeans *kmeans);

/* Renumbers the clusters: largest first, ties by the centres; by a coordinate of the centres,
 * ascending or descending; or so that they follow k other centres in the same space, paired with
 * them so that the squared distances add up to as little as they can (analytics/matching.h). */
void kmeans_order_by_size(struct kmeans *kmeans);
void kmeans_order_by_dim(struct kmeans *kmeans, size_t dim, bool descending);
void kmeans_order_like(struct kmeans *kmeans, const double *centres);

/* Sets labels[row] for the n rows that the points were made from. */
void kmeans_labels(const struct kmeans *kmeans, const struct points *points, uint16_t *labels);

/* The nearest of k centres to one row, the first of several, and how far it is: labels new rows by
 * a saved model, and gives the distances of a fitted one. distance may be NULL. */
uint16_t kmeans_assign(
	const double *centres, size_t k, const double *row, size_t n_dims, double *distance);

#endif
