/* Would the same clusters be found in other samples of such customers?
 *
 *	struct stability_options options = {.n_replicates = 50, .fit = fit};
 *	stability(jaccards, &points, labels, k, &options, n_threads);
 *
 * Each replicate draws as many points as there are, with replacement, and clusters those drawn,
 * each once. A cluster is then compared with the most similar of the replicate's, both as sets of
 * the points drawn: the Jaccard index is the number that both hold over the number that either
 * holds. The mean over the replicates says how stable the cluster is: above 0.85 very, below 0.6
 * hardly at all (Hennig 2007, "Cluster-wise assessment of cluster stability"; as clusterboot() of
 * the R package fpc does, whose bootstrap takes points drawn twice once).
 */
#ifndef ANALYTICS_STABILITY_H
#define ANALYTICS_STABILITY_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/kmeans.h"
#include "analytics/points.h"

struct stability_options {
	size_t n_replicates; /* 1 or more */
	/* How to cluster a replicate; k and init are not used. The replicates are drawn from its
	 * seed too. */
	struct kmeans_options fit;
};

/* labels are by place, 0 to k - 1. Sets k mean Jaccard indices, in [0, 1]; NaN for a cluster of
 * which no replicate held a point, and for all when no replicate had k distinct points. */
void stability(double *jaccards, const struct points *points, const uint16_t *labels, size_t k,
	const struct stability_options *options, unsigned n_threads);

#endif
