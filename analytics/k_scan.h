/* How many clusters? One row of figures for each k in a range, and which of them suggest it.
 *
 *	struct k_scan_options options = {.k_from = 2, .k_to = 10, .sample = 10000,
 *		.n_references = 20, .n_replicates = 50, .fit = fit};
 *	struct k_scan_row rows[9];
 *	if (k_scan(rows, &points, &options, n_threads) != K_SCAN_OK) ...
 *
 * Inertia and the indices of Calinski and Harabasz and of Davies and Bouldin are of all points;
 * silhouette, gap and stability of a sample where there are more than options.sample. No criterion
 * is right for every shape of cluster, and they disagree: that itself says that k is not clear.
 *
 *	silhouette, Calinski-Harabasz	suggest the k where they are largest
 *	Davies-Bouldin			where it is smallest
 *	gap				as gap_suggest(), from the ks but the last
 *	stability			the k of which the weakest cluster has the largest mean
 *					Jaccard index, if that is 0.75 or more (Hennig 2007)
 */
#ifndef ANALYTICS_K_SCAN_H
#define ANALYTICS_K_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/kmeans.h"
#include "analytics/points.h"

/* How many references of the gap and replicates of the bootstrap are usual. */
enum { K_SCAN_REFERENCES = 20, K_SCAN_REPLICATES = 50 };

enum k_criterion {
	K_BY_SILHOUETTE,
	K_BY_CALINSKI_HARABASZ,
	K_BY_DAVIES_BOULDIN,
	K_BY_GAP,
	K_BY_STABILITY,
	N_K_CRITERIA,
};

enum k_scan_status {
	K_SCAN_OK,
	K_SCAN_TOO_FEW_POINTS, /* fewer than k_to rows are distinct */
};

struct k_scan_options {
	size_t k_from, k_to; /* 1 <= k_from <= k_to <= KMEANS_MAX_K */
	size_t sample;       /* the most points for silhouette, gap and stability; 2 or more */
	size_t n_references; /* of the gap statistic: see analytics/gap.h */
	size_t n_replicates; /* of the bootstrap: see analytics/stability.h */
	/* Of all points; k and init are not used. The sample is drawn from its seed too. */
	struct kmeans_options fit;
};

/* What is unknown is NaN: all but inertia for k = 1 but the gap; silhouette and stability where
 * the rows they come from are no more than k, as clusters of one row each are perfect in any data;
 * and what the headers of the methods name. */
struct k_scan_row {
	size_t k;
	double inertia;
	bool converged;
	double silhouette, calinski_harabasz, davies_bouldin;
	double gap, gap_se;
	double stability_mean, stability_min; /* over the clusters of which the sample has points */
	size_t n_sampled;
	bool suggested_by[N_K_CRITERIA];
};

/* rows has k_to - k_from + 1 entries. */
enum k_scan_status k_scan(struct k_scan_row *rows, const struct points *points,
	const struct k_scan_options *options, unsigned n_threads);

#endif
