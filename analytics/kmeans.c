#include "analytics/kmeans.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/distance.h"
#include "analytics/lloyd.h"
#include "analytics/matching.h"
#include "analytics/random.h"
#include "analytics/seeding.h"
#include "analytics/spread.h"
#include "analytics/swap.h"
#include "analytics/thinned.h"
#include "base/mem.h"
#include "base/parallel.h"

/* With fewer blocks than this, threads share out the searches; with more, the points of each. */
enum { MANY_BLOCKS = 512 };

/* Swaps are tried in batches, which threads share out; the number must not depend on theirs. They
 * end when so many in a row were no better as cost about SWAP_WORK distances a round. */
enum { BATCH = 8, MAX_FAILURES = 96, SWAP_WORK = 16000000 };

/* ---- searches -------------------------------------------------------------------------------- */

struct contest {
	const struct points *points;
	struct spread spread;
	struct thinned thinned; /* unless there are centres to begin with */
	const struct kmeans_options *options;
	struct lloyd_end end_of_search;
	bool swapping; /* searches start from a swap, not from seeds */
	struct swap swap;
	struct lloyd *runners;
	struct kmeans *bests; /* of each runner, the best it has found */
	size_t n_runners;
	size_t end; /* the number after the last search */
	atomic_size_t next;
};

static bool is_better(const struct kmeans *result, const struct kmeans *other)
{
	if (result->inertia != other->inertia)
		return result->inertia < other->inertia;
	return result->search < other->search;
}

static void set_centres(const struct contest *contest, struct lloyd *runner, size_t search)
{
	const struct kmeans_options *options = contest->options;
	size_t n_dims = contest->points->n_dims;
	double *centres = runner->result.centres;
	struct random random = random_stream(options->seed, search);
	if (contest->swapping)
		swap_draw(&contest->swap, &random, centres);
	else if (options->init != NULL)
		memcpy(centres, options->init, options->k * n_dims * sizeof(*centres));
	else
		seeding_choose(&contest->thinned, options->k, &random, runner->crew, centres);
}

static void compete(void *context, size_t number)
{
	struct contest *contest = context;
	struct lloyd *runner = &contest->runners[number];
	struct kmeans *best = &contest->bests[number];
	for (size_t search; (search = atomic_fetch_add(&contest->next, 1)) < contest->end;) {
		set_centres(contest, runner, search);
		lloyd_run(runner, &contest->end_of_search);
		runner->result.search = search;
		if (!is_better(&runner->result, best))
			continue;
		struct kmeans loser = *best;
		*best = runner->result;
		runner->result = loser;
	}
}

/* Runs n more searches; true when one was better than all before, which is then bests[0]. */
static bool hold(struct contest *contest, size_t n)
{
	struct kmeans *bests = contest->bests;
	double before = bests[0].inertia;
	contest->end += n;
	atomic_store(&contest->next, contest->end - n);
	parallel_for((unsigned)contest->n_runners, contest->n_runners, compete, contest);
	for (size_t i = 1; i < contest->n_runners; i++)
		if (is_better(&bests[i], &bests[0])) {
			struct kmeans best = bests[i];
			bests[i] = bests[0];
			bests[0] = best;
		}
	return bests[0].inertia < before;
}

/* Moves single centres of the best result elsewhere while that helps. */
static void improve(struct contest *contest, unsigned n_threads)
{
	size_t n = contest->points->n, k = contest->options->k;
	double most = n > POINTS_FEW ? 0 : fmin(SWAP_WORK / ((double)n * (double)k), MAX_FAILURES);
	bool better = most >= BATCH;
	contest->swapping = true;
	while (better) {
		swap_init(&contest->swap, contest->points, contest->bests[0].centres, k, n_threads);
		better = false;
		for (size_t n_failed = 0; !better && (double)(n_failed + BATCH) <= most;
			n_failed += BATCH)
			better = hold(contest, BATCH);
		swap_release(&contest->swap);
	}
}

static void contest_init(struct contest *contest, const struct nearest_view *view,
	const struct kmeans_options *options, unsigned n_threads)
{
	bool many = view->points->n_blocks >= MANY_BLOCKS;
	size_t n_runners = many ? 1 : n_threads;
	*contest = (struct contest){
		.points = view->points,
		.options = options,
		.end_of_search = {.n_rounds = options->max_rounds},
		.runners = mem_array(n_runners, sizeof(*contest->runners)),
		.bests = mem_array(n_runners, sizeof(*contest->bests)),
		.n_runners = n_runners,
	};
	spread_init(&contest->spread, view->points, n_threads);
	if (options->tolerance > 0)
		contest->end_of_search.moves =
			options->tolerance * contest->spread.square / (double)view->points->n_dims;
	if (options->init == NULL)
		thinned_init(
			&contest->thinned, view->points, &contest->spread, options->k, n_threads);
	for (size_t i = 0; i < n_runners; i++) {
		lloyd_init(&contest->runners[i], view, options->k, many ? n_threads : 1);
		kmeans_init(&contest->bests[i], view->points, options->k);
	}
}

static void contest_release(struct contest *contest)
{
	for (size_t i = 0; i < contest->n_runners; i++) {
		lloyd_release(&contest->runners[i]);
		kmeans_release(&contest->bests[i]);
	}
	mem_free(contest->runners);
	mem_free(contest->bests);
	thinned_release(&contest->thinned);
	spread_release(&contest->spread);
}

enum kmeans_status kmeans_fit(struct kmeans *kmeans, const struct points *points,
	const struct kmeans_options *options, unsigned n_threads)
{
	assert(options->k >= 1 && options->k <= KMEANS_MAX_K);
	assert(options->n_starts >= 1 || options->init != NULL);
	if (points_distinct(points, options->k) < options->k)
		return KMEANS_TOO_FEW_POINTS;
	struct nearest_view view;
	struct contest contest;
	nearest_view_init(&view, points, n_threads);
	contest_init(&contest, &view, options, n_threads > 0 ? n_threads : 1);
	hold(&contest, options->init != NULL ? 1 : options->n_starts);
	if (options->init == NULL && options->n_starts > 1 && !options->starts_only)
		improve(&contest, n_threads);
	*kmeans = contest.bests[0];
	contest.bests[0] = (struct kmeans){0};
	contest_release(&contest);
	nearest_view_release(&view);
	if (options->init == NULL)
		kmeans_order_by_size(kmeans);
	return KMEANS_OK;
}

double kmeans_usual_tolerance(size_t n)
{
	enum { FEW = 10000 };
	return n <= FEW ? 0 : 1e-6;
}

/* What the points of a cluster lack to their centre, added up, and its squares. */
struct lack {
	double sum, squares;
};

static void find_lacks(struct lack *lacks, const struct kmeans *kmeans, const struct points *points)
{
	size_t n_dims = kmeans->n_dims;
	for (size_t place = 0; place < points->n; place++) {
		const double *point = points_at(points, place);
		size_t first = kmeans->labels[place] * n_dims, step = points_step(points);
		for (size_t j = first; j < first + n_dims; j++, point += step) {
			double lack = *point - kmeans->centres[j];
			lacks[j].sum += lack;
			lacks[j].squares += lack * lack;
		}
	}
}

bool kmeans_is_at_means(const struct kmeans *kmeans, const struct points *points)
{
	size_t n_dims = kmeans->n_dims;
	struct lack *lacks = mem_zeroed(kmeans->k * n_dims, sizeof(*lacks));
	bool good = true;
	find_lacks(lacks, kmeans, points);
	for (size_t c = 0; c < kmeans->k; c++) {
		double square = 0, of_points = 0, of_centre = 0, n = (double)kmeans->sizes[c];
		for (size_t j = c * n_dims; j < (c + 1) * n_dims && n > 0; j++) {
			square += lacks[j].sum / n * (lacks[j].sum / n);
			of_points += lacks[j].squares / n;
			of_centre += kmeans->centres[j] * kmeans->centres[j];
		}
		good = good && square <= 1e-12 * of_points + 1e-28 * of_centre;
	}
	mem_free(lacks);
	return good;
}

void kmeans_init(struct kmeans *kmeans, const struct points *points, size_t k)
{
	*kmeans = (struct kmeans){
		.k = k,
		.n_dims = points->n_dims,
		.n = points->n,
		.centres = mem_array(k * points->n_dims, sizeof(*kmeans->centres)),
		.sizes = mem_array(k, sizeof(*kmeans->sizes)),
		.inertia = INFINITY,
		.labels = mem_array(points->n_blocks * POINTS_BLOCK, sizeof(*kmeans->labels)),
	};
}

void kmeans_release(struct kmeans *kmeans)
{
	mem_free(kmeans->centres);
	mem_free(kmeans->sizes);
	mem_free(kmeans->labels);
	*kmeans = (struct kmeans){0};
}

/* ---- numbering ----------------------------------------------------------------------- */

/* Cluster order[c] becomes cluster c. */
static void renumber(struct kmeans *kmeans, const size_t *order)
{
	size_t k = kmeans->k, n_dims = kmeans->n_dims;
	uint16_t *label_of = mem_array(k, sizeof(*label_of));
	double *centres = mem_array(k * n_dims, sizeof(*centres));
	size_t *sizes = mem_array(k, sizeof(*sizes));
	for (size_t c = 0; c < k; c++) {
		label_of[order[c]] = (uint16_t)c;
		sizes[c] = kmeans->sizes[order[c]];
		memcpy(centres + c * n_dims, kmeans->centres + order[c] * n_dims,
			n_dims * sizeof(*centres));
	}
	for (size_t place = 0; place < kmeans->n; place++)
		kmeans->labels[place] = label_of[kmeans->labels[place]];
	mem_free(kmeans->centres);
	mem_free(kmeans->sizes);
	mem_free(label_of);
	kmeans->centres = centres;
	kmeans->sizes = sizes;
}

struct rank {
	size_t cluster;
	double key;           /* ascending */
	const double *centre; /* lexicographic where keys are equal */
	size_t n_dims;
};

static int compare_ranks(const void *a, const void *b)
{
	const struct rank *one = a, *other = b;
	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	for (size_t j = 0; j < one->n_dims; j++)
		if (one->centre[j] != other->centre[j])
			return one->centre[j] < other->centre[j] ? -1 : 1;
	return (one->cluster > other->cluster) - (one->cluster < other->cluster);
}

static void order_by_keys(struct kmeans *kmeans, struct rank *ranks)
{
	size_t k = kmeans->k, *order = mem_array(k, sizeof(*order));
	for (size_t c = 0; c < k; c++) {
		ranks[c].cluster = c;
		ranks[c].centre = kmeans->centres + c * kmeans->n_dims;
		ranks[c].n_dims = kmeans->n_dims;
	}
	qsort(ranks, k, sizeof(*ranks), compare_ranks);
	for (size_t c = 0; c < k; c++)
		order[c] = ranks[c].cluster;
	renumber(kmeans, order);
	mem_free(order);
}

void kmeans_order_by_size(struct kmeans *kmeans)
{
	struct rank *ranks = mem_array(kmeans->k, sizeof(*ranks));
	for (size_t c = 0; c < kmeans->k; c++)
		ranks[c].key = -(double)kmeans->sizes[c];
	order_by_keys(kmeans, ranks);
	mem_free(ranks);
}

void kmeans_order_by_dim(struct kmeans *kmeans, size_t dim, bool descending)
{
	assert(dim < kmeans->n_dims);
	struct rank *ranks = mem_array(kmeans->k, sizeof(*ranks));
	for (size_t c = 0; c < kmeans->k; c++) {
		double coordinate = kmeans->centres[c * kmeans->n_dims + dim];
		ranks[c].key = descending ? -coordinate : coordinate;
	}
	order_by_keys(kmeans, ranks);
	mem_free(ranks);
}

void kmeans_order_like(struct kmeans *kmeans, const double *centres)
{
	size_t *order = mem_array(kmeans->k, sizeof(*order));
	matching_nearest(order, centres, kmeans->centres, kmeans->k, kmeans->n_dims);
	renumber(kmeans, order);
	mem_free(order);
}

/* ---- labels -------------------------------------------------------------------------- */

void kmeans_labels(const struct kmeans *kmeans, const struct points *points, uint16_t *labels)
{
	assert(points->n == kmeans->n);
	for (size_t place = 0; place < points->n; place++)
		labels[points_row(points, place)] = kmeans->labels[place];
}

uint16_t kmeans_assign(
	const double *centres, size_t k, const double *row, size_t n_dims, double *distance)
{
	uint16_t label = 0;
	double smallest = INFINITY;
	for (size_t c = 0; c < k; c++) {
		double square = distance_square(row, 1, n_dims, centres + c * n_dims);
		if (square < smallest) {
			smallest = square;
			label = (uint16_t)c;
		}
	}
	if (distance != NULL)
		*distance = sqrt(smallest);
	return label;
}
