#include "analytics/partition.h"

#include <math.h>

#include "analytics/distance.h"
#include "analytics/exact_sum.h"
#include "base/mem.h"
#include "base/parallel.h"

/* What one task adds up; tasks are added in their order. */
struct share {
	size_t *sizes;
	struct exact_sum *sums;
	double *squares, *distances;
};

enum { N_TASKS = 64 };

struct census {
	struct partition *partition;
	const struct points *points;
	const uint16_t *labels;
	struct exact_grid *grids;
	struct share shares[N_TASKS];
};

static size_t task_start(const struct census *census, size_t task)
{
	size_t n = census->points->n, per_task = (n + N_TASKS - 1) / N_TASKS;
	return task * per_task < n ? task * per_task : n;
}

static void add_up(void *context, size_t task)
{
	struct census *census = context;
	struct share *share = &census->shares[task];
	size_t n_dims = census->points->n_dims, end = task_start(census, task + 1);
	for (size_t place = task_start(census, task); place < end; place++) {
		const double *point = points_at(census->points, place);
		uint16_t label = census->labels[place];
		share->sizes[label]++;
		for (size_t j = 0; j < n_dims; j++)
			exact_add(&share->sums[label * n_dims + j], census->grids[j],
				point[j * points_step(census->points)]);
	}
}

static void set_means(struct census *census)
{
	struct partition *partition = census->partition;
	size_t n_dims = partition->n_dims;
	for (size_t c = 0; c < partition->k; c++) {
		for (size_t task = 0; task < N_TASKS; task++)
			partition->sizes[c] += census->shares[task].sizes[c];
		partition->n_clusters += partition->sizes[c] > 0;
		for (size_t j = 0; j < n_dims; j++) {
			struct exact_sum sum = {0};
			for (size_t task = 0; task < N_TASKS; task++)
				exact_join(&sum, census->shares[task].sums[c * n_dims + j]);
			if (partition->sizes[c] > 0)
				partition->means[c * n_dims + j] =
					exact_value(sum) / (double)partition->sizes[c];
		}
	}
}

static void measure(void *context, size_t task)
{
	struct census *census = context;
	struct share *share = &census->shares[task];
	size_t n_dims = census->points->n_dims, end = task_start(census, task + 1);
	for (size_t place = task_start(census, task); place < end; place++) {
		uint16_t label = census->labels[place];
		double square = distance_square(points_at(census->points, place),
			points_step(census->points), n_dims,
			census->partition->means + label * n_dims);
		share->squares[label] += square;
		share->distances[label] += sqrt(square);
	}
}

static void set_widths(struct census *census)
{
	struct partition *partition = census->partition;
	for (size_t c = 0; c < partition->k; c++) {
		for (size_t task = 0; task < N_TASKS; task++) {
			partition->squares[c] += census->shares[task].squares[c];
			partition->distances[c] += census->shares[task].distances[c];
		}
		if (partition->sizes[c] > 0)
			partition->distances[c] /= (double)partition->sizes[c];
	}
}

static void census_init(struct census *census)
{
	size_t k = census->partition->k, n_dims = census->points->n_dims;
	census->grids = mem_array(n_dims, sizeof(*census->grids));
	for (size_t j = 0; j < n_dims; j++)
		census->grids[j] = exact_grid(
			fmax(fabs(census->points->low[j]), fabs(census->points->high[j])),
			census->points->n);
	for (size_t task = 0; task < N_TASKS; task++)
		census->shares[task] = (struct share){
			.sizes = mem_zeroed(k, sizeof(size_t)),
			.sums = mem_zeroed(k * n_dims, sizeof(struct exact_sum)),
			.squares = mem_zeroed(k, sizeof(double)),
			.distances = mem_zeroed(k, sizeof(double)),
		};
}

static void census_release(struct census *census)
{
	for (size_t task = 0; task < N_TASKS; task++) {
		mem_free(census->shares[task].sizes);
		mem_free(census->shares[task].sums);
		mem_free(census->shares[task].squares);
		mem_free(census->shares[task].distances);
	}
	mem_free(census->grids);
}

void partition_init(struct partition *partition, const struct points *points,
	const uint16_t *labels, size_t k, unsigned n_threads)
{
	*partition = (struct partition){
		.n = points->n,
		.n_dims = points->n_dims,
		.k = k,
		.sizes = mem_zeroed(k, sizeof(size_t)),
		.means = mem_zeroed(k * points->n_dims, sizeof(double)),
		.squares = mem_zeroed(k, sizeof(double)),
		.distances = mem_zeroed(k, sizeof(double)),
	};
	struct census census = {.partition = partition, .points = points, .labels = labels};
	census_init(&census);
	parallel_for(n_threads, N_TASKS, add_up, &census);
	set_means(&census);
	parallel_for(n_threads, N_TASKS, measure, &census);
	set_widths(&census);
	census_release(&census);
}

void partition_release(struct partition *partition)
{
	mem_free(partition->sizes);
	mem_free(partition->means);
	mem_free(partition->squares);
	mem_free(partition->distances);
	*partition = (struct partition){0};
}

double calinski_harabasz(const struct partition *partition)
{
	size_t n = partition->n, k = partition->n_clusters, n_dims = partition->n_dims;
	double *mean = mem_zeroed(n_dims, sizeof(*mean)), within = 0, between = 0;
	for (size_t c = 0; c < partition->k; c++)
		for (size_t j = 0; j < n_dims; j++)
			mean[j] += partition->means[c * n_dims + j] * (double)partition->sizes[c] /
				   (double)n;
	for (size_t c = 0; c < partition->k; c++) {
		within += partition->squares[c];
		between += distance_square(partition->means + c * n_dims, 1, n_dims, mean) *
			   (double)partition->sizes[c];
	}
	mem_free(mean);
	if (k < 2 || k >= n || within == 0)
		return NAN;
	return between / (double)(k - 1) / (within / (double)(n - k));
}

double davies_bouldin(const struct partition *partition)
{
	double sum = 0;
	if (partition->n_clusters < 2 || partition->n_clusters == partition->n)
		return NAN;
	for (size_t c = 0; c < partition->k; c++) {
		double largest = 0;
		for (size_t other = 0; other < partition->k && partition->sizes[c] > 0; other++) {
			if (other == c || partition->sizes[other] == 0)
				continue;
			double between = sqrt(distance_square(
				partition->means + c * partition->n_dims, 1, partition->n_dims,
				partition->means + other * partition->n_dims));
			if (between == 0)
				return NAN;
			largest = fmax(largest,
				(partition->distances[c] + partition->distances[other]) / between);
		}
		sum += largest;
	}
	return sum / (double)partition->n_clusters;
}
