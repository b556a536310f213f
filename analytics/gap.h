/* The gap statistic: is the sum of squares within k clusters smaller than it would be if there were
 * no clusters at all?
 *
 *	struct gap_options options = {.k_from = 1, .k_to = 10, .n_references = 20, .fit = fit};
 *	gap_scan(gaps, &points, inertias, &options, n_threads);
 *	size_t k = gap_suggest(gaps, options.k_from, options.k_to);
 *
 * Each reference holds as many points, drawn uniformly from the box that encloses the data along
 * their principal axes, and is clustered as the data were. With W_k the inertia of the data and
 * W*_kb that of reference b:
 *
 *	gap(k) = mean_b ln W*_kb - ln W_k,   s_k = sd_b(ln W*_kb) sqrt(1 + 1 / B),
 *
 * sd with divisor B; k is suggested when it is the smallest with gap(k) >= gap(k + 1) - s_(k+1)
 * (Tibshirani, Walther and Hastie 2001, "Estimating the number of clusters in a data set via the
 * gap statistic").
 */
#ifndef ANALYTICS_GAP_H
#define ANALYTICS_GAP_H

#include <stddef.h>

#include "analytics/kmeans.h"
#include "analytics/points.h"

struct gap_options {
	size_t k_from, k_to; /* 1 <= k_from <= k_to <= the number of points */
	size_t n_references; /* 1 or more */
	/* How to cluster a reference; k and init are not used. The references are drawn from its
	 * seed too. */
	struct kmeans_options fit;
};

struct gap {
	double log_within; /* ln W_k of the data */
	double expected;   /* the mean of ln W_k of the references */
	double gap, se;    /* NaN where W_k of the data is 0 */
};

/* inertias and gaps have k_to - k_from + 1 entries, one for each k. */
void gap_scan(struct gap *gaps, const struct points *points, const double *inertias,
	const struct gap_options *options, unsigned n_threads);

/* The k suggested among those from k_from to k_to - 1; 0 when none is. */
size_t gap_suggest(const struct gap *gaps, size_t k_from, size_t k_to);

#endif
