#include "analytics/spread.h"

#include "analytics/avx2.h"
#include "analytics/chunks.h"
#include "analytics/distance.h"
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
	double middle, rounder, rounder_of_squares;
};

struct moments {
	double sum, squares;
};

struct survey {
	const struct points *points;
	struct axis *axes;       /* n_dims */
	struct moments *moments; /* CHUNKS x n_dims */
};

static void add_points(const struct survey *survey, struct moments *moments, size_t from, size_t to)
{
	size_t n_dims = survey->points->n_dims, step = points_step(survey->points);
	for (size_t place = from; place < to; place++) {
		const double *at = points_at(survey->points, place);
		for (size_t j = 0; j < n_dims; j++) {
			const struct axis *axis = &survey->axes[j];
			double x = at[j * step] - axis->middle, square = x * x;
			moments[j].sum += (x + axis->rounder) - axis->rounder;
			moments[j].squares +=
				(square + axis->rounder_of_squares) - axis->rounder_of_squares;
		}
	}
}

#ifdef FOR_AVX2
enum { FOUR = 4 };

/* Of each lane of four rows: its axis, and what is added up. */
struct lanes {
	double *middle, *rounder, *rounder_of_squares, *sum, *squares; /* FOUR x n_dims */
};

FOR_AVX2 static void add_fours(struct lanes *lanes, const double *values, size_t n, size_t n_fours)
{
	for (; n_fours > 0; n_fours--, values += n)
		for (size_t i = 0; i < n; i += FOUR) {
			__m256d middle = _mm256_loadu_pd(lanes->middle + i);
			__m256d x = _mm256_sub_pd(_mm256_loadu_pd(values + i), middle);
			__m256d square = _mm256_mul_pd(x, x);
			__m256d rounder = _mm256_loadu_pd(lanes->rounder + i);
			x = _mm256_sub_pd(_mm256_add_pd(x, rounder), rounder);
			rounder = _mm256_loadu_pd(lanes->rounder_of_squares + i);
			square = _mm256_sub_pd(_mm256_add_pd(square, rounder), rounder);
			__m256d sum = _mm256_loadu_pd(lanes->sum + i);
			_mm256_storeu_pd(lanes->sum + i, _mm256_add_pd(sum, x));
			sum = _mm256_loadu_pd(lanes->squares + i);
			_mm256_storeu_pd(lanes->squares + i, _mm256_add_pd(sum, square));
		}
}

static void add_given(
	const struct survey *survey, struct moments *moments, size_t from, size_t n_fours)
{
	size_t n_dims = survey->points->n_dims, n = FOUR * n_dims;
	double *room = mem_zeroed(5 * n, sizeof(*room));
	struct lanes lanes = {room, room + n, room + 2 * n, room + 3 * n, room + 4 * n};
	for (size_t i = 0; i < n; i++) {
		lanes.middle[i] = survey->axes[i % n_dims].middle;
		lanes.rounder[i] = survey->axes[i % n_dims].rounder;
		lanes.rounder_of_squares[i] = survey->axes[i % n_dims].rounder_of_squares;
	}
	add_fours(&lanes, survey->points->given + from * n_dims, n, n_fours);
	for (size_t i = 0; i < n; i++) {
		moments[i % n_dims].sum += lanes.sum[i];
		moments[i % n_dims].squares += lanes.squares[i];
	}
	mem_free(room);
}
#endif

static void add_up(void *context, size_t chunk, size_t from, size_t to)
{
	const struct survey *survey = context;
	struct moments *moments = survey->moments + chunk * survey->points->n_dims;
#ifdef FOR_AVX2
	if (survey->points->given != NULL && distance_has_avx2()) {
		add_given(survey, moments, from, (to - from) / FOUR);
		from = to - (to - from) % FOUR;
	}
#endif
	add_points(survey, moments, from, to);
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
		survey.axes[j].rounder = exact_grid(reach, points->n).coarse;
		survey.axes[j].rounder_of_squares = exact_grid(reach * reach, points->n).coarse;
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
