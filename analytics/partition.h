/* Points parted into clusters, by labels: how large the clusters are, where they lie, how wide.
 *
 *	struct partition partition;
 *	partition_init(&partition, &points, labels, k, n_threads);
 *	double index = calinski_harabasz(&partition);
 *	partition_release(&partition);
 *
 * Clusters may be empty; their means and widths are 0 and nothing depends on them.
 */
#ifndef ANALYTICS_PARTITION_H
#define ANALYTICS_PARTITION_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/points.h"

struct partition {
	size_t n, n_dims, k;
	size_t n_clusters; /* those with points */
	size_t *sizes;     /* k */
	double *means;     /* k x n_dims */
	double *squares;   /* k: the sum of the squared distances of the points from their mean */
	double *distances; /* k: the mean distance of the points from their mean */
};

/* labels are by place, 0 to k - 1. */
void partition_init(struct partition *partition, const struct points *points,
	const uint16_t *labels, size_t k, unsigned n_threads);
void partition_release(struct partition *partition);

/* The index of Calinski and Harabasz 1974 ("A dendrite method for cluster analysis"):
 * (B / (k - 1)) / (W / (n - k)), where W is the sum of squares within the clusters and B the one of
 * their means about the mean of all, each as often as it has points. The larger the better. NaN for
 * fewer than two clusters, for as many as points, and when W is 0. */
double calinski_harabasz(const struct partition *partition);

/* The index of Davies and Bouldin 1979 ("A cluster separation measure"): the mean over the clusters
 * of the largest (s_i + s_j) / d_ij, s the mean distance of the points from their mean, d the
 * distance of the means. The smaller the better. NaN for fewer than two clusters, for as many as
 * points, where it would be 0 whatever they are like, and when two means coincide. */
double davies_bouldin(const struct partition *partition);

#endif
