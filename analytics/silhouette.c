#include "analytics/silhouette.h"

#include <math.h>

#include "analytics/distance.h"
#include "base/mem.h"
#include "base/parallel.h"

/* The points of each cluster stand together, as points of their own, so that the distances from one
 * point to a whole cluster are sums over blocks. */
struct grouping {
	const struct points *points;
	const uint16_t *labels;
	size_t k;
	struct points *clusters; /* k; n is 0 for an empty one */
	double *silhouettes;     /* by place */
};

/* The sum of the distances from a point to all points of a cluster. */
static double distances(const struct points *cluster, const double *point)
{
	double sum = 0;
	for (size_t block = 0; block < cluster->n_blocks; block++)
		sum += distance_sum(points_block(cluster, block), cluster->n_dims, point,
			points_in_block(cluster, block));
	return sum;
}

static double silhouette_of(const struct grouping *grouping, size_t place, double *point)
{
	uint16_t label = grouping->labels[place];
	double own = 0, other = INFINITY;
	if (grouping->clusters[label].n == 1)
		return 0;
	points_get(grouping->points, place, point);
	for (size_t c = 0; c < grouping->k; c++) {
		const struct points *cluster = &grouping->clusters[c];
		if (c == label)
			own = distances(cluster, point) / (double)(cluster->n - 1);
		else if (cluster->n > 0)
			other = fmin(other, distances(cluster, point) / (double)cluster->n);
	}
	double larger = fmax(own, other);
	return larger > 0 ? (other - own) / larger : 0;
}

static void measure_block(void *context, size_t block)
{
	struct grouping *grouping = context;
	double *point = mem_array(grouping->points->n_dims, sizeof(*point));
	size_t n = points_in_block(grouping->points, block), first = block * POINTS_BLOCK;
	for (size_t place = first; place < first + n; place++)
		grouping->silhouettes[place] = silhouette_of(grouping, place, point);
	mem_free(point);
}

/* Returns how many clusters have points. */
static size_t grouping_init(
	struct grouping *grouping, const struct points *points, const uint16_t *labels, size_t k)
{
	*grouping = (struct grouping){
		.points = points,
		.labels = labels,
		.k = k,
		.clusters = mem_zeroed(k, sizeof(*grouping->clusters)),
		.silhouettes = mem_array(points->n, sizeof(double)),
	};
	uint32_t *places = mem_array(points->n, sizeof(*places));
	size_t n_clusters = 0;
	for (size_t c = 0; c < k; c++) {
		size_t n = 0;
		for (size_t place = 0; place < points->n; place++)
			if (labels[place] == c)
				places[n++] = (uint32_t)place;
		if (n > 0)
			points_choose(&grouping->clusters[c], points, places, n);
		n_clusters += n > 0;
	}
	mem_free(places);
	return n_clusters;
}

static void grouping_release(struct grouping *grouping)
{
	for (size_t c = 0; c < grouping->k; c++)
		points_release(&grouping->clusters[c]);
	mem_free(grouping->clusters);
	mem_free(grouping->silhouettes);
}

double silhouette(const struct points *points, const uint16_t *labels, size_t k, unsigned n_threads,
	double *cluster_means)
{
	struct grouping grouping;
	double sum = 0;
	size_t n_clusters = grouping_init(&grouping, points, labels, k);
	for (size_t c = 0; c < k; c++)
		cluster_means[c] = 0;
	if (n_clusters > 1)
		parallel_for(n_threads, points->n_blocks, measure_block, &grouping);
	for (size_t place = 0; place < points->n && n_clusters > 1; place++) {
		sum += grouping.silhouettes[place];
		cluster_means[labels[place]] += grouping.silhouettes[place];
	}
	for (size_t c = 0; c < k; c++)
		cluster_means[c] = n_clusters > 1 && grouping.clusters[c].n > 0
					   ? cluster_means[c] / (double)grouping.clusters[c].n
					   : NAN;
	grouping_release(&grouping);
	return n_clusters > 1 ? sum / (double)points->n : NAN;
}
