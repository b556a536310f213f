#include "analytics/nearest.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "analytics/avx2.h"
#include "analytics/distance.h"
#include "analytics/huge_pages.h"
#include "base/mem.h"
#include "base/parallel.h"

/* The screen compares S(c) = |c|^2 - 2 x.c, which is |x - c|^2 - |x|^2, x and c seen from the
 * origin. With u = 2^-24, a = |x|, b = |c| and d axes: x, -2c and |c|^2 are each rounded once, and
 * the d multiply-adds once each, so that the error of S is at most
 *
 *	u (b^2 + 2 * 2ab + d (b^2 + 2ab)) <= u ((2d + 3) b^2 + (d + 2) a^2),  as 2ab <= a^2 + b^2,
 *
 * to first order. err = (2d + 16) u (a^2 + b^2) is beyond that, the higher orders, the rounding of
 * a^2 and the errors of doubles together, while d < 100. err's share of b^2 is taken from the
 * offset, so that S less its share of a^2 is a lower bound; it is the same for all centres. */
enum { MAX_SCREENED_DIMS = 100 };

static double error_rate(size_t n_dims)
{
	return (2 * (double)n_dims + 16) * 0x1p-24;
}

/* Coordinates are narrowed, and rows turned into columns, four at a time; the last row may be read
 * that far beyond its end. */
enum { QUAD = 4 };

/* Centres are scored a tile at a time. */
enum { TILE = 4 };

/* ---- the view ---------------------------------------------------------------------------------
 */

/* Of points from first to end, and then of the last one again, to the end of the block. */
static void narrow_points(const struct nearest_view *view, size_t first, size_t end, float *to)
{
	const struct points *points = view->points;
	size_t n_dims = points->n_dims, step = points_step(points), last = points->n - 1;
	for (size_t place = first; place < end; place++) {
		const double *point = points_at(points, place < last ? place : last);
		for (size_t j = 0; j < n_dims; j++)
			*to++ = (float)((point[j * step] - view->origin[j]) * view->scale);
	}
}

#ifdef FOR_AVX2
/* The same of rows as they were given, of which four begin at the same axis. */
FOR_AVX2 static void narrow_rows(
	const struct nearest_view *view, const double *rows, size_t n_rows, float *to)
{
	size_t n_dims = view->points->n_dims;
	__m256d scale = _mm256_set1_pd(view->scale);
	for (size_t i = 0; i < n_rows; i += QUAD)
		for (size_t j = 0; j < QUAD * n_dims; j += QUAD, rows += QUAD, to += QUAD) {
			__m256d origin = _mm256_loadu_pd(view->origin + j);
			__m256d value = _mm256_sub_pd(_mm256_loadu_pd(rows), origin);
			_mm_storeu_ps(to, _mm256_cvtpd_ps(_mm256_mul_pd(value, scale)));
		}
}
#endif

static void narrow_block(const struct nearest_view *view, size_t block)
{
	const struct points *points = view->points;
	size_t n_dims = points->n_dims, first = block * POINTS_BLOCK;
	float *to = view->narrowed + first * n_dims;
#ifdef FOR_AVX2
	if (points->given != NULL && points_in_block(points, block) == POINTS_BLOCK) {
		narrow_rows(view, points->given + first * n_dims, POINTS_BLOCK, to);
		return;
	}
#endif
	narrow_points(view, first, first + POINTS_BLOCK, to);
}

/* Work that follows one another lies far apart: threads that touched the same huge page for the
 * first time would clear one each, and one of the two in vain. */
enum { STRIPES = 8, PER_STRIPE = 8, PARTS = STRIPES * PER_STRIPE };

static void narrow(void *context, size_t number)
{
	const struct nearest_view *view = context;
	size_t part = number % STRIPES * PER_STRIPE + number / STRIPES;
	size_t n_blocks = view->points->n_blocks;
	for (size_t block = n_blocks * part / PARTS; block < n_blocks * (part + 1) / PARTS; block++)
		narrow_block(view, block);
}

void nearest_view_init(struct nearest_view *view, const struct points *points, unsigned n_threads)
{
	size_t n_dims = points->n_dims;
	*view = (struct nearest_view){
		.points = points,
		.origin = mem_array(QUAD * n_dims, sizeof(double)),
	};
	double reach = 0;
	for (size_t j = 0; j < n_dims; j++) {
		for (size_t i = j; i < QUAD * n_dims; i += n_dims)
			view->origin[i] = points->low[j] / 2 + points->high[j] / 2;
		reach = fmax(reach, points->high[j] / 2 - points->low[j] / 2);
	}
	int exponent;
	frexp(reach, &exponent);
	view->scale = ldexp(1, exponent > -1000 ? -exponent : 1000);
	if (!distance_has_avx2() || n_dims >= MAX_SCREENED_DIMS)
		return;
	size_t n_values = points->n_blocks * POINTS_BLOCK * n_dims;
	view->narrowed = huge_array(n_values + QUAD, sizeof(*view->narrowed));
	for (size_t i = 0; i < QUAD; i++)
		view->narrowed[n_values + i] = 0;
	parallel_for(n_threads, PARTS, narrow, view);
}

void nearest_view_release(struct nearest_view *view)
{
	mem_free(view->origin);
	mem_free(view->narrowed);
	*view = (struct nearest_view){0};
}

/* ---- the centres ------------------------------------------------------------------------------
 */

void nearest_init(struct nearest *nearest, size_t k, const struct nearest_view *view)
{
	assert(k > 0 && k <= UINT16_MAX);
	*nearest = (struct nearest){
		.view = view,
		.k = k,
		.slopes = mem_zeroed((k + TILE) * view->points->n_dims, sizeof(float)),
		.offsets = mem_zeroed(k + TILE, sizeof(float)),
		.squares = mem_array(k, sizeof(float)),
	};
	for (size_t c = k; c < k + TILE; c++)
		nearest->offsets[c] = FLT_MAX; /* whoever fills up a tile is nearest to nobody */
}

void nearest_release(struct nearest *nearest)
{
	mem_free(nearest->slopes);
	mem_free(nearest->offsets);
	mem_free(nearest->squares);
	*nearest = (struct nearest){0};
}

/* False when the centre lies so far out that single precision could overflow. */
static bool set_centre(struct nearest *nearest, size_t c)
{
	const struct nearest_view *view = nearest->view;
	size_t n_dims = view->points->n_dims;
	double square = 0, rate = error_rate(n_dims);
	for (size_t j = 0; j < n_dims; j++) {
		double coordinate = nearest->centres[c * n_dims + j];
		coordinate = (coordinate - view->origin[j]) * view->scale;
		if (!(fabs(coordinate) < 0x1p50))
			return false;
		square += coordinate * coordinate;
		size_t tile = c / TILE * TILE * n_dims;
		nearest->slopes[tile + j * TILE + c % TILE] = (float)(-2 * coordinate);
	}
	nearest->offsets[c] = (float)(square - rate * square);
	nearest->squares[c] = (float)(square * (1 + 0x1p-22));
	nearest->largest_square = fmaxf(nearest->largest_square, nearest->squares[c]);
	return true;
}

void nearest_set_centres(struct nearest *nearest, const double *centres)
{
	nearest->centres = centres;
	nearest->largest_square = 0;
	nearest->screens = nearest->view->narrowed != NULL;
	for (size_t c = 0; c < nearest->k && nearest->screens; c++)
		nearest->screens = set_centre(nearest, c);
}

size_t nearest_room(const struct nearest *nearest)
{
	return (nearest->view->points->n_dims + QUAD) * POINTS_BLOCK;
}

/* ---- in doubles -------------------------------------------------------------------------------
 */

/* The factor is for the roundings of the square roots and of the result. */
static float slack_of(const struct nearest *nearest, double square, double second)
{
	return (float)((sqrt(second) - sqrt(square)) * nearest->view->scale * (0.5 - 0x1p-20));
}

static void decide_block(const struct nearest *nearest, const double *block, uint16_t *labels,
	double *smallest, double *second)
{
	size_t n_dims = nearest->view->points->n_dims;
	double squares[POINTS_BLOCK];
	for (size_t i = 0; i < POINTS_BLOCK; i++) {
		smallest[i] = second[i] = INFINITY;
		labels[i] = 0;
	}
	for (size_t c = 0; c < nearest->k; c++) {
		distance_squares(block, n_dims, nearest->centres + c * n_dims, squares);
		for (size_t i = 0; i < POINTS_BLOCK; i++) {
			double larger = squares[i] < smallest[i] ? smallest[i] : squares[i];
			second[i] = larger < second[i] ? larger : second[i];
			labels[i] = squares[i] < smallest[i] ? (uint16_t)c : labels[i];
			smallest[i] = squares[i] < smallest[i] ? squares[i] : smallest[i];
		}
	}
}

/* The points are packed into a block, for distance_squares(). */
static void decide_all(const struct nearest *nearest, const uint32_t *places, double *block,
	uint16_t *labels, float *slack)
{
	const struct points *points = nearest->view->points;
	double smallest[POINTS_BLOCK], second[POINTS_BLOCK];
	for (size_t i = 0; i < POINTS_BLOCK; i++) {
		const double *point = points_at(points, places[i]);
		double *to = block + points_lane(i, points->n_dims);
		for (size_t j = 0; j < points->n_dims; j++)
			to[j * POINTS_LANES] = point[j * points_step(points)];
	}
	decide_block(nearest, block, labels, smallest, second);
	for (size_t i = 0; i < POINTS_BLOCK; i++)
		slack[i] = slack_of(nearest, smallest[i], second[i]);
}

/* ---- the screen -------------------------------------------------------------------------------
 */

#ifdef FOR_AVX2
enum { FLOATS = 8, PAIR = 2 * FLOATS };

/* What underflow can take from sums of squares of numbers up to 1. */
static const float underflow = 1e-36f;

/* One point, in doubles. */
static void decide(const struct nearest *nearest, uint32_t place, uint16_t *label, float *slack)
{
	const struct points *points = nearest->view->points;
	const double *point = points_at(points, place);
	double smallest = INFINITY, second = INFINITY;
	for (size_t c = 0; c < nearest->k; c++) {
		double square = distance_square(point, points_step(points), points->n_dims,
			nearest->centres + c * points->n_dims);
		if (square < smallest) {
			second = smallest;
			smallest = square;
			*label = (uint16_t)c;
		} else if (square < second) {
			second = square;
		}
	}
	*slack = slack_of(nearest, smallest, second);
}

/* Four coordinates of two points, one in either half. */
INLINE_FOR_AVX2 __m256 two_rows(const float *low, const float *high)
{
	return _mm256_insertf128_ps(
		_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high), 1);
}

/* Four coordinates of eight points, rows become columns. */
INLINE_FOR_AVX2 void turn(const float *const *rows, size_t dim, float *columns)
{
	__m256 p = two_rows(rows[0] + dim, rows[4] + dim);
	__m256 q = two_rows(rows[1] + dim, rows[5] + dim);
	__m256 r = two_rows(rows[2] + dim, rows[6] + dim);
	__m256 s = two_rows(rows[3] + dim, rows[7] + dim);
	__m256 a = _mm256_unpacklo_ps(p, q), b = _mm256_unpacklo_ps(r, s);
	__m256 c = _mm256_unpackhi_ps(p, q), d = _mm256_unpackhi_ps(r, s);
	_mm256_storeu_ps(columns, _mm256_shuffle_ps(a, b, 0x44));
	_mm256_storeu_ps(columns + POINTS_BLOCK, _mm256_shuffle_ps(a, b, 0xee));
	_mm256_storeu_ps(columns + (size_t)2 * POINTS_BLOCK, _mm256_shuffle_ps(c, d, 0x44));
	_mm256_storeu_ps(columns + (size_t)3 * POINTS_BLOCK, _mm256_shuffle_ps(c, d, 0xee));
}

/* n_dims x POINTS_BLOCK coordinates of the points at some places. */
INLINE_FOR_AVX2 void collect(
	const struct nearest_view *view, const uint32_t *places, float *columns)
{
	size_t n_dims = view->points->n_dims;
	for (size_t i = 0; i < POINTS_BLOCK; i += FLOATS) {
		const float *rows[FLOATS];
		for (size_t lane = 0; lane < FLOATS; lane++)
			rows[lane] = view->narrowed + places[i + lane] * n_dims;
		for (size_t j = 0; j < n_dims; j += QUAD)
			turn(rows, j, columns + j * POINTS_BLOCK + i);
	}
}

/* The same of the points of a block. */
INLINE_FOR_AVX2 void collect_block(const struct nearest_view *view, size_t block, float *columns)
{
	size_t n_dims = view->points->n_dims;
	const float *row = view->narrowed + block * POINTS_BLOCK * n_dims;
	for (size_t i = 0; i < POINTS_BLOCK; i += FLOATS, row += FLOATS * n_dims) {
		const float *half = row + 4 * n_dims;
		const float *rows[FLOATS] = {row, row + n_dims, row + 2 * n_dims, row + 3 * n_dims,
			half, half + n_dims, half + 2 * n_dims, half + 3 * n_dims};
		for (size_t j = 0; j < n_dims; j += QUAD)
			turn(rows, j, columns + j * POINTS_BLOCK + i);
	}
}

struct ranking {
	__m256 first, second; /* the two smallest S */
	__m256i label;        /* whose the first is */
};

INLINE_FOR_AVX2 void rank(struct ranking *ranking, __m256 s, __m256i label)
{
	__m256 smaller = _mm256_cmp_ps(s, ranking->first, _CMP_LT_OQ);
	ranking->second = _mm256_min_ps(ranking->second, _mm256_max_ps(ranking->first, s));
	ranking->first = _mm256_min_ps(s, ranking->first);
	ranking->label = _mm256_blendv_epi8(ranking->label, label, _mm256_castps_si256(smaller));
}

/* S of a tile of four centres for 16 points: vectors of points share the loads of the centres, and
 * centres those of the points. */
INLINE_FOR_AVX2 void score_tile(
	const float *slopes, const float *offsets, size_t n_dims, const float *x, float *scores)
{
	__m256 a = _mm256_set1_ps(offsets[0]), p = a, b = _mm256_set1_ps(offsets[1]), q = b;
	__m256 c = _mm256_set1_ps(offsets[2]), r = c, d = _mm256_set1_ps(offsets[3]), s = d;
	for (size_t j = 0; j < n_dims; j++, x += POINTS_BLOCK, slopes += TILE) {
		__m256 left = _mm256_loadu_ps(x), right = _mm256_loadu_ps(x + FLOATS);
		__m256 slope = _mm256_set1_ps(slopes[0]);
		a = _mm256_fmadd_ps(slope, left, a);
		p = _mm256_fmadd_ps(slope, right, p);
		slope = _mm256_set1_ps(slopes[1]);
		b = _mm256_fmadd_ps(slope, left, b);
		q = _mm256_fmadd_ps(slope, right, q);
		slope = _mm256_set1_ps(slopes[2]);
		c = _mm256_fmadd_ps(slope, left, c);
		r = _mm256_fmadd_ps(slope, right, r);
		slope = _mm256_set1_ps(slopes[3]);
		d = _mm256_fmadd_ps(slope, left, d);
		s = _mm256_fmadd_ps(slope, right, s);
	}
	_mm256_storeu_ps(scores, a);
	_mm256_storeu_ps(scores + FLOATS, p);
	_mm256_storeu_ps(scores + PAIR, b);
	_mm256_storeu_ps(scores + PAIR + FLOATS, q);
	_mm256_storeu_ps(scores + (size_t)2 * PAIR, c);
	_mm256_storeu_ps(scores + (size_t)2 * PAIR + FLOATS, r);
	_mm256_storeu_ps(scores + (size_t)3 * PAIR, d);
	_mm256_storeu_ps(scores + (size_t)3 * PAIR + FLOATS, s);
}

/* Ranks the centres for 16 points. First the scores of some tiles, then the ranks by them: both at
 * once would need more registers than there are. */
INLINE_FOR_AVX2 void rank_centres(const struct nearest *nearest, size_t n_dims, const float *x,
	struct ranking *left, struct ranking *right)
{
	enum { AT_ONCE = 8 * TILE };
	float scores[AT_ONCE * PAIR];
	__m256 far = _mm256_set1_ps(FLT_MAX);
	__m256i label = _mm256_setzero_si256(), one = _mm256_set1_epi32(1);
	*left = *right = (struct ranking){.first = far, .second = far, .label = label};
	for (size_t first = 0; first < nearest->k; first += AT_ONCE) {
		size_t n = nearest->k - first < AT_ONCE ? nearest->k - first : AT_ONCE;
		for (size_t c = 0; c < n; c += TILE)
			score_tile(nearest->slopes + (first + c) * n_dims,
				nearest->offsets + first + c, n_dims, x, scores + c * PAIR);
		for (size_t c = 0; c < n; c++, label = _mm256_add_epi32(label, one)) {
			rank(left, _mm256_loadu_ps(scores + c * PAIR), label);
			rank(right, _mm256_loadu_ps(scores + c * PAIR + FLOATS), label);
		}
	}
}

/* From the distance to the nearest at most, and to the second at least; 2^-20 is for the roundings
 * on the way. */
INLINE_FOR_AVX2 __m256 slack_of_eight(const struct ranking *ranking, __m256 square, __m256 error)
{
	__m256 most = _mm256_add_ps(_mm256_add_ps(square, ranking->first), error);
	__m256 least = _mm256_sub_ps(_mm256_add_ps(square, ranking->second), error);
	__m256 zero = _mm256_setzero_ps();
	most = _mm256_sqrt_ps(_mm256_max_ps(most, zero));
	least = _mm256_sqrt_ps(_mm256_max_ps(least, zero));
	least = _mm256_mul_ps(least, _mm256_set1_ps(0.5f - 0x1p-20f));
	most = _mm256_mul_ps(most, _mm256_set1_ps(0.5f + 0x1p-20f));
	return _mm256_sub_ps(least, most);
}

INLINE_FOR_AVX2 __m256 square_of_eight(size_t n_dims, const float *x)
{
	__m256 square = _mm256_set1_ps(underflow);
	for (size_t j = 0; j < n_dims; j++) {
		__m256 at = _mm256_loadu_ps(x + j * POINTS_BLOCK);
		square = _mm256_fmadd_ps(at, at, square);
	}
	return square;
}

/* Labels 8 points, |x|^2 of which is given, and tells their slacks unless slack is NULL; the bits
 * of those that remain to be decided are set in the result. */
INLINE_FOR_AVX2 unsigned conclude(const struct nearest *nearest, float twice_rate, __m256 square,
	const struct ranking *ranking, uint16_t *labels, float *slack)
{
	__m256 of_centre = _mm256_set1_ps(nearest->largest_square);
	if (slack != NULL)
		of_centre = _mm256_i32gather_ps(nearest->squares, ranking->label, sizeof(float));
	__m256 error = _mm256_mul_ps(_mm256_add_ps(square, of_centre), _mm256_set1_ps(twice_rate));
	__m256 gap = _mm256_sub_ps(ranking->second, ranking->first);
	__m256 open = _mm256_cmp_ps(gap, error, _CMP_NGT_UQ);

	__m128i narrowed = _mm_packus_epi32(_mm256_castsi256_si128(ranking->label),
		_mm256_extracti128_si256(ranking->label, 1));
	_mm_storeu_si128((__m128i *)(void *)labels, narrowed);
	if (slack != NULL)
		_mm256_storeu_ps(slack, slack_of_eight(ranking, square, error));
	return (unsigned)_mm256_movemask_ps(open);
}

/* In doubles, what remains to be decided of the 16 points at places, or from first on. */
INLINE_FOR_AVX2 void decide_open(const struct nearest *nearest, unsigned open,
	const uint32_t *places, size_t first, uint16_t *labels, float *slack)
{
	float decided_slack;
	for (; open != 0; open &= open - 1) {
		size_t lane = (size_t)__builtin_ctz(open);
		size_t place = places != NULL ? places[lane] : first + lane;
		if (place < nearest->view->points->n)
			decide(nearest, (uint32_t)place, &labels[lane],
				slack != NULL ? &slack[lane] : &decided_slack);
	}
}

/* Labels the points of which x are the columns. */
INLINE_FOR_AVX2 void label_all(const struct nearest *nearest, const uint32_t *places, size_t first,
	size_t n, const float *x, uint16_t *labels, float *slack)
{
	size_t n_dims = nearest->view->points->n_dims;
	float twice_rate = (float)(2 * error_rate(n_dims));
	for (size_t i = 0; i < n; i += PAIR) {
		struct ranking left, right;
		rank_centres(nearest, n_dims, x + i, &left, &right);
		size_t half = i + FLOATS;
		unsigned open = conclude(nearest, twice_rate, square_of_eight(n_dims, x + i), &left,
			labels + i, slack != NULL ? slack + i : NULL);
		open |= conclude(nearest, twice_rate, square_of_eight(n_dims, x + half), &right,
				labels + half, slack != NULL ? slack + half : NULL)
			<< FLOATS;
		decide_open(nearest, open, places != NULL ? places + i : NULL, first + i,
			labels + i, slack != NULL ? slack + i : NULL);
	}
}

FOR_AVX2 static void screen(const struct nearest *nearest, const uint32_t *places, size_t n,
	float *x, uint16_t *labels, float *slack)
{
	collect(nearest->view, places, x);
	label_all(nearest, places, 0, n, x, labels, slack);
}

FOR_AVX2 static void screen_block(
	const struct nearest *nearest, size_t block, float *x, uint16_t *labels)
{
	size_t first = block * POINTS_BLOCK;
	collect_block(nearest->view, block, x);
	label_all(nearest, NULL, first, POINTS_BLOCK, x, labels, NULL);
}

/* Recency, frequency and monetary value: with three axes, the columns of 16 points and the ranking
 * stay in registers. */
enum { THREE = 3 };

struct columns {
	__m256 x, y, z;
};

/* Of eight points, the rows of which follow one another. */
INLINE_FOR_AVX2 struct columns turn_threes(const float *rows)
{
	__m256 p = two_rows(rows, rows + 12);     /* x0 y0 z0 x1 */
	__m256 q = two_rows(rows + 4, rows + 16); /* y1 z1 x2 y2 */
	__m256 r = two_rows(rows + 8, rows + 20); /* z2 x3 y3 z3 */
	__m256 xy = _mm256_shuffle_ps(q, r, _MM_SHUFFLE(2, 1, 3, 2));
	__m256 yz = _mm256_shuffle_ps(p, q, _MM_SHUFFLE(1, 0, 2, 1));
	return (struct columns){
		.x = _mm256_shuffle_ps(p, xy, _MM_SHUFFLE(2, 0, 3, 0)),
		.y = _mm256_shuffle_ps(yz, xy, _MM_SHUFFLE(3, 1, 2, 0)),
		.z = _mm256_shuffle_ps(yz, r, _MM_SHUFFLE(3, 0, 3, 1)),
	};
}

INLINE_FOR_AVX2 __m256 square_of_columns(const struct columns *at)
{
	__m256 square = _mm256_fmadd_ps(at->x, at->x, _mm256_set1_ps(underflow));
	return _mm256_fmadd_ps(at->z, at->z, _mm256_fmadd_ps(at->y, at->y, square));
}

/* The same multiply-adds in the same order as score_tile(). */
INLINE_FOR_AVX2 void rank_centres_of_three(const struct nearest *nearest,
	const struct columns *left_at, const struct columns *right_at, struct ranking *left,
	struct ranking *right)
{
	const float *slopes = nearest->slopes, *offsets = nearest->offsets;
	__m256 far = _mm256_set1_ps(FLT_MAX);
	__m256i label = _mm256_setzero_si256(), one = _mm256_set1_epi32(1);
	*left = *right = (struct ranking){.first = far, .second = far, .label = label};
	for (size_t c = 0; c < nearest->k; c += TILE, slopes += THREE * TILE, offsets += TILE)
#pragma GCC unroll 4
		for (size_t i = 0; i < TILE; i++, label = _mm256_add_epi32(label, one)) {
			__m256 a = _mm256_set1_ps(offsets[i]), b = a;
			__m256 slope = _mm256_set1_ps(slopes[i]);
			a = _mm256_fmadd_ps(slope, left_at->x, a);
			b = _mm256_fmadd_ps(slope, right_at->x, b);
			slope = _mm256_set1_ps(slopes[TILE + i]);
			a = _mm256_fmadd_ps(slope, left_at->y, a);
			b = _mm256_fmadd_ps(slope, right_at->y, b);
			slope = _mm256_set1_ps(slopes[2 * TILE + i]);
			a = _mm256_fmadd_ps(slope, left_at->z, a);
			b = _mm256_fmadd_ps(slope, right_at->z, b);
			rank(left, a, label);
			rank(right, b, label);
		}
}

FOR_AVX2 static void screen_block_of_three(
	const struct nearest *nearest, size_t block, uint16_t *labels)
{
	size_t first = block * POINTS_BLOCK;
	const float *rows = nearest->view->narrowed + first * THREE;
	float twice_rate = (float)(2 * error_rate(THREE));
	for (size_t i = 0; i < POINTS_BLOCK; i += PAIR, labels += PAIR, rows += PAIR * THREE) {
		struct columns left_at = turn_threes(rows);
		struct columns right_at = turn_threes(rows + FLOATS * THREE);
		struct ranking left, right;
		rank_centres_of_three(nearest, &left_at, &right_at, &left, &right);
		unsigned open = conclude(
			nearest, twice_rate, square_of_columns(&left_at), &left, labels, NULL);
		open |= conclude(nearest, twice_rate, square_of_columns(&right_at), &right,
				labels + FLOATS, NULL)
			<< FLOATS;
		decide_open(nearest, open, NULL, first + i, labels, NULL);
	}
}
#endif

void nearest_of(const struct nearest *nearest, const uint32_t *places, size_t n, double *room,
	uint16_t *labels, float *slack)
{
	assert(n > 0 && n <= POINTS_BLOCK);
	uint32_t filled[POINTS_BLOCK];
	for (size_t i = 0; i < POINTS_BLOCK; i++)
		filled[i] = places[i < n ? i : 0];
#ifdef FOR_AVX2
	if (nearest->screens) {
		screen(nearest, filled, n, (float *)room, labels, slack);
		return;
	}
#endif
	decide_all(nearest, filled, room, labels, slack);
}

void nearest_of_block(const struct nearest *nearest, size_t block, double *room, uint16_t *labels)
{
#ifdef FOR_AVX2
	if (nearest->screens && nearest->view->points->n_dims == THREE) {
		screen_block_of_three(nearest, block, labels);
		return;
	}
	if (nearest->screens) {
		screen_block(nearest, block, (float *)room, labels);
		return;
	}
#endif
	uint32_t places[POINTS_BLOCK];
	float slack[POINTS_BLOCK];
	size_t n = points_in_block(nearest->view->points, block);
	for (size_t i = 0; i < POINTS_BLOCK; i++)
		places[i] = (uint32_t)(block * POINTS_BLOCK + (i < n ? i : 0));
	decide_all(nearest, places, room, labels, slack);
}
