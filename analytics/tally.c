#include "analytics/tally.h"

#include <math.h>
#include <string.h>

#include "analytics/avx2.h"
#include "analytics/distance.h"
#include "base/mem.h"

enum { FOUR = 4, APART = 128, CACHE_LINE = 64, AHEAD = 24 };

/* The sums of four axes side by side, or their grids; where there is no axis, of zeros. */
struct tally_four {
	double coarse[FOUR], fine[FOUR];
};

static void *zeros_apart(size_t count, size_t size)
{
	size_t n_bytes = (count * size + APART - 1) / APART * APART;
	return memset(mem_aligned(n_bytes, 1, APART), 0, n_bytes);
}

struct exact_grid tally_grid(const struct points *points, size_t dim)
{
	return exact_grid(fmax(fabs(points->low[dim]), fabs(points->high[dim])), points->n);
}

/* The grids come after the sums. */
void tally_init(struct tally *tally, const struct points *points, size_t k)
{
	size_t n_fours = (points->n_dims + FOUR - 1) / FOUR;
	*tally = (struct tally){
		.points = points,
		.k = k,
		.n_fours = n_fours,
		.sums = zeros_apart((k + 1) * n_fours, sizeof(*tally->sums)),
		.sizes = zeros_apart(k, sizeof(*tally->sizes)),
	};
	struct tally_four *grids = tally->sums + k * n_fours;
	for (size_t j = 0; j < points->n_dims; j++) {
		struct exact_grid grid = tally_grid(points, j);
		grids[j / FOUR].coarse[j % FOUR] = grid.coarse;
		grids[j / FOUR].fine[j % FOUR] = grid.fine;
	}
}

void tally_release(struct tally *tally)
{
	mem_free(tally->sums);
	mem_free(tally->sizes);
	*tally = (struct tally){0};
}

/* ---- one point --------------------------------------------------------------------------------
 */

static struct tally_four *sums_of(const struct tally *tally, size_t cluster)
{
	return tally->sums + cluster * tally->n_fours;
}

static const struct tally_four *grids_of(const struct tally *tally)
{
	return tally->sums + tally->k * tally->n_fours;
}

/* loses may be NULL. */
static void move_one(
	const struct tally *tally, size_t place, struct tally_four *gains, struct tally_four *loses)
{
	const double *point = points_at(tally->points, place);
	size_t step = points_step(tally->points);
	const struct tally_four *grids = grids_of(tally);
	for (size_t j = 0; j < tally->points->n_dims; j++, point += step) {
		size_t four = j / FOUR, lane = j % FOUR;
		struct exact_grid grid = {grids[four].coarse[lane], grids[four].fine[lane]};
		struct exact_sum term = exact_term(grid, *point);
		gains[four].coarse[lane] += term.coarse;
		gains[four].fine[lane] += term.fine;
		if (loses == NULL)
			continue;
		loses[four].coarse[lane] -= term.coarse;
		loses[four].fine[lane] -= term.fine;
	}
}

static void fetch(const struct points *points, size_t place)
{
	const double *point = points_at(points, place);
	size_t n_values = points->n_dims * points_step(points);
	for (size_t j = 0; j < n_values; j += CACHE_LINE / sizeof(double))
		__builtin_prefetch(point + j);
	__builtin_prefetch(point + n_values - 1);
}

/* ---- AVX2 -------------------------------------------------------------------------------------
 */

#ifdef FOR_AVX2
/* What follows a row is read with it, and forgotten, which is faster by far than to load with a
 * mask. Rows as near to the end as this are not read so. */
enum { LAST = FOUR - 1 };

struct terms {
	__m256d coarse, fine;
};

/* exact_term() of up to four coordinates, those from dim on. */
INLINE_FOR_AVX2 struct terms terms_of(
	const double *row, size_t dim, size_t n_dims, const struct tally_four *grids)
{
	__m256d x = _mm256_and_pd(_mm256_loadu_pd(row + dim), axes_from(dim, n_dims));
	__m256d grid = _mm256_load_pd(grids->coarse), fine_grid = _mm256_load_pd(grids->fine);
	__m256d coarse = _mm256_sub_pd(_mm256_add_pd(x, grid), grid);
	__m256d fine = _mm256_add_pd(_mm256_sub_pd(x, coarse), fine_grid);
	return (struct terms){.coarse = coarse, .fine = _mm256_sub_pd(fine, fine_grid)};
}

INLINE_FOR_AVX2 void join(struct tally_four *sums, struct terms terms)
{
	__m256d coarse = _mm256_load_pd(sums->coarse), fine = _mm256_load_pd(sums->fine);
	_mm256_store_pd(sums->coarse, _mm256_add_pd(coarse, terms.coarse));
	_mm256_store_pd(sums->fine, _mm256_add_pd(fine, terms.fine));
}

INLINE_FOR_AVX2 void part(struct tally_four *sums, struct terms terms)
{
	__m256d coarse = _mm256_load_pd(sums->coarse), fine = _mm256_load_pd(sums->fine);
	_mm256_store_pd(sums->coarse, _mm256_sub_pd(coarse, terms.coarse));
	_mm256_store_pd(sums->fine, _mm256_sub_pd(fine, terms.fine));
}

INLINE_FOR_AVX2 void add_rows(
	const struct tally *tally, size_t n_dims, size_t first, size_t n, const uint16_t *labels)
{
	size_t n_fours = (n_dims + FOUR - 1) / FOUR;
	const struct tally_four *grids = grids_of(tally);
	const double *row = tally->points->given + first * n_dims;
	for (size_t i = 0; i < n; i++, row += n_dims)
		for (size_t four = 0; four < n_fours; four++)
			join(tally->sums + labels[i] * n_fours + four,
				terms_of(row, four * FOUR, n_dims, grids + four));
}

INLINE_FOR_AVX2 void move_rows(const struct tally *tally, size_t n_dims, const uint32_t *places,
	size_t n, const uint16_t *from, const uint16_t *to)
{
	size_t n_fours = (n_dims + FOUR - 1) / FOUR;
	const struct tally_four *grids = grids_of(tally);
	for (size_t i = 0; i < n; i++) {
		const double *row = tally->points->given + places[i] * n_dims;
		fetch(tally->points, places[i + AHEAD < n ? i + AHEAD : n - 1]);
		for (size_t four = 0; four < n_fours; four++) {
			struct terms terms = terms_of(row, four * FOUR, n_dims, grids + four);
			join(tally->sums + to[i] * n_fours + four, terms);
			part(tally->sums + from[i] * n_fours + four, terms);
		}
	}
}

/* Recency, frequency and monetary value are one vector. */
enum { THREE = 3 };

FOR_AVX2 static void add_rows_avx2(
	const struct tally *tally, size_t first, size_t n, const uint16_t *labels)
{
	if (tally->points->n_dims == THREE)
		add_rows(tally, THREE, first, n, labels);
	else
		add_rows(tally, tally->points->n_dims, first, n, labels);
}

FOR_AVX2 static void move_rows_avx2(const struct tally *tally, const uint32_t *places, size_t n,
	const uint16_t *from, const uint16_t *to)
{
	if (tally->points->n_dims == THREE)
		move_rows(tally, THREE, places, n, from, to);
	else
		move_rows(tally, tally->points->n_dims, places, n, from, to);
}
#endif

/* ---- many -------------------------------------------------------------------------------------
 */

void tally_add(struct tally *tally, size_t first, size_t n, const uint16_t *labels)
{
	tally->n_changed += n;
	for (size_t i = 0; i < n; i++)
		tally->sizes[labels[i]]++;
	size_t i = 0;
#ifdef FOR_AVX2
	if (tally->points->given != NULL && distance_has_avx2()) {
		for (i = n; i > 0 && first + i + LAST > tally->points->n;)
			i--;
		add_rows_avx2(tally, first, i, labels);
	}
#endif
	for (; i < n; i++)
		move_one(tally, first + i, sums_of(tally, labels[i]), NULL);
}

void tally_move(struct tally *tally, const uint32_t *places, size_t n, const uint16_t *from,
	const uint16_t *to)
{
	tally->n_changed += n;
	for (size_t i = 0; i < n; i++) {
		tally->sizes[from[i]]--;
		tally->sizes[to[i]]++;
	}
	size_t i = 0;
#ifdef FOR_AVX2
	if (tally->points->given != NULL && distance_has_avx2()) {
		for (i = n; i > 0 && places[i - 1] + LAST >= tally->points->n;)
			i--;
		move_rows_avx2(tally, places, i, from, to);
	}
#endif
	for (; i < n; i++) {
		fetch(tally->points, places[i + AHEAD < n ? i + AHEAD : n - 1]);
		move_one(tally, places[i], sums_of(tally, to[i]), sums_of(tally, from[i]));
	}
}

struct exact_sum tally_sum(const struct tally *tally, size_t cluster, size_t dim)
{
	const struct tally_four *four = sums_of(tally, cluster) + dim / FOUR;
	return (struct exact_sum){four->coarse[dim % FOUR], four->fine[dim % FOUR]};
}

size_t tally_hand_over(struct tally *tally, struct exact_sum *sums, size_t *sizes)
{
	size_t n_dims = tally->points->n_dims, n_changed = tally->n_changed;
	if (n_changed == 0)
		return 0;
	for (size_t c = 0; c < tally->k; c++) {
		for (size_t j = 0; j < n_dims; j++)
			exact_join(&sums[c * n_dims + j], tally_sum(tally, c, j));
		sizes[c] += (size_t)tally->sizes[c];
	}
	memset(tally->sums, 0, tally->k * tally->n_fours * sizeof(*tally->sums));
	memset(tally->sizes, 0, tally->k * sizeof(*tally->sizes));
	tally->n_changed = 0;
	return n_changed;
}
