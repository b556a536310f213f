#include "analytics/k_scan.h"

#include <assert.h>
#include <math.h>

#include "analytics/gap.h"
#include "analytics/partition.h"
#include "analytics/silhouette.h"
#include "analytics/stability.h"
#include "base/mem.h"

/* Below, a cluster is hardly one: Hennig 2007. */
static const double stable = 0.75;

/* The points from which the costly figures are. */
struct sample {
	struct points points;
	uint32_t *places; /* of each, among all */
	uint16_t *labels;
	/* How references, replicates and, so that they compare, the sample itself are clustered. */
	struct kmeans_options fit;
};

static void sample_init(
	struct sample *sample, const struct points *points, const struct k_scan_options *options)
{
	enum { FEW_STARTS = 3 };
	size_t n = points->n < options->sample ? points->n : options->sample;
	*sample = (struct sample){
		.places = mem_array(n, sizeof(*sample->places)),
		.labels = mem_array(n, sizeof(*sample->labels)),
		.fit = options->fit,
	};
	sample->fit.n_starts = FEW_STARTS;
	sample->fit.starts_only = true;
	points_sample(points, n, options->fit.seed, sample->places);
	points_choose(&sample->points, points, sample->places, n);
}

static void sample_release(struct sample *sample)
{
	points_release(&sample->points);
	mem_free(sample->places);
	mem_free(sample->labels);
}

static void set_stability(struct k_scan_row *row, const struct sample *sample,
	const struct k_scan_options *options, unsigned n_threads)
{
	const struct stability_options of_sample = {options->n_replicates, sample->fit};
	double *jaccards = mem_array(row->k, sizeof(*jaccards)), sum = 0;
	size_t n_known = 0;
	row->stability_mean = row->stability_min = NAN;
	if (row->k > 1 && row->k < sample->points.n) {
		stability(jaccards, &sample->points, sample->labels, row->k, &of_sample, n_threads);
		for (size_t c = 0; c < row->k; c++) {
			if (isnan(jaccards[c]))
				continue;
			row->stability_min = fmin(row->stability_min, jaccards[c]);
			sum += jaccards[c];
			n_known++;
		}
	}
	if (n_known > 0)
		row->stability_mean = sum / (double)n_known;
	mem_free(jaccards);
}

static void set_indices(struct k_scan_row *row, const struct points *points, const uint16_t *labels,
	unsigned n_threads)
{
	struct partition partition;
	partition_init(&partition, points, labels, row->k, n_threads);
	row->calinski_harabasz = calinski_harabasz(&partition);
	row->davies_bouldin = davies_bouldin(&partition);
	partition_release(&partition);
}

static void set_row(struct k_scan_row *row, const struct points *points, struct sample *sample,
	const struct k_scan_options *options, unsigned n_threads)
{
	struct kmeans kmeans;
	struct kmeans_options fit = options->fit;
	fit.k = row->k;
	fit.init = NULL;
	enum kmeans_status status = kmeans_fit(&kmeans, points, &fit, n_threads);
	assert(status == KMEANS_OK);
	row->inertia = kmeans.inertia;
	row->converged = kmeans.converged;
	row->n_sampled = sample->points.n;
	set_indices(row, points, kmeans.labels, n_threads);
	for (size_t i = 0; i < sample->points.n; i++)
		sample->labels[i] = kmeans.labels[sample->places[i]];
	kmeans_release(&kmeans);
	double *means = mem_array(row->k, sizeof(*means));
	row->silhouette = row->k < sample->points.n ? silhouette(&sample->points, sample->labels,
							      row->k, n_threads, means)
						    : NAN;
	mem_free(means);
	set_stability(row, sample, options, n_threads);
}

/* Unknown, not the end, where the sample has fewer distinct points than clusters. */
static double inertia_of_sample(const struct sample *sample, size_t k, unsigned n_threads)
{
	struct kmeans kmeans;
	struct kmeans_options fit = sample->fit;
	fit.k = k;
	fit.init = NULL;
	if (kmeans_fit(&kmeans, &sample->points, &fit, n_threads) != KMEANS_OK)
		return NAN;
	double inertia = kmeans.inertia;
	kmeans_release(&kmeans);
	return inertia;
}

static void set_gaps(struct k_scan_row *rows, const struct sample *sample,
	const struct k_scan_options *options, unsigned n_threads)
{
	size_t n = options->k_to - options->k_from + 1;
	const struct gap_options of_sample = {
		options->k_from, options->k_to, options->n_references, sample->fit};
	struct gap *gaps = mem_array(n, sizeof(*gaps));
	double *inertias = mem_array(n, sizeof(*inertias));
	for (size_t i = 0; i < n; i++)
		inertias[i] = inertia_of_sample(sample, rows[i].k, n_threads);
	gap_scan(gaps, &sample->points, inertias, &of_sample, n_threads);
	for (size_t i = 0; i < n; i++) {
		rows[i].gap = gaps[i].gap;
		rows[i].gap_se = gaps[i].se;
	}
	size_t k = gap_suggest(gaps, options->k_from, options->k_to);
	if (k > 0)
		rows[k - options->k_from].suggested_by[K_BY_GAP] = true;
	mem_free(gaps);
	mem_free(inertias);
}

/* Of equal values, that of the smallest k; unknown ones are none. */
struct best {
	struct k_scan_row *row;
	double value;
};

static void offer(struct best *best, struct k_scan_row *row, double value)
{
	if (!isnan(value) && (best->row == NULL || value > best->value))
		*best = (struct best){row, value};
}

static void suggest(struct k_scan_row *rows, size_t n)
{
	struct best best[N_K_CRITERIA] = {{NULL, 0}};
	for (size_t i = 0; i < n; i++) {
		struct k_scan_row *row = &rows[i];
		offer(&best[K_BY_SILHOUETTE], row, row->silhouette);
		offer(&best[K_BY_CALINSKI_HARABASZ], row, row->calinski_harabasz);
		offer(&best[K_BY_DAVIES_BOULDIN], row, -row->davies_bouldin);
		if (row->stability_min >= stable)
			offer(&best[K_BY_STABILITY], row, row->stability_min);
	}
	for (size_t criterion = 0; criterion < N_K_CRITERIA; criterion++)
		if (best[criterion].row != NULL)
			best[criterion].row->suggested_by[criterion] = true;
}

enum k_scan_status k_scan(struct k_scan_row *rows, const struct points *points,
	const struct k_scan_options *options, unsigned n_threads)
{
	struct sample sample;
	size_t n = options->k_to - options->k_from + 1;
	assert(options->k_from >= 1 && options->k_from <= options->k_to);
	if (points_distinct(points, options->k_to) < options->k_to)
		return K_SCAN_TOO_FEW_POINTS;
	sample_init(&sample, points, options);
	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct k_scan_row){.k = options->k_from + i};
		set_row(&rows[i], points, &sample, options, n_threads);
	}
	set_gaps(rows, &sample, options, n_threads);
	suggest(rows, n);
	sample_release(&sample);
	return K_SCAN_OK;
}
