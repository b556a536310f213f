#include "analytics/scale.h"

#include <assert.h>
#include <math.h>

#include "analytics/exact_sum.h"
#include "analytics/logarithm.h"
#include "analytics/quantile.h"
#include "base/mem.h"
#include "base/parallel.h"

/* The rows are worked on range by range; what a range says of a feature is independent of all
 * others, or an exact sum. */
enum { RANGES = 64 };

struct tally {
	double low, high;
	struct exact_sum sum;
};

struct fitting {
	struct scale *scale;
	double *rows;
	size_t n;
	enum scale_status statuses[RANGES];
	struct scale_fault faults[RANGES];
	struct tally *tallies; /* RANGES x n_dims */
	struct exact_grid *grids;
};

static size_t range_start(const struct fitting *fitting, size_t range)
{
	size_t per_range = (fitting->n + RANGES - 1) / RANGES;
	return range * per_range < fitting->n ? range * per_range : fitting->n;
}

static double *row_of(const struct fitting *fitting, size_t row)
{
	return fitting->rows + row * fitting->scale->n_dims;
}

/* ---- the values ------------------------------------------------------------------------------ */

static enum scale_status take_log(const struct scale_feature *feature, double *value)
{
	if (!isfinite(*value))
		return SCALE_NOT_FINITE;
	if (feature->log && *value < 0)
		return SCALE_NEGATIVE;
	if (fabs(*value) > SCALE_LARGEST)
		return SCALE_TOO_LARGE;
	if (feature->log)
		*value = logarithm_1p(*value);
	return SCALE_OK;
}

static enum scale_status take_logs(const struct scale *scale, double *row, size_t *dim)
{
	for (size_t j = 0; j < scale->n_dims; j++) {
		enum scale_status status = take_log(&scale->features[j], &row[j]);
		*dim = j;
		if (status != SCALE_OK)
			return status;
	}
	return SCALE_OK;
}

/* Takes the logarithms asked for, and finds the smallest and largest values. */
static void look(void *context, size_t range)
{
	struct fitting *fitting = context;
	size_t n_dims = fitting->scale->n_dims;
	struct tally *tallies = fitting->tallies + range * n_dims;
	for (size_t j = 0; j < n_dims; j++)
		tallies[j] = (struct tally){.low = INFINITY, .high = -INFINITY};
	for (size_t i = range_start(fitting, range); i < range_start(fitting, range + 1); i++) {
		double *row = row_of(fitting, i);
		struct scale_fault *fault = &fitting->faults[range];
		fault->row = i;
		fitting->statuses[range] = take_logs(fitting->scale, row, &fault->dim);
		if (fitting->statuses[range] != SCALE_OK)
			return;
		for (size_t j = 0; j < n_dims; j++) {
			tallies[j].low = row[j] < tallies[j].low ? row[j] : tallies[j].low;
			tallies[j].high = row[j] > tallies[j].high ? row[j] : tallies[j].high;
		}
	}
}

static enum scale_status first_fault(const struct fitting *fitting, struct scale_fault *fault)
{
	for (size_t range = 0; range < RANGES; range++)
		if (fitting->statuses[range] != SCALE_OK) {
			*fault = fitting->faults[range];
			return fitting->statuses[range];
		}
	return SCALE_OK;
}

static struct tally join(const struct fitting *fitting, size_t dim)
{
	size_t n_dims = fitting->scale->n_dims;
	struct tally all = fitting->tallies[dim];
	for (size_t range = 1; range < RANGES; range++) {
		const struct tally *tally = &fitting->tallies[range * n_dims + dim];
		all.low = fmin(all.low, tally->low);
		all.high = fmax(all.high, tally->high);
		exact_join(&all.sum, tally->sum);
	}
	return all;
}

/* ---- mean and standard deviation ------------------------------------------------------------- */

static void add_values(void *context, size_t range)
{
	struct fitting *fitting = context;
	size_t n_dims = fitting->scale->n_dims;
	struct tally *tallies = fitting->tallies + range * n_dims;
	for (size_t i = range_start(fitting, range); i < range_start(fitting, range + 1); i++)
		for (size_t j = 0; j < n_dims; j++)
			exact_add(&tallies[j].sum, fitting->grids[j], row_of(fitting, i)[j]);
}

static void add_squares(void *context, size_t range)
{
	struct fitting *fitting = context;
	size_t n_dims = fitting->scale->n_dims;
	struct tally *tallies = fitting->tallies + range * n_dims;
	for (size_t j = 0; j < n_dims; j++)
		tallies[j].sum = (struct exact_sum){0};
	for (size_t i = range_start(fitting, range); i < range_start(fitting, range + 1); i++)
		for (size_t j = 0; j < n_dims; j++) {
			double deviation =
				row_of(fitting, i)[j] - fitting->scale->features[j].centre;
			exact_add(&tallies[j].sum, fitting->grids[j], deviation * deviation);
		}
}

static void fit_zscore(struct fitting *fitting, unsigned n_threads)
{
	struct scale *scale = fitting->scale;
	size_t n = fitting->n;
	for (size_t j = 0; j < scale->n_dims; j++) {
		struct tally tally = join(fitting, j);
		fitting->grids[j] = exact_grid(fmax(fabs(tally.low), fabs(tally.high)), n);
	}
	parallel_for(n_threads, RANGES, add_values, fitting);
	for (size_t j = 0; j < scale->n_dims; j++) {
		struct tally tally = join(fitting, j);
		double mean = exact_value(tally.sum) / (double)n;
		double farthest = fmax(tally.high - mean, mean - tally.low);
		scale->features[j].centre = mean;
		fitting->grids[j] = exact_grid(farthest * farthest, n);
	}
	parallel_for(n_threads, RANGES, add_squares, fitting);
	for (size_t j = 0; j < scale->n_dims; j++)
		scale->features[j].spread =
			sqrt(exact_value(join(fitting, j).sum) / (double)(n > 1 ? n - 1 : 1));
}

/* ---- the other kinds ------------------------------------------------------------------------- */

static void fit_quartiles(const struct fitting *fitting, size_t dim)
{
	size_t n = fitting->n;
	double *values = mem_array(n, sizeof(*values));
	for (size_t i = 0; i < n; i++)
		values[i] = row_of(fitting, i)[dim];
	sort_reals(values, n);
	fitting->scale->features[dim].centre = quantile(values, n, 1, 2);
	fitting->scale->features[dim].spread =
		quantile(values, n, 3, 4) - quantile(values, n, 1, 4);
	mem_free(values);
}

static void fit_feature(const struct fitting *fitting, enum scale_kind kind, size_t dim)
{
	struct tally tally = join(fitting, dim);
	struct scale_feature *feature = &fitting->scale->features[dim];
	if (kind == SCALE_MINMAX || tally.low == tally.high) {
		feature->centre = tally.low;
		feature->spread = tally.high - tally.low;
	} else if (kind == SCALE_ROBUST) {
		fit_quartiles(fitting, dim);
	} else if (kind == SCALE_NONE) {
		feature->spread = 1;
	}
}

static enum scale_status fit_features(struct fitting *fitting, enum scale_kind kind,
	unsigned n_threads, struct scale_fault *fault)
{
	if (kind == SCALE_ZSCORE)
		fit_zscore(fitting, n_threads);
	for (size_t j = 0; j < fitting->scale->n_dims; j++) {
		struct tally tally = join(fitting, j);
		fit_feature(fitting, kind, j);
		fault->dim = j;
		if (tally.low < tally.high && !(fitting->scale->features[j].spread > 0))
			return SCALE_NO_SPREAD;
	}
	return SCALE_OK;
}

/* ---- scaling --------------------------------------------------------------------------------- */

static void scale_values(const struct scale *scale, double *row)
{
	for (size_t j = 0; j < scale->n_dims; j++) {
		const struct scale_feature *feature = &scale->features[j];
		row[j] = feature->spread > 0
				 ? (row[j] - feature->centre) / feature->spread * feature->weight
				 : 0;
	}
}

static void scale_range(void *context, size_t range)
{
	struct fitting *fitting = context;
	for (size_t i = range_start(fitting, range); i < range_start(fitting, range + 1); i++)
		scale_values(fitting->scale, row_of(fitting, i));
}

enum scale_status scale_fit(struct scale *scale, double *rows, size_t n, size_t n_dims,
	const struct scale_options *options, unsigned n_threads, struct scale_fault *fault)
{
	assert(n > 0);
	*scale = (struct scale){
		.n_dims = n_dims, .features = mem_zeroed(n_dims, sizeof(*scale->features))};
	for (size_t j = 0; j < n_dims; j++) {
		scale->features[j].log = options->logs != NULL && options->logs[j];
		scale->features[j].weight = options->weights != NULL ? options->weights[j] : 1;
		assert(scale->features[j].weight > 0);
	}
	struct fitting fitting = {
		.scale = scale,
		.rows = rows,
		.n = n,
		.tallies = mem_array(n_dims, RANGES * sizeof(struct tally)),
		.grids = mem_array(n_dims, sizeof(struct exact_grid)),
	};
	parallel_for(n_threads, RANGES, look, &fitting);
	enum scale_status status = first_fault(&fitting, fault);
	if (status == SCALE_OK)
		status = fit_features(&fitting, options->kind, n_threads, fault);
	if (status == SCALE_OK)
		parallel_for(n_threads, RANGES, scale_range, &fitting);
	else
		scale_release(scale);
	mem_free(fitting.tallies);
	mem_free(fitting.grids);
	return status;
}

void scale_release(struct scale *scale)
{
	mem_free(scale->features);
	*scale = (struct scale){0};
}

enum scale_status scale_row(const struct scale *scale, double *row, struct scale_fault *fault)
{
	enum scale_status status = take_logs(scale, row, &fault->dim);
	if (status == SCALE_OK)
		scale_values(scale, row);
	return status;
}

bool scale_is_constant(const struct scale *scale, size_t dim)
{
	return scale->features[dim].spread == 0;
}
