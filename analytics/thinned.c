#include "analytics/thinned.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analytics/chunks.h"
#include "analytics/distance.h"
#include "base/mem.h"

enum { ENOUGH = 65536, PER_CENTRE = 64, FAR = 16, TALLIES = 4096 };

/* What was kept of a chunk of the points. */
struct share {
	double *rows; /* n x n_dims */
	size_t n, capacity;
	size_t n_far;
	uint32_t tallies[TALLIES]; /* of all points, by the last bits of their hashes */
};

struct thinning {
	const struct points *points;
	const struct spread *spread;
	uint64_t limit; /* hashes below it are kept */
	struct share *shares;
};

static bool is_far(const struct points *points, size_t place, const struct spread *spread)
{
	return distance_square(points_at(points, place), points_step(points), points->n_dims,
		       spread->mean) > FAR * spread->square;
}

static void keep(struct share *share, const struct points *points, size_t place)
{
	size_t n_dims = points->n_dims;
	share->rows = mem_grow(
		share->rows, &share->capacity, (share->n + 1) * n_dims, sizeof(*share->rows));
	points_get(points, place, share->rows + share->n++ * n_dims);
}

static void keep_some(void *context, size_t chunk, size_t from, size_t to)
{
	struct thinning *thinning = context;
	struct share *share = &thinning->shares[chunk];
	uint64_t hashes[POINTS_BLOCK];
	for (size_t place = from; place < to; place++) {
		size_t i = (place - from) % POINTS_BLOCK;
		if (i == 0)
			points_hashes(thinning->points, place,
				to - place < POINTS_BLOCK ? to - place : POINTS_BLOCK, hashes);
		bool far = is_far(thinning->points, place, thinning->spread);
		share->tallies[hashes[i] % TALLIES]++;
		share->n_far += far;
		if (far || hashes[i] < thinning->limit)
			keep(share, thinning->points, place);
	}
}

/* With m_i points of kind i, sum m_i^2 / n is how many of its kind a point is among, itself
 * included, on average; as kinds fall into tallies at random, it is also what sum (t - n / T)^2 / n
 * is expected to be, of T tallies t, and what that is within a few per cent. */
static bool are_clumped(const struct thinning *thinning)
{
	double n = (double)thinning->points->n, sum = 0;
	for (size_t t = 0; t < TALLIES; t++) {
		double difference = -n / TALLIES;
		for (size_t chunk = 0; chunk < CHUNKS; chunk++)
			difference += thinning->shares[chunk].tallies[t];
		sum += difference * difference;
	}
	return sum > 2 * n;
}

static void order(
	struct thinned *thinned, const double *rows, size_t n, size_t n_dims, unsigned n_threads)
{
	struct points_fault fault;
	enum points_status status = points_init(&thinned->own, rows, n, n_dims, n_threads, &fault);
	assert(status == POINTS_OK);
	thinned->points = &thinned->own;
}

static void order_kept(struct thinned *thinned, const struct thinning *thinning, unsigned n_threads)
{
	size_t n = 0, n_dims = thinning->points->n_dims;
	for (size_t chunk = 0; chunk < CHUNKS; chunk++)
		n += thinning->shares[chunk].n;
	double *rows = mem_array(n * n_dims, sizeof(*rows)), *row = rows;
	for (size_t chunk = 0; chunk < CHUNKS; chunk++) {
		size_t n_values = thinning->shares[chunk].n * n_dims;
		if (n_values > 0)
			memcpy(row, thinning->shares[chunk].rows, n_values * sizeof(*row));
		row += n_values;
	}
	order(thinned, rows, n, n_dims, n_threads);
	mem_free(rows);
}

static void weigh_alike(struct thinned *thinned)
{
	size_t n_places = thinned->points->n_blocks * POINTS_BLOCK;
	thinned->weights = mem_array(n_places, sizeof(*thinned->weights));
	thinned->heaviest = 1;
	for (size_t place = 0; place < n_places; place++)
		thinned->weights[place] = 1;
}

/* Those that are not far stand for the others. */
static void weigh(struct thinned *thinned, const struct thinning *thinning)
{
	size_t n_far = 0, n_kept = thinned->points->n;
	for (size_t chunk = 0; chunk < CHUNKS; chunk++)
		n_far += thinning->shares[chunk].n_far;
	weigh_alike(thinned);
	if (n_far < n_kept)
		thinned->heaviest =
			(double)(thinning->points->n - n_far) / (double)(n_kept - n_far);
	for (size_t place = 0; place < n_kept; place++)
		if (!is_far(thinned->points, place, thinning->spread))
			thinned->weights[place] = thinned->heaviest;
}

/* False when they would be no good sample. */
static bool thin(struct thinned *thinned, struct thinning *thinning, size_t k, unsigned n_threads)
{
	chunks_run(keep_some, thinning, thinning->points->n, n_threads);
	if (are_clumped(thinning))
		return false;
	order_kept(thinned, thinning, n_threads);
	if (points_distinct(thinned->points, k) < k) {
		points_release(&thinned->own);
		return false;
	}
	weigh(thinned, thinning);
	return true;
}

static bool keep_enough(struct thinned *thinned, const struct points *points,
	const struct spread *spread, size_t k, unsigned n_threads)
{
	size_t enough = k > ENOUGH / PER_CENTRE ? k * PER_CENTRE : ENOUGH;
	if (points->n <= POINTS_FEW || points->n <= enough)
		return false;
	struct thinning thinning = {
		.points = points,
		.spread = spread,
		.limit = (uint64_t)ldexp((double)enough / (double)points->n, 64),
		.shares = mem_zeroed(CHUNKS, sizeof(*thinning.shares)),
	};
	bool good = thin(thinned, &thinning, k, n_threads);
	for (size_t chunk = 0; chunk < CHUNKS; chunk++)
		mem_free(thinning.shares[chunk].rows);
	mem_free(thinning.shares);
	return good;
}

void thinned_init(struct thinned *thinned, const struct points *points, const struct spread *spread,
	size_t k, unsigned n_threads)
{
	*thinned = (struct thinned){.points = points};
	if (keep_enough(thinned, points, spread, k, n_threads))
		return;
	if (points->given != NULL)
		order(thinned, points->given, points->n, points->n_dims, n_threads);
	weigh_alike(thinned);
}

void thinned_release(struct thinned *thinned)
{
	if (thinned->points == &thinned->own)
		points_release(&thinned->own);
	mem_free(thinned->weights);
	*thinned = (struct thinned){0};
}
