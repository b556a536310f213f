#include "analytics/stability.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "analytics/random.h"
#include "base/mem.h"
#include "base/parallel.h"

struct replicates {
	const struct stability_options *options;
	const struct points *points;
	const uint16_t *labels;
	size_t k;
	double *jaccards; /* n_replicates x k */
};

/* The distinct ones of n places drawn from n, ascending; returns how many. */
static size_t draw_places(size_t n, struct random *random, uint32_t *places)
{
	bool *is_drawn = mem_zeroed(n, sizeof(*is_drawn));
	for (size_t i = 0; i < n; i++)
		is_drawn[random_below(random, n)] = true;
	size_t n_drawn = 0;
	for (size_t place = 0; place < n; place++)
		if (is_drawn[place])
			places[n_drawn++] = (uint32_t)place;
	mem_free(is_drawn);
	return n_drawn;
}

/* shared is k x k: how many points are in cluster i by the first labels, in j by the second. */
static void compare(double *jaccards, const size_t *shared, size_t k)
{
	size_t *sizes = mem_zeroed(k, sizeof(*sizes)); /* by the second labels */
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++)
			sizes[j] += shared[i * k + j];
	for (size_t i = 0; i < k; i++) {
		size_t n = 0;
		for (size_t j = 0; j < k; j++)
			n += shared[i * k + j];
		jaccards[i] = n > 0 ? 0 : NAN;
		for (size_t j = 0; j < k && n > 0; j++) {
			double both = (double)shared[i * k + j];
			jaccards[i] = fmax(jaccards[i], both / ((double)(n + sizes[j]) - both));
		}
	}
	mem_free(sizes);
}

static void replicate(void *context, size_t number)
{
	struct replicates *replicates = context;
	const struct points *points = replicates->points;
	size_t k = replicates->k;
	double *jaccards = replicates->jaccards + number * k;
	struct random random = random_stream(replicates->options->fit.seed, number);
	uint32_t *places = mem_array(points->n, sizeof(*places));
	size_t n = draw_places(points->n, &random, places);
	struct points drawn;
	points_choose(&drawn, points, places, n);
	struct kmeans_options fit = replicates->options->fit;
	struct kmeans kmeans;
	fit.k = k;
	fit.init = NULL;
	if (kmeans_fit(&kmeans, &drawn, &fit, 1) == KMEANS_OK) {
		size_t *shared = mem_zeroed(k * k, sizeof(*shared));
		for (size_t i = 0; i < n; i++)
			shared[replicates->labels[places[i]] * k + kmeans.labels[i]]++;
		compare(jaccards, shared, k);
		mem_free(shared);
		kmeans_release(&kmeans);
	} else {
		for (size_t c = 0; c < k; c++)
			jaccards[c] = NAN;
	}
	points_release(&drawn);
	mem_free(places);
}

void stability(double *jaccards, const struct points *points, const uint16_t *labels, size_t k,
	const struct stability_options *options, unsigned n_threads)
{
	assert(options->n_replicates > 0);
	struct replicates replicates = {
		.options = options,
		.points = points,
		.labels = labels,
		.k = k,
		.jaccards = mem_array(options->n_replicates, k * sizeof(double)),
	};
	parallel_for(n_threads, options->n_replicates, replicate, &replicates);
	for (size_t c = 0; c < k; c++) {
		double sum = 0;
		size_t n = 0;
		for (size_t i = 0; i < options->n_replicates; i++)
			if (!isnan(replicates.jaccards[i * k + c])) {
				sum += replicates.jaccards[i * k + c];
				n++;
			}
		jaccards[c] = n > 0 ? sum / (double)n : NAN;
	}
	mem_free(replicates.jaccards);
}
