#include "analytics/spread.h"

#include "analytics/chunks.h"
#include "analytics/exact_sum.h"
#include "base/mem.h"

/* One pass, over x seen from the middle m of the box:
 *
 *	mean = m + sum (x - m) / n,  variance = sum (x - m)^2 / n - (sum (x - m) / n)^2.
 *
 * As a point touches each side of the box, the variance is at least a 2 n-th of the square of the
 * box's width w, so the difference cannot lose what the sums have; and these, rounded to the coarse
 * grid alone, are good to n w / 2^50 or so. */
struct axis {
	double middle;
	struct exact_grid grid, grid_of_squares;
};

struct moments {
	double sum, squares;
};

struct survey {
	const struct points *points;
	struct axis *axes;       /* n_dims */
	struct moments *moments; /* CHUNKS x n_dims */
};

static void add_up(void *context, size_t chunk, size_t from, size_t to)
{
	struct survey *survey = context;
	size_t n_dims = survey->points->n_dims, step = points_step(survey->points);
	const struct axis *restrict axes = survey->axes;
	struct moments *restrict moments = survey->moments + chunk * n_dims;
	for (size_t place = from; place < to; place++) {
		const double *restrict at = points_at(survey->points, place);
		for (size_t j = 0; j < n_dims; j++) {
			double x = at[j * step] - axes[j].middle;
			moments[j].sum += exact_coarse(axes[j].grid, x);
			moments[j].squares += exact_coarse(axes[j].grid_of_squares, x * x);
		}
	}
}

static void set(struct spread *spread, const struct survey *survey)
{
	size_t n_dims = survey->points->n_dims;
	double n = (double)survey->points->n;
	for (size_t j = 0; j < n_dims; j++) {
		struct moments all = {0};
		for (size_t chunk = 0; chunk < CHUNKS; chunk++) {
			all.sum += survey->moments[chunk * n_dims + j].sum;
			all.squares += survey->moments[chunk * n_dims + j].squares;
		}
		double mean = all.sum / n;
		spread->mean[j] = survey->axes[j].middle + mean;
		spread->square += all.squares / n - mean * mean;
	}
}

void spread_init(struct spread *spread, const struct points *points, unsigned n_threads)
{
	size_t n_dims = points->n_dims;
	*spread = (struct spread){.mean = mem_array(n_dims, sizeof(double))};
	struct survey survey = {
		.points = points,
		.axes = mem_array(n_dims, sizeof(*survey.axes)),
		.moments = mem_zeroed(CHUNKS * n_dims, sizeof(*survey.moments)),
	};
	for (size_t j = 0; j < n_dims; j++) {
		double reach = points->high[j] / 2 - points->low[j] / 2;
		survey.axes[j].middle = points->low[j] / 2 + points->high[j] / 2;
		survey.axes[j].grid = exact_grid(reach, points->n);
		survey.axes[j].grid_of_squares = exact_grid(reach * reach, points->n);
	}
	chunks_run(add_up, &survey, points->n, n_threads);
	set(spread, &survey);
	mem_free(survey.axes);
	mem_free(survey.moments);
}

void spread_release(struct spread *spread)
{
	mem_free(spread->mean);
	*spread = (struct spread){0};
}
