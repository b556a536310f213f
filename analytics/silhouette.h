/* Silhouettes: how much better points lie in their own clusters than in the next ones.
 *
 *	double mean = silhouette(&points, labels, k, n_threads, cluster_means);
 *
 * For a point, a is its mean distance from the others of its cluster, b the smallest, over the
 * other clusters, of its mean distances from their points; its silhouette is (b - a) / max(a, b),
 * and 0 where its cluster has no other point. It lies between -1 and 1 (Rousseeuw 1987,
 * "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis").
 *
 * All n (n - 1) distances are computed, exactly and in a fixed order, and none is kept: time grows
 * with the square of n, memory with n.
 */
#ifndef ANALYTICS_SILHOUETTE_H
#define ANALYTICS_SILHOUETTE_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/points.h"

/* labels are by place, 0 to k - 1. Returns the mean over all points, and sets the means over the
 * points of each cluster, NaN for an empty one. With fewer than two clusters all are NaN. */
double silhouette(const struct points *points, const uint16_t *labels, size_t k, unsigned n_threads,
	double *cluster_means);

#endif
