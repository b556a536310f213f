#include "analytics/gap.h"

#include <assert.h>
#include <math.h>

#include "analytics/eigen.h"
#include "analytics/random.h"
#include "base/mem.h"
#include "base/parallel.h"

/* The box along the principal axes. */
struct box {
	size_t n_dims;
	double *mean;       /* n_dims */
	double *axes;       /* n_dims x n_dims, an axis a row */
	double *low, *high; /* n_dims: along each axis, from the mean */
};

struct references {
	const struct gap_options *options;
	size_t n, n_ks;
	struct box box;
	double *logs; /* n_references x n_ks: ln W* */
};

/* ---- the box --------------------------------------------------------------------------------- */

static void set_mean(struct box *box, const struct points *points)
{
	for (size_t j = 0; j < box->n_dims; j++) {
		double mean = 0;
		for (size_t place = 0; place < points->n; place++)
			mean += (points_at(points, place)[j * POINTS_LANES] - mean) /
				(double)(place + 1);
		box->mean[j] = mean;
	}
}

/* The principal axes are the eigenvectors of the covariance matrix, up to its factor. */
static void set_axes(struct box *box, const struct points *points)
{
	size_t n_dims = box->n_dims;
	double *covariance = mem_zeroed(n_dims * n_dims, sizeof(*covariance));
	double *variances = mem_array(n_dims, sizeof(*variances));
	for (size_t place = 0; place < points->n; place++) {
		const double *point = points_at(points, place);
		for (size_t i = 0; i < n_dims; i++)
			for (size_t j = 0; j < n_dims; j++)
				covariance[i * n_dims + j] +=
					(point[i * POINTS_LANES] - box->mean[i]) *
					(point[j * POINTS_LANES] - box->mean[j]);
	}
	eigen_symmetric(variances, box->axes, covariance, n_dims);
	mem_free(covariance);
	mem_free(variances);
}

static void set_sides(struct box *box, const struct points *points)
{
	for (size_t axis = 0; axis < box->n_dims; axis++) {
		box->low[axis] = INFINITY;
		box->high[axis] = -INFINITY;
		for (size_t place = 0; place < points->n; place++) {
			const double *point = points_at(points, place);
			double along = 0;
			for (size_t j = 0; j < box->n_dims; j++)
				along += (point[j * POINTS_LANES] - box->mean[j]) *
					 box->axes[axis * box->n_dims + j];
			box->low[axis] = fmin(box->low[axis], along);
			box->high[axis] = fmax(box->high[axis], along);
		}
	}
}

static void box_init(struct box *box, const struct points *points)
{
	size_t n_dims = points->n_dims;
	*box = (struct box){
		.n_dims = n_dims,
		.mean = mem_array(n_dims, sizeof(double)),
		.axes = mem_array(n_dims * n_dims, sizeof(double)),
		.low = mem_array(n_dims, sizeof(double)),
		.high = mem_array(n_dims, sizeof(double)),
	};
	set_mean(box, points);
	set_axes(box, points);
	set_sides(box, points);
}

static void box_release(struct box *box)
{
	mem_free(box->mean);
	mem_free(box->axes);
	mem_free(box->low);
	mem_free(box->high);
}

static void draw_row(const struct box *box, struct random *random, double *row)
{
	size_t n_dims = box->n_dims;
	for (size_t j = 0; j < n_dims; j++)
		row[j] = box->mean[j];
	for (size_t axis = 0; axis < n_dims; axis++) {
		double side = box->high[axis] - box->low[axis];
		double along = box->low[axis] + side * random_uniform(random);
		for (size_t j = 0; j < n_dims; j++)
			row[j] += along * box->axes[axis * n_dims + j];
	}
}

/* ---- the references -------------------------------------------------------------------------- */

static void cluster_reference(void *context, size_t number)
{
	struct references *references = context;
	const struct gap_options *options = references->options;
	size_t n_dims = references->box.n_dims;
	struct random random = random_stream(options->fit.seed, number);
	double *rows = mem_array(references->n * n_dims, sizeof(*rows));
	for (size_t i = 0; i < references->n; i++)
		draw_row(&references->box, &random, rows + i * n_dims);
	struct points points;
	struct points_fault fault;
	enum points_status drawn = points_init(&points, rows, references->n, n_dims, 1, &fault);
	mem_free(rows);
	for (size_t i = 0; i < references->n_ks; i++) {
		double *log_within = &references->logs[number * references->n_ks + i];
		struct kmeans_options fit = options->fit;
		struct kmeans kmeans;
		fit.k = options->k_from + i;
		fit.init = NULL;
		*log_within = NAN;
		if (drawn == POINTS_OK && kmeans_fit(&kmeans, &points, &fit, 1) == KMEANS_OK) {
			*log_within = log(kmeans.inertia);
			kmeans_release(&kmeans);
		}
	}
	if (drawn == POINTS_OK)
		points_release(&points);
}

static struct gap gap_of(const struct references *references, size_t i, double inertia)
{
	double mean = 0, squares = 0; /* Welford 1962 */
	size_t n = references->options->n_references;
	for (size_t b = 0; b < n; b++) {
		double value = references->logs[b * references->n_ks + i], before = value - mean;
		mean += before / (double)(b + 1);
		squares += before * (value - mean);
	}
	double se = sqrt(squares / (double)n * (1 + 1 / (double)n));
	if (!(inertia > 0) || !isfinite(mean))
		return (struct gap){NAN, NAN, NAN, NAN};
	return (struct gap){
		.log_within = log(inertia), .expected = mean, .gap = mean - log(inertia), .se = se};
}

void gap_scan(struct gap *gaps, const struct points *points, const double *inertias,
	const struct gap_options *options, unsigned n_threads)
{
	assert(options->n_references > 0 && options->k_from > 0);
	assert(options->k_from <= options->k_to);
	struct references references = {
		.options = options,
		.n = points->n,
		.n_ks = options->k_to - options->k_from + 1,
	};
	references.logs = mem_array(options->n_references, references.n_ks * sizeof(double));
	box_init(&references.box, points);
	parallel_for(n_threads, options->n_references, cluster_reference, &references);
	for (size_t i = 0; i < references.n_ks; i++)
		gaps[i] = gap_of(&references, i, inertias[i]);
	box_release(&references.box);
	mem_free(references.logs);
}

size_t gap_suggest(const struct gap *gaps, size_t k_from, size_t k_to)
{
	for (size_t k = k_from; k < k_to; k++) {
		const struct gap *one = &gaps[k - k_from], *next = one + 1;
		if (one->gap >= next->gap - next->se)
			return k;
	}
	return 0;
}
