/* Points in an order of their own: the rows of a matrix, so arranged that the order in which they
 * were given is forgotten, and laid out for vector units.
 *
 *	struct points points;
 *	struct points_fault fault;
 *	if (points_init(&points, rows, n, n_dims, n_threads, &fault) != POINTS_OK) ...
 *	... points.rows[place] is the row that stands at a place ...
 *	points_release(&points);
 *
 * Points stand in the order of a hash of their coordinates, and lexicographically where hashes are
 * equal. So the same points stand at the same places whatever the order of the rows and the number
 * of threads, and whatever goes through the places in order, or sums by them, sees neither. Rows
 * with equal coordinates stand side by side and may change places among themselves. A run of
 * places is no worse than a random sample.
 *
 * For vector units, the points of POINTS_LANES places in a row, a group, keep each coordinate side
 * by side; work is cut into blocks of POINTS_BLOCK places.
 *
 * Ordering a million points takes as long as ten to twenty rounds of k-means. Who needs no order,
 * because its sums are exact and its ties are broken by coordinates, takes many points where they
 * stand:
 *
 *	if (points_borrow(&points, rows, n, n_dims, n_threads, &fault) != POINTS_OK) ...
 *	... points_row(&points, place) ...
 */
#ifndef ANALYTICS_POINTS_H
#define ANALYTICS_POINTS_H

#include <stddef.h>
#include <stdint.h>

enum { POINTS_LANES = 4, POINTS_BLOCK = 64 };
enum { POINTS_FEW = 131072 }; /* up to here points are always ordered */
#define POINTS_MAX ((size_t)4000000000)

enum points_status {
	POINTS_OK,
	POINTS_NONE,       /* n or n_dims is 0 */
	POINTS_TOO_MANY,   /* more than POINTS_MAX rows */
	POINTS_NOT_FINITE, /* a NaN or an infinity */
	POINTS_TOO_LARGE,  /* a coordinate beyond 1e150, the square of which would overflow */
};

/* Where the first value is that is not finite or too large; both count from 0. */
struct points_fault {
	size_t row, dim;
};

struct points {
	size_t n, n_dims;
	size_t n_blocks; /* n / POINTS_BLOCK, rounded up; the last block repeats its last point */
	double *values;  /* n_blocks x POINTS_BLOCK / POINTS_LANES x n_dims x POINTS_LANES */
	double *low;     /* n_dims: the smallest coordinate on each axis */
	double *high;    /* n_dims: the largest */
	uint32_t *rows;  /* n: the row, counted from 0, that stands at each place */
	void *memory;    /* of values, which start at a cache line */

	/* Instead, where they stand as they were given: the n x n_dims rows, borrowed, and no
	 * values, rows nor memory. */
	const double *given;
};

/* rows is n x n_dims, row-major, and not needed afterwards. Keeps n * (8 n_dims + 4) bytes, and
 * takes hardly more while it works. On failure there is nothing to release. */
enum points_status points_init(struct points *points, const double *rows, size_t n, size_t n_dims,
	unsigned n_threads, struct points_fault *fault);

/* The same, but more points than POINTS_FEW stay where and as they stand: a place is a row, there
 * are no blocks of values, and rows must outlive the points. -0 stays -0. */
enum points_status points_borrow(struct points *points, const double *rows, size_t n, size_t n_dims,
	unsigned n_threads, struct points_fault *fault);

void points_release(struct points *points);

/* How many of the places of a block hold a point of their own. */
static inline size_t points_in_block(const struct points *points, size_t block)
{
	size_t left = points->n - block * POINTS_BLOCK;
	return left < POINTS_BLOCK ? left : POINTS_BLOCK;
}

/* Of points in order alone. */
static inline double *points_block(const struct points *points, size_t block)
{
	return points->values + block * POINTS_BLOCK * points->n_dims;
}

/* The first coordinate of a lane of a block; the next ones follow at steps of POINTS_LANES. */
static inline size_t points_lane(size_t lane, size_t n_dims)
{
	return lane / POINTS_LANES * POINTS_LANES * n_dims + lane % POINTS_LANES;
}

/* The first coordinate of the point at a place; the next ones follow at steps of points_step(). */
static inline const double *points_at(const struct points *points, size_t place)
{
	if (points->given != NULL)
		return points->given + place * points->n_dims;
	return points->values + points_lane(place, points->n_dims);
}

static inline size_t points_step(const struct points *points)
{
	return points->given != NULL ? 1 : POINTS_LANES;
}

/* The row, counted from 0, that stands at a place. */
static inline size_t points_row(const struct points *points, size_t place)
{
	return points->given != NULL ? place : points->rows[place];
}

/* The point at a place, as n_dims numbers. */
void points_get(const struct points *points, size_t place, double *point);

/* Some of the points, in the same order, as points of their own: those at n places, ascending.
 * Their rows are those of the whole. */
void points_choose(
	struct points *chosen, const struct points *points, const uint32_t *places, size_t n);

/* Draws n of the places without replacement, ascending: each set of n is as likely (algorithm S of
 * Knuth, The Art of Computer Programming 2, 3.4.2). n must not be more than there are. */
void points_sample(const struct points *points, size_t n, uint64_t seed, uint32_t *places);

/* Below 0 when the point at a place comes before the other lexicographically, 0 when it is just
 * like it, above 0 else. */
int points_compare(const struct points *points, size_t place, size_t other);

/* How many points differ from all others before them; counting stops at most. */
size_t points_distinct(const struct points *points, size_t most);

/* The hash by which points are ordered: of 64 bits, each as good as the others. */
uint64_t points_hash(const struct points *points, size_t place);

/* The same of n points from a place on. */
void points_hashes(const struct points *points, size_t first, size_t n, uint64_t *hashes);

#endif
